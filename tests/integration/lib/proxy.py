"""Hubbub behind a real proxy that speaks https, as packaging/ shows it: the tests that every proxy has to pass.

Clients of the tests speak plain HTTP; a tunnel puts TLS around what they say, checks the proxy's certificate, and comes
from an address of its own, so that they need not know."""

import contextlib
import os
import select
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading

from lib.accounts import CHEAP, PASSWORD
from lib.api import Api
from lib.hubbub import Hubbub, ROOT, free_port, run_once
from lib.tap import Skip, equal, eventually, run, test
from lib.web import Web, new_cid
from lib.wire import Ended, Wire, ask
from lib.ws import handshake, visitor

UPLOAD_BYTES = 20 << 20
CLIENT, OTHER = "127.0.0.5", "127.0.0.6"


class Tunnel:
    """Listens at `address`; what comes there goes to the proxy over TLS, from the source address."""

    def __init__(self, port, certificate, source=CLIENT):
        self.port, self.source = port, source
        self.context = ssl.create_default_context(cafile=certificate)
        self.context.set_alpn_protocols(["http/1.1"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(inner,), daemon=True).start()

    def _serve(self, inner):
        with contextlib.suppress(OSError), inner:
            outer = socket.create_connection(("127.0.0.1", self.port), 20, (self.source, 0))
            with self.context.wrap_socket(outer, server_hostname="localhost") as tls:
                tls.settimeout(None)
                self._pump(inner, tls)

    @staticmethod
    def _pump(inner, tls):
        """Both ways in one thread: a TLS connection is not to be used by two."""
        tls.setblocking(False)
        inner.setblocking(False)
        waiting = {inner: b"", tls: b""}    # to be sent there
        other, ended = {inner: tls, tls: inner}, set()
        while True:
            busy = False
            for one in (inner, tls):
                if not waiting[other[one]] and one not in ended:
                    try:
                        data = one.recv(1 << 16)
                        busy = True
                        if data:
                            waiting[other[one]] = data
                        else:
                            ended.add(one)
                    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                        pass
                if waiting[one]:
                    try:
                        sent = one.send(waiting[one])
                        waiting[one] = waiting[one][sent:]
                        busy = True
                    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                        pass
            if ended and not waiting[inner] and not waiting[tls]:
                return
            if not busy:
                Tunnel._wait(inner, tls, waiting)

    @staticmethod
    def _wait(inner, tls, waiting):
        readers = [one for one, other in ((inner, tls), (tls, inner)) if not waiting[other]]
        writers = [one for one in (inner, tls) if waiting[one]]
        select.select(readers, writers, [], 0.05)

    def close(self):
        self.listener.close()


class Proxy:
    """A proxy with its server. A subclass says how the one is configured and started."""

    program = None

    def __init__(self, *flags):
        if not shutil.which(self.program):
            raise Skip(f"{self.program} is not installed (tools/install-deps test)")
        self.folder = tempfile.mkdtemp(prefix="hubbub-proxy-")
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.hub = Hubbub("--public-url", self.url, "--trust-proxy", "127.0.0.1/32", "--guests-may",
                          "all", *CHEAP, *flags)
        self.certificate = self.make_certificate()
        self.log = open(os.path.join(self.folder, "log"), "wb")    # pylint: disable=consider-using-with
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, env=self.environment(), cwd=self.folder)
        self.tunnels = {}
        try:
            eventually("the proxy answers", self.answers)
        except AssertionError as error:
            said = self.said()
            self.close()
            raise AssertionError(f"{error}: {said}") from None

    def environment(self):
        return dict(os.environ, HOME=self.folder, XDG_DATA_HOME=self.folder,
                    XDG_CONFIG_HOME=self.folder)

    def make_certificate(self):
        self.path("")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        self.path("key.pem"), "-out", self.path("cert.pem")],
                       check=True, capture_output=True)
        return self.path("cert.pem")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def example(self, name, *changes):
        """A configuration of packaging/, with what has to be different here."""
        with open(os.path.join(ROOT, "packaging", name), encoding="utf-8") as file:
            text = file.read()
        for old, new in changes:
            assert old in text, f"{old!r} is not in packaging/{name}"
            text = text.replace(old, new)
        return text

    def said(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def tunnel(self, source=CLIENT):
        if source not in self.tunnels:
            self.tunnels[source] = Tunnel(self.port, self.certificate, source)
        return self.tunnels[source]

    @property
    def address(self):
        return self.tunnel().address

    def answers(self):
        assert self.process.poll() is None, self.said()
        try:
            return ask(self.address, path="/healthz", host=f"localhost:{self.port}").status == 200
        except (OSError, Ended):
            return False

    def web(self, source=CLIENT, fields=(), origin=None, **how):
        """A client of hubbub.v1 on a page of the server's own."""
        pairs = [("Origin", origin or self.url), *fields]
        return Web(self.tunnel(source).address, fields=pairs, host=f"localhost:{self.port}", **how)

    def api(self, source=CLIENT, **how):
        # By this name, for the Host that it makes of it.
        return Api(("localhost", self.tunnel(source).address[1]), **how)

    def close(self):
        for tunnel in self.tunnels.values():
            tunnel.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.log.close()
        self.hub.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def run_behind(kind):
    """Registers the tests for this kind of proxy, and runs them."""
    started = []

    def proxy():
        if not started:
            started.append(kind())
        return started[0]

    def greeted(web, name=None, **fields):
        reply = web.ask("hello", active=True, **({"name": name} if name else {}), **fields)
        assert reply.get("ok"), reply
        web.hello = reply
        return web

    def invite():
        code, out, err = run_once("invite", "--data", proxy().hub.data)
        equal((code, err), (0, ""))
        assert out.startswith(f"{proxy().url}/join#"), out
        return out.strip().split("#")[1]

    def browser(source=CLIENT):
        """Fields of a page of the server's own."""
        api = proxy().api(source)
        api.fields.append(("Origin", proxy().url))
        return api

    @test("the page comes over https, and says that it always will")
    def page():
        answer = ask(proxy().address, path="/", host=f"localhost:{proxy().port}")
        equal(answer.status, 200)
        assert "max-age" in answer.get("Strict-Transport-Security"), answer

    @test("WebSockets: the tutorial's dialect and the web's hear each other")
    def sockets():
        with visitor(proxy().address, host=f"localhost:{proxy().port}",
                     fields=[("Origin", proxy().url)]) as old, proxy().web() as new:
            greeted(new, "Ann")
            old.text("from the old")
            new.message("from the old")
            new.do("post", text="from the new")
            eventually("the old one hears it", lambda: b"from the new" in old.recv())

    @test("a page of another site gets no WebSocket, and the server's own does")
    def origins():
        for origin, status in ((proxy().url, 101), ("https://evil.example", 403),
                               (f"http://localhost:{proxy().port}", 403), ("null", 403)):
            with Wire(proxy().address) as wire:
                wire.send(handshake(host=f"localhost:{proxy().port}", fields=[("Origin", origin)]))
                equal(wire.response().status, status, origin)

    @test("an account, its cookie for this host and https only, and a WebSocket by the cookie")
    def cookies():
        with browser() as api:
            answer = api.call("POST", "/accounts", {"name": "Cora", "password": PASSWORD,
                                                    "invite": invite()})
            equal(answer.status, 201, answer)
            cookie = answer.get("Set-Cookie")
            assert cookie.startswith("__Host-hubbub_session="), cookie
            for word in ("; Secure", "; HttpOnly", "; Path=/", "SameSite=Lax"):
                assert word in cookie, cookie
            assert "Domain" not in cookie, cookie
            api.cookie = cookie.split(";")[0]
            equal(api.ok("GET", "/me")["name"], "Cora")
            equal(api.call("POST", "/rooms/lobby/messages", {"text": "by cookie"}).status, 201)
            with proxy().api() as other:
                other.cookie = api.cookie
                other.fields.append(("Origin", "https://evil.example"))
                equal(other.call("POST", "/rooms/lobby/messages", {"text": "x"}).status, 403)
            with proxy().web(fields=[("Cookie", api.cookie)]) as web:
                greeted(web)
                equal(web.hello["you"]["name"], "Cora")
                web.do("post", text="by the socket")
            equal(api.call("DELETE", "/session").status, 200)
            api.refused(401, "no_session", "GET", "/me")

    @test("a client is who its address says, whatever it claims itself, in the log and in the limits")
    def addresses():
        hub = proxy().hub

        def guess(source, claim=None):
            with proxy().api(source) as api:
                fields = [("X-Forwarded-For", claim)] if claim else []
                return api.call("POST", "/session", {"name": "Nobody", "password": "x" * 12},
                                fields=fields)

        equal(guess(OTHER, "203.0.113.9").status, 401)
        eventually("in the log", lambda: f"address={OTHER} code=bad_credentials" in hub.stderr())
        assert "203.0.113.9" not in hub.stderr(), hub.stderr()
        limited = hub.metric("hubbub_rate_limited_total")
        answers = [guess(OTHER, f"203.0.113.{i}") for i in range(40)]
        assert answers[-1].status == 429, answers[-1]
        assert int(answers[-1].get("Retry-After")) > 0, answers[-1]
        assert hub.metric("hubbub_rate_limited_total") > limited
        equal(proxy().api("127.0.0.7").call("GET", "/me").status, 401)
        code, out, _err = run_once("ban", "127.0.0.8", "--data", hub.data)
        equal(code, 0)
        equal(proxy().api("127.0.0.8").call("GET", "/me").status, 403)
        equal(proxy().api("127.0.0.7").call("GET", "/me").status, 401)
        run_once("unban", out.split()[1], "--data", hub.data)

    @test("20 MB go up and come down as they were")
    def upload():
        data = os.urandom(UPLOAD_BYTES)
        with proxy().web() as web:
            greeted(web, "Una")
            with proxy().api(token=web.hello["token"]) as api:
                made = api.call("POST", "/files?name=big.bin", data,
                                content_type="application/octet-stream")
                equal(made.status, 201, made)
                file = made.json["file"]["id"]
                web.do("post", text="big", files=[{"id": file}])
                got = api.call("GET", f"/files/{file}/big.bin")
                equal((got.status, len(got.body)), (200, UPLOAD_BYTES))
                assert got.body == data
                part = api.call("GET", f"/files/{file}/big.bin", fields=[("Range", "bytes=10-19")])
                equal((part.status, part.body), (206, data[10:20]))

    @test("whoever waits for events is answered the moment something happens")
    def long_poll():
        with proxy().web() as web:
            greeted(web, "Lena")
            with proxy().api(token=web.hello["token"]) as api:
                head = api.ok("GET", "/events?wait=0")["cursors"]["lobby"]
                api.start("GET", f"/events?rooms=lobby:{head}&wait=25")
                seq = web.do("post", text="wake up")["seq"]
                page = api.finish().json
                equal([e["seq"] for e in page["events"] if e["ev"] == "message"], [seq])

    @test("a client comes back when the server was restarted behind the proxy")
    def restarted():
        hub = proxy().hub
        with proxy().web() as web:
            greeted(web, "Rita")
            first = web.do("post", text="before", cid=new_cid())
            web.until(first["seq"])
            cursor = {"lobby": {"seq": first["seq"], "mid": first["mid"]}}
            token = web.hello["token"]
        port = hub.port
        hub.stop()
        equal(ask(proxy().address, path="/healthz", host="localhost").status, 502)
        hub.listen = ["--listen", f"127.0.0.1:{port}"]
        hub.start()
        eventually("the proxy answers", proxy().answers)
        with proxy().web() as web:
            greeted(web, token=token, cursors=cursor)
            equal(web.hello["you"]["name"], "Rita")
            equal(web.do("post", text="after")["seq"], first["seq"] + 1)

    @test("both end in order, and the data is sound")
    def end():
        proxy().hub.stop()
        proxy().hub.verify()
        proxy().close()

    try:
        run()
    finally:
        for one in started:
            one.close()
