"""Files over the HTTP API: a person with a session, who sends and fetches."""

import json
import os
import struct
import zlib
from urllib.parse import quote

from lib.web import LOBBY, person
from lib.wire import Wire, request

API = "/api/v1"
PNG = "image/png"


def png(width=1, height=1, filler=b""):
    """A picture that some program would show; filler makes it longer."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(min(height, 64)))
    text = chunk(b"tEXt", b"Comment\0" + filler) if filler else b""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + text + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


GIF = b"GIF89a\x02\0\x03\0\0\0\0;"
JPEG = (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\0\x05\0\x07\3\1\x22\0\2\x11\1"
        b"\3\x11\1\xff\xd9")
WEBP = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x01\0\0\x02\0\0"


class Person:
    """A guest with a name, and rights of a member (--guests-may all), who stays connected."""

    def __init__(self, hub, name):
        self.hub = hub
        self.web = person(hub.address, name)
        self.token = self.web.hello["token"]
        self.id = self.web.hello["you"]["id"]

    def close(self):
        self.web.close()

    @property
    def bearer(self):
        return ("Authorization", f"Bearer {self.token}")

    def wire(self):
        return Wire(self.hub.address)

    def ask(self, method, path, fields=(), body=b"", wire=None):
        fields = [self.bearer, *fields]
        if wire:
            wire.send(request(method, path, fields=fields, body=body))
            return wire.response(to_head=method == "HEAD")
        with self.wire() as own:
            own.send(request(method, path, fields=fields, body=body))
            return own.response(to_head=method == "HEAD")

    def send(self, body, name="file", kind=None, query="", fields=()):
        """The answer to sending a file."""
        if kind:
            fields = [("Content-Type", kind), *fields]
        if not body:
            fields = [*fields, ("Content-Length", "0")]
        return self.ask("POST", f"{API}/files?name={quote(name)}{query}", fields, body)

    def sent(self, body, *args, **how):
        """Sends a file, which has to be taken, and returns what it became."""
        response = self.send(body, *args, **how)
        assert response.status == 201, response
        return json.loads(response.body)["file"]

    def thumbnail(self, file, body, kind=PNG, query=""):
        return self.ask("POST", f"{API}/files/{file['id']}/thumbnail{query}",
                        [("Content-Type", kind)], body)

    def get(self, file, fields=(), method="GET", name=None, wire=None):
        path = f"{API}/files/{file['id']}/{quote(name or file['name'], safe='')}"
        return self.ask(method, path, fields, wire=wire)

    def end(self, file):
        return self.ask("DELETE", f"{API}/files/{file['id']}")

    def post(self, *files, text="", room=LOBBY):
        """Says something with files, and returns the event."""
        listed = [{"id": f["id"]} if "alt" not in f else {"id": f["id"], "alt": f["alt"]}
                  for f in files]
        reply = self.web.do("post", room=room, text=text, files=listed)
        return self.web.event("message", room=room, seq=reply["seq"])


def blobs(hub):
    """The names of all blobs that lie on the disk."""
    found = []
    base = os.path.join(hub.data, "files")
    for folder in os.listdir(base):
        if folder != "tmp":
            found += [folder + name for name in os.listdir(os.path.join(base, folder))]
    return sorted(found)


def left_over(hub):
    """What lies in the folder for files that are not whole yet."""
    return os.listdir(os.path.join(hub.data, "files", "tmp"))


def problem(response, status, code):
    """Checks that it is a problem document with this code, and returns it."""
    assert response.status == status, response
    assert response.get("Content-Type") == "application/problem+json", response
    document = json.loads(response.body)
    assert document.get("code") == code and document["status"] == status, document
    assert document["detail"], document
    return document
