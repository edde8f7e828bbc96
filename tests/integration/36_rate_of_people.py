#!/usr/bin/python3
"""rate_limited: who says too much in hubbub.v1 is told when to try again."""

import json
import time

from lib.hubbub import Hubbub
from lib.tap import equal, run, test
from lib.web import Web, new_cid, person
from lib.ws import TEXT, frame

FLAGS = ("--rate-posts", "20", "--rate-burst", "5")


def at_once(client, op, each_fields):
    """Sends the commands in one packet, for a pause between them would be so much of the rate; returns their ids."""
    commands = [str(next(client.ids)) for _ in each_fields]
    client.send(b"".join(frame(TEXT, json.dumps({"op": op, "id": command, **fields}))
                         for command, fields in zip(commands, each_fields)))
    return commands


def posts(client, count):
    return at_once(client, "post", [{"room": "lobby", "cid": new_cid(), "text": f"p{i}"}
                                    for i in range(count)])


@test("what is over the rate is refused with retry_ms, and not said")
def refused():
    with Hubbub(*FLAGS) as hub, person(hub.address) as ann, person(hub.address) as bob:
        replies = [ann.reply(command) for command in posts(ann, 12)]
        good = [r for r in replies if r.get("ok")]
        errors = [r["error"] for r in replies if "error" in r]
        assert 5 <= len(good) < 12, replies
        for error in errors:
            equal(error["code"], "rate_limited")
            assert 0 < error["retry_ms"] <= 50, error
        time.sleep(errors[-1]["retry_ms"] / 1000)
        equal(ann.post("after waiting").get("ok"), True)
        bob.message("after waiting")
        equal(len([e for e in bob.events if e["ev"] == "message"]), len(good))


@test("to wait for retry_ms is enough, with the same cid")
def retry():
    with Hubbub(*FLAGS) as hub, person(hub.address) as ann, person(hub.address) as bob:
        for i in range(15):
            cid, reply = new_cid(), {}
            for _ in range(3):
                reply = ann.post(str(i), cid)
                if reply.get("ok"):
                    break
                time.sleep((reply["error"]["retry_ms"] + 2) / 1000)
            equal(reply.get("ok"), True, f"post {i}: {reply}")
        for i in range(15):
            bob.message(str(i))


@test("it counts for each connection: another one is not limited")
def others():
    with Hubbub(*FLAGS) as hub, person(hub.address) as ann, person(hub.address) as bob:
        posts(ann, 10)
        equal(bob.post("me")["ok"], True)


@test("rename and active count, too")
def all_commands():
    with Hubbub(*FLAGS) as hub, person(hub.address) as ann:
        commands = at_once(ann, "active", [{"active": bool(i % 2)} for i in range(10)])
        codes = {ann.reply(command).get("error", {}).get("code") for command in commands}
        equal(codes, {None, "rate_limited"})
        commands = at_once(ann, "rename", [{"name": f"Ann{i}"} for i in range(8)])
        assert "rate_limited" in {ann.reply(c).get("error", {}).get("code") for c in commands}


@test("the counter says so; 0 means no limit")
def counted():
    with Hubbub(*FLAGS) as hub, person(hub.address) as ann:
        posts(ann, 10)
        hub.wait_metric("hubbub_rate_limited_total", lambda n: n >= 4)
    with Hubbub("--rate-posts", "0") as hub, person(hub.address) as ann:
        commands = [ann.start("post", room="lobby", cid=new_cid(), text="x") for _ in range(200)]
        equal({ann.reply(command).get("ok") for command in commands}, {True})


@test("the tabs of one person share the person's allowance")
def tabs():
    with Hubbub("--rate-posts", "1", "--rate-burst", "4") as own, person(own.address) as one, \
            person(own.address, token=one.hello["token"]) as two:
        replies = [tab.post(f"{n}") for n in range(4) for tab in (one, two)]
        refused = [reply["error"] for reply in replies if not reply.get("ok")]
        assert 3 <= len(refused) <= 4, replies
        assert all(e["code"] == "rate_limited" and 0 < e["retry_ms"] <= 2000 for e in refused)


@test("hellos said again share it, too: each has the writer describe all rooms")
def hellos():
    with Hubbub("--rate-posts", "1", "--rate-burst", "4") as own, person(own.address) as one, \
            person(own.address, token=one.hello["token"]) as two:
        replies = [tab.ask("hello") for _ in range(4) for tab in (one, two)]
        refused = [reply["error"] for reply in replies if not reply.get("ok")]
        assert 3 <= len(refused) <= 4, replies
        assert all(e["code"] == "rate_limited" and 0 < e["retry_ms"] <= 2000 for e in refused)


@test("what is done to messages counts, too")
def changes():
    with Hubbub("--rate-posts", "1", "--rate-burst", "6") as own, person(own.address) as one, \
            person(own.address, token=one.hello["token"]) as two:
        seq = one.post("something")["seq"]
        replies = [tab.ask("react", room="lobby", cid=new_cid(), target=seq, emoji=f"{n}")
                   for n in range(5) for tab in (one, two)]
        refused = [reply["error"]["code"] for reply in replies if not reply.get("ok")]
        assert 3 <= len(refused) <= 6 and set(refused) == {"rate_limited"}, replies


@test("new guests of one address are limited, those who come back are not")
def new_guests():
    def come(address, **how):
        return person(own.address, fields=[("X-Forwarded-For", address)], **how)

    with Hubbub("--rate-guest", "3", "--trust-proxy", "127.0.0.1") as own:
        guests = [come("203.0.113.7") for _ in range(3)]
        with Web(own.address, fields=[("X-Forwarded-For", "203.0.113.7")]) as fourth:
            refused = fourth.error("hello")
            equal(refused["code"], "rate_limited")
            assert 0 < refused["retry_ms"] <= 60000, refused
        come("203.0.113.8").close()
        come("203.0.113.7", token=guests[0].hello["token"]).close()
        for guest in guests:
            guest.close()


run()
