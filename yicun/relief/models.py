"""Demands on stations and what hangs on them.

A demand carries the scope of who issued it and where it is meant for; each unit asked has a row of its own with its
own scope, so that one station does not read what another one did. What was done and what was decided is only added.
"""

from django.db import models
from django.db.models import F, Q

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.relief.rules.flow import ENDED
from yicun.relief.terms import AuthorityKind, Cadence, DefenceLine, DemandState, ListName, SourceKind


class Demand(models.Model):
    """`handling_unit_id` is the unit that asks. A campaign is a demand with a line of defence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    list_name = CodeField(choices=ListName.choices)
    title = models.CharField(max_length=80)
    deliverable = models.TextField()
    authority_kind = CodeField(choices=AuthorityKind.choices)
    authority = models.CharField(max_length=200)
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()
    roles = models.JSONField(default=list)
    cadence = CodeField(choices=Cadence.choices, default=Cadence.ONCE)
    starts_on = models.DateField()
    expires_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    defence = CodeField(choices=DefenceLine.choices, blank=True)
    state = CodeField(choices=DemandState.choices, default=DemandState.PROPOSED)
    proposed_by = models.UUIDField(null=True)
    proposer_label = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    gate_label = models.CharField(max_length=120, blank=True)
    gate_reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(list_name__in=[ListName.PRESCRIBED.value, ListName.DIRECTIVE.value]),
                name="demand_list_is_stored",
            ),
            models.CheckConstraint(condition=Q(state__in=DemandState.values), name="demand_state_known"),
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="demand_cadence_known"),
            models.CheckConstraint(
                condition=Q(authority_kind__in=AuthorityKind.values) & ~Q(authority=""),
                name="demand_has_an_authority",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("starts_on")), name="demand_period_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(defence__in=["", *DefenceLine.values]), name="demand_defence_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED)) ^ Q(ended_at__isnull=True),
                name="demand_ended_when_it_ended",
            ),
            models.UniqueConstraint(
                fields=["id", "area_code", "handling_unit_id"], name="demand_scope_for_children"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "expires_on", "id"], name="demand_by_state"),
            models.Index(fields=["handling_unit_id"], name="demand_of_issuer"),
        ]

    def __str__(self) -> str:
        return self.title


class Addressee(models.Model):
    """A unit that is asked, in the scope of its own seat; the issuer sees it by `issuer_unit_id`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="+")
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()
    issuer_unit_id = models.BigIntegerField()
    owner_member_id = models.UUIDField(null=True)
    owner_label = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "handling_unit_id"], name="addressee_once"),
            models.UniqueConstraint(
                fields=["id", "area_code", "handling_unit_id", "issuer_unit_id"],
                name="addressee_scope_for_children",
            ),
        ]
        indexes = [models.Index(fields=["handling_unit_id"], name="addressee_of_unit")]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.handling_unit_id}"


class Fulfilment(models.Model):
    """One period met by one unit: when, by whom, shown by which record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()
    issuer_unit_id = models.BigIntegerField()
    period_starts_on = models.DateField()
    due_on = models.DateField()
    done_on = models.DateField()
    logged_at = models.DateTimeField()
    doer_label = models.CharField(max_length=120)
    source = CodeField(choices=SourceKind.choices)
    source_id = models.UUIDField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["addressee", "period_starts_on"], name="fulfilment_once_per_period"
            ),
            models.CheckConstraint(
                condition=Q(source=SourceKind.NOTE.value, source_id__isnull=True)
                | Q(source__in=[SourceKind.MATTER.value, SourceKind.MEETING.value], source_id__isnull=False),
                name="fulfilment_names_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addressee_id} {self.period_starts_on}"


class DemandChild(models.Model):
    """The two copied columns; the composite key to the demand is made in the migration."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    area_code = models.BigIntegerField()
    handling_unit_id = models.BigIntegerField()

    class Meta:
        abstract = True


class DemandEntry(DemandChild):
    """One line of the demand's history; a campaign's remarks name their stage."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verb = CodeField()
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)
    account_id = models.UUIDField(null=True)
    text = models.TextField(blank=True)
    stage = CodeField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["demand", "at"], name="entry_of_demand")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at}"


class Definition(DemandChild):
    """What a campaign counts. A later version follows an earlier one, which stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveSmallIntegerField()
    counted = models.JSONField()
    counted_area = models.BigIntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "version"], name="definition_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="definition_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.version}"
