#!/usr/bin/python3
"""What killed the tutorial: a plain request to /ws. It is refused, and nobody else notices."""

import json

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wire import Wire, ask, request
from lib.ws import visitor

REQUESTS = [
    ("GET", {}, 426),
    ("HEAD", {}, 405),
    ("POST", {}, 405),
    ("POST", {"body": b"hello"}, 405),
    ("PUT", {"body": b"x" * 70000}, 405),
    ("DELETE", {}, 405),
    ("OPTIONS", {}, 405),
    ("BREW", {}, 501),
    ("GET", {"version": "HTTP/1.0"}, 426),
]


def hub():
    return shared()


@each("{0} {1} is refused with {2}, and a client goes on",
      [(m, str(h)[:30], s, h) for m, h, s in REQUESTS])
def plain(method, _shown, status, how):
    with visitor(hub().address) as client:
        response = ask(hub().address, method, "/ws", **how)
        equal(response.status, status, response)
        if status == 405:
            equal(response.get("Allow"), "GET")
        if status == 426:
            equal((response.get("Upgrade"), response.get("Sec-WebSocket-Version")),
                  ("websocket", "13"))
        if method != "HEAD":
            equal(json.loads(response.body)["status"], status)
        client.text("still here")
        equal(client.said(), b'{"type":1,"body":"still here"}\n')


@test("after a refusal the connection ends: what follows is not taken for a request")
def ends():
    with Wire(hub().address) as wire:
        wire.send(request("POST", "/ws", body=b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"))
        equal(wire.response().status, 405)
        wire.expect_end()


@test("a hundred of them")
def hundred():
    with visitor(hub().address) as client:
        for _ in range(100):
            equal(ask(hub().address, path="/ws").status, 426)
        client.text("still here")
        equal(client.said(), b'{"type":1,"body":"still here"}\n')
    assert hub().metric('hubbub_refused_total{reason="handshake"}') >= 100


test("it stops cleanly")(stop_shared)
run()
