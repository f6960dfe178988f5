# SPDX-License-Identifier: Apache-2.0
"""Mistakes in a configuration, whoever finds them: all in one run, with their place, exit status 78, before any socket."""

import socket
import unittest

from mortised import ALL_PLUGINS, HANG_TIMEOUT, Folder, Mortised, run

SIMPLE = {"routing": {}, "logging": {}, "hello": {}}


class Mistakes(unittest.TestCase):
    def folder(self, plugins=None, **server) -> Folder:
        made = Folder(server, SIMPLE if plugins is None else plugins)
        self.addCleanup(made.remove)
        return made

    def refused(self, folder: Folder, *arguments, env=None) -> list[str]:
        """What a start and a check say, which must be the same."""
        said = []
        for mode in ((), ("--check-config",)):
            done = run("--config", folder.config, *arguments, *mode, env=env)
            self.assertEqual(done.returncode, 78, done)
            said.append([line for line in done.stderr.splitlines() if "error: " in line])
        self.assertEqual(said[0], said[1])
        return said[0]

    def place(self, folder: Folder, line: str) -> str:
        """file:line:column of the value in mortise.ini's `line`."""
        lines = folder.file.read_text().splitlines()
        return f"{folder.file}:{lines.index(line) + 1}:{line.index('= ') + 3}"

    def test_a_plugins_mistake_has_its_place(self):
        cases = {
            "health": ("allow", "10.0.0.1/33, foo", ("'10.0.0.1/33' is no network", "'foo' is no network")),
            "logging": ("levels", "host.http=loud, x", ("'host.http=loud' is not LOGGER=LEVEL", "'x' is not LOGGER=LEVEL")),
            "hello": ("name", '""', ("it is empty",)),
            "database": ("url", "postgres://db/x", ("'postgres://db/x': PostgreSQL is not supported, only SQLite and MariaDB; write sqlite:///name.db "
                                                    "(in the state directory), sqlite:////absolute/name.db, or mariadb://host/name with "
                                                    "user:password@ in front of the host",)),
            "auth": ("access_secret", "a" * 40, ("the secret is weak",)),
            "refuses-settings": ("left", "here", ("it is not right",)),
        }
        for plugin, (key, value, reasons) in cases.items():
            with self.subTest(plugin=plugin):
                folder = self.folder({**ALL_PLUGINS, plugin: {**ALL_PLUGINS.get(plugin, {}), key: value}})
                lines = self.refused(folder)
                for reason in reasons:
                    start = f"{self.place(folder, f'{key} = {value}')}: error: plugin.{plugin}.{key}: {reason}"
                    found = [line for line in lines if line.startswith(start)]
                    self.assertEqual(len(found), 1, (start, lines))
                    self.assertTrue(found[0].endswith("[C208]"), found)

    def test_a_c_plugins_mistakes_are_all_told(self):
        lines = self.refused(self.folder({**SIMPLE, "refuses-settings": {}}))
        self.assertEqual(lines, [f"default: error: plugin.refuses-settings.{key} [C208]" for key in
                                 ("left: it is not right", "right: it is not left")])

    def test_the_environment_and_the_command_line_are_named(self):
        folder = self.folder(ALL_PLUGINS)
        lines = self.refused(folder, "--set", "plugin.health.allow=foo", env={"DATABASE_URL": "postgres://me:hidden@db/x"})
        self.assertEqual(len(lines), 2, lines)
        for start in ("environment DATABASE_URL: error: plugin.database.url: ", "--set: error: plugin.health.allow: 'foo' is no network"):
            self.assertTrue(any(line.startswith(start) for line in lines), lines)
        self.assertNotIn("hidden", "".join(lines))

    def test_all_of_them_show_in_one_run(self):
        folder = self.folder({**ALL_PLUGINS, "health": {"allow": "foo"}, "hello": {"nam": "x"}, "auth": {"access_secret": "b" * 40}},
                             max_conections="3")
        text = "\n".join(self.refused(folder))
        for part in ("unknown key 'max_conections'", "unknown key 'nam'", "plugin.health.allow: 'foo'", "plugin.auth.access_secret: "):
            self.assertEqual(text.count(part), 1, text)
        # What follows from them is not told: nothing of a service or a router that is missing.
        self.assertEqual(len(text.splitlines()), 4, text)

    def test_a_broken_provider_is_the_only_one_blamed(self):
        folder = self.folder({**ALL_PLUGINS, "database": {"url": "postgres://db/x"}})
        self.assertEqual(len(self.refused(folder)), 1)
        folder = self.folder({**ALL_PLUGINS, "database": {"readers": "many"}})
        self.assertEqual(len(self.refused(folder)), 1)
        folder = self.folder({**ALL_PLUGINS, "routing": {"nonsense": "1"}})
        self.assertEqual(len(self.refused(folder)), 1)

    def test_what_does_not_fit_together_has_its_place(self):
        folder = self.folder({**SIMPLE, "routing": {"enabled": "false"}})
        [line] = self.refused(folder)
        self.assertTrue(line.startswith(f"{self.place(folder, 'enabled = false')}: error: no enabled plugin matches routes"), line)
        folder = self.folder({**ALL_PLUGINS, "auth": {"enabled": "false"}})
        [line] = self.refused(folder)
        self.assertTrue(line.startswith(f"{self.place(folder, 'enabled = false')}: error: plugin 'users': route "), line)
        folder = self.folder({**SIMPLE, "throws-in-configure": {}})
        [line] = self.refused(folder)
        self.assertRegex(line, r"mortise\.ini:\d+:\d+: error: plugin 'throws-in-configure'.*thrown in configure \[P103\]")

    def test_two_of_what_there_is_one_of(self):
        [line] = self.refused(self.folder({**ALL_PLUGINS, "uses-migrations": {}}))
        self.assertIn("plugins 'database' and 'uses-migrations' both offer 'mortise.plugin.migrator/1'", line)

    def test_nobody_runs_the_migrations(self):
        folder = self.folder({**SIMPLE, "auth": {}, "users": {}})
        lines = self.refused(folder)
        self.assertTrue(any("mortise.database/1" in line for line in lines), lines)

    def test_no_socket_opens_before(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            folder = self.folder({**SIMPLE, "hello": {"name": '""'}}, listen=f"127.0.0.1:{taken.getsockname()[1]}")
            [line] = self.refused(folder)
            self.assertIn("plugin.hello.name", line)

    def test_a_reload_tells_the_place(self):
        folder = self.folder()
        with Mortised(folder) as server:
            folder.plugins = {**SIMPLE, "hello": {"name": '""'}}
            folder.write()
            record = server.reload("Reload failed")
            self.assertTrue(record["reason"].startswith(f"{self.place(folder, 'name = ' + chr(34) * 2)}: plugin.hello.name: "), record)
            self.assertEqual(record["errorCode"], "C208")
            self.assertEqual(server.get("/hello").status, 200)


    def test_a_plugin_that_hangs_holds_up_neither_a_check_nor_a_reload(self):
        folder = self.folder(control_timeout=HANG_TIMEOUT)
        with Mortised(folder) as server:
            folder.plugins = {**SIMPLE, "hello": {"nam": "x"}, "hangs-in-configure": {}}
            folder.write()
            mark = server.mark()
            server.reload("Reload failed")
            server.wait_for("The running generation goes on", since=mark)
            reasons = [record["reason"] for record in server.found("Reload failed", mark)]
            self.assertTrue(any("unknown key 'nam'" in reason for reason in reasons), reasons)
            self.assertTrue(any("configure did not return" in reason for reason in reasons), reasons)
            self.assertEqual(run("--config", folder.config, "--check-config").returncode, 78)
            folder.plugins = SIMPLE
            folder.write()
            server.reload()
            self.assertEqual(server.get("/hello").status, 200)


class StartFailures(unittest.TestCase):
    """Each has a stable code."""

    def start(self, *arguments, status: int) -> str:
        done = run(*arguments)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def test_a_taken_address(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            folder = Folder({"listen": f"127.0.0.1:{taken.getsockname()[1]}"}, SIMPLE)
            self.addCleanup(folder.remove)
            said = self.start("--config", folder.config, status=1)
            self.assertIn("Address already in use", said)
            self.assertIn("S102", said)

    def test_a_taken_state_directory(self):
        folder = Folder({}, SIMPLE)
        self.addCleanup(folder.remove)
        with Mortised(folder):
            self.assertIn("S103", self.start("--config", folder.config, status=1))

    def test_a_failing_plugin(self):
        folder = Folder({}, {**SIMPLE, "throws-in-start": {}})
        self.addCleanup(folder.remove)
        self.assertIn("P103", self.start("--config", folder.config, status=1))

    def test_a_command_line(self):
        self.assertIn("[C403]", self.start("--nonsense", status=64))


if __name__ == "__main__":
    unittest.main()
