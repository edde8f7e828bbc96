"""Each system call fails once, at its nth time, while a few people talk: no crash, no hang, no lie.
Service goes on, or the program ends with a clear line; what was acknowledged is there.

By hand: 86_calls_fail.py --all [--seed N] takes every n up to 200 instead of a sample."""

import argparse
import asyncio
import collections
import errno
import os
import time

from lib.crowd import Crowd
from lib.fault import EX_IOERR, Fault, Program, clear_line, needs_interposer, sample
from lib.tap import each, run

PARSER = argparse.ArgumentParser(description=__doc__)
PARSER.add_argument("--all", action="store_true")
PARSER.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
OPTIONS = PARSER.parse_args()
TALK = 30       # acknowledgements that a session is to have
MOST = 200 if OPTIONS.all else 3
ABORTED = -6    # out of memory, which a failed mmap may be

# What fails, and with which error. What is retried by rule (EINTR) and what the peer causes
# (ECONNRESET) are as good an error as any.
CALLS = [
    ("socket", errno.EMFILE), ("bind", errno.EACCES), ("listen", errno.EADDRINUSE),
    ("accept4", errno.EMFILE), ("accept4", errno.ECONNABORTED), ("setsockopt", errno.ENOBUFS),
    ("getsockname", errno.ENOBUFS), ("shutdown", errno.ENOTCONN),
    ("epoll_create1", errno.EMFILE), ("epoll_ctl", errno.ENOMEM), ("epoll_wait", errno.EINTR),
    ("eventfd", errno.EMFILE), ("recv", errno.ECONNRESET), ("recv", errno.EINTR),
    ("send", errno.EPIPE), ("send", errno.ENOBUFS), ("sendmsg", errno.ECONNRESET),
    ("sendmsg", errno.ENOMEM), ("getrandom", errno.EINTR), ("pthread_create", errno.EAGAIN),
    ("open", errno.EMFILE), ("pread", errno.EIO), ("mmap", errno.ENOMEM), ("fstat", errno.EIO),
    ("stat", errno.EACCES), ("access", errno.EACCES), ("fcntl", errno.ENOLCK),
    ("flock", errno.ENOLCK), ("statvfs", errno.EIO), ("rename", errno.EIO), ("unlink", errno.EIO),
    ("mkdir", errno.EROFS), ("write", errno.EIO),
]
FILE_CALLS = {"open", "pread", "mmap", "fstat", "stat", "access", "fcntl", "flock", "statvfs",
              "rename", "unlink", "mkdir", "write"}


async def session(crowd, fault):
    """A life under that fault: talk, or its own end; then it is asked to stop. Returns its code."""
    program = crowd.program
    program.life(fault.env)
    crowd.begin()
    await crowd.until(lambda: f"talk, or its end; {program.stderr()}",
                      lambda: crowd.figures.acknowledged >= TALK or not program.alive())
    if program.alive():
        program.process.terminate()
    code = await asyncio.to_thread(program.wait_end, 20)
    program.check_reports()
    assert code is not None, "it neither serves nor ends"
    return code


async def one(crowd, fault, what):
    """Returns what became of it, or None when the call was not made so often."""
    code = await session(crowd, fault)
    said = crowd.program.stderr()
    if not fault.failed():
        crowd.over = True
        await crowd.end()
        assert code == 0, f"{what}: nothing failed, and it ended with {code}: {said}"
        return None
    assert code in (0, 1, EX_IOERR, ABORTED), f"{what}: it ended with {code}: {said}"
    assert code == 0 or clear_line(said), f"{what}: it ended with {code} and said {said!r}"
    assert code != ABORTED or "out of memory" in said, f"{what}: it aborted with {said!r}"
    losses = crowd.losses() if os.path.exists(crowd.program.database) else []
    assert not losses, f"{what}: {losses[:5]}"
    crowd.new_life()
    problems = await crowd.finish()
    assert not problems, f"{what}: {problems.text()}"
    return {0: "served on", 1: "did not start"}.get(code, f"ended with {code}")


def life(call, error, at):
    """A session of its own program: what became of it, and how many such calls it made."""
    with Program() as program:
        crowd = Crowd(program, OPTIONS.seed, singles=2, doubles=1, visitors=1, pause_s=0.01)
        crowd.leaving = 0.02
        under = program.data if call in FILE_CALLS else None
        fault = Fault(program.folder, call, at=at, error=error, under=under)
        became = asyncio.run(one(crowd, fault, f"{call} No. {at}, {errno.errorcode[error]}"))
        seen = fault.seen()
        fault.close()
        return became, seen


@each("{0} fails once", [(f"{call} ({errno.errorcode[error]})", call, error)
                         for call, error in CALLS])
def _(_name, call, error):
    needs_interposer()
    begin, ends = time.monotonic(), collections.Counter()
    _, total = life(call, error, 0)
    numbers = range(1, (min(total, MOST) if OPTIONS.all else total) + 1)
    chosen = sample(numbers, MOST)
    for at in chosen:
        became, _ = life(call, error, at)
        ends[became or "was not made so often"] += 1
    print(f"# seed {OPTIONS.seed}: {total} calls, {len(chosen)} tried: {dict(ends)}; "
          f"{time.monotonic() - begin:.0f} s", flush=True)


run()
