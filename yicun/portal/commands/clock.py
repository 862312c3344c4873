"""`yicun clock due`: a deadline with its arithmetic, out of the air. And `yicun glossary`. Neither touches data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from yicun.kernel import clocks
from yicun.kernel.workdays import official_calendar
from yicun.portal.commands import terms
from yicun.portal.commands.frame import JsonOption, spoken
from yicun.portal.commands.opening import load

GLOSSARY = Path("docs") / "glossary.md"
WORDS_OFF = 2


def declare(app: typer.Typer) -> None:
    clock = typer.Typer(help=terms.HELP["clock"], no_args_is_help=True, rich_markup_mode=None)
    clock.command("due", help=terms.HELP["clock due"])(due)
    app.add_typer(clock, name="clock")
    app.command("glossary", help=terms.HELP["glossary"])(glossary)


def due(
    context: typer.Context,
    start: Annotated[str, typer.Option("--start", metavar="ISO", help=terms.HELP["start"])],
    limit: Annotated[str, typer.Option("--limit", help=terms.HELP["limit"])],
    pause: Annotated[
        list[str] | None, typer.Option("--pause", metavar="FROM..TO", help=terms.HELP["pause"])
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    with _typed(), spoken(context, json=json) as wishes:
        answer = clocks.answer(start, limit, pause or [], official_calendar())
        wishes.say(answer, [step["sentence"] for step in answer["steps"]])


@contextmanager
def _typed() -> Iterator[None]:
    """A clock is asked with nothing but the words of the call: whatever is refused, they are off."""
    try:
        yield
    except typer.Exit as ended:
        raise typer.Exit(WORDS_OFF) from ended


def glossary(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help=terms.HELP["glossary out"])] = GLOSSARY,
    *,
    json: JsonOption = False,
) -> None:
    with spoken(context, json=json) as wishes:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(load("glossary").glossary_markdown(), encoding="utf-8")
        wishes.say({"file": str(out)}, [terms.WRITTEN.format(file=out)])
