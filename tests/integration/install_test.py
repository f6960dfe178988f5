# SPDX-License-Identifier: Apache-2.0
"""cmake --install gives a tree that works under any prefix, and a service file that systemd accepts."""

import grp
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import mortised
from mortised import BUILD, ROOT, SOURCE, Folder, Mortised, environment, missing

sys.path.insert(0, str(SOURCE / "tests"))

import documents  # noqa: E402


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="mortise-install-")
        cls.prefix = pathlib.Path(cls.folder.name) / "opt" / "a prefix"
        done = subprocess.run(
            ["cmake", "--install", str(BUILD), "--prefix", str(cls.prefix)], capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        cls.said = done.stdout
        pathlib.Path(cls.folder.name).chmod(0o755)
        if ROOT:  # whose checks are made as nobody, where no user mortise is: the installation gives that user's group the file
            os.chown(cls.prefix / "etc/mortise/mortise.ini", 0, 65534)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_installed(self, *arguments):
        return subprocess.run([str(self.prefix / "bin" / "mortised"), *arguments], env=environment(), capture_output=True, text=True,
                              timeout=120, check=False)

    def test_what_is_there(self):
        for name in (
            "bin/mortised", "lib/mortise/plugins/routing.so", "etc/mortise/mortise.ini", "etc/mortise/plugins.d", "lib/systemd/system/mortise.service",
            "lib/sysusers.d/mortise.conf", "lib/tmpfiles.d/mortise.conf", "share/man/man8/mortised.8", "share/man/man5/mortise.ini.5", "include/mortise/plugin.hpp",
            "share/bash-completion/completions/mortised", "share/zsh/site-functions/_mortised", "share/fish/vendor_completions.d/mortised.fish",
        ):
            self.assertTrue((self.prefix / name).exists(), name)
        self.assertFalse((self.prefix / "etc/mortise/mortise.xml").exists())

    def test_every_link_of_its_documents_leads_somewhere(self):
        folder = self.prefix / "share/doc/mortise"
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md"))
        for name in ("README.md", "SECURITY.md", "sdk/README.md", "sdk/ABI_HISTORY.md", "sdk/examples/c-hello/README.md", "sdk/examples/rust-hello/README.md", "plugins/users/README.md",
                     "plugins/hello/README.md"):
            self.assertIn(name, names)
        self.assertTrue((folder / "plugins/hello/hello_plugin.cpp").exists())
        self.assertEqual(documents.broken_links(folder, names), [])
        # It does look.
        (folder / "sdk" / "odd.md").write_text("[a](README.md#no-such) [b](../../../README.md) [c](README.md) [d](no.md)")
        self.assertEqual(len(documents.broken_links(folder, ["sdk/odd.md"])), 3)
        (folder / "sdk" / "odd.md").unlink()

    def test_the_configuration_is_not_for_everybody(self):
        file = self.prefix / "etc/mortise/mortise.ini"
        self.assertEqual(file.stat().st_mode & 0o7777, 0o640)
        try:
            grp.getgrnam("mortise")
        except KeyError:
            self.assertIn("systemd-tmpfiles --create mortise.conf", self.said)
        rules = (self.prefix / "lib/tmpfiles.d/mortise.conf").read_text().splitlines()
        self.assertIn(f'z "{file}" 0640 root mortise', rules)
        self.assertIn(f'z "{file.parent}/plugins.d/*.ini" 0640 root mortise', rules)
        if not shutil.which("systemd-tmpfiles"):
            missing(self, "systemd-tmpfiles is not installed")
        if not ROOT:
            return
        # As the group that this machine may not have another one does.
        copy = pathlib.Path(self.folder.name) / "rules.conf"
        copy.write_text("\n".join(rules).replace("root mortise", "root 65534"))
        file.chmod(0o644)
        done = subprocess.run(["systemd-tmpfiles", "--create", str(copy)], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((file.stat().st_mode & 0o7777, file.stat().st_gid), (0o640, 65534), done.stderr)

    def test_it_finds_its_own_parts(self):
        done = self.run_installed("--check-config")
        self.assertEqual(done.returncode, 0, done)
        listed = self.run_installed("--list-plugins")
        self.assertIn(str(self.prefix / "lib/mortise/plugins/users.so"), listed.stdout)

    def test_it_serves(self):
        folder = Folder(plugins={"routing": {}, "hello": {}})
        program, mortised.PROGRAM = mortised.PROGRAM, self.prefix / "bin" / "mortised"
        try:
            del folder.server["plugin_directory"]
            folder.write()
            with Mortised(folder) as server:
                self.assertEqual(server.get("/hello").json, {"hello": "world"})
        finally:
            mortised.PROGRAM = program
            folder.remove()

    def test_an_edited_configuration_is_kept(self):
        file = self.prefix / "etc/mortise/mortise.ini"
        text = file.read_text()
        try:
            file.write_text(text + "\n# mine\n")
            subprocess.run(["cmake", "--install", str(BUILD), "--prefix", str(self.prefix)], capture_output=True, timeout=300, check=True)
            self.assertIn("# mine", file.read_text())
        finally:
            file.write_text(text)


class Service(unittest.TestCase):
    def test_for_the_system(self):
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(["cmake", "--install", str(BUILD), "--prefix", "/usr"], env={**environment(), "DESTDIR": root},
                           capture_output=True, timeout=300, check=True)
            base = pathlib.Path(root)
            self.assertTrue((base / "etc/mortise/mortise.ini").exists())
            unit = (base / "usr/lib/systemd/system/mortise.service").read_text()
            self.assertIn("ExecStart=/usr/bin/mortised --config /etc/mortise\n", unit)
            self.assertIn("ExecReload=/bin/kill -HUP $MAINPID", unit)
            self.assertIn("Type=notify", unit)
            if not shutil.which("systemd-analyze"):
                missing(self, "systemd-analyze is not installed")
            # What is verified must exist: the program stands under another root.
            copy = base / "mortise.service"
            copy.write_text(unit.replace("/usr/bin/mortised", f"{root}/usr/bin/mortised"))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, timeout=120, check=False)
            ours = [line for line in (done.stdout + done.stderr).splitlines() if "mortise" in line]
            self.assertEqual(ours, [])
            rated = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", str(copy)], capture_output=True, text=True,
                                   timeout=120, check=False)
            score = re.search(r"exposure level[^:]*: ([0-9.]+)", rated.stdout)
            self.assertIsNotNone(score, rated.stdout + rated.stderr)
            self.assertLess(float(score[1]), 2.0)


if __name__ == "__main__":
    unittest.main()
