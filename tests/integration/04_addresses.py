#!/usr/bin/python3
"""Where the program listens, and what it says about it."""

from lib.hubbub import Hubbub, free_port, has_ipv6
from lib.tap import Skip, equal, run, test
from lib.wire import ask
from lib.ws import visitor


@test("localhost is 127.0.0.1")
def localhost_v4():
    with Hubbub(listen=["--listen", "localhost:PORT"]) as hub:
        assert hub.healthy()
        visitor(hub.address).leave()
        assert f"  listens  127.0.0.1:{hub.port}" in hub.said, hub.said


@test("localhost is also ::1, and both meet in one room")
def localhost_v6():
    if not has_ipv6():
        raise Skip("no IPv6 here")
    with Hubbub(listen=["--listen", "localhost:PORT"]) as hub:
        assert f"  listens  [::1]:{hub.port}" in hub.said, hub.said
        with visitor(("::1", hub.port)) as six, visitor(hub.address) as four:
            equal(six.body(), "New User Joined...")
            four.text("from four to six")
            equal(six.body(), "from four to six")


@test("several addresses")
def several():
    other = free_port()
    with Hubbub(listen=["--listen", "127.0.0.1:PORT", "--listen", f"127.0.0.2:{other}"]) as hub:
        assert hub.healthy()
        equal(ask(("127.0.0.2", other), path="/healthz").status, 200)
        equal(len([x for x in hub.said if x.startswith("  listens ")]), 2)


@test("an empty host is every address")
def every_address():
    with Hubbub(listen=["--listen", ":PORT"]) as hub:
        assert hub.healthy()
        equal(ask(("127.0.0.3", hub.port), path="/healthz").status, 200)


@test("127.0.0.1 alone is not ::1")
def only_one_family():
    if not has_ipv6():
        raise Skip("no IPv6 here")
    with Hubbub() as hub:
        try:
            ask(("::1", hub.port), path="/healthz")
        except ConnectionRefusedError:
            return
        raise AssertionError("it listens on ::1 too")


@test("port 0 takes a free port and says which")
def port_zero():
    with Hubbub(listen=["--listen", "127.0.0.1:0"]) as hub:
        said = [x for x in hub.said if x.startswith("  listens ")]
        port = int(said[0].rsplit(":", 1)[1])
        assert port > 0, said
        equal(ask(("127.0.0.1", port), path="/healthz").status, 200)


@test("/metrics is served at its own address only")
def metrics_apart():
    with Hubbub() as hub:
        equal(ask(hub.address, path="/metrics").status, 404)
        equal(ask(hub.metrics_address, path="/metrics").status, 200)
        equal(ask(hub.metrics_address, path="/ws").status, 404)
        equal(ask(hub.metrics_address, path="/").status, 404)


@test("no /metrics unless it is asked for")
def metrics_off():
    with Hubbub(metrics=False) as hub:
        equal(ask(hub.address, path="/metrics").status, 404)
        assert not [x for x in hub.said if "metrics" in x], hub.said


run()
