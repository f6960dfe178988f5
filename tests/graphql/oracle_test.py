# SPDX-License-Identifier: Apache-2.0
"""The engine of GraphQL and graphql-js are asked the same (oracle.mjs) and must agree."""

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import unittest

from mortised import BUILD, SLOWNESS, SOURCE, missing


@contextlib.contextmanager
def oracle_folder(test: unittest.TestCase):
    """tests/graphql with its packages, installed once for all build trees; one at a time."""
    source, folder = SOURCE / "tests" / "graphql", BUILD.parent / "graphql-oracle"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("checks", "lib", "written"):
            shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "__pycache__", "jobs"))
        stamp, wanted = folder / "installed", hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
        if not stamp.exists() or stamp.read_text() != wanted:
            if shutil.which("npm") is None:
                missing(test, "npm is not installed")
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder,
                                  capture_output=True, text=True, timeout=400, check=False)
            if done.returncode != 0:
                missing(test, f"npm ci failed: {done.stderr}")
            stamp.write_text(wanted)
        yield folder


class Oracle(unittest.TestCase):
    def test_the_engine_agrees_with_graphql_js(self):
        if shutil.which("node") is None:
            missing(self, "node is not installed")
        with oracle_folder(self) as folder:
            done = subprocess.run(["node", "oracle.mjs", "--shell", BUILD / "fixtures" / "bin" / "graphql_engine_shell"], cwd=folder,
                                  capture_output=True, text=True, timeout=280 * SLOWNESS, check=False)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
