#!/usr/bin/python3
"""Stopping with messages in flight: whatever was acknowledged was told to everybody, in order,
before 1001."""

import json
import threading

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, same_list, test
from lib.web import new_cid, person
from lib.ws import CLOSE, PING, TEXT, frame, visitor

WINDOW = 20


class Sender:
    """Keeps a window of posts on their way until the end."""

    def __init__(self, client, number):
        self.client, self.number, self.count = client, number, 0

    def post(self):
        name = f"{self.number}.{self.count}"
        self.count += 1
        command = {"op": "post", "id": name, "room": "lobby", "cid": new_cid(), "text": name}
        try:
            self.client.send(frame(TEXT, json.dumps(command)))
        except OSError:
            pass    # the server has closed; what came before is still read

    def heard(self, thing):
        if thing.get("ok"):
            self.post()


def drain(client, frames, sender=None):
    """Reads frames until the close frame, whose code comes last."""
    for _ in range(WINDOW if sender else 0):
        sender.post()
    while True:
        got = client.recv_frame()
        if got.opcode == CLOSE:
            frames.append(got.code)
            client.close()
            return
        if got.opcode != PING:
            frames.append(json.loads(got.payload))
            if sender:
                sender.heard(frames[-1])


def acknowledged(frames):
    """seq by text: ids and texts are the same here."""
    return {f["re"]: f["seq"] for f in frames[:-1] if f.get("ok")}


@each("with --workers {0}", ["1", "2", "4"])
def in_flight(workers):
    with Hubbub("--workers", workers, "--drain-ms", "15000") as hub:
        senders = [person(hub.address) for _ in range(3)]
        onlookers = [person(hub.address), visitor(hub.address)]
        frames, readers = [], []
        for i, client in enumerate(senders + onlookers):
            frames.append([])
            sender = Sender(client, i) if client in senders else None
            readers.append(threading.Thread(target=drain, args=(client, frames[i], sender)))
        for thread in readers:
            thread.start()
        hub.wait_metric("hubbub_messages_received_total", lambda n: n > 1000)
        hub.ask_to_stop()
        for thread in readers:
            thread.join(20)
            assert not thread.is_alive(), "a client was not closed"
        check(frames, len(senders))


@test("a reader that is behind is still given what was said before the stop")
def behind():
    with Hubbub("--drain-ms", "15000", "--ring-bytes", "4194304") as hub:
        slow, loud = person(hub.address, rcvbuf=4096), person(hub.address)
        texts = [f"{i} " + "x" * 20000 for i in range(100)]
        for text in texts:
            loud.post(text)
        hub.wait_metric("hubbub_members_lagging", lambda n: n == 1)
        hub.ask_to_stop()
        loud.expect_close(1001)
        frames = []
        drain(slow, frames)
        same_list([f["text"] for f in frames[:-1] if f["ev"] == "message"], texts)
        equal(frames[-1], 1001, "close code")


def check(frames, senders_count):
    for i, received in enumerate(frames):
        equal(received[-1], 1001, "close code")
        goodbyes = [f for f in received[:-1] if f.get("ev") == "goodbye"]
        equal(len(goodbyes), 0 if i == senders_count + 1 else 1, "goodbyes, which visitors do not get")
        assert all(f["retry_ms"] > 0 for f in goodbyes), goodbyes
    heard = [f for f in frames[senders_count][:-1] if f.get("ev") == "message"]
    by_seq = {f["seq"]: f["text"] for f in heard}
    same_list([f["seq"] for f in heard], list(range(1, len(heard) + 1)), "seq")
    bodies = [f["body"] for f in frames[senders_count + 1][:-1] if "." in f["body"][:3]]
    texts = [f["text"] for f in heard]
    same_list(bodies, texts, "what the visitor heard")
    for i in range(senders_count):
        acks = acknowledged(frames[i])
        assert acks, "nothing was acknowledged"
        missing = [text for text, seq in acks.items() if by_seq.get(seq) != text]
        equal(missing, [], "acknowledged and not told")
        own = [f["text"] for f in frames[i][:-1] if f.get("ev") == "message"]
        same_list(own, texts, f"what sender {i} heard")


run()
