"""The web server: granian with a few processes of a few threads, static files, metrics on a port of their own.

The server is a program of its own, started clean: it inherits neither connections nor threads from the one that keeps
the database up and adds up the metrics. Any WSGI server runs the same application: `gunicorn
yicun.config.wsgi:application` with YICUN_DATA set, behind a server that hands out the folder `static`.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from yicun.portal.commands.deeds.children import Children

APPLICATION = "yicun.config.wsgi:application"
# Names of static files carry a digest: what has another content has another name.
KEPT_BY_BROWSERS = 365 * 24 * 3600
DIGESTED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
LAST_SECONDS = 20


def serve(*, data: Path, address: str, port: int, metrics_port: int, workers: int, threads: int) -> None:
    """Until told to stop (SIGTERM, Ctrl-C); requests under way are answered first."""
    collect_files()
    folder = _empty(data / "metrics" / str(port))
    _answer_metrics(folder, metrics_port)
    with Children() as children:
        children.start(
            "granian",
            _granian(address=address, port=port, workers=workers, threads=threads),
            PROMETHEUS_MULTIPROC_DIR=str(folder),
            YICUN_WEB_CONNECTIONS=os.environ.get("YICUN_WEB_CONNECTIONS", str(threads)),
        )
        children.keep()


def collect_files() -> None:
    """Files of earlier versions stay beside the new ones: pages opened before an upgrade still ask for them.

    Whatever has no digest goes first, or a file that is older than the one of a later version would be skipped.
    """
    for path in Path(settings.STATIC_ROOT).rglob("*"):
        if path.is_file() and not DIGESTED.search(path.name):
            path.unlink()
    call_command("collectstatic", interactive=False, verbosity=0)


def _granian(*, address: str, port: int, workers: int, threads: int) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": address,
        "--port": port,
        "--workers": workers,
        "--blocking-threads": threads,
        "--workers-kill-timeout": LAST_SECONDS,
        "--static-path-route": settings.STATIC_URL.rstrip("/"),
        "--static-path-mount": settings.STATIC_ROOT,
        "--static-path-expires": KEPT_BY_BROWSERS,
    }
    told = [str(word) for pair in options.items() for word in pair]
    return [sys.executable, "-m", "granian", *told, "--no-ws", "--respawn-failed-workers", APPLICATION]


def _answer_metrics(folder: Path, port: int) -> None:
    """The web processes write their numbers into the folder, and this one adds them up for Prometheus."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)


def _empty(folder: Path) -> Path:
    """Numbers of processes that are gone would be counted again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder
