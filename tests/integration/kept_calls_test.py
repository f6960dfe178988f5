# SPDX-License-Identifier: Apache-2.0
"""Every call that a service keeps with its context is released exactly once, never before it has returned."""

from __future__ import annotations

import unittest

from mortised import Mortised, eventually

PLUGINS = {"routing": {}, "logging": {}, "keeps-calls": {}}


class Released(unittest.TestCase):
    def test_whatever_becomes_of_the_call(self):
        with Mortised(server={"workers": "2"}, plugins=PLUGINS) as server:

            def counts() -> dict[str, int]:
                numbers = [int(number) for number in server.get("/keeps").body.split()]
                return dict(zip(("taken", "released", "early", "wrong", "refused"), numbers, strict=True))

            self.assertEqual(server.get("/keeps/start").status, 200)
            for _ in range(10):
                self.assertEqual(server.get("/keeps/loop").status, 200)
            # Timers that are due or cancelled, hashes, tasks and ends of batches; not those that wait for an hour.
            due = 60 + 4 + 20 + 10
            eventually(lambda: counts()["released"] >= due, "what ran or was cancelled is released")
            found = counts()
            self.assertEqual((found["released"], found["early"], found["wrong"]), (due, 0, 0), found)
            pending = found["taken"] - due
            self.assertGreater(pending, 900, found)
            self.assertLessEqual(pending, 1024, found)
            self.assertEqual(found["refused"], 2000 - pending + 1 + 6 + 1, found)

            mark = server.mark()
            server.folder.plugins["keeps-calls"]["tag"] = "two"
            server.folder.write()
            server.reload()
            record = server.wait_for("Released", since=mark)
            self.assertEqual(record["what"], f"{found['taken']} {found['taken']} 0 0 {found['refused']}")
            server.stop()


if __name__ == "__main__":
    unittest.main()
