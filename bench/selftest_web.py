"""The same for the web protocol, hubbub.v1: a small server that keeps its rooms, with one fault."""

import json
import os
import subprocess
import tempfile
import time

from selftest_server import OUT, UPGRADED, Server, frame

WEBLOAD = OUT / "webload"
AT = 20  # the message that the fault happens to
EVENT_BYTES = 60  # a byte within each message's frame that is part of its mid


class Room:
    def __init__(self, key, name):
        self.key, self.name, self.log, self.members = key, name, [], set()


class WebServer(Server):
    """Every event is encoded once; the log is a list of these texts. One fault, at message AT."""

    def __init__(self, fault):
        super().__init__(fault)
        self.rooms = {"lobby": Room("lobby", "Lobby")}
        self.people, self.persons, self.last = {}, {}, {}
        self.later = None  # told after the next one
        self.seqs = {}  # room -> what the log calls its last event

    def greet(self, client):
        answer = UPGRADED[:-2] + b"Sec-WebSocket-Protocol: hubbub.v1\r\n\r\n"
        self.send(client, UPGRADED if self.fault == "does not choose hubbub.v1" else answer)

    def tell(self, client, text):
        data = text if isinstance(text, bytes) else json.dumps(text, separators=(",", ":")).encode()
        if self.fault == "pings and passing events between":
            self.send(client, frame(9, b"still there?"))
            self.send(client, frame(1, b'{"ev":"presence","room":"lobby","state":"active"}'))
        self.send(client, frame(1, data))

    def on_text(self, client, body):
        command = json.loads(body)
        getattr(self, "on_" + command["op"])(client, command)

    # --- the log ---

    def keep(self, room, kind, person, command, **more):
        seq = self.seqs.get(room.key, 0) + 1
        if self.fault == "a seq is left out" and kind == "message" and self.said == AT:
            seq += 1
        self.seqs[room.key] = seq
        event = {"ev": kind, "room": room.key, "seq": seq, "mid": str(10**9 + 7919 * seq),
                 "ts": 1700000000000, "from": {"id": person, "name": person}, "cid": command["cid"],
                 **more}
        text = json.dumps(event, separators=(",", ":")).encode()
        if self.fault == "the text is damaged" and kind == "message" and self.said == AT:
            text = text[:-5] + b"0" + text[-4:]
        room.log.append(text)
        return event, text

    def publish(self, room, text):
        there = [c for c, p in self.people.items() if p in room.members]
        for place, client in enumerate(there):
            for each in self.spoil_event(text, place == len(there) - 1):
                self.tell(client, each)

    def spoil_event(self, text, last):
        now = last and self.said == AT and b'"ev":"message"' in text
        if self.fault == "one client misses an event" and now:
            return []
        if self.fault == "one client gets one twice" and now:
            return [text, text]
        if self.fault == "one byte is wrong for one client" and now:
            return [text[:EVENT_BYTES] + bytes([text[EVENT_BYTES] ^ 1]) + text[EVENT_BYTES + 1:]]
        if self.fault == "one client gets two in the other order" and last:
            if now:
                self.held = text
                return []
            held, self.held = self.held, b""
            return [text, held] if held else [text]
        return [text]

    def reply(self, client, command, event):
        self.tell(client, {"re": command["id"], "ok": True, "room": event["room"],
                           "seq": event["seq"], "mid": event["mid"], "ts": event["ts"],
                           "dup": False})

    # --- commands ---

    def on_hello(self, client, command):
        person = self.persons.get(command.get("token"))
        known = person is not None
        if not known or self.fault == "somebody else":
            person = f"person{len(self.persons)}"
        token = command.get("token") if known else f"token{len(self.persons)}"
        self.persons[token] = person
        self.people[client] = person
        self.rooms["lobby"].members.add(person)
        mine = [r for r in self.rooms.values() if person in r.members]
        for room in mine:
            if command["cursors"].get(room.key, {}).get("seq") == 0:
                room.log = self.spoil_log(room.log)
        self.tell(client, {"re": command["id"], "ok": True, "you": {"id": person}, "token": token,
                           "rooms": [self.info(r) for r in mine]})
        # Those that come back a second time are behind in the rooms that were made for this run.
        events = [text for r in mine if r.key in command["cursors"]
                  for text in r.log[command["cursors"][r.key]["seq"]:]]
        if events and self.fault == "reset after coming back":
            self.tell(client, {"ev": "reset", "room": mine[-1].key, "head": 3,
                               "reason": "diverged"})
        if events and self.fault == "one event is lacking after coming back":
            events.pop(0)
        if events and self.fault == "the last event is lacking after coming back":
            events.pop()
        if events and self.fault == "one event comes twice after coming back":
            events.insert(0, events[0])
        if events and self.fault == "is ready too early":
            self.tell(client, {"ev": "ready"})
        for text in events:
            self.tell(client, text)
        self.tell(client, {"ev": "ready"})

    def info(self, room):
        mid = json.loads(room.log[-1])["mid"] if room.log else "0"
        return {"id": room.key, "name": room.name, "kind": "public", "head": len(room.log),
                "mid": mid}

    def enter(self, client, room, kind, command, **more):
        person = self.people[client]
        self.tell(client, {"ev": "room", "room": room.key, "info": self.info(room)})
        room.members.add(person)
        event, text = self.keep(room, kind, person, command, **more)
        self.publish(room, text)
        self.reply(client, command, event)

    def on_create(self, client, command):
        room = Room(f"room{len(self.rooms)}", command["name"])
        self.rooms[room.key] = room
        self.enter(client, room, "created", command, name=room.name)

    def on_join(self, client, command):
        self.enter(client, self.rooms[command["room"]], "joined", command)

    def on_post(self, client, command):
        self.said += 1
        room, now = self.rooms[command["room"]], self.said == AT
        if self.fault == "refuses a post" and now:
            self.tell(client, {"re": command["id"], "error": {"code": "busy", "message": "wait"}})
            return
        if self.fault == "an author's posts are kept in the other order":
            if self.later is None and now:
                self.later = client, command
                return
            if self.later is not None and self.later[0] is client:
                held, self.later = self.later, None
                self.post(room, client, command)
                self.post(room, *held)
                return
        if self.fault == "acknowledges and does not keep" and now:
            event = {"room": room.key, "seq": len(room.log) + 1, "mid": "7", "ts": 1}
            self.reply(client, command, event)
            return
        self.post(room, client, command)
        if self.fault == "keeps one twice" and now:
            self.publish(room, self.keep(room, "message", self.people[client], command,
                                         text=command["text"])[1])

    def post(self, room, client, command):
        now = self.said == AT
        event, text = self.keep(room, "message", self.people[client], command, text=command["text"])
        self.publish(room, text)
        told = dict(event)
        if self.fault == "acknowledges with another mid" and now:
            told["mid"] = "12345"
        if self.fault == "acknowledges with another seq" and now:
            told["seq"] += 1
        if self.fault == "acknowledges two with one seq" and now:
            told["seq"] = self.last[room.key]
        self.last[room.key] = event["seq"]
        if self.fault == "says that one is a duplicate" and now:
            self.tell(client, {"re": command["id"], "ok": True, "room": room.key, "dup": True,
                               "seq": event["seq"], "mid": event["mid"]})
            return
        if not (self.fault == "never acknowledges one" and now):
            self.reply(client, command, told)
        if self.fault == "acknowledges one twice" and now:
            self.reply(client, command, told)

    def spoil_log(self, log):
        """What is left of the log when it is read from its beginning."""
        def numbered(texts):
            events = [json.loads(text) for text in texts]
            for seq, event in enumerate(events, 1):
                event["seq"] = seq
            return [json.dumps(event, separators=(",", ":")).encode() for event in events]

        if len(log) <= AT + 2:
            return log
        if self.fault == "lost one and closed the gap":
            return numbered(log[:AT] + log[AT + 1:])
        if self.fault == "lost one and left a gap":
            return log[:AT] + log[AT + 1:]
        if self.fault == "lost the tail":
            return log[:-3]
        if self.fault == "holds one twice":
            return numbered(log[:AT] + log[AT - 1:])
        if self.fault == "holds an author's two in the other order":
            author = json.loads(log[AT])["from"]
            other = next(i for i in range(AT + 1, len(log)) if json.loads(log[i])["from"] == author)
            return numbered([*log[:AT], log[other], *log[AT + 1:other], log[AT], *log[other + 1:]])
        if self.fault == "holds another mid":
            event = json.loads(log[AT])
            return log[:AT] + [json.dumps({**event, "mid": "5"}).encode()] + log[AT + 1:]
        if self.fault == "holds another text":
            event = json.loads(log[AT])
            event["text"] = event["text"][:-1] + "0"
            return log[:AT] + [json.dumps(event).encode()] + log[AT + 1:]
        return log


# Mode, fault, and what the generator must say; "" means that it must be content.
CASES = (
    ("post", "", ""), ("post", "cut into single bytes", ""),
    ("post", "pings and passing events between", ""),
    ("post", "does not choose hubbub.v1", "does not speak"),
    ("post", "refuses a post", "was answered"),
    ("post", "never acknowledges one", "deadline"),
    ("post", "acknowledges one twice", "acknowledged twice"),
    ("post", "acknowledges with another mid", "another mid"),
    ("post", "acknowledges with another seq", "and stands at"),
    ("post", "acknowledges two with one seq", "and stands at"),
    ("post", "says that one is a duplicate", "duplicate"),
    ("post", "acknowledges and does not keep", "missing"),
    ("post", "keeps one twice", "doubled"),
    ("post", "an author's posts are kept in the other order", "order"),
    ("post", "a seq is left out", "gap"), ("post", "the text is damaged", "damaged"),
    ("post", "one client misses an event", "gap"), ("post", "one client gets one twice", "gap"),
    ("post", "one client gets two in the other order", "gap"),
    ("post", "one byte is wrong for one client", "than the others"),
    ("audit", "", ""), ("audit", "lost one and closed the gap", "missing"),
    ("audit", "lost one and left a gap", "gap"), ("audit", "lost the tail", "missing"),
    ("audit", "holds one twice", "doubled"),
    ("audit", "holds an author's two in the other order", "order"),
    ("audit", "holds another mid", "another mid"), ("audit", "holds another text", "damaged"),
    ("return", "", ""), ("return", "reset after coming back", "reset"),
    ("return", "one event is lacking after coming back", "gap"),
    ("return", "the last event is lacking after coming back", "was told that all is there"),
    ("return", "one event comes twice after coming back", "gap"),
    ("return", "is ready too early", "was told that all is there"),
    ("return", "somebody else", "is somebody else"),
)


def run(server, mode, *more, text=None):
    argv = [WEBLOAD, mode, "--port", str(server.port), "--deadline", "3", *more]
    return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False, input=text)


def verdict(done, complaint):
    said = (done.stderr or done.stdout).strip()
    if complaint:
        return done.returncode == 1 and complaint in done.stderr, said
    return done.returncode == 0, said


def check_post(fault, complaint, acks=None):
    server = WebServer(fault)
    server.start()
    done = run(server, "post", "--clients", "4", "--rooms", "2", "--inflight", "4",
               "--posts", "150", *(("--acks", acks) if acks else ()))
    audited = run(server, "audit", "--acks", acks) if acks and done.returncode == 0 else None
    server.stop()
    if acks is None:
        passed, said = verdict(done, complaint)
        return passed and (not fault.startswith("pings") or server.pongs > 0), said
    if audited is None:
        return False, done.stderr.strip()
    return verdict(audited, complaint)


def check_audit(fault, complaint):
    with tempfile.TemporaryDirectory(prefix="hubbub-bench-") as folder:
        return check_post(fault, complaint, os.path.join(folder, "acks"))


def check_return(fault, complaint):
    server = WebServer(fault)
    server.start()
    go = f"go {os.getpid()} {time.monotonic_ns()}\n"
    done = run(server, "return", "--clients", "12", "--rooms", "8", "--each", "4", "--behind", "3",
               "--hold-ms", "10", text=go)
    server.stop()
    return verdict(done, complaint)
