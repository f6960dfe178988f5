# SPDX-License-Identifier: Apache-2.0
"""A service of one's own, typed: provider and consumer share a struct and a macro, and may be of two versions."""

import unittest

from mortised import Folder, Mortised, run

GIVES = "gives-links"
BASE = {"routing": {}, "logging": {}, GIVES: {}}


class TypedServices(unittest.TestCase):
    def links(self, consumer: str, query: str) -> dict:
        with Mortised(plugins={**BASE, consumer: {}}) as server:
            return server.get(f"/links?{query}").json

    def test_arguments_and_results(self):
        self.assertEqual(self.links("uses-links", "url=http://a/"),
                         {"id": "100--", "url": "http://a/", "error": "", "days": 30, "count": 1})

    def test_null(self):
        self.assertEqual(self.links("uses-links", "url=http://a/&id=other"),
                         {"id": "100--", "url": "", "error": "", "days": 0, "count": 1})

    def test_errors_come_back(self):
        outcome = self.links("uses-links", "url=")
        self.assertEqual((outcome["error"], outcome["count"]), ("shorten: an empty URL has no link", -1))

    def test_an_older_consumer(self):
        self.assertEqual(self.links("uses-older-links", "url=http://a/"),
                         {"id": "100--", "url": "http://a/", "error": "", "days": 0, "count": -1})

    def test_a_description_that_does_not_go_together(self):
        folder = Folder(plugins={**BASE, "uses-other-links": {}})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("plugin 'uses-other-links' (org.mortise.fixtures.uses-other-links 1.0.0): start failed: service "
                      "'org.mortise.fixtures.links/1': provider and consumer were built with descriptions that do not go "
                      "together: 'shorten(t,i,i)t' and 'shorten(t)i'", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
