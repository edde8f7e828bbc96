#!/usr/bin/python3
"""Read marks: they only go forward, the person's other devices see it, and they are kept."""

import signal

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import back, person


def hub():
    return shared()


def talk(client, count=5, room="lobby"):
    """Says something; returns the head."""
    return [client.do("post", room=room, text=f"{i}")["seq"] for i in range(count)][-1]


def mark(client, seq, room="lobby"):
    """Moves the mark; returns where it stands."""
    command = client.start("read", room=room, seq=seq)
    reply = client.reply(command)
    equal({k: v for k, v in reply.items() if k != "seq"}, {"re": command, "ok": True, "room": room})
    return reply["seq"]


@test("a mark moves forward and never back; it does not go beyond the head")
def monotonic():
    with person(hub().address) as ann:
        head = talk(ann)
        equal([mark(ann, seq) for seq in (head - 2, head - 4, 0, head - 2, head - 1, head + 7,
                                          1 << 53, 1)],
              [head - 2, head - 2, head - 2, head - 2, head - 1, head, head, head])
        with back(hub().address, ann, {}) as again:
            equal(again.room()["read"], head)


@test("in an empty room there is nothing to be read")
def empty():
    with Hubbub() as own, person(own.address) as ann:
        equal([mark(ann, seq) for seq in (0, 1, 99)], [0, 0, 0])


@test("the person's other connections are told, the one that moved it is not, and nobody else")
def other_devices():
    with person(hub().address) as one, person(hub().address, token=one.hello["token"]) as two, \
            person(hub().address) as other:
        head = talk(other)
        mark(one, head - 1)
        equal(two.event("read"), {"ev": "read", "room": "lobby", "seq": head - 1})
        mark(one, head - 3)
        mark(two, head)
        equal(one.event("read"), {"ev": "read", "room": "lobby", "seq": head})
        equal([client.had("read") for client in (one, two, other)], [[], [], []])


@test("marks of several rooms are apart, and told to a device that comes later")
def rooms():
    with person(hub().address) as ann:
        room = ann.create("With a mark of its own")
        head = talk(ann, room=room)
        mark(ann, 2, room)
        mark(ann, 1)
        with back(hub().address, ann, {}) as two:
            equal([two.room(r)["read"] for r in (room, "lobby")], [2, 1])
            mark(ann, head, room)
            equal(two.event("read"), {"ev": "read", "room": room, "seq": head})


@each("{0}: marks are kept", [("SIGTERM", signal.SIGTERM), ("SIGKILL", signal.SIGKILL)])
def kept(_name, number):
    with Hubbub() as own:
        ann = person(own.address)
        talk(ann)
        mark(ann, 3)
        own.restart(number)
        with back(own.address, ann) as again:
            equal(again.room()["read"], 3)
            equal((mark(again, 2), mark(again, 4)), (3, 4))


@test("a mark goes when one leaves the room")
def leave():
    with person(hub().address) as ann:
        room = ann.create("Left with a mark")
        mark(ann, talk(ann, room=room), room)
        ann.do("leave", room)
        ann.event("gone")
        ann.event("room")
        ann.do("join", room)
        assert ann.event("room")["info"]["read"] in (0, 6), "either is fine, but no other"


@each("bad_request: seq {0!r}", [-1, 1.5, 1.0, "1", None, True, [], (1 << 53) + 1, 1 << 62])
def bad(seq):
    with person(hub().address) as ann:
        equal(ann.error("read", room="lobby", seq=seq)["code"], "bad_request")


@test("bad_request: no seq")
def missing():
    with person(hub().address) as ann:
        equal(ann.error("read", room="lobby")["code"], "bad_request")


test("it stops cleanly")(stop_shared)
run()
