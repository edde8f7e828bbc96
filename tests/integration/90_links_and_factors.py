#!/usr/bin/python3
"""What opens an account's door besides a password: invitations, links that set another one, and the second factor."""

import sqlite3
import threading

from lib.accounts import (CHEAP, PASSWORD, api, good, owner, refused, sign_in, sign_up, totp,
                          turn_on_totp)
from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test

HUB = {}


def hub():
    return shared(*CHEAP)


def boss():
    if "boss" not in HUB:
        HUB["boss"] = owner(hub())
    return HUB["boss"]


def token_of(link):
    return link.split("#")[1]


def invite(**fields):
    answer = good(boss().ask("POST", "invites", fields), 201).body
    return token_of(answer["link"]), answer["id"]


def member(name, **fields):
    return sign_up(hub(), name, invite=invite(count=1)[0], **fields)


def try_sign_up(name, token):
    return api(hub(), "POST", "accounts", {"name": name, "password": PASSWORD, "invite": token})


# ---- invitations ----

@test("an invitation says who invites, and is good for so many accounts")
def _():
    token, _ = invite(count=2)
    look = good(api(hub(), "POST", "links/look", {"token": token})).body
    equal((look["kind"], look["by"]), ("invite", "Olga"))
    for name in ("Ann", "Bob"):
        equal(sign_up(hub(), name, invite=token).role, "member")
    refused(try_sign_up("Cid", token), 404, "bad_token")
    refused(api(hub(), "POST", "links/look", {"token": token}), 404, "bad_token")


@test("a name that is taken uses up no invitation")
def _():
    token, _ = invite(count=1)
    refused(try_sign_up("Olga", token), 409, "name_taken")
    good(try_sign_up("Dan", token), 201)


@test("an invitation that was ended is none")
def _():
    token, number = invite()
    good(boss().ask("DELETE", f"invites/{number}"))
    refused(try_sign_up("Eve", token), 404, "bad_token")


@test("two who want the last place: one gets it")
def _():
    for turn in range(8):
        token, _ = invite(count=1)
        answers, gate = [], threading.Barrier(4)

        def come(number, token=token, turn=turn, answers=answers, gate=gate):
            gate.wait()
            answers.append(try_sign_up(f"Racer {turn} {number}", token).status)
        threads = [threading.Thread(target=come, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(sorted(answers), [201, 404, 404, 404])


@each("{0} is no link", [("nothing", ""), ("a word", "owner"), ("one that nobody made", "A" * 43),
                         ("a number", 7)])
def _(_what, token):
    refused(api(hub(), "POST", "links/look", {"token": token}), 404, "bad_token")
    refused(api(hub(), "POST", "reset", {"token": token, "password": PASSWORD}), 404, "bad_token")


# ---- another password by a link ----

def reset_link(person):
    return token_of(good(boss().ask("POST", f"people/{person.id}/reset", {}), 201).body["link"])


@test("a link sets another password once, ends all sessions, and signs in")
def _():
    fay = member("Fay")
    web = fay.web()
    token = reset_link(fay)
    look = good(api(hub(), "POST", "links/look", {"token": token})).body
    equal((look["kind"], look["name"]), ("reset", "Fay"))
    refused(api(hub(), "POST", "reset", {"token": token, "password": "short"}), 422, "weak_password")
    answer = good(api(hub(), "POST", "reset", {"token": token, "password": "another horse"}))
    equal(web.recv_close(), 4001)
    assert not fay.is_signed_in()
    equal(good(api(hub(), "GET", "me", cookie=answer.cookie)).body["id"], fay.id)
    refused(api(hub(), "POST", "reset", {"token": token, "password": "third horse"}), 404, "bad_token")
    refused(api(hub(), "POST", "session", {"name": "Fay", "password": PASSWORD}), 401, "bad_credentials")
    sign_in(hub(), "Fay", "another horse")


@test("another link replaces the one before")
def _():
    gus = member("Gus")
    first, second = reset_link(gus), reset_link(gus)
    refused(api(hub(), "POST", "reset", {"token": first, "password": "another horse"}), 404, "bad_token")
    good(api(hub(), "POST", "reset", {"token": second, "password": "another horse"}))


@test("an invitation sets no password, and a reset makes no account")
def _():
    hal = member("Hal")
    refused(api(hub(), "POST", "reset", {"token": invite()[0], "password": PASSWORD}), 404, "bad_token")
    refused(try_sign_up("Hal 2", reset_link(hal)), 404, "bad_token")


@test("links end with their time")
def _():
    with Hubbub("--signup", "open", *CHEAP) as own:
        chief = owner(own)
        ida = sign_up(own, "Ida")
        link = good(chief.ask("POST", f"people/{ida.id}/reset", {}), 201).body["link"]
        invitation = good(chief.ask("POST", "invites", {"count": 1}), 201).body["link"]
        own.stop()
        with sqlite3.connect(own.data + "/hubbub.db") as db:
            db.execute("UPDATE resets SET until = 1")
            db.execute("UPDATE invites SET until = 1")
        db.close()
        own.start()
        refused(api(own, "POST", "reset", {"token": token_of(link), "password": "another horse"}), 404,
                "bad_token")
        refused(api(own, "POST", "accounts", {"name": "Jo", "password": PASSWORD,
                                              "invite": token_of(invitation)}), 404, "bad_token")
        sign_in(own, "Ida")


# ---- the second factor ----

def try_code(name, code, password=PASSWORD):
    body = {"name": name, "password": password}
    return api(hub(), "POST", "session", {**body, "code": code} if code is not None else body)


@test("with a second factor the password alone does not do, and each code does once")
def _():
    kim = member("Kim")
    secret, _ = turn_on_totp(kim)
    equal(good(kim.ask("GET", "me")).body["totp"], True)
    refused(try_code("Kim", None), 401, "code_needed")
    code = totp(secret)
    good(try_code("Kim", code[:3] + " " + code[3:]))
    refused(try_code("Kim", code), 401, "code_needed")
    # Whoever does not know the password hears nothing of codes.
    refused(try_code("Kim", code, "wrong horse"), 401, "bad_credentials")


@test("the code that turned it on is used up, too")
def _():
    leo = member("Leo")
    secret, _ = turn_on_totp(leo)
    refused(try_code("Leo", totp(secret, steps=-1)), 401, "code_needed")


@test("a code of long ago, of much later or of another secret is none")
def _():
    mia = member("Mia")
    secret, _ = turn_on_totp(mia)
    for code in (totp(secret, steps=-4), totp(secret, steps=4), "12345", "no code"):
        refused(try_code("Mia", code), 401, "code_needed")


@test("guesses at codes are counted, from however many addresses they come")
def _():
    with Hubbub("--signup", "open", "--trust-proxy", "127.0.0.0/8", *CHEAP) as own:
        secret, _ = turn_on_totp(sign_up(own, "Ned"))

        def guess(number, code):
            return api(own, "POST", "session", {"name": "Ned", "password": PASSWORD, "code": code},
                       fields={"X-Forwarded-For": f"192.0.2.{number}"})
        answers = [guess(n, f"{n:06}").status for n in range(8)]
        assert answers[-1] == 429 and set(answers) == {401, 429}, answers
        limited = refused(guess(9, totp(secret)), 429, "rate_limited")
        assert int(limited.headers["Retry-After"]) > 0


@test("each recovery code opens once")
def _():
    pia = member("Pia")
    _, codes = turn_on_totp(pia)
    equal(len(set(codes)), 10)
    good(try_code("Pia", codes[0]))
    refused(try_code("Pia", codes[0]), 401, "code_needed")
    # As people copy them.
    good(try_code("Pia", codes[1].upper().replace("-", " ")))
    refused(try_code("Pia", "aaaa-aaaa-aaaa-aaaa"), 401, "code_needed")


@test("two who use one recovery code at once: one gets in")
def _():
    quin = member("Quin")
    _, codes = turn_on_totp(quin)
    answers, gate = [], threading.Barrier(3)

    def come():
        gate.wait()
        answers.append(try_code("Quin", codes[0]).status)
    threads = [threading.Thread(target=come) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(answers), [200, 401, 401])


@test("it is turned on by a right code and the password, and off by the password")
def _():
    rex = member("Rex")
    begun = good(rex.ask("POST", "me/totp", {})).body
    secret = begun["secret"]
    assert begun["uri"].startswith("otpauth://totp/") and secret in begun["uri"], begun
    refused(rex.ask("PUT", "me/totp", {"secret": secret, "code": "000000" if totp(secret) != "000000"
                                       else "000001", "password": PASSWORD}), 401, "code_needed")
    refused(rex.ask("PUT", "me/totp", {"secret": secret, "code": totp(secret),
                                       "password": "wrong horse"}), 401, "bad_credentials")
    refused(rex.ask("PUT", "me/totp", {"secret": "x", "code": totp(secret), "password": PASSWORD}), 400,
            "bad_request")
    good(try_code("Rex", None))
    turn_on_totp(rex)
    refused(rex.ask("PUT", "me/totp", {"secret": secret, "code": totp(secret), "password": PASSWORD}),
            409, "too_many")
    refused(try_code("Rex", None), 401, "code_needed")


@test("off it takes the password")
def _():
    sue = member("Sue")
    turn_on_totp(sue)
    refused(sue.ask("DELETE", "me/totp", {"password": "wrong horse"}), 401, "bad_credentials")
    good(sue.ask("DELETE", "me/totp", {"password": PASSWORD}))
    good(try_code("Sue", None))


@test("a reset sets the password, and leaves the second factor on")
def _():
    tom = member("Tom")
    secret, _ = turn_on_totp(tom)
    answer = good(api(hub(), "POST", "reset", {"token": reset_link(tom), "password": "another horse"}))
    equal((answer.cookie, answer.body.get("session")), (None, None))
    refused(try_code("Tom", None, "another horse"), 401, "code_needed")
    good(try_code("Tom", totp(secret), "another horse"))


test("the program is well until its end")(stop_shared)
run()
