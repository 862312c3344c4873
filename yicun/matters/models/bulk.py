"""Filters kept under a name, and batches: one deed done to many matters, with what each was before."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Deferrable, Q

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.matters.terms import Board
from yicun.matters.terms.bulk import Outcome, Undoing


class SavedFilter(models.Model):
    """Somebody's board with its filters and words; with `unit_id` also that of everybody in the unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    owner_label = models.CharField(max_length=120)
    unit_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=20)
    board = CodeField(choices=Board.choices)
    filters = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "name"], name="saved_filter_name_once"),
            models.UniqueConstraint(
                fields=["account_id", "position"],
                name="saved_filter_place_once",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=20), name="saved_filter_at_most_twenty"
            ),
        ]
        indexes = [models.Index(fields=["unit_id"], name="saved_filter_of_unit")]

    def __str__(self) -> str:
        return self.name


class Bulk(models.Model):
    """Who chose which matters, what was done to them and when. Without `confirmed_at` it was only looked at."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    unit_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    filters = models.JSONField(default=dict)
    chosen = models.PositiveIntegerField()
    prepared_at = models.DateTimeField()
    action = CodeField(blank=True)
    given = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_account_id = models.UUIDField(null=True)
    undo_label = models.CharField(max_length=120, blank=True)
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | ~Q(action=""), name="bulk_confirmed_with_action"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="bulk_finished_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(undo_asked_at__isnull=True) | Q(finished_at__isnull=False),
                name="bulk_undone_when_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["account_id", "-prepared_at"], name="bulk_of_account"),
            models.Index(fields=["unit_id", "-prepared_at"], name="bulk_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.chosen}"


class BulkItem(models.Model):
    """One matter of a batch: the version that was seen, what came of it, and what it takes to go back.

    `matter_id` points nowhere by constraint: an id that the person may not see is kept as what was asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="+")
    account_id = models.UUIDField()
    unit_id = models.BigIntegerField(null=True)
    matter_id = models.UUIDField()
    version = models.PositiveIntegerField()
    outcome = CodeField(choices=Outcome.choices, default=Outcome.WAITING)
    code = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    version_after = models.PositiveIntegerField(null=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    ended_clock_id = models.UUIDField(null=True)
    started_clock_id = models.UUIDField(null=True)
    grants = ArrayField(models.UUIDField(), default=list)
    undoing = CodeField(choices=Undoing.choices, default=Undoing.NOT_ASKED)
    undo_code = models.CharField(max_length=60, blank=True)
    undo_facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulk", "matter_id"], name="bulk_item_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="bulk_item_outcome_known"),
            models.CheckConstraint(condition=Q(undoing__in=Undoing.values), name="bulk_item_undoing_known"),
            models.CheckConstraint(
                condition=~Q(undoing=Undoing.UNDONE) | Q(outcome=Outcome.DONE),
                name="bulk_item_undone_when_done",
            ),
        ]
        indexes = [models.Index(fields=["bulk", "outcome", "undoing"], name="bulk_item_by_outcome")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.outcome}"
