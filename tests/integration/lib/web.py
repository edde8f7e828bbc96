"""A client of hubbub.v1. It holds the server to its promise while it reads: the kept events of each room come once
and in order."""

import itertools
import json
import os
import time

from lib.tap import equal
from lib.wire import Ended
from lib.ws import TEXT, WebSocket, frame

PROTOCOL = ("Sec-WebSocket-Protocol", "hubbub.v1")
LOBBY = "lobby"
KEPT = {"created", "message", "edit", "delete", "react", "unreact", "pin", "unpin", "topic",
        "joined", "left", "named", "settings", "added", "removed", "host", "unhost"}


def new_cid():
    return os.urandom(16).hex()


class Web(WebSocket):
    """Keeps what comes in self.events (without a re) and self.replies (by id), and in self.cursors where it stands
    in each room."""

    def __init__(self, address, fields=(), **how):
        super().__init__(address, fields=[PROTOCOL, *fields], **how)
        equal(self.accepted.get("Sec-WebSocket-Protocol"), "hubbub.v1")
        self.ids = itertools.count(1)
        self.events = []
        self.replies = {}
        self.unnamed = []    # replies with "re": null
        self.cursors = {}    # room: {"seq", "mid"}
        self.named = {}      # the cursors of the hello under way, by its id
        self.hello = None
        self.resets = []

    def say(self, thing):
        """Sends JSON, or text as it is."""
        text = thing if isinstance(thing, (str, bytes)) else json.dumps(thing)
        return self.send(frame(TEXT, text))

    # ---- where it stands ----

    def _begin_rooms(self, reply):
        """A hello was answered: its cursors replace the old ones."""
        named = self.named.pop(reply["re"])
        self.cursors = {}
        for info in reply["rooms"]:
            head = {"seq": info["head"], "mid": info["mid"]}
            cursor = named.get(info["id"]) if isinstance(named, dict) else None
            self.cursors[info["id"]] = cursor if isinstance(cursor, dict) else head

    def _move(self, event):
        room = event.get("room")
        if event["ev"] in KEPT:
            assert room in self.cursors, f"of a room that it is not in: {event}"
            wanted = self.cursors[room]["seq"] + 1
            assert event["seq"] == wanted, f"seq {wanted} should come, not {event}"
            self.cursors[room] = {"seq": event["seq"], "mid": event["mid"]}
        elif event["ev"] == "reset":
            self.resets.append(event)
            self.cursors[room] = {"seq": event["head"], "mid": event["mid"]}
        elif event["ev"] == "room":
            assert room not in self.cursors, f"it was in there already: {event}"
            self.cursors[room] = {"seq": event["info"]["head"], "mid": event["info"]["mid"]}
        elif event["ev"] == "gone":
            del self.cursors[room]

    # ---- what comes ----

    def take(self):
        """Reads one frame and puts it where it belongs."""
        got = json.loads(self.recv())
        if "re" not in got:
            self._move(got)
            self.events.append(got)
        elif got["re"] is None:
            self.unnamed.append(got)
        else:
            assert got["re"] not in self.replies, f"two replies: {got}"
            if got.get("ok") and got["re"] in self.named:
                self._begin_rooms(got)
            self.replies[got["re"]] = got
        return got

    def _take_until(self, what, check):
        end = time.monotonic() + self.deadline_s
        while not check():
            assert time.monotonic() < end, f"did not come: {what}; had {self.events[-20:]}"
            try:
                self.take()
            except AssertionError as error:
                had = self.events[-20:]
                raise AssertionError(f"{what} did not come: {error}; had {had}") from None

    def reply(self, command_id):
        self._take_until(f"the reply to {command_id}", lambda: command_id in self.replies)
        return self.replies.pop(command_id)

    def start(self, op, **fields):
        """Sends a command and returns its id."""
        command_id = str(next(self.ids))
        if op == "hello":
            self.named[command_id] = fields.get("cursors") or {}
        self.say({"op": op, "id": command_id, **fields})
        return command_id

    def ask(self, op, **fields):
        """Sends a command and returns its reply."""
        return self.reply(self.start(op, **fields))

    def error(self, op, **fields):
        """The error that a command gets."""
        reply = self.ask(op, **fields)
        assert "error" in reply and "ok" not in reply, reply
        return reply["error"]

    def do(self, op, room=LOBBY, cid=None, **fields):
        """A command that changes a room, and must go well: its reply."""
        reply = self.ask(op, room=room, cid=cid or new_cid(), **fields)
        assert reply.get("ok") is True, (op, fields, reply)
        return reply

    def post(self, text, cid=None, room=LOBBY, **fields):
        """Its reply, good or bad."""
        return self.ask("post", room=room, cid=cid or new_cid(), text=text, **fields)

    def create(self, name, cid=None):
        """Makes a room, waits until it is followed, and returns its id."""
        reply = self.ask("create", cid=cid or new_cid(), name=name, kind="public")
        assert reply.get("ok") is True, reply
        self.event("created", room=reply["room"])
        return reply["room"]

    def join(self, room):
        self.do("join", room)
        return self.event("joined", room=room, **{"from": self.me()})

    def me(self):
        return {k: self.hello["you"][k] for k in ("id", "name")}

    def room(self, room=LOBBY):
        """What hello said of a room."""
        return next(info for info in self.hello["rooms"] if info["id"] == room)

    def here(self, room=LOBBY):
        """Who is in the room now."""
        reply = self.ask("here", room=room)
        assert reply.get("ok") is True, reply
        return reply

    def history(self, room=LOBBY, **fields):
        reply = self.ask("history", room=room, **fields)
        assert reply.get("ok") is True, reply
        return reply

    def next_unnamed(self):
        """The next reply whose re is null."""
        self._take_until("a reply without id", lambda: self.unnamed)
        return self.unnamed.pop(0)

    def event(self, ev, **fields):
        """Waits for the event and takes it; those before it stay."""
        def matches(event):
            return event["ev"] == ev and all(event.get(k) == v for k, v in fields.items())
        self._take_until(f"{ev} {fields}", lambda: any(matches(e) for e in self.events))
        found = next(e for e in self.events if matches(e))
        self.events.remove(found)
        return found

    def message(self, text, **fields):
        return self.event("message", text=text, **fields)

    def until(self, seq, room=LOBBY):
        """Reads until it has that event."""
        self._take_until(f"{room} up to {seq}", lambda: self.cursors[room]["seq"] >= seq)
        return self

    def kept(self, room=LOBBY):
        """The kept events of a room that came."""
        return [e for e in self.events if e["ev"] in KEPT and e["room"] == room]

    def sync(self, room=LOBBY):
        """All that the server did in the room before now has been read: what is not there will not come."""
        text = "sync " + new_cid()
        reply = self.post(text, room=room)
        assert reply.get("ok") is True, reply
        self.message(text, room=room)
        return self

    def had(self, ev):
        """The events of that kind that came."""
        self.sync()
        return [e for e in self.events if e["ev"] == ev]

    def greet(self, **fields):
        """Says hello, and reads until ready."""
        self.ready_for(self.start("hello", **{k: v for k, v in fields.items() if v is not None}))
        return self

    def ready_for(self, command_id):
        """Reads the answer to a hello up to ready."""
        reply = self.reply(command_id)
        assert reply.get("ok") is True, reply
        if self.hello and "token" not in reply:
            reply["token"] = self.hello["token"]
        self.hello = reply
        self.event("ready")


def person(address, name=None, token=None, active=None, cursors=None, **how):
    """A client that has said hello and had all that it asked for; self.hello is the reply."""
    return Web(address, **how).greet(name=name, token=token, active=active, cursors=cursors)


def back(address, old, cursors=None, **how):
    """The person of a client that is gone, with its cursors."""
    return person(address, token=old.hello["token"],
                  cursors=old.cursors if cursors is None else cursors, **how)


__all__ = ["Ended", "KEPT", "LOBBY", "PROTOCOL", "Web", "back", "new_cid", "person"]
