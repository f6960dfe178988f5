# SPDX-License-Identifier: Apache-2.0
"""What browsers read: security-headers and cors on every kind of answer, and preflights."""

import unittest

from mortised import Mortised, ServerTest, run, Folder

HELMET = {
    "content-security-policy":
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';"
        "img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';"
        "upgrade-insecure-requests",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "x-download-options": "noopen",
    "x-frame-options": "SAMEORIGIN",
    "x-permitted-cross-domain-policies": "none",
    "x-xss-protection": "0",
}
HOME = "http://localhost:3000"
EXPOSED = ("X-Request-Id,RateLimit,RateLimit-Policy,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,Retry-After,"
           "WWW-Authenticate,ETag,Location,Idempotency-Replayed")


class EveryAnswer(ServerTest):
    PLUGINS = {
        "routing": {}, "logging": {}, "health": {}, "hello": {}, "uses-exchange": {}, "uses-filter": {}, "throws-in-handle": {},
        "database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {},
        "security-headers": {}, "cors": {}, "rate-limit": {"limit": "10000", "rules": "GET /uses/exchange/policy 3/1h"},
    }
    SERVER = {"max_body_size": "1KiB", "max_header_size": "4KiB", "password_cost": "4"}
    UNREAD = ("version", "unknown word", "fields", "two origins")  # what came before the fault names no origin

    def kinds(self):
        """Name, status and answer of one of each kind."""
        def ask(method: str, target: str, **more):
            headers = {"Origin": HOME, **more.pop("headers", {})}
            return self.server.request(method, target, headers=headers, **more)

        for _ in range(3):
            ask("GET", "/uses/exchange/policy")
        yield "ok", 200, ask("GET", "/hello")
        yield "head", 200, ask("HEAD", "/hello")
        yield "options", 204, ask("OPTIONS", "/hello")
        yield "stream", 200, ask("GET", "/uses/exchange/stream")
        yield "unknown", 404, ask("GET", "/nowhere")
        yield "method", 405, ask("PUT", "/hello")
        yield "invalid", 400, ask("POST", "/api/users", json_body={"name": "x"})
        yield "no token", 401, ask("GET", "/api/users/me")
        yield "too large", 413, ask("POST", "/api/users", json_body={"name": "x" * 2000})
        yield "media type", 415, ask("POST", "/api/users", body=b"x", headers={"Content-Type": "text/plain"})
        yield "limited", 429, ask("GET", "/uses/exchange/policy")
        yield "thrown", 500, ask("GET", "/throws")
        yield "thrown in a filter", 500, ask("POST", "/uses/filter", json_body={}, headers={"X-Filter": "throw body"})
        yield "refused by a filter", 429, ask("POST", "/uses/filter", json_body={}, headers={"X-Filter": "limit protect"})
        yield "taken back by a filter", 304, ask("GET", "/uses/filter", headers={"X-Rewrite": "replace"})
        yield "malformed JSON", 400, ask("POST", "/api/users", body=b"{", headers={"Content-Type": "application/json"})
        for name, status, raw in (
            ("no host", 400, f"GET /hello HTTP/1.1\r\nOrigin: {HOME}\r\n\r\n"),
            ("both lengths", 400, f"POST /hello HTTP/1.1\r\nOrigin: {HOME} \r\nHost: t\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            ("blank before a colon", 400, f"GET /hello HTTP/1.1\r\norigin:{HOME}\r\nHost : t\r\n\r\n"),
            ("large header", 431, f"GET /hello HTTP/1.1\r\nHost: t\r\nOrigin: {HOME}\r\nX: {'x' * 5000}\r\n\r\n"),
            ("two origins", 400, f"GET /hello HTTP/1.1\r\nOrigin: {HOME}\r\nOrigin: {HOME}\r\n\r\n"),
            ("unknown word", 501, f"BREW /hello HTTP/1.1\r\nHost: t\r\nOrigin: {HOME}\r\n\r\n"),
            ("version", 505, f"GET /hello HTTP/3.0\r\nHost: t\r\nOrigin: {HOME}\r\n\r\n"),
            ("fields", 431, "GET /hello HTTP/1.1\r\nHost: t\r\n" + "X-A: b\r\n" * 200 + "\r\n"),
        ):
            with self.server.connect() as connection:
                connection.send(raw.encode())
                yield name, status, connection.read()

    # contract: headers.security
    def test_security_headers_are_on_it(self):
        for name, status, response in self.kinds():
            with self.subTest(kind=name):
                self.assertEqual(response.status, status)
                for field, value in HELMET.items():
                    self.assertEqual(response.headers(field), [value], field)
                self.assertEqual(response.headers("server") + response.headers("x-powered-by"), [])

    # contract: cors.answers
    def test_cors_fields_are_on_it(self):
        for name, status, response in self.kinds():
            with self.subTest(kind=name):
                self.assertEqual(response.status, status)
                self.assertEqual(response.headers("vary"), ["Origin"])
                if name in self.UNREAD:
                    self.assertIsNone(response.header("access-control-allow-origin"))
                    continue
                self.assertEqual(response.headers("access-control-allow-origin"), [HOME])
                self.assertEqual(response.headers("access-control-allow-credentials"), ["true"])
                self.assertEqual(response.headers("access-control-expose-headers"), [EXPOSED])

    # contract: cors.foreign
    def test_foreign_origins_get_none(self):
        for origin in ("https://evil.example", "http://localhost:3001", "https://localhost:3000", "null", "*", "", f"{HOME}/", HOME.upper()):
            for target in ("/hello", "/nowhere"):
                with self.subTest(origin=origin, target=target):
                    response = self.server.request("GET", target, headers={"Origin": origin})
                    self.assertEqual([name for name, _ in response.fields if name.lower().startswith("access-control-")], [])
                    self.assertEqual(response.headers("vary"), ["Origin"])
        self.assertEqual(self.server.get("/hello").headers("vary"), ["Origin"])


class Preflights(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "cors": {}, "rate-limit": {"limit": "2"}, "uses-filter": {}}

    def ask(self, target: str, origin: str | None = HOME, method: str | None = "PUT", **headers: str):
        fields = {key.replace("_", "-"): value for key, value in headers.items()}
        if origin is not None:
            fields["Origin"] = origin
        if method is not None:
            fields["Access-Control-Request-Method"] = method
        return self.server.request("OPTIONS", target, headers=fields)

    # contract: cors.preflight
    def test_they_are_answered_before_everything_else(self):
        for _ in range(3):  # more than the limiter lets pass
            for target in ("/hello", "/nowhere"):
                response = self.ask(target, Access_Control_Request_Headers="X-One, content-type")
                self.assertEqual((response.status, response.body), (204, b""))
                self.assertEqual(response.header("access-control-allow-origin"), HOME)
                self.assertEqual(response.header("access-control-allow-credentials"), "true")
                self.assertEqual(response.header("access-control-allow-methods"), "GET,HEAD,PUT,PATCH,POST,DELETE")
                self.assertEqual(response.header("access-control-allow-headers"), "X-One, content-type")
                self.assertEqual(response.header("access-control-max-age"), "600")
                self.assertEqual(response.headers("vary"), ["Origin, Access-Control-Request-Headers"])
                self.assertIsNone(response.header("access-control-expose-headers"))
                self.assertIsNone(response.header("ratelimit"))

    # contract: cors.preflight
    def test_a_key_may_be_sent(self):
        response = self.ask("/api/posts", method="POST", Access_Control_Request_Headers="authorization,content-type,idempotency-key")
        self.assertEqual((response.status, response.header("access-control-allow-headers")), (204, "authorization,content-type,idempotency-key"))

    # contract: cors.preflight
    def test_before_other_filters_and_behind_framing(self):
        for target, wish in (("*", ""), ("/hello", "limit protect"), ("/nowhere", "throw route")):
            response = self.ask(target, X_Filter=wish)
            self.assertEqual((response.status, response.header("access-control-allow-origin"), response.header("allow")), (204, HOME, None))
        with self.server.connect() as connection:
            connection.send(f"OPTIONS /hello HTTP/1.1\r\nOrigin: {HOME}\r\nAccess-Control-Request-Method: PUT\r\nHost: a\r\nHost: b\r\n\r\n".encode())
            self.assertEqual(connection.read().status, 400)

    def test_many_on_one_connection(self):
        with self.server.connect() as connection:
            for index in range(30):
                origin = (HOME, "https://evil.example")[index % 2]
                response = connection.exchange(("GET", "OPTIONS")[index % 3 == 0], "/hello", headers={
                    "Origin": origin, "Access-Control-Request-Method": "PUT"})
                self.assertEqual(response.header("access-control-allow-origin"), HOME if index % 2 == 0 else None)
                self.assertEqual(response.headers("vary"), ["Origin, Access-Control-Request-Headers" if index % 3 == 0 else "Origin"])

    def test_only_names_are_reflected(self):
        for odd in ("a b", "a;b", "a,", '"a"'):
            self.assertIsNone(self.ask("/hello", Access_Control_Request_Headers=odd).header("access-control-allow-headers"))

    def test_without_asking_for_fields(self):
        self.assertIsNone(self.ask("/hello").header("access-control-allow-headers"))

    # contract: cors.foreign
    def test_of_foreign_origins(self):
        response = self.ask("/hello", origin="https://evil.example")
        self.assertEqual(response.status, 204)
        self.assertEqual([name for name, _ in response.fields if name.lower().startswith("access-control-")], [])

    def test_what_is_none(self):
        for origin, method in ((None, "PUT"), (HOME, None)):
            response = self.ask("/hello", origin, method)
            self.assertEqual((response.status, response.header("allow")), (204, "GET, HEAD, OPTIONS"))
            self.assertIsNone(response.header("access-control-allow-methods"))


class Settings(unittest.TestCase):
    BASE = {"routing": {}, "logging": {}, "hello": {}, "static-files": {"root": "/tmp"}}

    # contract: headers.settings
    def test_each_header_can_be_set_and_left_out(self):
        given = {"x_frame_options": "DENY", "origin_agent_cluster": "", "permissions_policy": "geolocation=()", "hsts_on": "tls"}
        with Mortised(plugins={**self.BASE, "security-headers": given}) as server:
            response = server.get("/hello")
            self.assertEqual(response.headers("x-frame-options"), ["DENY"])
            self.assertEqual(response.headers("permissions-policy"), ["geolocation=()"])
            for field in ("origin-agent-cluster", "strict-transport-security", "cross-origin-embedder-policy"):
                self.assertIsNone(response.header(field))
            server.folder.plugins["security-headers"]["hsts_on"] = "always"
            server.folder.write()
            server.reload()
            self.assertEqual(server.get("/hello").header("strict-transport-security"), "max-age=31536000; includeSubDomains")

    # contract: cors.origins
    def test_several_origins_and_fixed_headers(self):
        given = {"origin": "https://a.example, https://b.example:8443", "credentials": "false", "allowed_headers": "X-One, X-Two",
                 "methods": "GET, POST", "exposed_headers": "", "max_age": "1h"}
        with Mortised(plugins={**self.BASE, "cors": given}) as server:
            for origin in ("https://a.example", "https://b.example:8443"):
                response = server.request("GET", "/hello", headers={"Origin": origin})
                self.assertEqual(response.header("access-control-allow-origin"), origin)
                self.assertIsNone(response.header("access-control-allow-credentials"))
                self.assertIsNone(response.header("access-control-expose-headers"))
            preflight = server.request("OPTIONS", "/hello", headers={
                "Origin": "https://a.example", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "X-Three"})
            self.assertEqual(preflight.header("access-control-allow-headers"), "X-One,X-Two")
            self.assertEqual(preflight.header("access-control-allow-methods"), "GET,POST")
            self.assertEqual(preflight.header("access-control-max-age"), "3600")
            self.assertEqual(preflight.headers("vary"), ["Origin"])
            # A Vary that is there is joined, not doubled.
            self.assertEqual(server.get("/static/absent").headers("vary"), ["Origin"])

    # contract: cors.everybody
    def test_everybody_goes_without_credentials_only(self):
        with Mortised(plugins={**self.BASE, "cors": {"origin": "*", "credentials": "false"}}) as server:
            response = server.request("GET", "/hello", headers={"Origin": "https://anybody.example"})
            self.assertEqual(response.header("access-control-allow-origin"), "*")
            self.assertIsNone(response.header("vary"))
        folder = Folder(plugins={**self.BASE, "cors": {"origin": "*"}})
        try:
            done = run("--config", str(folder.config), "--check-config")
            self.assertEqual(done.returncode, 78)
            self.assertIn("plugin.cors.origin: '*' and credentials exclude each other", done.stderr)
        finally:
            folder.remove()

    # contract: headers.own
    def test_own_fields_and_vary_are_joined(self):
        with Mortised(plugins={**self.BASE, "security-headers": {}, "cors": {}, "uses-filter": {}}) as server:
            own = server.get("/uses/filter/own", headers={"Origin": HOME})
            self.assertEqual(own.headers("content-security-policy"), ["default-src 'none'"])
            self.assertEqual(own.headers("x-frame-options"), ["DENY"])
            self.assertEqual(own.headers("x-content-type-options"), ["nosniff"])
            self.assertEqual(own.headers("vary"), ["Accept-Language, Origin"])
            self.assertEqual(own.headers("x-powered-by"), [])
            self.assertEqual(own.headers("access-control-allow-origin"), [HOME])

    # contract: headers.settings
    def test_values_that_browsers_pass_over_are_refused(self):
        for key, value, part in (("content_security_policy", "default-src self", "single quotes"), ("referrer_policy", "never", "'never'"),
                                 ("strict_transport_security", "max-age=soon", "seconds")):
            folder = Folder(plugins={**self.BASE, "security-headers": {key: value}})
            self.addCleanup(folder.remove)
            done = run("--config", str(folder.config), "--check-config")
            self.assertEqual(done.returncode, 78, done)
            self.assertRegex(done.stderr, rf"mortise\.ini:\d+:\d+: error: plugin\.security-headers\.{key}: .*{part}")

    def test_mistakes_are_told(self):
        folder = Folder(plugins={**self.BASE, "cors": {"origin": "https://Example.com/, example.org", "methods": "GET, PO ST"}})
        try:
            done = run("--config", str(folder.config), "--check-config")
            self.assertEqual(done.returncode, 78)
            for part in ("'https://Example.com/' has a path", "'example.org' is no origin", "'PO ST' is no name"):
                self.assertIn(part, done.stderr)
        finally:
            folder.remove()

    # contract: settings.aliases
    def test_the_alias(self):
        with Mortised(plugins={**self.BASE, "cors": {}}, env={"CORS_ORIGIN": "https://alias.example"}) as server:
            response = server.request("GET", "/hello", headers={"Origin": "https://alias.example"})
            self.assertEqual(response.header("access-control-allow-origin"), "https://alias.example")

    # contract: headers.own
    def test_a_header_of_the_reply_stands(self):
        with Mortised(plugins={**self.BASE, "security-headers": {}, "uses-exchange": {}}) as server:
            own = server.get("/uses/exchange/policy")
            self.assertEqual(own.headers("content-security-policy"), ["default-src 'none'"])
            self.assertEqual(own.headers("x-frame-options"), ["SAMEORIGIN"])
            self.assertEqual(server.get("/uses/exchange").headers("content-security-policy"), [HELMET["content-security-policy"]])


class Order(unittest.TestCase):
    def test_it_is_printed(self):
        folder = Folder(plugins={"routing": {}, "logging": {}, "cors": {}, "rate-limit": {}, "security-headers": {}})
        try:
            done = run("--config", str(folder.config), "--list-plugins", "--order")
            self.assertEqual(done.returncode, 0, done.stderr)
            part = done.stdout.split("Filters of phase respond:\n")[1].split("Filters of phase")[0]
            names = [line.split()[0] for line in part.splitlines()]
            self.assertLess(names.index("security-headers"), names.index("cors"))
            self.assertLess(names.index("cors"), names.index("rate-limit"))
        finally:
            folder.remove()


if __name__ == "__main__":
    unittest.main()
