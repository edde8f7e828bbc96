#!/usr/bin/python3
"""One web client that does the worst of each kind does not keep others waiting, and does not cost much."""

import json
import socket
import threading
import time

from lib.hubbub import IS_ASAN, IS_TSAN, Hubbub
from lib.tap import each, equal, run, test
from lib.web import Web, new_cid, person
from lib.ws import TEXT, frame

ROUNDS, SECONDS = 50, 10
GROWTH_BYTES_MAX = (768 if IS_TSAN or IS_ASAN else 16) << 20    # sanitizers keep what was freed

# One worker for all, and the usual limits, but that a talk may be quick.
FLAGS = ("--workers", "1", "--rate-posts", "10", "--rate-burst", "200")


def commands(op, count=200, **fields):
    return b"".join(frame(TEXT, json.dumps({"op": op, "id": f"{i}", **fields}))
                    for i in range(count))


def changes(op, count=200, **fields):
    return b"".join(frame(TEXT, json.dumps({"op": op, "id": f"{i}", "cid": new_cid(),
                                            "room": "lobby", **fields})) for i in range(count))


def texts(text, count=20):
    return frame(TEXT, text) * count


def many_cursors():
    return {f"{i:012x}": {"seq": i, "mid": str(i)} for i in range(250)}


RUDE = [
    ("nonsense", texts("nonsense")),
    ("depth", texts("[" * 65536)),
    ("objects in objects", texts('{"a":' * 10900 + "1" + "}" * 10900)),
    ("many keys", texts("{" + ",".join(f'"{i}":{i}' for i in range(6000)) + "}")),
    ("a duplicate at the end", texts("{" + ",".join(f'"{i % 255}":1' for i in range(6000)) + "}")),
    ("long numbers", texts('{"op":"typing","id":"1","room":"lobby","x":' + "9" * 65000 + "}")),
    ("long arrays", texts('{"op":"typing","id":"1","room":"lobby","x":[' + "1," * 32000 + "1]}")),
    ("escapes", texts('{"op":"typing","id":"1","room":"lobby","x":"' + "\\u00e9" * 10800 + '"}')),
    ("hello again", commands("hello", cursors={"lobby": {"seq": 0}})),
    ("hello with many cursors", commands("hello", 20, cursors=many_cursors())),
    ("pages of long messages", commands("history", room="lobby", limit=100)),
    ("pages around", commands("history", room="lobby", around=150, limit=100)),
    ("lists of rooms", commands("rooms", limit=100)),
    ("who is here", commands("here", room="lobby")),
    ("typing", commands("typing", room="lobby")),
    ("active and idle", commands("active", 1, active=False) + commands("active", 1, active=True)),
    ("renames", b"".join(commands("rename", 1, name=f"Rude {i}") for i in range(200))),
    ("rooms that are made", b"".join(commands("create", 1, cid=new_cid(), name=f"R {i} {new_cid()[:8]}",
                                              kind="public") for i in range(200))),
    ("reactions", changes("react", target=1, emoji="+") + changes("unreact", target=1, emoji="+")),
    ("the same cid with other texts", b"".join(commands("post", 1, room="lobby", cid="0" * 32, text=f"{i}")
                                               for i in range(200))),
    ("long posts", changes("post", 10, text="<" * 60000)),
    ("edits of somebody else's message", changes("edit", target=1, text="x")),
]


class Rude(threading.Thread):
    """Says it as fast as it may, comes back when it is closed, and reads or does not read what it gets."""

    def __init__(self, address, data, reads):
        super().__init__(daemon=True)
        self.address, self.data, self.reads = address, data, reads
        self.over, self.sent, self.times = False, 0, 0

    def run(self):
        while not self.over:
            try:
                with Web(self.address, rcvbuf=4096 if not self.reads else None) as client:
                    self.times += 1
                    client.say({"op": "hello", "id": "h"})
                    self._flood(client.socket)
            except (OSError, AssertionError):
                time.sleep(0.01)    # so that only what it says is rude, not how often it comes

    def _flood(self, sock):
        sock.settimeout(0.01)
        at = 0
        while not self.over:
            try:
                count = sock.send(self.data[at:])
                at = (at + count) % len(self.data)
                self.sent += count
            except socket.timeout:
                pass
            if self.reads:
                try:
                    if not sock.recv(1 << 20, socket.MSG_DONTWAIT):
                        return
                except BlockingIOError:
                    pass

    def end(self):
        self.over = True
        self.join()


def prepared(hub, count=200):
    """A lobby with long messages in it."""
    author = person(hub.address, "Author")
    for i in range(count):
        while not author.post(f"{i} ".ljust(5000, "x")).get("ok"):
            time.sleep(0.1)    # it is told to wait
    return author


def talk(one, two, rounds=ROUNDS):
    """How long it takes to say so many things, one after the other, and to hear them."""
    begin = time.monotonic()
    for i in range(rounds):
        text = f"round {i} {new_cid()}"
        assert one.post(text)["ok"]
        for client in (one, two):
            client.message(text)
            client.events.clear()
    return time.monotonic() - begin


@each("{0}", RUDE)
def rude(_name, data):
    with Hubbub(*FLAGS) as hub:
        author = prepared(hub, 100)
        one, two = person(hub.address), person(hub.address)
        before = hub.resident_bytes()
        crowd = [Rude(hub.address, data, reads) for reads in (True, False)]
        for each_one in crowd:
            each_one.start()
        took = talk(one, two)
        for each_one in crowd:
            each_one.end()
        assert min(each_one.sent for each_one in crowd) > 1000, "nobody was rude"
        assert took < SECONDS, f"{took} s for {ROUNDS} rounds"
        grown = hub.resident_bytes() - before
        assert grown < GROWTH_BYTES_MAX, grown
        equal(author.history(around=1, limit=1)["events"][0]["text"][:2], "0 ")
        for client in (author, one, two):
            client.close()


@test("all of them at once")
def all_at_once():
    with Hubbub(*FLAGS, "--workers", "2") as hub:
        author = prepared(hub, 100)
        one, two = person(hub.address), person(hub.address)
        crowd = [Rude(hub.address, data, i % 2 == 0) for i, (_, data) in enumerate(RUDE)]
        for each_one in crowd:
            each_one.start()
        took = talk(one, two, 20)
        for each_one in crowd:
            each_one.end()
        assert took < 2 * SECONDS, took
        equal(hub.healthy(), True)
        for client in (author, one, two):
            client.close()


run()
