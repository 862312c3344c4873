"""`yicun members`: accounts are opened with their posts; rights begin and end with a post, at once."""

import csv
import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from yicun.base import accounts
from yicun.base.models import Account
from yicun.base.pages import today
from yicun.base.tenancy import scoped
from yicun.force import queries as force
from yicun.force import services
from yicun.force.rules.cast import COLUMNS, Person, people
from yicun.force.terms import Role
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.portal.commands import terms
from yicun.portal.commands.deeds.acting import acting, ordered
from yicun.territory import queries as territory

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS_EACH = 3, 4
OWNER_ONLY = 0o600


def add(*, path: Path, sign_ins: Path, ordered_by: str | None) -> dict[str, Any]:
    """Everybody of the table who has no account yet, all or nobody. The passwords stand in a file of one's own."""
    now = timezone.now()
    system = ordered(ordered_by, now)
    with scoped(system):
        listed = people(_text(path))
        known = set(
            Account.objects.filter(username__in=[one.username for one in listed]).values_list(
                "username", flat=True
            )
        )
        new = [one for one in listed if one.username not in known]
        passwords = {one.username: new_password() for one in new}
        if new:
            ids = open_accounts(new, passwords, actor=system, now=now, needs_second_factor=True)
            services.load_cast(people=new, account_ids=ids, actor=system, now=now)
            # Before the commit: a password is never lost, and one without an account opens nothing.
            _write(sign_ins, [(one.username, one.name, passwords[one.username]) for one in new])
    return {"added": len(new), "known": len(known), "file": str(sign_ins)}


def open_accounts(
    new: Iterable[Person],
    passwords: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    needs_second_factor: bool,
) -> dict[str, UUID]:
    """An account for each; username -> account."""
    return {
        one.username: accounts.open_account(
            username=one.username,
            label=one.name,
            password=passwords[one.username],
            actor=actor,
            now=now,
            needs_second_factor=needs_second_factor,
        ).pk
        for one in new
    }


def posts(*, unit: str, ordered_by: str | None) -> list[dict[str, Any]]:
    """Who serves where today: in one unit and those below it, or in the whole county."""
    now = timezone.now()
    with scoped(ordered(ordered_by, now)):
        if unit:
            rows = force.members_of(territory.unit_by_code(unit).id, today(now), with_below=True)
        else:
            board = force.people_board(today(now), within=territory.home_county())
            rows = [row for _, filled in board for row in filled]
        names: dict[UUID | None, str] = dict(Account.objects.values_list("id", "username"))
        return [_shown(names.get(row.account_id, ""), row) for row in rows]


def post(
    *, username: str, unit: str, role: str, area: int | None, starts_on: date | None, acting_as: str | None
) -> dict[str, Any]:
    now = timezone.now()
    actor = acting(acting_as, now)
    with scoped(actor):
        given = territory.unit_by_code(unit)
        on = starts_on or today(now)
        services.post(
            member_id=_member_id(username, today(now)),
            unit_id=given.id,
            role=role,
            area_code=area,
            starts_on=on,
            actor=actor,
            now=now,
        )
        return {"username": username, "unit": given.name, "role": str(Role(role).label), "on": str(on)}


def end(
    *, username: str, unit: str, role: str, area: int | None, ends_on: date | None, acting_as: str | None
) -> dict[str, Any]:
    """The first day without the post; today unless said otherwise."""
    now = timezone.now()
    actor = acting(acting_as, now)
    with scoped(actor):
        given = territory.unit_by_code(unit)
        on = ends_on or today(now)
        held = [
            row.posting_id
            for row in force.postings_of(_member_id(username, today(now)))
            if (row.unit_id, row.role, row.area_id) == (given.id, role, area)
            and (row.ends_on is None or row.ends_on > on)
        ]
        if not held:
            raise Refused("posting.unknown")
        services.end_posting(posting_id=held[0], ends_on=on, actor=actor, now=now)
        return {"username": username, "unit": given.name, "role": str(Role(role).label), "on": str(on)}


def issue_token(*, username: str, name: str, days: int, ordered_by: str | None) -> dict[str, str]:
    now = timezone.now()
    system = ordered(ordered_by, now)
    expires_at = now + timedelta(days=days)
    with scoped(system):
        token = accounts.issue_token(
            account_id=_account(username).pk, name=name, actor=system, now=now, expires_at=expires_at
        )
    return {"username": username, "name": name, "token": token, "expires_on": str(today(expires_at))}


def revoke_tokens(*, username: str, ordered_by: str | None) -> dict[str, Any]:
    now = timezone.now()
    system = ordered(ordered_by, now)
    with scoped(system):
        ended = accounts.revoke_tokens(account_id=_account(username).pk, actor=system, now=now)
    return {"username": username, "revoked": ended}


def renew_password(*, username: str, ordered_by: str | None) -> dict[str, str]:
    now = timezone.now()
    system = ordered(ordered_by, now)
    with scoped(system):
        password = new_password()
        accounts.renew_sign_in(account_id=_account(username).pk, password=password, actor=system, now=now)
    return {"username": username, "password": password}


def new_password() -> str:
    """Easy to type from a screen, and long enough not to be guessed."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LETTERS_EACH)) for _ in range(GROUPS))
    return "-".join(groups)


def _account(username: str) -> Account:
    found = Account.objects.filter(username=username).first()
    if found is None:
        raise Refused("command.unknown_member", username=username)
    return found


def _member_id(username: str, on: date) -> UUID:
    """Also of somebody who holds no post today."""
    member_id = force.actor_for(_account(username).pk, on).member_id
    if member_id is None:
        raise Refused("member.unknown")
    return member_id


def _shown(username: str, row: force.PostRow) -> dict[str, Any]:
    unit = territory.unit_row(row.unit_id)
    return {
        "username": username,
        "name": row.name,
        "role": row.role,
        "role_label": str(Role(row.role).label),
        "unit": unit.name,
        "unit_code": unit.code,
        "area": row.area_id,
        "place": "" if row.area_id is None else territory.short_path_of(row.area_id),
        "starts_on": str(row.starts_on),
    }


def _text(path: Path) -> str:
    """As spreadsheet programs write it here: UTF-8, or the encoding of an older Chinese system."""
    written = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("cast.unreadable", column=COLUMNS[0])


def _write(path: Path, rows: Iterable[tuple[str, str, str]]) -> None:
    """Readable for its owner alone, and never over a file with the passwords of others."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as there:
        raise Refused("command.file_there", file=str(path)) from there
    with os.fdopen(number, "w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([terms.SIGN_INS_HEAD, *rows])
        out.flush()
        os.fsync(out.fileno())
