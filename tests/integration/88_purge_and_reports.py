#!/usr/bin/python3
"""What moderators do about what was said: reports, and deleting all that somebody said; invitations with rooms; and that
the audit log has who did what, and never what was said."""

import json

from lib.accounts import CHEAP, PASSWORD, api, owner, refused, sign_up
from lib.hubbub import Hubbub
from lib.tap import equal, run, test
from lib.web import LOBBY, new_cid

FLAGS = (*CHEAP, "--signup", "invite", "--guests-may", "talk", "--rate-sign-up", "0", "--rate-api", "0",
         "--rate-posts", "0", "--rate-join", "0")
PURGE_STEP = 100
SECRET = "what was said in confidence"


def begin(hub):
    """An owner, a moderator and a member, each with a connection: {name: (account, client)}."""
    people = {"Olga": owner(hub)}
    clients = {"Olga": people["Olga"].web()}
    for name, role in (("Mo", "moderator"), ("Ann", "member")):
        link = clients["Olga"].ask("invite", role=role, count=1)
        people[name] = sign_up(hub, name, invite=link["link"].split("#")[1])
        equal(people[name].role, role)
        clients[name] = people[name].web()
    return people, clients


def close(clients):
    for client in clients.values():
        client.close()


@test("a message is reported by whoever sees it, once; moderators see it and close it")
def _():
    with Hubbub(*FLAGS) as hub:
        people, clients = begin(hub)
        olga, mo, ann = (clients[name] for name in ("Olga", "Mo", "Ann"))
        seq = olga.do("post", text=SECRET)["seq"]
        report = ann.ask("report", room=LOBBY, target=seq, reason="rude")
        equal(report["ok"], True)
        equal(ann.ask("report", room=LOBBY, target=seq, reason="again")["id"], report["id"])
        equal(ann.error("report", room=LOBBY, target=seq + 10, reason="x")["code"], "no_message")
        den = olga.create("The den")
        hidden = olga.do("post", room=den, text=SECRET)["seq"]
        equal(ann.error("report", room=den, target=hidden, reason="x")["code"], "no_room")
        equal(ann.error("list", what="reports")["code"], "forbidden")
        rows = mo.ask("list", what="reports")["rows"]
        equal([(row["id"], row["author"], row["by"], row["reason"]) for row in rows],
              [(report["id"], people["Olga"].id, people["Ann"].id, "rude")])
        equal(ann.error("report_end", report=report["id"])["code"], "forbidden")
        equal(mo.ask("report_end", report=report["id"], note="talked")["ok"], True)
        equal(mo.error("report_end", report=report["id"])["code"], "not_found")
        close(clients)


@test("all that somebody said is deleted, step by step, in every room, and everybody sees it go")
def _():
    with Hubbub(*FLAGS) as hub:
        people, clients = begin(hub)
        olga, mo, ann = (clients[name] for name in ("Olga", "Mo", "Ann"))
        den = ann.ask("create", cid=new_cid(), name="The den", kind="private")["room"]
        for i in range(PURGE_STEP - 1):
            ann.do("post", text=f"{SECRET} {i}")
        for i in range(3):
            ann.do("post", room=den, text=f"{SECRET} {i}")
        kept = olga.do("post", text="this stays")["seq"]
        equal(ann.error("purge", person=people["Ann"].id)["code"], "forbidden")
        equal(mo.error("purge", person=people["Olga"].id)["code"], "forbidden")
        first = mo.ask("purge", person=people["Ann"].id)
        equal((first["deleted"], first["more"]), (PURGE_STEP, True))
        second = mo.ask("purge", person=people["Ann"].id)
        equal((second["deleted"], second["more"]), (2, False))
        # Ann is in both rooms, and the moderator in one of them.
        for _ in range(PURGE_STEP - 1):
            equal(ann.event("delete", room=LOBBY)["from"]["id"], people["Mo"].id)
        for _ in range(3):
            ann.event("delete", room=den)
        page = olga.ask("history", room=LOBBY, limit=100)
        texts = [event.get("text") for event in page["events"] if event["ev"] == "message"]
        equal([text for text in texts if text], ["this stays"])
        equal(page["head"] > kept, True)
        close(clients)


@test("the audit log says who did what to whom, and nothing of what was said or of any token")
def _():
    with Hubbub(*FLAGS) as hub:
        people, clients = begin(hub)
        olga, mo, ann = (clients[name] for name in ("Olga", "Mo", "Ann"))
        seq = ann.do("post", text=SECRET)["seq"]
        report = ann.ask("report", room=LOBBY, target=seq, reason="mine")["id"]
        mo.ask("report_end", report=report)
        link = mo.ask("invite", note="for Bob")
        mo.ask("invite_end", invite=link["id"])
        mo.ask("mute", person=people["Ann"].id, for_ms=60000)
        mo.ask("unmute", person=people["Ann"].id)
        mo.ask("purge", person=people["Ann"].id)
        mo.ask("brake", members_only=False, slow_ms=0)
        bot = olga.ask("bot", name="Robot")
        olga.ask("bot_end", person=bot["person"])
        hook = olga.ask("webhook", room=LOBBY, name="Builds")
        olga.ask("webhook_end", webhook=hook["id"])
        rows = olga.ask("list", what="audit", limit=50)["rows"]
        equal([row["action"] for row in reversed(rows)],
              ["invite", "invite", "report_end", "invite", "invite_end", "mute", "unmute", "purge",
               "brake", "bot", "bot_end", "webhook", "webhook_end"])
        equal({row["by"] for row in rows}, {people["Olga"].id, people["Mo"].id})
        said = json.dumps(rows)
        for secret in (SECRET, bot["token"], link["link"].split("#")[1], hook["url"].split(".")[-1]):
            assert secret not in said
        equal(mo.error("list", what="audit")["code"], "forbidden")
        close(clients)


@test("an invitation leads into its rooms, as often as it says")
def _():
    with Hubbub(*FLAGS) as hub:
        people, clients = begin(hub)
        olga, mo, ann = (clients[name] for name in ("Olga", "Mo", "Ann"))
        den = olga.ask("create", cid=new_cid(), name="The den", kind="private")["room"]
        equal(mo.error("invite", rooms=[den])["code"], "no_room")
        equal(mo.error("invite", role="moderator")["code"], "forbidden")
        equal(ann.error("invite")["code"], "forbidden")
        link = olga.ask("invite", rooms=[den], count=1)["link"].split("#")[1]
        bob = sign_up(hub, "Bob", invite=link)
        equal(olga.event("joined", room=den)["from"]["id"], bob.id)
        with bob.web() as client:
            equal(den in client.cursors, True)
        refused(api(hub, "POST", "accounts", {"name": "Cyn", "password": PASSWORD, "invite": link}),
                404, "bad_token")
        close(clients)


run()
