"""The scenarios of what is kept: each makes a data folder, runs the server on it, and lets it go.

A runner gets the scenario and whether it is a quick run, and yields (server, result). All of them
use both cores: the server, the generator and the kernel's writing to the disk share them.
"""

import contextlib
import json
import shlex
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import plan
from running import Elsewhere, Failed, Running

WEBLOAD = plan.OUT / "webload"
BARE = plan.OUT / "bare_sqlite"
DEADLINE_S = 240
STARTS = 5
QUIET_S = 30  # rings are freed ten seconds after their last use


@contextlib.contextmanager
def data_folder():
    folder = tempfile.mkdtemp(prefix="hubbub-bench-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tool(program, *args):
    """Runs a program to its end and returns the figures that it prints."""
    argv = [str(program), *map(str, args)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=DEADLINE_S + 10,
                          check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.strip() or f"{Path(program).name} ended with {done.returncode}")
    return json.loads(done.stdout)


def webload(mode, running, *args):
    try:
        return tool(WEBLOAD, mode, "--port", running.port, "--pid", running.process.pid,
                    "--deadline", DEADLINE_S, *args)
    except Failed as error:
        raise Failed(f"{error} {running.last_words()}".strip()) from None


def arguments(scenario, server, quick):
    return shlex.split(scenario.quick if quick else scenario.load) + \
        shlex.split(scenario.extra.get(server.key, ""))


# --- posts and their acknowledgements -------------------------------------------------------------


def posts_once(scenario, server, quick, folder):
    """Posts; if they were kept on disk, kills the server and asks another one for all of them."""
    acks = Path(folder) / "acks"
    kept = server.options.get("--store") == "sqlite"
    with Running(server, data=folder) as running:
        before = running.metrics()
        result = webload("post", running, *arguments(scenario, server, quick), "--acks", acks)
        after = running.metrics()
        if kept:
            running.kill()
            running.start()
            running.wait_until_accepting()
            result["audited"] = webload("audit", running, "--acks", acks)["audited"]
    commits, events = (after[name] - before[name] for name in
                       ("hubbub_store_commits_total", "hubbub_store_events_total"))
    result["batch"] = max(events / max(commits, 1), 1.0)
    return result


def posts(scenario, quick):
    """Servers one after the other, and what a bare program does with what was left behind."""
    wanted = {server.key: server for server in scenario.servers if server.needs.exists()}
    if "fsync" in wanted:
        with data_folder() as folder:
            yield wanted["fsync"], tool(BARE, "fsync", "--folder", folder, "--run-ms",
                                        200 if quick else 1000)
    for server in wanted.values():
        if server.needs == plan.HUBBUB:
            with data_folder() as folder:
                result = posts_once(scenario, server, quick, folder)
                yield server, result
                if server.key == "hubbub":
                    yield from floors(wanted, result)


def floors(wanted, result):
    """As many posts in batches of the same size through the writer alone, and the very rows that
    it has left (their cids are random, as those of real clients are) into bare SQLite."""
    if "hubbub-writer" not in wanted or "bare-sqlite" not in wanted:
        return
    size = ["--batch", f"{result['batch']:.2f}", "--posts", min(result["all_posts"], 60000)]
    with data_folder() as folder, data_folder() as bare:
        yield wanted["hubbub-writer"], tool(plan.WRITER_LOOP, "--folder", folder, *size)
        yield wanted["bare-sqlite"], tool(BARE, "insert", "--from", Path(folder) / "hubbub.db",
                                          "--folder", bare, *size)


# --- coming back ----------------------------------------------------------------------------------


class Returning:
    """The generator of those that come back; it waits to be told what became of the server."""

    def __init__(self, running, args):
        argv = [str(WEBLOAD), "return", "--port", str(running.port), "--pid",
                str(running.process.pid), "--deadline", str(DEADLINE_S), *args]
        self.running = running
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            said = self.process.stderr.read().strip()
            raise Failed(f"{said} {self.running.last_words()}".strip())
        return line

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


def returning(scenario, quick):
    """All guests leave, the server is killed or stopped, and they come back to another one.

    With a kill the clock runs from the new server's exec. Otherwise it is up and at rest before
    they come, so that its memory before and after can be compared.
    """
    for server in scenario.servers:
        if not server.needs.exists():
            continue
        with data_folder() as folder, Running(server, data=folder) as running, \
                Returning(running, arguments(scenario, server, quick)) as clients:
            if clients.line() != "prepared\n":
                raise Failed("the generator is not prepared")
            if scenario.kind == "resume":
                running.kill()
                began_ns = running.start()
            else:
                running.stop()
                began_ns = running.start()
                running.wait_until_accepting()
            clients.say(f"go {running.process.pid} {began_ns}")
            if clients.line() != "back\n":
                raise Failed("the generator is not back")
            ring_bytes = ring_bytes_at_rest(running, scenario.kind != "resume" and not quick)
            clients.say("looked")
            result = json.loads(clients.line())
            result["ring_bytes"] = ring_bytes
            if running.process.poll() is not None:
                raise Failed(f"it ended during the run: {running.last_words()}")
        yield server, result


def ring_bytes_at_rest(running, wait):
    """Rings are freed when their rooms have been quiet for a while; how much is left of them."""
    end = time.monotonic() + (QUIET_S if wait else 0)
    while True:
        ring_bytes = running.metrics()["hubbub_ring_bytes"]
        if ring_bytes == 0 or time.monotonic() > end:
            return ring_bytes
        time.sleep(0.2)


# --- starting with a full store -------------------------------------------------------------------


def fill(database, messages):
    """Multiplies the messages that are there: same rooms and authors, new seq, cid and mid."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        columns = [row[1] for row in db.execute("PRAGMA table_info(events)")]
        new = {"id": "NULL", "seq": "head + n", "cid": "randomblob(16)", "mid": "random()"}
        if not set(new) < set(columns):
            raise Failed(f"events has not the columns that are to be filled: {columns}")
        rooms = db.execute("SELECT count(DISTINCT room) FROM events WHERE kind = 2").fetchone()[0]
        each = -(-messages // rooms)
        db.execute("BEGIN")
        db.execute(
            f"""WITH RECURSIVE numbers(n) AS (
                    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {each}),
                one AS MATERIALIZED (SELECT events.*, (SELECT max(seq) FROM events AS e
                    WHERE e.room = events.room) AS head
                    FROM events WHERE kind = 2 GROUP BY room)
                INSERT INTO events SELECT {', '.join(new.get(name, name) for name in columns)}
                FROM numbers CROSS JOIN one""")
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return db.execute("SELECT count(*) FROM events WHERE kind = 2").fetchone()[0]


def rss_bytes(pid):
    for row in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if row.startswith("Rss:"):
            return int(row.split()[1]) * 1024
    return 0


def start_once(running):
    """(ms from exec until a connection is accepted, RSS)."""
    began_ns = running.start()
    end_ns = began_ns + 10_000_000_000
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", running.port)) == 0:
                return (time.monotonic_ns() - began_ns) / 1e6, rss_bytes(running.process.pid)
        if running.process.poll() is not None or time.monotonic_ns() > end_ns:
            raise Failed(f"it does not accept: {running.last_words()}")
        time.sleep(0.0002)


def starting(scenario, quick):
    """A store full of messages; started several times after a stop, and after a kill."""
    server, killed = scenario.servers
    if not server.needs.exists():
        return
    options = dict(zip(*[iter(shlex.split(scenario.quick if quick else scenario.load))] * 2))
    messages, rooms = int(options["--messages"]), options["--rooms"]
    with data_folder() as folder:
        with Running(server, data=folder) as running:
            webload("post", running, "--clients", rooms, "--rooms", rooms, "--inflight", 1,
                    "--posts", 2 * int(rooms))
            running.stop()
            stored = fill(Path(folder) / "hubbub.db", messages)
            for each in (server, killed):
                took = []
                for _ in range(STARTS):
                    took.append(start_once(running))
                    running.wait_until_accepting()
                    running.stop() if each is server else running.kill()
                yield each, {"ok": True, "messages": stored,
                             "start_ms": statistics.median(ms for ms, _ in took),
                             "start_worst_ms": max(ms for ms, _ in took),
                             "rss_open": statistics.median(rss for _, rss in took)}


RUNNERS = {"posts": posts, "resume": returning, "idle": returning, "quiet": returning,
           "start": starting}


def run(scenario, quick):
    """Yields (server, result); a failure ends the scenario and belongs to its first server."""
    elsewhere = Elsewhere()
    results = []
    try:
        for server, result in RUNNERS[scenario.kind](scenario, quick):
            results.append((server, result))
    except (Failed, subprocess.SubprocessError, OSError, ValueError, KeyError,
            sqlite3.Error) as error:
        there = [server for server, _ in results]
        lacking = next((s for s in scenario.servers if s not in there), scenario.servers[0])
        results.append((lacking, {"ok": False, "error": f"{type(error).__name__}: {error}"}))
    share = elsewhere.share()
    for _, result in results:
        result["foreign"] = share
    return results
