# SPDX-License-Identifier: Apache-2.0
"""One deadline for a request's time in plugins and on workers, wherever it waits."""

import json
import select
import time
import unittest

from mortised import Folder, eventually, run
from turns import DEADLINE, TurnsTest, ms

BUSY = "Server is busy, please try again later"
TOO_LONG = "The request took too long"
HOLD = int(DEADLINE * 5000)  # ms that the only worker is blocked: far more than any deadline here
FORM = "multipart/form-data; boundary=----bound"


class ForAWorker(TurnsTest):
    """Each of these waits for the only worker, which does not come."""

    SERVER = {"workers": "1", "handler_timeout": ms(DEADLINE), "hashing_workers": "1"}
    PLUGINS = {
        "holds": {}, "uses-filter": {}, "uses-multipart": {}, "health": {}, "users": {}, "auth": {},
        "database": {"url": "sqlite:///test.db", "reads_on_loop": "false"},
    }

    def setUp(self):
        super().setUp()
        self.user = self.server.register()

    def refused(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None):
        blocked = self.send(f"/holds/worker?ms={HOLD}")
        self.server.wait_for("Holding a worker", ms=HOLD)
        begin = time.monotonic()
        with self.server.connect() as connection:
            connection.request(method, target, headers=headers, body=body)
            self.assertUnavailable(connection.read(timeout_s=DEADLINE * 10), BUSY)
        took = time.monotonic() - begin
        self.assertGreater(took, DEADLINE * 0.8)
        self.assertLess(took, DEADLINE * 3.5)
        self.assertEqual(self.server.found("A worker is free"), [])  # it was refused while the worker was blocked
        self.assertUnavailable(blocked.read(timeout_s=DEADLINE * 10))
        self.server.wait_for("A worker is free", timeout_s=DEADLINE * 10)
        return eventually(lambda: self.server.get("/holds/worker?ms=1").status == 200, "the worker is free")

    def test_an_authenticator(self):
        self.refused("GET", f"/api/users/{self.user['user']['id']}", {"Authorization": f"Bearer {self.user['accessToken']}"})

    def test_a_large_body(self):
        body = json.dumps({"text": "x" * 100_000}).encode()
        self.refused("POST", "/uses/filter", {"Content-Type": "application/json"}, body)

    def test_an_upload(self):
        part = b'------bound\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        body = part % (b"title", b"", b"Hello") + part % (b"face", b'; filename="me.png"\r\nContent-Type: image/png', b"1PNG" * 5000)
        self.refused("POST", "/uses/multipart", {"Content-Type": FORM}, body + b"------bound--\r\n")

    def test_a_handler(self):
        self.refused("GET", "/holds/worker?ms=2", {})
        self.assertEqual([record["ms"] for record in self.server.found("Holding a worker") if record["ms"] == 2], [])


class InPlugins(TurnsTest):
    PLUGINS = {"waits-in-filters": {}, "holds": {}, "replies-late": {}, "streams-on": {}, "slow": {}}

    def setUp(self):
        pass

    def test_five_filters_share_it(self):
        # Each keeps within handler_timeout; together they would take 4 of the request's.
        self.serve(request_timeout=ms(DEADLINE), handler_timeout=ms(DEADLINE * 2))
        begin = time.monotonic()
        response = self.send("/waits-in-filters", X_Wait=str(int(DEADLINE * 800))).read(timeout_s=DEADLINE * 10)
        took = time.monotonic() - begin
        self.assertUnavailable(response, TOO_LONG)
        self.assertGreater(took, DEADLINE * 0.9)
        self.assertLess(took, DEADLINE * 3)
        self.assertEqual(self.send("/waits-in-filters", X_Wait="1").read().body, b"waited")

    def test_a_turn_has_what_the_request_has_left(self):
        self.serve(request_timeout=ms(DEADLINE), handler_timeout=ms(DEADLINE * 10))
        begin = time.monotonic()
        connection = self.at_gate("held", "/replies-late?gate=held")
        self.assertUnavailable(connection.read(timeout_s=DEADLINE * 12), TOO_LONG)
        self.assertLess(time.monotonic() - begin, DEADLINE * 4)

    def test_and_no_more_than_the_handler_has(self):
        self.serve(request_timeout=ms(DEADLINE * 10), handler_timeout=ms(DEADLINE))
        begin = time.monotonic()
        connection = self.at_gate("held", "/replies-late?gate=held")
        self.assertUnavailable(connection.read(timeout_s=DEADLINE * 12), TOO_LONG)
        self.assertLess(time.monotonic() - begin, DEADLINE * 4)

    def test_receiving_the_body_does_not_count(self):
        self.serve(request_timeout=ms(DEADLINE), handler_timeout=ms(DEADLINE), plugins={"uses-exchange": {}})
        with self.server.connect() as connection:
            connection.request("POST", "/uses/exchange/raw", headers={"Content-Type": "text/plain", "Content-Length": "20"})
            begin, sent = time.monotonic(), 0
            while time.monotonic() - begin < DEADLINE * 1.5:
                if sent < 19:
                    connection.send(b"x")
                    sent += 1
                answered = select.select([connection.socket], [], [], DEADLINE / 10)[0]
                self.assertFalse(answered, "nobody answers before the body is there")
            connection.send(b"x" * (20 - sent))
            response = connection.read()
            self.assertEqual((response.status, len(response.body)), (200, 20), response)

    def test_a_stream_has_other_deadlines(self):
        self.serve(request_timeout=ms(DEADLINE), handler_timeout=ms(DEADLINE * 10))
        begin = time.monotonic()
        connection = self.at_gate("stream", "/streams-on?gate=stream&pieces=2")
        eventually(lambda: time.monotonic() - begin > DEADLINE * 1.5, "longer than request_timeout")
        self.open("stream")
        self.assertEqual(len(connection.read().body), 6 + 2 * 65536)

    def test_the_next_request_of_a_connection_has_its_own(self):
        self.serve(request_timeout=ms(DEADLINE))
        with self.server.connect() as connection:
            for _ in range(4):
                answer = connection.exchange("GET", f"/slow?ms={int(DEADLINE * 400)}")
                self.assertEqual(answer.status, 200)


class Setting(TurnsTest):
    def setUp(self):
        pass

    def test_its_range(self):
        for value, good in (("10ms", True), ("1h", True), ("9ms", False), ("61m", False), ("0", False)):
            with self.subTest(value=value):
                folder = Folder({"request_timeout": value}, {"routing": {}})
                self.addCleanup(folder.remove)
                done = run("--config", folder.config, "--check-config")
                self.assertEqual(done.returncode, 0 if good else 78, done.stderr)
                if not good:
                    self.assertIn("request_timeout", done.stderr)

    def test_it_changes_with_a_reload(self):
        self.serve(plugins={"replies-late": {}})
        self.server.folder.server["request_timeout"] = ms(DEADLINE)
        self.server.folder.write()
        self.server.reload()
        connection = self.at_gate("held", "/replies-late?gate=held")
        self.assertUnavailable(connection.read(timeout_s=DEADLINE * 12), TOO_LONG)


if __name__ == "__main__":
    unittest.main()
