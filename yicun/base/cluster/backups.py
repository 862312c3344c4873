"""A copy of the whole embedded cluster while it runs, checked file by file, and the way back."""

import shutil
from pathlib import Path

from yicun.base.cluster import accounts, binaries, placement
from yicun.base.cluster.files import locked, private_folder
from yicun.base.cluster.supervisor import ClusterState, ensure_running, running
from yicun.kernel.refusals import Refused

TAIL = 2000


def backup(data: Path, target: Path) -> None:
    """Copy the cluster into `target`, which must not exist yet and appears only once it is verified."""
    target = placement.resolved(target)
    if target.exists():
        raise Refused("cluster.target_exists", folder=str(target))
    with running(data) as state:
        place = placement.locate(placement.resolved(data))
        if state.kind == "server" or place is None:
            raise Refused("cluster.backup_elsewhere", file=str(state.database_file))
        fresh = target.with_name(f".{target.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(fresh)
        try:
            options = ("--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256")
            _run(place.programs / "pg_basebackup", "--dbname", state.admin_url, "-D", str(fresh), *options)
            _run(place.programs / "pg_verifybackup", str(fresh))
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def restore(target: Path, data: Path) -> ClusterState:
    """Put a verified copy where no cluster is, and start it. Its roles get the passwords of our file."""
    target, data = placement.resolved(target), placement.resolved(data)
    placement.make_data_folder(data)
    with locked(placement.lock_file(data)):
        place = placement.lay_out(data)
        if place.pgdata.exists():
            raise Refused("cluster.not_empty", folder=str(data))
        _run(place.programs / "pg_verifybackup", str(target))
        fresh = place.home / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(target, fresh, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            shutil.chown(path, *place.account.owner)
        fresh.rename(place.pgdata)
    return ensure_running(data)


def _run(program: Path, *arguments: str) -> None:
    done = binaries.run(program, *arguments, account=accounts.ourselves(), folder=Path("/"))
    if done.returncode != 0:
        raise Refused("cluster.backup_failed", program=program.name, reason=done.stdout.strip()[-TAIL:])
