"""Calls of the program that fail, by the interposer in tests/interpose; see plan.h there."""

import errno
import mmap
import os
import struct

from lib.crowd_program import Program
from lib.hubbub import IS_ASAN, IS_TSAN, ROOT
from lib.tap import Skip

FOLDER = os.path.join(ROOT, "build", "interpose")
EX_IOERR = 74


class Fault:
    """One plan for a life of a program. call: as plan.h names them. at: the first call that fails,
    0 for none. error: 0 tears a write."""

    def __init__(self, folder, call, at=0, count=1, error=errno.EIO, under=None,
                 library="calls"):
        self.path = os.path.join(folder, "fail")
        with open(self.path, "wb") as f:
            f.write(bytes(24))
        self.file = open(self.path, "r+b")
        self.shared = mmap.mmap(self.file.fileno(), 24)
        preload = os.path.join(FOLDER, f"{library}.so")
        if not os.path.exists(preload):
            raise Skip(f"{preload} is not built: make test-programs")
        self.env = {"LD_PRELOAD": preload, "FAIL_CALL": call, "FAIL_AT": str(at),
                    "FAIL_COUNT": str(count), "FAIL_ERRNO": str(error), "FAIL_FILE": self.path}
        if under:
            self.env["FAIL_UNDER"] = under
        if IS_ASAN:
            options = [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]
            self.env["ASAN_OPTIONS"] = ":".join(option for option in options if option)

    def shadow(self, folder):
        """Keeps there what a power cut would leave: shadow.h."""
        os.makedirs(folder, exist_ok=True)
        self.env["FAIL_SHADOW"] = folder
        return self

    def _number(self, at):
        return struct.unpack_from("=Q", self.shared, at * 8)[0]

    def seen(self):
        """How many calls were meant so far."""
        return self._number(0)

    def failed(self):
        return self._number(1)

    def always(self, error):
        """From now on every meant call fails with this; 0: no more."""
        struct.pack_into("=Q", self.shared, 16, error)

    def close(self):
        self.shared.close()
        self.file.close()


def sample(numbers, most):
    """At most so many of them, spread evenly, the first and the last among them."""
    numbers = list(numbers)
    if len(numbers) <= most:
        return numbers
    step = (len(numbers) - 1) / (most - 1)
    return sorted({numbers[round(i * step)] for i in range(most)})


def clear_line(stderr):
    """Whether what was said on stderr is what a person can use: lines of ours, and few."""
    lines = [line for line in stderr.split("\n") if line]
    return 1 <= len(lines) <= 5


def needs_interposer():
    if IS_TSAN:
        raise Skip("the thread sanitizer and the interposer do not go together")


__all__ = ["EX_IOERR", "Fault", "Program", "clear_line", "needs_interposer", "sample"]
