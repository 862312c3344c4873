"""What waits for a leader's signature, and everything that was said on the way there."""

from django.db import models
from django.db.models import Q

from yicun.base.models.fields import CodeField
from yicun.force.terms.leave import SigningKind
from yicun.kernel.ids import uuid7
from yicun.matters.models.matter import MatterChild
from yicun.matters.rules.approvals import DECIDED, OPEN
from yicun.matters.terms.approvals import ApprovalState, Deed


class Approval(MatterChild):
    """One request, through all its rounds. `signer_member_id` null: any leader whom the matter is within reach of."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = CodeField(choices=SigningKind.choices)
    state = CodeField(choices=ApprovalState.choices, default=ApprovalState.WAITING)
    round = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    asked_by = models.UUIDField(null=True)
    asked_label = models.CharField(max_length=120)
    asked_unit_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    reason = models.TextField()
    given = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    article = models.CharField(max_length=200, blank=True)
    signer_member_id = models.UUIDField(null=True)
    signer_label = models.CharField(max_length=120, blank=True)
    decided_by = models.UUIDField(null=True)
    decided_label = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    opinion = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SigningKind.values), name="approval_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ApprovalState.values), name="approval_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False)
                | (~Q(state__in=DECIDED) & Q(decided_at__isnull=True)),
                name="approval_decided_when_decided",
            ),
            models.UniqueConstraint(
                fields=["matter", "kind"], condition=Q(state__in=OPEN), name="approval_one_open"
            ),
        ]
        indexes = [
            models.Index(
                fields=["signer_member_id", "due_at"],
                condition=Q(state=ApprovalState.WAITING.value),
                name="approval_of_signer",
            ),
            models.Index(
                fields=["asked_by", "asked_at"], condition=Q(state__in=OPEN), name="approval_of_asker"
            ),
            models.Index(fields=["decided_by", "decided_at"], name="approval_decided"),
            models.Index(fields=["matter", "asked_at"], name="approval_of_matter"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class ApprovalLine(MatterChild):
    """One deed of its history; the migration lets nobody change or delete a line."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    deed = CodeField(choices=Deed.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    account_id = models.UUIDField(null=True)
    text = models.TextField(blank=True)
    given = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(deed__in=Deed.values), name="approval_deed_known")]
        indexes = [models.Index(fields=["approval", "at"], name="approval_line_of_approval")]

    def __str__(self) -> str:
        return f"{self.deed} {self.at}"
