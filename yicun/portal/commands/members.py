"""`yicun members add | list | post | end | password | token | revoke`: the people of a county and what they may do."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from yicun.portal.commands import terms
from yicun.portal.commands.frame import AsOption, DataOption, JsonOption, existing, spoken, writable
from yicun.portal.commands.opening import opened

DEED = "commands.deeds.enrolling"
MOST_DAYS = 3 * 365
LONGEST_NAME = 60
Username = Annotated[str, typer.Argument(metavar="USERNAME", help=terms.HELP["username"])]
Unit = Annotated[str, typer.Option("--unit", metavar="CODE", help=terms.HELP["unit"])]
RoleName = Annotated[str, typer.Option("--role", help=terms.HELP["role"])]
Area = Annotated[int | None, typer.Option("--area", metavar="CODE", help=terms.HELP["area"])]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=terms.HELP["day"])]


def declare(app: typer.Typer) -> None:
    people = typer.Typer(help=terms.HELP["members"], no_args_is_help=True, rich_markup_mode=None)
    for name, command in (
        ("add", add),
        ("list", show),
        ("post", post),
        ("end", end),
        ("password", password),
        ("token", token),
        ("revoke", revoke),
    ):
        people.command(name, help=terms.HELP[f"members {name}"])(command)
    app.add_typer(people, name="members")


def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=terms.HELP["members file"])],
    sign_ins: Annotated[
        Path, typer.Option("--sign-ins", metavar="OUT.csv", help=terms.HELP["sign-ins"])
    ] = Path("sign-ins.csv"),
    data: DataOption = None,
    acting: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, acting, json=json) as wishes:
        path, out = existing(file), writable(sign_ins) or sign_ins
        with opened(wishes.data, "app") as load:
            added = load(DEED).add(path=path, sign_ins=out, ordered_by=wishes.username)
        line = terms.MEMBERS_ADDED if added["added"] else terms.MEMBERS_KNOWN
        wishes.say(added, [line.format(**added)])


def show(
    context: typer.Context,
    unit: Annotated[str, typer.Option("--unit", metavar="CODE", help=terms.HELP["unit"])] = "",
    data: DataOption = None,
    acting: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, acting, json=json) as wishes:
        with opened(wishes.data, "app") as load:
            found = load(DEED).posts(unit=unit, ordered_by=wishes.username)
        wishes.say({"posts": found}, (terms.POST_LINE.format(**one) for one in found))


def post(
    context: typer.Context,
    username: Username,
    unit: Unit,
    role: RoleName,
    area: Area = None,
    starts_on: Day = None,
    data: DataOption = None,
    acting: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, acting, json=json) as wishes:
        with opened(wishes.data, "app") as load:
            done = load(DEED).post(
                username=username,
                unit=unit,
                role=role,
                area=area,
                starts_on=starts_on and starts_on.date(),
                acting_as=wishes.username,
            )
        wishes.say(done, [terms.POSTED.format(**done)])


def end(
    context: typer.Context,
    username: Username,
    unit: Unit,
    role: RoleName,
    area: Area = None,
    ends_on: Day = None,
    data: DataOption = None,
    acting: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, acting, json=json) as wishes:
        with opened(wishes.data, "app") as load:
            done = load(DEED).end(
                username=username,
                unit=unit,
                role=role,
                area=area,
                ends_on=ends_on and ends_on.date(),
                acting_as=wishes.username,
            )
        wishes.say(done, [terms.POST_ENDED.format(**done)])


def password(
    context: typer.Context,
    username: Username,
    data: DataOption = None,
    acting: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, acting, json=json) as wishes:
        with opened(wishes.data, "app") as load:
            done = load(DEED).renew_password(username=username, ordered_by=wishes.username)
        wishes.say(done, [terms.SIGN_IN_RENEWED.format(**done)])


def token(
    context: typer.Context,
    username: Username,
    name: Annotated[str, typer.Option("--name", help=terms.HELP["token name"])],
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help=terms.HELP["token days"])] = 365,
    data: DataOption = None,
    acting: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, acting, json=json) as wishes:
        with opened(wishes.data, "app") as load:
            done = load(DEED).issue_token(
                username=username, name=name[:LONGEST_NAME], days=days, ordered_by=wishes.username
            )
        wishes.say(done, [terms.ISSUED.format(**done)])


def revoke(
    context: typer.Context,
    username: Username,
    data: DataOption = None,
    acting: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, acting, json=json) as wishes:
        with opened(wishes.data, "app") as load:
            done = load(DEED).revoke_tokens(username=username, ordered_by=wishes.username)
        wishes.say(done, [terms.TOKENS_REVOKED.format(**done)])
