"""Programs beside a program: started, watched, ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.databases import Clone
from tests.portal.test_commands_county import free_port
from yicun.kernel.refusals import Refused
from yicun.portal.commands.deeds.children import Children
from yicun.portal.commands.opening import program
from yicun.portal.demo import _await_ready

SLEEPS = (sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)")


def test_command_that_fails_is_refused_with_what_it_said() -> None:
    with Children() as children, pytest.raises(Refused) as refused:
        children.do("clock", "due", "--start", "x", "--limit", "1 day")
    assert refused.value.code == "command.migration_failed"
    assert "x" in str(refused.value.facts["reason"])


def test_program_that_ends_by_itself_is_missed() -> None:
    with Children() as children:
        children.start("clock", program("clock", "due"))
        with pytest.raises(Refused) as refused:
            children.keep()
    assert (refused.value.code, refused.value.facts["name"]) == ("command.fallen", "clock")


def test_demo_does_not_wait_for_a_server_that_has_fallen(tmp_path: Path) -> None:
    with Children(log=tmp_path / "log") as children:
        children.start("serve", program("clock", "due"))
        with pytest.raises(Refused) as refused:
            _await_ready(free_port(), children)
    assert (refused.value.code, refused.value.facts["reason"]) == ("demo.not_started", "serve")
    assert "--start" in (tmp_path / "log" / "serve.log").read_text()


def test_programs_end_when_told_to_and_signals_are_as_before(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Children(log=tmp_path / "log") as children:
        children.start("sleeper", SLEEPS)
        os.kill(os.getpid(), signal.SIGTERM)
        children.keep()
        assert children.is_ended
        assert children.fallen() == ""
    assert children.fallen() == "sleeper"
    assert signal.getsignal(signal.SIGTERM) == before


KEEPS_ONE = """
import subprocess, sys, time
from yicun.portal.commands.deeds.children import Children
with Children() as children:
    children.start("sleeper", (sys.executable, "-c", "import time; time.sleep(60)"))
    print(children._running["sleeper"].pid, flush=True)
    time.sleep(60)
"""


def test_children_end_when_their_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", KEEPS_ONE], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    wait_until(lambda: "sleep(60)" in " ".join(child.cmdline()[-1:]))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: is_gone(child))
    assert is_gone(child)


def test_the_workers_sealer_ends_when_the_worker_is_killed(own_database: Clone, tmp_path: Path) -> None:
    words = program("worker", "--data", str(tmp_path))
    worker = subprocess.Popen(words, env=own_database.environment(), stdout=subprocess.DEVNULL)
    wait_until(lambda: any("sealer" in child.cmdline() for child in psutil.Process(worker.pid).children()))
    sealer = psutil.Process(worker.pid).children()[0]
    worker.kill()
    worker.wait()
    wait_until(lambda: is_gone(sealer))
    assert is_gone(sealer)


def is_gone(program_of_ours: psutil.Process) -> bool:
    return not program_of_ours.is_running() or program_of_ours.status() == psutil.STATUS_ZOMBIE


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to pass")
