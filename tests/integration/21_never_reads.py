#!/usr/bin/python3
"""What stalled the tutorial: a client that never reads. The others get everything, and the memory that it costs is
bounded. One that has no cursor is closed in the end; one that has is fed when it reads again."""

from lib.hubbub import IS_ASAN, IS_TSAN, Hubbub
from lib.tap import equal, run, same_list, test
from lib.web import person
from lib.ws import visitor

SIZE, COUNT = 50000, 400    # 20 MB through a ring of 64 KB
LAPPED = 'hubbub_dropped_total{reason="lapped"}'
# SQLite has its caches; what a sanitizer keeps is its own affair.
GROWTH_BYTES_MAX = (256 if IS_TSAN else 128 if IS_ASAN else 12) << 20


def talk(sender, receivers, count):
    for i in range(count):
        sender.text(f"{i} ".ljust(SIZE, "x"))
        for client in receivers:
            start = f'{{"type":1,"body":"{i} x'.encode()
            assert client.said().startswith(start), f"message {i}"


def grown(hub, clients):
    """What it costs the program to say much to these clients, and to one that takes nothing."""
    talk(clients[0], clients, 20)
    before = hub.resident_bytes()
    talk(clients[0], clients, COUNT)
    return hub.resident_bytes() - before


@test("a visitor that never reads is closed in the end")
def stuck_visitor():
    with Hubbub("--ring-bytes", "65536") as hub:
        deaf = visitor(hub.address, rcvbuf=4096)
        loud, other = visitor(hub.address), visitor(hub.address)
        cost = grown(hub, [loud, other])
        assert cost < GROWTH_BYTES_MAX, f"{cost} bytes more in use"
        equal(hub.metric(LAPPED), 1)
        hub.wait_metric("hubbub_clients", lambda n: n == 2)
        hub.wait_metric("hubbub_members_lagging", lambda n: n == 0)
        talk(loud, [loud, other], 3)
        hub.wait_metric("hubbub_connections", lambda n: n == 3)    # one asks for this number
        for client in (deaf, loud, other):
            client.close()


@test("a web client that does not read costs as little, stays, and is fed all of it when it reads")
def stuck_person():
    with Hubbub("--ring-bytes", "65536") as hub:
        deaf = person(hub.address, rcvbuf=4096)
        loud, other = visitor(hub.address), visitor(hub.address)
        cost = grown(hub, [loud, other])
        assert cost < GROWTH_BYTES_MAX, f"{cost} bytes more in use"
        equal(hub.metric("hubbub_members_behind"), 1)
        talk(loud, [loud, other], 3)
        deaf.until(20 + COUNT + 3)
        same_list([e["text"].split(" ")[0] for e in deaf.events if e["ev"] == "message"],
                  [str(i) for count in (20, COUNT, 3) for i in range(count)])
        hub.wait_metric("hubbub_members_behind", lambda n: n == 0)
        talk(loud, [loud, other], 3)
        equal(deaf.until(20 + COUNT + 6).resets, [])
        equal(hub.metric('hubbub_dropped_total{reason="queue"}'), 0)
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
