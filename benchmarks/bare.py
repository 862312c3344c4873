"""The floor to compare with: the same server program, and one INSERT of the same text per request. Nothing else."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from psycopg_pool import ConnectionPool

POOL = ConnectionPool(os.environ["BARE_URL"], min_size=1, max_size=4, open=True)


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    sent = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    with POOL.connection() as connection:
        connection.execute(
            "INSERT INTO bare (id, title, body) VALUES (%s, %s, %s)",
            [sent["id"], sent["title"], sent["body"]],
        )
    start("200 OK", [("Content-Type", "application/json")])
    return [b"{}"]
