#!/usr/bin/python3
"""Who is here: joined and left per person, active, visitors."""

from lib.hubbub import Hubbub
from lib.tap import equal, eventually, run, test
from lib.web import Web, person
from lib.ws import visitor


def me(client):
    return {"id": client.hello["you"]["id"], "name": client.hello["you"]["name"]}


@test("a person's first connection is joined, the last one's end is left")
def one_person():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        bob = person(hub.address, "Bob")
        equal(ann.event("joined"), {"ev": "joined", "room": "lobby", "from": me(bob),
                                    "active": True, "count": 2, "visitors": 0})
        bob.close()
        equal(ann.event("left"), {"ev": "left", "room": "lobby", "from": me(bob),
                                  "count": 1, "visitors": 0})


@test("two tabs of one token: one joined, and left only with the last")
def tabs():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        first = person(hub.address, "Bob")
        ann.event("joined")
        second = person(hub.address, token=first.hello["token"])
        equal(second.here["count"], 2)
        first.close()
        hub.wait_metric("hubbub_clients", lambda n: n == 2)
        equal((ann.had("joined"), ann.had("left")), ([], []))
        second.close()
        equal(ann.event("left")["from"], me(first))


@test("one's own joined does not come: here says it")
def own():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        equal((ann.had("joined"), ann.here["people"]), ([], [{**me(ann), "active": True}]))


@test("here is true at its place: nobody in it joins again, nobody is missing")
def consistent():
    with Hubbub() as hub:
        clients = [person(hub.address) for _ in range(20)]
        for i, client in enumerate(clients):
            known = {p["id"] for p in client.here["people"]}
            joined = [e["from"]["id"] for e in client.had("joined")]
            equal(len(known), i + 1)
            equal(set(joined) & known, set())
            equal(known | set(joined), {c.hello["you"]["id"] for c in clients})
        for client in clients:
            client.close()


@test("active: the others hear of a change, not of what was so already")
def active():
    with Hubbub() as hub, person(hub.address, "Ann") as ann, person(hub.address, "Bob") as bob:
        for value in (False, False, True, True):
            command = bob.start("active", active=value)
            equal(bob.reply(command), {"re": command, "ok": True})
        events = ann.had("active")
        equal([e["active"] for e in events], [False, True])
        equal(events[0], {"ev": "active", "room": "lobby", "from": me(bob), "active": False})


@test("a person is active while one of its connections is")
def active_tabs():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        with person(hub.address, "Bob") as one, \
                person(hub.address, token=one.hello["token"]) as two:
            one.ask("active", active=False)
            equal(ann.had("active"), [])
            two.ask("active", active=False)
            equal([e["active"] for e in ann.had("active")], [False])
            ann.events.clear()
            one.ask("active", active=True)
            equal([e["active"] for e in ann.had("active")], [True])


@test("the end of the only active connection makes a person idle")
def active_tab_goes():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        with person(hub.address, "Bob") as one:
            two = person(hub.address, token=one.hello["token"], active=False)
            one.close()
            event = eventually("active", lambda: ann.had("active"), 5)[0]
            equal((event["from"]["name"], event["active"]), ("Bob", False))
            two.close()


@test("an active connection of an idle person makes it active")
def active_tab_comes():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        with person(hub.address, "Bob", active=False) as one:
            equal(ann.event("joined")["active"], False)
            with person(hub.address, token=one.hello["token"], active=True):
                event = eventually("active", lambda: ann.had("active"), 5)[0]
                equal((event["from"]["name"], event["active"]), ("Bob", True))


@test("visitors are joined and left one by one, with visitor: true")
def visitors():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        guests = [visitor(hub.address) for _ in range(2)]
        joined = [ann.event("joined") for _ in guests]
        for i, event in enumerate(joined):
            equal((event["count"], event["visitors"], event["from"]["visitor"]), (1, i + 1, True))
            assert event["from"]["name"].startswith("Visitor "), event
        guests[0].close()
        left = ann.event("left")
        equal((left["from"], left["count"], left["visitors"]), (joined[0]["from"], 1, 1))
        with person(hub.address) as late:
            equal((late.here["count"], late.here["visitors"], len(late.here["people"])), (2, 1, 2))
        guests[1].close()


@test("a web client that joins and leaves is announced to visitors")
def to_visitors():
    with Hubbub() as hub, visitor(hub.address) as guest:
        person(hub.address).close()
        equal([guest.body(), guest.body()], ["New User Joined...", "User Disconnected..."])


@test("a client that never said hello is nobody")
def nobody():
    with Hubbub() as hub, person(hub.address) as ann, visitor(hub.address) as guest:
        ann.event("joined")
        with Web(hub.address):
            ann.sync()
        ann.sync()
        equal((ann.had("joined"), ann.had("left")), ([], []))
        guest.close()


run()
