# SPDX-License-Identifier: Apache-2.0
"""Migrations on MariaDB, whose changes of a schema commit by themselves: servers that start together, and that are killed, or whose
database is, after every statement."""

from __future__ import annotations

import contextlib
import threading
import time
import unittest

from mortised import FIXTURES, Folder, Mortised, eventually

import mariadb
from cutting_proxy import FROM_CLIENT, CuttingProxy

# What a start sends that matters: the statements, their records and the lock.
STEPS = (b"things", b"mortise_migration", b"ALTER DATABASE", b"START TRANSACTION", b"COMMIT")


class StallingProxy(CuttingProxy):
    """Stalls when the server has done the `number`th of the steps, before anybody hears of it."""

    def __init__(self, server_port: int, number: int) -> None:
        super().__init__(server_port)
        self.stalled = threading.Event()
        self._left = number
        self._set(self._stall)
        self._holds = True

    def _stall(self, connection, coming: str, piece: bytes) -> int | None:
        if coming == FROM_CLIENT:
            if any(step in piece for step in STEPS):
                self._left -= 1
                connection.found = self._left == 0
            return None
        if not connection.found:
            return None
        self.stalled.set()
        return 0


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = mariadb.MariaDb()
        cls.addClassCleanup(cls.database.close)
        cls.database.start()

    def setUp(self):
        self.database.sql("DROP DATABASE IF EXISTS mortise; CREATE DATABASE mortise CHARACTER SET utf8mb4;", "mysql")

    def folder(self, port: int = 0, plugin: str = "migrates-2", **settings: str) -> Folder:
        url = self.database.url.replace(str(self.database.port), str(port or self.database.port))
        folder = Folder(plugins={"routing": {}, "logging": {}, "health": {}, "database": {"url": url, **settings}, "database-mariadb": {},
                                 "migrates": {"file": str(FIXTURES / f"{plugin}.so")}})
        self.addCleanup(folder.remove)
        return folder

    def check(self, server: Mortised) -> None:
        response = server.get("/migrates")
        self.assertEqual((response.status, response.json), (200, {"version": 2, "rows": 1}), response)
        self.assertEqual(self.database.sql("SELECT name, state, statement FROM mortise_migrations WHERE owner = 'migrates' ORDER BY name"),
                         [["0001-things", "done", "2"], ["0002-size", "done", "1"]])
        self.assertEqual(self.database.sql("SELECT column_name FROM information_schema.columns WHERE table_schema = 'mortise' AND "
                                           "table_name = 'things' ORDER BY ordinal_position"), [["id"], ["word"], ["size"]])

    def free_lock(self) -> None:
        """As its expiry does later."""
        with contextlib.suppress(AssertionError):  # it is not there yet
            self.database.sql("UPDATE mortise_migration_lock SET owner = ''")

    def stalls(self, server: Mortised, proxy: StallingProxy) -> bool:
        """Or it has come to its end."""
        eventually(lambda: proxy.stalled.is_set() or server.found("Ready"), "a stalled or ready server")
        return proxy.stalled.is_set()


class Killed(Case):
    def test_killed_after_every_statement(self):
        number = 0
        while True:
            number += 1
            self.setUp()
            with StallingProxy(self.database.port, number) as proxy:
                with Mortised(self.folder(proxy.port), start=False) as server:
                    server.start(ready=False)
                    stalled = self.stalls(server, proxy)
                    server.kill()
            if not stalled:
                break
            self.free_lock()
            with self.subTest(number=number), Mortised(self.folder()) as server:
                self.check(server)
        self.assertGreater(number, 15)

    def test_the_database_is_killed_after_statements(self):
        for number in range(2, 17, 3):
            self.setUp()
            with self.subTest(number=number), StallingProxy(self.database.port, number) as proxy:
                with Mortised(self.folder(proxy.port), start=False) as server:
                    server.start(ready=False)
                    self.assertTrue(self.stalls(server, proxy))
                    self.database.kill()
                    proxy.forward()
                    proxy.cut()
                    server.wait_ready()
                    self.assertEqual(server.get("/migrates").status, 503)
                    self.database.start()
                    eventually(lambda: server.get("/ready").status == 200, "ready", 30)
                    self.check(server)


class Migrations(Case):
    def test_four_at_once(self):
        servers = [Mortised(self.folder(), start=False) for _ in range(4)]
        with contextlib.ExitStack() as stack:
            for server in servers:
                stack.enter_context(server)
                server.start(ready=False)
            for server in servers:
                server.wait_ready()
            for server in servers:
                self.check(server)
            self.assertEqual([len(server.found("Migrated")) for server in servers if server.found("Migrated")], [3])

    def test_who_was_killed_holds_the_lock_no_longer_than_its_expiry(self):
        with StallingProxy(self.database.port, 9) as proxy:
            with Mortised(self.folder(proxy.port), start=False) as server:
                server.start(ready=False)
                self.assertTrue(self.stalls(server, proxy))
                server.kill()
        self.assertNotEqual(self.database.sql("SELECT owner FROM mortise_migration_lock"), [[""]])
        with Mortised(self.folder()) as server:
            self.check(server)
        self.assertEqual(self.database.sql("SELECT owner FROM mortise_migration_lock"), [[""]])

    def hold_lock(self, seconds: int) -> None:
        self.database.sql("CREATE TABLE mortise_migration_lock (id BIGINT PRIMARY KEY, owner VARCHAR(191), expires_at DATETIME(3)); "
                          f"INSERT INTO mortise_migration_lock VALUES (1, 'another', UTC_TIMESTAMP(3) + INTERVAL {seconds} SECOND)")

    def test_another_ones_lock_is_waited_for(self):
        begin = time.monotonic()
        self.hold_lock(3)
        with Mortised(self.folder()) as server:
            self.assertGreater(time.monotonic() - begin, 2.5)
            self.check(server)
            self.assertEqual(server.found("The database is not there: migrations wait for it"), [])

    def test_past_the_wait_for_a_lock_it_is_away(self):
        self.hold_lock(3)
        with Mortised(self.folder(migration_wait="100ms")) as server:
            self.assertEqual(server.get("/migrates").status, 503)
            ready = server.get("/ready")
            self.assertEqual((ready.status, ready.json["checks"]["database"]), (503, "failed"))
            reasons = [one["reason"] for one in server.found("The database is not there: migrations wait for it")]
            self.assertIn("another process migrates database", "".join(reasons) or "\n".join(server.lines))
            eventually(lambda: server.get("/ready").status == 200, "ready", 30)
            self.check(server)

    def test_a_statement_that_fails_is_run_again(self):
        """What it finds done is a fault then: it was not done by it."""
        self.database.sql("CREATE TABLE things (id CHAR(36) PRIMARY KEY, word TEXT)")
        for _ in range(2):
            with Mortised(self.folder(), start=False) as server:
                server.start(ready=False)
                server.expect_exit(1)
                self.assertIn("failed in statement 1 of 2", "\n".join(server.lines))
        self.database.sql("DROP TABLE things")
        with Mortised(self.folder()) as server:
            self.check(server)

    def test_a_reload_makes_tables_of_new_plugins_only(self):
        folder = self.folder(plugin="migrates-1")
        with Mortised(folder) as server:
            folder.plugins["uses-database"] = {"file": str(FIXTURES / "uses-database.so")}
            folder.write()
            server.reload()
            self.assertEqual(server.get("/uses/database").status, 200)
            folder.plugins["migrates"] = {"file": str(FIXTURES / "migrates-2.so")}
            folder.write()
            self.assertIn("on MariaDB it runs at a restart", str(server.reload("Reload failed")))
            self.assertEqual(server.get("/migrates").json["version"], 1)
            server.stop()
            server.restart()
            self.check(server)

    def test_texts_are_compared_byte_by_byte(self):
        with Mortised(self.folder()):
            rows = self.database.sql("SELECT collation_name FROM information_schema.columns WHERE table_schema = 'mortise' AND "
                                     "table_name = 'things' AND column_name = 'word'")
        self.assertEqual(rows, [["utf8mb4_nopad_bin"]])


if __name__ == "__main__":
    unittest.main()
