#!/usr/bin/python3
"""Messages over the limit end with 1009, as soon as it is sure that they are over it."""

import zlib

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import PROTOCOL
from lib.ws import BINARY, PING, PONG, TEXT, WebSocket, frame, visitor

LIMIT = 1000
CLAIMS = [LIMIT + 1, 65535, 65536, 10 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 32) + 5,
          1 << 62, (1 << 63) - 1]
DEFLATE = ("Sec-WebSocket-Extensions", "permessage-deflate")


def hub():
    return shared("--message-bytes", str(LIMIT))


def header(opcode, claim, **how):
    """Only a frame's header and mask."""
    return frame(opcode, b"", claim=claim, **how)


@test("just the limit is fine")
def just_fits():
    with visitor(hub().address) as client:
        client.text("x" * LIMIT)
        equal(len(client.said()), LIMIT + len('{"type":1,"body":""}\n'))


@each("from the header alone, when it claims {0} bytes", CLAIMS)
def from_header(claim):
    with visitor(hub().address) as client:
        client.send(header(TEXT, claim)).expect_close(1009)


@test("so is a binary one, and one in the web protocol")
def other_kinds():
    with visitor(hub().address) as client:
        client.send(header(BINARY, LIMIT + 1)).expect_close(1009)
    with WebSocket(hub().address, fields=[PROTOCOL]) as client:
        client.send(header(TEXT, LIMIT + 1)).expect_close(1009)


@test("fragments count together")
def fragments():
    with visitor(hub().address) as client:
        client.send(frame(TEXT, "x" * 600, fin=False) + frame(0, "x" * 400, fin=False))
        client.send(frame(PING, "alive"))
        equal(client.next_frame().opcode, PONG)
        client.send(header(0, 1)).expect_close(1009)


@test("fragments that add up over 2^64 do not wrap around")
def wraps():
    with visitor(hub().address) as client:
        client.send(frame(TEXT, "x" * 600, fin=False))
        client.send(header(0, (1 << 63) - 1)).expect_close(1009)


def deflated(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
    return packed[:-4]


def packing_client():
    client = WebSocket(hub().address, fields=[DEFLATE])
    assert "permessage-deflate" in client.accepted.get("Sec-WebSocket-Extensions")
    client.recv()
    return client


@test("what unpacks to just the limit is fine")
def unpacks_to_limit():
    with packing_client() as client:
        client.send(frame(TEXT, deflated(b"x" * LIMIT), rsv=4))
        equal(client.next_frame().opcode, TEXT)


@test("what unpacks to one byte more ends with 1009")
def unpacks_to_more():
    with packing_client() as client:
        client.send(frame(TEXT, deflated(b"x" * (LIMIT + 1)), rsv=4)).expect_close(1009)


@test("a bomb ends with 1009 and costs no memory")
def bomb():
    bomb_bytes = deflated(b"\0" * (900 << 10))[:LIMIT]
    before = hub().resident_bytes()
    for _ in range(20):
        with packing_client() as client:
            client.send(frame(TEXT, bomb_bytes, rsv=4)).expect_close(1009)
    grown = hub().resident_bytes() - before
    assert grown < 16 << 20, grown


@test("what does not unpack ends with 1002 or 1007")
def garbage():
    with packing_client() as client:
        client.send(frame(TEXT, b"\xff\xff\xff\xff", rsv=4))
        assert client.recv_close() in (1002, 1007)


@test("the counter says so")
def counted():
    assert hub().metric('hubbub_refused_total{reason="too_big"}') >= len(CLAIMS)


test("it stops cleanly")(stop_shared)
run()
