"""A WebSocket client that takes nothing for granted: it can send any bytes, cut anywhere, and holds everything the
server says against RFC 6455 and RFC 7692. It shares no code with the other clients, so that they cannot err together.
"""

import base64
import collections
import hashlib
import os
import re
import socket
import struct
import time
import zlib

from lib.tap import DEADLINE_S

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TAIL = b"\x00\x00\xff\xff"
STORED_X = b"\x00\x01\x00\xfe\xffX"    # a stored block that holds an X
CODES_OF_A_SERVER = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014}


class Violation(AssertionError):
    """The server broke a rule."""


def demand(good, rule):
    if not good:
        raise Violation(rule)


# --- frames of a client -----------------------------------------------------------------------------------------------

def mask_with(key, data):
    size = len(data)
    pattern = (key * (size // 4 + 1))[:size]
    both = int.from_bytes(data, "little") ^ int.from_bytes(pattern, "little")
    return both.to_bytes(size, "little")


def header(opcode, length, fin=True, rsv=0, masked=True):
    """Of a frame, up to the mask. length may be any number below 2^64."""
    first, flag = (fin << 7) | (rsv << 4) | opcode, masked << 7
    if length <= 125:
        return struct.pack(">BB", first, flag | length)
    if length <= 0xffff:
        return struct.pack(">BBH", first, flag | 126, length)
    return struct.pack(">BBQ", first, flag | 127, length)


def frame(opcode, payload=b"", fin=True, rsv=0):
    key = os.urandom(4)
    return header(opcode, len(payload), fin, rsv) + key + mask_with(key, payload)


def frames_of(opcode, payload, size, rsv=0):
    """A message as frames of at most size bytes each; 0: as one."""
    size = size or max(len(payload), 1)
    starts = range(0, max(len(payload), 1), size)
    return b"".join(frame(CONTINUATION if at else opcode, payload[at:at + size], at + size >= len(payload),
                          0 if at else rsv) for at in starts)


def close_payload(code=None, reason=b""):
    return b"" if code is None else struct.pack(">H", code) + reason


# --- what was agreed about permessage-deflate -------------------------------------------------------------------------

FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
BITS = ("server_max_window_bits", "client_max_window_bits")


class Agreed:
    def __init__(self, parameters):
        self.server_takeover = FLAGS[0] not in parameters
        self.client_takeover = FLAGS[1] not in parameters
        self.server_bits = int(parameters.get(BITS[0]) or 15)
        self.client_bits = int(parameters.get(BITS[1]) or 15)


def split_extension(text):
    """("name", {parameter: value or None}) of one extension."""
    name, *parts = [part.strip() for part in text.split(";")]
    parameters = {}
    for part in parts:
        key, equals, value = part.partition("=")
        demand(key not in parameters, f"{key} stands twice in {text!r}")
        parameters[key] = value.strip('"') if equals else None
    return name, parameters


def fits(parameters, offer):
    """Whether a response with these parameters answers this offer (RFC 7692 7.1)."""
    for flag in FLAGS[:1]:
        if flag in offer and flag not in parameters:
            return False
    if BITS[0] in offer and int(parameters.get(BITS[0]) or 99) > int(offer[BITS[0]]):
        return False
    if BITS[1] in parameters:
        return BITS[1] in offer and int(parameters[BITS[1]]) <= int(offer[BITS[1]] or 15)
    return True


def read_response(value, offers):
    """Checks the server's Sec-WebSocket-Extensions. offers: the client's own, good ones only."""
    if value is None:
        return None
    name, parameters = split_extension(value)
    demand(name == "permessage-deflate", f"an extension that nobody offered: {value!r}")
    for key, got in parameters.items():
        demand(key in FLAGS + BITS, f"a parameter that does not exist: {value!r}")
        wanted = got is None if key in FLAGS else bool(re.fullmatch("8|9|1[0-5]", got or ""))
        demand(wanted, f"the value of {key} is wrong: {value!r}")
    offered = [split_extension(offer) for offer in offers]
    demand(any(n == name and fits(parameters, p) for n, p in offered), f"{value!r} answers none of {offers}")
    return Agreed(parameters)


# --- judging what the server sends ------------------------------------------------------------------------------------

class Unpacker:
    """Inflates and holds the server to its window and to the takeover that was agreed."""

    def __init__(self, agreed):
        self.agreed = agreed
        self.stream = None

    def unpack(self, payload):
        demand(payload, "a compressed message must have at least one byte (RFC 7692 7.2.3.6)")
        if self.stream is None or not self.agreed.server_takeover:
            self.stream = zlib.decompressobj(-self.agreed.server_bits)
        try:
            return self._inflate(payload + TAIL)
        except zlib.error as error:
            raise Violation(f"this does not inflate: {error}") from None

    def _inflate(self, data):
        stream = self.stream
        if self.agreed.server_bits == 15:
            out = stream.decompress(data)
        else:
            out = self._inflate_slowly(data)
        demand(not stream.eof and not stream.unused_data, "a final block: our server never makes one")
        probe = stream.copy()
        demand(probe.decompress(STORED_X) == b"X", "the message ends within a block")
        return out

    def _inflate_slowly(self, data):
        """zlib forgives a reference beyond the window as far as its target is in the output at hand; so the output
        is taken in small steps."""
        parts, step = [], 64
        for at in range(0, len(data), step):
            rest = data[at:at + step]
            while True:
                part = self.stream.decompress(rest, step)
                parts.append(part)
                rest = self.stream.unconsumed_tail
                if not rest and len(part) < step:
                    break
        return b"".join(parts)


class Judge:
    """Takes the server's bytes behind its handshake and turns them into events:
    ("message", payload, binary), ("ping", payload), ("pong", payload), ("close", code or None, reason)."""

    def __init__(self, agreed=None):
        self.unpacker = Unpacker(agreed) if agreed else None
        self.bytes = bytearray()
        self.events = collections.deque()
        self.pings = collections.deque()    # of ours, not answered yet
        self.opcode = None                  # of the message in progress
        self.packed = False
        self.parts = []
        self.closed = False
        self.packed_count = self.plain_count = 0
        self.packed_bytes = 0

    def feed(self, data):
        self.bytes += data
        while self._take_frame():
            pass

    def end(self):
        demand(not self.bytes, f"the connection ended within a frame: {bytes(self.bytes[:40])!r}")

    def _take_frame(self):
        have = len(self.bytes)
        if have == 0:
            return False
        demand(not self.closed, f"bytes behind the close frame: {bytes(self.bytes[:40])!r}")
        first = self.bytes[0]
        opcode = first & 15
        self._check_first(opcode, bool(first & 0x80), first >> 4 & 7)
        if have < 2:
            return False
        demand(not self.bytes[1] & 0x80, "a server's frame is masked")
        length, at = self.bytes[1] & 127, 2
        demand(opcode < 8 or length <= 125, "a control frame of more than 125 bytes")
        if length > 125:
            size, least = (2, 126) if length == 126 else (8, 1 << 16)
            at += size
            if have < at:
                return False
            length = int.from_bytes(self.bytes[2:at], "big")
            demand(length >= least, "the length is not in its shortest form")
            demand(length < 1 << 63, "the length has the top bit")
        if have < at + length:
            return False
        payload = bytes(memoryview(self.bytes)[at:at + length])
        del self.bytes[:at + length]
        self._take(opcode, bool(first & 0x80), bool(first & 0x40), payload)
        return True

    def _check_first(self, opcode, fin, rsv):
        demand(opcode in (0, 1, 2, 8, 9, 10), f"reserved opcode {opcode}")
        demand(not rsv & 3, "RSV2 or RSV3 is set")
        if opcode >= 8:
            demand(fin, "a control frame in fragments")
            demand(not rsv, "RSV1 on a control frame")
            return
        demand(not rsv or self.unpacker, "RSV1 though nothing was agreed")
        if opcode == CONTINUATION:
            demand(not rsv, "RSV1 on a continuation")
            demand(self.opcode is not None, "a continuation of nothing")
        else:
            demand(self.opcode is None, "a new message within another")

    def _take(self, opcode, fin, packed, payload):
        if opcode == PONG:
            demand(payload in self.pings, f"a pong nobody waits for: {payload[:40]!r}")
            while self.pings.popleft() != payload:
                pass
            self.events.append(("pong", payload))
        elif opcode == PING:
            self.events.append(("ping", payload))
        elif opcode == CLOSE:
            self._take_close(payload)
        else:
            if opcode != CONTINUATION:
                self.opcode, self.packed, self.parts = opcode, packed, []
            self.parts.append(payload)
            if fin:
                self._take_message(b"".join(self.parts))

    def _take_message(self, payload):
        if self.packed:
            self.packed_count += 1
            self.packed_bytes += len(payload)
            payload = self.unpacker.unpack(payload)
        else:
            self.plain_count += 1
        binary = self.opcode == BINARY
        if not binary:
            try:
                payload.decode("utf-8")
            except UnicodeDecodeError as error:
                raise Violation(f"a text message that is not UTF-8: {error}") from None
        self.events.append(("message", payload, binary))
        self.opcode, self.parts = None, []

    def _take_close(self, payload):
        self.closed = True
        if not payload:
            self.events.append(("close", None, ""))
            return
        demand(len(payload) >= 2, "a close frame with one byte")
        code, = struct.unpack(">H", payload[:2])
        demand(code in CODES_OF_A_SERVER or code == 1010 or 3000 <= code <= 4999, f"close code {code}")
        try:
            reason = payload[2:].decode("utf-8")
        except UnicodeDecodeError:
            raise Violation(f"a reason that is not UTF-8: {payload[2:]!r}") from None
        self.events.append(("close", code, reason))


# --- the client -------------------------------------------------------------------------------------------------------

def read_head(text):
    """(status line, {lower-case name: [values]}) of a response's head."""
    lines = text.split("\r\n")
    fields = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        demand(colon and re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name), f"a bad header line: {line!r}")
        fields.setdefault(name.lower(), []).append(value.strip())
    return lines[0], fields


def check_handshake(text, key, good_offers):
    """Checks the head of the answer to an upgrade. Returns what was agreed about permessage-deflate, or None, and the
    value of the field."""
    line, fields = read_head(text)
    demand(re.match(r"HTTP/1\.1 101\b", line), f"no WebSocket: {text!r}")
    for name in ("upgrade", "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-protocol"):
        demand(len(fields.get(name, [])) <= 1, f"{name} stands twice")
    demand(fields.get("upgrade", [""])[0].lower() == "websocket", "no Upgrade: websocket")
    tokens = ",".join(fields.get("connection", [])).lower().replace(" ", "").split(",")
    demand("upgrade" in tokens, "no Connection: Upgrade")
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    demand(fields.get("sec-websocket-accept", [""])[0] == accept, "Sec-WebSocket-Accept is wrong")
    demand("sec-websocket-protocol" not in fields, "a subprotocol that nobody asked for")
    demand("content-length" not in fields and "transfer-encoding" not in fields, "101 has no body")
    value = fields.get("sec-websocket-extensions", [None])[0]
    return read_response(value, good_offers), value


class Client:
    """Connects and shakes hands.

    offer: the values of Sec-WebSocket-Extensions, one field for each; good: those offers in them that a server may
    take, if they are not all.
    """

    def __init__(self, address, offer=(), good=None, path="/echo", deadline_s=DEADLINE_S):
        self.deadline_s = deadline_s
        self.end_kind = None       # "fin" or "reset" once the server has ended it
        self.we_closed = False     # our close frame was sent
        self.packer = None
        self.socket = socket.create_connection(address, timeout=deadline_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        offer = [offer] if isinstance(offer, str) else list(offer)
        if good is None:
            good = [one.strip() for value in offer for one in value.split(",")]
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {address[0]}:{address[1]}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"Sec-WebSocket-Extensions: {value}" for value in offer]
        try:
            self.send("\r\n".join(lines + ["", ""]).encode())
            head, rest = self._head()
            self.agreed, self.extension = check_handshake(head, key, good)
            self.judge = Judge(self.agreed)
            self.judge.feed(rest)
        except BaseException:
            self.socket.close()
            raise

    def _head(self):
        data = b""
        while b"\r\n\r\n" not in data:
            self.socket.settimeout(self.deadline_s)
            more = self.socket.recv(4096)
            demand(more, f"the connection ended in the handshake: {data!r}")
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        return head.decode("latin-1"), rest

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # --- sending

    def send(self, data, chop=0):
        """chop: so many bytes in each write. What the server does not take any more is dropped: what it said shows
        in what it sent."""
        self.socket.settimeout(self.deadline_s)
        view = memoryview(data)
        size = chop or max(len(data), 1)
        try:
            for at in range(0, len(data), size):
                self.socket.sendall(view[at:at + size])
        except ConnectionError:
            pass
        return self

    def frame(self, opcode, payload=b"", fin=True, rsv=0, chop=0):
        if opcode == PING:
            self.judge.pings.append(payload)
        return self.send(frame(opcode, payload, fin, rsv), chop)

    def close(self, code=1000, reason=b"", chop=0):
        self.we_closed = True
        return self.frame(CLOSE, close_payload(code, reason), chop=chop)

    def message(self, payload, binary=False, fragment=0, chop=0):
        return self.send(frames_of(BINARY if binary else TEXT, payload, fragment), chop)

    def pack(self, payload):
        """As was agreed, with takeover if we may."""
        if self.packer is None or not self.agreed.client_takeover:
            self.packer = zlib.compressobj(6, zlib.DEFLATED, -self.agreed.client_bits)
        data = self.packer.compress(payload) + self.packer.flush(zlib.Z_SYNC_FLUSH)
        demand(data.endswith(TAIL), "zlib gave no sync marker")
        return data[:-4] or b"\x00"

    def packed(self, payload, binary=False, fragment=0):
        return self.send(frames_of(BINARY if binary else TEXT, self.pack(payload), fragment, rsv=4))

    # --- receiving

    def event(self):
        """The next one; ("end",) when the server has ended the connection."""
        end = time.monotonic() + self.deadline_s
        while not self.judge.events:
            if self.end_kind:
                return ("end",)
            left = end - time.monotonic()
            if left <= 0 or not self._receive(left):
                raise AssertionError(f"nothing came for {self.deadline_s} s")
        return self.judge.events.popleft()

    def quiet_for(self, seconds):
        """Whether nothing comes meanwhile."""
        return not self.judge.events and not self.end_kind and not self._receive(seconds)

    def _receive(self, seconds):
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(1 << 20)
        except socket.timeout:
            return False
        except ConnectionError:
            self.end_kind = "reset"
            return True
        if not data:
            self.end_kind = "fin"
            self.judge.end()
        self.judge.feed(data)
        return True

    def expect(self, *wanted):
        """The next events are these."""
        for want in wanted:
            got = self.event()
            if got != want:
                raise AssertionError(f"got {short(got)}, wanted {short(want)}")
        return self

    def expect_end(self, *codes):
        """A close frame with one of these codes, the end of the stream, and nothing besides."""
        got = self.event()
        if got[0] != "close" or got[1] not in codes:
            raise AssertionError(f"got {short(got)}, wanted a close frame with {codes}")
        if not self.we_closed:
            self.close(got[1])
        self.expect(("end",))
        demand(self.end_kind == "fin", "the connection was reset instead of ended")

    def leave(self):
        self.close(1000).expect_end(1000)


def short(event):
    return tuple(part[:60] if isinstance(part, (bytes, str)) else part for part in event)


# --- verdicts ---------------------------------------------------------------------------------------------------------

class Case:
    """What one case of the suite expects.

    ok: the events (messages and pongs) that are right; lax: a list of events that will just do; codes: the close
    codes that are right; by_us: whether we begin the closing; held: no close frame of ours besides what the steps
    send. Stricter than Autobahn, which in most cases is content with a dropped connection: there must always be a
    close frame and an orderly end of the stream, by the server.
    """

    def __init__(self, ok=(), lax=None, codes=(1000,), by_us=True, held=False):
        self.ok, self.lax, self.codes, self.by_us, self.held = list(ok), lax, codes, by_us, held

    def verdict(self, client):
        """Reads to the end and judges: "OK", "NON-STRICT", or what is wrong."""
        got, close = [], None
        closed_by_us = client.we_closed
        try:
            while True:
                if self.by_us and not self.held and not client.we_closed and got == self.ok:
                    closed_by_us = True
                    client.close(self.codes[0])
                event = client.event()
                if event[0] == "close":
                    close = event
                    if not client.we_closed:
                        client.close(event[1])
                elif event[0] == "end":
                    break
                else:
                    got.append(event)
        except Violation as violation:
            return f"FAILED: {violation}"
        except AssertionError as error:
            return f"FAILED: {error}; had {[short(e) for e in got]}, {close}"
        return self._judge(got, close, closed_by_us, client.end_kind)

    def _judge(self, got, close, closed_by_us, end_kind):
        if got != self.ok and (self.lax is None or got != self.lax):
            return f"FAILED: got {[short(e) for e in got]}, wanted {[short(e) for e in self.ok]}"
        if closed_by_us != self.by_us:
            return "FAILED: closed by the wrong side"
        if close is None:
            return "UNCLEAN: no close frame came"
        if close[1] not in self.codes:
            return f"WRONG CODE: {close[1]}, wanted one of {self.codes}"
        if end_kind != "fin":
            return "UNCLEAN: the connection was reset"
        return "OK" if got == self.ok else "NON-STRICT"
