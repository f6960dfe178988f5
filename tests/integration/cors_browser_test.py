# SPDX-License-Identifier: Apache-2.0
"""Pages of two origins in a real browser: the allowed one reads every answer, the other one none."""

import contextlib
import http.server
import json
import threading
import unittest

from browser import browser_program, node_folder, output_of
from mortised import Mortised

PLUGINS = {
    "routing": {}, "logging": {}, "health": {}, "hello": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {}, "posts": {}, "idempotency": {},
    "security-headers": {}, "rate-limit": {"limit": "10000", "rules": "GET /ready 1/1h", "skip": "/health"},
}


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!doctype html><title>A page of another origin</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def origin():
    """The origin of a server of one page."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.resources = contextlib.ExitStack()
        cls.addClassCleanup(cls.resources.close)
        cls.allowed, cls.foreign = (cls.resources.enter_context(origin()) for _ in range(2))
        plugins = {**PLUGINS, "cors": {"origin": cls.allowed}}
        cls.server = cls.resources.enter_context(Mortised(plugins=plugins))

    def visit(self, page: str) -> tuple[dict, list[tuple[str, str]]]:
        """What the page's script saw, and what the server was asked, in the order of its log."""
        browser = browser_program(self)
        user = self.server.register()
        mark = self.server.mark()
        with node_folder(self) as folder:
            seen = json.loads(output_of(self, folder, "node", "cors_pages.js", browser, self.server.url, user["accessToken"], page))[page]
        self.server.wait_for("Request completed", since=mark, url="/hello?name=Nobody")
        return seen, [(record["method"], record["url"]) for record in self.server.found("Request completed", mark)]

    # contract: cors.origins
    # contract: cors.answers
    def test_an_allowed_page_reads_every_answer(self):
        seen, asked = self.visit(self.allowed)
        with self.subTest("simple"):
            self.assertEqual((seen["simple"].get("status"), seen["simple"].get("type")), (200, "cors"), seen)
            self.assertEqual(json.loads(seen["simple"]["body"]), {"hello": "Ada"})
            for field in ("x-request-id", "ratelimit", "ratelimit-policy", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"):
                self.assertIn(field, seen["simple"]["fields"])
            # Sent, but not for scripts of other origins.
            self.assertNotIn("x-frame-options", seen["simple"]["fields"])
        with self.subTest("credentials"):
            self.assertEqual(seen["credentials"].get("status"), 200, seen)
        with self.subTest("preflighted"):
            self.assertEqual(seen["preflighted"].get("status"), 200, seen)
            identity = json.loads(seen["preflighted"]["body"])["user"]["id"]
            self.assertRegex(seen["preflighted"]["fields"]["etag"], '^".+"$')
            self.assertEqual(seen["changing"].get("status"), 200, seen)
            self.assertEqual(json.loads(seen["changing"]["body"])["user"]["name"], "Ada L.")
            self.assertEqual(seen["creating"].get("status"), 201, seen)
            created = json.loads(seen["creating"]["body"])["user"]["id"]
            self.assertEqual(seen["creating"]["fields"]["location"], f"/api/users/{created}")
            self.assertEqual(seen["once"].get("status"), 201, seen)
            self.assertNotIn("idempotency-replayed", seen["once"]["fields"])
            self.assertEqual(seen["repeated"].get("body"), seen["once"]["body"], seen)
            self.assertEqual(seen["repeated"]["fields"]["idempotency-replayed"], "true")
            for method, url in (("GET", "/api/users/me"), ("PATCH", f"/api/users/{identity}"), ("POST", "/api/users"),
                                ("POST", "/api/posts")):
                self.assertIn((method, url), asked)
                self.assertLess(asked.index(("OPTIONS", url)), asked.index((method, url)))
        with self.subTest("errors"):
            self.assertEqual(seen["malformed"].get("status"), 400, seen)
            self.assertIn("requestId", json.loads(seen["malformed"]["body"]))
            self.assertEqual(seen["limited"].get("status"), 429, seen)
            self.assertIn("Too many requests", seen["limited"]["body"])
            self.assertGreater(int(seen["limited"]["fields"]["retry-after"]), 0)

    # contract: cors.foreign
    def test_a_foreign_page_reads_none(self):
        seen, asked = self.visit(self.foreign)
        for name in ("simple", "credentials", "preflighted", "changing", "creating", "once", "repeated", "malformed", "limited"):
            self.assertEqual(seen[name], {"error": "TypeError"}, name)
        # What needs no preflight was asked and answered; of what needs one the browser asked for leave only.
        self.assertLessEqual({("GET", "/hello?name=Ada"), ("GET", "/hello?name=Cookie"), ("GET", "/ready")}, set(asked))
        self.assertEqual({method for method, url in asked if url.startswith("/api/")}, {"OPTIONS"})


if __name__ == "__main__":
    unittest.main()
