# SPDX-License-Identifier: Apache-2.0
"""Files that give secrets or code: who else may read or change them is told, and in production refused."""

import grp
import os
import pathlib
import re
import shutil
import struct
import subprocess
import unittest

from mortised import PLUGINS, PROGRAM, ROOT, Folder, Mortised, environment, run, service_user

SOMEBODY = 4711
SECRET = "b9Wq!x2Lk8#vR5tYz0PmN7sD4fGhJ6aC-more"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins={"routing": {}, "hello": {}})
        self.addCleanup(self.folder.remove)
        self.plugins = self.folder.path / "srv" / "plugins"
        self.plugins.mkdir(parents=True)
        for name in ("routing", "hello", "database", "users", "auth"):
            shutil.copy(PLUGINS / f"{name}.so", self.plugins)
        self.folder.server["plugin_directory"] = str(self.plugins)
        self.folder.write()
        for path in self.folder.path.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def check(self, *arguments):
        return run("--config", self.folder.config, "--check-config", *arguments)

    def assertExposed(self, path, *said):
        """Refused in production by check and start, a warning in development; each place once."""
        for mode in (("--check-config",), ()):
            done = run("--config", self.folder.config, *mode)
            self.assertEqual(done.returncode, 78, done)
            lines = [line for line in done.stderr.splitlines() if "[C210]" in line]
            self.assertEqual(len(lines), 1, done.stderr)
            for one in (f"'{path}'", "error: ", *said):
                self.assertIn(one, lines[0])
        done = self.check("--set", "server.mode=development")
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stderr, rf"warning: .*'{re.escape(str(path))}' .*; server\.mode = production refuses it \[C210\]")

    def assertGood(self):
        done = self.check()
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn("[C210]", done.stderr)


class Code(Case):
    def test_nothing_to_say(self):
        self.assertGood()

    def test_a_plugin_file_for_everybody(self):
        for mode in (0o666, 0o777, 0o646):
            with self.subTest(mode=oct(mode)):
                (self.plugins / "hello.so").chmod(mode)
                self.assertExposed(self.plugins / "hello.so", "plugin 'hello'", "every user", f"(mode {mode:04o})", "chmod o-w")

    def test_its_folder(self):
        self.plugins.chmod(0o777)
        self.assertExposed(self.plugins, "server.plugin_directory", "every user", "(mode 0777)")

    def test_a_folder_that_others_only_add_to(self):
        self.plugins.chmod(0o1777)
        self.assertExposed(self.plugins, "every user", "(mode 1777)")

    def test_a_folder_above(self):
        self.plugins.parent.chmod(0o757)
        self.assertExposed(self.plugins.parent, "every user")
        self.plugins.parent.chmod(0o1777)  # like /tmp: what is there stays
        self.assertGood()

    def test_a_file_somewhere_else_and_by_links(self):
        elsewhere = self.folder.path / "elsewhere"
        elsewhere.mkdir()
        shutil.copy(PLUGINS / "hello.so", elsewhere / "real.so")
        (self.plugins / "hello.so").unlink()
        (self.plugins / "hello.so").symlink_to("../../elsewhere/real.so")
        self.assertGood()
        elsewhere.chmod(0o777)
        self.assertExposed(elsewhere, "plugin 'hello'")
        elsewhere.chmod(0o755)
        (elsewhere / "real.so").chmod(0o666)
        self.assertExposed(elsewhere / "real.so", "plugin 'hello'")
        self.folder.plugins["hello"]["file"] = str(elsewhere / "real.so")
        self.folder.write()
        self.assertExposed(elsewhere / "real.so", "plugin 'hello'")

    @unittest.skipUnless(ROOT, "only root gives files away")
    def test_somebody_elses(self):
        os.chown(self.plugins / "hello.so", SOMEBODY, 0)
        self.assertExposed(self.plugins / "hello.so", f"belongs to the user '{SOMEBODY}'", "chown it to root")
        os.chown(self.plugins / "hello.so", 0, 0)
        os.chown(self.plugins.parent, SOMEBODY, 0)
        self.assertExposed(self.plugins.parent, f"belongs to the user '{SOMEBODY}'")

    @unittest.skipUnless(ROOT, "only root gives files away")
    def test_groups(self):
        file = self.plugins / "hello.so"
        file.chmod(0o664)
        self.assertGood()  # of root's group
        named = next(group for group in grp.getgrall() if group.gr_gid not in (0, service_user().pw_gid))
        os.chown(file, 0, named.gr_gid)
        self.assertExposed(file, f"the group '{named.gr_name}'", "(mode 0664)", "chmod g-w")
        os.chown(self.plugins, 0, SOMEBODY)
        file.chmod(0o644)
        self.plugins.chmod(0o775)
        self.assertExposed(self.plugins, f"the group '{SOMEBODY}'")

    def test_a_plugin_that_may_be_left_out(self):
        (self.plugins / "hello.so").chmod(0o666)
        self.folder.plugins["hello"]["on_error"] = "disable"
        self.folder.write()
        with Mortised(self.folder) as server:
            self.assertEqual(server.get("/hello").status, 404)
            self.assertRegex("\n".join(server.lines), r"warning: plugin 'hello': .*every user.*\[C210\]")

    def test_a_reload(self):
        with Mortised(self.folder) as server:
            self.plugins.chmod(0o777)
            record = server.reload("Reload failed")
            self.assertEqual(record["errorCode"], "C210")
            self.assertEqual(server.get("/hello").status, 200)
            self.plugins.chmod(0o755)
            server.reload()

    def test_a_file_that_is_verified(self):
        (self.plugins / "hello.so").chmod(0o666)
        done = run("--verify-plugin", self.plugins / "hello.so")
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stderr, r"warning: .*every user.*not loaded from there \[C210\]")

    def test_the_folder_above_private_copies(self):
        above = self.folder.path / "var"
        above.mkdir()
        above.chmod(0o777)
        self.folder.server["cache_directory"] = str(above / "cache")
        self.folder.write()
        done = run("--config", self.folder.config)
        self.assertEqual(done.returncode, 78, done)
        self.assertRegex(done.stderr, rf"error: server\.cache_directory: '{above}' can be changed by every user.*\[C210\]")


class Configuration(Case):
    def test_the_main_file(self):
        for mode in (0o666, 0o646):
            with self.subTest(mode=oct(mode)):
                self.folder.file.chmod(mode)
                self.assertExposed(self.folder.file, "the configuration", "every user")

    def test_its_folder(self):
        self.folder.config.chmod(0o777)
        self.assertExposed(self.folder.config, "the configuration")

    def test_plugins_d(self):
        more = self.folder.config / "plugins.d"
        more.mkdir()
        more.chmod(0o777)
        self.assertExposed(more, "the configuration")  # empty as it is
        more.chmod(0o755)
        (more / "hello.ini").write_text("[plugin.hello]\nname = more\n")
        (more / "hello.ini").chmod(0o666)
        self.assertExposed(more / "hello.ini", "the configuration")

    def test_a_file_named_alone(self):
        self.folder.file.chmod(0o666)
        done = run("--config", self.folder.file, "--print-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("[C210]", done.stderr)


class Trusted(Case):
    """A volume whose modes are not the operator's to set, such as a ConfigMap of Kubernetes: 0777, of root."""

    def trusting(self, paths, *arguments, env=True):
        given = {"MORTISE_SERVER_TRUSTED_PATHS": paths} if env else None
        more = () if env else ("--set", f"server.trusted_paths={paths}")
        return run("--config", self.folder.config, "--check-config", *more, *arguments, env=given)

    def test_is_used_where_it_is_named_from_outside(self):
        self.folder.config.chmod(0o777)
        self.plugins.chmod(0o777)
        both = f"{self.folder.config}, {self.plugins}/"
        for env in (True, False):
            done = self.trusting(both, env=env)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for one, other in ((self.folder.config, self.plugins), (self.plugins, self.folder.config)):
                done = self.trusting(str(one), env=env)
                self.assertEqual(done.returncode, 78)
                self.assertIn(f"'{other}'", done.stderr)
                self.assertIn("server.trusted_paths", done.stderr)
                self.assertNotIn(f"'{one}'", done.stderr)
        with Mortised(self.folder, env={"MORTISE_SERVER_TRUSTED_PATHS": both}) as server:
            self.assertEqual(server.get("/hello").status, 200)

    def test_names_what_it_names_and_nothing_beside_it(self):
        self.plugins.chmod(0o777)
        near = (f"{self.plugins}x", str(self.plugins)[:-1], f"{self.plugins}/hello.so", f"{self.plugins}/../other")
        for path in near:
            done = self.trusting(path)
            self.assertEqual(done.returncode, 78, (path, done.stderr))
            self.assertIn("[C210]", done.stderr)
        for path in (f"{self.plugins}", f"{self.plugins}/", f"{self.plugins}/./", f"{self.plugins.parent}/x/../plugins"):
            self.assertEqual(self.trusting(path).returncode, 0, path)

    def test_a_folder_above_is_judged_all_the_same(self):
        self.plugins.parent.chmod(0o777)
        done = self.trusting(str(self.plugins))
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"'{self.plugins.parent}'", done.stderr)

    def test_a_file_cannot_trust_itself(self):
        self.plugins.chmod(0o777)
        self.folder.server["trusted_paths"] = str(self.plugins)
        self.folder.write()
        done = self.check()
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"mortise\.ini:\d+:\d+: error: server\.trusted_paths counts only from outside .*\[C208\]")
        self.assertIn("[C210]", done.stderr)

    def test_no_whole_system(self):
        for path in ("/", "//", "/./", "plugins", "./plugins"):
            done = self.trusting(path)
            self.assertEqual(done.returncode, 78, path)
            self.assertIn("is no absolute path below /", done.stderr)


class Secrets(Case):
    """Who may read; the files of the Case are 0644."""

    def setUp(self):
        super().setUp()
        self.folder.plugins = {"routing": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {}}

    def readable(self, file):
        self.assertExactly(file, 1)
        file.chmod(0o640)
        if ROOT:
            os.chown(file, 0, service_user().pw_gid)
        self.assertExactly(file, 0)

    def assertExactly(self, file, count):
        done = self.check()
        self.assertEqual(done.returncode, 0, done)
        lines = [line for line in done.stderr.splitlines() if "[C209]" in line]
        self.assertEqual(len(lines), count, done.stderr)
        for line in lines:
            self.assertRegex(line, rf"^{re.escape(str(file))}:\d+:\d+: warning: .* is a secret.*'{re.escape(str(file))}' .*chmod o= it")
            self.assertNotIn(SECRET, done.stderr)

    def test_in_the_main_file(self):
        self.folder.plugins["auth"] = {"access_secret": SECRET, "refresh_secret": SECRET[::-1]}
        self.folder.write()
        self.readable(self.folder.file)

    def test_in_a_file_of_plugins_d(self):
        self.folder.write()
        more = self.folder.config / "plugins.d"
        more.mkdir()
        file = more / "auth.ini"
        file.write_text(f"[plugin.auth]\nrefresh_secret = {SECRET}\n")
        self.readable(file)

    def test_in_xml(self):
        self.folder.file.unlink()
        file = self.folder.config / "mortise.xml"
        example = run("--example-config", "xml").stdout
        file.write_text(example)
        text = run("--config", file, "--set", f"server.plugin_directory={PLUGINS}", "--check-config").stderr
        self.assertNotIn("[C209]", text)
        changed = re.sub(r"<!--\s*<access_secret></access_secret>\s*-->|<!--\s*<access_secret/>\s*-->", f"<access_secret>{SECRET}</access_secret>", example)
        self.assertNotEqual(changed, example, example[-6000:])
        file.write_text(changed)
        text = run("--config", file, "--set", f"server.plugin_directory={PLUGINS}", "--check-config").stderr
        self.assertRegex(text, r"mortise\.xml:\d+:\d+: warning: plugin\.auth\.access_secret is a secret.*\[C209\]")

    def test_a_password_in_an_address(self):
        self.folder.plugins["database"]["url"] = f"mysql://user:{SECRET}@localhost/name"
        self.folder.write()
        done = self.check()
        self.assertRegex(done.stderr, r"warning: plugin\.database\.url is a secret.*\[C209\]")
        self.assertNotIn(SECRET, done.stderr)

    def test_one_that_is_overridden_is_one_all_the_same(self):
        self.folder.plugins["auth"] = {"access_secret": SECRET}
        self.folder.write()
        done = run("--config", self.folder.config, "--check-config", env={"JWT_SECRET": SECRET[::-1]})
        self.assertIn("[C209]", done.stderr)

    def test_a_secret_file_that_others_replace(self):
        secrets = self.folder.path / "secrets"
        secrets.mkdir()
        file = secrets / "access"
        file.write_text(SECRET)
        file.chmod(0o640)
        if ROOT:
            os.chown(file, 0, service_user().pw_gid)
        self.folder.plugins["auth"] = {"access_secret_file": str(file)}
        self.folder.write()
        self.assertEqual(self.check().stderr, "")
        secrets.chmod(0o777)
        done = self.check()
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stderr, rf"warning: plugin\.auth\.access_secret: .*'{secrets}' can be changed by every user.*\[C210\]")
        secrets.chmod(0o755)
        file.chmod(0o644)
        self.assertRegex(self.check().stderr, rf"warning: plugin\.auth\.access_secret: .*'{file}' .*\[C209\]")

    def test_without_secrets(self):
        self.folder.write()
        self.assertExactly(self.folder.file, 0)

    def test_a_start_and_a_reload(self):
        self.folder.plugins["auth"] = {"access_secret": SECRET}
        self.folder.write()
        with Mortised(self.folder) as server:
            self.assertIn("[C209]", "\n".join(server.lines))
            mark = server.mark()
            server.reload()
            self.assertEqual([record["errorCode"] for record in server.records[mark:] if "errorCode" in record][:1], ["C209"])


class Root(unittest.TestCase):
    def test_serving_as_root_is_told_at_each_start(self):
        with Mortised(plugins={"routing": {}}) as server:
            for _ in range(2):
                records = server.found("Serving as root")
                self.assertEqual(len(records), 1 if ROOT else 0, records)
                if ROOT:
                    self.assertEqual((records[0]["level"], records[0]["errorCode"]), ("warn", "S106"))
                server.stop()
                server.start()

    @unittest.skipUnless(ROOT, "only root becomes another user")
    def test_serving_as_another_user_is_not(self):
        folder = Folder(plugins={"routing": {}, "logging": {}})
        self.addCleanup(folder.remove)
        for path in (folder.path, *folder.path.rglob("*")):
            os.chown(path, SOMEBODY, SOMEBODY)
        def become():
            os.setgroups([])
            os.setresgid(SOMEBODY, SOMEBODY, SOMEBODY)
            os.setresuid(SOMEBODY, SOMEBODY, SOMEBODY)
        with Mortised(folder, preexec=become) as server:
            self.assertEqual(server.found("Serving as root"), [])

    @unittest.skipUnless(ROOT, "only root becomes another user")
    def test_a_user_with_a_group_of_the_same_number_and_umask_002(self):
        """What a developer has who clones, builds and starts, in production too."""
        folder = Folder(plugins={"routing": {}, "hello": {}})
        self.addCleanup(folder.remove)
        plugins = folder.path / "plugins"
        plugins.mkdir()
        for name in ("routing", "hello"):
            shutil.copy(PLUGINS / f"{name}.so", plugins)
        folder.server["plugin_directory"] = str(plugins)
        folder.write()
        for path in (folder.path, *folder.path.rglob("*")):
            os.chown(path, SOMEBODY, SOMEBODY)
            path.chmod(0o775 if path.is_dir() else 0o664)
        done = subprocess.run(["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups", str(PROGRAM), "--config", str(folder.config),
                               "--check-config"], env=environment(), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class AccessLists(Case):
    """With an access control list the group's bits of a mode are only its mask (acl(5))."""

    USER, GROUP, OWN_GROUP, MASK = 0x02, 0x08, 0x04, 0x10

    def give(self, path, *entries, mask=0o7):
        every = [(0x01, 0o7, -1), (self.OWN_GROUP, 0o5, -1), (self.MASK, mask, -1), (0x20, 0o5, -1), *entries]
        packed = struct.pack("<I", 2) + b"".join(
            struct.pack("<HHI", tag, mode, number & 0xFFFFFFFF) for tag, mode, number in sorted(every, key=lambda one: one[0])
        )
        try:
            os.setxattr(path, "system.posix_acl_access", packed)
        except OSError as error:
            self.skipTest(f"this file system has no access control lists: {error}")

    def test_who_may_write_by_a_list(self):
        for path in (self.plugins / "hello.so", self.plugins, self.folder.file, self.plugins.parent):
            for entry, said in (((self.USER, 0o6, SOMEBODY), f"'{SOMEBODY}'"), ((self.GROUP, 0o2, SOMEBODY), f"group '{SOMEBODY}'")):
                with self.subTest(path=path, entry=entry):
                    self.give(path, entry)
                    self.assertExposed(path, "by its access control list", said, "setfacl -b")
                    os.removexattr(path, "system.posix_acl_access")

    def test_a_mask_takes_it_away_and_reading_is_no_writing(self):
        self.give(self.plugins, (self.USER, 0o7, SOMEBODY), mask=0o5)
        self.give(self.plugins / "hello.so", (self.USER, 0o4, SOMEBODY), (self.GROUP, 0o5, SOMEBODY))
        self.give(self.folder.file, (self.USER, 0o7, os.geteuid()), (self.USER, 0o7, 0) if os.geteuid() else (self.GROUP, 0o7, 0))
        self.assertGood()


class Mode(Case):
    def test_an_exposed_file_cannot_lower_the_mode(self):
        more = self.folder.config / "plugins.d"
        more.mkdir()
        extra = more / "dev.ini"
        for file in (self.folder.file, extra):
            with self.subTest(file=file):
                extra.write_text("[server]\nmode = development\n" if file == extra else "")
                if file == self.folder.file:
                    self.folder.server["mode"] = "development"
                else:
                    self.folder.server.pop("mode")
                self.folder.write()
                for one in (self.folder.file, extra):
                    one.chmod(0o644)
                self.assertEqual(self.check().returncode, 0)
                file.chmod(0o666)
                done = self.check()
                self.assertEqual(done.returncode, 78, done)
                self.assertRegex(done.stderr, rf"error: .*'{re.escape(str(file))}' can be changed by every user.*\[C210\]")
                self.assertEqual(self.check("--set", "server.mode=development").returncode, 0)

    def test_a_state_directory_that_others_may_change(self):
        self.folder.state.mkdir()
        self.folder.state.chmod(0o777)
        with Mortised(self.folder) as server:
            self.assertEqual(server.get("/hello").status, 200)
            self.assertRegex("\n".join(server.lines), rf"warning: server\.state_directory: '{self.folder.state}' can be changed.*\[C210\]")
        self.folder.state.chmod(0o755)
        with Mortised(self.folder) as server:
            self.assertNotIn("[C210]", "\n".join(server.lines))

    @unittest.skipUnless(ROOT, "only root gives files to others")
    def test_a_stored_secret_of_somebody_else(self):
        self.folder.plugins = {name: {} for name in ("routing", "database", "users", "auth")}
        self.folder.write()
        with Mortised(self.folder):
            pass
        secret = self.folder.state / "secrets" / "auth.auth-access"
        os.chown(secret, SOMEBODY, SOMEBODY)
        done = run("--config", self.folder.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, rf"{secret} holds a secret and belongs to the user '{SOMEBODY}'")


if __name__ == "__main__":
    unittest.main()
