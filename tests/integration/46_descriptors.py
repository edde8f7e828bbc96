#!/usr/bin/python3
"""Descriptors run out: accepting pauses without a busy loop, clients go on, and it resumes by
itself."""

import resource
import time

from lib.hubbub import Hubbub
from lib.tap import equal, eventually, run, test
from lib.wire import Wire
from lib.ws import handshake, visitor

DESCRIPTORS = 64
PAUSES = "hubbub_accept_pauses_total"


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


def starved(*flags):
    return Hubbub("--connections", "100000", *flags, preexec=few_descriptors)


class Queue:
    """Connections that the kernel has taken and the program cannot."""

    def __init__(self, hub, count):
        self.wires = []
        for _ in range(count):
            wire = Wire(hub.address)
            wire.send(handshake())
            self.wires.append(wire)

    def answered(self):
        count = 0
        for wire in self.wires:
            wire.socket.settimeout(0.001)
            try:
                wire.seen += wire.socket.recv(65536)
            except OSError:
                pass
            count += wire.seen.startswith(b"HTTP/1.1 101")
        return count

    def close(self):
        for wire in self.wires:
            wire.close()


@test("clients that are there go on, and the program does not spin")
def goes_on():
    with starved() as hub:
        source = Wire(hub.metrics_address)    # later there is no room for it
        one, two = visitor(hub.address), visitor(hub.address)
        crowd = Queue(hub, DESCRIPTORS + 20)
        hub.wait_metric(PAUSES, lambda n: n > 0, source)
        begin, cpu, paused = time.monotonic(), hub.cpu_seconds(), hub.metric(PAUSES, source)
        while time.monotonic() < begin + 1.5:
            one.text("ping")
            while b'"ping"' not in two.said():
                pass
            one.said()
            time.sleep(0.05)
        used, pauses = hub.cpu_seconds() - cpu, hub.metric(PAUSES, source) - paused
        took = time.monotonic() - begin
        assert used < took / 3, f"{used} s of CPU in {took} s"
        assert pauses < 20 * took, f"{pauses} pauses in {took} s"
        answered = crowd.answered()
        assert 0 < answered < DESCRIPTORS, answered
        equal(hub.stderr().count("cannot accept"), 1, "warnings")
        for wire in (source, one, two):
            wire.close()
        crowd.close()


@test("it resumes as connections end, for all who waited")
def resumes():
    with starved() as hub:
        source = Wire(hub.metrics_address)
        first = Queue(hub, DESCRIPTORS)
        hub.wait_metric(PAUSES, lambda n: n > 0, source)
        first.close()
        later = Queue(hub, 30)
        eventually("everybody is served", lambda: later.answered() == 30)
        later.close()
        hub.wait_metric("hubbub_connections", lambda n: n == 1, source)
        visitor(hub.address).leave()
        source.close()


@test("it can be stopped while it is out of descriptors")
def stops():
    with starved() as hub:
        source = Wire(hub.metrics_address)
        crowd = Queue(hub, DESCRIPTORS)
        hub.wait_metric(PAUSES, lambda n: n > 0, source)
        hub.stop()
        crowd.close()
        source.close()


run()
