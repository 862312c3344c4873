"""Notices: one line per recipient, kind and day, so that a busy day is one digest and not a hundred rings."""

from django.db import models

from yicun.kernel.ids import uuid7


class Notice(models.Model):
    """For a person (`account_id`) or for a unit (`unit_id`); `lines` lists what it is about, newest last."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField(null=True)
    unit_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    on_date = models.DateField()
    lines = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "unit_id", "kind", "on_date"],
                name="notice_one_per_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(account_id__isnull=False) ^ models.Q(unit_id__isnull=False),
                name="notice_has_one_recipient",
            ),
        ]
        indexes = [models.Index(fields=["unit_id", "on_date"], name="notice_unit")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_date}"
