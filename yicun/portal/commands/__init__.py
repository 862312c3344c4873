"""The command line. `frame` says how a command speaks, `opening` how it gets at the data.

The modules here only declare words and options, so that `yicun --help` needs neither Django nor a database. What a
command does stands in `deeds` and beside this folder, and is loaded by `opening.load` when everything is ready for it.
"""

import sys
from pathlib import Path

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from yicun.kernel.refusals import Refused
from yicun.portal.commands import clock, matters, members, running, setting_up, terms
from yicun.portal.commands.frame import AsOption, DataOption, JsonOption, Wishes, refuse

OFF = 2

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


def run() -> int:
    """The exit status. Words that are off are answered in Chinese, and to a program as a document, too."""
    try:
        return int(app(prog_name="yicun", standalone_mode=False) or 0)
    except NoArgsIsHelpError as asked:
        asked.show()
    except UsageError as off:
        command = off.ctx.command_path if off.ctx else "yicun"
        refused = Refused("command.usage", reason=_reason(off), command=command)
        refuse(refused, is_json="--json" in sys.argv)
    except typer.Abort:
        pass
    return OFF


def _reason(off: UsageError) -> str:
    named = getattr(off, "option_name", None) or getattr(off, "command_name", None)
    parameter = getattr(off, "param", None)
    if named is None and parameter is not None:
        named = parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar
    words = terms.USAGE.get(type(off).__name__) if named else None
    return (words or terms.USAGE_OTHER).format(name=named)
