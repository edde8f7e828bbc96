#!/usr/bin/python3
"""A client that others wrote (python3-websockets) speaks both dialects, with and without
compression."""

import asyncio
import json

from lib.hubbub import shared, stop_shared
from lib.tap import Skip, each, equal, run, test
from lib.web import new_cid

try:
    import websockets
except ImportError:
    websockets = None

WAYS = [("with compression", "deflate"), ("without", None)]
BIG = "Words that compress well. " * 2000
NOTICES = ("New User Joined...", "User Disconnected...")


def asynchronous(function):
    def call(*arguments):
        if websockets is None:
            raise Skip("python3-websockets is not here")
        asyncio.run(asyncio.wait_for(function(*arguments), 20))
    return call


def connect(**how):
    hub = shared()
    return websockets.connect(f"ws://127.0.0.1:{hub.port}/ws", **how)


async def body(client):
    while True:
        text = json.loads(await client.recv())["body"]
        if text not in NOTICES:
            return text


async def ask(client, **command):
    await client.send(json.dumps({"id": "1", **command}))
    while True:
        got = json.loads(await client.recv())
        if got.get("re") == "1":
            return got


async def event(client, ev, **fields):
    while True:
        got = json.loads(await client.recv())
        if got.get("ev") == ev and all(got.get(k) == v for k, v in fields.items()):
            return got


@each("the tutorial's dialect, {0}", WAYS)
@asynchronous
async def tutorial(_name, compression):
    async with connect(compression=compression) as one, connect(compression=compression) as two:
        equal(json.loads(await one.recv()), {"type": 1, "body": "New User Joined..."})
        equal(one.subprotocol, None)
        for text in ("hello", "", BIG, "🙂 <>&"):
            await two.send(text)
            equal((await body(one), await body(two)), (text, text))
        await one.send(b"\x00\xff")
        equal((await body(one), await body(two)), ("\x00\ufffd", "\x00\ufffd"))


@each("hubbub.v1, {0}", WAYS)
@asynchronous
async def web(_name, compression):
    how = {"compression": compression, "subprotocols": ["hubbub.v1"]}
    async with connect(**how) as one, connect(**how) as two:
        equal(one.subprotocol, "hubbub.v1")
        for client in (one, two):
            assert (await ask(client, op="hello"))["ok"] is True
            await event(client, "ready")
        for text in ("hello", BIG):
            reply = await ask(one, op="post", room="lobby", cid=new_cid(), text=text)
            assert reply["ok"] is True, reply
            equal((await event(two, "message", text=text))["seq"], reply["seq"])


@test("compressed and plain clients of both dialects get the same big messages")
@asynchronous
async def mixed():
    v1 = {"subprotocols": ["hubbub.v1"]}
    async with connect() as packed, connect(compression=None) as plain, \
            connect(**v1) as web_packed, connect(compression=None, **v1) as web_plain:
        equal([e.name for e in packed.extensions], ["permessage-deflate"])
        equal([e.name for e in web_packed.extensions], ["permessage-deflate"])
        equal(plain.extensions + web_plain.extensions, [])
        for client in (web_packed, web_plain):
            await ask(client, op="hello")
        for i, sender in enumerate((packed, plain)):
            text = f"{i} {BIG}"
            await sender.send(text)
            equal((await body(packed), await body(plain)), (text, text))
            await event(web_packed, "message", text=text)
            await event(web_plain, "message", text=text)
        await ask(web_packed, op="post", room="lobby", cid=new_cid(), text=BIG)
        equal((await body(packed), await body(plain)), (BIG, BIG))


@test("pings and the close handshake")
@asynchronous
async def housekeeping():
    client = await connect()
    await (await client.ping(b"are you there"))
    await client.close(4000, "enough")
    equal(client.close_code, 4000)


test("it stops cleanly")(stop_shared)
run()
