"""The tables of RESULTS.md, from the results of all rounds."""

import platform
import statistics
from pathlib import Path

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


# Of one core, for the length of the run. Ticks are counted, so a little is always seen.
FOREIGN_MAX = 0.10


def disturbed(run):
    """Did other programs take so much of the cores that the figures mean little?"""
    return run.get("foreign", 0) > FOREIGN_MAX


def values(rounds, scenario, server, metric):
    """One figure per round; None where the run is missing or failed."""
    found = (one.get(scenario, {}).get(server, {}) for one in rounds)
    return [run.get(metric) if run.get("ok") else None for run in found]


def median(numbers):
    there = [n for n in numbers if n is not None]
    return statistics.median(there) if there else None


def compare(rounds, scenario, metric, subject, reference, how):
    """The median of what each round gives: both sides of a comparison come from one round."""
    mine = values(rounds, scenario, subject, metric)
    if how == "value":
        return median(mine)
    other = values(rounds, scenario, reference, metric)
    pairs = [(a, b) for a, b in zip(mine, other) if a is not None and b]
    return median([a / b if how == "ratio" else a - b for a, b in pairs])


def judge(rounds, scenario, bar):
    """(figure, limit, verdict) as text; the verdict is "" when there is nothing to judge."""
    value = compare(rounds, scenario.key, bar.metric, bar.subject, bar.reference, bar.how)
    sign = "≥" if bar.at_least else "≤"
    digits = 2 if bar.how == "ratio" or bar.limit < 10 else 0
    limit = f"{sign} {bar.limit:.{digits}f}"
    if value is None:
        return "–", limit, ""
    runs = [[one.get(scenario.key, {}).get(key, {}) for key in (bar.subject, bar.reference)]
            for one in rounds]
    runs = [pair for pair in runs if any(pair)]
    if 2 * sum(any(map(disturbed, pair)) for pair in runs) > len(runs):
        return f"{value:.{digits}f}", limit, "**disturbed**"
    good = value >= bar.limit if bar.at_least else value <= bar.limit
    return f"{value:.{digits}f}", limit, "reached" if good else "**missed**"


def bars_table(scenarios, rounds):
    lines = ["| scenario | what | against | measured | bar | |", "| --- | --- | --- | --- | --- | --- |"]
    for scenario in scenarios:
        titles = {server.key: server.title for server in scenario.servers}
        for bar in scenario.bars:
            figure, limit, verdict = judge(rounds, scenario, bar)
            sign = {"ratio": " ×", "difference": " +", "value": ""}[bar.how]
            lines.append(f"| {scenario.key} | {bar.text} | {titles.get(bar.reference, '')}{sign} | "
                         f"{figure} | {limit} | {verdict} |")
    return lines


def number(value, digits):
    return "–" if value is None else f"{value:,.{digits}f}"


TIMES = [("p50 ms", "p50_us", 1e3, 2), ("p99 ms", "p99_us", 1e3, 2)]
COLUMNS = {
    "load": [("CPU us", "cpu_us", 1, 3), ("deliveries/s", "deliveries_per_s", 1, 0), *TIMES,
             ("RSS MB", "rss_after", 1e6, 1)],
    "connect": [("CPU us", "cpu_us", 1, 2), ("connects/s", "connects_per_s", 1, 0)],
    "idle": [("bytes per connection", "bytes_per_conn", 1, 0),
             ("RSS before MB", "rss_before", 1e6, 1),
             ("RSS with all MB", "rss_open", 1e6, 1), ("RSS after talk MB", "rss_after", 1e6, 1)],
    "disk-fanout": [("CPU us", "cpu_us", 1, 3), *TIMES,
                    ("p50 ms of the last screen", "last_p50_us", 1e3, 2),
                    ("p99 ms of the last screen", "last_p99_us", 1e3, 2),
                    ("RSS MB", "rss_after", 1e6, 1)],
    "posts": [("posts/s", "posts_per_s", 1, 0), ("CPU us", "cpu_us", 1, 1),
              ("batch", "batch", 1, 1), *TIMES, ("audited", "audited", 1, 0),
              ("RSS MB", "rss_after", 1e6, 1)],
    "ack": [*TIMES, ("posts/s", "posts_per_s", 1, 0), ("batch", "batch", 1, 1),
            ("audited", "audited", 1, 0)],
    "slow": [("posts/s", "posts_per_s", 1, 0), ("RSS before MB", "rss_before", 1e6, 1),
             ("RSS after MB", "rss_after", 1e6, 1), ("RSS at most MB", "rss_peak", 1e6, 1),
             ("ms until it has all", "catch_up_ms", 1, 0), ("audited", "audited", 1, 0)],
    "resume": [("clients", "clients", 1, 0), ("ms until it accepts", "accept_ms", 1, 1),
               ("ms until the last is ready", "ready_ms", 1, 0), ("p50 ms", "wait_p50_ms", 1, 0),
               ("p99 ms", "wait_p99_ms", 1, 0), ("CPU us each", "cpu_us", 1, 0),
               ("events replayed", "replayed", 1, 0), ("passing events", "passing", 1, 0),
               ("RSS at most MB", "rss_peak", 1e6, 1)],
    "start": [("messages", "messages", 1, 0), ("ms until it accepts", "start_ms", 1, 1),
              ("the worst ms", "start_worst_ms", 1, 1), ("RSS MB", "rss_open", 1e6, 1)],
    "idle-web": [("clients", "clients", 1, 0), ("bytes per connection", "bytes_per_conn", 1, 0),
                 ("RSS before MB", "rss_before", 1e6, 1), ("RSS with all MB", "rss_open", 1e6, 1)],
    "quiet": [("bytes in rings", "ring_bytes", 1, 0), ("RSS before MB", "rss_before", 1e6, 1),
              ("RSS with all MB", "rss_open", 1e6, 1)],
}
# What the column × compares: CPU with the first server's, unless it stands here.
RATIOS = {"posts": ("posts_per_s", "bare-sqlite"),
          **dict.fromkeys(("idle", "ack", "slow", "resume", "start", "idle-web", "quiet"))}


def columns(scenario):
    return COLUMNS.get(scenario.key, COLUMNS["load"])


def cell(value, unit, digits):
    return number(None if value is None else value / unit, digits)


def scenario_table(scenario, rounds):
    wanted = columns(scenario)
    titles = {server.key: server.title for server in scenario.servers}
    head = ["server", *(name for name, *_ in wanted)]
    ratio = RATIOS.get(scenario.key, ("cpu_us", scenario.servers[0].key))
    if ratio:
        head.insert(2, f"× {titles[ratio[1]]}")
    lines = [f"### {scenario.key}", "", scenario.title + ".", "", "| " + " | ".join(head) + " |",
             "|" + " --- |" * len(head)]
    for server in scenario.servers:
        runs = [one.get(scenario.key, {}).get(server.key) for one in rounds]
        if not any(runs):
            continue
        cells = [server.title]
        for _, metric, unit, digits in wanted:
            value = median(values(rounds, scenario.key, server.key, metric))
            cells.append(cell(value, unit, digits))
        if ratio:
            value = compare(rounds, scenario.key, ratio[0], server.key, ratio[1], "ratio")
            cells.insert(2, number(value, 2))
        failed = sum(1 for run in runs if run and not run.get("ok"))
        there = sum(1 for run in runs if run)
        if failed:
            cells[0] += f" ({failed} of {there} runs failed)"
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def render(scenarios, rounds, about):
    runs = [run for one in rounds for servers in one.values() for run in servers.values()]
    foreign = sum(map(disturbed, runs))
    kernel = ".".join(platform.release().split(".")[:2])
    lines = [BEGIN, "",
             f"{about['date']}; {cpu_model()}, Linux {kernel}, gcc -O2; server on one core, "
             "generator on another, but both cores for what is kept (from `posts` on); medians of "
             f"{len(rounds)} interleaved rounds; {foreign} of {len(runs)} runs were disturbed by "
             "other programs.", "",
             "## The bars", "", *bars_table(scenarios, rounds), "", "## Side by side", ""]
    for scenario in scenarios:
        lines += scenario_table(scenario, rounds)
    return "\n".join([*lines, END])


def replace(path, text):
    """Puts the tables between the markers; what is outside them stays."""
    old = path.read_text() if path.exists() else f"# Results\n\n{BEGIN}\n{END}\n"
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(before + text + after)
