#!/usr/bin/python3
"""What changes a message or a room: edit, delete, react, pin, topic and answers, as those see
it who are here, and those who come later."""

import os
import re

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, eventually, run, test
from lib.web import back, new_cid, person

REPLY = ["dup", "mid", "ok", "re", "room", "seq", "ts"]
CHANGES = [("edit", {"text": "now"}), ("delete", {}), ("react", {"emoji": "👍"}), ("pin", {})]
ON_MESSAGES = ["edit", "delete", "react", "unreact", "pin", "unpin"]
FIELDS = {"text": "x", "emoji": "x"}


def hub():
    return shared()


def message(author, text="first"):
    """The seq of a new message of its own."""
    reply = author.do("post", text=text)
    author.until(reply["seq"])
    return reply["seq"]


@each("{0}: the reply and the event have the fields that the protocol names", CHANGES)
def fields(op, own):
    with person(hub().address, "Ann") as ann, person(hub().address) as bob:
        target, cid = message(ann), new_cid()
        reply = ann.do(op, cid=cid, target=target, **own)
        equal(sorted(reply), REPLY)
        equal((reply["dup"], reply["seq"], reply["room"]), (False, target + 1, "lobby"))
        wanted = {"ev": op, "room": "lobby", "seq": reply["seq"], "mid": reply["mid"],
                  "ts": reply["ts"], "from": ann.me(), "cid": cid, "target": target, **own}
        equal(ann.event(op, seq=reply["seq"]), wanted, "what the author sees")
        equal(bob.event(op, seq=reply["seq"]), wanted, "what another one sees")


@test("topic: the same, and hello and rooms tell it")
def topic():
    with person(hub().address) as ann, person(hub().address) as bob:
        reply = ann.do("topic", text="Wéather 🙂 <b>")
        event = bob.event("topic")
        equal({k: event[k] for k in ("text", "seq", "from")},
              {"text": "Wéather 🙂 <b>", "seq": reply["seq"], "from": ann.me()})
        with person(hub().address) as late:
            equal(late.room()["topic"], "Wéather 🙂 <b>")
            lobby, = [r for r in late.ask("rooms")["rooms"] if r["id"] == "lobby"]
            equal(lobby["topic"], "Wéather 🙂 <b>")
        ann.do("topic", text="")
        with person(hub().address) as late:
            equal(late.room()["topic"], "")


@test("reply_to: of a message, in the event, in a replay and in history")
def reply_to():
    with person(hub().address) as ann, person(hub().address) as bob:
        target = message(ann)
        reply = bob.do("post", text="answer", reply_to=target)
        equal(ann.message("answer", seq=reply["seq"])["reply_to"], target)
        equal(ann.history(limit=1)["events"][0]["reply_to"], target)
        with person(hub().address, cursors={"lobby": {"seq": target}}) as late:
            equal([e["reply_to"] for e in late.kept()], [target])


@test("an edit of an edit; the seqs go on")
def edits():
    with person(hub().address) as ann:
        target = message(ann)
        seqs = [ann.do("edit", target=target, text=f"text {i}")["seq"] for i in range(5)]
        equal(seqs, list(range(target + 1, target + 6)))


@test("a change that changes nothing makes no event, and its reply says so")
def unchanged():
    with person(hub().address) as ann, person(hub().address) as bob:
        target = message(ann)
        for op, own in (("react", {"target": target, "emoji": "x"}), ("pin", {"target": target}),
                        ("topic", {"text": "the same"}),
                        ("unreact", {"target": target, "emoji": "x"}), ("unpin", {"target": target})):
            assert "seq" in ann.do(op, **own), op
            command = ann.start(op, room="lobby", cid=new_cid(), **own)
            equal(ann.reply(command), {"re": command, "ok": True, "room": "lobby", "changed": False})
        bob.sync()
        equal([e["ev"] for e in bob.kept()], ["message", "react", "pin", "topic", "unreact", "unpin"])


@test("two people's reactions of one kind are two")
def two_people():
    with person(hub().address) as ann, person(hub().address) as bob:
        target = message(ann)
        equal([c.do("react", target=target, emoji="+")["dup"] for c in (ann, bob)], [False] * 2)
        ann.do("unreact", target=target, emoji="+")
        reaction, = ann.history(around=target, limit=1)["events"][0]["reactions"]
        equal(reaction, {"emoji": "+", "count": 1, "people": [bob.me()["id"]]})


@each("the same cid with other content is cid_reuse: {0}",
      [("edit", {"text": "one"}, {"text": "two"}), ("react", {"emoji": "1"}, {"emoji": "2"})])
def reuse(op, one, two):
    with person(hub().address) as ann:
        target, cid = message(ann), new_cid()
        ann.do(op, cid=cid, target=target, **one)
        error = ann.error(op, room="lobby", cid=cid, target=target, **two)
        equal(error["code"], "cid_reuse")
        equal(ann.do(op, cid=cid, target=target, **one)["dup"], True)


@test("a cid of one command used for another is cid_reuse")
def reuse_of_op():
    with person(hub().address) as ann:
        target, cid = message(ann), new_cid()
        ann.do("react", cid=cid, target=target, emoji="x")
        for op in ("unreact", "edit", "delete", "pin", "topic", "post"):
            error = ann.error(op, room="lobby", cid=cid, target=target, emoji="x", text="x")
            equal(error["code"], "cid_reuse", op)


@each("forbidden: {0} of somebody else's message", ["edit", "delete"])
def foreign(op):
    with person(hub().address) as ann, person(hub().address) as bob:
        target = message(ann)
        equal(bob.error(op, room="lobby", cid=new_cid(), target=target, text="x")["code"],
              "forbidden")
        equal(ann.history(limit=1)["events"][0]["text"], "first")


@each("no_message: {0} of nothing", ON_MESSAGES)
def nothing_there(op):
    with person(hub().address) as ann:
        target = message(ann)
        event = ann.do("react", target=target, emoji="x")["seq"]
        for seq in (event, event + 1, event + 1000, 1 << 32, 1 << 53):
            error = ann.error(op, room="lobby", cid=new_cid(), target=seq, **FIELDS)
            equal(error["code"], "no_message", f"target {seq}")


@each("no_message: {0} of what was deleted", ON_MESSAGES)
def deleted(op):
    with person(hub().address) as ann:
        target = message(ann)
        ann.do("delete", target=target)
        error = ann.error(op, room="lobby", cid=new_cid(), target=target, **FIELDS)
        equal(error["code"], "no_message")


@test("no_message: an answer to nothing, and to what was deleted")
def answer_to_nothing():
    with person(hub().address) as ann:
        target = message(ann)
        ann.do("delete", target=target)
        for seq in (target, target + 1, 1 << 53):
            error = ann.error("post", room="lobby", cid=new_cid(), text="x", reply_to=seq)
            equal(error["code"], "no_message", f"reply_to {seq}")


@test("too_many: the 51st kind of reaction, the 101st pin; one less makes room")
def too_many():
    with Hubbub() as own, person(own.address) as ann:
        target = message(ann)
        for i in range(50):
            ann.do("react", target=target, emoji=f"e{i}")
        equal(ann.error("react", room="lobby", cid=new_cid(), target=target, emoji="e50")["code"],
              "too_many")
        ann.do("unreact", target=target, emoji="e0")
        ann.do("react", target=target, emoji="e50")
        pins = [message(ann, f"{i}") for i in range(101)]
        for seq in pins[:100]:
            ann.do("pin", target=seq)
        equal(ann.error("pin", room="lobby", cid=new_cid(), target=pins[100])["code"], "too_many")
        ann.do("delete", target=pins[0])
        ann.do("pin", target=pins[100])


def story(author):
    """A message that was edited, one that was deleted, and reactions to both; of seqs 1 to 7."""
    author.post("secret one")
    author.post("secret two")
    author.do("react", target=1, emoji="x")
    author.do("react", target=2, emoji="y")
    author.do("edit", target=1, text="public one")
    author.do("edit", target=2, text="secret three")
    author.do("delete", target=2)
    author.until(7)


@each("a replay shows messages as they are now: {0}", ["at once", "after a restart"])
def replay(when):
    with Hubbub() as own:
        ann = person(own.address)
        story(ann)
        if when != "at once":
            own.restart()
        with back(own.address, ann, {"lobby": {"seq": 0}}) as late:
            events = late.kept()
            equal([(e["seq"], e["ev"]) for e in events],
                  [(1, "message"), (2, "message"), (3, "react"), (4, "react"), (5, "edit"),
                   (6, "edit"), (7, "delete")])
            one, two, edit_one, edit_two = events[0], events[1], events[4], events[5]
            equal((one["text"], "deleted" in one), ("public one", False))
            assert one["edited"] >= one["ts"], one
            equal(two["deleted"], True)
            assert "text" not in two and "edited" not in two, two
            equal((edit_one["text"], edit_two["deleted"]), ("public one", True))
            assert "text" not in edit_two, edit_two
            for live, now in zip(ann.kept(), events):
                for key in ("seq", "mid", "ts", "from", "cid"):
                    equal(now[key], live[key], key)


def found(folder, words):
    """Which of the words stand in a file below the folder."""
    there = set()
    for name in (os.path.join(f, name) for f, _, names in os.walk(folder) for name in names):
        if name.endswith(".sock"):
            continue
        try:
            with open(name, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            continue    # it was one that took another one's place
        there.update(word for word in words if word.encode() in data)
    return there


@test("the text of what was edited or deleted is soon in no file of the data directory")
def erased():
    with Hubbub() as own, person(own.address) as ann:
        story(ann)
        long_text = "secret long " * 3000
        target = ann.do("post", text=long_text)["seq"]
        ann.do("edit", target=target, text="short now")
        words = ["secret one", "secret two", "secret three", "secret long", "public one", "short now"]
        assert {"public one", "short now"} <= found(own.data, words)
        # Quiet: nothing more is said.
        eventually("erased", lambda: found(own.data, words) == {"public one", "short now"})


@test("the same while others go on talking, and it stays so after a stop and after a kill")
def erased_in_traffic():
    with Hubbub() as own, person(own.address) as ann:
        story(ann)
        words = ["secret one", "secret two", "secret three", "public one"]

        def clean():
            ann.post("talk on")
            return found(own.data, words) == {"public one"}
        eventually("erased", clean)
        for number in (15, 9):
            own.restart(number)
            equal(found(own.data, words), {"public one"})


@test("a deleted message's retry is answered, and brings its text back nowhere")
def retry_of_deleted():
    with Hubbub() as own, person(own.address) as ann:
        cid = new_cid()
        first = ann.do("post", cid=cid, text="secret one")
        ann.do("delete", target=first["seq"])
        again = ann.do("post", cid=cid, text="secret one")
        equal((again["seq"], again["dup"]), (first["seq"], True))
        eventually("erased", lambda: not found(own.data, ["secret one"]))
        with person(own.address, cursors={"lobby": {"seq": 0}}) as late:
            equal([("text" in e, e.get("deleted")) for e in late.kept()[:1]], [(False, True)])


@test("a retry of a post is answered after the message was edited, and so is that of an edit")
def retry_of_edited():
    with person(hub().address) as ann:
        cids = [new_cid() for _ in range(3)]
        post = ann.do("post", cid=cids[0], text="one")
        edits = [ann.do("edit", cid=cid, target=post["seq"], text=text)
                 for cid, text in zip(cids[1:], ("two", "three"))]
        again = [ann.do("post", cid=cids[0], text="one")]
        again += [ann.do("edit", cid=cid, target=post["seq"], text=text)
                  for cid, text in zip(cids[1:], ("two", "three"))]
        equal([(r["seq"], r["dup"]) for r in again], [(r["seq"], True) for r in [post, *edits]])
        equal(ann.history(limit=1)["events"][0]["text"], "three")


@test("files of the data directory are for their owner alone")
def private():
    with Hubbub() as own, person(own.address) as ann:
        ann.post("x")
        for name in [""] + os.listdir(own.data):
            mode = os.stat(os.path.join(own.data, name)).st_mode & 0o777
            equal(mode & 0o077, 0, f"mode of {name or own.data}")


@test("the mid of an event is the same whoever reads it, however")
def mids():
    with Hubbub() as own, person(own.address) as ann:
        reply = ann.do("post", text="x")
        assert re.fullmatch(r"[1-9]\d{0,19}", reply["mid"]), reply
        equal(ann.message("x")["mid"], reply["mid"])
        equal(ann.history()["events"][0]["mid"], reply["mid"])
        with person(own.address, cursors={"lobby": {"seq": 0}}) as late:
            equal((late.kept()[0]["mid"], late.room()["mid"]), (reply["mid"],) * 2)


test("it stops cleanly")(stop_shared)
run()
