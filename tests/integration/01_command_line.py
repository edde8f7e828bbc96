#!/usr/bin/python3
"""What the command line says, and what it refuses: one clear line and an exit code."""

import os

from lib.hubbub import ROOT, run_once
from lib.tap import each, equal, run, test

OPTIONS = ("listen workers data store guests guests-may readers disk-reserve replay-max away-ms metrics "
           "allow-origin public-url trust-proxy gather-ms "
           "rate-posts rate-burst message-bytes connections connections-per-address ring-bytes "
           "rings-bytes "
           "queue-bytes head-ms body-ms idle-ms ping-ms dead-ms drain-ms echo log-level log-format config "
           "check signup session-idle-ms session-ms password-memory-kb password-passes "
           "password-threads upload-bytes upload-quota uploads upload-unused-ms rate-api "
           "rate-guest rate-sign-in rate-sign-up rate-join rate-upload rate-fetch rate-search "
           "routes version help").split()

REFUSED = [
    ("--no-such-option", "no-such-option"),
    ("--listen", "listen"),
    ("--config", "config"),
    ("--workers=many", "workers"),
    ("--workers=-1", "workers"),
    ("--workers=257", "workers"),
    ("--workers=", "workers"),
    ("--workers= 2", "workers"),
    ("--workers=2x", "workers"),
    ("--workers=0x2", "workers"),
    ("--message-bytes=127", "message-bytes"),
    ("--message-bytes=1048577", "message-bytes"),
    ("--head-ms=99999999999999999999999", "head-ms"),
    ("--ring-bytes=0", "ring-bytes"),
    ("--readers=0", "readers"),
    ("--readers=9", "readers"),
    ("--replay-max=-1", "replay-max"),
    ("--guests=perhaps", "guests"),
    ("--guests-may=perhaps", "guests-may"),
    ("--echo=perhaps", "echo"),
    ("--log-level=loud", "log-level"),
    ("--log-format=xml", "log-format"),
    ("--=1", "--=1"),
    ("-h", "-h"),
    ("serve", "serve"),
    ("--config=/does/not/exist", "/does/not/exist"),
]


@test("--help names every option and exits 0")
def help_is_complete():
    code, out, err = run_once("--help")
    equal((code, err), (0, ""))
    for option in OPTIONS:
        assert f"  --{option}" in out, option


@test("--help names no option that this test does not know")
def help_is_known():
    named = [line.split()[0][2:] for line in run_once("--help")[1].split("\n")
             if line.startswith("  --")]
    equal(sorted(named), sorted(OPTIONS))


@test("--version prints the version of the file VERSION")
def version():
    with open(os.path.join(ROOT, "VERSION"), encoding="ascii") as f:
        equal(run_once("--version"), (0, f"hubbub {f.read().strip()}\n", ""))


@each("{0} is refused with one line", REFUSED)
def refused(flag, named):
    code, out, err = run_once(flag)
    equal((code, out), (2, ""))
    equal(err.count("\n"), 1, "lines")
    assert err.startswith("hubbub: ") and named in err, err


@test("a value that is far too long is refused with one line")
def long_value():
    code, _out, err = run_once("--workers=" + "9" * 100000)
    equal((code, err.count("\n")), (2, 1))
    assert len(err) < 1000, len(err)


run()
