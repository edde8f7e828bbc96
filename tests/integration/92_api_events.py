#!/usr/bin/python3
"""GET /events: what was missed comes at once, what happens wakes whoever waits, and nothing is missed or told twice."""

import threading
import time

from lib.api import Api, bot, console, guest, sign_up
from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import equal, run, test
from lib.web import LOBBY, new_cid

CHEAP = ("--password-memory-kb", "1024", "--password-passes", "1")


def hub():
    return shared("--guests", "on", "--rate-api", "0", "--rate-join", "0", *CHEAP)


def texts(page):
    return [event["text"] for event in page["events"] if event["ev"] == "message"]


def cursors_of(page):
    return ",".join(f"{room}:{seq}" for room, seq in page["cursors"].items())


@test("what came behind the cursors is answered at once, the rest of the rooms begins at the head")
def at_once():
    gus = guest(hub())
    seq = gus.post(LOBBY, "one")["seq"]
    gus.post(LOBBY, "two")
    began = time.monotonic()
    page = gus.ok("GET", f"/events?rooms={LOBBY}:{seq}&wait=30")
    equal((texts(page), page["cursors"], page["more"]), (["two"], {LOBBY: seq + 1}, False))
    page = gus.ok("GET", "/events?wait=0")
    equal((page["events"], page["cursors"]), ([], {LOBBY: seq + 1}))
    assert time.monotonic() - began < 5


@test("whoever waits is woken by the next event, on whichever worker it is")
def woken():
    gus, other = guest(hub()), guest(hub(), "Other")
    waiting = [Api(hub().address, token=gus.token) for _ in range(4)]  # the sockets are dealt out to both workers
    page = gus.ok("GET", "/events?wait=0")
    equal(page["events"], [])
    for one in waiting:
        one.ok("GET", "/me")
        # With cursors: one that is read only after the message was said, on a busy machine, has it all the same.
        one.start("GET", f"/events?rooms={cursors_of(page)}&wait=30")
    other.post(LOBBY, "wake up")
    for one in waiting:
        equal(texts(one.finish().json), ["wake up"])
        one.close()


@test("when nothing happens the answer is empty, after the time that was asked for")
def empty():
    gus = guest(hub())
    began = time.monotonic()
    page = gus.ok("GET", "/events?wait=1")
    equal(page["events"], [])
    assert 0.9 < time.monotonic() - began < 10


@test("while many speak, whoever goes on from cursor to cursor gets each message once, in order")
def nothing_missed():
    reader = guest(hub(), "Reader")
    start = cursors_of(reader.ok("GET", "/events?wait=0"))
    count, speakers = 40, [guest(hub(), f"Speaker {i}") for i in range(3)]

    def speak(api, number):
        for i in range(count):
            api.post(LOBBY, f"{number}:{i}")
    threads = [threading.Thread(target=speak, args=(api, number)) for number, api in enumerate(speakers)]
    for thread in threads:
        thread.start()
    got, cursors, seqs = [], start, []
    end = time.monotonic() + 60
    while len(got) < count * len(speakers) and time.monotonic() < end:
        page = reader.ok("GET", f"/events?rooms={cursors}&wait=5")
        got += texts(page)
        seqs += [event["seq"] for event in page["events"]]
        cursors = cursors_of(page)
    for thread in threads:
        thread.join()
    equal(seqs, list(range(seqs[0], seqs[0] + len(seqs))))
    for number in range(len(speakers)):
        equal([text for text in got if text.startswith(f"{number}:")], [f"{number}:{i}" for i in range(count)])


@test("a page is bounded; more says that there is more")
def pages():
    with console(hub()) as desk:
        rooms = [desk.ok("POST", "/rooms", {"name": f"Page {i} {new_cid()[:8]}", "kind": "private"})["room"]
                 for i in range(3)]
        robo = bot(hub(), "Pager " + new_cid()[:8], *rooms)
    for room in rooms:
        for _ in range(3):
            robo.post(room, "x" * 30000)
    cursors = ",".join(f"{room}:0" for room in rooms)
    got, pages_count = 0, 0
    while True:
        page = robo.ok("GET", f"/events?rooms={cursors}&wait=0")
        got += len(texts(page))
        cursors = cursors_of(page)
        pages_count += 1
        if not page["more"]:
            break
    equal(got, 9)
    assert pages_count > 1, pages_count


@test("a cursor that cannot be of this log is reset")
def reset():
    gus = guest(hub())
    head = gus.post(LOBBY, "x")["seq"]
    page = gus.ok("GET", f"/events?rooms={LOBBY}:{head + 1000}&wait=0")
    equal([(e["ev"], e["head"], e["reason"]) for e in page["events"]], [("reset", head, "diverged")])
    equal(page["cursors"], {LOBBY: head})


@test("rooms that somebody is not in are passed over, and cursors that are none are refused")
def bad_cursors():
    gus = guest(hub())
    page = gus.ok("GET", f"/events?rooms=0123456789ab:0,{LOBBY}:0&wait=0")
    assert "0123456789ab" not in page["cursors"], page["cursors"]
    for wrong in ("lobby", "lobby:", ":1", "lobby:x", "lobby:1,lobby:2", "lobby:-1", "lobby:99999999999999999",
                  "x:1"):
        gus.refused(400, "bad_request", "GET", f"/events?rooms={wrong}&wait=0")
    gus.refused(400, "bad_request", "GET", "/events?wait=31")


@test("a room that one comes into while waiting begins at once")
def added():
    with console(hub()) as desk:
        room = desk.ok("POST", "/rooms", {"name": "Later " + new_cid()[:8], "kind": "private"})["room"]
        ann = sign_up(hub(), "Ann" + new_cid()[:8])
        cursors = cursors_of(ann.ok("GET", "/events?wait=0"))
        desk.ok("POST", f"/rooms/{room}/members", {"person": ann.id})
        ann.start("GET", f"/events?rooms={cursors}&wait=30")
        desk.ok("POST", f"/rooms/{room}/messages", {"text": "welcome"})
        page = ann.finish().json
        while not texts(page):
            page = ann.ok("GET", f"/events?rooms={cursors_of(page)}&wait=30")
        equal(texts(page)[-1], "welcome")


@test("whose session ends while it waits is told so")
def ended():
    ann = sign_up(hub(), "Ann" + new_cid()[:8])
    ann.ok("GET", "/me")
    ann.start("GET", "/events?wait=30")
    with console(hub()) as desk:
        desk.ok("POST", f"/people/{ann.id}/kick")
    answer = ann.finish()
    equal((answer.status, answer.code), (401, "no_session"))


@test("who goes away while it waits leaves nothing behind")
def gone():
    gus = guest(hub())
    for _ in range(30):
        with Api(hub().address, token=gus.token) as one:
            one.start("GET", "/events?wait=30")
    hub().wait_metric("hubbub_connections", lambda now: now <= 3)
    gus.post(LOBBY, "anybody?")
    gus.ok("GET", "/events?wait=0")


@test("when the server stops, whoever waits does not keep it")
def stopping():
    with Hubbub("--guests", "on") as small:
        gus = guest(small)
        gus.ok("GET", "/me")
        gus.start("GET", "/events?wait=30")
        began = time.monotonic()
        small.stop()
        assert time.monotonic() - began < 10


if __name__ == "__main__":
    try:
        run()
    finally:
        stop_shared()
