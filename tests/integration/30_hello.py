#!/usr/bin/python3
"""hello: who one is, what one may, which rooms one is in."""

import re

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import Web, new_cid, person

UNKNOWN = ["", "short", "A" * 42, "A" * 43, "A" * 44, "A" * 42 + "=", "A" * 42 + "+",
           "A" * 42 + " ", "é" * 43, "x" * 50000]


def hub():
    return shared()


@test("the reply has the fields that the protocol names, and no other")
def fields():
    with person(hub().address, "Ann") as ann:
        equal(sorted(ann.hello), sorted(
            ["re", "ok", "you", "token", "limits", "heartbeat_ms", "build", "server",
             "rooms"]))
        you = ann.hello["you"]
        equal(sorted(you), ["client", "id", "name", "role", "session"])
        equal((you["name"], you["role"]), ("Ann", "guest"))
        assert re.fullmatch("[1-9][0-9]{0,19}", you["session"]), you
        for key in ("id", "client"):
            assert re.fullmatch("[0-9a-f]{16}", you[key]), you
        assert re.fullmatch("[A-Za-z0-9_-]{43}", ann.hello["token"]), ann.hello
        equal(ann.hello["limits"], {"message_bytes": 65536, "name_chars": 40, "topic_chars": 250,
                                    "rooms": 200, "page": 100, "upload_bytes": 104857600})
        equal(ann.hello["heartbeat_ms"], 30000)
        assert isinstance(ann.hello["build"], str) and ann.hello["build"]
        room, = ann.hello["rooms"]
        equal({**room, "count": 1}, {"id": "lobby", "name": "Lobby", "kind": "public", "topic": "",
                                     "guests": True, "default": True, "head": 0, "mid": "0",
                                     "ts": 0, "read": 0, "unread": 0, "mentions": 0,
                                     "level": "all", "count": 1, "visitors": 0})
        equal(ann.hello["server"], {"members_only": False, "slow_ms": 0, "name": "",
                                    "signup": "invite", "guests": "all"})


@test("without a cursor reply and ready come first, before anything else")
def order():
    with person(hub().address) as busy, Web(hub().address) as client:
        for i in range(20):
            busy.start("post", room="lobby", cid=new_cid(), text=str(i))
        client.named["h"] = {}
        client.say({"op": "hello", "id": "h"})
        for i in range(20):
            busy.start("post", room="lobby", cid=new_cid(), text=str(i))
        first = [client.take() for _ in range(2)]
        equal([first[0].get("re"), first[1].get("ev")], ["h", "ready"])
        busy.until(40)


@test("head is the last seq at that place in the order")
def head():
    with person(hub().address) as ann:
        seq = ann.post("one more")["seq"]
        with person(hub().address) as bob:
            equal(bob.room()["head"], seq)
            equal(bob.post("next")["seq"], seq + 1)


@test("mid and ts of the room are those of its newest event")
def newest():
    with person(hub().address) as ann:
        reply = ann.post("the newest")
        with person(hub().address) as bob:
            equal([bob.room()[k] for k in ("head", "mid", "ts")],
                  [reply[k] for k in ("seq", "mid", "ts")])


@test("the same token is the same person, on every connection and later again")
def token():
    with person(hub().address, "Dan") as one:
        you, key = one.hello["you"], one.hello["token"]
        with person(hub().address, token=key) as two:
            equal(two.hello["you"]["id"], you["id"])
            equal(two.hello["token"], key)
            assert two.hello["you"]["client"] != you["client"]
            equal(two.hello["you"]["name"], "Dan", "the name of one who is here")
            equal(len([p for p in two.here()["people"] if p["id"] == you["id"]]), 1)
    hub().wait_metric("hubbub_clients", lambda n: n == 0)
    with person(hub().address, "Another name", token=key) as later:
        equal((later.hello["you"]["id"], later.hello["you"]["name"]), (you["id"], "Dan"))


@test("without a token one is somebody new")
def strangers():
    with person(hub().address) as one, person(hub().address) as two:
        assert one.hello["you"]["id"] != two.hello["you"]["id"]
        assert one.hello["token"] != two.hello["token"]


@each("a token that the server does not know is as none: {0!r:.20}", UNKNOWN)
def unknown_token(text):
    with Web(hub().address) as client:
        reply = client.ask("hello", token=text, name="Pia")
        equal(reply["ok"], True)
        assert reply["token"] != text and len(reply["token"]) == 43
        assert reply["you"]["name"].startswith("Pia"), reply
        with person(hub().address, token=reply["token"]) as again:
            equal(again.hello["you"]["id"], reply["you"]["id"])


@each("a token that is no string is refused: {0!r}", [17, None, True, ["A" * 43], {}])
def bad_token(value):
    with Web(hub().address) as client:
        equal(client.error("hello", token=value)["code"], "bad_request")
        equal(client.ask("hello")["ok"], True)


@test("hello said again: the same person; its token and name are passed over")
def twice():
    with person(hub().address, "Eve") as eve, person(hub().address, "Fritz") as other:
        you = eve.hello["you"]
        again = eve.ask("hello", name="Mallory", token=other.hello["token"])
        equal(again["you"], you)
        assert again.get("token", eve.hello["token"]) == eve.hello["token"], again
        eve.event("ready")
        eve.post("hi")
        equal(eve.message("hi")["from"], {"id": you["id"], "name": "Eve"})


@each("before hello: {0}", ["post", "edit", "delete", "react", "unreact", "pin", "unpin", "topic",
                            "create", "join", "leave", "rooms", "history", "read", "typing",
                            "active", "rename", "here"])
def first(op):
    with Web(hub().address) as client:
        error = client.error(op, room="lobby", cid=new_cid(), text="x", name="x", active=True,
                             target=1, emoji="x", seq=1, kind="public")
        equal(error["code"], "hello_first")
        equal(client.ask("hello")["ok"], True)


@test("a command right behind hello, before its answer, is told hello_first or is done")
def pipelined():
    with Web(hub().address) as client:
        hello = client.start("hello")
        post = client.start("post", room="lobby", cid=new_cid(), text="quick")
        equal(client.reply(hello)["ok"], True)
        reply = client.reply(post)
        assert reply.get("ok") or reply["error"]["code"] == "hello_first", reply


@test("unknown fields are ignored")
def unknown_fields():
    with Web(hub().address) as client:
        reply = client.ask("hello", later=[1, {"a": None}], room=7)
        equal(reply["ok"], True)


@each("active must be true or false: {0!r}", [1, "true", None, []])
def active(value):
    with Web(hub().address) as client:
        equal(client.error("hello", active=value)["code"], "bad_request")
        equal(client.ask("hello")["ok"], True)


test("it stops cleanly")(stop_shared)
run()
