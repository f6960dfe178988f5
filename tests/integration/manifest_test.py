# SPDX-License-Identifier: Apache-2.0
"""What plugin files say of themselves: lists and checks go by it and run no code, and a file's code has to say the same."""

import re
import shutil
import subprocess
import unittest

from mortised import FIXTURES, PLUGINS, PROGRAM, Folder, Mortised, environment, run

# Files whose code is not to be run: one that reports on standard error who maps it and ends its process, and others that harm it.
HARMFUL = ("constructor-tells", "constructor-aborts", "constructor-prints", "entry-crashes")


class WithoutCode(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins={"routing": {}, "constructor-tells": {}, "entry-crashes": {}})
        self.found = self.folder.path / "found"
        self.found.mkdir()
        for name in HARMFUL:
            shutil.copy(FIXTURES / f"{name}.so", self.found)
        for name in ("routing", "hello", "users", "database"):
            shutil.copy(PLUGINS / f"{name}.so", self.found)
        self.folder.server["plugin_directory"] = str(self.found)
        self.folder.write()
        self.addCleanup(self.folder.remove)

    def show(self, *arguments):
        done = run("--config", self.folder.config, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def test_lists(self):
        rows = {line.split()[0]: line.split() for line in self.show("--list-plugins").splitlines()}
        self.assertEqual(set(rows), {*HARMFUL, "routing", "hello", "users", "database"})
        self.assertEqual(rows["constructor-tells"][1:5], ["enabled", "org.mortise.fixtures.constructor-tells", "1.0.0", "ABI"])
        self.assertEqual(rows["constructor-aborts"][1], "disabled")

    def test_settings(self):
        printed = self.show("--print-config")
        self.assertIn("[plugin.constructor-tells]\nenabled = true", printed)
        self.assertIn("[plugin.entry-crashes]\nenabled = true", printed)
        self.assertNotIn("constructor-aborts", printed)

    def test_examples(self):
        # Of what lies in the folder of this installation; of a copy that is a folder of the test.
        prefix = self.folder.path / "installed"
        (prefix / "bin").mkdir(parents=True)
        shutil.copy(PROGRAM, prefix / "bin")
        (prefix / "lib/mortise").mkdir(parents=True)
        self.found.rename(prefix / "lib/mortise/plugins")
        for mode in (("--example-config", "ini"), ("--example-config", "xml"), ("--list-plugins",)):
            done = subprocess.run([str(prefix / "bin/mortised"), *mode], env=environment(), capture_output=True, text=True, timeout=60, check=False)
            if "constructor-aborts" not in done.stdout:
                self.skipTest("the plugins of an installation lie elsewhere: " + done.stderr)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done)

    def test_a_start_runs_only_what_is_enabled(self):
        """Also for its hints, which name plugins that are there and not enabled."""
        self.folder.plugins = {"routing": {}, "constructor-tells": {"enabled": "false"}}
        self.folder.write()
        with Mortised(self.folder) as server:
            self.assertEqual(server.get("/nowhere").status, 404)
            server.reload()
            self.assertNotIn("it said", "\n".join(server.lines))
        self.folder.plugins = {"routing": {}, "users": {}}
        self.folder.write()
        done = run("--config", self.folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("requires 'mortise.database/1', which no enabled plugin provides; set enabled = true in "
                      "[plugin.database]", done.stderr)
        self.assertNotIn("it said", done.stderr)

    def test_hints_name_whoever_is_installed(self):
        self.folder.plugins = {"users": {}, "database": {}}
        self.folder.write()
        done = run("--config", self.folder.config, "--check-config")
        self.assertIn("no enabled plugin matches routes ('mortise.plugin.router/1'); set enabled = true in [plugin.routing]", done.stderr)
        self.assertIn("no enabled plugin authenticates ('mortise.plugin.authenticator/1'), and none that is installed does", done.stderr)
        (self.found / "routing.so").rename(self.found / "matcher.so")
        shutil.copy(PLUGINS / "auth.so", self.found / "gatekeeper.so")
        done = run("--config", self.folder.config, "--check-config")
        self.assertIn("('mortise.plugin.router/1'); set enabled = true in [plugin.matcher]", done.stderr)
        self.assertIn("('mortise.plugin.authenticator/1'); set enabled = true in [plugin.gatekeeper]", done.stderr)
        (self.found / "matcher.so").unlink()
        done = run("--config", self.folder.config, "--check-config")
        self.assertIn("('mortise.plugin.router/1'), and none that is installed does", done.stderr)

    def test_sections_of_disabled_plugins_are_checked(self):
        self.folder.plugins = {"routing": {}, "hello": {"enabled": "false", "nmae": "Ada"}}
        self.folder.write()
        done = run("--config", self.folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("did you mean 'name'", done.stderr)

    def test_unreadable_files_are_refused_by_name(self):
        for name in ("no-manifest", "no-entry"):
            shutil.copy(FIXTURES / f"{name}.so", self.found)
        (self.found / "text.so").write_text("no library\n")
        whole = (PLUGINS / "hello.so").read_bytes()
        (self.found / "half.so").write_bytes(whole[:len(whole) // 2])
        done = run("--config", self.folder.config, "--list-plugins")
        self.assertEqual(done.returncode, 0, done)
        for name, why in (("no-manifest", "has no manifest: rebuild the plugin with the SDK of this release, where MORTISE_PLUGIN makes one"),
                          ("no-entry", "exports no function"), ("text", "is no ELF file"), ("half", "is truncated")):
            self.assertRegex(done.stdout, rf"(?m)^{name} +refused")
            self.assertRegex(done.stderr, rf"plugin '{name}': .*/{name}\.so: .*{why}")


class Defaults(unittest.TestCase):
    """Of a struct that the compiler cannot make a constant of."""

    def test_unknown_ones_are_the_plugins(self):
        with Mortised(plugins={"routing": {}, "string-settings": {}}) as server:
            self.assertEqual(server.get("/string-settings").body, b"hello Ada\nhello Grace\n" * 2)
            printed = run("--config", server.folder.config, "--print-config").stdout
            self.assertIn("\n# greeting is set by the plugin\n# names is set by the plugin\n", printed)
            server.folder.plugins["string-settings"] = {"greeting": "bye", "times": "1"}
            server.folder.write()
            server.reload()
            self.assertEqual(server.get("/string-settings").body, b"bye Ada\nbye Grace\n")
            printed = run("--config", server.folder.config, "--print-config").stdout
            self.assertRegex(printed, r"(?m)^greeting = bye  # .*mortise\.ini:")
            server.folder.plugins["string-settings"] = {"times": "0"}
            server.folder.write()
            done = run("--config", server.folder.config, "--print-config")
            self.assertIn("plugin.string-settings.times: '0' is less than the minimum 1", done.stderr)


class Comparison(unittest.TestCase):
    def test_a_stripped_file_is_the_same(self):
        for name in ("hello", "auth"):
            folder = Folder(plugins={"routing": {}})
            self.addCleanup(folder.remove)
            stripped = folder.path / f"{name}.so"
            subprocess.run(["strip", "--strip-all", "-o", stripped, PLUGINS / f"{name}.so"], check=True)
            self.assertLess(stripped.stat().st_size, (PLUGINS / f"{name}.so").stat().st_size)
            done = run("--verify-plugin", stripped)
            self.assertEqual(done.returncode, 0, done)
            self.assertIn(f"org.mortise.{name} ", done.stdout)

    def test_a_changed_note_is_refused(self):
        whole = (PLUGINS / "hello.so").read_bytes()
        self.assertEqual(whole.count(b'"version":"1.0.0"'), 1)
        folder = Folder(plugins={"routing": {}})
        self.addCleanup(folder.remove)
        for old, new, why in (
            (b'"version":"1.0.0"', b'"version":"1.0.1"', "version is '1.0.1' in the manifest and '1.0.0' in the code"),
            (b'"default":"world"', b'"default":"wOrld"', "default of the setting 'name' is 'wOrld' in the manifest and 'world' in the code"),
            (b'"provides":[]', b'"provides":{}', "has a manifest whose 'provides' is no array"),
            (b'{"manifest":1', b'{"manifest":2', "has a manifest of version 2, this host reads version 1"),
            (b'{"manifest":1', b'["manifest":1', "has a manifest that is no JSON"),
        ):
            with self.subTest(why=why):
                self.assertEqual(whole.count(old), 1)
                changed = folder.path / "changed.so"
                changed.write_bytes(whole.replace(old, new))
                done = run("--verify-plugin", changed)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done)
                self.assertRegex(done.stderr, re.escape(f"{changed}: ") + ".*" + re.escape(why))


if __name__ == "__main__":
    unittest.main()
