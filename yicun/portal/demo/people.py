"""The fixed cast as members of the demo county, with passwords and tokens that stay the same."""

from datetime import datetime
from pathlib import Path
from typing import Any

from yicun.base import accounts
from yicun.base.cluster.files import read_document, write_document
from yicun.base.models import Account
from yicun.base.tenancy import scoped
from yicun.force.queries import cast_people
from yicun.force.rules.cast import Person
from yicun.force.services import load_cast
from yicun.force.terms import Role
from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.portal.commands import terms
from yicun.portal.commands.deeds.acting import acting
from yicun.portal.commands.deeds.enrolling import new_password, open_accounts
from yicun.territory import queries as territory

SIGN_INS = "demo.json"


def known_people(*, file: Path, data: Path) -> list[dict[str, Any]]:
    """The sign-ins made before; empty in an empty county. Somebody else's county is not made a demo."""
    known = (read_document(file) or {}).get("members")
    stored = set(Account.objects.values_list("username", flat=True))
    if not stored:
        return []
    if not isinstance(known, list) or not stored >= {one["username"] for one in known}:
        raise Refused("demo.not_a_demo", data=str(data))
    return known


def ensure_people(*, file: Path, data: Path, now: datetime) -> list[dict[str, Any]]:
    known = known_people(file=file, data=data)
    if known:
        return known
    system = acting(None, now)
    with scoped(system):
        members = _enrolled(cast_people(), system, now)
        # Before the commit: a password is never lost, and one without an account opens nothing.
        write_document(file, {"members": members})
    return members


def _enrolled(people: list[Person], system: Actor, now: datetime) -> list[dict[str, Any]]:
    passwords = {person.username: new_password() for person in people}
    ids = open_accounts(people, passwords, actor=system, now=now, needs_second_factor=False)
    load_cast(people=people, account_ids=ids, actor=system, now=now)
    return [
        {
            "name": person.name,
            "username": person.username,
            "password": passwords[person.username],
            "token": accounts.issue_token(
                account_id=ids[person.username], name=terms.DEMO_PURPOSE, actor=system, now=now
            ),
            **_post(person),
        }
        for person in people
    ]


def _post(person: Person) -> dict[str, Any]:
    main = person.seats[0]
    unit = territory.unit_by_code(main.unit)
    return {
        "role": str(main.role),
        "role_label": str(Role(main.role).label),
        "unit": unit.name,
        "unit_code": unit.code,
    }
