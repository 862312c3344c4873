"""Files that are never read half-written, folders nobody else may enter, and locks between processes."""

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yicun.kernel.refusals import Refused


def write_text(path: Path, text: str, *, mode: int = 0o600, owner: tuple[int, int] | None = None) -> None:
    """Replace the file in one step. Writers of one path hold a lock, so the temporary name is fixed."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        os.fchmod(descriptor, mode)
        if owner is not None:
            os.fchown(descriptor, *owner)
        stream.write(text)
        stream.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_document(path: Path) -> dict[str, Any] | None:
    """What the file holds; None when it is missing, cut short or not a document at all."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def private_folder(path: Path, *, owner: tuple[int, int] | None = None, mode: int = 0o700) -> None:
    """Make the folder, or take it over only if it is already a real folder of the expected owner."""
    uid, gid = owner or (os.geteuid(), os.getegid())
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
            raise Refused("cluster.folder_taken", folder=str(path)) from None
    else:
        if (uid, gid) != (os.geteuid(), os.getegid()):
            os.chown(path, uid, gid)
    if stat.S_IMODE(path.lstat().st_mode) != mode:
        path.chmod(mode)


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file: alone, or together with others. The kernel lets go of it when we die."""
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock alone if nobody has it; says whether it worked."""
    descriptor = _open_lock(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
