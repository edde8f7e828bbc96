#!/usr/bin/python3
"""What the community is called: who may say it, who is told, and that it stays."""

import json

from lib.accounts import CHEAP, api, good, owner, refused, sign_up
from lib.hubbub import Hubbub
from lib.tap import Skip, each, equal, eventually, run, test
from lib.web import person
from lib.wire import ask


def look(hub):
    """What whoever is not in yet is told."""
    return good(api(hub, "POST", "links/look", {})).body["server_name"]


def called(hub, name):
    """Workers hear of a new name one after the other, and whoever asks may come to any of them."""
    eventually(f"the way in says {name!r}", lambda: look(hub) == name)
    eventually(f"hello says {name!r}", lambda: greeted(hub) == name)


def greeted(hub):
    with person(hub.address) as late:
        return late.hello["server"]["name"]


@test("it has none; an owner gives it one, and everybody is told at once")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        olga = owner(own)
        equal(look(own), "")
        with olga.web() as boss, person(own.address) as guest:
            equal(guest.hello["server"]["name"], "")
            equal(boss.ask("server_name", name="  Grüner Garten ")["ok"], True)
            for client in (boss, guest):
                equal(client.event("server"), {"ev": "server", "members_only": False, "slow_ms": 0,
                                               "name": "Grüner Garten"})
            called(own, "Grüner Garten")
            row = olga.ask("GET", "audit").body["rows"][0]
            equal((row["name"], row["action"], row["detail"]),
                  ("Olga", "server_name", "Grüner Garten"))


@test("over HTTP, too; the brake leaves it, it survives a restart, and can be taken away")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        olga = owner(own)
        with person(own.address) as guest:
            good(olga.ask("PATCH", "server", {"name": "Pond"}))
            equal(guest.event("server")["name"], "Pond")
            good(olga.ask("PUT", "server", {"members_only": True, "slow_ms": 1000}))
            equal(guest.event("server"), {"ev": "server", "members_only": True, "slow_ms": 1000,
                                          "name": "Pond"})
        own.restart()
        equal(look(own), "Pond")
        with person(own.address) as guest:
            equal((guest.hello["server"]["name"], guest.hello["server"]["slow_ms"]), ("Pond", 1000))
            good(olga.ask("PATCH", "server", {"name": "   "}))
            equal(guest.event("server"), {"ev": "server", "members_only": True, "slow_ms": 1000,
                                          "name": ""})
            called(own, "")


def manifest(hub, method="GET"):
    answer = ask(hub.address, method, "/manifest.webmanifest")
    equal((answer.status, answer.get("Content-Type"), answer.get("Cache-Control")),
          (200, "application/manifest+json", "no-cache"))
    return answer


@test("an app that is installed is called as the community is")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        if ask(own.address, "GET", "/favicon.svg").status != 200:
            raise Skip("built without the web client")
        olga = owner(own)
        built = json.loads(manifest(own).body)
        equal(built["name"], "Hubbub")
        for name in ('Grüner "Garten"', "</script>\\"):
            good(olga.ask("PATCH", "server", {"name": name}))
            eventually("it is told", lambda n=name: json.loads(manifest(own).body)["name"] == n)
            equal(json.loads(manifest(own).body), {**built, "name": name, "short_name": name})
        answer = manifest(own, "HEAD")
        equal((answer.body, answer.get("Content-Security-Policy")),
              (b"", "default-src 'none'; frame-ancestors 'none'"))
        good(olga.ask("PATCH", "server", {"name": ""}))
        eventually("it is Hubbub again", lambda: json.loads(manifest(own).body) == built)


@each("{0} is no name", [
    ("what is too long", "n" * 41, "too_long"), ("two lines", "a\nb", "bad_request"),
    ("what turns its direction", "a\u202eb", "bad_request"), ("a number", 7, "bad_request"),
    ("nothing", None, "bad_request")])
def _(_what, name, code):
    with Hubbub("--signup", "open", *CHEAP) as own:
        olga = owner(own)
        status = 422 if code == "too_long" else 400
        refused(olga.ask("PATCH", "server", {"name": name}), status, code)
        with olga.web() as boss:
            equal(boss.error("server_name", name=name)["code"], code)
        equal(look(own), "")


@test("40 characters are a name, whatever they take")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        good(owner(own).ask("PATCH", "server", {"name": "\U0001f33b" * 40}))
        called(own, "\U0001f33b" * 40)


@test("admins name it; moderators, members and guests do not")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        olga, ann = owner(own), sign_up(own, "Ann")
        with ann.web() as web, person(own.address) as guest, olga.web() as boss:
            equal(guest.error("server_name", name="Mine")["code"], "forbidden")
            for role, may in (("member", False), ("moderator", False), ("admin", True)):
                if role != "member":
                    equal(boss.ask("role", person=ann.id, role=role)["ok"], True)
                    equal(web.event("you")["role"], role)
                reply = web.ask("server_name", name="Mine")
                equal(reply.get("ok", reply.get("error", {}).get("code")), may or "forbidden")


@test("the same name again changes nothing and is told to nobody")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        olga = owner(own)
        with olga.web() as boss:
            boss.ask("server_name", name="Pond")
            equal(boss.event("server")["name"], "Pond")
            equal(boss.ask("server_name", name=" Pond ")["ok"], True)
            boss.ask("server_name", name="Lake")
            equal(boss.event("server")["name"], "Lake")
            actions = [row["action"] for row in olga.ask("GET", "audit").body["rows"]]
            equal(actions.count("server_name"), 2)


@test("where nothing is kept there is no name")
def _():
    with Hubbub("--store", "memory", *CHEAP) as own, person(own.address) as guest:
        equal(guest.hello["server"]["name"], "")
        equal(guest.error("server_name", name="Pond")["code"], "no_accounts")
        equal(look(own), "")


run()
