# SPDX-License-Identifier: Apache-2.0
"""The protocol of systemd's notify services (sd_notify(3)), with a socket of our own in systemd's place."""

import os
import signal
import socket
import tempfile
import time
import unittest

from mortised import EVENT_S, HANG_TIMEOUT, Folder, Mortised

PLUGINS = {"routing": {}, "logging": {}, "hello": {}}


class Manager:
    """Receives what a service tells."""

    def __init__(self, abstract: bool = False):
        self.folder = tempfile.TemporaryDirectory()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(self.folder.name, "notify")
        if abstract:
            self.address = f"@mortise-test-{os.getpid()}"
            self.socket.bind("\0" + self.address[1:])
        else:
            self.address = path
            self.socket.bind(path)
        self.messages: list[dict[str, str]] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.folder.cleanup()

    def wait_for(self, key: str, since: int = 0) -> dict[str, str]:
        deadline = time.monotonic() + EVENT_S
        while True:
            for message in self.messages[since:]:
                if key in message:
                    return message
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            data = self.socket.recv(65536).decode()
            self.messages.append(dict(line.partition("=")[::2] for line in data.splitlines()))


class Notify(unittest.TestCase):
    def test_ready_reloading_stopping(self):
        for abstract in (False, True):
            with self.subTest(abstract=abstract), Manager(abstract) as manager:
                with Mortised(plugins=PLUGINS, env={"NOTIFY_SOCKET": manager.address}) as server:
                    ready = manager.wait_for("READY")
                    self.assertEqual(ready["READY"], "1")
                    self.assertTrue(ready["STATUS"])
                    mark = len(manager.messages)
                    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
                    server.reload()
                    reloading = manager.wait_for("RELOADING", mark)
                    self.assertEqual(reloading["RELOADING"], "1")
                    self.assertGreaterEqual(int(reloading["MONOTONIC_USEC"]), before)
                    manager.wait_for("READY", mark)
                    mark = len(manager.messages)
                    server.folder.file.write_text("[server\n")
                    server.reload("Reload failed")
                    manager.wait_for("RELOADING", mark)
                    manager.wait_for("READY", mark)  # also after a failed reload, or systemd would wait for ever
                    server.signal(signal.SIGTERM)
                    self.assertEqual(manager.wait_for("STOPPING")["STOPPING"], "1")
                    more = manager.wait_for("EXTEND_TIMEOUT_USEC", len(manager.messages))
                    self.assertGreater(int(more["EXTEND_TIMEOUT_USEC"]), 60_000_000)  # server.shutdown_timeout
                    server.expect_exit(0)

    def test_ready_means_ready(self):
        with Manager() as manager:
            server = Mortised(plugins=PLUGINS, env={"NOTIFY_SOCKET": manager.address}, start=False)
            try:
                server.start(ready=False)
                manager.wait_for("READY")
                server.wait_ready()
                self.assertEqual(server.get("/hello").status, 200)
                server.stop()
            finally:
                server.close()

    def test_more_time_while_a_plugin_still_has_some(self):
        folder = Folder({"control_timeout": HANG_TIMEOUT}, PLUGINS)
        self.addCleanup(folder.remove)
        more = {"EXTEND_TIMEOUT_USEC": "10000000"}
        with Manager() as manager:
            with Mortised(folder, env={"NOTIFY_SOCKET": manager.address}) as server:
                manager.wait_for("READY")
                folder.plugins["hangs-in-start"] = {}
                folder.write()
                server.signal(signal.SIGHUP)
                manager.wait_for("RELOADING")
                mark = len(manager.messages)
                self.assertEqual(manager.wait_for("EXTEND_TIMEOUT_USEC", mark), more)
                manager.wait_for("READY", mark)
                server.kill()
            mark = len(manager.messages)
            server = Mortised(folder, env={"NOTIFY_SOCKET": manager.address}, start=False)
            try:
                server.start(ready=False)
                self.assertEqual(manager.wait_for("EXTEND_TIMEOUT_USEC", mark), more)
                server.expect_exit(1)
                self.assertFalse([message for message in manager.messages[mark:] if "READY" in message])
            finally:
                server.close()

    def test_watchdog(self):
        with Manager() as manager:
            env = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "400000"}
            with Mortised(plugins=PLUGINS, env=env):
                for _ in range(3):
                    mark = len(manager.messages)
                    begin = time.monotonic()
                    self.assertEqual(manager.wait_for("WATCHDOG", mark)["WATCHDOG"], "1")
                    self.assertLess(time.monotonic() - begin, EVENT_S)

    def test_the_watchdog_of_another_process_is_not_ours(self):
        with Manager() as manager:
            env = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"}
            with Mortised(plugins=PLUGINS, env=env) as server:
                manager.wait_for("READY")
                server.reload()
                manager.wait_for("RELOADING")
                self.assertFalse([message for message in manager.messages if "WATCHDOG" in message])

    def test_a_deaf_manager_does_not_hold_up_the_start(self):
        with Manager() as manager:
            manager.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            with Mortised(plugins=PLUGINS, env={"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "100000"}) as server:
                self.assertEqual(server.get("/hello").status, 200)


if __name__ == "__main__":
    unittest.main()
