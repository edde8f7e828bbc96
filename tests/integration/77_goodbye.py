#!/usr/bin/python3
"""SIGTERM: everything that was accepted is kept and acknowledged, and clients are told when to come back, not all at
once."""

import json
import signal
import threading

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, same_list, test
from lib.web import Ended, Web, back, new_cid, person
from lib.ws import CLOSE, PING, TEXT, frame, visitor


def to_the_end(client):
    """All frames up to the close frame, which must be 1001."""
    frames = []
    while True:
        got = client.recv_frame()
        if got.opcode == CLOSE:
            equal(got.code, 1001, "close code")
            client.close()
            return frames
        if got.opcode != PING:
            frames.append(json.loads(got.payload))


def take_all(client):
    """Reads all that the program sent before the end."""
    try:
        while True:
            client.take()
    except Ended:
        client.close()


@test("goodbye comes to each web client once, as the last thing, with times that differ")
def goodbye():
    with Hubbub("--drain-ms", "15000") as hub:
        clients = [person(hub.address) for _ in range(30)]
        guest = visitor(hub.address)
        hub.ask_to_stop()
        times = []
        for client in clients:
            last = to_the_end(client)[-1]
            equal((sorted(last), last["ev"]), (["ev", "retry_ms"], "goodbye"))
            times.append(last["retry_ms"])
        assert len(set(times)) > 20 and min(times) > 0 and max(times) <= 60000, times
        for got in to_the_end(guest):
            equal(sorted(got), ["body", "type"])


@test("a client that has not said hello is told, too")
def strangers():
    with Hubbub("--drain-ms", "15000") as hub:
        client = Web(hub.address)
        hub.ask_to_stop()
        equal([f["ev"] for f in to_the_end(client)], ["goodbye"])


def flood(client, number, count):
    """Sends many commands of all kinds without waiting for any reply."""
    data = b""
    for i in range(count):
        command = {"id": f"{number}.{i}", "room": "lobby", "cid": new_cid(), "op": "post",
                   "text": f"{number}.{i}"}
        if i % 5 == 4:
            command.update(op="topic", text=f"topic {number}.{i}")
        data += frame(TEXT, json.dumps(command))
    client.send(data)


@each("in flight with --workers {0}: what was answered is kept, and what was kept was told", ["1", "2"])
def in_flight(workers):
    with Hubbub("--workers", workers, "--drain-ms", "15000") as hub:
        senders = [person(hub.address) for _ in range(4)]
        onlooker = person(hub.address)
        frames = {}

        def read(client, name):
            frames[name] = to_the_end(client)
        readers = [threading.Thread(target=read, args=(c, i)) for i, c in enumerate(senders)]
        readers.append(threading.Thread(target=read, args=(onlooker, "onlooker")))
        for i, client in enumerate(senders):
            flood(client, i, 400)
        for thread in readers:
            thread.start()
        hub.wait_metric("hubbub_messages_received_total", lambda n: n >= 100)
        hub.ask_to_stop()
        for thread in readers:
            thread.join(20)
            assert not thread.is_alive(), "a client was not closed"
        hub.restart()
        with back(hub.address, onlooker, {"lobby": {"seq": 0}}) as again:
            check(again.kept(), frames, len(senders))


def check(log, frames, senders):
    by_cid = {e["cid"]: e for e in log}
    same_list([e["seq"] for e in log], list(range(1, len(log) + 1)), "seq")
    equal(len(by_cid), len(log))
    told = [f for f in frames["onlooker"] if "seq" in f and "ev" in f]
    same_list([e["seq"] for e in told], [e["seq"] for e in log], "what the onlooker was told")
    answered = 0
    for number in range(senders):
        replies = {f["re"]: f for f in frames[number] if "re" in f}
        own = [f for f in frames[number] if f.get("ev") in ("message", "topic")]
        same_list([e["seq"] for e in own], [e["seq"] for e in log], "what a sender was told")
        for command, reply in replies.items():
            assert reply.get("ok"), reply
            text = log[reply["seq"] - 1]["text"]
            assert text in (command, f"topic {command}"), (text, reply)
        answered += len(replies)
        # One who lags is told before it has had what waits for it.
        equal(len([f for f in frames[number] if f.get("ev") == "goodbye"]), 1)
    equal(answered, len(log), "answers and events")


@test("a client that is being fed from the store is told 1001 and goes on where it was")
def fed():
    with Hubbub("--ring-bytes", "65536", "--drain-ms", "2000") as hub:
        slow, loud = person(hub.address, rcvbuf=4096), person(hub.address)
        for i in range(200):
            loud.post(f"{i} ".ljust(20000, "x"))
        hub.wait_metric("hubbub_members_behind", lambda n: n == 1)
        hub.restart()
        take_all(slow)
        seen = [e["seq"] for e in slow.kept()]
        same_list(seen, list(range(1, len(seen) + 1)))
        with back(hub.address, slow) as again:
            same_list([e["seq"] for e in again.until(200).kept()], list(range(len(seen) + 1, 201)))


@test("clients that come back at once after goodbye find everything")
def resume():
    with Hubbub("--drain-ms", "15000") as hub:
        clients = [person(hub.address) for _ in range(10)]
        for client in clients:
            client.start("post", room="lobby", cid=new_cid(), text=client.me()["id"])
        hub.ask_to_stop(signal.SIGINT)
        for client in clients:
            take_all(client)
        hub.restart()
        again = [back(hub.address, client) for client in clients]
        heads = {client.room()["head"] for client in again}
        equal(len(heads), 1)
        for old, new in zip(clients, again):
            same_list([e["seq"] for e in old.kept() + new.kept()], list(range(1, heads.copy().pop() + 1)))
            new.close()


run()
