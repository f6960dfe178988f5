# SPDX-License-Identifier: Apache-2.0
"""What tests with Node and a browser share: folders with their packages, and the browser."""

import contextlib
import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import unittest

from mortised import BUILD, SLOWNESS, SOURCE, missing


@contextlib.contextmanager
def node_folder(test: unittest.TestCase, source: pathlib.Path = SOURCE / "tests" / "browser", name: str = "browser-checks"):
    """A copy of `source` with the packages of its lock file, installed once for all build trees; one test at a time."""
    folder = BUILD.parent / name
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for file in source.iterdir():
            if file.is_file():
                shutil.copy(file, folder)
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


def output_of(test: unittest.TestCase, folder, *command: str) -> str:
    """What the command says, which must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120 * SLOWNESS, check=False)
    test.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def browser_program(test: unittest.TestCase) -> str:
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        missing(test, "chromium-headless-shell is not installed")
    return program
