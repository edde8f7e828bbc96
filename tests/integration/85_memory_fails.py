"""Each allocation of starting up fails once: the program ends, with a clear line, and does not
hang, crash or destroy anything.

By hand: 85_memory_fails.py --all takes every one instead of a sample. HUBBUB_PLAIN names a program
without a sanitizer, where HUBBUB_BIN has one."""

import argparse
import collections
import os
import time

from lib.fault import Fault, Program, clear_line, sample
from lib.hubbub import IS_ASAN, IS_TSAN, ROOT
from lib.tap import Skip, run, test

PARSER = argparse.ArgumentParser(description=__doc__)
PARSER.add_argument("--all", action="store_true")
OPTIONS = PARSER.parse_args()
SAMPLE = 300
ABORTED = -6    # in one place, src/base/memory.c, and never without a word


class PlainProgram(Program):
    """A sanitizer has its own malloc: this is the program without one."""

    def arguments(self):
        arguments = super().arguments()
        if IS_ASAN or IS_TSAN:
            arguments[0] = os.environ.get("HUBBUB_PLAIN") or os.path.join(ROOT, "build", "hubbub")
            if not os.path.exists(arguments[0]):
                raise Skip(f"{arguments[0]} is not built")
        return arguments


def one(at):
    """What became of a start whose nth allocation failed, and how many there were."""
    with PlainProgram() as program:
        fault = Fault(program.folder, "malloc", at=at, library="memory")
        program.life(fault.env)
        listens = program.wait_listening()
        seen = fault.seen()
        if listens:
            program.process.terminate()
        code = program.wait_end(20)
        said = program.stderr()
        assert code is not None, f"allocation {at}: it neither starts nor ends: {said}"
        if listens or fault.failed() == 0:
            # A cache, a hint: it can do without. Or it listened, and was not done with starting.
            assert code in (0, 1, ABORTED, 74), f"allocation {at}: {code}: {said}"
        else:
            assert code in (1, 2, ABORTED, 74), f"allocation {at}: {code}: {said}"
        if code != 0:
            assert clear_line(said), f"allocation {at}: ended with {code} and said {said!r}"
        if code == ABORTED:
            assert "out of memory" in said, f"allocation {at}: aborted with {said!r}"
        fault.close()
        return ("serves" if listens else "ends"), code, seen


def again(at):
    """After such a failure, a start over the same data is as any other."""
    with PlainProgram() as program:
        fault = Fault(program.folder, "malloc", at=at, library="memory")
        program.life(fault.env)
        program.wait_listening()
        if program.alive():
            program.process.kill()
        program.wait_end(20)
        fault.close()
        program.life()
        assert program.wait_listening(), f"after allocation {at} failed: {program.stderr()}"
        program.stop()


@test("each allocation of starting fails once")
def _():
    _, code, total = one(0)
    assert code == 0
    begin, ends = time.monotonic(), collections.Counter()
    chosen = list(range(1, total + 1)) if OPTIONS.all else sample(range(1, total + 1), SAMPLE)
    for at in chosen:
        what, code, _ = one(at)
        ends[what, code] += 1
    print(f"# {total} allocations, {len(chosen)} tried: {dict(ends)}; "
          f"{time.monotonic() - begin:.0f} s", flush=True)
    assert ends["ends", ABORTED] + ends["ends", 1] > len(chosen) / 2, ends


@test("none of these failures spoils the data")
def _():
    _, _, total = one(0)
    for at in sample(range(1, total + 1), 400 if OPTIONS.all else 25):
        again(at)


run()
