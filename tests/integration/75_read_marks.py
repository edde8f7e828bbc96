#!/usr/bin/python3
"""Read marks, and what they leave unread: they only go forward, agree on every device of a person, and are kept."""

import signal

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import back, person


def hub():
    return shared()


def talk(client, count=5, room="lobby", text="{}"):
    """Says something; returns the head."""
    return [client.do("post", room=room, text=text.format(i))["seq"] for i in range(count)][-1]


def mark(client, seq, room="lobby"):
    """Moves the mark; returns where it stands."""
    command = client.start("read", room=room, seq=seq)
    reply = client.reply(command)
    equal({k: v for k, v in reply.items() if k not in ("seq", "unread", "mentions")},
          {"re": command, "ok": True, "room": room})
    return reply["seq"]


def counts(client, room="lobby"):
    """What a device that comes now is told: where the mark stands, and what is behind it."""
    with back(hub().address, client, {}) as device:
        info = device.room(room)
        return info["read"], info["unread"], info["mentions"]


@test("a mark moves forward and never back; it does not go beyond the head")
def monotonic():
    with person(hub().address) as ann, person(hub().address) as bob:
        head = talk(bob)
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
        equal(two.event("read"), {"ev": "read", "room": "lobby", "seq": head - 1, "unread": 1,
                                  "mentions": 0})
        mark(one, head - 3)
        mark(two, head)
        equal(one.event("read"), {"ev": "read", "room": "lobby", "seq": head, "unread": 0,
                                  "mentions": 0})
        equal([client.had("read") for client in (one, two, other)], [[], [], []])


@test("a newcomer has nothing unread; messages of others are, until the mark covers them")
def unread():
    with person(hub().address) as bob:
        talk(bob, 3)
        with person(hub().address) as ann:
            equal((ann.room()["unread"], ann.room()["mentions"]), (0, 0))
            head = talk(bob, 4)
            equal(counts(ann), (ann.room()["read"], 4, 0))
            reply = ann.do("read", room="lobby", seq=head - 3)
            equal((reply["unread"], reply["mentions"]), (3, 0))
            equal(counts(ann), (head - 3, 3, 0))
            bob.do("edit", room="lobby", target=head, text="changed")
            bob.do("react", room="lobby", target=head, emoji="+1")
            bob.do("pin", room="lobby", target=head)
            equal(counts(ann)[1], 3)


@test("who comes, goes, renames or settles something makes nothing unread")
def no_noise():
    with person(hub().address) as ann, person(hub().address) as bob:
        room = ann.create("Quiet about comings")
        before = counts(ann, room)
        bob.do("join", room)
        bob.do("leave", room)
        ann.do("topic", room=room, text="calm")
        equal(counts(ann, room)[1:], before[1:])


@test("whoever says something has read what is before it")
def own():
    with person(hub().address) as ann, person(hub().address) as bob:
        talk(bob, 3)
        head = talk(ann, 1)
        equal(counts(ann), (head, 0, 0))
        talk(bob, 2)
        equal(counts(ann), (head, 2, 0))


def bob_says(bob, listener, text):
    """Returns the message as the listener gets it."""
    seq = bob.do("post", room="lobby", text=text)["seq"]
    return listener.event("message", seq=seq)


@test("@name, @room and @here mean somebody, once in each message, and never oneself")
def mentions():
    with person(hub().address, name="Zoe Quill") as zoe, person(hub().address) as bob:
        event = bob_says(bob, zoe, "hello @Zoe Quill, and @zoe quill!")
        equal(event["mentions"], [zoe.me()["id"]])
        equal(counts(zoe)[1:], (1, 1))
        bob.do("post", room="lobby", text="@Zoe is somebody else, mail@Zoe Quill is no mention")
        equal(counts(zoe)[1:], (2, 1))
        event = bob_says(bob, zoe, "all: @room")
        assert event["mentions_all"] is True and "mentions" not in event, event
        equal(counts(zoe)[1:], (3, 2))
        bob.do("post", room="lobby", text="@here")
        equal(counts(zoe)[1:], (4, 3))
        equal(counts(bob)[1:], (0, 0))
        head = zoe.do("post", room="lobby", text="@Zoe Quill speaks of herself")["seq"]
        equal(counts(zoe), (head, 0, 0))


@test("punctuation as phones set it ends a name, and stands before one")
def mentions_beside_punctuation():
    uwe, mia, bob = person(hub().address, name="Uwe"), person(hub().address, name="Mia O’Neil"), person(hub().address)
    with uwe, mia, bob:
        ids = [uwe.me()["id"], mia.me()["id"]]
        for text in ("@Uwe’s and @Mia O’Neil’s", "“@Uwe” – @Mia O’Neil…", "…@Uwe—@Mia O’Neil"):
            equal(bob_says(bob, uwe, text)["mentions"], ids)
        seq = bob.do("post", room="lobby", text="é@Uwe @Uweß")["seq"]
        assert "mentions" not in uwe.event("message", seq=seq)


@test("history tells whom a message meant")
def mentions_later():
    with person(hub().address, name="Yara") as yara, person(hub().address) as bob:
        seq = bob.do("post", room="lobby", text="@Yara look")["seq"]
        page = yara.do("history", room="lobby", around=seq, limit=1)["events"]
        equal(page[0]["mentions"], [yara.me()["id"]])


@test("marks of several rooms are apart, and told to a device that comes later")
def rooms():
    with person(hub().address) as ann, person(hub().address) as bob:
        room = ann.create("With a mark of its own")
        bob.do("join", room)
        head, lobby = talk(bob, room=room), talk(bob)
        mark(ann, 3, room)
        mark(ann, lobby - 1)
        with back(hub().address, ann, {}) as two:
            equal([two.room(r)["read"] for r in (room, "lobby")], [3, lobby - 1])
            equal([two.room(r)["unread"] for r in (room, "lobby")], [head - 3, 1])
            mark(ann, head, room)
            equal(two.event("read")["seq"], head)


@each("{0}: marks and counts are kept", [("SIGTERM", signal.SIGTERM), ("SIGKILL", signal.SIGKILL)])
def kept(_name, number):
    with Hubbub() as own:
        ann, bob = person(own.address, name="Ann"), person(own.address)
        talk(bob, text="for @Ann {}")
        mark(ann, 3)
        own.restart(number)
        with back(own.address, ann) as again:
            info = again.room()
            equal((info["read"], info["unread"], info["mentions"]), (3, 2, 2))
            equal((mark(again, 2), mark(again, 4)), (3, 4))


@test("how much of a room one wants to be told: all, mentions, none; on every device, and kept")
def level():
    with person(hub().address) as one, person(hub().address, token=one.hello["token"]) as two:
        equal(one.room()["level"], "all")
        one.do("level", room="lobby", level="mentions")
        told = two.event("level")
        equal((told["room"], told["level"]), ("lobby", "mentions"))
        with back(hub().address, one, {}) as three:
            equal(three.room()["level"], "mentions")
        equal(one.error("level", room="lobby", level="loud")["code"], "bad_request")
        equal(one.error("level", room="000000000abc", level="all")["code"], "no_room")


@test("a mark goes when one leaves the room; whoever comes back has nothing to catch up on")
def leave():
    with person(hub().address) as ann:
        room = ann.create("Left with a mark")
        mark(ann, talk(ann, room=room), room)
        ann.do("leave", room)
        ann.event("gone")
        ann.event("room")
        ann.do("join", room)
        info = ann.event("room")["info"]
        equal((info["unread"], info["mentions"]), (0, 0))


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
