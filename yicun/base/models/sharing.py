"""What lets a unit see one row outside its area, and what makes a repeated submission harmless."""

from django.db import models

from yicun.kernel.ids import uuid7


class Grant(models.Model):
    """`unit_id` may see the record `subject_id`: it handed it over, or works on it beside the lead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit_id = models.BigIntegerField()
    subject_id = models.UUIDField()
    reason = models.CharField(max_length=20)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit_id", "subject_id"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.subject_id}"


class SyncReceipt(models.Model):
    """The answer once given to an operation of a device; `body_hash` tells a repeat from a reused id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.UUIDField()
    operation = models.UUIDField()
    account_id = models.UUIDField()
    name = models.CharField(max_length=60)
    body_hash = models.CharField(max_length=64)
    answer = models.CharField(max_length=10)
    code = models.CharField(max_length=60, blank=True)
    sentence = models.TextField(blank=True)
    ref = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "operation"], name="sync_receipt_once")]

    def __str__(self) -> str:
        return f"{self.operation} {self.answer}"
