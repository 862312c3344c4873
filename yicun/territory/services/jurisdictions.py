"""Handing ranges of codes from unit to unit."""

from collections.abc import Sequence
from datetime import date, datetime

from yicun.base import audit
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.territory import queries
from yicun.territory.models import Jurisdiction
from yicun.territory.queries.snapshot import rows
from yicun.territory.rules.codes import county_range
from yicun.territory.rules.jurisdictions import Change, Move, check_moves, first_gap, plan_change
from yicun.territory.rules.rows import JurisdictionRow
from yicun.territory.services.edition import new_edition
from yicun.territory.terms import AreaKind, Function


def set_jurisdictions(
    *, function: str, moves: Sequence[Move], starts_on: date, actor: Actor, now: datetime
) -> list[int]:
    """From `starts_on` on each range belongs to the unit of its move, whoever held it before.

    The old rows end on that day, what remains of them is written anew, and every row cut from an older one points to
    it. Returns the new rows' ids; none when nothing changes.
    """
    check_moves(moves)
    with new_edition(actor):
        for unit_id in sorted({move.unit_id for move in moves}):
            unit = queries.unit(unit_id)
            if not unit.is_open(starts_on) or unit.ends_on is not None:
                raise Refused("unit.not_open", unit=unit.name, on=unit.ends_on or starts_on)
        change = plan_change(_standing(function, moves), moves, starts_on)
        written = _write(function, change, starts_on)
        for move in moves:
            _check_gap(function, move.lo)
        audit.record(
            verb="set_jurisdictions",
            subject="territory.jurisdiction",
            subject_id=function,
            actor=actor,
            now=now,
            area_code=county_range(moves[0].lo)[0],
            facts={
                "starts_on": starts_on,
                "moves": [[move.unit_id, move.lo, move.hi] for move in moves],
                "ended": change.ends,
                "written": written,
            },
        )
        return written


def _standing(function: str, moves: Sequence[Move]) -> list[JurisdictionRow]:
    """The function's rows that touch the moved ranges."""
    lo, hi = min(move.lo for move in moves), max(move.hi for move in moves)
    return rows(Jurisdiction.objects.filter(function=function, lo__lte=hi, hi__gte=lo), JurisdictionRow)


def _write(function: str, change: Change, starts_on: date) -> list[int]:
    Jurisdiction.objects.filter(pk__in=change.ends).update(ends_on=starts_on)
    pieces = [
        Jurisdiction(
            unit_id=piece.unit_id,
            function=function,
            lo=piece.lo,
            hi=piece.hi,
            starts_on=starts_on,
            replaces_id=piece.replaces_id,
        )
        for piece in change.pieces
    ]
    return [written.id for written in Jurisdiction.objects.bulk_create(pieces)]


def _check_gap(function: str, code: int) -> None:
    """The database would refuse at commit; here it is said which village is left."""
    lo, hi = county_range(code)
    standing = rows(Jurisdiction.objects.filter(function=function, lo__gte=lo, hi__lte=hi), JurisdictionRow)
    villages = (village.code for village in queries.children_of(lo, AreaKind.VILLAGE))
    gap = first_gap(villages, standing)
    if gap is not None:
        village, on = gap
        raise Refused(
            "jurisdiction.gap", village=queries.path_of(village), on=on, function=Function(function).label
        )
