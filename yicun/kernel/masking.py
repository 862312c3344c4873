"""Personal data made unreadable: single values by kind, free text by patterns with a structure.

Names inside free text have none; they are the text engine's business.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date

from yicun.kernel.words import COMPOUND_SURNAMES, HOUSE_PARTS, PLATE_ENDINGS, PLATE_PROVINCES, half_width

_MARK = "*"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_REGIONS = {
    "1": "12345",
    "2": "123",
    "3": "1234567",
    "4": "123456",
    "5": "01234",
    "6": "12345",
    "7": "1",
    "8": "123",
}

_ID_18 = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_15 = re.compile(r"[1-9][0-9]{14}")

# Every pattern is a lookahead: a candidate that fails its check never swallows the start of the next one.
_GAP = "[ -]?"
_ID_SPACED = re.compile(rf"(?<![0-9])(?=([1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx])(?![0-9]))")
_ID_ANYWHERE = re.compile(r"(?=([1-9][0-9]{16}[0-9Xx]))")
_ID_OLD = re.compile(r"(?<![0-9])(?=([1-9][0-9]{14})(?![0-9]))")
_CARDS = tuple(
    re.compile(rf"(?<![0-9])(?=([34569](?:{_GAP}[0-9]){{{length - 1}}})(?![0-9]))")
    for length in range(16, 20)
)
_MOBILE = (
    rf"1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}|1[3-9][0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}"
    rf"|1[3-9][0-9]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{5}}"
)
_MOBILE_TEXT = re.compile(rf"(?<![0-9])(?=(?:(?:\+|00)?86{_GAP})?({_MOBILE})(?![0-9]))")
_LANDLINE_TEXT = re.compile(
    r"(?<![0-9])(?=(?:\(0[1-9][0-9]{1,2}\) ?|0[1-9][0-9]{1,2}[ -]?)([2-9][0-9]{6,7})(?![0-9]))"
)
_PLATE = rf"[{PLATE_PROVINCES}][A-Z][ .\u00b7-]?[A-Z0-9]{{4}}(?:[A-Z0-9]{{1,2}}|[{PLATE_ENDINGS}])"
_PLATE_TEXT = re.compile(rf"(?=({_PLATE})(?![A-Z0-9]))")
_HOUSE_TEXT = re.compile(rf"(?<![0-9A-Za-z-])(?=([0-9]+(?:-[0-9]+)*)[{HOUSE_PARTS}])")
_LETTERS = re.compile(r"[^\W_]")
_DIGIT = re.compile("[0-9]")
_GAPS = re.compile("[ -]")


def _between(text: str, head: int, tail: int) -> list[int]:
    """Places of the letters and digits but the first and last ones; signs and blanks are none."""
    places = [match.start() for match in _LETTERS.finditer(text)]
    return places[head : max(head, len(places) - tail)]


def _hide(text: str, places: Iterable[int]) -> str:
    hidden = frozenset(places)
    return "".join(_MARK if place in hidden else letter for place, letter in enumerate(text))


def _cover(text: str, head: int, tail: int) -> str:
    return _hide(text, _between(text, head, tail))


def _is_date(written: str) -> bool:
    try:
        date(int(written[:4]), int(written[4:6]), int(written[6:8]))
    except ValueError:
        return False
    return True


def id_number_is_valid(number: str) -> bool:
    """An 18-digit number by its checksum, a 15-digit one by its province; both by the date of birth."""
    written = half_width(number).strip().upper()
    if written[1:2] not in tuple(_REGIONS.get(written[:1], "")):
        return False
    if _ID_15.fullmatch(written):
        return _is_date("19" + written[6:12])
    if not _ID_18.fullmatch(written) or not _is_date(written[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(written, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == written[17]


def passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def mask_name(name: str) -> str:
    """The surname stays, a compound one whole; of a name in several parts each part's first letter."""
    parts = re.split(r"([ .\u00b7\u2022]+)", name.strip())
    if len(parts) > 1:
        return "".join(_cover(part, 1, 0) for part in parts)
    if len(parts[0]) == 1:
        return _MARK
    is_compound = len(parts[0]) > 2 and parts[0][:2] in COMPOUND_SURNAMES.split()
    return _cover(parts[0], 2 if is_compound else 1, 0)


def mask_phone(phone: str) -> str:
    """A mobile number keeps its first three and last four digits, any other at most its last three."""
    written = half_width(phone)
    if mobile := _MOBILE_TEXT.search(written):
        return phone[: mobile.start(1)] + _cover(phone[mobile.start(1) :], 3, 4)
    return _cover(phone, 0, 3 if len(_DIGIT.findall(written)) >= 7 else 0)


def mask_id_number(number: str) -> str:
    return _cover(number, 3, 2)


def mask_bank_card(number: str) -> str:
    return _cover(number, 0, 4)


def mask_plate(plate: str) -> str:
    return _cover(plate, 2, 2)


def _anything(number: str) -> bool:
    return bool(number)


_Kind = tuple[re.Pattern[str], Callable[[str], bool], int, int]
_STRUCTURED: tuple[_Kind, ...] = (
    (_ID_SPACED, id_number_is_valid, 3, 2),
    (_ID_ANYWHERE, id_number_is_valid, 3, 2),
    (_ID_OLD, id_number_is_valid, 3, 2),
    *((card, passes_luhn, 0, 4) for card in _CARDS),
    (_MOBILE_TEXT, _anything, 3, 4),
    (_LANDLINE_TEXT, _anything, 0, 3),
    (_PLATE_TEXT, _anything, 2, 2),
)
_HOUSE: _Kind = (_HOUSE_TEXT, _anything, 0, 0)


def _masked(text: str, kinds: tuple[_Kind, ...]) -> str:
    """Found in the half-width text, hidden in the text as written: both have the same length."""
    plain = half_width(text)
    hidden: set[int] = set()
    for pattern, is_one, head, tail in kinds:
        for found in pattern.finditer(plain):
            if is_one(_GAPS.sub("", found[1])):
                hidden.update(found.start(1) + place for place in _between(found[1], head, tail))
    return _hide(text, hidden)


def mask_house_numbers(text: str) -> str:
    return _masked(text, (_HOUSE,))


def mask_text(text: str) -> str:
    return _masked(text, _STRUCTURED)
