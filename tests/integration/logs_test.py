# SPDX-License-Identifier: Apache-2.0
"""What the log says, and what it never says."""

import json
import os
import pty
import socket
import subprocess
import tempfile
import time
import unittest

from mortised import EVENT_S, PROGRAM, SLOWNESS, Folder, Mortised, ServerTest, environment, eventually


class Lines(ServerTest):
    # contract: log.lines
    def test_every_line_is_an_object(self):
        self.server.get("/hello")
        record = self.server.wait_for("Request completed")
        self.assertEqual(list(record)[:5], ["level", "time", "pid", "hostname", "msg"])
        self.assertEqual(record["level"], "info")
        self.assertLess(abs(record["time"] - time.time() * 1000), 60_000)
        self.assertEqual(record["pid"], self.server.pid)
        self.assertEqual(record["hostname"], socket.gethostname())
        out = [line for line in self.server.lines if line.startswith("{")]
        self.assertTrue(all(isinstance(json.loads(line), dict) for line in out))

    # contract: log.request
    def test_a_finished_request(self):
        user = self.server.register()
        response = self.server.get(
            "/api/users?page=1", token=user["accessToken"], headers={"User-Agent": "test/1.0", "X-Request-Id": "log-1"})
        self.assertEqual(response.status, 200)
        record = self.server.wait_for("Request completed", requestId="log-1")
        self.assertEqual(
            {key: record.get(key) for key in ("method", "url", "status", "userAgent", "ip", "userId")},
            {"method": "GET", "url": "/api/users?page=1", "status": 200, "userAgent": "test/1.0", "ip": "127.0.0.1", "userId": user["user"]["id"]})
        self.assertGreater(record["duration"], 0)
        self.assertLess(record["duration"], 10_000 * SLOWNESS)

    # contract: log.request
    def test_exactly_one_line_a_request(self):
        with self.server.connect() as connection:
            for number in range(200):
                connection.request("GET", f"/hello?name=n{number}")
            connection.read_many(200)
        with self.server.connect() as connection:
            connection.exchange("GET", "/hello", headers={"X-Request-Id": "last-of-all"})
        self.server.wait_for("Request completed", requestId="last-of-all")
        urls = [record["url"] for record in self.server.request_records() if "name=n" in record["url"]]
        self.assertEqual(urls, [f"/hello?name=n{number}" for number in range(200)])

    # contract: log.request
    def test_refused_requests_are_logged_too(self):
        self.server.get("/nowhere", headers={"X-Request-Id": "log-404"})
        self.assertEqual(self.server.wait_for("Request completed", requestId="log-404")["status"], 404)
        with self.server.connect() as connection:
            connection.send(b"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Request-Id: log-400\r\n\r\n")
            request_id = connection.read().header("x-request-id")
        self.assertEqual(self.server.wait_for("Request completed", requestId=request_id)["status"], 400)

    # contract: log.redaction
    def test_no_secret_is_in_the_log(self):
        password, cookie = "s3cret-p4ssword", "c00kie-value-1234"
        user = self.server.register(password=password)
        self.server.post("/auth/login", {"email": user["user"]["email"], "password": password})
        self.server.post("/auth/refresh", {"refreshToken": user["refreshToken"]})
        self.server.get("/api/users/me", token=user["accessToken"], headers={"Cookie": f"session={cookie}"})
        self.server.get(f"/hello?password={password}&token={user['accessToken']}&access_token=abcdef123456&name=Ada", headers={"X-Request-Id": "log-redacted"})
        record = self.server.wait_for("Request completed", requestId="log-redacted")
        self.assertIn("name=Ada", record["url"])
        text = "\n".join(self.server.lines)
        for secret in (password, cookie, user["accessToken"], user["refreshToken"], "abcdef123456"):
            self.assertNotIn(secret, text)
        self.assertNotRegex(text, r"\$2[aby]\$")

    # contract: log.lines
    def test_hostile_text_stays_inside_its_quotes(self):
        agent = 'x"}{"level":"fatal"\u202e\x7f'
        with self.server.connect() as connection:
            connection.request("GET", "/hello", headers={"User-Agent": agent.replace("\x7f", ""), "X-Request-Id": "hostile-1"})
            connection.read()
        record = self.server.wait_for("Request completed", requestId="hostile-1")
        self.assertIn('"}{"level"', record["userAgent"])
        line = next(line for line in self.server.lines if "hostile-1" in line)
        self.assertTrue(line.isascii() or "\u202e" not in line)
        self.assertFalse(any(one["level"] == "fatal" for one in self.server.records))


class Levels(unittest.TestCase):
    # contract: log.levels, settings.aliases
    def test_levels_change_with_a_reload(self):
        plugins = {"routing": {}, "hello": {}, "logging": {"output": "stderr", "format": "json"}}
        with Mortised(plugins=plugins) as server:
            server.get("/hello?name=one")
            server.wait_for("Request completed", url="/hello?name=one")
            server.folder.plugins["logging"]["levels"] = "request-log=warn"
            server.folder.write()
            server.reload()
            server.get("/hello?name=two")
            server.folder.plugins["logging"]["levels"] = "request-log=info"
            server.folder.write()
            server.reload()
            server.get("/hello?name=three")
            server.wait_for("Request completed", url="/hello?name=three")
            urls = [record["url"] for record in server.request_records()]
            self.assertEqual(urls, ["/hello?name=one", "/hello?name=three"])

    # contract: log.levels
    def test_a_bad_level_is_named(self):
        with Mortised(plugins={"routing": {}, "hello": {}, "logging": {}}) as server:
            server.folder.plugins["logging"]["levels"] = "host=loud"
            server.folder.write()
            self.assertIn("loud", server.reload("Reload failed")["reason"])


class Terminal(unittest.TestCase):
    # contract: log.terminal
    def test_a_terminal_gets_text_for_people(self):
        folder = Folder(plugins={"routing": {}, "hello": {}, "logging": {}})
        primary, secondary = pty.openpty()
        env = {key: value for key, value in environment().items() if key != "NO_COLOR"} | {"TERM": "xterm"}
        process = subprocess.Popen([str(PROGRAM), "--config", str(folder.config)], stdin=subprocess.DEVNULL, stdout=secondary, stderr=secondary, env=env)
        os.close(secondary)
        output = b""
        try:
            deadline = time.monotonic() + EVENT_S
            while b"Ready" not in output and time.monotonic() < deadline:
                output += os.read(primary, 65536)
            self.assertIn(b"Ready", output)
            self.assertNotIn(b'{"level"', output)
            self.assertIn(b"\x1b[", output)
        finally:
            process.terminate()
            try:
                while os.read(primary, 65536):
                    pass
            except OSError:
                pass  # how a terminal ends
            self.assertEqual(process.wait(30 * SLOWNESS), 0)
            os.close(primary)
            folder.remove()


class Outputs(unittest.TestCase):
    # contract: log.outputs
    def test_rotation(self):
        plugins = {"routing": {}, "hello": {}, "logging": {"output": "stdout, file", "rotate_size": "20KiB", "rotate_keep": "2"}}
        with Mortised(plugins=plugins) as server:
            with server.connect() as connection:
                for number in range(500):
                    connection.request("GET", f"/hello?name=r{number}")
                    connection.read()
            path = server.folder.state_of("logging") / "mortise.log"
            eventually(lambda: path.exists() and "name=r499" in path.read_text(), "the last line")
            server.stop()
            names = sorted(one.name for one in server.folder.state_of("logging").glob("mortise.log*"))
            self.assertEqual(names, ["mortise.log", "mortise.log.1", "mortise.log.2"])
            for name in names:
                text = (server.folder.state_of("logging") / name).read_text()
                self.assertLessEqual(len(text), 20 * 1024 + 4096)
                for line in text.splitlines():
                    json.loads(line)

    # contract: log.outputs
    def test_syslog_and_journald(self):
        with tempfile.TemporaryDirectory() as folder:
            sockets = {}
            for name in ("syslog", "journal"):
                sockets[name] = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                sockets[name].bind(os.path.join(folder, name))
                sockets[name].settimeout(EVENT_S)
            logging = {"output": "stdout, syslog, journald", "syslog_socket": os.path.join(folder, "syslog"), "journal_socket": os.path.join(folder, "journal")}
            with Mortised(plugins={"routing": {}, "hello": {}, "logging": logging}) as server:
                server.get("/hello?name=sys")

                def until(one, text):
                    deadline = time.monotonic() + EVENT_S
                    while time.monotonic() < deadline:
                        data = one.recv(65536)
                        if text in data:
                            return data
                    self.fail(f"no {text}")

                line = until(sockets["syslog"], b"name=sys")
                self.assertRegex(line, rb"^<30>.*mortised\[%d\]" % server.pid)
                entry = until(sockets["journal"], b"name=sys")
                self.assertIn(b"MORTISE_STATUS=200\n", entry)
                self.assertIn(b"MESSAGE=", entry)
            for one in sockets.values():
                one.close()


class SlowOutput(unittest.TestCase):
    # contract: log.slow-output
    def test_a_stopped_reader_stalls_nothing(self):
        plugins = {"routing": {}, "hello": {}, "logging": {"output": "stderr", "format": "json", "buffer_size": "256KiB", "stop_timeout": "500ms"}}
        folder = Folder(plugins=plugins)
        # Standard error is a pipe that is not read while the requests come.
        read_end, write_end = os.pipe()
        env = environment()
        process = subprocess.Popen([str(PROGRAM), "--config", str(folder.config)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=write_end, env=env)
        os.close(write_end)
        try:
            text = b""
            deadline = time.monotonic() + 30 * SLOWNESS
            while b'"Ready"' not in text and time.monotonic() < deadline:
                text += os.read(read_end, 65536)
            address = json.loads(next(line for line in text.decode().splitlines() if '"Listening"' in line))["address"]
            host, _, port = address.rpartition(":")
            from http1 import Connection

            begin = time.monotonic()
            with Connection((host, int(port))) as connection:
                for _ in range(100):
                    for _ in range(50):
                        connection.request("GET", "/hello?name=" + "x" * 90)
                    connection.read_many(50)
            self.assertLess(time.monotonic() - begin, 20 * SLOWNESS)
            os.set_blocking(read_end, False)
            text = b""

            def dropped():
                nonlocal text
                try:
                    while data := os.read(read_end, 1 << 20):
                        text += data
                except BlockingIOError:
                    pass
                return b"Log lines were dropped" in text

            eventually(dropped, "the number of dropped lines")
            record = json.loads(next(line for line in text.decode().splitlines() if "Log lines were dropped" in line))
            self.assertGreater(record["dropped"], 0)
        finally:
            process.terminate()
            os.set_blocking(read_end, False)
            try:
                process.wait(30 * SLOWNESS)
            finally:
                os.close(read_end)
                folder.remove()


if __name__ == "__main__":
    unittest.main()
