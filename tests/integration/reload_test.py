# SPDX-License-Identifier: Apache-2.0
"""SIGHUP and SIGUSR1: generations, failed reloads, listeners, log files."""

import json
import os
import signal
import threading
import unittest

from http1 import Connection
from mortised import Mortised, endpoint, eventually

PLUGINS = {"routing": {}, "logging": {}, "hello": {"name": "first"}, "slow": {"answer": "old"}}


class Reload(unittest.TestCase):
    def setUp(self):
        self.server = Mortised(plugins=PLUGINS)
        self.folder = self.server.folder

    def tearDown(self):
        try:
            self.server.stop()
        finally:
            self.server.close()

    def pin(self) -> str:
        """Starts once more on the port it has, now by its number; returns the address."""
        self.folder.server["listen"] = self.server.addresses[0]
        self.folder.write()
        self.server.stop()
        self.server.restart()
        return self.server.addresses[0]

    def hello(self) -> str:
        return self.server.get("/hello").json["hello"]

    def test_settings_take_effect_without_losing_connections(self):
        with self.server.connect() as connection:
            self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "first"})
            self.folder.plugins["hello"]["name"] = "second"
            self.folder.write()
            self.assertEqual(int(self.server.reload()["generation"]), 2)
            self.assertEqual(self.hello(), "second")
            # The kept connection goes on, in the new generation.
            self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "second"})

    def test_a_request_in_flight_ends_in_its_generation(self):
        with self.server.connect() as connection:
            connection.request("GET", "/slow?ms=2000")
            self.assertEqual(self.hello(), "first")
            self.folder.plugins["slow"]["answer"] = "new"
            self.folder.plugins["hello"]["name"] = "second"
            self.folder.write()
            self.server.reload()
            self.assertEqual(self.server.get("/slow?ms=1").json, {"answer": "new"})
            self.assertEqual(self.hello(), "second")
            response = connection.read()
            self.assertEqual(response.json, {"answer": "old"})
            self.assertFalse(response.closes, response)
            self.assertEqual(connection.exchange("GET", "/slow?ms=1").json, {"answer": "new"})

    def test_what_did_not_change_keeps_its_instance(self):
        record = self.server.reload()
        self.assertEqual((int(record["generation"]), int(record["newInstances"])), (2, 0))
        self.folder.plugins["hello"]["name"] = "second"
        self.folder.write()
        self.assertEqual(int(self.server.reload()["newInstances"]), 1)

    def test_a_plugin_can_be_switched_off_and_on(self):
        hello = self.folder.plugins.pop("hello")
        self.folder.write()
        self.server.reload()
        self.assertEqual(self.server.get("/hello").status, 404)
        self.folder.plugins["hello"] = hello
        self.folder.write()
        self.server.reload()
        self.assertEqual(self.hello(), "first")

    def test_failed_reloads_change_nothing_and_say_why(self):
        failures = (
            ("[server]\nlisten = nonsense:x\n", "listen"),
            ("[server\n", "mortise.ini:1"),
            ("[plugin.no-such-plugin]\nenabled = true\n", "no-such-plugin"),
            ("[plugin.hello]\nenabled = true\nnmae = x\n", "did you mean 'name'"),
            ("[plugin.hello]\nenabled = true\n", "router"),
            (None, "throws-in-start"),
            (None, "throws-in-configure"),
        )
        good = self.folder.file.read_text()
        for text, said in failures:
            with self.subTest(said=said):
                if text is None:
                    text = good + f"\n[plugin.{said}]\nenabled = true\n"
                self.folder.file.write_text(text)
                mark = self.server.mark()
                self.server.reload("Reload failed")
                eventually(
                    lambda: any(said in str(record.get("reason")) for record in self.server.found("Reload failed", mark)),
                    f"a reason with {said!r}: {self.server.found('Reload failed', mark)}", 3)
                self.assertEqual(self.hello(), "first")
        self.folder.file.write_text(good)
        self.assertEqual(int(self.server.reload()["generation"]), 2)

    def test_listeners_come_and_go(self):
        path = str(self.folder.path / "http.sock")
        first = self.pin()
        self.folder.server["listen"] = f"{first}, unix:{path}"
        self.folder.write()
        self.server.reload()
        with Connection(path) as connection:
            self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "first"})
            self.assertEqual(self.hello(), "first")
            self.folder.server["listen"] = first
            self.folder.write()
            self.server.reload()
            # Nobody new comes in, but who is there is served.
            with self.assertRaises(OSError):
                Connection(path)
            self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "first"})

    def test_an_address_in_use_fails_the_reload(self):
        import socket

        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.folder.server["listen"] = f"{self.pin()}, 127.0.0.1:{taken.getsockname()[1]}"
            self.folder.write()
            record = self.server.reload("Reload failed")
            self.assertIn(str(taken.getsockname()[1]), record["reason"])
        self.assertEqual(self.hello(), "first")
        self.assertEqual(endpoint(self.server.addresses[0]), self.server.endpoint)

    def test_settings_that_need_a_restart_are_named(self):
        self.folder.server["workers"] = "2"
        self.folder.write()
        mark = self.server.mark()
        self.server.reload()
        self.server.wait_for("A changed setting needs a restart", since=mark, setting="server.workers")

    def test_reloads_under_load_lose_nothing(self):
        failures, done, stop = [], [], threading.Event()

        def client():
            with self.server.connect() as connection:
                while not stop.is_set():
                    response = connection.exchange("GET", "/hello")
                    done.append(1)
                    if response.status != 200 or response.closes:
                        failures.append(response)
                        return

        def run():
            try:
                client()
            except Exception as error:  # shown below
                failures.append(error)

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        try:
            for number in range(10):
                self.folder.plugins["hello"]["name"] = f"number {number}"
                self.folder.write()
                self.server.reload()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        self.assertGreater(len(done), 100)


class Held(unittest.TestCase):
    """What has begun is ended by the generation that began it, though its plugin is not in the next one."""

    PLUGINS = {"routing": {}, "logging": {}, "hello": {"name": "first"}, "uses-exchange": {}, "uses-filter": {}}
    FIRST = b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n"  # in one piece with what follows: once answered, that has begun

    def across(self, request: bytes, rest: bytes = b""):
        """Sends `request`, reloads without its plugins, sends the rest; the answer, on a connection that goes on."""
        with Mortised(plugins=self.PLUGINS) as server, server.connect() as connection:
            connection.send(self.FIRST + request)
            self.assertEqual(connection.read().json, {"hello": "first"})
            for name in ("uses-exchange", "uses-filter"):
                del server.folder.plugins[name]
            server.folder.plugins["hello"]["name"] = "second"
            server.folder.write()
            server.reload()
            self.assertEqual(server.get("/hello").json, {"hello": "second"})
            self.assertEqual(server.get("/uses/exchange").status, 404)
            connection.send(rest)
            response = connection.read()
            self.assertFalse(response.closes, response)
            self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "second"})
            return response

    def test_a_body_in_progress(self):
        head = b"POST /uses/exchange/raw HTTP/1.1\r\nHost: t\r\n"
        for framing, begun, rest in ((b"Content-Length: 10\r\n", b"12345", b"67890"),
                                     (b"Transfer-Encoding: chunked\r\n", b"5\r\n12345", b"\r\n5\r\n67890\r\n0\r\n\r\n")):
            with self.subTest(framing=framing):
                response = self.across(head + framing + b"\r\n" + begun, rest)
                self.assertEqual((response.status, response.body), (200, b"1234567890"))

    def test_a_stream(self):
        response = self.across(b"GET /uses/exchange/long-stream HTTP/1.1\r\nHost: t\r\n\r\n")
        self.assertEqual((response.status, len(response.body)), (200, 64 * 64 * 1024))

    def test_a_waiting_filter(self):
        response = self.across(b"GET /uses/filter HTTP/1.1\r\nHost: t\r\nX-Filter: long handle\r\n\r\n")
        self.assertEqual((response.status, list(response.json)), (200, ["finished"]))


class LogFiles(unittest.TestCase):
    # contract: log.outputs
    def test_sigusr1_reopens_files(self):
        with Mortised(plugins={**PLUGINS, "logging": {"output": "stdout, file"}}) as server:
            path = server.folder.state_of("logging") / "mortise.log"
            server.get("/hello?name=one")
            eventually(lambda: path.exists() and "name=one" in path.read_text(), "a line in the file")
            os.rename(path, f"{path}.moved")
            server.signal(signal.SIGUSR1)
            eventually(path.exists, "a new file")
            server.get("/hello?name=two")
            eventually(lambda: "name=two" in path.read_text(), "a line in the new file")
            self.assertNotIn("name=two", path.with_name("mortise.log.moved").read_text())
            for line in path.read_text().splitlines():
                json.loads(line)


if __name__ == "__main__":
    unittest.main()
