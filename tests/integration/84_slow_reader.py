"""A slow reader loses nothing and costs nothing: it reads 1 KB a second while many messages pass,
then at full speed, and gets every one of them in order.

By hand: 84_slow_reader.py --messages 100000."""

import argparse
import json
import os
import socket
import time

from lib.crowd_link import KEY, SUBPROTOCOL, frame
from lib.crowd_program import Program
from lib.hubbub import IS_ASAN, IS_TSAN
from lib.tap import run, test

PARSER = argparse.ArgumentParser(description=__doc__)
PARSER.add_argument("--messages", type=int, default=20000)
OPTIONS = PARSER.parse_args()

TEXT, PING, PONG = 1, 9, 10
IN_FLIGHT = 256
RATE = 1024    # bytes a second that the slow reader takes
# Growth that is not the slow reader's: rings, caches, the allocator's leftovers. What passes is
# many times more.
GROWTH_MAX = (32 if IS_ASAN or IS_TSAN else 8) << 20
# Otherwise it holds back 256 MB of freed memory, to recognize later uses of it.
QUARANTINE = "quarantine_size_mb=4:thread_local_quarantine_size_kb=64"


class Reader:
    """Reads as many bytes as it is told to, and makes frames of them."""

    def __init__(self, port, rcvbuf=None):
        self.socket = socket.socket()
        if rcvbuf:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall((f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\n"
                             f"Sec-WebSocket-Version: 13\r\n{SUBPROTOCOL}\r\n").encode())
        self.seen = bytearray()
        while b"\r\n\r\n" not in self.seen:
            self.read(4096)
        assert b" 101 " in self.seen[:20], self.seen
        del self.seen[:self.seen.index(b"\r\n\r\n") + 4]

    def read(self, most):
        data = self.socket.recv(most)
        assert data, "the connection was ended"
        self.seen += data
        return len(data)

    def send(self, message):
        self.socket.sendall(frame(TEXT, json.dumps(message).encode()))

    def messages(self):
        """What is complete, as objects."""
        at, seen = 0, self.seen
        while len(seen) - at >= 2:
            length, head = seen[at + 1], 2
            if length == 126:
                length, head = int.from_bytes(seen[at + 2:at + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(seen[at + 2:at + 10], "big"), 10
            if len(seen) - at < head + length:
                break
            payload, opcode = bytes(seen[at + head:at + head + length]), seen[at] & 15
            at += head + length
            assert opcode in (TEXT, PING), f"a frame {opcode}: {payload!r}"
            if opcode == PING:
                self.socket.sendall(frame(PONG, payload))
            else:
                yield json.loads(payload)
        del seen[:at]

    def hello(self, **fields):
        self.send({"op": "hello", "id": "hello", **fields})
        ready = False
        while not ready:
            self.read(65536)
            for message in self.messages():
                ready |= message.get("ev") == "ready"
                assert message.get("ok", True), message


class SlowReader(Reader):
    """Takes 1 KB a second, by the clock, whenever it is called."""

    def __init__(self, port):
        super().__init__(port, rcvbuf=4096)
        self.hello()
        self.seq, self.events, self.began, self.taken = 0, 0, time.monotonic(), 0

    def take(self, most):
        self.taken += self.read(most)
        for message in self.messages():
            assert message.get("ev") != "reset", message
            if "mid" in message and "ev" in message:
                assert message["seq"] == self.seq + 1, f"after {self.seq} came {message}"
                assert message["text"] == text_of(message["seq"]), message
                self.seq += 1
                self.events += 1

    def turn(self):
        due = int((time.monotonic() - self.began) * RATE) - self.taken
        if due > 0:
            self.take(due)


def text_of(seq):
    return f"{seq} " + "x" * 200


def pass_by(program, slow):
    """Somebody posts all messages; returns the most that the program's memory grew meanwhile."""
    poster = Reader(program.port)
    poster.hello()
    sent = answered = 0
    base = most = None
    while answered < OPTIONS.messages:
        while sent < OPTIONS.messages and sent - answered < IN_FLIGHT:
            sent += 1
            poster.send({"op": "post", "id": str(sent), "room": "lobby", "cid": f"{sent:032x}",
                         "text": text_of(sent)})
        poster.read(1 << 18)
        for message in poster.messages():
            if "re" in message:
                assert message.get("ok"), message
                assert message["seq"] == int(message["re"]), message
                answered += 1
        slow.turn()
        # By then every ring and cache has the size that it will have.
        if answered > OPTIONS.messages // 5:
            resident = program.resident_bytes()
            base, most = base or resident, max(most or 0, resident)
    poster.socket.close()
    return most - base


@test(f"{OPTIONS.messages} messages pass a reader of 1 KB a second")
def _():
    with Program("--dead-ms", "600000") as program:
        options = [os.environ.get("ASAN_OPTIONS"), QUARANTINE]
        program.life({"ASAN_OPTIONS": ":".join(option for option in options if option)})
        assert program.wait_listening()
        slow = SlowReader(program.port)
        begin = time.monotonic()
        grown = pass_by(program, slow)
        seconds = time.monotonic() - begin
        behind = slow.seq
        print(f"# {OPTIONS.messages} messages in {seconds:.0f} s; the slow reader has {behind} of "
              f"them; memory grew by {grown / 1e6:.1f} MB", flush=True)
        assert behind < OPTIONS.messages / 2, "it was not slow"
        assert grown < GROWTH_MAX, f"memory grew by {grown} bytes"
        begin = time.monotonic()
        while slow.seq < OPTIONS.messages:
            slow.take(1 << 18)
        print(f"# it caught up in {time.monotonic() - begin:.0f} s", flush=True)
        slow.socket.close()
        program.stop()


run()
