#!/usr/bin/python3
"""Rooms of every kind, and who may do what in them: private, direct, announcements; hosts, moderators, guests; and that
after a removal not one later event arrives."""

import threading
from itertools import combinations

from lib.accounts import CHEAP, PASSWORD, owner, sign_up
from lib.hubbub import Hubbub
from lib.tap import each, equal, run, test
from lib.web import new_cid, person

FLAGS = (*CHEAP, "--signup", "open", "--guests-may", "talk", "--rate-sign-up", "0", "--rate-api", "0",
         "--rate-sign-in", "0", "--rate-join", "0")


class Village:
    """An owner, a moderator and some members, each with a connection."""

    def __init__(self, *flags):
        self.hub = Hubbub(*FLAGS, *flags)

    def __enter__(self):
        self.hub.__enter__()
        self.owner = owner(self.hub)
        self.people = {"Olga": self.owner}
        self.clients = {"Olga": self.owner.web()}
        for name in ("Mo", "Ann", "Bob", "Cyn"):
            self.people[name] = sign_up(self.hub, name)
            self.clients[name] = self.people[name].web()
        self.of("Olga").ask("role", person=self.id("Mo"), role="moderator")
        self.of("Mo").event("you")
        return self

    def __exit__(self, *how):
        for client in self.clients.values():
            client.close()
        self.hub.__exit__(*how)

    def of(self, name):
        return self.clients[name]

    def id(self, name):
        return self.people[name].id

    def guest(self, name="Gus"):
        return person(self.hub.address, name=name)

    def room(self, by="Ann", kind="private", name="The den", add=()):
        reply = self.of(by).ask("create", cid=new_cid(), name=name, kind=kind)
        assert reply.get("ok"), reply
        for other in add:
            self.of(by).do("add", room=reply["room"], person=self.id(other))
            self.of(other).event("room")
        return reply["room"]


def code(client, op, **fields):
    """The code of what it is refused with, or None when it goes well."""
    reply = client.ask(op, cid=new_cid(), **fields)
    return None if reply.get("ok") else reply["error"]["code"]


@test("a private room is not there for whoever is not in it: not in lists, not by its id, not in search")
def private():
    with Village() as village:
        room = village.room(add=["Bob"])
        village.of("Bob").do("post", room=room, text="a secret word")
        for name in ("Cyn", "Mo", "Olga"):
            other = village.of(name)
            equal([code(other, "join", room=room), code(other, "post", room=room, text="x"),
                   code(other, "react", room=room, target=1, emoji="x"),
                   code(other, "add", room=room, person=village.id(name)),
                   code(other, "settings", room=room, slow_ms=1000),
                   other.ask("history", room=room)["error"]["code"],
                   other.ask("list", what="members", room=room)["error"]["code"],
                   other.ask("read", room=room, seq=1)["error"]["code"],
                   other.ask("here", room=room)["error"]["code"],
                   other.ask("search", text=f"secret in:{room}")["error"]["code"]],
                  ["no_room"] * 10, name)
            equal(other.ask("search", text="secret")["hits"], [])
            assert room not in [r["id"] for r in other.ask("rooms")["rooms"]]
            equal(village.people[name].ask("GET", f"rooms/{room}").status, 404)
        equal(len(village.of("Ann").ask("search", text="secret")["hits"]), 1)


@test("somebody is put into a room, and taken out of it: told to both, and to the room")
def add_and_remove():
    with Village() as village:
        ann, bob = village.of("Ann"), village.of("Bob")
        room = village.room()
        reply = ann.do("add", room=room, person=village.id("Bob"))
        equal(ann.event("added")["person"], {"id": village.id("Bob"), "name": "Bob"})
        equal(bob.event("room")["info"]["id"], room)
        equal(bob.event("added")["seq"], reply["seq"])
        equal(code(bob, "remove", room=room, person=village.id("Ann")), "forbidden")
        equal(code(bob, "add", room=room, person=village.id("Cyn")), "forbidden")
        ann.do("remove", room=room, person=village.id("Bob"), reason="too loud")
        event = ann.event("removed")
        equal((event["person"]["id"], event["reason"]), (village.id("Bob"), "too loud"))
        equal(bob.event("gone", room=room), {"ev": "gone", "room": room, "reason": "too loud",
                                             "by": {"id": village.id("Ann"), "name": "Ann"}})
        equal(code(bob, "post", room=room, text="x"), "no_room")
        equal(bob.ask("history", room=room)["error"]["code"], "no_room")
        equal(code(ann, "remove", room=room, person=village.id("Ann")), "forbidden")
        equal(code(ann, "add", room=room, person="0123456789abcdef"), "no_person")


@test("after a removal not one later event arrives, on any connection of either worker, however busy the room is")
def nothing_after_removal():
    with Village() as village:
        for turn in range(5):
            room = village.room(name=f"Den {turn}", add=["Bob", "Cyn"])
            listeners = [village.people["Bob"].web() for _ in range(4)]
            stop = threading.Event()

            def talk():
                n = 0
                while not stop.is_set():
                    village.of("Cyn").do("post", room=room, text=f"{n}")
                    n += 1

            talker = threading.Thread(target=talk)
            talker.start()
            for listener in listeners:
                listener.event("message", room=room)
            seq = village.of("Ann").do("remove", room=room, person=village.id("Bob"))["seq"]
            stop.set()
            talker.join()
            last = village.of("Cyn").do("post", room=room, text="the last")["seq"]
            assert last > seq
            for listener in listeners:
                listener.event("gone", room=room)
                listener.sync()
                late = [e for e in listener.events
                        if e.get("room") == room and e.get("seq", 0) > seq]
                equal(late, [])
                listener.close()


@test("direct rooms: the same people always meet in the same one; nobody else sees it, nobody is added")
def direct():
    with Village() as village:
        ann, bob, cyn = (village.of(n) for n in ("Ann", "Bob", "Cyn"))
        first = ann.ask("direct", cid=new_cid(), people=[village.id("Bob")])
        info = bob.event("room")["info"]
        equal((info["id"], info["kind"]), (first["room"], "direct"))
        equal(sorted(p["name"] for p in info["peers"]), ["Ann", "Bob"])
        again = bob.ask("direct", cid=new_cid(), people=[village.id("Ann")])
        equal(again["room"], first["room"])
        group = ann.ask("direct", cid=new_cid(), people=[village.id("Bob"), village.id("Cyn")])
        assert group["room"] != first["room"]
        cyn.event("room")
        ann.do("post", room=first["room"], text="between us")
        bob.event("message", room=first["room"])
        equal(code(cyn, "post", room=first["room"], text="x"), "no_room")
        equal(code(ann, "add", room=first["room"], person=village.id("Cyn")), "forbidden")
        equal(code(ann, "leave", room=first["room"]), "forbidden")
        equal(code(ann, "name", room=first["room"], name="Us"), "forbidden")
        equal(code(ann, "direct", people=[village.id("Ann")]), "needs_people")
        equal(bob.ask("rename", name="Robert")["name"], "Robert")
        with village.people["Ann"].web() as tab:
            equal(sorted(p["name"] for p in tab.room(first["room"])["peers"]), ["Ann", "Robert"])
        village.people["Cyn"].ask("POST", "me/leave", {"password": PASSWORD})
        cyn.event("ended")
        with village.people["Ann"].web() as tab:
            names = [p["name"] for p in tab.room(group["room"])["peers"]]
            assert "Cyn" not in names and {"Ann", "Robert"} <= set(names), names
        with village.guest() as gus:
            equal(code(gus, "direct", people=[village.id("Ann")]), "needs_account")
            equal(code(ann, "direct", people=[gus.me()["id"]]), "needs_account")


@test("direct rooms leave everybody, also who is away, some rooms of their own choice")
def direct_crowd():
    flags = ("--rate-posts", "0", "--away-ms", "1")
    with Hubbub(*FLAGS, *flags) as hub:
        ann, bob = sign_up(hub, "Ann"), sign_up(hub, "Bob")
        others = [sign_up(hub, f"Friend {i}").id for i in range(8)]
        with ann.web() as client:
            groups = (group for size in range(len(others) + 1) for group in combinations(others, size))
            made = [client.ask("direct", cid=new_cid(), people=[bob.id, *group])
                    for group, _ in zip(groups, range(150))]
            equal([reply.get("ok") for reply in made].count(True), 149)
            equal(made[-1]["error"]["code"], "too_many")
            equal(client.ask("direct", cid=new_cid(), people=[bob.id])["room"], made[0]["room"])
        with bob.web() as client:
            equal(len(client.hello["rooms"]), 150)
            client.create("Mine")


@test("announcements: hosts and moderators speak, everybody reads and reacts")
def announcement():
    with Village() as village:
        equal(code(village.of("Ann"), "create", name="News", kind="announcement"), "forbidden")
        room = village.room(by="Mo", kind="announcement", name="News")
        seq = village.of("Mo").do("post", room=room, text="hear, hear")["seq"]
        ann = village.of("Ann")
        ann.do("join", room)
        ann.event("room")
        equal([code(ann, "post", room=room, text="x"), code(ann, "topic", room=room, text="x"),
               code(ann, "pin", room=room, target=seq)], ["forbidden"] * 3)
        equal(code(ann, "react", room=room, target=seq, emoji="+1"), None)
        village.of("Mo").do("host", room=room, person=village.id("Ann"))
        ann.event("host")
        equal(code(ann, "post", room=room, text="as a host"), None)


@test("guests talk where rooms are open to them, and do nothing that takes an account")
def guests():
    with Village() as village, village.guest() as gus:
        seq = gus.do("post", room="lobby", text="hello")["seq"]
        equal(code(gus, "react", room="lobby", target=seq, emoji="+1"), None)
        equal([code(gus, "create", name="Mine", kind="public"),
               code(gus, "topic", room="lobby", text="x"), code(gus, "pin", room="lobby", target=seq)],
              ["needs_account"] * 3)
        room = village.room(kind="public", name="Members")
        equal(code(gus, "join", room=room), "no_room")
        assert room not in [r["id"] for r in gus.ask("rooms")["rooms"]]
        equal(code(village.of("Ann"), "settings", room=room, guests=True), "forbidden")
        village.of("Ann").do("add", room=room, person=village.id("Olga"))
        village.of("Olga").event("room")
        village.of("Olga").do("settings", room=room, guests=True)
        equal(village.of("Ann").event("settings")["guests"], True)
        equal(code(gus, "join", room=room), None)
        gus.do("post", room=room, text="@room is a word here")
        event = village.of("Ann").event("message", room=room)
        assert "mentions_all" not in event, event


@test("settings: archived rooms are read only, slow mode holds members but not hosts, a name is one's own")
def settings():
    with Village() as village:
        room = village.room(kind="public", name="Garden", add=["Bob"])
        ann, bob = village.of("Ann"), village.of("Bob")
        ann.do("settings", room=room, slow_ms=600000)
        equal(code(bob, "post", room=room, text="1"), None)
        refused = bob.ask("post", room=room, cid=new_cid(), text="2")["error"]
        equal(refused["code"], "slow_mode")
        assert 0 < refused["retry_ms"] <= 600000, refused
        equal([code(ann, "post", room=room, text=str(i)) for i in range(2)], [None, None])
        # Neither another way in nor being away for a moment helps.
        bob.close()
        over_http = village.people["Bob"].ask("POST", f"rooms/{room}/messages", {"text": "3"})
        equal((over_http.status, over_http.body["code"]), (429, "slow_mode"))
        bob = village.clients["Bob"] = village.people["Bob"].web()
        equal(code(bob, "name", room=room, name="Bob's"), "forbidden")
        equal(code(ann, "name", room=room, name="lobby"), "name_taken")
        ann.do("name", room=room, name="Orchard")
        equal(bob.event("named")["name"], "Orchard")
        ann.do("settings", room=room, archived=True, slow_ms=0)
        equal(bob.event("settings", archived=True)["slow_ms"], 0)
        equal([code(c, "post", room=room, text="x") for c in (ann, bob)], ["archived"] * 2)
        equal(bob.ask("history", room=room)["ok"], True)
        ann.do("settings", room=room, archived=False)
        equal(code(bob, "post", room=room, text="again"), None)


@test("moderators delete what others said, members do not; nobody edits what another said")
def moderation():
    with Village() as village:
        seq = village.of("Bob").do("post", room="lobby", text="rude")["seq"]
        for name in ("Ann", "Mo", "Olga"):
            equal(code(village.of(name), "edit", room="lobby", target=seq, text="polite"), "forbidden")
        equal(code(village.of("Ann"), "delete", room="lobby", target=seq), "forbidden")
        equal(code(village.of("Mo"), "delete", room="lobby", target=seq), None)
        village.of("Bob").event("delete")
        own = village.of("Bob").do("post", room="lobby", text="mine")["seq"]
        village.of("Bob").do("delete", room="lobby", target=own)
        rows = [row for row in village.of("Olga").ask("list", what="audit")["rows"]
                if row["action"] == "delete"]
        equal([(r["name"], r["person"], r["room"], r["detail"]) for r in rows],
              [("Mo", village.id("Bob"), "lobby", f"message {seq}")])


@test("mute: nothing is said any more, and the person knows until when; it ends by itself and by hand")
def mute():
    with Village() as village:
        mo, bob = village.of("Mo"), village.of("Bob")
        equal(mo.ask("mute", person=village.id("Bob"), for_ms=3600000)["ok"], True)
        assert bob.event("you")["muted_until"] > 0
        seq = village.of("Ann").do("post", room="lobby", text="x")["seq"]
        equal([code(bob, "post", room="lobby", text="x"),
               code(bob, "react", room="lobby", target=seq, emoji="x")], ["muted"] * 2)
        equal([r["name"] for r in mo.ask("list", what="mutes")["rows"]], ["Bob"])
        mo.ask("unmute", person=village.id("Bob"))
        equal(code(bob, "post", room="lobby", text="x"), None)
        equal(code(village.of("Ann"), "mute", person=village.id("Bob")), "forbidden")
        equal(code(mo, "mute", person=village.id("Olga")), "forbidden")
        mo.ask("mute", person=village.id("Bob"), for_ms=1)
        equal(code(bob, "typing", room="lobby"), None)


@test("kick ends the sessions, a ban keeps out for as long as it says; both close the connections at once")
def kick_and_ban():
    with Village() as village:
        mo, bob = village.of("Mo"), village.of("Bob")
        mo.ask("kick", person=village.id("Bob"), reason="enough")
        bob.event("ended")
        bob.expect_close(4003)
        equal(village.people["Bob"].ask("GET", "me").status, 401)
        cyn = village.of("Cyn")
        ban = mo.ask("ban", person=village.id("Cyn"), reason="spam")
        equal(ban["ok"], True)
        cyn.expect_close(4003)
        row = mo.ask("list", what="bans")["rows"][0]
        equal((row["name"], row["reason"]), ("Cyn", "spam"))
        equal(mo.ask("ban_end", ban=row["id"]).get("ok"), True)
        equal(mo.ask("list", what="bans")["rows"], [])
        actions = [r["action"] for r in village.of("Olga").ask("list", what="audit")["rows"]]
        for action in ("kick", "ban", "ban_end", "role"):
            assert action in actions, actions
        equal(mo.ask("list", what="audit")["error"]["code"], "forbidden")


@test("the brake: guests and visitors read only, everybody is slowed; it is told to all, and lasts over a restart")
def brake():
    with Village() as village, village.guest() as gus:
        mo = village.of("Mo")
        equal(mo.ask("brake", members_only=True, slow_ms=60000)["ok"], True)
        equal(village.of("Ann").event("server")["members_only"], True)
        equal(gus.ask("post", room="lobby", cid=new_cid(), text="x")["error"]["code"],
              "members_only")
        equal([code(village.of("Ann"), "post", room="lobby", text=str(i)) for i in range(2)],
              [None, "slow_mode"])
        village.hub.restart()
        with village.guest("Again") as again:
            equal(again.hello["server"]["members_only"], True)
            equal(again.ask("post", room="lobby", cid=new_cid(), text="x")["error"]["code"],
                  "members_only")


@test("there is always an owner; roles go down only from above")
def roles():
    with Village() as village:
        olga, mo = village.of("Olga"), village.of("Mo")
        equal(code(olga, "role", person=village.id("Olga"), role="member"), "last_owner")
        equal(code(mo, "role", person=village.id("Ann"), role="moderator"), "forbidden")
        equal(code(olga, "role", person=village.id("Ann"), role="admin"), None)
        equal(village.of("Ann").event("you")["role"], "admin")
        equal(code(village.of("Ann"), "role", person=village.id("Bob"), role="admin"), "forbidden")
        equal(code(village.of("Ann"), "role", person=village.id("Bob"), role="moderator"), None)
        equal(code(village.of("Ann"), "role", person=village.id("Olga"), role="member"), "forbidden")


@each("no_room or no_person, and nothing else: {0} with ids of others", [
    ("host", {}), ("unhost", {}), ("remove", {}), ("add", {})])
def ids_of_others(op, _fields):
    with Village() as village:
        room = village.room()
        equal(code(village.of("Cyn"), op, room=room, person=village.id("Ann")), "no_room")
        assert code(village.of("Ann"), op, room=room, person="ffffffffffffffff") in (
            "no_person", None), op


run()
