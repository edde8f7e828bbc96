#!/usr/bin/python3
"""hello: who one is, what one may, who is here."""

import re

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import Web, new_cid, person

NOT_WELL_FORMED = ["", "short", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "+", "A" * 42 + " ",
                   "é" * 43, 17, None, True, ["A" * 43]]


def hub():
    return shared()


@test("the reply has the fields that the protocol names, and no other")
def fields():
    with person(hub().address, "Ann") as ann:
        equal(sorted(ann.hello), sorted(
            ["re", "ok", "you", "token", "limits", "heartbeat_ms", "build", "rooms"]))
        you = ann.hello["you"]
        equal(sorted(you), ["client", "id", "name"])
        equal(you["name"], "Ann")
        for key in ("id", "client"):
            assert re.fullmatch("[0-9a-f]{16}", you[key]), you
        assert re.fullmatch("[A-Za-z0-9_-]{43}", ann.hello["token"]), ann.hello
        equal(ann.hello["limits"], {"message_bytes": 65536, "name_chars": 40})
        equal(ann.hello["heartbeat_ms"], 30000)
        assert isinstance(ann.hello["build"], str) and ann.hello["build"]
        room, = ann.hello["rooms"]
        equal({k: room[k] for k in ("id", "name", "kind")},
              {"id": "lobby", "name": "Lobby", "kind": "public"})
        equal(sorted(room), ["head", "id", "kind", "log", "name"])


@test("reply, here and ready come in this order and before anything else")
def order():
    with person(hub().address) as busy, Web(hub().address) as client:
        for i in range(20):
            busy.start("post", room="lobby", cid=new_cid(), text=str(i))
        client.say({"op": "hello", "id": "h"})
        for i in range(20):
            busy.start("post", room="lobby", cid=new_cid(), text=str(i))
        first = [client.take() for _ in range(3)]
        equal([first[0].get("re"), first[1].get("ev"), first[2].get("ev")], ["h", "here", "ready"])


@test("here counts oneself and names everybody")
def here():
    with person(hub().address, "Bea") as bea, person(hub().address, "Cid", active=False) as cid:
        people = {p["id"]: (p["name"], p["active"]) for p in cid.here["people"]}
        equal(people[bea.hello["you"]["id"]], ("Bea", True))
        equal(people[cid.hello["you"]["id"]], ("Cid", False))
        equal(cid.here["room"], "lobby")
        equal(cid.here["count"], len(people))


@test("here names at most 200 people and counts them all")
def here_is_bounded():
    clients = [person(hub().address) for _ in range(205)]
    equal(clients[-1].here["count"], 205)
    equal(len(clients[-1].here["people"]), 200)
    for client in clients:
        client.close()
    hub().wait_metric("hubbub_clients", lambda n: n == 0)


@test("head is the last seq at that place in the order")
def head():
    with person(hub().address) as ann:
        seq = ann.post("one more")["seq"]
        with person(hub().address) as bob:
            equal(bob.hello["rooms"][0]["head"], seq)
            equal(bob.post("next")["seq"], seq + 1)


@test("the same token is the same person, on every connection and later again")
def token():
    with person(hub().address, "Dan") as one:
        you, key = one.hello["you"], one.hello["token"]
        with person(hub().address, token=key) as two:
            equal(two.hello["you"]["id"], you["id"])
            equal(two.hello["token"], key)
            assert two.hello["you"]["client"] != you["client"]
            equal(two.hello["you"]["name"], "Dan", "the name of one who is here")
            equal(two.here["count"], 1)
    hub().wait_metric("hubbub_clients", lambda n: n == 0)
    with person(hub().address, "Dan", token=key) as later:
        equal(later.hello["you"]["id"], you["id"])


@test("without a token one is somebody new")
def strangers():
    with person(hub().address) as one, person(hub().address) as two:
        assert one.hello["you"]["id"] != two.hello["you"]["id"]
        assert one.hello["token"] != two.hello["token"]


@each("a token that is not well-formed is as none: {0!r}", NOT_WELL_FORMED)
def bad_token(text):
    with Web(hub().address) as client:
        reply = client.ask("hello", token=text)
        equal(reply["ok"], True)
        assert reply["token"] != text and len(reply["token"]) == 43


@test("the ids of two tokens differ, and do not show the token")
def ids():
    with person(hub().address, token="A" * 43) as one, \
            person(hub().address, token="A" * 42 + "B") as two:
        assert one.hello["you"]["id"] != two.hello["you"]["id"]


@test("hello twice is an error, and one goes on as before")
def twice():
    with person(hub().address, "Eve") as eve:
        equal(eve.error("hello", name="Mallory")["code"], "bad_request")
        eve.post("hi")
        equal(eve.message("hi")["from"]["name"], "Eve")


@each("before hello: {0}", ["post", "rename", "active"])
def first(op):
    with Web(hub().address) as client:
        error = client.error(op, room="lobby", cid=new_cid(), text="x", name="x", active=True)
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
        reply = client.ask("hello", cursors={"lobby": {"seq": 0}}, later=[1, {"a": None}])
        equal(reply["ok"], True)


@each("active must be true or false: {0!r}", [1, "true", None, []])
def active(value):
    with Web(hub().address) as client:
        equal(client.error("hello", active=value)["code"], "bad_request")
        equal(client.ask("hello")["ok"], True)


test("it stops cleanly")(stop_shared)
run()
