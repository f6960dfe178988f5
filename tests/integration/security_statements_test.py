# SPDX-License-Identifier: Apache-2.0
"""A statement belongs to the instance that registered it: whatever number another one uses, nothing of it runs."""

import unittest

from mortised import Folder, Mortised, ServerTest, eventually, run

LURE = "lends-a-statement"  # registers a DELETE before anybody else registers anything
FORGETS = "forgets-a-statement"
USES = "uses-anothers-statement"
BASE = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, LURE: {}}
INVALID = -2  # MORTISE_INVALID


class StatementsTest(ServerTest):
    def rows(self, server: Mortised | None = None) -> int:
        return (server or self.server).get("/lends").json["rows"]

    def use(self, number: int, server: Mortised | None = None):
        """What read and execute say of it."""
        for method in ("GET", "POST"):
            response = (server or self.server).request(method, f"/anothers?number={number}")
            self.assertEqual(response.status, 200, response)
            yield response.json

    def assertNotMine(self, number: int, *words: str, server: Mortised | None = None):
        for outcome in self.use(number, server):
            self.assertEqual((outcome["status"], outcome["rows"]), (INVALID, 0), outcome)
            for word in (f"plugin '{USES}'", f"statement {number}", *words):
                self.assertIn(word, outcome["error"])
        self.assertEqual(self.rows(server), 3)

    def assertMine(self, number: int, server: Mortised | None = None):
        for outcome in self.use(number, server):
            self.assertEqual((outcome["status"], outcome["rows"], outcome["error"]), (0, 1, ""))


class Forgotten(StatementsTest):
    PLUGINS = {**BASE, FORGETS: {}}

    def test_of_a_request(self):
        for method in ("GET", "POST"):
            mark = self.server.mark()
            self.assertError(self.server.request(method, "/forgets"), 500, "Internal server error")
            self.assertEqual(self.rows(), 3)
            # The record may be read after the response.
            eventually(lambda: any("was not registered" in str(record) and FORGETS in str(record)
                                   for record in self.server.records[mark:]), "the record that names the plugin")
        # Its owner may.
        self.assertEqual(self.server.delete("/lends").status, 204)
        self.assertEqual(self.rows(), 0)

    def test_of_a_start(self):
        for step in ("start", "start-transaction"):
            with self.subTest(step=step):
                folder = Folder(plugins={**BASE, FORGETS: {"used_in": step}})
                try:
                    done = run("--config", folder.config)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertRegex(done.stderr, f"plugin '{FORGETS}' .*start failed: a statement was not registered")
                    # With the mistake gone the rows are still there.
                    folder.plugins[FORGETS] = {}
                    folder.write()
                    with Mortised(folder) as server:
                        self.assertEqual(self.rows(server), 3)
                finally:
                    folder.remove()

    def test_of_a_reload(self):
        with Mortised(plugins={**BASE, FORGETS: {}}) as server:
            server.folder.plugins[FORGETS] = {"used_in": "start"}
            server.folder.write()
            server.reload("Reload failed")
            self.assertEqual(self.rows(server), 3)
            self.assertEqual(server.get("/forgets").status, 500)


class Others(StatementsTest):
    PLUGINS = {**BASE, USES: {}}

    def test_that_of_another_plugin(self):
        number = self.server.get("/lends").json["number"]
        self.assertNotEqual(number, 0)
        self.assertNotMine(number, f"belongs to plugin '{LURE}'")
        self.assertNotMine(number + 1, f"belongs to plugin '{LURE}'")

    def test_numbers_that_nobody_has(self):
        own = self.server.get("/anothers/own").json["number"]
        self.assertMine(own)
        self.assertNotMine(0, "which is none")
        for number in (*range(1, 40), 65535, own + 1, own + 2, own + 65536, own + 2**17, 2**31 - 1, 2**31, 2**32 - 1):
            with self.subTest(number=number):
                self.assertNotMine(number)
        self.assertNotMine(own + 1, "was never registered")
        # All that is around the two instances, the lure's among it.
        for number in range((own >> 16) - 3 << 16, ((own >> 16) + 3 << 16) + 1, 65536):
            for place in range(3):
                if number + place > 0 and number + place != own:
                    self.assertNotMine(number + place)
        self.assertMine(own)

    def test_equal_texts_are_two_statements(self):
        with Mortised(plugins={**BASE, USES: {}, FORGETS: {}}) as server:
            own = server.get("/anothers/own").json["number"]
            for outcome in self.use(own, server):
                self.assertEqual(outcome["status"], 0)
            # The other plugin registered "SELECT 1" as well.
            neighbours = [number for number in ((own >> 16) + step << 16 for step in (-2, -1, 1, 2)) if number > 0]
            for number in neighbours:
                self.assertNotMine(number, server=server)


class Reloads(StatementsTest):
    PLUGINS = {**BASE, USES: {"mark": "first"}}

    def replace(self, server: Mortised, mark: str) -> int:
        """Another instance of the plugin; the number that the one before had."""
        old = server.get("/anothers/own").json["number"]
        server.folder.plugins[USES] = {"mark": mark}
        server.folder.write()
        server.reload()
        return old

    def test_that_of_a_replaced_instance(self):
        with Mortised(plugins=self.PLUGINS) as server:
            seen = set()
            for mark in range(5):
                old = self.replace(server, f"number {mark}")
                seen.add(old)
                own = server.get("/anothers/own").json["number"]
                self.assertNotIn(own, seen)
                for number in seen:
                    self.assertNotMine(number, server=server)
                self.assertMine(own, server)
            # What was carried over has what it had.
            self.assertEqual(server.delete("/lends").status, 204)

    def test_one_that_is_gone(self):
        with Mortised(plugins=self.PLUGINS) as server:
            mark = server.mark()
            old = self.replace(server, "second")
            self.assertMine(server.get("/anothers/own").json["number"], server)
            self.assertNotMine(old, server=server)
            # Destroyed, the instance gives back what it was given.
            eventually(lambda: all("that is gone" in one["error"] for one in self.use(old, server)), "the end of the replaced instance")
            self.assertEqual([record for record in server.records[mark:] if record["level"] in ("error", "warn")], [])

    def test_more_reloads_than_statements(self):
        # 16 different texts are the limit; each instance brings the same ones.
        plugins = {**self.PLUGINS, "database": {"url": "sqlite:///test.db", "statements": "16"}}
        with Mortised(plugins=plugins) as server:
            for mark in range(20):
                self.replace(server, f"number {mark}")
            self.assertMine(server.get("/anothers/own").json["number"], server)


if __name__ == "__main__":
    unittest.main()
