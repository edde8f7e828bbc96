"""A WebSocket connection of a crowd's client: callbacks instead of waiting, and quick."""

import asyncio
import json
import struct

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
SUBPROTOCOL = "Sec-WebSocket-Protocol: hubbub.v1\r\n"


def frame(opcode, payload):
    """A client's frame. The mask is zero, which RFC 6455 allows and Python need not compute."""
    length = len(payload)
    if length < 126:
        return struct.pack(">BB4x", 0x80 | opcode, 0x80 | length) + payload
    if length < 1 << 16:
        return struct.pack(">BBH4x", 0x80 | opcode, 0x80 | 126, length) + payload
    return struct.pack(">BBQ4x", 0x80 | opcode, 0x80 | 127, length) + payload


class Link(asyncio.Protocol):
    """owner gets on_open(link), on_text(link, bytes) for each message, and on_end(link, code) once:
    the code of the server's close frame, or None when the connection just ended."""

    def __init__(self, owner, subprotocol=SUBPROTOCOL):
        self.owner, self.subprotocol = owner, subprotocol
        self.transport, self.code = None, None
        self.seen = b""
        self.open = self.ended = False

    def connection_made(self, transport):
        self.transport = transport
        transport.write((f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                         f"Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\n"
                         f"Sec-WebSocket-Version: 13\r\n{self.subprotocol}\r\n").encode())

    def data_received(self, data):
        self.seen += data
        if not self.open and not self._head():
            return
        seen, at = self.seen, 0
        while True:
            end, opcode, payload = self._frame(seen, at)
            if end == 0:
                break
            at = end
            self._take(opcode, payload)
        self.seen = seen[at:]

    def _head(self):
        end = self.seen.find(b"\r\n\r\n")
        if end < 0:
            return False
        if b" 101 " not in self.seen[:20]:
            self.transport.abort()
            return False
        self.seen = self.seen[end + 4:]
        self.open = True
        self.owner.on_open(self)
        return True

    @staticmethod
    def _frame(seen, at):
        """(where the next one begins or 0, opcode, payload) of the frame that begins there."""
        head = 2
        if len(seen) - at < head:
            return 0, 0, b""
        length = seen[at + 1]
        if length == 126:
            head = 4
            if len(seen) - at < head:
                return 0, 0, b""
            length, = struct.unpack_from(">H", seen, at + 2)
        elif length == 127:
            head = 10
            if len(seen) - at < head:
                return 0, 0, b""
            length, = struct.unpack_from(">Q", seen, at + 2)
        end = at + head + length
        return (end, seen[at] & 15, seen[at + head:end]) if end <= len(seen) else (0, 0, b"")

    def _take(self, opcode, payload):
        if self.ended:
            return
        if opcode == TEXT:
            self.owner.on_text(self, payload)
        elif opcode == PING:
            self.transport.write(frame(PONG, payload))
        elif opcode == CLOSE:
            self.code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
            self.transport.write(frame(CLOSE, payload[:2]))
            self.transport.close()

    def send(self, message):
        if not self.ended:
            self.transport.write(frame(TEXT, json.dumps(message, ensure_ascii=False).encode()))

    def send_text(self, text):
        if not self.ended:
            self.transport.write(frame(TEXT, text.encode()))

    def leave(self, nicely):
        """Ends it from this side."""
        if self.ended:
            return
        if nicely:
            self.transport.write(frame(CLOSE, struct.pack(">H", 1000)))
            self.transport.close()
        else:
            self.transport.abort()
        self._end(None)

    def connection_lost(self, _error):
        self._end(self.code)

    def _end(self, code):
        if not self.ended:
            self.ended = True
            self.owner.on_end(self, code)


async def connect(owner, port, subprotocol=SUBPROTOCOL):
    """A link, or None when nobody listens."""
    loop = asyncio.get_running_loop()
    try:
        _, link = await loop.create_connection(lambda: Link(owner, subprotocol), "127.0.0.1", port)
        return link
    except OSError:
        return None
