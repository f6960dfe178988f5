# SPDX-License-Identifier: Apache-2.0
"""Services of other plugins: opened for each consumer right before its start, closed right after its stop."""

import unittest

from mortised import HANG_TIMEOUT, Folder, Mortised, run

GIVES = "gives-counts"
NEEDS = "needs-counts"
MAY = "may-use-counts"
MIGRATES = "migrates-counts"
SERVICE = "org.mortise.fixtures.counts/1"
BASE = {"routing": {}}  # without the plugin "logging" all records come by one stream, in order
QUARANTINED = "A plugin missed a deadline and is quarantined until restart"


class Consumers(unittest.TestCase):
    def serve(self, plugins: dict, server: dict | None = None) -> Mortised:
        made = Mortised(plugins={**BASE, **plugins}, server=server)
        self.addCleanup(made.close)
        return made

    def refused(self, plugins: dict, server: dict | None = None) -> str:
        """What a start says that fails."""
        folder = Folder(server, {**BASE, **plugins})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        return done.stdout + done.stderr

    def story(self, server: Mortised, since: int = 0) -> list[str]:
        """The life of consumers, as they and the provider logged it."""
        seen = []
        for record in server.records[since:]:
            message = record["msg"]
            if message in ("Opened", "Closed"):
                seen.append(f"{message} {record['what'].split()[0]}")
            elif message in ("Started", "Stopped", "Destroyed") and record["logger"] != "host":
                seen.append(f"{message} {record['logger']}")
            elif message == "Stop was called":
                seen.append("Stopped provider")
        return seen

    def test_a_life(self):
        server = self.serve({GIVES: {}, NEEDS: {}, MAY: {}})
        opened = server.found("Opened")
        self.assertEqual({record["what"] for record in opened},
                         {f"{name} org.mortise.fixtures.{name} 1.2.3" for name in (NEEDS, MAY)})
        self.assertEqual(len({record["number"] for record in opened}), 2)
        for name in (NEEDS, MAY):  # each has a count of its own; `start` counted once
            self.assertEqual(server.get(f"/{name}").json, {"count": 2})
        server.stop()
        story = self.story(server)
        first, second = (NEEDS, MAY) if story[0].endswith(NEEDS) else (MAY, NEEDS)
        self.assertEqual(story[:8], [f"Opened {first}", f"Started {first}", f"Opened {second}", f"Started {second}",
                                     f"Stopped {second}", f"Closed {second}", f"Stopped {first}", f"Closed {first}"])
        self.assertEqual(story[8], "Stopped provider")
        self.assertEqual(sorted(story[9:]), sorted([f"Destroyed {first}", f"Destroyed {second}"]))

    def test_nobody_provides_it(self):
        server = self.serve({MAY: {}})
        self.assertEqual(server.get(f"/{MAY}").json, {"count": -1})
        self.assertIn(f"requires '{SERVICE}', which no enabled plugin provides; set enabled = true in "
                      f"[plugin.{GIVES}]", self.refused({NEEDS: {}, GIVES: {"enabled": "false"}}))

    def test_refused(self):
        said = self.refused({GIVES: {"tag": f"refuses {NEEDS}"}, NEEDS: {}})
        self.assertIn(f"plugin '{NEEDS}' (org.mortise.fixtures.{NEEDS} 1.2.3): start failed: plugin '{GIVES}' refused its "
                      f"service '{SERVICE}': it has had enough", said)
        self.assertNotIn("Started", said)
        self.assertIn("open_service gave no table", self.refused({GIVES: {"tag": f"gives nothing to {NEEDS}"}, NEEDS: {}}))

    def test_refused_where_it_is_optional(self):
        server = self.serve({GIVES: {"tag": f"refuses {MAY}"}, MAY: {}, NEEDS: {}})
        self.assertEqual(server.get(f"/{MAY}").json, {"count": -1})
        self.assertEqual(server.get(f"/{NEEDS}").json, {"count": 2})
        warning = server.wait_for("A plugin was refused an optional service and goes on without it")
        self.assertEqual((warning["plugin"], warning["provider"], warning["service"], warning["reason"]),
                         (MAY, GIVES, SERVICE, "it has had enough"))

    def test_refused_and_disabled(self):
        server = self.serve({GIVES: {"tag": f"refuses {NEEDS}"}, NEEDS: {"on_error": "disable"}, MAY: {}})
        self.assertEqual(server.get(f"/{NEEDS}").status, 404)
        self.assertEqual(server.get(f"/{MAY}").json, {"count": 2})
        server.stop()
        self.assertEqual(sum(line == f"Opened {MAY}" for line in self.story(server)),
                         sum(line == f"Closed {MAY}" for line in self.story(server)))

    def test_a_failed_start_closes(self):
        said = self.refused({GIVES: {}, NEEDS: {"fails_start": "true"}})
        self.assertIn("start failed: its settings say so", said)
        self.assertLess(said.index("Opened"), said.index("Closed"))
        self.assertLess(said.index("Closed"), said.index("Destroyed"))

    def test_a_failed_start_of_a_later_plugin_closes(self):
        said = self.refused({GIVES: {}, NEEDS: {}, "throws-in-start": {}})
        if "Opened" in said:  # else it was the first
            self.assertLess(said.index("Stopped"), said.index("Closed"))
            self.assertLess(said.index("Closed"), said.index("Destroyed"))
        self.assertEqual(said.count("Opened"), said.count("Closed"))

    def test_disabled_after_a_failed_start(self):
        server = self.serve({GIVES: {}, NEEDS: {"fails_start": "true", "on_error": "disable"}, MAY: {}})
        self.assertEqual(server.get(f"/{NEEDS}").status, 404)
        self.assertEqual(server.get(f"/{MAY}").json, {"count": 2})
        server.stop()
        story = self.story(server)
        for name in (NEEDS, MAY):
            self.assertEqual(story.count(f"Opened {name}"), story.count(f"Closed {name}"), story)

    def test_a_provider_that_hangs(self):
        for name in (NEEDS, MAY):
            with self.subTest(name=name):
                said = self.refused({GIVES: {"tag": f"hangs opening for {name}"}, name: {}}, {"control_timeout": HANG_TIMEOUT})
                self.assertIn(f"plugin '{GIVES}' refused its service '{SERVICE}': open_service did not return within server.control_timeout; it "
                              "stays quarantined until restart", said)

    def test_a_quarantined_consumer_keeps_it(self):
        said = self.refused({GIVES: {}, NEEDS: {"hangs_start": "true"}}, {"control_timeout": HANG_TIMEOUT})
        self.assertIn(QUARANTINED, said)
        self.assertIn("Opened", said)
        self.assertNotIn("Closed", said)

    def test_reload_with_a_carried_over_provider(self):
        server = self.serve({GIVES: {}, NEEDS: {}})
        server.get(f"/{NEEDS}")
        first = server.found("Opened")[0]["number"]
        mark = server.mark()
        server.folder.plugins[NEEDS] = {"mark": "another"}
        server.folder.write()
        server.reload()
        server.wait_for("Destroyed", since=mark)
        self.assertEqual(self.story(server, mark), [f"Opened {NEEDS}", f"Started {NEEDS}", f"Stopped {NEEDS}",
                                                    f"Closed {NEEDS}", f"Destroyed {NEEDS}"])
        self.assertEqual(server.get(f"/{NEEDS}").json, {"count": 2})
        self.assertNotEqual(server.found("Opened", mark)[0]["number"], first)

    def test_reload_with_a_carried_over_consumer(self):
        server = self.serve({GIVES: {}, NEEDS: {}, "hello": {"name": "one"}})
        self.assertEqual(server.get(f"/{NEEDS}").json, {"count": 2})
        mark = server.mark()
        server.folder.plugins["hello"] = {"name": "two"}
        server.folder.write()
        server.reload()
        self.assertEqual(server.get(f"/{NEEDS}").json, {"count": 3})
        self.assertEqual(self.story(server, mark), [])

    def test_reload_with_another_provider(self):
        server = self.serve({GIVES: {}, NEEDS: {}})
        mark = server.mark()
        server.folder.plugins[GIVES] = {"tag": "two"}
        server.folder.write()
        server.reload()
        server.wait_for("Destroyed", since=mark)
        self.assertEqual(self.story(server, mark), [f"Opened {NEEDS}", f"Started {NEEDS}", f"Stopped {NEEDS}",
                                                    f"Closed {NEEDS}", "Stopped provider", f"Destroyed {NEEDS}"])

    def test_a_reload_that_fails(self):
        server = self.serve({GIVES: {}, NEEDS: {}})
        mark = server.mark()
        server.folder.plugins[NEEDS] = {"fails_start": "true"}
        server.folder.write()
        server.reload("Reload failed")
        self.assertEqual(self.story(server, mark), [f"Opened {NEEDS}", f"Started {NEEDS}", f"Closed {NEEDS}",
                                                    f"Destroyed {NEEDS}"])
        self.assertEqual(server.get(f"/{NEEDS}").json, {"count": 2})  # the old one has its own yet

    def test_a_provider_that_hangs_in_closing(self):
        server = self.serve({GIVES: {"tag": "hangs closing"}, NEEDS: {}, MAY: {}}, {"control_timeout": HANG_TIMEOUT})
        server.signal(15)
        server.process.wait(60)
        server._join()
        self.assertEqual(len(server.found("Closed")), 1)  # it is not called again
        self.assertEqual([(record["plugin"], record["step"]) for record in server.found(QUARANTINED)],
                         [(GIVES, "close_service")])

    def test_check_modes_open_nothing(self):
        folder = Folder(plugins={**BASE, GIVES: {"tag": f"refuses {NEEDS}"}, NEEDS: {}})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_looked_up_wrongly(self):
        folder = Folder(plugins={**BASE, GIVES: {}, NEEDS: {"looks_up": "early"}})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"configure failed: service(): service '{SERVICE}': looked up before start", done.stderr)
        self.assertIn("start failed: service(): service 'mortise.users/1': the host has none of that name, and the plugin "
                      "does not name it: name it in needs<>() or mayUse<>() (required_services or optional_services of its "
                      "module)", self.refused({GIVES: {}, NEEDS: {"looks_up": "unnamed"}}))

    def test_a_migrator_has_it_before_its_start(self):
        server = self.serve({GIVES: {}, MIGRATES: {"requires_it": "true"}, MAY: {}})
        self.assertEqual([int(record["count"]) for record in server.found("Migrated")], [1])
        self.assertEqual([int(record["count"]) for record in server.found("Started") if record["logger"] == MIGRATES], [2])
        messages = [record["msg"] for record in server.records]
        self.assertLess(messages.index(f"starting {GIVES}"), messages.index("Migrated"))
        self.assertLess(messages.index("Migrated"), messages.index(f"starting {MAY}"))
        server.stop()
        self.assertEqual(self.story(server).count(f"Opened {MIGRATES}"), 1)
        self.assertEqual(self.story(server).count(f"Closed {MIGRATES}"), 1)

    def test_a_migrator_that_fails(self):
        said = self.refused({GIVES: {}, MIGRATES: {"fails": "true"}})
        self.assertIn("migrations failed: its settings say so", said)
        self.assertLess(said.index("Migrated"), said.index("Closed"))

    def test_commands_of_a_migrator_have_it(self):
        folder = Folder(plugins={**BASE, GIVES: {}, MIGRATES: {}})
        self.addCleanup(folder.remove)
        for action in ("status", "up"):
            done = run("--config", folder.config, "migrate", action)
            self.assertEqual((done.returncode, done.stdout), (0, "counted 1\n"), done.stderr)

    def test_whether_there_is_a_provider_is_known_early(self):
        self.assertIn("requires_it: nobody gives it", self.refused({MIGRATES: {"requires_it": "true"}}))
        self.assertEqual(int(self.serve({MIGRATES: {}}).found("Migrated")[0]["count"]), -1)


if __name__ == "__main__":
    unittest.main()
