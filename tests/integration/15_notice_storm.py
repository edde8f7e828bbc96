#!/usr/bin/python3
"""A storm of joins and leaves: at most 50 notices a second for the others, and each newcomer
still gets its own."""

import time

from lib.hubbub import Hubbub
from lib.tap import equal, run, test
from lib.web import person
from lib.ws import JOINED, LEFT, visitor

STORM = 500
PER_SECOND, AT_ONCE = 50, 50


def storm(address, count):
    """Comes and goes; every newcomer must get its own notice first (visitor() checks that)."""
    for _ in range(count):
        visitor(address).close()


def bound(seconds):
    """The most notices that may come meanwhile."""
    return AT_ONCE + PER_SECOND * (seconds + 1)


@test("an onlooker hears of few of them, and then of the next one again")
def bounded():
    with Hubbub() as hub, visitor(hub.address) as onlooker:
        begin = time.monotonic()
        storm(hub.address, STORM)
        hub.wait_metric("hubbub_clients", lambda n: n == 1)
        took = time.monotonic() - begin
        onlooker.text("over")
        notices = 0
        while True:
            got = onlooker.recv()
            if b"over" in got:
                break
            assert got in (JOINED, LEFT), got
            notices += 1
        assert AT_ONCE <= notices <= bound(took), (notices, took)
        due = 2 * STORM    # each comes and goes
        assert notices < due, "nothing was left out: the storm was too slow to show anything"


@test("what it costs is bounded, too: bytes sent do not grow with storm times onlookers")
def bytes_bounded():
    with Hubbub() as hub:
        onlookers = [visitor(hub.address) for _ in range(20)]
        sent = hub.metric("hubbub_sent_bytes_total")
        begin = time.monotonic()
        storm(hub.address, STORM)
        hub.wait_metric("hubbub_clients", lambda n: n == len(onlookers))
        took = time.monotonic() - begin
        cost = hub.metric("hubbub_sent_bytes_total") - sent
        own = STORM * 250
        others = bound(took) * len(onlookers) * (len(LEFT) + 10)
        assert cost < own + others, (cost, own, others)
        for client in onlookers:
            client.close()


@test("500 at once: each gets its own notice, whoever else comes")
def all_at_once():
    with Hubbub() as hub:
        clients = [visitor(hub.address) for _ in range(STORM)]
        equal(hub.metric("hubbub_clients"), STORM)
        clients[0].text("to all")
        for client in clients:
            client.read_until(b'"to all"}\n')
        for client in clients:
            client.close()
        hub.wait_metric("hubbub_clients", lambda n: n == 0)


@test("a web client gets few events, and a fresh here that tells the truth")
def web_onlooker():
    with Hubbub() as hub, person(hub.address, "Ann") as ann:
        begin = time.monotonic()
        kept = [visitor(hub.address) for _ in range(150)]
        storm(hub.address, 150)
        here = ann.event("here")
        while here["visitors"] != len(kept):
            here = ann.event("here")
        took = time.monotonic() - begin
        ann.sync()
        notices = [e for e in ann.events if e["ev"] == "presence"]
        assert len(notices) <= bound(took), (len(notices), took)
        for client in kept:
            client.close()


run()
