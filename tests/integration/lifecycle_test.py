# SPDX-License-Identifier: Apache-2.0
"""How generations and the process end: signals while a replaced generation drains, calls that take too long, what is given back."""

import os
import resource
import signal
import time
import unittest

from mortised import ALL_PLUGINS, EVENT_S, FIXTURES, HANG_TIMEOUT, SLOWNESS, Mortised, eventually

PLUGINS = {"routing": {}, "logging": {}, "hello": {"name": "first"}, "slow": {"answer": "old"}}
BODY = b'{"name": "Slow Body", "email": "slow@example.com", "password": "correct horse"}'
LONG_MS = 600000  # longer than any test waits
SOON_S = 10 * SLOWNESS  # at once, on a busy machine


def begin_body(connection) -> None:
    """A registration whose body is sent in part."""
    connection.send(
        b"POST /api/users HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY[:5])


class Lifecycle(unittest.TestCase):
    def serve(self, plugins=None, **server) -> Mortised:
        self.server = Mortised(server=server, plugins={**PLUGINS, **(plugins or {})})
        self.addCleanup(self.server.close)
        return self.server

    def change(self, plugin: str, **settings) -> dict:
        self.server.folder.plugins[plugin].update(settings)
        self.server.folder.write()
        return self.server.reload()

    def blocked(self, connection, ms: int = LONG_MS) -> None:
        """Keeps a worker in the handler of `blocks`."""
        mark = self.server.mark()
        connection.request("GET", f"/blocks?ms={ms}")
        self.server.wait_for("Blocking", since=mark)

    def test_a_replaced_generation_drains_aside(self):
        server = self.serve({"logging": {"output": "stdout, file"}}, drain_timeout="60s", shutdown_timeout="60s")
        path = server.folder.state_of("logging") / "mortise.log"
        with server.connect() as busy:
            busy.request("GET", f"/slow?ms={LONG_MS}")
            self.assertEqual(server.get("/hello").status, 200)
            begun = time.monotonic()
            for number in range(2, 13):  # more than may drain at the same time
                self.assertEqual(int(self.change("slow", answer=f"number {number}")["generation"]), number)
            self.assertEqual(server.get("/slow?ms=1").json, {"answer": "number 12"})
            os.rename(path, f"{path}.moved")
            server.signal(signal.SIGUSR1)
            eventually(path.exists, "a new log file", SOON_S)
            mark = server.mark()
            server.signal(signal.SIGTERM)
            server.wait_for("Stopping", since=mark)

            def refused():
                try:
                    server.connect(timeout_s=1).close()
                    return False
                except OSError:
                    return True

            eventually(refused, "new connections are refused", SOON_S)
            self.assertLess(time.monotonic() - begun, 50)
            server.stop(status=1)  # the second signal

    def test_signals_that_pile_up_lose_no_stop(self):
        server = self.serve({}, control_timeout=HANG_TIMEOUT)
        server.folder.plugins["hangs-in-start"] = {}
        server.folder.write()
        mark = server.mark()
        server.signal(signal.SIGHUP)  # keeps the control thread until control_timeout

        def seen():
            with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
                pending = next(line for line in status if line.startswith("ShdPnd:"))
            return int(pending.split()[1], 16) == 0

        for _ in range(40):
            server.signal(signal.SIGUSR1)
            eventually(seen, "the signal is taken")
        self.assertFalse(server.found("Reload failed", mark))
        server.stop()

    def test_a_body_that_trickles_across_a_reload_does_not_hold_up_the_end(self):
        server = self.serve(ALL_PLUGINS, drain_timeout="1s", shutdown_timeout="30s")
        with server.connect() as slow:
            begin_body(slow)
            self.assertEqual(server.get("/hello").status, 200)
            mark = server.mark()
            self.change("hello", name="second")
            server.wait_for("Request completed", since=mark, url="/api/users", status=503)
            self.assertEqual(slow.read().status, 503)
            server.stop()

    def test_a_body_that_trickles_does_not_hold_up_the_stop(self):
        server = self.serve(ALL_PLUGINS, drain_timeout="1s", shutdown_timeout="30s")
        with server.connect() as slow:
            begin_body(slow)
            self.assertEqual(server.get("/hello").status, 200)
            server.signal(signal.SIGTERM)
            self.assertEqual(slow.read().status, 503)
            server.expect_exit(0)

    def test_descriptors_come_back_after_reloads(self):
        plugins = {**ALL_PLUGINS, "database": {**ALL_PLUGINS["database"], "readers": "1"}}
        server = self.serve(plugins, drain_timeout="1s")

        def databases():
            links = (f"/proc/{server.pid}/fd/{number}" for number in os.listdir(f"/proc/{server.pid}/fd"))
            return sum("test.db" in os.readlink(link) for link in links if os.path.islink(link))

        # SQLite keeps a closed instance's descriptors for the next one: POSIX locks end with any descriptor of the file.
        server.register()
        most = 2 * databases()
        for number in range(3):
            with server.connect() as slow:
                begin_body(slow)
                self.assertEqual(server.get("/hello").status, 200)
                self.change("database", cache_size=f"{9 + number}MiB")
                self.assertEqual(slow.read().status, 503)
                server.register()
        eventually(lambda: databases() < most, f"fewer than {most} descriptors")
        self.assertFalse([line for line in server.lines if "the database is closed" in line])
        server.stop()

    def test_a_call_that_ends_in_time_is_waited_for(self):
        server = self.serve({"blocks": {}}, drain_timeout="200ms", shutdown_timeout="60s")
        with server.connect() as busy:
            self.blocked(busy, 2000)
            server.signal(signal.SIGTERM)
            self.assertEqual(busy.read().status, 503)
            server.expect_exit(0)
        self.assertTrue(server.found("Stop was called"))

    def test_a_call_that_does_not_end_is_cut_at_the_deadline(self):
        server = self.serve({"blocks": {}}, drain_timeout="200ms", shutdown_timeout="2s")
        with server.connect() as busy:
            self.blocked(busy)
            begun = time.monotonic()
            server.signal(signal.SIGTERM)
            self.assertEqual(busy.read().status, 503)
            server.expect_exit(1, 2 + SOON_S)
            self.assertGreaterEqual(time.monotonic() - begun, 1.9)
        (record,) = server.found("A plugin's call is still running at the end of shutdown_timeout")
        self.assertEqual(record["plugin"], "blocks")
        self.assertIn("shutdown_timeout has passed", "\n".join(server.lines))
        self.assertFalse(server.found("Stop was called"))

    def test_a_second_signal_ends_the_wait_for_a_call(self):
        server = self.serve({"blocks": {}}, drain_timeout="200ms", shutdown_timeout="60s")
        with server.connect() as busy:
            self.blocked(busy)
            server.signal(signal.SIGTERM)
            server.wait_for("A generation has ended but is still in use by a plugin's call")
            begun = time.monotonic()
            server.stop(status=1)
            self.assertLess(time.monotonic() - begun, SOON_S)

    def test_a_plugin_is_stopped_when_its_last_call_has_returned(self):
        server = self.serve({"blocks": {}}, drain_timeout="200ms", shutdown_timeout="60s")
        with server.connect() as busy:
            self.blocked(busy, 5000)
            begun = time.monotonic()
            self.change("hello", name="second")  # carries `blocks` over
            mark = server.mark()
            self.change("blocks", answer="another")
            self.assertEqual(busy.read().status, 503)
            self.assertEqual(server.get("/blocks?ms=1").body, b"another")
            server.wait_for("Stop was called", since=mark)
            self.assertGreaterEqual(time.monotonic() - begun, 4.5)
        self.assertFalse(server.found("A plugin missed a deadline and is quarantined until restart"))
        server.stop()

    def test_a_carried_plugin_outlives_all_generations_that_have_it(self):
        server = self.serve({"blocks": {}}, drain_timeout="60s")
        with server.connect() as first, server.connect() as second:
            self.blocked(first, 1000)
            self.change("hello", name="second")
            self.blocked(second, 3000)
            self.change("hello", name="third")
            self.change("blocks", answer="another")
            self.assertEqual(first.read().body, b"blocked")
            self.assertEqual(second.read().body, b"blocked")
        stopped = server.records.index(server.wait_for("Stop was called"))
        self.assertLess(server.records.index(server.wait_for("Request completed", url="/blocks?ms=3000")), stopped)
        server.stop()

    def test_a_drain_may_take_all_its_time(self):
        file = str(FIXTURES / "drains-fully.so")
        server = self.serve(
            {"drains-fully": {}, "second": {"file": file}}, drain_timeout="1s", shutdown_timeout="60s", control_timeout="2s")
        for label in ("second", "third"):
            mark = server.mark()
            for plugin in ("drains-fully", "second"):
                server.folder.plugins[plugin]["label"] = label
            server.folder.write()
            server.reload()
            for plugin in ("drains-fully", "second"):  # at the same time: nobody takes the other's
                self.assertGreater(int(server.wait_for("Draining", since=mark, logger=plugin)["deadlineMs"]), 800)
                server.wait_for("Stop was called", since=mark, logger=plugin)
        server.stop()
        self.assertFalse(server.found("A plugin missed a deadline and is quarantined until restart"))

    def test_a_drain_leaves_time_to_stop(self):
        server = self.serve({"drains-fully": {}}, drain_timeout="8s", shutdown_timeout="8s")
        server.stop()
        self.assertTrue(server.found("Stop was called"))

    def test_without_time_a_plugin_is_stopped_all_the_same(self):
        server = self.serve({"drains-fully": {}}, drain_timeout="0s")
        mark = server.mark()
        self.change("drains-fully", label="second")
        server.wait_for("Stop was called", since=mark)
        self.assertFalse(server.found("Draining", mark))
        self.change("drains-fully", label="third")
        server.stop()

    def test_a_plugin_that_hangs_in_activate_is_told_and_not_called(self):
        server = self.serve({"health": {}, "hangs-in-activate": {}}, control_timeout=HANG_TIMEOUT)
        self.assertEqual(server.get("/hello").status, 200)
        self.assertEqual(server.get("/hangs-in-activate").status, 503)
        response = server.get("/ready")
        self.assertEqual(response.status, 503)
        self.assertIn("hangs-in-activate", response.body.decode())
        server.stop()

    def test_requests_of_a_plugin_that_hangs_in_activate_are_ended(self):
        server = self.serve({"health": {}}, control_timeout=HANG_TIMEOUT, handler_timeout="10m", request_timeout="10m")
        server.folder.plugins["hangs-in-activate"] = {}
        server.folder.write()
        server.signal(signal.SIGHUP)
        eventually(lambda: server.get("/hangs-in-activate").status == 200, "it is published")
        with server.connect() as kept:
            kept.send(b"GET /hangs-in-activate/kept HTTP/1.1\r\nHost: a\r\n\r\n")
            response = kept.read(timeout_s=EVENT_S)
        self.assertEqual(response.status, 503)
        self.assertIn("unavailable", response.body.decode())
        server.wait_for("A plugin missed a deadline and is quarantined until restart")
        server.stop()

    @unittest.skipIf(SLOWNESS > 1, "sanitizers need address space of their own")
    def test_no_thread_for_a_call_is_no_end_of_the_world(self):
        file = str(FIXTURES / "drains-fully.so")
        server = self.serve({"drains-fully": {}, "second": {"file": file}, "third": {"file": file}}, drain_timeout="1s")
        with open(f"/proc/{server.pid}/statm", encoding="ascii") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
        resource.prlimit(server.pid, resource.RLIMIT_AS, (used + (1 << 20), resource.RLIM_INFINITY))
        server.stop()
        self.assertTrue(server.found("A plugin could not be called"))

    def test_what_needs_a_restart_is_told_until_it_is_put_back(self):
        server = self.serve()
        before = server.folder.server["state_directory"]
        server.folder.server["state_directory"] = before + "-new"
        server.folder.write()
        for expected in (True, True, False):
            if not expected:
                server.folder.server["state_directory"] = before
                server.folder.write()
            mark = server.mark()
            server.reload()
            told = server.found("A changed setting needs a restart", mark)
            self.assertEqual([record["setting"] for record in told], ["server.state_directory"] if expected else [])
        server.stop()

    def test_the_mode_does_not_change_while_serving(self):
        server = self.serve({"throws-in-handle": {}})
        self.assertNotIn("message", server.get("/throws").json)
        server.folder.server["mode"] = "development"
        server.folder.write()
        mark = server.mark()
        server.reload()
        server.wait_for("A changed setting needs a restart", since=mark, setting="server.mode")
        self.assertNotIn("message", server.get("/throws").json)
        server.stop()


if __name__ == "__main__":
    unittest.main()
