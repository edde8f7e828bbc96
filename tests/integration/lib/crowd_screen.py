"""What a client shows of its rooms: events folded into messages, and every rule of the log checked
on the way. docs/PROTOCOL.md is all that it knows of the server."""


class Problems(list):
    """What was found to be wrong; the first few tell enough."""

    SHOWN = 20

    def note(self, text):
        self.append(text)

    def text(self):
        more = [f"… and {len(self) - self.SHOWN} more"] if len(self) > self.SHOWN else []
        return "\n".join(self[:self.SHOWN] + more)


class Log:
    """What each seq of each room was to whoever saw it first: to all others it must be the same."""

    def __init__(self, problems):
        self.rooms, self.problems = {}, problems

    def see(self, event):
        seen = (event["mid"], event["ev"], event["from"]["id"], event.get("cid"),
                event.get("target") or event.get("person", {}).get("id"), event["ts"])
        first = self.rooms.setdefault(event["room"], {}).setdefault(event["seq"], seen)
        if first != seen:
            self.problems.note(f"{event['room']} {event['seq']} is {seen}, and was {first} before")


class Message:
    __slots__ = ("author", "text", "edited", "deleted", "pinned", "reactions")

    def __init__(self, event):
        self.author = event["from"]["id"]
        self.deleted = event.get("deleted", False)
        self.text = event.get("text")
        self.edited = "edited" in event
        self.pinned = event.get("pinned", False)
        self.reactions = {(kind["emoji"], person) for kind in event.get("reactions", ())
                          for person in kind["people"]}

    def change(self, event):
        """An event that has this message as its target."""
        kind = event["ev"]
        if self.deleted:
            return
        if kind == "delete" or event.get("deleted"):
            self.deleted, self.text, self.edited, self.pinned = True, None, False, False
            self.reactions = set()
        elif kind == "edit":
            self.text, self.edited = event["text"], True
        elif kind in ("pin", "unpin"):
            self.pinned = kind == "pin"
        elif kind == "react":
            self.reactions.add((event["emoji"], event["from"]["id"]))
        elif kind == "unreact":
            self.reactions.discard((event["emoji"], event["from"]["id"]))

    def view(self):
        return (self.author, self.text, self.edited, self.deleted, self.pinned,
                tuple(sorted(self.reactions)))


class RoomScreen:
    """One room on one client's screen: all that stands at low or behind it."""

    def __init__(self, room, head, mid):
        self.room, self.seq, self.mid = room, head, mid
        self.low = head + 1
        self.messages, self.early = {}, {}
        self.topic, self.members = (0, ""), {}

    def apply(self, event):
        """The next kept event, after its place was checked."""
        kind, seq, target = event["ev"], event["seq"], event.get("target")
        self.seq, self.mid = seq, event["mid"]
        if kind == "message":
            self.messages[seq] = Message(event)
        elif target is not None:
            if target in self.messages:
                self.messages[target].change(event)
            elif target < self.low:
                self.early.setdefault(target, []).append(event)
        else:
            self._state(event)

    def _state(self, event):
        kind, seq = event["ev"], event["seq"]
        if kind == "topic":
            if seq > self.topic[0]:
                self.topic = (seq, event["text"])
        elif kind in ("created", "joined", "left"):
            person = event["from"]["id"]
            if seq > self.members.get(person, (0,))[0]:
                self.members[person] = (seq, kind != "left")
        elif kind in ("added", "removed"):
            person = event["person"]["id"]
            if seq > self.members.get(person, (0,))[0]:
                self.members[person] = (seq, kind == "added")

    def prepend(self, page):
        """A page of history that ends just before low; it is true for page["head"]."""
        for event in page["events"]:
            if event["ev"] == "message":
                message = self.messages[event["seq"]] = Message(event)
                for change in self.early.pop(event["seq"], ()):
                    if change["seq"] > page["head"]:
                        message.change(change)
            elif event.get("target") is None:
                self._state(event)
        self.low = page["first"]

    def view(self, low=1):
        """What it shows of everything from low on."""
        return ({seq: m.view() for seq, m in self.messages.items() if seq >= low},
                self.topic if self.topic[0] >= low else (0, ""),
                {person: m for person, m in self.members.items() if m[0] >= low})


def differences(got, wanted):
    """In words, where two views differ; at most a few."""
    found = []
    for name, have, want in zip(("message", "topic", "member"), got, wanted):
        if name == "topic":
            if have != want:
                found.append(f"topic {have!r}, wanted {want!r}")
            continue
        for key in sorted(have.keys() | want.keys()):
            if have.get(key) != want.get(key):
                found.append(f"{name} {key} {have.get(key)!r}, wanted {want.get(key)!r}")
    return found[:5]


class Screen:
    """All rooms of one client. It lives longer than its connections."""

    def __init__(self, name, log, problems):
        self.name, self.log, self.problems = name, log, problems
        self.rooms, self.infos = {}, {}
        self.events, self.resets = 0, 0

    def note(self, text):
        self.problems.note(f"{self.name}: {text}")

    def cursors(self):
        return {room: {"seq": s.seq, "mid": s.mid} for room, s in self.rooms.items()}

    def greet(self, infos):
        """The rooms of a hello's answer."""
        self.infos = {info["id"]: info for info in infos}
        for room in [room for room in self.rooms if room not in self.infos]:
            del self.rooms[room]
        for room, info in self.infos.items():
            if room not in self.rooms:
                self.rooms[room] = RoomScreen(room, info["head"], info["mid"])

    def ready(self):
        for room, info in self.infos.items():
            if room in self.rooms and self.rooms[room].seq < info["head"]:
                self.note(f"ready, but {room} stands at {self.rooms[room].seq} of {info['head']}")

    def take(self, event):
        """Any event. Returns whether it was a kept one."""
        kind, room = event["ev"], event.get("room")
        if "seq" in event and "mid" in event:
            self._kept(event)
            return True
        if kind == "room":
            info = event["info"]
            if room in self.rooms:
                self.note(f"let into {room}, where it is already")
            self.rooms[room] = RoomScreen(room, info["head"], info["mid"])
            self.infos[room] = info
        elif kind == "gone":
            self.rooms.pop(room, None)
        elif kind == "reset":
            self.resets += 1
            self.note(f"reset of {room}: {event}")
            self.rooms[room] = RoomScreen(room, event["head"], event["mid"])
        return False

    def _kept(self, event):
        screen = self.rooms.get(event["room"])
        self.events += 1
        if not screen:
            self.note(f"an event of a room that it is not in: {event}")
        elif event["seq"] != screen.seq + 1:
            self.note(f"after {screen.seq} of {event['room']} came {event['seq']}")
        else:
            self.log.see(event)
            screen.apply(event)

    def page(self, room, page):
        """An answer to history with before = low. False: the screen has changed meanwhile."""
        screen = self.rooms.get(room)
        if not screen or page["last"] != screen.low - 1:
            return False
        seqs = [event["seq"] for event in page["events"]]
        inside = not seqs or page["first"] <= seqs[0] <= seqs[-1] <= page["last"]
        if seqs != sorted(set(seqs)) or not inside:
            self.note(f"a page out of order: {page['first']} {seqs} {page['last']}")
        if page["first"] > page["last"] and page["last"] > 0:
            self.note(f"a page of nothing: {page['first']} to {page['last']}")
            return False
        for event in page["events"]:
            self.log.see(event)
        screen.prepend(page)
        return True
