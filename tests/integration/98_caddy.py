#!/usr/bin/python3
"""Behind Caddy with https, as packaging/Caddyfile has it; with a certificate of our own, since nobody else gives one for
localhost."""

from lib.proxy import Proxy, run_behind


class Caddy(Proxy):
    program = "caddy"

    def command(self):
        site = self.example(
            "Caddyfile",
            ("127.0.0.1:8080", f"127.0.0.1:{self.hub.port}"),
            ("chat.example.org {", f"https://localhost:{self.port} {{\n\tbind 127.0.0.1\n"
             f"\ttls {self.certificate} {self.path('key.pem')}\n"))
        first, rest = site.split("\nhttps://", 1)
        path = self.write("Caddyfile", "{\n\tadmin off\n\tauto_https disable_redirects\n"
                          "}\n" + first + "\nhttps://" + rest)
        return ["caddy", "run", "--adapter", "caddyfile", "--config", path]


run_behind(Caddy)
