#!/usr/bin/python3
"""search: what was said is found by its words, in any script, in the rooms that one is in, newest first, and what was erased is not."""

import signal

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import back, new_cid, person
from lib.ws import visitor

BLOCK = 1024    # events that the index takes at once


def found(client, text, **fields):
    """The texts that are found, newest first, with what was looked for in brackets."""
    reply = client.ask("search", text=text, **fields)
    assert reply.get("ok") is True, reply
    shown = []
    for hit in reply["hits"]:
        said, at = list(hit["event"]["text"]), 0
        for begin, end in hit["marks"]:
            assert at <= begin < end <= len(said), hit
            said[begin] = "[" + said[begin]
            said[end - 1] += "]"
            at = end
        shown.append("".join(said))
    return shown


@each("{0} finds {2}", [
    ("hou", "The old HOUSE", "The old [HOU]SE"), ("*ous", "The old hoUSe, again", "The old h[oUS]e, again"),
    ("\"old house\"", "an old, house", "an [old, house]"), ("cafe", "Ein Café \U0001f44d", "Ein [Café] \U0001f44d"),
    ("東京", "私は東京に", "私は[東京]に"), ("дом", "\U0001f600 Дома", "\U0001f600 [Дом]а"), ("\U0001f389", "so\U0001f389", "so[\U0001f389]")])
def _(text, said, marked):
    with person(shared().address) as client:
        room = client.create("Room " + new_cid()[:8])
        client.do("post", room=room, text="something else")
        client.do("post", room=room, text=said)
        equal(found(client, f"{text} in:{room}"), [marked])


@each("{0}: {2}", [("from:", "bad_request", "from: is followed by a name"), ("has:x", "bad_request", "has: is followed by file, link or image"),
                   ("!", "bad_request", "there is nothing to look for"), ("x " * 17, "too_long", None)])
def _(text, code, why):
    with person(shared().address) as client:
        error = client.error("search", text=text)
        equal(error["code"], code)
        assert why is None or why in error["message"], error


@test("an edited message is found by its new words only, a deleted one not at all, what a visitor said by its name")
def _():
    with person(shared().address, "Ann") as client, visitor(shared().address) as other:
        seq = client.do("post", text="quicksilver")["seq"]
        gone = client.do("post", text="quicksand")["seq"]
        equal(found(client, "quick"), ["[quick]sand", "[quick]silver"])
        client.do("edit", target=seq, text="mercury")
        client.do("delete", target=gone)
        equal((found(client, "quick"), found(client, "merc from:ann")), ([], ["[merc]ury"]))
        other.text("quartz")
        name = client.message("quartz")["from"]["name"]
        equal(found(client, f"from:\"{name}\""), ["quartz"])
        equal(found(client, "quartz from:ann"), [])


@test("far back, page by page, and after the program was killed")
def _():
    with Hubbub("--guests", "on", "--rate-posts", "0") as hub:
        with person(hub.address, "Ann") as client:
            needles = [client.do("post", text=f"needle {i}")["seq"] for i in range(3)]
            for _ in range(BLOCK + 100):
                client.start("post", room="lobby", cid=new_cid(), text="hay")
            client.until(BLOCK + 103)
            client.do("delete", target=needles[1])
            hub.restart(signal.SIGKILL)
            with back(hub.address, client) as again:
                first = again.ask("search", text="needle", limit=1)
                second = again.ask("search", text="needle", limit=1, before=first["next"])
                equal([h["event"]["seq"] for h in first["hits"] + second["hits"]], [needles[2], needles[0]])
                equal(len(again.ask("search", text="hay", limit=50)["hits"]), 50)


@test("the shared program stops in order")
def _():
    stop_shared()


if __name__ == "__main__":
    run()
