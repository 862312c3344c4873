"""The command line. `frame` says how a command speaks, `opening` how it gets at the data.

The modules here only declare words and options, so that `yicun --help` needs neither Django nor a database. What a
command does stands in `deeds` and beside this folder, and is loaded by `opening.load` when everything is ready for it.
"""

from pathlib import Path

import typer

from yicun.portal.commands import clock, matters, members, running, setting_up, terms
from yicun.portal.commands.frame import AsOption, DataOption, JsonOption, Wishes

app = typer.Typer(
    name="yicun",
    help=terms.HELP["yicun"],
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def yicun(
    context: typer.Context, data: DataOption = None, username: AsOption = None, *, json: JsonOption = False
) -> None:
    context.obj = Wishes(data or Path("data"), username, json)


running.declare(app)
setting_up.declare(app)
matters.declare(app)
members.declare(app)
clock.declare(app)
