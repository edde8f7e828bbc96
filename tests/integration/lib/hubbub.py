"""Starts and stops the program under test."""

import atexit
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from lib.tap import DEADLINE_S, eventually
from lib.wire import ask

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BIN = os.environ.get("HUBBUB_BIN") or os.path.join(ROOT, "build", "hubbub")
REPORTS = re.compile(r"Sanitizer|runtime error:|assertion|ASSERT|panic", re.IGNORECASE)
IS_ASAN, IS_TSAN = "/asan/" in BIN, "/tsan/" in BIN


def clean_environment(extra=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("HUBBUB_")}
    env.update(extra or {})
    return env


def free_port():
    """Below the ports that the kernel hands out by itself; still, somebody else may be faster."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            return True
    except OSError:
        return False


def run_once(*flags, env=None, deadline_s=DEADLINE_S):
    """Runs the program to its end: (exit code, stdout, stderr)."""
    with tempfile.TemporaryDirectory(prefix="hubbub-") as folder:
        done = subprocess.run([BIN, *flags], env=clean_environment(env), cwd=folder, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=deadline_s)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert not REPORTS.search(err), err
        return done.returncode, out, err


class Hubbub:
    """A running program. Flags come behind the defaults below and replace them."""

    def __init__(self, *flags, listen=None, env=None, preexec=None, metrics=True):
        self.folder = tempfile.mkdtemp(prefix="hubbub-")
        self.data = os.path.join(self.folder, "data")
        self.flags, self.env, self.preexec, self.metrics = flags, env, preexec, metrics
        self.listen = listen
        self.sound = True    # what it leaves behind is to be so; a test that spoils it says False
        self.start()

    def start(self):
        """Starts it, again on the same data after it has ended; on other ports."""
        self.asked = self.ended = False
        for _ in range(20):
            if self._start():
                return
        raise AssertionError("no free port was found")

    def restart(self, number=signal.SIGTERM):
        """Ends it by the signal and starts it again on the same data."""
        if number != signal.SIGKILL:
            self.stop(number)
        self.kill()
        assert not REPORTS.search(self.stderr()), self.stderr()
        self.start()

    def _arguments(self):
        arguments = [BIN, "--data", self.data, "--workers", "2", "--drain-ms", "300",
                     "--rate-posts", "0"]
        # Most scripts speak as guests of what anybody may do; those about rights say so themselves.
        if "--guests-may" not in self.flags:
            arguments += ["--guests-may", "all"]
        if self.listen is None:
            arguments += ["--listen", f"127.0.0.1:{self.port}"]
        else:
            arguments += [x.replace("PORT", str(self.port)) for x in self.listen]
        if self.metrics:
            arguments += ["--metrics", f"127.0.0.1:{self.metrics_address[1]}"]
        return arguments + list(self.flags)

    def _start(self):
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.metrics_address = ("127.0.0.1", free_port())
        self.stderr_path = os.path.join(self.folder, "stderr")
        with open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(
                self._arguments(), env=clean_environment(self.env), cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err,
                preexec_fn=self.preexec)
        self.said = []
        self.ready = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True,
                                       args=(self.process.stdout, self.said, self.ready))
        self.reader.start()
        if not self.ready.wait(DEADLINE_S):
            self.kill()
            raise AssertionError(f"not ready: {self.said} {self.stderr()}")
        if self.process.poll() is None and self.said:
            return True
        self.process.wait(DEADLINE_S)
        if "in use" in self.stderr():
            return False
        raise AssertionError(f"it did not start: {self.stderr()}")

    @staticmethod
    def _read(stdout, said, ready):
        """Of one life only: it may come to the end of a program's words when the next one has started."""
        for line in stdout:
            said.append(line.decode().rstrip("\n"))
            if line.startswith(b"  data "):
                ready.set()
        ready.set()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.stop()
                self.verify()
            else:
                print("# stderr of the program:", self.stderr().replace("\n", "\n# "), flush=True)
        finally:
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)

    def verify(self):
        """All data that it keeps agrees with itself; beside it, or after it has ended."""
        if self.sound and os.path.exists(os.path.join(self.data, "hubbub.db")):
            code, out, err = run_once("verify", "--data", self.data, deadline_s=120)
            assert code == 0, out + err

    def stderr(self):
        with open(self.stderr_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(DEADLINE_S)
        self.process.stdout.close()

    def ask_to_stop(self, number=signal.SIGTERM):
        """The first one asks it to stop; stop() does not ask again."""
        self.asked = True
        self.process.send_signal(number)

    def wait_end(self, deadline_s=DEADLINE_S):
        """Its exit code; it must end by itself and without a report of a sanitizer."""
        code = self.process.wait(deadline_s)
        assert not REPORTS.search(self.stderr()), self.stderr()
        return code

    def stop(self, number=signal.SIGTERM, code=0, deadline_s=DEADLINE_S):
        if not self.asked and self.process.poll() is None:
            self.ask_to_stop(number)
        if self.ended:
            return
        got = self.wait_end(deadline_s)
        self.ended = True
        assert got == code, f"it ended with {got}: {self.stderr()}"

    def healthy(self):
        return ask(self.address, path="/healthz").status == 200

    def metric(self, name, source=None):
        """One value of the metrics page."""
        return self.all_metrics(source)[name]

    def all_metrics(self, source=None):
        if source:
            source.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = source.response() if source else ask(self.metrics_address, path="/metrics")
        assert response.status == 200, response
        rows = [r for r in response.body.decode().split("\n") if r and not r.startswith("#")]
        return {row.rsplit(" ", 1)[0]: float(row.rsplit(" ", 1)[1]) for row in rows}

    def wait_metric(self, name, check, source=None):
        return eventually(f"{name} as wanted, is {self.metric(name, source)}",
                          lambda: check(self.metric(name, source)))

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+) kB", f.read()).group(1)) * 1024

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


_SHARED = []


def shared(*flags, **how):
    """The one program of a script whose tests can share it; the last test must be stop_shared."""
    if not _SHARED:
        _SHARED.append(Hubbub(*flags, **how))
    hub = _SHARED[0]
    assert hub.process.poll() is None, f"the program died: {hub.stderr()}"
    return hub


def stop_shared():
    hub = _SHARED[0]
    with hub:
        pass


@atexit.register
def _kill_shared():
    for hub in _SHARED:
        hub.kill()
        shutil.rmtree(hub.folder, ignore_errors=True)
