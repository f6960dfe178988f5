# SPDX-License-Identifier: Apache-2.0
"""The limiter: what counts, whom it counts, what it answers."""

import re
import time
import unittest

from mortised import ALL_PLUGINS, Clients, Mortised, ServerTest, eventually, run

SENTENCE = "Too many requests, please try again later."
FIELDS = ("ratelimit-policy", "ratelimit", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
BARE = {"routing": {}, "logging": {}, "health": {}, "hello": {}}


class LimitTest(ServerTest):
    SERVER = {"trusted_proxies": "127.0.0.0/8"}

    def remaining(self, response) -> int:
        return int(response.header("x-ratelimit-remaining"))

    def assertRefused(self, response) -> int:
        self.assertError(response, 429, SENTENCE)
        self.assertEqual(self.remaining(response), 0, response)
        wait = response.header("retry-after")
        self.assertRegex(wait, "^[1-9][0-9]*$")
        self.assertTrue(response.header("ratelimit").endswith(f";r=0;t={wait}"), response)
        return int(wait)

    def assertUncounted(self, response) -> None:
        self.assertEqual([name for name in FIELDS if response.header(name) is not None], [], response)


class Defaults(LimitTest):
    SERVER = {**LimitTest.SERVER, "password_cost": "10"}
    PLUGINS = {**ALL_PLUGINS, "rate-limit": {}}

    # contract: rate-limit.default, rate-limit.fields, rate-limit.refused
    def test_a_hundred_requests_in_fifteen_minutes(self):
        client = Clients.fresh()
        with self.server.connect() as connection:
            for left in range(99, -1, -1):
                response = connection.exchange("GET", "/hello", headers=client)
                self.assertEqual(response.status, 200)
                self.assertEqual(response.header("ratelimit-policy"), '"default";q=100;w=900')
                fields = re.fullmatch(r'"default";r=([0-9]+);t=([0-9]+)', response.header("ratelimit"))
                self.assertEqual(int(fields[1]), left)
                self.assertTrue(0 < int(fields[2]) <= 900, response)
                self.assertEqual(response.header("x-ratelimit-limit"), "100")
                self.assertEqual(self.remaining(response), left)
                self.assertLess(abs(int(response.header("x-ratelimit-reset")) - int(fields[2]) - time.time()), 10)
            response = connection.exchange("GET", "/hello", headers=client)
            self.assertLessEqual(self.assertRefused(response), 900)
            # The connection goes on, for those whom a proxy brings on it.
            self.assertEqual(connection.exchange("GET", "/hello", headers=Clients.fresh()).status, 200)

    # contract: rate-limit.rules, http.fault-order
    def test_login_is_stricter_and_refused_before_anything_is_hashed(self):
        client = Clients.fresh()
        user = self.server.register()
        attempt = {"email": user["user"]["email"], "password": "wrong guess"}
        hashed, refused = [], []
        for left in range(9, -1, -1):
            begun = time.monotonic()
            response = self.server.post("/auth/login", attempt, headers=client)
            hashed.append(time.monotonic() - begun)
            self.assertError(response, 401, "Invalid credentials")
            self.assertEqual(response.header("ratelimit-policy"), '"POST /auth/login";q=10;w=900')
            self.assertEqual(self.remaining(response), left)
        for _ in range(10):
            begun = time.monotonic()
            response = self.server.post("/auth/login", attempt, headers=client)
            refused.append(time.monotonic() - begun)
            self.assertRefused(response)
        self.assertLess(min(refused), min(hashed) / 3, (refused, hashed))
        # Also with the right password, and for no other route.
        self.assertRefused(self.server.post("/auth/login", {**attempt, "password": user["password"]}, headers=client))
        response = self.server.get("/hello", headers=client)
        self.assertEqual((response.status, self.remaining(response)), (200, 100 - 22))
        self.assertEqual(self.server.post("/auth/login", {**attempt, "password": user["password"]}, headers=Clients.fresh()).status, 200)

    # contract: rate-limit.rules
    def test_registration_is_stricter(self):
        client = Clients.fresh()
        for _ in range(10):
            response = self.server.post("/auth/register", {}, headers=client)
            self.assertError(response, 400)
            self.assertEqual(response.header("ratelimit-policy"), '"POST /auth/register";q=10;w=3600')
        self.assertRefused(self.server.post("/auth/register", {}, headers=client))


class Small(LimitTest):
    """A limit of five for all but one route."""

    PLUGINS = {**ALL_PLUGINS, "uses-filter": {}, "rate-limit": {"limit": "5", "rules": "GET /uses/filter 2/1h, * /api/users/:id 3/2h"}}

    def use_up(self, client) -> None:
        for _ in range(5):
            self.assertEqual(self.server.get("/hello", headers=client).status, 200)

    # contract: rate-limit.exempt
    def test_probes_and_preflights_do_not_count(self):
        client = Clients.fresh()
        for used_up in (False, True):
            for _ in range(6):
                self.assertUncounted(self.server.get("/health", headers=client))
                self.assertUncounted(self.server.get("/health?x=1", headers=client))
                self.assertUncounted(self.server.get("/ready", headers=client))
                self.assertUncounted(self.server.get("/metrics", headers=client))
                for path in ("/hello", "/nowhere"):
                    preflight = self.server.request(
                        "OPTIONS", path, headers={**client, "Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"})
                    self.assertNotEqual(preflight.status, 429)
                    self.assertUncounted(preflight)
            if not used_up:
                self.use_up(client)
        self.assertRefused(self.server.get("/hello", headers=client))
        self.assertRefused(self.server.get("/hello", headers={**client, "Access-Control-Request-Method": "GET"}))

    # contract: rate-limit.fields
    def test_whatever_the_answer_it_counts(self):
        client = Clients.fresh()
        self.assertEqual(self.server.get("/nowhere", headers=client).header("x-ratelimit-remaining"), "4")
        self.assertEqual(self.server.delete("/hello", headers=client).header("x-ratelimit-remaining"), "3")
        self.assertEqual(self.server.request("OPTIONS", "/hello", headers=client).header("x-ratelimit-remaining"), "2")
        self.assertEqual(self.server.get("/api/users/me", headers=client).header("x-ratelimit-remaining"), "1")
        self.assertEqual(self.server.post("/api/users", {}, headers=client).header("x-ratelimit-remaining"), "0")
        self.assertRefused(self.server.get("/hello", headers=client))

    # contract: http.fault-order
    def test_the_limit_stands_between_404_and_401(self):
        client = Clients.fresh()
        self.use_up(client)
        self.assertError(self.server.get("/nowhere", headers=client), 404, "Route not found")
        self.assertError(self.server.delete("/hello", headers=client), 405)
        self.assertRefused(self.server.get("/api/users/me", headers=client))
        self.assertRefused(self.server.request("POST", "/api/users", body=b"{", headers={**client, "Content-Type": "text/plain"}))
        self.assertRefused(self.server.request("POST", "/api/users", body=b"{", headers={**client, "Content-Type": "application/json"}))
        with self.server.connect() as connection:
            connection.send(b"GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n")
            self.assertEqual(connection.read().status, 400)

    # contract: rate-limit.rules
    def test_rules_go_by_the_pattern_and_have_counters_of_their_own(self):
        client = Clients.fresh()
        for left in (2, 1, 0):
            response = self.server.get(f"/api/users/{left}", headers=client)
            self.assertEqual(response.status, 401)
            self.assertEqual((response.header("ratelimit-policy"), self.remaining(response)), ('"* /api/users/:id";q=3;w=7200', left))
        self.assertRefused(self.server.patch("/api/users/4", {}, headers=client))
        # The general limit is the tighter one now.
        response = self.server.get("/hello", headers=client)
        self.assertEqual((response.header("ratelimit-policy"), self.remaining(response)), ('"default";q=5;w=900', 0))

    # contract: rate-limit.rules
    def test_head_counts_as_get(self):
        client = Clients.fresh()
        with self.server.connect() as connection:
            connection.request("HEAD", "/uses/filter", headers=client)
            self.assertEqual(connection.read(head=True).header("ratelimit-policy"), '"GET /uses/filter";q=2;w=3600')
            self.assertEqual(connection.exchange("GET", "/uses/filter", headers=client).status, 200)
            connection.request("HEAD", "/uses/filter", headers=client)
            self.assertEqual(connection.read(head=True).status, 429)

    # contract: rate-limit.clients
    def test_clients_behind_a_trusted_proxy_are_apart(self):
        first, second = Clients.fresh(), Clients.fresh()
        self.use_up(first)
        self.assertRefused(self.server.get("/hello", headers=first))
        self.assertEqual(self.server.get("/hello", headers=second).status, 200)
        # What the client itself wrote before the proxy's word does not help.
        self.assertRefused(self.server.get("/hello", headers={"X-Forwarded-For": "203.0.113.99, " + first["X-Forwarded-For"]}))
        # Who hides is counted together with others who do.
        for value in ("unknown", "_a", "_b", "", "junk"):
            self.server.get("/hello", headers={"X-Forwarded-For": value})
        self.assertRefused(self.server.get("/hello", headers={"X-Forwarded-For": "_c"}))

    # contract: rate-limit.clients
    def test_ipv6_clients_are_counted_by_network(self):
        for number in range(5):
            self.assertEqual(self.server.get("/hello", headers={"X-Forwarded-For": f"2001:db8:7:{number}::{number}"}).status, 200)
        self.assertRefused(self.server.get("/hello", headers={"X-Forwarded-For": "2001:db8:7:ff::1"}))
        self.assertEqual(self.server.get("/hello", headers={"X-Forwarded-For": "2001:db8:7:100::1"}).status, 200)
        client = Clients.fresh()
        self.use_up(client)
        self.assertRefused(self.server.get("/hello", headers={"X-Forwarded-For": "::ffff:" + client["X-Forwarded-For"]}))


class Twins(LimitTest):
    """What does several operations in one request."""

    PLUGINS = {**ALL_PLUGINS, "uses-limits": {}, "rate-limit": {"limit": "20", "rules": "POST /uses/limits, POST /things 4/1h, POST /others 2/2h"}}

    def send(self, client, *twins: str):
        return self.server.post("/uses/limits", {"twins": twins}, headers=client)

    def assertRefusedBy(self, response, rule: str, seconds: int) -> None:
        self.assertError(response, 429, rule)
        wait = int(response.header("retry-after"))
        self.assertTrue(0 < wait <= seconds, response)

    def test_each_operation_counts(self):
        client = Clients.fresh()
        for _ in range(2):
            self.assertEqual(self.send(client, "POST /others").status, 200)
        self.assertRefusedBy(self.send(client, "POST /others"), "POST /others", 7200)
        other = Clients.fresh()
        self.assertRefusedBy(self.send(other, "POST /others", "POST /others", "POST /others"), "POST /others", 7200)
        self.assertEqual(self.send(other, "POST /nothing").status, 200)

    def test_what_has_counted_the_request_counts_one_less(self):
        client = Clients.fresh()
        for _ in range(3):
            self.assertEqual(self.send(client, "POST /things").status, 200)
        self.assertRefusedBy(self.send(client, "POST /things", "POST /things"), "POST /uses/limits", 3600)

    def test_the_general_limit_counts_all(self):
        client = Clients.fresh()
        self.assertEqual(self.send(client, *["POST /nothing"] * 11).status, 200)
        self.assertEqual(self.remaining(self.server.get("/hello", headers=client)), 8)
        self.assertRefusedBy(self.send(client, *[""] * 12), "default", 900)
        self.assertRefused(self.server.get("/hello", headers=client))

    def test_without_the_limiter(self):
        with Mortised(plugins={**BARE, "uses-limits": {}}) as server:
            self.assertEqual(server.post("/uses/limits", {"twins": ["POST /others"] * 9}).json, {"operations": 9})


class Alone(unittest.TestCase):
    def serve(self, settings, plugins=None, **server) -> Mortised:
        started = Mortised(server=server, plugins={**(plugins or BARE), "rate-limit": settings})
        self.addCleanup(started.close)
        return started

    # contract: rate-limit.clients
    def test_nobody_else_is_believed(self):
        server = self.serve({"limit": "3"})
        for _ in range(3):
            self.assertEqual(server.get("/hello", headers=Clients.fresh()).status, 200)
        self.assertEqual(server.get("/hello", headers=Clients.fresh()).status, 429)

    # contract: rate-limit.fields, http.fault-order
    def test_malformed_requests_count(self):
        server = self.serve({"limit": "3"})
        for left in ("2", "1", "0", "0"):
            with server.connect() as connection:
                connection.send(b"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
                response = connection.read()
                self.assertEqual((response.status, response.closes), (400, True))
                self.assertEqual(response.header("x-ratelimit-remaining"), left)
        self.assertEqual(server.get("/hello").status, 429)

    def test_a_local_socket_is_one_client(self):
        server = self.serve({"limit": "3"})
        path = str(server.folder.path / "http.sock")
        server.folder.server["listen"] = f"unix:{path}"
        server.folder.write()
        server.reload()
        for status in (200, 200, 200, 429):
            server.addresses = [f"unix:{path}"]
            self.assertEqual(server.get("/hello").status, status)

    def test_a_window_ends(self):
        for algorithm in ("fixed", "sliding"):
            with self.subTest(algorithm=algorithm):
                server = self.serve({"limit": "2", "window": "2s", "algorithm": algorithm})
                refused = eventually(lambda: (lambda r: r if r.status == 429 else None)(server.get("/hello")), "the limit is reached")
                self.assertLessEqual(int(refused.header("retry-after")), 4)
                self.assertEqual(refused.header("ratelimit-policy"), '"default";q=2;w=2')
                eventually(lambda: server.get("/hello").status == 200, "the window ends", 20)

    def test_counters_survive_a_reload_of_others(self):
        server = self.serve({"limit": "4"})
        for _ in range(3):
            self.assertEqual(server.get("/hello").status, 200)
        server.folder.plugins["hello"]["name"] = "second"
        server.folder.plugins["health"]["quiet"] = "true"
        server.folder.write()
        self.assertEqual(int(server.reload()["newInstances"]), 2)
        response = server.get("/hello")
        self.assertEqual((response.json, response.header("x-ratelimit-remaining")), ({"hello": "second"}, "0"))
        self.assertEqual(server.get("/hello").status, 429)

    def test_counters_survive_a_change_of_the_limits(self):
        server = self.serve({"limit": "4", "rules": "GET /hello 2/1h"})
        for status in (200, 200, 429):
            self.assertEqual(server.get("/hello").status, status)
        server.folder.plugins["rate-limit"] = {"limit": "5", "window": "20m", "algorithm": "sliding", "rules": "GET /hello 3/1h, GET /other 1/1h"}
        server.folder.write()
        self.assertEqual(int(server.reload()["newInstances"]), 1)
        response = server.get("/hello")
        self.assertEqual((response.status, response.header("ratelimit-policy")), (200, '"GET /hello";q=3;w=3600'))
        self.assertEqual((response.header("x-ratelimit-remaining"), server.get("/hello").status), ("0", 429))
        # Used up: three before the reload, two after it.
        self.assertEqual(server.get("/nowhere").header("x-ratelimit-remaining"), "0")

    def test_a_full_table_is_told_of_and_forgets_nobody_over_the_limit(self):
        server = self.serve({"limit": "2", "max_clients": "1000"}, trusted_proxies="127.0.0.0/8")
        begun = time.monotonic()
        with server.connect() as connection:
            for _ in range(2):
                connection.exchange("GET", "/hello", headers={"X-Forwarded-For": "203.0.113.1"})
            for number in range(2500):
                connection.request("GET", "/hello", headers={"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"})
                self.assertEqual(connection.read().status, 200)
            self.assertEqual(connection.exchange("GET", "/hello", headers={"X-Forwarded-For": "203.0.113.1"}).status, 429)
        server.wait_for("The table of clients is full", level="warn")
        self.assertLessEqual(len(server.found("The table of clients is full")), 1 + (time.monotonic() - begun) // 60)

    def test_mistakes_are_named_where_they_stand(self):
        server = self.serve({})
        server.folder.plugins["rate-limit"] = {"rules": "POST /auth/login 10/15m, POST auth/login 10/15m", "limit": "0"}
        server.folder.write()
        done = run("--config", server.folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("limit", done.stderr)
        server.folder.plugins["rate-limit"]["limit"] = "1"
        server.folder.write()
        done = run("--config", server.folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertRegex(done.stderr, r"mortise\.ini:\d+:\d+: error: plugin\.rate-limit\.rules: 'POST auth/login 10/15m': the pattern")


if __name__ == "__main__":
    unittest.main()
