"""Programs that run beside this one, and end with it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from yicun.kernel.refusals import Refused
from yicun.portal.commands.opening import program

GRACE = 30.0
WATCHED_EVERY = 1.0
TAIL = 400
LEASH = (sys.executable, "-m", "yicun.portal.commands.deeds.leashed")


def leashed(words: Sequence[str]) -> list[str]:
    """The words that start a program which ends with this one, whatever becomes of this one."""
    return [*LEASH, str(os.getpid()), *words]


class Children:
    """Within it SIGTERM and Ctrl-C end the waiting; leaving it ends every program, last started first."""

    def __init__(self, log: Path | None = None) -> None:
        """`log`: the folder in which each writes a file of its own; without one they speak where we do."""
        self.log = log
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ended = threading.Event()
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if self.log is not None:
            self.log.mkdir(mode=0o700, exist_ok=True)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in reversed(self._running.values()):
            child.terminate()
        for child in self._running.values():
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for number, before in self._before.items():
            signal.signal(number, before)

    @property
    def is_ended(self) -> bool:
        return self._ended.is_set()

    def do(self, *words: str) -> None:
        """Run one command to its end."""
        environment = {name: value for name, value in os.environ.items() if name != "YICUN_ROLE"}
        done = subprocess.run(program(*words), env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused("command.migration_failed", reason=done.stderr.strip()[-TAIL:])

    def start(self, name: str, words: Sequence[str], **environment: str) -> None:
        """In a session of its own: Ctrl-C reaches this program only, and this one tells the others."""
        with ExitStack() as opened:
            log = opened.enter_context((self.log / f"{name}.log").open("ab")) if self.log else None
            self._running[name] = subprocess.Popen(
                leashed(words),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=True,
            )

    def fallen(self) -> str:
        """The name of a program that ended by itself."""
        return next((name for name, child in self._running.items() if child.poll() is not None), "")

    def wait(self) -> None:
        """Until told to end, or until one of them has fallen."""
        while not self._ended.wait(WATCHED_EVERY):
            if fallen := self.fallen():
                raise Refused("command.fallen", name=fallen)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ended.set()
