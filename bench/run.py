#!/usr/bin/env python3
"""Measures Hubbub against the kernel's floor and its peers; see README.md in this folder.

    bench/run.py             everything, five rounds, writes RESULTS.md (under 30 minutes)
    bench/run.py --quick     a smoke: few clients, one round, no peers, nothing is written or judged
    bench/run.py --only fanout-1k,connect --rounds 3 --no-write
    bench/run.py --render    makes the tables again from the last full run
"""

import argparse
import datetime
import json
import resource
import signal
import subprocess
import sys
import time

import kept
import plan
import tables
from running import Disturbance, Failed, Running, cores

RESULTS = plan.ROOT / "bench" / "RESULTS.md"
RAW = plan.OUT / "results.json"


def run_once(scenario, server, quick, server_core, load_core):
    with Running(server, server_core) as running:
        args = (scenario.quick if quick else scenario.load).split()
        args += scenario.extra.get(server.key, "").split()
        argv = ["taskset", "-c", str(load_core), str(plan.OUT / "load"), "--json", "--deadline", "90",
                "--port", str(running.port), "--pid", str(running.process.pid), "--label",
                f"{scenario.key}/{server.key}", *args]
        disturbance = Disturbance(running.process.pid, server_core, load_core)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=100, check=False)
        if done.returncode != 0:
            raise Failed(f"{done.stderr.strip()} {running.last_words()}".strip())
        if running.process.poll() is not None:
            raise Failed(f"{server.key} ended during the run: {running.last_words()}")
        result = json.loads(done.stdout)
        result["foreign"] = disturbance.share()
        result["second_thread"] = running.second_thread()
        return result


def line(scenario, server, result):
    name = f"{scenario.key:<12} {server.key:<13}"
    if not result["ok"]:
        return f"{name} FAILED: {result['error']}"
    if scenario.kind != "load":
        cells = (f"{title} {tables.cell(result.get(metric), unit, digits)}"
                 for title, metric, unit, digits in tables.columns(scenario) if metric in result)
        return f"{name} " + ", ".join(cells)
    if result["mode"] == "connect":
        return f"{name} {result['cpu_us']:8.2f} us each, {result['connects_per_s']:,.0f}/s"
    text = (f"{name} {result['cpu_us']:8.3f} us each, {result['deliveries_per_s']:>11,.0f}/s, p50 "
            f"{result['p50_us'] / 1000:.2f} ms, p99 {result['p99_us'] / 1000:.2f} ms, "
            f"{result['bytes_per_conn']:,.0f} B/conn")
    if result["stuck"]:
        text += f", {result['stuck_closed']} of {result['stuck']} stuck ones closed"
    return text


def wanted(server, options):
    """Whether the server takes part: Hubbub and the floor always do."""
    if not server.peer:
        return True
    return not options.no_peers and (not options.peers or server.key in options.peers.split(","))


def load_runs(index, scenario, options):
    """The servers of a scenario right after one another, in turning order."""
    server_core, load_core = cores()
    there = [s for s in scenario.servers if s.needs.exists() and wanted(s, options)]
    turn = index % max(len(there), 1)
    for server in there[turn:] + there[:turn]:
        try:
            yield server, run_once(scenario, server, options.quick, server_core, load_core)
        except (Failed, subprocess.TimeoutExpired, OSError, ValueError) as error:
            yield server, {"ok": False, "error": str(error)}


def one_round(index, scenarios, options, end):
    """All scenarios once."""
    results = {}
    for scenario in scenarios:
        if time.monotonic() > end:
            return results, False
        if scenario.rounds and index >= scenario.rounds:
            continue
        if scenario.kind == "load":
            runs = load_runs(index, scenario, options)
        else:
            runs = kept.run(scenario, options.quick)
        for server, result in runs:
            results.setdefault(scenario.key, {})[server.key] = result
            disturbed = tables.disturbed(result)
            note = f" (DISTURBED: {result['foreign']:.0%} of a core went elsewhere)"
            print(line(scenario, server, result) + (note if disturbed else ""), flush=True)
    return results, True


def measure(scenarios, options):
    end = time.monotonic() + options.limit_minutes * 60
    rounds = []
    for index in range(options.rounds):
        print(f"round {index + 1} of {options.rounds}", flush=True)
        results, whole = one_round(index, scenarios, options, end)
        if results:
            rounds.append(results)
        if not whole:
            print(f"bench: stopped after {options.limit_minutes} minutes, in round {index + 1}")
            break
    return rounds


def failed_runs(scenarios, rounds):
    """Runs of Hubbub or of the floor that failed. A peer that fails is a result, not an error."""
    peers = {server.key for scenario in scenarios for server in scenario.servers if server.peer}
    return sum(1 for one in rounds for runs in one.values() for key, run in runs.items()
               if not run["ok"] and key not in peers)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke of about a minute")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="scenarios, separated by commas")
    parser.add_argument("--peers", default="", help="only these, separated by commas")
    parser.add_argument("--no-peers", action="store_true", help="only Hubbub and the floor")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    parser.add_argument("--render", action="store_true", help="only make the tables again")
    parser.add_argument("--limit-minutes", type=float, default=30)
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.no_peers = 1, True
    if options.quick or options.only:
        options.no_write = True  # RESULTS.md holds whole runs only
    return options


def main():
    options = parse_options()
    wanted = set(filter(None, options.only.split(",")))
    unknown = wanted - {scenario.key for scenario in plan.SCENARIOS}
    if unknown:
        sys.exit(f"bench: no such scenario: {', '.join(sorted(unknown))}")
    scenarios = [s for s in plan.SCENARIOS if not wanted or s.key in wanted]
    if options.render:
        saved = json.loads(RAW.read_text())
        tables.replace(RESULTS, tables.render(plan.SCENARIOS, saved["rounds"], saved["about"]))
        return 0

    subprocess.run([plan.ROOT / "bench" / "build.sh"], check=True)
    if not plan.HUBBUB.exists():
        print(f"bench: {plan.HUBBUB.name} is not built; measuring the others", file=sys.stderr)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rounds = measure(scenarios, options)

    about = {"date": datetime.date.today().isoformat()}
    if not options.quick:
        print("\n" + "\n".join(tables.bars_table(scenarios, rounds)))
    if not options.no_write:
        RAW.write_text(json.dumps({"about": about, "rounds": rounds}))
        tables.replace(RESULTS, tables.render(scenarios, rounds, about))
        print(f"wrote {RESULTS.relative_to(plan.ROOT)}")
    failed = failed_runs(scenarios, rounds)
    missed = 0
    if not options.quick:
        missed = sum(tables.judge(rounds, scenario, bar)[2] not in ("reached", "")
                     for scenario in scenarios for bar in scenario.bars)
    judged = "nothing judged" if options.quick else f"{missed} bars missed or not judged"
    print(f"{failed} runs failed, {judged}")
    return 1 if failed or missed else 0


if __name__ == "__main__":
    # A run that is told to stop still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
