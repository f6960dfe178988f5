# SPDX-License-Identifier: Apache-2.0
"""What holds for every route: bodies, errors, validation, methods, request ids, JSON and HTTP edges."""

import json
import re
import unittest

from mortised import ServerTest

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Bodies(ServerTest):
    def create(self, body: bytes, kind: str | None = "application/json"):
        headers = {} if kind is None else {"Content-Type": kind}
        return self.server.request("POST", "/api/users", body=body, headers=headers)

    # contract: body.json
    def test_json_is_utf8_with_and_without_charset(self):
        for number, kind in enumerate(("application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8")):
            body = json.dumps(
                {"name": "Zoë 😀", "email": f"utf{number}@example.com", "password": "correct horse"}, ensure_ascii=False
            )
            response = self.create(body.encode(), kind)
            self.assertEqual(response.status, 201, response)
            self.assertEqual(response.json["user"]["name"], "Zoë 😀")
            self.assertTrue(response.header("content-type").startswith("application/json"))

    # contract: body.media-parameters
    def test_media_types_are_read_with_their_parameters(self):
        kinds = {
            'application/json; charset="utf-8"': 201, "application/json; indent=4": 201,
            "application/json;indent=4 ; charset=UTF-8": 201, 'application/json; note="; charset=latin1"': 201,
            "application/json; charset=latin1": 415, "application/json; charset=utf-8; charset=latin1": 415,
            "application/json; charset": 415, 'application/json; charset="utf-8': 415,
        }  # fmt: skip
        for number, (kind, status) in enumerate(kinds.items()):
            body = {"name": "Ada", "email": f"kind{number}@example.com", "password": "correct horse"}
            response = self.create(json.dumps(body).encode(), kind)
            self.assertEqual(response.status, status, (kind, response))

    # contract: body.forms
    def test_forms_create_users(self):
        body = b"name=Form+User&email=form%40example.com&password=correct%20horse&unknown=1"
        response = self.create(body, "application/x-www-form-urlencoded")
        self.assertEqual(response.status, 201, response)
        self.assertEqual(response.json["user"]["name"], "Form User")

    # contract: body.forms
    def test_forms_are_validated_by_the_same_schema(self):
        response = self.create(b"name=F&email=nobody", "application/x-www-form-urlencoded")
        self.assertInvalid(
            response, ("body", "/name", "minLength"), ("body", "/email", "format"), ("body", "/password", "required")
        )

    # contract: body.too-large
    def test_a_body_over_ten_mebibytes_is_413(self):
        with self.server.connect() as connection:
            connection.send(
                b"POST /api/users HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % (10 * 1024 * 1024 + 1)
            )
            self.assertError(connection.read(), 413)

    # contract: body.too-large
    def test_a_chunked_body_over_the_limit_is_413(self):
        with self.server.connect() as connection:
            connection.send(
                b"POST /api/users HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            block = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
            try:
                for _ in range(161):
                    connection.send(block)
            except OSError:
                pass  # the server need not read on
            self.assertError(connection.read(), 413)

    # contract: body.media-type
    def test_other_media_types_and_none_are_415(self):
        body = b'{"name":"Ada","email":"a415@example.com","password":"correct horse"}'
        for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx", None):
            with self.subTest(kind=kind):
                self.assertError(self.create(body, kind), 415)

    # contract: body.malformed
    def test_malformed_json_tells_the_position(self):
        for body, position in ((b'{"name": }', 9), (b'{"name":"A"', 11), (b"", 0), (b'{"a":1}x', 7)):
            with self.subTest(body=body):
                answer = self.assertError(self.create(body), 400, "Malformed JSON")
                self.assertEqual(answer["position"], position)

    # contract: json.depth
    def test_nesting_deeper_than_64_is_400(self):
        def nested(depth):
            return b'{"x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

        self.assertError(self.create(nested(64)), 400, "Validation error")
        self.assertEqual(self.create(nested(65)).status, 400)
        self.assertNotEqual(self.create(nested(65)).json["error"], "Validation error")
        self.assertEqual(self.create(b"[" * 200000).status, 400)

    # contract: json.duplicates
    def test_the_last_of_duplicate_members_counts(self):
        body = b'{"name":"First","name":"Last","email":"dup@example.com","password":"short","password":"correct horse"}'
        response = self.create(body)
        self.assertEqual(response.status, 201, response)
        self.assertEqual(response.json["user"]["name"], "Last")
        bad_last = b'{"name":"Good","name":"x","email":"dup2@example.com","password":"correct horse"}'
        self.assertInvalid(self.create(bad_last), ("body", "/name", "minLength"))

    # contract: json.refused
    def test_what_is_no_json_is_400(self):
        cases = {
            "NaN": b'{"a":NaN}',
            "Infinity": b'{"a":Infinity}',
            "comment": b'{"a":1/*x*/}',
            "line comment": b'{"a":1}//x',
            "trailing comma": b'{"a":1,}',
            "trailing comma in a list": b'{"a":[1,]}',
            "byte-order mark": b'\xef\xbb\xbf{"a":1}',
            "invalid UTF-8": b'{"a":"\xff"}',
            "overlong UTF-8": b'{"a":"\xc0\xaf"}',
            "UTF-8 surrogate": b'{"a":"\xed\xa0\x80"}',
            "lone high surrogate": b'{"a":"\\ud800"}',
            "lone low surrogate": b'{"a":"\\udc00"}',
            "swapped surrogates": b'{"a":"\\udc00\\ud800"}',
            "integer over 64 bits": b'{"a":18446744073709551616}',
            "integer under 64 bits": b'{"a":-9223372036854775809}',
            "overflowing double": b'{"a":1e400}',
            "leading zero": b'{"a":01}',
            "plus": b'{"a":+1}',
            "single quotes": b"{'a':1}",
            "control character": b'{"a":"\x01"}',
            "two values": b"{} {}",
        }
        for name, body in cases.items():
            with self.subTest(name):
                answer = self.assertError(self.create(body), 400)
                self.assertNotEqual(answer["error"], "Validation error")

    # contract: validation.shape, validation.all-at-once
    def test_all_failures_come_at_once(self):
        response = self.create(b'{"name":"x","email":"nope","password":"short"}')
        details = self.assertInvalid(
            response, ("body", "/name", "minLength"), ("body", "/email", "format"), ("body", "/password", "minLength")
        )
        messages = {one["path"]: one["message"] for one in details}
        self.assertEqual(messages["/email"], "must be a valid email")
        for one in details:
            self.assertEqual(set(one), {"in", "path", "code", "message"})

    # contract: validation.shape
    def test_wrong_types_and_wrong_roots(self):
        self.assertInvalid(
            self.create(b'{"name":7,"email":null,"password":["x"]}'),
            ("body", "/name", "type"), ("body", "/email", "type"), ("body", "/password", "type"),
        )
        for body in (b"[]", b'"text"', b"7", b"null", b"true"):
            with self.subTest(body=body):
                self.assertInvalid(self.create(body), ("body", "", "type"))

    # contract: validation.shape
    def test_query_failures_say_query(self):
        token = self.server.register()["accessToken"]
        self.assertInvalid(
            self.server.get("/api/users?page=x&limit=0", token=token),
            ("query", "/page", "type"), ("query", "/limit", "minimum"),
        )

    # contract: validation.unknown
    def test_unknown_members_are_dropped(self):
        body = {"name": "Ada", "email": "dropped@example.com", "password": "correct horse", "role": "admin", "id": "x"}
        response = self.server.post("/api/users", body)
        self.assertEqual(response.status, 201, response)
        self.assertEqual(set(response.json["user"]), {"id", "name", "email", "createdAt"})
        self.assertNotEqual(response.json["user"]["id"], "x")

    # contract: body.json
    def test_expect_100_continue(self):
        body = b'{"name":"Ada","email":"continue@example.com","password":"correct horse"}'
        with self.server.connect() as connection:
            connection.request(
                "POST", "/api/users",
                headers={"Content-Type": "application/json", "Content-Length": str(len(body)), "Expect": "100-continue"},
            )
            self.assertEqual(connection.read().status, 100)
            connection.send(body)
            self.assertEqual(connection.read().status, 201)

    # contract: body.media-type
    def test_no_100_continue_for_a_refused_body(self):
        with self.server.connect() as connection:
            connection.request("POST", "/api/users", headers={"Content-Type": "text/plain", "Content-Length": "5", "Expect": "100-continue"})
            self.assertError(connection.read(), 415)


class Errors(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "throws-in-handle": {}}

    # contract: error.shape, route.unknown
    def test_unknown_path(self):
        for target in ("/nowhere", "/hello/", "/Hello", "/", "/hello/x"):
            with self.subTest(target=target):
                self.assertError(self.server.get(target), 404, "Route not found")
        for method in ("POST", "DELETE", "PUT", "PATCH"):
            self.assertError(self.server.request(method, "/nowhere"), 404, "Route not found")

    # contract: error.internal
    def test_production_tells_nothing(self):
        for target in ("/throws", "/throws/number"):
            body = self.assertError(self.server.get(target), 500, "Internal server error")
            self.assertEqual(set(body), {"error", "requestId"})
        record = self.server.wait_for("Request completed", url="/throws", status=500)
        self.assertTrue(any("throws-in-handle" in json.dumps(other) for other in self.server.records), record)

    # contract: route.method
    def test_other_methods_are_405_with_allow(self):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            response = self.server.request(method, "/hello")
            self.assertError(response, 405)
            allowed = {one.strip() for one in response.header("allow").split(",")}
            self.assertEqual(allowed, {"GET", "HEAD", "OPTIONS"})

    # contract: route.head
    def test_head_answers_as_get_without_body(self):
        get = self.server.get("/hello?name=Ada")
        with self.server.connect() as connection:
            head = connection.exchange("HEAD", "/hello?name=Ada")
            self.assertEqual(head.status, 200)
            self.assertEqual(head.header("content-length"), get.header("content-length"))
            self.assertEqual(head.header("content-type"), get.header("content-type"))
            # Nothing of a body is on the wire: the next answer begins right behind.
            self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "world"})
            self.assertEqual(connection.exchange("HEAD", "/nowhere").status, 404)
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    # contract: route.options
    def test_options_answers_with_allow(self):
        response = self.server.request("OPTIONS", "/hello")
        self.assertEqual(response.status, 204, response)
        allowed = {one.strip() for one in response.header("allow").split(",")}
        self.assertEqual(allowed, {"GET", "HEAD", "OPTIONS"})
        with self.server.connect() as connection:
            self.assertLess(connection.exchange("OPTIONS", "*").status, 500)

    # contract: request-id.taken
    def test_a_sane_request_id_is_taken_over(self):
        for one in ("a", "A-Z.a_z-09", "x" * 128):
            response = self.server.get("/hello", headers={"X-Request-Id": one})
            self.assertEqual(response.header("x-request-id"), one)
            self.server.wait_for("Request completed", requestId=one)
        response = self.server.get("/nowhere", headers={"X-Request-Id": "mine"})
        self.assertEqual(self.assertError(response, 404)["requestId"], "mine")

    # contract: request-id.taken
    def test_a_refused_request_keeps_its_id(self):
        with self.server.connect() as connection:
            connection.send(b"GET /hello HTTP/1.1\r\nX-Request-Id: mine-1\r\n\r\n")  # no Host
            response = connection.read()
        self.assertEqual(response.status, 400)
        self.assertEqual(response.header("x-request-id"), "mine-1")

    # contract: request-id.made
    def test_any_other_request_id_is_replaced(self):
        for one in ("", "x" * 129, "a b", "ä", "a/b", '"', "a,b"):
            response = self.server.get("/hello", headers={"X-Request-Id": one})
            made = response.header("x-request-id")
            self.assertTrue(made)
            self.assertNotEqual(made, one)
            self.assertRegex(made, r"^[A-Za-z0-9._-]{1,128}$")
        first, second = (self.server.get("/hello").header("x-request-id") for _ in range(2))
        self.assertNotEqual(first, second)

    # contract: request-id.made
    def test_malformed_requests_have_an_id_too(self):
        with self.server.connect() as connection:
            connection.send(b"GET /hello HTTP/1.1\r\nHost : x\r\n\r\n")
            response = connection.read()
            self.assertError(response, 400)
            self.assertTrue(response.header("x-request-id"))

    def test_no_server_tells_its_kind(self):
        response = self.server.get("/hello")
        self.assertIsNone(response.header("x-powered-by"))
        self.assertNotRegex(response.header("server") or "", r"[0-9]")
        self.assertTrue(response.header("date"))


class Development(ServerTest):
    SERVER = {"mode": "development"}
    PLUGINS = {"routing": {}, "throws-in-handle": {}}

    # contract: error.internal
    def test_development_adds_the_message(self):
        body = self.assertError(self.server.get("/throws"), 500, "Internal server error")
        self.assertIn("thrown in handle", body["message"])


class RejectUnknown(ServerTest):
    SERVER = {"unknown_members": "reject"}

    # contract: validation.unknown
    def test_unknown_members_can_be_refused(self):
        body = {"name": "Ada", "email": "a@example.com", "password": "correct horse", "role": "admin"}
        self.assertInvalid(self.server.post("/api/users", body), ("body", "/role", "additionalProperties"))


class Http(ServerTest):
    """The edges of HTTP that the contract names; tests/conformance goes deeper."""

    PLUGINS = {"routing": {}, "hello": {}, "slow": {}, "uses-exchange": {}}

    def raw(self, data: bytes):
        """The answer to the bytes and whether the connection ended after it."""
        with self.server.connect() as connection:
            connection.send(data)
            response = connection.read()
            return response, response.closes and connection.at_end()

    def assertCloses(self, data: bytes, status: int):
        response, closed = self.raw(data)
        self.assertError(response, status)
        self.assertTrue(closed, response)

    # contract: http.ambiguous, http.framing-closes
    def test_ambiguous_requests_are_400_and_close(self):
        cases = {
            "both lengths": b"POST /hello HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "two lengths": b"POST /hello HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            "list of lengths": b"POST /hello HTTP/1.1\r\nHost: t\r\nContent-Length: 3, 3\r\n\r\nabc",
            "signed length": b"POST /hello HTTP/1.1\r\nHost: t\r\nContent-Length: +3\r\n\r\nabc",
            "huge length": b"POST /hello HTTP/1.1\r\nHost: t\r\nContent-Length: 18446744073709551617\r\n\r\nabc",
            "obs-fold": b"GET /hello HTTP/1.1\r\nHost: t\r\nX: a\r\n b\r\n\r\n",
            "folded length": b"POST /hello HTTP/1.1\r\nHost: t\r\nContent-Length:\r\n 3\r\n\r\nabc",
            "bare CR": b"GET /hello HTTP/1.1\r\nHost: t\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n",
            "bare LF": b"GET /hello HTTP/1.1\nHost: t\n\n",
            "bare LF between fields": b"GET /hello HTTP/1.1\r\nHost: t\nX: a\r\n\r\n",
            "blank before a colon": b"GET /hello HTTP/1.1\r\nHost: t\r\nX : a\r\n\r\n",
            "NUL": b"GET /hello HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n",
            "no host": b"GET /hello HTTP/1.1\r\n\r\n",
            "two hosts": b"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "bad host": b"GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n",
            "two blanks in the line": b"GET  /hello HTTP/1.1\r\nHost: t\r\n\r\n",
            "fragment": b"GET /hello#x HTTP/1.1\r\nHost: t\r\n\r\n",
        }
        for name, data in cases.items():
            with self.subTest(name):
                self.assertCloses(data, 400)

    # contract: http.ambiguous
    def test_bad_chunk_sizes(self):
        head = b"POST /uses/exchange/raw HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
        with self.server.connect() as connection:
            connection.send(head + b"3\r\nabc\r\n0\r\n\r\n")
            self.assertEqual(connection.read().body, b"abc")
        for chunk in (b"g\r\n", b"-1\r\n", b"0x3\r\nabc\r\n", b"3 \r\nabc\r\n", b"fffffffffffffffff\r\n", b"3\nabc\r\n", b"3\r\nabcd\r\n"):
            with self.subTest(chunk=chunk):
                with self.server.connect() as connection:
                    connection.send(head + chunk)
                    response = connection.read()
                    self.assertError(response, 400)
                    self.assertTrue(connection.at_end())

    # contract: http.unknown-method
    def test_unknown_methods_are_501(self):
        for method in (b"BREW", b"get", b"PROPFINDER", b"DESCRIBE", b"SOURCE"):
            response, _ = self.raw(method + b" /hello HTTP/1.1\r\nHost: t\r\n\r\n")
            self.assertError(response, 501)

    # contract: http.version
    def test_other_versions_are_505(self):
        for version in (b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9", b"HTTP/3.0"):
            response, _ = self.raw(b"GET /hello " + version + b"\r\nHost: t\r\n\r\n")
            self.assertError(response, 505)

    # contract: http.version
    def test_http_1_0_is_spoken(self):
        with self.server.connect() as connection:
            connection.send(b"GET /hello HTTP/1.0\r\n\r\n")
            response = connection.read()
            self.assertEqual(response.status, 200)
            self.assertTrue(connection.at_end())
        with self.server.connect() as connection:
            connection.send(b"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            self.assertEqual(connection.read().header("connection"), "keep-alive")
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    # contract: http.coding
    def test_transfer_codings(self):
        for coding in (b"gzip, chunked", b"gzip", b"identity", b"chunked, chunked"):
            with self.subTest(coding=coding):
                response, closed = self.raw(b"POST /hello HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n")
                self.assertIn(response.status, (501, 400) if coding == b"chunked, chunked" else (501,), response)
                self.assertTrue(closed)
        self.assertCloses(b"POST /hello HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)

    # contract: http.upgrade
    def test_upgrade_is_ignored(self):
        for upgrade in ("h2c", "websocket", "TLS/1.0"):
            with self.server.connect() as connection:
                response = connection.exchange(
                    "GET", "/hello", headers={"Connection": "Upgrade, HTTP2-Settings", "Upgrade": upgrade, "HTTP2-Settings": "AAMAAABk"}
                )
                self.assertEqual(response.status, 200, response)
                self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    # contract: http.paths
    def test_paths(self):
        self.assertEqual(self.server.get("/hello").status, 200)
        for target in ("/HELLO", "/hello/", "//hello", "/hello%2F", "/%2Fhello"):
            with self.subTest(target=target):
                self.assertError(self.server.get(target), 404)
        for target in ("/../hello", "/./hello", "/a/../hello", "/%2e%2e/hello", "/%2E/hello", "/hello/.."):
            with self.subTest(target=target):
                self.assertError(self.server.get(target), 400)
        self.assertEqual(self.server.get("/hell%6F").status, 200)

    # contract: http.framing-closes
    def test_other_errors_keep_the_connection(self):
        with self.server.connect() as connection:
            for target in ("/nowhere", "/hello?name=", "/hello"):
                response = connection.exchange("GET", target)
                self.assertFalse(response.closes, response)

    # contract: http.framing-closes
    def test_an_unread_body_never_becomes_a_request(self):
        smuggled = b"GET /hello?name=smuggled HTTP/1.1\r\nHost: t\r\n\r\n"
        with self.server.connect() as connection:
            connection.request("POST", "/nowhere", body=smuggled)
            self.assertError(connection.read(), 404)
            connection.request("GET", "/hello?name=next")
            self.assertEqual(connection.read().json, {"hello": "next"})

    def test_pipelined_requests_answer_in_order(self):
        with self.server.connect() as connection:
            connection.send(b"GET /slow?ms=150 HTTP/1.1\r\nHost: t\r\n\r\n" + b"".join(
                b"GET /hello?name=%d HTTP/1.1\r\nHost: t\r\n\r\n" % number for number in range(100)))
            self.assertEqual(connection.read().json, {"answer": "slow"})
            for number, response in enumerate(connection.read_many(100)):
                self.assertEqual(response.json, {"hello": str(number)})

    def test_one_byte_at_a_time(self):
        with self.server.connect() as connection:
            for byte in b"GET /hello?name=Ada HTTP/1.1\r\nHost: t\r\nX-Y: z\r\n\r\n":
                connection.send(bytes([byte]))
            self.assertEqual(connection.read().json, {"hello": "Ada"})


class FaultOrder(ServerTest):
    # contract: http.fault-order
    def test_several_faults(self):
        bad = b"{"
        # Framing before everything.
        with self.server.connect() as connection:
            connection.send(b"PUT /nowhere HTTP/1.1\r\nHost: t\r\nContent-Length: x\r\n\r\n")
            self.assertError(connection.read(), 400)
        # 404 and 405 before 401, 415 and 400.
        self.assertError(self.server.request("POST", "/nowhere", body=bad, headers={"Content-Type": "text/plain"}), 404)
        self.assertError(self.server.request("PUT", "/api/users", body=bad, headers={"Content-Type": "text/plain"}), 405)
        # 401 before 413, 415 and 400.
        me = self.server.register()
        path = f"/api/users/{me['user']['id']}"
        self.assertError(self.server.request("PATCH", path, body=bad, headers={"Content-Type": "text/plain"}), 401)
        self.assertError(
            self.server.request("PATCH", path, headers={"Content-Type": "application/json", "Content-Length": "99999999"}), 401)
        # 413 and 415 before 400.
        self.assertError(self.server.request("PATCH", path, token=me["accessToken"], body=bad, headers={"Content-Type": "text/plain"}), 415)
        # 400 before 403.
        other = self.server.register()["user"]["id"]
        self.assertError(self.server.patch(f"/api/users/{other}", {"name": "x"}, token=me["accessToken"]), 400, "Validation error")
        self.assertError(self.server.patch(f"/api/users/{other}", {"name": "Ada"}, token=me["accessToken"]), 403, "Forbidden")


if __name__ == "__main__":
    unittest.main()
