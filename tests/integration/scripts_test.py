# SPDX-License-Identifier: Apache-2.0
"""What the tree's scripts do with arguments: nothing starts by mistake."""
import os
import subprocess
import unittest
from pathlib import Path

CI = Path(__file__).resolve().parents[2] / ".ci" / "run"


def run(*arguments: str, only: str = "") -> subprocess.CompletedProcess:
    environment = os.environ | {"MORTISE_CI_ONLY": only}
    return subprocess.run([CI, *arguments], env=environment, capture_output=True, text=True, timeout=60)


class CiTest(unittest.TestCase):
    def test_help_starts_nothing(self):
        for argument in ("--help", "-h"):
            # Were it to start, this step would fail at once instead of the whole run beginning.
            done = run(argument, only="tidy")
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            self.assertIn("MORTISE_CI_ONLY", done.stdout)
            self.assertRegex(done.stdout, "Steps: .*release.*tsan")
            self.assertNotIn("====", done.stdout)

    def test_unknown_arguments_and_steps(self):
        for arguments, only, named in ((["--halp"], "tidy", "--halp"), (["tidy"], "tidy", "tidy"),
                                       ([], "formating", "formating"), ([], "tidy form", "form")):
            done = run(*arguments, only=only)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            self.assertIn(f"'{named}'", done.stderr)
            self.assertIn("Steps:", done.stderr)


if __name__ == "__main__":
    unittest.main()
