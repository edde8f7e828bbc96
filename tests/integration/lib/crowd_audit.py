"""What must be true after all that a crowd went through: every screen, a stranger's reading, the
database and what was acknowledged agree."""

import asyncio
import sqlite3

from lib.crowd_client import Client, Person
from lib.crowd_link import connect
from lib.crowd_screen import Message, RoomScreen, Screen, differences

KINDS = {1: "created", 2: "message", 3: "edit", 4: "delete", 5: "react", 6: "unreact", 7: "pin",
         8: "unpin", 9: "topic", 10: "joined", 11: "left", 12: "named", 13: "settings",
         14: "added", 15: "removed", 16: "host", 17: "unhost"}
OPS = {"post": "message", "create": "created", "join": "joined", "leave": "left", "name": "named",
       "add": "added", "remove": "removed"}
OF_PERSON = ("added", "removed", "host", "unhost")
LOBBY = 1
DELETED = 2    # in events.flags


def person_id(number):
    return f"{number % (1 << 64):016x}"


def room_id(number):
    return "lobby" if number == LOBBY else f"{number:012x}"


class Stranger(Client):
    """Somebody new, who only reads; it asks one thing at a time."""

    def __init__(self, crowd):
        super().__init__(crowd, Person("Stranger"), 0)
        self.answers = {}

    async def live(self):
        """Connects once, when somebody listens."""
        self.ended = asyncio.get_running_loop().create_future()
        while self.link is None:
            assert self.crowd.program.alive(), self.crowd.program.stderr()
            self.link = await connect(self, self.crowd.port)
            await asyncio.sleep(0.005)

    def _ready(self):
        self.screen.ready()
        self.ready = True

    def _reply(self, message):
        if message["re"] == self.hello:
            self._greeted(message)
        else:
            self.answers[message["re"]] = message

    async def ask(self, message):
        """The answer; what is refused for a while is asked again."""
        while True:
            answer = await self.try_once(message)
            if answer.get("ok"):
                return answer
            error = answer["error"]
            assert error["code"] in ("rate_limited", "busy"), f"{message}: {answer}"
            await asyncio.sleep(error["retry_ms"] / 1000)

    async def try_once(self, message):
        number = self._send(message)
        await self.crowd.until(lambda: f"an answer to {message}", lambda: number in self.answers)
        return self.answers.pop(number)

    async def again(self, cursors):
        """hello once more, with these cursors."""
        self.ready = False
        self.hello = self._send({"op": "hello", "cursors": cursors})
        await self.crowd.until(lambda: "ready again", lambda: self.ready, 120)


class Audit:
    def __init__(self, crowd):
        self.crowd, self.problems = crowd, crowd.problems
        self.replay, self.pages = {}, {}
        self.database = None

    def note(self, text):
        self.problems.note(text)

    # ---- reading ----

    async def read_as_a_stranger(self):
        """The whole of every room, by a replay from 0 and again by pages of history."""
        crowd = self.crowd
        stranger = Stranger(crowd)
        await stranger.live()
        await crowd.until(lambda: "the stranger is ready", lambda: stranger.ready)
        rooms, after, more = [], "", True
        while more:
            answer = await stranger.ask({"op": "rooms", "after": after, "limit": 100})
            rooms += [room["id"] for room in answer["rooms"]]
            more = answer["more"]
            after = answer["rooms"][-1]["name"] if answer["rooms"] else ""
        for n, room in enumerate(rooms):
            if room != "lobby":
                await stranger.ask({"op": "join", "room": room, "cid": f"{n:032x}"})
        await crowd.until(lambda: "in all rooms", lambda: set(stranger.screen.rooms) >= set(rooms))
        stranger.screen.rooms = {room: RoomScreen(room, 0, "0") for room in rooms}
        await stranger.again({room: {"seq": 0} for room in rooms})
        self.replay = stranger.screen.rooms
        self.pages = {room: await self._page_through(stranger, room) for room in rooms}
        for room in rooms:
            self._same(f"history of {room} against its replay", self.pages[room].view(),
                       self.replay[room].view())
        stranger.link.leave(True)

    async def _page_through(self, stranger, room):
        reader = Screen("pages", self.crowd.log, self.problems)
        head = self.replay[room].seq
        screen = reader.rooms[room] = RoomScreen(room, head, self.replay[room].mid)
        while screen.low > 1:
            page = await stranger.ask({"op": "history", "room": room, "before": screen.low,
                                       "limit": 100})
            assert page["head"] == head, f"{room} went on from {head} to {page['head']}"
            assert reader.page(room, page), f"a page that does not fit before {screen.low}: {page}"
        return screen

    async def compare_screens(self):
        """Each screen reaches the head, and shows what the replay shows from its low on."""
        for client in self.crowd.clients:
            await self.crowd.until(
                lambda: f"{client.name} reaches every head",
                lambda: all(s.seq >= self.replay[room].seq
                            for room, s in client.screen.rooms.items()))
            for room, screen in client.screen.rooms.items():
                self._same(f"{client.name}'s {room} from {screen.low} on", screen.view(screen.low),
                           self.replay[room].view(screen.low))

    def _same(self, what, got, wanted):
        for difference in differences(got, wanted):
            self.note(f"{what}: {difference}")

    # ---- the database ----

    async def stop_and_open(self):
        await self.crowd.end()
        await asyncio.to_thread(self.crowd.program.stop)
        self.open_database()

    def open_database(self, writable=False):
        """writable: after a kill the WAL may have to be recovered first."""
        mode = "rw" if writable else "ro"
        self.database = sqlite3.connect(f"file:{self.crowd.program.database}?mode={mode}", uri=True)

    def close(self):
        self.database.close()

    def rows(self, sql):
        return self.database.execute(sql).fetchall()

    def has_tables(self):
        """Not when the program died before it had made them."""
        return self.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'events'") == [(1,)]

    def check_soundness(self):
        """What must be true of it whatever was said."""
        result = self.rows("PRAGMA integrity_check")
        if result != [("ok",)]:
            self.note(f"integrity_check: {result[:5]}")
        if not self.has_tables():
            return
        for room, count, first, last in self.rows(
                "SELECT room, count(*), min(seq), max(seq) FROM events GROUP BY room"):
            if first != 1 or last != count:
                self.note(f"room {room_id(room)}: {count} events from {first} to {last}")
        for cid, count in self.rows("SELECT hex(cid), count(*) FROM events WHERE cid IS NOT NULL"
                                    " GROUP BY cid HAVING count(*) > 1"):
            self.note(f"stored {count} times: {cid}")
        wrong = self.rows("SELECT c.room, c.seq, c.count FROM reaction_counts c WHERE c.count !="
                          " (SELECT count(*) FROM reactions r WHERE r.room = c.room AND"
                          " r.seq = c.seq AND r.emoji = c.emoji)")
        if wrong:
            self.note(f"counts of reactions: {wrong[:5]}")

    def check_database(self):
        """It is sound, and says what the screens say."""
        self.check_soundness()
        seen = self.crowd.log.rooms
        events = self.rows("SELECT room, seq, mid, kind, author, lower(hex(cid)), target, ts"
                           " FROM events ORDER BY room, seq")
        count = 0
        for room, seq, mid, kind, author, cid, target, ts in events:
            # A message has its number among the room's messages there, which is not shown.
            target = (None if KINDS[kind] == "message" else
                      person_id(target) if KINDS[kind] in OF_PERSON else target or None)
            row = (str(mid % (1 << 64)), KINDS[kind], person_id(author), cid or None, target, ts)
            shown = seen.get(room_id(room), {}).get(seq)
            count += 1
            if shown != row:
                self.note(f"{room_id(room)} {seq} is {row} on disk and was shown as {shown}")
        shown = sum(len(room) for room in seen.values())
        if shown != count:
            self.note(f"{shown} events were shown and {count} are on disk")
        self._check_views()

    def _check_marks(self):
        """Read marks that were acknowledged, and how many messages each covers."""
        for room, person, read, count in self.rows(
                "SELECT room, person, read, read_count FROM members"):
            who = self.crowd.people.get(person_id(person))
            told = who.read_marks.get(room_id(room), 0) if who else 0
            if read < told:
                self.note(f"{who.name} had read {room_id(room)} up to {told}, on disk to {read}")
            ((messages,),) = self.rows("SELECT count(*) FROM events WHERE kind = 2 AND"
                                       f" room = {room} AND seq <= {read}")
            if messages != count:
                self.note(f"a mark at {read} of {room_id(room)} covers {messages}, not {count}")

    def _check_views(self):
        self._check_marks()
        for room, screen in self.replay.items():
            self._same(f"{room} on disk against its replay", self._view(room), screen.view())
        # What the log says about who is in a room, and the table of members.
        for room, screen in self.replay.items():
            if room == "lobby":
                continue
            number = int(room, 16)
            members = {person_id(p) for p, in self.rows(
                f"SELECT person FROM members WHERE room = {number}")}
            folded = {person for person, (_, is_in) in screen.members.items() if is_in}
            if members != folded:
                self.note(f"members of {room} on disk: {members}, by its log: {folded}")

    def _view(self, room):
        """A room by the tables that follow from its log."""
        number = LOBBY if room == "lobby" else int(room, 16)
        messages = {}
        for seq, author, flags, body, text in self.rows(
                "SELECT e.seq, e.author, e.flags, e.body, t.body FROM events e"
                " LEFT JOIN revised r ON r.room = e.room AND r.seq = e.seq"
                f" LEFT JOIN texts t ON t.id = r.text WHERE e.kind = 2 AND e.room = {number}"):
            message = Message({"from": {"id": person_id(author)}})
            if flags & DELETED:
                message.deleted = True
                if body.strip(b"\0"):
                    self.note(f"{room} {seq} was deleted and its text is on disk")
            else:
                message.text = (body if text is None else text).decode()
                message.edited = text is not None
                if text is not None and body.strip(b"\0"):
                    self.note(f"{room} {seq} was edited and its first text is on disk")
            messages[seq] = message
        for seq, emoji, person in self.rows(
                f"SELECT seq, emoji, person FROM reactions WHERE room = {number}"):
            messages[seq].reactions.add((emoji.decode(), person_id(person)))
        for seq, in self.rows(f"SELECT seq FROM pins WHERE room = {number}"):
            messages[seq].pinned = True
        (topic,), = self.rows(f"SELECT topic FROM rooms WHERE id = {number}")
        replay = self.replay[room]
        return ({seq: m.view() for seq, m in messages.items()},
                (replay.topic[0], topic), replay.members)

    # ---- what was asked and answered ----

    def check_commands(self):
        """Each command that was acknowledged stands where its answer says, once, with what it said;
        each that was refused stands nowhere."""
        self._check_texts(self.check_acknowledged())

    def check_acknowledged(self):
        """The same without the texts, from the database alone. Returns what is stored by cid."""
        stored = {}
        for room, seq, mid, kind, author, cid in self.rows(
                "SELECT room, seq, mid, kind, author, lower(hex(cid)) FROM events"
                " WHERE cid IS NOT NULL") if self.has_tables() else ():
            stored.setdefault(cid, []).append(
                (room_id(room), seq, str(mid % (1 << 64)), KINDS[kind], person_id(author)))
        places = {}
        for cid, command in self.crowd.commands.items():
            found = stored.get(cid, [])
            if command.answer is None:
                self._check_unacknowledged(command, found)
            elif command.answer.get("changed") is False:
                if found:
                    self.note(f"answered as no change, but stored: {command.message} {found}")
            else:
                self._check_acknowledged(command, found, places)
        return stored

    def _check_unacknowledged(self, command, found):
        if not found:
            return
        error = command.error
        # It was kept, its answer was lost, and before it was sent again the person had left.
        if error and error["code"] == "no_room" and command.sent > 1:
            return
        if error or len(found) > 1:
            self.note(f"{command.message} was answered with {error} and is stored as {found}")

    def _check_acknowledged(self, command, found, places):
        answer, op = command.answer, command.message["op"]
        wanted = (answer["room"], answer["seq"], answer["mid"], OPS.get(op, op), command.person.id)
        if found != [wanted]:
            self.note(f"lost or changed: acknowledged {wanted}, stored {found}")
        other = places.setdefault((answer["room"], answer["seq"]), command)
        if other is not command:
            self.note(f"two commands got {answer['room']} {answer['seq']}: {command.message} and "
                      f"{other.message}")

    def _check_texts(self, stored):
        """Each message says what the last command about it said: by the commands alone."""
        said = {}
        for cid, places in stored.items():
            command = self.crowd.commands.get(cid)
            if command:
                room, seq = places[0][:2]
                said.setdefault(room, []).append((seq, command.message))
        for room, commands in said.items():
            texts = {}
            for seq, message in sorted(commands, key=lambda pair: pair[0]):
                if message["op"] == "post":
                    texts[seq] = message["text"]
                elif message["op"] == "edit":
                    texts[message["target"]] = message["text"]
                elif message["op"] == "delete":
                    texts[message["target"]] = None
            shown = self.replay[room].messages
            for seq, text in texts.items():
                if seq not in shown or shown[seq].text != text:
                    got = shown[seq].text if seq in shown else "nothing"
                    self.note(f"{room} {seq} says {got!r}, and was told {text!r}")

    # ---- visitors ----

    def check_visitors(self):
        """What a visitor saw is a piece of the lobby; what it said is there once at most, and
        surely when somebody saw it."""
        first = []
        for cid, body in self.rows("SELECT lower(hex(cid)), body FROM events WHERE kind = 2"
                                   f" AND room = {LOBBY} ORDER BY seq"):
            command = self.crowd.commands.get(cid)
            first.append(command.message["text"] if command else body.decode(errors="replace"))
        place = {text: n for n, text in enumerate(first)}
        if len(place) != len(first):
            self.note(f"of {len(first)} texts of the lobby only {len(place)} are different")
        for visitor in self.crowd.visitors:
            for sight in visitor.sights:
                if not sight:
                    continue
                begin = place.get(sight[0])
                if begin is None or first[begin:begin + len(sight)] != sight:
                    self.note(f"visitor {visitor.number} saw {sight[:3]}… ({len(sight)}), which is "
                              f"no piece of the lobby")
