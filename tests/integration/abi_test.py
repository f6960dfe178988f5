# SPDX-License-Identifier: Apache-2.0
"""Plugins in C, of released headers, and of headers yet to come are loaded and serve."""

import pathlib
import unittest

from foreign_files import serve
from mortised import FIXTURES, SOURCE

FROZEN = sorted((SOURCE / "tests" / "abi" / "frozen").iterdir())


class OtherTimes(unittest.TestCase):
    def test_the_c_example(self):
        serve("/c-hello", FIXTURES / "c-hello.so")

    def test_every_release(self):
        self.assertTrue(FROZEN, "no release is kept")
        for release in FROZEN:
            with self.subTest(release=release.name):
                file = "frozen-" + release.name.replace(".", "-")
                serve("/c-hello", FIXTURES / f"{file}.so")

    def test_the_future(self):
        serve("/c-hello", FIXTURES / "future-c-hello.so")
        serve("/hello", FIXTURES / "future-hello.so")


class Refused(unittest.TestCase):
    def test_a_file_that_is_none(self):
        """That serve() can fail at all."""
        with self.assertRaises(AssertionError):
            serve("/c-hello", pathlib.Path(FIXTURES / "short-struct.so"))


if __name__ == "__main__":
    unittest.main()
