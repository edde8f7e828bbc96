"""Tests that speak TAP: a plan, one line for each test, and why one failed."""

import faulthandler
import os
import signal
import sys
import time
import traceback

DEADLINE_S = 20
# One that waits for what never comes is ended here, where it can say what it waits for. 0, as by hand: it may take its time.
TEST_MAX_S = int(os.environ.get("TEST_MAX_S") or 0)
TESTS = []


class Skip(Exception):
    """The test cannot be run here; says why."""


def test(name):
    """Marks a function as the test of that name; they run in the order of the file."""
    def mark(function):
        TESTS.append((name, function))
        return function
    return mark


def each(name, cases):
    """Marks a function as one test for each case: name is formatted with it, and the function
    called with it."""
    def mark(function):
        for case in cases:
            case = case if isinstance(case, tuple) else (case,)
            TESTS.append((name.format(*case), lambda c=case: function(*c)))
        return function
    return mark


def eventually(what, check, deadline_s=DEADLINE_S):
    """Asks until the answer is true, which it returns; fails when the deadline passes."""
    end = time.monotonic() + deadline_s
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        time.sleep(0.01)


def same_list(got, wanted, what="lists"):
    """As equal, for long lists: says where they differ."""
    if got == wanted:
        return
    pairs = enumerate(zip(got, wanted))
    at = next((i for i, (a, b) in pairs if a != b), min(len(got), len(wanted)))
    raise AssertionError(f"{what}: {len(got)} and {len(wanted)} long, differ at {at}: "
                         f"{got[at:at + 3]!r}, wanted {wanted[at:at + 3]!r}")


def equal(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}{': ' if what else ''}got {got!r}, wanted {wanted!r}")


class TooLong(BaseException):
    """Beside Exception, so that nothing that a test catches on its way takes it for its own."""


def too_long(*_):
    faulthandler.dump_traceback(sys.stdout)
    raise TooLong(f"not at its end after {TEST_MAX_S} s; above: what each thread does")


def run_one(number, name, function):
    name = name.replace("#", "No.")
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(TEST_MAX_S)
    try:
        function()
    except Skip as reason:
        print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        return True
    except (Exception, TooLong):  # pylint: disable=broad-except
        print(f"not ok {number} - {name}", flush=True)
        for line in traceback.format_exc().rstrip().split("\n"):
            print("# " + line[:500], flush=True)
        return False
    finally:
        signal.alarm(0)
    print(f"ok {number} - {name}", flush=True)
    return True


def run():
    """Runs all tests and ends the script."""
    print(f"1..{len(TESTS)}", flush=True)
    results = [run_one(n, name, function) for n, (name, function) in enumerate(TESTS, 1)]
    sys.exit(0 if all(results) else 1)
