# SPDX-License-Identifier: Apache-2.0
"""Who the client is where a proxy stands between, and who is believed about it."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import unittest

from http1 import Connection
from mortised import ALL_PLUGINS, SOURCE, Folder, Mortised, eventually, run

PLUGINS = {"routing": {}, "logging": {}, "health": {}, "hello": {}}
LOCAL = "A proxy on this machine is not trusted"
UNTRUSTED = "X-Forwarded-For or Forwarded comes from a peer that is no trusted proxy"
REAL_IP = "X-Real-IP comes from a peer that is no trusted proxy"
UNUSABLE = "The {} of a trusted proxy holds no address of its client"
NO_FIELD = "A trusted proxy sends neither X-Forwarded-For nor Forwarded"
TRACES = (("Via", "1.1 proxy"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "a"), ("X-Client-IP", "127.0.0.1"),
          ("True-Client-IP", "127.0.0.1"), ("X-Cluster-Client-IP", "127.0.0.1"), ("X-Original-Forwarded-For", "127.0.0.1"),
          ("X-Envoy-External-Address", "127.0.0.1"), ("X-Forwarded-Server", "a"), ("X-Forwarded-Prefix", "/"), ("X-Forwarded-Ssl", "on"),
          ("X-Forwarded-By", "a"), ("x-forwarded", "for=127.0.0.1"), ("FORWARDED-FOR", "127.0.0.1"), ("CDN-Loop", "a"),
          ("CF-Connecting-IP", "127.0.0.1"))
FIELDS = (("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for=203.0.113.7"), ("Forwarded", 'for="[2001:db8::1]:99";proto=https'),
          ("x-forwarded-for", ""), ("FORWARDED", "junk"))


class ProxyTest(unittest.TestCase):
    def serve(self, plugins=None, **server) -> Mortised:
        started = Mortised(server=server, plugins=plugins or PLUGINS)
        self.addCleanup(started.close)
        return started

    def address(self, server: Mortised, *fields: tuple[str, str], path: str = "/hello") -> str:
        """What the log says of the client of a request with these fields."""
        mark = server.mark()
        with server.connect() as connection:
            lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
            connection.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode())
            self.assertEqual(connection.read().status, 200)
        return server.wait_for("Request completed", since=mark)["ip"]


class Untrusted(ProxyTest):
    def test_a_proxy_on_this_machine_asks_for_a_decision_once(self):
        for name, value in FIELDS:
            with self.subTest(field=name, value=value):
                server = self.serve()
                for _ in range(3):
                    self.assertEqual(self.address(server, (name, value)), "127.0.0.1")
                told = server.wait_for(LOCAL, level="warn")
                self.assertEqual((told["peer"], told["setting"]), ("127.0.0.1", "server.trusted_proxies"))
                self.assertIn("server.trusted_proxies = loopback", told["reason"])
                self.assertEqual(server.count(LOCAL, 1), 1)

    def test_unix_sockets_are_this_machine(self):
        folder = Folder({}, PLUGINS)
        self.addCleanup(folder.remove)
        folder.server["listen"] = f"unix:{folder.path}/http.sock"
        folder.write()
        with Mortised(folder) as server:
            self.assertEqual(self.address(server, ("Forwarded", "for=203.0.113.7")), "unix")
            self.assertEqual(server.wait_for(LOCAL)["peer"], "unix")
            folder.server["trusted_proxies"] = "loopback"
            folder.write()
            server.reload()
            self.assertEqual(self.address(server, ("Forwarded", "for=203.0.113.7")), "203.0.113.7")

    def test_other_peers_are_named_and_bounded(self):
        own = own_address()
        if own is None:
            self.skipTest("this machine has no address but loopback")
        server = self.serve(listen="0.0.0.0:0")
        port = server.endpoint[1]
        for _ in range(2):
            with socket.create_connection((own, port)) as raw:
                raw.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n")
                while raw.recv(4096):
                    pass
        told = server.wait_for(UNTRUSTED, level="warn")
        self.assertEqual((told["peer"], told["setting"]), (own, "server.trusted_proxies"))
        self.assertEqual(server.count(UNTRUSTED, 1), 1)

    def test_nothing_is_logged_where_nothing_is_wrong(self):
        for settings in ({"trusted_proxies": "loopback"}, {"proxy_fault_reports": "0"}):
            server = self.serve(**settings)
            self.address(server, ("X-Forwarded-For", "203.0.113.7"))
            self.address(server, ("Forwarded", "for=203.0.113.7"))
            self.assertEqual(server.found(LOCAL) + server.found(UNTRUSTED), [])
        server = self.serve()
        self.address(server)
        self.address(server, ("User-Agent", "X-Forwarded-For"), ("X-Forwarded", "x"), ("Forwarded-For", "1.2.3.4"))
        self.assertEqual(server.found(LOCAL), [])

    def test_a_reload_says_it_again(self):
        server = self.serve()
        self.address(server, ("X-Forwarded-For", "203.0.113.7"))
        server.folder.plugins["hello"]["name"] = "other"
        server.folder.write()
        server.reload()
        self.address(server, ("X-Forwarded-For", "203.0.113.7"))
        self.assertEqual(server.count(LOCAL, 2), 2)

    def test_a_reload_says_it_again_on_a_connection_that_stays(self):
        server = self.serve()
        with server.connect() as connection:
            def send(*fields: str) -> None:
                connection.send("".join(("GET /hello HTTP/1.1\r\nHost: a\r\n", *(f"{field}\r\n" for field in fields), "\r\n")).encode())
                self.assertEqual(connection.read().status, 200)

            for reloads in range(3):
                mark = server.mark()
                if reloads:
                    server.folder.plugins["hello"]["name"] = f"other{reloads}"
                    server.folder.write()
                    server.reload()
                for _ in range(2):
                    send("X-Forwarded-For: 203.0.113.7")
                    send("X-Real-IP: 203.0.113.7")
                send("X-Real-IP: 203.0.113.7", "User-Agent: the last one")
                server.wait_for("Request completed", since=mark, userAgent="the last one")
                self.assertEqual((server.count(LOCAL, 1, mark), server.count(REAL_IP, 1, mark)), (1, 1))

    def test_a_proxy_that_sends_only_x_real_ip_is_found(self):
        server = self.serve()
        for _ in range(2):
            self.address(server, ("X-Real-IP", "203.0.113.7"), ("Via", "1.1 a"))
        told = server.wait_for(REAL_IP, level="warn")
        self.assertEqual((told["peer"], told["setting"]), ("127.0.0.1", "server.trusted_proxies"))
        self.assertIn("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for", told["reason"])
        self.assertEqual(server.count(REAL_IP, 1), 1)
        # Another fault of the same peer is not hidden by it.
        self.address(server, ("X-Forwarded-For", "203.0.113.7"), ("X-Real-IP", "203.0.113.7"))
        server.wait_for(LOCAL)
        quiet = self.serve()
        for field in TRACES:
            self.address(quiet, field)
        self.assertEqual(quiet.found(REAL_IP) + quiet.found(LOCAL), [])

    def test_everybody_is_one_client_and_it_is_logged(self):
        server = self.serve({**PLUGINS, "rate-limit": {"limit": "3"}})
        statuses = [server.get("/hello", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status for number in range(5)]
        self.assertEqual(statuses, [200, 200, 200, 429, 429])
        server.wait_for(LOCAL)


class Ready(ProxyTest):
    """Names of checks are for neighbours, not for those who come through a neighbour."""

    def names(self, server: Mortised, *fields: tuple[str, str]) -> bool:
        with server.connect() as connection:
            lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
            connection.send(f"GET /ready HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode())
            response = connection.read()
        self.assertEqual(response.status, 200)
        return "checks" in response.json

    # contract: ready.names
    def test_who_comes_through_an_untrusted_proxy_is_not_local(self):
        for allow in (None, "127.0.0.1", "127.0.0.0/8, ::1"):
            plugins = {**ALL_PLUGINS, "health": {"allow": allow} if allow else {}}
            server = self.serve(plugins)
            self.assertTrue(self.names(server))
            for name in ("User-Agent", "If-Match-Not", "X-Forwarded-Fors", "X-Requested", "CDN-Look", "X-Clients-IP", "Forwarded-By-Me"):
                self.assertTrue(self.names(server, (name, "probe")), name)
            for field in (*FIELDS, ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("X-Real-IP", "127.0.0.1"),
                          *TRACES):
                with self.subTest(allow=allow, field=field):
                    self.assertFalse(self.names(server, field))

    def test_behind_a_trusted_proxy_it_goes_by_the_client(self):
        server = self.serve(ALL_PLUGINS, trusted_proxies="loopback")
        for fields, local in (
            ((), True), ((("X-Forwarded-For", "127.0.0.1"),), True), ((("Forwarded", "for=127.0.0.1"),), True),
            ((("Forwarded", 'for="[::1]"'),), True), ((("X-Forwarded-For", "203.0.113.7"),), False),
            ((("Forwarded", "for=203.0.113.7"),), False), ((("Forwarded", "for=unknown"),), False), ((("Forwarded", "for=_h"),), False),
            ((("Forwarded", "junk"),), False), ((("X-Forwarded-For", "127.0.0.1, 203.0.113.7"),), False),
            ((("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for=127.0.0.1")), False),
            ((("Forwarded", "for=203.0.113.7"), ("X-Forwarded-For", "127.0.0.1")), False), ((("X-Real-IP", "203.0.113.7"),), False),
        ):
            with self.subTest(fields=fields):
                self.assertEqual(self.names(server, *fields), local)

    def test_other_plugins_decide_likewise(self):
        server = self.serve({**PLUGINS, "uses-network": {}})
        self.assertEqual(server.get("/uses/network").status, 200)
        for name, value in FIELDS:
            self.assertEqual(server.get("/uses/network", headers={name: value}).status, 404)


class Rfc7239(ProxyTest):
    # contract: rate-limit.clients
    def test_forwarded_is_read_from_the_right(self):
        server = self.serve(trusted_proxies="127.0.0.0/8, 10.0.0.0/8")
        for value, expected in (
            ("for=203.0.113.7", "203.0.113.7"),
            ("For=203.0.113.7;By=10.0.0.1;Proto=https;Host=a", "203.0.113.7"),
            ('proto=http ; for="203.0.113.7:47011"', "203.0.113.7"),
            ('for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
            ('FOR="[2001:db8:cafe::17]"', "2001:db8:cafe::17"),
            ("for=198.51.100.1, for=203.0.113.7", "203.0.113.7"),
            ("for=198.51.100.1, for=203.0.113.7, for=10.0.0.9,,", "203.0.113.7"),
            (r'for="203.0.113.\7";x="a, for=198.51.100.9"', "203.0.113.7"),
            ('for="evil, for=203.0.113.7', "203.0.113.7"),
            ("for=10.0.0.3, for=10.0.0.2", "10.0.0.3"),
            ("for=unknown", "::"), ("for=Unknown", "::"), ("for=_gazonk", "::"), ("for=198.51.100.1, for=_hidden, for=10.0.0.2", "::"),
            ("for=2001:db8::1", "::"), ('for="2001:db8::1"', "::"), ("for=203.0.113.7 for=198.51.100.1", "::"),
            ("for=198.51.100.1, junk, for=10.0.0.2", "::"), ("for=198.51.100.1;for=203.0.113.7", "::"), ("by=203.0.113.7", "::"),
            ("203.0.113.7", "::"), ("", "::"), ('for="203.0.113.7', "::"), ('for="', "::"),
        ):
            with self.subTest(value=value):
                self.assertEqual(self.address(server, ("Forwarded", value)), expected)

    def test_several_fields_are_one_list(self):
        server = self.serve(trusted_proxies="127.0.0.0/8, 10.0.0.0/8")
        for values, expected in (
            (("for=198.51.100.1", "for=203.0.113.7"), "203.0.113.7"),
            (("for=198.51.100.1, for=203.0.113.7", "for=10.0.0.2", "for=10.0.0.1"), "203.0.113.7"),
            (('for="evil', "for=203.0.113.7"), "203.0.113.7"),
            (("for=203.0.113.7", 'for="evil'), "::"),
        ):
            with self.subTest(values=values):
                self.assertEqual(self.address(server, *(("Forwarded", value) for value in values)), expected)

    def test_a_proxy_that_sets_one_field_passes_no_other(self):
        for header, own, other in (("x-forwarded-for", ("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for={}")),
                                   ("forwarded", ("Forwarded", "for=203.0.113.7"), ("X-Forwarded-For", "{}"))):
            server = self.serve(trusted_proxies="loopback", forwarded_header=header)
            for address in ("127.0.0.1", "198.51.100.1", "unknown"):
                with self.subTest(header=header, address=address):
                    spoof = (other[0], other[1].format(address))
                    self.assertEqual(self.address(server, spoof, own), "203.0.113.7")
                    self.assertEqual(self.address(server, own, spoof), "203.0.113.7")
            self.assertEqual(server.found("A trusted proxy sends X-Forwarded-For and Forwarded, and they disagree"), [])
            self.assertEqual(self.address(server, (other[0], other[1].format("198.51.100.1"))), "127.0.0.1")
            told = server.wait_for("A trusted proxy does not send the field that server.forwarded_header names", level="warn")
            self.assertEqual((told["peer"], told["setting"]), ("127.0.0.1", "server.forwarded_header"))

    def test_where_no_field_is_named_no_client_chooses_who_it_is(self):
        server = self.serve(trusted_proxies="loopback")
        self.assertEqual(self.address(server, ("Forwarded", "for=203.0.113.7"), ("X-Forwarded-For", "203.0.113.7")), "203.0.113.7")
        for address in ("127.0.0.1", "198.51.100.1", "unknown"):
            self.assertEqual(self.address(server, ("Forwarded", f"for={address}"), ("X-Forwarded-For", "203.0.113.7")), "::")
        told = server.wait_for("A trusted proxy sends X-Forwarded-For and Forwarded, and they disagree", level="warn")
        self.assertEqual((told["peer"], told["setting"]), ("127.0.0.1", "server.forwarded_header"))
        self.assertEqual(server.count("A trusted proxy sends X-Forwarded-For and Forwarded, and they disagree", 1), 1)

    def test_the_limiter_keeps_clients_apart_by_it(self):
        server = self.serve({**PLUGINS, "rate-limit": {"limit": "2"}}, trusted_proxies="loopback")
        for client in ("203.0.113.1", "203.0.113.2", '"[2001:db8:7:1::1]"'):
            statuses = [server.get("/hello", headers={"Forwarded": f"for=198.51.100.{number}, for={client}"}).status for number in range(3)]
            self.assertEqual(statuses, [200, 200, 429], client)

    def test_a_header_that_is_none_is_a_mistake(self):
        for header in ("x-real-ip", "X-Forwarded-For", ""):
            folder = Folder({"forwarded_header": header}, PLUGINS)
            self.addCleanup(folder.remove)
            self.assertEqual(run("--config", folder.config, "--check-config").returncode, 78)


class NobodyNamed(ProxyTest):
    """A trusted proxy whose fields name nobody puts all of its clients together; that is logged."""

    def test_fields_without_a_usable_address(self):
        for header in ("either", "x-forwarded-for", "forwarded"):
            for name, values in (("X-Forwarded-For", ("", "unknown", "junk", "1.1.1.1,", "1.1.1.1, localhost")),
                                 ("Forwarded", ("", "for=_x", "by=1.1.1.1", "for=unknown", "junk;", "for=1.1.1.1, proto=https"))):
                if header not in ("either", name.lower()):
                    continue
                server = self.serve(trusted_proxies="loopback", forwarded_header=header)
                for value in values:
                    with self.subTest(header=header, name=name, value=value):
                        mark = server.mark()
                        for _ in range(2):
                            self.assertEqual(self.address(server, (name, value)), "::")
                        told = server.wait_for(UNUSABLE.format(name), level="warn", since=mark)
                        self.assertEqual(told["peer"], "127.0.0.1")
                        self.assertIn("X-Forwarded-For", told["reason"])
                        self.assertEqual(server.count(UNUSABLE.format(name), 1, mark), 1)
                        server.folder.plugins["hello"]["name"] = f"{server.mark()}"
                        server.folder.write()
                        server.reload()
                mark = server.mark()
                self.assertEqual(self.address(server, (name, "203.0.113.7" if name[0] == "X" else "for=203.0.113.7")), "203.0.113.7")
                self.assertEqual(server.found(UNUSABLE.format(name), since=mark), [])

    def test_neither_field(self):
        for fields in ((("X-Real-IP", "203.0.113.7"),), (("Via", "1.1 a"),), (("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "a")), (TRACES[4],)):
            with self.subTest(fields=fields):
                server = self.serve(trusted_proxies="loopback")
                self.address(server)
                self.assertEqual(server.found(NO_FIELD), [])
                for _ in range(2):
                    self.assertEqual(self.address(server, *fields), "127.0.0.1")
                told = server.wait_for(NO_FIELD, level="warn")
                self.assertEqual((told["peer"], told["setting"]), ("127.0.0.1", "server.trusted_proxies"))
                self.assertIn("proxy_set_header X-Forwarded-For", told["reason"])
                self.assertEqual(server.count(NO_FIELD, 1), 1)


class Proxy:
    """Stands before a server as nginx does with `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for`: appends the
    client that it sees, which is made up here, to what the client sent, and passes the other fields on."""

    def __init__(self, port: int, client: str):
        self.port, self.client = port, client

    def get(self, path: str, *fields: tuple[str, str]) -> tuple[int, dict]:
        sent = [value for name, value in fields if name.lower() == "x-forwarded-for"]
        passed = [(name, value) for name, value in fields if name.lower() != "x-forwarded-for"]
        passed.append(("X-Forwarded-For", ", ".join([*sent, self.client])))
        lines = "".join(f"{name}: {value}\r\n" for name, value in passed)
        with socket.create_connection(("127.0.0.1", self.port)) as upstream:
            upstream.sendall(f"GET {path} HTTP/1.0\r\nHost: a\r\n{lines}\r\n".encode())
            data = b""
            while piece := upstream.recv(65536):
                data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)


class BehindAProxy(ProxyTest):
    def test_clients_are_apart_and_cannot_spoof(self):
        server = self.serve({**ALL_PLUGINS, "rate-limit": {"limit": "5"}}, trusted_proxies="loopback", forwarded_header="x-forwarded-for")
        spoofs = ((), (("X-Forwarded-For", "127.0.0.1"),), (("Forwarded", "for=127.0.0.1"),), (("X-Forwarded-For", '"'),),
                  (("X-Forwarded-For", "127.0.0.1,"), ("Forwarded", 'for="')))
        counts = {}

        def run_client(name: str) -> None:
            proxy = Proxy(server.endpoint[1], name)
            counts[name] = [proxy.get("/hello", *spoof)[0] for spoof in (*spoofs, *spoofs[:2])]

        threads = [threading.Thread(target=run_client, args=(name,)) for name in ("203.0.113.1", "203.0.113.2", "2001:db8::1")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name, statuses in counts.items():
            self.assertEqual(statuses, [200] * 5 + [429] * 2, name)
        for spoof in spoofs:
            self.assertNotIn("checks", Proxy(server.endpoint[1], "203.0.113.9").get("/ready", *spoof)[1])
        self.assertIn("checks", server.get("/ready").json)


class Nginx(ProxyTest):
    """The README's section "Behind a proxy", as it stands there, with a real nginx."""

    def setUp(self):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            # Also where CI=true: tests/run.sh does not install it, since Debian's package starts a server on port 80.
            self.skipTest("nginx is not installed")
        section = (SOURCE / "README.md").read_text(encoding="utf-8").partition("## Behind a proxy")[2]
        location, settings = (re.search(f"```{kind}\n(.*?)```", section, re.S)[1] for kind in ("nginx", "ini"))
        self.folder = Folder({}, {**ALL_PLUGINS, "rate-limit": {"limit": "5"}})
        self.addCleanup(self.folder.remove)
        for key, value in re.findall(r"(?m)^(\w+) = (.*?)\s*;", settings):
            if key != "listen":
                self.folder.server[key] = value
        self.folder.write()
        self.server = Mortised(self.folder)
        self.addCleanup(self.server.close)
        where = self.folder.path / "nginx"
        where.mkdir()
        location = location.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.endpoint[1]}")
        paths = "".join(f"{kind}_temp_path {where}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (where / "nginx.conf").write_text(
            f"daemon off; pid {where}/pid; error_log {where}/error; events {{}}\n"
            f"http {{ access_log off; {paths}\nserver {{ listen unix:{where}/front;\n"
            f"set_real_ip_from unix:; real_ip_header X-Test-Peer;\n{location}}}\n}}\n")
        nginx = subprocess.Popen([program, "-p", str(where), "-c", str(where / "nginx.conf")], stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (nginx.terminate(), nginx.communicate()))
        self.front = str(where / "front")
        eventually(lambda: accepts(self.front) or nginx.poll() is not None, "nginx listens")
        self.assertIsNone(nginx.poll())

    def get(self, path: str, peer: str, *fields: tuple[str, str]):
        """A request as nginx gets it from `peer`."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in (("X-Test-Peer", peer), *fields))
        with Connection(self.front) as connection:
            connection.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode())
            return connection.read()

    def test_clients_are_apart_cannot_spoof_and_are_not_local(self):
        spoofs = ((), (("X-Forwarded-For", "127.0.0.1"),), (("Forwarded", "for=127.0.0.1"),),
                  (("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "for=198.51.100.1")), (("X-Forwarded-For", '"'),))
        for peer in ("203.0.113.1", "203.0.113.2", "2001:db8::1"):
            mark = self.server.mark()
            for spoof in spoofs:
                self.assertEqual(self.get("/hello", peer, *spoof).status, 200)
            self.assertEqual([self.get("/hello", peer, *spoof).status for spoof in spoofs], [429] * 5)
            self.server.wait_for("Request completed", since=mark, ip=peer, status=429)
            for spoof in spoofs:
                self.assertNotIn("checks", self.get("/ready", peer, *spoof).json)
        for message in (LOCAL, UNTRUSTED, REAL_IP, NO_FIELD, UNUSABLE.format("X-Forwarded-For")):
            self.assertEqual(self.server.found(message), [])


def accepts(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


def own_address() -> str | None:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


if __name__ == "__main__":
    unittest.main()
