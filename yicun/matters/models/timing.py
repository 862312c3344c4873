"""The clocks of a matter, and the ledger that moved them. Nothing here is ever overwritten but the end of a clock."""

from django.db import models
from django.db.models import Q

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.matters.models.matter import MatterChild
from yicun.matters.terms import ClockName, LedgerKind


class Clock(MatterChild):
    """`due_at` is worked out from limit, start and ledger; it is kept so that lists need not work it out again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = CodeField(choices=ClockName.choices)
    limit = models.ForeignKey("matters.TimeLimit", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(ended_at__isnull=True), name="clock_one_running"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="clock_runs_forward",
            ),
        ]
        indexes = [models.Index(fields=["matter", "started_at"], name="clock_of_matter")]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at}"


class ClockEvent(MatterChild):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="+")
    kind = CodeField(choices=LedgerKind.choices)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    amount = models.PositiveSmallIntegerField(default=0)
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["clock", "at"], name="clock_event_of_clock")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
