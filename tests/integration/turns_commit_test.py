# SPDX-License-Identifier: Apache-2.0
"""The right to end a request: who commits has it, and after a 503 nothing was changed."""

import signal
import sqlite3
import threading
import unittest

from http1 import Closed
from mortised import EVENT_S, eventually
from turns import DEADLINE, TurnsTest, ms

TOO_LONG = "The request took too long"


class Commits(TurnsTest):
    PLUGINS = {"database": {"url": "sqlite:///test.db"}, "commits-late": {}, "replies-late": {}}

    def setUp(self):
        pass

    def rows(self) -> set[str]:
        with sqlite3.connect(self.server.folder.state / "test.db") as database:
            return {name for (name,) in database.execute("SELECT id FROM commits_late")}

    def written(self, name: str) -> bool:
        """Whether the row is there once everything before it in the queue of the writer has ended."""
        self.assertEqual(self.server.post(f"/commits-late?id=after-{name}").status, 201)
        return name in self.rows()

    def before(self, name: str, claim: bool = False):
        """A request between its last statement and its COMMIT, with the right to commit or without."""
        return self.at_gate(f"gate-{name}", f"/commits-late?id={name}&gate=gate-{name}&claim={str(claim).lower()}", method="POST")

    # contract: reload.outcome
    def test_a_reload_before_the_claim(self):
        self.serve(drain_timeout="0s")
        connection = self.before("late")
        self.renew("hello")
        self.assertUnavailable(connection.read(timeout_s=EVENT_S))
        self.open("gate-late")
        self.assertFalse(self.written("late"), "committed after a 503")

    # contract: reload.outcome
    def test_a_reload_after_the_claim(self):
        self.serve(drain_timeout="0s")
        connection = self.before("kept", claim=True)
        self.renew("hello")
        self.assertEqual(self.server.get("/hello").status, 200)
        self.open("gate-kept")
        response = connection.read(timeout_s=EVENT_S)
        self.assertEqual((response.status, response.json), (201, {"id": "kept"}))
        self.assertTrue(self.written("kept"))

    # contract: reload.outcome
    def test_more_reloads_than_may_drain(self):
        for claim in (False, True):
            with self.subTest(claim=claim):
                self.serve()
                connection = self.before("often", claim)
                self.renew_often("hello")
                self.open("gate-often")
                response = connection.read(timeout_s=EVENT_S)
                if claim:
                    self.assertEqual(response.status, 201, response)
                else:
                    self.assertUnavailable(response)
                self.assertEqual(self.written("often"), claim)

    def test_a_deadline_before_the_claim(self):
        for setting in ("handler_timeout", "request_timeout"):
            with self.subTest(setting=setting):
                self.serve(**{setting: ms(DEADLINE)})
                connection = self.before("late")
                self.assertUnavailable(connection.read(timeout_s=DEADLINE * 8), TOO_LONG)
                self.open("gate-late")
                self.assertFalse(self.written("late"), "committed after a 503")

    def test_a_deadline_after_the_claim(self):
        self.serve(handler_timeout=ms(DEADLINE), request_timeout=ms(DEADLINE))
        connection = self.before("kept", claim=True)
        with self.assertRaises(TimeoutError):  # nobody answers in its place
            connection.read(timeout_s=DEADLINE * 2)
        self.open("gate-kept")
        self.assertEqual(connection.read(timeout_s=EVENT_S).status, 201)
        self.assertTrue(self.written("kept"))

    def test_a_client_that_leaves(self):
        for claim in (False, True):
            with self.subTest(claim=claim):
                self.serve()
                self.before("left", claim).close()
                self.assertEqual(self.server.get("/hello").status, 200)
                self.open("gate-left")
                self.assertTrue(self.written("left"), "what was begun is completed")

    def test_a_stop_before_the_claim(self):
        self.serve(drain_timeout="0s")
        connection = self.before("late")
        self.server.signal(signal.SIGTERM)
        response = connection.read(timeout_s=EVENT_S)
        self.assertEqual(response.status, 503, response)
        self.open("gate-late")
        self.server.expect_exit(0)
        self.assertNotIn("late", self.rows())

    def test_a_stop_after_the_claim(self):
        self.serve(drain_timeout=ms(DEADLINE * 20), shutdown_timeout=ms(DEADLINE * 40))
        connection = self.before("kept", claim=True)
        self.server.signal(signal.SIGTERM)
        self.server.wait_for("Stopping")
        self.open("gate-kept")
        self.assertEqual(connection.read(timeout_s=EVENT_S).status, 201)
        self.server.expect_exit(0)
        self.assertIn("kept", self.rows())

    def test_the_last_deadline_of_a_stop_answers_nothing_after_the_claim(self):
        self.serve(drain_timeout="0s")
        connection = self.before("unknown", claim=True)
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
