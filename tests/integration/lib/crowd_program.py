"""The program under test for a crowd: the same data and port over many lives."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

from lib.hubbub import BIN, REPORTS, clean_environment, free_port


class Program:
    """flags come behind the defaults and replace them. life(env) begins a life; one ends by kill(),
    stop() or by itself."""

    def __init__(self, *flags, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="hubbub-")
        self.data = os.path.join(self.folder, "data")
        self.database = os.path.join(self.data, "hubbub.db")
        self.port = free_port()
        self.flags = flags
        self.process, self.lives = None, 0

    def arguments(self):
        return [BIN, "--data", self.data, "--listen", f"127.0.0.1:{self.port}", "--workers", "2",
                "--rate-posts", "0", "--replay-max", "10000000", "--away-ms", "300", "--drain-ms",
                "1000", "--disk-reserve", "0", "--log-level", "warn", "--guests-may", "all", *self.flags]

    def life(self, env=None, preexec=None):
        assert not self.alive(), "it lives already"
        self.lives += 1
        self.stderr_path = os.path.join(self.folder, "stderr")
        with open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(
                self.arguments(), env=clean_environment(env), cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err,
                preexec_fn=preexec)
        return self

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stderr(self):
        with open(self.stderr_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def kill(self):
        """Kills it as the machine's end would. It must have lived."""
        code = self.process.poll()
        assert code is None, f"it ended by itself with {code}: {self.stderr()}"
        self.process.kill()
        self.process.wait()
        self.check_reports()

    def check_reports(self):
        assert not REPORTS.search(self.stderr()), self.stderr()

    def wait_end(self, deadline_s):
        """Its exit code, or None when it does not end; then it is killed."""
        try:
            code = self.process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        return code

    def stop(self, deadline_s=20):
        self.process.terminate()
        code = self.wait_end(deadline_s)
        assert code == 0, f"asked to stop, it ended with {code}: {self.stderr()}"
        self.check_reports()

    def wait_listening(self, deadline_s=20):
        """Returns False when it ended instead."""
        end = time.monotonic() + deadline_s
        while self.alive():
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return True
            assert time.monotonic() < end, f"not listening within {deadline_s} s: {self.stderr()}"
            time.sleep(0.005)
        return False

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmRSS:"))

    def close(self):
        if self.alive():
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None and self.process:
            print("# stderr of the program:", self.stderr()[-2000:].replace("\n", "\n# "),
                  flush=True)
        self.close()
