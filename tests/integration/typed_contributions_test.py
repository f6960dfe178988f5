# SPDX-License-Identifier: Apache-2.0
"""Extension points whose contributions are typed: definer and contributors share a struct and a macro, and may be of several
versions."""

import unittest

from mortised import Folder, Mortised, run

POINT = "org.mortise.fixtures.quotes/1"
DEFINER = "collects-quotes"
C = "gives-quotes-in-c"
BASE = {"routing": {}, "logging": {}, DEFINER: {}}


class TypedContributions(unittest.TestCase):
    def quotes(self, contributors: dict, query: str = "item=nail&count=3") -> dict[str, dict]:
        with Mortised(plugins={**BASE, **contributors}) as server:
            all_of_them = server.get(f"/quotes?{query}").json["all"]
        return {one.pop("name"): one for one in all_of_them}

    def refused(self, contributors: dict) -> str:
        folder = Folder(plugins={**BASE, **contributors})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config)
        self.assertNotEqual(done.returncode, 0)
        return done.stdout + done.stderr

    def outcome(self, plugin: str, **values) -> dict:
        return {"plugin": plugin, "text": "", "error": "", "cents": 0, "stock": -1, **values}

    def test_all_versions_at_once(self):
        self.assertEqual(self.quotes({"gives-quotes": {}, "gives-older-quotes": {}, "gives-newer-quotes": {}, C: {}}), {
            "gives-quotes": self.outcome("gives-quotes", text="nail", cents=30, stock=4),
            "gives-older-quotes": self.outcome("gives-older-quotes", text="nail", cents=100),
            "gives-newer-quotes": self.outcome("gives-newer-quotes", text="nail", cents=33, stock=4),
            "c": self.outcome(C, text="nail", cents=21, stock=3)})

    def test_none(self):
        self.assertEqual(self.quotes({}), {})

    def test_errors_come_back(self):
        self.assertEqual(self.quotes({"gives-quotes": {}}, "item=&count=1"),
                         {"gives-quotes": self.outcome("gives-quotes", error="quote: nothing is asked for")})
        self.assertEqual(self.quotes({C: {}}, "item=rare&count=1"), {"c": self.outcome(C, error="quote: there is none")})

    def test_a_result_of_another_type(self):
        self.assertEqual(self.quotes({C: {"tag": "other-kind"}}), {"c": self.outcome(C, error="a value of another type")})

    def test_statuses_that_a_call_does_not_list(self):
        for status in (-77, -7):
            with self.subTest(status=status):
                self.assertIn("quote", self.quotes({C: {"tag": f"returns {status}"}})["c"]["error"])
        # A positive one that nobody knows is success.
        self.assertEqual(self.quotes({C: {"tag": "returns 77"}}), {"c": self.outcome(C, text="nail", cents=21, stock=3)})

    def test_a_contributor_without_methods(self):
        error = self.quotes({C: {"tag": "no-description"}})["c"]["error"]
        self.assertIn("the method of the service", error)

    def test_descriptions_that_do_not_go_together(self):
        said = self.refused({"gives-other-quotes": {}, "gives-quotes": {}, C: {"tag": "no-call"}})
        self.assertIn(f"plugin 'gives-other-quotes': plugin '{DEFINER}' refused its contribution 'gives-other-quotes' to "
                      f"'{POINT}': contributor and definer were built with descriptions that do not go together: "
                      "'quote(i){t,i}' and 'quote(t,i){t,i}'", said)
        self.assertIn(f"plugin '{C}': plugin '{DEFINER}' refused its contribution 'c' to '{POINT}': its table has no function "
                      "'call'", said)
        self.assertNotIn("'gives-quotes'", said)

    def test_a_reload_with_one_that_does_not_go_together(self):
        with Mortised(plugins={**BASE, "gives-quotes": {}}) as server:
            server.folder.plugins["gives-other-quotes"] = {}
            server.folder.write()
            self.assertIn("do not go together", server.reload("Reload failed")["reason"])
            self.assertEqual(len(server.get("/quotes?item=nail&count=1").json["all"]), 1)
            del server.folder.plugins["gives-other-quotes"]
            server.folder.plugins["gives-newer-quotes"] = {}
            server.folder.write()
            server.reload()
            self.assertEqual(len(server.get("/quotes?item=nail&count=1").json["all"]), 2)


if __name__ == "__main__":
    unittest.main()
