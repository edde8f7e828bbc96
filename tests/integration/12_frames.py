#!/usr/bin/python3
"""Fragments, pings and the end of a connection, as RFC 6455 wants them."""

import struct

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wire import Wire
from lib.ws import BINARY, CLOSE, PING, PONG, TEXT, close_frame, frame, handshake, visitor

WRONG = [
    ("a frame without mask", frame(TEXT, "a", masked=False)),
    ("RSV1 without an extension", frame(TEXT, "a", rsv=4)),
    ("RSV2", frame(TEXT, "a", rsv=2)),
    ("RSV3", frame(TEXT, "a", rsv=1)),
    ("opcode 3", frame(3, "a")),
    ("opcode 7", frame(7, "a")),
    ("opcode 11", frame(11)),
    ("opcode 15", frame(15)),
    ("a ping in fragments", frame(PING, "a", fin=False)),
    ("a ping of 126 bytes", frame(PING, "a" * 126)),
    ("a close frame of 126 bytes", frame(CLOSE, b"\x03\xe8" + b"a" * 124)),
    ("a continuation of nothing", frame(0, "a")),
    ("a message within a message", frame(TEXT, "a", fin=False) + frame(TEXT, "b")),
    ("a length of two bytes for one", b"\x81\xfe\x00\x05" + bytes(9)),
    ("a length of eight bytes for two", b"\x81\xff" + struct.pack(">Q", 200) + bytes(204)),
    ("a length with the highest bit", b"\x81\xff" + struct.pack(">Q", 1 << 63) + bytes(4)),
    ("a close frame of one byte", frame(CLOSE, b"\x03")),
]

CODES_ECHOED = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999]
CODES_REFUSED = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]


def hub():
    return shared()


@test("a message in three fragments is one message")
def fragments():
    with visitor(hub().address) as client:
        client.send(frame(TEXT, "a", fin=False) + frame(0, "b", fin=False) + frame(0, "c"))
        equal(client.said(), b'{"type":1,"body":"abc"}\n')


@test("so is a binary one, and empty fragments count as well")
def binary_fragments():
    with visitor(hub().address) as client:
        client.send(frame(BINARY, "", fin=False) + frame(0, "x", fin=False) + frame(0, ""))
        equal(client.said(), b'{"type":2,"body":"x"}\n')


@test("a ping between fragments is answered before the message")
def ping_between():
    with visitor(hub().address) as client:
        client.send(frame(TEXT, "hal", fin=False) + frame(PING, b"p\x00\xff") + frame(0, "lo"))
        pong = client.next_frame()
        equal((pong.opcode, pong.payload), (PONG, b"p\x00\xff"))
        equal(client.said(), b'{"type":1,"body":"hallo"}\n')


@test("a ping of 125 bytes and an empty one")
def pings():
    with visitor(hub().address) as client:
        client.send(frame(PING, b"x" * 125) + frame(PING))
        for payload in (b"x" * 125, b""):
            pong = client.next_frame()
            equal((pong.opcode, pong.payload), (PONG, payload))


@test("a pong that nobody asked for is passed over")
def stray_pong():
    with visitor(hub().address) as client:
        client.send(frame(PONG, "stray")).text("x")
        equal(client.said(), b'{"type":1,"body":"x"}\n')


@each("{0} ends with 1002", WRONG)
def wrong(_name, data):
    with visitor(hub().address) as client:
        client.send(data).expect_close(1002)


@each("close code {0} is echoed", CODES_ECHOED)
def echoed(code):
    with visitor(hub().address) as client:
        client.send(close_frame(code, b"bye")).expect_close(code)


@each("close code {0} is refused with 1002", CODES_REFUSED)
def code_refused(code):
    with visitor(hub().address) as client:
        client.send(close_frame(code)).expect_close(1002)


@test("a close frame without a code is answered with one without a code")
def no_code():
    with visitor(hub().address) as client:
        client.send(frame(CLOSE)).expect_close(None)


@test("a close reason that is not UTF-8 ends with 1007 or 1002")
def bad_reason():
    with visitor(hub().address) as client:
        client.send(close_frame(1000, b"\xff"))
        assert client.recv_close() in (1002, 1007)


@test("nothing behind a close frame counts")
def behind_close():
    with Hubbub() as fresh, visitor(fresh.address) as onlooker, visitor(fresh.address) as client:
        equal(onlooker.body(), "New User Joined...")
        client.send(close_frame() + frame(TEXT, "too late")).expect_close(1000)
        equal(onlooker.body(), "User Disconnected...")


@test("frames right behind the handshake, in the same packet, count")
def same_packet():
    with Hubbub() as fresh, visitor(fresh.address) as onlooker, Wire(fresh.address) as wire:
        wire.send(handshake() + frame(TEXT, "at once") + frame(PING, "p") + close_frame())
        equal(wire.response().status, 101)
        rest = wire.read_all()
        assert frame(PONG, "p", masked=False) in rest, rest
        assert rest.endswith(b"\x88\x02\x03\xe8"), rest
        equal([onlooker.body() for _ in range(3)],
              ["New User Joined...", "at once", "User Disconnected..."])


test("it stops cleanly")(stop_shared)
run()
