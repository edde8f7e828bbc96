#!/usr/bin/python3
"""What is where: 404, 405 with Allow, HEAD, and the headers of every answer."""

import json

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.wire import ask

MISSING = ["/nope", "/healthz/", "/HEALTHZ", "/assets", "/assets/", "/assets/nope",
           "/assets/../healthz",
           "/index.htm", "//", "/healthz%2f", "/..%2f..%2fetc%2fpasswd",
           "/assets/%2e%2e/%2e%2e/etc/passwd",
           "/metrics", "/echo", "/.git/config"]


def hub():
    return shared()


@each("404: {0}", MISSING)
def missing(path):
    response = ask(hub().address, path=path)
    assert response.status in (404, 400), response
    equal(response.get("Content-Type"), "application/problem+json")
    equal(json.loads(response.body)["status"], response.status)
    equal(response.get("X-Content-Type-Options"), "nosniff")


@each("{0} {1}: {2}", [("POST", "/healthz", "GET, HEAD"), ("PUT", "/", "GET, HEAD"),
                       ("DELETE", "/", "GET, HEAD"),
                       ("OPTIONS", "/healthz", "GET, HEAD"), ("PATCH", "/assets/nope", "GET, HEAD"),
                       ("HEAD", "/ws", "GET")])
def method(name, path, allow):
    response = ask(hub().address, name, path)
    equal((response.status, response.get("Allow")), (405, allow))


@test("/healthz says ok and is not kept by caches")
def health():
    response = ask(hub().address, path="/healthz?x=1")
    equal((response.status, response.body, response.get("Cache-Control")),
          (200, b"ok\n", "no-store"))
    equal(response.get("Content-Length"), "3")
    assert response.get("Date").endswith(" GMT"), response


@test("HEAD has the same fields and no body")
def head():
    for path in ("/healthz", "/nope", "/"):
        get, head_only = ask(hub().address, path=path), ask(hub().address, "HEAD", path)
        equal(head_only.status, get.status)
        for name in ("Content-Length", "Content-Type", "ETag"):
            equal(head_only.get(name), get.get(name), name)


test("it stops cleanly")(stop_shared)
run()
