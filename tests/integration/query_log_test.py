# SPDX-License-Identifier: Apache-2.0
"""What the log says of statements: each one in development mode, slow ones, and those that a request repeats."""

import unittest

from mortised import ServerTest, eventually

PLUGINS = {"routing": {}, "logging": {}, "uses-database": {}, "repeats-a-statement": {}}
TITLE = "a title that no log shows"


class QueryLogTest(ServerTest):
    def of(self, mark: int, message: str) -> list[dict]:
        return [record for record in self.server.records[mark:] if record.get("msg") == message]

    def store(self) -> tuple[int, str]:
        """A place in the log, and the id of the request that stored and read a note behind it."""
        mark = self.server.mark()
        response = self.server.post("/uses/database", {"title": TITLE})
        self.assertIn(response.status, (201, 409))
        return mark, response.header("x-request-id")

    def repeat(self, times: int) -> tuple[int, str]:
        mark = self.server.mark()
        response = self.server.get(f"/repeats?times={times}")
        self.assertEqual(response.status, 204)
        return mark, response.header("x-request-id")


class Development(QueryLogTest):
    SERVER = {"mode": "development"}
    PLUGINS = {**PLUGINS, "database": {"url": "sqlite:///test.db"}}

    def test_says_every_statement(self):
        mark, request = self.store()
        [record] = eventually(lambda: [one for one in self.of(mark, "Statement") if one["requestId"] == request], "the record")
        self.assertEqual((record["level"], record["statement"], record["plugin"], record["rows"], record["failed"]),
                         ("info", "INSERT INTO fixture_notes (title, stars) VALUES (?, ?)", "uses-database", 1, False))
        self.assertGreater(record["duration"], 0)
        self.server.get("/uses/database")
        reads = eventually(lambda: [one for one in self.of(mark, "Statement") if one["statement"].startswith("SELECT")], "the read")
        self.assertEqual(reads[-1]["rows"], 1)
        self.assertFalse([line for line in self.server.lines if TITLE in line])


class Production(QueryLogTest):
    PLUGINS = {**PLUGINS, "database": {"url": "sqlite:///test.db", "slow_statement": "20ms"}}

    def test_says_none(self):
        mark, _ = self.store()
        self.repeat(10)
        self.assertEqual(self.of(mark, "Statement"), [])

    def test_says_what_a_request_repeats(self):
        mark, request = self.repeat(10)
        again, other = self.repeat(30)
        said = eventually(lambda: [one for one in self.server.records[mark:] if "again and again" in one.get("msg", "")], "the warning")
        self.assertEqual([(one["level"], one["requestId"], one["statement"], one["plugin"], one["times"]) for one in said],
                         [("warn", other, "repeats.one", "repeats-a-statement", 11)])

    def test_says_what_is_slow(self):
        mark = self.server.mark()
        self.assertEqual(self.server.get("/repeats/slowly").status, 204)
        [record] = eventually(lambda: self.of(mark, "A statement was slow"), "the warning")
        self.assertEqual((record["level"], record["statement"]), ("warn", "repeats.slowly"))
        self.assertGreaterEqual(record["duration"], 20)


class Debug(QueryLogTest):
    PLUGINS = {**PLUGINS, "logging": {"levels": "database.statements=debug"},
               "database": {"url": "sqlite:///test.db"}}

    def test_says_every_statement_at_that_level(self):
        mark, _ = self.store()
        record = eventually(lambda: self.of(mark, "Statement"), "the record")[0]
        self.assertEqual(record["level"], "debug")


class Off(QueryLogTest):
    PLUGINS = {**Debug.PLUGINS, "database": {"url": "sqlite:///test.db", "query_log": "off"}}

    def test_says_none(self):
        mark, _ = self.store()
        self.repeat(10)
        self.assertEqual(self.of(mark, "Statement"), [])


if __name__ == "__main__":
    unittest.main()
