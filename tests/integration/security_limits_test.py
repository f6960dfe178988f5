# SPDX-License-Identifier: Apache-2.0
"""Limits that stand before every door to costly work, and stay there when others are added."""

import contextlib
import ctypes
import fcntl
import json
import re
import socket
import struct
import unittest
import uuid

from mortised import ALL_PLUGINS, Clients, Folder, Mortised, run

BARE = {"routing": {}, "logging": {}, "health": {}, "hello": {}}
WARNING = r"mortise\.ini:\d+:\d+: warning: plugin\.rate-limit\.rules: no enabled plugin has the route '{}'"


class LimitTest(unittest.TestCase):
    def serve(self, rate_limit=None, plugins=None, **server) -> Mortised:
        server = {"trusted_proxies": "127.0.0.0/8", **server}
        started = Mortised(server=server, plugins={**(ALL_PLUGINS if plugins is None else plugins), "rate-limit": rate_limit or {}})
        self.addCleanup(started.close)
        return started

    def passes(self, server: Mortised, target: str, client: dict[str, str], body=None) -> int:
        """How many requests pass before one is refused, at most 25."""
        method, _, path = target.partition(" ")
        for count in range(25):
            response = server.request(method, path, body=b"{}" if body is None else json.dumps(body).encode(),
                                      headers={"Content-Type": "application/json", **client})
            if response.status == 429:
                self.assertIsNotNone(response.header("retry-after"))
                return count
        return 25


class Doors(LimitTest):
    OWN = ("", "GET /hello 60/1m", "GET /hello, GET /api/users/me 3/1m", "* /auth/login 1000/1h", "GET /auth/login 1000/1h")

    # contract: rate-limit.rules, rate-limit.doors
    def test_every_door_to_hashing_is_guarded_whatever_rules_are_added(self):
        for rules in self.OWN:
            with self.subTest(rules=rules):
                server = self.serve({"rules": rules} if rules else {})
                for door in ("POST /auth/login", "POST /auth/register", "POST /api/users", "POST /auth/password"):
                    self.assertEqual(self.passes(server, door, Clients.fresh()), 10, door)
                for other in ("POST /auth/refresh", "POST /auth/logout", "GET /api/users"):
                    self.assertEqual(self.passes(server, other, Clients.fresh()), 25, other)

    # contract: rate-limit.rules, rate-limit.doors
    def test_both_doors_to_registration_share_a_counter(self):
        server = self.serve()
        for first, second in (("/auth/register", "/api/users"), ("/api/users", "/auth/register")):
            client = Clients.fresh()
            for number in range(10):
                path = first if number < 7 else second
                body = {"name": "Ada", "email": f"{uuid.uuid4()}@example.com", "password": "correct horse"}
                response = server.post(path, body, headers=client)
                self.assertEqual(response.status, 201)
                self.assertEqual(response.header("x-ratelimit-remaining"), str(9 - number))
            for path in (first, second):
                response = server.post(path, {}, headers=client)
                self.assertEqual((response.status, response.json["error"]), (429, "Too many requests, please try again later."))
            self.assertEqual(server.get("/hello", headers=client).status, 200)

    def test_a_password_is_not_guessed_with_a_stolen_token(self):
        server = self.serve()
        user, client = server.register(), Clients.fresh()
        for _ in range(10):
            response = server.post("/auth/password", {"currentPassword": "a wrong guess", "newPassword": "whatever else"},
                                   token=user["accessToken"], headers=client)
            self.assertEqual(response.status, 401)
        response = server.post("/auth/password", {"currentPassword": user["password"], "newPassword": "whatever else"},
                               token=user["accessToken"], headers=client)
        self.assertEqual(response.status, 429)

    def test_rules_of_an_operator_share_counters_too(self):
        server = self.serve({"rules": "GET /hello, * /api/users/:id, GET /ready 4/1h, GET /api/users/me 2/1h"})
        client = Clients.fresh()
        for target, left in (("/hello", "3"), ("/api/users/1", "2"), ("/hello", "1"), ("/api/users/2", "0")):
            response = server.get(target, headers=client)
            self.assertEqual(response.header("x-ratelimit-remaining"), left)
            self.assertEqual(response.header("ratelimit-policy"), '"GET /hello";q=4;w=3600')
        self.assertEqual(server.get("/hello", headers=client).status, 429)
        self.assertEqual(server.delete("/api/users/3", headers=client).status, 429)
        self.assertEqual(server.get("/api/users/me", headers=client).status, 401)


class Once(LimitTest):
    """A limit counts a request once, however many routes of its rule match."""

    # contract: rate-limit.rules
    def test_routes_of_a_rule_that_overlap(self):
        for rules, requests in (("GET /hello, HEAD /hello 4/1m", ("HEAD", "GET", "HEAD", "GET")), ("* /hello, GET /hello 4/1h", ("GET", "HEAD", "GET", "GET")),
                                ("HEAD /hello, * /hello, GET /hello 4/1h", ("HEAD", "GET", "HEAD", "HEAD"))):
            with self.subTest(rules=rules):
                server = self.serve({"rules": rules}, BARE)
                client = Clients.fresh()
                for number, method in enumerate(requests):
                    response = server.request(method, "/hello", headers=client)
                    self.assertEqual((response.status, response.header("x-ratelimit-remaining")), (200, str(3 - number)))
                self.assertEqual(server.request("GET", "/hello", headers=client).status, 429)


class SwitchedOff(LimitTest):
    def test_by_name_only(self):
        for disabled, free in (("login", {"POST /auth/login"}), ("registration", {"POST /auth/register", "POST /api/users"}),
                               ("password, login", {"POST /auth/password", "POST /auth/login"})):
            with self.subTest(disabled=disabled):
                server = self.serve({"disabled_rules": disabled})
                for door in ("POST /auth/login", "POST /auth/register", "POST /api/users", "POST /auth/password"):
                    self.assertEqual(self.passes(server, door, Clients.fresh()), 25 if door in free else 10, door)
                for name in disabled.split(", "):
                    server.wait_for("A built-in rule is switched off", builtin=name)

    def test_a_rule_for_the_same_route_takes_its_place_and_is_logged(self):
        server = self.serve({"rules": "POST /auth/login 12/1h, POST /api/users 3/1h"})
        server.wait_for("A rule takes the place of a built-in one", rule="POST /auth/login", builtin="login")
        server.wait_for("A rule takes the place of a built-in one", rule="POST /api/users", builtin="registration")
        for door, most in (("POST /auth/login", 12), ("POST /api/users", 3), ("POST /auth/register", 10), ("POST /auth/password", 10)):
            self.assertEqual(self.passes(server, door, Clients.fresh()), most, door)

    LAXER = "A rule takes the place of a built-in one"
    SKIPPED = "A rule never counts, since skip exempts its path"
    SKIPPED_BUILTIN = "A built-in rule never counts, since skip exempts its path"

    def check(self, **settings: str) -> list[str]:
        """The lines that a check warns by."""
        folder = Folder({}, {**ALL_PLUGINS, "rate-limit": settings})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 0, done)
        return [line for line in done.stderr.splitlines() if "warn" in line.lower()]

    def test_a_check_warns_of_a_rule_that_allows_more_than_the_built_in_one(self):
        for rules, route, builtin in (("POST /auth/login 1000/1h", "POST /auth/login", "login"), ("POST /api/users 1/1m", "POST /api/users", "registration"),
                                      ("POST /auth/password 11/30d", "POST /auth/password", "password")):
            with self.subTest(rules=rules):
                warned = self.check(rules=rules)
                self.assertEqual(len(warned), 1, warned)
                for text in (self.LAXER, route, builtin, "disabled_rules"):
                    self.assertIn(text, warned[0])
                self.assertEqual(self.check(rules=rules, disabled_rules=builtin), [])
        for rules in ("POST /auth/login 10/1h", "POST /auth/login 5/450s", "* /auth/login 1000/1s", "POST /api/users 10/1d, POST /auth/register 1/1h"):
            self.assertEqual(self.check(rules=rules), [], rules)

    def test_a_check_warns_of_rules_that_skip_exempts(self):
        for settings, message, route in (({"rules": "GET /ready 2/1h"}, self.SKIPPED, "GET /ready"), ({"rules": "GET /hello, * /health 2/1h"}, self.SKIPPED, "* /health"),
                                         ({"rules": "GET /api/users/:id 2/1h", "skip": "/api/users/:id"}, self.SKIPPED, "GET /api/users/:id"),
                                         ({"skip": "/health, /auth/login"}, self.SKIPPED_BUILTIN, "POST /auth/login")):
            with self.subTest(settings=settings):
                warned = self.check(**settings)
                self.assertEqual(len(warned), 1, warned)
                self.assertIn(message, warned[0])
                self.assertIn(route, warned[0])
        self.assertEqual(self.check(rules="GET /ready 2/1h", skip="/health"), [])
        self.assertEqual(self.check(skip="/auth/login", disabled_rules="login"), [])

    def test_start_and_reload_warn_of_both_once(self):
        server = self.serve({"rules": "POST /auth/login 1000/1h, GET /ready 2/1h"})
        self.assertEqual(server.wait_for(self.LAXER, level="warn", rule="POST /auth/login", builtin="login")["setting"], "plugin.rate-limit.rules")
        self.assertEqual(server.wait_for(self.SKIPPED, level="warn", rule="GET /ready")["setting"], "plugin.rate-limit.skip")
        self.assertEqual((server.count(self.LAXER, 1), server.count(self.SKIPPED, 1)), (1, 1))
        mark = server.mark()
        server.folder.plugins["rate-limit"]["limit"] = "99"
        server.folder.write()
        server.reload()
        server.wait_for(self.LAXER, level="warn", since=mark)
        self.assertEqual((server.count(self.LAXER, 2), server.count(self.SKIPPED, 2)), (2, 2))

    def test_a_name_that_is_none_is_a_mistake(self):
        for disabled in ("logn", "all", "login, Registration", "POST /auth/login"):
            with self.subTest(disabled=disabled):
                folder = Folder({}, {**ALL_PLUGINS, "rate-limit": {"disabled_rules": disabled}})
                self.addCleanup(folder.remove)
                done = run("--config", folder.config, "--check-config")
                self.assertEqual(done.returncode, 78, done)
                self.assertRegex(done.stderr, r"mortise\.ini:\d+:\d+: error: plugin\.rate-limit\.disabled_rules: .*login, registration and password")


class MissingRoutes(LimitTest):
    RULES = {
        "POST /auth/logn 5/1m": "POST /auth/logn",
        "GET /api/users/:userId 5/1m": "GET /api/users/:userId",
        "PUT /hello 5/1m": "PUT /hello",
        "* /Hello 5/1m": r"\* /Hello",
        "GET /hello, GET /helo 5/1m": "GET /helo",
        "HEAD /auth/login 5/1m": "HEAD /auth/login",
    }

    def check(self, rules: str, plugins=None):
        folder = Folder({}, {**(ALL_PLUGINS if plugins is None else plugins), "rate-limit": {"rules": rules} if rules else {}})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 0, done)
        return done.stderr

    def test_a_check_warns_with_the_place(self):
        for rules, route in self.RULES.items():
            with self.subTest(rules=rules):
                shown = self.check(rules)
                self.assertRegex(shown, WARNING.format(route))
                self.assertEqual(len(re.findall("warning", shown)), 1, shown)
                self.assertRegex(shown, r"\[C\d+\]")
        self.assertIn("did you mean 'POST /auth/login'?", self.check("POST /auth/logn 5/1m"))

    def test_what_is_there_is_no_warning(self):
        for rules in ("", "POST /auth/login 5/1h", "HEAD /hello 5/1m", "* /api/users/:id, GET /hello 5/1m"):
            with self.subTest(rules=rules):
                self.assertEqual(self.check(rules), "")

    def test_built_in_rules_need_not_be_there(self):
        self.assertEqual(self.check("", BARE), "")
        self.assertEqual(self.check("GET /hello 5/1m", BARE), "")
        self.assertRegex(self.check("POST /auth/login 5/1m", BARE), WARNING.format("POST /auth/login"))

    def test_what_is_left_out_may_have_the_route(self):
        shown = self.check("POST /late 5/1m, GET /hello 5/1m", {**BARE, "throws-in-start": {"on_error": "disable"}})
        self.assertRegex(shown, WARNING.format("POST /late"))
        shown = self.check("POST /late 5/1m, GET /hello 5/1m", {**BARE, "throws-in-configure": {"on_error": "disable"}})
        self.assertIn("no plugin in use has the route 'POST /late'; one that was left out (on_error = disable) may have it", shown)
        self.assertNotIn("no enabled plugin has the route", shown)

    def test_start_and_reload_warn_also_of_what_was_carried_over(self):
        server = self.serve({"rules": "GET /hello 5/1m, GET /helo 5/1m"})
        found = server.wait_for("The configuration is doubtful", level="warn")
        self.assertIn("no enabled plugin has the route 'GET /helo'", found["reason"])
        mark = server.mark()
        server.folder.plugins.pop("hello")
        server.folder.write()
        self.assertEqual(int(server.reload()["newInstances"]), 0)
        told = [record["reason"] for record in server.found("The configuration is doubtful", since=mark)]
        self.assertEqual(len(told), 2, told)
        self.assertTrue(any("'GET /hello'" in reason for reason in told), told)


class Grammar(LimitTest):
    def test_mistakes_are_named(self):
        for rules, told in (
            ("POST /auth/register, POST /api/users", "'POST /api/users': no rate follows"),
            ("GET /hello 5/1m, GET /ready", "'GET /ready': no rate follows"),
            ("GET /hello, GET /hello 5/1m", "'GET /hello' has a rule already"),
            ("POST /auth/register POST /api/users 10/1h", "a rule is a method, a pattern and a rate"),
            ("GET, GET /x 5/1m", "'GET': a rule is a method, a pattern and a rate"),
            ("GET hello, GET /x 5/1m", "'GET hello': the pattern"),
        ):
            with self.subTest(rules=rules):
                folder = Folder({}, {**BARE, "rate-limit": {"rules": rules}})
                self.addCleanup(folder.remove)
                done = run("--config", folder.config, "--check-config")
                self.assertEqual(done.returncode, 78, done)
                self.assertRegex(done.stderr, r"mortise\.ini:\d+:\d+: error: plugin\.rate-limit\.rules: ")
                self.assertIn(told, done.stderr)


class OneNotion(LimitTest):
    """The same prefix tells clients apart wherever they are counted."""

    def test_the_limiter_goes_by_the_servers_prefix(self):
        for prefix, together, apart in (("48", "2001:db8:7:ff00::1", "2001:db8:8::1"), ("56", "2001:db8:7:ff::1", "2001:db8:7:100::1"),
                                        ("64", "2001:db8:7::ff", "2001:db8:7:1::1")):
            with self.subTest(prefix=prefix):
                server = self.serve({"limit": "2"}, BARE, client_ipv6_prefix=prefix)
                for number in range(2):
                    self.assertEqual(server.get("/hello", headers={"X-Forwarded-For": f"2001:db8:7::{number}"}).status, 200)
                self.assertEqual(server.get("/hello", headers={"X-Forwarded-For": together}).status, 429)
                self.assertEqual(server.get("/hello", headers={"X-Forwarded-For": apart}).status, 200)

    def test_mapped_addresses_are_ipv4(self):
        server = self.serve({"limit": "3"}, BARE)
        for headers in ({"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "::ffff:203.0.113.9"}, {"Forwarded": 'for="[::ffff:cb00:7109]"'}):
            self.assertEqual(server.get("/hello", headers=headers).status, 200)
        self.assertEqual(server.get("/hello", headers={"X-Forwarded-For": "[::ffff:203.0.113.9]:80"}).status, 429)

    def test_connections_are_limited_by_the_same_prefix(self):
        addresses = ("2001:db8:7::1", "2001:db8:7:ff::1", "2001:db8:7:42:1:2:3:4", "2001:db8:7:100::1")
        with own_network(self, addresses), self.serve(None, BARE, trusted_proxies="", listen="[::]:0", max_connections_per_address="2") as server, \
                contextlib.ExitStack() as open_ones:
            def status(source: str) -> int:
                """Of a connection that stays, in the middle of a request's body: it makes no room."""
                connection = socket.create_connection((addresses[0], server.endpoint[1]), timeout=20, source_address=(source, 0))
                open_ones.enter_context(connection)
                connection.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: ")
                return int(connection.recv(65536).split()[1])

            self.assertEqual([status(source) for source in addresses], [200, 200, 503, 200])

    def test_bounds(self):
        for prefix in ("31", "65", "x"):
            folder = Folder({"client_ipv6_prefix": prefix}, BARE)
            self.addCleanup(folder.remove)
            self.assertEqual(run("--config", folder.config, "--check-config").returncode, 78)


@contextlib.contextmanager
def own_network(test: unittest.TestCase, addresses: tuple[str, ...]):
    """A network of the calling thread and of what it starts, whose loopback has these IPv6 addresses."""
    libc = ctypes.CDLL(None, use_errno=True)
    clone_newnet, siocsifaddr, siocsifflags, up_and_running = 0x40000000, 0x8916, 0x8914, 0x41
    with open("/proc/thread-self/ns/net", "rb") as before:
        if libc.unshare(clone_newnet) != 0:
            test.skipTest("no network namespace may be made here")
        try:
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
                fcntl.ioctl(control, siocsifflags, struct.pack("16sh22x", b"lo", up_and_running))
                for address in addresses:
                    fcntl.ioctl(control, siocsifaddr, struct.pack("16sIi", socket.inet_pton(socket.AF_INET6, address), 128, socket.if_nametoindex("lo")))
            yield
        finally:
            test.assertEqual(libc.setns(before.fileno(), clone_newnet), 0)


if __name__ == "__main__":
    unittest.main()
