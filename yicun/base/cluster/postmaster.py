"""Which running program is really our PostgreSQL.

A process counts only by its executable, its user, its data folder and its start time. A process number alone
proves nothing: after a crash or a reboot it may belong to anybody.
"""

import contextlib
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil

from yicun.base.cluster.accounts import Account
from yicun.base.cluster.placement import SOCKET_NAME, Placement

PROGRAM = "postgres"
DELETED = " (deleted)"
PAUSE = 0.05
GRACE = 10.0
PID_FILE = "postmaster.pid"
STATUS_LINE = 7
UNREADABLE = (psutil.Error, OSError)


def find(place: Placement, state: Mapping[str, Any] | None) -> psutil.Process | None:
    """The postmaster of this cluster: by the state file if that still holds, else by looking everywhere."""
    known = _as_recorded(state or {})
    if known is not None and _is_postmaster(known, place):
        return known
    return next((found for found in _programs_of(place.account) if _is_postmaster(found, place)), None)


def by_number(pid: int, place: Placement) -> psutil.Process | None:
    """The process just begun, once it has become PostgreSQL; None when it ended before."""
    try:
        found = psutil.Process(pid)
        while is_alive(found):
            if _is_postmaster(found, place):
                return found
            time.sleep(PAUSE)
    except psutil.NoSuchProcess:
        pass
    return None


def described(found: psutil.Process) -> dict[str, Any]:
    return {"pid": found.pid, "started_at": found.create_time(), "executable": _executable(found)}


def is_alive(found: psutil.Process) -> bool:
    try:
        return found.is_running() and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_ready(found: psutil.Process, pgdata: Path) -> bool:
    """PostgreSQL itself says so in the last line of its own file once recovery is over."""
    lines = _lines(pgdata / PID_FILE)
    return (
        lines[:1] == [str(found.pid)] and len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"
    )


def await_ready(found: psutil.Process, pgdata: Path) -> bool:
    """Wait without a limit while it lives: recovery takes as long as it takes."""
    while is_alive(found):
        if is_ready(found, pgdata):
            return True
        time.sleep(PAUSE)
    return False


def await_end(found: psutil.Process) -> None:
    while is_alive(found):
        time.sleep(PAUSE)


def clear_leftovers(place: Placement) -> None:
    """After a crash: end the orphans of the last postmaster, then drop lock files that would stop a new one.

    The order matters. A lock file is dropped only when no process works in the data folder any more; one that
    PostgreSQL can judge for itself (its process is gone) is left to PostgreSQL.
    """
    end_orphans(place)
    for lock in (place.pgdata / PID_FILE, place.socket / f"{SOCKET_NAME}.lock"):
        if lock.exists() and not _names_a_dead_process(lock):
            lock.unlink()


def end_orphans(place: Placement) -> None:
    orphans = [found for found in _programs_of(place.account) if _works_in(found, place.pgdata)]
    for signal in ("terminate", "kill"):
        for orphan in orphans:
            with contextlib.suppress(psutil.NoSuchProcess):
                getattr(orphan, signal)()
        _, orphans = psutil.wait_procs(orphans, timeout=GRACE)


def _programs_of(account: Account) -> Iterable[psutil.Process]:
    for found in psutil.process_iter():
        with contextlib.suppress(*UNREADABLE):
            if (
                found.uids().real == account.uid
                and Path(_executable(found)).name == PROGRAM
                and is_alive(found)
            ):
                yield found


def _is_postmaster(found: psutil.Process, place: Placement) -> bool:
    try:
        words = found.cmdline()
        follows = words[words.index("-D") + 1] if "-D" in words[:-1] else ""
        owned = found.uids().real == place.account.uid
        return (
            owned
            and is_alive(found)
            and Path(_executable(found)).name == PROGRAM
            and follows == str(place.pgdata)
        )
    except UNREADABLE:
        return False


def _as_recorded(state: Mapping[str, Any]) -> psutil.Process | None:
    try:
        found = psutil.Process(int(state["pid"]))
        return (
            found
            if described(found) == {name: state[name] for name in ("pid", "started_at", "executable")}
            else None
        )
    except (KeyError, TypeError, ValueError, *UNREADABLE):
        return None


def _works_in(found: psutil.Process, pgdata: Path) -> bool:
    try:
        return found.cwd() == str(pgdata)
    except UNREADABLE:
        return False


def _executable(found: psutil.Process) -> str:
    return found.exe().removesuffix(DELETED)


def _names_a_dead_process(lock: Path) -> bool:
    first = _lines(lock)[:1]
    return bool(first) and first[0].strip().isdigit() and not psutil.pid_exists(int(first[0]))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
