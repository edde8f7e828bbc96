#!/usr/bin/python3
"""The HTTP API: sessions, pages of others, bodies and queries, retries, allowances, and what WebSockets see of it."""

import re

from lib.api import API, Api, bot, console, guest, sign_up
from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import LOBBY, new_cid, person
from lib.wire import Wire

CHEAP = ("--password-memory-kb", "1024", "--password-passes", "1")
EVIL = ("Origin", "https://evil.example")


def hub():
    return shared("--guests", "on", "--rate-api", "0", *CHEAP)


def own(where):
    return ("Origin", f"http://{where.address[0]}:{where.address[1]}")


@test("a session is shown by Authorization or by a cookie; without a good one it is 401")
def sessions():
    gus = guest(hub())
    token = gus.token
    equal(gus.ok("GET", "/me")["role"], "guest")
    with Api(hub().address, cookie=f"a=b; hubbub_session={token}") as browser:
        equal(browser.ok("GET", "/me")["name"], "Gus")
    for wrong in ("x" * 43, "short", token[:-1], token + "x"):
        with Api(hub().address, token=wrong) as nobody:
            answer = nobody.refused(401, "no_session", "GET", "/me")
            equal(answer.get("WWW-Authenticate"), 'Bearer realm="hubbub"')
    with Api(hub().address, cookie=f"hubbub_session={token}; hubbub_session={'x' * 43}") as two:
        two.refused(401, "no_session", "GET", "/me")
    with Api(hub().address, cookie=f"__Host-hubbub_session={token}") as other:
        other.refused(401, "no_session", "GET", "/me")
    with Api(hub().address, fields=[("Authorization", f"bearer   {token}")]) as lower:
        lower.ok("GET", "/me")
    with Api(hub().address, fields=[("Authorization", f"Basic {token}")]) as basic:
        basic.refused(401, "no_session", "GET", "/me")
    with Api(hub().address) as query:
        query.refused(401, "no_session", "GET", f"/rooms?token={token}")


@test("with a cookie only pages of the server may change something")
def csrf():
    gus = guest(hub())
    path, body = f"/rooms/{LOBBY}/messages", {"text": "hello"}
    with Api(hub().address, cookie=f"hubbub_session={gus.token}") as browser:
        browser.ok("POST", path, body, fields=[own(hub())])
        browser.ok("POST", path, body, fields=[("Sec-Fetch-Site", "same-origin")])
        browser.ok("GET", "/me", fields=[EVIL])
        for fields in ([], [EVIL], [("Sec-Fetch-Site", "cross-site"), EVIL], [("Origin", "null")],
                       [("Sec-Fetch-Site", "same-site")], [("Origin", "http://localhost:1")],
                       [own(hub()), EVIL]):
            browser.refused(403, "csrf", "POST", path, body, fields=fields)
            browser.refused(403, "csrf", "DELETE", f"{path}/1", fields=fields)
        browser.refused(415, "unsupported_type", "POST", path, b"text=hello", fields=[own(hub())],
                        content_type="application/x-www-form-urlencoded")
        browser.refused(415, "unsupported_type", "POST", path, b'{"text":"x"}', fields=[own(hub())],
                        content_type="text/plain")
    # What carries a token was made by a program on purpose; who has no session is not to get another's.
    gus.ok("POST", path, body, fields=[EVIL])
    with Api(hub().address) as nobody:
        nobody.refused(403, "csrf", "POST", "/session", {"name": "x", "password": "y"}, fields=[EVIL])


@test("no answer lets pages of others read it, and none is kept by caches")
def no_cors():
    gus = guest(hub())
    answer = gus.call("GET", "/me", fields=[EVIL])
    equal(answer.get("Cache-Control"), "no-store")
    equal([field for field, _ in answer.fields if field.lower().startswith("access-control")], [])
    equal(gus.call("OPTIONS", "/me", fields=[EVIL]).status, 405)
    equal(answer.get("Strict-Transport-Security"), None)


@test("under https it is the __Host- cookie, and browsers are told to stay with https")
def https():
    with Hubbub("--guests", "on", "--public-url", "https://chat.example.org/") as secure:
        gus = guest(secure)
        with Api(secure.address, cookie=f"__Host-hubbub_session={gus.token}") as browser:
            answer = browser.call("GET", "/me")
            equal((answer.status, answer.get("Strict-Transport-Security")), (200, "max-age=31536000"))
            browser.ok("POST", f"/rooms/{LOBBY}/messages", {"text": "x"},
                       fields=[("Origin", "https://chat.example.org")])
        with Api(secure.address, cookie=f"hubbub_session={gus.token}") as browser:
            browser.refused(401, "no_session", "GET", "/me")


BAD_BODIES = [
    (b"", 400, "bad_json"), (b"{", 400, "bad_json"), (b"[]", 400, "bad_json"), (b'"text"', 400, "bad_json"),
    (b'{"text":"a","text":"b"}', 400, "bad_json"), (b'{"text":"\\u0000"}', 400, "bad_json"),
    (b'{"text":"\xff"}', 400, "bad_json"), (b'{"text":' + b"[" * 100 + b"]" * 100 + b"}", 400, "bad_json"),
    (b"{}", 400, "bad_request"), (b'{"text":7}', 400, "bad_request"), (b'{"text":""}', 422, "empty"),
    (b'{"text":"x","cid":"short"}', 400, "bad_request"),
    (b'{"text":"x","reply_to":"1"}', 400, "bad_request"),
]


@each("a body that is wrong: {0!r}", BAD_BODIES)
def bad_bodies(body, status, code):
    guest(hub()).refused(status, code, "POST", f"/rooms/{LOBBY}/messages", body)


@test("what the path says goes before what the body says, and unknown fields are passed over")
def path_first():
    gus = guest(hub())
    made = gus.ok("POST", f"/rooms/{LOBBY}/messages",
                  {"room": "0123456789ab", "op": "delete", "id": 7, "text": "x", "future": {}})
    equal(made["room"], LOBBY)
    gus.ok("POST", f"/rooms/{LOBBY}/typing", b"", content_type=None)
    gus.ok("POST", f"/rooms/{LOBBY}/messages", b'{"text":"\xc3\xa4"}',
           content_type='Application/JSON; charset="utf-8"')


@test("a body that is too large is 413 and is not read")
def too_large():
    gus = guest(hub())
    answer = gus.call("POST", f"/rooms/{LOBBY}/messages", {"text": "x" * 70000})
    equal((answer.status, answer.get("Connection")), (413, "close"))
    gus.ok("POST", f"/rooms/{LOBBY}/messages", {"text": "x" * 60000})


QUERIES = ["limit=0", "limit=101", "limit=x", "limit=-1", "limit=01", "limit=", "limit=1&limit=2", "before=1&after=1",
           "colour=red", "%zz=1", "limit=%00", "=1"]


@each("a query that is wrong: {}", QUERIES)
def queries(query):
    guest(hub()).refused(400, "bad_request", "GET", f"/rooms/{LOBBY}/messages?{query}")


PATHS = [("GET", "/nothing", 404), ("GET", "", 404), ("GET", "/rooms/", 404), ("POST", "/me", 405),
         ("PUT", f"/rooms/{LOBBY}", 405), ("DELETE", "/rooms", 405)]


@each("{0} {1} is {2}", PATHS)
def paths(method, path, status):
    answer = guest(hub()).call(method, path)
    equal((answer.status, answer.type), (status, "application/problem+json"))
    if status == 405:
        assert answer.get("Allow"), answer


@test("rooms and messages that are not there, or that somebody is not in, are 404")
def not_there():
    gus = guest(hub())
    with console(hub()) as desk:
        closed = desk.ok("POST", "/rooms", {"name": new_cid()[:20], "kind": "private"})["room"]
    for room in ("0123456789ab", closed, "Lobby", "x"):
        gus.refused(404, "no_room", "GET", f"/rooms/{room}")
        gus.refused(404, "no_room", "GET", f"/rooms/{room}/messages")
        gus.refused(404, "no_room", "POST", f"/rooms/{room}/messages", {"text": "x"})
        gus.refused(404, "no_room", "POST", f"/rooms/{room}/join")
        gus.refused(404, "no_room", "GET", f"/rooms/{room}/members")
    gus.refused(404, "no_message", "DELETE", f"/rooms/{LOBBY}/messages/999999")
    gus.refused(400, "bad_request", "DELETE", f"/rooms/{LOBBY}/messages/x")


@test("a retry with the same Idempotency-Key gets the first answer again")
def idempotency():
    gus, path, key = guest(hub()), f"/rooms/{LOBBY}/messages", new_cid()
    first = gus.ok("POST", path, {"text": "once"}, fields=[("Idempotency-Key", key)])
    again = gus.ok("POST", path, {"text": "once"}, fields=[("Idempotency-Key", f'"{key}"')])
    same = gus.ok("POST", path, {"text": "once", "cid": key})
    equal(again, {**first, "dup": True})
    equal(same, again)
    gus.refused(409, "cid_reuse", "POST", path, {"text": "twice"}, fields=[("Idempotency-Key", key)])
    gus.refused(400, "bad_request", "POST", path, {"text": "x"}, fields=[("Idempotency-Key", "x")])
    equal(gus.ok("POST", path, {"text": "once"})["dup"], False)


@test("WebSockets see at once what is said over HTTP, on all devices, and nobody comes or goes by it")
def seen():
    with person(hub().address, "Wes") as wes:
        before = wes.here()
        token = wes.hello["token"]
        with Api(hub().address, token=token) as also:
            seq = also.post(LOBBY, "by another way")["seq"]
        event = wes.message("by another way")
        equal((event["seq"], event["from"]["name"]), (seq, "Wes"))
        guest(hub(), "Other")  # comes and goes by WebSocket
        gus = guest(hub())
        for _ in range(5):
            gus.ok("GET", "/rooms")
            gus.post(LOBBY, "x")
        wes.sync()
        names = {one["name"] for one in wes.here()["people"]}
        assert "Wes" in names, names
        equal([e for e in wes.events if e["ev"] == "presence" and e["from"]["id"] == wes.me()["id"]], [])
        assert before["count"] >= 1


@test("many requests on one connection, also in one piece, are answered in order")
def pipelined():
    gus = guest(hub())
    with Wire(hub().address) as wire:
        head = f"Host: h\r\nAuthorization: Bearer {gus.token}\r\n"
        one = f"POST {API}/rooms/{LOBBY}/messages HTTP/1.1\r\n{head}Content-Type: application/json\r\n"
        text = "".join(f'{one}Content-Length: 17\r\n\r\n{{"text":"a{i:05d}"}}' for i in range(50))
        wire.send(text.encode())
        seqs = []
        for _ in range(50):
            answer = wire.response()
            equal(answer.status, 201)
            seqs.append(int(re.search(rb'"seq":(\d+)', answer.body)[1]))
        equal(seqs, sorted(seqs))
    page = gus.ok("GET", f"/rooms/{LOBBY}/messages?limit=50")
    equal([e["text"] for e in page["events"]], [f"a{i:05d}" for i in range(50)])


@test("HEAD is answered like GET, without the body")
def head():
    gus = guest(hub())
    got = gus.call("GET", "/rooms")
    answer = gus.call("HEAD", "/rooms")
    equal((answer.status, answer.body), (200, b""))
    equal(answer.get("Content-Length"), str(len(got.body)))


@test("an account that asks too much is told when to come back; another is not")
def rate_of_accounts():
    with Hubbub("--guests", "on", "--rate-api", "2") as small:
        gus, other = guest(small), guest(small, "Other")
        left = []
        for _ in range(40):
            answer = gus.call("GET", "/me")
            left.append(int(answer.get("RateLimit-Remaining")))
            equal(answer.get("RateLimit-Limit"), "20")
            if answer.status != 200:
                break
        equal((answer.status, answer.code), (429, "rate_limited"))
        assert left[:3] == [19, 18, 17] and left[-1] == 0, left
        assert 0 < answer.json["retry_ms"] <= 500, answer
        equal(answer.get("Retry-After"), "1")
        assert 1 <= int(answer.get("RateLimit-Reset")) <= 10, answer
        equal(other.call("GET", "/me").get("RateLimit-Remaining"), "19")


@test("so is an address, also one that has no session, as its proxy says")
def rate_of_addresses():
    with Hubbub("--guests", "on", "--rate-api", "1", "--trust-proxy", "127.0.0.1") as small:
        near = [("X-Forwarded-For", "192.0.2.1")]
        with Api(small.address) as nobody:
            answers = [nobody.call("GET", "/me", fields=near) for _ in range(15)]
            equal([a.status for a in answers][:10], [401] * 10)
            equal(answers[-1].status, 429)
            equal(nobody.call("GET", "/me", fields=[("X-Forwarded-For", "192.0.2.2")]).status, 401)
            equal(nobody.call("GET", "/nothing", fields=near).status, 404)


@test("joining, searching and slow mode have allowances of their own")
def other_rates():
    with Hubbub("--guests", "on", "--rate-join", "2", "--rate-search", "2", *CHEAP) as small:
        ann = sign_up(small, "Ann")
        with console(small) as desk:
            room = desk.ok("POST", "/rooms", {"name": "Garden", "kind": "public"})["room"]
            ann.ok("POST", f"/rooms/{room}/join")
            ann.ok("POST", f"/rooms/{room}/join")
            answer = ann.refused(429, "rate_limited", "POST", f"/rooms/{room}/join")
            assert 20000 < answer.json["retry_ms"] <= 30000, answer
            ann.ok("GET", "/search?q=x")
            ann.ok("GET", "/search?q=x")
            ann.refused(429, "rate_limited", "GET", "/search?q=x")
            desk.ok("PATCH", f"/rooms/{room}", {"slow_ms": 60000})
        with person(small.address, token=ann.token):
            ann.post(room, "one")
            answer = ann.refused(429, "slow_mode", "POST", f"/rooms/{room}/messages", {"text": "two"})
            assert 50000 < answer.json["retry_ms"] <= 60000, answer


@test("a bot reads and speaks where it was put, and nowhere else")
def bots():
    with console(hub()) as desk:
        room = desk.ok("POST", "/rooms", {"name": "Bots " + new_cid()[:8], "kind": "private"})["room"]
        robo = bot(hub(), "Robo" + new_cid()[:4], room)
        robo.post(room, "beep")
        equal([e["text"] for e in robo.ok("GET", f"/rooms/{room}/messages")["events"] if e["ev"] == "message"],
              ["beep"])
        robo.refused(403, "forbidden", "POST", "/rooms", {"name": "Mine", "kind": "public"})
        desk.ok("DELETE", f"/bots/{robo.id}")
        robo.refused(401, "no_session", "POST", f"/rooms/{room}/messages", {"text": "x"})


if __name__ == "__main__":
    try:
        run()
    finally:
        stop_shared()
