#!/usr/bin/python3
"""Clients that make the server keep things for them: pongs that nobody takes, messages that never
end."""

import time

from lib.hubbub import IS_ASAN, IS_TSAN, Hubbub
from lib.tap import equal, run, test
from lib.ws import PING, PONG, TEXT, frame, visitor

GROWTH_BYTES_MAX = (48 if IS_ASAN or IS_TSAN else 6) << 20


def push(client, data, bytes_max, seconds=1.0):
    """Sends without reading until the server takes no more for a while. Returns how much it
    took."""
    client.socket.setblocking(False)
    sent, last = 0, time.monotonic()
    while sent < bytes_max and time.monotonic() < last + seconds:
        try:
            sent += client.socket.send(data[sent % len(data):])
            last = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    return sent


@test("who does not take its pongs is not read any more, and costs little")
def pongs():
    with Hubbub() as hub, visitor(hub.address) as other:
        greedy = visitor(hub.address, rcvbuf=4096)
        before = hub.resident_bytes()
        push(greedy, frame(PING, "x" * 125) * 1000, 32 << 20)
        grown = hub.resident_bytes() - before
        assert grown < GROWTH_BYTES_MAX, grown
        other.text("still here")
        while b"still here" not in other.said():
            pass
        greedy.close()


@test("64 pings in one packet are answered in their order")
def queue():
    with Hubbub() as hub, visitor(hub.address) as client:
        client.send(b"".join(frame(PING, f"{i}") for i in range(64)))
        pongs_got = [client.recv_frame() for _ in range(64)]
        equal([p.opcode for p in pongs_got], [PONG] * 64)
        equal([p.payload for p in pongs_got], [str(i).encode() for i in range(64)])


@test("more pings than a second allows are answered, too, only later")
def controls():
    with Hubbub() as hub, visitor(hub.address) as client:
        begin = time.monotonic()
        client.send(b"".join(frame(PING, f"{i}") for i in range(200)))
        for i in range(200):
            equal(client.recv_frame().payload, str(i).encode())
        assert time.monotonic() - begin > 0.5, "nothing slowed it down"
        client.text("x")
        client.said()


@test("10,000 fragments of one byte are one message")
def fragments():
    with Hubbub() as hub, visitor(hub.address) as client:
        client.send(frame(TEXT, "a", fin=False) + frame(0, "b", fin=False) * 9998 + frame(0, "c"))
        equal(client.said(), b'{"type":1,"body":"a' + b"b" * 9998 + b'c"}\n')


@test("a million empty fragments cost no memory")
def empty_fragments():
    with Hubbub() as hub, visitor(hub.address) as client:
        before = hub.resident_bytes()
        client.send(frame(TEXT, "a", fin=False))
        piece = frame(0, "", fin=False) * 10000
        for _ in range(100):
            client.send(piece)
        client.send(frame(0, "b"))
        equal(client.said(), b'{"type":1,"body":"ab"}\n')
        assert hub.resident_bytes() - before < GROWTH_BYTES_MAX


@test("300 messages that never end cost no more than was sent, and it is given back")
def unfinished():
    with Hubbub() as hub:
        before = hub.resident_bytes()
        clients = [visitor(hub.address) for _ in range(300)]
        for client in clients:
            client.send(frame(TEXT, "x" * 60000, fin=False))
        hub.wait_metric("hubbub_received_bytes_total", lambda n: n > 300 * 60000)
        grown = hub.resident_bytes() - before
        assert grown < 300 * 60000 * 2 + GROWTH_BYTES_MAX, grown
        for client in clients:
            client.close()
        hub.wait_metric("hubbub_clients", lambda n: n == 0)


@test("a header that claims the limit reserves nothing")
def claims():
    with Hubbub("--message-bytes", "1048576") as hub:
        clients = [visitor(hub.address) for _ in range(100)]
        before = hub.resident_bytes()
        for client in clients:
            client.send(frame(TEXT, b"", claim=1 << 20) + b"x")
        hub.wait_metric("hubbub_received_bytes_total", lambda n: n > 100 * 150)
        assert hub.healthy()
        assert hub.resident_bytes() - before < GROWTH_BYTES_MAX
        for client in clients:
            client.close()


run()
