#!/usr/bin/python3
"""docs/API.md: its examples run as they stand there, and answer in the form that stands under them."""

import json
import os
import re
import subprocess

from lib.hubbub import ROOT, Hubbub, clean_environment
from lib.tap import DEADLINE_S, equal, run, test

HUB = []
FOUND = {}


def hub():
    if not HUB:
        HUB.append(Hubbub("--guests", "on"))
    return HUB[0]


def examples():
    """The blocks of sh, each with the block of json behind it, or None."""
    with open(os.path.join(ROOT, "docs", "API.md"), encoding="utf-8") as file:
        blocks = re.findall(r"^```(sh|json)\n(.*?)^```$", file.read(), re.M | re.S)
    for at, (kind, text) in enumerate(blocks):
        if kind == "sh":
            follows = blocks[at + 1] if at + 1 < len(blocks) else ("sh", "")
            yield text, json.loads(follows[1]) if follows[0] == "json" else None


def shape(value):
    """What it is made of: names and kinds, not how many or which."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return type(value).__name__


def run_example(text, said):
    """Only what depends on the machine is put in: the address, and the secrets that were shown before."""
    where = f"http://{hub().address[0]}:{hub().address[1]}"
    text = text.replace("http://localhost:8080", where).replace("data/hubbub.sock", hub().data + "/hubbub.sock")
    text = re.sub(r"TOKEN=\S+", f"TOKEN={FOUND.get('token')}", text)
    text = re.sub(r"HOOK=\S+", f"HOOK={FOUND.get('url')}", text)
    script = f"set -eu -o pipefail\nURL={where}/api/v1\nTOKEN={FOUND.get('token')}\n{text}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=DEADLINE_S, check=False,
                          cwd=hub().folder, env=clean_environment())
    equal((done.returncode, done.stderr), (0, ""), text)
    answers = [json.loads(line) for line in done.stdout.split("\n") if line]
    for answer in answers:
        FOUND.update(answer)
        if said is None:
            assert "status" not in answer, (text, answer)
    if said is not None:
        equal(shape(answers[-1]), shape(said), text)
    return answers


@test("every example of docs/API.md does what it says")
def all_of_them():
    count = 0
    for text, said in examples():
        answers = run_example(text, said)
        count += 1
        if "for try" in text:
            equal([answer["dup"] for answer in answers], [False, True])
    assert count >= 11, count
    with open(os.path.join(hub().folder, "lobby.ndjson"), encoding="utf-8") as file:
        texts = [json.loads(line).get("text") for line in file]
    for text in ("The tomatoes are ripe.", "Said once.", "Build 12 is green."):
        assert texts.count(text) == 1, (text, texts)


@test("the table of errors has every code that has a status of its own")
def codes():
    with open(os.path.join(ROOT, "src", "doors", "problem.c"), encoding="utf-8") as file:
        table = dict(re.findall(r'\{"([a-z_]+)", (\d+)\}', file.read()))
    with open(os.path.join(ROOT, "docs", "API.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| ([0-9, ]+) \|(.*)\|$", file.read(), re.M)
    said = {code: row[0] for row in rows for code in re.findall("`([a-z_]+)`", row[1])}
    wanted = {code: status for code, status in table.items() if status not in ("413", "415")}
    equal({code: said.get(code) for code in wanted}, wanted)


if __name__ == "__main__":
    try:
        run()
    finally:
        if HUB:
            HUB[0].kill()
