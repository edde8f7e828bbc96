#!/usr/bin/python3
"""The HTTP API: webhooks, the export of a room, the console's socket."""

import json
import os
import socket
import stat
import time

from lib.api import API, Api, bot, console, sign_up
from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, eventually, run, test
from lib.web import LOBBY, new_cid, person
from lib.wire import Wire

CHEAP = ("--password-memory-kb", "1024", "--password-passes", "1")


def hub():
    return shared("--guests", "on", "--rate-api", "0", "--log-level", "debug", *CHEAP)


def make_hook(desk, room, name="CI"):
    hook = desk.ok("POST", f"/rooms/{room}/webhooks", {"name": name})
    return hook, hook["url"].split(API)[1]


# ---- webhooks ----

@test("a webhook speaks as its bot in its room, as JSON or as plain text, by its address or by a token")
def hooks():
    with console(hub()) as desk, person(hub().address, "Wes") as wes, Api(hub().address) as sender:
        hook, path = make_hook(desk, LOBBY)
        sender.ok("POST", path, {"text": "built"})
        equal(wes.message("built")["from"]["name"], "CI")
        equal(sender.call("POST", path, "grün".encode(), content_type="text/plain; charset=utf-8").status, 201)
        wes.message("grün")
        token = path.split(".")[1]
        sender.ok("POST", f"/hooks/{hook['id']}", {"text": "by token"}, fields=[("Authorization", f"Bearer {token}")])
        wes.message("by token")
        key = new_cid()
        first = sender.ok("POST", path, {"text": "once"}, fields=[("Idempotency-Key", key)])
        equal(sender.ok("POST", path, {"text": "once"}, fields=[("Idempotency-Key", key)]), {**first, "dup": True})


@test("who has the address of a webhook can do nothing else by it")
def hooks_only():
    with console(hub()) as desk:
        hook, path = make_hook(desk, LOBBY)
        token = path.split(".")[1]
        with Api(hub().address, token=token) as sender:
            sender.refused(401, "no_session", "GET", f"/rooms/{LOBBY}/messages")
            sender.refused(401, "no_session", "POST", f"/rooms/{LOBBY}/messages", {"text": "x"})
        robo = bot(hub(), "Robo" + new_cid()[:8], )
        with Api(hub().address) as sender:
            for wrong in (f"/hooks/{hook['id']}", f"/hooks/{hook['id']}.", f"/hooks/{hook['id']}.{token[:-1]}",
                          f"/hooks/{hook['id']}.{'x' * 43}", f"/hooks/{hook['id']}.{robo.token}"):
                sender.refused(404, "bad_token", "POST", wrong, {"text": "x"})
            sender.refused(415, "unsupported_type", "POST", path, b"<x/>", content_type="text/xml")
            sender.refused(400, "bad_request", "POST", path, b"\xff", content_type="text/plain")
            sender.refused(422, "empty", "POST", path, {"text": ""})
            desk.ok("DELETE", f"/webhooks/{hook['id']}")
            sender.refused(404, "bad_token", "POST", path, {"text": "x"})
        assert token not in hub().stderr(), "the token stands in the log"


# ---- export ----

def exported(answer):
    equal((answer.status, answer.type), (200, "application/x-ndjson"))
    return [json.loads(line) for line in answer.body.decode().split("\n")[:-1]]


@test("an export is the room's log, one event in each line, page by page")
def export():
    with console(hub()) as desk:
        room = desk.ok("POST", "/rooms", {"name": "Log " + new_cid()[:8], "kind": "private"})["room"]
        robo = bot(hub(), "Log" + new_cid()[:8], room)
        for i in range(450):
            robo.post(room, f"{i} " + "x" * 500)
        robo.ok("DELETE", f"/rooms/{room}/messages/3")
        events = exported(desk.call("GET", f"/rooms/{room}/export"))
        equal([event["seq"] for event in events], list(range(1, 454)))
        equal([event["ev"] for event in events[:3]], ["created", "added", "message"])
        equal(events[2]["deleted"], True)
        equal(desk.call("HEAD", f"/rooms/{room}/export").body, b"")
        desk.ok("GET", f"/rooms/{room}/members")
        robo.refused(403, "forbidden", "GET", f"/rooms/{room}/export")
        desk.refused(404, "no_room", "GET", "/rooms/x/export")


@test("who takes an export slowly gets all of it, and is held back meanwhile")
def slow_export():
    with console(hub()) as desk:
        room = desk.ok("POST", "/rooms", {"name": "Slow " + new_cid()[:8], "kind": "private"})["room"]
        owner = sign_up(hub(), "Owner" + new_cid()[:8], "owner")
        desk.ok("POST", f"/rooms/{room}/members", {"person": owner.id})
        robo = bot(hub(), "Slow" + new_cid()[:8], room)
        for _ in range(120):
            robo.post(room, "y" * 40000)
        before = hub().resident_bytes()
        with Wire(hub().address, rcvbuf=32768, deadline_s=60) as wire:
            wire.send(f"GET {API}/rooms/{room}/export HTTP/1.0\r\nAuthorization: Bearer {owner.token}\r\n\r\n".encode())
            wire.response(to_head=True)
            desk.ok("GET", "/me")  # others are served meanwhile
            grown = hub().resident_bytes() - before
            body = wire.read_all()
        equal(body.count(b"\n"), 123)
        assert body.endswith(b"}\n"), body[-80:]
        assert grown < 3 << 20 or "asan" in os.environ.get("HUBBUB_BIN", ""), grown


def kicked(desk, admin):
    desk.ok("POST", f"/people/{admin.id}/kick", {})


def signed_out(_desk, admin):
    admin.ok("DELETE", "/session")


def admin_no_more(desk, admin):
    desk.ok("PUT", f"/people/{admin.id}/role", {"role": "member"})


@each("an export under way ends when {0}", [
    ("its admin is kicked", kicked), ("its session is signed out", signed_out),
    ("its owner is no admin any more", admin_no_more)])
def cut_export(_what, end):
    admin = sign_up(hub(), "Adam" + new_cid()[:8], "admin")
    room = admin.ok("POST", "/rooms", {"name": "Cut " + new_cid()[:8], "kind": "private"})["room"]
    robo = bot(hub(), "Cut" + new_cid()[:8])
    admin.ok("POST", f"/rooms/{room}/members", {"person": robo.id})
    for _ in range(240):
        robo.post(room, "y" * 40000)
    with console(hub()) as desk, Wire(hub().address, rcvbuf=32768, deadline_s=60) as wire:
        wire.send(f"GET {API}/rooms/{room}/export HTTP/1.1\r\nHost: x\r\n"
                  f"Authorization: Bearer {admin.token}\r\n\r\n".encode())
        wire.response(to_head=True)
        end(desk, admin)
        body = wire.read_all()
    assert body.count(b"}\n") < 240 and not body.endswith(b"0\r\n\r\n"), (len(body), body[-80:])


# ---- the console ----

@test("only who runs the program may open the console's socket; by it one is an owner")
def console_socket():
    path = os.path.join(hub().data, "hubbub.sock")
    status = os.stat(path)
    assert stat.S_ISSOCK(status.st_mode), oct(status.st_mode)
    equal(stat.S_IMODE(status.st_mode), 0o600)
    with console(hub()) as desk:
        me = desk.ok("GET", "/me")
        equal((me["name"], me["role"]), ("Console", "owner"))
        desk.ok("GET", "/me", fields=[("Authorization", "Bearer " + "x" * 43)])
    with Api(hub().address) as outside:
        outside.refused(401, "no_session", "GET", "/me")
    # What is served to everybody is there, too.
    with socket.socket(socket.AF_UNIX) as plain:
        plain.connect(path)
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        equal(plain.recv(12), b"HTTP/1.1 200")


@test("the socket goes with the program, and one that is left over is replaced")
def left_over():
    with Hubbub() as small:
        path = os.path.join(small.data, "hubbub.sock")
        small.restart(9)
        assert os.path.exists(path)
        with console(small) as desk:
            desk.ok("GET", "/me")
        small.stop()
        equal(os.path.exists(path), False)


@test("a data directory with a long name has one, too; without a disk there is none")
def long_names():
    with Hubbub("--store", "memory") as small:
        equal(os.path.exists(os.path.join(small.data, "hubbub.sock")), False)
        with Api(small.address) as nobody:
            nobody.refused(401, "no_session", "GET", "/me")
    with Hubbub("--data", "d" * 150) as small:
        eventually("the socket", lambda: os.path.exists(os.path.join(small.folder, "d" * 150, "hubbub.sock")))


@test("what was accepted before the program stops is kept")
def stop_in_flight():
    with Hubbub("--rate-api", "0") as small:
        with console(small) as desk:
            desk.ok("POST", "/rooms", {"name": "Kept", "kind": "public"})
        small.restart()
        with console(small) as desk:
            names = [room["name"] for room in desk.ok("GET", "/rooms/public")["rooms"]]
            assert "Kept" in names, names
        began = time.monotonic()
        small.stop()
        assert time.monotonic() - began < 10


if __name__ == "__main__":
    try:
        run()
    finally:
        stop_shared()
