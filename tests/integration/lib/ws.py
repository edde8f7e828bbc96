"""A WebSocket client that can also say what no client should."""

import base64
import hashlib
import json
import os
import struct

from lib.tap import equal
from lib.wire import Ended, Wire, request

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
JOINED = b'{"type":1,"body":"New User Joined..."}\n'
LEFT = b'{"type":1,"body":"User Disconnected..."}\n'


def xor(data, mask):
    if not data:
        return b""
    long_mask = (mask * (len(data) // 4 + 1))[:len(data)]
    number = int.from_bytes(data, "big") ^ int.from_bytes(long_mask, "big")
    return number.to_bytes(len(data), "big")


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, claim=None):
    """A client's frame. claim: the length that its header states instead of the true one."""
    if isinstance(payload, str):
        payload = payload.encode("utf-8")
    length = len(payload) if claim is None else claim
    flag = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if length < 126:
        head += bytes([flag | length])
    elif length < 1 << 16:
        head += bytes([flag | 126]) + struct.pack(">H", length)
    else:
        head += bytes([flag | 127]) + struct.pack(">Q", length)
    mask = os.urandom(4)
    return head + mask + xor(payload, mask) if masked else head + payload


def close_frame(code=1000, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


def handshake(path="/ws", host="127.0.0.1", fields=(), without=(), **changes):
    """A handshake's bytes. changes replace standard fields (underscores for hyphens)."""
    standard = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY,
                "Sec-WebSocket-Version": "13"}
    for name, value in changes.items():
        standard[name.replace("_", "-")] = value
    pairs = [(name, value) for name, value in standard.items() if name not in without]
    return request("GET", path, host, pairs + list(fields))


class Frame:
    def __init__(self, fin, rsv, opcode, payload):
        self.fin, self.rsv, self.opcode, self.payload = fin, rsv, opcode, payload

    @property
    def code(self):
        """Of a close frame; None when it has none."""
        return struct.unpack(">H", self.payload[:2])[0] if len(self.payload) >= 2 else None

    def __repr__(self):
        return f"<frame fin={self.fin} rsv={self.rsv} op={self.opcode} {self.payload[:200]!r}>"


class WebSocket(Wire):
    """Connects and shakes hands. Use frame() and send() for what is not valid."""

    def __init__(self, address, path="/ws", fields=(), rcvbuf=None, **changes):
        super().__init__(address, rcvbuf)
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        changes.setdefault("host", f"{host}:{address[1]}")
        self.answer_pings = True
        self.send(handshake(path, fields=fields, **changes))
        self.accepted = self.response()
        if self.accepted.status != 101:
            self.close()
            raise AssertionError(f"not a WebSocket: {self.accepted}")
        digest = hashlib.sha1((KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        equal(self.accepted.get("Sec-WebSocket-Accept"), base64.b64encode(digest).decode())

    def text(self, text, **how):
        return self.send(frame(TEXT, text, **how))

    def recv_frame(self):
        """The next frame, whatever it is."""
        first, second = self.read(2)
        length = second & 127
        assert not second & 128, "a server's frame must not be masked"
        if length == 126:
            length, = struct.unpack(">H", self.read(2))
            assert length >= 126, "the length is not minimal"
        elif length == 127:
            length, = struct.unpack(">Q", self.read(8))
            assert length >= 1 << 16, "the length is not minimal"
        return Frame(bool(first & 128), first >> 4 & 7, first & 15, self.read(length))

    def next_frame(self):
        """The next frame that is not a notice of somebody who comes or goes."""
        while True:
            got = self.recv_frame()
            if got.payload not in (JOINED, LEFT):
                return got

    def recv(self):
        """The next text frame's payload; pings are answered and pongs passed over on the way."""
        while True:
            got = self.recv_frame()
            if got.opcode == PING and self.answer_pings:
                self.send(frame(PONG, got.payload))
            elif got.opcode not in (PING, PONG):
                break
        if got.opcode == CLOSE:
            raise Ended(f"closed with {got.code} {got.payload[2:]!r}")
        equal((got.opcode, got.fin, got.rsv), (TEXT, True, 0), "kind of frame")
        return got.payload

    def said(self):
        """The next message that is not a notice: of these some are left out when many are due."""
        while True:
            got = self.recv()
            if got not in (JOINED, LEFT):
                return got

    def body(self):
        """The next message's body, in the tutorial's dialect."""
        return json.loads(self.recv())["body"]

    def recv_close(self):
        """The code of the close frame that comes, after whatever else."""
        while True:
            got = self.recv_frame()
            if got.opcode == CLOSE:
                return got.code

    def expect_close(self, code):
        """A close frame with that code comes, and after it nothing but the end."""
        equal(self.recv_close(), code, "close code")
        try:
            self.send(frame(CLOSE) if code is None else close_frame(code))
        except OSError:
            pass
        self.expect_end()
        self.close()

    def leave(self):
        """Closes as one should."""
        self.send(close_frame())
        equal(self.recv_close(), 1000, "echoed close code")
        self.expect_end()
        self.close()


def visitor(address, **how):
    """A client of the tutorial's dialect that has had its own notice."""
    client = WebSocket(address, **how)
    equal(client.recv(), JOINED, "first frame")
    return client
