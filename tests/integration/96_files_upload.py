#!/usr/bin/python3
"""Files are sent: what they become, who may send them, and what is refused, with a word that helps."""

import hashlib
import json
import os
import time

from lib.files import API, GIF, JPEG, PNG, WEBP, Person, blobs, left_over, png, problem
from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, eventually, run, test
from lib.web import new_cid
from lib.wire import Wire, request

LIMIT = 3 << 20
FLAGS = ["--upload-bytes", str(LIMIT), "--upload-quota", str(8 << 20), "--uploads", "2",
         "--rate-upload", "0", "--body-ms", "700", "--rate-api", "0"]

PEOPLE = {}


def hub():
    return shared(*FLAGS)


def somebody(name="Sender"):
    if name not in PEOPLE:
        PEOPLE[name] = Person(hub(), name)
    return PEOPLE[name]


def place(data):
    return hashlib.sha256(data).hexdigest()


def nothing_left():
    eventually("nothing half done stays", lambda: not left_over(hub()))


@test("a file becomes somebody's, and lies on the disk under its hash")
def stored():
    data = os.urandom(300_000)
    file = somebody().sent(data, "notes.bin")
    equal({k: file[k] for k in ("name", "type", "bytes")},
          {"name": "notes.bin", "type": "application/octet-stream", "bytes": 300_000})
    assert file["id"].isdigit() and "width" not in file, file
    assert place(data) in blobs(hub())
    nothing_left()
    path = os.path.join(hub().data, "files", place(data)[:2], place(data)[2:])
    equal(os.stat(path).st_mode & 0o777, 0o600)


@test("the same content is stored once")
def once():
    data = os.urandom(1000)
    before = len(blobs(hub()))
    first, second = somebody().sent(data, "a"), somebody("Other").sent(data, "b")
    assert first["id"] != second["id"]
    equal(len(blobs(hub())), before + 1)


@test("a file may be empty, and as large as the limit")
def sizes():
    equal(somebody().sent(b"", "empty.txt", "text/plain")["bytes"], 0)
    file = somebody().sent(bytes(LIMIT), "zeros")
    equal(file["bytes"], LIMIT)
    equal(somebody().end(file).status, 200)


@each("{0} is {3}, of {4}", [
    ("a PNG that is called one", png(3, 2), PNG, PNG, (3, 2)),
    ("a PNG without a word", png(3, 2), None, PNG, (3, 2)),
    ("a GIF", GIF, "image/gif", "image/gif", (2, 3)),
    ("a JPEG", JPEG, "image/jpeg", "image/jpeg", (7, 5)),
    ("a WebP", WEBP, "image/webp", "image/webp", (2, 3)),
    ("a PNG that is called a GIF", png(), "image/gif", "application/octet-stream", (1, 1)),
    ("a page that is called a GIF", b"<script>1</script>", "image/gif",
     "application/octet-stream", None),
    ("a GIF with a page in it, called a page", GIF + b"<script>1</script>", "text/html",
     "application/octet-stream", (2, 3)),
    ("a GIF with a page in it", GIF + b"<script>1</script>", "image/gif", "image/gif", (2, 3)),
    ("a page", b"<html>", "text/html; charset=utf-8", "text/html", None),
    ("an SVG", b"<svg/>", "image/svg+xml", "image/svg+xml", None),
    ("a ZIP", b"PK\3\4" + bytes(30), "application/zip", "application/zip", None),
    ("a page that is called a ZIP", b"<html>", "application/zip", "application/octet-stream",
     None),
])
def types(_, data, claim, wanted, size):
    file = somebody().sent(data, "x", claim)
    equal(file["type"], wanted)
    equal((file.get("width"), file.get("height")), size or (None, None))


@test("width and height may be said, and have to be those of the picture")
def said_sizes():
    who = somebody()
    equal(who.sent(png(3, 2), "p", PNG, "&width=3&height=2")["width"], 3)
    # A picture that was taken with the camera turned.
    equal(who.sent(JPEG, "p", "image/jpeg", "&width=5&height=7")["width"], 5)
    video = b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(100)
    equal(who.sent(video, "v", "video/mp4", "&width=640&height=480")["height"], 480)
    for data, kind, query in [(png(3, 2), PNG, "&width=2&height=3"),
                              (png(3, 2), PNG, "&width=3"),
                              (b"text", "text/plain", "&width=3&height=2"),
                              (video, "video/mp4", "&width=65536&height=1"),
                              (video, "video/mp4", "&width=0&height=1")]:
        problem(who.send(data, "p", kind, query), 400, "bad_request")
    nothing_left()


@each("a file cannot be called {0!r}", [
    "", ".", "..", "../x", "/etc/passwd", "a/b", "a\\b", "a\nb", "a\r\nSet-Cookie: x=y", "a\0b",
    "a\u202egpj.exe", "\u2066a", "a\u2028b", "\ufeffa", "x" * 256, "\u00e4" * 128])
def bad_names(name):
    problem(somebody().send(b"x", name), 400, "bad_request")


@test("a name has to be there, and to be UTF-8")
def no_name():
    for query in ["", "?name", "?name=%ff", "?name=a&name=b", "?name=%", "?nom=x", "?name=a&x=y"]:
        problem(somebody().ask("POST", f"{API}/files{query}", body=b"x"), 400, "bad_request")


@each("a file may be called {0!r}", ["a", "x" * 255, "photo (1) 100%.jpeg", "\u00e4\u00f6.txt",
                                     "\U0001f469\u200d\U0001f4bb.png", "...", "a..b"])
def good_names(name):
    equal(somebody().sent(b"x", name)["name"], name)


@test("a form is no file")
def form():
    kind = "multipart/form-data; boundary=x"
    problem(somebody().send(b"--x\r\n", "f", kind), 415, "unsupported_type")
    for kind in ["text", "text/", "text/html,image/png", "x" * 100 + "/y"]:
        problem(somebody().send(b"x", "f", kind), 400, "bad_request")


@test("what is too large is refused before it is sent, when its length says so")
def too_large():
    who = somebody()
    with who.wire() as wire:
        wire.send(request("POST", f"{API}/files?name=x", fields=[
            who.bearer, ("Content-Length", str(LIMIT + 1)), ("Expect", "100-continue")]))
        problem(wire.response(), 413, "too_large")
        wire.expect_end()
    nothing_left()


@test("and as soon as it is too large, when it does not")
def too_large_in_chunks():
    who = somebody()
    with who.wire() as wire:
        wire.send(request("POST", f"{API}/files?name=x",
                          fields=[who.bearer, ("Transfer-Encoding", "chunked")]))
        chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
        for _ in range(LIMIT // 65536 + 1):
            wire.send(chunk)
        problem(wire.response(), 413, "too_large")
    nothing_left()


@test("a body in chunks is a file like any other")
def chunks():
    who = somebody()
    data = os.urandom(200_000)
    with who.wire() as wire:
        wire.send(request("POST", f"{API}/files?name=x",
                          fields=[who.bearer, ("Transfer-Encoding", "chunked")]))
        for at in range(0, len(data), 7919):
            piece = data[at:at + 7919]
            wire.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        wire.send(b"0\r\n\r\n")
        response = wire.response()
    equal(response.status, 201)
    assert place(data) in blobs(hub())


@test("a body that is longer than it says is cut off, and what follows is no request")
def lies():
    who = somebody()
    data = os.urandom(50)
    with who.wire() as wire:
        wire.send(request("POST", f"{API}/files?name=x",
                          fields=[who.bearer, ("Content-Length", "50")]) + data + b"\0 more\r\n\r\n")
        response = wire.response()
        equal(json.loads(response.body)["file"]["bytes"], 50)
        equal(wire.response().status, 400)
        wire.expect_end()
    assert place(data) in blobs(hub())
    for field in ["-1", "1e3", "5, 5", "0x5", ""]:
        with who.wire() as wire:
            wire.send(request("POST", f"{API}/files?name=x",
                              fields=[who.bearer, ("Content-Length", field)]) + b"12345")
            equal(wire.response().status, 400, field)
    with who.wire() as wire:
        wire.send(request("POST", f"{API}/files?name=x", fields=[
            who.bearer, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")]) + b"12345")
        equal(wire.response().status, 400)
    nothing_left()


@test("whoever asks first is told to send, once the way is free")
def expect():
    who = somebody()
    with who.wire() as wire:
        wire.send(request("POST", f"{API}/files?name=x", fields=[
            who.bearer, ("Content-Length", "5"), ("Expect", "100-continue")]))
        equal(wire.response(to_head=True).status, 100)
        wire.send(b"hello")
        equal(wire.response().status, 201)
        # The connection goes on.
        equal(who.get(json.loads(b'{"id":"1","name":"x"}'), wire=wire).status, 404)


@each("{0} is told so before it sends", [("who has no session", ()),
                                         ("who shows a wrong token",
                                          [("Authorization", "Bearer " + "A" * 43)])])
def strangers(_, fields):
    with Wire(hub().address) as wire:
        wire.send(request("POST", f"{API}/files?name=x", fields=[
            *fields, ("Content-Length", "100000"), ("Expect", "100-continue")]))
        problem(wire.response(), 401, "no_session")
    nothing_left()


@test("a page of another site cannot send a file with the cookie of a reader")
def forged():
    cookie = ("Cookie", f"hubbub_session={somebody().token}")
    with Wire(hub().address) as wire:
        wire.send(request("POST", f"{API}/files?name=x", body=b"x",
                          fields=[cookie, ("Origin", "https://evil.example"),
                                  ("Content-Type", "text/plain")]))
        problem(wire.response(), 403, "csrf")
    with Wire(hub().address) as wire:
        host = f"127.0.0.1:{hub().port}"
        wire.send(request("POST", f"{API}/files?name=x", body=b"x", host=host,
                          fields=[cookie, ("Origin", f"http://{host}")]))
        equal(wire.response().status, 201)


@each("an upload that {0} leaves nothing", ["ends early", "is reset", "breaks the rules",
                                            "comes too slowly"])
def aborted(how):
    who = somebody()
    before = blobs(hub())
    with who.wire() as wire:
        fields = [who.bearer]
        if how == "breaks the rules":
            fields.append(("Transfer-Encoding", "chunked"))
            body = b"5\r\nhello\r\nzz\r\n"
        else:
            fields.append(("Content-Length", "1000000"))
            body = os.urandom(200_000 if how != "comes too slowly" else 10)
        wire.send(request("POST", f"{API}/files?name=x", fields=fields) + body)
        eventually("it began", lambda: left_over(hub()) or how == "breaks the rules")
        if how == "is reset":
            wire.reset()
        elif how == "breaks the rules":
            equal(wire.response().status, 400)
        elif how == "comes too slowly":
            equal(wire.response().status, 408)
    nothing_left()
    equal(blobs(hub()), before)


@test("more files at once than a person may send are refused")
def at_once():
    who = somebody("Busy")
    wires = []
    for _ in range(2):
        wire = who.wire()
        wire.send(request("POST", f"{API}/files?name=x", fields=[
            who.bearer, ("Content-Length", "5"), ("Expect", "100-continue")]))
        equal(wire.response(to_head=True).status, 100)
        wires.append(wire)
    refused = who.send(b"x")
    document = problem(refused, 429, "rate_limited")
    assert document["retry_ms"] > 0 and refused.get("Retry-After"), refused
    equal(somebody("Patient").send(b"x").status, 201)
    wires[0].send(b"12345")
    equal(wires[0].response().status, 201)
    eventually("another one may be sent", lambda: who.send(b"x").status == 201)
    for wire in wires:
        wire.close()


@test("whoever has no room left is told so, and it is kept by nobody")
def quota():
    who = somebody("Hoarder")
    data = [os.urandom(LIMIT) for _ in range(3)]
    files = [who.sent(d, "big") for d in data[:2]]
    problem(who.send(data[2], "big"), 507, "quota")
    eventually("it is gone again", lambda: place(data[2]) not in blobs(hub()))
    equal(who.end(files[0]).status, 200)
    files.append(who.sent(data[2], "big"))
    for file in files[1:]:
        equal(who.end(file).status, 200)


@test("a thumbnail comes with its file, or after it, and only its sender can give it one")
def thumbnails():
    who, other = somebody(), somebody("Other")
    file = who.sent(png(900, 900, os.urandom(5000)), "p.png", PNG)
    equal(who.thumbnail(file, png(90, 90)).status, 204)
    equal(who.thumbnail(file, WEBP, "image/webp").status, 204)
    others = GIF + os.urandom(8)
    problem(other.thumbnail(file, others, "image/gif"), 404, "no_file")
    problem(who.thumbnail({"id": "12345"}, GIF, "image/gif"), 404, "no_file")
    problem(who.thumbnail({"id": "abc"}, GIF, "image/gif"), 404, "no_file")
    problem(who.thumbnail(file, b"<html>", "text/html"), 415, "unsupported_type")
    problem(who.thumbnail(file, b"<html>", PNG), 415, "unsupported_type")
    problem(who.thumbnail(file, b"%PDF-1.4", "application/pdf"), 415, "unsupported_type")
    problem(who.thumbnail(file, png(3, 2), PNG, "?width=2&height=3"), 400, "bad_request")
    problem(who.thumbnail(file, png(1, 1, bytes(256 * 1024))), 413, "too_large")
    eventually("refused ones are gone", lambda: place(others) not in blobs(hub()))
    nothing_left()


def patch(who, seq, body):
    return who.ask("PATCH", f"{API}/rooms/lobby/messages/{seq}",
                   [("Content-Type", "application/json")], json.dumps(body).encode())


@test("the words may be taken off a message with files, by both doors, and off no other")
def wordless():
    who = somebody()
    first = who.post(who.sent(b"1", "one"), text="a word")
    second = who.post(who.sent(b"2", "two"), text="another wordless thing")
    bare = who.web.do("post", text="nothing but words")["seq"]
    who.web.do("edit", target=first["seq"], text="")
    equal(who.web.event("edit", target=first["seq"])["text"], "")
    equal(patch(who, second["seq"], {"text": ""}).status, 200)
    equal(who.web.event("edit", target=second["seq"])["text"], "")
    for message in (first, second):
        reply = who.ask("GET", f"{API}/rooms/lobby/messages?around={message['seq']}&limit=1")
        now = [e for e in json.loads(reply.body)["events"] if e["seq"] == message["seq"]][0]
        equal((now["text"], now["files"], "deleted" in now), ("", message["files"], False))
        assert now["edited"], now
    found = who.ask("GET", f"{API}/search?q=another+wordless")
    equal(json.loads(found.body)["hits"], [])

    equal(who.web.error("edit", room="lobby", cid=new_cid(), target=bare, text="")["code"], "empty")
    problem(patch(who, bare, {"text": ""}), 422, "empty")
    problem(patch(who, first["seq"], {}), 400, "bad_request")
    other = somebody("Other")
    equal(other.web.error("edit", room="lobby", cid=new_cid(), target=first["seq"],
                          text="")["code"], "forbidden")
    # A deleted message has no files any more.
    who.web.do("delete", target=second["seq"])
    problem(patch(who, second["seq"], {"text": ""}), 404, "no_message")
    # And words may come back.
    who.web.do("edit", target=first["seq"], text="words again")
    equal(who.web.event("edit", target=first["seq"], text="words again")["text"], "words again")


@test("what was sent is counted")
def counted():
    count, amount = (hub().metric(f"hubbub_upload{x}_total") for x in ("s", "ed_bytes"))
    somebody().sent(b"12345")
    equal(hub().metric("hubbub_uploads_total"), count + 1)
    equal(hub().metric("hubbub_uploaded_bytes_total"), amount + 5)


@test("an upload is not held up by others that do not come on")
def beside():
    who = somebody("Slow")
    with who.wire() as wire:
        wire.send(request("POST", f"{API}/files?name=x",
                          fields=[who.bearer, ("Content-Length", "100")]) + b"x")
        begun = time.monotonic()
        equal(somebody().send(b"y" * 1000).status, 201)
        assert time.monotonic() - begun < 5


test("it stops cleanly")(stop_shared)
run()
