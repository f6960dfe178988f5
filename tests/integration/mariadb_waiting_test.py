# SPDX-License-Identifier: Apache-2.0
"""Whoever waits for MariaDB holds no worker that others need: routes without the database respond at once while it hangs."""

from __future__ import annotations

import contextlib
import threading
import time
import unittest

from mortised import FIXTURES, Folder, Mortised, eventually

import mariadb

WORKERS = 4
AT_ONCE_S = 1.0  # of a response that waits for nobody


class WaitingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = mariadb.MariaDb()
        cls.addClassCleanup(cls.database.close)
        cls.database.start()

    def server(self, limit: int, **server: str) -> Mortised:
        url = f"{self.database.url}?connection_limit={limit}&pool_timeout=20"
        folder = Folder(server={"workers": str(WORKERS), **server},
                        plugins={"routing": {}, "logging": {}, "health": {}, "database": {"url": url}, "database-mariadb": {},
                                 "uses-database": {"file": str(FIXTURES / "uses-database.so")},
                                 "blocks": {"file": str(FIXTURES / "blocks.so")}})
        self.addCleanup(folder.remove)
        return Mortised(folder)

    @contextlib.contextmanager
    def waiting(self, server: Mortised, statuses: list[int], count: int = 3 * WORKERS):
        """That many requests for the database, all of them on their way."""
        begun = threading.Semaphore(0)

        def read() -> None:
            begun.release()
            statuses.append(server.get("/uses/database").status)

        threads = [threading.Thread(target=read) for _ in range(count)]
        for thread in threads:
            thread.start()
        for _ in threads:
            begun.acquire()
        try:
            yield
        finally:
            for thread in threads:
                thread.join()

    def check_others(self, server: Mortised, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for path in ("/blocks?ms=1", "/health"):
                begin = time.monotonic()
                self.assertEqual(server.get(path).status, 200, path)
                self.assertLess(time.monotonic() - begin, AT_ONCE_S, path)

    def test_while_it_hangs(self):
        for limit in (2, 10):  # fewer than workers, and more
            with self.subTest(limit=limit), self.server(limit) as server:
                self.assertEqual(server.get("/uses/database").status, 200)
                statuses: list[int] = []
                self.database.suspend()
                try:
                    with self.waiting(server, statuses):
                        self.check_others(server, 2)
                        self.assertEqual(statuses, [])
                        self.database.resume()
                finally:
                    self.database.resume()
                self.assertEqual(statuses, [200] * 3 * WORKERS)

    def test_while_statements_are_slow(self):
        with self.server(10) as server:
            locked = threading.Thread(target=self.database.sql, args=("LOCK TABLES fixture_notes WRITE; SELECT SLEEP(3)",))
            locked.start()
            eventually(lambda: self.database.sql("SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"), "the lock")
            statuses: list[int] = []
            with self.waiting(server, statuses):
                self.check_others(server, 1.5)
                self.assertEqual(statuses, [])
            locked.join()
            self.assertEqual(statuses, [200] * 3 * WORKERS)

    def test_whose_time_is_over_gets_503_meanwhile(self):
        with self.server(2, handler_timeout="1s") as server:
            statuses: list[int] = []
            self.database.suspend()
            try:
                begin = time.monotonic()
                with self.waiting(server, statuses):
                    pass
                self.assertLess(time.monotonic() - begin, 5)
                self.check_others(server, 0.5)
            finally:
                self.database.resume()
            self.assertEqual(statuses, [503] * 3 * WORKERS)
            eventually(lambda: server.get("/uses/database").status == 200, "recovery", 30)


if __name__ == "__main__":
    unittest.main()
