#!/usr/bin/python3
"""The WebSocket handshake: in whatever pieces it comes, and which ones are not one."""

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wire import Wire
from lib.ws import JOINED, frame, handshake

SAMPLES = [("short", {}), ("with a query", {"path": "/ws?room=1&x=%20"}),
           ("with an origin", {"fields": [("Origin", "http://localhost:3000")],
                               "host": "localhost"})]

GOOD = [
    ("Connection names more than upgrade", {"Connection": "keep-alive, Upgrade"}),
    ("names in other cases", {"Upgrade": "WebSocket", "Connection": "UPGRADE"}),
    ("an unknown subprotocol", {"fields": [("Sec-WebSocket-Protocol", "chat, superchat")]}),
    ("an unknown extension", {"fields": [("Sec-WebSocket-Extensions", "x-foo; a=1")]}),
    ("an absolute target", {"path": "http://127.0.0.1/ws"}),
    ("a percent-encoded path", {"path": "/%77s"}),
]

BAD = [
    (426, "no Upgrade", {"without": ["Upgrade"]}),
    (426, "another upgrade", {"Upgrade": "h2c"}),
    (400, "no Connection", {"without": ["Connection"]}),
    (400, "Connection without upgrade", {"Connection": "keep-alive"}),
    (426, "no version", {"without": ["Sec-WebSocket-Version"]}),
    (426, "version 8", {"Sec_WebSocket_Version": "8"}),
    (426, "two versions", {"fields": [("Sec-WebSocket-Version", "13")]}),
    (400, "no key", {"without": ["Sec-WebSocket-Key"]}),
    (400, "an empty key", {"Sec_WebSocket_Key": ""}),
    (400, "a short key", {"Sec_WebSocket_Key": "c2hvcnQ="}),
    (400, "a key that is no base64", {"Sec_WebSocket_Key": "!GhlIHNhbXBsZSBub25jZQ=="}),
    (400, "two keys", {"fields": [("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]}),
    (400, "a bad subprotocol", {"fields": [("Sec-WebSocket-Protocol", "a b")]}),
    (400, "a body", {"fields": [("Content-Length", "5")]}),
    (400, "a chunked body", {"fields": [("Transfer-Encoding", "chunked")]}),
    (404, "another path", {"path": "/ws/"}),
    (404, "a longer path", {"path": "/ws/x"}),
    (404, "a path in other case", {"path": "/WS"}),
]


def hub():
    return shared()


@each("every split of a handshake: {0}", SAMPLES)
def split(_name, how):
    data = handshake(**how) + frame(1, "x")
    for at in range(1, len(data)):
        with Wire(hub().address) as wire:
            wire.send(data[:at]).send(data[at:])
            equal(wire.response().status, 101, f"split at {at}")
            assert JOINED in wire.read_until(JOINED)
            wire.read_until(b'"x"}\n')


@test("a handshake byte by byte")
def bytewise():
    with Wire(hub().address) as wire:
        for byte in handshake():
            wire.send(bytes([byte]))
        equal(wire.response().status, 101)
        wire.read_until(JOINED)


@test("only what is needed is in the answer, and no subprotocol that was not offered")
def answer():
    with Wire(hub().address) as wire:
        wire.send(handshake())
        response = wire.response()
        equal(response.line, "HTTP/1.1 101 Switching Protocols")
        equal(response.get("Upgrade").lower(), "websocket")
        equal(response.get("Connection").lower(), "upgrade")
        equal(response.get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        equal(response.get("Sec-WebSocket-Protocol"), None)
        equal(response.get("Sec-WebSocket-Extensions"), None)


@each("{0}: welcome", GOOD)
def good(_name, how):
    with Wire(hub().address) as wire:
        response = wire.send(handshake(**how)).response()
        equal((response.status, response.get("Sec-WebSocket-Protocol"),
               response.get("Sec-WebSocket-Extensions")), (101, None, None))
        wire.read_until(JOINED)


@each("{1}: {0}", BAD)
def bad(status, _name, how):
    with Wire(hub().address) as wire:
        response = wire.send(handshake(**how)).response()
        equal(response.status, status)
        if status == 426:
            equal(response.get("Sec-WebSocket-Version"), "13")
            equal(response.get("Upgrade").lower(), "websocket")


@test("the first subprotocol that is ours is chosen among several")
def subprotocols():
    with Wire(hub().address) as wire:
        fields = [("Sec-WebSocket-Protocol", "chat, hubbub.v9"),
                  ("Sec-WebSocket-Protocol", "hubbub.v1")]
        equal(wire.send(handshake(fields=fields)).response().get("Sec-WebSocket-Protocol"),
              "hubbub.v1")


test("it stops cleanly")(stop_shared)
run()
