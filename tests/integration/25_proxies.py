#!/usr/bin/python3
"""Behind a proxy: what X-Forwarded-For and X-Forwarded-Proto say counts only when a trusted peer
says it."""

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, test
from lib.wire import Wire
from lib.ws import handshake

HTTPS = [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https")]
HTTP = [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "http")]
FROM_OUTSIDE = [("X-Forwarded-For", "203.0.113.7")]


def ask(hub, fields, origin=None, host="chat.example"):
    pairs = ([("Origin", origin)] if origin else []) + list(fields)
    with Wire(hub.address) as wire:
        return wire.send(handshake(host=host, fields=pairs)).response().status


@test("a trusted proxy may say that its client speaks https")
def https():
    with Hubbub("--trust-proxy", "127.0.0.0/8") as hub:
        equal(ask(hub, HTTPS, "https://chat.example"), 101)
        equal(ask(hub, HTTPS, "http://chat.example"), 403)
        equal(ask(hub, HTTPS, "https://evil.example"), 403)
        equal(ask(hub, HTTPS, "https://chat.example:444"), 403)


@test("nobody else may")
def untrusted():
    for flags in ([], ["--trust-proxy", "10.0.0.0/8"]):
        with Hubbub(*flags) as hub:
            equal(ask(hub, HTTPS, "https://chat.example"), 403)
            equal(ask(hub, HTTPS, "http://chat.example"), 101)


@test("a loopback page is no friend of ours when it comes through a proxy from outside")
def loopback_page():
    with Hubbub("--trust-proxy", "127.0.0.0/8") as hub:
        equal(ask(hub, FROM_OUTSIDE, "http://localhost:3000", host="localhost"), 403)
        equal(ask(hub, [], "http://localhost:3000", host="localhost"), 101)


class Crowd:
    """Connections that stay open, each said to come from some address."""

    def __init__(self, hub):
        self.hub, self.wires = hub, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for wire in self.wires:
            wire.close()

    def come(self, forwarded):
        fields = [("X-Forwarded-For", forwarded)] if forwarded else []
        wire = Wire(self.hub.address)
        self.wires.append(wire)
        return wire.send(handshake(fields=fields)).response().status


def limited(*flags):
    return Hubbub("--connections-per-address", "3", *flags)


@test("a forwarded address may have --connections-per-address; others are not touched")
def per_address():
    with limited("--trust-proxy", "127.0.0.0/8") as hub, Crowd(hub) as crowd:
        equal([crowd.come("203.0.113.7") for _ in range(5)], [101, 101, 101, 429, 429])
        equal([crowd.come("203.0.113.8") for _ in range(4)], [101, 101, 101, 429])
        equal(hub.metric('hubbub_dropped_total{reason="address_limit"}'), 3)


@test("who has gone counts no more")
def recovers():
    with limited("--trust-proxy", "127.0.0.0/8") as hub, Crowd(hub) as crowd:
        equal([crowd.come("203.0.113.7") for _ in range(4)], [101, 101, 101, 429])
        for wire in crowd.wires:
            wire.close()
        hub.wait_metric("hubbub_connections", lambda n: n == 1)
        equal([crowd.come("203.0.113.7") for _ in range(4)], [101, 101, 101, 429])


@test("an IPv6 customer has one /64")
def v6_network():
    with limited("--trust-proxy", "127.0.0.0/8") as hub, Crowd(hub) as crowd:
        equal([crowd.come(f"2001:db8:1:1::{i}") for i in range(4)], [101, 101, 101, 429])
        equal(crowd.come("2001:db8:1:2::1"), 101)


@each("the last address that is not a trusted proxy counts: {0}",
      ["1.2.3.4, 203.0.113.7", "203.0.113.7, 127.0.0.2", "1.1.1.1,203.0.113.7 , 127.0.0.9",
       "unknown, 203.0.113.7", "<script>, 203.0.113.7"])
def last_address(chain):
    with limited("--trust-proxy", "127.0.0.0/8") as hub, Crowd(hub) as crowd:
        equal([crowd.come("203.0.113.7") for _ in range(3)], [101, 101, 101])
        equal(crowd.come(chain), 429)


@test("loopback itself has no limit, and an unasked header changes nothing")
def loopback():
    with limited() as hub, Crowd(hub) as crowd:
        equal([crowd.come(None) for _ in range(8)], [101] * 8)
        equal([crowd.come("203.0.113.7") for _ in range(8)], [101] * 8)


@test("an unasked header is warned of, once")
def warned():
    with limited() as hub, Crowd(hub) as crowd:
        for _ in range(3):
            crowd.come("203.0.113.7")
        lines = [line for line in hub.stderr().split("\n") if "orwarded" in line]
        equal(len(lines), 1, hub.stderr())


run()
