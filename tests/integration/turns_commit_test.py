# SPDX-License-Identifier: Apache-2.0
"""The right to end a request: who commits has it, and after a 503 nothing was changed."""

import select
import signal
import sqlite3
import threading
import unittest

from http1 import Closed
from mortised import EVENT_S, eventually
from turns import DEADLINE, TurnsTest, ms

TOO_LONG = "The request took too long"
CLAIMED = ("claim", "commit")  # points from which on the host answers nothing in the place of the plugin
POINTS = ("statement", *CLAIMED)


class Commits(TurnsTest):
    PLUGINS = {"database": {"url": "sqlite:///test.db"}, "commits-late": {}, "replies-late": {}}

    def setUp(self):
        pass

    def rows(self) -> set[str]:
        with sqlite3.connect(self.server.folder.state_of("database") / "test.db") as database:
            return {name for (name,) in database.execute("SELECT id FROM commits_late")}

    def written(self, name: str) -> bool:
        """Whether the row is there once everything before it in the queue of the writer has ended."""
        self.assertEqual(self.server.post(f"/commits-late?id=after-{name}").status, 201)
        return name in self.rows()

    def at(self, point: str, name: str):
        """A request that waits after its last statement, after it took the right to commit, or after its COMMIT."""
        return self.at_gate(f"gate-{name}", f"/commits-late?id={name}&gate=gate-{name}&at={point}", method="POST")

    # contract: reload.outcome
    def test_a_reload_before_the_claim(self):
        self.serve(drain_timeout="0s")
        connection = self.at("statement", "late")
        self.renew("hello")
        self.assertUnavailable(connection.read(timeout_s=EVENT_S))
        self.open("gate-late")
        self.assertFalse(self.written("late"), "committed after a 503")

    # contract: reload.outcome
    def test_a_reload_after_the_claim(self):
        for point in CLAIMED:
            with self.subTest(point=point):
                self.serve(drain_timeout="0s")
                connection = self.at(point, "kept")
                self.renew("hello")
                self.assertEqual(self.server.get("/hello").status, 200)
                self.open("gate-kept")
                response = connection.read(timeout_s=EVENT_S)
                self.assertEqual((response.status, response.json), (201, {"id": "kept"}))
                self.assertTrue(self.written("kept"))

    # contract: reload.outcome
    def test_a_reload_while_the_group_waits_for_its_commit(self):
        """One has claimed and waits for the COMMIT of the group; the next of the group has not: only that one is undone."""
        self.serve(drain_timeout="0s", workers="4")
        for attempt in range(20):  # until the first one is so quick that the second one joins it
            holds = self.at("statement", f"holds-{attempt}")
            first = self.send(f"/commits-late?id=first-{attempt}", method="POST")
            self.server.wait_for("A transaction begins", what=f"first-{attempt}")
            gate = f"gate-second-{attempt}"
            self.gates.append(gate)
            second = self.send(f"/commits-late?id=second-{attempt}&gate={gate}", method="POST")
            self.server.wait_for("A transaction begins", what=f"second-{attempt}")
            self.open(f"gate-holds-{attempt}")
            self.assertEqual(holds.read(timeout_s=EVENT_S).status, 201)
            self.server.wait_for("At a gate", what=gate)
            self.renew("hello")
            self.assertUnavailable(second.read(timeout_s=EVENT_S))
            grouped = not select.select([first.socket], [], [], 0)[0]
            self.open(gate)
            self.assertEqual(first.read(timeout_s=EVENT_S).status, 201)
            self.assertTrue(self.written(f"first-{attempt}"))
            self.assertFalse(self.written(f"second-{attempt}"), "committed after a 503")
            if grouped:
                return
        self.fail("no two requests shared a COMMIT")

    # contract: reload.outcome
    def test_more_reloads_than_may_drain(self):
        for point in POINTS:
            with self.subTest(point=point):
                self.serve()
                connection = self.at(point, "often")
                self.renew_often("hello")
                self.open("gate-often")
                response = connection.read(timeout_s=EVENT_S)
                if point in CLAIMED:
                    self.assertEqual(response.status, 201, response)
                else:
                    self.assertUnavailable(response)
                self.assertEqual(self.written("often"), point in CLAIMED)

    def test_a_deadline_before_the_claim(self):
        for setting in ("handler_timeout", "request_timeout"):
            with self.subTest(setting=setting):
                self.serve(**{setting: ms(DEADLINE)})
                connection = self.at("statement", "late")
                self.assertUnavailable(connection.read(timeout_s=DEADLINE * 8), TOO_LONG)
                self.open("gate-late")
                self.assertFalse(self.written("late"), "committed after a 503")

    def test_a_deadline_after_the_claim(self):
        for point in CLAIMED:
            with self.subTest(point=point):
                self.serve(handler_timeout=ms(DEADLINE), request_timeout=ms(DEADLINE))
                connection = self.at(point, "kept")
                with self.assertRaises(TimeoutError):  # nobody answers in its place
                    connection.read(timeout_s=DEADLINE * 2)
                self.open("gate-kept")
                self.assertEqual(connection.read(timeout_s=EVENT_S).status, 201)
                self.assertTrue(self.written("kept"))

    def test_who_waits_for_the_writer_waits_until_the_deadline(self):
        self.serve(plugins={**self.PLUGINS, "database": {"url": "sqlite:///test.db", "write_wait": "1m"}}, workers="2",
                   request_timeout=ms(DEADLINE))
        holds = self.at("statement", "holds")
        waits = self.send("/commits-late?id=waits", method="POST")
        self.assertUnavailable(holds.read(timeout_s=DEADLINE * 8), TOO_LONG)
        self.assertUnavailable(waits.read(timeout_s=DEADLINE * 8))  # by the host, or by the plugin
        eventually(lambda: self.server.get("/commits-late").status == 200, "the worker of the one that waited is free")
        self.open("gate-holds")
        self.assertFalse(self.written("waits"), "committed after a 503")

    def test_a_client_that_leaves(self):
        for point in POINTS:
            with self.subTest(point=point):
                self.serve()
                self.at(point, "left").close()
                self.assertEqual(self.server.get("/hello").status, 200)
                self.open("gate-left")
                self.assertTrue(self.written("left"), "what was begun is completed")

    def test_a_stop_before_the_claim(self):
        self.serve(drain_timeout="0s")
        connection = self.at("statement", "late")
        self.server.signal(signal.SIGTERM)
        response = connection.read(timeout_s=EVENT_S)
        self.assertEqual(response.status, 503, response)
        self.open("gate-late")
        self.server.expect_exit(0)
        self.assertNotIn("late", self.rows())

    def test_a_stop_after_the_claim(self):
        for point in CLAIMED:
            with self.subTest(point=point):
                self.serve(drain_timeout=ms(DEADLINE * 20), shutdown_timeout=ms(DEADLINE * 40))
                connection = self.at(point, "kept")
                self.server.signal(signal.SIGTERM)
                self.server.wait_for("Stopping")
                self.open("gate-kept")
                self.assertEqual(connection.read(timeout_s=EVENT_S).status, 201)
                self.server.expect_exit(0)
                self.assertIn("kept", self.rows())

    def test_the_last_deadline_of_a_stop_answers_nothing_after_the_claim(self):
        for point in CLAIMED:
            with self.subTest(point=point):
                self.serve(drain_timeout="0s")
                connection = self.at(point, "unknown")
                self.server.signal(signal.SIGTERM)
                status = None
                try:  # the outcome is unknown: no response at all
                    status = connection.read(timeout_s=EVENT_S).status
                except (Closed, ConnectionResetError) as cut:
                    self.assertEqual(getattr(cut, "received", b""), b"")
                self.open("gate-unknown")
                self.assertIsNone(status)
                self.server.expect_exit(0)

    # contract: reload.outcome
    def test_every_point_that_reloads_can_hit(self):
        """Writers without a pause under reloads without one: 201 and the row, or 503 and no row."""
        self.serve(drain_timeout="0s", workers="4")
        created, refused, others = set(), set(), []
        stop = threading.Event()

        def write(writer: int):
            number = 0
            connection = self.server.connect()
            try:
                while not stop.is_set():
                    number += 1
                    name = f"{writer}-{number}"
                    response = connection.exchange("POST", f"/commits-late?id={name}")
                    if response.status == 201:
                        created.add(name)
                    elif response.status == 503 and response.json["error"] != "Server is stopping":
                        refused.add(name)
                    else:
                        others.append(response)
                    if response.closes:
                        connection.close()
                        connection = self.server.connect()
            except Exception as failure:  # shown below
                others.append(failure)
            finally:
                connection.close()

        writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for writer in writers:
            writer.start()
        try:
            for number in range(60):
                self.renew("hello")
                if number >= 20 and refused:
                    break
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        self.assertEqual(others, [])
        self.assertTrue(created)
        eventually(lambda: self.server.post("/commits-late?id=end").status == 201, "the writer is free")
        rows = self.rows() - {"end"}
        self.assertEqual((rows - created, created - rows), (set(), set()), f"{len(created)} created, {len(refused)} refused")


if __name__ == "__main__":
    unittest.main()
