#!/usr/bin/python3
"""/ws and hubbub.v1 meet in one room: what one dialect says looks right in the other."""

import re

from lib.hubbub import Hubbub
from lib.tap import equal, run, same_list, test
from lib.web import new_cid, person
from lib.ws import BINARY, frame, visitor


@test("a visitor's text in the web: from a Visitor, with a seq and no cid")
def text():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        guest.text("hi <b>")
        event = ann.message("hi <b>")
        equal(sorted(event), sorted(["ev", "room", "seq", "mid", "ts", "from", "text"]))
        equal(sorted(event["from"]), ["id", "name", "visitor"])
        assert re.fullmatch("Visitor [0-9a-f]{4}", event["from"]["name"]), event
        equal(event["from"]["visitor"], True)
        equal(event["from"], ann.event("presence")["from"])


@test("a visitor keeps its name as long as it is here; two have two")
def names():
    with Hubbub() as hub, person(hub.address) as ann:
        with visitor(hub.address) as one, visitor(hub.address) as two:
            for guest, said in ((one, "a"), (two, "b"), (one, "c")):
                guest.text(said)
            people = {said: ann.message(said)["from"]["id"] for said in "abc"}
            equal(people["a"], people["c"])
            assert people["a"] != people["b"]


@test("binary is text with replacement characters")
def binary():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        guest.send(frame(BINARY, b"a\xff\x00b\xe2\x82"))
        equal(ann.message("a\ufffd\0b\ufffd\ufffd")["seq"], 1)


@test("an empty message is kept, and takes a seq")
def empty():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        guest.text("")
        guest.text("x")
        equal((ann.message("")["seq"], ann.message("x")["seq"]), (1, 2))


@test("no history comes to either when it joins")
def no_history():
    with Hubbub() as hub, person(hub.address) as ann:
        ann.post("before")
        with visitor(hub.address) as guest, person(hub.address) as late:
            ann.post("after")
            equal(guest.said(), b'{"type":1,"body":"after"}\n')
            equal([e["text"] for e in late.had("message")][:1], ["after"])


@test("presence, names and replies of the web do not come to /ws")
def web_only():
    with Hubbub() as hub, person(hub.address, "Ann") as ann, visitor(hub.address) as guest:
        ann.ask("rename", name="Anna")
        ann.ask("active", active=False)
        ann.error("rename", name="")
        ann.post("now")
        equal(guest.body(), "now")


@test("to /ws go texts only: changes of messages and of the room are not shown")
def texts_only():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        guest.text("from the guest")
        ann.message("from the guest")
        ann.post("first")
        ann.do("edit", target=2, text="second")
        ann.do("react", target=1, emoji="x")
        ann.do("pin", target=1)
        ann.do("topic", text="a topic")
        ann.do("delete", target=2)
        ann.create("Garden")
        ann.post("last", reply_to=1)
        equal([guest.body() for _ in range(3)], ["from the guest", "first", "last"])


@test("nobody of the web edits or deletes what a visitor said")
def not_mine():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        guest.text("mine")
        ann.message("mine")
        for op in ("edit", "delete"):
            equal(ann.error(op, room="lobby", cid=new_cid(), target=1, text="x")["code"],
                  "forbidden")


@test("a visitor's words in a replay and in a page are as they were live")
def read_again():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        guest.text("<one>")
        guest.text("")
        guest.send(frame(BINARY, b"two\xff"))
        live = ann.until(3).kept()
        equal([e["text"] for e in live], ["<one>", "", "two\ufffd"])
        equal(ann.history()["events"], live)
        with person(hub.address, cursors={"lobby": {"seq": 0}}) as late:
            equal(late.kept(), live)


@test("both see the same order")
def order():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        for i in range(200):
            ann.start("post", room="lobby", cid=new_cid(), text=f"w{i}")
            guest.text(f"v{i}")
        web, tutorial = [], []
        while len(web) < 400:
            web.append(ann.event("message")["text"])
            tutorial.append(guest.body())
        same_list(tutorial, web)


run()
