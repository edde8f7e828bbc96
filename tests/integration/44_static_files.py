#!/usr/bin/python3
"""The web client's files: encodings, conditional requests, caching, and the headers that keep the
page safe."""

import gzip
import json
import re

from lib.hubbub import shared, stop_shared
from lib.tap import Skip, each, equal, run, test
from lib.wire import ask

# Accept-Encoding, and which of br, gzip and identity may be chosen.
ACCEPT = [
    (None, ["identity"]), ("", ["identity"]), ("identity", ["identity"]), ("gzip", ["gzip"]),
    ("br", ["br"]),
    ("gzip, br", ["br", "gzip"]), ("gzip, deflate, br, zstd", ["br", "gzip"]),
    ("gzip;q=0", ["identity"]),
    ("br;q=0, gzip;q=0.5", ["gzip"]), ("br;q=0.1, gzip;q=0.9", ["gzip"]),
    ("gzip;q=0.001", ["gzip", "identity"]),
    ("*", ["br", "gzip", "identity"]), ("*;q=0", ["identity"]), ("br;q=1, *;q=0", ["br"]),
    ("identity;q=1, gzip;q=0.5", ["identity"]), ("GZIP", ["gzip"]),
    ("gzip;q=nonsense", ["identity"]),
    ("gzip;q=1.5", ["identity"]), ("x-gzip2", ["identity"]), ("deflate", ["identity"]),
]

SAFE = {
    "Content-Security-Policy": ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "worker-src 'self'",
                                "manifest-src 'self'", "img-src 'self' blob:", "media-src 'self' blob:",
                                "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                                "require-trusted-types-for 'script'", "trusted-types hubbub-workers"],
    "X-Content-Type-Options": ["nosniff"],
    "Referrer-Policy": ["no-referrer"],
    "Cross-Origin-Opener-Policy": ["same-origin"],
    "Cross-Origin-Resource-Policy": ["same-origin"],
}


def hub():
    return shared()


def get(path="/", method="GET", **fields):
    pairs = [(name.replace("_", "-"), value) for name, value in fields.items() if value is not None]
    response = ask(hub().address, method, path, fields=pairs)
    return response


def need_client():
    """A program that was built without the web client has a bare page and nothing else."""
    if ask(hub().address, path="/favicon.svg").status == 404 and not assets():
        raise Skip("built without the web client")


def assets():
    """The files that the page names."""
    page = get().body.decode()
    return sorted(set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)))


@test("/ is an HTML page, asked for anew each time")
def page():
    response = get()
    equal(response.status, 200)
    assert response.get("Content-Type").startswith("text/html"), response
    equal(response.get("Cache-Control"), "no-cache")
    assert b"<html" in response.body


@each("{0} has the headers that keep the page safe", ["/", "/settings", "/sw.js"])
def safe(path):
    need_client()
    response = get(path)
    for name, parts in SAFE.items():
        for part in parts:
            assert part in (response.get(name) or ""), (name, part, response)
    assert "unsafe" not in response.get("Content-Security-Policy"), response


@test("what the page takes in may do nothing when it is opened by itself")
def parts():
    need_client()
    for path in [*assets(), "/favicon.svg", "/manifest.webmanifest"]:
        response = get(path)
        equal((path, response.get("Content-Security-Policy")), (path, "default-src 'none'; frame-ancestors 'none'"))
        equal((path, response.get("X-Content-Type-Options")), (path, "nosniff"))
        equal((path, response.get("Cross-Origin-Resource-Policy")), (path, "same-origin"))


@test("the page has no script of its own in it, since its policy would forbid it")
def no_inline():
    text = get().body.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", text), text
    assert not re.search(r"\son\w+=", text) and " style=" not in text and "<style" not in text, text


@test("the files that it names are there, and are kept for ever")
def named_files():
    need_client()
    found = assets()
    assert found, "the page names no file"
    for path in found:
        response = get(path)
        equal(response.status, 200, path)
        assert "immutable" in response.get("Cache-Control"), (path, response)
        kind = {"js": "javascript", "css": "text/css"}.get(path.rsplit(".", 1)[1])
        assert kind is None or kind in response.get("Content-Type"), (path, response)


@each("{0} is there as {1}, and asked for anew each time", [
    ("/favicon.svg", "image/svg+xml"), ("/manifest.webmanifest", "application/manifest+json"),
    ("/sw.js", "text/javascript"), ("/icons/192.png", "image/png"), ("/licenses.txt", "text/plain"),
    ("/icons/apple-touch.png", "image/png")])
def icon(path, kind):
    need_client()
    response = get(path)
    equal(response.status, 200)
    equal(response.get("Content-Type").split(";")[0], kind)
    equal(response.get("Cache-Control"), "no-cache")
    equal(get(path, If_None_Match=response.get("ETag")).status, 304)


@test("what the manifest names is there")
def manifest():
    need_client()
    named = json.loads(get("/manifest.webmanifest").body)
    for icon_of in named["icons"]:
        response = get(icon_of["src"])
        equal((response.status, response.get("Content-Type")), (200, icon_of["type"]), icon_of)
    for shortcut in named.get("shortcuts", []):
        equal(get(shortcut["url"]).status, 200, shortcut)


@each("{0} is the app's page", ["/join", "/welcome", "/r/lobby", "/r/9f86d081884c/17", "/settings",
                                "/settings/sessions", "/admin", "/admin/people", "/search",
                                "/search?q=tea"])
def screens(path):
    response = get(path)
    equal((response.status, response.body), (200, get().body))


@each("nothing is at {0}: the app's page says so with 404 to whoever looks at HTML", [
    "/nowhere", "/r", "/joined", "/settingsx", "/administrator"])
def missing_page(path):
    response = get(path, Accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    equal((response.status, response.body), (404, get().body))
    assert response.get("Content-Security-Policy"), response
    equal(get(path, Accept="*/*").get("Content-Type"), "application/problem+json")


@each("{0} is 404 and no page, whatever is accepted", ["/assets/gone-12345678.js", "/icons/no.png",
                                                       "/api/v1/no", "/api/"])
def missing_file(path):
    response = get(path, Accept="text/html")
    equal((response.status, response.get("Content-Type")), (404, "application/problem+json"))


@each("Accept-Encoding: {0}", ACCEPT)
def encodings(accept, allowed):
    need_client()
    response = get(Accept_Encoding=accept)
    coding = response.get("Content-Encoding") or "identity"
    assert coding in allowed, (coding, allowed)
    assert "accept-encoding" in response.get("Vary").lower(), response
    if coding == "gzip":
        equal(gzip.decompress(response.body), get().body)
    elif coding == "identity":
        equal(response.body, get().body)
    if allowed[0] == "br":
        equal(coding, "br")


@test("each encoding has an ETag of its own")
def etags():
    need_client()
    tags = [get(Accept_Encoding=coding).get("ETag") for coding in ("br", "gzip", "identity")]
    equal(len(set(tags)), 3)
    for tag in tags:
        assert re.fullmatch(r'"[!-~]+"', tag), tag


@test("If-None-Match: 304 without a body when it matches")
def conditional():
    need_client()
    tag = get(Accept_Encoding="gzip").get("ETag")
    for value in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        response = get(Accept_Encoding="gzip", If_None_Match=value)
        equal((response.status, response.body, response.get("ETag")), (304, b"", tag), value)
        assert response.get("Vary") and response.get("Cache-Control"), response
    for value in ('"other"', tag.strip('"'), f"{tag[:-1]}x\"", "nonsense", ""):
        equal(get(Accept_Encoding="gzip", If_None_Match=value).status, 200, value)
    equal(get(Accept_Encoding="identity", If_None_Match=tag).status, 200,
          "the tag of another encoding")


@test("HEAD says what GET would")
def head():
    one, other = get(Accept_Encoding="br"), get(method="HEAD", Accept_Encoding="br")
    for name in ("Content-Length", "Content-Encoding", "ETag", "Content-Type"):
        equal(other.get(name), one.get(name), name)


@test("what is not there is 404, also under /assets/")
def missing():
    need_client()
    for path in ("/assets/nope.js", "/assets/", "/index.html/x", assets()[0] + "x"):
        equal(get(path).status, 404, path)


test("it stops cleanly")(stop_shared)
run()
