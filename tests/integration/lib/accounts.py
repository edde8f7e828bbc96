"""People with accounts: the HTTP API's part that is about them."""

import base64
import hashlib
import hmac
import http.client
import json
import re
import struct
import time

from lib.tap import equal, eventually
from lib.web import person

PASSWORD = "correct horse"
# So cheap that tests need not wait; what is measured by time says so itself.
CHEAP = ("--password-memory-kb", "1024", "--password-passes", "1")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.raw = response.read()
        self.body = json.loads(self.raw) if self.raw else None

    @property
    def cookie(self):
        """The session's cookie that it sets, as "name=value"; None: none."""
        cookies = self.headers.get_all("Set-Cookie") or []
        assert len(cookies) < 2, cookies
        return cookies[0].split(";")[0] if cookies else None

    def __repr__(self):
        return f"<{self.status} {self.raw[:300]!r}>"


def api(hub, method, path, body=None, cookie=None, token=None, fields=(), origin=True, raw=None):
    """One request. With a cookie it comes from a page of the server's own, as a browser would say it."""
    connection = http.client.HTTPConnection(*hub.address, timeout=60)
    headers = dict(fields)
    payload = raw if raw is not None else None if body is None else json.dumps(body)
    if payload is not None:
        headers.setdefault("Content-Type", "application/json")
    if cookie:
        headers["Cookie"] = cookie
        if origin:
            headers.setdefault("Origin", f"http://{hub.address[0]}:{hub.address[1]}")
    if token:
        headers["Authorization"] = "Bearer " + token
    try:
        connection.request(method, "/api/v1/" + path, payload, headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def good(answer, status=200):
    assert answer.status == status, answer
    return answer


def refused(answer, status, code):
    """It is a problem document (RFC 9457) with this code."""
    equal((answer.status, answer.body.get("code")), (status, code), repr(answer))
    equal(answer.headers["Content-Type"], "application/problem+json")
    equal(answer.body["status"], status)
    assert answer.cookie is None, "a refusal sets no cookie"
    return answer


class Account:
    """Somebody who is signed in with a token."""

    def __init__(self, hub, answer):
        self.hub = hub
        self.id = answer.body["you"]["id"]
        self.name = answer.body["you"]["name"]
        self.role = answer.body["you"]["role"]
        self.session = answer.body["session"]
        self.token = answer.body["token"]

    def ask(self, method, path, body=None, **how):
        return api(self.hub, method, path, body, token=self.token, **how)

    def web(self, **how):
        return person(self.hub.address, token=self.token, **how)

    def is_signed_in(self):
        return self.ask("GET", "me").status == 200


def sign_up(hub, name, password=PASSWORD, **body):
    return Account(hub, good(api(hub, "POST", "accounts",
                                 {"name": name, "password": password, "token": True, **body}), 201))


def sign_in(hub, name, password=PASSWORD, **body):
    return Account(hub, good(api(hub, "POST", "session",
                                 {"name": name, "password": password, "token": True, **body})))


def owner_token(hub):
    """Of the link that the program has printed."""
    def found():
        for line in hub.said:
            match = re.fullmatch(r"  owner +\S+/join#([\w-]{43})", line)
            if match:
                return match.group(1)
        return None
    return eventually("the owner's link", found)


def owner(hub, name="Olga"):
    return sign_up(hub, name, invite=owner_token(hub))


def totp(secret, at_s=None, steps=0):
    """RFC 6238, written anew, so that it does not agree by sharing a mistake."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int((time.time() if at_s is None else at_s) // 30) + steps
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def turn_on_totp(account, password=PASSWORD):
    """Its secret and recovery codes. The code of the step before is used up by it, so that the present one is still good."""
    secret = good(account.ask("POST", "me/totp", {})).body["secret"]
    answer = account.ask("PUT", "me/totp",
                         {"secret": secret, "code": totp(secret, steps=-1), "password": password})
    return secret, good(answer).body["codes"]
