# SPDX-License-Identifier: Apache-2.0
"""GraphQL over HTTP: methods, media types, status codes, who may post from where, persisted operations, allow-lists."""

import gzip
import hashlib
import json
import pathlib
import tempfile
import unittest
import urllib.parse

from mortised import Mortised, ServerTest, run

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
UTF8 = "; charset=utf-8"
BASE = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {}, "graphql": {}, "echoes": {}}
ECHO = "{ echo }"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text: str, **more) -> dict:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}, **more}


class GraphQlTest(ServerTest):
    PLUGINS = BASE

    def ask(self, body, accept: str | None = RESPONSE, server: Mortised | None = None, **options):
        """A POST; `body` is bytes, or becomes JSON."""
        headers = {"Content-Type": JSON, **({} if accept is None else {"Accept": accept}), **options.pop("headers", {})}
        data = body if isinstance(body, bytes) else json.dumps({"query": body} if isinstance(body, str) else body).encode()
        return (server or self.server).request("POST", "/graphql", body=data, headers=headers, **options)

    def read(self, accept: str | None = RESPONSE, method: str = "GET", server: Mortised | None = None, **parameters):
        """A GET; members that are no text become JSON."""
        given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        headers = {} if accept is None else {"Accept": accept}
        return (server or self.server).request(method, "/graphql?" + urllib.parse.urlencode(given), headers=headers)

    def assertData(self, response, data, kind: str = RESPONSE):
        self.assertEqual(response.status, 200, response)
        self.assertEqual(response.header("content-type"), kind + UTF8, response)
        self.assertEqual(response.json, {"data": data}, response)

    def assertRefused(self, response, status: int, code: str, kind: str = RESPONSE) -> str:
        """Nothing was executed; returns the message of the one error."""
        self.assertEqual(response.status, status, response)
        self.assertEqual(response.header("content-type"), kind + UTF8, response)
        self.assertEqual(set(response.json), {"errors"}, response)
        [error] = response.json["errors"]
        self.assertEqual(error["extensions"]["code"], code, response)
        self.assertEqual(error["extensions"]["requestId"], response.header("x-request-id"), response)
        return error["message"]

    def count(self, server: Mortised | None = None) -> int:
        return self.ask("{ count }", server=server).json["data"]["count"]


class MediaTypes(GraphQlTest):
    # contract: graphql.media-types
    def test_accept_chooses_the_media_type(self):
        both = f"{RESPONSE}, {JSON};q=0.9"
        for accept, kind in (
            (None, JSON), ("*/*", JSON), (JSON, JSON), ("application/*", JSON), (RESPONSE, RESPONSE), (both, RESPONSE),
            (f"{RESPONSE};q=0.5, {JSON}", JSON), (f"{JSON}, {RESPONSE}", RESPONSE), ("text/html, */*;q=0.1", JSON),
            (f"{RESPONSE}; charset=utf-8", RESPONSE), (f"{RESPONSE};charset=latin1, {JSON}", JSON), ("", JSON),
        ):  # fmt: skip
            for response in (self.ask(ECHO, accept), self.read(accept, query=ECHO)):
                self.assertData(response, {"echo": "hello"}, kind)
                self.assertIn("accept", response.header("vary").lower())

    # contract: graphql.media-types
    def test_a_client_that_takes_neither_is_refused_before_anything_is_done(self):
        before = self.count()
        for accept in ("text/html", f"{JSON};q=0", f"{JSON};charset=latin1"):
            response = self.ask("mutation { count }", accept)
            self.assertError(response, 406)
            self.assertIn("accept", response.header("vary").lower())
        self.assertEqual(self.count(), before)

    def test_several_accept_fields_are_one_list(self):
        with self.server.connect() as connection:
            body = json.dumps({"query": ECHO}).encode()
            connection.send(
                b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nAccept: text/html\r\n"
                b"Accept: application/json;q=0.1, application/graphql-response+json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            self.assertData(connection.read(), {"echo": "hello"}, RESPONSE)

    # contract: graphql.json-only
    def test_bodies_are_json_and_nothing_else(self):
        """Of these a page of any origin may send the first three without asking first."""
        before = self.count()
        body = json.dumps({"query": "mutation { count }"}).encode()
        form = urllib.parse.urlencode({"query": "mutation { count }"}).encode()
        for kind, sent in (
            ("text/plain", body), ("application/x-www-form-urlencoded", form), ("multipart/form-data; boundary=x", body),
            ("text/plain; charset=application/json", body), (None, body), ("application/graphql", b"mutation { count }"),
            (f"{JSON}; charset=latin1", body), ("application/jsonx", body), ("", body), (RESPONSE, body),
        ):  # fmt: skip
            headers = {} if kind is None else {"Content-Type": kind}
            self.assertError(self.server.request("POST", "/graphql", body=sent, headers=headers), 415, "Unsupported media type")
        self.assertEqual(self.count(), before)
        for kind in (f"{JSON}; charset=utf-8", f'{JSON};charset="UTF-8"', f"{JSON}; indent=4", "APPLICATION/JSON"):
            self.assertEqual(self.ask(ECHO, headers={"Content-Type": kind}).status, 200, kind)

    def test_bodies_are_not_decompressed(self):
        packed = gzip.compress(json.dumps({"query": ECHO}).encode())
        response = self.ask(packed, headers={"Content-Encoding": "gzip"})
        self.assertError(response, 415)
        self.assertEqual(response.header("accept-encoding"), "identity")

    def test_a_body_that_is_too_large_is_413(self):
        with self.server.connect() as connection:
            connection.send(
                b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (10 * 1024 * 1024 + 1)
            )
            self.assertError(connection.read(), 413)


class StatusCodes(GraphQlTest):
    WRONG = (
        ("{", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"), ("query A { echo } query B { echo }", None),
        ("query($id: Int!) { echo }", None),
    )  # fmt: skip

    # contract: graphql.status
    def test_a_request_that_is_not_executed_is_400_or_of_older_clients_200(self):
        for query, code in self.WRONG:
            for accept, status in ((RESPONSE, 400), (JSON, 200), (None, 200)):
                for response in (self.ask(query, accept), self.read(accept, query=query)):
                    self.assertEqual(response.status, status, (query, response))
                    self.assertEqual(response.header("content-type"), (RESPONSE if accept == RESPONSE else JSON) + UTF8)
                    self.assertNotIn("data", response.json)
                    [error] = response.json["errors"]
                    self.assertEqual(error["extensions"]["code"], code or error["extensions"]["code"], response)
                    self.assertEqual(error["extensions"]["requestId"], response.header("x-request-id"))

    # contract: graphql.status
    def test_what_is_executed_is_200_whatever_its_fields_come_to(self):
        for accept, kind in ((RESPONSE, RESPONSE), (JSON, JSON)):
            response = self.ask("{ echo broken }", accept)
            self.assertEqual((response.status, response.header("content-type")), (200, kind + UTF8), response)
            self.assertIsNone(response.json["data"])
            [error] = response.json["errors"]
            self.assertEqual((error["message"], error["path"]), ("Internal server error", ["broken"]))
            self.assertEqual(error["extensions"], {"code": "INTERNAL_SERVER_ERROR", "requestId": response.header("x-request-id")})

    # contract: graphql.status
    def test_malformed_requests_are_400_for_everybody(self):
        for accept, kind in ((RESPONSE, RESPONSE), (JSON, JSON), (None, JSON)):
            for body in (
                {}, {"query": None}, {"query": 7}, {"query": ["{ echo }"]}, {"query": {}}, {"query": False}, {"qeury": ECHO},
                {"query": ECHO, "variables": []}, {"query": ECHO, "variables": "{}"}, {"query": ECHO, "variables": 0},
                {"query": ECHO, "operationName": 1}, {"query": ECHO, "operationName": {}}, {"query": ECHO, "extensions": []},
                {"query": ECHO, "extensions": "x"}, {"query": ECHO, "documentId": 1}, {"query": ECHO, "documentId": "x"},
                7, "text", None, True,
            ):  # fmt: skip
                response = self.ask(json.dumps(body).encode(), accept)
                self.assertRefused(response, 400, "BAD_REQUEST", kind)
        for member in ("variables", "operationName", "extensions", "documentId"):
            self.assertData(self.ask({"query": ECHO, member: None}), {"echo": "hello"})
        self.assertData(self.ask({"query": ECHO, "unheardOf": 1}), {"echo": "hello"})

    def test_malformed_json_is_refused_as_everywhere(self):
        for body, position in ((b"{", 1), (b'{"query": x}', 10), (b"", 0), (b'{"query":"{ echo }"} x', 21)):
            error = self.assertError(self.ask(body), 400, "Malformed JSON")
            self.assertEqual(error["position"], position)

    def test_a_batch_is_refused_by_name(self):
        for body in ([], [{"query": ECHO}], [{"query": ECHO}, {"query": ECHO}]):
            message = self.assertRefused(self.ask(json.dumps(body).encode()), 400, "BAD_REQUEST")
            self.assertIn("batch", message)

    def test_a_name_of_an_operation_that_is_empty(self):
        two = "query A { a: echo } query B { b: echo }"
        self.assertData(self.ask({"query": two, "operationName": "B"}), {"b": "hello"})
        self.assertData(self.read(query=two, operationName="B"), {"b": "hello"})
        # In JSON it is a name that no operation has, as graphql-http has it; in a URL it is none (GET).
        self.assertEqual(self.ask({"query": ECHO, "operationName": ""}).status, 400)
        self.assertData(self.read(query=ECHO, operationName=""), {"echo": "hello"})

    def test_no_token_is_nobody_and_a_bad_one_is_refused_as_everywhere(self):
        user = self.server.register()
        self.assertData(self.ask("{ viewer }", token=user["accessToken"]), {"viewer": user["user"]["id"]})
        response = self.ask("{ viewer }")
        self.assertEqual(response.status, 200, response)
        self.assertEqual(response.json["errors"][0]["extensions"]["code"], "UNAUTHENTICATED")
        for response in (self.ask(ECHO, token="x.y.z"), self.server.request("GET", "/graphql?query={echo}", token="x.y.z")):
            self.assertError(response, 401, "Invalid token")
            self.assertEqual(response.header("www-authenticate"), 'Bearer error="invalid_token"')


class Methods(GraphQlTest):
    # contract: graphql.get
    def test_get_executes_queries(self):
        self.assertData(self.read(query=ECHO), {"echo": "hello"})
        query = "query Q($text: String!) { echo(text: $text) later(text: $text) }"
        self.assertData(self.read(query=query, variables={"text": "zoë 😀"}), {"echo": "zoë 😀", "later": "zoë 😀"})
        self.assertData(self.read(query=ECHO, variables="", extensions="", operationName=""), {"echo": "hello"})
        self.assertData(self.read(query=ECHO, variables="null", extensions="null"), {"echo": "hello"})
        self.assertData(self.read(query="query null { echo }", operationName="null"), {"echo": "hello"})

    # contract: graphql.get
    def test_get_refuses_mutations(self):
        before = self.count()
        for parameters in (
            {"query": "mutation { count }"}, {"query": "query A { echo } mutation B { count }", "operationName": "B"},
        ):  # fmt: skip
            for accept, kind in ((RESPONSE, RESPONSE), (JSON, JSON)):
                response = self.read(accept, **parameters)
                self.assertRefused(response, 405, "BAD_REQUEST", kind)
                self.assertEqual(response.header("allow"), "POST")
        self.assertEqual(self.count(), before)
        self.assertData(self.read(query="query A { echo } mutation B { count }", operationName="A"), {"echo": "hello"})

    def test_malformed_parameters_are_400(self):
        for parameters in (
            {}, {"query": ""}, {"variables": "{}"}, {"query": ECHO, "variables": "[]"}, {"query": ECHO, "variables": "{"},
            {"query": ECHO, "variables": "1"}, {"query": ECHO, "extensions": "[]"}, {"query": ECHO, "extensions": "x"},
            {"query": ECHO, "variables": '"{}"'},
        ):  # fmt: skip
            self.assertRefused(self.read(**parameters), 400, "BAD_REQUEST")
            self.assertRefused(self.read(JSON, **parameters), 400, "BAD_REQUEST", JSON)

    def test_head_is_get_without_the_body(self):
        got, head = self.read(query=ECHO), self.read(method="HEAD", query=ECHO)
        self.assertEqual((head.status, head.body), (200, b""))
        for name in ("content-type", "content-length", "vary", "cache-control"):
            self.assertEqual(head.header(name), got.header(name), name)
        self.assertEqual(self.read(method="HEAD", query="mutation { count }").status, 405)

    def test_other_methods(self):
        for method in ("PUT", "PATCH", "DELETE"):
            response = self.server.request(method, "/graphql")
            self.assertError(response, 405)
            self.assertEqual(response.header("allow"), "GET, HEAD, POST, OPTIONS")
        response = self.server.request("OPTIONS", "/graphql")
        self.assertEqual((response.status, response.header("allow")), (204, "GET, HEAD, POST, OPTIONS"))

    def test_responses_are_not_stored(self):
        for response in (self.ask(ECHO), self.read(query=ECHO), self.read(query="{"), self.ask("{")):
            self.assertEqual(response.header("cache-control"), "no-store", response)


class Cached(GraphQlTest):
    PLUGINS = {**BASE, "graphql": {"anonymous_max_age": "90s"}}

    def test_caches_keep_what_is_nobodys(self):
        response = self.read(query=ECHO)
        self.assertEqual(response.header("cache-control"), "public, max-age=90")
        self.assertEqual({one.strip().lower() for one in response.header("vary").split(",")}, {"accept", "authorization"})
        token = self.server.register()["accessToken"]
        for kept in (
            self.ask(ECHO), self.read(query="{"), self.read(query="{ echo viewer }"), self.read(query="mutation { count }"),
            self.server.request("GET", "/graphql?query={echo}", token=token), self.read("text/html", query=ECHO), self.read(),
        ):  # fmt: skip
            self.assertEqual(kept.header("cache-control"), "no-store", kept)


class BesideOtherPlugins(GraphQlTest):
    PLUGINS = {**BASE, "cors": {"origin": "https://a.example"}, "compression": {}, "conditional": {}}

    def test_pages_of_other_origins_ask_first(self):
        def preflight(origin: str):
            return self.server.request("OPTIONS", "/graphql", headers={
                "Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"})

        allowed = preflight("https://a.example")
        self.assertEqual((allowed.status, allowed.header("access-control-allow-origin")), (204, "https://a.example"))
        self.assertIn("POST", allowed.header("access-control-allow-methods"))
        self.assertIsNone(preflight("https://b.example").header("access-control-allow-origin"))
        response = self.ask(ECHO, headers={"Origin": "https://a.example"})
        self.assertEqual(response.header("access-control-allow-origin"), "https://a.example")

    def test_both_media_types_are_compressed(self):
        query = '{ repeated(text: "abc", times: 2000) }'
        for kind in (RESPONSE, JSON):
            for response in (self.ask(query, kind, headers={"Accept-Encoding": "gzip"}),):
                self.assertEqual((response.status, response.header("content-encoding")), (200, "gzip"), response)
                self.assertEqual(json.loads(gzip.decompress(response.body)), {"data": {"repeated": "abc" * 2000}})
                self.assertEqual({"accept", "accept-encoding"} - {one.strip().lower() for one in response.header("vary").split(",")}, set())

    def test_conditions_change_nothing_of_a_post(self):
        before = self.count()
        for headers in ({"If-None-Match": "*"}, {"If-Match": '"x"'}, {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}):
            response = self.ask("mutation { count }", headers=headers)
            self.assertEqual((response.status, response.header("etag")), (200, None), (headers, response))
        self.assertEqual(self.count(), before + 3)


class IdempotencyKeys(GraphQlTest):
    PLUGINS = {**BASE, "idempotency": {}}

    def keyed(self, query: str, key: str, **options):
        return self.ask(query, headers={"Idempotency-Key": key}, **options)

    # contract: graphql.key
    def test_one_field_of_mutation_is_done_once(self):
        token = self.server.register()["accessToken"]
        before = self.count()
        for accept, kind in ((RESPONSE, RESPONSE), (JSON, JSON)):
            key = f"one-{len(kind)}"
            first = self.keyed("mutation { count }", key, accept=accept, token=token)
            again = self.keyed("mutation { count }", key, accept=accept, token=token)
            self.assertEqual((first.status, again.status), (200, 200), (first, again))
            self.assertEqual((again.body, again.header("content-type")), (first.body, kind + UTF8))
            self.assertIn("accept", again.header("vary").lower())
            self.assertEqual((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, "true"))
        self.assertEqual(self.count(), before + 2)
        self.assertError(self.keyed("mutation { count(by: 2) }", f"one-{len(JSON)}", token=token), 422)

    # contract: graphql.key
    def test_anything_else_has_no_key(self):
        token = self.server.register()["accessToken"]
        before = self.count()
        for number, query in enumerate((ECHO, "mutation { a: count b: count }", "mutation { __typename }", "mutation { count __typename }")):
            for accept, kind in ((RESPONSE, RESPONSE), (JSON, JSON)):
                response = self.keyed(query, f"else-{number}-{len(kind)}", accept=accept, token=token)
                self.assertRefused(response, 400, "BAD_REQUEST", kind)
        self.assertEqual(self.count(), before)
        # Without an effect there is nothing to keep: the key is free.
        self.assertEqual(self.keyed("mutation { count }", f"else-0-{len(JSON)}", token=token).status, 200)


class Persisted(GraphQlTest):
    PLUGINS = {**BASE, "graphql": {"persisted_client_operations": "3"}}
    SERVER = {"trusted_proxies": "127.0.0.1"}

    # contract: graphql.persisted
    def test_an_operation_is_sent_once(self):
        query = "query Once($text: String!) { echo(text: $text) }"
        missing = self.ask(persisted(query, variables={"text": "a"}))
        self.assertEqual(self.assertRefused(missing, 400, "PERSISTED_QUERY_NOT_FOUND"), "PersistedQueryNotFound")
        older = self.ask(persisted(query, variables={"text": "a"}), JSON)
        self.assertRefused(older, 200, "PERSISTED_QUERY_NOT_FOUND", JSON)
        self.assertData(self.ask(persisted(query, query=query, variables={"text": "a"})), {"echo": "a"})
        self.assertData(self.ask(persisted(query, variables={"text": "b"})), {"echo": "b"})
        self.assertData(self.read(variables={"text": "c"}, extensions=persisted(query)["extensions"]), {"echo": "c"})
        self.assertData(self.ask({"documentId": "sha256:" + digest(query), "variables": {"text": "d"}}), {"echo": "d"})
        self.assertData(self.read(documentId=digest(query), variables={"text": "e"}), {"echo": "e"})

    def test_a_digest_is_that_of_its_text(self):
        body = {**persisted("{ a: echo }"), "query": "{ b: echo }"}
        self.assertRefused(self.ask(body), 400, "BAD_REQUEST")
        self.assertRefused(self.ask(persisted("{ a: echo }")), 400, "PERSISTED_QUERY_NOT_FOUND")
        for extension in ({"version": 2, "sha256Hash": digest(ECHO)}, {"version": 1}, {"version": 1, "sha256Hash": 5}, {"version": "1",
                          "sha256Hash": digest(ECHO)}, {"sha256Hash": digest(ECHO)}, {"version": 1, "sha256Hash": "ab"}, 7, "x", []):
            self.assertRefused(self.ask({"extensions": {"persistedQuery": extension}}), 400, "BAD_REQUEST")

    def test_what_is_invalid_is_not_kept(self):
        for query in ("{ nothing }", "{"):
            self.assertEqual(self.ask(persisted(query, query=query)).status, 400)
            self.assertRefused(self.ask(persisted(query)), 400, "PERSISTED_QUERY_NOT_FOUND")

    def test_a_mutation_is_not_executed_by_get(self):
        query = "mutation { count }"
        self.assertEqual(self.ask(persisted(query, query=query)).status, 200)
        self.assertRefused(self.read(extensions=persisted(query)["extensions"]), 405, "BAD_REQUEST")

    # contract: graphql.persisted
    def test_a_client_displaces_its_own_only(self):
        mine, others = {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "198.51.100.2"}
        self.assertEqual(self.ask(persisted("{ mine: echo }", query="{ mine: echo }"), headers=mine).status, 200)
        for i in range(10):
            query = f"{{ others{i}: echo }}"
            self.assertEqual(self.ask(persisted(query, query=query), headers=others).status, 200)
        self.assertData(self.ask(persisted("{ mine: echo }"), headers=others), {"mine": "hello"})
        self.assertRefused(self.ask(persisted("{ others6: echo }"), headers=others), 400, "PERSISTED_QUERY_NOT_FOUND")
        self.assertData(self.ask(persisted("{ others7: echo }"), headers=mine), {"others7": "hello"})

    def test_a_reload_keeps_them(self):
        query = "{ kept: echo }"
        self.assertEqual(self.ask(persisted(query, query=query), headers={"X-Forwarded-For": "198.51.100.3"}).status, 200)
        self.server.reload()
        self.assertData(self.ask(persisted(query)), {"kept": "hello"})


class NotPersisted(GraphQlTest):
    PLUGINS = {**BASE, "graphql": {"persisted_operations": "false"}}

    def test_clients_learn_that_nothing_is_kept(self):
        for body in (persisted(ECHO), persisted(ECHO, query=ECHO), {"documentId": digest(ECHO)}):
            message = self.assertRefused(self.ask(body), 400, "PERSISTED_QUERY_NOT_SUPPORTED")
            self.assertEqual(message, "PersistedQueryNotSupported")
        self.assertData(self.ask(ECHO), {"echo": "hello"})


class AllowList(unittest.TestCase):
    TEXTS = {"first": ECHO, digest("{ b: echo }"): "{ b: echo }"}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        pathlib.Path(self.folder.name).chmod(0o755)
        self.file = pathlib.Path(self.folder.name) / "operations.json"
        self.ask = GraphQlTest.ask.__get__(self)
        self.read = GraphQlTest.read.__get__(self)

    assertData = GraphQlTest.assertData
    assertRefused = GraphQlTest.assertRefused

    def list(self, content) -> None:
        self.file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def started(self, **settings) -> Mortised:
        server = Mortised(plugins={**BASE, "graphql": {"allowed_operations": str(self.file), **settings}})
        self.addCleanup(server.close)
        self.server = server
        return server

    # contract: graphql.allowed
    def test_only_what_is_listed_is_executed(self):
        self.list(self.TEXTS)
        self.started()
        b = "{ b: echo }"
        for body in ({"query": ECHO}, {"query": b}, {"documentId": "first"}, {"documentId": digest(ECHO)}, {"documentId": "sha256:" + digest(b)},
                     persisted(ECHO), persisted(b, query=b), {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "first"}}}):
            self.assertEqual(self.ask(body).status, 200, body)
        self.assertData(self.read(documentId="first"), {"echo": "hello"})
        for body in ({"query": "{ c: echo }"}, {"query": "{  echo }"}, {"query": "{ __schema { types { name } } }"}, {"query": "{"},
                     {"documentId": "third"}, persisted("{ c: echo }"), persisted("{ c: echo }", query="{ c: echo }")):
            self.assertRefused(self.ask(body), 403, "OPERATION_NOT_ALLOWED")
            self.assertRefused(self.ask(body, JSON), 200, "OPERATION_NOT_ALLOWED", JSON)

    def test_a_manifest_of_apollo(self):
        self.list({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
            {"id": "abc", "name": "A", "type": "query", "body": "query A {\n  echo\n}"}]})
        self.started()
        self.assertData(self.ask({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}}), {"echo": "hello"})
        self.assertRefused(self.ask(ECHO), 403, "OPERATION_NOT_ALLOWED")

    def test_a_reload_reads_it_again(self):
        self.list(self.TEXTS)
        server = self.started()
        self.list({"x": "{ x: echo }"})
        self.assertData(self.ask(ECHO), {"echo": "hello"})
        server.reload()
        self.assertData(self.ask("{ x: echo }"), {"x": "hello"})
        self.assertRefused(self.ask(ECHO), 403, "OPERATION_NOT_ALLOWED")
        self.list({"x": "{ nothing }"})
        server.reload(expect="Reload failed")
        self.assertData(self.ask("{ x: echo }"), {"x": "hello"})

    def test_mistakes_are_found_at_the_start_and_by_a_check(self):
        for content, reason in (
            (None, "No such file"), ("{", "malformed JSON at byte 1"), ("[]", "no object"), ("{}", "no operations"),
            ({"a": 1}, "'/a'"), ({"a": ""}, "'/a'"), ({"": ECHO}, "no id"),
            ({"good": ECHO, "bad": "{ nothing }"}, "'bad'"), ({"bad": "{"}, "'bad'"), ({"bad": "type T { a: Int }"}, "'bad'"),
            ({"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}, "/version"),
            ({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a"}]}, "/operations/0"),
            ({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"body": ECHO}]}, "/operations/0"),
        ):  # fmt: skip
            if content is None:
                self.file.unlink(missing_ok=True)
            else:
                self.list(content)
            with self.subTest(content=content):
                server = Mortised(plugins={**BASE, "graphql": {"allowed_operations": str(self.file)}}, start=False)
                self.addCleanup(server.close)
                checked = run("--config", str(server.folder.config), "--check-config")
                self.assertNotEqual(checked.returncode, 0)
                said = checked.stdout + checked.stderr
                self.assertIn(str(self.file), said)
                self.assertIn(reason, said)


if __name__ == "__main__":
    unittest.main()
