# SPDX-License-Identifier: Apache-2.0
"""SIGTERM and SIGINT: requests in flight, idle connections, deadlines, the second signal."""

import os
import signal
import subprocess
import time
import unittest

from mortised import ALL_PLUGINS, PROGRAM, SLOWNESS, Folder, Mortised, environment, eventually

PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "slow": {}}


class Stop(unittest.TestCase):
    # contract: drain.idle
    def test_requests_finish_and_idle_connections_close_cleanly(self):
        for sig in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=sig), Mortised(plugins=PLUGINS) as server:
                with server.connect() as busy, server.connect() as idle, server.connect() as fresh:
                    idle.exchange("GET", "/hello")
                    fresh.exchange("HEAD", "/hello")
                    busy.request("GET", "/slow?ms=800")
                    self.assertEqual(server.get("/hello").status, 200)
                    server.signal(sig)
                    self.assertTrue(idle.at_end())  # raises on a reset
                    self.assertTrue(fresh.at_end())
                    response = busy.read()
                    self.assertEqual(response.json, {"answer": "slow"})
                    self.assertTrue(response.closes, response)
                    self.assertTrue(busy.at_end())
                server.expect_exit(0)
                self.assertTrue(server.found("Stopping"))
                self.assertTrue(server.found("Stopped"))

    # contract: drain.idle
    def test_a_request_that_crosses_the_signal_is_answered_or_gets_a_fin(self):
        with Mortised(plugins=PLUGINS) as server:
            with server.connect() as busy, server.connect() as crossing:
                busy.request("GET", "/slow?ms=800")
                crossing.exchange("GET", "/hello")
                server.signal(signal.SIGTERM)
                crossing.send(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n")
                data = crossing.rest()  # raises on a reset
                self.assertTrue(not data or data.startswith(b"HTTP/1.1 200 "), data)
                self.assertEqual(busy.read().status, 200)
            server.expect_exit(0)

    def test_nobody_new_comes_in(self):
        with Mortised(plugins=PLUGINS) as server:
            with server.connect() as busy:
                busy.request("GET", "/slow?ms=1000")
                self.assertEqual(server.get("/hello").status, 200)
                server.signal(signal.SIGTERM)
                server.wait_for("Stopping")

                def refused():
                    try:
                        server.connect(timeout_s=1).close()
                        return False
                    except OSError:
                        return True

                eventually(refused, "new connections are refused", 5)
                self.assertEqual(busy.read().status, 200)
            server.expect_exit(0)

    def test_the_drain_has_a_deadline(self):
        with Mortised(server={"drain_timeout": "300ms"}, plugins=PLUGINS) as server:
            with server.connect() as busy:
                busy.request("GET", "/slow?ms=60000")
                self.assertEqual(server.get("/hello").status, 200)
                begin = time.monotonic()
                server.stop()
                self.assertLess(time.monotonic() - begin, 10 * SLOWNESS)

    def test_a_second_signal_ends_at_once(self):
        with Mortised(plugins=PLUGINS) as server:
            with server.connect() as busy:
                busy.request("GET", "/slow?ms=60000")
                self.assertEqual(server.get("/hello").status, 200)
                server.signal(signal.SIGTERM)
                server.wait_for("Stopping")
                begin = time.monotonic()
                server.stop(status=1)
                self.assertLess(time.monotonic() - begin, 10 * SLOWNESS)  # drain_timeout is 30 s

    def test_the_whole_stop_has_a_deadline(self):
        plugins = {**PLUGINS, "slow-drain": {"duration": "60s"}}
        with Mortised(server={"drain_timeout": "200ms", "shutdown_timeout": "3s", "control_timeout": "20s"}, plugins=plugins) as server:
            begin = time.monotonic()
            server.signal(signal.SIGTERM)
            server.process.wait(20 * SLOWNESS)
            self.assertLess(time.monotonic() - begin, 15 * SLOWNESS)
            server.expect_exit(server.process.returncode)

    def test_a_signal_during_the_start(self):
        folder = Folder(plugins=ALL_PLUGINS)
        try:
            for delay in (0.0, 0.01, 0.03, 0.1):
                server = Mortised(folder, start=False)
                server.start(ready=False)
                time.sleep(delay)  # not waiting for anything: the moment of the signal is what varies
                server.signal(signal.SIGTERM)
                server.process.wait(30 * SLOWNESS)
                self.assertIn(server.process.returncode, (0, -signal.SIGTERM), server.lines)
                server.close()
        finally:
            folder.remove()

    def test_no_second_server_on_one_state(self):
        with Mortised(plugins=PLUGINS) as server:
            done = subprocess.run(
                [str(PROGRAM), "--config", str(server.folder.config)], env=environment(), capture_output=True, text=True, timeout=60 * SLOWNESS)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(str(server.pid), done.stderr)
            self.assertIn("state_directory", done.stderr)
            self.assertEqual(server.get("/hello").status, 200)

    def test_a_failed_start_leaves_nothing(self):
        folder = Folder(plugins={**PLUGINS, "throws-in-start": {}})
        try:
            done = subprocess.run(
                [str(PROGRAM), "--config", str(folder.config)], env=environment(), capture_output=True, text=True, timeout=60 * SLOWNESS)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("throws-in-start", done.stderr)
            del folder.plugins["throws-in-start"]
            folder.write()
            with Mortised(folder) as server:
                self.assertEqual(server.get("/hello").status, 200)
        finally:
            folder.remove()


class Descriptors(unittest.TestCase):
    def test_all_descriptors_come_back(self):
        with Mortised(plugins=PLUGINS) as server:

            def count():
                return len(os.listdir(f"/proc/{server.pid}/fd"))

            before = count()
            connections = [server.connect() for _ in range(200)]
            for connection in connections:
                connection.send(b"GET /he")
            eventually(lambda: count() >= before + 200, "all are accepted")
            for connection in connections:
                connection.close()
            eventually(lambda: count() <= before, "descriptors come back")


if __name__ == "__main__":
    unittest.main()
