#!/usr/bin/python3
"""Backup, verify and export: beside a running server and on data that nobody has open."""

import contextlib
import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import threading

from lib import files
from lib.hubbub import Hubbub, run_once
from lib.tap import each, equal, run, test
from lib.web import new_cid, person

BLOB = b"the bytes of a file"
HASH = hashlib.sha256(BLOB).hexdigest()


def path_of(data, digest=HASH):
    return os.path.join(data, "files", digest[:2], digest[2:])


def database(data, *statements):
    """Runs SQL on data that nobody has open."""
    with contextlib.closing(sqlite3.connect(os.path.join(data, "hubbub.db"))) as connection:
        with connection:
            for sql in statements:
                connection.execute(sql)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rows(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def talk(hub):
    """Something of everything, as far as a guest can."""
    with person(hub.address, "Ann") as ann, person(hub.address, "Bob") as bob:
        seqs = [ann.do("post", text=f"message {i}")["seq"] for i in range(5)]
        bob.do("react", target=seqs[0], emoji="👍")
        ann.do("react", target=seqs[0], emoji="👍")
        bob.do("react", target=seqs[1], emoji="🙂")
        bob.do("unreact", target=seqs[1], emoji="🙂")
        ann.do("edit", target=seqs[1], text="edited")
        ann.do("edit", target=seqs[1], text="edited again")
        ann.do("react", target=seqs[2], emoji="👍")
        ann.do("delete", target=seqs[2])
        ann.do("pin", target=seqs[3])
        ann.do("pin", target=seqs[4])
        ann.do("unpin", target=seqs[4])
        bob.do("post", text="@Ann, an answer", reply_to=seqs[0])
        ann.do("topic", text="a topic")
        room = ann.create("A room")
        bob.join(room)
        bob.do("post", room=room, text="elsewhere")
        bob.ask("read", room="lobby", seq=seqs[3])
    with contextlib.closing(files.Person(hub, "Cid")) as cid:
        cid.post(cid.sent(BLOB, name="notes.txt", kind="text/plain"), text="with a file")
    return room


class Data:
    """A data directory of which much is used, and nobody has open."""

    def __init__(self):
        self.hub = Hubbub("--guests-may", "all")
        self.room = talk(self.hub)
        self.hub.stop()
        self.path = self.hub.data

    def close(self):
        self.hub.kill()
        shutil.rmtree(self.hub.folder, ignore_errors=True)


@contextlib.contextmanager
def spoken(count):
    """The data of a room in which so much was said that some of it is in the search's index."""
    hub = Hubbub("--guests-may", "all")
    hub.sound = False    # whoever gets it spoils it
    with hub:
        with person(hub.address, "Ann") as ann:
            cids = [ann.start("post", room="lobby", cid=new_cid(), text=f"word{i} and {i * 7}")
                    for i in range(count)]
            for cid in cids:
                assert ann.reply(cid).get("ok")
        hub.stop()
        yield hub.data


DATA = []


@contextlib.contextmanager
def copy():
    """A copy of that directory, to be spoiled."""
    if not DATA:
        DATA.append(Data())
    with tempfile.TemporaryDirectory(prefix="hubbub-") as folder:
        yield shutil.copytree(DATA[0].path, os.path.join(folder, "data"))


def verify(data):
    code, out, err = run_once("verify", "--data", data)
    equal(err, "")
    lines = out.splitlines()
    assert lines, out
    return code, lines[:-1], lines[-1]


def sound(data):
    code, lines, last = verify(data)
    equal((code, lines), (0, []))
    assert last.endswith("all is well"), last
    return last


# ---- verify ----

@test("verify: sound data has no findings")
def nothing_wrong():
    with copy() as data:
        last = sound(data)
        assert last.startswith("2 rooms, ") and "1 files" in last, last


DAMAGE = [
    ("a gap", "DELETE FROM events WHERE room = 1 AND seq = 4", "room lobby, event 5:"),
    ("a log without a beginning", "DELETE FROM events WHERE room = 1 AND seq < 3",
     "begins with it"),
    ("that nothing keeps ids apart", "DROP INDEX events_by_cid",
     "the index events_by_cid is missing"),
    ("a wrong number of a message", "UPDATE events SET target = 9 WHERE room = 1 AND seq = 2",
     "room lobby, event 2: it is message 2 of its room, and says 9"),
    ("a change of nothing", "UPDATE events SET target = 99 WHERE kind = 9 OR kind = 7",
     "refers to 99"),
    ("an answer to nothing", "UPDATE events SET reply_to = 99 WHERE reply_to > 0", "answers 99"),
    ("a deletion not carried out", "UPDATE events SET flags = flags & ~2 WHERE flags & 2",
     "deletes it, and it is there"),
    ("a text not erased", "UPDATE events SET body = x'61' WHERE flags & 2", "should be erased"),
    ("a first text not erased", "UPDATE events SET body = x'61' WHERE flags & 4",
     "should be erased"),
    ("an edited text that is gone", "DELETE FROM texts WHERE id IN (SELECT text FROM revised)", "its text is missing"),
    ("an edit not carried out", "UPDATE events SET flags = flags & ~4 WHERE flags & 4",
     "has its first text"),
    ("a text of no edit", "INSERT INTO revised(room, seq, text, ts) VALUES(1, 1, 1, 1)",
     "was not edited"),
    ("a missing reaction", "DELETE FROM reactions WHERE seq = 1",
     "is in the log, and missing"),
    ("a made up reaction", "INSERT INTO reactions VALUES(1, 4, x'61', 5)", "is not in the log"),
    ("a wrong count of reactions", "UPDATE reaction_counts SET count = 7", "counts 7"),
    ("reactions not counted", "DELETE FROM reaction_counts", "does not count them"),
    ("a made up pin", "INSERT INTO pins VALUES(1, 1)", "the log does not say so"),
    ("a pin of nothing", "INSERT INTO pins VALUES(1, 999)", "is no message or gone"),
    ("a missing pin", "DELETE FROM pins", "it is not pinned"),
    ("a mention of nobody", "UPDATE mentions SET person = 99", "who does not exist"),
    ("a mention in nothing", "INSERT INTO mentions(room, seq, person) VALUES(1, 1, 1)",
     "noted to mean"),
    ("a seat of nobody", "INSERT INTO members(person, room) VALUES(99, 1)",
     "person 0000000000000063 is in it, and does not exist"),
    ("a seat nowhere", "INSERT INTO members(person, room) SELECT id, 99 FROM people WHERE id <> 1",
     "is in room 000000000063, which does not exist"),
    ("a read mark beyond the head", "UPDATE members SET read = 999", "has read up to 999"),
    ("a count of what was read beyond all", "UPDATE members SET read_count = 999",
     "has read 999 messages"),
    ("a session of nobody", "UPDATE sessions SET person = 99", "has a session"),
    ("a message whose file is gone", "DELETE FROM files", "it has files, and none is there"),
    ("a file of no message", "UPDATE files SET seq = 3", "it is no such message"),
    ("a file without a name", "DELETE FROM texts WHERE id = (SELECT name FROM files)", "its name is missing"),
    ("a block of the search without its rows",
     "INSERT INTO search_blocks VALUES(0, 1, 1, 1, x'00')", "rows of it are missing"),
]


@each("verify finds {0}", DAMAGE)
def finds(_what, sql, wanted):
    with copy() as data:
        database(data, sql)
        code, lines, last = verify(data)
        equal(code, 1)
        assert any(wanted in line for line in lines), (lines, last)
        assert last.endswith(f"{len(lines)} findings"), last


@test("verify says of many findings of one kind the first hundred and how many more")
def many():
    with copy() as data:
        database(data, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 150)"
                 " INSERT INTO pins SELECT 1, 1000 + i FROM n")
        _code, lines, last = verify(data)
        assert "and 50 more of the same kind" in lines, lines[-3:]
        assert last.endswith(" 300 findings"), last    # no message, and not in the log


@test("verify finds damaged pages")
def damaged():
    with copy() as data:
        path = os.path.join(data, "hubbub.db")
        root, = rows(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'events_by_seq'")[0]
        size, = rows(path, "PRAGMA page_size")[0]
        with open(path, "r+b") as file:
            file.seek((root - 1) * size + 8)
            file.write(b"\xff" * 64)
        code, lines, _last = verify(data)
        equal(code, 1)
        assert lines, "nothing was found"


@each("verify finds a file that is {0}",
      [("missing", None, "missing"), ("shorter", BLOB[:-1], "another size"),
       ("changed", BLOB[:-1] + b"!", "have changed")])
def file_damage(_what, content, wanted):
    with copy() as data:
        os.unlink(path_of(data))
        if content is not None:
            with open(path_of(data), "wb") as file:
                file.write(content)
        code, lines, _last = verify(data)
        equal((code, len(lines)), (1, 1))
        assert HASH in lines[0] and wanted in lines[0], lines


@test("verify finds a file that nobody refers to, unless it is on its way")
def unknown_file():
    with copy() as data:
        other = hashlib.sha256(b"other").hexdigest()
        os.makedirs(os.path.dirname(path_of(data, other)), exist_ok=True)
        with open(path_of(data, other), "wb") as file:
            file.write(b"other")
        code, lines, _last = verify(data)
        equal((code, len(lines)), (1, 1))
        assert other in lines[0] and "nobody refers" in lines[0], lines
        os.makedirs(os.path.join(data, "files", "tmp"), exist_ok=True)
        with open(os.path.join(data, "files", "tmp", other), "wb"):
            pass
        sound(data)


@each("{0} without data: one line, and exit 1", ["verify", "export", "backup"])
def no_data(command):
    with tempfile.TemporaryDirectory(prefix="hubbub-") as folder:
        words = [os.path.join(folder, "copy")] if command == "backup" else []
        code, out, err = run_once(command, *words, "--data", folder)
        equal((code, out, err.count("\n")), (1, "", 1), err)
        assert err.startswith(f"hubbub {command}: ") and folder in err, err
        equal(os.listdir(folder), [])


@test("data of another form is left alone")
def other_form():
    with copy() as data:
        form, = rows(os.path.join(data, "hubbub.db"), "PRAGMA user_version")[0]
        database(data, f"PRAGMA user_version = {form - 1}")
        code, _out, err = run_once("verify", "--data", data)
        equal(code, 1)
        assert "start the server once" in err, err


@test("verify finds a search's index that does not know a text, and one that still knows it")
def search_index():
    with spoken(1100) as data:
        assert rows(os.path.join(data, "hubbub.db"), "SELECT count(*) FROM search_blocks")[0][0] > 0
        sound(data)
        database(data, "UPDATE search_slices SET bits = zeroblob(3968) WHERE id = 1")
        code, lines, _last = verify(data)
        equal((code, len(lines)), (1, 1))
        assert re.fullmatch(r"search: block 0: \d+ messages are not in it as they are now",
                            lines[0]), lines
        database(data, "UPDATE events SET body = CAST('changed ' || seq AS BLOB) WHERE seq = 7",
                 "DELETE FROM search_slices WHERE id = 3")
        equal(verify(data)[1], ["search: block 0: rows of it are missing"])
        database(data, "UPDATE search_blocks SET rooms = x'00'")
        assert "not of the rooms" in verify(data)[1][-1]


# ---- backup ----

def back_up(data, target, *flags):
    code, out, err = run_once("backup", "--data", data, target, *flags)
    equal((code, err), (0, ""), out)
    return out


@test("backup to a directory has the database and the files, and is a data directory")
def to_directory():
    with copy() as data:
        target = os.path.join(os.path.dirname(data), "backup")
        assert "1 linked" in back_up(data, target + "/")
        equal(sorted(os.listdir(target)), ["files", "hubbub.db"])
        equal(os.stat(os.path.join(target, "hubbub.db")).st_mode & 0o777, 0o600)
        with open(path_of(target), "rb") as file:
            equal(file.read(), BLOB)
        sound(target)
        # Again: what is there stays, and what was deleted goes.
        assert "1 were there" in back_up(data, target)
        database(data, "DELETE FROM files", "UPDATE events SET flags = flags & ~16")
        assert "1 old ones deleted" in back_up(data, target)
        assert not os.path.exists(path_of(target))
        assert not glob.glob(os.path.join(target, "*.tmp"))


@test("backup to a file has the database, and says that files are not in it")
def to_file():
    with copy() as data:
        target = os.path.join(os.path.dirname(data), "copy.db")
        assert "1 files are not in it" in back_up(data, target)
        equal(rows(target, "PRAGMA integrity_check"), [("ok",)])
        assert not os.path.exists(target + ".tmp")


@test("a data directory is no place for a backup")
def not_there():
    with copy() as data:
        with open(os.path.join(data, "hubbub.db"), "rb") as file:
            before = file.read()
        for target in (data, data + "/", os.path.join(data, "hubbub.db"),
                       os.path.join(data, "x.db")):
            code, _out, err = run_once("backup", "--data", data, target)
            equal((code, err.count("\n")), (1, 1), err)
            assert "data directory of Hubbub" in err, err
        with open(os.path.join(data, "hubbub.db"), "rb") as file:
            equal(file.read(), before)


@test("a backup that fails leaves the one before as it is")
def fails():
    with copy() as data:
        target = os.path.join(os.path.dirname(data), "backup")
        back_up(data, target + "/")
        with open(os.path.join(target, "hubbub.db"), "rb") as file:
            before = file.read()
        os.unlink(path_of(data))
        os.unlink(path_of(target))
        code, _out, err = run_once("backup", "--data", data, target)
        equal((code, err.count("\n")), (1, 1), err)
        with open(os.path.join(target, "hubbub.db"), "rb") as file:
            equal(file.read(), before)
        assert not glob.glob(os.path.join(target, "*.tmp"))


@test("backups and checks beside a server that is written to all the time")
def beside():
    with Hubbub("--guests-may", "all") as hub, tempfile.TemporaryDirectory() as folder:
        stop = threading.Event()
        kept = []

        def write():
            with person(hub.address, "Writer") as writer:
                while not stop.is_set():
                    seq = writer.do("post", text="x" * 500)["seq"]
                    if len(kept) % 3 == 0:
                        writer.do("edit", target=seq, text="edited")
                    kept.append(seq)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            for number in range(4):
                before = kept[-1] if kept else 0
                target = os.path.join(folder, f"{number}.db")
                back_up(hub.data, target)
                head, = rows(target, "SELECT coalesce(max(seq), 0) FROM events WHERE room = 1")[0]
                assert head >= before, (head, before)
                sound(hub.data)
        finally:
            stop.set()
            thread.join()
        assert len(kept) > 10, kept
        with tempfile.TemporaryDirectory() as data:
            shutil.copy(os.path.join(folder, "3.db"), os.path.join(data, "hubbub.db"))
            sound(data)


@test("a backup is put back: who had seen less goes on, who had seen more starts anew")
def restored():
    hub = Hubbub("--guests-may", "all")
    with hub, tempfile.TemporaryDirectory() as folder:
        ann = person(hub.address, "Ann")
        first = ann.do("post", text="before")
        ann.until(first["seq"])
        early = {"lobby": {"seq": first["seq"], "mid": first["mid"]}}
        second = ann.do("post", text="before, too")
        back_up(hub.data, folder)
        third = ann.do("post", text="after")
        late = {"lobby": {"seq": third["seq"], "mid": third["mid"]}}
        ann.close()
        hub.stop()
        for name in glob.glob(os.path.join(hub.data, "hubbub.db*")):
            os.unlink(name)
        shutil.copy(os.path.join(folder, "hubbub.db"), hub.data)
        hub.start()
        assert "has lost its newest events" in hub.stderr(), hub.stderr()
        with person(hub.address, "Bob", cursors=early) as bob:
            equal([e["seq"] for e in bob.kept()], [second["seq"]])
            again = bob.do("post", text="new")
            equal(again["seq"], third["seq"])
        with person(hub.address, "Cid", cursors=late) as cid:
            equal([r["reason"] for r in cid.resets], ["diverged"])


# ---- export ----

def exported(data, *flags):
    code, out, err = run_once("export", "--data", data, *flags)
    equal((code, err), (0, ""))
    return [json.loads(line) for line in out.splitlines()]


@test("export has everything, once, and no secrets")
def everything():
    with copy() as data:
        things = exported(data)
        equal((things[0]["ev"], things[0]["format"]), ("export", 1))
        kinds = [t["ev"] for t in things]
        equal(kinds.count("room"), 2)
        people = {t["name"]: t for t in things if t["ev"] == "person"}
        equal(sorted(people), ["Ann", "Bob", "Cid", "Console"])
        equal(sorted(people["Ann"]), ["created", "display", "ev", "id", "name", "role", "seen"])
        file, = [t for t in things if t["ev"] == "file"]
        equal((file["sha256"], file["name"], file["bytes"]), (HASH, "notes.txt", len(BLOB)))
        lobby = [t for t in things if t.get("room") == "lobby" and "mid" in t]
        equal([t["seq"] for t in lobby], list(range(1, len(lobby) + 1)))
        texts = [t.get("text") for t in lobby if t["ev"] == "message"]
        assert "edited again" in texts and "message 1" not in texts, texts
        assert "message 2" not in texts, texts
        room, = exported(data, "--room", DATA[0].room)[1:2]
        equal((room["ev"], room["id"]), ("room", DATA[0].room))


@test("export of one room has nothing of others; of none: one line")
def one_room():
    with copy() as data:
        things = exported(data, "--room", DATA[0].room)
        equal({t["room"] for t in things if "room" in t}, {DATA[0].room})
        for room, wanted in (("0123456789ab", 1), ("x", 2)):
            code, out, err = run_once("export", "--data", data, "--room", room)
            equal((code, out, err.count("\n")), (wanted, "", 1), err)


@test("the data is cleared away")
def clear():
    DATA[0].close()


run()
