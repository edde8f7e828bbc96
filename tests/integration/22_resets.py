#!/usr/bin/python3
"""What ended the tutorial's pool: one write that failed. A connection that breaks ends only
itself."""

import threading

from lib.hubbub import Hubbub
from lib.tap import equal, run, same_list, test
from lib.wire import Wire
from lib.ws import close_frame, frame, handshake, visitor


@test("clients that reset in the middle of a broadcast")
def resets():
    with Hubbub() as hub:
        loud, steady = visitor(hub.address), visitor(hub.address)
        breaking = [visitor(hub.address) for _ in range(40)]
        heard = []

        def listen():
            while len(heard) < 400:
                heard.append(steady.said())
        listener = threading.Thread(target=listen)
        listener.start()
        for i in range(400):
            loud.text(f"{i} " + "x" * 2000)
            loud.said()
            if i % 10 == 0:
                breaking[i // 10].reset()
        listener.join()
        same_list([h[18:h.index(b" ")] for h in heard], [str(i).encode() for i in range(400)])
        hub.wait_metric("hubbub_clients", lambda n: n == 2)
        loud.leave()
        steady.close()


@test("clients that reset while they say something")
def resets_while_talking():
    with Hubbub() as hub, visitor(hub.address) as steady:
        for i in range(60):
            client = visitor(hub.address)
            client.send(frame(1, f"{i}") + frame(1, "y" * 2000) + frame(1, "half")[:8])
            client.reset()
        hub.wait_metric("hubbub_clients", lambda n: n == 1)
        steady.text("end")
        while b'"end"' not in steady.said():
            pass


@test("connections that reset at every stage of their life")
def stages():
    with Hubbub() as hub, visitor(hub.address) as steady:
        whole = handshake()
        for cut in (0, 1, 20, len(whole) - 1, len(whole)):
            for _ in range(10):
                wire = Wire(hub.address)
                wire.send(whole[:cut])
                wire.reset()
        for _ in range(10):
            client = visitor(hub.address)
            client.send(close_frame())
            client.reset()
        hub.wait_metric("hubbub_clients", lambda n: n == 1)
        hub.wait_metric("hubbub_connections", lambda n: n == 2)
        steady.text("end")
        equal(b'"end"' in steady.said(), True)


run()
