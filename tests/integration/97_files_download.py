#!/usr/bin/python3
"""Files are fetched: by whom, in which parts, and in which clothes, so that none can harm the reader."""

import hashlib
import os
import time

from lib.files import API, GIF, JPEG, PNG, WEBP, Person, png, problem
from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, eventually, run, test
from lib.web import new_cid
from lib.wire import Wire, ask, request

PEOPLE = {}
DATA = os.urandom(700_001)
SAFE = {"X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes"}


def hub():
    return shared("--rate-upload", "0", "--rate-api", "0", "--rate-join", "0", "--rate-fetch", "0")


def somebody(name="Reader"):
    if name not in PEOPLE:
        PEOPLE[name] = Person(hub(), name)
    return PEOPLE[name]


def shown(data=DATA, name="data.bin", kind=None):
    """A file in a message of the lobby."""
    file = somebody().sent(data, name, kind)
    somebody().post(file)
    return file


@test("a file comes back as it was sent, with all that keeps it harmless")
def whole():
    file = shown()
    got = somebody().get(file)
    equal(got.status, 200)
    assert got.body == DATA
    for name, value in SAFE.items():
        equal(got.get(name), value, name)
    equal(got.get("ETag"), f'"{hashlib.sha256(DATA).hexdigest()}"')
    equal(got.get("Content-Type"), "application/octet-stream")
    head = somebody().get(file, method="HEAD")
    equal(head.status, 200)
    equal(sorted(n for n, _ in head.fields), sorted(n for n, _ in got.fields))
    equal(head.get("Content-Length"), str(len(DATA)))


@each("{0} is given out as {2}, {3}", [
    ("a PNG", png(), PNG, "inline", PNG), ("a GIF", GIF, "image/gif", "inline", "image/gif"),
    ("a JPEG", JPEG, "image/jpeg", "inline", "image/jpg"),
    ("a WebP", WEBP, "image/webp", "inline", None),
    ("an MP4", b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", "video/mp4", "inline", "video/mp4"),
    ("an MP3", b"ID3\4\0\0\0\0\0\0", "audio/mpeg", "inline", "audio/mp3"),
    ("an SVG", b"<svg onload='alert(1)'/>", "application/octet-stream", "attachment",
     "image/svg+xml"),
    ("a page", b"<script>alert(1)</script>", "application/octet-stream", "attachment",
     "text/html"),
    ("a page in XML", b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "application/octet-stream",
     "attachment", "application/xhtml+xml"),
    ("a script", b"alert(1)", "application/octet-stream", "attachment", "text/javascript"),
    ("a style", b"*{}", "application/octet-stream", "attachment", "text/css"),
    ("a text", b"hello", "application/octet-stream", "attachment", "text/plain"),
    ("a PDF", b"%PDF-1.7", "application/pdf", "attachment", "application/pdf"),
    ("an archive", b"PK\3\4", "application/zip", "attachment", "application/zip"),
    ("a page called a picture", b"<script>", "application/octet-stream", "attachment", PNG),
    ("a picture with a page in it, called a page", GIF + b"<script>", "application/octet-stream",
     "attachment", "text/html"),
    ("a picture with a page in it", GIF + b"<script>", "image/gif", "inline", "image/gif"),
])
def clothes(_, data, kind, disposition, claim):
    got = somebody().get(shown(data, "x", claim))
    equal(got.status, 200)
    equal(got.get("Content-Type"), kind)
    equal(got.get("Content-Disposition"), f"{disposition}; filename=\"x\"; filename*=UTF-8''x")
    for name, value in SAFE.items():
        equal(got.get(name), value, name)


@test("a name cannot break the line that it stands in")
def names():
    file = shown(b"x", 'a"; filename=evil.exe; x="\u00e4%.txt')
    equal(somebody().get(file).get("Content-Disposition"),
          'attachment; filename="a_; filename=evil.exe; x=___.txt"; '
          "filename*=UTF-8''a%22%3B%20filename%3Devil.exe%3B%20x%3D%22%C3%A4%25.txt")


@test("whatever name a file is asked for by, it is the file of that id")
def other_names():
    file = shown(b"x", "thumbnail")
    problem(somebody().get(file), 404, "no_file")  # that is the way to its thumbnail
    equal(somebody().get(file, name="_").body, b"x")
    for name in ["a/b", ""]:
        path = f"{API}/files/{file['id']}/{name}"
        equal(somebody().ask("GET", path).status, 404)
    for name in ["..", "%2e%2e", "a%00", "a%2fb"]:
        equal(somebody().ask("GET", f"{API}/files/{file['id']}/{name}").status, 400)


@each("{0} is {1}", [
    ("bytes=0-0", 206, (0, 0)), ("bytes=5-9", 206, (5, 9)), ("bytes=700000-", 206, (700000, 700000)),
    ("bytes=-1", 206, (700000, 700000)), ("bytes=0-", 206, (0, 700000)),
    ("bytes=699990-999999999", 206, (699990, 700000)), ("bytes=-99999999", 206, (0, 700000)),
    ("bytes=262143-262144", 206, (262143, 262144)),
    ("bytes=700001-", 416, None), ("bytes=-0", 416, None),
    ("bytes=9-5", 200, None), ("bytes=0-1,3-4", 200, None), ("items=0-1", 200, None),
    ("bytes=a-b", 200, None),
])
def ranges(value, status, part):
    file = PEOPLE.setdefault("file", shown())
    got = somebody().get(file, [("Range", value)])
    equal(got.status, status)
    if status == 416:
        equal(got.get("Content-Range"), "bytes */700001")
        equal(got.body, b"")
    elif part:
        equal(got.get("Content-Range"), f"bytes {part[0]}-{part[1]}/700001")
        assert got.body == DATA[part[0]:part[1] + 1]
    else:
        assert got.body == DATA and got.get("Content-Range") is None


@test("a range is of the content that its asker knows, or else all of it is sent")
def if_range():
    file = PEOPLE.setdefault("file", shown())
    tag = f'"{hashlib.sha256(DATA).hexdigest()}"'
    for value, status in [(tag, 206), ("W/" + tag, 200), ('"x"', 200),
                          ("Thu, 26 Nov 2026 10:00:00 GMT", 200)]:
        got = somebody().get(file, [("Range", "bytes=1-2"), ("If-Range", value)])
        equal(got.status, status, value)
    # HEAD knows no ranges.
    equal(somebody().get(file, [("Range", "bytes=1-2")], "HEAD").status, 200)


@test("what its asker has already is not sent again; but who may have it is asked each time")
def not_modified():
    file = shown()
    tag = f'"{hashlib.sha256(DATA).hexdigest()}"'
    with somebody().wire() as wire:
        for value, status in [(tag, 304), ("W/" + tag, 304), ("*", 304), ('"a", ' + tag, 304),
                              ('"a"', 200), ("nonsense", 200)]:
            got = somebody().get(file, [("If-None-Match", value)], wire=wire)
            equal(got.status, status, value)
            equal(got.get("ETag"), tag)
            if status == 304:
                assert got.get("Content-Length") is None and not got.body
        got = somebody().get(file, [("If-None-Match", tag), ("Range", "bytes=0-1")], wire=wire)
        equal(got.status, 304)
    with Wire(hub().address) as wire:
        wire.send(request("GET", f"{API}/files/{file['id']}/x", fields=[("If-None-Match", "*")]))
        problem(wire.response(), 401, "no_session")


@test("a file that is in no message is its sender's alone")
def unused():
    file = somebody().sent(b"mine")
    equal(somebody().get(file).body, b"mine")
    problem(somebody("Other").get(file), 404, "no_file")
    somebody().post(file)
    equal(somebody("Other").get(file).body, b"mine")


@test("a file in a message is of those who are in the room, as long as they are")
def rooms():
    owner, other = somebody(), somebody("Other")
    room = owner.web.create("Club of " + new_cid()[:8])
    file = owner.sent(png(2, 2), "p.png", PNG)
    owner.thumbnail(file, png(1, 1))
    owner.post(file, room=room)
    problem(other.get(file), 404, "no_file")
    problem(other.ask("GET", f"{API}/files/{file['id']}/thumbnail"), 404, "no_file")
    other.web.join(room)
    equal(other.get(file).status, 200)
    equal(other.ask("GET", f"{API}/files/{file['id']}/thumbnail").body, png(1, 1))
    other.web.do("leave", room)
    eventually("it is gone", lambda: other.get(file).status == 404)
    # Not even its sender, who has left.
    owner.web.do("leave", room)
    eventually("it is gone", lambda: owner.get(file).status == 404)


@test("a file goes with its message")
def deleted():
    file = somebody().sent(os.urandom(100))
    event = somebody().post(file)
    equal(somebody("Other").get(file).status, 200)
    somebody().web.do("delete", target=event["seq"])
    problem(somebody("Other").get(file), 404, "no_file")
    problem(somebody().get(file), 404, "no_file")


@each("there is no file {0!r}", ["1", "0", "01", "-1", "abc", "18446744073709551616", "1.0", "%31a"])
def no_such(file_id):
    problem(somebody().ask("GET", f"{API}/files/{file_id}/x"), 404, "no_file")


@test("a thumbnail has the type that it is of")
def thumbnail():
    who = somebody()
    video = who.sent(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", "v.mp4", "video/mp4")
    path = f"{API}/files/{video['id']}/thumbnail"
    problem(who.ask("GET", path), 404, "no_file")
    who.thumbnail(video, WEBP, "image/webp")
    got = who.ask("GET", path)
    equal((got.status, got.get("Content-Type"), got.body), (200, "image/webp", WEBP))
    equal(got.get("Content-Disposition"),
          "inline; filename=\"thumbnail\"; filename*=UTF-8''thumbnail")
    equal(who.post(video)["files"][0].get("thumbnail"), True)


@test("a message shows what comes with it, and a list what one has sent")
def events():
    who = somebody()
    file = who.sent(png(3, 2), "p.png", PNG)
    event = who.post({**file, "alt": "a dot"}, text="look")
    equal(event["files"], [{"id": file["id"], "name": "p.png", "type": PNG, "bytes": file["bytes"],
                            "width": 3, "height": 2, "alt": "a dot"}])
    assert file["id"].encode() in who.ask("GET", f"{API}/files").body


@test("several requests on one connection, with files in between")
def keep_alive():
    file = shown()
    with somebody().wire() as wire:
        for _ in range(3):
            assert somebody().get(file, wire=wire).body == DATA
            equal(somebody().ask("GET", f"{API}/me", wire=wire).status, 200)
            equal(somebody().get(file, [("Range", "bytes=1-3")], wire=wire).body, DATA[1:4])


@test("who goes away in the middle of a file is let go")
def gone():
    file = shown(os.urandom(8 << 20))
    with Wire(hub().address, rcvbuf=4096) as wire:
        wire.send(request("GET", f"{API}/files/{file['id']}/x", fields=[somebody().bearer]))
        wire.read_until(b"\r\n\r\n")
        before = hub().metric("hubbub_connections")
        wire.reset()
        hub().wait_metric("hubbub_connections", lambda n: n < before)
    open_files = f"/proc/{hub().process.pid}/fd"
    eventually("the file is closed", lambda: not any(
        "/files/" in os.path.realpath(os.path.join(open_files, fd))
        and "tmp" not in os.path.realpath(os.path.join(open_files, fd))
        and os.path.isfile(os.path.realpath(os.path.join(open_files, fd)))
        for fd in os.listdir(open_files)))


@test("a slow reader gets all of it, and holds up nobody")
def slow():
    data = os.urandom(4 << 20)
    file = shown(data)
    with Wire(hub().address, rcvbuf=8192) as wire:
        wire.send(request("GET", f"{API}/files/{file['id']}/x", fields=[somebody().bearer]))
        wire.read_until(b"\r\n\r\n")
        wire.read(1000)
        begun = time.monotonic()
        equal(somebody().get(file).status, 200)
        assert time.monotonic() - begun < 10
        assert wire.read(len(data) - 1000) == data[1000:]


@test("when the bytes are gone from the disk, that is said to both sides")
def lost():
    data = os.urandom(100)
    name = hashlib.sha256(data).hexdigest()
    file = shown(data)
    hub().sound = False
    os.unlink(os.path.join(hub().data, "files", name[:2], name[2:]))
    problem(somebody().get(file), 404, "no_file")
    assert name[:16] in hub().stderr() and "is not on the disk" in hub().stderr()


@test("files are not to be listed, and their folder is not served")
def no_listing():
    for path in ["/files/", "/data/files/", f"{API}/files/"]:
        equal(ask(hub().address, path=path).status, 404)


test("it stops cleanly")(stop_shared)
run()
