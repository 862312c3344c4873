"""A database that falls silent, and one whose standby does not confirm: nobody waits for ever or is told too much."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.databases import ROOT
from tests.portal.test_commands import Answer, call
from tests.portal.test_commands_county import QUIET, free_port
from yicun.base.cluster import supervisor
from yicun.kernel.ids import uuid7

PATIENCE = 3.0
# The sign of life, then the pool's own patience: nobody hangs longer than that.
LONGEST = 20.0
OFFICER = "lin_xiaowen"
VILLAGE = 350429101208000
WAITING = (
    "SELECT pid, query_start FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'yicun_app'"
)
MESSAGES = "留言编号,留言主题,留言时间,留言详情\n{key},路灯不亮,2019/3/4 7:00:10,桥头\n"


@dataclass(frozen=True)
class County:
    data: Path
    port: int
    token: str = field(repr=False)
    password: str = field(repr=False)

    def admin(self) -> psycopg.Connection[Any]:
        url = make_conninfo(supervisor.ensure_running(self.data).admin_url, dbname="yicun")
        return psycopg.connect(url, autocommit=True, options="-c search_path=yicun,public")

    def ask(self, path: str, body: Any = None) -> tuple[int, Any, str]:
        """Status, document and Retry-After; a page comes back as its text."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        line.request("GET" if body is None else "POST", path, body and json.dumps(body), headers)
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        document = json.loads(text) if text.startswith(("{", "[")) else text
        return answer.status, document, answer.headers.get("Retry-After", "")

    def sign_in(self) -> tuple[int, str, str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request("GET", "/sign-in/")
        asked = line.getresponse()
        asked.read()
        cookie = SimpleCookie(asked.headers.get("Set-Cookie", ""))["csrftoken"].value
        form = {"login": OFFICER, "password": self.password, "csrfmiddlewaretoken": cookie}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={cookie}"}
        line.request("POST", "/sign-in/", urlencode(form), headers)
        answer = line.getresponse()
        page = answer.read().decode()
        line.close()
        return answer.status, page, answer.headers.get("Retry-After", "")

    def count(self, title: str) -> int:
        with self.admin() as admin:
            row = admin.execute("SELECT count(*) FROM matters_matter WHERE title = %s", [title]).fetchone()
        assert row is not None
        return int(row[0])

    @contextmanager
    def no_standby_confirms(self) -> Iterator[None]:
        """A standby is named that never comes; whoever waits for it is cancelled, each wait once.

        Cancelled twice, a slow backend would lose the statement after its commit as well.
        """
        is_over = threading.Event()

        def cancel() -> None:
            cancelled: set[tuple[Any, ...]] = set()
            with self.admin() as admin:
                while not is_over.wait(0.05):
                    for wait in set(admin.execute(WAITING)) - cancelled:
                        admin.execute("SELECT pg_cancel_backend(%s)", wait[:1])
                        cancelled.add(wait)

        with self.admin() as admin:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            admin.execute("SELECT pg_reload_conf()")
            thread = threading.Thread(target=cancel)
            thread.start()
            try:
                yield
            finally:
                is_over.set()
                thread.join()
                admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
                admin.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    data = tmp_path_factory.mktemp("outage") / "data"
    port = free_port()
    words = ("demo", "--data", str(data), "--port", str(port), "--json")
    demo = subprocess.Popen(
        [sys.executable, "-m", "yicun", *words],
        cwd=ROOT,
        env={**QUIET, "YICUN_WEB_PATIENCE": str(PATIENCE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert demo.stdout is not None
        members = json.loads(demo.stdout.readline())["members"]
        officer = next(one for one in members if one["username"] == OFFICER)
        yield County(data, port, officer["token"], officer["password"])
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
        supervisor.discard(data)


def matter(title: str) -> dict[str, Any]:
    return {"kind": "help", "title": title, "body": "桥头", "area_code": VILLAGE}


def operation(title: str) -> dict[str, Any]:
    recorded_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    one = {"id": str(uuid7()), "name": "matters.record", "recorded_at": recorded_at, "body": matter(title)}
    return {"device": str(uuid7()), "operations": [one]}


def imported(county: County, file: Path) -> Answer:
    return call("import", "matters", str(file), "--json", "--data", str(county.data), environment=QUIET)


def test_commit_without_a_standby_is_acknowledged_to_nobody(county: County, tmp_path: Path) -> None:
    """By API, by sync, by command: what no standby confirmed is not done, and repeating it stores it once."""
    file = tmp_path / "messages.csv"
    file.write_text(MESSAGES.format(key="unconfirmed"), encoding="utf-8")
    sent = operation("无备机同步")
    with county.no_standby_confirms():
        by_api = county.ask("/api/v1/matters", matter("无备机接口"))
        by_sync = county.ask("/api/v1/sync", sent)
        by_command = imported(county, file)
    for status, problem, again in (by_api, by_sync):
        assert (status, problem["code"], again) == (503, "database.not_replicated", "5")
    assert (by_command.status, by_command.document["code"]) == (1, "database.not_replicated")
    # Each had been written here, which is why the repetition must be harmless.
    assert county.count("无备机同步") == 1
    _, answered, _ = county.ask("/api/v1/sync", sent)
    assert [one["answer"] for one in answered["answers"]] == ["duplicate"]
    assert imported(county, file).document["duplicates"] == 1
    assert county.count("无备机同步") == 1


def test_a_page_without_a_standby_says_so_in_chinese(county: County) -> None:
    """Signing in writes the session; who is not certainly signed in is not sent on."""
    with county.no_standby_confirms():
        status, page, again = county.sign_in()
    assert (status, again) == (503, "5")
    assert "备用数据库还没有确认收到" in page
    assert "database.not_replicated" in page
    assert county.sign_in()[0] == 302


def test_server_that_falls_silent_is_given_up_and_used_again(county: County) -> None:
    """Every process of the cluster stopped: the kernel still takes what is sent, and nobody answers."""
    assert county.ask("/api/v1/matters?limit=1")[0] == 200
    family = stopped(county)
    began = time.monotonic()
    try:
        answers = [county.ask(path) for path in ("/api/v1/matters?limit=1", "/matters/")]
    finally:
        spent = time.monotonic() - began
        for one in reversed(family):
            one.resume()
    assert spent < 2 * LONGEST
    (api_status, problem, again), (page_status, page, _) = answers
    assert (api_status, problem["code"], again) == (503, "database.silent", "5")
    assert page_status == 503
    assert "数据库暂时没有应答" in page
    assert "database.silent" in page
    assert county.ask("/api/v1/matters?limit=1")[0] == 200


def test_one_stopped_backend_in_the_middle_of_a_step(county: County) -> None:
    """The request that waits on it is answered; the next one works on another connection."""
    with county.admin() as admin:
        admin.execute("BEGIN")
        admin.execute("LOCK TABLE yicun.base_syncreceipt IN ACCESS EXCLUSIVE MODE")
        answers: list[tuple[int, Any, str]] = []
        sent = operation("停在半路")
        asking = threading.Thread(target=lambda: answers.append(county.ask("/api/v1/sync", sent)))
        asking.start()
        backend = psutil.Process(waiting_backend(county))
        backend.suspend()
        admin.execute("ROLLBACK")
    began = time.monotonic()
    try:
        asking.join(LONGEST)
    finally:
        spent = time.monotonic() - began
        backend.resume()
    assert not asking.is_alive()
    assert spent < PATIENCE + 2
    assert (answers[0][0], answers[0][1]["code"]) == (503, "database.silent")
    status, said, _ = county.ask("/api/v1/sync", sent)
    assert status == 200
    assert said["answers"][0]["answer"] in ("done", "duplicate")
    assert county.count("停在半路") == 1


def waiting_backend(county: County) -> int:
    with county.admin() as admin:
        for _ in range(100):
            row = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'yicun_app'"
            ).fetchone()
            if row:
                return int(row[0])
            time.sleep(0.05)
    raise AssertionError("nobody waits")


def stopped(county: County) -> list[psutil.Process]:
    pid = supervisor.ensure_running(county.data).pid
    assert pid is not None
    postmaster = psutil.Process(pid)
    family = [postmaster, *postmaster.children(recursive=True)]
    for one in family:
        os.kill(one.pid, signal.SIGSTOP)
    return family
