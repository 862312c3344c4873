"""Single cells: tidy what a sheet gave, and read it as what the column wants."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from yicun.base.sheets import terms
from yicun.kernel.clocks import SHANGHAI
from yicun.kernel.refusals import Refused

Cell = str | int | float | bool | datetime | date | time | None

EXACT_DIGITS = 10**15  # beyond, a spreadsheet's numbers lose their last digits
_EPOCH = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_LAST_SERIAL = 2_958_466
_SERIAL_AFTER_FALSE_LEAP_DAY = 60  # spreadsheets believe in a 29 February 1900
_INVISIBLE = "\ufeff\u200b\u2060"
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_BARE_DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_NUMBER = re.compile(r"[+-]?[\d,]*\d(\.\d+)?%?")
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2})\s*T?\s*(?P<half>AM|PM)?\s*"
    r"(?:(?P<hour>\d{1,2}):(?P<minute>\d{1,2})?:?(?P<second>\d{1,2})?:?(?:\.\d+)?)?\s*"
    r"(?P<after>AM|PM)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)


def half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def tidy(cell: object) -> Cell:
    """Blank becomes None, a whole number loses its decimals, text loses blanks at both ends."""
    if isinstance(cell, str):
        return cell.strip().strip(_INVISIBLE).strip().replace("\r\n", "\n").replace("\r", "\n") or None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, timedelta):
        return str(cell)
    return cell if isinstance(cell, int | date | time) else None


def as_text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return "" if cell is None else str(cell)


def has_control_characters(text: str) -> bool:
    """Also characters that turn the direction of writing and so hide what is written."""
    return _UNSEEN.search(text) is not None


def looks_like_data(cell: Cell) -> bool:
    """A number, a date or a moment: nothing that names a column."""
    if isinstance(cell, str):
        return bool(_NUMBER.fullmatch(half_width(cell))) or moment_of(cell) is not None
    return cell is not None


def text_of(cell: Cell, label: str) -> str:
    """Words; a number or a date where words belong is a slip."""
    if isinstance(cell, datetime | date | time):
        raise Refused("cell.date_in_text", label=label, found=as_text(cell))
    written = as_text(cell)
    if not isinstance(cell, str) or _NUMBER.fullmatch(half_width(cell)):
        raise Refused("cell.number_in_text", label=label, found=written)
    return " ".join(written.split())


def code_of(cell: Cell, label: str) -> str:
    """Numbers that are really names: kept digit for digit, or refused when the sheet has lost some."""
    if isinstance(cell, datetime | date | time):
        raise Refused("cell.date_in_text", label=label, found=as_text(cell))
    too_long = isinstance(cell, int | float) and abs(cell) >= EXACT_DIGITS
    written = half_width(as_text(cell))
    if too_long or _SCIENTIFIC.fullmatch(written):
        raise Refused("cell.digits_lost", label=label)
    return written


def integer_of(cell: Cell, label: str) -> int:
    written = half_width(as_text(cell)).replace(",", "")
    if not isinstance(cell, bool) and re.fullmatch(r"[+-]?\d{1,15}(\.0+)?", written):
        return int(written.partition(".")[0])
    raise Refused("cell.not_an_integer", label=label, found=as_text(cell))


def moment_of(cell: Cell) -> datetime | None:
    """A moment in Shanghai, from a date cell, a serial number or any usual writing; None when it is none."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=SHANGHAI)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=SHANGHAI)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell)
    return _from_text(half_width(cell).strip()) if isinstance(cell, str) else None


def _from_number(number: int | float) -> datetime | None:
    if isinstance(number, int) and len(str(number)) in _BARE_DIGITS:
        return _from_text(str(number))
    if not 1 <= number < _LAST_SERIAL:
        return None
    if number < _SERIAL_AFTER_FALSE_LEAP_DAY:
        number += 1
    return _EPOCH + timedelta(seconds=round(number * 86_400))


def _from_text(text: str) -> datetime | None:
    if text.isascii() and text.isdigit() and len(text) in _BARE_DIGITS:
        return _parsed(text, _BARE_DIGITS[len(text)])
    if _SERIAL.fullmatch(text):
        return _from_number(float(text))
    for word, half in terms.HALF_DAYS.items():
        text = text.replace(word, f" {half} ")
    text = re.sub(r"^(\d{4})\.(\d{1,2})\.(\d{1,2})", r"\1-\2-\3", text.translate(terms.DATE_MARKS))
    found = _MOMENT.fullmatch(text.strip())
    return _from_parts(found) if found else None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def _from_parts(found: re.Match[str]) -> datetime | None:
    hour = int(found["hour"] or 0)
    half = (found["half"] or found["after"] or "").upper()
    if half == "PM" and hour < 12:
        hour += 12
    elif half == "AM" and hour == 12:
        hour = 0
    year, month, day = (int(part) for part in found["day"].split("-"))
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    zone = datetime.strptime(found["zone"], "%z").tzinfo if found["zone"] else SHANGHAI
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        return None
