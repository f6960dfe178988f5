# SPDX-License-Identifier: Apache-2.0
"""The order of filters: from phases, before and after, from server.filter_order, and as --list-plugins --order shows it."""

import re
import unittest

from mortised import PLUGINS as PLUGINS_FOLDER
from mortised import Folder, Mortised, run

PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "cors": {}, "security-headers": {}, "uses-filter": {}}


class FilterOrder(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins=PLUGINS)
        self.addCleanup(self.folder.remove)

    def set_order(self, order: str):
        self.folder.server["filter_order"] = order
        self.folder.write()

    def shown(self) -> dict[str, list[str]]:
        """Phase to the filters in it."""
        done = run("--config", self.folder.config, "--list-plugins", "--order")
        self.assertEqual(done.returncode, 0, done)
        phases: dict[str, list[str]] = {}
        filters = None
        for line in done.stdout.splitlines():
            if match := re.fullmatch(r"Filters of phase (\w+):", line):
                filters = phases.setdefault(match[1], [])
            elif not line.startswith(" "):
                filters = None
            elif filters is not None:
                name, plugin = re.fullmatch(r"  (\S+) \(plugin (\S+)\)", line).groups()
                self.assertIn(plugin, PLUGINS)
                filters.append(name)
        return phases

    def before(self, filters: list[str], *names: str):
        places = [filters.index(name) for name in names]
        self.assertEqual(places, sorted(places), filters)

    # contract: filters.order
    def test_bundled_filters_have_their_places(self):
        shown = self.shown()
        self.assertIn("cors", shown["accept"])
        self.before(shown["respond"], "security-headers", "cors")
        self.before(shown["respond"], "fixture-first", "fixture-outer", "fixture-inner")
        self.before(shown["finish"], "request-log")
        self.assertNotIn("security-headers", shown["accept"])

    # contract: filters.order
    def test_configuration_decides(self):
        self.set_order("fixture-inner, cors, fixture-outer, security-headers")
        self.before(self.shown()["respond"], "fixture-inner", "cors", "fixture-outer", "security-headers")
        with Mortised(self.folder) as server:
            warned = [record["reason"] for record in server.found("server.filter_order overrules plugins")]
            self.assertEqual(len(warned), 2, warned)
            self.assertTrue(any("'security-headers' stands behind 'cors'" in reason for reason in warned), warned)
            self.assertTrue(any("'fixture-outer' stands behind 'fixture-inner'" in reason for reason in warned), warned)
            self.before(server.get("/uses/filter").headers("x-order"), "inner", "outer")
            self.assertEqual(server.get("/hello").header("x-frame-options"), "SAMEORIGIN")
            mark = server.mark()
            self.set_order("fixture-outer, fixture-inner")
            server.reload()
            self.assertEqual(server.found("server.filter_order overrules plugins", mark), [])
            self.before(server.get("/uses/filter").headers("x-order"), "outer", "inner")
            self.set_order("fixture-outer, fixture-outer")
            server.reload(expect="Reload failed")
            self.assertEqual(server.get("/hello").status, 200)

    def test_names_of_plugins_that_are_off(self):
        self.set_order("fixture-inner, rate-limit, fixture-outer")
        self.before(self.shown()["respond"], "fixture-inner", "fixture-outer")

    def test_mistakes(self):
        for order, part in (("corse, fixture-outer", "did you mean 'cors'?"), ("cors, cors", "'cors' is named twice"),
                            ("rate-limits", "did you mean 'rate-limit'?"), ("zzz", "no installed plugin has a filter 'zzz'")):
            with self.subTest(order=order):
                self.set_order(order)
                done = run("--config", self.folder.config, "--check-config")
                self.assertEqual(done.returncode, 78, done)
                self.assertRegex(done.stderr, r"mortise\.ini:\d+:\d+: error: server\.filter_order: ")
                self.assertIn(part, done.stderr)
        # Through one that is not named: the plugins' word cannot be set aside, and who is concerned is told.
        self.set_order("fixture-inner, fixture-first")
        done = run("--config", self.folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("with server.filter_order", done.stderr)
        self.assertIn("'fixture-outer'", done.stderr)
        # What is missing because of another mistake is no mistake of the order.
        self.folder.plugins["cors"] = {"origin": "nonsense"}
        self.set_order("cors, fixture-outer")
        done = run("--config", self.folder.config, "--check-config")
        self.assertIn("plugin.cors.origin", done.stderr)
        self.assertNotIn("server.filter_order", done.stderr)


class FilterNames(unittest.TestCase):
    """What before, after and a declaration say, against the names in the manifests of installed plugins."""

    def check(self, **settings: str):
        folder = Folder(plugins={"routing": {}, "logging": {}, "misnames-filters": settings})
        self.addCleanup(folder.remove)
        return run("--config", folder.config, "--check-config")

    def test_names_that_nobody_has(self):
        done = self.check(before="request-lgo")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("filter 'named' of plugin 'misnames-filters' stands before 'request-lgo', and no installed plugin has "
                      "a filter of that name; did you mean 'request-log'?", done.stderr)

    def test_names_of_plugins_that_are_off(self):
        for before in ("cors", "request-log", "cors,request-log"):
            with self.subTest(before=before):
                self.assertEqual(self.check(before=before).returncode, 0)

    def test_declarations_that_the_module_does_not_name(self):
        done = self.check(declares="nameless")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("plugin 'misnames-filters': filter 'nameless' is not among the filters that the plugin's module names",
                      done.stderr)


class Twins(unittest.TestCase):
    def test_two_files_with_one_id(self):
        folder = Folder(plugins={"routing": {}, "logging": {}, "hello": {}})
        self.addCleanup(folder.remove)
        twin = folder.path / "twin.so"
        twin.write_bytes((PLUGINS_FOLDER / "hello.so").read_bytes() + b"\0")  # the same bytes are the same plugin
        folder.plugins["twin"] = {"file": str(twin)}
        folder.write()
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn(f"plugins 'hello' ({PLUGINS_FOLDER / 'hello.so'}) and 'twin' ({twin}) both are 'org.mortise.hello'", done.stderr)


if __name__ == "__main__":
    unittest.main()
