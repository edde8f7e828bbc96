#!/usr/bin/python3
"""history: pages of what was said, before, after and around any place, as it is now."""

from lib.hubbub import Hubbub, shared, stop_shared
from lib.tap import each, equal, run, same_list, test
from lib.web import new_cid, person
from lib.ws import visitor

COUNT = 250
LOG = []    # what the lobby of the shared program holds: COUNT messages
BAD = [("limit 0", {"limit": 0}), ("limit -1", {"limit": -1}), ("limit 101", {"limit": 101}),
       ("limit 1.5", {"limit": 1.5}), ("limit \"5\"", {"limit": "5"}), ("limit null", {"limit": None}),
       ("before -1", {"before": -1}), ("before \"5\"", {"before": "5"}),
       ("after 1.0", {"after": 1.0}), ("after null", {"after": None}), ("around true", {"around": True}),
       ("around []", {"around": []}), ("before and after", {"before": 5, "after": 2}),
       ("after and around", {"after": 5, "around": 2}), ("at -1", {"at": -1}),
       ("at a date in words", {"at": "2023-11-14"}), ("at and before", {"at": 5, "before": 2})]


def hub():
    return shared()


def reader():
    if not LOG:
        with person(hub().address, "Author") as author:
            for i in range(COUNT):
                author.start("post", room="lobby", cid=new_cid(), text=f"text {i}")
            author.until(COUNT)
            LOG.extend(author.kept())
    return person(hub().address)


def check(page, first, last):
    """A page of the shared program's lobby, whose events are those of these seqs."""
    equal((page["room"], page["head"], page["first"], page["last"]), ("lobby", COUNT, first, last))
    same_list(page["events"], LOG[first - 1:last])


@test("none of before, after, around: the newest 50")
def newest():
    with reader() as client:
        page = client.history()
        check(page, COUNT - 49, COUNT)
        equal(sorted(page), ["events", "first", "head", "last", "ok", "re", "room"])


@each("the newest {0}", [1, 2, 99, 100])
def newest_limit(limit):
    with reader() as client:
        check(client.history(limit=limit), COUNT - limit + 1, COUNT)


@each("before {0}, at most {1}: {2} to {3}",
      [(COUNT, 10, COUNT - 10, COUNT - 1), (11, 10, 1, 10), (10, 10, 1, 9), (2, 50, 1, 1),
       (COUNT + 1, 1, COUNT, COUNT), (101, 100, 1, 100), (1 << 53, 3, COUNT - 2, COUNT)])
def before(seq, limit, first, last):
    with reader() as client:
        check(client.history(before=seq, limit=limit), first, last)


@each("after {0}, at most {1}: {2} to {3}",
      [(0, 10, 1, 10), (1, 1, 2, 2), (COUNT - 5, 50, COUNT - 4, COUNT), (COUNT - 1, 1, COUNT, COUNT)])
def after(seq, limit, first, last):
    with reader() as client:
        check(client.history(after=seq, limit=limit), first, last)


@each("before {0} there is nothing", [0, 1])
def before_the_beginning(seq):
    with reader() as client:
        page = client.history(before=seq)
        equal((page["events"], page["first"]), ([], 1))


@each("after {0} there is nothing", [COUNT, COUNT + 1, 1 << 53])
def after_the_end(seq):
    with reader() as client:
        page = client.history(after=seq)
        equal((page["events"], page["last"], page["first"]), ([], COUNT, COUNT + 1))


@each("around {0}, at most {1}", [(100, 21), (1, 10), (COUNT, 10), (125, 1), (2, 2), (125, 100)])
def around(seq, limit):
    with reader() as client:
        page = client.history(around=seq, limit=limit)
        check(page, page["first"], page["last"])
        seqs = [e["seq"] for e in page["events"]]
        assert seq in seqs and len(seqs) <= limit + 1, seqs
        if 20 < seq < COUNT - 60:
            assert abs(seqs.count(seq) + len(seqs) // 2 - seqs.index(seq)) <= 2, seqs


@each("at the time of event {0}: around the first of that time", [1, 2, 120, COUNT])
def at(seq):
    with reader() as client:
        ts = LOG[seq - 1]["ts"]
        first = next(e["seq"] for e in LOG if e["ts"] >= ts)
        page = client.history(at=ts, limit=10)
        equal(page["at"], first)
        check(page, page["first"], page["last"])
        assert first in [e["seq"] for e in page["events"]], page


@test("at 0: the beginning; at a time to come: the newest, without at")
def at_the_ends():
    with reader() as client:
        page = client.history(at=0, limit=10)
        equal((page["at"], page["first"]), (1, 1))
        page = client.history(at=LOG[-1]["ts"] + 1, limit=10)
        check(page, COUNT - 9, COUNT)
        assert "at" not in page, page


@each("around {0}, beyond the end, is the end", [COUNT + 1, 1 << 53])
def around_beyond(seq):
    with reader() as client:
        page = client.history(around=seq, limit=10)
        equal(page["last"], COUNT)
        check(page, page["first"], COUNT)


@each("paging {0} through the whole room misses nothing and repeats nothing", ["back", "forth"])
def paging(way):
    with reader() as client:
        got, page = [], None
        while page is None or (page["first"] > 1 if way == "back" else page["last"] < page["head"]):
            if way == "back":
                page = client.history(limit=33, **({"before": page["first"]} if page else {}))
                got = page["events"] + got
            else:
                page = client.history(limit=33, after=page["last"] if page else 0)
                got += page["events"]
        same_list(got, LOG)


@each("bad_request: {0}", BAD)
def bad(_name, how):
    with reader() as client:
        equal(client.error("history", room="lobby", **how)["code"], "bad_request")


@test("an empty room has first 1 and last 0")
def empty():
    with Hubbub() as own, person(own.address) as client:
        for how in ({}, {"before": 5}, {"after": 0}, {"after": 5}, {"around": 5}, {"before": 1}, {"at": 0}):
            page = client.history(**how)
            equal((page["head"], page["first"], page["last"], page["events"]), (0, 1, 0, []), how)


@test("no_room: of a room one is not in")
def foreign():
    with person(hub().address) as owner, person(hub().address) as other:
        room = owner.create("Closed to others")
        equal([e["ev"] for e in owner.history(room)["events"]], ["created"])
        for asked in (room, "9f86d081884c", "nothing"):
            equal(other.error("history", room=asked)["code"], "no_room")


def fold(author, other):
    """Messages 1 to 3, and what becomes of them in seqs 4 to 15."""
    for text in ("one", "two", "three"):
        author.do("post", text=text)
    author.do("edit", target=1, text="one, edited")                # 4
    author.do("react", target=1, emoji="👍")                       # 5
    other.do("react", target=1, emoji="👍")                        # 6
    other.do("react", target=1, emoji="x")                         # 7
    author.do("react", target=2, emoji="y")                        # 8
    author.do("delete", target=2)                                  # 9
    author.do("pin", target=3)                                     # 10
    author.do("topic", text="a topic")                             # 11
    author.do("react", target=3, emoji="z")                        # 12
    author.do("unreact", target=3, emoji="z")                      # 13
    author.do("edit", target=3, text="three, edited")              # 14
    author.do("post", text="four")                                 # 15


@test("edits, deletions and reactions are folded into the messages")
def folding():
    with Hubbub() as own, person(own.address) as ann, person(own.address) as bob:
        fold(ann, bob)
        page = ann.until(15).history()
        equal((page["head"], page["first"], page["last"]), (15, 1, 15))
        live = {e["seq"]: e for e in ann.kept()}
        one, two, three, pin, topic, four = page["events"]
        equal([e["seq"] for e in page["events"]], [1, 2, 3, 10, 11, 15])
        equal({**one, "reactions": None}, {**live[1], "text": "one, edited",
                                           "edited": one["edited"], "reactions": None})
        kinds = {r["emoji"]: (r["count"], sorted(r["people"])) for r in one["reactions"]}
        both = sorted([ann.me()["id"], bob.me()["id"]])
        equal(kinds, {"👍": (2, both), "x": (1, [bob.me()["id"]])})
        wanted = {**live[2], "deleted": True}
        del wanted["text"]
        equal(two, wanted)
        equal(three, {**live[3], "text": "three, edited", "edited": three["edited"], "pinned": True})
        equal((pin, topic, four), (live[10], live[11], live[15]))


@each("pages of one by one cover the folded ones too: {0}", ["back", "forth"])
def folded_pages(way):
    with Hubbub() as own, person(own.address) as ann, person(own.address) as bob:
        fold(ann, bob)
        seqs, page = [], None
        while page is None or (page["first"] > 1 if way == "back" else page["last"] < page["head"]):
            if way == "back":
                page = ann.history(limit=1, **({"before": page["first"]} if page else {}))
                seqs = [e["seq"] for e in page["events"]] + seqs
            else:
                page = ann.history(limit=1, after=page["last"] if page else 0)
                seqs += [e["seq"] for e in page["events"]]
        equal(seqs, [1, 2, 3, 10, 11, 15])


@test("only folded ones behind the last message: the page says that nothing is left")
def only_folded():
    with Hubbub() as own, person(own.address) as ann:
        ann.do("post", text="x")
        for i in range(40):
            ann.do("react", target=1, emoji=f"e{i}")
        page = ann.history(after=1)
        equal((page["events"], page["last"], page["head"]), ([], 41, 41))
        message, = ann.history(limit=1)["events"]
        equal((message["seq"], len(message["reactions"])), (1, 40))


@test("a reaction of many people is counted in truth and names 20")
def many_people():
    with Hubbub() as own:
        clients = [person(own.address) for _ in range(25)]
        clients[0].do("post", text="x")
        for client in clients:
            client.do("react", target=1, emoji="+")
        reaction, = clients[0].history()["events"][0]["reactions"]
        equal((reaction["count"], len(reaction["people"])), (25, 20))
        assert set(reaction["people"]) < {c.me()["id"] for c in clients}
        for client in clients:
            client.close()


@test("a page of long messages ends earlier, at about 64 KB, and the next goes on from there")
def long_ones():
    with Hubbub() as own, person(own.address) as ann:
        for i in range(20):
            ann.do("post", text=f"{i} ".ljust(20000, "x"))
        for way, asked in (("before", {}), ("after", {"after": 0}), ("around", {"around": 10})):
            page = ann.history(limit=100, **asked)
            size = sum(len(e["text"]) for e in page["events"])
            assert 20000 <= size < 100000, (way, size)
            equal(len(page["events"]), page["last"] - page["first"] + 1)
        seqs, first = [], None
        while first != 1:
            page = ann.history(limit=100, **({"before": first} if first else {}))
            seqs, first = [e["seq"] for e in page["events"]] + seqs, page["first"]
        equal(seqs, list(range(1, 21)))


@test("one message that is larger than a page is a page")
def largest():
    with Hubbub() as own, person(own.address) as ann, visitor(own.address) as guest:
        text = "<" * 65536
        guest.text(text)
        ann.message(text)
        ann.do("post", text="behind")
        page = ann.history(before=2)
        equal(([e["text"] for e in page["events"]], page["first"]), ([text], 1))


@test("a page is true for its head: with what comes live behind it nothing is missing")
def page_and_live():
    with Hubbub() as own, person(own.address) as busy:
        for turn in range(10):
            for i in range(20):
                busy.start("post", room="lobby", cid=new_cid(), text=f"{turn}.{i}")
            with person(own.address) as client:
                head = client.room()["head"]
                page = client.history(limit=100)
                assert page["head"] >= head, (page["head"], head)
                client.until(20 * (turn + 1))
                seqs = {e["seq"] for e in page["events"] + client.kept()}
                assert seqs >= set(range(page["first"], 20 * (turn + 1) + 1)), sorted(seqs)


@test("many pages asked for at once are all answered")
def many_at_once():
    with reader() as client:
        asked = [client.start("history", room="lobby", after=i, limit=3) for i in range(150)]
        for i, command in enumerate(asked):
            reply = client.reply(command)
            assert reply.get("ok"), reply
            same_list(reply["events"], LOG[i:i + 3])


@test("the store in memory gives the same pages")
def memory():
    with Hubbub("--store", "memory") as own, person(own.address) as ann, person(own.address) as bob:
        fold(ann, bob)
        page = ann.history()
        equal([e["seq"] for e in page["events"]], [1, 2, 3, 10, 11, 15])
        equal((page["events"][0]["text"], page["events"][2]["pinned"]), ("one, edited", True))
        equal([e["seq"] for e in ann.history(before=11, limit=2)["events"]], [3, 10])


test("it stops cleanly")(stop_shared)
run()
