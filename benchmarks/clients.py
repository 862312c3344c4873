"""Phones at the sync door: keep-alive connections, operations with identifiers of their own."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from benchmarks.county import VILLAGE
from yicun.kernel.ids import uuid7

BODY = "今天下午走访时村民反映，村口小桥护栏松动，雨天路滑，老人和学生经过不安全，希望尽快维修。" * 2


@dataclass
class Phone:
    port: int
    token: str
    device: UUID = field(default_factory=uuid4)
    patience: float = 30
    seconds: list[float] = field(default_factory=list)
    _line: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        sent = json.dumps(body, default=str).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        began = time.perf_counter()
        try:
            self._line.request("POST", path, sent, headers)
            answer = self._line.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self._line.close()
            self._line = None
            raise
        self.seconds.append(time.perf_counter() - began)
        return answer.status, json.loads(text) if text[:1] in b"{[" else None

    def sync(self, operations: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        """The answers, or None when there is no saying whether it arrived."""
        try:
            status, said = self.post("/api/v1/sync", {"device": self.device, "operations": operations})
        except (OSError, http.client.HTTPException):
            return None
        return said["answers"] if status == 200 else None


def record(title: str) -> dict[str, Any]:
    body = {"kind": "help", "title": title, "body": BODY, "area_code": VILLAGE}
    return {
        "id": uuid7(),
        "name": "matters.record",
        "recorded_at": datetime.now(UTC).isoformat(),
        "body": body,
    }


def together(work: Callable[[int], None], connections: int) -> float:
    """Run `work` on so many threads at once; wall seconds."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
