#!/usr/bin/python3
"""Accounts: the owner's link, signing up, in and out, one's password, and leaving."""

from lib.accounts import (CHEAP, PASSWORD, api, good, owner, owner_token, refused, sign_in, sign_up)
from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import person


def hub():
    return shared("--signup", "open", *CHEAP)


# ---- the owner ----

@test("who opens the first link is the owner, once")
def _():
    token = owner_token(hub())
    look = good(api(hub(), "POST", "links/look", {"token": token})).body
    equal((look["kind"], look["signup"], look["guests"]), ("owner", "open", True))
    refused(api(hub(), "POST", "accounts", {"name": "Olga", "password": "short", "invite": token}),
            422, "weak_password")
    equal(owner(hub()).role, "owner")
    refused(api(hub(), "POST", "links/look", {"token": token}), 404, "bad_token")
    refused(api(hub(), "POST", "accounts", {"name": "Otto", "password": PASSWORD, "invite": token}),
            404, "bad_token")


@test("a server with an owner prints no link; one without prints a new one at each start")
def _():
    with Hubbub(*CHEAP) as own:
        first = owner_token(own)
        own.restart()
        second = owner_token(own)
        assert first != second
        boss = owner(own)
        refused(api(own, "POST", "links/look", {"token": first}), 404, "bad_token")
        own.restart()
        equal(good(boss.ask("GET", "me")).body["role"], "owner")
        assert not any(line.startswith("  owner") for line in own.said), own.said


# ---- signing up ----

@test("an account is made, and its owner is signed in")
def _():
    ann = sign_up(hub(), "Ann", display="Ann B.")
    equal(ann.role, "member")
    me = good(ann.ask("GET", "me")).body
    equal({k: me[k] for k in ("id", "name", "role", "display", "session", "password", "totp")},
          {"id": ann.id, "name": "Ann", "role": "member", "display": "Ann B.",
           "session": ann.session, "password": True, "totp": False})
    with ann.web() as web:
        equal((web.hello["you"]["id"], web.hello["you"]["name"]), (ann.id, "Ann"))
    refused(api(hub(), "POST", "accounts", {"name": "aNN", "password": PASSWORD}), 409, "name_taken")


@test("a guest who makes an account stays the same person")
def _():
    guest = person(hub().address, name="Gus")
    guest.post("said as a guest")
    answer = good(api(hub(), "POST", "accounts", {"name": "Gustav", "password": PASSWORD, "token": True},
                      token=guest.hello["token"]), 201)
    equal(answer.body["you"], {"id": guest.hello["you"]["id"], "name": "Gustav", "role": "member"})
    # What opened the guest's door does not open the account's.
    equal(guest.recv_close(), 4001)
    refused(api(hub(), "GET", "me", token=guest.hello["token"]), 401, "no_session")
    with person(hub().address, token=answer.body["token"]) as web:
        texts = [e.get("text") for e in web.history()["events"] if e["from"]["id"] == web.me()["id"]]
        equal(texts, ["said as a guest"])


@test("who has an account makes no second one in the same session")
def _():
    bea = sign_up(hub(), "Bea")
    refused(bea.ask("POST", "accounts", {"name": "Bea 2", "password": PASSWORD}), 403, "forbidden")


@each("a password {0} is refused", [
    ("of seven characters", "1234567"), ("of 129 characters", "x" * 129),
    ("with a NUL", "12345678\0"), ("of seven hamsters", "🐹" * 7)])
def _(_what, password):
    answer = api(hub(), "POST", "accounts", {"name": "Nobody", "password": password})
    # A NUL is no part of any JSON here.
    refused(answer, *((400, "bad_json") if "\0" in password else (422, "weak_password")))


@each("and {0} is not", [("of eight hamsters", "🐹" * 8), ("of 128 hamsters", "🐹" * 128),
                         ("with blanks at its ends", "  spaces  ")])
def _(_what, password):
    name = f"P{abs(hash(password)) % 10 ** 12}"
    sign_up(hub(), name, password)
    sign_in(hub(), name, password)
    # Nothing is trimmed or cut.
    refused(api(hub(), "POST", "session", {"name": name, "password": password.strip() + "x"}), 401,
            "bad_credentials")
    refused(api(hub(), "POST", "session", {"name": name, "password": password[:-1]}), 401,
            "bad_credentials")


@each("a sign-up with {0} is refused", [
    ("no password", {"name": "X"}), ("a password that is a number", {"name": "X", "password": 12345678}),
    ("an empty name", {"name": " ", "password": PASSWORD}), ("no name", {"password": PASSWORD}),
    ("a line feed in its name", {"name": "a\nSet-Cookie: x=y", "password": PASSWORD}),
    ("a long name", {"name": "n" * 41, "password": PASSWORD}),
    ("a bad display", {"name": "X", "password": PASSWORD, "display": "\u202e"})])
def _(_what, body):
    refused(api(hub(), "POST", "accounts", body), 400, "bad_request")


@test("a body over 8 KB is refused, and so is what is no JSON")
def _():
    big = {"name": "Ann", "password": PASSWORD, "display": "x" * 9000}
    equal(api(hub(), "POST", "session", big).status, 413)
    refused(api(hub(), "POST", "session", raw="{"), 400, "bad_json")
    refused(api(hub(), "POST", "session", raw="name=Ann", fields={"Content-Type": "text/plain"}),
            415, "unsupported_type")


@each("sign-up is {0}: {1}", [("closed", "signup_closed"), ("invite", "signup_closed")])
def _(mode, code):
    with Hubbub("--signup", mode, *CHEAP) as own:
        equal(good(api(own, "POST", "links/look", {})).body["signup"], mode)
        refused(api(own, "POST", "accounts", {"name": "Ann", "password": PASSWORD}), 403, code)
        equal(owner(own).role, "owner")


@test("in memory nobody has an account")
def _():
    with Hubbub("--store", "memory", "--signup", "open", *CHEAP) as own:
        refused(api(own, "POST", "accounts", {"name": "Ann", "password": PASSWORD}), 503, "no_accounts")


# ---- signing in and out ----

@test("one signs in by name, whatever its case, and each time gets another session")
def _():
    cleo = sign_up(hub(), "Cleo")
    first, second = sign_in(hub(), "cleo"), sign_in(hub(), "CLEO")
    equal([x.id for x in (first, second)], [cleo.id] * 2)
    assert len({x.token for x in (cleo, first, second)}) == 3
    assert len({x.session for x in (cleo, first, second)}) == 3


@test("after signing out the token is worth nothing, and its connections are closed")
def _():
    dora = sign_up(hub(), "Dora")
    other = sign_in(hub(), "Dora")
    web, stays = dora.web(), other.web()
    good(dora.ask("DELETE", "session"))
    equal(web.recv_close(), 4001)
    assert not dora.is_signed_in()
    assert other.is_signed_in()
    stays.sync()
    stays.close()
    # Once more: nobody minds.
    good(dora.ask("DELETE", "session"))


@test("whoever is signed in has an account also after a restart")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        ann = sign_up(own, "Ann")
        own.restart()
        assert ann.is_signed_in()
        sign_in(own, "Ann")


# ---- one's own account ----

@test("another password ends the other sessions, and theirs connections; this one goes on")
def _():
    eva = sign_up(hub(), "Eva")
    other = sign_in(hub(), "Eva")
    web = other.web()
    refused(eva.ask("POST", "me/password", {"password": "wrong horse", "new_password": "better horse"}),
            401, "bad_credentials")
    assert other.is_signed_in()
    good(eva.ask("POST", "me/password", {"password": PASSWORD, "new_password": "better horse"}))
    equal(web.recv_close(), 4001)
    assert eva.is_signed_in() and not other.is_signed_in()
    refused(api(hub(), "POST", "session", {"name": "Eva", "password": PASSWORD}), 401, "bad_credentials")
    sign_in(hub(), "Eva", "better horse")


@test("a weak password does not become one's own")
def _():
    fay = sign_up(hub(), "Fay")
    refused(fay.ask("POST", "me/password", {"password": PASSWORD, "new_password": "short"}), 422,
            "weak_password")
    sign_in(hub(), "Fay")


@test("who leaves is gone; their words stay, without a name")
def _():
    gil = sign_up(hub(), "Gil")
    with gil.web() as web:
        web.post("the last words of Gil")
    refused(gil.ask("POST", "me/leave", {"password": "wrong horse"}), 401, "bad_credentials")
    good(gil.ask("POST", "me/leave", {"password": PASSWORD}))
    assert not gil.is_signed_in()
    refused(api(hub(), "POST", "session", {"name": "Gil", "password": PASSWORD}), 401, "bad_credentials")
    with person(hub().address) as web:
        event = next(e for e in web.history(limit=100)["events"] if e.get("text") == "the last words of Gil")
        assert event["from"]["name"] != "Gil", event
    # The name is free, and its next bearer is somebody else.
    assert sign_up(hub(), "Gil").id != gil.id


@test("the last owner cannot leave")
def _():
    with Hubbub(*CHEAP) as own:
        boss = owner(own)
        refused(boss.ask("POST", "me/leave", {"password": PASSWORD}), 409, "last_owner")
        assert boss.is_signed_in()


@each("{0} {1} takes a session", [
    ("GET", "me"), ("PATCH", "me"), ("POST", "me/password"), ("POST", "me/totp"), ("PUT", "me/totp"),
    ("DELETE", "me/totp"), ("POST", "me/leave"), ("POST", "owner-link")])
def _(method, path):
    body = None if method == "GET" else {"name": "x", "password": PASSWORD}
    refused(api(hub(), method, path, body), 401, "no_session")
    refused(api(hub(), method, path, body, token="A" * 43), 401, "no_session")


@test("only the console may ask for the owner's link")
def _():
    ida = sign_up(hub(), "Ida")
    refused(ida.ask("POST", "owner-link", {}), 403, "forbidden")


@test("a guest has no password")
def _():
    with person(hub().address) as guest:
        token = guest.hello["token"]
        equal(good(api(hub(), "GET", "me", token=token)).body["password"], False)
        for method, path, body in (
                ("POST", "me/password", {"password": PASSWORD, "new_password": PASSWORD}),
                ("POST", "me/totp", {}), ("DELETE", "me/totp", {"password": PASSWORD})):
            refused(api(hub(), method, path, body, token=token), 403, "needs_account")


@test("hashes of another cost are made anew when their owner signs in")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        sign_up(own, "Ann")
        own.flags = ("--signup", "open", "--password-memory-kb", "2048", "--password-passes", "2")
        own.restart()
        for _ in range(2):
            sign_in(own, "Ann")
        refused(api(own, "POST", "session", {"name": "Ann", "password": "wrong horse"}), 401,
                "bad_credentials")
        own.stop()
        with open(own.data + "/hubbub.db", "rb") as f:
            data = f.read()
        assert b"$m=2048,t=2," in data


test("the program is well until its end")(stop_shared)
run()
