# SPDX-License-Identifier: Apache-2.0
"""A plugin calls every function of every service of the host from every callback that a plugin has: each call comes to what the
headers say, nothing hangs and nothing is lost."""

from __future__ import annotations

import itertools
import signal
import threading
import unittest

from mortised import Folder, Mortised, eventually, run

PLUGIN = "calls-everything"
PATHS = ("loop", "worker", "later", "busy", "file", "error", "stream", "visit", "waits", "private")

# On a busy machine threads that step back behind all else would hash no password for minutes.
EAGER = {"hashing_niceness": "0"}

OK, PENDING, ABSENT, ERROR, INVALID, STALE, BUSY = 0, 1, 3, -1, -2, -3, -4

# From where it is called. "routes.visitor" and the like are called by the host inside of a call of the plugin.
CONFIGURE = {"configure"}
EARLY = CONFIGURE | {"placement.reads_on_loop", "router.build"}  # `start` was not called yet
LATE = {"stop", "destroy", "route.release"}  # `stop` has begun
LIFE = {"start", "activate", "drain", "handover.give", "handover.take"}
TURNS = {"authenticate", "handle loop", "handle worker", "handle again", "later", "on_request", "stream"}
RESPOND = {"on_respond", "later respond"}  # with a turn only where they may wait or are on workers
SINK = {"sink.flush", "sink.level", "sink.reopen", "sink.write"}
KEPT = {"batch", "hashed", "posted", "release", "task", "timer", "watched"}
INSIDE = {"chunk", "json.detail", "json.use", "readiness.check", "readiness.visitor", "reply.release", "routes.visitor", "transformer.release"}
# Migrations come before `start` of the migrator; of a provider that is carried over its services are opened later, too.
ANY = {"close_service", "contributions.build", "contributions.free", "get_extension", "migrate", "migrator.check", "on_finish", "open_service",
       "router.free", "router.match", "service"}
PLACES = EARLY | LATE | LIFE | TURNS | RESPOND | SINK | KEPT | INSIDE | ANY
# Where a request's handle is given, be it a turn or not. Visitors and the like have that of the call that they are in.
HANDLES = TURNS | RESPOND | {"on_finish", "json.detail", "json.use", "readiness.visitor", "routes.visitor"}
# Before `start`, from `stop` on, or neither.
WHENEVER = SINK | KEPT | INSIDE | ANY | RESPOND | {"later", "drain"}
NEVER_ON_LOOPS = EARLY | LATE | LIFE | {"handle worker", "handle again", "later", "later respond", "hashed", "task", "timer",
                                        "stream", "migrate", "migrator.check", "service", "open_service", "close_service", "sink.reopen"}
ALWAYS_ON_LOOPS = {"batch", "posted", "router.match", "watched"}


def kept(place: str, taken: set[int], refused: int = INVALID) -> set[int]:
    """What a function says that keeps a call."""
    if place in EARLY | LATE:
        return {refused}
    return taken | {refused} if place in WHENEVER else taken


def with_handle(place: str, turn: set[int]) -> set[int]:
    """What a function says that wants the turn."""
    return turn if place in TURNS else turn | {STALE}


NONE = ("0", "past")  # no handle, and one whose request is over
ENDS = ("abandon", "accept", "begin_commit", "begin_stream", "end_stream", "lend", "missing", "reject", "reply", "reply released",
        "reply_error", "reply_file", "resume", "watch", "write")

# function: what it says, or what it says there.
TABLE = {
    **{f"{function} {which}": {STALE} for function, which in itertools.product(ENDS, NONE)},
    **{f"cancelled {which}": {1} for which in NONE},
    **{f"time_left {which}": {0} for which in NONE},
    **{f"trace {which}": {STALE} for which in NONE},
    **{f"number {which}": {0} for which in NONE},
    # An argument that is none: nothing was done, whoever asks.
    **{function: {INVALID} for function in (
        "accept NULL", "begin_stream NULL", "reply NULL", "reply small", "reply_error NULL", "reply_file NULL", "trace NULL",
        "contributions.contribute none", "contributions.hold unknown", "contributions.object unknown", "contributions.refuse other", "get_service unnamed",
        "json.check bad", "json.check none", "json.parse bad", "json.parse none", "json.schema_make bad", "loop.at_batch_end none", "network.list_make bad",
        "password.hash bad", "password.hash_all none", "refuse_setting unknown", "response.add_block none", "response.refuse bad", "response.replace bad",
        "response.transform none", "routes.add none", "routes.expect unknown", "routes.visit none", "task.run none",
        "timer.after none")},
    # From anywhere.
    **{function: {OK} for function in (
        "called", "contributions.refuse own", "crypto.equal", "crypto.hmac_sha256", "crypto.random_bytes", "crypto.sha256", "get_service",
        "handover.take state", "json.check", "json.parse", "json.schema_make", "network.list_make")},
    **{function: {1} for function in ("clock", "loop.count", "network.contains", "password.cost_limit")},
    "contributions.object 0": {STALE},
    "contributions.hold": {OK, ABSENT},  # nothing serves during the first start
    "routes.visit past": {STALE},
    # In configure only, or in what configure calls.
    "declare_header_block": lambda place: {OK} if place in CONFIGURE else {OK, INVALID} if place in INSIDE | SINK else {INVALID},
    "crypto.stored_secret": lambda place: {INVALID} if place in CONFIGURE else {OK, INVALID} if place in INSIDE | SINK else {OK},
    # Kept calls: from `start` on, until `stop` begins.
    "timer.after": lambda place: kept(place, {OK}),
    "timer.after late": lambda place: kept(place, {OK}),
    "timer.cancel": lambda place: kept(place, {OK}, ABSENT),
    "timer.cancel again": {ABSENT},
    "task.run": lambda place: kept(place, {OK}),
    "task.post": lambda place: kept(place, {OK} if place in TURNS else {OK, STALE}),
    "task.post past": lambda place: kept(place, {STALE}),
    "password.hash": lambda place: kept(place, {PENDING, BUSY}),
    "password.verify": lambda place: kept(place, {PENDING, BUSY}),
    "password.hash_all": lambda place: kept(place, {PENDING, BUSY}),
    "password.hash_all past": lambda place: kept(place, {PENDING, BUSY}),
    "done none": {STALE},
    "done": {OK, -7},
    "loop.at_batch_end": lambda place: {INVALID} if place in NEVER_ON_LOOPS
                         else kept(place, {OK}) if place in ALWAYS_ON_LOOPS else {OK, INVALID},
    # On a worker, and not inside of a check.
    "readiness.check": lambda place: {INVALID} if place in ALWAYS_ON_LOOPS | {"readiness.check", "readiness.visitor"}
                       else {OK, ERROR} if place in NEVER_ON_LOOPS else {OK, ERROR, INVALID},
    # Of a request.
    "routes.visit": lambda place: with_handle(place, {OK}) if place in HANDLES else {STALE},
    "contributions.object": lambda place: with_handle(place, {OK}),
    "lend": lambda place: with_handle(place, {OK, BUSY, STALE} if place in ("on_request", "stream") else {OK, BUSY}),
    "watch": lambda place: with_handle(place, {OK, BUSY, STALE} if place in ("later", "on_request", "stream") else {OK, BUSY}),
    "cancelled": {0, 1},
    "time_left": {0, 1},
    "trace": {OK, STALE},
    "number": {0, 1},
    "write": lambda place: {INVALID} if place == "chunk" else {1},
    **{function: {OK} for function in ("accept", "begin_stream", "reply_file", "reply_error", "visit with reply")},
    "begin_commit": {OK},
    "end_stream": {OK},
    "end_stream again": {STALE},
    "reply": {OK},
    "resume": {OK},
    "visit all": {1},
    # A head is not changed by a transformer at work on its body.
    **{function: lambda place: {INVALID} if place == "chunk" else {OK} for function in (
        "response.add_field", "response.add_field own", "response.set_field", "response.remove_field", "response.replace",
        "response.refuse")},
    "response.transform": {OK, BUSY},
    "release": {OK},
    "kept": {0},
}


class Everything(unittest.TestCase):
    def seen(self, folder: Folder) -> dict[tuple[str, str], set[int]]:
        found: dict[tuple[str, str], set[int]] = {}
        for line in (folder.state_of(PLUGIN) / "calls").read_text(encoding="utf-8").splitlines():
            place, function, status = line.split("|")
            found.setdefault((place, function), set()).add(int(status))
        return found

    def assertExpected(self, seen: dict[tuple[str, str], set[int]]):
        for (place, function), statuses in sorted(seen.items()):
            expected = TABLE[function]
            self.assertLessEqual(statuses, expected(place) if callable(expected) else expected, f"{function} from {place}")

    def ask(self, server: Mortised, path: str):
        response = server.get(f"/everything/{path}")
        self.assertEqual(response.status, 404 if path == "error" else 200, (path, response))

    def change(self, server: Mortised):
        """A reload that makes a new instance, on workers where the one before was on loops."""
        settings = server.folder.plugins[PLUGIN]
        settings["tag"] = "one" if settings.get("tag") == "two" else "two"
        server.folder.write()
        server.reload()

    def serve(self, **settings: str):
        """Serves both kinds of instance, with clients that go, and stops."""
        with Mortised(server=EAGER | settings, plugins={PLUGIN: {}, "needs-counts": {}}) as server:
            for _ in range(3):
                for path in PATHS * 2:
                    self.ask(server, path)
                self.assertEqual(server.get("/needs-counts").status, 200)
                for path in ("later", "stream"):
                    with server.connect() as connection:
                        connection.request("GET", f"/everything/{path}")
                        connection.reset()
                server.signal(signal.SIGUSR1)
                # Passwords of a request that is over are taken when there is room, and looked at when all else was hashed.
                eventually(lambda: self.ask(server, "later") or ("hashed", "done none") in self.seen(server.folder),
                           "no hashes for a request that is over")
                self.change(server)
            server.stop()
            seen = self.seen(server.folder)
            self.assertExpected(seen)
            called = {place for place, function in seen if function == "called"}
            self.assertEqual(PLACES - called, set())
            # Of all instances together: whatever was kept has been released, also by the one that was stopped at the end.
            self.assertEqual(seen["destroy", "kept"], {0})
            self.assertFalse(server.found("A plugin missed a deadline and is quarantined until restart"))
            functions = {function for _, function in seen}
            self.assertEqual(set(TABLE) - functions, set())

    def test_by_default(self):
        self.serve()

    def test_with_loops(self):
        self.serve(loops="3", workers="3")

    def test_while_it_is_reloaded(self):
        """Clients all the time: none of them is let down by a reload."""
        with Mortised(server=EAGER | {"loops": "2"}, plugins={PLUGIN: {}, "needs-counts": {}}) as server:
            over = threading.Event()
            faults: list[object] = []

            def go(path: str):
                try:
                    while not over.is_set():
                        self.ask(server, path)
                except Exception as fault:  # pylint: disable=broad-except
                    faults.append(fault)

            clients = [threading.Thread(target=go, args=(path,)) for path in PATHS]
            for client in clients:
                client.start()
            try:
                for _ in range(6):
                    self.change(server)
            finally:
                over.set()
                for client in clients:
                    client.join()
            self.assertEqual(faults, [])
            server.stop()
            seen = self.seen(server.folder)
            # With so many clients what is called past may not be over yet.
            self.assertExpected({key: statuses for key, statuses in seen.items() if not key[1].endswith(" past")})
            self.assertEqual(seen["destroy", "kept"], {0})

    def test_without_a_server(self):
        """A check and a command, whose instances end without having served."""
        folder = Folder(plugins={PLUGIN: {}})
        self.addCleanup(folder.remove)
        for arguments, out in (("--check-config",), "good"), ((PLUGIN, "call-everything"), "called"):
            done = run("--config", folder.config, *arguments)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn(out, done.stdout)
        seen = self.seen(folder)
        self.assertIn(("command.run", "called"), seen)
        self.assertEqual(seen["destroy", "kept"], {0})
        del seen["command.run", "readiness.check"]  # by the state of a process that serves nothing
        self.assertExpected(seen)


if __name__ == "__main__":
    unittest.main()
