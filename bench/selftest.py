#!/usr/bin/env python3
"""Shows that the generators notice what they are there to notice.

Small servers (selftest_server.py, selftest_web.py) speak the two dialects and can do one thing
wrong. A generator must accept the honest one, however its bytes are cut, and refuse each of the
others. Prints TAP.
"""

import subprocess
import sys

import selftest_web
from selftest_server import OUT, Server

LOAD = OUT / "load"
CLIENTS = 5

# Fault, and what the generator must say; "" means that it must be content.
CASES = (
    ("", ""), ("cut into single bytes", ""), ("pings and notices between", ""),
    ("wrong accept key", "accept key"), ("refused", "403"), ("closes one", "closed client"),
    ("one client gets two in the other order", "order"), ("one client misses one", "order"),
    ("one client gets one twice", "order"), ("one byte is wrong for one client", "order"),
    ("one byte is wrong for everyone", "damaged"), ("no line feed", "bytes instead of"),
    ("everyone misses one", "order"),
)


def check(fault, complaint):
    server = Server(fault)
    server.start()
    done = subprocess.run([LOAD, "--port", str(server.port), "--clients", str(CLIENTS),
                           "--rate", "200", "--warm-ms", "0", "--run-ms", "300", "--deadline", "5"],
                          capture_output=True, text=True, timeout=30, check=False)
    server.stop()
    passed, said = selftest_web.verdict(done, complaint)
    if fault.startswith("pings"):
        passed = passed and server.pongs > 0
    return passed, said


def main():
    cases = [("load", fault, complaint, check) for fault, complaint in CASES]
    cases += [(f"webload {mode}", fault, complaint, getattr(selftest_web, f"check_{mode}"))
              for mode, fault, complaint in selftest_web.CASES]
    print(f"1..{len(cases)}")
    bad = 0
    for number, (what, fault, complaint, check_one) in enumerate(cases, 1):
        passed, said = check_one(fault, complaint)
        bad += not passed
        print(f"{'ok' if passed else 'not ok'} {number} - {what} "
              f"{'refuses' if complaint else 'accepts'}: {fault or 'an honest server'}", flush=True)
        print("# " + said.replace("\n", "\n# "))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
