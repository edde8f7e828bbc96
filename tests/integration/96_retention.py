#!/usr/bin/python3
"""A room that forgets: what is older than its retention is erased by itself, in every byte, and nobody takes the gap for the whole."""

import os
import sqlite3

from lib.hubbub import Hubbub
from lib.tap import equal, eventually, run, test
from lib.web import back, person

DAY_MS = 24 * 3600 * 1000
FLAGS = ("--guests-may", "all")


def grow_older(hub, room_name, days):
    """Everything that is in this room happened so long before it did. The program is stopped."""
    with sqlite3.connect(os.path.join(hub.data, "hubbub.db")) as connection:
        connection.execute("UPDATE events SET ts = ts - ? WHERE room = (SELECT id FROM rooms WHERE name = ?)",
                           (days * DAY_MS, room_name))
    connection.close()


def is_in_a_file(hub, text):
    for name in os.listdir(hub.data):
        path = os.path.join(hub.data, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                if text.encode() in file.read():
                    return True
    return False


@test("what is too old goes, and what is young stays; who has missed it is told that the room begins later")
def forgets():
    with Hubbub(*FLAGS) as hub:
        with person(hub.address, "Ann") as ann:
            room = ann.create("Garden")
            ann.do("settings", room=room, retention_days=3)
            ann.do("post", room=room, text="an old word of the garden")
            ann.do("post", text="a word of the lobby")
        hub.stop()
        grow_older(hub, "Garden", 4)
        equal(is_in_a_file(hub, "an old word of the garden"), True)
        hub.start()
        with back(hub.address, ann) as again:
            young = again.do("post", room=room, text="a young word")["seq"]

            def is_forgotten():
                events = again.history(room=room, limit=50)["events"]
                return [e.get("text") for e in events if e["ev"] == "message"] == ["a young word"]

            eventually("what is old is shown no more", is_forgotten)
            eventually("what is old is in no file", lambda: not is_in_a_file(hub, "an old word of the garden"))
            equal(is_in_a_file(hub, "a word of the lobby"), True)
        with back(hub.address, ann, {room: {"seq": 1}}) as late:
            reset = late.event("reset")
            equal((reset["room"], reset["head"], reset["reason"]), (room, young, "truncated"))
            equal(late.room(room)["unread"], 0)


run()
