"""What a place may be called, and what a licence code looks like."""

from datetime import date, timedelta

from yicun.kernel.refusals import Refused
from yicun.registry.terms import Business, ContactPurpose, PlaceKind

NAME_LENGTH = 60
ADDRESS_LENGTH = 200
CONTACT_KEPT = timedelta(days=731)
# GB 32100: letters I, O, S, V, Z are not used; the last sign checks the 17 before it.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def clean_name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise Refused("place.name_missing")
    return name


def check_contact(name: str, on: date, expires_on: date) -> None:
    """A contact has a name and an end: kept two years at most, then given again."""
    if not name:
        raise Refused("contact.name_missing")
    if not on < expires_on <= on + CONTACT_KEPT:
        raise Refused("contact.expiry_wrong")


def check_purpose(purpose: str) -> None:
    if purpose not in ContactPurpose.values:
        raise Refused("contact.purpose_unknown")


def clean_address(text: str) -> str:
    address = " ".join(text.split())
    if len(address) > ADDRESS_LENGTH or not address.isprintable():
        raise Refused("place.address_wrong")
    return address


def check_position(lon: float | None, lat: float | None) -> None:
    """Both or neither, in WGS-84 degrees within the country's frame."""
    if lon is None and lat is None:
        return
    if lon is None or lat is None or not (73 <= lon <= 136 and 3 <= lat <= 54):
        raise Refused("place.position_wrong")


def check_kind(kind: str) -> None:
    if kind not in PlaceKind.values:
        raise Refused("place.kind_unknown", kind=kind)


def check_business(business: str, licence: str) -> None:
    if business not in Business.values:
        raise Refused("place.business_unknown", business=business)
    if licence and not is_licence(licence):
        raise Refused("place.licence_wrong", licence=licence)


def is_licence(text: str) -> bool:
    """The unified social credit code of 18 signs, its check sign right."""
    if len(text) != 18 or any(sign not in _SIGNS for sign in text):
        return False
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return _SIGNS[-total % 31] == text[17]
