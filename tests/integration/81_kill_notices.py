"""The harness of 80_kill.py notices a program that acknowledges what it has not kept yet."""

import asyncio

from lib.crowd import Crowd
from lib.crowd_program import Program
from lib.hubbub import IS_ASAN, IS_TSAN
from lib.tap import Skip, run, test

SEED = 1
LIE = {"HUBBUB_FAULT": "early-ack"}


class LyingProgram(Program):
    def life(self, env=None, preexec=None):
        return super().life(LIE, preexec)


async def kill_until_noticed(program):
    crowd = Crowd(program, SEED)
    program.life()
    crowd.begin()
    await crowd.all_ready()
    for _ in range(20):
        await crowd.kill_loop(1)
        if crowd.problems:
            break
    if not crowd.problems:
        await crowd.finish()
    else:
        crowd.talking = False
        await crowd.end()
    return crowd


@test("acknowledging before the commit is noticed")
def _():
    if not IS_ASAN and not IS_TSAN:
        raise Skip("only builds with sanitizers know how to lie")
    with LyingProgram() as program:
        crowd = asyncio.run(kill_until_noticed(program))
    print("# " + crowd.problems.text()[:500].replace("\n", "\n# "), flush=True)
    assert crowd.problems, "nothing was noticed"


@test("what is noticed is a loss, not only a client that is told to forget")
def _():
    if not IS_ASAN and not IS_TSAN:
        raise Skip("only builds with sanitizers know how to lie")
    # A kill that comes right after a true commit finds nothing lost.
    for _ in range(10):
        with LyingProgram() as program:
            found = asyncio.run(kill_and_look(program))
        if found:
            break
    assert any("lost or changed" in text for text in found), found[:5]


@test("the same look finds nothing lost by a program that does not lie")
def _():
    with Program() as program:
        found = asyncio.run(kill_and_look(program))
    assert not found, found[:5]


async def kill_and_look(program):
    """Kills it in full flight, then compares what was acknowledged with what is on disk."""
    crowd = Crowd(program, SEED)
    program.life()
    crowd.begin()
    await crowd.all_ready()
    await crowd.until(lambda: "enough was acknowledged",
                      lambda: crowd.figures.acknowledged > 300)
    program.kill()
    await crowd.end()
    return crowd.losses()


run()
