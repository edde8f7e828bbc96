#!/usr/bin/python3
"""One client that floods does not keep another one waiting."""

import socket
import threading
import time

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, test
from lib.wire import Wire, request
from lib.ws import PING, TEXT, frame, visitor

ROUNDS, SECONDS = 100, 10

# The usual limit of messages. The rings hold all that the floods can say, since this script reads
# slowly.
FLAGS = ("--rate-posts", "10", "--rate-burst", "300", "--ring-bytes", "67108864", "--rings-bytes",
         "536870912")

FLOODS = [
    ("pings", frame(PING, "x" * 100) * 500, visitor),
    ("pongs", frame(10, "x") * 1000, visitor),
    ("tiny messages", frame(TEXT, "x") * 1000, visitor),
    ("long messages", frame(TEXT, "x" * 60000) * 4, visitor),
    ("empty fragments", frame(0, "", fin=False) * 2000, visitor),
    ("HTTP requests", request(path="/healthz") * 200, Wire),
]


class Flood(threading.Thread):
    """Sends as fast as it may and throws away what comes back."""

    def __init__(self, client, data):
        super().__init__(daemon=True)
        self.client, self.data, self.over, self.sent = client, data, False, 0

    def run(self):
        sock = self.client.socket
        sock.settimeout(0.01)
        at = 0
        while not self.over:
            try:
                count = sock.send(self.data[at:])
                at = (at + count) % len(self.data)
                self.sent += count
            except socket.timeout:
                pass
            except OSError:
                return
            try:
                sock.recv(1 << 20, socket.MSG_DONTWAIT)
            except OSError:
                pass

    def end(self):
        self.over = True
        self.join()
        self.client.close()


def talk(one, two):
    """How long it takes to say so many things, one after the other, and to hear them."""
    begin = time.monotonic()
    for i in range(ROUNDS):
        one.text(f"round {i}")
        want = f'"round {i}"'.encode()
        for client in (one, two):
            while want not in client.said():
                pass
    return time.monotonic() - begin


@each("{0}", FLOODS)
def flood(name, data, make):
    with Hubbub("--workers", "1", *FLAGS) as hub:    # all share one loop
        one, two, rude = visitor(hub.address), visitor(hub.address), make(hub.address)
        if name == "empty fragments":
            rude.send(frame(TEXT, "", fin=False))
        flooder = Flood(rude, data)
        flooder.start()
        took = talk(one, two)
        assert flooder.sent > 10000, "there was no flood"
        flooder.end()
        assert took < SECONDS, f"{took} s for {ROUNDS} rounds"
        equal(hub.healthy(), True)
        one.close()
        two.close()


@test("several floods at once, of all kinds")
def all_kinds():
    with Hubbub("--workers", "2", *FLAGS) as hub:
        one, two = visitor(hub.address), visitor(hub.address)
        floods = [Flood(make(hub.address), data) for _, data, make in FLOODS if make is visitor]
        for flooder in floods:
            flooder.start()
        took = talk(one, two)
        for flooder in floods:
            flooder.end()
        assert took < 2 * SECONDS, took
        one.close()
        two.close()


run()
