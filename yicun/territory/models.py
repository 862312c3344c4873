"""Areas, units, jurisdictions, market days.

Reference data: every role may read every row, so that a person can be told which unit is in charge of a place outside
their own area. The exclusion constraints and the trigger against gaps are in migration 0002.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Mod
from django.db.models.lookups import Exact

from yicun.base.models.fields import CodeField
from yicun.territory.rules.codes import SPANS, range_of
from yicun.territory.terms import AreaKind, Function, MarketRule, PartnerKind, StationModel, UnitKind

_PERIOD = Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on"))


class Area(models.Model):
    """A province, city, county, town, village or grid; position in WGS-84."""

    code = models.BigIntegerField(primary_key=True)
    kind = CodeField(choices=AreaKind.choices, max_length=10)
    name = models.CharField(max_length=60)
    official_name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200)
    initials = models.CharField(max_length=60)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    outline = models.JSONField(null=True)
    is_position_illustrative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__gte=10**14, code__lt=10**15), name="area_code_has_15_digits"
            ),
            models.CheckConstraint(condition=Q(kind__in=AreaKind.values), name="area_kind_known"),
            models.CheckConstraint(
                condition=Exact(
                    Mod(
                        F("code"), Case(*(When(kind=kind, then=Value(span)) for kind, span in SPANS.items()))
                    ),
                    0,
                ),
                name="area_code_padded_for_kind",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(parent__lt=F("code")), name="area_below_its_parent"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(73, 136), lat__range=(3, 54)),
                name="area_position_whole",
            ),
        ]

    @property
    def range_end(self) -> int:
        return range_of(self.code)[1]


class Unit(models.Model):
    """A police unit or a body that works with the police; `ends_on` is the first day it no longer exists."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=30)
    kind = CodeField(choices=UnitKind.choices, max_length=20)
    partner_kind = CodeField(choices=PartnerKind.choices, max_length=30, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=30, blank=True)
    model = CodeField(choices=StationModel.choices, max_length=20, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=UnitKind.PARTNER, partner_kind__in=PartnerKind.values)
                | (~Q(kind=UnitKind.PARTNER) & Q(partner_kind="")),
                name="unit_partner_kind_goes_with_partner",
            ),
            models.CheckConstraint(
                condition=Q(model="") | Q(kind=UnitKind.STATION, model__in=StationModel.values),
                name="unit_model_goes_with_station",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="unit_not_its_own_parent"
            ),
            models.CheckConstraint(condition=_PERIOD, name="unit_period_runs_forward"),
        ]


class Jurisdiction(models.Model):
    """`unit` is in charge of the codes from `lo` to `hi`, both included, for one function in one period."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    function = CodeField(choices=Function.choices, max_length=20)
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(function__in=Function.values), name="jurisdiction_function_known"
            ),
            models.CheckConstraint(condition=Q(lo__lte=F("hi")), name="jurisdiction_range_runs_forward"),
            models.CheckConstraint(
                condition=Exact(Mod(F("lo"), 1000), 0) & Exact(Mod(F("hi"), 1000), 999),
                name="jurisdiction_of_whole_villages",
            ),
            models.CheckConstraint(
                condition=Exact(F("lo") - Mod(F("lo"), 10**9), F("hi") - Mod(F("hi"), 10**9)),
                name="jurisdiction_within_one_county",
            ),
            models.CheckConstraint(condition=_PERIOD, name="jurisdiction_period_runs_forward"),
        ]


class MarketDay(models.Model):
    """When a town holds its market; `days` are digits of the day of the month, or weekdays from 1 for Monday."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    rule = CodeField(choices=MarketRule.choices, max_length=20)
    days = ArrayField(models.SmallIntegerField())
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=MarketRule.values), name="market_day_rule_known"),
            models.CheckConstraint(
                condition=Q(days__len__gte=1)
                & (
                    Q(rule=MarketRule.WEEKDAY, days__contained_by=list(range(1, 8)))
                    | (~Q(rule=MarketRule.WEEKDAY) & Q(days__contained_by=list(range(10))))
                ),
                name="market_day_days_fit_rule",
            ),
            models.CheckConstraint(condition=_PERIOD, name="market_day_period_runs_forward"),
        ]
