#!/usr/bin/python3
"""All clients see the same messages in the same order, and each sender's in the order it said
them."""

import json
import threading

from lib.hubbub import Hubbub
from lib.tap import each, equal, run, same_list
from lib.web import new_cid, person
from lib.ws import TEXT, frame, visitor

SENDERS, EACH = 4, 400


def transcript(client, said, texts_of):
    """Reads until all that the senders said has come."""
    while len(said) < SENDERS * EACH:
        text = texts_of(json.loads(client.recv()))
        if text is not None and text.startswith("m"):
            said.append(text)


def of_tutorial(thing):
    return thing["body"]


def of_web(thing):
    return thing["text"] if thing.get("ev") == "message" else None


def say_all(client, number):
    for i in range(EACH):
        client.text(f"m{number}.{i}")


def post_all(client, number):
    for i in range(EACH):
        command = {"op": "post", "id": "p", "room": "lobby", "cid": new_cid(),
                   "text": f"m{number}.{i}"}
        client.send(frame(TEXT, json.dumps(command)))


def in_threads(calls):
    failed = []

    def guarded(call, *arguments):
        try:
            call(*arguments)
        except Exception as error:  # pylint: disable=broad-except
            failed.append(error)
    threads = [threading.Thread(target=guarded, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(failed, [])


def check(transcripts):
    for other in transcripts[1:]:
        same_list(other, transcripts[0], "a transcript against the first one")
    for number in range(SENDERS):
        own = [text for text in transcripts[0] if text.startswith(f"m{number}.")]
        same_list(own, [f"m{number}.{i}" for i in range(EACH)], f"sender {number}")


@each("{1} with --workers {0}, gathering for {2} ms",
      [("1", "visitors", "2"), ("2", "visitors", "2"), ("4", "visitors", "0"),
       ("1", "both dialects", "2"),
       ("2", "both dialects", "0"), ("4", "both dialects", "2")])
def order(workers, who, gather_ms):
    with Hubbub("--workers", workers, "--gather-ms", gather_ms, "--ring-bytes", "8388608") as hub:
        tutorial = [visitor(hub.address) for _ in range(6)]
        web = [person(hub.address) for _ in range(4)] if who != "visitors" else []
        transcripts = [[] for _ in tutorial + web]
        calls = [(transcript, c, transcripts[i], of_tutorial) for i, c in enumerate(tutorial)]
        calls += [(transcript, c, transcripts[6 + i], of_web) for i, c in enumerate(web)]
        calls += [(say_all, tutorial[i], i) for i in range(2 if web else SENDERS)]
        calls += [(post_all, c, 2 + i) for i, c in enumerate(web[:2])]
        in_threads(calls)
        check(transcripts)
        for client in tutorial + web:
            client.close()


run()
