#!/usr/bin/python3
"""Coming back: after a lost connection, a stop and a kill of the program one is the same person, gets what one lacks,
and what one says again is done once."""

import signal

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, same_list, test
from lib.web import back, new_cid, person
from lib.ws import visitor

ENDS = [("SIGTERM", signal.SIGTERM), ("SIGKILL", signal.SIGKILL)]


def spoken(client):
    return [(e["seq"], e["text"]) for e in client.kept() if e["ev"] == "message"]


@test("a lost connection: what was said meanwhile comes once")
def lost():
    with Hubbub() as hub, person(hub.address) as ann:
        bob = person(hub.address)
        for i in range(5):
            ann.post(f"before {i}")
        bob.until(5).reset()
        for i in range(5):
            ann.post(f"meanwhile {i}")
        with back(hub.address, bob) as again:
            same_list(spoken(again), [(6 + i, f"meanwhile {i}") for i in range(5)])
            ann.post("and on")
            equal(again.message("and on")["seq"], 11)


@each("{0}: the same person by its token, with name, rooms and read marks", ENDS)
def same_person(_name, number):
    with Hubbub() as hub:
        ann = person(hub.address, "Ann")
        garden = ann.create("Garden")
        ann.post("x", room=garden)
        ann.until(2, garden).ask("read", room=garden, seq=2)
        hub.restart(number)
        with back(hub.address, ann) as again, person(hub.address, "Ann") as other:
            equal(again.hello["you"], {**ann.hello["you"], "client": again.hello["you"]["client"]})
            equal(again.hello.get("token"), ann.hello["token"])
            equal(sorted(r["id"] for r in again.hello["rooms"]), sorted([garden, "lobby"]))
            equal({k: again.room(garden)[k] for k in ("name", "head", "read")},
                  {"name": "Garden", "head": 2, "read": 2})
            equal((again.events, again.resets), ([], []))
            equal(other.hello["you"]["name"], "Ann 2")


@each("{0}: events after the cursor come once, and the log goes on where it was", ENDS)
def after_cursor(_name, number):
    with Hubbub() as hub:
        ann, bob = person(hub.address), person(hub.address)
        for i in range(20):
            ann.post(f"{i}")
        ann.until(20)
        cursors = {"lobby": {"seq": 7, "mid": ann.kept()[6]["mid"]}}
        hub.restart(number)
        with back(hub.address, bob, cursors) as again:
            same_list(again.kept(), ann.kept()[7:])
            equal(again.post("first after")["seq"], 21)
            equal([e["seq"] for e in again.until(21).kept()], list(range(8, 22)))


@each("{0}: a cid said again is answered with the first seq, and done once", ENDS)
def same_cid(_name, number):
    with Hubbub() as hub:
        ann = person(hub.address)
        room = ann.create("Garden")
        cids = [new_cid() for _ in range(8)]
        first = [ann.do("post", cid=cids[0], text="one"),
                 ann.do("edit", cid=cids[1], target=1, text="two"),
                 ann.do("react", cid=cids[2], target=1, emoji="x"),
                 ann.do("unreact", cid=cids[3], target=1, emoji="x"),
                 ann.do("pin", cid=cids[4], target=1),
                 ann.do("unpin", cid=cids[5], target=1),
                 ann.do("topic", cid=cids[6], text="weather"),
                 ann.do("delete", cid=cids[7], target=1)]
        created = ann.do("topic", room=room, text="flowers")
        equal([r["seq"] for r in first], list(range(1, 9)))
        hub.restart(number)
        with back(hub.address, ann) as again:
            same = [again.do("post", cid=cids[0], text="one"),
                    again.do("edit", cid=cids[1], target=1, text="two"),
                    again.do("react", cid=cids[2], target=1, emoji="x"),
                    again.do("unreact", cid=cids[3], target=1, emoji="x"),
                    again.do("pin", cid=cids[4], target=1),
                    again.do("unpin", cid=cids[5], target=1),
                    again.do("topic", cid=cids[6], text="weather"),
                    again.do("delete", cid=cids[7], target=1)]
            for one, two in zip(first, same):
                equal((two["dup"], two["seq"], two["mid"], two["ts"]),
                      (True, one["seq"], one["mid"], one["ts"]))
            equal(again.do("post", text="new")["seq"], 9)
            equal(again.do("post", room=room, text="new")["seq"], created["seq"] + 1)


@each("{0} in the middle of posts: what was acknowledged is there, the rest is said again and is there once", ENDS)
def in_the_middle(_name, number):
    with Hubbub() as hub:
        ann = person(hub.address)
        posts = [(new_cid(), f"text {i}") for i in range(300)]
        commands = [ann.start("post", room="lobby", cid=cid, text=text) for cid, text in posts[:200]]
        first = {posts[i]: ann.reply(commands[i]) for i in range(50)}
        hub.restart(number)
        with back(hub.address, ann, {"lobby": {"seq": 0}}) as again:
            for post in posts:
                reply = again.do("post", cid=post[0], text=post[1])
                if post in first:
                    equal((reply["seq"], reply["dup"]), (first[post]["seq"], True))
            same_list([e["seq"] for e in again.until(300).kept()], list(range(1, 301)))
            equal(sorted((e["cid"], e["text"]) for e in again.kept()), sorted(posts))


@each("{0}: many times, with several clients in several rooms", ENDS)
def many_times(_name, number):
    with Hubbub() as hub:
        ann, bob = person(hub.address), person(hub.address)
        rooms = ["lobby", ann.create("Garden"), ann.create("Kitchen")]
        for room in rooms[1:]:
            bob.join(room)
        for client in (ann, bob):
            for room, head in ((rooms[1], 2), (rooms[2], 2)):
                client.until(head, room)
        said = {room: [] for room in rooms}
        seen = {client: {room: [] for room in rooms} for client in ("ann", "bob")}
        for turn in range(4):
            for room in rooms:
                for client in (ann, bob):
                    text = f"{turn} {new_cid()}"
                    client.do("post", room=room, text=text)
                    said[room].append(text)
            hub.restart(number)
            old = {"ann": ann, "bob": bob}
            ann, bob = back(hub.address, ann), back(hub.address, bob)
            for name, client in (("ann", ann), ("bob", bob)):
                equal(client.resets, [])
                for room in rooms:
                    events = old[name].kept(room) + client.kept(room)
                    client.events = [e for e in client.events if e.get("room") != room]
                    seen[name][room] += [e["text"] for e in events if e["ev"] == "message"]
        for name in seen:
            for room in rooms:
                same_list(seen[name][room], said[room], f"{name} in {room}")


@each("{0}: what the tutorial's clients said is kept", ENDS)
def tutorial_kept(_name, number):
    with Hubbub() as hub:
        with visitor(hub.address) as guest:
            for text in ("one", "", "<three>"):
                guest.text(text)
                guest.said()
            ann = person(hub.address)
        hub.restart(number)
        with back(hub.address, ann, {"lobby": {"seq": 0}}) as again, visitor(hub.address) as guest:
            equal([e["text"] for e in again.kept()], ["one", "", "<three>"])
            assert all(e["from"]["visitor"] and "cid" not in e for e in again.kept())
            again.post("<four>")
            equal(guest.said(), b'{"type":1,"body":"\\u003cfour\\u003e"}\n')


@test("a token of another data directory is a new guest; its cursors are found out")
def other_server():
    with Hubbub() as one, Hubbub() as two:
        with person(one.address, "Ann") as ann:
            ann.post("x")
            ann.until(1)
        with person(two.address) as bob:
            bob.post("y")
        with back(two.address, ann) as stranger:
            assert stranger.hello["you"]["id"] != ann.hello["you"]["id"]
            assert stranger.hello["token"] != ann.hello["token"]
            equal([r["reason"] for r in stranger.resets], ["diverged"])


run()
