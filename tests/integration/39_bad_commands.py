#!/usr/bin/python3
"""What no client should say, field by field: each is refused with the command's id, and the next command works."""

import json

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import new_cid, person
from lib.ws import TEXT, frame

NO_STRINGS = [7, None, True, ["x"], {"x": 1}, 1.5]
NO_SEQS = [0, -1, 1.5, 1.0, "1", None, True, [1], {}, (1 << 53) + 1, (1 << 63) - 1]
CID = "0123456789abcdef0123456789abcdef"
WHOLE = {
    "post": {"room": "lobby", "cid": CID, "text": "x"},
    "edit": {"room": "lobby", "cid": CID, "target": 1, "text": "x"},
    "delete": {"room": "lobby", "cid": CID, "target": 1},
    "react": {"room": "lobby", "cid": CID, "target": 1, "emoji": "x"},
    "unreact": {"room": "lobby", "cid": CID, "target": 1, "emoji": "x"},
    "pin": {"room": "lobby", "cid": CID, "target": 1},
    "unpin": {"room": "lobby", "cid": CID, "target": 1},
    "topic": {"room": "lobby", "cid": CID, "text": "x"},
    "create": {"cid": CID, "name": "Some room", "kind": "public"},
    "join": {"room": "lobby", "cid": CID},
    "leave": {"room": "lobby", "cid": CID},
    "history": {"room": "lobby"},
    "read": {"room": "lobby", "seq": 1},
    "typing": {"room": "lobby"},
    "active": {"active": True},
    "rename": {"name": "x"},
    "here": {"room": "lobby"},
}
LEFT_OUT = [(op, field) for op, fields in WHOLE.items() for field in fields]
WRONG = [(op, field, value) for op, fields in WHOLE.items() for field in fields
         for value in (NO_SEQS if field in ("target", "seq") else NO_STRINGS)
         if not (field == "active" and value is True) and not (field == "seq" and value == 0)]
EMOJI = [("", "bad_request"), (" ", "bad_request"), ("a b", "bad_request"), ("a\tb", "bad_request"),
         ("a\u00a0b", "bad_request"), ("a\u2003b", "bad_request"), ("\x01", "bad_request"),
         ("a\x7f", "bad_request"), ("\u0085", "bad_request"), ("\u2028", "bad_request"),
         ("x" * 33, "too_long"), ("é" * 17, "too_long"), ("x" * 60000, "too_long")]
TOPICS = [("a\nb", "bad_request"), ("a\rb", "bad_request"), ("a\x1b[31mb", "bad_request"),
          ("a\u2028b", "bad_request"), ("x" * 251, "too_long"), ("é" * 251, "too_long")]
BAD_JSON = [
    ("depth", '{"op":"typing","room":"lobby","id":"i","x":' + '{"a":' * 40 + "1" + "}" * 41),
    ("keys", '{"op":"typing","room":"lobby","id":"i",'
     + ",".join(f'"k{i}":1' for i in range(300)) + "}"),
    ("a duplicate key", '{"op":"typing","room":"lobby","id":"i","room":"lobby"}'),
    ("a duplicate cid", '{"op":"post","room":"lobby","id":"i","text":"x","cid":"%s","cid":"%s"}'
     % (CID, CID)),
    ("duplicate cursors", '{"op":"hello","id":"i","cursors":{"lobby":{"seq":0},"lobby":{"seq":1}}}'),
    ("a lone surrogate in a text", '{"op":"post","id":"i","room":"lobby","cid":"%s","text":"\\ud83d"}'
     % CID),
    ("a lone surrogate in a key", '{"op":"typing","id":"i","room":"lobby","\\udc00":1}'),
    ("NUL in a text", '{"op":"post","id":"i","room":"lobby","cid":"%s","text":"a\\u0000b"}' % CID),
    ("NUL in an id", '{"op":"typing","id":"i\\u0000","room":"lobby"}'),
    ("a seq beyond int64", '{"op":"read","id":"i","room":"lobby","seq":9223372036854775808}'),
    ("a seq far beyond int64", '{"op":"read","id":"i","room":"lobby","seq":' + "9" * 500 + "}"),
    ("a seq far below int64", '{"op":"read","id":"i","room":"lobby","seq":-9223372036854775809}'),
    ("an exponent out of range", '{"op":"read","id":"i","room":"lobby","seq":1e400}'),
]


def hub():
    return shared()


LIVES = {}


def somebody():
    """Somebody with a message in the lobby; a new one before the errors of one are too many."""
    if not LIVES or LIVES["left"] == 0:
        if LIVES:
            LIVES["client"].close()
        client = person(hub().address)
        client.sync()
        LIVES.update(client=client, left=15)
    LIVES["left"] -= 1
    return LIVES["client"]


@each("bad_request: {0} without {1}", LEFT_OUT)
def left_out(op, field):
    fields = {k: v for k, v in WHOLE[op].items() if k != field}
    error = somebody().error(op, **fields)
    equal(error["code"], "bad_request")
    assert field in error["message"], error


@each("bad_request: {0} with {1} {2!r}", WRONG)
def wrong(op, field, value):
    error = somebody().error(op, **{**WHOLE[op], field: value})
    equal(error["code"], "bad_request")
    assert field in error["message"], error


@each("bad_request: reply_to {0!r}", NO_SEQS)
def bad_reply_to(value):
    error = somebody().error("post", **WHOLE["post"], reply_to=value)
    equal(error["code"], "bad_request")


@each("{1}: the emoji {0!r:.20}", EMOJI)
def bad_emoji(emoji, code):
    client = somebody()
    error = client.error("react", **{**WHOLE["react"], "emoji": emoji})
    equal(error["code"], code)


@each("fine: the emoji {0!r}", ["x", "👍🏽", "x" * 32, ":+1:", "👨‍👩‍👧", "<b>"])
def fine_emoji(emoji):
    client = somebody()
    reply = client.do("react", target=1, emoji=emoji)
    assert "seq" in reply or reply["changed"] is False, reply


@each("{1}: the topic {0!r:.20}", TOPICS)
def bad_topic(text, code):
    equal(somebody().error("topic", room="lobby", cid=new_cid(), text=text)["code"], code)


@test("fine: a topic of 250 characters of four bytes each, and none")
def fine_topic():
    client = somebody()
    for text in ("🙂" * 250, ""):
        client.do("topic", text=text)
        equal(client.event("topic", text=text)["text"], text)


@test("empty: an edit without a text in it")
def empty_edit():
    client = somebody()
    seq = client.do("post", text="x")["seq"]
    equal(client.error("edit", room="lobby", cid=new_cid(), target=seq, text="")["code"], "empty")


@each("bad_json: {0}", BAD_JSON)
def bad_json(_name, text):
    client = somebody()
    equal(client.say(text).next_unnamed()["error"]["code"], "bad_json")
    client.sync()


@each("unknown fields change nothing: {0}", [op for op in WHOLE if op not in ("leave", "create")])
def unknown_fields(op):
    with person(hub().address) as client:
        fields = dict(WHOLE[op])
        if "cid" in fields:
            fields["cid"] = new_cid()
        if "target" in fields:
            fields["target"] = client.do("post", text="mine")["seq"]
        reply = client.ask(op, **fields, later=[1, {"x": None}], __proto__={"a": 1}, seq2=-1,
                           ev="message", re="7")
        equal(reply["ok"], True)


@test("a cid is one for all: of a post it cannot be used for a topic, and of a room not for another")
def cid_reuse():
    with person(hub().address) as ann:
        cid = new_cid()
        ann.do("post", cid=cid, text="x")
        for op, fields in (("topic", {"text": "x"}), ("react", {"target": 1, "emoji": "x"}),
                           ("post", {"text": "y"}), ("post", {"text": "x", "reply_to": 1})):
            equal(ann.error(op, room="lobby", cid=cid, **fields)["code"], "cid_reuse", op)


@test("errors never close before the limit, and being told to wait is no error")
def limits():
    with Hubbub("--rate-posts", "5", "--rate-burst", "5") as own, person(own.address) as ann:
        for i in range(20):
            equal(ann.error("nonsense")["code"], "unknown_op")
        commands = [ann.start("typing", room="lobby") for _ in range(100)]
        codes = [ann.reply(c).get("error", {}).get("code") for c in commands]
        equal(set(codes), {None, "rate_limited"})
        equal(ann.ask("history", room="lobby")["ok"], True)


@test("who does not wait at all is closed in the end, with 1008")
def never_waits():
    with Hubbub("--rate-posts", "1", "--rate-burst", "1") as own, person(own.address) as ann:
        command = json.dumps({"op": "typing", "id": "t", "room": "lobby"})
        try:
            for _ in range(300):
                ann.send(frame(TEXT, command))
        except OSError:
            pass
        ann.expect_close(1008)


test("it stops cleanly")(stop_shared)
run()
