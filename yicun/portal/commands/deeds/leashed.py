"""Runs a program that ends with the one that started it, even when that one was killed and could tell nobody.

`python -m yicun.portal.commands.deeds.leashed PARENT WORDS...`: asks the kernel for SIGTERM on the parent's death, then
becomes the program. Linux only; elsewhere the program just runs.
"""

import ctypes
import os
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1


def run(parent: int, words: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        # The parent may have died before the kernel was asked.
        if os.getppid() != parent:
            raise SystemExit(1)
    os.execvp(words[0], words)


if __name__ == "__main__":
    run(int(sys.argv[1]), sys.argv[2:])
