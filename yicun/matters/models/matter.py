"""A matter and what hangs on it.

Every child copies `area_code` and `handling_unit_id`, which its row-level policy reads; a composite foreign key keeps
the copies true when the matter moves to another unit.
"""

from django.db import models
from django.db.models import Q

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.matters.rules.flow import ENDED, OPEN
from yicun.matters.terms import (
    Channel,
    ClockName,
    Grade,
    Kind,
    PartyRole,
    ReadPurpose,
    Satisfaction,
    State,
    Urgency,
)

IS_OPEN = ~Q(state__in=sorted(ENDED))
# Boards; each has an index of its own, for among tens of thousands of open matters few stand on one.
SUPERVISED_FROM = 2
IS_UNTOUCHED = Q(state__in=[State.RECORDED.value, State.ASSIGNED.value])
IS_SENT_BACK = Q(state=State.ASSESSED.value, bounces__gt=0) | Q(state=State.HANDLING.value, reworks__gt=0)
IS_INSTRUCTED = Q(has_open_instruction=True)
IS_SUPERVISED = Q(supervision__gte=SUPERVISED_FROM) | IS_INSTRUCTED
IS_IN_HAND = Q(state__in=[State.ASSIGNED.value, State.HANDLING.value, State.DEFERRED.value])


class Matter(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=20, unique=True)
    kind = CodeField(choices=Kind.choices)
    channel = CodeField(choices=Channel.choices)
    source_key = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    area_code = models.BigIntegerField()
    place_text = models.CharField(max_length=200, blank=True)
    place_id = models.UUIDField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    recorder_label = models.CharField(max_length=120)
    desk_unit_id = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()
    handler_member_id = models.UUIDField(null=True)
    handler_label = models.CharField(max_length=120, blank=True)
    state = CodeField(choices=State.choices, default=State.RECORDED)
    urgency = CodeField(choices=Urgency.choices, default=Urgency.ORDINARY)
    grade = CodeField(choices=Grade.choices, blank=True)
    running_clock = CodeField(choices=ClockName.choices, blank=True)
    due_at = models.DateTimeField(null=True)
    supervision = models.PositiveSmallIntegerField(default=0)
    has_open_instruction = models.BooleanField(default=False)
    led_by = models.CharField(max_length=120, blank=True, default="")
    bounces = models.PositiveSmallIntegerField(default=0)
    reworks = models.PositiveSmallIntegerField(default=0)
    reopenings = models.PositiveSmallIntegerField(default=0)
    is_tie_broken = models.BooleanField(default=False)
    ruled_unit_id = models.BigIntegerField(null=True)
    answer = models.TextField(blank=True)
    fed_back_by = models.UUIDField(null=True)
    fed_back_label = models.CharField(max_length=120, blank=True)
    fed_back_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    satisfaction = CodeField(choices=Satisfaction.choices, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="matter_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="matter_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="matter_channel_known"),
            models.CheckConstraint(condition=~Q(title=""), name="matter_has_a_title"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), ended_at__isnull=False)
                | Q(state__in=OPEN, ended_at__isnull=True),
                name="matter_ended_when_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED) ^ Q(merged_into__isnull=True),
                name="matter_merged_into_another",
            ),
            models.UniqueConstraint(
                fields=["channel", "source_key"], condition=~Q(source_key=""), name="matter_source_once"
            ),
            models.UniqueConstraint(
                fields=["id", "area_code", "handling_unit_id"], name="matter_scope_for_children"
            ),
        ]
        indexes = [
            models.Index(fields=["-recorded_at", "-id"], name="matter_newest"),
            models.Index(fields=["area_code", "-recorded_at"], name="matter_area_newest"),
            models.Index(fields=["handling_unit_id", "-recorded_at"], name="matter_unit_newest"),
            models.Index(fields=["due_at", "id"], condition=IS_OPEN, name="matter_open_due"),
            models.Index(fields=["area_code"], condition=IS_OPEN, name="matter_open_area"),
            models.Index(fields=["handling_unit_id"], condition=IS_OPEN, name="matter_open_unit"),
            models.Index(fields=["desk_unit_id"], condition=IS_OPEN, name="matter_open_desk"),
            models.Index(
                fields=["handler_member_id", "due_at"], condition=IS_OPEN, name="matter_open_handler"
            ),
            models.Index(fields=["handling_unit_id", "due_at"], condition=IS_IN_HAND, name="matter_in_hand"),
            models.Index(fields=["due_at", "id"], condition=IS_UNTOUCHED, name="matter_untouched_due"),
            models.Index(fields=["due_at", "id"], condition=IS_SENT_BACK, name="matter_sent_back_due"),
            models.Index(
                fields=["due_at", "id"], condition=IS_OPEN & IS_INSTRUCTED, name="matter_instructed_due"
            ),
            models.Index(
                fields=["due_at", "id"], condition=IS_OPEN & IS_SUPERVISED, name="matter_supervised_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class MatterChild(models.Model):
    """The two copied columns; the composite key to the matter is made in the migration."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Entry(MatterChild):
    """One line of the matter's history, in words people read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verb = CodeField()
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)
    account_id = models.UUIDField(null=True)
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["matter", "at"], name="entry_of_matter")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at}"


class CoHandler(MatterChild):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit_id = models.BigIntegerField()
    task = models.TextField()
    added_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "unit_id"], name="co_handler_once")]
        indexes = [
            models.Index(fields=["unit_id"], condition=Q(answered_at__isnull=True), name="co_handler_owed")
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.unit_id}"


class Instruction(MatterChild):
    """A leader's instruction and the reply it waits for; judged by a leader, who may send the reply back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.TextField()
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_by = models.CharField(max_length=120, blank=True)
    replied_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    unit_id = models.BigIntegerField(null=True)
    member_id = models.UUIDField(null=True)
    addressee = models.CharField(max_length=120, blank=True, default="")
    is_led = models.BooleanField(default=False)
    sent_back = models.PositiveSmallIntegerField(default=0)
    accepted_by = models.CharField(max_length=120, blank=True, default="")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(replied_at__isnull=False),
                name="instruction_accepted_once_replied",
            )
        ]
        indexes = [
            models.Index(fields=["matter", "given_at"], name="instruction_of_matter"),
            models.Index(
                fields=["member_id"], condition=Q(replied_at__isnull=True), name="instruction_owed_by"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:20]


class Party(MatterChild):
    """A person as party to this one matter: masked for reading, sealed for those who state a purpose."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = CodeField(choices=PartyRole.choices)
    name_masked = models.CharField(max_length=60)
    phone_masked = models.CharField(max_length=30, blank=True)
    sealed = models.BinaryField()
    purpose = CodeField(choices=ReadPurpose.choices)
    expires_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["matter"], name="party_of_matter")]

    def __str__(self) -> str:
        return self.name_masked


class Attachment(MatterChild):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey("base.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["matter"], name="attachment_of_matter")]

    def __str__(self) -> str:
        return self.name
