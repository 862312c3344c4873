"""Places and the premises among them."""

from django.db import models
from django.db.models import Q

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.registry.terms import Business, PlaceKind


class Place(models.Model):
    """Somewhere with a name: a home, a shop, a bridge. `handling_unit` is in charge of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = CodeField(choices=PlaceKind.choices, max_length=20)
    name = models.CharField(max_length=60)
    initials = models.CharField(max_length=60)
    area = models.ForeignKey(
        "territory.Area", on_delete=models.PROTECT, db_column="area_code", related_name="+"
    )
    address = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    handling_unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="place_name_not_blank"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="place_kind_known"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(73, 136), lat__range=(3, 54)),
                name="place_position_whole",
            ),
            models.UniqueConstraint(fields=["id", "area", "handling_unit"], name="place_with_its_scope"),
        ]


class Premises(models.Model):
    """A place where a business is run. Carries its place's scope, bound by a composite key in migration 0002.

    The contact is sealed; only the masked form is shown, and both are gone after `contact_expires_on`.
    """

    place = models.OneToOneField(Place, on_delete=models.PROTECT, primary_key=True, related_name="premises")
    area = models.ForeignKey(
        "territory.Area", on_delete=models.PROTECT, db_column="area_code", related_name="+"
    )
    handling_unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="+")
    licence = models.CharField(max_length=18, blank=True)
    business = CodeField(choices=Business.choices, max_length=30)
    contact_masked = models.CharField(max_length=120, blank=True)
    contact_sealed = models.BinaryField(null=True)
    contact_expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(business__in=Business.values), name="premises_business_known"),
            models.CheckConstraint(
                condition=Q(contact_masked="", contact_sealed__isnull=True, contact_expires_on__isnull=True)
                | (~Q(contact_masked="") & Q(contact_sealed__isnull=False, contact_expires_on__isnull=False)),
                name="premises_contact_whole",
            ),
        ]
