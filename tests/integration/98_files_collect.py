#!/usr/bin/python3
"""What nobody uses goes, also after the program was killed; what somebody uses stays, whatever else happens at the
same time; and a disk that is full, or not there, is said to be so."""

import hashlib
import os
import signal

from lib.files import API, PNG, Person, blobs, left_over, png, problem
from lib.hubbub import Hubbub
from lib.tap import equal, eventually, run, test
from lib.web import Web
from lib.wire import request


def place(data):
    return hashlib.sha256(data).hexdigest()


@test("a file that is in no message goes after its time, one that is in a message stays")
def unused():
    with Hubbub("--upload-unused-ms", "1500") as hub:
        who = Person(hub, "Sender")
        kept, lost = os.urandom(100), os.urandom(100)
        file = who.sent(kept, "kept")
        who.post(file)
        other = who.sent(lost, "lost")
        assert place(lost) in blobs(hub)
        eventually("the unused one is gone", lambda: place(lost) not in blobs(hub))
        equal(who.get(other).status, 404)
        error = who.web.post("late", files=[{"id": other["id"]}])["error"]
        equal(error["code"], "no_file")
        equal(who.get(file).body, kept)


@test("blobs go when the last message with them is deleted")
def deleted():
    with Hubbub() as hub:
        who = Person(hub, "Sender")
        data, small = png(9, 9, os.urandom(50)), png(2, 2, os.urandom(50))
        events = []
        for _ in range(2):
            file = who.sent(data, "p.png", PNG)
            equal(who.thumbnail(file, small).status, 204)
            events.append((file, who.post(file)))
        equal(len(blobs(hub)), 2)
        who.web.do("delete", target=events[0][1]["seq"])
        equal(who.get(events[1][0]).body, data)
        who.web.do("delete", target=events[1][1]["seq"])
        eventually("both are gone", lambda: not blobs(hub))
        equal(left_over(hub), [])


@test("who sends what is being deleted does not lose it")
def again():
    with Hubbub() as hub:
        who = Person(hub, "Sender")
        data = os.urandom(1000)
        for _ in range(20):
            file = who.sent(data, "x")
            equal(who.end(file).status, 200)
            file = who.sent(data, "x")
            assert who.get(file).body == data
            equal(who.end(file).status, 200)
        eventually("it is gone in the end", lambda: not blobs(hub))
        file = who.sent(data, "x")
        equal(who.get(file).body, data)


@test("a killed program leaves nothing half done")
def killed():
    with Hubbub() as hub:
        who = Person(hub, "Sender")
        kept = os.urandom(1000)
        file = who.sent(kept, "kept")
        who.post(file)
        wire = who.wire()
        wire.send(request("POST", f"{API}/files?name=x", fields=[
            who.bearer, ("Content-Length", "10000000")]) + bytes(500_000))
        eventually("it is on its way", lambda: left_over(hub))
        hub.process.send_signal(signal.SIGKILL)
        wire.close()
        hub.kill()
        # As if it had died between a blob and its row: the blob and its mark are there, the row is not; and once with the row.
        orphan = hashlib.sha256(b"orphan").hexdigest()
        base = os.path.join(hub.data, "files")
        os.makedirs(os.path.join(base, orphan[:2]), exist_ok=True)
        with open(os.path.join(base, orphan[:2], orphan[2:]), "wb") as out:
            out.write(b"orphan")
        for name in (orphan, place(kept)):
            with open(os.path.join(base, "tmp", name), "wb"):
                pass
        assert left_over(hub)
        hub.start()
        again = Person(hub, "Another")
        again.web.do("post", text="the writer has something to do")
        eventually("the orphan is gone", lambda: blobs(hub) == [place(kept)])
        equal(left_over(hub), [])
        equal(again.get(file).body, kept)


@test("when the disk is full, that is said before the file is sent")
def full():
    with Hubbub("--disk-reserve", str(1 << 39), "--store", "sqlite") as hub:
        # Nothing at all can be kept: not even a guest.
        reply = Web(hub.address).ask("hello", name="Nobody")
        equal(reply["error"]["code"], "disk_full")
    with Hubbub("--upload-bytes", str(1 << 40)) as hub:
        who = Person(hub, "Sender")
        space = os.statvfs(hub.data)
        length = space.f_bavail * space.f_frsize + (1 << 30)
        with who.wire() as wire:
            wire.send(request("POST", f"{API}/files?name=x", fields=[
                who.bearer, ("Content-Length", str(length)), ("Expect", "100-continue")]))
            response = wire.response()
            problem(response, 507, "disk_full")
            assert response.get("Retry-After"), response
        equal(left_over(hub), [])
        equal(who.send(b"small").status, 201)
        equal(hub.metric('hubbub_refused_total{reason="disk_full"}'), 1)


@test("a server that keeps nothing on disk takes no files, and says so")
def memory():
    with Hubbub("--store", "memory") as hub:
        who = Person(hub, "Sender")
        problem(who.send(b"x"), 503, "no_accounts")
        problem(who.get({"id": "1", "name": "x"}), 404, "no_file")
        assert not os.path.exists(os.path.join(hub.data, "files"))


@test("guests send files only where they may do all that members may")
def guests():
    with Hubbub("--guests-may", "talk") as hub:
        who = Person(hub, "Guest")
        with who.wire() as wire:
            wire.send(request("POST", f"{API}/files?name=x", fields=[
                who.bearer, ("Content-Length", "5"), ("Expect", "100-continue")]))
            problem(wire.response(), 403, "needs_account")
        equal(left_over(hub), [])


@test("who fetches too much at once is told to wait, and is not stopped from talking")
def fetches():
    with Hubbub("--rate-fetch", "1", "--rate-api", "1000") as hub:
        who = Person(hub, "Fetcher")
        file = who.sent(b"x")
        with who.wire() as wire:
            statuses = [who.get(file, wire=wire).status for _ in range(15)]
            equal(statuses[:10], [200] * 10)
            assert 429 in statuses, statuses
            equal(who.ask("GET", f"{API}/me", wire=wire).status, 200)


@test("stopping gives up what is on its way, and leaves nothing")
def stopping():
    with Hubbub() as hub:
        who = Person(hub, "Sender")
        data = os.urandom(8 << 20)
        file = who.sent(data, "x")
        sending, fetching = who.wire(), who.wire()
        sending.send(request("POST", f"{API}/files?name=x", fields=[
            who.bearer, ("Content-Length", "10000000")]) + bytes(500_000))
        eventually("it is on its way", lambda: left_over(hub))
        fetching.send(request("GET", f"{API}/files/{file['id']}/x", fields=[who.bearer]))
        fetching.read_until(b"\r\n\r\n")
        hub.stop()
        equal(left_over(hub), [])


run()
