"""A client of the HTTP API, as a program that holds a token, as a browser that holds a cookie, or at the console."""

import http.client
import json
import os
import re
import socket

from lib.tap import DEADLINE_S, equal
from lib.web import person

API = "/api/v1"
JSON = "application/json"
PROBLEM = "application/problem+json"


class _Local(http.client.HTTPConnection):
    """Over a socket in the file system."""

    def __init__(self, path):
        super().__init__("localhost", timeout=DEADLINE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.fields = response.getheaders()
        self.type = (response.getheader("Content-Type") or "").split(";")[0]
        self.body = body
        self.json = json.loads(body) if body and self.type in (JSON, PROBLEM) else None

    def get(self, name):
        values = [value for field, value in self.fields if field.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def code(self):
        """Of a problem."""
        equal(self.type, PROBLEM, self)
        return self.json.get("code")

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body[:300]!r}>"


class Api:
    """where: (host, port), or the path of a socket. on_answer hears of everything that was asked and answered."""

    def __init__(self, where, token=None, cookie=None, fields=(), on_answer=None):
        self.where, self.token, self.cookie = where, token, cookie
        self.fields = list(fields)
        self.on_answer = on_answer
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def _connect(self):
        if not self.connection:
            self.connection = (_Local(self.where) if isinstance(self.where, str) else
                               http.client.HTTPConnection(*self.where, timeout=DEADLINE_S))
        return self.connection

    def start(self, method, path, body=None, fields=(), content_type=JSON):
        """Sends a request; body: what JSON is made of, or bytes as they are."""
        raw = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection = self._connect()
        connection.putrequest(method, API + path)
        for name, value in [*self.fields, *fields]:
            connection.putheader(name, value)
        if self.token:
            connection.putheader("Authorization", f"Bearer {self.token}")
        if self.cookie:
            connection.putheader("Cookie", self.cookie)
        if raw is not None:
            if content_type:
                connection.putheader("Content-Type", content_type)
            connection.putheader("Content-Length", str(len(raw)))
        connection.endheaders(raw)
        self.asked = (method, path, body, content_type)

    def finish(self):
        response = self.connection.getresponse()
        answer = Answer(response, response.read())
        if response.will_close:
            self.close()
        if self.on_answer:
            self.on_answer(*self.asked, answer)
        return answer

    def call(self, method, path, body=None, fields=(), content_type=JSON):
        self.start(method, path, body, fields, content_type)
        return self.finish()

    def ok(self, method, path, body=None, **how):
        """Calls, and wants it to go well. Returns the JSON."""
        answer = self.call(method, path, body, **how)
        assert answer.status in (200, 201), (method, path, answer)
        return answer.json

    def refused(self, status, code, method, path, body=None, **how):
        """Calls, and wants it to be refused so."""
        answer = self.call(method, path, body, **how)
        equal((answer.status, answer.code), (status, code), (method, path, answer))
        equal(answer.json["status"], status)
        return answer

    def post(self, room, text, **fields):
        return self.ok("POST", f"/rooms/{room}/messages", {"text": text, **fields})


def console(hub, **how):
    return Api(os.path.join(hub.data, "hubbub.sock"), **how)


def guest(hub, name="Gus", **how):
    """A guest's token comes from the web protocol."""
    with person(hub.address, name) as web:
        return Api(hub.address, token=web.hello["token"], **how)


def sign_up(hub, name, role="member", password="correct horse battery", **how):
    """An account by an invitation of the console; with its token."""
    with console(hub) as desk:
        link = desk.ok("POST", "/invites", {"role": "member"})["link"]
        with Api(hub.address) as nobody:
            made = nobody.ok("POST", "/accounts", {
                "name": name, "password": password, "token": True,
                "invite": re.search("#([A-Za-z0-9_-]+)$", link)[1]})
        if role != "member":
            desk.ok("PUT", f"/people/{made['you']['id']}/role", {"role": role})
    api = Api(hub.address, token=made["token"], **how)
    api.id = made["you"]["id"]
    return api


def bot(hub, name, *rooms, **how):
    """A bot in these rooms."""
    with console(hub) as desk:
        made = desk.ok("POST", "/bots", {"name": name})
        for room in rooms:
            desk.ok("POST", f"/rooms/{room}/members", {"person": made["person"]})
    api = Api(hub.address, token=made["token"], **how)
    api.id = made["person"]
    return api
