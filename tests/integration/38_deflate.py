#!/usr/bin/python3
"""permessage-deflate: which offers are taken, and that all lanes carry the same."""

import json
import zlib

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import PROTOCOL, new_cid, person
from lib.wire import Wire
from lib.ws import JOINED, LEFT, TEXT, WebSocket, frame, handshake, visitor

TAKEN = ["permessage-deflate", "permessage-deflate; client_max_window_bits",
         "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
         "permessage-deflate; client_max_window_bits=9",
         "permessage-deflate; server_max_window_bits=15",
         "x-unknown, permessage-deflate", "permessage-deflate; bad, permessage-deflate"]

DECLINED = ["permessage-deflate; server_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=7",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=08",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; client_max_window_bits=0",
            "permessage-deflate; client_no_context_takeover=1", "permessage-deflate; unknown",
            "permessage-deflate; client_max_window_bits; client_max_window_bits",
            "x-webkit-deflate-frame",
            "constructor", "permessage-deflate-x"]

BIG = "words " * 3000


def hub():
    return shared()


def answer(offer):
    with Wire(hub().address) as wire:
        response = wire.send(handshake(fields=[("Sec-WebSocket-Extensions", offer)])).response()
        equal(response.status, 101)
        return response.get("Sec-WebSocket-Extensions")


@each("taken: {0}", TAKEN)
def taken(offer):
    names = [part.strip() for part in answer(offer).split(";")]
    equal(names[0], "permessage-deflate")
    assert "server_no_context_takeover" in names, names
    if "client_max_window_bits" not in offer:
        assert not any(n.startswith("client_max_window_bits") for n in names), names


@each("declined, and gone on without: {0}", DECLINED)
def declined(offer):
    equal(answer(offer), None)


class Packing(WebSocket):
    """A client that unpacks, without a context."""

    def __init__(self, address, *fields):
        super().__init__(address,
                         fields=[("Sec-WebSocket-Extensions", "permessage-deflate"), *fields])
        self.packed_count = 0

    def recv_unpacked(self):
        got = self.recv_frame()
        if not got.rsv:
            return got.payload
        equal((got.rsv, got.fin, got.opcode), (4, True, TEXT))
        self.packed_count += 1
        return zlib.decompressobj(-15).decompress(got.payload + b"\x00\x00\xff\xff")

    def said(self):
        while True:
            got = self.recv_unpacked()
            if got not in (JOINED, LEFT):
                return got


def pack(text):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


@test("packed and plain visitors get the same, whoever says it; big ones are packed")
def lanes():
    with Packing(hub().address) as packed, visitor(hub().address) as plain:
        for i, text in enumerate(["small", BIG, "", "é🙂<" * 2000]):
            if i % 2:
                plain.text(text)
            else:
                packed.send(frame(TEXT, pack(text), rsv=4))
            want = plain.said()
            equal(json.loads(want)["body"], text)
            assert packed.said() == want, text[:20]
        equal(packed.packed_count, 2)


@test("several messages in a row unpack without what went before")
def no_context():
    with Packing(hub().address) as packed, visitor(hub().address) as plain:
        for i in range(20):
            plain.text(f"{i} {BIG}")
        for i in range(20):
            equal(json.loads(packed.said())["body"], f"{i} {BIG}")


@test("a packed message in fragments; one that is not packed in between")
def fragments():
    with Packing(hub().address) as packed:
        data = pack("fragmented " * 50)
        packed.send(frame(TEXT, data[:5], rsv=4, fin=False) + frame(0, data[5:9], fin=False)
                    + frame(0, data[9:]) + frame(TEXT, "plain"))
        equal(json.loads(packed.said())["body"], "fragmented " * 50)
        equal(json.loads(packed.said())["body"], "plain")


@each("1002: {0}", [("RSV1 on a continuation",
                     frame(TEXT, pack("x"), rsv=4, fin=False) + frame(0, "y", rsv=4)),
                    ("RSV1 on a ping", frame(9, "p", rsv=4)),
                    ("RSV2 on a message", frame(TEXT, "x", rsv=2))])
def rsv(_name, data):
    with Packing(hub().address) as packed:
        packed.send(data).expect_close(1002)


@test("unpacked text that is not UTF-8 ends with 1007")
def utf8():
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    data = (packer.compress(b"a\xff") + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    with Packing(hub().address) as packed:
        packed.send(frame(TEXT, data, rsv=4)).expect_close(1007)


@test("the web protocol is packed, too")
def web():
    with Packing(hub().address, PROTOCOL) as packed, person(hub().address) as ann:
        packed.send(frame(TEXT, pack('{"op":"hello","id":"1"}'), rsv=4))
        while json.loads(packed.recv_unpacked()) != {"ev": "ready"}:
            pass
        ann.post(BIG)
        event = {}
        while event.get("ev") != "message":
            event = json.loads(packed.recv_unpacked())
        equal(event, ann.message(BIG))
        equal(packed.packed_count, 1)
        command = {"op": "post", "id": "2", "room": "lobby", "cid": new_cid(), "text": BIG + "!"}
        packed.send(frame(TEXT, pack(json.dumps(command)), rsv=4))
        ann.message(BIG + "!")


@test("what is replayed and read in pages is packed, too, and says the same")
def replay():
    with Hubbub() as own, person(own.address) as ann:
        for i in range(30):
            ann.do("post", text=f"{i} {BIG}" if i % 2 else f"{i}")
        live = ann.until(30).kept()
        with Packing(own.address, PROTOCOL) as packed:
            packed.send(frame(TEXT, pack('{"op":"hello","id":"1","cursors":{"lobby":{"seq":0}}}'),
                              rsv=4))
            got = [json.loads(packed.recv_unpacked()) for _ in range(32)]
            equal((got[0]["re"], got[-1]), ("1", {"ev": "ready"}))
            equal(got[1:-1], live)
            assert packed.packed_count >= 15, packed.packed_count
            packed.send(frame(TEXT, '{"op":"history","id":"2","room":"lobby","limit":2}'))
            equal(json.loads(packed.recv_unpacked())["events"], live[-2:])


test("it stops cleanly")(stop_shared)
run()
