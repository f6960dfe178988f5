# SPDX-License-Identifier: Apache-2.0
"""Extension points that a plugin defines, and what others contribute to them."""

import re
import unittest

from mortised import HANG_TIMEOUT, Folder, Mortised, eventually, run

DEFINER = "collects-greetings"
C = "greets-in-c"
CPP = "greets"
POINT = "org.mortise.fixtures.greetings/1"
BASE = {"routing": {}, "logging": {}, DEFINER: {}, CPP: {}, C: {}}


class Contributions(unittest.TestCase):
    def serve(self, plugins: dict | None = None, server: dict | None = None) -> Mortised:
        made = Mortised(plugins={**BASE, **(plugins or {})}, server=server)
        self.addCleanup(made.close)
        return made

    def refused(self, plugins: dict, server: dict | None = None) -> str:
        """What a start says that fails, and a check says the same."""
        folder = Folder(server, {**BASE, **plugins})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config)
        self.assertEqual(done.returncode == 0, False, done.stdout)
        return done.stdout + done.stderr

    def change(self, server: Mortised, plugin: str, settings: dict, expect: str = "Reloaded"):
        server.folder.plugins[plugin] = settings
        server.folder.write()
        return server.reload(expect)

    def greetings(self, server: Mortised, query: str = "") -> tuple[int, dict[str, tuple[str, int]]]:
        body = server.get(f"/greetings{query}").json
        return body["generation"], {one["name"]: (one["plugin"], one["count"]) for one in body["all"]}

    def freed(self, server: Mortised, generation: int) -> int:
        return sum(int(record["of"]) == generation for record in server.found("Freed"))

    def test_are_collected(self):
        server = self.serve()
        self.assertEqual(self.greetings(server), (1, {"c": (C, 100), "cpp": (CPP, 1)}))
        self.assertEqual(self.greetings(server), (1, {"c": (C, 200), "cpp": (CPP, 2)}))
        self.assertEqual(server.get(f"/{C}").body, b"-2")  # the object is the definer's alone
        server.stop()
        self.assertEqual(self.freed(server, 1), 1)

    def test_none(self):
        server = self.serve({CPP: {"enabled": "false"}, C: {"enabled": "false"}})
        self.assertEqual(self.greetings(server), (1, {}))

    def test_a_replaced_contributor(self):
        server = self.serve()
        self.greetings(server)
        self.change(server, CPP, {"name": "other"})
        self.assertEqual(self.greetings(server), (2, {"c": (C, 200), "other": (CPP, 1)}))  # the others are carried over
        eventually(lambda: self.freed(server, 1), "the object of the first generation is freed")
        self.assertEqual(self.freed(server, 2), 0)

    def test_a_replaced_definer(self):
        server = self.serve()
        self.greetings(server)
        self.change(server, DEFINER, {"mark": "two"})
        self.assertEqual(self.greetings(server), (2, {"c": (C, 200), "cpp": (CPP, 2)}))
        eventually(lambda: self.freed(server, 1), "the object of the first generation is freed")

    def test_an_old_request_sees_its_own_generation(self):
        server = self.serve()
        with server.connect() as connection:
            connection.request("GET", "/greetings?gate=open")
            server.wait_for("At a gate")
            self.change(server, CPP, {"name": "other"})
            self.assertEqual(self.greetings(server)[1].keys(), {"c", "other"})
            self.assertEqual(self.freed(server, 1), 0)
            (server.folder.state / "open").touch()
            body = connection.read().json
        self.assertEqual((body["generation"], sorted(one["name"] for one in body["all"])), (1, ["c", "cpp"]))
        eventually(lambda: self.freed(server, 1), "the object of the first generation is freed")
        server.stop()
        self.assertEqual([self.freed(server, generation) for generation in (1, 2)], [1, 1])

    def test_a_definer_that_comes_and_goes(self):
        server = self.serve({DEFINER: {"enabled": "false"}})
        self.assertEqual(server.get("/greetings").status, 404)
        self.change(server, DEFINER, {})
        self.assertEqual(self.greetings(server), (2, {"c": (C, 100), "cpp": (CPP, 1)}))
        self.change(server, DEFINER, {"enabled": "false"})
        self.assertEqual(server.get("/greetings").status, 404)
        eventually(lambda: self.freed(server, 2), "the object is freed")

    def test_a_build_that_fails(self):
        sentence = f"plugin '{DEFINER}': its extension point '{POINT}' could not be built: no greeting will do"
        self.assertIn(sentence, self.refused({DEFINER: {"fails": "true"}}))
        server = self.serve()
        self.assertIn(sentence, self.change(server, DEFINER, {"fails": "true"}, "Reload failed")["reason"])
        self.assertEqual(self.greetings(server)[0], 1)

    def test_a_build_that_hangs(self):
        said = self.refused({DEFINER: {"hangs": "true"}}, {"control_timeout": HANG_TIMEOUT})
        self.assertRegex(said, f"plugin '{DEFINER}'.*build")

    def test_a_refusal_names_who_contributed(self):
        sentence = f"plugin '{C}': plugin '{DEFINER}' refused its contribution 'c' to '{POINT}': it is rude"
        self.assertIn(sentence, self.refused({DEFINER: {"refuses": "c"}}))
        server = self.serve()
        self.assertIn(sentence, self.change(server, DEFINER, {"refuses": "c"}, "Reload failed")["reason"])
        self.assertEqual(self.greetings(server)[0], 1)

    def test_one_name_twice(self):
        said = self.refused({CPP: {"name": "c"}})
        self.assertRegex(said, rf"plugin '({C}|{CPP})': its contribution 'c' to '{POINT}' has a name that plugin "
                               rf"'({C}|{CPP})' contributes there, too")

    def test_a_point_that_is_not_named(self):
        self.assertIn("contribution 'cpp' to 'org.mortise.fixtures.greeting/1': the plugin does not name that extension point: "
                      "name it in needs<>() or mayUse<>()", self.refused({CPP: {"misspells": "true"}}))

    def test_an_optional_point_that_nobody_defines(self):
        plugins = {CPP: {"elsewhere": "true"}}
        server = self.serve({**plugins, "logging": {"level": "debug"}})
        self.assertEqual(self.greetings(server)[1].keys(), {"c", "cpp"})
        server.wait_for("Nobody collects a contribution", plugin=CPP, point="org.mortise.fixtures.farewells/1", name="bye")
        folder = Folder(plugins={**BASE, **plugins})
        self.addCleanup(folder.remove)
        shown = run("--config", folder.config, "--list-plugins", "--order").stdout
        self.assertIn("Contributions to org.mortise.fixtures.farewells/1, which no enabled plugin defines (not collected):\n"
                      f"  bye (plugin {CPP})\n", shown)
        self.assertRegex(shown, rf"Contributions to {POINT} \(plugin {DEFINER}\):\n  \w+ \(plugin [a-z-]+\)\n  \w+ \(plugin")

    def test_a_required_point(self):
        needs = {"needs-greetings": {"name": "needy"}}
        server = self.serve(needs)
        self.assertEqual(self.greetings(server)[1].keys(), {"c", "cpp", "needy"})
        sentence = f"plugin 'needs-greetings' requires '{POINT}', which no enabled plugin provides; set enabled = true in " \
                   f"[plugin.{DEFINER}]"
        self.assertIn(sentence, self.change(server, DEFINER, {"enabled": "false"}, "Reload failed")["reason"])
        self.assertEqual(self.greetings(server)[0], 1)
        self.assertIn(sentence, self.refused({**needs, DEFINER: {"enabled": "false"}}))

    def test_a_required_point_whose_definer_is_left_out(self):
        for step in ("configure", "start"):
            with self.subTest(step=step):
                broken = {"breaks_in": step, "on_error": "disable"}
                needs = {"name": "needy"}
                server = self.serve({DEFINER: broken, "needs-greetings": {**needs, "on_error": "disable"}})
                left_out = re.findall(r"Going on without a plugin.*\(plugin=([a-z-]+)", "\n".join(server.lines))
                self.assertEqual(sorted(left_out), [DEFINER, "needs-greetings"])
                self.assertEqual(server.get(f"/{C}").status, 200)  # the others serve
                self.assertRegex(self.refused({DEFINER: broken, "needs-greetings": needs}),
                                 f"plugin 'needs-greetings' requires '{POINT}', wh(ose plugin failed|ich no enabled plugin)")

    def test_outside_of_configure(self):
        self.assertIn(f"start failed: contribute: contribution 'cpp' to '{POINT}': it is not made in configure",
                      self.refused({CPP: {"late": "true"}}))

    def test_a_check_builds_as_well(self):
        folder = Folder(plugins={**BASE, DEFINER: {"refuses": "cpp"}})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"plugin '{CPP}': plugin '{DEFINER}' refused its contribution 'cpp'", done.stderr)


if __name__ == "__main__":
    unittest.main()
