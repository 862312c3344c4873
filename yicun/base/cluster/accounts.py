"""The operating system's user that PostgreSQL runs as: ourselves, or an unprivileged one when we are root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from typing import TypedDict

from yicun.kernel.refusals import Refused

SYSTEM_USER = "yicun-pg"
USER_SETTING = "YICUN_PG_USER"
SYSTEM_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"


class Switch(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def owner(self) -> tuple[int, int]:
        return self.uid, self.gid

    def switch(self) -> Switch:
        """What a new program needs to run as this user; nothing when that is who we are."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def is_root() -> bool:
    return os.geteuid() == 0


def by_name(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def ourselves() -> Account:
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Refused(
            "cluster.user_missing", user=str(os.geteuid()), reason="no entry in /etc/passwd"
        ) from None
    return Account(entry.pw_name, os.geteuid(), os.getegid())


def unprivileged() -> Account:
    """The user that root hands the database to: the one named in the setting, or our own, made if missing."""
    chosen = os.environ.get(USER_SETTING)
    account = by_name(chosen or SYSTEM_USER)
    if account is None:
        if chosen:
            raise Refused("cluster.user_missing", user=chosen, reason="no such user")
        account = _added()
    if account.uid == 0:
        raise Refused("cluster.user_privileged", user=account.name)
    return account


def _added() -> Account:
    program = shutil.which("useradd", path=SYSTEM_PATH)
    if program is None:
        raise Refused("cluster.user_missing", user=SYSTEM_USER, reason="no useradd")
    words = [
        program,
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/bin/false",
    ]
    done = subprocess.run([*words, SYSTEM_USER], capture_output=True, text=True, check=False)
    account = by_name(SYSTEM_USER)
    if account is None:
        raise Refused("cluster.user_missing", user=SYSTEM_USER, reason=done.stderr.strip())
    return account
