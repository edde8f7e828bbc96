#!/usr/bin/python3
"""Guests: welcome while nobody from outside can reach the server, and elsewhere only where the
person who runs it says so."""

from lib.hubbub import Hubbub, has_ipv6
from lib.tap import Skip, each, equal, run, test
from lib.web import Web, person
from lib.wire import Wire, ask
from lib.ws import handshake, visitor

OPEN = [("127.0.0.1", ["--listen", "127.0.0.1:PORT"], ()),
        ("localhost", ["--listen", "localhost:PORT"], ()),
        ("127.0.0.2 besides", ["--listen", "127.0.0.1:PORT", "--listen", "127.0.0.2:PORT"], ()),
        ("a public URL of loopback", ["--listen", "127.0.0.1:PORT"],
         ("--public-url", "http://localhost:8080/")),
        ("0.0.0.0 with --guests on", ["--listen", "0.0.0.0:PORT"], ("--guests", "on")),
        ("a public URL with --guests on", ["--listen", "127.0.0.1:PORT"],
         ("--public-url", "https://chat.example.org", "--guests", "on"))]

CLOSED = [("--guests off", ["--listen", "127.0.0.1:PORT"], ("--guests", "off")),
          ("0.0.0.0", ["--listen", "0.0.0.0:PORT"], ()),
          ("every address", ["--listen", ":PORT"], ()),
          ("0.0.0.0 besides loopback", ["--listen", "127.0.0.1:PORT", "--listen", "0.0.0.0:0"], ()),
          ("a public URL", ["--listen", "127.0.0.1:PORT"],
           ("--public-url", "https://chat.example.org")),
          ("a public URL that only looks like loopback", ["--listen", "127.0.0.1:PORT"],
           ("--public-url", "https://localhost.example.org"))]


def status(hub, *fields):
    with Wire(hub.address) as wire:
        return wire.send(handshake(fields=fields)).response().status


def says_so(hub):
    return [line for line in hub.said if line.startswith("  guests ")]


@each("open: {0}", OPEN)
def is_open(_name, listen, flags):
    with Hubbub(*flags, listen=listen) as hub:
        with person(hub.address) as ann, visitor(hub.address) as guest:
            ann.post("hi")
            equal(guest.body(), "hi")
        equal(says_so(hub), [])


@each("closed: {0}", CLOSED)
def is_closed(_name, listen, flags):
    with Hubbub(*flags, listen=listen) as hub:
        equal(status(hub), 403)
        with Web(hub.address) as client:
            for fields in ({}, {"name": "Ann"}, {"token": "A" * 43}):
                error = client.error("hello", **fields)
                equal(error["code"], "guests_off")
            equal(client.error("post", room="lobby", cid="0" * 32, text="x")["code"], "hello_first")
        equal(len(says_so(hub)), 1)
        equal(ask(hub.address, path="/healthz").status, 200)


@test("closed: IPv6 beyond loopback; [::1] is loopback")
def six():
    if not has_ipv6():
        raise Skip("no IPv6 here")
    with Hubbub(listen=["--listen", "[::1]:PORT"]) as hub:
        hub.address = ("::1", hub.port)
        person(hub.address).close()
    with Hubbub(listen=["--listen", "[::]:PORT"]) as hub:
        equal(len(says_so(hub)), 1)


@test("the 403 for a visitor is a problem document that says why")
def problem():
    with Hubbub("--guests", "off") as hub, Wire(hub.address) as wire:
        response = wire.send(handshake()).response()
        equal((response.status, response.get("Content-Type")), (403, "application/problem+json"))
        assert b"guest" in response.body, response


@test("a guest of before is not let in either, once guests are off; its session is not lost")
def switched_off():
    with Hubbub() as hub:
        ann = person(hub.address, "Ann")
        hub.flags = ("--guests", "off")
        hub.restart()
        with Web(hub.address) as client:
            equal(client.error("hello", token=ann.hello["token"])["code"], "guests_off")
        hub.flags = ()
        hub.restart()
        with person(hub.address, token=ann.hello["token"]) as again:
            equal(again.me(), ann.me())


@test("the refusals are counted")
def counted():
    with Hubbub("--guests", "off") as hub:
        with Web(hub.address) as client:
            client.error("hello")
        status(hub)
        equal(hub.metric('hubbub_refused_total{reason="guests_off"}'), 1)
        equal(hub.metric('hubbub_refused_total{reason="command"}'), 1)


run()
