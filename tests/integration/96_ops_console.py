#!/usr/bin/python3
"""The console's commands, and what of all that stands in the log."""

import json
import os
import re
import socket
import stat
import tempfile

from lib import accounts
from lib.accounts import CHEAP, PASSWORD
from lib.hubbub import Hubbub, run_once, shared, stop_shared
from lib.tap import each, equal, eventually, run, test
from lib.web import person

LINK = re.compile(r"^http://\S+/(join|reset)#([\w-]{43})$", re.MULTILINE)


def hub():
    return shared(*CHEAP, "--log-format", "json")


def say(*words, code=0):
    """A command at the console of the shared program: what it printed, on standard error if it failed."""
    got, out, err = run_once(*words, "--data", hub().data)
    equal(got, code, f"{words}: {out}{err}")
    equal(err.count("\n"), 1 if code else 0, err)
    assert not (code and out), out
    return err if code else out


def table(*words):
    """The rows of a list, by the names of its columns, as far as no cell before them is empty."""
    lines = say(*words).splitlines()
    starts = [m.start() for m in re.finditer(r"(?<!\S)\S", lines[0])]
    cells = [[line[a:b].strip() for a, b in zip(starts, [*starts[1:], None])] for line in lines]
    return [dict(zip(cells[0], row)) for row in cells[1:]]


def token(text):
    found = LINK.search(text)
    assert found, text
    return found.group(2)


def logged(**wanted):
    """The line of the log with these fields."""
    def lines():
        rows = [json.loads(line) for line in hub().stderr().splitlines()]
        return [r for r in rows if all(r.get(k) == v for k, v in wanted.items())]
    return eventually(f"in the log: {wanted}", lines)[-1]


def member(name):
    return accounts.sign_up(hub(), name, invite=token(say("invite")))


@test("help names every command, and each has help of its own")
def help_is_complete():
    code, out, err = run_once("help")
    equal((code, err), (0, ""))
    names = re.findall(r"^  ((?:user |room )?[a-z-]+)", out, re.MULTILINE)
    assert len(names) > 25 and "backup" in names and "user list" in names, names
    for name in names:
        if name != "help":
            code, out, err = run_once(*name.split(), "--help")
            equal((code, err), (0, ""))
            assert out.startswith(f"usage: hubbub {name} "), out


@each("{0}: one line, and exit 2", [
    "user", "user lost", "nonsense", "user role Ann", "user list more", "invite --uses many",
    "invite --uses -1", "invite --nonsense", "invite --uses", "brake sideways", "backup",
    "room create --guests=yes x", "invite --data a --data b --data c"])
def misused(words):
    code, out, err = run_once(*words.split())
    equal((code, out, err.count("\n")), (2, "", 1), err)
    assert err.startswith("hubbub"), err


@test("without a running server a command says so, in one line")
def not_running():
    with tempfile.TemporaryDirectory() as folder:
        code, out, err = run_once("user", "list", "--data", folder)
        equal((code, out, err), (1, "", f"hubbub user list: no server is running on {folder}\n"))
        stale = os.path.join(folder, "hubbub.sock")
        with socket.socket(socket.AF_UNIX) as left_over:
            left_over.bind(stale)
        code, _out, err = run_once("user", "list", "--data", folder)
        equal((code, err), (1, f"hubbub user list: no server is running on {folder}\n"))
        code, _out, err = run_once("user", "list", "--data", os.path.join(folder, "none"))
        equal((code, err.count("\n")), (1, 1))


@test("where the data is, can be said as to the server")
def found_by_settings():
    settings = os.path.join(hub().folder, "settings")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(f"data = {hub().data}\n")
    for how in ([], {"HUBBUB_DATA": hub().data}), (["--config", settings], None), (
            [f"--data={hub().data}"], None):
        code, _out, err = run_once("invites", *how[0], env=how[1])
        equal((code, err), (0, ""))


@test("the socket is for its owner alone")
def private():
    status = os.stat(os.path.join(hub().data, "hubbub.sock"))
    assert stat.S_ISSOCK(status.st_mode)
    equal(status.st_mode & 0o077, 0)


@test("invite, sign up, sign in: and from where is in the log, with nothing secret")
def invited():
    link = say("invite", "--uses", "1", "--days", "2", "--note", "for Ann")
    row, = [r for r in table("invites") if r["note"] == "for Ann"]
    equal((row["left"], row["role"]), ("1", "member"))
    ann = accounts.sign_up(hub(), "Ann", invite=token(link))
    made = logged(message="an account was made", person=ann.id)
    equal((made["level"], made["component"], made["address"]), ("info", "accounts", "127.0.0.1"))
    accounts.sign_in(hub(), "Ann")
    logged(message="signed in", person=ann.id, address="127.0.0.1")
    accounts.refused(accounts.api(hub(), "POST", "session", {"name": "Ann", "password": "x" * 12}),
                     401, "bad_credentials")
    refused = logged(message="a sign-in was refused", code="bad_credentials")
    equal(refused["address"], "127.0.0.1")
    accounts.refused(accounts.api(hub(), "POST", "accounts", {
        "name": "Eve", "password": PASSWORD, "invite": token(link)}), 404, "bad_token")
    for secret in (token(link), PASSWORD, "x" * 12, ann.token, "for Ann", "join#"):
        assert secret not in hub().stderr(), secret


@test("user add: a link for one")
def add():
    link = say("user", "add", "Bob", "--role", "moderator")
    bob = accounts.sign_up(hub(), "Bob", invite=token(link))
    equal(bob.role, "moderator")
    row, = [r for r in table("user", "list") if r["name"] == "Bob"]
    equal((row["role"], row["id"]), ("moderator", bob.id))


@test("roles, by name in any capitals and by id")
def roles():
    mia = member("Mia")
    say("user", "role", "mIA", "admin")
    equal(mia.ask("GET", "me").body["role"], "admin")
    logged(message="a role was given", person=mia.id, by="0000000000000001", role="admin")
    say("user", "role", mia.id, "member")
    equal(mia.ask("GET", "me").body["role"], "member")
    assert "nobody" in say("user", "role", "Nobody", "admin", code=1)
    say("user", "role", "Mia", "emperor", code=1)


@test("reset: a link that sets a new password")
def reset():
    rob = member("Rob")
    link = say("user", "reset", "Rob")
    accounts.good(accounts.api(hub(), "POST", "reset", {"token": token(link),
                                                        "password": "another one 1"}))
    assert not rob.is_signed_in()
    accounts.sign_in(hub(), "Rob", "another one 1")


@test("kick, mute, unmute, ban, unban, purge")
def order():
    kim = member("Kim")
    with kim.web() as web:
        seqs = [web.do("post", text=f"noise {i}")["seq"] for i in range(3)]
        say("user", "mute", "Kim", "--minutes", "5", "--reason", "loud")
        logged(message="muted", person=kim.id)
        equal(web.error("post", room="lobby", cid="0" * 32, text="x")["code"], "muted")
        equal([r["name"] for r in table("mutes")], ["Kim"])
        say("user", "unmute", "Kim")
        web.do("post", text="sorry")
        equal(say("user", "purge", "Kim"), "4 messages of Kim are deleted\n")
        web.event("delete", target=seqs[0])
    say("user", "kick", "Kim")
    assert not kim.is_signed_in()
    kim = accounts.sign_in(hub(), "Kim")
    say("user", "ban", "Kim", "--days", "1", "--reason", "noise")
    logged(message="banned", person=kim.id)
    assert not kim.is_signed_in()
    equal([(r["name"], r["reason"]) for r in table("bans")], [("Kim", "noise")])
    say("user", "unban", "Kim")
    assert "not banned" in say("user", "unban", "Kim", code=1)
    accounts.sign_in(hub(), "Kim")


@test("an account is deleted; the last owner's is not, and nobody but the console does it")
def delete():
    dan, other = member("Dan"), member("Eva")
    with dan.web() as web:
        room = web.create("Dan's")
        web.do("post", text="stays")
    accounts.refused(other.ask("DELETE", f"people/{dan.id}"), 403, "forbidden")
    say("user", "delete", "Dan")
    logged(message="an account was deleted", person=dan.id, by="0000000000000001")
    assert not dan.is_signed_in()
    accounts.refused(accounts.api(hub(), "POST", "session", {"name": "Dan", "password": PASSWORD}),
                     401, "bad_credentials")
    with other.web() as web:
        event = next(e for e in reversed(web.history()["events"]) if e.get("text") == "stays")
        assert "Dan" not in event["from"]["name"], event
        web.join(room)
        equal([m["name"] for m in web.ask("list", what="members", room=room)["rows"]], ["Eva"])
    assert "nobody" in say("user", "delete", "Dan", code=1)
    say("user", "delete", "0123456789abcdef", code=1)
    say("user", "delete", "0000000000000001", code=1)


@test("addresses are banned and let in again")
def addresses():
    ban = say("ban", "192.0.2.0/24", "--reason", "spam").split()[1]
    logged(message="banned", address="192.0.2.0/24")
    row, = [r for r in table("bans") if r["id"] == ban]
    equal((row["address"], row["reason"]), ("192.0.2.0/24", "spam"))
    say("unban", ban)
    assert ban not in say("bans")
    say("unban", ban, code=1)
    say("ban", "somewhere", code=1)


@test("rooms are made, found, changed and archived")
def rooms():
    mia = accounts.sign_in(hub(), "Mia")
    room = say("room", "create", "A garden", "--guests").strip()
    assert re.fullmatch("[0-9a-f]{12}", room), room
    assert (room, "A garden") in [(r["id"], r["name"]) for r in table("room", "list")]
    say("room", "rename", room, "Two gardens")
    say("room", "set", room, "--slow-s", "30", "--retention-days", "7", "--guests", "off")
    with mia.web() as web:
        web.join(room)
        info, = [r for r in mia.ask("GET", "rooms").body["rooms"] if r["id"] == room]
        equal((info["name"], info["slow_ms"], info["retention_days"], info.get("guests")),
              ("Two gardens", 30000, 7, None))
        say("room", "archive", room)
        equal(web.error("post", room=room, cid="1" * 32, text="x")["code"], "archived")
        say("room", "unarchive", room)
        web.do("post", room, text="x")
    say("room", "set", room, "--guests", "perhaps", code=2)
    say("room", "rename", "nowhere", "x", code=1)


@test("the brake")
def brake():
    with person(hub().address) as guest:
        say("brake", "on")
        logged(message="the brake was set", members_only="true")
        equal(guest.error("post", room="lobby", cid="2" * 32, text="x")["code"], "members_only")
        say("brake", "off")
        guest.do("post", text="x")


@test("the community's name")
def name():
    with person(hub().address) as guest:
        equal(say("name", "The garden"), "")
        equal(guest.event("server")["name"], "The garden")
        logged(message="the server was named")
        say("name", "n" * 41, code=1)
        say("name", code=2)
        say("name", "")
        equal(guest.event("server")["name"], "")


@test("what was done stands in the audit log")
def audited():
    rows = table("audit")
    actions = {r["action"] for r in rows}
    assert {"ban", "kick", "mute", "role", "brake", "purge", "delete", "server_name"} <= actions, actions
    assert all(r["name"] == "Console" for r in rows), rows


@test("owner-link makes the first owner, and then no other")
def owner_link():
    accounts.sign_up(hub(), "Olga", invite=token(say("owner-link")))
    equal([r["name"] for r in table("user", "list") if r["role"] == "owner"], ["Olga"])
    assert "owner already" in say("owner-link", code=1)
    assert "last_owner" in say("user", "delete", "Olga", code=1)


@test("lists go on over many pages")
def pages():
    for i in range(120):
        say("invite", "--note", f"note {i:03}")
    notes = [r["note"] for r in table("invites")]
    equal([n for n in notes if n.startswith("note ")], [f"note {i:03}" for i in reversed(range(120))])


@test("the log as text says the same")
def text_log():
    with Hubbub(*CHEAP) as own:
        code, out, _err = run_once("invite", "--data", own.data)
        equal(code, 0)
        ann = accounts.sign_up(own, "Ann", invite=token(out))
        eventually("in the log", lambda: re.search(
            rf"^\S+Z info  accounts: an account was made person={ann.id} address=127\.0\.0\.1"
            r" session=\d+$", own.stderr(), re.MULTILINE))


@test("every line of the log was JSON; the program stops, and takes its socket away")
def stop():
    for line in hub().stderr().splitlines():
        row = json.loads(line)
        assert {"time", "level", "component", "message"} <= set(row), row
    data = hub().data
    hub().stop()
    assert not os.path.exists(os.path.join(data, "hubbub.sock"))
    stop_shared()


run()
