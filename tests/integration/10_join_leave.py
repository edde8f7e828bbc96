#!/usr/bin/python3
"""The tutorial's notices: who joins is announced to all, who leaves to the others, however it
left."""

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, test
from lib.ws import JOINED, LEFT, WebSocket, close_frame, frame, visitor


def closes(client):
    client.send(close_frame(1000))


def closes_without_code(client):
    client.send(frame(8))


def ends(client):
    client.end_sending()


def resets(client):
    client.reset()


def breaks_a_rule(client):
    client.send(frame(1, "unmasked", masked=False))


def goes_mid_frame(client):
    client.send(frame(1, "half a message")[:9])
    client.end_sending()


def resets_mid_message(client):
    client.send(frame(1, "a fragment", fin=False))
    client.reset()


WAYS = [(w.__name__.replace("_", " "), w) for w in
        (closes, closes_without_code, ends, resets, breaks_a_rule, goes_mid_frame,
         resets_mid_message)]


@test("a newcomer's first frame is the notice of its own joining")
def first_frame():
    with Hubbub() as hub, WebSocket(hub.address) as client:
        equal(client.recv(), JOINED)
        client.leave()


@test("the others hear of it, too, once")
def others_hear():
    with Hubbub() as hub, visitor(hub.address) as first:
        with visitor(hub.address) as second:
            equal(first.recv(), JOINED)
            second.text("only this")
            equal((first.body(), second.body()), ("only this", "only this"))
            second.leave()
        equal(first.recv(), LEFT)


@each("the others hear when one {0}, and only they", WAYS)
def leaves(_name, way):
    with Hubbub() as hub, visitor(hub.address) as first, visitor(hub.address) as second:
        equal(first.recv(), JOINED)
        with visitor(hub.address) as third:
            equal((first.recv(), second.recv()), (JOINED, JOINED))
            way(third)
            equal((first.recv(), second.recv()), (LEFT, LEFT))
            if third.socket.fileno() >= 0:
                assert LEFT not in third.read_all(), "it heard of its own leaving"
        first.text("still here")
        equal((first.body(), second.body()), ("still here", "still here"))
        second.leave()
        equal(first.recv(), LEFT)


@test("nobody hears of one whose handshake was refused")
def refused():
    with Hubbub() as hub, visitor(hub.address) as first:
        try:
            WebSocket(hub.address, fields=[("Origin", "https://evil.example")])
        except AssertionError as error:
            assert "403" in str(error), error
        first.text("first thing")
        equal(first.body(), "first thing")


@test("messages of one who leaves right behind them arrive before the notice")
def last_words():
    with Hubbub() as hub, visitor(hub.address) as first:
        with visitor(hub.address) as second:
            equal(first.recv(), JOINED)
            second.send(b"".join(frame(1, str(i)) for i in range(50)) + close_frame())
            equal([first.body() for _ in range(50)], [str(i) for i in range(50)])
        equal(first.recv(), LEFT)


run()
