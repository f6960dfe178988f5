# SPDX-License-Identifier: Apache-2.0
"""Statuses and flags that the host does not know, or that a function does not list: the rule of abi/types.h, everywhere
that a plugin returns one."""

import unittest

from mortised import FIXTURES, Folder, Mortised, run

NAME = "returns-statuses"
UNKNOWN, UNKNOWN_FAILURE = 77, -77  # of a later version: success, failure
ABSENT, CONFLICT = 3, -5  # known, and listed at none of these functions
FAILURES = (UNKNOWN_FAILURE, ABSENT, CONFLICT)
PLUGINS = {"routing": {}, "logging": {}, "health": {}}


class AtStart(unittest.TestCase):
    def start(self, plugins: dict) -> tuple[int, str]:
        """Ends by a failure of a plugin that is started last, unless another one fails before."""
        done = run("--config", Folder(plugins={**PLUGINS, **plugins, "throws-in-start": {}}).config)
        return done.returncode, done.stdout + done.stderr

    def test_steps(self):
        for step, because in {"configure": "configure failed", "start": "start failed", "build": "could not be built",
                              "migrate": "migrations failed", "check-migrations": "migrations failed"}.items():
            for status in FAILURES:
                with self.subTest(step=step, status=status):
                    self.assertRegex(self.start({NAME: {"tag": f"{step} {status}"}})[1], f"'{NAME}'.*{because}")
            with self.subTest(step=step, status=UNKNOWN):
                said = self.start({NAME: {"tag": f"{step} {UNKNOWN}"}})[1]
                self.assertNotIn(f"'{NAME}'", said)
                self.assertIn("'throws-in-start'", said)

    def test_the_router(self):
        plugins = {"logging": {}, "throws-in-start": {}}
        for status in (*FAILURES, UNKNOWN):
            with self.subTest(status=status):
                folder = Folder(plugins={**plugins, NAME: {"tag": f"router_build {status}"}})
                self.addCleanup(folder.remove)
                done = run("--config", folder.config)
                said = done.stdout + done.stderr
                if status == UNKNOWN:
                    self.assertIn("'throws-in-start'", said)
                self.assertEqual(f"plugin '{NAME}': its router could not be built" in said, status != UNKNOWN, said)

    def test_matches(self):
        for status, outcome in {0: 200, UNKNOWN: 200, **dict.fromkeys(FAILURES, 404)}.items():
            with self.subTest(status=status), Mortised(plugins={"logging": {}, NAME: {"tag": f"router_match {status}"}}) as server:
                self.assertEqual(server.get("/statuses").status, outcome)
                self.assertEqual(server.get("/nowhere").status, 404)

    def test_exit_codes_of_commands(self):
        folder = Folder(plugins={**PLUGINS, NAME: {}})
        self.addCleanup(folder.remove)
        for code in (0, 1, 64, 77, 255):
            with self.subTest(code=code):
                done = run("--config", folder.config, NAME, "returns", str(code))
                self.assertEqual((done.returncode, done.stderr), (code, f"Usage: mortised {NAME} returns NUMBER\n" if code == 64 else ""))
        for code in (256, 512, -1, -77, -256, 2**31 - 1):  # of some a process would show the last byte only, which is 0
            with self.subTest(code=code):
                done = run("--config", folder.config, NAME, "returns", str(code))
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"command 'returns' of plugin '{NAME}' returned {code}, which is no exit code (0 to 255)", done.stderr)

    def test_create(self):
        file = {"file": str(FIXTURES / f"{NAME}.so")}
        for status in FAILURES:
            name = f"creates-{status}".replace("--", "-minus")
            with self.subTest(status=status):
                self.assertRegex(self.start({name: file})[1], f"'{name}'.*create failed")
        said = self.start({f"creates-{UNKNOWN}": file})[1]
        self.assertNotIn("'creates", said)
        self.assertIn("'throws-in-start'", said)

    def test_open_service(self):
        for status in FAILURES:
            with self.subTest(status=status):
                self.assertRegex(self.start({NAME: {"tag": f"open_service {status}"}, "needs-counts": {}})[1],
                                 f"'{NAME}' refused its service")
        said = self.start({NAME: {"tag": f"open_service {UNKNOWN}"}, "needs-counts": {}})[1]
        self.assertNotIn("refused its service", said)
        self.assertIn("'throws-in-start'", said)

    def test_what_a_declaration_says_that_the_host_does_not_know(self):
        for tag, message in {"filter flag": "filter 'waits' has the unknown flag 1048576",
                             "filter phase": "filter 'waits' names the unknown phase 1048576",
                             "filter placement": "filter 'waits' is placed neither on the loop nor on workers",
                             "authenticator placement": "its authenticator has the unknown placement 99",
                             "statement flag": "statement 'odd' has the unknown flag 1048576",
                             "statement dialect": "statement 'odd' has the unknown dialect 3",
                             "constraint value kind": "a constraint of table 'things' has an unknown value_kind",
                             "constraint kind": "a constraint of table 'things' has an unknown kind",
                             "constraint count": "a constraint of table 'things' has no columns",
                             "constraint columns": "a constraint of table 'things' has no columns",
                             "constraint foreign columns": "a constraint of table 'things' has no foreign_columns",
                             "constraint size": "its constraints cannot be read: there are some, but no data, or constraint_size is no multiple of 8"}.items():
            with self.subTest(tag):
                code, said = self.start({NAME: {"tag": tag}})
                self.assertNotEqual(code, 0)
                self.assertIn(f"plugin '{NAME}': {message}", said)

    def test_readiness(self):
        for status, ready in {UNKNOWN: 200, **dict.fromkeys(FAILURES, 503)}.items():
            with self.subTest(status=status):
                server = Mortised(plugins={**PLUGINS, NAME: {"tag": f"check {status}"}})
                try:
                    self.assertEqual(server.get("/ready").status, ready)
                finally:
                    server.close()


class OfRequests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Mortised(plugins={**PLUGINS, NAME: {}})

    @classmethod
    def tearDownClass(cls):
        try:
            cls.server.stop()
        finally:
            cls.server.close()

    def get(self, **headers) -> int:
        return self.server.get("/statuses", headers={f"X-{name}": str(value) for name, value in headers.items()}).status

    def test_they_serve(self):
        self.assertEqual(self.get(), 200)

    def test_each_function(self):
        for place in ("request", "turn", "respond", "wait", "authenticate", "resume"):
            for status, outcome in {UNKNOWN: 200, **dict.fromkeys(FAILURES, 500)}.items():
                with self.subTest(place=place, status=status):
                    self.assertEqual(self.get(**{place: status}), outcome)

    def test_transformers(self):
        for status, outcome in {UNKNOWN: "0", **dict.fromkeys(FAILURES, "-1")}.items():
            with self.subTest(status=status):
                response = self.server.get("/statuses", headers={"X-Chunk": str(status)})
                self.assertEqual((response.status, response.header("x-transformed")), (200, outcome))

    def test_a_handler_has_to_reply(self):
        for status in (UNKNOWN, *FAILURES):
            with self.subTest(status=status):
                self.assertEqual(self.get(handle=status), 500)

    def test_unknown_flags_of_a_reply(self):
        response = self.server.get("/statuses", headers={"X-Flags": str(1 << 30)})
        self.assertEqual((response.status, response.body), (200, b"-2"))
        record = self.server.wait_for("A plugin's call has an argument that breaks the interface", call="reply")
        self.assertEqual((record["plugin"], record["reason"]),
                         (NAME, "mortise_reply.flags has a flag that this host does not know"))


if __name__ == "__main__":
    unittest.main()
