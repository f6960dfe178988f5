# SPDX-License-Identifier: Apache-2.0
"""What tests/bench measures: that its scenarios ask for what they say, and get it. Nothing is measured here."""

import pathlib
import subprocess
import sys
import unittest

from mortised import START_S

BENCH = pathlib.Path(__file__).resolve().parents[1] / "bench" / "bench.py"


class Scenarios(unittest.TestCase):
    def check(self, scenario: str) -> str:
        done = subprocess.run([sys.executable, "-B", str(BENCH), "--check", "--peers", "", scenario], capture_output=True,
                              text=True, timeout=6 * START_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_users_with_their_posts(self):
        self.assertIn("mortised: responses as they should be", self.check("user-include"))

    def test_new_posts(self):
        output = self.check("posts-create")
        for synchronous in ("full", "normal"):
            self.assertIn(f"mortised journal_mode=wal synchronous={synchronous}", output)
        self.assertEqual(output.count("mortised: responses and rows as they should be"), 2, output)

    def test_graphql(self):
        for scenario in ("graphql-user", "graphql-users"):
            self.assertIn("mortised: responses as they should be", self.check(scenario))

    def test_nothing_else_is_checked(self):
        done = subprocess.run([sys.executable, "-B", str(BENCH), "--check", "--peers", "", "hello"], capture_output=True, text=True,
                              timeout=START_S)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
