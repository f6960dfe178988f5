# SPDX-License-Identifier: Apache-2.0
"""Bytes that a plugin lends for a response are released exactly once, whatever becomes of the response."""

import socket
import unittest

from http1 import Closed, ProtocolError
from mortised import eventually
from turns import DEADLINE, TurnsTest, ms

LARGE = 64 << 20  # more than kernels hold between two ends


class Lent(TurnsTest):
    PLUGINS = {"lends-bytes": {}}
    SERVER = {"handler_timeout": ms(DEADLINE * 5)}

    def assertReleased(self, name: str, status: int | None = 0):
        """Once; `status` is what the reply returned."""
        self.assertEqual(self.server.wait_for("Released", what=name)["number"], 1)
        if status is not None:
            self.assertEqual(self.server.wait_for("Lent", what=name)["number"], status)
        self.never_twice()

    def never_twice(self):
        self.assertEqual([record for record in self.server.found("Released") if record["number"] != 1], [])

    def end(self, server, gates):
        super().end(server, gates)
        self.never_twice()

    def test_sent(self):
        with self.server.connect() as connection:
            for place in ("/lends-bytes", "/lends-bytes/loop"):
                for size in (0, 1, 1000, 100_000, 3 << 20):
                    name = f"sent{place.count('/')}-{size}"
                    response = connection.exchange("GET", f"{place}?id={name}&size={size}")
                    self.assertEqual((response.status, response.body == b"b" * size), (200, True))
                    self.assertReleased(name)

    def test_head(self):
        with self.server.connect() as connection:
            for place in ("/lends-bytes", "/lends-bytes/loop"):
                name = f"head{place.count('/')}"
                response = connection.exchange("HEAD", f"{place}?id={name}&size=100000")
                self.assertEqual((response.status, response.header("content-length")), (200, "100000"))
                self.assertReleased(name)

    def test_a_client_that_was_gone_before(self):
        self.at_gate("gone", "/lends-bytes?id=gone&gate=gone&size=100000").close()
        self.assertEqual(self.server.get("/hello").status, 200)
        self.open("gone")
        self.assertReleased("gone")

    def test_a_client_that_leaves_in_the_middle(self):
        connection = self.send(f"/lends-bytes?id=middle&size={LARGE}")
        connection.socket.recv(100)
        connection.close()
        self.assertReleased("middle")

    def test_refused(self):
        for status in (99, 600, 101):
            name = f"refused-{status}"
            self.assertEqual(self.server.get(f"/lends-bytes?id={name}&status={status}").status, 500)
            self.assertReleased(name, None)
            self.assertLess(self.server.wait_for("Lent", what=name)["number"], 0)

    def test_a_reply_without_a_body(self):
        for status in (204, 304):
            name = f"none-{status}"
            self.assertIn(self.server.get(f"/lends-bytes?id={name}&status={status}").status, (status, 500))
            self.assertReleased(name, None)

    def test_stale(self):
        self.serve(handler_timeout=ms(DEADLINE))
        connection = self.at_gate("stale", "/lends-bytes?id=stale&gate=stale&size=100000")
        self.assertUnavailable(connection.read(timeout_s=DEADLINE * 8))
        self.open("stale")
        self.assertReleased("stale", -3)

    def test_two_replies_release_both(self):
        response = self.server.get("/lends-bytes?id=first&twice=1")
        self.assertEqual(response.status, 500)
        self.assertReleased("first", None)
        self.assertReleased("second", None)

    def slow_reader(self, target: str):
        """A client that takes the first bytes of a response and no more."""
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.request("GET", target)
        connection.socket.recv(16)
        return connection

    def test_a_client_that_does_not_read_while_its_plugin_is_reloaded(self):
        for drain in ("0s", ms(DEADLINE)):
            for place in ("/lends-bytes", "/lends-bytes/loop"):
                with self.subTest(drain=drain, place=place):
                    self.serve(drain_timeout=drain)
                    connection = self.slow_reader(f"{place}?id=unread&size={LARGE}")
                    mark = self.server.mark()
                    self.renew("lends-bytes")
                    self.server.wait_for("Stop was called", since=mark)
                    messages = [record["msg"] for record in self.server.records if record["msg"] in ("Released", "Stop was called")]
                    self.assertEqual(messages, ["Released", "Stop was called"])
                    # Copied or cut: never anything else than a beginning of the body.
                    try:
                        body = connection.read(timeout_s=DEADLINE * 20).body
                        self.assertEqual(len(body), LARGE)
                    except Closed as cut:
                        body = cut.received
                    except (ProtocolError, ConnectionResetError, TimeoutError):
                        body = b""
                    self.assertEqual(body.strip(b"b"), b"")
                    self.assertEqual(self.server.get("/lends-bytes?id=new").body, b"b" * 1000)

    def test_a_client_that_never_reads(self):
        self.serve(write_timeout=ms(DEADLINE))
        self.slow_reader(f"/lends-bytes?id=cut&size={LARGE}")
        self.assertReleased("cut")

    def test_many_pipelined(self):
        with self.server.connect() as connection:
            connection.send(b"".join(f"GET /lends-bytes?id=p{n}&size=5000 HTTP/1.1\r\nHost: t\r\n\r\n".encode() for n in range(30)))
            for _ in range(30):
                self.assertEqual(connection.read().body, b"b" * 5000)
        eventually(lambda: len(self.server.found("Released")) == 30, "all are released")
        self.assertEqual({record["what"] for record in self.server.found("Released")}, {f"p{n}" for n in range(30)})


if __name__ == "__main__":
    unittest.main()
