#!/usr/bin/python3
"""What two hundred sign-ins at once cost those who talk.

    bench/sign_in.py [--rounds N]    prints a table; --help for the rest

In each round the same load of posts is run twice on a fresh server: by itself, and while 200 people
sign in at once (each a password to be verified: names are unknown, which costs the same). Both use
all cores; those who sign in are other machines in truth, so what plays them here gives way to all
else. The bar: with the sign-ins the latency's p99 is at most twice what it is without them, in the
median over the rounds. The exit code is 1 when it is missed, or when a sign-in was not answered.
"""

import argparse
import asyncio
import concurrent.futures
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
HUBBUB = os.environ.get("HUBBUB", str(ROOT / "build/hubbub"))
WEBLOAD = ROOT / "build/bench/webload"
BAR = 2.0
DEADLINE_S = 120
WARM_MS, RUN_MS = 2000, 6000


class Server:
    def __init__(self, port, extra):
        self.folder = tempfile.mkdtemp(prefix="hubbub-bench-")
        argv = [HUBBUB, "--listen", f"127.0.0.1:{port}", "--data", self.folder, "--rate-posts", "0",
                "--guests-may", "all", *extra]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(DEADLINE_S)
        shutil.rmtree(self.folder, ignore_errors=True)


async def sign_in(port, number, began):
    """One answer: its status, and how long it took."""
    body = json.dumps({"name": f"nobody {number}", "password": "correct horse"}).encode()
    head = (f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head + body)
    answer = await asyncio.wait_for(reader.read(), DEADLINE_S)
    writer.close()
    return int(answer.split()[1]), time.monotonic() - began


async def sign_in_all(port, count):
    await asyncio.sleep(WARM_MS / 1000 + 0.3)
    began = time.monotonic()
    return await asyncio.gather(*(sign_in(port, n, began) for n in range(count)))


def play_people(port, count):
    """In a process of its own."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    return asyncio.run(sign_in_all(port, count))


async def wait_ready(port):
    for _ in range(500):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.02)
    raise SystemExit("the server did not start")


async def run(port, options, count):
    """One run: what the load measured, and the answers to the sign-ins."""
    await wait_ready(port)
    load = await asyncio.create_subprocess_exec(
        str(WEBLOAD), "post", "--port", str(port), "--clients", str(options.clients), "--rooms", "1",
        "--rate", str(options.rate), "--size", "128", "--warm-ms", str(WARM_MS), "--run-ms",
        str(RUN_MS), "--deadline", str(DEADLINE_S), stdout=subprocess.PIPE)
    answers = []
    if count:
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            loop = asyncio.get_running_loop()
            answers = await loop.run_in_executor(pool, play_people, port, count)
    out, _ = await asyncio.wait_for(load.communicate(), DEADLINE_S)
    if load.returncode != 0:
        raise SystemExit(f"the load ended with {load.returncode}")
    return json.loads(out), answers


def measure(options, number, count):
    port = options.port + number
    with Server(port, options.extra) as server:
        figures, answers = asyncio.run(run(port, options, count))
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
            peak = next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    wrong = [status for status, _ in answers if status != 401]
    if wrong:
        raise SystemExit(f"{len(wrong)} sign-ins were not answered as they should be: {wrong[:5]}")
    return figures, max((took for _, took in answers), default=0), peak


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rate", type=int, default=100, help="posts a second")
    parser.add_argument("--sign-ins", type=int, default=200)
    parser.add_argument("--port", type=int, default=18400)
    parser.add_argument("--raw", action="store_true", help="print what the load printed")
    parser.add_argument("extra", nargs="*", help="behind --: options for the server")
    options = parser.parse_args()
    ratios = []
    print("round  p50 ms        p99 ms         ratio  slowest sign-in  peak memory")
    for number in range(options.rounds):
        pair = [measure(options, 2 * number + turn, count)
                for turn, count in enumerate((0, options.sign_ins))]
        if options.raw:
            print(json.dumps([figures for figures, _, _ in pair]))
        p50 = [figures["p50_us"] / 1000 for figures, _, _ in pair]
        p99 = [figures["p99_us"] / 1000 for figures, _, _ in pair]
        ratios.append(p99[1] / p99[0])
        print(f"{number + 1:5}  {p50[0]:5.2f} {p50[1]:5.2f}  {p99[0]:6.2f} {p99[1]:6.2f}  "
              f"{ratios[-1]:5.2f}  {pair[1][1]:10.2f} s  {pair[0][2] / 1024:6.1f} {pair[1][2] / 1024:6.1f} MB",
              flush=True)
    ratio = statistics.median(ratios)
    print(f"median ratio of p99: {ratio:.2f} (bar: {BAR})")
    return 0 if ratio <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
