# SPDX-License-Identifier: Apache-2.0
"""Plugins in C, of released headers, and of headers yet to come are loaded and serve; those of drafts are refused."""

import pathlib
import unittest

from foreign_files import serve
from mortised import FIXTURES, SOURCE, Folder, run

FROZEN = sorted((SOURCE / "tests" / "abi" / "frozen").iterdir())
DRAFTS = [version for version in FROZEN if "-draft" in version.name]


def frozen(version: pathlib.Path) -> pathlib.Path:
    return FIXTURES / f"frozen-{version.name.replace('.', '-')}.so"


class OtherTimes(unittest.TestCase):
    def test_the_c_example(self):
        serve("/c-hello", FIXTURES / "c-hello.so")

    def test_every_release(self):
        for release in FROZEN:
            if release not in DRAFTS:
                with self.subTest(release=release.name):
                    serve("/c-hello", frozen(release))

    def test_every_draft_is_told_what_to_rebuild_with(self):
        self.assertTrue(DRAFTS, "no draft is kept")
        for draft in DRAFTS:
            with self.subTest(draft=draft.name):
                number = draft.name.partition("-draft")[2] or "1"
                done = run("--verify-plugin", frozen(draft))
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertRegex(
                    done.stdout + done.stderr,
                    rf"built with the SDK of draft {number} of the plugin interface, this host needs draft \d+: "
                    r"rebuild it with the SDK of this mortised",
                )

    def test_the_future(self):
        serve("/c-hello", FIXTURES / "future-c-hello.so")
        serve("/hello", FIXTURES / "future-hello.so")


class ForgottenSizes(unittest.TestCase):
    def check(self, tag: str) -> str:
        folder = Folder(plugins={"routing": {}, "forgets-sizes": {"tag": tag}})
        folder.write()
        done = run("--config", folder.config, "--check-config")
        return f"{done.returncode} {done.stdout}{done.stderr}"

    def test_they_are_named_with_the_way_out(self):
        self.assertRegex(self.check("nothing"), r"^0 ")
        table = r"'forgets-sizes'.*its mortise_plugin_command has the struct_size {}, .*MORTISE_INIT\(mortise_plugin_command\)"
        stride = r"'forgets-sizes'.*its commands cannot be read: .*command_size .*set it to sizeof\(mortise_command\)"
        for tag, text in {
            "table": table.format(0),
            "short-table": table.format(8),
            "stride": stride,
            "short-stride": stride,
            "odd-stride": stride,
            "no-array": stride,
            "route": r"'forgets-sizes'.*its mortise_route has the struct_size 0, .*MORTISE_INIT\(mortise_route\)",
        }.items():
            with self.subTest(tag):
                said = self.check(tag)
                self.assertRegex(said, r"^[1-9]")
                self.assertRegex(said, text)


class Refused(unittest.TestCase):
    def test_a_file_that_is_none(self):
        """That serve() can fail at all."""
        with self.assertRaises(AssertionError):
            serve("/c-hello", pathlib.Path(FIXTURES / "short-struct.so"))


if __name__ == "__main__":
    unittest.main()
