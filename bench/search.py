#!/usr/bin/env python3
"""Measures the search: what its index adds to a post, and how long an answer takes.

    bench/search.py                a million messages, three rounds, about five minutes
    bench/search.py --quick        a smoke: few messages, no judgement

The programs must have been built (`make build`, bench/build.sh). The exit code is 1 when a bar was missed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build" / "bench" / "search_loop"
POSTING_MAX = 1.45      # with the index against without, in time for each post
TWO_WORDS_P99_MS = 50
KEY_P50_MS = 20
BATCHES = {1: 20000, 10: 60000, 100: 200000, 500: 200000}


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=900, check=False)
    if done.returncode != 0:
        sys.exit(f"search_loop {arguments[0]}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def fill(messages, batch, *more):
    with tempfile.TemporaryDirectory(prefix="hubbub-bench-") as folder:
        return run("fill", "--folder", folder, "--messages", messages, "--batch", batch, *more)[0]


def posting(rounds, share):
    """In pairs, right after one another and in turning order: the quotient is taken within a pair."""
    missed = False
    print("posts in a transaction | us each without / with the index | quotient of time | CPU us without / with | of CPU")
    for batch, messages in BATCHES.items():
        pairs = []
        for number in range(rounds):
            order = [("--no-index",), ()]
            got = {bool(more): fill(messages // share, batch, *more) for more in (order if number % 2 else order[::-1])}
            pairs.append((got[True], got[False]))
        without = statistics.median(1e6 / a["posts_per_s"] for a, _ in pairs)
        with_index = statistics.median(1e6 / b["posts_per_s"] for _, b in pairs)
        times = statistics.median(a["posts_per_s"] / b["posts_per_s"] for a, b in pairs)
        cpu = [statistics.median(pair[i]["cpu_us"] for pair in pairs) for i in range(2)]
        quotient = statistics.median(b["cpu_us"] / a["cpu_us"] for a, b in pairs)
        print(f"{batch:>5} | {without:.1f} / {with_index:.1f} | {times:.2f} | {cpu[0]:.1f} / {cpu[1]:.1f} | {quotient:.2f}", flush=True)
        missed |= times > POSTING_MAX
    return missed


def asking(messages, seconds):
    missed = False
    with tempfile.TemporaryDirectory(prefix="hubbub-bench-") as folder:
        filled = run("fill", "--folder", folder, "--messages", messages)[0]
        size = os.path.getsize(os.path.join(folder, "hubbub.db"))
        print(f"{filled['messages']:,} messages, {size / filled['messages']:.0f} bytes of database for each")
        print("what is asked for | p50 ms | p99 ms | CPU p50 | CPU p99 | hits | without hits | incomplete")
        for one in run("ask", "--folder", folder, "--seconds", seconds):
            print(f"{one['kind']} | {one['p50_ms']:.1f} | {one['p99_ms']:.1f} | {one['cpu_p50_ms']:.1f} | "
                  f"{one['cpu_p99_ms']:.1f} | {one['hits']:.1f} | {one['empty']:.0%} | {one['incomplete']:.1%}", flush=True)
            missed |= one["kind"] == "two words" and one["p99_ms"] > TWO_WORDS_P99_MS
            missed |= "key" in one["kind"] and one["p50_ms"] > KEY_P50_MS
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=1000000)
    options = parser.parse_args()
    subprocess.run([ROOT / "bench" / "build.sh"], check=True)
    quick = options.quick
    missed = posting(1 if quick else options.rounds, 10 if quick else 1)
    missed |= asking(20000 if quick else options.messages, 1 if quick else 8)
    if missed and not quick:
        print("a bar was missed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
