#!/usr/bin/python3
"""Requests that break a rule of HTTP/1.1 get the right status, and the connection ends with
them."""

import json

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wire import Wire, request
from lib.ws import visitor

OK = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"

BAD = [
    (400, "no Host", b"GET / HTTP/1.1\r\n\r\n"),
    (400, "two Hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    (400, "an empty Host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    (400, "a Host with a path", b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    (400, "a Host with user info", b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    (400, "two Hosts in one", b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    (400, "bare LF", b"GET / HTTP/1.1\nHost: a\n\n"),
    (400, "one bare LF", b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
    (400, "bare CR", b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
    (400, "NUL in a value", OK + b"X: a\x00b\r\n\r\n"),
    (400, "NUL in a name", OK + b"X\x00: b\r\n\r\n"),
    (400, "a control character", OK + b"X: a\x01b\r\n\r\n"),
    (400, "DEL", OK + b"X: a\x7fb\r\n\r\n"),
    (400, "a space before the colon", OK + b"X : b\r\n\r\n"),
    (400, "a tab before the colon", OK + b"X\t: b\r\n\r\n"),
    (400, "a folded line", OK + b"X: a\r\n b\r\n\r\n"),
    (400, "a folded first line", b"GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    (400, "a line without colon", OK + b"nonsense\r\n\r\n"),
    (400, "an empty name", OK + b": b\r\n\r\n"),
    (400, "an 8-bit name", OK + b"X\xe9: b\r\n\r\n"),
    (400, "two spaces in the request line", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, "a space behind the version", b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
    (400, "no version", b"GET /\r\nHost: a\r\n\r\n"),
    (400, "no target", b"GET HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, "another protocol", b"GET / HTTQ/1.1\r\nHost: a\r\n\r\n"),
    (400, "a lower-case version", b"GET / http/1.1\r\nHost: a\r\n\r\n"),
    (400, "version 1.10", b"GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    (400, "a target without slash", b"GET healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, "a fragment", b"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, "a control character in the target", b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, "a target beyond ASCII", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n".encode()),
    (400, "a tab in the request line", b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, "Content-Length and Transfer-Encoding",
     OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, "two Content-Lengths that differ",
     OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    (400, "two Content-Lengths that agree",
     OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    (400, "a list of Content-Lengths", OK + b"Content-Length: 5, 5\r\n\r\nhello"),
    (400, "a negative Content-Length", OK + b"Content-Length: -5\r\n\r\n"),
    (400, "a signed Content-Length", OK + b"Content-Length: +5\r\n\r\nhello"),
    (400, "a hexadecimal Content-Length", OK + b"Content-Length: 0x5\r\n\r\nhello"),
    (400, "an empty Content-Length", OK + b"Content-Length:\r\n\r\n"),
    (400, "a Content-Length over 2^64", OK + b"Content-Length: 18446744073709551621\r\n\r\nhello"),
    (413, "a Content-Length of 1 GB", OK + b"Content-Length: 1073741824\r\n\r\n"),
    (413, "a Content-Length of 2^63 - 1", OK + b"Content-Length: 9223372036854775807\r\n\r\n"),
    (400, "chunked twice named",
     OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
    (400, "chunked not last", OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n"),
    (501, "a coding that is not known", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n"),
    (400, "an xchunked coding", OK + b"Transfer-Encoding: xchunked\r\n\r\n"),
    (400, "chunked in HTTP/1.0",
     b"GET /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, "a chunk size that is none", OK + b"Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n"),
    (400, "a chunk size with blanks",
     OK + b"Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n"),
    (400, "a chunk longer than it says",
     OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n"),
    (400, "a chunk with bare LF", OK + b"Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n"),
    (413, "a chunk of 2^64 - 1", OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"),
    (400, "a chunk size of 17 digits",
     OK + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n"),
    (413, "a trailer without end",
     OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * 20000),
    (414, "a target of 8193 bytes", b"GET /" + b"x" * 8192 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    (414, "a target without end", b"GET /" + b"x" * 16000),
    (431, "a head of more than 16 KB", OK + b"X: " + b"x" * 16384 + b"\r\n\r\n"),
    (431, "a head without end", OK + b"X: " + b"x" * 30000),
    (431, "101 fields", OK + b"".join(b"X%d: y\r\n" % i for i in range(100)) + b"\r\n"),
    (501, "an unknown method", b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (501, "a method in lower case", b"get / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (501, "CONNECT", b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
    (501, "TRACE", b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (501, "a method without end", b"A" * 1000),
    (400, "a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200)),
    (400, "an empty line too many", b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (505, "HTTP/2.0", b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    (505, "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    (505, "HTTP/0.9 in words", b"GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
    (417, "an unknown expectation", OK + b"Expect: the-unexpected\r\n\r\n"),
    (400, "a path with an encoded NUL",
     b"GET /%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    (400, "a path with half an escape",
     b"GET /%4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    (400, "a path with no escape", b"GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
]

FINE = [
    ("8192 bytes of target", b"GET /" + b"x" * 8191 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 404),
    ("100 fields", OK + b"".join(b"X%d: y\r\n" % i for i in range(99)) + b"\r\n", 200),
    ("one empty line before it", b"\r\n" + OK + b"\r\n", 200),
    ("a value beyond ASCII", OK + "X: é\r\n\r\n".encode(), 200),
    ("a value with blanks around", OK + b"X: \t  y \t\r\n\r\n", 200),
    ("an empty value", OK + b"X:\r\n\r\n", 200),
    ("HTTP/1.2", b"GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n", 200),
    ("HTTP/1.0 without Host", b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    ("an absolute target", b"GET http://b/healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    ("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 404),
]


def hub():
    return shared()


def check_problem(response, status):
    equal(response.status, status, response)
    equal(response.get("Content-Type"), "application/problem+json")
    document = json.loads(response.body)
    equal((document["status"], document["type"]), (status, "about:blank"))
    assert document["title"] and document["detail"], document


@each("{0}: {1}", BAD)
def bad(status, _name, data):
    with Wire(hub().address) as wire:
        wire.send(data)
        response = wire.response()
        check_problem(response, status)
        equal(response.get("Connection"), "close")
        wire.expect_end()


@each("fine: {0}", FINE)
def fine(_name, data, status):
    with Wire(hub().address) as wire:
        equal(wire.send(data).response().status, status)


@test("what stands behind a bad request is not answered")
def not_smuggled():
    with Wire(hub().address) as wire:
        wire.send(OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                  + request(path="/healthz"))
        equal(wire.response().status, 400)
        wire.expect_end()


@test("all of it at every split, too")
def split():
    for status, name, data in BAD[:12]:
        for at in range(1, len(data), 5):
            with Wire(hub().address) as wire:
                wire.send(data[:at])
                try:
                    wire.send(data[at:])
                except OSError:
                    pass
                equal(wire.response().status, status, f"{name}, split at {at}")


@test("clients go on, and the refusals are counted")
def goes_on():
    with visitor(hub().address) as client:
        client.text("x")
        client.said()
    assert hub().metric('hubbub_refused_total{reason="http"}') >= len(BAD) // 2


test("it stops cleanly")(stop_shared)
run()
