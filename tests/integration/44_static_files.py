#!/usr/bin/python3
"""The web client's files: encodings, conditional requests, caching, and the headers that keep the
page safe."""

import gzip
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
    "Content-Security-Policy": ["default-src 'none'", "script-src 'self'", "connect-src 'self'",
                                "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
                                "require-trusted-types-for 'script'"],
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


@test("the page has the headers that keep it safe")
def safe():
    response = get()
    for name, parts in SAFE.items():
        for part in parts:
            assert part in (response.get(name) or ""), (name, part, response)
    assert "unsafe" not in response.get("Content-Security-Policy"), response


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


@test("the icon and the manifest are there")
def icon():
    need_client()
    for path in ("/favicon.svg", "/manifest.webmanifest"):
        response = get(path)
        equal(response.status, 200, path)
        assert response.get("Content-Type"), response


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
