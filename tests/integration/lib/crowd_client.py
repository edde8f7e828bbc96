"""One client of a crowd: says everything that the protocol knows, remembers what it has asked until
it is answered, comes back after every end of its connection, and asks again."""

import asyncio
import json

from lib.crowd_link import connect
from lib.crowd_screen import Screen

EMOJI = ("👍", "🎉", "x", "❤️")
# What may be answered to which command, since clients do not know what the others just did.
EXPECTED = {
    "post": {"no_room", "no_message"}, "edit": {"no_room", "no_message", "forbidden"},
    "delete": {"no_room", "no_message", "forbidden"}, "react": {"no_room", "no_message"},
    "unreact": {"no_room", "no_message"}, "pin": {"no_room", "no_message", "too_many"},
    "unpin": {"no_room", "no_message"}, "topic": {"no_room"}, "create": {"name_taken"},
    "join": {"no_room"}, "leave": {"no_room", "forbidden"}, "read": {"no_room"},
    "typing": {"no_room"}, "here": {"no_room"}, "history": {"no_room"}, "level": {"no_room"},
    "name": {"no_room", "forbidden", "name_taken"}, "settings": {"no_room", "forbidden"},
    "add": {"no_room", "forbidden", "too_many"}, "remove": {"no_room", "forbidden", "no_person"},
    "host": {"no_room", "forbidden", "no_person"},
}
AGAIN = ("rate_limited", "busy", "disk_full")
WEIGHTS = {"post": 46, "reply": 5, "edit": 10, "delete": 6, "react": 12, "unreact": 5, "pin": 2,
           "unpin": 1, "topic": 2, "create": 0.15, "join": 1.5, "leave": 0.7, "read": 3,
           "typing": 1, "active": 1, "here": 0.5, "rename": 0.5, "history": 2, "rooms": 0.7,
           "again": 2, "reuse": 0.3, "name": 0.3, "settings": 0.3, "add": 1, "remove": 0.5,
           "host": 0.3, "level": 0.5}
NAMES, CHANCES = list(WEIGHTS), list(WEIGHTS.values())


class Command:
    """One thing that is to be done once. answer: the reply that counts."""

    __slots__ = ("message", "person", "cid", "sent", "answer", "error", "client")

    def __init__(self, message, person, client):
        self.message, self.person, self.client = message, person, client
        self.cid = message.get("cid")
        self.sent, self.answer, self.error = 0, None, None


class Person:
    """Who may have several clients."""

    def __init__(self, name):
        self.name, self.token, self.id = name, None, None
        self.read_marks = {}


class Client:
    def __init__(self, crowd, person, number):
        self.crowd, self.person, self.random = crowd, person, crowd.random
        self.name = f"{person.name}/{number}"
        self.first = number == 0
        self.screen = Screen(self.name, crowd.log, crowd.problems)
        self.link, self.ready, self.hello, self.marks = None, False, None, {}
        self.ended = None
        self.outbox, self.waiting, self.done = {}, {}, []
        self.ids = 0
        self.disk_full = 0

    # ---- connection ----

    async def live(self):
        """Connects again and again until the crowd is over."""
        while not self.crowd.over:
            if not self.first and not self.person.token:
                await asyncio.sleep(0.005)
                continue
            self.ended = asyncio.get_running_loop().create_future()
            self.link = await connect(self, self.crowd.port)
            if self.link:
                await self.ended
            await asyncio.sleep(0.005)

    def on_open(self, link):
        self.link, self.ready = link, False
        message = {"op": "hello", "name": self.person.name, "cursors": self.screen.cursors()}
        if self.person.token:
            message["token"] = self.person.token
        self.marks = dict(self.person.read_marks)
        self.hello = self._send(message)

    def on_end(self, link, code):
        if code is not None and code not in (1000, 1001):
            self.screen.note(f"closed with {code}")
        self.ready = False
        self.waiting.clear()
        if not self.ended.done():
            self.ended.set_result(None)

    def on_text(self, link, payload):
        if link is not self.link:
            return
        try:
            message = json.loads(payload)
        except ValueError:
            self.screen.note(f"no JSON: {payload[:200]!r}")
            return
        if "ev" not in message:
            self._reply(message)
        elif message["ev"] == "ready":
            self._ready()
        elif self.screen.take(message):
            self.crowd.figures.events += 1

    def _send(self, message):
        self.ids += 1
        message["id"] = str(self.ids)
        self.link.send(message)
        return message["id"]

    # ---- what comes back ----

    def _ready(self):
        self.screen.ready()
        self.ready = True
        for command in list(self.outbox.values()):
            self._send_command(command)
        for _ in range(self.crowd.window):
            self.pump_later()

    def _reply(self, message):
        if message["re"] == self.hello:
            self._greeted(message)
            return
        command = self.waiting.pop(message["re"], None)
        if command is None:
            self.screen.note(f"an answer to nothing: {message}")
            return
        if message.get("ok"):
            self._succeeded(command, message)
        else:
            self._refused(command, message["error"])
        self.pump_later()

    def _greeted(self, message):
        if not message.get("ok"):
            if message["error"]["code"] in AGAIN:
                self.disk_full += message["error"]["code"] == "disk_full"
                self.link.leave(True)
            else:
                self.screen.note(f"hello was refused: {message}")
            return
        person, you = self.person, message["you"]
        if person.id is not None and you["id"] != person.id:
            self.screen.note(f"came back as {you['id']}, was {person.id}")
        person.id, person.token = you["id"], message.get("token", person.token)
        self.crowd.people[you["id"]] = person
        self.screen.greet(message["rooms"])
        for info in message["rooms"]:
            if info["id"] == "lobby" and info["read"] < self.marks.get("lobby", 0):
                self.screen.note(f"the read mark went back: {info}")

    def _succeeded(self, command, message):
        op = command.message["op"]
        if op == "history":
            self.screen.page(command.message["room"], message)
        elif op == "read":
            room = message["room"]
            marks = self.person.read_marks
            marks[room] = max(marks.get(room, 0), message["seq"])
        elif op == "rooms":
            self.crowd.public = [room["id"] for room in message["rooms"]] or self.crowd.public
        if command.cid is None:
            return
        figures = self.crowd.figures
        if command.answer is not None:
            self._same_answer(command, message)
            return
        figures.acknowledged += 1
        figures.dup += bool(message.get("dup"))
        figures.resent_dup += bool(message.get("dup")) and command.sent > 1
        if message.get("dup") and command.sent == 1:
            self.screen.note(f"dup, but it was sent once: {command.message} {message}")
        command.answer = message
        self._settled(command)

    def _same_answer(self, command, message):
        """The answer to a command that was answered before."""
        first = command.answer
        self.crowd.figures.again += 1
        if first.get("changed") is False:
            return
        if not message.get("dup") or any(first[k] != message.get(k) for k in ("seq", "mid", "ts")):
            self.screen.note(f"answered with {message}, and with {first} before")

    def _refused(self, command, error):
        op, code = command.message["op"], error["code"]
        if code in AGAIN:
            self.disk_full += code == "disk_full"
            if command.cid is not None:
                delay = max(error.get("retry_ms", 50), 10) / 1000
                asyncio.get_running_loop().call_later(min(delay, 0.5), self._retry, command)
            return
        if command.message.get("reused"):
            self.crowd.figures.reuse_refused += code == "cid_reuse"
            if code not in ("cid_reuse", "no_room", "no_message"):
                self.screen.note(f"a cid used twice was refused with {error}")
            return
        if command.answer is not None:
            # The room may have been left meanwhile.
            if code != "no_room":
                self.screen.note(f"{command.message}: {error}, and {command.answer} before")
            return
        if code not in EXPECTED.get(op, ()):
            self.screen.note(f"{command.message} was refused with {error}")
        self.crowd.figures.refused += 1
        if command.cid is not None:
            command.error = error
            self._settled(command)

    def _retry(self, command):
        if self.ready and command.cid in self.outbox and command not in self.waiting.values():
            self._send_command(command)

    def _settled(self, command):
        self.outbox.pop(command.cid, None)
        self.done.append(command)
        del self.done[:-50]

    # ---- what it says ----

    def pump_later(self):
        delay = self.random.expovariate(1 / self.crowd.pause_s)
        asyncio.get_running_loop().call_later(delay, self.pump)

    def pump(self):
        """Says something, when it can and does not wait for too many answers."""
        crowd = self.crowd
        if not self.ready or not crowd.talking or len(self.outbox) >= crowd.window:
            return
        if len(self.waiting) >= crowd.window:
            return
        if self.random.random() < crowd.leaving:
            crowd.figures.disconnected += 1
            self.link.leave(self.random.random() < 0.5)
            return
        message = None
        while message is None:
            message = self._make(self.random.choices(NAMES, CHANCES)[0])
        if isinstance(message, Command):
            self._send_command(message)
            return
        command = Command(message, self.person, self)
        if command.cid:
            crowd.commands[command.cid] = command
            self.outbox[command.cid] = command
        self._send_command(command)

    def _send_command(self, command):
        message = dict(command.message)
        message.pop("reused", None)
        self.waiting[self._send(message)] = command
        command.sent += 1
        if command.cid and command.answer is None:
            self.crowd.figures.sent += command.sent == 1
            self.crowd.figures.resent += command.sent > 1

    def _make(self, kind):
        """The next command of that kind, or None when there is no occasion for it."""
        random, rooms = self.random, self.screen.rooms
        if kind in ("active", "rename", "rooms", "create", "join"):
            return self._make_roomless(kind)
        if kind in ("again", "reuse"):
            return self._make_again(kind)
        if not rooms:
            return None
        names = list(rooms)
        room = names[-1 - min(int(random.expovariate(0.7)), len(names) - 1)]
        if random.random() < 0.3 and "lobby" in rooms:
            room = "lobby"
        message = {"op": kind, "room": room}
        if kind in ("typing", "here"):
            return message
        if kind == "read":
            return {**message, "seq": rooms[room].seq}
        if kind == "history":
            low = rooms[room].low
            return {**message, "before": low, "limit": random.randint(1, 60)} if low > 1 else None
        if kind == "leave" and (room == "lobby" or len(rooms) < 3):
            return None
        if kind == "level":
            return {**message, "level": random.choice(("all", "mentions", "none"))}
        message["cid"] = f"{random.getrandbits(128):032x}"
        if kind in ("name", "settings", "add", "remove", "host"):
            return self._make_office(message, kind)
        if kind in ("post", "topic"):
            message["text"] = self.crowd.text()[:200 if kind == "topic" else None]
        elif kind != "leave":
            return self._make_targeted(message, kind, rooms[room])
        return message

    def _make_roomless(self, kind):
        random = self.random
        if kind == "active":
            return {"op": "active", "active": random.random() < 0.5}
        if kind == "rename":
            return {"op": "rename", "name": f"{self.person.name} {random.randint(1, 99)}"}
        if kind == "rooms":
            return {"op": "rooms", "after": "", "limit": 100}
        cid = f"{random.getrandbits(128):032x}"
        if kind == "create":
            if len(self.screen.rooms) > 12:
                return None
            return {"op": "create", "cid": cid, "kind": "public",
                    "name": f"Room {random.randint(1, 10**6)}"}
        others = [room for room in self.crowd.public if room not in self.screen.rooms]
        if not others or len(self.screen.rooms) > 12:
            return None
        return {"op": "join", "cid": cid, "room": random.choice(others)}

    def _make_office(self, message, kind):
        """What hosts do; whoever is none is refused."""
        random = self.random
        if message["room"] == "lobby":
            return None
        if kind == "name":
            return {**message, "name": f"Renamed {random.randint(1, 10**6)}"}
        if kind == "settings":
            return {**message, "retention_days": random.choice((0, 30, 365))}
        others = [person for person in self.crowd.people if person != self.person.id]
        return {**message, "person": random.choice(others)} if others else None

    def _make_targeted(self, message, kind, screen):
        random = self.random
        recent = [seq for seq in range(max(screen.seq - 150, 1), screen.seq + 1)
                  if seq in screen.messages]
        if not recent:
            return None
        target = random.choice(recent)
        if kind in ("edit", "delete") and random.random() < 0.97:
            mine = [seq for seq in recent if screen.messages[seq].author == self.person.id
                    and not screen.messages[seq].deleted]
            if not mine:
                return None
            target = random.choice(mine)
        if kind == "reply":
            return {**message, "op": "post", "reply_to": target, "text": self.crowd.text()}
        message["target"] = target
        if kind == "edit":
            message["text"] = self.crowd.text()
        elif kind in ("react", "unreact"):
            message["emoji"] = random.choice(EMOJI)
        return message

    def _make_again(self, kind):
        """A command that was answered, once more; or its cid for something else."""
        if not self.done:
            return None
        command = self.random.choice(self.done)
        if command.answer is None or command.answer.get("changed") is False:
            return None
        if kind == "again":
            return command
        message = command.message
        if message["op"] not in ("post", "edit") or "reply_to" in message:
            return None
        if message["op"] == "edit" or message["room"] not in self.screen.rooms:
            return None
        found = self.screen.rooms[message["room"]].messages.get(command.answer["seq"])
        if not found or found.edited or found.deleted:
            return None
        other = Command({**message, "text": self.crowd.text(), "reused": True}, self.person, self)
        other.cid = None
        return other


class Visitor:
    """Speaks the tutorial's dialect: no cursor, no answer. What it sees while it is connected must
    be a piece of the lobby's log."""

    def __init__(self, crowd, number):
        self.crowd, self.number = crowd, number
        self.link = self.ended = None
        self.sights = []
        self.said = []

    async def live(self):
        while not self.crowd.over:
            self.ended = asyncio.get_running_loop().create_future()
            self.link = await connect(self, self.crowd.port, "")
            if self.link:
                await self.ended
            await asyncio.sleep(0.02)

    def on_open(self, link):
        self.sights.append([])
        self.link = link
        self.talk()

    def on_text(self, _link, payload):
        body = json.loads(payload)["body"]
        if body not in ("New User Joined...", "User Disconnected..."):
            self.sights[-1].append(body)

    def on_end(self, _link, code):
        if code not in (None, 1000, 1001):
            self.crowd.problems.note(f"visitor {self.number} was closed with {code}")
        if not self.ended.done():
            self.ended.set_result(None)

    def talk(self):
        if not self.link or self.link.ended or not self.crowd.talking:
            return
        text = self.crowd.text()
        self.said.append(text)
        self.link.send_text(text)
        delay = self.crowd.random.expovariate(1 / (self.crowd.pause_s * 5))
        asyncio.get_running_loop().call_later(delay, self.talk)
