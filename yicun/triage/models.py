"""Reports from the public desk. Carries its matter's scope, bound by a composite key in migration 0002."""

from django.db import models

from yicun.kernel.ids import uuid7


class PublicReport(models.Model):
    """Ties a follow-up code to a matter. Only the code's SHA-256 is stored, so a stolen table opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(
        "matters.Matter", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()
    code_digest = models.CharField(max_length=64)
    reported_at = models.DateTimeField()
    rated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code_digest"], name="public_report_code_once"),
            models.UniqueConstraint(fields=["matter"], name="public_report_once_per_matter"),
        ]

    def __str__(self) -> str:
        return str(self.matter_id)
