"""Programs that run beside this one, and end with it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from yicun.kernel.refusals import Refused
from yicun.portal.commands import terms
from yicun.portal.commands.opening import program

GRACE = 30.0
WATCHED_EVERY = 1.0
TAIL = 400
# Our standard output is kept for the one document that a program reads.
OUR_STDERR = 2
# So many falls in so many seconds are no accident.
MOST_FALLS, FALLS_WITHIN = 5, 60.0
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
        self._ways: dict[str, tuple[Sequence[str], dict[str, str]]] = {}
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
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
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
        self._ways[name] = (words, environment)
        with ExitStack() as opened:
            log = opened.enter_context((self.log / f"{name}.log").open("ab")) if self.log else None
            self._running[name] = subprocess.Popen(
                leashed(words),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log or OUR_STDERR,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=True,
            )

    def fallen(self) -> str:
        """The name of a program that ended by itself."""
        return next((name for name, child in self._running.items() if child.poll() is not None), "")

    def keep(self) -> None:
        """Until told to end; what falls is started again, unless it falls over and over."""
        falls: deque[float] = deque(maxlen=MOST_FALLS)
        while not self._ended.wait(WATCHED_EVERY):
            if fallen := self.fallen():
                falls.append(time.monotonic())
                if len(falls) == MOST_FALLS and falls[-1] - falls[0] < FALLS_WITHIN:
                    raise Refused("command.fallen", name=fallen)
                self._start_again(fallen)

    def _start_again(self, name: str) -> None:
        """What the fallen one left behind would go on holding its port: its whole session goes first."""
        with suppress(ProcessLookupError):
            os.killpg(self._running[name].pid, signal.SIGKILL)
        words, environment = self._ways[name]
        self.start(name, words, **environment)
        sys.stderr.write(f"{terms.RESTARTED.format(name=name)}\n")

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ended.set()
