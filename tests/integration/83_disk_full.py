"""A full disk: what would change a room is refused and not acknowledged, nothing that was is lost,
reading, presence and typing go on, and service comes back by itself when there is room again."""

import asyncio
import errno
import os
import subprocess

from lib.crowd import Crowd
from lib.crowd_audit import Stranger
from lib.fault import Fault, Program, needs_interposer
from lib.tap import Skip, run, test

SEED = 3
TMPFS_BYTES = 3 << 20


class Someone(Stranger):
    """Asks one thing at a time, and notes what passes."""

    def __init__(self, crowd):
        super().__init__(crowd)
        self.passing = []

    def on_text(self, link, payload):
        self.passing.append(payload)
        super().on_text(link, payload)

    async def come(self):
        await self.live()
        await self.crowd.until(lambda: "somebody is ready", lambda: self.ready)
        return self

    async def code_of(self, message):
        answer = await self.try_once(message)
        return "ok" if answer.get("ok") else answer["error"]["code"]

    def post(self):
        return {"op": "post", "room": "lobby", "text": self.crowd.text(),
                "cid": f"{self.random.getrandbits(128):032x}"}


async def check_reading(one, other):
    """What must go on while the disk is full."""
    page = await one.ask({"op": "history", "room": "lobby", "limit": 20})
    assert page["events"], page
    here = await one.ask({"op": "here", "room": "lobby"})
    assert here["count"] >= 2, here
    other.passing.clear()
    await one.ask({"op": "typing", "room": "lobby"})
    await one.crowd.until(lambda: f"typing is seen: {other.passing}",
                          lambda: any(b'"ev":"typing"' in p for p in other.passing))
    other.passing.clear()
    await one.ask({"op": "active", "active": False})
    await one.crowd.until(lambda: f"presence is seen: {other.passing}",
                          lambda: any(b'"state":"idle"' in p for p in other.passing))
    await one.ask({"op": "active", "active": True})


def told_full(crowd):
    return sum(client.disk_full for client in crowd.clients)


async def fill_and_empty(program, fill, empty, env=None):
    """A crowd talks; the disk becomes full and empty again; then everything is audited."""
    crowd = Crowd(program, SEED, singles=3, doubles=2, visitors=1, pause_s=0.02)
    program.life(env)
    crowd.begin()
    await crowd.all_ready()
    one, other = await Someone(crowd).come(), await Someone(crowd).come()
    await crowd.until(lambda: "talk", lambda: crowd.figures.acknowledged > 50)
    fill()
    await crowd.until(lambda: "it is told that the disk is full", lambda: told_full(crowd) > 20)
    before = crowd.figures.acknowledged
    post = one.post()
    for _ in range(5):
        assert await one.code_of(post) == "disk_full"
    await check_reading(one, other)
    code = await one.code_of(one.post())
    assert code == "disk_full", code
    assert program.alive(), program.stderr()
    # What changes nothing, and what was done before, needs no room.
    kept = sum(c.answer is not None and c.answer.get("changed") is not False and
               not c.answer.get("dup") for c in crowd.commands.values())
    answered = crowd.figures.acknowledged
    empty()
    await crowd.until(lambda: "service is back",
                      lambda: crowd.figures.acknowledged > answered + 50)
    assert await one.code_of(post) == "ok"
    print(f"# {before} acknowledged before, {answered - before} while it was full (of "
          f"{kept} kept), told so {told_full(crowd)} times", flush=True)
    for somebody in (one, other):
        somebody.link.leave(True)
    problems = await crowd.finish()
    assert not problems, problems.text()


@test("every write fails for lack of room, for a while")
def _():
    needs_interposer()
    with Program() as program:
        fault = Fault(program.folder, "space", under=program.database)
        asyncio.run(fill_and_empty(program, lambda: fault.always(errno.ENOSPC),
                                   lambda: fault.always(0), fault.env))
        assert fault.failed() > 0


@test("a quota is a full disk, too")
def _():
    needs_interposer()
    with Program() as program:
        fault = Fault(program.folder, "space", under=program.database)
        asyncio.run(fill_and_empty(program, lambda: fault.always(errno.EDQUOT),
                                   lambda: fault.always(0), fault.env))


@test("a small file system that is really full")
def _():
    with Program() as program:
        os.mkdir(program.data)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs",
                                  program.data], capture_output=True, check=False)
        if mounted.returncode != 0:
            raise Skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
        filler = os.path.join(program.data, "filler")

        def fill():
            with open(filler, "wb", buffering=0) as f:
                try:
                    while f.write(bytes(4096)):
                        pass
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

        try:
            asyncio.run(fill_and_empty(program, fill, lambda: os.remove(filler)))
        finally:
            if program.alive():
                program.process.kill()
                program.process.wait()
            subprocess.run(["umount", program.data], check=True)


@test("less free space than is to be kept back: nothing new, but everything can be read")
def _():
    async def talk_then_reserve(program):
        crowd = Crowd(program, SEED, singles=2, doubles=0, visitors=1)
        program.life()
        crowd.begin()
        await crowd.until(lambda: "talk", lambda: crowd.figures.acknowledged > 50)
        await crowd.quiet()
        program.stop()
        program.flags = ("--disk-reserve", str(1 << 40))
        crowd.new_life()
        await crowd.all_ready()
        stranger = Someone(crowd)
        await stranger.live()
        await crowd.until(lambda: "a newcomer is told", lambda: stranger.disk_full > 0)
        known = Someone(crowd)
        known.person = crowd.clients[0].person
        await known.come()
        assert await known.code_of(known.post()) == "disk_full"
        page = await known.ask({"op": "history", "room": "lobby", "limit": 20})
        assert page["events"], page
        await known.ask({"op": "typing", "room": "lobby"})
        known.link.leave(True)
        program.stop()
        program.flags = ()
        crowd.new_life()
        problems = await crowd.finish()
        assert not problems, problems.text()

    if os.statvfs("/tmp").f_bavail * os.statvfs("/tmp").f_frsize > 1 << 40:
        raise Skip("this disk has more free space than can be asked for")
    with Program() as program:
        asyncio.run(talk_then_reserve(program))


run()
