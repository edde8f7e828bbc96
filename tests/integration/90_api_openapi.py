#!/usr/bin/python3
"""The HTTP API is what docs/openapi.yaml says: every operation is tried, and every answer judged by it."""

import hmac
import base64
import hashlib
import struct
import subprocess
import time

from lib.api import Api, bot, console, guest, sign_up
from lib.hubbub import BIN, Hubbub, clean_environment
from lib.openapi import Spec
from lib.tap import equal, eventually, run, same_list, test

PASSWORD = "correct horse battery"
SPEC = Spec()
STATE = {}


def hub():
    if "hub" not in STATE:
        STATE["hub"] = Hubbub("--guests", "on", "--signup", "open", "--rate-api", "0", "--rate-join", "0",
                              "--rate-sign-in", "0", "--rate-sign-up", "0", "--password-memory-kb", "1024",
                              "--password-passes", "1")
    return STATE["hub"]


def who(name):
    """Somebody whose requests are judged; made at the first use."""
    if name not in STATE:
        if name == "desk":
            STATE[name] = console(hub())
        elif name == "nobody":
            STATE[name] = Api(hub().address)
        else:
            STATE[name] = sign_up(hub(), name, {"owner": "owner", "mod": "moderator"}.get(name, "member"))
        STATE[name].on_answer = SPEC.check
    return STATE[name]


def room():
    if "room" not in STATE:
        made = who("owner").ok("POST", "/rooms", {"name": "Garden", "kind": "public"})
        STATE["room"] = made["room"]
        who("ann").ok("POST", f"/rooms/{made['room']}/join")
        who("bob").ok("POST", f"/rooms/{made['room']}/join", {})
    return STATE["room"]


def totp(secret):
    key = base64.b32decode(secret)
    counter = struct.pack(">Q", int(time.time() // 30))
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7fffffff) % 1000000:06d}"


@test("the program and the document name the same routes")
def routes():
    said = subprocess.run([BIN, "--routes"], env=clean_environment(), capture_output=True, text=True, check=True)
    same_list(sorted(said.stdout.split("\n")[:-1]), sorted(SPEC.routes()), "routes")


@test("accounts")
def accounts():
    nobody = who("nobody")
    nobody.ok("POST", "/links/look", {})
    nobody.refused(404, "bad_token", "POST", "/links/look", {"token": "x" * 43})
    made = nobody.ok("POST", "/accounts", {"name": "Cleo", "password": PASSWORD, "token": True})
    nobody.refused(409, "name_taken", "POST", "/accounts", {"name": "Cleo", "password": PASSWORD})
    nobody.ok("POST", "/session", {"name": "Cleo", "password": PASSWORD, "token": True})
    nobody.refused(401, "bad_credentials", "POST", "/session", {"name": "Cleo", "password": "wrong wrong"})
    cleo = Api(hub().address, token=made["token"], on_answer=SPEC.check)
    cleo.ok("GET", "/me")
    cleo.ok("PATCH", "/me", {"name": "Cleopatra"})
    cleo.ok("PATCH", "/me", {"display": "C.", "color": "#aa00ff"})
    equal(cleo.ok("GET", "/me")["color"], "#aa00ff")
    equal(len(cleo.ok("GET", "/sessions")["rows"]), 2)
    cleo.ok("DELETE", "/sessions")
    other = nobody.ok("POST", "/session", {"name": "Cleopatra", "password": PASSWORD, "token": True})
    cleo.ok("DELETE", f"/sessions/{other['session']}")
    cleo.refused(404, "not_found", "DELETE", "/sessions/1")
    cleo.refused(401, "bad_credentials", "POST", "/me/password", {"password": "wrong wrong", "new_password": PASSWORD})
    cleo.ok("POST", "/me/password", {"password": PASSWORD, "new_password": PASSWORD + "!"})
    begun = cleo.ok("POST", "/me/totp")
    cleo.ok("PUT", "/me/totp", {"secret": begun["secret"], "code": totp(begun["secret"]), "password": PASSWORD + "!"})
    codes_needed = nobody.call("POST", "/session", {"name": "Cleopatra", "password": PASSWORD + "!"})
    equal((codes_needed.status, codes_needed.code), (401, "code_needed"))
    cleo.refused(401, "bad_credentials", "DELETE", "/me/totp", {"password": "wrong wrong"})
    cleo.ok("DELETE", "/me/totp", {"password": PASSWORD + "!"})
    link = who("owner").ok("POST", f"/people/{made['you']['id']}/reset")["link"]
    token = link.split("#")[1]
    equal(nobody.ok("POST", "/links/look", {"token": token})["kind"], "reset")
    nobody.ok("POST", "/reset", {"token": token, "password": PASSWORD})
    again = nobody.ok("POST", "/session", {"name": "Cleopatra", "password": PASSWORD, "token": True})
    cleo.token = again["token"]
    cleo.ok("POST", "/me/leave", {"password": PASSWORD})
    cleo.refused(401, "no_session", "GET", "/me")
    ann = who("ann")
    left = nobody.ok("POST", "/session", {"name": "ann", "password": PASSWORD, "token": True})
    Api(hub().address, token=left["token"], on_answer=SPEC.check).ok("DELETE", "/session")
    ann.ok("GET", "/me")


@test("the owner's link")
def owner_link():
    fresh = Hubbub("--password-memory-kb", "1024")
    try:
        with console(fresh, on_answer=SPEC.check) as desk:
            desk.ok("POST", "/owner-link")
        who("owner").call("POST", "/owner-link")
    finally:
        fresh.kill()


@test("rooms")
def rooms():
    owner, ann = who("owner"), who("ann")
    ann.ok("GET", "/rooms")
    ann.ok("GET", "/rooms/public?limit=1")
    equal(ann.ok("GET", f"/rooms/{room()}")["name"], "Garden")
    ann.ok("POST", f"/rooms/{room()}/leave")
    ann.ok("POST", f"/rooms/{room()}/join")
    ann.ok("POST", f"/rooms/{room()}/level", {"level": "mentions"})
    ann.ok("POST", f"/rooms/{room()}/typing")
    ann.ok("GET", f"/rooms/{room()}/here")
    owner.ok("PATCH", f"/rooms/{room()}", {"topic": "Plants"})
    owner.ok("PATCH", f"/rooms/{room()}", {"name": "Yard"})
    owner.ok("PATCH", f"/rooms/{room()}", {"kind": "public", "retention_days": 30})
    owner.refused(400, "bad_request", "PATCH", f"/rooms/{room()}", {"topic": "x", "name": "y"})
    ann.refused(403, "forbidden", "PATCH", f"/rooms/{room()}", {"name": "Mine"})
    direct = ann.ok("POST", "/direct", {"people": [who("bob").id]})
    equal(ann.ok("POST", "/direct", {"people": [who("bob").id]})["room"], direct["room"])
    ann.refused(404, "no_room", "GET", "/rooms/0123456789ab")


@test("messages")
def messages():
    ann, mod, path = who("ann"), who("mod"), f"/rooms/{room()}/messages"
    mod.ok("POST", f"/rooms/{room()}/join")
    seq = ann.post(room(), "Basil @bob")["seq"]
    ann.post(room(), "Thyme", reply_to=seq)
    ann.ok("PATCH", f"{path}/{seq}", {"text": "Basil and mint @bob"})
    who("bob").ok("PUT", f"{path}/{seq}/reactions/%F0%9F%8C%BF")
    mod.ok("PUT", f"{path}/{seq}/pin")
    equal(ann.ok("GET", f"/rooms/{room()}/pins")["rows"], [{"seq": seq}])
    page = ann.ok("GET", f"{path}?around={seq}&limit=3")
    equal(ann.ok("GET", f"{path}?at=0&limit=3")["at"], 1)
    first = [event for event in page["events"] if event["seq"] == seq][0]
    equal((first["text"], first["pinned"], first["mentions"]), ("Basil and mint @bob", True, [who("bob").id]))
    equal(who("bob").ok("GET", "/mentions")["rows"][0]["seq"], seq)
    hits = eventually("found", lambda: ann.ok("GET", "/search?q=basil&limit=5")["hits"])
    equal(hits[0]["event"]["seq"], seq)
    report = who("bob").ok("POST", f"{path}/{seq}/report", {"reason": "weeds"})["id"]
    equal(mod.ok("GET", "/reports")["rows"][0]["id"], report)
    mod.ok("POST", f"/reports/{report}/close", {"note": "pulled"})
    who("bob").ok("DELETE", f"{path}/{seq}/reactions/%F0%9F%8C%BF")
    mod.ok("DELETE", f"{path}/{seq}/pin")
    ann.ok("DELETE", f"{path}/{seq}")
    ann.refused(404, "no_message", "DELETE", f"{path}/99999")
    ann.ok("POST", f"/rooms/{room()}/read", {"seq": seq})


@test("events: a page of all kinds")
def events():
    cursors = f"lobby:0,{room()}:0"
    said = set()
    while True:
        page = who("ann").ok("GET", f"/events?wait=0&rooms={cursors}")
        said |= {event["ev"] for event in page["events"]}
        cursors = ",".join(f"{key}:{seq}" for key, seq in page["cursors"].items())
        if not page["more"] and not page["events"]:
            break
    assert said >= {"created", "message", "edit", "delete", "react", "unreact", "pin", "unpin", "topic", "joined",
                    "left", "named", "settings"}, said


@test("members")
def members():
    owner, bob = who("owner"), who("bob").id
    owner.ok("GET", f"/rooms/{room()}/members?limit=2")
    owner.ok("PUT", f"/rooms/{room()}/hosts/{bob}")
    owner.ok("DELETE", f"/rooms/{room()}/hosts/{bob}")
    owner.ok("DELETE", f"/rooms/{room()}/members/{bob}?reason=weeding")
    owner.ok("POST", f"/rooms/{room()}/members", {"person": bob})
    same_list([row["name"] for row in owner.ok("GET", "/people")["rows"]], ["ann", "bob", "mod", "owner"])
    equal(owner.ok("GET", f"/people/{bob}"), {"id": bob, "name": "bob", "role": "member"})
    owner.refused(404, "no_person", "GET", "/people/0123456789abcdef")


@test("office")
def office():
    owner, mod = who("owner"), who("mod")
    dan = sign_up(hub(), "dan")
    dan.on_answer = SPEC.check
    dan.post("lobby", "spam")
    owner.ok("PUT", f"/people/{dan.id}/role", {"role": "moderator"})
    owner.ok("PUT", f"/people/{dan.id}/role", {"role": "member"})
    mod.ok("POST", f"/people/{dan.id}/mute", {"for_ms": 60000, "reason": "noise"})
    dan.refused(403, "muted", "POST", "/rooms/lobby/messages", {"text": "x"})
    equal(mod.ok("GET", "/mutes")["rows"][0]["name"], "dan")
    mod.ok("POST", f"/people/{dan.id}/unmute")
    mod.ok("POST", f"/people/{dan.id}/purge")
    mod.ok("POST", f"/people/{dan.id}/kick", {"reason": "noise"})
    dan.refused(401, "no_session", "GET", "/me")
    ban = mod.ok("POST", f"/people/{dan.id}/ban", {"reason": "noise"})["id"]
    equal(mod.ok("GET", "/bans")["rows"][0]["id"], ban)
    mod.ok("DELETE", f"/bans/{ban}")
    owner.refused(403, "forbidden", "DELETE", f"/people/{dan.id}")
    with console(hub(), on_answer=SPEC.check) as desk:
        desk.ok("DELETE", f"/people/{dan.id}")
    ban = owner.ok("POST", "/bans", {"address": "192.0.2.0/24", "for_ms": 60000})["id"]
    owner.ok("DELETE", f"/bans/{ban}")
    made = owner.ok("POST", "/invites", {"note": "for a friend", "count": 1, "rooms": [room()]})["id"]
    equal(owner.ok("GET", "/invites?limit=1")["rows"][0]["note"], "for a friend")
    owner.ok("DELETE", f"/invites/{made}")
    owner.refused(404, "not_found", "DELETE", "/invites/7")
    owner.ok("PUT", "/server", {"members_only": True, "slow_ms": 1000})
    equal(owner.ok("GET", "/server")["members_only"], True)
    mod.refused(403, "forbidden", "GET", "/server/state")
    state = owner.ok("GET", "/server/state")
    options = {o["name"]: o for o in state["options"]}
    equal([options["guests-may"]["value"], options["guests-may"]["set"]], ["all", True])
    equal([options["readers"]["usual"], options["readers"]["set"]], ["2", False])
    equal("help" in options, False)
    metrics = {m["name"]: m["value"] for m in state["metrics"]}
    equal(metrics["hubbub_connections"] > 0, True)
    equal(state["disk"]["database"] > 0, True)
    owner.ok("PUT", "/server", {"members_only": False})
    mod.refused(403, "forbidden", "PATCH", "/server", {"name": "Mine"})
    owner.ok("PATCH", "/server", {"name": " The garden "})
    equal(owner.ok("GET", "/server")["name"], "The garden")
    equal(who("nobody").ok("POST", "/links/look", {})["server_name"], "The garden")
    owner.ok("PATCH", "/server", {"name": "The garden"})
    owner.refused(422, "too_long", "PATCH", "/server", {"name": "n" * 41})
    owner.ok("PATCH", "/server", {"name": ""})
    assert owner.ok("GET", "/audit?limit=100")["rows"], "an audit"
    owner.ok("GET", f"/rooms/{room()}")
    export = owner.call("GET", f"/rooms/{room()}/export")
    equal((export.status, export.type), (200, "application/x-ndjson"))


@test("bots and webhooks")
def bots():
    owner, nobody = who("owner"), who("nobody")
    made = owner.ok("POST", "/bots", {"name": "Robo"})
    equal(owner.ok("GET", "/bots")["rows"][0]["name"], "Robo")
    robo = Api(hub().address, token=made["token"], on_answer=SPEC.check)
    equal(robo.ok("GET", "/me")["role"], "bot")
    hook = owner.ok("POST", f"/rooms/{room()}/webhooks", {"name": "CI"})
    equal(owner.ok("GET", f"/rooms/{room()}/webhooks")["rows"][0]["id"], hook["id"])
    owner.ok("GET", "/webhooks")
    path = hook["url"].split("/api/v1")[1]
    nobody.ok("POST", path, {"text": "built"})
    equal(nobody.call("POST", path, b"built, too", content_type="text/plain").status, 201)
    owner.ok("DELETE", f"/webhooks/{hook['id']}")
    nobody.refused(404, "bad_token", "POST", path, {"text": "built"})
    owner.ok("DELETE", f"/bots/{made['person']}")
    robo.refused(401, "no_session", "GET", "/me")


@test("files")
def files():
    ann = who("ann")
    pixel = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAMBAQDJ/pLvAAAAAElFTkSuQmCC")
    answer = ann.call("POST", "/files?name=dot.png&width=1&height=1", pixel, content_type="image/png")
    equal(answer.status, 201, answer)
    file = answer.json["file"]["id"]
    equal(ann.call("POST", f"/files/{file}/thumbnail?width=1&height=1", pixel, content_type="image/png").status, 204)
    ann.post(room(), "", files=[{"id": file, "alt": "a dot"}])
    got = ann.call("GET", f"/files/{file}/dot.png")
    equal((got.status, got.type, got.body), (200, "image/png", pixel))
    equal(ann.call("GET", f"/files/{file}/thumbnail").body, pixel)
    equal(ann.call("GET", f"/files/{file}/dot.png", fields=[("Range", "bytes=0-3")]).body, pixel[:4])
    equal(ann.call("GET", f"/files/{file}/dot.png", fields=[("Range", "bytes=9999-")]).status, 416)
    equal(ann.call("GET", f"/files/{file}/dot.png", fields=[("If-None-Match", got.get("ETag"))]).status, 304)
    equal(ann.ok("GET", "/files")["rows"][0]["id"], file)
    unused = ann.call("POST", "/files?name=a.txt", b"text", content_type="text/plain").json["file"]["id"]
    ann.ok("DELETE", f"/files/{unused}")
    ann.refused(404, "no_file", "GET", f"/files/{unused}/a.txt")
    ann.refused(404, "no_file", "GET", "/files/1/thumbnail")


@test("without a session every operation that needs one says so")
def no_session():
    values = {"room": "lobby", "seq": "1", "person": "0123456789abcdef", "emoji": "x", "name": "x"}
    for (method, path), (_, operation) in SPEC.operations.items():
        if operation.get("security") is not None:
            continue
        target = path
        for name in [part.strip("{}") for part in path.split("/") if part.startswith("{")]:
            target = target.replace("{" + name + "}", values.get(name, "1"))
        content = list(operation.get("requestBody", {}).get("content", {JSON: None}))[0]
        body = {} if "requestBody" in operation and content == JSON else None
        if content != JSON:
            body, content = b"", "image/png"
        answer = who("nobody").call(method, target, body, content_type=content)
        equal(answer.status, 401, (method, target, answer))
        equal(answer.get("WWW-Authenticate"), 'Bearer realm="hubbub"')
        # An answer that is refused before it is read ends the connection: nothing of it is taken for a request.
        equal(answer.code, "no_session", target)


@test("those without a session are refused what they say wrongly")
def strangers():
    nobody = who("nobody")
    nobody.refused(400, "bad_request", "POST", "/reset", {"token": "x" * 43})
    nobody.call("DELETE", "/session", {}, fields=[("Origin", "https://evil.example")])


@test("every operation and every answer in the document was tried")
def all_tried():
    same_list(SPEC.untried(), [], "untried")


JSON = "application/json"

if __name__ == "__main__":
    try:
        run()
    finally:
        if "hub" in STATE:
            STATE["hub"].kill()
