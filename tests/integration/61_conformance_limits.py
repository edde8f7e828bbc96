#!/usr/bin/python3
"""The server's cases 9 of the Autobahn test suite, by its numbers: messages up to 16 MB, in fragments and in chops, and
many small ones. Beyond them: what is longer than the limit is refused by its header."""

import random

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wsraw import BINARY, CONTINUATION, TEXT, Client, frame, header

KB, MB = 1 << 10, 1 << 20
MESSAGE_BYTES_MAX = 16 * MB
CHARACTERS = "abcdefghijklmnopqrstuvwxyz ÄÖÜß€\U0001f642"


def hub():
    return shared("--echo", "--store", "memory", "--metrics", "off", metrics=False)


def content(size, binary, seed=9):
    """Nothing in it repeats soon, so that an echo with its parts in the wrong order is not taken for right."""
    source = random.Random(seed)
    if binary:
        return source.randbytes(size)
    text = "".join(source.choices(CHARACTERS, k=4099)).encode()
    whole = b"".join(b"%08d " % i + text for i in range(size // len(text) + 1))[:size]
    end = whole.decode("utf-8", "ignore").encode()
    return end + b"." * (size - len(end))


def label(size):
    return f"{size // MB} MB" if size >= MB else f"{size // KB} KB" if size >= KB else f"{size} bytes"


def kind(binary):
    return "binary" if binary else "text"


CASES = []    # (title, size, binary, fragment, chop)

for chapter, is_binary in (("9.1", False), ("9.2", True)):
    for i, n in enumerate((64 * KB, 256 * KB, MB, 4 * MB, 8 * MB, 16 * MB), 1):
        CASES.append((f"{chapter}.{i} a {kind(is_binary)} message of {label(n)}", n, is_binary, 0, 0))
for chapter, is_binary in (("9.3", False), ("9.4", True)):
    for i, n in enumerate((64, 256, KB, 4 * KB, 16 * KB, 64 * KB, 256 * KB, MB, 4 * MB), 1):
        CASES.append((f"{chapter}.{i} a {kind(is_binary)} message of 4 MB in fragments of {label(n)}", 4 * MB,
                      is_binary, n, 0))
for chapter, is_binary in (("9.5", False), ("9.6", True)):
    for i, n in enumerate((64, 128, 256, 512, 1024, 2048), 1):
        CASES.append((f"{chapter}.{i} a {kind(is_binary)} message of 1 MB in chops of {n} bytes", MB, is_binary, 0, n))

ROUNDS = [(f"9.{7 + is_binary}.{i} a thousand {kind(is_binary)} messages of {n} bytes, one after the other", n,
           is_binary) for is_binary in (False, True) for i, n in enumerate((0, 16, 64, 256, 1024, 4096), 1)]


@test("all 54 cases of this chapter are here, each once")
def complete():
    numbers = {row[0].split(" ")[0] for row in CASES + ROUNDS}
    equal((len(CASES) + len(ROUNDS), len(numbers)), (54, 54))


def must_be(got, payload, binary):
    """As expect(), without printing megabytes."""
    equal((got[0], got[-1]), ("message", binary))
    equal(len(got[1]), len(payload), "length")
    if got[1] != payload:
        at = next(i for i in range(len(payload)) if got[1][i] != payload[i])
        raise AssertionError(f"the echo differs from byte {at} on: {got[1][at:at + 20]!r}")


@each("{0}", CASES)
def one_message(_title, size, binary, fragment, chop):
    payload = content(size, binary)
    with Client(hub().address) as client:
        client.message(payload, binary, fragment, chop)
        must_be(client.event(), payload, binary)
        client.leave()


@each("{0}", ROUNDS)
def rounds(_title, size, binary):
    payloads = [content(size, binary, seed) for seed in range(10)]
    with Client(hub().address) as client:
        for i in range(1000):
            client.message(payloads[i % 10], binary)
            must_be(client.event(), payloads[i % 10], binary)
        client.leave()


# --- beyond the suite -------------------------------------------------------------------------------------------------

@test("one who reads no echo is not read either: not all of four messages of 4 MB are taken")
def waiting():
    payload = content(4 * MB, True)
    with Client(hub().address) as client:
        # What the sockets hold is far less: the server must leave the second unread until the first has gone.
        client.socket.settimeout(1)
        data = memoryview(frame(BINARY, payload) * 4)
        sent = 0
        try:
            while sent < len(data):
                sent += client.socket.send(data[sent:sent + 65536])
        except TimeoutError:
            pass
        assert 0 < sent < len(data), f"{sent} bytes were taken though no echo was read"
        for _ in range(sent // (len(payload) + 14)):
            must_be(client.event(), payload, True)


@test("a message of 16 MB in one fragment of all but a byte and one of a byte")
def exactly():
    payload = content(MESSAGE_BYTES_MAX, True)
    with Client(hub().address) as client:
        client.frame(BINARY, payload[:-1], fin=False).frame(CONTINUATION, payload[-1:])
        must_be(client.event(), payload, True)
        client.leave()


@each("1009 by the header alone: {0}", [("a message of a byte too many", [(TEXT, MESSAGE_BYTES_MAX + 1)]),
                                       ("a fragment that makes it a byte too many",
                                        [(BINARY, MESSAGE_BYTES_MAX), (CONTINUATION, 1)]),
                                       ("2^32 bytes", [(BINARY, 1 << 32)]),
                                       ("2^63 - 1 bytes", [(BINARY, (1 << 63) - 1)])])
def too_long(_what, frames):
    with Client(hub().address) as client:
        for opcode, length in frames[:-1]:
            client.frame(opcode, bytes(length), fin=False)
        opcode, length = frames[-1]
        client.send(header(opcode, length, fin=True) + b"mask").expect_end(1009)


@test("a header that promises 16 MB costs no memory before they come")
def promises():
    before = hub().resident_bytes()
    clients = []
    try:
        for _ in range(50):
            clients.append(Client(hub().address))
            clients[-1].send(header(BINARY, MESSAGE_BYTES_MAX) + b"mask" + b"x")
        with Client(hub().address) as other:
            other.message(b"after them").expect(("message", b"after them", False)).leave()
        grown = hub().resident_bytes() - before
        assert grown < 32 * MB, f"{grown} bytes more for 50 bytes of payload"
    finally:
        for client in clients:
            client.socket.close()


@test("the program stops with exit code 0")
def stops():
    stop_shared()


if __name__ == "__main__":
    run()
