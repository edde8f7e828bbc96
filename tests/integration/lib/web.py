"""A client of hubbub.v1."""

import itertools
import json
import os
import time

from lib.tap import equal
from lib.wire import Ended
from lib.ws import TEXT, WebSocket, frame

PROTOCOL = ("Sec-WebSocket-Protocol", "hubbub.v1")


def new_cid():
    return os.urandom(16).hex()


class Web(WebSocket):
    """Keeps what comes in self.events (without a re) and self.replies (by id)."""

    def __init__(self, address, fields=(), **how):
        super().__init__(address, fields=[PROTOCOL, *fields], **how)
        equal(self.accepted.get("Sec-WebSocket-Protocol"), "hubbub.v1")
        self.ids = itertools.count(1)
        self.events = []
        self.replies = {}
        self.unnamed = []    # replies with "re": null

    def say(self, thing):
        """Sends JSON, or text as it is."""
        text = thing if isinstance(thing, (str, bytes)) else json.dumps(thing)
        return self.send(frame(TEXT, text))

    def take(self):
        """Reads one frame and puts it where it belongs."""
        got = json.loads(self.recv())
        if "re" not in got:
            self.events.append(got)
        elif got["re"] is None:
            self.unnamed.append(got)
        else:
            assert got["re"] not in self.replies, f"two replies: {got}"
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

    def post(self, text, cid=None):
        return self.ask("post", room="lobby", cid=cid or new_cid(), text=text)

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

    def message(self, text):
        return self.event("message", text=text)

    def sync(self):
        """All that the server did before now has been read: what is not there will not come."""
        text = "sync " + new_cid()
        self.post(text)
        self.message(text)
        return self

    def had(self, ev):
        """The events of that kind that came."""
        self.sync()
        return [e for e in self.events if e["ev"] == ev]


def person(address, name=None, token=None, active=None, **how):
    """A client that has said hello; self.hello is the reply and self.here what came with it."""
    client = Web(address, **how)
    fields = {"name": name, "token": token, "active": active}
    client.hello = client.ask("hello", **{k: v for k, v in fields.items() if v is not None})
    assert client.hello.get("ok") is True, client.hello
    client.here = client.event("here")
    client.event("ready")
    return client


__all__ = ["Ended", "PROTOCOL", "Web", "new_cid", "person"]
