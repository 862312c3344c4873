"""Members and their postings; who is away, and who signs meanwhile.

Who serves where, and who is away, is known to every colleague, so these tables carry no row-level security; what a
posting opens is decided by `queries.actor_for` and held by the policies of the tables it opens.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yicun.base.models.fields import CodeField
from yicun.force.terms import MemberKind, Role
from yicun.force.terms.leave import AbsenceKind, SigningKind
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


class Absence(models.Model):
    """Away from `starts_on` until the day before `ends_on`; taken back before it began, the period is empty.

    Why is one of three plain words: nothing about health is kept. That nobody is away twice at one time is held by the
    exclusion constraint `absence_not_twice` in migration 0003.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = CodeField(choices=AbsenceKind.choices, max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    noted_by = models.CharField(max_length=120)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AbsenceKind.values), name="absence_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_period_runs_forward"
            ),
        ]


class Delegation(models.Model):
    """`delegate` signs for `principal`. No `kinds`: everything that comes to be signed.

    Recalled, it counts no more from that moment on. That nobody has two delegates at one time is held by the exclusion
    constraint `delegation_not_twice` in migration 0003.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    principal = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="+")
    reason = CodeField(choices=AbsenceKind.choices, max_length=20)
    kinds = ArrayField(CodeField(choices=SigningKind.choices), default=list)
    starts_on = models.DateField()
    ends_on = models.DateField()
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    recalled_by = models.CharField(max_length=120, blank=True)
    recalled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=AbsenceKind.values), name="delegation_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=SigningKind.values), name="delegation_kinds_known"
            ),
            models.CheckConstraint(condition=~Q(delegate=F("principal")), name="delegation_to_somebody_else"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="delegation_period_runs_forward"
            ),
        ]
