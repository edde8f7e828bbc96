#!/usr/bin/python3
"""What stalled the tutorial: a client that never reads. The others get everything, it is closed
in the end, and
the memory that it costs is bounded."""

from lib.hubbub import IS_ASAN, IS_TSAN, Hubbub
from lib.tap import each, equal, run, test
from lib.web import person
from lib.ws import visitor

SIZE, COUNT = 50000, 400    # 20 MB through a ring of 64 KB
LAPPED = 'hubbub_dropped_total{reason="lapped"}'
# The store keeps what was said; what a sanitizer keeps is its own affair.
GROWTH_BYTES_MAX = SIZE * COUNT + ((1024 if IS_TSAN else 64 if IS_ASAN else 8) << 20)


def talk(sender, receivers, count):
    for i in range(count):
        sender.text(f"{i} ".ljust(SIZE, "x"))
        for client in receivers:
            start = f'{{"type":1,"body":"{i} x'.encode()
            assert client.said().startswith(start), f"message {i}"


@each("{0}", [("a visitor", visitor), ("a web client", person)])
def stuck(_name, make):
    with Hubbub("--ring-bytes", "65536") as hub:
        deaf = make(hub.address, rcvbuf=4096)
        loud, other = visitor(hub.address), visitor(hub.address)
        talk(loud, [loud, other], 20)
        before = hub.resident_bytes()
        talk(loud, [loud, other], COUNT)
        grown = hub.resident_bytes() - before
        assert grown < GROWTH_BYTES_MAX, f"{grown} bytes more in use"
        equal(hub.metric(LAPPED), 1)
        hub.wait_metric("hubbub_clients", lambda n: n == 2)
        hub.wait_metric("hubbub_members_lagging", lambda n: n == 0)
        talk(loud, [loud, other], 3)
        hub.wait_metric("hubbub_connections", lambda n: n == 3)    # one asks for this number
        for client in (deaf, loud, other):
            client.close()


@test("one that wakes up finds 1013 behind what it missed, on a frame boundary")
def wakes_up():
    with Hubbub("--ring-bytes", "65536") as hub:
        slow = visitor(hub.address, rcvbuf=4096)
        loud = visitor(hub.address)
        talk(loud, [loud], 60)
        hub.wait_metric(LAPPED, lambda n: n == 1)
        equal(slow.recv_close(), 1013)
        slow.send(b"\x88\x82\x00\x00\x00\x00\x03\xf5").expect_end()
        slow.close()
        loud.close()


@test("one that is slow but reads within what the ring holds loses nothing")
def catches_up():
    with Hubbub("--ring-bytes", "16777216") as hub:
        slow, loud = visitor(hub.address, rcvbuf=4096), visitor(hub.address)
        talk(loud, [loud], 100)
        hub.wait_metric("hubbub_members_lagging", lambda n: n == 1)
        for i in range(100):
            assert slow.said().startswith(f'{{"type":1,"body":"{i} x'.encode()), i
        hub.wait_metric("hubbub_members_lagging", lambda n: n == 0)
        talk(loud, [slow, loud], 3)
        equal(hub.metric(LAPPED), 0)
        slow.close()
        loud.close()


@test("fifty of them at once, and one more who listens")
def many():
    with Hubbub("--ring-bytes", "65536", "--workers", "2") as hub:
        deaf = [visitor(hub.address, rcvbuf=4096) for _ in range(50)]
        loud = visitor(hub.address)
        talk(loud, [loud], 60)
        equal(hub.metric(LAPPED), len(deaf))
        for client in deaf:
            client.close()
        hub.wait_metric("hubbub_clients", lambda n: n == 1)
        loud.close()


run()
