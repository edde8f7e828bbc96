#!/usr/bin/python3
"""Behind nginx with https, as packaging/nginx.conf has it."""

from lib.proxy import Proxy, run_behind


class Nginx(Proxy):
    program = "nginx"

    def command(self):
        site = self.example(
            "nginx.conf",
            ("127.0.0.1:8080", f"127.0.0.1:{self.hub.port}"),
            ("listen 80;\n    listen [::]:80;", f"listen 127.0.0.1:{self.port + 1};"),
            ("listen 443 ssl http2;\n    listen [::]:443 ssl http2;",
             f"listen 127.0.0.1:{self.port} ssl http2;"),
            ("chat.example.org;", "localhost;"),
            ("/etc/letsencrypt/live/chat.example.org/fullchain.pem", self.certificate),
            ("/etc/letsencrypt/live/chat.example.org/privkey.pem", self.path("key.pem")))
        self.write("site.conf", site)
        temporary = "".join(f"{kind}_temp_path {self.folder};\n" for kind in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        main = self.write("nginx.conf", f"""
            daemon off; worker_processes 1; pid {self.path("pid")}; error_log stderr;
            events {{ worker_connections 512; }}
            http {{ access_log off; {temporary} include {self.path("site.conf")}; }}
            """)
        return ["nginx", "-p", self.folder, "-c", main, "-e", "stderr"]


run_behind(Nginx)
