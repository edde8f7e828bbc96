#!/usr/bin/python3
"""Who is here: presence per person, active and idle, visitors, and how long one is still here."""

from lib.hubbub import Hubbub
from lib.tap import equal, run, test
from lib.web import Web, person
from lib.ws import visitor

AT_ONCE = ("--away-ms", "0")    # whoever goes is gone at once
NEVER = ("--away-ms", "3600000")


def told(client, whose=None):
    """(name, state) of the presence that came, of one person or of all."""
    events = client.had("presence")
    return [(e["from"]["name"], e["state"]) for e in events
            if whose is None or e["from"] == whose.me()]


@test("a person's first connection is presence, and so is the last one's end")
def one_person():
    with Hubbub(*AT_ONCE) as hub, person(hub.address, "Ann") as ann:
        bob = person(hub.address, "Bob")
        equal(ann.event("presence"), {"ev": "presence", "room": "lobby", "from": bob.me(),
                                      "state": "active", "count": 2, "visitors": 0})
        bob.close()
        equal(ann.event("presence"), {"ev": "presence", "room": "lobby", "from": bob.me(),
                                      "state": "offline", "count": 1, "visitors": 0})


@test("two tabs of one token: presence once, offline only with the last")
def tabs():
    with Hubbub(*AT_ONCE) as hub, person(hub.address, "Ann") as ann:
        first = person(hub.address, "Bob")
        ann.event("presence", state="active")
        second = person(hub.address, token=first.hello["token"])
        equal(second.here()["count"], 2)
        first.close()
        hub.wait_metric("hubbub_clients", lambda n: n == 2)
        equal(told(ann), [])
        second.close()
        equal(ann.event("presence")["from"], first.me())


@test("one is still here for a while after the last connection: a reload is no leaving")
def reload():
    with Hubbub(*NEVER) as hub, person(hub.address, "Ann") as ann:
        bob = person(hub.address, "Bob")
        ann.event("presence", state="active")
        bob.close()
        hub.wait_metric("hubbub_clients", lambda n: n == 1)
        equal(ann.here()["count"], 2)
        equal({p["name"]: p["active"] for p in ann.here()["people"]}, {"Ann": True, "Bob": True})
        with person(hub.address, token=bob.hello["token"]) as again:
            equal(again.here()["count"], 2)
            equal(told(ann), [])


@test("who comes back idle within the time has become idle, not gone")
def reload_idle():
    with Hubbub(*NEVER) as hub, person(hub.address, "Ann") as ann:
        bob = person(hub.address, "Bob")
        ann.event("presence", state="active")
        bob.close()
        hub.wait_metric("hubbub_clients", lambda n: n == 1)
        with person(hub.address, token=bob.hello["token"], active=False):
            equal(told(ann), [("Bob", "idle")])


@test("--away-ms after the last connection one is offline, by itself")
def away():
    with Hubbub("--away-ms", "300") as hub, person(hub.address, "Ann") as ann:
        bob = person(hub.address, "Bob")
        ann.event("presence", state="active")
        bob.close()
        equal(ann.event("presence"), {"ev": "presence", "room": "lobby", "from": bob.me(),
                                      "state": "offline", "count": 1, "visitors": 0})
        equal(ann.here()["count"], 1)
        with person(hub.address, token=bob.hello["token"]):
            equal(ann.event("presence")["state"], "active")


@test("one's own coming is not told to oneself: here says it")
def own():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        equal(told(ann), [])
        command = ann.start("here", room="lobby")
        equal(ann.reply(command), {"re": command, "ok": True, "room": "lobby", "count": 1,
                                   "visitors": 0, "people": [{**ann.me(), "active": True}]})


@test("here and presence tell the same: nobody comes twice, nobody is missing")
def consistent():
    with Hubbub() as hub:
        clients = [person(hub.address) for _ in range(20)]
        for i, client in enumerate(clients):
            came = [e["from"]["id"] for e in client.had("presence")]
            equal(len(came), len(set(came)))
            equal(client.room()["count"], i + 1)
            equal(client.room()["count"] + len(came), 20)
            known = {p["id"] for p in client.here()["people"]}
            equal(known, {c.me()["id"] for c in clients})
        for client in clients:
            client.close()


@test("here names at most 200 people and counts them all")
def bounded():
    with Hubbub() as hub:
        clients = [person(hub.address) for _ in range(205)]
        here = clients[-1].here()
        equal((here["count"], len(here["people"])), (205, 200))
        equal(len({p["id"] for p in here["people"]}), 200)
        for client in clients:
            client.close()


@test("active: the others hear of a change, not of what was so already")
def active():
    with Hubbub() as hub, person(hub.address, "Ann") as ann, person(hub.address, "Bob") as bob:
        ann.event("presence", state="active")
        for value in (False, False, True, True):
            command = bob.start("active", active=value)
            equal(bob.reply(command), {"re": command, "ok": True})
        equal(told(ann), [("Bob", "idle"), ("Bob", "active")])
        equal(ann.event("presence"), {"ev": "presence", "room": "lobby", "from": bob.me(),
                                      "state": "idle", "count": 2, "visitors": 0})


@test("a person is active while one of its connections is")
def active_tabs():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        with person(hub.address, "Bob") as one, \
                person(hub.address, token=one.hello["token"]) as two:
            ann.event("presence", state="active")
            one.ask("active", active=False)
            equal(told(ann), [])
            two.ask("active", active=False)
            equal(told(ann), [("Bob", "idle")])
            ann.events.clear()
            one.ask("active", active=True)
            equal(told(ann), [("Bob", "active")])


@test("the end of the only active connection makes a person idle")
def active_tab_goes():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        with person(hub.address, "Bob") as one:
            two = person(hub.address, token=one.hello["token"], active=False)
            one.close()
            equal(ann.event("presence", state="idle")["from"], two.me())
            two.close()


@test("an active connection of an idle person makes it active")
def active_tab_comes():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        with person(hub.address, "Bob", active=False) as one:
            ann.event("presence", state="idle")
            with person(hub.address, token=one.hello["token"], active=True):
                equal(ann.event("presence", state="active")["from"], one.me())


@test("hello said again with another activity changes it; commands pipelined around it count")
def active_again():
    with Hubbub(*AT_ONCE) as hub, person(hub.address, "Ann") as ann:
        for first, second in ((True, False), (False, True), (False, False), (True, True)):
            bob = person(hub.address)
            equal(ann.event("presence")["state"], "active")
            hello = bob.start("hello", active=first)
            command = bob.start("active", active=second)
            bob.ready_for(hello)
            equal(bob.reply(command)["ok"], True)
            people = {p["id"]: p["active"] for p in ann.here()["people"]}
            equal(people[bob.me()["id"]], second, f"{first} and then {second}")
            bob.ask("active", active=not second)
            people = {p["id"]: p["active"] for p in ann.here()["people"]}
            equal(people[bob.me()["id"]], not second)
            bob.close()
            ann.event("presence", state="offline")
            ann.events.clear()


@test("visitors come and go one by one, with visitor: true")
def visitors():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        guests = [visitor(hub.address) for _ in range(2)]
        came = [ann.event("presence") for _ in guests]
        for i, event in enumerate(came):
            equal((event["count"], event["visitors"], event["from"]["visitor"], event["state"]),
                  (1, i + 1, True, "active"))
            assert event["from"]["name"].startswith("Visitor "), event
        guests[0].close()
        went = ann.event("presence", state="offline")
        equal((went["from"], went["count"], went["visitors"]), (came[0]["from"], 1, 1))
        with person(hub.address) as late:
            here = late.here()
            equal((here["count"], here["visitors"], len(here["people"])), (2, 1, 2))
            equal((late.room()["count"], late.room()["visitors"]), (2, 1))
        guests[1].close()


@test("a web client that comes and goes is announced to visitors, at once")
def to_visitors():
    with Hubbub(*NEVER) as hub, visitor(hub.address) as guest:
        person(hub.address).close()
        equal([guest.body(), guest.body()], ["New User Joined...", "User Disconnected..."])


@test("a client that never said hello is nobody")
def nobody():
    with Hubbub(*AT_ONCE) as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        ann.event("presence")
        with Web(hub.address):
            ann.sync()
        ann.sync()
        equal(told(ann), [])
        guest.close()


@test("typing is seen by all in the room and kept by nobody")
def typing():
    with Hubbub() as hub, person(hub.address, "Ann") as ann, person(hub.address, "Bob") as bob:
        command = ann.start("typing", room="lobby")
        equal(ann.reply(command), {"re": command, "ok": True})
        equal(bob.event("typing"), {"ev": "typing", "room": "lobby", "from": ann.me()})
        equal(bob.history()["events"], [])


run()
