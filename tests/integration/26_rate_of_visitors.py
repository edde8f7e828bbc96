#!/usr/bin/python3
"""Who says too much in the tutorial's dialect is read more slowly, never dropped, and loses
nothing."""

import time

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, same_list, test
from lib.ws import frame, visitor


def bodies(client, count):
    return [client.said() for _ in range(count)]


def wanted(count):
    return [b'{"type":1,"body":"%d"}\n' % i for i in range(count)]


@each("{0} at once", ["in one packet", "a packet each", "a byte at a time"])
def slower(how):
    with Hubbub("--rate-posts", "50", "--rate-burst", "10") as hub:
        with visitor(hub.address) as loud, visitor(hub.address) as other:
            begin = time.monotonic()
            data = b"".join(frame(1, str(i)) for i in range(60))
            size = {"in one packet": len(data), "a packet each": len(data) // 60}.get(how, 1)
            for at in range(0, len(data), size):
                loud.send(data[at:at + size])
            same_list(bodies(other, 60), wanted(60))
            took = time.monotonic() - begin
            assert took > 0.8, f"50 over the burst at 50 a second took {took} s"
            same_list(bodies(loud, 60), wanted(60))
            assert hub.metric("hubbub_rate_limited_total") > 0


@test("another one is not slowed down meanwhile")
def others():
    with Hubbub("--rate-posts", "2", "--rate-burst", "1") as hub:
        with visitor(hub.address) as loud, visitor(hub.address) as other:
            loud.send(b"".join(frame(1, f"loud {i}") for i in range(1000)))
            begin = time.monotonic()
            other.text("quick")
            while b"quick" not in other.said():
                pass
            assert time.monotonic() - begin < 20    # behind all of the loud ones it would be minutes


@test("one that is read slowly is not taken for dead")
def not_dead():
    flags = ["--rate-posts", "20", "--rate-burst", "1", "--ping-ms", "250", "--dead-ms", "1000"]
    with Hubbub(*flags) as hub, visitor(hub.address) as loud:
        loud.send(b"".join(frame(1, str(i)) for i in range(60)))
        same_list(bodies(loud, 60), wanted(60))
        equal(hub.metric('hubbub_dropped_total{reason="timeout"}'), 0)


@test("megabytes of it are not taken into memory")
def pushes_back():
    with Hubbub("--rate-posts", "1", "--rate-burst", "1") as hub, visitor(hub.address) as loud:
        before = hub.metric("hubbub_received_bytes_total")
        loud.socket.setblocking(False)
        sent, data = 0, frame(1, "x" * 1000) * 2000
        try:
            while sent < 64 << 20:
                sent += loud.socket.send(data)
        except BlockingIOError:
            pass
        equal(hub.healthy(), True)
        read = hub.metric("hubbub_received_bytes_total") - before
        assert read < 256 << 10, (read, sent)


run()
