"""A crowd of clients that talk all the time, and what must be true of all of them afterwards.

A crowd is one event loop in this process: people (some with two clients) and visitors, who connect
to a program that may die at any moment. Whatever chance decides comes from the seed; the machine's
timing is its own."""

import asyncio
import random

from lib.crowd_audit import Audit
from lib.crowd_client import Client, Person, Visitor
from lib.crowd_screen import Log, Problems

WORDS = "one two three grün 四 🎈 <b>six</b> \"seven\" \\eight".split(" ")


class Figures:
    def __init__(self):
        self.kills = self.sent = self.resent = self.acknowledged = self.dup = self.resent_dup = 0
        self.refused = self.again = self.reuse_refused = self.events = self.disconnected = 0

    def text(self):
        return (f"{self.kills} kills; commands: {self.sent} sent, {self.resent} sent again, "
                f"{self.acknowledged} acknowledged ({self.dup} of them as done before), "
                f"{self.refused} refused by rule; {self.again} asked once more after their answer; "
                f"{self.reuse_refused} cids used twice; "
                f"{self.events} events on screens; {self.disconnected} hang-ups")


class Crowd:
    """pause_s: a client's mean pause between commands; window: how many may wait for answers."""

    def __init__(self, program, seed, singles=6, doubles=3, visitors=2, pause_s=0.04, window=4):
        self.program, self.port, self.seed = program, program.port, seed
        self.random = random.Random(seed)
        self.problems, self.figures = Problems(), Figures()
        self.log = Log(self.problems)
        self.commands, self.people, self.public = {}, {}, []
        self.pause_s, self.window, self.leaving = pause_s, window, 0.004
        self.talking, self.over = True, False
        self.texts = 0
        self.clients = []
        for n in range(singles + doubles):
            person = Person(f"Person {n}")
            self.clients += [Client(self, person, i) for i in range(1 if n < singles else 2)]
        self.visitors = [Visitor(self, n) for n in range(visitors)]
        self.tasks, self.broken = [], None

    def text(self):
        """Never the same twice."""
        self.texts += 1
        more = self.random.choices(WORDS, k=self.random.randint(0, 6))
        long = "x" * 1500 if self.random.random() < 0.01 else ""
        return " ".join([f"{self.texts}", *more]) + long

    def begin(self):
        asyncio.get_running_loop().set_exception_handler(self._break)
        self.tasks = [asyncio.create_task(one.live()) for one in self.clients + self.visitors]

    async def end(self):
        self.over = True
        for one in self.clients + self.visitors:
            if one.link:
                one.link.leave(False)
        await asyncio.gather(*self.tasks)

    def _break(self, _loop, context):
        self.broken = context.get("exception") or AssertionError(context["message"])

    def check_tasks(self):
        """An error within the crowd itself is not to look like silence."""
        if self.broken:
            raise self.broken
        for task in self.tasks:
            if task.done() and task.exception():
                raise task.exception()

    async def until(self, what, check, deadline_s=30):
        loop = asyncio.get_running_loop()
        end = loop.time() + deadline_s
        while not check():
            self.check_tasks()
            if loop.time() > end:
                raise AssertionError(f"not within {deadline_s} s: {what()}; {self.problems.text()}")
            await asyncio.sleep(0.01)

    async def all_ready(self, deadline_s=30):
        def waiting():
            return [client.name for client in self.clients if not client.ready]
        await self.until(lambda: f"ready: all but {waiting()}", lambda: not waiting(), deadline_s)

    def new_life(self, env=None):
        """Of a program that has just died: what its clients do not know yet."""
        for client in self.clients:
            client.ready = False
        self.program.life(env)

    async def kill_loop(self, kills, mean_s=0.15):
        """Kills it at random moments, now and then while it is only starting."""
        for _ in range(kills):
            await asyncio.sleep(min(self.random.expovariate(1 / mean_s), 5 * mean_s))
            self.program.kill()
            self.figures.kills += 1
            self.check_tasks()
            self.new_life()

    async def quiet(self, deadline_s=60):
        """Nobody begins anything; all that was begun is answered."""
        self.talking = False
        await self.all_ready(deadline_s)
        def open_commands():
            return [command for client in self.clients for command in client.outbox.values()]
        await self.until(lambda: f"answered: {[c.message for c in open_commands()][:5]}",
                         lambda: not open_commands(), deadline_s)

    async def audit(self):
        """Everything that must be true now; the crowd is quiet and the program runs. Problems are
        noted; the crowd ends, and the program is stopped."""
        audit = Audit(self)
        await audit.read_as_a_stranger()
        await audit.compare_screens()
        await audit.stop_and_open()
        audit.check_database()
        audit.check_commands()
        audit.check_visitors()
        audit.close()

    def losses(self):
        """What is wrong on the disk of a program that is dead, by what it has acknowledged."""
        audit = Audit(self)
        audit.problems = Problems()
        audit.open_database(writable=True)
        audit.check_soundness()
        audit.check_acknowledged()
        audit.close()
        return audit.problems

    async def finish(self):
        """Quiet, and the audit with which all ends."""
        await self.quiet()
        await self.audit()
        return self.problems
