#!/usr/bin/python3
"""/metrics: every name is explained, every value a number, and the counters count."""

import re

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import Web, person
from lib.wire import Wire, ask
from lib.ws import frame, handshake, visitor

ROW = re.compile(r'([a-z_]+)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? (-?[0-9.e+]+)$')


def hub():
    return shared("--rate-posts", "100", "--rate-burst", "5")


def page():
    response = ask(hub().metrics_address, path="/metrics")
    equal(response.status, 200)
    assert response.get("Content-Type").startswith("text/plain; version=0.0.4"), response
    return response.body.decode()


@test("the format: HELP and TYPE once, before the rows of that name, which stand together")
def form():
    text = page()
    assert text.endswith("\n")
    helped, typed, seen, last = set(), {}, set(), None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in helped and len(line.split(" ")) > 4, line
            helped.add(name)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name in helped and name not in typed and kind in ("counter", "gauge"), line
            typed[name] = kind
        else:
            row = ROW.match(line)
            assert row, f"not a row: {line!r}"
            name = row.group(1)
            assert name in typed, f"not explained: {line}"
            assert name == last or name not in seen, f"the rows of {name} are scattered"
            assert (typed[name] == "counter") == name.endswith("_total"), line
            assert name.startswith("hubbub_") and float(row.group(3)) >= 0, line
            seen.add(name)
            last = name
    equal(helped, seen)


def says_three():
    with visitor(hub().address) as client:
        for text in "abc":
            client.text(text)
            client.said()


def posts():
    with person(hub().address) as client:
        client.post("x")


def bad_http():
    with Wire(hub().address) as wire:
        wire.send(b"nonsense\r\n\r\n").read_all()


def bad_frame():
    with visitor(hub().address) as client:
        client.send(frame(1, "x", masked=False)).read_all()


def bad_utf8():
    with visitor(hub().address) as client:
        client.send(frame(1, b"\xff")).read_all()


def too_big():
    with visitor(hub().address) as client:
        client.send(frame(1, b"", claim=1 << 20)).read_all()


def bad_origin():
    with Wire(hub().address) as wire:
        wire.send(handshake(fields=[("Origin", "null")])).response()


def bad_handshake():
    ask(hub().address, path="/ws")


def bad_command():
    with Web(hub().address) as client:
        client.error("nonsense")


def rate_limited():
    with visitor(hub().address) as client:
        client.send(frame(1, "x") * 20)
        for _ in range(20):
            client.said()


def comes_back_with(cursor):
    with person(hub().address) as client:
        client.sync()
    person(hub().address, cursors={"lobby": cursor}).close()


def comes_back():
    comes_back_with({"seq": 0})


def diverges():
    comes_back_with({"seq": 1 << 40})


def reads_a_page():
    with person(hub().address) as client:
        client.history()


@each("{0} rises by {1}", [
    ("hubbub_fed_pages_total", None, comes_back),
    ("hubbub_resets_total", 1, diverges),
    ("hubbub_reads_total", 1, reads_a_page),
    ("hubbub_messages_received_total", 3, says_three),
    ("hubbub_store_events_total", 3, says_three),
    ("hubbub_store_events_total", 1, posts),
    ('hubbub_refused_total{reason="http"}', 1, bad_http),
    ('hubbub_refused_total{reason="frame"}', 1, bad_frame),
    ('hubbub_refused_total{reason="utf8"}', 1, bad_utf8),
    ('hubbub_refused_total{reason="too_big"}', 1, too_big),
    ('hubbub_refused_total{reason="origin"}', 1, bad_origin),
    ('hubbub_refused_total{reason="handshake"}', 1, bad_handshake),
    ('hubbub_refused_total{reason="command"}', 1, bad_command),
    ("hubbub_rate_limited_total", None, rate_limited),
])
def rises(name, by, act):
    before = hub().metric(name)
    act()
    hub().wait_metric(name, lambda n: n > before)
    if by is not None:
        equal(hub().metric(name) - before, by)


@test("bytes in and out, sends, deliveries and turns rise")
def traffic():
    names = ["hubbub_received_bytes_total", "hubbub_sent_bytes_total", "hubbub_send_calls_total",
             "hubbub_deliveries_total", "hubbub_loop_turns_total", "hubbub_loop_busy_ns_total",
             "hubbub_frames_appended_total", "hubbub_http_requests_total",
             "hubbub_store_commits_total"]
    before = hub().all_metrics()
    says_three()
    after = hub().all_metrics()
    for name in names:
        assert after[name] > before[name], name


@test("gauges go up and come down again")
def gauges():
    with visitor(hub().address), person(hub().address):
        equal(hub().metric("hubbub_clients"), 2)
        equal(hub().metric("hubbub_connections"), 3)
    hub().wait_metric("hubbub_clients", lambda n: n == 0)
    hub().wait_metric("hubbub_connections", lambda n: n == 1)


@test("an encoding costs as many frames as there are dialects, not clients")
def encode_once():
    clients = [visitor(hub().address) for _ in range(20)]
    clients[0].text("all are here")
    for client in clients:
        client.read_until(b'"all are here"}\n')
    before = hub().metric("hubbub_frames_appended_total")
    clients[0].text("once")
    for client in clients:
        client.read_until(b'"once"}\n')
    appended = hub().metric("hubbub_frames_appended_total") - before
    assert appended <= 2, f"{appended} frames for one message, one dialect and two workers"
    for client in clients:
        client.close()


test("it stops cleanly")(stop_shared)
run()
