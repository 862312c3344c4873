"""The audit trail: append-only rows, chained into SM3 blocks by the sealer."""

from django.db import models


class AuditEntry(models.Model):
    """`xid` orders the sealing: a block only takes rows older than every running transaction."""

    id = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField()
    happened_at = models.DateTimeField()
    logged_at = models.DateTimeField()
    request_id = models.UUIDField()
    actor_kind = models.CharField(max_length=10)
    account_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    area_code = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "subject_id"], name="audit_subject"),
            models.Index(fields=["xid", "id"], name="audit_sealing"),
            models.Index(fields=["happened_at"], name="audit_happened"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.subject_id}"


class AuditBlock(models.Model):
    """Covers the entries with `from_xid <= xid < upto_xid`; `digest` hashes the block before it, then every entry."""

    number = models.BigIntegerField(primary_key=True)
    from_xid = models.BigIntegerField()
    upto_xid = models.BigIntegerField(unique=True)
    entries = models.IntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number}: {self.digest}"
