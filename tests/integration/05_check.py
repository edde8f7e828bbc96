#!/usr/bin/python3
"""--check asks a running server and exits 0 if it is well."""

import socket

from lib.hubbub import Hubbub, free_port, has_ipv6, run_once
from lib.tap import Skip, each, equal, run, test

NO_URLS = ["localhost:8080", "https://localhost/", "http://", "http:///path", "ftp://localhost:1/",
           "http://" + "a" * 300 + ":1/", "http://localhost:1/" + "a" * 5000]


def check(url):
    code, out, err = run_once("--check", url)
    equal(out, "")
    equal(err.count("\n"), 0 if code == 0 else 1, f"lines of {err!r}")
    return code


@test("a server that is well")
def well():
    with Hubbub(listen=["--listen", "localhost:PORT"]) as hub:
        equal(check(f"http://127.0.0.1:{hub.port}/healthz"), 0)
        equal(check(f"http://localhost:{hub.port}/healthz"), 0)


@test("a server that is well, over IPv6")
def well_v6():
    if not has_ipv6():
        raise Skip("no IPv6 here")
    with Hubbub(listen=["--listen", "[::1]:PORT"]) as hub:
        equal(check(f"http://[::1]:{hub.port}/healthz"), 0)


@test("a page that is not there")
def missing():
    with Hubbub() as hub:
        equal(check(f"http://127.0.0.1:{hub.port}/nope"), 1)


@test("nobody at home")
def nobody():
    equal(check(f"http://127.0.0.1:{free_port()}/healthz"), 1)


@test("somebody who never answers, within its time limit")
def mute():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        equal(check(f"http://127.0.0.1:{server.getsockname()[1]}/healthz"), 1)


@each("{0:.40} is not asked", NO_URLS)
def no_url(url):
    equal(check(url), 1)


run()
