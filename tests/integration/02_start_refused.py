#!/usr/bin/python3
"""What keeps the program from starting: one clear line on stderr, exit code 1, nothing on
stdout."""

import os
import subprocess
import tempfile

from lib.hubbub import BIN, Hubbub, clean_environment, free_port, run_once
from lib.tap import Skip, each, equal, run, test

LISTEN = ["nowhere", "localhost", ":", "localhost:", "localhost:http", "localhost:65536", "::1:80",
          "[::1]", "[::1:80", "::1]:80", "localhost:-1", "localhost: 80",
          "no.such.host.invalid:80", "192.0.2.1:80", "a" * 5000 + ":80"]
PROXIES = ["10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "fd00::/129", "localhost", "10.0.0.0/8x",
           "[::1]/128", "/8", "10.0.0.0/-1"]
ORIGINS = ["chat.example.org", "ftp://chat.example.org", "https://", "https://a b", "*", "null",
           "https://chat.example.org/path", "https://user@chat.example.org",
           "https://chat.example.org:0", "https://chat.example.org:99999"]


def refused(*flags, named):
    code, out, err = run_once("--listen", f"127.0.0.1:{free_port()}", *flags)
    equal((code, out), (1, ""), err)
    equal(err.count("\n"), 1, f"lines of {err!r}")
    assert named in err, err


@test("an occupied port is named")
def occupied():
    with Hubbub() as first:
        code, out, err = run_once("--listen", f"127.0.0.1:{first.port}")
        equal((code, out, err.count("\n")), (1, "", 1))
        assert f"127.0.0.1:{first.port}" in err and "in use" in err, err
        assert first.healthy()


@test("a port that only one of two addresses of localhost has free is refused, not half served")
def half_occupied():
    with Hubbub() as first:
        code, _out, err = run_once("--listen", f"localhost:{first.port}")
        equal((code, err.count("\n")), (1, 1), err)


@test("an occupied metrics port is named")
def occupied_metrics():
    with Hubbub() as first:
        refused("--metrics", f"127.0.0.1:{first.port}", named="metrics")


@test("a file as data directory")
def data_is_file():
    with tempfile.NamedTemporaryFile() as file:
        refused("--data", file.name, named=file.name)


@test("a data directory whose parent is not there")
def data_has_no_parent():
    refused("--data", "/nowhere/at/all", named="/nowhere/at/all")


@test("an empty name as data directory")
def data_is_empty():
    refused("--data", "", named="data")


def as_nobody():
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


@test("a data directory that may not be used")
def data_is_denied():
    with tempfile.TemporaryDirectory() as folder:
        locked = os.path.join(folder, "locked")
        os.mkdir(locked, 0)
        os.chmod(folder, 0o755)
        try:
            done = subprocess.run([BIN, "--data", locked, "--listen", "127.0.0.1:0"], cwd=folder,
                                  env=clean_environment(), preexec_fn=as_nobody, timeout=20,
                                  capture_output=True, check=False)
        except PermissionError:
            raise Skip("another user may not run the program from here") from None
        err = done.stderr.decode()
        equal((done.returncode, done.stdout, err.count("\n")), (1, b"", 1), err)
        assert locked in err, err


@test("an unknown store")
def unknown_store():
    refused("--store", "tape", named="tape")


@each("--listen {0:.40}", LISTEN)
def bad_listen(address):
    refused("--listen", address, named="--listen")


@each("--metrics {0:.40}", LISTEN[:4])
def bad_metrics(address):
    refused("--metrics", address, named="--metrics")


@each("--trust-proxy {0}", PROXIES)
def bad_proxy(block):
    refused("--trust-proxy", block, named="--trust-proxy")


@each("--allow-origin {0}", ORIGINS)
def bad_origin(origin):
    refused("--allow-origin", origin, named="--allow-origin")


@each("--public-url {0}", ORIGINS)
def bad_public_url(url):
    refused("--public-url", url, named="--public-url")


run()
