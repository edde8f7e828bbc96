"""What a crowd does besides talking: people sign up, change their passwords, send files. Like everything that a crowd does, it
goes on while the program dies and comes back; and what was acknowledged must be there in the end."""

import hashlib
import http.client
import json
import random
import threading
import time

API = "/api/v1"
FLAGS = ("--signup", "open", "--password-memory-kb", "1024", "--password-passes", "1",
         "--rate-sign-up", "0", "--rate-sign-in", "0", "--rate-api", "0", "--rate-upload", "0")


class Clerk(threading.Thread):
    """One after the other: an account, another password for it, files in messages of its own."""

    def __init__(self, port, seed, number):
        super().__init__(daemon=True)
        self.port, self.number = port, number
        self.random = random.Random(seed * 1000 + number)
        self.over = threading.Event()
        self.accounts, self.files, self.unsure = {}, [], 0
        self.error = None

    # ---- asking a program that may be dead ----

    def once(self, method, path, body=None, token=None, kind="application/json"):
        """(status, JSON), or None when nobody answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        fields = {"Content-Type": kind}
        if token:
            fields["Authorization"] = "Bearer " + token
        raw = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        try:
            connection.request(method, API + path, raw, fields)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if response.headers.get_content_type() in ("application/json", "application/problem+json"):
            return response.status, json.loads(data)
        return response.status, data

    def patient(self, *what, **how):
        """Asks until somebody answers who is not busy. Returns how often it asked, too."""
        for tries in range(1, 3000):
            answer = self.once(*what, **how)
            if answer and answer[0] not in (429, 503, 507):
                return (*answer, tries)
            if self.over.is_set() and tries > 500:
                break
            time.sleep(0.01)
        raise AssertionError(f"no answer to {what}")

    # ---- what it does ----

    def sign_up(self):
        name, password = f"Clerk {self.number} {len(self.accounts) + self.unsure}", "correct horse"
        status, body, tries = self.patient("POST", "/accounts", {
            "name": name, "password": password, "token": True})
        if status == 201:
            self.accounts[name] = [password, body["token"]]
            return name
        # Its answer was lost with the program, and it had been done.
        assert (status, body["code"]) == (409, "name_taken") and tries > 1, (status, body)
        self.unsure += 1
        return None

    def change_password(self, name):
        old, token = self.accounts[name]
        new = f"horse {self.random.getrandbits(64):x}"
        status, body, tries = self.patient("POST", "/me/password",
                                           {"password": old, "new_password": new}, token=token)
        if status in (200, 204):
            self.accounts[name][0] = new
            return
        assert tries > 1 and body["code"] == "bad_credentials", (status, body)
        self.accounts[name][0] = new

    def send_file(self, name):
        token = self.accounts[name][1]
        data = self.random.randbytes(self.random.randint(1, 60000))
        status, body, _ = self.patient("POST", "/files?name=random.bin", data, token=token,
                                       kind="application/octet-stream")
        assert status == 201, (status, body)
        number = body["file"]["id"]
        status, body, _ = self.patient("POST", "/rooms/lobby/messages", {
            "cid": f"{self.random.getrandbits(128):032x}", "text": f"file {number}",
            "files": [{"id": number}]}, token=token)
        assert status in (200, 201), (status, body)
        self.files.append((name, number, body["seq"], hashlib.sha256(data).digest()))

    def run(self):
        try:
            while not self.over.is_set():
                name = self.sign_up()
                if name and self.random.random() < 0.5:
                    self.change_password(name)
                for _ in range(self.random.randint(0, 3) if name else 0):
                    self.send_file(name)
                time.sleep(self.random.random() * 0.05)
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    # ---- what must be true in the end ----

    def check(self, problems):
        """The program runs and is left in peace."""
        if self.error:
            raise self.error
        for name, (password, token) in self.accounts.items():
            status, body, _ = self.patient("GET", "/me", token=token)
            if status != 200:
                problems.note(f"the session of {name} is gone: {status} {body}")
            status, body, _ = self.patient("POST", "/session", {"name": name, "password": password})
            if status != 200:
                problems.note(f"{name} cannot sign in: {status} {body}")
        for name, number, seq, digest in self.files:
            token = self.accounts[name][1]
            status, body, _ = self.patient("GET", f"/files/{number}/random.bin", token=token)
            if status != 200 or hashlib.sha256(body).digest() != digest:
                problems.note(f"the file {number} of message {seq} is lost or changed: {status}")


class Office:
    def __init__(self, port, seed, clerks=2):
        self.clerks = [Clerk(port, seed, n) for n in range(clerks)]

    def begin(self):
        for clerk in self.clerks:
            clerk.start()

    def quiet(self):
        """They finish what they are doing."""
        for clerk in self.clerks:
            clerk.over.set()
        for clerk in self.clerks:
            clerk.join(60)
            assert not clerk.is_alive(), "a clerk does not end"

    def check(self, problems):
        for clerk in self.clerks:
            clerk.check(problems)

    def text(self):
        return (f"{sum(len(c.accounts) for c in self.clerks)} accounts, "
                f"{sum(len(c.files) for c in self.clerks)} files in messages")
