#!/usr/bin/python3
"""docs/OPERATIONS.md names every metric, every command and every file of the data directory."""

import os
import re

from lib.hubbub import Hubbub, ROOT, run_once
from lib.tap import equal, run, test
from lib.wire import ask

with open(os.path.join(ROOT, "docs", "OPERATIONS.md"), encoding="utf-8") as FILE:
    TEXT = FILE.read()


def missing(names):
    return [name for name in names if f"`{name}`" not in TEXT and f"`{name} " not in TEXT]


@test("every metric and its reasons")
def metrics():
    with Hubbub() as hub:
        page = ask(hub.metrics_address, path="/metrics").body.decode()
        names = sorted(set(re.findall(r"^(hubbub_\w+)[ {]", page, re.MULTILINE)))
        assert len(names) > 25, names
        labelled = set(re.findall(r"^(hubbub_\w+)\{reason=", page, re.MULTILINE))
        labels = {**dict.fromkeys(labelled, "{reason}"), "hubbub_build_info": "{version,client}"}
        equal(missing(name + labels.get(name, "") for name in names), [])
        equal(missing(set(re.findall(r'reason="(\w+)"', page))), [])


@test("no metric that there is not")
def no_other_metrics():
    with Hubbub() as hub:
        page = ask(hub.metrics_address, path="/metrics").body.decode()
        named = set(re.findall(r"`(hubbub_\w+)[`{]", TEXT))
        equal([name for name in named if not re.search(rf"^{name}\b", page, re.MULTILINE)], [])


@test("every command")
def commands():
    names = re.findall(r"^  ((?:user |room )?[a-z-]+)", run_once("help")[1], re.MULTILINE)
    assert len(names) > 25, names
    equal([name for name in names if name not in TEXT], [])


@test("every file of the data directory")
def files():
    with Hubbub() as hub:
        equal(sorted(name for name in os.listdir(hub.data)
                     if f"`{name}" not in TEXT), [])


run()
