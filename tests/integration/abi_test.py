# SPDX-License-Identifier: Apache-2.0
"""Plugins in C, of released headers, and of headers yet to come are loaded and serve; those of drafts are refused."""

import pathlib
import re
import subprocess
import time
import unittest

from foreign_files import serve
from mortised import FIXTURES, PROGRAM, SOURCE, Folder, Mortised, environment, eventually, run

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


LATER = FIXTURES.parent / "bin" / "mortised_future"  # a host by headers with a member appended to everything that may grow
CROSSING = ("crosses-arrays", "collects-greetings", "routing", "database")


def future(name: str) -> dict:
    return {"file": str(FIXTURES / f"future-{name}.so")}


class Arrays(unittest.TestCase):
    """Each array with a stride, three elements or more, between sides of different times."""

    def serve(self, later: tuple[str, ...] = (), program: pathlib.Path = PROGRAM):
        """Plugins by headers of the future are those named; the others are today's."""
        settings = {"crosses-arrays": {"first": "one", "second": "2", "third": "x, y, z", "fourth": "four"}}
        names = (*CROSSING, "greets", "greets-in-c", "logging")
        plugins = {name: {**settings.get(name, {}), **(future(name) if name in later else {})} for name in names}
        with Mortised(program=program, plugins=plugins) as server:
            self.check(server)
        for command in ("cross-first", "cross-third"):
            folder = Folder(plugins=plugins)
            done = subprocess.run([program, "--config", folder.config, "crosses-arrays", command], env=environment(None),
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (0, f"{command}\n"), done.stderr)

    def check(self, server: Mortised):
        settings = server.get("/crosses/settings")
        self.assertEqual(settings.json, {"first": "one", "second": 2, "third": ["x", "y", "z"], "fourth": "four"})
        self.assertEqual(settings.headers("x-crosses"), ["crosses-first", "crosses-second", "crosses-third"])
        self.assertEqual([(one["in"], one["path"], one["code"], one["message"]) for one in server.get("/crosses/errors").json["details"]],
                         [("query", "/a", "first", "The first"), ("header", "/b", "second", "The second"),
                          ("cookie", "/c", "third", "The third")])
        form = b"".join(b'--b\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n"
                        for name, value in ((b"title", b"long"), (b"note", b"words"), (b'paper"; filename="p.txt', b"bytes!")))
        parts = server.request("POST", "/crosses/parts", body=form + b"--b--\r\n", headers={"Content-Type": "multipart/form-data; boundary=b"})
        self.assertEqual(parts.json, {"all": ["title  4", "note  5", "paper p.txt 6"]})
        self.assertEqual(server.get("/crosses/routes/any").json,
                         {"all": ["200 The routes", "404 No routes", "409 Too many routes"]})
        self.assertEqual(server.get("/crosses/lines").json,
                         {"all": [{"id": 1, "name": "one", "weight": 1.5}, {"id": 2, "name": "two", "weight": 2.5}]})
        self.assertEqual([one["plugin"] for one in server.get("/greetings").json["all"]], ["greets", "greets-in-c"])

    def test_of_one_time(self):
        self.serve()

    def test_plugins_of_the_future(self):
        self.serve(CROSSING)

    def test_each_plugin_of_the_future_alone(self):
        for name in CROSSING:
            with self.subTest(name):
                self.serve((name,))

    @unittest.skipUnless(LATER.exists(), "not built")
    def test_a_host_of_the_future(self):
        self.serve(program=LATER)


# Structs with a size that plugins fill, by how one without it is found out.
READ_AT_START = {
    "mortise_plugin_authenticator", "mortise_plugin_command", "mortise_plugin_contributions", "mortise_plugin_filter",
    "mortise_plugin_handover", "mortise_plugin_log_sink", "mortise_plugin_migrations", "mortise_plugin_migrator",
    "mortise_plugin_placement", "mortise_plugin_readiness", "mortise_plugin_router", "mortise_plugin_statements", "mortise_route",
}
MADE_BY_CREATE = {"mortise_plugin": "forgets-plugin", "mortise_plugin_table": "forgets-table"}
PASSED_IN_CALLS = {
    "reply": "mortise_reply", "stream": "mortise_reply", "file": "mortise_reply", "error": "mortise_error_reply",
    "mortise_file": "mortise_file", "transform": "mortise_transformer",
}
# mortise_module is short-struct's, tables of services between plugins and what goes with them are the plugins' affair.
ELSEWHERE = {"mortise_module", "mortise_principal", "mortise_database_table", "mortise_users_table", "mortise_user", "mortise_new_user", "mortise_profile",
             "mortise_graphql_call", "mortise_graphql_call_table", "mortise_graphql_types",
             "mortise_response_keeper_table", "mortise_sql_driver_table", "mortise_sql_server", "mortise_typed_table"}
FILLED_BY_THE_HOST = {
    "mortise_authentication", "mortise_clock_table", "mortise_command_session", "mortise_configuration", "mortise_consumer",
    "mortise_contributions_table", "mortise_crypto_table", "mortise_exchange_table", "mortise_finished", "mortise_host",
    "mortise_json_table", "mortise_json_tape", "mortise_log_record", "mortise_log_table", "mortise_loop_table",
    "mortise_migration_list", "mortise_network_table", "mortise_password_table", "mortise_readiness_table", "mortise_request",
    "mortise_response", "mortise_routes_table", "mortise_statement_list", "mortise_task_table", "mortise_timer_table",
}
FORGETS = "forgets-sizes"


def sized_structs() -> set[str]:
    found = set()
    for header in (SOURCE / "sdk" / "include" / "mortise").rglob("*.h"):
        found |= set(re.findall(r"typedef struct (mortise_\w+) \{\s*(?:/\*[^*]*\*/\s*)*uint32_t struct_size;", header.read_text()))
    return found


class ForgottenSizes(unittest.TestCase):
    def check(self, plugins: dict) -> str:
        folder = Folder(plugins={"routing": {}, **plugins})
        folder.write()
        done = run("--config", folder.config, "--check-config")
        return f"{done.returncode} {done.stdout}{done.stderr}"

    def refuse(self, plugins: dict, text: str):
        said = self.check(plugins)
        self.assertRegex(said, r"^[1-9]")
        self.assertRegex(said, text)

    def test_no_struct_is_left_out(self):
        known = READ_AT_START | set(MADE_BY_CREATE) | set(PASSED_IN_CALLS.values()) | ELSEWHERE | FILLED_BY_THE_HOST
        self.assertEqual(sized_structs(), known)

    def test_what_is_read_at_start(self):
        self.assertRegex(self.check({FORGETS: {"tag": "nothing"}}), r"^0 ")
        for struct in sorted(READ_AT_START):
            for tag, size in ((struct, "0"), (f"{struct}-short", r"\d+")):
                with self.subTest(tag):
                    self.refuse({FORGETS: {"tag": tag}},
                                rf"'{FORGETS}'.*its {struct} has the struct_size {size}, .*MORTISE_INIT\({struct}\)")

    def test_arrays(self):
        for tag in ("stride", "short-stride", "odd-stride", "no-array"):
            with self.subTest(tag):
                self.refuse({FORGETS: {"tag": tag}},
                            rf"'{FORGETS}'.*its commands cannot be read: .*command_size .*set it to sizeof\(mortise_command\)")

    def test_what_create_hands_out(self):
        for struct, name in MADE_BY_CREATE.items():
            with self.subTest(struct):
                self.refuse({name: {"file": str(FIXTURES / f"{FORGETS}.so")}},
                            rf"'{name}'.*its {struct} has the struct_size 0, .*MORTISE_INIT\({struct}\)")

    def test_a_service(self):
        folder = Folder(plugins={"routing": {}, FORGETS: {}, "needs-counts": {}})
        done = run("--config", folder.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout + done.stderr, rf"'{FORGETS}' refused its service .*: its table has the struct_size 0")

    def test_what_is_passed_in_calls(self):
        server = Mortised(plugins={"routing": {}, "logging": {}, FORGETS: {}})
        self.addCleanup(server.close)

        def warned(call: str, struct: str, size: str, since: int):
            record = server.wait_for("A plugin's call has an argument that breaks the interface", since=since, call=call)
            self.assertEqual(record["plugin"], FORGETS)
            self.assertRegex(record["reason"], rf"its {struct} has the struct_size {size}, .*MORTISE_INIT\({struct}\)")

        calls = {"reply": "reply", "stream": "begin_stream", "file": "reply_file", "error": "reply_error",
                 "mortise_file": "reply_file", "transform": "transform"}
        for what, struct in PASSED_IN_CALLS.items():
            self.pause_of_warnings()
            for suffix, size in (("", "0"), ("-short", r"\d+")):
                with self.subTest(what=what + suffix):
                    mark = server.mark()
                    response = server.get(f"/forgets?what={what}{suffix}")
                    self.assertEqual(response.status, 200)
                    returned = response.header("x-returned") if what == "transform" else response.body.decode()
                    self.assertEqual(returned, "-2")
                    warned(calls[what], struct, size, mark)
        self.pause_of_warnings()
        mark = server.mark()
        self.assertEqual(server.get("/asks").status, 200)
        warned("accept", "mortise_principal", "0", mark)
        accepted = eventually(lambda: (found := server.found("Accepted"))[1:] and found, "both calls are over")
        self.assertEqual([record["number"] for record in accepted], [-2, -2])
        server.stop()

    def pause_of_warnings(self):
        """A few are logged a second."""
        second = int(time.monotonic())
        eventually(lambda: int(time.monotonic()) != second, "the next second", pause_s=0.05)


class Refused(unittest.TestCase):
    def test_a_file_that_is_none(self):
        """That serve() can fail at all."""
        with self.assertRaises(AssertionError):
            serve("/c-hello", pathlib.Path(FIXTURES / "short-struct.so"))


if __name__ == "__main__":
    unittest.main()
