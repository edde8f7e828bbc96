#!/usr/bin/python3
"""Files: how fast one is fetched, beside nginx on the same file; what an upload of 1 GiB costs in memory, and what others feel of
it. Needs build/hubbub; without nginx (Debian: nginx-light) only our own figures are printed.

The server runs on one core with one worker, the clients on the other. Rounds of the two servers alternate, and medians are compared. Clients drop
what they read in the kernel (MSG_TRUNC), so that the sender is what is measured.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "integration"))
# pylint: disable=wrong-import-position
from lib.files import API, Person  # noqa: E402
from lib.hubbub import Hubbub  # noqa: E402
from lib.wire import ask, request  # noqa: E402
from running import cores, free_port  # noqa: E402

NGINX = "/usr/sbin/nginx"
MIB = 1 << 20
BAR_RATE, BAR_MEMORY = 0.9, 2 * MIB

NGINX_CONF = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type application/octet-stream;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


class Fetcher:
    """One connection that fetches the same thing again and again."""

    def __init__(self, address, path, fields=()):
        self.request = request("GET", path, host="localhost", fields=fields)
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray(4 * MIB)

    def fetch(self):
        """Returns how many bytes the content had."""
        self.socket.sendall(self.request)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.socket.recv(4096)
        head, rest = head.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 200 "), head
        line = next(x for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:"))
        length = int(line.split(b":")[1])
        left = length - len(rest)
        while left > 0:
            got = self.socket.recv_into(self.buffer, min(left, len(self.buffer)), socket.MSG_TRUNC)
            assert got > 0
            left -= got
        return length


def rate(fetchers, times):
    """Bytes a second that all of them get together, and requests."""
    begun = time.monotonic()

    def run(fetcher):
        return sum(fetcher.fetch() for _ in range(times))
    with concurrent.futures.ThreadPoolExecutor(len(fetchers)) as pool:
        amounts = list(pool.map(run, fetchers))  # raises what a thread raised: no figure then
    took = time.monotonic() - begun
    return sum(amounts) / took, len(fetchers) * times / took


@contextlib.contextmanager
def nginx(root, core):
    """nginx on the files, or None where there is none."""
    if not os.path.exists(NGINX):
        yield None
        return
    folder = tempfile.mkdtemp(prefix="nginx-")
    port = free_port()
    conf = Path(folder, "nginx.conf")
    conf.write_text(NGINX_CONF.format(folder=folder, port=port, root=root) +
                    ("user root;" if os.geteuid() == 0 else ""))
    with subprocess.Popen([NGINX, "-c", str(conf), "-p", folder],
                          preexec_fn=lambda: os.sched_setaffinity(0, {core})) as process:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                time.sleep(0.05)
            yield ("127.0.0.1", port)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)


def compare(name, fetchers, times, rounds):
    """Alternates in short rounds; fetchers: {server: [Fetcher]}. Returns our share of nginx: the median of the rounds, each of which
    saw the same weather. None without nginx."""
    got = {server: [] for server in fetchers}
    for them in fetchers.values():
        rate(them, 1)  # the page cache, and the kernel's buffers
    for _ in range(rounds):
        for server, them in fetchers.items():
            got[server].append(rate(them, times))
    medians = {server: statistics.median(r[0] for r in rates) for server, rates in got.items()}
    asked = {server: statistics.median(r[1] for r in rates) for server, rates in got.items()}
    line = ", ".join(f"{server} {medians[server] / MIB:,.0f} MiB/s ({asked[server]:,.0f} a second)"
                     for server in medians)
    share = None
    if "nginx" in got:
        share = statistics.median(ours[0] / theirs[0]
                                  for ours, theirs in zip(got["hubbub"], got["nginx"]))
        line += f": {share:.2f} of nginx"
    print(f"  {name}: {line}", flush=True)
    return share


def measure_downloads(hub, who, files, core, args):
    """files: {name: (file, its path under the root)}. Returns {what: our share of nginx, or None}."""
    rows = {}
    with nginx(os.path.join(hub.data, "files"), core) as other:
        if not other:
            print("  (nginx is not installed: nothing to compare with)")
        for name, (file, path) in files.items():
            for count in (1, 4):
                them = {"hubbub": [Fetcher(hub.address, f"{API}/files/{file['id']}/x", [who.bearer])
                                   for _ in range(count)]}
                if other:
                    them["nginx"] = [Fetcher(other, "/" + path) for _ in range(count)]
                times = 1 if file["bytes"] >= MIB else 300
                rows[f"{name}, {count} at once"] = compare(f"{name}, {count} at once", them, times,
                                                           args.rounds)
    return rows


def send_long(hub, who, length):
    """Sends so many bytes as fast as they are taken; the answer, and how long it took."""
    chunk = os.urandom(4 * MIB)
    begun = time.monotonic()
    with who.wire() as wire:
        wire.deadline_s = 600
        wire.send(request("POST", f"{API}/files?name=long.bin",
                          fields=[who.bearer, ("Content-Length", str(length))]))
        for at in range(0, length, len(chunk)):
            wire.send(memoryview(chunk)[:min(len(chunk), length - at)])
        response = wire.response()
    assert response.status == 201, response
    return json.loads(response.body)["file"], time.monotonic() - begun


def measure_upload(hub, who, length):
    """One long upload: rate, memory, and how long others waited for a word meanwhile."""
    who.sent(os.urandom(8 * MIB))  # what is allocated once
    before = hub.resident_bytes()
    most, waits, done = [before], [], threading.Event()

    def watch():
        while not done.is_set():
            begun = time.monotonic()
            assert ask(hub.address, path="/healthz").status == 200
            waits.append(time.monotonic() - begun)
            most.append(hub.resident_bytes())
            time.sleep(0.01)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        watcher = pool.submit(watch)
        try:
            file, took = send_long(hub, who, length)
        finally:
            done.set()
        watcher.result()  # raises what it raised
    waits.sort()
    more = max(most) - before
    print(f"  upload of {length / MIB:,.0f} MiB: {length / took / MIB:,.0f} MiB/s, "
          f"{more / MIB:.2f} MiB more resident memory, an answer of /healthz meanwhile: median "
          f"{1000 * waits[len(waits) // 2]:.1f} ms, worst of {len(waits)} {1000 * waits[-1]:.1f} ms",
          flush=True)
    return file, more


def place_of(hub, file, who):
    """Where the blob of a file lies under DATA/files."""
    tag = who.get(file, method="HEAD").get("ETag").strip('"')
    return f"{tag[:2]}/{tag[2:]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--rounds", type=int, default=0)
    args = parser.parse_args()
    args.rounds = args.rounds or (7 if args.quick else 25)
    length = 128 * MIB if args.quick else 1024 * MIB
    server_core, load_core = cores()
    os.sched_setaffinity(0, {load_core})
    flags = ["--workers", "1", "--upload-bytes", str(2 << 30), "--upload-quota", str(8 << 30),
             "--rate-upload", "0", "--rate-api", "0", "--rate-fetch", "0"]
    with Hubbub(*flags) as hub:
        for thread in os.listdir(f"/proc/{hub.process.pid}/task"):
            os.sched_setaffinity(int(thread), {server_core})
        who = Person(hub, "Bench")
        print("files", flush=True)
        large, more = measure_upload(hub, who, length)
        large = large if args.quick else who.sent(os.urandom(256 * MIB))
        small = who.sent(os.urandom(20_000))
        files = {"a large file": (large, place_of(hub, large, who)),
                 "20 KB": (small, place_of(hub, small, who))}
        rows = measure_downloads(hub, who, files, server_core, args)
        reached = more < BAR_MEMORY
        for name, share in rows.items():
            reached &= share is None or not name.startswith("a large file") or share >= BAR_RATE
        print("  all bars reached" if reached else "  A BAR WAS NOT REACHED")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
