"""What is measured: the servers, the scenarios, the bars."""

import os
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench"
PEERS = ROOT / "bench" / "peers"
BUN = PEERS / "bun" / "node_modules" / "@oven" / "bun-linux-x64" / "bin" / "bun"
HUBBUB = Path(os.environ.get("HUBBUB", ROOT / "build" / "hubbub"))
NODE = os.environ.get("NODE", "node")

# What is the same in all of Hubbub's runs. A scenario may set one of these otherwise.
HUBBUB_OPTIONS = {
    "--metrics": "off",
    "--workers": "1",
    "--store": "memory",
    "--gather-ms": "0",
    "--rate-posts": "0",
    "--rate-join": "0",
    "--guests-may": "all",
}


@dataclass(frozen=True)
class Server:
    """One program as one scenario starts it."""

    key: str
    title: str
    needs: Path
    command: tuple = ()
    options: dict = field(default_factory=dict)  # Hubbub's, beside those above
    peer: bool = False

    def argv(self, port, data, metrics_port=0):
        if self.command:
            return [str(part).replace("PORT", str(port)) for part in self.command]
        argv = [str(HUBBUB), "--listen", f"127.0.0.1:{port}", "--echo", "--data", str(data)]
        for name, value in {**HUBBUB_OPTIONS, **self.options}.items():
            argv += [name, value.replace("METRICS", str(metrics_port))]
        return argv + os.environ.get("HUBBUB_ARGS", "").split()


def hubbub(key="hubbub", title="Hubbub", **options):
    named = {"--" + name.replace("_", "-"): str(value) for name, value in options.items()}
    return Server(key, title, HUBBUB, options=named)


FLOOR = OUT / "floor"
BARE = Server("bare", "floor, bare sends", FLOOR, (FLOOR, "--port", "PORT", "--mode", "bare"))
COALESCED = Server("coalesced", "floor, coalesced", FLOOR,
                   (FLOOR, "--port", "PORT", "--mode", "coalesced"))


def peer(key, title, needs, *command):
    return Server(key, title, needs, command, peer=True)


WS_DIR = PEERS / "ws"
WS = peer("ws", "node ws", WS_DIR / "node_modules", NODE, WS_DIR / "server.mjs", "PORT")
WS_GATHER = peer("ws-gather", "node ws, gathering by hand", WS_DIR / "node_modules",
                 NODE, WS_DIR / "server.mjs", "PORT", "--gather")
LWS = OUT / "peer_lws"
LWS_DIRECT = peer("lws", "libwebsockets", LWS, LWS, "PORT", "direct")
LWS_WRITABLE = peer("lws", "libwebsockets", LWS, LWS, "PORT", "writable")
UWS = peer("bun", "Bun (uWebSockets)", BUN, BUN, PEERS / "bun" / "server.mjs", "PORT")
GORILLA = peer("gorilla", "Go, gorilla hub", OUT / "peer_gorilla", OUT / "peer_gorilla", "PORT")


def keeping(key="hubbub", title="Hubbub", **options):
    """Hubbub with a store on disk; what is kept is measured on both cores."""
    return hubbub(key, title, **{"store": "sqlite", "metrics": "127.0.0.1:METRICS", **options})


BARE_SQLITE = OUT / "bare_sqlite"
SQLITE = Server("bare-sqlite", "bare SQLite loop", BARE_SQLITE, (BARE_SQLITE,))
WRITER_LOOP = OUT / "writer_loop"
WRITER = Server("hubbub-writer", "Hubbub's writer alone", WRITER_LOOP, (WRITER_LOOP,))
FSYNC = Server("fsync", "bare fdatasync", BARE_SQLITE, (BARE_SQLITE,))

PEERS_SINGLE = (WS, LWS_DIRECT, UWS, GORILLA)
PEERS_BURST = (WS, WS_GATHER, LWS_WRITABLE, UWS, GORILLA)


@dataclass(frozen=True)
class Bar:
    """A figure of `subject`, alone or against `reference` in the same round, and its limit."""

    text: str
    metric: str
    subject: str
    reference: str = ""
    limit: float = 0.0
    how: str = "ratio"  # ratio, difference, value
    at_least: bool = False


@dataclass(frozen=True)
class Scenario:
    key: str
    title: str
    load: str
    quick: str
    servers: tuple
    bars: tuple
    extra: dict = field(default_factory=dict)  # server key -> more arguments of the generator
    kind: str = "load"  # which runner: "load" in run.py, the others in kept.py
    rounds: int = 0  # takes part in so many rounds; 0: in all


CPU = "CPU of the server per delivery"

SCENARIOS = (
    Scenario(
        "fanout-1k", "1,000 clients, 128 bytes, one message at a time, 50 messages/s",
        "--clients 1000 --rate 50 --warm-ms 300 --run-ms 2500",
        "--clients 100 --rate 50 --warm-ms 100 --run-ms 400",
        (BARE, hubbub(), *PEERS_SINGLE),
        (Bar(CPU, "cpu_us", "hubbub", "bare", 1.10),)),
    Scenario(
        "fanout-10k", "10,000 clients, 128 bytes, one message at a time, 10 messages/s",
        "--clients 10000 --rate 10 --warm-ms 500 --run-ms 2500",
        "--clients 1000 --rate 10 --warm-ms 100 --run-ms 400",
        (BARE, hubbub(), *PEERS_SINGLE),
        (Bar(CPU, "cpu_us", "hubbub", "bare", 1.10),)),
    Scenario(
        "burst-16", "1,000 clients, 16 messages in flight",
        "--clients 1000 --inflight 16 --warm-ms 300 --run-ms 1500",
        "--clients 100 --inflight 16 --warm-ms 100 --run-ms 400",
        (COALESCED, hubbub(), *PEERS_BURST),
        (Bar(CPU, "cpu_us", "hubbub", "coalesced", 1.3),
         Bar("deliveries per second", "deliveries_per_s", "hubbub", "coalesced", 0.8,
             at_least=True))),
    Scenario(
        "burst-64", "1,000 clients, 64 messages in flight",
        "--clients 1000 --inflight 64 --warm-ms 300 --run-ms 1500",
        "--clients 100 --inflight 64 --warm-ms 100 --run-ms 400",
        (COALESCED, hubbub(), *PEERS_BURST),
        (Bar(CPU, "cpu_us", "hubbub", "coalesced", 1.3),
         Bar("deliveries per second", "deliveries_per_s", "hubbub", "coalesced", 0.8,
             at_least=True))),
    Scenario(
        "hot", "A hot room: 100 clients, 1,000 messages/s; Hubbub gathers for 2 ms",
        "--clients 100 --rate 1000 --warm-ms 300 --run-ms 1500",
        "--clients 50 --rate 1000 --warm-ms 100 --run-ms 400",
        (BARE, hubbub(gather_ms=2), *PEERS_BURST),
        (Bar(CPU, "cpu_us", "hubbub", "bare", 0.5),
         Bar("p50 latency, more than the floor's (us)", "p50_us", "hubbub", "bare", 2000,
             how="difference"))),
    Scenario(
        "workers", "Two workers on the same one core, clients on both; 1,000 clients, 50 messages/s",
        "--clients 1000 --rate 50 --warm-ms 300 --run-ms 2500",
        "--clients 100 --rate 50 --warm-ms 100 --run-ms 400",
        (hubbub(), hubbub("hubbub-2", "Hubbub, two workers", workers=2)),
        (Bar(CPU, "cpu_us", "hubbub-2", "hubbub", 1.15),
         Bar("second worker's share of the first's CPU", "second_thread", "hubbub-2", "", 0.25,
             how="value", at_least=True))),
    Scenario(
        "connect", "Connect and upgrade on /echo, 64 at a time; CPU and rate are per connection",
        "--connect-only --path /echo --clients 8000",
        "--connect-only --path /echo --clients 500",
        (BARE, hubbub(), *PEERS_SINGLE),
        (Bar("CPU of the server per connect + upgrade", "cpu_us", "hubbub", "bare", 1.15),)),
    Scenario(
        "idle", "19,000 idle connections, then three messages to all",
        "--idle --clients 19000 --senders 3 --hold-ms 1000",
        "--idle --clients 1000 --senders 3 --hold-ms 200",
        (BARE, hubbub(), *PEERS_SINGLE),
        (Bar("user memory per connection (bytes)", "bytes_per_conn", "hubbub", "", 600,
             how="value"),)),
    Scenario(
        "stuck", "One client that never reads among 1,000; 2,048 bytes, 50 messages/s",
        "--clients 1000 --rate 50 --size 2048 --warm-ms 500 --run-ms 4500",
        "--clients 100 --rate 200 --size 4096 --warm-ms 100 --run-ms 800",
        (hubbub(), hubbub("hubbub-stuck", "Hubbub, one never reads")),
        (Bar(CPU, "cpu_us", "hubbub-stuck", "hubbub", 1.05),
         Bar("p99 latency", "p99_us", "hubbub-stuck", "hubbub", 2.0)),
        {"hubbub-stuck": "--stuck 1"}),
    Scenario(
        "disk-fanout", "The same with the store on disk: 1,000 clients, 50 messages/s",
        "--clients 1000 --rate 50 --warm-ms 300 --run-ms 2500",
        "--clients 100 --rate 50 --warm-ms 100 --run-ms 400",
        (hubbub("hubbub-memory", "Hubbub, --store memory"),
         hubbub("hubbub", "Hubbub, --store sqlite", store="sqlite")),
        (Bar(CPU, "cpu_us", "hubbub", "hubbub-memory", 1.05),)),
    Scenario(
        "posts", "Durable posts: 64 posters with 16 in flight each in two rooms, every one audited "
        "after a kill. The writer alone and the bare loop keep as many in batches of the same size",
        "--clients 64 --inflight 16 --rooms 2 --warm-ms 500 --run-ms 3000",
        "--clients 16 --inflight 4 --rooms 2 --warm-ms 100 --run-ms 400",
        (keeping("hubbub-memory", "Hubbub, --store memory", store="memory"),
         keeping(replay_max=10000000), WRITER, SQLITE),
        (Bar("posts per second of the writer alone", "posts_per_s", "hubbub-writer", "bare-sqlite",
             0.8, at_least=True),
         Bar("acknowledged posts per second", "posts_per_s", "hubbub", "", 10000, how="value",
             at_least=True)),
        kind="posts"),
    Scenario(
        "ack", "Until a post is acknowledged: 64 posters in two rooms, 1,000 posts/s in all",
        "--clients 64 --rate 1000 --rooms 2 --warm-ms 500 --run-ms 3000",
        "--clients 16 --rate 500 --rooms 2 --warm-ms 100 --run-ms 400",
        (FSYNC, keeping(replay_max=10000000)),
        (Bar("p50 of acknowledgement, more than a bare fsync (us)", "p50_us", "hubbub", "fsync",
             3000, how="difference"),),
        kind="posts"),
    Scenario(
        "slow", "One reader of 1 KB/s while 100,000 messages pass, then at full speed to the end",
        "--clients 8 --inflight 32 --rooms 1 --posts 100000",
        "--clients 4 --inflight 16 --rooms 1 --posts 4000",
        (keeping(replay_max=10000000),
         keeping("hubbub-slow", "Hubbub, one reads slowly", replay_max=10000000)),
        (Bar("resident memory, more than without it (bytes)", "rss_after", "hubbub-slow", "hubbub",
             1 << 20, how="difference"),),
        {"hubbub-slow": "--slow 1"}, kind="posts", rounds=2),
    Scenario(
        "resume", "10,000 clients in 20 rooms each come back after a kill, and lack one message in "
        "each of 19; the times count from the new program's exec",
        "--clients 10000 --rooms 200 --each 19 --behind 1 --concurrent 256 --hold-ms 200",
        "--clients 100 --rooms 20 --each 5 --behind 1",
        (keeping(),),
        (Bar("clients that came back and lacked nothing", "clients", "hubbub", "", 10000,
             how="value", at_least=True),),
        kind="resume", rounds=2),
    Scenario(
        "start", "From exec to the first accepted connection, with 1,000,000 messages stored",
        "--messages 1000000 --rooms 20",
        "--messages 20000 --rooms 5",
        (keeping(), keeping("hubbub-killed", "Hubbub, after a kill")),
        (Bar("until it accepts (ms)", "start_ms", "hubbub", "", 50, how="value"),
         Bar("until it accepts, after a kill (ms)", "start_ms", "hubbub-killed", "", 50,
             how="value")),
        kind="start", rounds=1),
    Scenario(
        "idle-web", "8,000 idle connections of the web protocol more, beside 2,000, that follow five rooms each",
        "--clients 10000 --warm-clients 2000 --rooms 400 --each 4 --concurrent 64 --hold-ms 12000",
        "--clients 200 --warm-clients 100 --rooms 40 --each 4 --hold-ms 300",
        (keeping(),),
        (Bar("user memory per connection (bytes)", "bytes_per_conn", "hubbub", "", 1229,
             how="value"),),
        kind="idle", rounds=2),
    Scenario(
        "quiet", "50,000 quiet rooms, each followed by one of 264 connections",
        "--clients 264 --rooms 50160 --each 190 --hold-ms 500",
        "--clients 10 --rooms 1000 --each 100 --hold-ms 100",
        (keeping(),),
        (Bar("bytes in rings", "ring_bytes", "hubbub", "", 0, how="value"),),
        kind="quiet", rounds=1),
)
