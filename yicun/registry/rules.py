"""What a place may be called, and what a licence code looks like."""

from yicun.kernel.refusals import Refused
from yicun.registry.terms import Business, PlaceKind

NAME_LENGTH = 60
# GB 32100: letters I, O, S, V, Z are not used; the last sign checks the 17 before it.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def clean_name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise Refused("place.name_missing")
    return name


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
