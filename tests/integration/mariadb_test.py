# SPDX-License-Identifier: Apache-2.0
"""The database service on a MariaDB server: what a plugin sees of it, and what happens when it is away."""

import threading
import time
import unittest

from mortised import FIXTURES, Folder, Mortised, eventually, run

import mariadb

LINES = "add the lines '[plugin.database-mariadb]' and 'enabled = true'"


def folder_for(url: str, **settings: str) -> Folder:
    return Folder(plugins={"routing": {}, "logging": {}, "health": {}, "database": {"url": url, **settings}, "database-mariadb": {},
                           "uses-database": {"file": str(FIXTURES / "uses-database.so")}})


class WithoutAServer(unittest.TestCase):
    def check(self, plugins: dict) -> str:
        folder = Folder(plugins=plugins)
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done.stdout + done.stderr)
        self.assertNotIn("hidden", done.stdout + done.stderr)
        lines = folder.file.read_text(encoding="utf-8").splitlines()
        line = next(number for number, text in enumerate(lines, 1) if text.startswith("url"))
        self.assertIn(f"mortise.ini:{line}:", done.stderr)
        return done.stderr

    def test_the_missing_lines_are_printed(self):
        self.assertIn(LINES, self.check({"database": {"url": "mariadb://user:hidden@127.0.0.1:1/name"}}))

    def test_a_bad_url_is_a_mistake_at_its_line(self):
        error = self.check({"database": {"url": "mysql://user:hidden@127.0.0.1/name?sslmode=x"}, "database-mariadb": {}})
        self.assertIn("there is no option 'sslmode'", error)


class Case(unittest.TestCase):
    ARGUMENTS: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls):
        cls.database = mariadb.MariaDb(*cls.ARGUMENTS)
        cls.addClassCleanup(cls.database.close)
        cls.database.start()

    def folder(self, options: str = "", **settings: str) -> Folder:
        folder = folder_for(self.database.url + options, **settings)
        self.addCleanup(folder.remove)
        return folder

    def setUp(self):
        self.database.sql("DROP DATABASE mortise; CREATE DATABASE mortise CHARACTER SET utf8mb4;", "mysql")

    def note(self, server: Mortised, title: str, status: int = 201):
        response = server.post("/uses/database", {"title": title, "stars": 3})
        self.assertEqual(response.status, status, response)

    def titles(self, server: Mortised) -> list[str]:
        response = server.get("/uses/database")
        self.assertEqual(response.status, 200, response)
        return [note["title"] for note in response.json["notes"]]


class Served(Case):
    def test_a_plugin_that_knows_nothing_of_it(self):
        with Mortised(self.folder()) as server:
            self.note(server, "a")
            self.note(server, "emoji 😀 and trailing blank ")
            self.note(server, "a", 409)
            self.note(server, "A")  # another one: texts are compared byte by byte
            self.note(server, "rolled back", 500)
            self.assertEqual(self.titles(server), ["A", "a", "emoji 😀 and trailing blank "])
            self.assertEqual(server.get("/uses/database").json["version"], 0)
        rows = self.database.sql("SELECT owner, name, dialect, state, statement FROM mortise_migrations")
        self.assertIn(["uses-database", "0001-notes", "mariadb", "done", "1"], rows)
        with Mortised(self.folder()) as server:
            self.assertEqual(len(self.titles(server)), 3)

    def test_over_its_socket(self):
        folder = folder_for(self.database.socket_url)
        self.addCleanup(folder.remove)
        with Mortised(folder) as server:
            self.note(server, "a")

    def test_migrate_status_and_up(self):
        folder = self.folder()
        status = run("--config", folder.config, "migrate", "status")
        self.assertEqual(status.returncode, 0, status.stderr)
        self.assertIn("0001-notes: pending", status.stdout)
        up = run("--config", folder.config, "migrate", "up")
        self.assertEqual(up.returncode, 0, up.stderr)
        self.assertIn("uses-database 0001-notes: done", up.stdout)
        self.assertIn("0001-notes: done", run("--config", folder.config, "migrate", "status").stdout)

    def test_a_wrong_password_fails_the_start(self):
        folder = folder_for(self.database.url.replace("mortise:mortise", "mortise:hidden"))
        self.addCleanup(folder.remove)
        done = run("--config", folder.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Access denied", done.stdout + done.stderr)
        self.assertNotIn("hidden", done.stdout + done.stderr)

    def test_many_at_once(self):
        with Mortised(self.folder("?connection_limit=2")) as server:
            statuses = []

            def store(number: int) -> None:
                for i in range(10):
                    statuses.append(server.post("/uses/database", {"title": f"{number} {i}"}).status)

            threads = [threading.Thread(target=store, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(statuses, [201] * 80)
            self.assertEqual(len(self.titles(server)), 80)
            connections = self.database.sql("SELECT count(*) FROM information_schema.processlist WHERE db = 'mortise' AND user = 'mortise'")
            self.assertLessEqual(int(connections[0][0]), 2)


class Away(Case):
    def tearDown(self):
        if self.database._process is None:
            self.database.start()

    def ready(self, server: Mortised) -> int:
        return server.get("/ready").status

    def test_at_the_start(self):
        self.database.stop()
        with Mortised(self.folder()) as server:
            eventually(lambda: server.get("/ready").status == 503, "not ready")
            self.assertEqual(server.get("/uses/database").status, 503)
            self.database.start()
            eventually(lambda: self.ready(server) == 200, "ready", 30)
            self.note(server, "a")

    def test_killed_and_restarted(self):
        with Mortised(self.folder()) as server:
            self.note(server, "a")
            self.database.kill()
            self.assertEqual(server.get("/uses/database").status, 503)
            self.assertEqual(self.ready(server), 503)
            self.database.start()
            eventually(lambda: self.ready(server) == 200, "ready", 30)
            self.assertEqual(self.titles(server), ["a"])
            self.note(server, "b")

    def test_it_hangs(self):
        with Mortised(self.folder("?pool_timeout=1&connect_timeout=1", statement_timeout="300ms")) as server:
            self.note(server, "a")
            self.database.suspend()
            try:
                begin = time.monotonic()
                self.assertEqual(server.get("/uses/database").status, 503)
                self.assertLess(time.monotonic() - begin, 10)
                self.assertEqual(server.get("/health").status, 200)
            finally:
                self.database.resume()
            eventually(lambda: server.get("/uses/database").status == 200, "recovery", 30)

    def test_read_only(self):
        # Who may do everything may write there, too.
        self.database.sql("CREATE OR REPLACE USER plain@'%' IDENTIFIED BY 'plain'; GRANT ALL ON mortise.* TO plain@'%';", "mysql")
        folder = folder_for(self.database.url.replace("mortise:mortise", "plain:plain"))
        self.addCleanup(folder.remove)
        with Mortised(folder) as server:
            self.database.sql("SET GLOBAL read_only = 1;", "mysql")
            try:
                self.note(server, "a", 503)
                self.assertEqual(self.ready(server), 503)
            finally:
                self.database.sql("SET GLOBAL read_only = 0;", "mysql")
            eventually(lambda: self.ready(server) == 200, "ready", 30)
            self.note(server, "b")


if __name__ == "__main__":
    unittest.main()
