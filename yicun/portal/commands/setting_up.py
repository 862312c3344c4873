"""`yicun migrate | load | doctor | backup | restore | stop`."""

from pathlib import Path
from typing import Annotated

import psycopg
import typer

from yicun.base.cluster import placement, supervisor
from yicun.base.cluster.connections import admitted
from yicun.base.cluster.files import locked_if_free
from yicun.base.cluster.roles import prepare
from yicun.kernel.refusals import Refused
from yicun.portal.commands import archives, terms
from yicun.portal.commands.frame import AsOption, DataOption, JsonOption, spoken
from yicun.portal.commands.opening import opened

BackupFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help=terms.HELP["backup folder"])]


def declare(app: typer.Typer) -> None:
    for name, command in (
        ("migrate", migrate),
        ("load", load_reference),
        ("doctor", doctor),
        ("backup", backup),
        ("restore", restore),
        ("stop", stop),
    ):
        app.command(name, help=terms.HELP[name])(command)


def migrate(
    context: typer.Context,
    admin_url: Annotated[str, typer.Option("--admin-url", metavar="URL", help=terms.HELP["admin url"])] = "",
    data: DataOption = None,
    username: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, username, json=json) as wishes:
        if admin_url:
            _check_answers(admin_url)
            prepare(admin_url, placement.database_file(placement.resolved(wishes.data)))
        with opened(wishes.data, "owner", needs_tables=False, may_create=True) as load:
            count = load("commands.deeds.migrating").migrate()
        wishes.say({"migrations": count}, [terms.MIGRATED.format(count=count)])


def _check_answers(admin_url: str) -> None:
    """Before a folder is made for it."""
    try:
        with admitted(admin_url):
            pass
    except psycopg.ProgrammingError as wrong:
        raise Refused("command.admin_url_malformed") from wrong


def load_reference(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="FOLDER", help=terms.HELP["folder"])] = None,
    data: DataOption = None,
    username: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, username, json=json) as wishes:
        if folder is not None and not folder.is_dir():
            raise Refused("command.file_missing", file=str(folder))
        with opened(wishes.data, "app") as load:
            loaded = load("commands.deeds.loading").load_all(folder=folder, ordered_by=wishes.username)
        wishes.say(loaded, [terms.LOADED.format(**loaded)])


def doctor(
    context: typer.Context, data: DataOption = None, username: AsOption = None, *, json: JsonOption = False
) -> None:
    with spoken(context, data, username, json=json) as wishes:
        with opened(wishes.data, "sealer", needs_tables=False) as load:
            examination = load("doctor").examine(wishes.data)
        wishes.say(examination.document(), examination.lines())
    if not examination.is_well:
        raise typer.Exit(1)


def backup(
    context: typer.Context,
    folder: BackupFolder,
    data: DataOption = None,
    username: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, username, json=json) as wishes:
        made = archives.back_up(data=wishes.data, folder=folder)
        wishes.say(made, [terms.BACKED_UP.format(**made)])


def restore(
    context: typer.Context,
    folder: BackupFolder,
    data: DataOption = None,
    username: AsOption = None,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, data, username, json=json) as wishes:
        restored = archives.restore(data=wishes.data, folder=folder)
        wishes.say(restored, [terms.RESTORED.format(**restored)])


def stop(
    context: typer.Context, data: DataOption = None, username: AsOption = None, *, json: JsonOption = False
) -> None:
    """A database that somebody is working with is not taken away from under him."""
    with spoken(context, data, username, json=json) as wishes:
        folder = placement.resolved(wishes.data)
        is_stopped = False
        if folder.is_dir():
            with locked_if_free(placement.users_file(folder)) as is_free:
                if not is_free:
                    raise Refused("command.in_use", data=str(folder))
                is_stopped = supervisor.stop(folder)
        wishes.say({"stopped": is_stopped}, [terms.STOPPED[is_stopped]])
