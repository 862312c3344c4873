"""Working systems as data, and the meetings held under them."""

from django.db import models
from django.db.models import F, Q

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.relief.terms import Cadence


class WorkSystem(models.Model):
    """A meeting that is held again and again; versioned, so that a county puts its own in the place of ours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = CodeField()
    name = models.CharField(max_length=40)
    cadence = CodeField(choices=Cadence.choices, blank=True)
    held_by = models.JSONField(default=list)
    takes_part = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "starts_on"], name="work_system_once"),
            models.CheckConstraint(
                condition=Q(cadence__in=["", *Cadence.values]), name="work_system_cadence_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """`minutes_spent` times `people` is what it cost the units together; nobody's hours are added up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    system_code = CodeField()
    system_name = models.CharField(max_length=40)
    held_on = models.DateField()
    place = models.CharField(max_length=100, blank=True)
    minutes_spent = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField()
    covers_from = models.DateField()
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()
    text = models.TextField(blank=True)
    recorder_label = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_spent__range=(1, 1_440), people__range=(1, 500)),
                name="meeting_cost_possible",
            ),
            models.CheckConstraint(
                condition=Q(covers_from__lte=F("held_on")), name="meeting_covers_the_past"
            ),
            models.UniqueConstraint(
                fields=["id", "area_code", "handling_unit_id"], name="meeting_scope_for_children"
            ),
        ]
        indexes = [
            models.Index(fields=["handling_unit_id", "system_code", "-held_on"], name="meeting_of_unit"),
            models.Index(fields=["-held_on", "-id"], name="meeting_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.system_name} {self.held_on}"


class MeetingChild(models.Model):
    """The two copied columns; the composite key to the meeting is made in the migration."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True


class Attendance(MeetingChild):
    """A unit of ours, or the plain name of an office outside: no register of people."""

    unit_id = models.BigIntegerField(null=True)
    office = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_id__isnull=True) ^ Q(office=""), name="attendance_is_unit_or_office"
            ),
            models.UniqueConstraint(fields=["meeting", "position"], name="attendance_line_once"),
        ]

    def __str__(self) -> str:
        return self.office or str(self.unit_id)


class AgendaItem(MeetingChild):
    """What was talked about; `matter_id`: the record it is about; carried: left over from an earlier meeting."""

    text = models.CharField(max_length=200)
    matter_id = models.UUIDField(null=True)
    is_carried = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="agenda_line_once")]

    def __str__(self) -> str:
        return self.text


class Decision(MeetingChild):
    """A decision is a matter: carried out when that matter is closed."""

    text = models.TextField()
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    unit_id = models.BigIntegerField()
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="decision_line_once"),
            models.UniqueConstraint(fields=["matter"], name="decision_matter_once"),
        ]
        indexes = [models.Index(fields=["handling_unit_id", "-id"], name="decision_of_unit")]

    def __str__(self) -> str:
        return self.text[:20]
