"""kill -9 of the postmaster, a web worker and the job worker under load: what was acknowledged is there, once, whole.

    make bench NAME=kill [ARGS="--rounds 60 --control 10"]

Phones record matters and add notes without pause, repeating each operation until it is answered. Afterwards the tables
are compared with what the phones were told. The control runs with `synchronous_commit=off` and must lose something:
otherwise this measurement could not see a loss.
"""

import argparse
import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from benchmarks.clients import Phone, record
from benchmarks.county import ROOT, County, demo_county, program, remove
from benchmarks.report import show
from yicun.base.cluster.supervisor import ensure_running

PHONES = 6
BREATH = 0.8
# A connection that waited at a killed worker gets no answer; its phone asks again on a new one.
PATIENCE = 4.0
KEPT = ("done", "duplicate")
DEEDS = ("postmaster", "web", "job")


@dataclass
class Ledger:
    """What the phones were told, and what they are still trying."""

    recorded: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Programs:
    """Server and job worker, started again when they are gone."""

    county: County
    server: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        ensure_running(self.county.data)
        if self.server is None or self.server.poll() is not None:
            self.server = self._run("serve", "--port", str(self.county.port))
        if self.worker is None or self.worker.poll() is not None:
            self.worker = self._run("worker")

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen(program(self.county.data, *words), cwd=ROOT, stdout=quiet, stderr=quiet)

    def kill(self, deed: str) -> None:
        if deed == "postmaster":
            pid = ensure_running(self.county.data).pid
            assert pid is not None
            psutil.Process(pid).kill()
            return
        parent = self.server if deed == "web" else self.worker
        assert parent is not None
        family = psutil.Process(parent.pid).children(recursive=True)
        victims = family if deed == "web" and family else [psutil.Process(parent.pid)]
        victims[-1].kill()

    def stop(self) -> None:
        for running in (self.server, self.worker):
            if running is not None and running.poll() is None:
                running.terminate()
                running.wait(timeout=30)


def phone_at_work(phone: Phone, ledger: Ledger, is_over: Callable[[], bool], name: str) -> None:
    """Record, then note on what was recorded; nothing is given up before it is answered."""
    number = 0
    while not is_over():
        number += 1
        matter = record(f"断电演练 {name}-{number}")
        if until_answered(phone, matter) not in KEPT:
            continue
        text = f"备注 {name}-{number}"
        note = {
            **record(""),
            "name": "matters.note",
            "base": None,
            "body": {"id": matter["id"], "text": text},
        }
        with ledger.lock:
            ledger.recorded.add(str(matter["id"]))
        if until_answered(phone, note) in KEPT:
            with ledger.lock:
                ledger.noted.add(text)


def until_answered(phone: Phone, operation: dict[str, Any]) -> str:
    """The answer; a note on a matter that was lost is refused, and the matter is counted as lost."""
    for _ in range(600):
        answers = phone.sync([operation])
        if answers is not None:
            return str(answers[0]["answer"])
        time.sleep(0.2)
    return ""


FOUND = """
    SELECT m.id::text, (SELECT count(*) FROM matters_entry e WHERE e.matter_id = m.id AND e.verb = 'record'),
        (SELECT count(*) FROM matters_clock c WHERE c.matter_id = m.id),
        (SELECT count(*) FROM base_auditentry a WHERE a.subject_id = m.id::text AND a.verb = 'record'),
        (SELECT count(*) FROM base_syncreceipt r WHERE r.operation = m.id)
    FROM matters_matter m WHERE m.title LIKE '断电演练%'
"""


def compare(admin: psycopg.Connection[Any], ledger: Ledger) -> dict[str, int]:
    rows = admin.execute(FOUND).fetchall()
    stored = {row[0] for row in rows}
    notes: dict[str, int] = dict(
        admin.execute(
            "SELECT text, count(*) FROM matters_entry WHERE verb = 'note' AND text LIKE '备注 %' GROUP BY 1"
        ).fetchall()
    )
    return {
        "acknowledged": len(ledger.recorded) + len(ledger.noted),
        "lost": len(ledger.recorded - stored) + len(ledger.noted - notes.keys()),
        "half_applied": sum(min(row[1:]) == 0 for row in rows),
        "twice": sum(max(row[1:]) > 1 for row in rows) + sum(count > 1 for count in notes.values()),
    }


def campaign(county: County, rounds: int, deeds: tuple[str, ...], *, setting: str = "on") -> dict[str, Any]:
    with county.admin() as admin:
        admin.execute(f"ALTER ROLE yicun_app SET synchronous_commit = {setting}")
    programs, ledger, over = Programs(county), Ledger(), threading.Event()
    programs.start()
    time.sleep(4)
    threads = [
        threading.Thread(
            target=phone_at_work,
            args=(
                Phone(county.port, county.tokens[n % len(county.tokens)], patience=PATIENCE),
                ledger,
                over.is_set,
                f"{setting}{n}",
            ),
        )
        for n in range(PHONES)
    ]
    for thread in threads:
        thread.start()
    try:
        for number in range(rounds):
            time.sleep(BREATH)
            programs.kill(deeds[number % len(deeds)])
            time.sleep(0.3)
            wait_for_progress(programs, ledger)
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=180)
    with county.admin() as admin:
        found = compare(admin, ledger)
    programs.stop()
    return {"synchronous_commit": setting, "rounds": rounds, **found}


def wait_for_progress(programs: Programs, ledger: Ledger) -> None:
    """The next blow falls only when the county works again; whatever fell meanwhile is started again."""
    before, until = len(ledger.noted), time.monotonic() + 60
    while len(ledger.noted) < before + PHONES and time.monotonic() < until:
        programs.start()
        time.sleep(0.5)


def prepared() -> County:
    """A demo county whose own server has gone again, so that ours can be killed."""
    with demo_county(keep=True) as county:
        return county


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=60)
    words.add_argument("--control", type=int, default=10)
    given = words.parse_args()
    load = os.getloadavg()
    county = prepared()
    try:
        results = [campaign(county, given.rounds, DEEDS)]
        results.append(campaign(county, given.control, ("postmaster",), setting="off"))
    finally:
        remove(county.data)
    show("kill", Path(__file__).parent, results, {"load_before": [round(value, 2) for value in load]})
    ours, control = results
    is_clean = ours["lost"] == ours["half_applied"] == ours["twice"] == 0
    return 0 if is_clean and control["lost"] > 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
