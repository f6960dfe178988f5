# SPDX-License-Identifier: Apache-2.0
"""Requests that a plugin keeps too long, beyond its deadline and beyond its generation."""

import time
import unittest

from http1 import Closed, ProtocolError
from mortised import SLOWNESS, Mortised, eventually

DEADLINE = 1.0 * SLOWNESS  # seconds: handler_timeout and drain_timeout where a test sets them
PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "holds": {}}


def ms(seconds: float) -> str:
    return f"{int(seconds * 1000)}ms"


class Held(unittest.TestCase):
    SERVER: dict[str, str] = {}

    def setUp(self):
        self.server = Mortised(server={"workers": "1", **self.SERVER}, plugins={name: dict(keys) for name, keys in PLUGINS.items()})

    def tearDown(self):
        try:
            self.server.stop()
        finally:
            self.server.close()

    def send(self, target: str, **headers):
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return connection

    def block(self, hold_ms: int):
        """A request that blocks the only worker by now."""
        since = self.server.mark()
        connection = self.send(f"/holds/worker?ms={hold_ms}")
        self.server.wait_for("Holding a worker", since=since, ms=hold_ms)
        return connection

    def assertRefused(self, connection):
        response = connection.read(timeout_s=DEADLINE * 6)
        self.assertEqual(response.status, 503, response)
        self.assertTrue(response.header("retry-after"))
        self.assertTrue(response.header("x-request-id"))

    def assertCut(self, connection):
        """An answer in pieces that is seen not to be complete."""
        with self.assertRaises((Closed, ProtocolError, ConnectionResetError)):
            connection.read(timeout_s=DEADLINE * 6)

    def renew(self):
        """A reload that replaces the instance."""
        self.server.folder.plugins["holds"]["answer"] = "new"
        self.server.folder.write()
        self.server.reload()
        self.assertEqual(self.server.get("/holds").json, {"answer": "new"})


class BeyondTheDeadline(Held):
    SERVER = {"handler_timeout": ms(DEADLINE)}

    def test_a_handler(self):
        connection = self.block(int(DEADLINE * 4000))
        self.assertRefused(connection)
        self.server.wait_for("A plugin did not answer a request in time", plugin="holds")
        self.server.wait_for("A worker is free", timeout_s=DEADLINE * 10, path="/holds/worker")
        eventually(lambda: self.server.get("/holds/worker?ms=1").status == 200, "the worker is free")

    def test_a_request_that_waits_for_a_worker_is_not_run_later(self):
        first = self.block(int(DEADLINE * 4000))
        second = self.send("/holds/worker?ms=2")
        self.assertRefused(second)
        self.assertRefused(first)
        self.server.wait_for("A worker is free", timeout_s=DEADLINE * 10)
        self.assertEqual(self.server.get("/holds/worker?ms=3").status, 200)
        self.server.wait_for("Holding a worker", ms=3)
        records = self.server.found("Holding a worker")
        self.assertEqual([record["ms"] for record in records], [int(DEADLINE * 4000), 3])
        self.assertTrue(all(record["requestId"] for record in records))

    def test_a_filter(self):
        self.assertRefused(self.send("/holds", X_Hold="yes"))
        self.server.wait_for("A plugin did not answer a request in time", plugin="holds")
        self.assertEqual(self.server.get("/holds").status, 200)

    def test_a_stream(self):
        connection = self.send("/holds/stream")
        begin = time.monotonic()
        self.assertCut(connection)
        self.assertGreater(time.monotonic() - begin, DEADLINE / 2)
        self.assertEqual(self.server.get("/holds").status, 200)


class BeyondTheGeneration(Held):
    SERVER = {"drain_timeout": ms(DEADLINE)}

    def test_a_handler_and_what_waits_behind_it(self):
        hold = int(DEADLINE * 4000)
        first = self.block(hold)
        second = self.send("/holds/worker?ms=2")
        self.renew()
        self.assertRefused(second)
        self.assertRefused(first)
        # Slots are used again while the old call is still running.
        for _ in range(3):
            self.assertEqual(self.server.get("/hello").status, 200)
        third = self.send("/holds/worker?ms=3")
        self.server.wait_for("A worker is free", timeout_s=DEADLINE * 10)
        self.assertEqual(third.read(timeout_s=DEADLINE * 10).json, {"answer": "new"})
        self.server.wait_for("Holding a worker", ms=3)
        self.assertEqual([record["ms"] for record in self.server.found("Holding a worker")], [hold, 3])

    def test_a_filter(self):
        connection = self.send("/holds", X_Hold="yes")
        self.server.get("/holds")  # behind it
        self.renew()
        self.assertRefused(connection)

    def test_a_stream(self):
        connection = self.send("/holds/stream")
        eventually(lambda: connection.socket.recv(1, 2), "the stream has begun")  # 2: MSG_PEEK
        self.renew()
        self.assertCut(connection)
        self.assertEqual(self.server.get("/hello").status, 200)

    def test_a_body_that_is_still_coming(self):
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.send(b"POST /holds/worker HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\nabc")
        self.assertEqual(connection.read().status, 405)
        self.renew()
        self.assertEqual(self.server.get("/hello").status, 200)


class AtTheEnd(Held):
    SERVER = {"drain_timeout": ms(DEADLINE)}

    def test_everything_held_is_let_go(self):
        held = [self.block(int(DEADLINE * 2000)), self.send("/holds/worker?ms=2"), self.send("/holds", X_Hold="yes"), self.send("/holds/stream")]
        self.server.get("/holds")
        self.server.stop()  # within its deadlines, with status 0
        self.assertEqual(len(held), 4)
        self.server.restart()


if __name__ == "__main__":
    unittest.main()
