# SPDX-License-Identifier: Apache-2.0
"""Migrations: versions of a plugin that come and go, live and at a restart; `mortised migrate`."""

import sqlite3
import unittest

from mortised import FIXTURES, HANG_TIMEOUT, Folder, Mortised, eventually, run

PLUGINS = {"routing": {}, "logging": {}, "database": {}}


def version(number: int) -> str:
    return str(FIXTURES / f"migrates-{number}.so")


def install(folder: Folder, number: int) -> None:
    folder.plugins["migrates"] = {"file": version(number)}
    folder.write()


def folder_with(number: int) -> Folder:
    return Folder(plugins={**PLUGINS, "migrates": {"file": version(number)}})


def place(folder: Folder) -> str:
    """Where the plugin is switched on."""
    lines = folder.file.read_text(encoding="utf-8").splitlines()
    line = lines.index("enabled = true", lines.index("[plugin.migrates]")) + 1
    return f"mortise.ini:{line}:11"


class Case(unittest.TestCase):
    def folder(self, number: int) -> Folder:
        folder = folder_with(number)
        self.addCleanup(folder.remove)
        return folder

    def rows(self, folder: Folder, sql: str) -> list[tuple]:
        connection = sqlite3.connect(f"file:{folder.state_of('database') / 'mortise.db'}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def names(self, folder: Folder) -> list[str]:
        return [name for name, in self.rows(folder, "SELECT name FROM mortise_migrations WHERE owner = 'migrates' ORDER BY name")]

    def served(self, server: Mortised) -> int:
        response = server.get("/migrates")
        self.assertEqual((response.status, response.json["rows"]), (200, 1), response)
        return response.json["version"]

    def refused(self, folder: Folder, status: int) -> str:
        """Of a start: the line that says why."""
        done = run("--config", folder.config)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "plugin 'migrates'" in line]
        self.assertEqual(len(lines), 1, done.stdout + done.stderr)
        return lines[0]

    def backups(self, folder: Folder) -> list[str]:
        return sorted(path.name for path in folder.state_of("database").glob("*.backup*"))


class ThereAndBack(Case):
    def test_live(self):
        folder = self.folder(1)
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 1)
            install(folder, 2)
            server.reload()
            self.assertEqual(self.served(server), 2)
            mark = server.mark()
            install(folder, 1)
            server.reload()
            self.assertEqual(self.served(server), 1)
            record = server.wait_for("The database has had a later migration '0002-size' of 'migrates', which this version of "
                                     "the plugin does not know and can run with", since=mark)
            self.assertEqual((record["level"], record["owner"]), ("warn", "migrates"))
            install(folder, 2)
            server.reload()
            self.assertEqual(self.served(server), 2)
        self.assertEqual(self.names(folder), ["0001-things", "0002-size"])

    def test_at_a_restart(self):
        folder = self.folder(2)
        for number in (2, 1, 2):
            install(folder, number)
            with Mortised(folder) as server:
                self.assertEqual(self.served(server), number)
                self.assertEqual(len([one for one in server.records if "a later migration" in one["msg"]]), number == 1)

    def test_an_incompatible_one_waits_for_a_restart_and_has_no_way_back(self):
        folder = self.folder(2)
        with Mortised(folder) as server:
            install(folder, 3)
            reason = server.reload(expect="Reload failed")
            self.assertIn("migration '0003-cluster' of 'migrates' needs a restart", str(reason))
            self.assertEqual(self.served(server), 2)
        self.assertEqual(self.backups(folder), [])
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 3)
            steps = [one for one in server.records if one["msg"] == "Migrated" and one["migration"] == "0003-cluster"]
            self.assertEqual([f"{one['statement']}/{one['statements']} {one['rows']}" for one in steps],
                             ["1/4 0", "2/4 1", "3/4 0", "4/4 0"])
            backup = server.found("Made a backup before a migration")[0]["file"]
        self.assertEqual(len(self.backups(folder)), 1)
        self.assertTrue(backup.endswith(self.backups(folder)[0]), backup)
        install(folder, 2)
        line = self.refused(folder, 1)
        self.assertIn("has had migration '0003-cluster' of 'migrates', which this version of the plugin neither knows nor", line)
        # What the backup holds is what version 2 had.
        folder.state_of("database").joinpath(self.backups(folder)[0]).replace(folder.state_of("database") / "mortise.db")
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 2)

    def test_a_new_plugin_may_be_switched_on_live(self):
        folder = self.folder(3)
        del folder.plugins["migrates"]
        folder.write()
        with Mortised(folder) as server:
            install(folder, 3)
            server.reload()
            self.assertEqual(self.served(server), 3)
        self.assertEqual(self.backups(folder), [])


class Refused(Case):
    def test_a_changed_text_at_the_line_of_its_plugin(self):
        folder = self.folder(2)
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 2)
            install(folder, 4)
            self.assertIn("was changed after it ran", str(server.reload(expect="Reload failed")))
            self.assertEqual(self.served(server), 2)
        line = self.refused(folder, 1)
        self.assertIn(place(folder) + ": plugin 'migrates': migration '0001-things' of 'migrates' was changed", line)

    def test_what_takes_away_waits_for_a_restart(self):
        folder = self.folder(1)
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 1)
            install(folder, 5)
            reason = str(server.reload(expect="Reload failed"))
            self.assertIn("'0002-no-word' of 'migrates' needs a restart", reason)
            self.assertIn("it changes or removes columns of table 'things'", reason)
            self.assertEqual(self.served(server), 1)
        self.assertEqual(self.names(folder), ["0001-things"])
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 5)

    def test_a_gap(self):
        folder = self.folder(3)
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 3)
        connection = sqlite3.connect(folder.state_of("database") / "mortise.db")
        with connection:
            connection.execute("DELETE FROM mortise_migrations WHERE name = '0002-size'")
        connection.close()
        line = self.refused(folder, 1)
        self.assertIn(place(folder), line)
        self.assertIn("migration '0002-size' of 'migrates' has not run on", line)


class Late(Case):
    def test_says_what_limits_it(self):
        folder = self.folder(1)
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 1)
        install(folder, 2)
        folder.server["migration_timeout"] = HANG_TIMEOUT
        folder.write()
        connection = sqlite3.connect(folder.state_of("database") / "mortise.db", isolation_level=None)
        self.addCleanup(connection.close)
        connection.execute("BEGIN IMMEDIATE")
        done = run("--config", folder.config)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(f"plugin 'database': migrations did not end within {HANG_TIMEOUT[:-2]} ms (server.migration_timeout): raise it, or run "
                      "'mortised migrate up', which has no limit", done.stdout + done.stderr)


    def test_may_look_at_what_the_others_lent_it(self):
        folder = self.folder(1)
        folder.server["migration_timeout"] = HANG_TIMEOUT
        folder.plugins["database"] = {"migration_wait": "10m"}
        folder.write()
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 1)
            connection = sqlite3.connect(folder.state_of("database") / "mortise.db", isolation_level=None)
            self.addCleanup(connection.close)
            connection.execute("BEGIN IMMEDIATE")
            install(folder, 2)
            record = server.reload("Reload failed")
            self.assertIn(f"migrations did not end within {HANG_TIMEOUT[:-2]} ms", record["reason"])
            kept = server.wait_for("A plugin is not destroyed, since a call that missed its deadline may be looking at it")
            self.assertEqual((kept["plugin"], kept["caller"]), ("migrates", "database"))
            connection.execute("COMMIT")
            # It goes on, with the texts of a version that is not in force.
            eventually(lambda: self.names(folder) == ["0001-things", "0002-size"], "the late call is done")
            self.assertEqual(self.served(server), 1)
            server.stop()


class Command(Case):
    def migrate(self, folder: Folder, *arguments: str, status: int = 0) -> tuple[str, str]:
        done = run("--config", folder.config, "migrate", *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def test_status_and_plan_change_nothing(self):
        folder = self.folder(2)
        out, _ = self.migrate(folder, "status")
        self.assertIn("migrates\n  0001-things: pending\n  0002-size: pending\n", out)
        out, _ = self.migrate(folder, "plan")
        self.assertIn("-- migrates 0001-things\nCREATE TABLE things (id CHAR(36) NOT NULL PRIMARY KEY, word TEXT);\n"
                      "INSERT INTO things (id) VALUES ('first');\n-- migrates 0002-size\n", out)
        self.assertFalse((folder.state_of("database") / "mortise.db").exists())

    def test_they_run_beside_a_server(self):
        folder = self.folder(2)
        with Mortised(folder) as server:
            self.assertRegex(self.migrate(folder, "status")[0], r"  0002-size: done 20\d\d-")
            self.assertIn("-- nothing to run on ", self.migrate(folder, "plan")[0])
            for action in (("up",), ("down", "migrates", "2", "--yes")):
                self.assertIn("is in use by process", self.migrate(folder, *action, status=1)[1])
            self.assertEqual(self.served(server), 2)

    def test_up_and_down(self):
        folder = self.folder(2)
        out, _ = self.migrate(folder, "up")
        self.assertRegex(out, r"^migrates 0001-things: done, 1 rows \(\d+ ms\)\nmigrates 0002-size: done \(\d+ ms\)\n$")
        self.assertEqual(self.names(folder), ["0001-things", "0002-size"])
        out, error = self.migrate(folder, "down", "migrates", "1", status=1)
        self.assertIn("-- undo migrates 0002-size\n-- loses the sizes of all things\nALTER TABLE things DROP COLUMN size;\n"
                      "-- undo migrates 0001-things\n-- loses all things\nDROP TABLE things;\n", out)
        self.assertIn("Nothing was changed.", error)
        self.assertEqual(self.names(folder), ["0001-things", "0002-size"])
        out, _ = self.migrate(folder, "down", "migrates", "2", "--yes")
        self.assertIn("migrates 0002-size: undone", out)
        self.assertEqual(self.names(folder), ["0001-things"])
        self.assertEqual(len(self.backups(folder)), 1)
        install(folder, 1)
        with Mortised(folder) as server:
            self.assertEqual(self.served(server), 1)

    def test_down_needs_a_version_that_knows_it(self):
        folder = self.folder(2)
        self.migrate(folder, "up")
        install(folder, 1)
        self.assertIn("'0002-size' of 'migrates' is not known to this version",
                      self.migrate(folder, "down", "migrates", "1", "--yes", status=1)[1])
        install(folder, 3)
        self.migrate(folder, "up")
        self.assertIn("'0003-cluster' of 'migrates' has nothing that undoes it",
                      self.migrate(folder, "down", "migrates", "2", "--yes", status=1)[1])
        self.assertEqual(len(self.names(folder)), 3)

    def test_mistakes(self):
        folder = self.folder(2)
        self.assertIn("'migrate' needs one of status, plan, up, down", self.migrate(folder, "sideways", status=64)[1])
        self.assertIn("'migrate' needs one of status, plan, up, down", self.migrate(folder, status=64)[1])
        for arguments in (("status", "now"), ("down",), ("down", "migrates"), ("down", "migrates", "2", "--no")):
            self.assertIn("usage: migrate", self.migrate(folder, *arguments, status=64)[1])
        self.assertIn("'two' is not the number of a migration", self.migrate(folder, "down", "migrates", "two", status=64)[1])
        self.assertIn("no migration 2 of 'migrates' has run", self.migrate(folder, "down", "migrates", "2", status=1)[1])
        install(folder, 4)
        folder.plugins["migrates"]["colour"] = "red"
        folder.write()
        self.assertIn("unknown key 'colour'", self.migrate(folder, "status", status=78)[1])


if __name__ == "__main__":
    unittest.main()
