# SPDX-License-Identifier: Apache-2.0
"""What is read within a snapshot is of one state, whoever writes meanwhile."""

import unittest

from mortised import ALL_PLUGINS, ServerTest


class Snapshots(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "uses-database": {}}

    def assertOneState(self, place: str, title: str) -> None:
        before = len(self.server.get("/uses/database").json["notes"])
        response = self.server.get(f"{place}?title={title}")
        self.assertEqual(response.json, {"before": before, "first": before, "second": before, "inner": before, "after": before + 1,
                                         "sameVersion": True}, response)

    def test_on_a_worker(self):
        for number in range(3):
            self.assertOneState("/uses/database/snapshot", f"worker{number}")

    def test_on_a_loop_where_reads_are(self):
        for number in range(3):
            self.assertOneState("/uses/database/snapshot/loop", f"loop{number}")

    def test_what_throws_leaves_nothing(self):
        self.assertOneState("/uses/database/snapshot", "once")
        for place in ("/uses/database/snapshot", "/uses/database/snapshot/loop"):
            for _ in range(30):  # more than there are connections
                self.assertError(self.server.get(f"{place}?title=once"), 409)
        self.assertOneState("/uses/database/snapshot", "again")
        self.assertOneState("/uses/database/snapshot/loop", "again-on-a-loop")


class GraphQl(ServerTest):
    """The fields of a query."""

    PLUGINS = {**ALL_PLUGINS, "graphql": {}, "writes-between-reads": {}}

    def assertOneState(self, name: str, field: str) -> None:
        def data(query: str) -> dict:
            return self.server.post("/graphql", {"query": query}).json["data"]

        before = data("{ rows }")["rows"]
        found = data(f'{{ first: {field} one: add(name: "{name}1") second: {field} two: add(name: "{name}2") third: {field} }}')
        self.assertEqual([found["first"], found["second"], found["third"]], [before] * 3)
        self.assertEqual(data("{ rows }")["rows"], before + 2)

    def test_of_fields_on_workers(self):
        for number in range(3):
            self.assertOneState(f"worker{number}", "rowsOnWorkers")

    def test_of_fields_that_alone_run_on_a_loop(self):
        for number in range(3):
            self.assertOneState(f"loop{number}", "rows")


if __name__ == "__main__":
    unittest.main()
