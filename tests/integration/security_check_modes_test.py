# SPDX-License-Identifier: Apache-2.0
"""Code that nobody has tried sees nothing: neither the rights nor the environment of whoever checks or starts."""

import os
import re
import shutil
import unittest

from mortised import FIXTURES, Folder, run

ROOT = os.geteuid() == 0
MARKER = "marker-of-the-test"
SECRETS = {
    "MORTISE_PLUGIN_AUTH_ACCESS_SECRET": f"{MARKER}, an access secret of this test",
    "JWT_REFRESH_SECRET": f"{MARKER}, a refresh secret of this test",
    "DATABASE_URL": f"mysql://user:{MARKER}@localhost/name",
    "AWS_SECRET_ACCESS_KEY": MARKER,
    "LD_LIBRARY_PATH_": MARKER,
}


def told(text: str) -> dict[str, str]:
    """What the constructor of the fixture said of the process that mapped it."""
    found = re.search(r"it said 'uid (?P<uid>\d+ \d+), gid (?P<gid>\d+ \d+), groups (?P<groups>\d+), bounded (?P<bounded>\d), "
                      r"no_new_privs (?P<new>\d), parent (?P<parent>\w+), own (?P<own>\w+), variables(?P<variables>[^']*)'", text)
    assert found, text
    return found.groupdict()


class Environment(unittest.TestCase):
    """The one child that tries files, whoever starts it."""

    def setUp(self):
        self.folder = Folder(plugins={"routing": {}, "constructor-tells": {}})
        self.addCleanup(self.folder.remove)

    def check(self, *arguments):
        done = run(*arguments, env=SECRETS)
        seen = told(done.stderr)
        sanitizers = {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH"}
        self.assertEqual(set(seen["variables"].split()) - sanitizers - {"LD_LIBRARY_PATH"}, set(), seen)
        self.assertIn(seen["own"], ("empty", "unmarked"), seen)
        if not ROOT:  # who may look into every process
            self.assertEqual(seen["parent"], "closed", seen)

    def test_of_a_start(self):
        self.check("--config", self.folder.config)

    def test_of_a_check(self):
        self.check("--config", self.folder.config, "--check-config")

    def test_of_a_list(self):
        found = self.folder.path / "found"
        found.mkdir()
        shutil.copy(FIXTURES / "constructor-tells.so", found)
        self.folder.plugins = {}
        self.folder.server["plugin_directory"] = str(found)
        self.folder.write()
        self.check("--config", self.folder.config, "--list-plugins")

    def test_of_a_file(self):
        self.check("--verify-plugin", FIXTURES / "constructor-tells.so")


if __name__ == "__main__":
    unittest.main()
