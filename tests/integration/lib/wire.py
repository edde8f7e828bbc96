"""Bytes on a socket, as a careful or a rude client sends them. Every wait has a deadline."""

import re
import socket
import struct
import time

from lib.tap import DEADLINE_S


class Ended(Exception):
    """The peer ended the connection before what was waited for had come."""


class Response:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.status = int(lines[0].split(" ")[1])
        self.fields = [tuple(re.split(r":\s*", line, maxsplit=1)) for line in lines[1:] if line]
        self.body = b""

    def get(self, name):
        """The value of a field, or None."""
        values = [value for field, value in self.fields if field.lower() == name.lower()]
        return ", ".join(values) if values else None

    def __repr__(self):
        return f"<{self.line!r} {self.fields} {self.body[:200]!r}>"


class Wire:
    """One TCP connection."""

    def __init__(self, address, rcvbuf=None, deadline_s=DEADLINE_S):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if rcvbuf:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.deadline_s = deadline_s
        self.socket.settimeout(deadline_s)
        self.socket.connect(address)
        self.seen = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.settimeout(self.deadline_s)
        self.socket.sendall(data)
        return self

    def _late(self):
        return AssertionError(f"nothing more within {self.deadline_s} s; had {self.seen[:300]!r}")

    def _more(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise self._late()
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(1 << 18)
        except socket.timeout:
            raise self._late() from None
        except ConnectionError as error:
            raise Ended(f"{error}; had {self.seen[:300]!r}") from None
        if not data:
            raise Ended(f"end of stream; had {self.seen[:300]!r}")
        self.seen += data

    def read(self, count):
        end = time.monotonic() + self.deadline_s
        while len(self.seen) < count:
            self._more(end)
        data, self.seen = self.seen[:count], self.seen[count:]
        return data

    def read_until(self, mark):
        end = time.monotonic() + self.deadline_s
        while mark not in self.seen:
            self._more(end)
        at = self.seen.index(mark) + len(mark)
        data, self.seen = self.seen[:at], self.seen[at:]
        return data

    def read_all(self):
        """All that comes until the peer ends the connection, in whatever way."""
        end = time.monotonic() + self.deadline_s
        try:
            while True:
                self._more(end)
        except Ended:
            pass
        data, self.seen = self.seen, b""
        return data

    def read_for(self, seconds):
        """What comes meanwhile: only to see that something does NOT come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                data = self.socket.recv(1 << 18)
            except socket.timeout:
                break
            if not data:
                break
            self.seen += data
        data, self.seen = self.seen, b""
        return data

    def response(self, to_head=False):
        """The next HTTP response, with its body."""
        response = Response(self.read_until(b"\r\n\r\n"))
        length = int(response.get("Content-Length") or 0)
        if length and not to_head and response.status != 304:
            response.body = self.read(length)
        return response

    def expect_end(self):
        """The peer ends the connection and says nothing more."""
        rest = self.read_all()
        if rest:
            raise AssertionError(f"more came before the end: {rest[:300]!r}")

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def reset(self):
        """Ends with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


def request(method="GET", path="/", host="localhost", fields=(), body=b"", version="HTTP/1.1"):
    """The bytes of a request. fields are pairs; host None leaves Host out."""
    lines = [f"{method} {path} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines + ["", ""]).encode("utf-8") + body


def ask(address, *args, **kwargs):
    """One request on a connection of its own."""
    with Wire(address) as wire:
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        kwargs.setdefault("host", f"{host}:{address[1]}")
        method = args[0] if args else kwargs.get("method", "GET")
        wire.send(request(*args, **kwargs))
        return wire.response(to_head=method == "HEAD")
