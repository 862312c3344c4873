"""How a command speaks: Chinese for people, one JSON document for programs; 0 done, 1 refused, 2 the words are off."""

import errno
import json as notation
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from yicun.kernel.refusals import Refused, sentence
from yicun.portal.commands import terms

DataOption = Annotated[Path | None, typer.Option("--data", envvar="YICUN_DATA", help=terms.HELP["data"])]
AsOption = Annotated[str | None, typer.Option("--as", metavar="USERNAME", help=terms.HELP["as"])]
JsonOption = Annotated[bool, typer.Option("--json", help=terms.HELP["json"])]

# What the parser makes of `--data ""`.
NOWHERE = Path()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be said before or after the command's name; what is said after it counts."""

    data: Path
    username: str | None
    is_json: bool

    def say(self, document: Mapping[str, Any], lines: Iterable[str]) -> None:
        if self.is_json:
            write_json(document)
        else:
            sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()


@contextmanager
def spoken(
    context: typer.Context, data: Path | None = None, username: str | None = None, *, json: bool = False
) -> Iterator[Wishes]:
    """A refusal inside it ends the command with status 1, its code and its sentence."""
    before: Wishes = context.obj
    wishes = replace(
        before,
        data=data or before.data,
        username=username or before.username,
        is_json=json or before.is_json,
    )
    try:
        _check_folder(wishes.data)
        yield wishes
    except Refused as refused:
        refuse(refused, is_json=wishes.is_json)
        raise typer.Exit(1) from refused
    except OSError as fault:
        told = _file_fault(fault)
        if told is None:
            raise
        refuse(told, is_json=wishes.is_json)
        raise typer.Exit(1) from fault


def refuse(refused: Refused, *, is_json: bool) -> None:
    if is_json:
        write_json({"code": refused.code, "sentence": sentence(refused)})
    else:
        sys.stderr.write(f"{sentence(refused)}\n[{refused.code}]\n")


def _file_fault(fault: OSError) -> Refused | None:
    if fault.filename is None:
        return None
    reason = terms.FAULTS.get(errno.errorcode.get(fault.errno or 0, ""), fault.strerror)
    return Refused("command.file_closed", file=fault.filename, reason=reason)


def _check_folder(data: Path) -> None:
    """Before anything is made: an empty word would mean the folder one happens to stand in."""
    if data == NOWHERE:
        raise Refused("command.folder_not_named")
    for step in (data, *data.parents):
        if step.exists() and not step.is_dir():
            raise Refused("command.not_a_folder", file=str(step))


def write_json(document: Mapping[str, Any]) -> None:
    sys.stdout.write(notation.dumps(document, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def existing(file: Path) -> Path:
    if not file.is_file():
        raise Refused("command.file_missing", file=str(file))
    return file


def writable(file: Path | None) -> Path | None:
    """Asked before the work, so that its result is not lost for want of a place."""
    if file is not None and not (file.parent.is_dir() and os.access(file.parent, os.W_OK)):
        raise Refused("command.folder_closed", folder=str(file.parent))
    return file
