# SPDX-License-Identifier: Apache-2.0
"""The modes of mortised besides serving."""

import os
import pathlib
import shutil
import socket
import unittest

from mortised import FIXTURES, PLUGINS, SOURCE, Folder, Mortised, run


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.remove)

    def run_here(self, *arguments, **options):
        return run("--config", self.folder.config, *arguments, **options)

    def test_help(self):
        for option in ("--help", "-h"):
            done = run(option)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for word in ("--check-config", "--print-config", "--list-plugins", "--verify-plugin", "--version", "--set", "SIGHUP"):
                self.assertIn(word, done.stdout)

    def test_version(self):
        done = run("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^mortised [0-9]+\.[0-9]+\.[0-9]+")
        version = next(line for line in (SOURCE / "CMakeLists.txt").read_text().splitlines() if line.startswith("project(")).split()[2]
        self.assertIn(version, done.stdout)

    def test_wrong_usage(self):
        for arguments, said in (
            (("--chek-config",), "--check-config"), (("--set",), "--set"), (("--help", "--version"), "exclude"),
            (("--verify-plugin",), "--verify-plugin"), (("--check-config", "surplus"), "exclude"), (("sur=plus",), "argument 1"), (("--order",), "--list-plugins"),
        ):
            with self.subTest(arguments=arguments):
                done = run(*arguments)
                self.assertEqual((done.returncode, done.stdout), (64, ""), done)
                self.assertIn(said, done.stderr)

    def test_a_secret_given_by_mistake_is_not_repeated(self):
        done = run("plugin.auth.access_secret=very-secret-value")
        self.assertEqual(done.returncode, 64)
        self.assertNotIn("very-secret-value", done.stderr)

    def test_check_config(self):
        done = self.run_here("--check-config")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(f"{len(self.folder.plugins)} plugins", done.stdout)

    def test_check_modes_write_nothing_and_open_nothing(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.folder.server["listen"] = f"127.0.0.1:{taken.getsockname()[1]}"
            self.folder.write()
            before = sorted(str(path) for path in self.folder.path.rglob("*"))
            for mode in (("--check-config",), ("--print-config",), ("--list-plugins",), ("--list-plugins", "--order"), ("--verify-plugin", str(PLUGINS / "hello.so"))):
                done = self.run_here(*mode)
                self.assertEqual(done.returncode, 0, done)
            self.assertEqual(sorted(str(path) for path in self.folder.path.rglob("*")), before)

    def test_checking_beside_a_running_server(self):
        with Mortised(self.folder) as server:
            self.assertEqual(self.run_here("--check-config").returncode, 0)
            self.assertEqual(server.get("/ready").status, 200)

    def test_list_plugins(self):
        self.folder.plugins.pop("hello")
        self.folder.server["plugin_directory"] = str(PLUGINS)
        self.folder.write()
        done = self.run_here("--list-plugins")
        self.assertEqual(done.returncode, 0, done)
        rows = {line.split()[0]: line.split() for line in done.stdout.splitlines()}
        self.assertEqual(set(rows), {path.stem for path in PLUGINS.glob("*.so")})
        self.assertEqual(rows["hello"][1:3], ["disabled", "org.mortise.hello"])
        self.assertEqual(rows["users"][1], "enabled")
        ordered = self.run_here("--list-plugins", "--order")
        self.assertEqual(ordered.returncode, 0, ordered)
        names = [line.strip() for line in ordered.stdout.splitlines()]
        self.assertLess(names.index("database"), names.index("users"))
        self.assertLess(names.index("users"), names.index("auth"))
        self.assertNotIn("hello", names)

    def test_verify_plugin(self):
        done = run("--verify-plugin", PLUGINS / "auth.so")
        self.assertEqual(done.returncode, 0, done)
        for said in ("org.mortise.auth", "ABI 1.", "requires mortise.users/1"):
            self.assertIn(said, done.stdout)
        several = run("--verify-plugin", PLUGINS / "auth.so", "--verify-plugin", FIXTURES / "no-entry.so")
        self.assertEqual(several.returncode, 1)
        self.assertIn("org.mortise.auth", several.stdout)
        self.assertIn("no-entry.so", several.stderr)

    def test_verify_what_is_no_plugin(self):
        text = self.folder.path / "text.so"
        text.write_text("no ELF")
        empty = self.folder.path / "empty.so"
        empty.touch()
        cut = self.folder.path / "cut.so"
        cut.write_bytes((PLUGINS / "hello.so").read_bytes()[:5000])
        for path in (text, empty, cut, self.folder.path / "nowhere.so", self.folder.path, pathlib.Path("/dev/zero")):
            with self.subTest(path=path):
                done = run("--verify-plugin", path)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(path.name, done.stderr)

    def test_where_the_configuration_comes_from(self):
        done = run("--check-config", env={"MORTISE_CONFIG": str(self.folder.config)})
        self.assertEqual(done.returncode, 0, done)
        done = run("--config", self.folder.file, "--check-config", env={"MORTISE_CONFIG": "/nowhere"})
        self.assertEqual(done.returncode, 0, done)

    def test_from_another_folder_and_by_relative_paths(self):
        elsewhere = self.folder.path / "elsewhere"
        elsewhere.mkdir()
        done = run("--config", "../etc", "--check-config", cwd=elsewhere)
        self.assertEqual(done.returncode, 0, done)
        shutil.copy(PLUGINS / "hello.so", elsewhere / "hello.so")
        done = run("--verify-plugin", "hello.so", cwd=elsewhere)
        self.assertEqual(done.returncode, 0, done)

    def test_plugin_commands(self):
        done = self.run_here("command")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("mortised users grant-admin EMAIL\n      Makes a user an administrator\n", done.stdout)
        done = self.run_here("users", "grant-admin")
        self.assertEqual(done.returncode, 64, done)

    def test_closed_output(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        import subprocess

        from mortised import PROGRAM, environment

        done = subprocess.run([str(PROGRAM), "--help"], stdout=write_end, stderr=subprocess.PIPE, env=environment(), timeout=60, check=False)
        os.close(write_end)
        self.assertGreaterEqual(done.returncode, -13)


if __name__ == "__main__":
    unittest.main()
