#!/usr/bin/python3
"""Names: given, made up, taken, refused, changed."""

import re

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import Web, person

FINE = [("Ann", "Ann"), ("  Ann  ", "Ann"), ("\tAnn\u3000", "Ann"), ("A", "A"),
        ("Ann\tLee", "Ann Lee"),
        ("é" * 40, "é" * 40), ("🙂" * 40, "🙂" * 40), (" " * 100 + "Ann" + " " * 100, "Ann"),
        ("<b>\"Ann\"</b>", "<b>\"Ann\"</b>"), ("数据", "数据"), ("0", "0")]

BAD = [("", "bad_request"), ("   ", "bad_request"), ("\u3000", "bad_request"),
       ("a\nb", "bad_request"),
       ("a\x1bb", "bad_request"), ("a\x7fb", "bad_request"), ("a\u200bb", "bad_request"),
       ("a\u202eb", "bad_request"), ("\u2066a", "bad_request"), ("a\u2028b", "bad_request"),
       ("\ufeffa", "bad_request"), ("a\u00adb", "bad_request"), ("a" * 41, "too_long"),
       ("é" * 41, "too_long"),
       ("a" * 60000, "too_long"), (7, "bad_request"), (None, "bad_request"),
       (["Ann"], "bad_request"), ({}, "bad_request"), (True, "bad_request")]


def hub():
    return shared()


@each("{0:.20}", FINE)
def fine(typed, name):
    with Hubbub() as own, person(own.address, typed) as client:
        equal(client.hello["you"]["name"], name)
        equal(client.ask("rename", name=typed)["name"], name)


@each("{1}: {0!r:.30}", BAD)
def bad(typed, code):
    with Web(hub().address) as client:
        equal(client.error("hello", name=typed)["code"], code)
        equal(client.ask("hello", name="Ann")["ok"], True)
        equal(client.error("rename", name=typed)["code"], code)


@test("one who gives none is a guest with a number")
def guest():
    with person(hub().address) as client:
        assert re.fullmatch(r"Guest \d{4}( \d+)?", client.hello["you"]["name"]), client.hello


@test("a taken name gets a number, compared without case")
def taken():
    with person(hub().address, "Ben") as one, person(hub().address, "ben") as two, \
            person(hub().address, "BEN") as three:
        equal([c.hello["you"]["name"] for c in (one, two, three)], ["Ben", "ben 2", "BEN 3"])


@test("a name stays its bearer's when it has gone, and after a restart")
def stays():
    with Hubbub("--away-ms", "0") as own:
        fay = person(own.address, "Fay")
        fay.close()
        with person(own.address, "Gil") as gil:
            own.wait_metric("hubbub_clients", lambda n: n == 1)
            with person(own.address, "Fay") as other:
                equal(other.hello["you"]["name"], "Fay 2")
            gil.ask("rename", name="Gilbert")
        own.restart()
        with person(own.address, "fay") as third, person(own.address, token=gil.hello["token"]) as \
                back, person(own.address, token=fay.hello["token"]) as first:
            equal([c.hello["you"]["name"] for c in (third, back, first)],
                  ["fay 3", "Gilbert", "Fay"])


@test("a name that its bearer's other name made free is free after a restart, too")
def freed():
    with Hubbub() as own:
        with person(own.address, "Hans") as hans:
            hans.ask("rename", name="Johann")
        own.restart()
        with person(own.address, "Hans") as other, person(own.address, "Johann") as third:
            equal([c.hello["you"]["name"] for c in (other, third)], ["Hans", "Johann 2"])


@test("thirty people of one name have thirty names")
def many():
    with Hubbub() as own:
        clients = [person(own.address, "Max") for _ in range(30)]
        names = [c.hello["you"]["name"] for c in clients]
        equal(names[:9], ["Max"] + [f"Max {i}" for i in range(2, 10)])
        equal(len({n.lower() for n in names}), 30)
        for client in clients:
            client.close()


@test("a long taken name is shortened so that the number fits")
def long_taken():
    with person(hub().address, "é" * 40), person(hub().address, "é" * 40) as two:
        equal(two.hello["you"]["name"], "é" * 38 + " 2")


@test("names of messages are those that their authors have when they are read")
def read_again():
    with Hubbub() as own, person(own.address, "Ira") as ira, person(own.address) as other:
        ira.post("by Ira")
        equal(other.message("by Ira")["from"]["name"], "Ira")
        ira.ask("rename", name="Iris")
        equal([e["from"]["name"] for e in other.history()["events"]], ["Iris"])


@test("rename: the reply says what it became, the others hear what it was")
def rename():
    with Hubbub() as hub, person(hub.address, "Gus") as gus, person(hub.address, "Hal") as hal:
        equal(gus.ask("rename", name=" Gustav ")["name"], "Gustav")
        event = hal.event("renamed")
        equal(event, {"ev": "renamed", "room": "lobby", "was": "Gus",
                      "from": {"id": gus.hello["you"]["id"], "name": "Gustav"}})
        gus.post("I am new")
        equal(hal.message("I am new")["from"]["name"], "Gustav")


@test("rename to a taken name gets a number")
def rename_taken():
    with Hubbub() as hub, person(hub.address, "Ida"), person(hub.address, "Jan") as jan:
        equal(jan.ask("rename", name="IDA")["name"], "IDA 2")


@test("rename to one's own name, and to another case of it")
def rename_own():
    with Hubbub() as hub, person(hub.address, "Kim") as kim, person(hub.address) as other:
        equal(kim.ask("rename", name="Kim")["name"], "Kim")
        equal(kim.ask("rename", name="KIM")["name"], "KIM")
        equal([e["was"] for e in other.had("renamed")], ["Kim"])


@test("rename holds for all connections of a person")
def rename_tabs():
    with Hubbub() as hub, person(hub.address, "Lea") as one, \
            person(hub.address, token=one.hello["token"]) as two:
        one.ask("rename", name="Leah")
        two.post("who am I")
        equal(one.message("who am I")["from"]["name"], "Leah")


@test("the old name is free for others")
def rename_frees():
    with Hubbub() as hub, person(hub.address, "Mia") as mia:
        mia.ask("rename", name="Maria")
        with person(hub.address, "Mia") as other:
            equal(other.hello["you"]["name"], "Mia")


test("it stops cleanly")(stop_shared)
run()
