# SPDX-License-Identifier: Apache-2.0
"""Pages far inside of a list, and behind its end: what they cost others."""

import contextlib
import sqlite3
import threading
import unittest

from mortised import ALL_PLUGINS, ServerTest

POSTS = 300_000
CLIENTS = 64
DEEP = "/api/posts?limit=10&page="
MANY = f"""WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {POSTS})
INSERT INTO posts (id, author_id, title, published, created_at, updated_at)
SELECT printf('018f2b6e-7c1d-7a90-8b3d-%012x', n), ?, 'Post', 1, n, n FROM numbers"""


class DeepPages(ServerTest):
    PLUGINS = {**ALL_PLUGINS, "posts": {}, "database": {"url": "sqlite:///test.db", "query_log": "info"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        author = cls.server.register()["user"]["id"]
        with contextlib.closing(sqlite3.connect(cls.server.folder.state_of("database") / "test.db")) as connection, connection:
            connection.execute(MANY, (author,))

    def read(self, target: str) -> str:
        """The id of the request."""
        response = self.server.get(target)
        self.assertEqual(response.status, 200, response)
        return response.header("x-request-id")

    def statements(self, requests: set[str], mark: int) -> list[dict]:
        for request in requests:
            self.server.wait_for("Request completed", since=mark, requestId=request)
        return [one for one in self.server.found("Statement", mark) if one.get("requestId") in requests]

    def test_nothing_is_read_past_the_end(self):
        self.read("/api/posts")  # the total is known from now on
        mark = self.server.mark()
        past = self.read(f"{DEEP}{POSTS // 10 + 1}")
        last = self.read(f"{DEEP}{POSTS // 10}")
        self.assertEqual(self.statements({past}, mark), [])
        self.assertEqual([one["rows"] for one in self.statements({last}, mark)], [10])

    def test_one_at_a_time(self):
        self.read(f"{DEEP}{POSTS // 10}")
        mark = self.server.mark()
        deep, faults, shallow = [], [], 0

        def client(number: int) -> None:
            try:
                deep.append(self.read(f"{DEEP}{POSTS // 10 - number}"))
            except Exception as fault:  # pylint: disable=broad-exception-caught
                faults.append(fault)

        clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        for one in clients:
            one.start()
        while any(one.is_alive() for one in clients):
            self.read("/api/posts/018f2b6e-7c1d-7a90-8b3d-000000000001")
            shallow += 1
        for one in clients:
            one.join()
        self.assertEqual(faults, [])
        self.assertGreater(shallow, 0)
        # In the order in which they ended. The clock of the log is one of milliseconds.
        runs = [(one["time"] - one["duration"], one["time"]) for one in self.statements(set(deep), mark)]
        self.assertEqual(len(runs), CLIENTS)
        self.assertGreater(sum(end - begin for begin, end in runs), 4 * CLIENTS, "too short to tell")
        for (_, end), (begin, _) in zip(runs, runs[1:]):
            self.assertGreaterEqual(begin, end - 2, runs)


if __name__ == "__main__":
    unittest.main()
