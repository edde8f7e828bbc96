"""A broken disk ends the program with one clear line and loses nothing that was acknowledged: an
error of each nth write and sync of the database, a write torn by a power cut, and a power cut after which
only what was synced is left.

By hand: 82_disk_errors.py --all [--seed N] takes every n instead of a sample."""

import argparse
import asyncio
import errno
import os
import shutil
import time

from lib.crowd import Crowd
from lib.fault import EX_IOERR, Fault, Program, clear_line, needs_interposer, sample
from lib.tap import run, test

PARSER = argparse.ArgumentParser(description=__doc__)
PARSER.add_argument("--all", action="store_true")
PARSER.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
OPTIONS = PARSER.parse_args()
TALK = 40    # acknowledgements that a session is to have
NEW = shutil.ignore_patterns("*.new")    # a copy that was not whole yet
POWER_CUTS = 200 if OPTIONS.all else 6


def small_crowd(program):
    crowd = Crowd(program, OPTIONS.seed, singles=3, doubles=1, visitors=1, pause_s=0.01)
    crowd.leaving = 0.02
    return crowd


async def session(crowd, fault):
    """A life of the program under that fault, until it dies by itself or was asked to stop. Returns
    whether it ever listened, and its exit code."""
    program = crowd.program
    program.life(fault.env)
    crowd.begin()
    await crowd.until(lambda: "talk, or its end",
                      lambda: crowd.figures.acknowledged >= TALK or not program.alive())
    listened = crowd.figures.events > 0
    if program.alive():
        program.process.terminate()
    code = await asyncio.to_thread(program.wait_end, 20)
    program.check_reports()
    return listened, code


async def come_back(crowd, what):
    """On a sound disk everything is there, and what waited for an answer gets one."""
    losses = crowd.losses() if os.path.exists(crowd.program.database) else []
    assert not losses, f"{what}: {losses[:5]}"
    crowd.new_life()
    problems = await crowd.finish()
    assert not problems, f"{what}: {problems.text()}"


async def one(crowd, fault, what, allowed):
    """Returns whether the fault came to pass."""
    listened, code = await session(crowd, fault)
    failed = fault.failed()
    said = crowd.program.stderr()
    if not failed:
        assert code == 0, f"{what}: nothing failed, and it ended with {code}: {said}"
        crowd.over = True
        await crowd.end()
        return False
    assert code in allowed(listened), f"{what}: it ended with {code}: {said}"
    assert code < 0 or code == 0 or clear_line(said), f"{what}: it said {said!r}"
    await come_back(crowd, what)
    return True


def count(call):
    """How many such calls a session makes."""
    with Program() as program:
        crowd = small_crowd(program)
        fault = Fault(program.folder, call, under=program.database)
        asyncio.run(one(crowd, fault, "counting", lambda _: (0,)))
        return fault.seen()


def sweep(call, error, most, allowed):
    print(f"# seed {OPTIONS.seed}", flush=True)
    needs_interposer()
    total = count(call)
    numbers = range(1, total + 1)
    chosen = list(numbers) if OPTIONS.all else sample(numbers, most)
    begin, hits = time.monotonic(), 0
    for n in chosen:
        with Program() as program:
            fault = Fault(program.folder, call, at=n, error=error, under=program.database)
            hits += asyncio.run(one(small_crowd(program), fault, f"{call} No. {n}", allowed))
            fault.close()
    print(f"# {call}: a session has {total}; tried {len(chosen)}, {hits} came to pass; "
          f"{time.monotonic() - begin:.0f} s", flush=True)
    assert hits >= len(chosen) / 2


def ends(listened):
    """While starting, an error is one of starting; later it is one of the disk. At the very end,
    when all is in the WAL already, there is nobody left to tell."""
    return (EX_IOERR, 0) if listened else (EX_IOERR, 1)


@test("an I/O error at each nth write of the database")
def _():
    sweep("pwrite", errno.EIO, 9, ends)


@test("an I/O error at each nth sync of the database")
def _():
    sweep("fdatasync", errno.EIO, 8, ends)


@test("an I/O error at each nth truncation of the database")
def _():
    sweep("ftruncate", errno.EIO, 3, ends)


@test("each nth write of the database torn by the end of everything")
def _():
    sweep("pwrite", 0, 9, lambda _: (-9,))


# ---- power cuts ----

async def cut_power(crowd, stale):
    """Talk, then the end; what was not synced is gone. stale: so is what was a moment ago."""
    program = crowd.program
    kept = os.path.join(program.folder, "kept")
    fault = Fault(program.folder, "none").shadow(kept)
    program.life(fault.env)
    crowd.begin()
    await crowd.all_ready()
    wanted = TALK * (0.5 + crowd.random.random())
    await crowd.until(lambda: "talk", lambda: crowd.figures.acknowledged >= wanted)
    if stale:
        shutil.copytree(kept, kept + ".stale", ignore=NEW)
        wanted += TALK
        await crowd.until(lambda: "talk", lambda: crowd.figures.acknowledged >= wanted)
    program.kill()
    fault.close()
    shutil.rmtree(program.data)
    shutil.copytree(kept + ".stale" if stale else kept, program.data, ignore=NEW)


@test(f"{POWER_CUTS} power cuts after which only what was synced is left")
def _():
    needs_interposer()

    async def cut(program):
        crowd = small_crowd(program)
        await cut_power(crowd, stale=False)
        await come_back(crowd, "after a power cut")

    for _ in range(POWER_CUTS):
        with Program() as program:
            asyncio.run(cut(program))


@test("a disk that keeps less than was synced is noticed")
def _():
    needs_interposer()

    async def cut(program):
        crowd = small_crowd(program)
        await cut_power(crowd, stale=True)
        losses = crowd.losses()
        await crowd.end()
        return losses

    with Program() as program:
        losses = asyncio.run(cut(program))
    assert any("lost or changed" in text for text in losses), losses[:5]


run()
