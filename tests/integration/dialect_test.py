# SPDX-License-Identifier: Apache-2.0
"""The SQL of the plugins on a real MariaDB server: every statement that they declare is accepted, their tables are those of
SQLite, and what is to be found by an index is."""

import json
import re
import sqlite3
import subprocess
import unittest

from mariadb import MariaDb
from mortised import BUILD, FIXTURES

PLUGINS = ["users", "auth", "posts", "idempotency"]  # in the order in which their tables refer to each other
FORMS = "asks-everything"
# As the plugin `database` sets it.
SETUP = ("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
         "PIPES_AS_CONCAT,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,SIMULTANEOUS_ASSIGNMENT', time_zone = '+00:00';\n")
TYPES = {"BIGINT": "bigint(20)", "SMALLINT": "smallint(6)", "INTEGER": "int(11)", "BOOLEAN": "tinyint(1)"}


def sql_of_plugins():
    """By the name of a plugin what plugin_sql says of its file."""
    files = {name: BUILD / "lib" / "mortise" / "plugins" / f"{name}.so" for name in PLUGINS}
    files[FORMS] = FIXTURES / f"{FORMS}.so"
    done = subprocess.run([BUILD / "fixtures" / "bin" / "plugin_sql", *files.values()], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return dict(zip(files, json.loads(done.stdout)))


def migrations(plugin, dialect, part="sql"):
    """The texts that run on that dialect, in order."""
    chosen = {}
    for one in plugin["migrations"]:
        if one["dialect"] in ("", dialect) and (one["dialect"] or one["name"] not in chosen):
            chosen[one["name"]] = one[part]
    return list(chosen.values())


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Dialect(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.plugins = sql_of_plugins()
        cls.server = MariaDb()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        for plugin in cls.plugins.values():
            for text in migrations(plugin, "mariadb"):
                cls.server.sql(SETUP + text)

    def test_every_statement_is_accepted(self):
        faults = []
        for name, plugin in self.plugins.items():
            self.assertGreater(len(plugin["mariadb"]), 5, name)
            for statement in plugin["mariadb"]:
                text = statement["sql"] + (" FOR UPDATE" if statement["flags"] & 2 else "")
                try:
                    self.server.sql(f"{SETUP}PREPARE tried FROM {quoted(text)};")
                except AssertionError as error:
                    faults.append(f"{name}: {str(error).splitlines()[0]}: {text[:300]}")
        self.assertEqual([], faults)

    def test_the_tables_are_those_of_sqlite(self):
        database = sqlite3.connect(":memory:")
        for plugin in self.plugins.values():
            for text in migrations(plugin, "sqlite"):
                database.executescript(text)
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        self.assertEqual(tables, [row[0] for row in self.server.sql("SHOW TABLES")])
        for table in tables:
            with self.subTest(table):
                self.assertEqual(self.sqlite_columns(database, table), self.mariadb_columns(table))
                self.assertEqual(self.sqlite_keys(database, table), self.mariadb_keys(table))
                self.assertEqual(self.sqlite_references(database, table), self.mariadb_references(table))
        bad = self.server.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                              "(engine <> 'InnoDB' OR table_collation <> 'utf8mb4_nopad_bin')")
        self.assertEqual([], bad)

    def test_migrations_can_be_undone(self):
        with MariaDb() as server:
            for part in ("sql", "down", "sql"):
                texts = [text for plugin in self.plugins.values() if plugin is not self.plugins[FORMS]
                         for text in migrations(plugin, "mariadb", part)]
                for text in texts if part == "sql" else reversed(texts):
                    server.sql(SETUP + text)
                self.assertEqual(part == "down", server.sql("SHOW TABLES") == [])

    def test_rows_are_found_by_indexes(self):
        self.server.sql(SETUP + "INSERT INTO asked_owners (id, name, number, created_at, updated_at) SELECT UNHEX(MD5(seq)), "
                        "CONCAT('n', seq), seq, '2026-01-01', '2026-01-01' FROM seq_1_to_5000; "
                        "INSERT INTO asked_things (code, owner_id, size) SELECT CONCAT('c', seq), UNHEX(MD5(seq)), seq FROM seq_1_to_5000; "
                        "ANALYZE TABLE asked_owners, asked_things;")
        every = "`id`, `name`, `nick_name`, `mood`, `active`, `weight`, `number`, `created_at`, `updated_at`"
        wanted = {
            "UPDATE `asked_owners`, (SELECT 1) AS several SET `active`": {"eq_ref"},
            f"SELECT {every} FROM `asked_owners` WHERE `id` IN": {"eq_ref"},
            "DELETE `asked_things` FROM `asked_things` WHERE `code` IN": {"eq_ref"},
            "DELETE FROM `asked_owners` WHERE `id` = ?": {"range", "const"},
            "UPDATE `asked_owners` SET `name` = ?": {"range", "const"},
        }
        texts = [one["sql"] for one in self.plugins[FORMS]["mariadb"]]
        for begin, kinds in wanted.items():
            text = next((one for one in texts if one.startswith(begin)), None)
            self.assertIsNotNone(text, begin)
            values = ", ".join(self.value_for(text, place) for place in range(text.count("?")))
            rows = self.server.sql(f"{SETUP}PREPARE tried FROM {quoted('EXPLAIN ' + text)}; EXECUTE tried USING {values};")
            found = {row[2]: row[3] for row in rows}
            self.assertIn(found.get("asked_owners", found.get("asked_things")), kinds, text)

    @staticmethod
    def value_for(text, place):
        before = "".join(text.split("?")[:place + 1])[-12:]
        if before.endswith("JSON_TABLE("):
            return "'[\"c4ca4238-a0b9-2382-0dcc-509a6f75849b\"]'"
        if before.endswith("_at` = "):
            return "TIMESTAMP'2026-01-01 00:00:00'"
        return "'1'"

    @staticmethod
    def sqlite_columns(database, table):
        """Name, type as MariaDB calls it, whether it may be NULL, default."""
        columns = []
        for _, name, kind, strict, default, _ in database.execute(f"PRAGMA table_info({table})"):
            columns.append((name, TYPES.get(kind, kind.lower().replace("mediumtext", "text")), not strict, {"FALSE": "0"}.get(default, default)))
        return columns

    def mariadb_columns(self, table):
        rows = self.server.sql("SELECT column_name, column_type, is_nullable, COALESCE(column_default, 'NULL') FROM "
                               f"information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{table}' "
                               "ORDER BY ordinal_position")
        # What SQLite stores them as.
        typed = {"binary(16)": "char(36)", "datetime(3)": "bigint(20)", "decimal(20,4)": "text", "mediumtext": "text"}
        return [(name, typed.get(kind, kind), nullable == "YES", None if default == "NULL" else default)
                for name, kind, nullable, default in rows]

    @staticmethod
    def sqlite_keys(database, table):
        """The primary key, unique keys without their names, indexes with theirs."""
        keys = {("PRIMARY", tuple(row[1] for row in sorted(
            (row for row in database.execute(f"PRAGMA table_info({table})") if row[5]), key=lambda row: row[5])))}
        for _, name, unique, origin, _ in database.execute(f"PRAGMA index_list({table})"):
            columns = tuple(row[2] for row in database.execute(f"PRAGMA index_info({name})"))
            if origin != "pk":
                keys.add(("UNIQUE" if unique else name, columns))
        return keys

    def mariadb_keys(self, table):
        rows = self.server.sql("SELECT index_name, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM "
                               f"information_schema.statistics WHERE table_schema = DATABASE() AND table_name = '{table}' "
                               "GROUP BY index_name, non_unique")
        return {(name if name == "PRIMARY" or shared == "1" else "UNIQUE", tuple(columns.split(","))) for name, shared, columns in rows}

    @staticmethod
    def sqlite_references(database, table):
        return {(row[3], row[2], row[4], row[6]) for row in database.execute(f"PRAGMA foreign_key_list({table})")}

    def mariadb_references(self, table):
        rows = self.server.sql("SELECT k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule FROM "
                               "information_schema.key_column_usage k JOIN information_schema.referential_constraints r ON "
                               "r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name "
                               f"WHERE k.table_schema = DATABASE() AND k.table_name = '{table}' AND k.referenced_table_name IS NOT NULL")
        return {(column, other, key, re.sub("RESTRICT", "NO ACTION", rule)) for column, other, key, rule in rows}


if __name__ == "__main__":
    unittest.main(verbosity=2)
