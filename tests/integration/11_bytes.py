#!/usr/bin/python3
"""What the tutorial's client gets, byte for byte: as Go's encoding/json writes it."""

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.ws import BINARY, TEXT, Ended, frame, visitor

TEXTS = [
    ("plain words", "hello", b"hello"),
    ("an empty message", "", b""),
    ("markup", "<b>&</b>", b"\\u003cb\\u003e\\u0026\\u003c/b\\u003e"),
    ("quotes and backslashes", 'a"b\\c/', b'a\\"b\\\\c/'),
    ("line and tab", "a\nb\rc\td", b"a\\nb\\rc\\td"),
    ("other controls", "\x00\x01\x0b\x1b\x1f\x7f", b"\\u0000\\u0001\\u000b\\u001b\\u001f\x7f"),
    ("line separators", "a\u2028b\u2029c\u2027", b"a\\u2028b\\u2029c" + "\u2027".encode()),
    ("beyond ASCII", "é € 🙂 \ufeff", "é € 🙂 \ufeff".encode()),
    ("a replacement character", "\ufffd", "\ufffd".encode()),
    ("what looks like JSON", '{"type":1}', b'{\\"type\\":1}'),
]

BINARIES = [
    ("valid UTF-8", "héllo <".encode(), "héllo ".encode() + b"\\u003c"),
    ("nothing", b"", b""),
    ("a lone byte", b"a\xffb", b"a\\ufffdb"),
    ("a cut sequence", b"a\xe2\x82", b"a\\ufffd\\ufffd"),
    ("a surrogate", b"\xed\xa0\x80", b"\\ufffd\\ufffd\\ufffd"),
    ("too long a form", b"\xc0\xaf", b"\\ufffd\\ufffd"),
    ("beyond Unicode", b"\xf4\x90\x80\x80", b"\\ufffd\\ufffd\\ufffd\\ufffd"),
    ("NUL", b"\x00", b"\\u0000"),
]

NOT_UTF8 = [b"\xff", b"a\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80",
            b"\xf8\x88\x80\x80\x80"]


def hub():
    return shared()


def said(data, kind):
    """What one client gets when another one, and when it itself says that."""
    with visitor(hub().address) as first, visitor(hub().address) as second:
        second.send(frame(kind, data))
        got = first.said(), second.said()
        second.leave()
        return got


@each("text: {0}", TEXTS)
def texts(_name, text, written):
    wanted = b'{"type":1,"body":"' + written + b'"}\n'
    equal(said(text, TEXT), (wanted, wanted))


@each("binary: {0}", BINARIES)
def binaries(_name, data, written):
    wanted = b'{"type":2,"body":"' + written + b'"}\n'
    equal(said(data, BINARY), (wanted, wanted))


@test("all of ASCII comes as Go writes it")
def ascii_table():
    short = {8: b"\\b", 9: b"\\t", 10: b"\\n", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}
    escaped = [*range(32), 60, 62, 38]
    wanted = b"".join(short.get(c) or (b"\\u%04x" % c if c in escaped else bytes([c]))
                      for c in range(128))
    equal(said(bytes(range(128)), TEXT)[0], b'{"type":1,"body":"' + wanted + b'"}\n')


@test("64 KB that need six times the room arrive whole")
def longest():
    wanted = b'{"type":1,"body":"' + b"\\u003c" * 65536 + b'"}\n'
    assert said("<" * 65536, TEXT) == (wanted, wanted)


@each("text that is not UTF-8 ends with 1007: {0!r}", NOT_UTF8)
def not_utf8(data):
    with visitor(hub().address) as first, visitor(hub().address) as second:
        second.send(frame(TEXT, data))
        second.expect_close(1007)
        first.text("x")
        equal(first.said(), b'{"type":1,"body":"x"}\n')


@test("text that cannot become UTF-8 any more is refused before its end")
def fails_fast():
    with visitor(hub().address) as client:
        client.send(frame(TEXT, b"good \xff" + b"x" * 50000)[:40])
        try:
            client.expect_close(1007)
        except Ended:
            raise AssertionError("no close frame") from None


@test("a character may be cut between fragments")
def cut_character():
    with visitor(hub().address) as client:
        data = "🙂".encode()
        client.send(frame(TEXT, data[:1], fin=False) + frame(0, data[1:3], fin=False)
                    + frame(0, data[3:]))
        equal(client.said(), '{"type":1,"body":"🙂"}\n'.encode())


test("it stops cleanly")(stop_shared)
run()
