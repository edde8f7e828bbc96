#!/usr/bin/python3
"""Several requests on one connection: one after the other, all in one packet, with bodies in
between."""

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wire import Wire, request
from lib.ws import handshake

CHUNKED = ("Transfer-Encoding", "chunked")


def hub():
    return shared()


def health(**how):
    return request(path="/healthz", **how)


@test("one after the other")
def in_turn():
    with Wire(hub().address) as wire:
        for status, path in ((200, "/healthz"), (404, "/nope"), (200, "/healthz")):
            equal(wire.send(request(path=path)).response().status, status)


@test("20 in one packet are answered in their order")
def pipeline():
    with Wire(hub().address) as wire:
        paths = ["/healthz" if i % 3 else f"/nope{i}" for i in range(20)]
        wire.send(b"".join(request(path=path) for path in paths))
        equal([wire.response().status for _ in paths], [200 if i % 3 else 404 for i in range(20)])
        equal(wire.send(health()).response().status, 200)


@test("20 that come byte by byte")
def trickle():
    with Wire(hub().address) as wire:
        data = health() * 3
        for at in range(len(data)):
            wire.send(data[at:at + 1])
        equal([wire.response().status for _ in range(3)], [200] * 3)


@test("500 in a row, whose answers are read only then")
def many():
    with Wire(hub().address) as wire:
        wire.send(health() * 500)
        equal({wire.response().status for _ in range(500)}, {200})


@test("HEAD in a pipeline has no body that would be taken for the next answer")
def head():
    with Wire(hub().address) as wire:
        wire.send(request("HEAD", "/healthz") + health())
        equal(wire.response(to_head=True).status, 200)
        equal(wire.response().body, b"ok\n")


@each("a body of {0}, then the next request", [
    ("Content-Length", health(body=b"hello")),
    ("Content-Length 0", health(fields=[("Content-Length", "0")])),
    ("64 KB", health(body=b"x" * 65536)),
    ("one chunk", health(fields=[CHUNKED]) + b"5\r\nhello\r\n0\r\n\r\n"),
    ("chunks, extensions and trailers",
     health(fields=[CHUNKED]) + b"5;a=b\r\nhello\r\n1\r\nx\r\n0\r\nX: y\r\n\r\n"),
    ("no chunk", health(fields=[CHUNKED]) + b"0\r\n\r\n"),
])
def body(_name, data):
    with Wire(hub().address) as wire:
        wire.send(data + request(path="/nope"))
        equal([wire.response().status, wire.response().status], [200, 404])
    with Wire(hub().address) as wire:
        for at in range(0, len(data), max(1, len(data) // 100)):
            wire.send(data[at:at + max(1, len(data) // 100)])
        equal(wire.response().status, 200)
        equal(wire.send(health()).response().status, 200)


@test("Expect: 100-continue is told to go on before the body, and only then answered")
def expect():
    with Wire(hub().address) as wire:
        wire.send(health(fields=[("Expect", "100-continue"), ("Content-Length", "5")]))
        equal(wire.read_until(b"\r\n\r\n"), b"HTTP/1.1 100 Continue\r\n\r\n")
        equal(wire.send(b"hello").response().status, 200)
        equal(wire.send(health()).response().status, 200)


@test("Expect without a body to come is just answered")
def expect_nothing():
    with Wire(hub().address) as wire:
        equal(wire.send(health(fields=[("Expect", "100-continue")])).response().status, 200)


@test("who will be refused is not told to go on")
def expect_refused():
    with Wire(hub().address) as wire:
        wire.send(request("POST", "/healthz",
                          fields=[("Expect", "100-continue"), ("Content-Length", "5")]))
        response = wire.response()
        equal((response.status, response.get("Connection")), (405, "close"))


@each("the connection ends when it should: {0}", [
    ("Connection: close", health(fields=[("Connection", "close")]), True),
    ("close among others", health(fields=[("Connection", "x, Close")]), True),
    ("HTTP/1.0", health(version="HTTP/1.0"), True),
    ("HTTP/1.0 with keep-alive", health(version="HTTP/1.0", fields=[("Connection", "keep-alive")]),
     False),
])
def ends(_name, data, is_end):
    with Wire(hub().address) as wire:
        wire.send(data)
        response = wire.response()
        equal((response.status, response.get("Connection") == "close"), (200, is_end))
        if is_end:
            wire.expect_end()
        else:
            equal(response.get("Connection"), "keep-alive")
            equal(wire.send(health()).response().status, 200)


@test("a WebSocket may follow other requests on its connection")
def upgrade_later():
    with Wire(hub().address) as wire:
        wire.send(health() + handshake())
        equal([wire.response().status, wire.response().status], [200, 101])


@test("a body that is over 1 MB is refused while it comes")
def chunked_too_long():
    with Wire(hub().address) as wire:
        wire.send(health(fields=[CHUNKED]))
        try:
            for _ in range(20):
                wire.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            pass
        response = wire.response()
        equal((response.status, response.get("Connection")), (413, "close"))


test("it stops cleanly")(stop_shared)
run()
