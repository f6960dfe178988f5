# SPDX-License-Identifier: Apache-2.0
"""What root does with mortised by hand is done as the user whose state directory it is."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from mortised import BUILD, PROGRAM, environment, render_ini

OTHER = 65534  # nobody
ROOT = os.geteuid() == 0


class ServiceUser(unittest.TestCase):
    """Without root's rights the same commands simply work as the caller."""

    PLUGINS = {"routing": {}, "database": {}, "users": {}, "auth": {}}

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mortise-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        self.state = self.folder / "state"
        self.state.mkdir()
        (self.folder / "plugins").mkdir()
        # The build may lie where others have no access.
        self.program = pathlib.Path(shutil.copy(PROGRAM, self.folder))
        for name in self.PLUGINS:
            shutil.copy(next(BUILD.rglob(f"plugins/{name}.so")), self.folder / "plugins")
        self.owner = OTHER if ROOT else os.geteuid()
        if ROOT:
            os.chown(self.state, OTHER, OTHER)

    def run_program(self, *arguments: str, auth=None) -> subprocess.CompletedProcess:
        server = {"listen": "127.0.0.1:0", "state_directory": str(self.state), "cache_directory": str(self.state / "cache"),
                  "plugin_directory": str(self.folder / "plugins")}
        sections = {"server": server} | {f"plugin.{name}": {"enabled": "true"} | keys for name, keys in self.PLUGINS.items()}
        sections["plugin.auth"] |= auth or {}
        config = self.folder / "mortise.ini"
        config.write_text(render_ini(sections))
        return subprocess.run([str(self.program), "--config", str(config), *arguments], env=environment(), capture_output=True, text=True, timeout=60)

    def test_commands_leave_files_to_the_service(self):
        result = self.run_program("users", "grant-admin", "nobody@example.com")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("no user has the address", result.stderr)
        files = [self.state, *self.state.rglob("*")]
        self.assertTrue(any(file.suffix == ".db" for file in files), files)
        self.assertEqual({file.stat().st_uid for file in files}, {self.owner})

    def test_checks_see_what_the_service_will_see(self):
        secret = self.folder / "secret"
        secret.write_text("a secret of the service that is long enough for it")
        secret.chmod(0o600 if ROOT else 0o000)
        result = self.run_program("--check-config", auth={"access_secret_file": str(secret)})
        self.assertEqual(result.returncode, 78, result.stdout + result.stderr)
        self.assertIn(str(secret), result.stderr)
        self.assertEqual(list(self.state.iterdir()), [])
        secret.chmod(0o644)
        self.assertEqual(self.run_program("--check-config", auth={"access_secret_file": str(secret)}).returncode, 0)


if __name__ == "__main__":
    unittest.main()
