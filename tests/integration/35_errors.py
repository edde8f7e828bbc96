#!/usr/bin/python3
"""Errors: each has its code and the command's id; none closes the connection, 20 within 10 s do."""

from lib.hubbub import shared, stop_shared
from lib.tap import each, equal, run, test
from lib.web import Web, person
from lib.ws import BINARY, frame

BAD_IDS = ["", "x" * 65, "é" * 33, 7, None, True, ["1"], {"a": 1}]

NOT_OBJECTS = [
    ("nothing", ""), ("blanks", "  "), ("a number", "1"), ("a string", '"hello"'),
    ("an array", "[]"),
    ("null", "null"), ("true", "true"), ("no JSON", "hello"), ("half an object", '{"op":"hello"'),
    ("two objects", "{}{}"), ("a comma too many", '{"op":"hello","id":"1",}'),
    ("single quotes", "{'op':'hello'}"),
    ("a comment", '{"op":"hello"/**/}'), ("NaN", '{"op":"hello","id":"1","a":NaN}'),
    ("a duplicate key", '{"op":"hello","id":"1","id":"2"}'),
    ("a duplicate key by escape", '{"op":"hello","id":"1","i\\u0064":"2"}'),
    ("a nested duplicate key", '{"op":"hello","id":"1","a":{"b":1,"b":2}}'),
    ("depth 33", '{"op":"hello","id":"1","a":' + "[" * 32 + "]" * 32 + "}"),
    ("depth 30,000", '{"op":"hello","id":"1","a":' + "[" * 30000 + "]" * 30000 + "}"),
    ("brackets that never close", "[" * 60000), ("only closing brackets", "]" * 1000),
    ("257 keys", '{"op":"hello","id":"1",' + ",".join(f'"k{i}":1' for i in range(255)) + "}"),
    ("a lone high surrogate", '{"op":"hello","id":"1","a":"\\ud800"}'),
    ("a lone low surrogate", '{"op":"hello","id":"1","a":"\\udc00"}'),
    ("surrogates in the wrong order", '{"op":"hello","id":"1","a":"\\udc00\\ud800"}'),
    ("an escaped NUL", '{"op":"hello","id":"1","a":"\\u0000"}'),
    ("a NUL in a key", '{"op":"hello","id":"1","a\\u0000b":1}'),
    ("a NUL outside a string", '{"op":"hello","id":"1"}\x00'),
    ("a NUL in a string", '{"op":"hel\x00lo","id":"1"}'),
    ("a control character in a string", '{"op":"hello","id":"1","a":"\n"}'),
    ("an integer over 64 bits", '{"op":"hello","id":"1","a":9223372036854775808}'),
    ("an integer of 10,000 digits", '{"op":"hello","id":"1","a":' + "9" * 10000 + "}"),
    ("a number out of range", '{"op":"hello","id":"1","a":1e999}'),
    ("a leading zero", '{"op":"hello","id":"1","a":01}'),
    ("a byte order mark", '\ufeff{"op":"hello","id":"1"}'),
]

FINE = [
    ("blanks around it", ' \r\n\t{"op":"hello","id":"1"} \n'),
    ("depth 32", '{"op":"hello","id":"1","a":' + "[" * 31 + "]" * 31 + "}"),
    ("256 keys", '{"op":"hello","id":"1",' + ",".join(f'"k{i}":1' for i in range(254)) + "}"),
    ("the largest integer", '{"op":"hello","id":"1","a":9223372036854775807}'),
    ("a pair of surrogates", '{"op":"hello","id":"1","name":"\\ud83d\\ude42"}'),
    ("escaped letters", '{"\\u006fp":"h\\u0065llo","id":"1"}'),
    ("64 KB of it", '{"op":"hello","id":"1","a":"' + "x" * (65536 - 30) + '"}'),
    ("an array of 30,000", '{"op":"hello","id":"1","a":[' + ",".join("1" * 30000) + "]}"),
]


def hub():
    return shared()


@each("bad_json: {0}", NOT_OBJECTS)
def bad_json(_name, text):
    with Web(hub().address) as client:
        error = client.say(text).next_unnamed()
        equal(sorted(error), ["error", "re"])
        equal(error["error"]["code"], "bad_json")
        equal(client.ask("hello")["ok"], True, "afterwards")


@each("fine: {0}", FINE)
def fine(_name, text):
    with Web(hub().address) as client:
        equal(client.say(text).reply("1")["ok"], True)


@each("bad_request: an id that is {0!r:.20}", BAD_IDS)
def bad_id(command_id):
    with Web(hub().address) as client:
        error = client.say({"op": "hello", "id": command_id}).next_unnamed()["error"]
        equal(error["code"], "bad_request")
        assert "id" in error["message"], error
        equal(client.ask("hello")["ok"], True, "afterwards")


@test("bad_request: no id, no op, an op that is no string")
def no_op():
    with Web(hub().address) as client:
        equal(client.say({"op": "hello"}).next_unnamed()["error"]["code"], "bad_request")
        equal(client.say({"id": "a"}).reply("a")["error"]["code"], "bad_request")
        equal(client.say({"id": "b", "op": 7}).reply("b")["error"]["code"], "bad_request")


@each("unknown_op: {0!r}", ["", "Hello", "hello ", "destroy", "__proto__", "constructor",
                            "x" * 60000])
def unknown(op):
    with person(hub().address) as client:
        equal(client.error(op)["code"], "unknown_op")


@each("an id of {1} comes back as it is",
      [("x" * 64, "64 bytes"), ("é🙂\"\\<", "special characters"),
                                          ("\u2028\x7f\t", "controls")])
def strange_id(command_id, _name):
    with Web(hub().address) as client:
        equal(client.say({"op": "hello", "id": command_id}).reply(command_id)["ok"], True)


@test("an error has a code and a message for people, and retry_ms only when waiting helps")
def shape():
    with person(hub().address) as client:
        error = client.error("nonsense")
        equal(sorted(error), ["code", "message"])
        assert error["message"], error


@test("20 errors do not close, the 21st at once after them does, with 1008")
def too_many():
    with person(hub().address) as client:
        commands = [client.start("nonsense") for _ in range(20)]
        for command in commands:
            equal(client.reply(command)["error"]["code"], "unknown_op")
        equal(client.ask("active", active=True)["ok"], True, "still there after 20")
        for _ in range(10):
            client.start("nonsense")
        client.expect_close(1008)
    assert hub().metric('hubbub_dropped_total{reason="errors"}') >= 1


@test("nothing is done any more behind the error that closes")
def nothing_behind():
    with person(hub().address) as other:
        with person(hub().address) as client:
            data = frame(1, '{"op":"nonsense","id":"1"}') * 40
            data += frame(1, '{"op":"post","id":"2","room":"lobby","text":"behind","cid":"'
                          + "0" * 32 + '"}')
            client.send(data)
            equal(client.recv_close(), 1008)
        equal([e for e in other.had("message") if e["text"] == "behind"], [])


@test("a binary frame is refused with 1003")
def binary():
    with person(hub().address) as client:
        client.send(frame(BINARY, '{"op":"active","id":"1","active":true}')).expect_close(1003)
    with Web(hub().address) as client:
        client.send(frame(BINARY, "")).expect_close(1003)


@each("active must be true or false: {0!r}", [1, "true", None])
def bad_active(value):
    with person(hub().address) as client:
        equal(client.error("active", active=value)["code"], "bad_request")


test("it stops cleanly")(stop_shared)
run()
