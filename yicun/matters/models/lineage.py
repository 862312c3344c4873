"""Which matter went into which, and how each stood when it did. Rows are undone, never overwritten or deleted."""

from django.db import models
from django.db.models import F, Q

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.matters.models.matter import Matter, MatterChild
from yicun.matters.models.timing import Clock
from yicun.matters.rules.flow import MERGEABLE
from yicun.matters.terms.lineage import Sameness


class Lineage(MatterChild):
    """`clock` is the one that ran when the matter was merged; it goes on when that is undone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    into = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    sameness = CodeField(choices=Sameness.choices)
    text = models.TextField(blank=True)
    state_before = CodeField()
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="+")
    supervision = models.PositiveSmallIntegerField(default=0)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undone_for = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(undone_at__isnull=True), name="lineage_one_open_merge"
            ),
            models.CheckConstraint(condition=~Q(matter=F("into")), name="lineage_into_another"),
            models.CheckConstraint(condition=Q(sameness__in=Sameness.values), name="lineage_sameness_known"),
            models.CheckConstraint(
                condition=Q(state_before__in=[state.value for state in MERGEABLE]),
                name="lineage_state_before_known",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="")
                | Q(undone_at__isnull=False, undone_at__gte=F("merged_at")) & ~Q(undone_by=""),
                name="lineage_undone_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["matter", "merged_at"], name="lineage_of_matter")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.into_id}"
