# SPDX-License-Identifier: Apache-2.0
"""Errors as application/problem+json (RFC 9457) for clients that ask for it, and in the contract's shape for all others."""

import json
import unittest

from mortised import Mortised, ServerTest

PROBLEM = "application/problem+json"


class Problems(ServerTest):
    PLUGINS = {
        "routing": {}, "logging": {}, "hello": {}, "throws-in-handle": {}, "uses-exchange": {},
        "database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {},
    }
    SERVER = {"max_body_size": "1KiB", "password_cost": "4"}

    def ask(self, method: str, target: str, accept: str = PROBLEM, headers: dict | None = None, **more):
        return self.server.request(method, target, headers={"Accept": accept, **(headers or {})}, **more)

    # contract: error.problem
    def test_every_kind(self):
        user = {"name": "Ada", "email": "problem@example.com", "password": "correct horse"}
        self.assertEqual(self.server.post("/api/users", user).status, 201)
        for method, target, more, status, code, detail in (
            ("GET", "/nowhere", {}, 404, "route_not_found", "Route not found"),
            ("PUT", "/hello", {}, 405, "method_not_allowed", "Method not allowed"),
            ("GET", "/api/users/me", {}, 401, "unauthorized", "No token provided"),
            ("POST", "/api/users", {"json_body": user}, 409, "conflict", "User already exists"),
            ("POST", "/api/users", {"json_body": {"name": "x" * 2000}}, 413, "http_body_too_large", "The request body is too large"),
            ("POST", "/api/users", {"body": b"x", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported_media_type",
             "Unsupported media type"),
            ("GET", "/throws", {}, 500, "internal", "Internal server error"),
        ):
            with self.subTest(target=target, status=status):
                response = self.ask(method, target, **more)
                self.assertEqual(response.status, status)
                self.assertEqual(response.header("content-type"), PROBLEM)
                self.assertEqual(response.header("vary"), "Accept")
                problem = response.json
                self.assertEqual((problem["type"], problem["status"], problem["code"], problem["detail"]),
                                 ("about:blank", status, code, detail))
                self.assertEqual(problem["requestId"], response.header("x-request-id"))
                self.assertNotIn("error", problem)
        self.assertEqual(self.ask("PUT", "/hello").header("allow"), "GET, HEAD, OPTIONS")

    def test_validation(self):
        plain = self.server.post("/api/users", {"name": "x", "email": "nobody"})
        problem = self.ask("POST", "/api/users", json_body={"name": "x", "email": "nobody"}).json
        self.assertEqual(problem["title"], "Bad Request")
        self.assertEqual(problem["code"], "validation")
        self.assertEqual(problem["errors"], plain.json["details"])

    def test_malformed_json(self):
        response = self.ask("POST", "/api/users", body=b'{"name":', headers={"Content-Type": "application/json"})
        self.assertEqual((response.status, response.json["code"], response.json["position"]), (400, "malformed_json", 8))

    def test_others_get_the_usual_shape(self):
        for accept in ("application/json", "*/*", "application/*", f"{PROBLEM};q=0", f"application/json, {PROBLEM};q=0.5", "text/html"):
            with self.subTest(accept=accept):
                response = self.ask("GET", "/nowhere", accept)
                self.assertError(response, 404, "Route not found")
                self.assertEqual(response.header("content-type"), "application/json; charset=utf-8")
        self.assertEqual(self.ask("GET", "/nowhere", f"application/json, {PROBLEM}").header("content-type"), PROBLEM)

    def test_names_in_any_case_and_several_lines(self):
        self.assertEqual(self.ask("GET", "/nowhere", "Application/Problem+JSON").header("content-type"), PROBLEM)
        with self.server.connect() as connection:
            connection.send(f"GET /nowhere HTTP/1.1\r\nHost: t\r\nAccept: text/html\r\naccept: {PROBLEM};q=0.5\r\n\r\n".encode())
            self.assertEqual(connection.read().header("content-type"), PROBLEM)
            connection.send(f"GET /nowhere HTTP/1.1\r\nHost: t\r\nAccept:\r\nAccept: {PROBLEM}\r\n\r\n".encode())
            self.assertEqual(connection.read().header("content-type"), PROBLEM)

    def test_malformed_requests(self):
        # What could not be read is not believed: not in its Accept either.
        with self.server.connect() as connection:
            connection.send(f"GET /hello HTTP/1.1\r\nAccept: {PROBLEM}\r\n\r\n".encode())
            response = connection.read()
        self.assertEqual(response.status, 400)
        self.assertIn("error", json.loads(response.body))

    def test_answers_that_are_no_errors_do_not_care(self):
        self.assertEqual(self.ask("GET", "/hello").header("content-type"), "application/json; charset=utf-8")


class Refusals(unittest.TestCase):
    def test_too_many_and_too_long(self):
        with Mortised(server={"handler_timeout": "100ms"},
                      plugins={"routing": {}, "logging": {}, "hello": {}, "never-replies": {}, "rate-limit": {"limit": "2"}}) as server:
            for target, status, code in (("/never", 503, "handler_timeout"), ("/hello", 200, None), ("/hello", 429, "too_many_requests")):
                response = server.request("GET", target, headers={"Accept": PROBLEM})
                self.assertEqual(response.status, status, target)
                if code is None:
                    continue
                self.assertEqual((response.header("content-type"), response.json["code"], response.json["status"]), (PROBLEM, code, status))
                self.assertEqual(response.header("vary"), "Accept")
                self.assertTrue(response.header("retry-after"))


class Development(unittest.TestCase):
    def test_a_500_says_why(self):
        with Mortised(server={"mode": "development"}, plugins={"routing": {}, "logging": {}, "throws-in-handle": {}}) as server:
            problem = server.request("GET", "/throws", headers={"Accept": PROBLEM}).json
            self.assertEqual(problem["code"], "internal")
            self.assertTrue(problem["message"])


if __name__ == "__main__":
    unittest.main()
