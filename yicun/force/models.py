"""Members and their postings.

Who serves where is known to every colleague, so these tables carry no row-level security; what a posting opens is
decided by `queries.actor_for` and held by the policies of the tables it opens.
"""

from django.db import models
from django.db.models import F, Q

from yicun.base.models.fields import CodeField
from yicun.force.terms import MemberKind, Role
from yicun.kernel.ids import uuid7


class Member(models.Model):
    """A person at work: officer, auxiliary, or somebody of a partner body. `phone` is the work phone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.OneToOneField("base.Account", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=30)
    badge = models.CharField(max_length=20, blank=True)
    kind = CodeField(choices=MemberKind.choices, max_length=20)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="member_name_not_blank"),
            models.CheckConstraint(condition=Q(kind__in=MemberKind.values), name="member_kind_known"),
            models.UniqueConstraint(fields=["badge"], condition=~Q(badge=""), name="member_badge_once"),
        ]


class Posting(models.Model):
    """A member serves a unit in a role; `area` restricts the post to a village or a grid.

    That nobody holds the same post twice, or two main posts, at one time is held by exclusion constraints in
    migration 0002.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="postings")
    unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="+")
    role = CodeField(choices=Role.choices, max_length=30)
    area = models.ForeignKey("territory.Area", on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="posting_role_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="posting_period_runs_forward",
            ),
        ]
