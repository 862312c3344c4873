"""Start, stop and look after the embedded cluster of a data folder.

`running` is for whoever needs the database for a while (a command, a server): it starts the cluster if none
runs, and the last to leave stops it. A cluster started by `ensure_running` alone is kept until `stop`.
"""

import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import psutil

from yicun.base.cluster import binaries, configuration, placement, postmaster
from yicun.base.cluster.connections import DatabaseFile, answers, read_database_file
from yicun.base.cluster.files import locked, locked_if_free, private_folder, read_document, write_document
from yicun.base.cluster.placement import Placement
from yicun.base.cluster.roles import prepare_locked
from yicun.kernel.refusals import Refused

StopMode = Literal["smart", "fast", "immediate"]
SIGNALS: Mapping[StopMode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}
TAIL = 2000
ATTEMPTS = 100


@dataclass(frozen=True)
class ClusterState:
    """`kind` is "embedded", or "server" when the data folder points to a server of the county's own."""

    kind: Literal["embedded", "server"]
    is_running: bool
    database_file: Path
    urls: Mapping[str, str] = field(repr=False)
    pid: int | None = None
    started_at: float | None = None
    pgdata: Path | None = None
    socket: Path | None = None
    log: Path | None = None
    admin_url: str = ""


def ensure_running(data: Path, *, wishes: Mapping[str, str] | None = None) -> ClusterState:
    """A cluster that answers, with its roles and its database. `wishes` are settings for PostgreSQL."""
    data = placement.resolved(data)
    placement.make_data_folder(data)
    with locked(placement.lock_file(data)):
        served = _own_server(data)
        if served is not None:
            if not served.is_running:
                raise Refused("cluster.unreachable", reason=str(served.database_file))
            return served
        place = _laid_out(data)
        running_already = _serving(place)
        found = running_already or _start(place, wishes or {})
        _record(place, found)
        _prepare(place, is_fresh=running_already is None)
        return _state(place, found)


@contextmanager
def running(data: Path, *, wishes: Mapping[str, str] | None = None) -> Iterator[ClusterState]:
    data = placement.resolved(data)
    placement.make_data_folder(data)
    try:
        with locked(placement.users_file(data), shared=True):
            yield ensure_running(data, wishes=wishes)
    finally:
        _leave(data)


def stop(data: Path, mode: StopMode = "fast") -> bool:
    """Stop the embedded cluster; False when none was running. Waits as long as PostgreSQL needs."""
    data = placement.resolved(data)
    if not data.is_dir():
        return False
    with locked(placement.lock_file(data)):
        place = placement.locate(data)
        return place is not None and _stop(place, mode)


def discard(data: Path) -> None:
    """Stop the embedded cluster and delete it, with everything it holds."""
    data = placement.resolved(data)
    if not data.is_dir():
        return
    with locked(placement.lock_file(data)):
        place = placement.locate(data)
        if place is not None:
            _stop(place, "immediate")
            for folder in (place.socket, place.home):
                shutil.rmtree(folder, ignore_errors=True)
        for file in (placement.POINTER, placement.DATABASE_FILE):
            (data / file).unlink(missing_ok=True)


def status(data: Path) -> ClusterState:
    """What is there now; starts and writes nothing."""
    data = placement.resolved(data)
    served = _own_server(data)
    if served is not None:
        return served
    place = placement.locate(data)
    if place is None:
        return ClusterState("embedded", False, placement.database_file(data), {})
    found = _found(place)
    return _state(place, found if found is not None and postmaster.is_ready(found, place.pgdata) else None)


def _own_server(data: Path) -> ClusterState | None:
    file = placement.database_file(data)
    known = read_database_file(file)
    if known is None and file.exists() and placement.locate(data) is None:
        raise Refused("cluster.file_unreadable", file=str(file))
    if known is None or known.kind == "embedded":
        return None
    return ClusterState("server", answers(known.urls["app"]), file, known.urls)


def _found(place: Placement) -> psutil.Process | None:
    return postmaster.find(place, read_document(placement.state_file(place.data)))


def _serving(place: Placement) -> psutil.Process | None:
    """The running postmaster once it is ready; one that is just dying is waited for and does not count."""
    found = _found(place)
    if found is None or not postmaster.await_ready(found, place.pgdata):
        return None
    for _ in range(ATTEMPTS):
        if answers(admin_url(place)):
            return found
        if not postmaster.is_alive(found):
            return None
        time.sleep(postmaster.PAUSE)
    return found


def _start(place: Placement, wishes: Mapping[str, str]) -> psutil.Process:
    if not place.pgdata.exists():
        _create(place)
    _refuse_other_major(place)
    postmaster.clear_leftovers(place)
    configuration.write(place, wishes)
    start_log = place.log / "start.log"
    start_log.unlink(missing_ok=True)
    begun = binaries.begin(
        place.programs / "postgres",
        *("-D", str(place.pgdata)),
        log=start_log,
        account=place.account,
        folder=place.log,
    )
    found = postmaster.by_number(begun, place)
    if found is None or not postmaster.await_ready(found, place.pgdata):
        raise Refused("cluster.start_failed", reason=_tail(start_log), log=str(place.log))
    return found


def _record(place: Placement, found: psutil.Process) -> None:
    """Note which process it is, and whether somebody will come to stop it."""
    file = placement.state_file(place.data)
    described = postmaster.described(found)
    if not described.items() <= (read_document(file) or {}).items():
        with locked_if_free(placement.users_file(place.data)) as alone:
            write_document(file, {**described, "kept": alone})


def _leave(data: Path) -> None:
    """The last one out stops the cluster, unless it was started to stay."""
    with locked(placement.lock_file(data)), locked_if_free(placement.users_file(data)) as alone:
        kept = (read_document(placement.state_file(data)) or {}).get("kept", True)
        place = placement.locate(data)
        if alone and not kept and place is not None:
            _stop(place, "fast")


def _laid_out(data: Path) -> Placement:
    """The folders of the cluster. Where a cluster is known to have been, a new empty one is never made."""
    place = placement.locate(data)
    known = read_database_file(placement.database_file(data))
    if known is not None and (place is None or not place.pgdata.exists()):
        raise Refused("cluster.lost", folder=str(data))
    if place is None:
        _stop_abandoned(data)
    return placement.lay_out(data)


def _create(place: Placement) -> None:
    """initdb beside the final place, then one rename: an interrupted attempt never looks like a cluster."""
    fresh = place.log.parent / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    private_folder(fresh, owner=place.account.owner)
    done = binaries.run(
        place.programs / "initdb",
        *(
            "--pgdata",
            str(fresh),
            "--username",
            configuration.ADMIN,
            "--auth-local=peer",
            "--auth-host=scram-sha-256",
        ),
        *("--data-checksums", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--lc-collate=C", "--lc-ctype=C.UTF-8", "--no-instructions"),
        account=place.account,
        folder=place.log,
    )
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Refused("cluster.create_failed", reason=done.stdout.strip()[-TAIL:])
    fresh.rename(place.pgdata)


def _refuse_other_major(place: Placement) -> None:
    found = (place.pgdata / "PG_VERSION").read_text().strip()
    if found != binaries.major():
        raise Refused("cluster.major_version", found=found, binaries=binaries.major())


def _prepare(place: Placement, *, is_fresh: bool) -> None:
    """At every start, as a newer release may want more; else when their file is lost or the socket moved."""
    file = placement.database_file(place.data)
    known = read_database_file(file)
    if is_fresh or known is None or not known.is_at(str(place.socket)):
        prepare_locked(admin_url(place), file, kind="embedded", rotate=known is None)


def admin_url(place: Placement) -> str:
    return f"postgresql://{configuration.ADMIN}@/postgres?host={quote(str(place.socket), safe='')}&port=5432"


def _stop(place: Placement, mode: StopMode) -> bool:
    found = _found(place)
    if found is None:
        return False
    found.send_signal(SIGNALS[mode])
    postmaster.await_end(found)
    placement.state_file(place.data).unlink(missing_ok=True)
    return True


def _stop_abandoned(data: Path) -> None:
    for place in placement.abandoned(data):
        found = postmaster.find(place, None)
        if found is not None:
            found.send_signal(signal.SIGINT)
            postmaster.await_end(found)


def _state(place: Placement, found: psutil.Process | None) -> ClusterState:
    file = placement.database_file(place.data)
    known: DatabaseFile | None = read_database_file(file)
    described: dict[str, Any] = postmaster.described(found) if found is not None else {}
    return ClusterState(
        kind="embedded",
        is_running=found is not None,
        database_file=file,
        urls=known.urls if known else {},
        pid=described.get("pid"),
        started_at=described.get("started_at"),
        pgdata=place.pgdata,
        socket=place.socket,
        log=place.log,
        admin_url=admin_url(place),
    )


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-TAIL:].strip() if path.exists() else ""
