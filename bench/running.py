"""The programs that are measured, while they run, and what else the machine does meanwhile."""

import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

START_S = 10
STOP_S = 5


class Failed(Exception):
    """A run that gave no figures."""


def cores():
    """The server's core and the generator's."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        sys.exit("bench: needs two cores, one for the server and one for the generator")
    return allowed[0], allowed[1]


def free_port():
    # Below the ports that the kernel hands out to clients, and a new one for each run: sockets in
    # TIME_WAIT from the last run must not be in the way of this one.
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Disturbance:
    """How much of the two cores went to anything but the server and the generator.

    Foreign work on them does not only add noise. A server that is kept from its core finds several
    messages waiting, joins them into one send and looks cheaper than it is.
    """

    def __init__(self, pid, server_core, load_core):
        self.pid, self.names = pid, (f"cpu{server_core}", f"cpu{load_core}")
        self.tick = os.sysconf("SC_CLK_TCK")
        self.start, self.start_s = self.foreign(), time.monotonic()

    def foreign(self):
        busy = {}
        for row in Path("/proc/stat").read_text().splitlines():
            name, *ticks = row.split()
            if name in self.names:
                user, nice, system, _, _, _, _, steal = map(int, ticks[:8])
                busy[name] = (user + nice + system + steal) / self.tick
        # Behind the program's name in brackets: utime and stime are the 12th and 13th field.
        stat = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        server = (int(stat[11]) + int(stat[12])) / self.tick
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        generator = children.ru_utime + children.ru_stime
        return busy[self.names[0]] - server, busy[self.names[1]] - generator

    def share(self):
        passed = time.monotonic() - self.start_s
        return max((b - a) / passed for a, b in zip(self.start, self.foreign()))


class Elsewhere:
    """The same for runs on both cores; all that was started has ended by the time of asking."""

    def __init__(self):
        self.tick = os.sysconf("SC_CLK_TCK")
        self.start, self.start_s = self.foreign(), time.monotonic()

    def foreign(self):
        ticks = Path("/proc/stat").read_text().split()[1:9]
        user, nice, system, _, _, _, _, steal = map(int, ticks)
        own = sum(sum(resource.getrusage(who)[:2])
                  for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return (user + nice + system + steal) / self.tick - own

    def share(self):
        return (self.foreign() - self.start) / (time.monotonic() - self.start_s)


class Running:
    """A server that runs while the block does, and not a moment longer.

    It has a core of its own, or none that is named; a data folder of its own, or one that is given
    and outlives it. It can be killed and started again within the block.
    """

    def __init__(self, server, core=None, data=None):
        self.server, self.core = server, core
        self.given = data is not None
        self.data = data or tempfile.mkdtemp(prefix="hubbub-bench-")
        self.port, self.metrics_port = free_port(), free_port()
        self.log = open(Path(self.data) / "log", "a+b")  # noqa: SIM115 (closed on exit)
        self.process = None

    def __enter__(self):
        try:
            self.start()
            self.wait_until_accepting()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        """Starts it and returns at once; says when that was, in nanoseconds of CLOCK_MONOTONIC."""
        argv = self.server.argv(self.port, self.data, self.metrics_port)
        if self.core is not None:
            argv = ["taskset", "-c", str(self.core), *argv]
        began_ns = time.monotonic_ns()
        # Without closing descriptors one by one: that would count as the time that a start takes.
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, start_new_session=True, close_fds=False)
        return began_ns

    def kill(self):
        """As pulled from under its clients: nothing is finished, nothing is said."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def metrics(self):
        """What /metrics says, name -> value. Only for servers that were told to serve it."""
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=5) as page:
            rows = page.read().decode().splitlines()
        return {name: float(value) for name, _, value in
                (row.rpartition(" ") for row in rows if row and row[0] != "#")}

    def wait_until_accepting(self):
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failed(f"{self.server.key} ended at its start: {self.last_words()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                time.sleep(0.1)  # it gets rid of that connection
                return
            except OSError:
                time.sleep(0.02)
        raise Failed(f"{self.server.key} does not accept after {START_S} s: {self.last_words()}")

    def last_words(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read()[-400:].decode(errors="replace").strip()

    def second_thread(self):
        """CPU of the second busiest thread over that of the busiest one."""
        spent = []
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            spent.append(int((task / "schedstat").read_text().split()[0]))
        spent.sort(reverse=True)
        return spent[1] / spent[0] if len(spent) > 1 and spent[0] else 0.0

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.stop()
        self.log.close()
        if not self.given:
            shutil.rmtree(self.data, ignore_errors=True)
