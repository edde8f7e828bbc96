#!/usr/bin/python3
"""hello with cursors: what was missed comes once and in order, and what cannot be continued is said."""

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, same_list, test
from lib.web import Web, new_cid, person

REPLAY_MAX = 50
WRONG = [("a negative seq", {"lobby": {"seq": -1}}), ("a fraction", {"lobby": {"seq": 1.5}}),
         ("a whole number with a point", {"lobby": {"seq": 1.0}}),
         ("a string", {"lobby": {"seq": "1"}}), ("true", {"lobby": {"seq": True}}),
         ("null", {"lobby": {"seq": None}}), ("no seq", {"lobby": {}}),
         ("only a mid", {"lobby": {"mid": "1"}}), ("a number for a cursor", {"lobby": 1}),
         ("null for a cursor", {"lobby": None}), ("a list for a cursor", {"lobby": [1]}),
         ("a list of cursors", [{"lobby": {"seq": 1}}]), ("a string of cursors", "lobby"),
         ("a number as mid", {"lobby": {"seq": 1, "mid": 7}}),
         ("no digits as mid", {"lobby": {"seq": 1, "mid": "x"}}),
         ("a negative mid", {"lobby": {"seq": 1, "mid": "-1"}}),
         ("an empty mid", {"lobby": {"seq": 1, "mid": ""}}),
         ("a mid beyond 64 bits", {"lobby": {"seq": 1, "mid": "18446744073709551616"}}),
         ("a mid with a zero before it", {"lobby": {"seq": 1, "mid": "01"}}),
         ("one that is wrong behind one that is right",
          {"lobby": {"seq": 1}, "9f86d081884c": {"seq": "x"}})]
HUGE = [1 << 53, (1 << 53) - 1, 1 << 32, (1 << 32) - 1, 1 << 31, 1000]


def hub():
    return shared("--replay-max", str(REPLAY_MAX))


LOG = []    # the lobby's events, as one who was always there saw them


def log():
    """Twenty events in the lobby; made once."""
    if not LOG:
        with person(hub().address, "Author") as author:
            for i in range(20):
                author.post(f"text {i}")
            author.until(20)
            LOG.extend(author.kept())
    return LOG


def coming(cursor):
    """Somebody who comes with this cursor of the lobby, once the log is there."""
    log()
    return person(hub().address, cursors={"lobby": cursor})


@each("seq {0}", [1, 7, 18, 19])
def behind(seq):
    with coming({"seq": seq}) as client:
        same_list(client.kept(), log()[seq:])
        equal(client.resets, [])


@each("seq {0} with its mid", [1, 19, 20])
def with_mid(seq):
    cursor = {"seq": seq, "mid": log()[seq - 1]["mid"]}
    with coming(cursor) as client:
        same_list(client.kept(), log()[seq:])
        equal(client.resets, [])


@test("seq 0 asks for everything, a mid with it says nothing")
def everything():
    for cursor in ({"seq": 0}, {"seq": 0, "mid": "0"}, {"seq": 0, "mid": "77"}):
        with coming(cursor) as client:
            same_list(client.kept(), log())


@test("at the head nothing comes")
def at_head():
    with coming({"seq": 20}) as client:
        equal((client.kept(), client.resets), ([], []))
        equal(client.post("next")["seq"], 21)
        LOG.append(client.until(21).kept()[0])


@test("without a cursor, and with none in it, the room is followed from its head")
def none():
    for cursors in (None, {}):
        with person(hub().address, cursors=cursors) as client:
            equal((client.kept(), client.resets), ([], []))
            equal(client.room()["head"], len(log()))


@each("foreign: another mid at seq {0} is diverged", [1, 10, 20, 21])
def foreign(seq):
    with coming({"seq": seq, "mid": "4711"}) as client:
        reset, = client.resets
        equal(reset, {"ev": "reset", "room": "lobby", "head": len(log()), "mid": log()[-1]["mid"],
                      "reason": "diverged"})
        equal(client.kept(), [])


@each("future: seq {0} is diverged", HUGE)
def future(seq):
    for cursor in ({"seq": seq}, {"seq": seq, "mid": log()[-1]["mid"]}):
        with coming(cursor) as client:
            reset, = client.resets
            equal((reset["reason"], reset["head"]), ("diverged", len(log())))
            equal(client.kept(), [])


@test("one after the head is future as well")
def just_beyond():
    with coming({"seq": len(log()) + 1}) as client:
        equal([r["reason"] for r in client.resets], ["diverged"])


@test("after a reset one goes on from the head that it named")
def goes_on():
    with Hubbub() as own, person(own.address) as ann:
        ann.post("one")
        with person(own.address, cursors={"lobby": {"seq": 99}}) as client:
            equal(client.cursors["lobby"]["seq"], 1)
            ann.post("two")
            equal(client.message("two")["seq"], 2)


@each("bad_request: {0}", WRONG)
def wrong(_name, cursors):
    with Web(hub().address) as client:
        error = client.error("hello", cursors=cursors)
        equal(error["code"], "bad_request")
        assert "cursors" in error["message"], error
        equal(client.ask("hello")["ok"], True, "afterwards")


@test("bad_request, too, when hello is said again; the old cursors stay")
def wrong_again():
    with person(hub().address) as client:
        equal(client.error("hello", cursors={"lobby": {"seq": -1}})["code"], "bad_request")
        client.named.clear()
        equal(client.here()["ok"], True)


@test("cursors of rooms that one is not in, that are not there or have no id are passed over")
def other_rooms():
    with person(hub().address) as owner:
        garden = owner.create("Garden of others")
        cursors = {garden: {"seq": 0}, "9f86d081884c": {"seq": 3, "mid": "5"}, "": {"seq": 1},
                   "Lobby": {"seq": 0}, "x" * 1000: {"seq": 0}, "lobby": {"seq": len(log())}}
        with person(hub().address, cursors=cursors) as client:
            equal([r["id"] for r in client.hello["rooms"]], ["lobby"])
            equal((client.events, client.resets), ([], []))


@test("more than --replay-max behind is truncated; exactly so many are not")
def truncated():
    with Hubbub("--replay-max", str(REPLAY_MAX)) as own, person(own.address) as ann:
        for i in range(REPLAY_MAX + 1):
            ann.start("post", room="lobby", cid=new_cid(), text=f"{i}")
        ann.until(REPLAY_MAX + 1)
        newest = ann.kept()[-1]
        with person(own.address, cursors={"lobby": {"seq": 1}}) as within:
            same_list(within.kept(), ann.kept()[1:])
        with person(own.address, cursors={"lobby": {"seq": 0}}) as beyond:
            equal(beyond.resets, [{"ev": "reset", "room": "lobby", "head": REPLAY_MAX + 1,
                                   "mid": newest["mid"], "reason": "truncated"}])
            equal(beyond.kept(), [])
            ann.post("after")
            beyond.message("after")


@test("an empty room: seq 0 is its head, any other is diverged")
def empty_room():
    with Hubbub() as own:
        with person(own.address, cursors={"lobby": {"seq": 0}}) as client:
            equal((client.events, client.resets), ([], []))
        with person(own.address, cursors={"lobby": {"seq": 1, "mid": "3"}}) as client:
            equal([(r["reason"], r["head"], r["mid"]) for r in client.resets], [("diverged", 0, "0")])


@test("ready comes when each room has reached the head that hello named, and not before")
def ready_last():
    with Web(hub().address) as client:
        command = client.start("hello", cursors={"lobby": {"seq": 0}})
        order = []
        while not order or order[-1] != "ready":
            got = client.take()
            order.append(got.get("ev") or got["re"])
        equal(order, [command] + ["message"] * len(log()) + ["ready"])


@each("ready comes behind what others still have in their ring: {0} events behind", [1, 5, 20])
def ready_behind_ring(count):
    with Hubbub("--workers", "1") as own, person(own.address) as busy:
        for turn in range(5):
            for i in range(20):
                busy.start("post", room="lobby", cid=new_cid(), text=f"{turn}.{i}")
            head = busy.until(20 * turn + 20).cursors["lobby"]["seq"]
            with person(own.address, cursors={"lobby": {"seq": head - count}}) as client:
                equal([e["seq"] for e in client.kept()], list(range(head - count + 1, head + 1)))


@test("hello said again: its cursors replace the old ones")
def again():
    with person(hub().address) as client:
        for cursors, wanted in (({"lobby": {"seq": 5}}, 5), ({"lobby": {"seq": 0}}, 0),
                                ({}, len(log())), ({"lobby": {"seq": len(log())}}, len(log()))):
            client.events.clear()
            client.greet(cursors=cursors)
            same_list(client.kept(), log()[wanted:])
            equal(client.resets, [])
        client.greet(cursors={"lobby": {"seq": 999}})
        equal([r["reason"] for r in client.resets], ["diverged"])


@test("hello said again while much is on its way, many times")
def again_in_traffic():
    with Hubbub() as own, person(own.address) as busy, person(own.address) as client:
        for i in range(30):
            for j in range(10):
                busy.start("post", room="lobby", cid=new_cid(), text=f"{i}.{j}")
            client.greet(cursors={"lobby": dict(client.cursors["lobby"])})
        equal(client.until(300).resets, [])
        # What came between the hello and its answer comes again: its cursor was older.
        mids = {(e["seq"], e["mid"], e["text"]) for e in client.kept()}
        same_list(sorted(seq for seq, _, _ in mids), list(range(1, 301)))


@test("two hellos behind one another are both answered, or the second is told busy")
def two_at_once():
    with Web(hub().address) as client:
        one, two = client.start("hello"), client.start("hello", cursors={"lobby": {"seq": 1}})
        replies = [client.reply(one), client.reply(two)]
        equal(replies[0]["ok"], True)
        if "error" in replies[1]:
            equal(replies[1]["error"]["code"], "busy")
            assert replies[1]["error"]["retry_ms"] > 0, replies
        client.event("ready")


@test("attach while others speak: nothing is missed and nothing comes twice")
def attach_in_traffic():
    with Hubbub() as own, person(own.address) as busy:
        late = []
        for i in range(20):
            for j in range(20):
                busy.start("post", room="lobby", cid=new_cid(), text=f"{i}.{j}")
            late.append(person(own.address, cursors={"lobby": {"seq": 0}}))
        for client in late:
            same_list([e["seq"] for e in client.until(400).kept()], list(range(1, 401)))
            equal(client.resets, [])
            client.close()


test("it stops cleanly")(stop_shared)
run()
