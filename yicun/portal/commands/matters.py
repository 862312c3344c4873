"""`yicun import matters` and `yicun replay`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yicun.portal.commands import terms
from yicun.portal.commands.frame import AsOption, DataOption, JsonOption, existing, spoken, writable
from yicun.portal.commands.opening import opened

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=terms.HELP["file"])]


class Source(StrEnum):
    """Where the messages of a file came in."""

    BOARD = "board"
    HOTLINE = "12345"
    EMERGENCY = "110"
    PUBLIC = "public"


CHANNELS = {
    Source.BOARD: "board",
    Source.HOTLINE: "hotline_12345",
    Source.EMERGENCY: "police_110",
    Source.PUBLIC: "public",
}


def declare(app: typer.Typer) -> None:
    incoming = typer.Typer(help=terms.HELP["import"], no_args_is_help=True, rich_markup_mode=None)
    # A second word must follow "import", so that other tables may come.
    incoming.callback()(_incoming)
    incoming.command("matters", help=terms.HELP["import matters"])(import_matters)
    app.add_typer(incoming, name="import")
    app.command("replay", help=terms.HELP["replay"])(replay)


def _incoming() -> None:
    """Nothing of its own."""


def import_matters(
    context: typer.Context,
    file: FileArgument,
    channel: Annotated[Source, typer.Option("--channel", help=terms.HELP["channel"])] = Source.BOARD,
    mapping: Annotated[str, typer.Option("--mapping", metavar="NAME", help=terms.HELP["mapping"])] = "",
    errors: Annotated[
        Path | None, typer.Option("--errors", metavar="OUT.xlsx", help=terms.HELP["errors"])
    ] = None,
    data: DataOption = None,
    username: AsOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=terms.HELP["dry run"])] = False,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, username, json=json) as wishes:
        path, written = existing(file), writable(errors)
        with opened(wishes.data, "app") as load:
            deed = load("commands.deeds.importing")
            summary = deed.import_file(
                path=path,
                channel=CHANNELS[channel],
                mapping=mapping,
                errors=written,
                username=wishes.username,
                is_trial=dry_run,
            )
        wishes.say(summary, deed.lines(summary))


def replay(
    context: typer.Context,
    file: FileArgument,
    mapping: Annotated[str, typer.Option("--mapping", metavar="NAME", help=terms.HELP["mapping"])] = "",
    data: DataOption = None,
    username: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, username, json=json) as wishes:
        path = existing(file)
        with opened(wishes.data, "app") as load:
            deed = load("commands.deeds.replaying")
            report = deed.replay_file(path=path, mapping=mapping, ordered_by=wishes.username)
        wishes.say(report, deed.lines(report))
