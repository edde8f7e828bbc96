#!/usr/bin/python3
"""Where settings come from: the command line goes before the environment, and that before the
file."""

import os
import tempfile

from lib.hubbub import Hubbub, run_once
from lib.tap import each, equal, run, test
from lib.web import person
from lib.wire import ask
from lib.ws import handshake
from lib.wire import Wire

BAD_LINES = ["workers", "workers = lots", "no-such = 1", "= 1", "workers 2", "config = other.conf",
             "message-bytes = 1"]


class ConfigFile:
    def __init__(self, text):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False)
        self.file.write(text)
        self.file.close()
        self.path = self.file.name

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        os.unlink(self.path)


def message_bytes(*flags, env=None):
    """The setting as a client hears it."""
    with Hubbub(*flags, env=env) as hub, person(hub.address) as client:
        return client.hello["limits"]["message_bytes"]


def admits(hub, origin):
    with Wire(hub.address) as wire:
        wire.send(handshake(fields=[("Origin", origin)]))
        return wire.response().status == 101


@test("the default")
def default():
    equal(message_bytes(), 65536)


@test("from a file, with comments, empty lines and blanks")
def from_file():
    with ConfigFile("# a comment\n\n   message-bytes   =  4242  \r\n  # another\n") as path:
        equal(message_bytes("--config", path), 4242)


@test("a file without a line feed at its end")
def unfinished_file():
    with ConfigFile("message-bytes=4242") as path:
        equal(message_bytes("--config", path), 4242)


@test("the file is named by the environment")
def file_from_environment():
    with ConfigFile("message-bytes = 4242\n") as path:
        equal(message_bytes(env={"HUBBUB_CONFIG": path}), 4242)


@test("the environment goes before the file")
def environment_wins():
    with ConfigFile("message-bytes = 4242\n") as path:
        equal(message_bytes("--config", path, env={"HUBBUB_MESSAGE_BYTES": "5252"}), 5252)


@test("the command line goes before both")
def command_line_wins():
    with ConfigFile("message-bytes = 4242\n") as path:
        equal(message_bytes("--config", path, "--message-bytes", "6262",
                            env={"HUBBUB_MESSAGE_BYTES": "5252"}), 6262)


@test("--name=VALUE and --name VALUE mean the same; the last one counts")
def both_forms():
    equal(message_bytes("--message-bytes", "1000", "--message-bytes=2000"), 2000)


@test("a wrong value in the environment is refused with one line that names the setting")
def bad_environment():
    code, out, err = run_once(env={"HUBBUB_WORKERS": "some"})
    equal((code, out, err.count("\n")), (2, "", 1))
    assert "workers" in err, err


@test("other variables of the environment are no business of ours")
def foreign_environment():
    equal(message_bytes(env={"HUBBUB_UNKNOWN": "1", "HUBBUB_": "2"}), 65536)


@each("the line \"{0}\" in a file is refused with one line", BAD_LINES)
def bad_line(line):
    with ConfigFile(f"# first\nmessage-bytes = 4242\n{line}\n") as path:
        code, out, err = run_once("--config", path)
        equal((code, out, err.count("\n")), (2, "", 1))
        assert path in err and "line 3" in err, err


@test("a list in a file and in the environment has its values behind one another")
def lists():
    text = "allow-origin = https://one.example, https://two.example\n"
    text += "allow-origin=https://three.example\n"
    with ConfigFile(text) as path, Hubbub("--config", path) as hub:
        for number in ("one", "two", "three"):
            assert admits(hub, f"https://{number}.example"), number
        assert not admits(hub, "https://four.example")


@test("a list from a higher source replaces that from a lower one")
def list_replaces():
    env = {"HUBBUB_ALLOW_ORIGIN": "https://one.example,https://two.example"}
    with Hubbub("--allow-origin", "https://three.example", env=env) as hub:
        assert admits(hub, "https://three.example")
        assert not admits(hub, "https://one.example")


@test("a flag in the environment can be on and off")
def flags():
    with Hubbub(env={"HUBBUB_ECHO": "off"}) as hub:
        equal(ask(hub.address, path="/echo").status, 404)
    with Hubbub(env={"HUBBUB_ECHO": "on"}) as hub:
        equal(ask(hub.address, path="/echo").status, 426)


run()
