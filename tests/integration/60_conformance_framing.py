#!/usr/bin/python3
"""The server's cases 1 to 7 and 10 of the Autobahn test suite, by its numbers: framing, pings, reserved bits and
opcodes, fragments, UTF-8, closing. Before them: that our own client notices what is wrong."""

import base64
import hashlib
import re
import socket
import struct
import threading
import zlib

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wsraw import (BINARY, CLOSE, CONTINUATION, GUID, PING, PONG, TEXT, Agreed, Case, Client, Judge,
                       Violation, check_handshake, close_payload, frame, header)


def hub():
    return shared("--echo", "--store", "memory", "--metrics", "off", metrics=False)


# --- the client notices -----------------------------------------------------------------------------------------------

def server_frame(opcode, payload=b"", fin=True, rsv=0):
    return header(opcode, len(payload), fin, rsv, masked=False) + payload


def shrink(text, bits=15):
    packer = zlib.compressobj(9, zlib.DEFLATED, -bits)
    return (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def shrunk_pair(text):
    """The second of two equal messages, which refers to the first."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first, second = (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH) for _ in range(2))
    return first[:-4], second[:-4]


FAR = bytes(range(256)) * 3 + bytes(range(255, -1, -1)) * 6 + bytes(range(256))    # repeats itself after 2,304 bytes
ONE, TWO = shrunk_pair(b"the same text twice")
PLAIN, PACKED = None, Agreed({})
NO_TAKEOVER = Agreed({"server_no_context_takeover": None})
SMALL = Agreed({"server_max_window_bits": "9"})
HELLO = server_frame(TEXT, b"Hello")

GOOD = [
    ("text, binary and empty messages", PLAIN, HELLO + server_frame(BINARY, b"\xff") + server_frame(TEXT), 3),
    ("the three forms of a length", PLAIN, b"".join(server_frame(BINARY, bytes(n)) for n in
                                                    (125, 126, 127, 65535, 65536)), 5),
    ("fragments with a ping in between", PLAIN, server_frame(TEXT, b"\xc3", fin=False) + server_frame(PING, b"p")
     + server_frame(CONTINUATION, b"\xa9"), 2),
    ("a pong that passes over a ping", PLAIN, server_frame(PONG, b"two"), 1),
    ("a close frame with a code and a reason", PLAIN, server_frame(CLOSE, close_payload(1000, "é".encode())), 1),
    ("an empty close frame", PLAIN, server_frame(CLOSE), 1),
    ("packed, with takeover", PACKED, server_frame(TEXT, ONE, rsv=4) + server_frame(TEXT, TWO, rsv=4) + HELLO, 3),
    ("packed, without takeover", NO_TAKEOVER, server_frame(TEXT, ONE, rsv=4) * 2, 2),
    ("packed, with a small window", SMALL, server_frame(BINARY, shrink(FAR, 9), rsv=4), 1),
    ("packed, empty", PACKED, server_frame(TEXT, b"\x00", rsv=4), 1),
    ("a fragmented packed message", PACKED, server_frame(TEXT, ONE[:5], rsv=4, fin=False)
     + server_frame(CONTINUATION, ONE[5:]), 1),
]

BAD = [
    ("a masked frame", PLAIN, frame(TEXT, b"Hello")),
    ("RSV1 that was not agreed", PLAIN, server_frame(TEXT, ONE, rsv=4)),
    ("RSV2", PACKED, server_frame(TEXT, b"x", rsv=2)),
    ("RSV3", PLAIN, server_frame(TEXT, b"x", rsv=1)),
    ("RSV1 on a continuation", PACKED, server_frame(TEXT, ONE[:5], rsv=4, fin=False)
     + server_frame(CONTINUATION, ONE[5:], rsv=4)),
    ("RSV1 on a ping", PACKED, server_frame(PING, b"x", rsv=4)),
    ("a reserved opcode", PLAIN, server_frame(3, b"x")),
    ("a reserved control opcode", PLAIN, server_frame(11, b"x")),
    ("16 bits for a length of 125", PLAIN, b"\x82\x7e\x00\x7d" + bytes(125)),
    ("64 bits for a length of 65535", PLAIN, b"\x82\x7f" + struct.pack(">Q", 65535) + bytes(65535)),
    ("a length with the top bit", PLAIN, b"\x82\x7f\x80" + bytes(7)),
    ("a ping of 126 bytes", PLAIN, server_frame(PING, bytes(126))),
    ("a ping in fragments", PLAIN, server_frame(PING, b"x", fin=False)),
    ("a continuation of nothing", PLAIN, server_frame(CONTINUATION, b"x")),
    ("a message within a message", PLAIN, server_frame(TEXT, b"x", fin=False) + HELLO),
    ("text that is not UTF-8", PLAIN, server_frame(TEXT, b"\xed\xa0\x80")),
    ("text that ends within a character", PLAIN, server_frame(TEXT, b"\xe2\x82", fin=False)
     + server_frame(CONTINUATION)),
    ("a wrong pong", PLAIN, server_frame(PONG, b"three")),
    ("a pong too many", PLAIN, server_frame(PONG, b"two") * 2),
    ("pongs in the wrong order", PLAIN, server_frame(PONG, b"two") + server_frame(PONG, b"one")),
    ("a close frame with one byte", PLAIN, server_frame(CLOSE, b"\x03")),
    ("close code 1005", PLAIN, server_frame(CLOSE, close_payload(1005))),
    ("close code 999", PLAIN, server_frame(CLOSE, close_payload(999))),
    ("close code 2000", PLAIN, server_frame(CLOSE, close_payload(2000))),
    ("a reason that is not UTF-8", PLAIN, server_frame(CLOSE, close_payload(1000, b"\xff"))),
    ("a frame behind the close frame", PLAIN, server_frame(CLOSE, close_payload(1000)) + HELLO),
    ("what does not inflate", PACKED, server_frame(TEXT, b"\xff\xff", rsv=4)),
    ("a packed message that is cut off", PACKED, server_frame(TEXT, shrink(b"cut off" * 9)[:-3], rsv=4)),
    ("a packed message of no bytes", PACKED, server_frame(TEXT, b"", rsv=4)),
    ("packed text that is not UTF-8", PACKED, server_frame(TEXT, shrink(b"\xff"), rsv=4)),
    ("takeover that was declined", NO_TAKEOVER, server_frame(TEXT, ONE, rsv=4) + server_frame(TEXT, TWO, rsv=4)),
    ("a window larger than agreed", SMALL, server_frame(BINARY, shrink(FAR), rsv=4)),
    ("an end within a frame", PLAIN, HELLO[:-1]),
    ("an end within a header", PLAIN, b"\x81"),
]


def judge_of(agreed):
    judge = Judge(agreed)
    judge.pings.extend([b"one", b"two"])
    return judge


@each("the client takes {0}, also byte by byte", GOOD)
def takes(_what, agreed, data, count):
    whole = judge_of(agreed)
    whole.feed(data)
    whole.end()
    equal(len(whole.events), count)
    if len(data) < 4000:
        single = judge_of(agreed)
        for byte in data:
            single.feed(bytes([byte]))
        equal(list(single.events), list(whole.events))


def refused(function):
    try:
        function()
    except Violation:
        return
    raise AssertionError("the client noticed nothing")


@each("the client notices {0}", BAD)
def notices(_what, agreed, data):
    def all_at_once():
        judge = judge_of(agreed)
        judge.feed(data)
        judge.end()

    def byte_by_byte():
        judge = judge_of(agreed)
        for byte in data:
            judge.feed(bytes([byte]))
        judge.end()

    refused(all_at_once)
    if len(data) < 4000:
        refused(byte_by_byte)


KEY = base64.b64encode(b"0123456789abcdef").decode()


def accept_of(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def answer(accept=accept_of(KEY), status="101 Switching Protocols", upgrade="websocket", connection="Upgrade", more=()):
    return "\r\n".join([f"HTTP/1.1 {status}", f"Upgrade: {upgrade}", f"Connection: {connection}",
                        f"Sec-WebSocket-Accept: {accept}", *more])


def extension(value):
    return answer(more=[f"Sec-WebSocket-Extensions: {value}"])


PMD = "permessage-deflate"
ALL = f"{PMD}; client_no_context_takeover; client_max_window_bits; server_max_window_bits=12"

GOOD_ANSWERS = [
    ("no extension", answer(), [PMD]), ("the plain extension", extension(PMD), [PMD]),
    ("all parameters", extension(f"{PMD}; client_no_context_takeover; client_max_window_bits=9; "
                                 "server_no_context_takeover; server_max_window_bits=11"), [ALL]),
    ("the second offer", extension(PMD), [f"{PMD}; server_max_window_bits=9", PMD]),
]

BAD_ANSWERS = [
    ("another status", answer(status="200 OK"), []), ("another upgrade", answer(upgrade="h2c"), []),
    ("no upgrade", answer(connection="close"), []), ("a wrong accept", answer(accept=accept_of("x")), []),
    ("a subprotocol", answer(more=["Sec-WebSocket-Protocol: chat"]), []),
    ("a body", answer(more=["Content-Length: 1"]), []),
    ("a doubled field", answer(more=["Upgrade: websocket"]), []), ("a folded line", answer(more=[" more"]), []),
    ("an extension not offered", extension(PMD), []), ("an unknown extension", extension("x-deflate"), [PMD]),
    ("a larger window than allowed", extension(f"{PMD}; server_max_window_bits=10"),
     [f"{PMD}; server_max_window_bits=9"]),
    ("a window left unconfirmed", extension(PMD), [f"{PMD}; server_max_window_bits=9"]),
    ("a takeover left unconfirmed", extension(PMD), [f"{PMD}; server_no_context_takeover"]),
    ("a window that was not allowed to be named", extension(f"{PMD}; client_max_window_bits=9"), [PMD]),
    ("a doubled parameter", extension(f"{PMD}; server_no_context_takeover; server_no_context_takeover"), [PMD]),
    ("an unknown parameter", extension(f"{PMD}; fast"), [PMD]),
    ("a flag with a value", extension(f"{PMD}; server_no_context_takeover=1"), [PMD]),
    ("a window of 16", extension(f"{PMD}; server_max_window_bits=16"), [PMD]),
    ("a window of 08", extension(f"{PMD}; server_max_window_bits=08"), [PMD]),
    ("a window without a number", extension(f"{PMD}; server_max_window_bits"), [PMD]),
]


@each("the client takes an answer with {0}", GOOD_ANSWERS)
def takes_answer(_what, text, offers):
    check_handshake(text, KEY, offers)


@each("the client notices an answer with {0}", BAD_ANSWERS)
def notices_answer(_what, text, offers):
    refused(lambda: check_handshake(text, KEY, offers))


class Impostor:
    """A server of one connection that shakes hands and then does what it was told: bytes are sent, a number waits
    for that many bytes, "reset" and the end of the list end the connection."""

    def __init__(self, script):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.script = script
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        peer, _ = self.listener.accept()
        with peer:
            head = b""
            while b"\r\n\r\n" not in head:
                head += peer.recv(1)
            key = re.search(rb"Sec-WebSocket-Key: (\S+)", head).group(1).decode()
            peer.sendall(answer(accept_of(key)).encode() + b"\r\n\r\n")
            for step in self.script:
                if step == "reset":
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif isinstance(step, bytes):
                    peer.sendall(step)
                else:
                    while step > 0:
                        data = peer.recv(step)
                        if not data:
                            return
                        step -= len(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.thread.join(5)


HELLO_SIZE, CLOSE_SIZE = 11, 8
BYE = server_frame(CLOSE, close_payload(1000))
FOREVER = 1 << 30

IMPOSTORS = [
    ("OK", "one who is right", [HELLO_SIZE, HELLO, CLOSE_SIZE, BYE]),
    ("FAILED", "another text", [HELLO_SIZE, server_frame(TEXT, b"hello"), CLOSE_SIZE, BYE]),
    ("FAILED", "another type", [HELLO_SIZE, server_frame(BINARY, b"Hello"), CLOSE_SIZE, BYE]),
    ("FAILED", "two echoes", [HELLO_SIZE, HELLO + HELLO, CLOSE_SIZE, BYE]),
    ("FAILED", "a masked echo", [HELLO_SIZE, frame(TEXT, b"Hello"), CLOSE_SIZE, BYE]),
    ("FAILED", "no echo", [HELLO_SIZE, FOREVER]),
    ("FAILED", "a close frame instead of an echo", [HELLO_SIZE, BYE, CLOSE_SIZE]),
    ("FAILED", "one who does not end the connection", [HELLO_SIZE, HELLO, CLOSE_SIZE, BYE, FOREVER]),
    ("FAILED", "a message behind the close frame", [HELLO_SIZE, HELLO, CLOSE_SIZE, BYE + HELLO]),
    ("WRONG CODE", "another close code", [HELLO_SIZE, HELLO, CLOSE_SIZE, server_frame(CLOSE, close_payload(1001))]),
    ("UNCLEAN", "an end without a close frame", [HELLO_SIZE, HELLO, CLOSE_SIZE]),
    ("UNCLEAN", "a reset", [HELLO_SIZE, HELLO, CLOSE_SIZE, BYE, "reset"]),
]


@each("the verdict is {0} for {1}", IMPOSTORS)
def impostor(want, _what, script):
    with Impostor(script) as server, Client(server.address, deadline_s=1) as client:
        client.frame(TEXT, b"Hello")
        got = Case(ok=[("message", b"Hello", False)]).verdict(client)
        assert got.split(":")[0] == want, got


@each("the verdict is {0} for {1}", [
    ("NON-STRICT", "a failure before the echo", [2 * HELLO_SIZE, server_frame(CLOSE, close_payload(1002)), CLOSE_SIZE]),
    ("FAILED", "an echo too many before the failure",
     [2 * HELLO_SIZE, HELLO + HELLO + server_frame(CLOSE, close_payload(1002)), CLOSE_SIZE]),
    ("FAILED", "no failure", [HELLO_SIZE, HELLO, FOREVER])])
def impostor_fails(want, _what, script):
    with Impostor(script) as server, Client(server.address, deadline_s=1) as client:
        client.frame(TEXT, b"Hello").frame(TEXT, b"Hello", rsv=1)
        got = Case(ok=[("message", b"Hello", False)], lax=[], codes=(1002,), by_us=False).verdict(client)
        assert got.split(":")[0] == want, got


@test("the verdict is FAILED for one who closes though it was for us to do")
def impostor_closes():
    with Impostor([BYE, CLOSE_SIZE]) as server, Client(server.address, deadline_s=1) as client:
        equal(Case(held=True).verdict(client), "FAILED: closed by the wrong side")


# --- the cases --------------------------------------------------------------------------------------------------------

def text(payload):
    return ("message", payload, False)


def binary(payload):
    return ("message", payload, True)


def pong(payload):
    return ("pong", payload)


FAILS = {"codes": (1002,), "by_us": False}      # the server fails the connection: a rule of the protocol
SPOILT = {"codes": (1007,), "by_us": False}     # the same: not UTF-8
CASES = []                                      # (number and title, steps, Case)


def case(title, steps, **expected):
    CASES.append((title, steps, Case(**expected)))


def sent(*frames, chop=0):
    """Steps that send these (opcode, payload[, fin[, rsv]])."""
    def steps(client):
        for one in frames:
            client.frame(*one, chop=chop)
    return steps


def at_once(*frames):
    """The same in one write."""
    return lambda client: client.send(b"".join(frame(*one) for one in frames))


# 1: frames of all lengths

SIZES = [0, 125, 126, 127, 128, 65535, 65536]
for i, size in enumerate(SIZES, 1):
    case(f"1.1.{i} a text message of {size} bytes", sent((TEXT, b"*" * size)), ok=[text(b"*" * size)])
case("1.1.8 a text message of 65536 bytes in chops of 997",
     sent((TEXT, b"*" * 65536), chop=997), ok=[text(b"*" * 65536)])
for i, size in enumerate(SIZES, 1):
    case(f"1.2.{i} a binary message of {size} bytes", sent((BINARY, b"\xfe" * size)), ok=[binary(b"\xfe" * size)])
case("1.2.8 a binary message of 65536 bytes in chops of 997",
     sent((BINARY, b"\xfe" * 65536), chop=997), ok=[binary(b"\xfe" * 65536)])

# 2: pings and pongs

HELLO_PING = b"Hello, world!"
RAW_PING = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
PAYLOADS = [b"payload-%d" % i for i in range(10)]

case("2.1 a ping without payload", sent((PING,)), ok=[pong(b"")])
case("2.2 a ping with text", sent((PING, HELLO_PING)), ok=[pong(HELLO_PING)])
case("2.3 a ping with bytes that are not UTF-8", sent((PING, RAW_PING)), ok=[pong(RAW_PING)])
case("2.4 a ping of 125 bytes", sent((PING, b"\xfe" * 125)), ok=[pong(b"\xfe" * 125)])
case("2.5 a ping of 126 bytes", sent((PING, b"\xfe" * 126)), **FAILS)
case("2.6 a ping of 125 bytes, each sent by itself", sent((PING, b"\xfe" * 125), chop=1), ok=[pong(b"\xfe" * 125)])
case("2.7 an unasked pong without payload", sent((PONG,)))
case("2.8 an unasked pong with payload", sent((PONG, b"unsolicited pong payload")))
case("2.9 an unasked pong, then a ping", sent((PONG, b"unsolicited pong payload"), (PING, b"ping payload")),
     ok=[pong(b"ping payload")])
case("2.10 ten pings", sent(*[(PING, p) for p in PAYLOADS]), ok=[pong(p) for p in PAYLOADS])
case("2.11 ten pings, each byte sent by itself", sent(*[(PING, p) for p in PAYLOADS], chop=1),
     ok=[pong(p) for p in PAYLOADS])

# 3: reserved bits

WORLD = b"Hello, world!"
ECHO_THEN_FAIL = {"ok": [text(WORLD)], "lax": [], **FAILS}

case("3.1 RSV 1 on a text message", sent((TEXT, WORLD, True, 1)), **FAILS)
case("3.2 RSV 2 on the second message, then a ping", sent((TEXT, WORLD), (TEXT, WORLD, True, 2), (PING,)),
     **ECHO_THEN_FAIL)
case("3.3 RSV 3 on the second message, then a ping, in one write",
     at_once((TEXT, WORLD), (TEXT, WORLD, True, 3), (PING,)), **ECHO_THEN_FAIL)
case("3.4 RSV 4 on the second message, then a ping, each byte sent by itself",
     sent((TEXT, WORLD), (TEXT, WORLD, True, 4), (PING,), chop=1), **ECHO_THEN_FAIL)
case("3.5 RSV 5 on a binary message", sent((BINARY, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", True, 5)), **FAILS)
case("3.6 RSV 6 on a ping", sent((PING, WORLD, True, 6)), **FAILS)
case("3.7 RSV 7 on a close frame", sent((CLOSE, b"", True, 7)), **FAILS)

# 4: reserved opcodes

for group, first in (("4.1", 3), ("4.2", 11)):
    case(f"{group}.1 opcode {first}", sent((first,)), **FAILS)
    case(f"{group}.2 opcode {first + 1} with payload", sent((first + 1, b"reserved opcode payload")), **FAILS)
    case(f"{group}.3 a message, opcode {first + 2}, a ping", sent((TEXT, WORLD), (first + 2,), (PING,)),
         **ECHO_THEN_FAIL)
    case(f"{group}.4 a message, opcode {first + 3} with payload, a ping",
         sent((TEXT, WORLD), (first + 3, b"reserved opcode payload"), (PING,)), **ECHO_THEN_FAIL)
    case(f"{group}.5 a message, opcode {first + 4} with payload, a ping, each byte sent by itself",
         sent((TEXT, WORLD), (first + 4, b"reserved opcode payload"), (PING,), chop=1), **ECHO_THEN_FAIL)

# 5: fragments

F1, F2, F3, F4, F5 = (b"fragment%d" % i for i in range(1, 6))
PING_ME = b"ping payload"
WITH_PING = [(TEXT, F1, False), (PING, PING_ME), (CONTINUATION, F2)]
NOTHING_TO_CONTINUE = [(CONTINUATION, b"non-continuation payload"), (TEXT, WORLD)]
LOST = [(CONTINUATION, b"non-continuation payload", False), (TEXT, WORLD)]
AFTER_MESSAGE = [(TEXT, F1, False), (CONTINUATION, F2), (CONTINUATION, F3, False), (TEXT, F4)]
ECHO_12 = {"ok": [text(F1 + F2)], "lax": [], **FAILS}
TWICE = [(CONTINUATION, F1, False), (TEXT, F2, False), (CONTINUATION, F3)] * 2
TWICE_FIN = [(CONTINUATION, F1, True), (TEXT, F2, False), (CONTINUATION, F3)] * 2


def registered(client, frames):
    """Sends in one write, and says which pings are to be answered."""
    client.judge.pings.extend(one[1] for one in frames if one[0] == PING)
    at_once(*frames)(client)


def two_pings(client):
    """The first ping is answered before the message is whole."""
    client.frame(TEXT, F1, False).frame(CONTINUATION, F2, False).frame(PING, b"pongme 1!")
    client.expect(pong(b"pongme 1!"))
    client.frame(CONTINUATION, F3, False).frame(CONTINUATION, F4, False).frame(PING, b"pongme 2!")
    client.frame(CONTINUATION, F5)


def two_pings_at_once(client):
    registered(client, [(TEXT, F1, False), (CONTINUATION, F2, False), (PING, b"pongme 1!")])
    client.expect(pong(b"pongme 1!"))
    registered(client, [(CONTINUATION, F3, False), (CONTINUATION, F4, False), (PING, b"pongme 2!"),
                        (CONTINUATION, F5)])


case("5.1 a ping in two fragments", sent((PING, F1, False), (CONTINUATION, F2)), **FAILS)
case("5.2 a pong in two fragments", sent((PONG, F1, False), (CONTINUATION, F2)), **FAILS)
case("5.3 a text message in two fragments", sent((TEXT, F1, False), (CONTINUATION, F2)), ok=[text(F1 + F2)])
case("5.4 the same in one write", at_once((TEXT, F1, False), (CONTINUATION, F2)), ok=[text(F1 + F2)])
case("5.5 the same, each byte sent by itself", sent((TEXT, F1, False), (CONTINUATION, F2), chop=1),
     ok=[text(F1 + F2)])
case("5.6 a ping between two fragments", sent(*WITH_PING), ok=[pong(PING_ME), text(F1 + F2)])
case("5.7 the same in one write", lambda client: registered(client, WITH_PING), ok=[pong(PING_ME), text(F1 + F2)])
case("5.8 the same, each byte sent by itself", sent(*WITH_PING, chop=1), ok=[pong(PING_ME), text(F1 + F2)])
case("5.9 a continuation with FIN of nothing, then a message", sent(*NOTHING_TO_CONTINUE), **FAILS)
case("5.10 the same in one write", at_once(*NOTHING_TO_CONTINUE), **FAILS)
case("5.11 the same, each byte sent by itself", sent(*NOTHING_TO_CONTINUE, chop=1), **FAILS)
case("5.12 a continuation without FIN of nothing, then a message", sent(*LOST), **FAILS)
case("5.13 the same in one write", at_once(*LOST), **FAILS)
case("5.14 the same, each byte sent by itself", sent(*LOST, chop=1), **FAILS)
case("5.15 two fragments, a continuation of nothing, a message", at_once(*AFTER_MESSAGE), **ECHO_12)
case("5.16 a continuation, a message in fragments, twice", sent(*TWICE), **FAILS)
case("5.17 the same with FIN on the continuation", sent(*TWICE_FIN), **FAILS)
case("5.18 a text message in two fragments that are both text", sent((TEXT, F1, False), (TEXT, F2)), **FAILS)
case("5.19 five fragments and two pings; the first is answered at once", two_pings,
     ok=[pong(b"pongme 2!"), text(F1 + F2 + F3 + F4 + F5)])
case("5.20 the same in few writes", two_pings_at_once, ok=[pong(b"pongme 2!"), text(F1 + F2 + F3 + F4 + F5)])

# 6: UTF-8

COSME = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"
EXOTIC = "Hello-µ@ßöäüàá-UTF-8!!".encode()
EXOTIC_1, EXOTIC_2 = "Hello-µ@ßöä".encode(), "üàá-UTF-8!!".encode()
EDITED = COSME + b"\xed\xa0\x80" + b"edited"
MIDDLE = b"middle frame payload"


def fragments(*parts):
    return sent(*[(CONTINUATION if i else TEXT, part, i == len(parts) - 1) for i, part in enumerate(parts)])


def bytes_of(payload):
    return [payload[i:i + 1] for i in range(len(payload))]


case("6.1.1 an empty text message", sent((TEXT,)), ok=[text(b"")])
case("6.1.2 three empty fragments", fragments(b"", b"", b""), ok=[text(b"")])
case("6.1.3 an empty fragment, one that is not, an empty one", fragments(b"", MIDDLE, b""), ok=[text(MIDDLE)])
case("6.2.1 valid UTF-8 in one frame", sent((TEXT, EXOTIC)), ok=[text(EXOTIC)])
case("6.2.2 valid UTF-8 in fragments of whole characters", fragments(EXOTIC_1, EXOTIC_2), ok=[text(EXOTIC)])
case("6.2.3 valid UTF-8 in fragments of one byte", fragments(*bytes_of(EXOTIC)), ok=[text(EXOTIC)])
case("6.2.4 Greek in fragments of one byte", fragments(*bytes_of(COSME)), ok=[text(COSME)])
case("6.3.1 invalid UTF-8 in one frame", sent((TEXT, EDITED)), **SPOILT)
case("6.3.2 invalid UTF-8 in fragments of one byte", fragments(*bytes_of(EDITED)), **SPOILT)

BEYOND = b"\xf4\x90\x80\x80"    # invalid at its second byte
TOO_FAR = COSME + BEYOND + b"edited"


def still_open(client):
    assert client.quiet_for(0.2), "the connection was failed though nothing was wrong yet"


def fail_fast_frames(first, second):
    """The close frame comes before the rest is sent: sending it is not among the steps."""
    def steps(client):
        client.frame(TEXT, first, False)
        client.frame(PING, b"so far so good").expect(pong(b"so far so good"))
        client.frame(CONTINUATION, second, False)
    return steps


def fail_fast_chops(first, second):
    def steps(client):
        whole = frame(TEXT, TOO_FAR)
        begin = len(whole) - len(TOO_FAR)
        client.send(whole[:begin + len(first)])
        still_open(client)
        client.send(whole[begin + len(first):begin + len(first) + len(second)])
    return steps


case("6.4.1 fails at the fragment that is invalid, before the rest is sent", fail_fast_frames(COSME, BEYOND), **SPOILT)
case("6.4.2 fails at the byte that is invalid, a fragment of its own", fail_fast_frames(TOO_FAR[:12], TOO_FAR[12:13]),
     **SPOILT)
case("6.4.3 fails at the chop of a frame that is invalid, before the rest is sent", fail_fast_chops(COSME, BEYOND),
     **SPOILT)
case("6.4.4 fails at the byte of a frame that is invalid", fail_fast_chops(TOO_FAR[:12], TOO_FAR[12:13]), **SPOILT)

# After Markus Kuhn's stress test of UTF-8 decoders. Spaces stand between the sequences of a row.
CUT_OFF = "c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf"
PLANES = " ".join(f"{top}{low}" for top in ("f09f f0af f0bf f18f f19f f1af f1bf f28f f29f f2af f2bf f38f f39f f3af "
                                            "f3bf f48f").split() for low in ("bfbe", "bfbf"))
BYTES_80_BE = "".join(f"{byte:02x}" for byte in range(0x80, 0xbf))
LONELY = " ".join("".join(f"{byte:02x}20" for byte in range(a, b)) for a, b in
                  ((0xc0, 0xdf), (0xe0, 0xef), (0xf0, 0xf7), (0xf8, 0xfb), (0xfc, 0xfd)))
SEQUENCES = [
    ("valid", " ".join((b"hello" + c + b"world").hex() for c in (b"$", b"\xc2\xa2", b"\xe2\x82\xac",
                                                                 b"\xf0\xa4\xad\xa2")) + " " + COSME.hex()),
    ("beginnings of a valid text", " ".join(COSME[:i].hex() for i in range(1, len(COSME) + 1))),
    ("first of a length", "00 c280 e0a080 f0908080"),
    ("first of five and six bytes", "f888808080 fc8480808080"),
    ("last of a length", "7f dfbf efbfbf f48fbfbf"),
    ("last of four to six bytes", "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf"),
    ("other boundaries", "ed9fbf ee8080 efbfbd f48fbfbf f4908080"),
    ("unexpected continuations", "80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf " + BYTES_80_BE),
    ("lonely beginnings", LONELY),
    ("last byte missing", CUT_OFF),
    ("all these in a row", CUT_OFF.replace(" ", "")),
    ("impossible bytes", "fe ff fefeffff"),
    ("overlong ASCII", "c0af e080af f08080af f8808080af fc80808080af"),
    ("longest overlong", "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf"),
    ("overlong NUL", "c080 e08080 f0808080 f880808080 fc8080808080"),
    ("surrogates", "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf"),
    ("pairs of surrogates", "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf "
                            "edafbfedb080 edafbfedbfbf"),
    ("non-characters", "efbfbe efbfbf " + PLANES),
    ("specials", "efbfb9 efbfba efbfbb efbfbc efbfbd efbfbe efbfbf"),
]


def is_utf8(payload):
    try:
        payload.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


for i, (what, row) in enumerate(SEQUENCES, 5):
    for k, digits in enumerate(row.split(), 1):
        sequence = bytes.fromhex(digits)
        if is_utf8(sequence):
            case(f"6.{i}.{k} {what}: {digits[:48]} is echoed", sent((TEXT, sequence)), ok=[text(sequence)])
        else:
            case(f"6.{i}.{k} {what}: {digits[:48]} is refused", sent((TEXT, sequence)), **SPOILT)

# 7: closing

HELD = {"by_us": True, "held": True}
WRONG = {"codes": (1002,), **HELD}


def close_with(*payload):
    def steps(client):
        client.we_closed = True
        client.frame(CLOSE, *payload)
    return steps


def message_then_two_closes(client):
    client.frame(TEXT, b"Hello World!").expect(text(b"Hello World!"))
    client.close().close()


def close_then(*later):
    def steps(client):
        client.close()
        sent(*later)(client)
        client.judge.pings.clear()
    return steps


def fragment_close_fragment(client):
    client.frame(TEXT, F1, False).close().frame(CONTINUATION, F2)


def long_message_close_ping(client):
    client.frame(TEXT, b"BAsd7&jh23" * 26214 + b"BAsd").frame(TEXT, b"Hello World!")
    client.close().frame(PING)
    client.judge.pings.clear()


case("7.1.1 a message, then a close frame", sent((TEXT, b"Hello World!")), ok=[text(b"Hello World!")])
case("7.1.2 a message, then two close frames", message_then_two_closes, **HELD)
case("7.1.3 a ping after the close frame is not answered", close_then((PING,)), **HELD)
case("7.1.4 a message after the close frame is not echoed", close_then((TEXT, b"Hello World!")), **HELD)
case("7.1.5 a fragment, a close frame, the last fragment", fragment_close_fragment, **HELD)
case("7.1.6 256 KB, a message, a close frame and a ping (informational there): all before the close frame is echoed",
     long_message_close_ping, ok=[text(b"BAsd7&jh23" * 26214 + b"BAsd"), text(b"Hello World!")], **HELD)

case("7.3.1 a close frame without payload", close_with(), codes=(None, 1000), **HELD)
case("7.3.2 a close frame of one byte", close_with(b"a"), **WRONG)
case("7.3.3 a close frame with a code", close_with(close_payload(1000)), **HELD)
case("7.3.4 a close frame with a code and a reason", close_with(close_payload(1000, b"Hello World!")), **HELD)
case("7.3.5 a close frame of 125 bytes", close_with(close_payload(1000, b"*" * 123)), **HELD)
case("7.3.6 a close frame of 126 bytes", close_with(close_payload(1000, b"*" * 124)), **WRONG)
case("7.5.1 a reason that is not UTF-8", close_with(close_payload(1000, EDITED)), codes=(1002, 1007), **HELD)

for i, code in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999), 1):
    case(f"7.7.{i} close code {code} is echoed", close_with(close_payload(code)), codes=(code,), **HELD)
for i, code in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999), 1):
    case(f"7.9.{i} close code {code} is refused", close_with(close_payload(code)), **WRONG)
for i, code in enumerate((5000, 65535), 1):
    case(f"7.13.{i} close code {code} (informational there) is refused", close_with(close_payload(code)), **WRONG)

# 10: fragments of odd lengths

case("10.1.1 a text message of 65536 bytes in fragments of 1300", lambda client: client.message(b"*" * 65536,
                                                                                               fragment=1300),
     ok=[text(b"*" * 65536)])

EXPECTED_COUNTS = {"1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "10": 1}


@test("all 247 cases of these chapters are here, each once")
def complete():
    numbers = [title.split(" ")[0] for title, _, _ in CASES]
    equal(len(set(numbers)), len(numbers))
    chapters = [number.split(".")[0] for number in numbers]
    equal({chapter: chapters.count(chapter) for chapter in chapters}, EXPECTED_COUNTS)


@each("{0}", CASES)
def conforms(_title, steps, expected):
    with Client(hub().address) as client:
        steps(client)
        equal(expected.verdict(client), "OK")


# --- beyond the suite -------------------------------------------------------------------------------------------------

@each("every close code from {0} to {1}, as the RFC and the registry say", [(0, 1199), (2990, 3009), (3990, 4009),
                                                                         (4990, 5009)])
def all_codes(first, last):
    registered_codes = {1000, 1001, 1002, 1003, *range(1007, 1015)}
    for code in range(first, last + 1):
        good = code in registered_codes or 3000 <= code <= 4999
        with Client(hub().address) as client:
            client.close(code).expect_end(code if good else 1002)


@each("a close frame with a payload of {0} bytes", [(size,) for size in range(127)])
def close_lengths(size):
    payload = close_payload(1000, b"x" * (size - 2)) if size > 1 else b"x" * size
    with Client(hub().address) as client:
        close_with(payload)(client)
        if size == 0:
            client.expect_end(None)
        else:
            client.expect_end(1000 if 2 <= size <= 125 else 1002)


@test("5,000 pings after the close frame: none is answered, the end is orderly")
def pings_after_close():
    with Client(hub().address) as client:
        client.we_closed = True
        client.send(frame(CLOSE, close_payload(1000)) + b"".join(frame(PING, b"%d" % i) for i in range(5000)))
        client.expect_end(1000)


@each("the server refuses {0}", [
    ("a frame without a mask", server_frame(TEXT, b"x"), 1002),
    ("16 bits for a length of 125", b"\x82\xfe\x00\x7d" + bytes(4 + 125), 1002),
    ("64 bits for a length of 65535", b"\x82\xff" + struct.pack(">Q", 65535) + bytes(4), 1002),
    ("a length with the top bit", b"\x82\xff\x80" + bytes(7 + 4), 1002),
    ("a length of 2^63 - 1 by its header alone", b"\x82\xff\x7f" + b"\xff" * 7 + bytes(4), 1009),
    ("a length of 2^32 + 5 by its header alone", b"\x82\xff" + struct.pack(">Q", (1 << 32) + 5) + bytes(4), 1009),
    ("a ping that says 65536 bytes by its second byte alone", b"\x89\xff", 1002),
    ("a reserved opcode by its first byte alone", b"\x83", 1002),
    ("a reserved bit by its first byte alone", b"\xa1", 1002)])
def headers(_what, data, code):
    with Client(hub().address) as client:
        client.send(data).expect_end(code)


@test("nobody of these has hurt the program")
def unhurt():
    with Client(hub().address) as client:
        client.message(b"still here").expect(text(b"still here")).leave()


@test("the program stops with exit code 0")
def stops():
    stop_shared()


if __name__ == "__main__":
    run()
