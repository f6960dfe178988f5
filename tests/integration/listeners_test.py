# SPDX-License-Identifier: Apache-2.0
"""IPv4, IPv6, Unix and inherited sockets; who the client is behind trusted proxies."""

import os
import socket
import stat
import unittest

from http1 import Connection
from mortised import Folder, Mortised, endpoint, has_ipv6, run

PLUGINS = {"routing": {}, "logging": {}, "hello": {}}


class Listeners(unittest.TestCase):
    # contract: settings.keys
    def test_many_at_once(self):
        folder = Folder(plugins=PLUGINS)
        path = folder.path / "http.sock"
        folder.server["listen"] = f"127.0.0.1:0, 127.0.0.2:0, unix:{path}" + (", [::1]:0" if has_ipv6() else "")
        folder.write()
        try:
            with Mortised(folder) as server:
                self.assertEqual(len(server.addresses), 4 if has_ipv6() else 3)
                for address in server.addresses:
                    with Connection(endpoint(address)) as connection:
                        self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "world"})
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o660)
                server.stop()
                # A socket file that was left behind is no obstacle.
                if not path.exists():
                    with socket.socket(socket.AF_UNIX) as left:
                        left.bind(str(path))
                server.restart()
                with Connection(str(path)) as connection:
                    self.assertEqual(connection.exchange("GET", "/hello").status, 200)
        finally:
            folder.remove()

    def test_a_live_unix_socket_is_not_taken_away(self):
        folder = Folder(plugins=PLUGINS)
        path = folder.path / "http.sock"
        folder.server["listen"] = f"unix:{path}"
        folder.write()
        try:
            with socket.socket(socket.AF_UNIX) as other:
                other.bind(str(path))
                other.listen()
                done = run("--config", folder.config)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(str(path), done.stderr)
                with socket.socket(socket.AF_UNIX) as probe:
                    probe.connect(str(path))
        finally:
            folder.remove()

    def test_an_address_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            folder = Folder({"listen": f"127.0.0.1:{port}"}, PLUGINS)
            try:
                done = run("--config", folder.config)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(str(port), done.stderr)
            finally:
                folder.remove()

    def test_inherited_sockets(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            folder = Folder(plugins=PLUGINS)
            del folder.server["listen"]
            folder.write()

            # As a service manager does: descriptors from 3 on, and the pid of who shall take them.
            script = f'exec env LISTEN_PID=$$ "$@" 3<&{listener.fileno()}'
            try:
                server = Mortised(folder, env={"LISTEN_FDS": "1"}, wrapper=("sh", "-c", script, "sh"), pass_fds=(listener.fileno(),))
                try:
                    with Connection(listener.getsockname()) as connection:
                        self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "world"})
                    server.process.terminate()
                    server.expect_exit(0)
                finally:
                    server.close()
            finally:
                folder.remove()


class Clients(unittest.TestCase):
    # contract: log.request
    def test_forwarded_addresses_are_believed_of_trusted_proxies_only(self):
        for trusted, expected in (("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"), ("127.0.0.0/8", "203.0.113.7"), ("127.0.0.1, 203.0.113.0/24", "198.51.100.1")):
            with self.subTest(trusted=trusted):
                server_settings = {"trusted_proxies": trusted} if trusted else {}
                with Mortised(server=server_settings, plugins=PLUGINS) as server:
                    server.get("/hello", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
                    self.assertEqual(server.wait_for("Request completed")["ip"], expected)

    def test_garbage_in_forwarded_addresses(self):
        with Mortised(server={"trusted_proxies": "127.0.0.1"}, plugins=PLUGINS) as server:
            for value in ("", ",", "unknown", "1.2.3", "x" * 4000, "1.2.3.4, garbage", "::1, fe80::1%eth0"):
                self.assertEqual(server.get("/hello", headers={"X-Forwarded-For": value}).status, 200)
            for record in server.request_records():
                self.assertRegex(record["ip"], r"^[0-9a-f.:]+$")


if __name__ == "__main__":
    unittest.main()
