#!/usr/bin/python3
"""Requests that do not arrive in time, connections that stay idle: both end, on time and not
before."""

import time

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import equal, run, test
from lib.wire import Wire, request
from lib.ws import handshake, visitor

HEAD_MS, BODY_MS, IDLE_MS = 800, 1200, 1000


def hub():
    return shared("--head-ms", str(HEAD_MS), "--body-ms", str(BODY_MS), "--idle-ms", str(IDLE_MS))


def within(begin, ms):
    """It ended, not much before the limit, and not long after it. begin lies before the limit begins to run, so that
    only the second can be a matter of how busy the machine is."""
    took = time.monotonic() - begin
    assert 0.8 * ms / 1000 < took < ms / 1000 + 15, f"took {took} s, the limit is {ms} ms"


def expect_408(wire):
    response = wire.response()
    equal((response.status, response.get("Connection")), (408, "close"))
    wire.expect_end()


@test("half a handshake gets 408")
def half_handshake():
    address, begin = hub().address, time.monotonic()
    with Wire(address) as wire:
        wire.send(handshake()[:50])
        expect_408(wire)
        within(begin, HEAD_MS)


@test("bytes that trickle win no time")
def trickle():
    address, begin = hub().address, time.monotonic()
    with Wire(address) as wire:
        wire.deadline_s = 0.03
        wire.send(request(path="/healthz")[:-2])
        while True:
            try:
                wire.send(b"X: y\r\n")
                wire._more(time.monotonic() + 0.03)    # pylint: disable=protected-access
                break
            except AssertionError:
                assert time.monotonic() - begin < 20, "it may go on for ever"
            except OSError:
                break
        within(begin, HEAD_MS)
        wire.deadline_s = 10
        equal(wire.response().status, 408)


@test("a connection that says nothing is ended without a word")
def nothing():
    address, begin = hub().address, time.monotonic()
    with Wire(address) as wire:
        wire.expect_end()
        within(begin, HEAD_MS)


@test("an idle connection is ended without a word")
def idle():
    with Wire(hub().address) as wire:
        begin = time.monotonic()
        equal(wire.send(request(path="/healthz")).response().status, 200)
        wire.expect_end()
        within(begin, IDLE_MS)


@test("half a request on a kept connection gets 408")
def half_second():
    with Wire(hub().address) as wire:
        equal(wire.send(request(path="/healthz")).response().status, 200)
        begin = time.monotonic()
        wire.send(b"GET ")
        expect_408(wire)
        within(begin, HEAD_MS)


@test("half a body gets 408")
def half_body():
    address, begin = hub().address, time.monotonic()
    with Wire(address) as wire:
        wire.send(request(path="/healthz", fields=[("Content-Length", "10")]) + b"half")
        expect_408(wire)
        within(begin, BODY_MS)


@test("an answer that is not taken does not keep its connection for ever, nor its memory")
def not_taken():
    with Wire(hub().address, rcvbuf=4096) as wire:
        begin = hub().resident_bytes()
        wire.socket.setblocking(False)
        try:
            while True:
                wire.socket.send(request(path="/nope") * 100)
        except BlockingIOError:
            pass
        assert hub().healthy()
        assert hub().resident_bytes() - begin < 32 << 20


@test("a WebSocket is not idle: none of these limits is its")
def websocket():
    with visitor(hub().address) as client:
        time.sleep((HEAD_MS + BODY_MS + IDLE_MS) / 1000)
        client.text("still here")
        equal(client.said(), b'{"type":1,"body":"still here"}\n')


@test("they are counted")
def counted():
    assert hub().metric('hubbub_dropped_total{reason="timeout"}') >= 4


@test("a hundred who dawdle keep nobody else waiting, and all end")
def slowloris():
    with Hubbub("--head-ms", "1500") as own:
        slow = [Wire(own.address) for _ in range(100)]
        for wire in slow:
            wire.send(handshake()[:40])
        with visitor(own.address) as client:
            begin = time.monotonic()
            for i in range(100):
                client.text(str(i))
                client.said()
            assert time.monotonic() - begin < 20
            assert own.healthy()
            for wire in slow:
                equal(wire.response().status, 408)
                wire.close()
        own.wait_metric("hubbub_connections", lambda n: n == 1)


test("it stops cleanly")(stop_shared)
run()
