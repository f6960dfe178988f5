# SPDX-License-Identifier: Apache-2.0
"""What keeps memory bounded, credentials out of logs and caches, and strangers out of what is for neighbours."""

import json
import os
import pathlib
import threading
import unittest

from mortised import ALL_PLUGINS, ROOT, SLOWNESS, Folder, Mortised, run


def serve(test: unittest.TestCase, plugins=None, **server) -> Mortised:
    started = Mortised(server=server, plugins=plugins)
    test.addCleanup(started.close)
    return started


class Bodies(unittest.TestCase):
    def setUp(self):
        self.server = serve(self, ALL_PLUGINS)

    def login(self, body: bytes, **headers):
        return self.server.request("POST", "/auth/login", body=body, headers={"Content-Type": "application/json", **headers})

    def memory_kib(self) -> int:
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def test_many_json_values_are_refused_and_cost_little(self):
        start = b'{"email":"a@example.com","password":"correct horse","p":[0'
        body = start + b",0" * ((10 * 1024 * 1024 - len(start) - 2) // 2) + b"]}"
        before = self.memory_kib()
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.login(body))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for response in answers:
            self.assertEqual((response.status, response.json["error"]), (400, "Too many values in JSON"))
        self.assertEqual(len(answers), 3)
        # Each body once as it came and once as it is read; a sanitizer keeps for a while what was freed.
        self.assertLess(self.memory_kib() - before, (3 * 2 * 10 * 1024 + 64 * 1024) * SLOWNESS)
        few = start + b",0" * 100_000 + b"]}"
        self.assertEqual(self.login(few).status, 401)

    def test_content_codings_are_415(self):
        body = b'{"email":"a@example.com","password":"correct horse"}'
        for coding in ("gzip", "deflate", "br", "identity, gzip", "nonsense"):
            with self.subTest(coding=coding):
                response = self.login(body, **{"Content-Encoding": coding})
                self.assertEqual((response.status, response.json["error"]), (415, "Unsupported content encoding"))
                self.assertEqual(response.header("accept-encoding"), "identity")
        for coding in ("identity", "Identity", ""):
            with self.subTest(coding=coding):
                self.assertEqual(self.login(body, **{"Content-Encoding": coding}).status, 401)


class Callers(unittest.TestCase):
    def test_answers_that_depend_on_the_caller_are_not_kept(self):
        server = serve(self, {"routing": {}, "logging": {}, "uses-authenticator": {}})
        for path, token, status, kept in (
            ("/uses/authenticator", "ada", 200, "no-store"), ("/uses/authenticator", None, 401, "no-store"),
            ("/uses/authenticator", "bad", 401, "no-store"), ("/uses/authenticator/optional", None, 200, "no-store"),
            ("/uses/authenticator/admin", "ada", 403, "no-store"), ("/uses/authenticator/kept", "ada", 200, "private, max-age=60"),
            ("/uses/authenticator/kept", None, 401, "no-store"), ("/nowhere", None, 404, None),
        ):
            with self.subTest(path=path, token=token):
                response = server.get(path, token=token)
                self.assertEqual((response.status, response.headers("cache-control")), (status, [kept] if kept else []))

    def test_who_hides_behind_a_proxy_is_not_taken_for_it(self):
        server = serve(self, ALL_PLUGINS, trusted_proxies="127.0.0.0/8")
        self.assertIn("checks", server.get("/ready").json)
        for value in ("unknown", "_hidden", "", "203.0.113.7, unknown"):
            with self.subTest(value=value):
                answer = server.get("/ready", headers={"X-Forwarded-For": value})
                self.assertEqual((answer.status, answer.json), (200, {"status": "ready"}))


class Logs(unittest.TestCase):
    def test_credentials_in_targets_are_not_logged(self):
        server = serve(self, {"routing": {}, "logging": {}, "hello": {}})
        for target in (b"http://user:hunter2@host/hello", b"http://user:hun/ter2@host/hello"):
            mark = server.mark()
            with server.connect() as connection:
                connection.send(b"GET " + target + b" HTTP/1.1\r\nHost: host\r\n\r\n")
                self.assertEqual(connection.read().status, 400)
            server.wait_for("Request completed", since=mark, url="http://[redacted]@host/hello")
        self.assertNotRegex("\n".join(server.lines), "hunter2|ter2|user:")


class Secrets(unittest.TestCase):
    def test_a_secret_file_that_everybody_may_read_is_told(self):
        folder = Folder({}, {**ALL_PLUGINS, "auth": {**ALL_PLUGINS["auth"], "access_secret_file": "access"}})
        self.addCleanup(folder.remove)
        file = folder.config / "access"
        file.write_text("b9Wq!x2Lk8#vR5tYz0PmN7sD4fGhJ6aC-more")
        for mode, told in ((0o640, False), (0o644, True), (0o600, False)):
            with self.subTest(mode=oct(mode)):
                file.chmod(mode)
                if ROOT:
                    os.chown(file, 65534, 65534)  # who root's checks are made as
                done = run("--config", folder.config, "--check-config")
                self.assertEqual(done.returncode, 0, done)
                self.assertEqual("[C209]" in done.stderr, told, done.stderr)


if __name__ == "__main__":
    unittest.main()
