#!/usr/bin/python3
"""Heartbeats, and connections that say nothing."""

import time

from lib.hubbub import Hubbub
from lib.tap import equal, run, test
from lib.web import Web, person
from lib.ws import PING, PONG, TEXT, frame, visitor

TIMEOUTS = 'hubbub_dropped_total{reason="timeout"}'


@test("a heartbeat every --ping-ms, as hello says, with the server's time")
def heartbeat():
    with Hubbub("--ping-ms", "100") as hub, person(hub.address) as ann:
        equal(ann.hello["heartbeat_ms"], 100)
        begin = time.monotonic()
        beats = [ann.event("heartbeat") for _ in range(5)]
        took = time.monotonic() - begin
        assert 0.35 < took < 20, took
        stamps = [b["ts"] for b in beats]
        equal(stamps, sorted(stamps))
        assert abs(stamps[-1] / 1000 - time.time()) < 20, stamps
        equal(sorted(beats[0]), ["ev", "ts"])


@test("a visitor gets no heartbeat but a ping, and none while it talks")
def pings():
    with Hubbub("--ping-ms", "500") as hub, visitor(hub.address) as client:
        got = client.recv_frame()
        equal(got.opcode, PING)
        client.send(frame(PONG, got.payload))
        for _ in range(10):
            silence, opcodes = talk(client, 1)
            if silence < 0.4:
                equal(set(opcodes), {TEXT})
                return
        raise AssertionError("the machine never let it talk without a pause")


def talk(client, seconds):
    """Says something ten times a second. Returns how long it was silent at most, and what kinds of frames came."""
    opcodes, silence = [], 0
    begin = last = time.monotonic()
    while last < begin + seconds:
        client.text("x")
        silence, last = max(silence, time.monotonic() - last), time.monotonic()
        opcodes.append(client.recv_frame().opcode)
        while opcodes[-1] != TEXT:
            opcodes.append(client.recv_frame().opcode)
        time.sleep(0.1)
    return silence, opcodes


@test("a silent peer is dropped after --dead-ms, and the others hear of it")
def silent():
    with Hubbub("--ping-ms", "300", "--dead-ms", "1500", "--away-ms", "0") as hub:
        begin = time.monotonic()
        mute, mute_web = visitor(hub.address), person(hub.address)
        with person(hub.address, "Ann") as ann:
            for _ in (mute, mute_web):
                ann.event("presence", state="offline")
            took = time.monotonic() - begin
            assert 1.2 < took < 20, took
            mute.read_all()
            mute_web.read_all()
        equal(hub.metric(TIMEOUTS), 2)
        mute.close()
        mute_web.close()


@test("one who answers pings stays, and so does one who sends them")
def answers():
    with Hubbub("--ping-ms", "300", "--dead-ms", "4000") as hub:
        with visitor(hub.address) as client, person(hub.address) as ann:
            end = time.monotonic() + 6
            while time.monotonic() < end:
                ann.event("heartbeat")
                client.send(frame(PING, "p"))
            client.text("still here")
            equal(client.said(), b'{"type":1,"body":"still here"}\n')
            equal(ann.message("still here")["seq"], 1)
        equal(hub.metric(TIMEOUTS), 0)


@test("one who never says hello is closed with 1008")
def no_hello():
    with Hubbub("--ping-ms", "200") as hub:
        begin = time.monotonic()
        client = Web(hub.address)
        equal(client.recv_close(), 1008)
        assert 0.15 < time.monotonic() - begin < 20
        equal(hub.metric(TIMEOUTS), 1)
        client.close()


@test("errors are no hello")
def errors_are_no_hello():
    with Hubbub("--ping-ms", "1000") as hub, Web(hub.address) as client:
        client.error("post")
        client.error("nonsense")
        equal(client.recv_close(), 1008)


@test("a peer that does not answer a close frame is dropped all the same")
def never_closes():
    with Hubbub("--ping-ms", "200") as hub, Web(hub.address) as client:
        equal(client.recv_close(), 1008)
        client.expect_end()
        hub.wait_metric("hubbub_connections", lambda n: n == 1)


run()
