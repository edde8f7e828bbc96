#!/usr/bin/python3
"""SIGTERM and SIGINT: clients are told 1001, and the program ends with 0 within its limit,
whoever dawdles."""

import signal
import time

from lib.hubbub import IS_TSAN, Hubbub
from lib.tap import Skip, each, equal, run, test
from lib.web import person
from lib.wire import Wire, request
from lib.ws import handshake, visitor

SIGNALS = [("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT)]
LONG = ("--drain-ms", "60000")    # a limit that a test in which all are polite must not need


@each("{0} tells clients of both dialects 1001", SIGNALS)
def polite(_name, number):
    with Hubbub(*LONG) as hub:
        clients = [visitor(hub.address), person(hub.address), visitor(hub.address)]
        hub.ask_to_stop(number)
        for client in clients:
            client.expect_close(1001)
        hub.stop()


@each("{0} without any client", SIGNALS)
def alone(_name, number):
    with Hubbub(*LONG) as hub:
        hub.stop(number)


@test("clients that never answer are waited for no longer than --drain-ms")
def mute():
    with Hubbub("--drain-ms", "500") as hub:
        clients = [visitor(hub.address), person(hub.address)]
        begin = time.monotonic()
        hub.stop()
        took = time.monotonic() - begin
        assert 0.4 < took < 10, took
        for client in clients:
            equal(client.recv_close(), 1001)
            client.close()


@test("a client in the middle of its handshake does not keep it")
def mid_handshake():
    with Hubbub(*LONG) as hub:
        wires = [Wire(hub.address) for _ in range(4)]
        for wire in wires:
            wire.send(handshake()[:60])
        assert hub.healthy()
        hub.ask_to_stop()
        for wire in wires:
            wire.read_all()
            wire.close()
        hub.stop()


@test("connections that have said nothing, and idle ones, do not keep it")
def idle():
    with Hubbub(*LONG) as hub:
        silent, kept = Wire(hub.address), Wire(hub.address)
        kept.send(request(path="/healthz"))
        equal(kept.response().status, 200)
        hub.ask_to_stop()
        for wire in (silent, kept):
            wire.expect_end()
            wire.close()
        hub.stop()


@test("a client in the middle of a message does not keep it")
def mid_message():
    with Hubbub(*LONG) as hub, visitor(hub.address) as client:
        client.send(b"\x81\xfe\x01\x00\x00\x00\x00\x00half of it")
        hub.ask_to_stop()
        equal(client.recv_close(), 1001)
        client.close()
        hub.stop()


@test("a client that does not read does not keep it longer than --drain-ms")
def blocked():
    with Hubbub("--drain-ms", "500") as hub:
        deaf = visitor(hub.address, rcvbuf=4096)
        loud = visitor(hub.address)
        for _ in range(10):
            loud.text("x" * 20000)
            loud.recv()
        hub.stop()
        deaf.close()


@test("a second signal ends it at once")
def impatient():
    if IS_TSAN:
        raise Skip("ThreadSanitizer reports threads that were not waited for")
    with Hubbub(*LONG) as hub, visitor(hub.address) as client:
        hub.ask_to_stop()
        equal(client.recv_close(), 1001)
        hub.ask_to_stop()
        hub.stop(code=1)


@test("nobody can connect any more")
def refused():
    with Hubbub(*LONG) as hub, visitor(hub.address) as client:
        hub.ask_to_stop()
        equal(client.recv_close(), 1001)
        try:
            Wire(hub.address)
        except ConnectionRefusedError:
            client.close()
            return
        raise AssertionError("it still accepts")


run()
