#!/usr/bin/python3
"""What people do over the web protocol that is no event of a room: lists, searches, profiles, sessions, and the offices of
moderators, admins and owners."""

import re
import time

from lib.accounts import CHEAP, PASSWORD, api, good, owner, refused, sign_in, sign_up
from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, eventually, run, test
from lib.web import Web, new_cid, person

NOBODY = "00000000000000ab"
boss_of_shared = None


def hub():
    return shared("--signup", "open", *CHEAP)


def boss():
    """The owner of the shared server."""
    global boss_of_shared
    if boss_of_shared is None:
        boss_of_shared = owner(hub())
    return boss_of_shared


def well(reply):
    assert reply.get("ok") is True, reply
    return reply


def rows(client, what, **fields):
    return well(client.ask("list", what=what, **fields))["rows"]


def closes(client, code):
    """What comes before the connection is closed with this code."""
    ended = client.event("ended")
    client.expect_close(code)
    return ended["reason"]


@test("who one is, and how one is shown")
def _():
    ann = sign_up(hub(), "Ann")
    with ann.web() as one, ann.web() as two:
        equal({k: one.hello["you"].get(k) for k in ("role", "session", "display")},
              {"role": "member", "session": ann.session, "display": None})
        well(one.ask("profile", display="Dr. Ann", color="#00aaff"))
        for client in (one, two):
            equal(client.event("you"), {"ev": "you", "role": "member", "display": "Dr. Ann",
                                        "color": "#00aaff"})
        with ann.web() as three:
            you = three.hello["you"]
            equal((you["display"], you["color"]), ("Dr. Ann", "#00aaff"))
        well(one.ask("profile"))
        equal(one.event("you"), {"ev": "you", "role": "member"})


@test("a cookie is a token, but only for pages of the server's own")
def _():
    answer = good(api(hub(), "POST", "accounts", {"name": "Carl", "password": "correct horse"}), 201)
    own = f"http://{hub().address[0]}:{hub().address[1]}"
    carl = answer.body["you"]["id"]
    for origin, same in [(own, True), (None, False), ("http://localhost:1", False)]:
        fields = [("Cookie", answer.cookie)] + ([("Origin", origin)] if origin else [])
        with person(hub().address, fields=fields) as client:
            equal(client.hello["you"]["id"] == carl, same, f"{origin}")
            equal("token" in client.hello, not same, "scripts do not learn what a cookie holds")


@test("signing out ends the session, and its connections with it")
def _():
    dora = sign_up(hub(), "Dora")
    again = sign_in(hub(), "Dora")
    with dora.web() as one, dora.web() as two, again.web() as other:
        equal([r.get("current", False) for r in rows(one, "sessions")].count(True), 1)
        one.start("sign_out")
        for client in (one, two):
            equal(closes(client, 4001), "signed_out")
        other.sync()
        equal([r["id"] for r in rows(other, "sessions")], [again.session])
    assert not dora.is_signed_in() and again.is_signed_in()


@test("sessions end one by one, and all but this one")
def _():
    eve = [sign_up(hub(), "Eve"), *(sign_in(hub(), "Eve") for _ in range(3))]
    with eve[0].web() as here, eve[1].web() as first, eve[2].web() as second:
        well(here.ask("session_end", session=eve[1].session))
        equal(closes(first, 4001), "signed_out")
        equal(here.error("session_end", session=eve[1].session)["code"], "not_found")
        equal(here.error("session_end", session=boss().session)["code"], "not_found")
        well(here.ask("sessions_end"))
        equal(closes(second, 4001), "signed_out")
        equal([r["id"] for r in rows(here, "sessions")], [eve[0].session])


@test("an invitation leads in, as often as it says")
def _():
    with boss().web() as olga:
        garden = olga.create("Invited garden")
        made = well(olga.ask("invite", count=1, role="moderator", rooms=[garden], note="for Fay"))
        equal(sorted(made), ["id", "link", "ok", "re"])
        token = re.fullmatch(r"\S*/join#([\w-]{43})", made["link"]).group(1)
        row, = [r for r in rows(olga, "invites") if r["id"] == made["id"]]
        equal((row["note"], row["left"], row["role"]), ("for Fay", 1, "moderator"))
        fay = sign_up(hub(), "Fay", invite=token)
        equal(fay.role, "moderator")
        with fay.web() as client:
            assert garden in [r["id"] for r in client.hello["rooms"]]
            equal(client.error("invite", role="owner")["code"], "forbidden")
        second = well(olga.ask("invite"))
        well(olga.ask("invite_end", invite=second["id"]))
        equal(olga.error("invite_end", invite=second["id"])["code"], "not_found")
    with person(hub().address) as guest:
        assert guest.error("invite")["code"] in ("forbidden", "needs_account")


@test("an invitation is worth what its maker may give when it is used")
def _():
    ivo = sign_up(hub(), "Ivo")
    with boss().web() as olga:
        well(olga.ask("role", person=ivo.id, role="admin"))
        den = well(olga.ask("create", cid=new_cid(), name="Den", kind="private"))["room"]
        olga.do("add", room=den, person=ivo.id)
        with ivo.web() as client:
            tokens = [well(client.ask("invite", rooms=[den], **role))["link"].split("#")[1]
                      for role in ({}, {"role": "moderator"})]
        olga.do("remove", room=den, person=ivo.id)
        with sign_up(hub(), "Ivos member", invite=tokens[0]).web() as member:
            assert den not in [room["id"] for room in member.hello["rooms"]], "a way back into the room"
        well(olga.ask("role", person=ivo.id, role="moderator"))
        refused(api(hub(), "POST", "accounts", {"name": "Ivos moderator", "password": PASSWORD,
                                                "invite": tokens[1]}), 404, "bad_token")
        sign_up(hub(), "Ivos other member", invite=tokens[0])
        well(olga.ask("ban", person=ivo.id))
        refused(api(hub(), "POST", "accounts", {"name": "Ivos last member", "password": PASSWORD,
                                                "invite": tokens[0]}), 404, "bad_token")


@test("muted, and not any more")
def _():
    gil = sign_up(hub(), "Gil")
    with boss().web() as olga, gil.web() as client:
        before = time.time() * 1000
        well(olga.ask("mute", person=gil.id, for_ms=600000, reason="loud"))
        until = client.event("you")["muted_until"]
        assert before + 590000 < until < time.time() * 1000 + 610000, until
        equal(client.post("hm")["error"]["code"], "muted")
        equal([r["person"] for r in rows(olga, "mutes")], [gil.id])
        well(olga.ask("unmute", person=gil.id))
        assert "muted_until" not in client.event("you")
        well(client.post("ah"))
        equal(client.error("mute", person=boss().id)["code"], "forbidden")


@test("who is kicked or banned is told and closed, and whoever is banned stays out")
def _():
    hal = sign_up(hub(), "Hal")
    with boss().web() as olga:
        with hal.web() as client:
            well(olga.ask("kick", person=hal.id, reason="rude"))
            equal(closes(client, 4003), "kicked")
        hal = sign_in(hub(), "Hal")
        with hal.web() as client:
            ban = well(olga.ask("ban", person=hal.id, reason="spam"))["id"]
            equal(closes(client, 4003), "banned")
        row, = [r for r in rows(olga, "bans") if r["id"] == ban]
        equal((row["person"], row["name"], row["reason"]), (hal.id, "Hal", "spam"))
        well(olga.ask("ban_end", ban=ban))
        sign_in(hub(), "Hal")
        equal(olga.error("ban", person=NOBODY)["code"], "no_person")


@test("nobody bans everybody")
def _():
    with boss().web() as olga:
        for wide in ("0.0.0.0/0", "10.0.0.0/15", "::/0", "::ffff:0.0.0.0/96", "2001:db8::/31"):
            equal(olga.error("ban", address=wide)["code"], "bad_request")
        for narrow in ("10.99.0.0/16", "2001:db8::/32"):
            well(olga.ask("ban_end", ban=well(olga.ask("ban", address=narrow))["id"]))


@test("a report is seen and closed")
def _():
    ida = sign_up(hub(), "Ida")
    with boss().web() as olga, ida.web() as client:
        seq = well(olga.post("spam spam"))["seq"]
        report = well(client.ask("report", room="lobby", target=seq, reason="spam"))["id"]
        equal(client.error("report", room="lobby", target=1 << 40, reason="x")["code"], "no_message")
        equal(client.error("list", what="reports")["code"], "forbidden")
        row, = [r for r in rows(olga, "reports") if r["id"] == report]
        equal((row["room"], row["seq"], row["by"], row["reason"]), ("lobby", seq, ida.id, "spam"))
        well(olga.ask("report_end", report=report, note="it was me"))
        row, = [r for r in rows(olga, "reports") if r["id"] == report]
        equal((row["closed_by"], row["note"]), (boss().id, "it was me"))


@test("all that somebody said is deleted, step by step")
def _():
    with Hubbub("--signup", "open", "--rate-posts", "0", *CHEAP) as own:
        olga, jon = owner(own), sign_up(own, "Jon")
        with jon.web() as client, olga.web() as mod:
            for i in range(120):
                well(client.post(f"spam {i}"))
            equal([(r["deleted"], r["more"]) for r in (well(mod.ask("purge", person=jon.id)),
                                                       well(mod.ask("purge", person=jon.id)))],
                  [(100, True), (20, False)])
            page = mod.history(limit=100)["events"]
            assert all(e.get("deleted") for e in page if e["from"]["id"] == jon.id), page


@test("the brake is told to everybody, and holds guests")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        olga = owner(own)
        with olga.web() as mod, person(own.address) as guest:
            well(mod.ask("brake", members_only=True, slow_ms=0))
            for client in (mod, guest):
                equal(client.event("server"), {"ev": "server", "members_only": True, "slow_ms": 0,
                                               "name": ""})
            equal(guest.post("hm")["error"]["code"], "members_only")
            with person(own.address, token=olga.token) as late:
                equal(late.hello["server"]["members_only"], True)
            well(mod.ask("brake", members_only=False))
            equal(guest.event("server"), {"ev": "server", "members_only": False, "slow_ms": 0, "name": ""})
            well(guest.post("ah"))


@test("roles, bots and webhooks")
def _():
    kim = sign_up(hub(), "Kim")
    with boss().web() as olga, kim.web() as client:
        well(olga.ask("role", person=kim.id, role="moderator"))
        equal(client.event("you")["role"], "moderator")
        equal(client.error("role", person=boss().id, role="member")["code"], "forbidden")
        equal(olga.error("role", person=boss().id, role="member")["code"], "last_owner")
        bot = well(olga.ask("bot", name="Robo"))
        with person(hub().address, token=bot["token"]) as robo:
            equal((robo.hello["you"]["id"], robo.hello["you"]["role"]), (bot["person"], "bot"))
            equal([r["name"] for r in rows(olga, "bots") if r["id"] == bot["person"]], ["Robo"])
            well(olga.ask("bot_end", person=bot["person"]))
            robo.event("ended")
        shed = olga.create("Shed with a hook")
        hook = well(olga.ask("webhook", room=shed, name="CI"))
        assert re.fullmatch(r"\S*/api/v1/hooks/\d+\.[\w-]{43}", hook["url"]), hook
        path = hook["url"].split("/api/v1/")[1]
        good(api(hub(), "POST", path, {"text": "build passed"}), 201)
        equal(olga.message("build passed", room=shed)["from"]["name"], "CI")
        equal([r["name"] for r in rows(olga, "webhooks", room=shed)], ["CI"])
        well(olga.ask("role", person=kim.id, role="member"))
        olga.do("add", room=shed, person=kim.id)
        client.event("room")
        equal(client.error("list", what="webhooks", room=shed)["code"], "forbidden")
        olga.do("host", room=shed, person=kim.id)
        client.event("host")
        equal([r["name"] for r in rows(client, "webhooks", room=shed)], ["CI"])
        well(olga.ask("webhook_end", webhook=hook["id"]))
        equal(api(hub(), "POST", path, {"text": "x"}).status, 404)
        assert {"role", "bot", "webhook"} <= {r["action"] for r in rows(olga, "audit", limit=100)}


@test("a link leads back in, once")
def _():
    lea = sign_up(hub(), "Lea")
    with boss().web() as olga:
        made = well(olga.ask("reset_link", person=lea.id))
        assert 0 < made["until"] - time.time() * 1000 < 31 * 60 * 1000, made
        token = made["link"].split("#")[1]
    good(api(hub(), "POST", "reset", {"token": token, "password": "another horse"}))
    equal(api(hub(), "POST", "reset", {"token": token, "password": "a third horse"}).status, 404)
    sign_in(hub(), "Lea", "another horse")


@test("people by name, page by page")
def _():
    with boss().web() as olga:
        everybody, after = [], {}
        while True:
            reply = well(olga.ask("list", what="people", limit=3, **after))
            everybody += [r["name"] for r in reply["rows"]]
            if not reply["more"]:
                break
            after = {"after": reply["rows"][-1]["name"]}
        equal(everybody, sorted(everybody, key=str.lower))
        assert {"Ann", "Olga"} <= set(everybody), everybody
        members = [r["name"] for r in rows(olga, "members", room="lobby", limit=100)]
        assert "Olga" in members, members


@test("what was said is found again, with marks, by those who may read it")
def _():
    with boss().web() as olga, sign_up(hub(), "Max").web() as client:
        private = well(olga.ask("create", cid=new_cid(), name="Hidden", kind="private"))["room"]
        olga.do("post", room=private, text="zanzibar in private")
        seq = well(olga.post("\u65e5\u672c \U0001f44d zanzibar, Zanzibar"))["seq"]

        def found(who):
            return well(who.ask("search", text="zanzibar"))["hits"]
        eventually("both are found", lambda: len(found(olga)) == 2)
        hit, = found(client)
        equal((hit["room"], hit["event"]["seq"], hit["event"]["ev"]), ("lobby", seq, "message"))
        text = hit["event"]["text"]
        equal([text[a:b].lower() for a, b in hit["marks"]], ["zanzibar", "zanzibar"])
        equal(client.error("search", text=f"zanzibar in:{private}")["code"], "no_room")
        first = well(olga.ask("search", text="zanzibar", limit=1))
        second = well(olga.ask("search", text="zanzibar", limit=1, before=first["next"]))
        equal([h["room"] for h in first["hits"] + second["hits"]], ["lobby", private])


@each("{0} is no command that goes without hello", ["list", "search", "invite", "sign_out"])
def _(op):
    with Web(hub().address) as stranger:
        fields = {"list": {"what": "people"}, "search": {"text": "x"}}.get(op, {})
        equal(stranger.error(op, **fields)["code"], "hello_first")


@test("it stops cleanly")
def _():
    stop_shared()


run()
