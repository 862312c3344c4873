"""Where the cluster of a data folder lives.

An ordinary user's cluster lies inside the data folder. Root's cannot: PostgreSQL refuses to run as root, and
its unprivileged user may be unable to pass a closed home. So it lies below /var/lib/yicun, and the data
folder keeps a pointer.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yicun.base.cluster import accounts, binaries
from yicun.base.cluster.accounts import Account
from yicun.base.cluster.files import locked, private_folder, read_document, write_document
from yicun.kernel.refusals import Refused

STORE = Path("/var/lib/yicun")
SHORT_STORE = Path("/") / "tmp"
POINTER = "cluster.json"
ORIGIN = "origin.json"
DATABASE_FILE = "database.json"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 99
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")


@dataclass(frozen=True)
class Placement:
    data: Path
    home: Path
    account: Account

    @property
    def pgdata(self) -> Path:
        return self.home / "pgdata"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def socket(self) -> Path:
        """The socket's folder. A long or unusual path gives way to a short one: Linux allows 107 bytes."""
        inside = self.home / "socket"
        if PLAIN_PATH.fullmatch(str(inside)) and len(str(inside / SOCKET_NAME)) <= LONGEST_SOCKET:
            return inside
        return SHORT_STORE / f"yicun-{self.account.uid}-{digest(self.home)}"

    @property
    def programs(self) -> Path:
        if self.home.parent == STORE:
            return binaries.programs_below(binaries.copied_to(STORE))
        return binaries.programs_below(binaries.installed())


def resolved(data: Path) -> Path:
    return Path(data).expanduser().resolve()


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def lock_file(data: Path) -> Path:
    """Whoever starts, stops or prepares the cluster holds this."""
    return data / ".cluster.lock"


def users_file(data: Path) -> Path:
    """Everybody who needs the cluster to stay up holds this together."""
    return data / ".cluster.users"


def state_file(data: Path) -> Path:
    """Which process the postmaster was when it was started; only a hint, always checked."""
    return data / ".cluster.state"


def database_file(data: Path) -> Path:
    return data / DATABASE_FILE


def make_data_folder(data: Path) -> None:
    if not data.is_dir():
        data.parent.mkdir(parents=True, exist_ok=True)
        private_folder(data)


def locate(data: Path) -> Placement | None:
    """The cluster this data folder already has; writes nothing."""
    if accounts.is_root():
        return _located_by_root(data)
    home = data / "postgres"
    for belonging in (data / POINTER, home):
        if belonging.exists() and (belonging.stat().st_uid != os.geteuid() or belonging.name == POINTER):
            raise Refused(
                "cluster.other_user", folder=str(data), user=accounts.name_of(belonging.stat().st_uid)
            )
    return Placement(data, home, accounts.ourselves()) if home.exists() else None


def lay_out(data: Path) -> Placement:
    """Make every folder the cluster needs, and as root its user and its programs. Harmless when repeated."""
    place = locate(data) or _fresh(data)
    if place.home.parent == STORE:
        _lay_out_for_root(place)
    else:
        private_folder(place.home)
    for folder in (place.socket, place.log):
        private_folder(folder, owner=place.account.owner)
    return place


def abandoned(data: Path) -> Iterator[Placement]:
    """Clusters of root that once belonged to this path, before its data folder was deleted."""
    for home in sorted(STORE.glob(f"{digest(data)}*")):
        origin = read_document(home / ORIGIN) or {}
        account = accounts.by_name(str(origin.get("user")))
        if account is not None and origin.get("data") == str(data):
            yield Placement(data, home, account)


def _located_by_root(data: Path) -> Placement | None:
    inside = data / "postgres" / "pgdata"
    pointer = data / POINTER
    if inside.exists() and not pointer.exists():
        raise Refused("cluster.other_user", folder=str(data), user=accounts.name_of(inside.stat().st_uid))
    pointed = read_document(pointer)
    if pointed is not None:
        home, account = Path(str(pointed.get("home"))), accounts.by_name(str(pointed.get("user")))
        if home.parent == STORE and home.exists() and account is not None:
            return Placement(data, home, account)
    if pointer.exists() or database_file(data).exists():
        return max(abandoned(data), key=lambda place: place.home.stat().st_mtime, default=None)
    return None


def _fresh(data: Path) -> Placement:
    if not accounts.is_root():
        return Placement(data, data / "postgres", accounts.ourselves())
    names = [digest(data), *(f"{digest(data)}-{number}" for number in range(1, 1000))]
    home = next(STORE / name for name in names if not (STORE / name).exists())
    return Placement(data, home, accounts.unprivileged())


def _lay_out_for_root(place: Placement) -> None:
    _refuse_copy(place)
    private_folder(STORE, mode=0o755)
    private_folder(place.home, owner=(0, place.account.gid), mode=0o750)
    for document, path in (
        ({"data": str(place.data), "user": place.account.name}, place.home / ORIGIN),
        ({"home": str(place.home), "user": place.account.name}, place.data / POINTER),
    ):
        if read_document(path) != document:
            write_document(path, document)
    with locked(STORE / ".lock"):
        binaries.copy_into(STORE)


def _refuse_copy(place: Placement) -> None:
    """A data folder copied with its pointer would share the database with the folder it was copied from."""
    other = Path((read_document(place.home / ORIGIN) or {}).get("data", place.data))
    pointed = (read_document(other / POINTER) or {}).get("home")
    if other != place.data and pointed == str(place.home):
        raise Refused("cluster.copied", folder=str(place.data), other=str(other))
