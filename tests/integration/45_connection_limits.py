#!/usr/bin/python3
"""--connections: one more is told 503, those who are there go on, and there is room again when
one has gone."""

from lib.hubbub import Hubbub
from lib.tap import equal, eventually, run, test
from lib.wire import Ended, Wire
from lib.ws import JOINED, handshake, visitor

FULL = 'hubbub_dropped_total{reason="connection_limit"}'


def status(hub):
    """Of a handshake; 0 when the connection ended without an answer."""
    with Wire(hub.address) as wire:
        try:
            return wire.send(handshake()).response().status
        except (Ended, OSError):
            return 0


@test("one too many gets 503 before it has said anything")
def full():
    with Hubbub("--connections", "5", metrics=False) as hub:
        clients = [visitor(hub.address) for _ in range(5)]
        for _ in range(3):
            with Wire(hub.address) as wire:
                response = wire.response()
                equal((response.status, response.get("Connection")), (503, "close"))
                assert response.get("Retry-After"), response
                wire.expect_end()
        clients[0].text("we go on")
        for client in clients:
            equal(client.read_until(b'on"}\n')[-9:], b' go on"}\n')
        for client in clients:
            client.close()


@test("there is room again as soon as one has gone")
def recovers():
    with Hubbub("--connections", "5", metrics=False) as hub:
        clients = [visitor(hub.address) for _ in range(5)]
        for _ in range(3):
            assert status(hub) != 101
            clients.pop(0).close()
            clients.append(eventually("a place", lambda: take(hub)))
        for client in clients:
            client.close()


def take(hub):
    """A visitor, or None while there is no room."""
    wire = Wire(hub.address)
    try:
        wire.send(handshake())
        if wire.response().status == 101:
            equal(wire.read(len(JOINED) + 2)[2:], JOINED)
            return wire
    except (Ended, OSError):
        pass
    wire.close()
    return None


@test("the refused are counted, and so is each accepted one, once")
def counted():
    with Hubbub("--connections", "6") as hub:
        source = Wire(hub.metrics_address)
        accepted = "hubbub_connections_accepted_total"
        before = hub.metric(accepted, source)
        clients = [visitor(hub.address) for _ in range(5)]
        equal(hub.metric(accepted, source) - before, 5)
        for _ in range(3):
            assert status(hub) != 101
        hub.wait_metric(FULL, lambda n: n == 3, source)
        equal(hub.metric("hubbub_connections", source), 6)
        for client in clients:
            client.close()
        source.close()


@test("loopback is not held to --connections-per-address")
def loopback():
    with Hubbub("--connections-per-address", "2") as hub:
        clients = [visitor(hub.address) for _ in range(10)]
        for client in clients:
            client.close()


run()
