# SPDX-License-Identifier: Apache-2.0
"""Checks trust nothing: neither the rights nor the environment of whoever makes them get to code that nobody has tried, and what
they read is what the service will be able to read."""

import grp
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import unittest

from mortised import FIXTURES, PLUGINS, PROGRAM, ROOT, SANITIZED, Folder, Mortised, environment, run, service_user

MARKER = "marker-of-the-test"
SECRETS = {
    "MORTISE_PLUGIN_AUTH_ACCESS_SECRET": f"{MARKER}, an access secret of this test",
    "JWT_REFRESH_SECRET": f"{MARKER}, a refresh secret of this test",
    "DATABASE_URL": f"mysql://user:{MARKER}@localhost/name",
    "AWS_SECRET_ACCESS_KEY": MARKER,
    "LD_LIBRARY_PATH_": MARKER,
    "PARTISAN_TOKEN": MARKER,
}
NOBODY = 65534
SOMEBODY = 4711  # a user without a name


def reported(text: str) -> dict[str, str]:
    """What the constructor of the fixture said of the process that mapped it."""
    found = re.search(r"it said 'uid (?P<uid>\d+ \d+), gid (?P<gid>\d+ \d+), groups (?P<groups>\d+), bounded (?P<bounded>\d), "
                      r"no_new_privs (?P<new>\d), parent (?P<parent>\w+), own (?P<own>\w+), variables(?P<variables>[^';]*)[';]", text)
    assert found, text
    return found.groupdict()


class Environment(unittest.TestCase):
    """The one child that tries files, whoever starts it."""

    def setUp(self):
        self.folder = Folder(plugins={"routing": {}, "constructor-tells": {}})
        self.addCleanup(self.folder.remove)

    def check(self, *arguments):
        done = run(*arguments, env=SECRETS)
        seen = reported(done.stderr)
        sanitizers = {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH"}
        self.assertEqual(set(seen["variables"].split()) - sanitizers - {"LD_LIBRARY_PATH"}, set(), seen)
        self.assertNotEqual(seen["own"], "marked", seen)
        if not ROOT or arguments[-1] != self.folder.config:  # a server of root's has a child of root's
            self.assertEqual(seen["parent"], "closed", seen)
        self.assertNotIn(MARKER, done.stdout + done.stderr)
        return seen

    def test_of_a_start(self):
        self.check("--config", self.folder.config)

    def test_of_a_check(self):
        self.check("--config", self.folder.config, "--check-config")

    def test_of_a_file(self):
        self.check("--verify-plugin", FIXTURES / "constructor-tells.so")


@unittest.skipUnless(ROOT, "only root has rights to give up")
class Rights(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins={"routing": {}, "constructor-tells": {}})
        self.addCleanup(self.folder.remove)

    def seen(self, *arguments):
        return reported(run(*arguments).stderr)

    def assertGivenUp(self, seen, user, group=None):
        self.assertEqual(seen["uid"], f"{user} {user}")
        self.assertEqual(seen["gid"], f"{group or user} {group or user}")
        self.assertEqual((seen["groups"], seen["bounded"], seen["new"], seen["parent"]), ("1", "1", "1", "closed"))

    def service(self):
        return service_user() or self.skipTest("there is no user that checks could be made as")

    def test_every_mode_without_a_state_directory(self):
        user = self.service()
        for arguments in (
            ("--config", self.folder.config, "--check-config"), ("--config", self.folder.config, "--list-plugins", "--order"),
            ("--verify-plugin", FIXTURES / "constructor-tells.so"),
            ("--config", self.folder.file, "--check-config"),
        ):
            with self.subTest(arguments=arguments):
                self.assertFalse(self.folder.state.exists())
                self.assertGivenUp(self.seen(*arguments), user.pw_uid, user.pw_gid)

    def test_roots_own_state_directory_says_nothing(self):
        self.folder.state.mkdir()
        self.assertGivenUp(self.seen("--config", self.folder.config, "--check-config"), self.service().pw_uid, self.service().pw_gid)

    def test_the_owner_of_the_state_directory_is_the_service(self):
        self.folder.state.mkdir()
        os.chown(self.folder.state, SOMEBODY, SOMEBODY)
        for mode in (("--check-config",), ("--list-plugins", "--order")):
            self.assertGivenUp(self.seen("--config", self.folder.config, *mode), SOMEBODY)

    def test_a_group_of_the_folder_gives_no_rights(self):
        self.folder.state.mkdir()
        for group in (0, grp.getgrnam("shadow").gr_gid):
            os.chown(self.folder.state, SOMEBODY, group)
            self.assertGivenUp(self.seen("--config", self.folder.config, "--check-config"), SOMEBODY, 65534)

    def test_temporary_copies_where_the_temporary_folder_is_roots(self):
        private = self.folder.path / "private"
        private.mkdir(mode=0o700)
        done = run("--verify-plugin", PLUGINS / "hello.so", env={"TMPDIR": str(private)})
        self.assertEqual(done.returncode, 0, done)
        done = run("--config", self.folder.config, "--check-config", env={"TMPDIR": "/nowhere"})
        self.assertIn("constructor-tells", done.stderr)
        self.assertEqual(list(private.iterdir()), [])

    def test_rights_that_cannot_be_given_up(self):
        """In a user namespace with no other user nothing can become of root."""
        if not shutil.which("unshare") or subprocess.run(["unshare", "-r", "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no user namespaces here")
        for arguments in (("--config", str(self.folder.config), "--check-config"), ("--verify-plugin", str(FIXTURES / "constructor-tells.so"))):
            with self.subTest(arguments=arguments):
                done = subprocess.run(["unshare", "-r", str(PROGRAM), *arguments], env=environment(), capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 78, done)
                self.assertRegex(done.stderr, r"cannot become the user '\w+' \(\w+: .*run this as the user of the service.*\[S105\]")
                self.assertNotIn("it said", done.stderr)


@unittest.skipUnless(ROOT, "only root may read what the service may not")
class Files(unittest.TestCase):
    """What root could read and the service cannot is an error that names file, user and help."""

    def setUp(self):
        self.folder = Folder(plugins={"routing": {}, "hello": {}})
        self.addCleanup(self.folder.remove)
        self.folder.state.mkdir()
        try:
            self.user = pwd.getpwuid(NOBODY)
        except KeyError:
            self.skipTest("the state directory would be of a user without a name")
        self.group = grp.getgrgid(self.user.pw_gid).gr_name
        os.chown(self.folder.state, NOBODY, self.user.pw_gid)

    def refused(self, *said, mode=("--check-config",)):
        done = run("--config", self.folder.config, *mode)
        self.assertEqual(done.returncode, 78, done)
        for one in (f"the user '{self.user.pw_name}' may not", *map(str, said)):
            self.assertIn(one, done.stderr)

    def good(self):
        done = run("--config", self.folder.config, "--check-config")
        self.assertEqual(done.returncode, 0, done)

    def test_the_main_file(self):
        for mode in ("--check-config", "--print-config", "--list-plugins"):
            self.folder.file.chmod(0o640)
            help_ = "make one (systemd-sysusers)" if self.user.pw_name == "nobody" else f"'chgrp {self.group}' and 'chmod g+r' let it"
            self.refused(self.folder.file, "of root:root (mode 0640)", help_, "[C102]", mode=(mode,))
        os.chown(self.folder.file, 0, self.user.pw_gid)
        self.good()

    def test_its_folder(self):
        self.folder.config.chmod(0o700)
        self.refused("search the folder", self.folder.config, "[C102]")

    def test_a_file_of_plugins_d(self):
        more = self.folder.config / "plugins.d"
        more.mkdir()
        file = more / "hello.ini"
        file.write_text("[plugin.hello]\nname = more\n")
        file.chmod(0o600)
        self.refused(file, "[C102]")
        file.chmod(0o644)
        self.good()
        more.chmod(0o700)
        self.refused(more, "[C102]")

    def test_a_secret_file(self):
        self.folder.plugins |= {"database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {"access_secret_file": "access"}}
        self.folder.write()
        file = self.folder.config / "access"
        file.write_text("b9Wq!x2Lk8#vR5tYz0PmN7sD4fGhJ6aC-more")
        file.chmod(0o600)
        self.refused(file, "[C205]")
        os.chown(file, NOBODY, NOBODY)
        self.good()

    def test_a_plugin_file_and_its_folder(self):
        folder = self.folder.path / "plugins"
        folder.mkdir()
        file = pathlib.Path(shutil.copy(PLUGINS / "hello.so", folder / "hello.so"))
        shutil.copy(PLUGINS / "routing.so", folder)
        self.folder.server["plugin_directory"] = str(folder)
        self.folder.write()
        self.good()
        file.chmod(0o700)
        self.refused(file, "[P102]")
        done = run("--verify-plugin", file)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("may not read", done.stderr)
        file.chmod(0o644)
        folder.chmod(0o700)
        self.refused(folder, "[C102]")
        folder.chmod(0o711)  # what is named can be opened, what is there not be found
        self.refused(folder, "[C102]")

    def test_a_file_that_plugins_are_told_by(self):
        file = pathlib.Path(shutil.copy(PLUGINS / "hello.so", self.folder.path / "greeter.so"))
        file.chmod(0o640)
        self.folder.plugins["hello"]["file"] = str(file)
        self.folder.write()
        self.refused(file, "[P102]")


class Started(unittest.TestCase):
    """What a start leaves of its environment."""

    @unittest.skipIf(SANITIZED, "sanitizers keep a copy of it")
    def test_secrets_are_gone_once_they_were_read(self):
        secrets = {"MORTISE_PLUGIN_AUTH_ACCESS_SECRET": f"{MARKER}, an access secret of this test", "JWT_REFRESH_SECRET": f"{MARKER}, a refresh secret of it",
                   "MORTISE_PLUGIN_HELLO_NAME": MARKER + " shown", "KEPT": "kept"}
        with Mortised(env=secrets) as server:
            self.assertEqual(server.get("/hello").json, {"hello": MARKER + " shown"})
            shown = pathlib.Path(f"/proc/{server.pid}/environ").read_bytes()
            self.assertNotIn(MARKER.encode(), shown)
            self.assertIn(b"KEPT=kept", shown)
            server.reload()  # reads them again
            self.assertEqual(server.get("/hello").json, {"hello": MARKER + " shown"})
            self.assertEqual(server.get("/api/users/me", token=server.register()["accessToken"]).status, 200)

    @unittest.skipIf(SANITIZED, "sanitizers keep a copy of it")
    def test_secrets_for_plugins_that_are_off_are_gone_as_well(self):
        folder = Folder(plugins={"routing": {}, "logging": {}, "hello": {}})
        self.addCleanup(folder.remove)
        with Mortised(folder, env={"JWT_SECRET": f"{MARKER}, a secret of this test", "KEPT": "kept"}) as server:
            shown = pathlib.Path(f"/proc/{server.pid}/environ").read_bytes()
            self.assertNotIn(MARKER.encode(), shown)
            self.assertIn(b"KEPT=kept", shown)


if __name__ == "__main__":
    unittest.main()
