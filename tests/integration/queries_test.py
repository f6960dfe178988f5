# SPDX-License-Identifier: Apache-2.0
"""Statements that a plugin declares with their types: what they do, and who says what is wrong with one of them."""

import contextlib
import sqlite3
import unittest

from mortised import Folder, Mortised, ServerTest, run

USES = "uses-queries"
PLUGINS = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}}
# By the text of a statement that is declared with one parameter and one column.
WRONG = {
    "SELECT title FROM fixture_links WHERE absent = ?": "no such column: absent",
    "SELECT title FROM missing WHERE url = ?": "no such table: missing",
    "SELEC ?": 'near "SELEC": syntax error',
    "SELECT 1": "takes 0 parameters, but is declared with 1",
    "SELECT url, title FROM fixture_links WHERE url = ?": "gives 2 columns, but is declared with 1",
    "SELECT ?; SELECT 2": "only one statement",
    "PRAGMA user_version": "may not begin or end a transaction, attach a database or use PRAGMA",
}


class Queries(ServerTest):
    PLUGINS = {**PLUGINS, USES: {}}

    def test_read_and_write(self):
        links = [{"url": "https://a.example", "title": "A"}, {"url": "https://b.example"}]
        for link in links:
            self.assertEqual(self.server.post("/uses/queries", {"owner": "ada", **link}).status, 201)
        self.assertEqual(self.server.get("/uses/queries?owner=ada").json, {"links": links, "total": 2})
        self.assertEqual(self.server.get("/uses/queries?owner=eve").json, {"links": [], "total": 2})
        # Nobody catches it.
        self.assertError(self.server.post("/uses/queries", {"owner": "ada", **links[0]}), 409, "Resource already exists")


class Searches(ServerTest):
    """Six optional filters: of 64 statements 8 are known before they are used."""

    PLUGINS = {**PLUGINS, "searches": {}}
    SEARCH = "/searches"
    # What each filter asks for, and which items pass it.
    FILTERS = {"colour": ("red", lambda item: item["colour"] == "red"), "shape": ("round", lambda item: item["shape"] == "round"),
               "size": (5, lambda item: item["size"] >= 5), "weight": (5, lambda item: item["weight"] < 5),
               "sold": ("true", lambda item: item["sold"]), "maker": ("ada", lambda item: item.get("maker") == "ada")}

    def test_every_combination_gives_its_rows(self):
        items = [{"name": f"{i:02}", "colour": "red" if i & 1 else "blue", "shape": "round" if i & 2 else "flat",
                  "size": 5 if i & 4 else 4, "weight": 4 if i & 8 else 5, "sold": bool(i & 16), **({"maker": "ada"} if i & 32 else {})}
                 for i in range(64)]
        self.assertEqual(self.server.post(self.SEARCH, items).status, 201)
        # The second time on the event loop.
        for _ in range(2):
            for combination in range(64):
                chosen = [name for i, name in enumerate(self.FILTERS) if combination >> i & 1]
                query = "&".join(f"{name}={self.FILTERS[name][0]}" for name in chosen)
                expected = [item["name"] for item in items if all(self.FILTERS[name][1](item) for name in chosen)]
                reply = self.server.get(f"{self.SEARCH}?{query}")
                self.assertEqual((reply.status, reply.json), (200, {"names": expected}), query)


class Full(ServerTest):
    """Where there is room for 16 statements only."""

    PLUGINS = {**PLUGINS, "database": {**PLUGINS["database"], "statements": 16}, "searches": {}}

    def test_a_statement_too_many_fails_alone(self):
        filters = [f"{name}={value}" for name, (value, _) in Searches.FILTERS.items()]
        queries = ["&".join(one for i, one in enumerate(filters) if combination >> i & 1) for combination in range(64)]
        statuses = [self.server.get(f"{Searches.SEARCH}?{query}").status for query in queries]
        self.assertEqual(set(statuses), {200, 500})
        self.assertEqual(statuses.count(200), 13)  # and the insert, by one, ten and a hundred
        self.assertEqual([self.server.get(f"{Searches.SEARCH}?{query}").status for query in queries], statuses)
        self.assertEqual([status for query, status in zip(queries, statuses) if query.count("=") in (0, 1, 6)], 8 * [200])
        message = "more than 16 different statements: raise the setting 'statements' of the database"
        self.assertTrue(any(message in line for line in self.server.lines))


class Wrong(unittest.TestCase):
    def check(self, *options: str, **plugins: dict) -> str:
        """What a check of the configuration, or a start, says against these plugins."""
        folder = Folder(plugins={**PLUGINS, **{name.replace("_", "-"): given for name, given in plugins.items()}})
        self.addCleanup(folder.remove)
        done = run(*options, "--config", folder.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse((folder.state_of("database") / "test.db").exists())
        return done.stderr

    def test_is_found_by_a_check(self):
        for text, reason in WRONG.items():
            with self.subTest(text):
                said = self.check("--check-config", uses_queries={"wrong": text})
                self.assertIn(f"plugin '{USES}': statement 'links.wrong' ({text}): ", said)
                self.assertIn(reason, said)

    def test_fails_the_start(self):
        text, reason = next(iter(WRONG.items()))
        said = self.check(uses_queries={"wrong": text})
        self.assertIn(f"plugin '{USES}': statement 'links.wrong' ({text}): ", said)
        self.assertIn(reason, said)

    # Of typed queries in a handler that never runs, too, and all at once.
    def test_every_one_is_named(self):
        said = self.check("--check-config", uses_queries={"wrong": "SELECT 1"}, misnames_a_column={})
        self.assertIn(f"plugin '{USES}': statement 'links.wrong' (SELECT 1): ", said)
        self.assertRegex(said, r"plugin 'misnames-a-column': statement 'fixture_tags.select' \(SELECT .*\): no such column: .*uses")

    # A table is declared with what its migrations do not make.
    MISDECLARED = [
        "table 'fixture_shelves' is declared with a unique key 'shelves_place' of (place), but the schema has unique keys of (id)",
        "table 'fixture_books' is declared with the primary key (isbn), but the schema has (isbn, year)",
        "table 'fixture_books' is declared with a foreign key of (shelf_id) to fixture_shelves (id), but the schema has none",
        "table 'fixture_books' is declared with an index that begins with (title), but the schema has indexes of (isbn, year), "
        "of (year, title)",
        "table 'fixture_books' is declared with columns of the type INTEGER, but the schema has columns 'bought_at' of VARCHAR(30)",
        "table 'fixture_labels' is declared with no unique key beside its primary key and that of (text), but the schema has unique keys "
        "of (colour)",
    ]

    def test_every_constraint_is_named(self):
        for options in (["--check-config"], []):
            with self.subTest(options):
                said = self.check(*options, misdeclares_a_table={})
                for message in self.MISDECLARED:
                    self.assertIn(f"plugin 'misdeclares-a-table': {message}", said)


class Changed(unittest.TestCase):
    """A database that somebody changed."""

    def test_a_missing_index_fails_the_start(self):
        folder = Folder(plugins={**PLUGINS, "searches": {}})
        self.addCleanup(folder.remove)
        Mortised(folder=folder).close()
        file = folder.state_of("database") / "test.db"
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("DROP INDEX items_colour")
        self.assertEqual(run("--check-config", "--config", folder.config).returncode, 0)  # opens no database
        done = run("--config", folder.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("plugin 'searches': table 'fixture_items' is declared with an index that begins with (colour, shape), but "
                      "the schema has indexes of (name)", done.stderr)
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("CREATE INDEX anything ON fixture_items (colour, shape, size)")
        Mortised(folder=folder).close()


if __name__ == "__main__":
    unittest.main()
