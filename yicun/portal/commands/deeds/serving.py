"""The web server: granian with a few processes of a few threads, static files, metrics on a port of their own.

Any WSGI server runs the same application: `gunicorn yicun.config.wsgi:application` with YICUN_DATA set, behind a
server that hands out `static`.
"""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

APPLICATION = "yicun.config.wsgi:application"
METRICS = "PROMETHEUS_MULTIPROC_DIR"
# Names of static files carry no digest: a page may show an old file for so many seconds after an upgrade.
KEPT_BY_BROWSERS = 600
BACKLOG = 1_024
LAST_SECONDS = 20


def serve(*, data: Path, address: str, port: int, metrics_port: int, workers: int, threads: int) -> None:
    """Returns when told to stop (SIGTERM, SIGINT) and every request under way is answered."""
    collect_static()
    os.environ.setdefault("YICUN_WEB_CONNECTIONS", str(threads))
    answer_metrics(data, metrics_port)
    Granian(
        APPLICATION,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=LAST_SECONDS,
        static_path_route=[settings.STATIC_URL.rstrip("/")],
        static_path_mount=[Path(settings.STATIC_ROOT)],
        static_path_expires=KEPT_BY_BROWSERS,
        process_name="yicun",
    ).serve()


def collect_static() -> None:
    """Everything the pages load, in one folder below the data; files of an earlier version go."""
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def answer_metrics(data: Path, port: int) -> None:
    """The web processes write their numbers into a folder, and this one adds them up for Prometheus."""
    folder = data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[METRICS] = str(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)
