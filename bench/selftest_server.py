"""The self-test's small server: it speaks the tutorial's dialect and can do one thing wrong."""

import os
import selectors
import socket
import threading
from pathlib import Path

# Where build.sh has put the programs.
OUT = Path(os.environ.get("OUT", Path(__file__).resolve().parent.parent / "build" / "bench"))

UPGRADED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")


def frame(opcode, body):
    head = bytes([0x80 | opcode])
    if len(body) < 126:
        return head + bytes([len(body)]) + body
    return head + b"\x7e" + len(body).to_bytes(2, "big") + body


def message(body):
    return frame(1, b'{"type":1,"body":"' + body + b'"}\n')


NOTICE = message(b"New User Joined...")


class Server(threading.Thread):
    """One honest server of the tutorial's dialect with one fault, for one run of a generator."""

    def __init__(self, fault):
        super().__init__(daemon=True)
        self.fault = fault
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.wake, self.woken = socket.socketpair()
        self.inputs, self.said, self.held, self.pongs = {}, 0, b"", 0

    def run(self):
        with selectors.DefaultSelector() as self.selector:
            self.selector.register(self.listener, selectors.EVENT_READ)
            self.selector.register(self.woken, selectors.EVENT_READ)
            while True:
                for key, _ in self.selector.select():
                    if key.fileobj is self.woken:
                        return
                    if key.fileobj is self.listener:
                        client, _ = self.listener.accept()
                        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        self.selector.register(client, selectors.EVENT_READ)
                        self.inputs[client] = b""
                    else:
                        self.on_bytes(key.fileobj)

    def stop(self):
        self.wake.send(b"x")
        self.join()
        for each in (*self.inputs, self.listener, self.wake, self.woken):
            each.close()

    def on_bytes(self, client):
        try:
            data = client.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(client)
            self.inputs.pop(client).strip()
            client.close()
            return
        self.inputs[client] += data
        if data.startswith(b"GET "):
            self.inputs[client] = b""
            self.greet(client)
            return
        while (taken := self.take(self.inputs[client])) is not None:
            opcode, body, size = taken
            self.inputs[client] = self.inputs[client][size:]
            if opcode == 1:
                self.on_text(client, body)
            elif opcode == 10 and body == b"still there?":
                self.pongs += 1

    def greet(self, client):
        answer = UPGRADED
        if self.fault == "wrong accept key":
            answer = answer.replace(b"s3pP", b"s3pQ")
        if self.fault == "refused":
            answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
        self.send(client, answer + NOTICE)

    @staticmethod
    def take(data):
        if len(data) < 6:
            return None
        size, at = data[1] & 127, 2
        if size == 126:
            size, at = int.from_bytes(data[2:4], "big"), 4
        if len(data) < at + 4 + size:
            return None
        mask, body = data[at:at + 4], data[at + 4:at + 4 + size]
        return data[0] & 15, bytes(b ^ mask[i % 4] for i, b in enumerate(body)), at + 4 + size

    def send(self, client, data):
        try:
            if self.fault == "cut into single bytes":
                for i in range(len(data)):
                    client.send(data[i:i + 1])
            else:
                client.sendall(data)
        except OSError:
            pass  # the generator has gone: it has noticed

    def on_text(self, _client, body):
        self.said += 1
        whole = message(body)
        for place, client in enumerate(list(self.inputs)):
            self.send(client, self.spoil(whole, body, last=place == len(self.inputs) - 1))

    def spoil(self, whole, body, last):
        now = last and self.said == 20
        if self.fault == "pings and notices between":
            return NOTICE + frame(9, b"still there?") + whole + NOTICE
        if self.fault == "one client gets two in the other order" and last:
            if now:
                self.held = whole
                return b""
            held, self.held = self.held, b""
            return whole + held
        if self.fault == "one client misses one" and now:
            return b""
        if self.fault == "one client gets one twice" and now:
            return whole + whole
        if self.fault == "one byte is wrong for one client" and now:
            return whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]
        if self.fault == "one byte is wrong for everyone" and self.said == 20:
            return whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]
        if self.fault == "no line feed":
            return frame(1, whole[4:-1])
        if self.fault == "everyone misses one" and self.said == 20:
            return b""
        if self.fault == "closes one" and now:
            return frame(8, b"\x03\xf5")
        return whole
