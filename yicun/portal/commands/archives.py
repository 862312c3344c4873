"""`yicun backup` and `yicun restore`: database, keys and files of a county in one folder.

The folder holds the county's keys, so nobody but its owner may enter it.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yicun.base.cluster import backups, placement, supervisor
from yicun.base.cluster.files import private_folder, read_document, write_document
from yicun.kernel.refusals import Refused
from yicun.portal.commands.opening import known_county

FORMAT = 1
LABEL = "backup.json"
DATABASE = "database"
KEPT = ("keys", "files", "demo.json")


def back_up(*, data: Path, folder: Path) -> dict[str, Any]:
    """The folder must not exist yet, and appears only when it is whole.

    Files are added to the store and never changed, so those copied after the database include all that it names.
    """
    known_county(data)
    data, folder = placement.resolved(data), placement.resolved(folder)
    if folder.exists():
        raise Refused("cluster.target_exists", folder=str(folder))
    fresh = folder.with_name(f".{folder.name}.whole")
    shutil.rmtree(fresh, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    private_folder(fresh)
    made_at = datetime.now(tz=UTC).isoformat(timespec="seconds")
    try:
        backups.backup(data, fresh / DATABASE)
        _copy(data, fresh)
        write_document(fresh / LABEL, {"format": FORMAT, "made_at": made_at})
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return {"folder": str(folder), "made_at": made_at}


def restore(*, data: Path, folder: Path) -> dict[str, Any]:
    """Into an empty data folder only; what is left of a failed attempt is taken away."""
    data, folder = placement.resolved(data), placement.resolved(folder)
    label = read_document(folder / LABEL) or {}
    if label.get("format") != FORMAT:
        raise Refused("command.backup_damaged", folder=str(folder))
    if data.exists() and any(data.iterdir()):
        raise Refused("command.folder_not_empty", data=str(data))
    try:
        backups.restore(folder / DATABASE, data)
        supervisor.stop(data)
        _copy(folder, data)
    except BaseException:
        supervisor.discard(data)
        shutil.rmtree(data, ignore_errors=True)
        raise
    return {"data": str(data), "made_at": label["made_at"]}


def _copy(source: Path, target: Path) -> None:
    for name in KEPT:
        found = source / name
        if found.is_dir():
            shutil.copytree(found, target / name)
        elif found.exists():
            shutil.copy2(found, target / name)
