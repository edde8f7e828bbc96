#!/usr/bin/python3
"""Which pages may connect: the server's own, those that were allowed, and loopback's among
themselves."""

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wire import Wire
from lib.ws import handshake

LOOPBACK_FINE = ["http://localhost:3000", "http://localhost", "http://127.0.0.1:3000",
                 "http://127.9.9.9:1",
                 "http://[::1]:3000", "https://localhost:3000", "http://app.localhost:3000",
                 "HTTP://LocalHost:3000"]

FOREIGN = ["https://evil.example", "http://evil.example:8080", "null", "", "*", "http://",
           "localhost",
           "http://localhost.evil.com", "http://127.0.0.1.evil.com", "http://evil.com#localhost",
           "http://evil.com?localhost", "http://localhost@evil.com", "http://evil.com/localhost",
           "http://localhost:3000.evil.com", "http://localhost:3000@evil.com",
           "http://localhost#evil.com",
           "http://evillocalhost", "http://127.0.0.1:0", "http://127.0.0.1:99999", "http://0x7f.1",
           "http://2130706433", "http://127.1", "http://[::ffff:127.0.0.1]x", "http://[::2]:3000",
           "ftp://localhost", "file://", "http://localhost:3000/", "http://localhost :3000",
           "http://localhost:3000, http://localhost:3000", "http://192.0.2.1:8080",
           "http://localhost\\.evil.com"]


def ask(address, *origins, host=None, fields=()):
    """The status that a handshake with these Origin fields gets."""
    pairs = [("Origin", origin) for origin in origins] + list(fields)
    with Wire(address) as wire:
        return wire.send(handshake(host=host or f"127.0.0.1:{address[1]}",
                                   fields=pairs)).response().status


def hub():
    return shared()


@test("no Origin: not a browser")
def none():
    equal(ask(hub().address), 101)


@test("the server's own")
def same():
    equal(ask(hub().address, f"http://127.0.0.1:{hub().port}"), 101)
    equal(ask(hub().address, "http://chat.example", host="chat.example"), 101)
    equal(ask(hub().address, "http://chat.example:81", host="chat.example:81"), 101)


@test("another port, or scheme, of the server's own name is foreign")
def other_port():
    equal(ask(hub().address, "http://chat.example:81", host="chat.example"), 403)
    equal(ask(hub().address, "http://chat.example", host="chat.example:81"), 403)
    equal(ask(hub().address, "https://chat.example", host="chat.example"), 403)


@each("{0} may, while peer and Host are loopback", LOOPBACK_FINE)
def loopback(origin):
    equal(ask(hub().address, origin), 101)
    equal(ask(hub().address, origin, host="localhost:8080"), 101)
    equal(ask(hub().address, origin, host="[::1]:8080"), 101)


@test("but not when Host is something else")
def loopback_of_other_host():
    equal(ask(hub().address, "http://localhost:3000", host="chat.example"), 403)
    equal(ask(hub().address, "http://localhost:3000", host="localhost.evil.com"), 403)


@each("{0} may not", FOREIGN)
def foreign(origin):
    equal(ask(hub().address, origin), 403)


@test("two Origin fields may not, even when each of them may")
def two():
    equal(ask(hub().address, "http://localhost:3000", "http://localhost:3000"), 403)
    equal(ask(hub().address, "http://localhost:3000", "http://evil.com"), 403)


@test("--allow-origin: just that scheme, host and port")
def allowed():
    with Hubbub("--allow-origin", "https://chat.example.org", "--allow-origin",
                "http://two.example:8000") as own:
        for origin, status in [("https://chat.example.org", 101), ("https://CHAT.example.org", 101),
                               ("https://chat.example.org:443", 101),
                               ("http://two.example:8000", 101),
                               ("http://chat.example.org", 403),
                               ("https://chat.example.org:444", 403),
                               ("https://a.chat.example.org", 403),
                               ("https://chat.example.org.evil.com", 403),
                               ("http://two.example", 403), ("http://localhost:3000", 101)]:
            equal(ask(own.address, origin), status, origin)


@test("--public-url: its origin, with or without a slash")
def public_url():
    for url in ("https://chat.example.org", "https://chat.example.org/"):
        with Hubbub("--public-url", url, "--guests", "on") as own:
            equal(ask(own.address, "https://chat.example.org", host="internal:8080"), 101)
            equal(ask(own.address, "http://chat.example.org", host="internal:8080"), 403)
            assert f"  open     {url}" in own.said, own.said


@test("the refusals are counted")
def counted():
    assert hub().metric('hubbub_refused_total{reason="origin"}') >= len(FOREIGN)


test("it stops cleanly")(stop_shared)
run()
