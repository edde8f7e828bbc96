#!/usr/bin/python3
"""post: the reply, the event, retries, and what the tutorial's clients see of it."""

import re
import time

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, same_list, test
from lib.web import new_cid, person
from lib.ws import visitor

TEXTS = ["hello", "é 🙂 \u2028 <b>&",
         "\"\\/\b\f\n\r\t\x01\x7f", " ", "x" * 60000, "\ufffd\ufeff",
         '{"op":"post"}', "line\nline"]
BAD_CIDS = ["", "0" * 31, "0" * 33, "0" * 31 + "g", "ABCDEF" + "0" * 26, 7, None, ["0" * 32]]


def hub():
    return shared()


@test("the reply and the event have the fields that the protocol names, and agree")
def fields():
    with person(hub().address, "Ann") as ann, person(hub().address) as bob:
        cid, before = new_cid(), time.time()
        command = ann.start("post", room="lobby", cid=cid, text="Hello")
        reply = ann.reply(command)
        equal(sorted(reply), sorted(["re", "ok", "room", "seq", "mid", "ts", "dup"]))
        equal((reply["re"], reply["ok"], reply["room"], reply["dup"]),
              (command, True, "lobby", False))
        assert re.fullmatch(r"\d{1,20}", reply["mid"]) and int(reply["mid"]) < 1 << 64, reply
        assert before * 1000 - 1000 < reply["ts"] < time.time() * 1000 + 1000, reply
        wanted = {"ev": "message", "room": "lobby", "seq": reply["seq"], "mid": reply["mid"],
                  "ts": reply["ts"],
                  "from": {"id": ann.hello["you"]["id"], "name": "Ann"}, "cid": cid,
                  "text": "Hello"}
        equal(ann.message("Hello"), wanted, "what the sender sees")
        equal(bob.message("Hello"), wanted, "what another one sees")


@each("{0!r:.30} arrives as it is", TEXTS)
def texts(text):
    with person(hub().address) as ann, person(hub().address) as bob:
        assert ann.post(text)["ok"]
        equal(bob.message(text)["text"], text)


@test("seq has no hole, mid never comes twice, ts never goes back")
def sequence():
    with person(hub().address) as ann, person(hub().address) as bob:
        first = ann.post("start")["seq"]
        for i in range(300):
            ann.start("post", room="lobby", cid=new_cid(), text=str(i))
        events = [bob.message(str(i)) for i in range(300)]
        same_list([e["seq"] for e in events], list(range(first + 1, first + 301)))
        equal(len({e["mid"] for e in events}), 300)
        same_list([e["ts"] for e in events], sorted(e["ts"] for e in events))


@test("a retry gets the first answer, and nobody hears it twice")
def retry():
    with person(hub().address) as ann, person(hub().address) as bob:
        cid = new_cid()
        first, again = ann.post("once", cid), ann.post("once", cid)
        equal([first["dup"], again["dup"]], [False, True])
        for key in ("seq", "mid", "ts", "room"):
            equal(again[key], first[key], key)
        equal(len([e for e in bob.had("message") if e["text"] == "once"]), 1)


@test("a retry on another connection of the same person, too, even while the first is on its way")
def retry_elsewhere():
    with person(hub().address) as one, person(hub().address, token=one.hello["token"]) as two:
        cid = new_cid()
        commands = [(c, c.start("post", room="lobby", cid=cid, text="same")) for c in (one, two,
                                                                                       one, two)]
        replies = [client.reply(command) for client, command in commands]
        equal(len({r["seq"] for r in replies}), 1)
        equal(sorted(r["dup"] for r in replies), [False, True, True, True])
        equal(len([e for e in two.had("message") if e["text"] == "same"]), 1)


@test("the same cid of another person is another message")
def not_mine():
    with person(hub().address) as ann, person(hub().address) as bob:
        cid = new_cid()
        one, two = ann.post("mine", cid), bob.post("mine", cid)
        equal((one["dup"], two["dup"]), (False, False))
        assert one["seq"] != two["seq"]


@test("the same cid with another text is cid_reuse, and is not said")
def reuse():
    with person(hub().address) as ann, person(hub().address) as bob:
        cid = new_cid()
        ann.post("this", cid)
        equal(ann.error("post", room="lobby", cid=cid, text="that")["code"], "cid_reuse")
        equal([e for e in bob.had("message") if e["text"] == "that"], [])
        equal(ann.post("this", cid)["dup"], True)


@each("bad_request: cid {0!r}", BAD_CIDS)
def bad_cid(cid):
    with person(hub().address) as ann:
        error = ann.error("post", room="lobby", cid=cid, text="x")
        equal(error["code"], "bad_request")
        assert "cid" in error["message"], error


@each("bad_request: text {0!r}", [7, None, ["x"], {"x": 1}, False])
def bad_text(text):
    with person(hub().address) as ann:
        error = ann.error("post", room="lobby", cid=new_cid(), text=text)
        equal(error["code"], "bad_request")
        assert "text" in error["message"], error


@test("bad_request: fields that are missing")
def missing():
    with person(hub().address) as ann:
        equal(ann.error("post", room="lobby", text="x")["code"], "bad_request")
        equal(ann.error("post", room="lobby", cid=new_cid())["code"], "bad_request")


@test("bad_request: a room that is missing or no string")
def bad_room():
    with person(hub().address) as ann:
        equal(ann.error("post", cid=new_cid(), text="x")["code"], "bad_request")
        equal(ann.error("post", room=7, cid=new_cid(), text="x")["code"], "bad_request")


@each("no_room: {0!r}", ["", "Lobby", "lobby ", "attic", "lobby\u0001"])
def no_room(room):
    with person(hub().address) as ann:
        equal(ann.error("post", room=room, cid=new_cid(), text="x")["code"], "no_room")


@test("empty: there is nothing in the text")
def empty():
    with person(hub().address) as ann:
        equal(ann.error("post", room="lobby", cid=new_cid(), text="")["code"], "empty")


@test("what is acknowledged was said: one who posts and goes leaves the message behind")
def posts_and_goes():
    with Hubbub("--away-ms", "0") as own, person(own.address) as bob:
        ann = person(own.address, "Ann")
        ann.start("post", room="lobby", cid=new_cid(), text="bye")
        ann.send(b"\x88\x80\x00\x00\x00\x00")
        equal(bob.message("bye")["from"]["name"], "Ann")
        bob.event("presence", state="offline")
        ann.close()


@test("a visitor hears the text alone")
def to_visitor():
    with visitor(hub().address) as guest, person(hub().address) as ann:
        ann.post("für <dich>")
        equal(guest.said(), '{"type":1,"body":"für \\u003cdich\\u003e"}\n'.encode())


test("it stops cleanly")(stop_shared)
run()
