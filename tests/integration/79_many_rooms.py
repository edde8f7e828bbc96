#!/usr/bin/python3
"""A client in many rooms gets each of them in order, and none waits for another: not for one that is long, nor for one
that is loud."""

from lib.hubbub import Hubbub
from lib.tap import equal, run, same_list, test
from lib.web import Web, back, new_cid, person

LONG = 3000    # messages of a kilobyte: many pages
PAGE_BYTES = 65536


def fill(client, room, count, size=1000):
    for i in range(count):
        client.start("post", room=room, cid=new_cid(), text=f"{i} ".ljust(size, "x"))
    client.until(count + 1, room)


def order(client, rooms):
    """For each kept event that came in these rooms, in which one."""
    return [e["room"] for e in client.events if e["room"] in rooms and "seq" in e]


def complete(client, room, head, first=1):
    same_list([e["seq"] for e in client.kept(room)], list(range(first, head + 1)), room)


def from_the_beginning(client):
    return {room: {"seq": 0} for room in client.cursors}


@test("a hundred rooms, from the beginning: each complete and in order before ready")
def hundred():
    with Hubbub("--rate-join", "0") as hub, person(hub.address) as ann:
        rooms = [ann.create(f"Room {i}") for i in range(100)]
        for number, room in enumerate(rooms):
            for i in range(number % 7):
                ann.start("post", room=room, cid=new_cid(), text=f"{i}")
        for number, room in enumerate(rooms):
            ann.until(1 + number % 7, room)
        with back(hub.address, ann, from_the_beginning(ann)) as again:
            for number, room in enumerate(rooms):
                complete(again, room, 1 + number % 7)
            equal((again.resets, len(again.hello["rooms"])), ([], 101))


@test("a long room and short ones: the short ones come after its first page, not behind it all")
def short_ones():
    with Hubbub() as hub, person(hub.address) as ann:
        rooms = [ann.create(name) for name in ("Long", "Short", "Middle")]
        for room, count in zip(rooms, (LONG, 3, 300)):
            fill(ann, room, count)
        with back(hub.address, ann, from_the_beginning(ann)) as again:
            for room, count in zip(rooms, (LONG, 3, 300)):
                complete(again, room, count + 1)
            came = order(again, rooms)
            last = {room: len(came) - came[::-1].index(room) for room in rooms}
            assert last[rooms[1]] < LONG / 4, last
            assert last[rooms[2]] < LONG, last


@test("while one is fed a long room, what is said in others comes in between")
def live_between():
    with Hubbub() as hub, person(hub.address) as ann, person(hub.address) as bob:
        long_room, live_room = ann.create("Long"), ann.create("Live")
        bob.join(live_room)
        fill(ann, long_room, LONG)
        again = Web(hub.address, rcvbuf=8192)
        command = again.start("hello", token=ann.hello["token"],
                              cursors={long_room: {"seq": 0}, live_room: ann.cursors[live_room]})
        again.reply(command)
        for i in range(10):
            bob.do("post", room=live_room, text=f"live {i}")
        again.until(12, live_room)
        had = len(again.kept(long_room))
        assert had < LONG, "the live ones came only behind the long room"
        again.event("ready")
        complete(again, long_room, LONG + 1)
        complete(again, live_room, 12, 3)
        again.close()


@test("a loud room does not keep a client from what is said in a quiet one")
def loud_room():
    with Hubbub("--ring-bytes", "65536") as hub, person(hub.address) as loud, \
            person(hub.address) as quiet:
        loud_room_id, quiet_room = loud.create("Loud"), quiet.create("Quiet")
        reader = person(hub.address, rcvbuf=8192)
        for room in (loud_room_id, quiet_room):
            reader.join(room)
        for i in range(500):
            loud.start("post", room=loud_room_id, cid=new_cid(), text=f"{i} ".ljust(8000, "x"))
        for i in range(10):
            quiet.do("post", room=quiet_room, text=f"quiet {i}")
        loud.until(502, loud_room_id)
        hub.wait_metric("hubbub_members_behind", lambda n: n >= 1)
        reader.until(12, quiet_room)
        assert len(reader.kept(loud_room_id)) < 502, "the quiet ones came only behind the loud room"
        complete(reader.until(502, loud_room_id), loud_room_id, 502, 3)
        complete(reader, quiet_room, 12, 3)
        equal(reader.resets, [])
        reader.close()


@test("a slow reader that is overtaken in several rooms at once loses nothing in any of them")
def several_behind():
    with Hubbub("--ring-bytes", "65536") as hub, person(hub.address) as ann:
        rooms = ["lobby", *(ann.create(f"Room {i}") for i in range(4))]
        reader = back(hub.address, ann, rcvbuf=4096)
        for i in range(100):
            for room in rooms:
                ann.start("post", room=room, cid=new_cid(), text=f"{i} ".ljust(10000, "x"))
        for room in rooms:
            ann.until(100 if room == "lobby" else 101, room)
        hub.wait_metric("hubbub_members_behind", lambda n: n >= 4)
        for room in rooms:
            head = 100 if room == "lobby" else 101
            complete(reader.until(head, room), room, head, head - 99)
        hub.wait_metric("hubbub_members_behind", lambda n: n == 0)
        ann.do("post", room=rooms[2], text="live again")
        equal(reader.message("live again")["seq"], 102)
        equal(reader.resets, [])
        reader.close()


@test("while being fed: leave that room, join another, say something, say hello again")
def changes_of_mind():
    with Hubbub() as hub, person(hub.address) as ann, person(hub.address) as bob:
        long_room, other = ann.create("Long"), bob.create("Other")
        fill(ann, long_room, LONG)
        again = Web(hub.address, rcvbuf=8192)
        again.hello = ann.hello
        again.reply(again.start("hello", token=ann.hello["token"], cursors={long_room: {"seq": 0}}))
        equal(again.do("post", text="said meanwhile")["seq"], 1)
        again.join(other)
        bob.do("post", room=other, text="heard meanwhile")
        again.message("heard meanwhile")
        assert len(again.kept(long_room)) < LONG, "it was fed too fast to show anything"
        again.do("leave", long_room)
        again.event("gone")
        again.event("ready")
        again.sync()
        assert len(again.kept(long_room)) < LONG
        again.join(long_room)
        again.events.clear()
        again.greet(cursors={long_room: {"seq": 10}})
        complete(again, long_room, LONG + 3, 11)
        again.close()


@test("one who goes while being fed is forgotten, and comes back to the rest")
def goes_away():
    with Hubbub() as hub, person(hub.address) as ann:
        long_room = ann.create("Long")
        fill(ann, long_room, LONG)
        cursors, seen = {long_room: {"seq": 0}}, []
        for _ in range(30):
            again = Web(hub.address, rcvbuf=8192)
            again.reply(again.start("hello", token=ann.hello["token"], cursors=cursors))
            again.until(again.cursors[long_room]["seq"] + LONG // 60, long_room)
            seen += [e["seq"] for e in again.kept(long_room)]
            cursors = {long_room: again.cursors[long_room]}
            again.reset()
        with back(hub.address, ann, cursors) as last:
            same_list(seen + [e["seq"] for e in last.kept(long_room)], list(range(1, LONG + 2)))
        hub.wait_metric("hubbub_members_behind", lambda n: n == 0)
        hub.wait_metric("hubbub_connections", lambda n: n == 2)


@test("what one who takes nothing costs is bounded, whatever it has asked for")
def bounded():
    with Hubbub() as hub, person(hub.address) as ann:
        rooms = [ann.create(f"Room {i}") for i in range(5)]
        for room in rooms:
            fill(ann, room, 400, 5000)
        before = hub.resident_bytes()
        deaf = []
        for _ in range(20):
            client = Web(hub.address, rcvbuf=4096)
            deaf.append((client, client.start("hello", token=ann.hello["token"],
                                              cursors=from_the_beginning(ann))))
        hub.wait_metric("hubbub_members_behind", lambda n: n >= 20 * 5)
        for client, _ in deaf:
            for room in rooms:
                for _ in range(5):
                    client.start("history", room=room, limit=100)
        equal(ann.do("post", text="still served")["ok"], True)
        queue = 20 * 16 * PAGE_BYTES
        grown = hub.resident_bytes() - before
        assert grown < queue + (300 << 20 if "san/" in hub.process.args[0] else 16 << 20), grown
        client, hello = deaf[0]
        client.ready_for(hello)
        for room in rooms:
            complete(client, room, 401)
        for client, _ in deaf:
            client.close()
        hub.wait_metric("hubbub_members_behind", lambda n: n == 0)


run()
