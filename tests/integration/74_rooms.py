#!/usr/bin/python3
"""Rooms: made, listed, joined and left, on all connections of a person at once."""

import re

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, same_list, test
from lib.web import back, new_cid, person
from lib.ws import visitor

NO_ROOM = "9f86d081884c"
IN_ROOM = [("post", {"text": "x"}), ("edit", {"target": 1, "text": "x"}), ("delete", {"target": 1}),
           ("react", {"target": 1, "emoji": "x"}), ("unreact", {"target": 1, "emoji": "x"}),
           ("pin", {"target": 1}), ("unpin", {"target": 1}), ("topic", {"text": "x"}),
           ("history", {}), ("read", {"seq": 1}), ("typing", {}), ("here", {}), ("leave", {})]
BAD_NAMES = [("", "bad_request"), ("  ", "bad_request"), ("a\nb", "bad_request"),
             ("a\u202eb", "bad_request"), ("x" * 41, "too_long"), (7, "bad_request"),
             (None, "bad_request"), ({}, "bad_request")]


def hub():
    return shared()


def make(client, name):
    return client.ask("create", cid=new_cid(), name=name, kind="public")


@test("create: reply, room and created, in the form that the protocol names")
def create():
    with person(hub().address, "Ann") as ann:
        cid = new_cid()
        reply = ann.ask("create", cid=cid, name="  Garden of Ann ", kind="public")
        assert re.fullmatch("[0-9a-f]{12}", reply["room"]), reply
        equal(sorted(reply), ["dup", "mid", "ok", "re", "room", "seq", "ts"])
        equal((reply["seq"], reply["dup"]), (1, False))
        room = ann.event("room")
        equal(room, {"ev": "room", "room": reply["room"],
                     "info": {"id": reply["room"], "name": "Garden of Ann", "kind": "public",
                              "topic": "", "guests": True, "head": 0, "mid": "0", "ts": 0, "read": 1,
                              "unread": 0, "mentions": 0, "level": "all", "host": True, "count": 1,
                              "visitors": 0}})
        equal(ann.event("created"), {"ev": "created", "room": reply["room"], "seq": 1,
                                     "mid": reply["mid"], "ts": reply["ts"], "from": ann.me(),
                                     "cid": cid, "name": "Garden of Ann"})


@test("create is done once, whichever connection says it again, and after a restart")
def create_again():
    with Hubbub() as own:
        with person(own.address) as ann, person(own.address, token=ann.hello["token"]) as tab:
            cid = new_cid()
            commands = [(c, c.start("create", cid=cid, name="Garden", kind="public"))
                        for c in (ann, tab, ann)]
            replies = [c.reply(command) for c, command in commands]
            equal(len({(r["room"], r["seq"], r["mid"]) for r in replies}), 1)
            equal(sorted(r["dup"] for r in replies), [False, True, True])
            equal(ann.error("create", cid=cid, name="Kitchen", kind="public")["code"], "cid_reuse")
        own.restart()
        with back(own.address, ann) as again:
            reply = again.ask("create", cid=cid, name="Garden", kind="public")
            equal((reply["room"], reply["dup"]), (replies[0]["room"], True))
            equal(len(again.ask("rooms")["rooms"]), 2)


@test("name_taken: by another room, compared without case; the lobby's, too")
def name_taken():
    with person(hub().address) as ann, person(hub().address) as bob:
        ann.create("Taken")
        for name in ("Taken", "tAKEN", " Taken ", "Lobby", "lobby", "LOBBY"):
            equal(bob.error("create", cid=new_cid(), name=name, kind="public")["code"],
                  "name_taken", name)


@test("two who make a room of one name at the same moment: one of them gets it")
def race():
    with person(hub().address) as ann, person(hub().address) as bob:
        for i in range(20):
            commands = [(c, c.start("create", cid=new_cid(), name=f"Race {i}", kind="public"))
                        for c in (ann, bob)]
            replies = [c.reply(command) for c, command in commands]
            equal(sorted("room" if r.get("ok") else r["error"]["code"] for r in replies),
                  ["name_taken", "room"])


@each("{1}: the name {0!r:.12}", BAD_NAMES)
def bad_name(name, code):
    with person(hub().address) as ann:
        equal(ann.error("create", cid=new_cid(), name=name, kind="public")["code"], code)


@each("bad_request: the kind {0!r}", [None, "", "direct", "Public", 0, ["public"]])
def bad_kind(kind):
    with person(hub().address) as ann:
        error = ann.error("create", cid=new_cid(), name="Some name", kind=kind)
        equal(error["code"], "bad_request")
        assert "kind" in error["message"], error


@test("rooms: in order of name, page by page, whether one is in them or not")
def listing():
    with Hubbub("--rate-join", "0") as own, person(own.address) as ann, person(own.address) as bob:
        names = [f"Room {i:03}" for i in range(120)] + ["aa", "ZZ", "Ärger"]
        for name in names:
            assert make(ann, name)["ok"]
        wanted = sorted(["Lobby", *names], key=lambda n: n.lower())
        reply = bob.ask("rooms", after="", limit=100)
        equal(sorted(reply), ["more", "ok", "re", "rooms"])
        equal(sorted(reply["rooms"][0]), ["guests", "id", "kind", "name", "topic"])
        got = []
        for limit in (100, 7, 1):
            got, more, after = [], True, ""
            while more:
                reply = bob.ask("rooms", after=after, limit=limit)
                equal(len(reply["rooms"]) <= limit, True)
                got += [r["name"] for r in reply["rooms"]]
                after, more = got[-1], reply["more"]
            same_list(got, wanted, f"limit {limit}")
        first, last = bob.ask("rooms"), bob.ask("rooms", after="ZZ")
        equal((len(first["rooms"]), first["more"]), (50, True))
        equal([r["name"] for r in last["rooms"]], ["Ärger"])
        equal(bob.ask("rooms", after="Ärger")["rooms"], [])


@each("bad_request: rooms with {0}", [("limit 0", {"limit": 0}), ("limit 101", {"limit": 101}),
                                      ("limit \"1\"", {"limit": "1"}), ("after 7", {"after": 7}),
                                      ("after null", {"after": None})])
def bad_listing(_name, how):
    with person(hub().address) as ann:
        equal(ann.error("rooms", **how)["code"], "bad_request")


@test("join: the events of the room come from just before one's own joined")
def join():
    with person(hub().address) as ann, person(hub().address, "Bob") as bob:
        room = ann.create("Joined by Bob")
        ann.do("post", room=room, text="before Bob")
        reply = bob.do("join", room)
        equal(reply["seq"], 3)
        info = bob.event("room")["info"]
        equal((info["head"], info["count"]), (2, 2))
        joined = bob.event("joined")
        equal({k: joined[k] for k in ("room", "seq", "from", "mid", "ts")},
              {"room": room, "seq": 3, "from": bob.me(), "mid": reply["mid"], "ts": reply["ts"]})
        equal(ann.event("joined"), joined)
        equal(ann.event("presence", room=room)["from"], bob.me())
        ann.do("post", room=room, text="welcome")
        equal(bob.message("welcome")["seq"], 4)
        equal([e["ev"] for e in bob.history(room)["events"]],
              ["created", "message", "joined", "message"])


@test("join again, and of the lobby, changes nothing")
def join_again():
    with person(hub().address) as ann:
        room = ann.create("Joined already")
        for asked in (room, "lobby"):
            command = ann.start("join", room=asked, cid=new_cid())
            equal(ann.reply(command), {"re": command, "ok": True, "room": asked, "changed": False})


@test("join and leave hold for all connections of the person, and for nobody else's")
def all_connections():
    with person(hub().address) as ann, person(hub().address, "Bob") as one, \
            person(hub().address, token=one.hello["token"]) as two:
        room = ann.create("For Bob's tabs")
        one.do("join", room)
        for client in (one, two):
            equal(client.event("room")["info"]["id"], room)
            client.event("joined")
        ann.do("post", room=room, text="to both")
        equal([c.message("to both")["seq"] for c in (one, two)], [3, 3])
        reply = two.do("leave", room)
        equal(reply["seq"], 4)
        for client in (one, two):
            equal(client.event("gone"), {"ev": "gone", "room": room})
        equal(ann.event("left")["seq"], 4)
        equal(ann.event("presence", room=room, state="offline")["from"], one.me())
        ann.do("post", room=room, text="Bob does not hear this")
        for client in (one, two):
            client.sync()
            equal([e for e in client.events if e.get("text") == "Bob does not hear this"], [])
        equal(one.error("history", room=room)["code"], "no_room")
        with back(hub().address, one, {}) as later:
            equal([r["id"] for r in later.hello["rooms"]], ["lobby"])


@test("leave and join again: the log went on meanwhile, and its past can be read")
def rejoin():
    with person(hub().address) as ann, person(hub().address) as bob:
        room = ann.create("Left and joined")
        bob.join(room)
        bob.do("leave", room)
        bob.event("gone")
        ann.do("post", room=room, text="meanwhile")
        bob.do("join", room)
        equal(bob.event("joined", seq=5)["from"], bob.me())
        equal([e["ev"] for e in bob.history(room)["events"]],
              ["created", "joined", "left", "message", "joined"])


@test("a retry of leave and of join is answered, even when one is out, or in, again")
def retries():
    with person(hub().address) as ann, person(hub().address) as bob:
        room = ann.create("Retried")
        cids = [new_cid() for _ in range(2)]
        first = [bob.do("join", room, cids[0]), bob.do("leave", room, cids[1])]
        bob.event("gone")
        again = [bob.do("join", room, cids[0]), bob.do("leave", room, cids[1])]
        equal([(r["seq"], r["dup"]) for r in again], [(r["seq"], True) for r in first])
        equal(bob.error("history", room=room)["code"], "no_room", "a retry lets nobody in")


@test("the last one may leave; the room stays, and can be joined again")
def last_leaves():
    with Hubbub() as own, person(own.address) as ann:
        room = ann.create("Empty")
        ann.do("post", room=room, text="kept")
        ann.do("leave", room)
        ann.event("gone")
        assert room in [r["id"] for r in ann.ask("rooms")["rooms"]]
        own.restart()
        with back(own.address, ann) as again:
            equal(again.join(room)["seq"], 4)
            equal(again.history(room)["events"][1]["text"], "kept")


@test("nobody leaves the lobby")
def leave_lobby():
    with person(hub().address) as ann:
        equal(ann.error("leave", room="lobby", cid=new_cid())["code"], "forbidden")
        ann.sync()


@each("no_room: {0}, in a room that one is not in, or that is not there", IN_ROOM)
def not_in(op, fields):
    with person(hub().address) as ann, person(hub().address) as bob:
        room = ann.create(f"Without Bob: {op}")
        ann.do("post", room=room, text="x")
        for asked in (room, NO_ROOM, "", "LOBBY", room.upper() + "x", "f" * 13):
            equal(bob.error(op, room=asked, cid=new_cid(), **fields)["code"], "no_room", asked)
        equal(len(ann.history(room)["events"]), 2)


@test("no_room: join of what is not there")
def join_nothing():
    with person(hub().address) as ann:
        for asked in (NO_ROOM, "", "Lobby", "000000000000", "000000000001", "ffffffffffff"):
            equal(ann.error("join", room=asked, cid=new_cid())["code"], "no_room", asked)


@test("what one says right behind leave is refused, and what one says right behind join is kept or refused")
def pipelined():
    with person(hub().address) as ann, person(hub().address) as bob:
        room = ann.create("Pipelined")
        join_it = bob.start("join", room=room, cid=new_cid())
        early = bob.start("post", room=room, cid=new_cid(), text="early")
        equal(bob.reply(join_it)["ok"], True)
        reply = bob.reply(early)
        assert reply.get("ok") or reply["error"]["code"] == "no_room", reply
        bob.event("joined")
        leave = bob.start("leave", room=room, cid=new_cid())
        late = bob.start("post", room=room, cid=new_cid(), text="late")
        equal(bob.reply(leave)["ok"], True)
        equal(bob.reply(late)["error"]["code"], "no_room")


@test("too_many: 200 rooms are the limit, the lobby among them, also when all is asked for at once")
def limit():
    with Hubbub("--rate-join", "0") as own, person(own.address) as ann, person(own.address) as bob:
        spare = bob.create("Bob's")
        cids = [new_cid() for _ in range(212)]
        commands = [ann.start("create", cid=cid, name=f"Room {i}", kind="public")
                    for i, cid in enumerate(cids)]
        replies = [ann.reply(command) for command in commands]
        good = [r["room"] for r in replies if r.get("ok")]
        equal({r["error"]["code"] for r in replies if "error" in r}, {"too_many"})
        equal(len(good), 199)
        equal(ann.error("join", room=spare, cid=new_cid())["code"], "too_many")
        ann.do("leave", good[0])
        ann.event("gone")
        ann.join(spare)
        equal(ann.error("create", cid=new_cid(), name="One more", kind="public")["code"], "too_many")
        own.restart()
        with back(own.address, ann) as again:
            equal(sorted(r["id"] for r in again.hello["rooms"]), sorted(["lobby", spare, *good[1:]]))
            for room in (good[1], good[-1], spare):
                again.do("post", room=room, text="still in")


@test("joins asked for at once do not go over the limit either")
def limit_of_joins():
    with Hubbub("--rate-join", "0") as own, person(own.address) as ann, person(own.address) as bob, \
            person(own.address) as cid:
        rooms = [make(c, f"{name} {i}")["room"] for c, name in ((ann, "a"), (bob, "b"))
                 for i in range(105)]
        commands = [cid.start("join", room=room, cid=new_cid()) for room in rooms]
        replies = [cid.reply(command) for command in commands]
        equal(len([r for r in replies if r.get("ok")]), 199)


@test("people in rooms: here and presence of each tell of its own")
def here():
    with person(hub().address) as ann, person(hub().address) as bob, person(hub().address) as eve:
        room = ann.create("With Bob alone")
        bob.join(room)
        equal({p["id"] for p in ann.here(room)["people"]}, {ann.me()["id"], bob.me()["id"]})
        bob.ask("active", active=False)
        equal(ann.event("presence", room=room, state="idle")["count"], 2)
        eve.sync()
        equal([e for e in eve.events if e.get("room") == room], [])
        equal({p["id"]: p["active"] for p in ann.here(room)["people"]},
              {ann.me()["id"]: True, bob.me()["id"]: False})


@test("renamed and typing are told in the rooms where they belong")
def renamed():
    with person(hub().address, "Gus") as gus, person(hub().address) as hal, \
            person(hub().address) as out:
        room = gus.create("Of Gus")
        hal.join(room)
        gus.ask("rename", name="Gustav of the rooms")
        equal({hal.event("renamed")["room"], hal.event("renamed")["room"]}, {"lobby", room})
        gus.ask("typing", room=room)
        equal(hal.event("typing")["room"], room)
        equal([e["room"] for e in out.had("renamed")], ["lobby"])
        equal(out.had("typing"), [])


@test("a visitor is in the lobby and nowhere else")
def lobby_is_alone():
    with person(hub().address) as ann, visitor(hub().address) as guest:
        room = ann.create("No visitors")
        equal((ann.here(room)["visitors"], ann.here()["visitors"]), (0, 1))
        ann.do("post", room=room, text="not for the tutorial")
        ann.do("post", text="for all")
        equal(guest.said(), b'{"type":1,"body":"for all"}\n')


test("it stops cleanly")(stop_shared)
run()
