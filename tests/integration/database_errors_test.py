# SPDX-License-Identifier: Apache-2.0
"""What a broken rule of a table comes to where no handler catches it."""

import unittest

from mortised import ServerTest

BREAKS = "breaks-rules"
LONG = "a title of many letters"
# By what is broken: status, message and Retry-After of the response, and the constraint that a handler sees.
RULES = {
    "unique": (409, "Resource already exists", None, "rules_authors_name"),
    "author": (409, "Resource is in use", None, "rules_posts_author"),
    "editor": (409, "Resource is in use", None, "rules_posts_editor"),
    "referred": (409, "Resource is in use", None, "rules_posts_editor"),
    "not-null": (500, "Internal server error", None, "rules_authors.name"),
    "stars": (500, "Internal server error", None, "rules_posts_stars"),
    "too-long": (500, "Internal server error", None, ""),
}
OTHERS = {"missing-row": (404, "Resource not found", None), "teapot": (418, "I'm a teapot", "7")}


class DatabaseTest(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, BREAKS: {}, "database": {"url": "sqlite:///test.db"}}

    def broken(self, what: str):
        """The responses of a handler, a deferred reply and a filter."""
        for query in ("", "?in=deferred"):
            yield self.server.post(f"/breaks/{what}{query}", {"title": LONG})
        yield self.server.post("/breaks/none", {"title": LONG}, headers={"X-Breaks": what})

    def assertAll(self, what: str, status: int, message: str, retry: str | None):
        for response in self.broken(what):
            with self.subTest(what=what):
                self.assertError(response, status, message)
                self.assertEqual(response.header("retry-after"), retry)


class Uncaught(DatabaseTest):
    def test_rules_of_tables(self):
        for what, (status, message, retry, constraint) in RULES.items():
            self.assertAll(what, status, message, retry)
            caught = self.server.post(f"/breaks/{what}/caught", {})
            self.assertEqual((caught.status, caught.json), (200, {"constraint": constraint}))
        self.assertEqual(self.server.post("/breaks/none", {"title": LONG}).status, 204)

    def test_a_rule_of_a_validated_field(self):
        for query in ("", "?in=deferred"):
            response = self.server.post(f"/breaks/title{query}", {"title": LONG})
            self.assertInvalid(response, ("body", "/title", "custom"))
        # A filter knows of no body.
        response = self.server.post("/breaks/none", {"title": LONG}, headers={"X-Breaks": "title"})
        self.assertError(response, 500, "Internal server error")
        self.assertEqual(self.server.post("/breaks/title", {"title": "short"}).status, 204)

    def test_failures_that_are_responses(self):
        for what, expected in OTHERS.items():
            mark = self.server.mark()
            self.assertAll(what, *expected)
            self.assertFalse([record for record in self.server.records[mark:] if record["level"] == "error"])


if __name__ == "__main__":
    unittest.main()
