# SPDX-License-Identifier: Apache-2.0
"""/health and /ready."""

import re
import signal
import sqlite3
import unittest

from mortised import ALL_PLUGINS, Mortised, ServerTest, eventually

FAST_DATABASE = {**ALL_PLUGINS, "database": {"url": "sqlite:///test.db", "busy_timeout": "50ms", "write_wait": "100ms", "read_wait": "100ms"}}


class Service(ServerTest):
    # contract: health.ok
    def test_health(self):
        response = self.server.get("/health")
        self.assertEqual(response.status, 200)
        self.assertEqual(set(response.json), {"status", "timestamp"})
        self.assertEqual(response.json["status"], "ok")
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", response.json["timestamp"]))

    # contract: ready.ok
    def test_ready(self):
        response = self.server.get("/ready")
        self.assertEqual(response.status, 200, response)
        self.assertNotIn("x-failed", response.body.decode())


def stuck(server: Mortised):
    """A database that takes no writes for its time: another process holds the lock while a transaction waits."""
    blocker = sqlite3.connect(server.folder.state_of("database") / "test.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    return blocker


class DatabaseAway(unittest.TestCase):
    # contract: busy.retry-after, conflict.no-database
    def test_a_locked_database_is_503(self):
        with Mortised(plugins=FAST_DATABASE) as server:
            token = server.register()["accessToken"]
            blocker = stuck(server)
            try:
                response = server.post("/api/users", {"name": "Ada", "email": "away@example.com", "password": "correct horse"})
                self.assertEqual(response.status, 503, response)
                self.assertTrue(re.fullmatch("[0-9]+", response.header("retry-after")), response)
                self.assertNotRegex(response.body.decode().lower(), "sqlite|locked|busy")
                self.assertEqual(server.get("/health").status, 200)
                self.assertEqual(server.get("/api/users/me", token=token).status, 200)
            finally:
                blocker.execute("ROLLBACK")
                blocker.close()
            created = server.post("/api/users", {"name": "Ada", "email": "away@example.com", "password": "correct horse"})
            self.assertEqual(created.status, 201, created)

    # contract: ready.database, health.ok, conflict.no-database, busy.retry-after
    def test_a_database_that_is_gone_is_named(self):
        with Mortised(plugins=FAST_DATABASE) as server:
            self.assertEqual(server.get("/ready").status, 200)
            token = server.register()["accessToken"]
            path = server.folder.state_of("database") / "test.db"
            kept = path.read_bytes()
            path.write_bytes(b"no database at all" * 100)  # what a broken disk may leave
            try:
                ready = eventually(lambda: (lambda r: r if r.status == 503 else None)(server.get("/ready")), "/ready is 503")
                self.assertIn("database", ready.body.decode())
                self.assertTrue(ready.header("retry-after"))
                self.assertEqual(server.get("/health").status, 200)
                response = server.get("/api/users/me", token=token)
                self.assertIn(response.status, (500, 503), response)
                self.assertNotRegex(response.body.decode().lower(), "sqlite|malformed|not a database")
            finally:
                path.write_bytes(kept)


class Draining(unittest.TestCase):
    # contract: ready.draining, busy.retry-after
    def test_a_draining_server_is_not_ready(self):
        with Mortised(plugins={**ALL_PLUGINS, "slow": {}}) as server:
            # A request in flight holds the server in its drain; a kept connection asks.
            with server.connect() as slow, server.connect() as probe:
                self.assertEqual(probe.exchange("GET", "/ready").status, 200)
                slow.request("GET", "/slow?ms=1500")
                eventually(lambda: server.get("/health").status == 200, "the request is in flight")
                probe.send(b"GET /ready HTTP/1.1\r\nHost: t\r\n")  # begun before the signal: it is owed an answer
                server.signal(signal.SIGTERM)
                server.wait_for("Stopping")
                probe.send(b"\r\n")
                response = probe.read()
                self.assertEqual(response.status, 503, response)
                self.assertIn("draining", response.body.decode())
                self.assertTrue(response.header("retry-after"))
                self.assertTrue(response.closes)
                self.assertEqual(slow.read().json, {"answer": "slow"})
            server.expect_exit()


class Names(unittest.TestCase):
    # contract: ready.names
    def test_strangers_see_no_names(self):
        with Mortised(plugins={**FAST_DATABASE, "health": {"allow": "10.1.2.3"}}) as server:
            path = server.folder.state_of("database") / "test.db"
            server.register()
            kept = path.read_bytes()
            path.write_bytes(b"no database at all" * 100)
            try:
                ready = eventually(lambda: (lambda r: r if r.status == 503 else None)(server.get("/ready")), "/ready is 503")
                self.assertNotIn("database", ready.body.decode())
            finally:
                path.write_bytes(kept)


if __name__ == "__main__":
    unittest.main()
