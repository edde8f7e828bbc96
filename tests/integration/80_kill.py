"""Sent means kept: a crowd talks while the program is killed, again and again, and comes back.

By hand: 80_kill.py --kills 1000 [--seed N]; HUBBUB_BIN names the program."""

import argparse
import asyncio
import os
import time

from lib.crowd import Crowd
from lib.crowd_office import FLAGS, Office
from lib.crowd_program import Program
from lib.tap import run, test

PARSER = argparse.ArgumentParser(description=__doc__)
PARSER.add_argument("--kills", type=int, default=20)
PARSER.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
PARSER.add_argument("--mean-ms", type=int, default=150, help="mean time between two kills")
OPTIONS = PARSER.parse_args()


async def kill(program):
    crowd = Crowd(program, OPTIONS.seed)
    program.life()
    crowd.begin()
    office = Office(program.port, OPTIONS.seed)
    office.begin()
    begin = time.monotonic()
    await crowd.all_ready()
    await crowd.kill_loop(OPTIONS.kills, OPTIONS.mean_ms / 1000)
    seconds = time.monotonic() - begin
    await asyncio.to_thread(office.quiet)
    await crowd.quiet()
    await asyncio.to_thread(office.check, crowd.problems)
    problems = await crowd.finish()
    print(f"# {crowd.figures.text()}; {office.text()}", flush=True)
    print(f"# {OPTIONS.kills / seconds:.1f} kills/s, {seconds:.0f} s; problems: {len(problems)}",
          flush=True)
    assert not problems, problems.text()
    figures = crowd.figures
    assert figures.acknowledged >= 10 * OPTIONS.kills, "too little was said to mean anything"
    assert OPTIONS.kills < 20 or figures.resent > 0, "nothing was ever sent again"


@test(f"killed {OPTIONS.kills} times, it has kept what it acknowledged, once and in order")
def _():
    print(f"# seed {OPTIONS.seed}", flush=True)
    with Program(*FLAGS) as program:
        asyncio.run(kill(program))


run()
