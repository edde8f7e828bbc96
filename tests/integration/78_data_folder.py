#!/usr/bin/python3
"""The data directory: one program at a time, no older program than its data, nothing made up when something is wrong."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile

from lib.hubbub import BIN, Hubbub, REPORTS, clean_environment, free_port, run_once
from lib.tap import each, equal, eventually, run, test
from lib.web import Web, back, new_cid, person
from lib.ws import visitor


def refused(data, *named):
    """A program on this directory ends at once, with one line that names all this."""
    code, out, err = run_once("--listen", f"127.0.0.1:{free_port()}", "--data", data)
    equal((code, out, err.count("\n")), (1, "", 1), err)
    for word in named:
        assert word in err, err


class Folder:
    """The data directory of a program that has ended, with one message in it."""

    def __enter__(self):
        self.hub = Hubbub()
        with person(self.hub.address, "Ann") as self.ann:
            self.ann.post("one")
            self.ann.until(1)
        self.hub.stop()
        self.path = self.hub.data
        self.database = os.path.join(self.path, "hubbub.db")
        return self

    def __exit__(self, *_):
        self.hub.kill()
        shutil.rmtree(self.hub.folder, ignore_errors=True)


def database(path, sql):
    with sqlite3.connect(path) as connection:
        connection.execute(sql)
    connection.close()


def form_of(path):
    with sqlite3.connect(path) as connection:
        form, = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return form


@test("a database of a newer Hubbub is refused, and stays as it is")
def newer():
    with Folder() as folder:
        form = form_of(folder.database)
        assert form > 0, form
        database(folder.database, f"PRAGMA user_version = {form + 1}")
        with open(folder.database, "rb") as file:
            before = file.read()
        refused(folder.path, "hubbub.db", "newer", str(form + 1))
        with open(folder.database, "rb") as file:
            equal(file.read() == before, True)
        database(folder.database, f"PRAGMA user_version = {form}")
        folder.hub.start()
        with back(folder.hub.address, folder.ann, {"lobby": {"seq": 0}}) as again:
            equal([e["text"] for e in again.kept()], ["one"])
        folder.hub.stop()


@test("a database from before a community had a name gets to know of it")
def before_names():
    with Folder() as folder:
        form = form_of(folder.database)
        database(folder.database, "DELETE FROM meta WHERE key = 'name'")
        database(folder.database, "PRAGMA user_version = 4")
        folder.hub.start()
        with back(folder.hub.address, folder.ann, {"lobby": {"seq": 0}}) as again:
            equal([e["text"] for e in again.kept()], ["one"])
            equal(again.hello["server"]["name"], "")
        folder.hub.stop()
        equal(form_of(folder.database), form)


@test("a database of something else is refused, and stays as it is")
def foreign():
    with tempfile.TemporaryDirectory() as path:
        database(os.path.join(path, "hubbub.db"), "CREATE TABLE mine (x)")
        refused(path, "hubbub.db")
        with sqlite3.connect(os.path.join(path, "hubbub.db")) as connection:
            equal(connection.execute("SELECT name FROM sqlite_master").fetchall(), [("mine",)])
        connection.close()


@each("a file that is no database is refused: {0}",
      [("text", b"these are my notes\n" * 1000), ("zeros", bytes(8192)),
       ("half a page", b"SQLite format 3\0" + bytes(500))])
def no_database(_name, data):
    with tempfile.TemporaryDirectory() as path:
        with open(os.path.join(path, "hubbub.db"), "wb") as file:
            file.write(data)
        refused(path, "hubbub.db")
        with open(os.path.join(path, "hubbub.db"), "rb") as file:
            equal(file.read() == data, True)


@test("a directory in the database's place is refused")
def directory():
    with tempfile.TemporaryDirectory() as path:
        os.mkdir(os.path.join(path, "hubbub.db"))
        refused(path, "hubbub.db")


@test("a second program on the same directory is refused, and the first one goes on")
def second():
    with Hubbub() as hub, person(hub.address) as ann:
        ann.post("one")
        for _ in range(3):
            refused(hub.data, hub.data)
        equal(ann.post("two")["seq"], 2)
        hub.restart(signal.SIGKILL)
        refused(hub.data, hub.data)
        with back(hub.address, ann) as again:
            equal(again.post("three")["seq"], 3)


@test("after a kill the lock is free; two that start at once do not both get it")
def race():
    with Hubbub() as hub:
        hub.kill()
        for _ in range(5):
            both = [subprocess.Popen([BIN, "--data", hub.data, "--listen", "127.0.0.1:0"],
                                     env=clean_environment(), stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    for _ in range(2)]
            eventually("one gives up", lambda: any(p.poll() is not None for p in both))
            loser = next(p for p in both if p.poll() is not None)
            winner = both[1 - both.index(loser)]
            assert winner.stdout.readline().startswith(b"Hubbub "), "the other one did not start"
            winner.terminate()
            code, _out, err = winner.wait(20), winner.stdout.read(), winner.stderr.read().decode()
            equal(code, 0, err)
            assert not REPORTS.search(err), err
            err = loser.stderr.read().decode()
            equal((loser.returncode, err.count("\n")), (1, 1), err)
            for process in both:
                process.stdout.close()
                process.stderr.close()
        hub.start()


@test("an unclean stop is noted, and the database checked once")
def unclean():
    with Hubbub() as hub:
        hub.restart(signal.SIGKILL)
        eventually("checked", lambda: "the database is sound" in hub.stderr())
        hub.restart()
        equal("checking" in hub.stderr(), False)


@test("what was acknowledged is there after a kill right behind the acknowledgement")
def acknowledged():
    with Hubbub() as hub:
        ann = person(hub.address)
        for i in range(8):
            equal(ann.post(f"{i}")["seq"], i + 1)
            hub.restart(signal.SIGKILL)
            ann = back(hub.address, ann, {"lobby": {"seq": 0}})
            equal([e["text"] for e in ann.kept()], [f"{j}" for j in range(i + 1)])


@test("a directory that was put back to an earlier state: said aloud, and found out by the clients' cursors")
def restored():
    with Hubbub() as hub:
        with person(hub.address) as ann:
            ann.post("one")
            ann.until(1)
            old = ann.cursors["lobby"]
        hub.stop()
        backup = os.path.join(hub.folder, "backup")
        shutil.copytree(hub.data, backup)
        hub.kill()
        hub.start()
        with back(hub.address, ann) as bob:
            bob.post("two")
            bob.post("three")
            bob.until(3)
        hub.stop()
        hub.kill()
        with open(os.path.join(hub.data, "hubbub.tail"), "rb") as file:
            tail = file.read()
        shutil.rmtree(hub.data)
        shutil.copytree(backup, hub.data)
        with open(os.path.join(hub.data, "hubbub.tail"), "wb") as file:
            file.write(tail)
        hub.start()
        assert "lost" in hub.stderr(), hub.stderr()
        with back(hub.address, bob) as again, back(hub.address, ann, {"lobby": old}) as fine:
            equal([r["reason"] for r in again.resets], ["diverged"])
            equal(fine.resets, [])
            equal(again.post("another two")["seq"], 2)
            again.post("another three")
        with back(hub.address, bob) as again:
            equal([r["reason"] for r in again.resets], ["diverged"], "the same seq, another mid")


@test("--store memory keeps nothing over a restart; the clients' cursors find it out")
def memory():
    with Hubbub("--store", "memory") as hub:
        with person(hub.address, "Ann") as ann:
            ann.post("one")
            ann.until(1)
        hub.restart()
        with back(hub.address, ann) as again:
            equal([r["reason"] for r in again.resets], ["diverged"])
            equal(again.post("new one")["seq"], 1)


@test("below --disk-reserve nothing is taken, which is said; all else goes on, and it is taken again afterwards")
def reserve():
    with Hubbub() as hub:
        ann, bob = person(hub.address, "Ann"), person(hub.address, "Bob")
        ann.post("before")
        hub.flags = ("--disk-reserve", str(1 << 40), "--away-ms", "0")
        hub.restart()
        with back(hub.address, ann, {"lobby": {"seq": 0}}) as one, back(hub.address, bob) as two:
            equal([e["text"] for e in one.kept()], ["before"])
            cid = new_cid()
            for op, fields in (("post", {"text": "x"}), ("topic", {"text": "x"}),
                               ("react", {"target": 1, "emoji": "x"}), ("delete", {"target": 1})):
                error = one.error(op, room="lobby", cid=cid, **fields)
                equal(error["code"], "disk_full", op)
                assert error["retry_ms"] > 0, error
            equal(one.error("create", cid=cid, name="Garden", kind="public")["code"], "disk_full")
            equal(one.error("rename", name="Anna")["code"], "disk_full")
            with Web(hub.address) as stranger:
                equal(stranger.error("hello")["code"], "disk_full")
            equal([e["text"] for e in one.history()["events"]], ["before"])
            equal(one.ask("typing", room="lobby")["ok"], True)
            equal(two.event("typing")["from"], one.me())
            equal(two.ask("active", active=False)["ok"], True)
            equal(one.event("presence", state="idle")["from"], two.me())
            two.close()
            equal(one.event("presence", state="offline")["from"], bob.me())
            with visitor(hub.address) as guest:
                guest.text("nobody hears this")
                equal(one.here()["visitors"], 1)
            equal(one.kept(), one.kept()[:1])
        hub.flags = ()
        hub.restart()
        with back(hub.address, ann, {"lobby": {"seq": 0}}) as again:
            equal(again.do("post", cid=cid, text="x")["seq"], 2)
            equal([e["text"] for e in again.until(2).kept()], ["before", "x"])


run()
