# SPDX-License-Identifier: Apache-2.0
"""Fields that may stand once, fields that may not be trailers, and lines that are none: refused with 400 and the end of the
connection, whatever is read next would be."""

import json
import unittest

from mortised import ServerTest

NEXT = b"GET /health HTTP/1.1\r\nHost: next\r\n\r\n"
LAST = b"GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
# One value each, by its specification.
ONCE = {
    b"Content-Type": (b"application/json", b"text/plain"),
    b"Content-Encoding": (b"gzip", b"identity"),
    b"Content-Location": (b"/a", b"/b"),
    b"Content-Range": (b"bytes 0-1/2", b"bytes 1-1/2"),
    b"Content-Disposition": (b"inline", b"attachment"),
    b"Content-Length": (b"0", b"0"),
    b"Host": (b"t", b"u"),
    b"Authorization": (b"Bearer a", b"Bearer b"),
    b"Proxy-Authorization": (b"Basic YTpi", b"Basic YTpj"),
    b"DPoP": (b"a.b.c", b"a.b.d"),
    b"From": (b"a@example.com", b"b@example.com"),
    b"Referer": (b"http://a/", b"http://b/"),
    b"User-Agent": (b"a/1", b"b/1"),
    b"Origin": (b"http://a", b"http://b"),
    b"Date": (b"Tue, 15 Nov 1994 08:12:31 GMT", b"Tue, 15 Nov 1994 08:12:32 GMT"),
    b"Max-Forwards": (b"1", b"2"),
    b"Range": (b"bytes=0-1", b"bytes=1-1"),
    b"If-Range": (b'"a"', b'"b"'),
    b"If-Modified-Since": (b"Tue, 15 Nov 1994 08:12:31 GMT", b"Tue, 15 Nov 1994 08:12:32 GMT"),
    b"If-Unmodified-Since": (b"Tue, 15 Nov 1994 08:12:31 GMT", b"Tue, 15 Nov 1994 08:12:32 GMT"),
    b"Idempotency-Key": (b'"a"', b'"b"'),
    b"Access-Control-Request-Method": (b"GET", b"PUT"),
    b"Sec-WebSocket-Key": (b"dGhlIHNhbXBsZSBub25jZQ==", b"eGhlIHNhbXBsZSBub25jZQ=="),
}
# Lists, and what proxies add to.
OFTEN = (
    b"Accept", b"Accept-Encoding", b"Accept-Language", b"Cache-Control", b"Connection", b"Cookie", b"Forwarded", b"If-Match",
    b"If-None-Match", b"Via", b"X-Forwarded-For", b"X-Forwarded-Proto", b"X-Anything", b"Content-Language", b"X-Request-Id",
)
HEADER_ONLY = (
    b"Transfer-Encoding: chunked", b"Content-Length: 5", b"Host: a", b"Connection: close", b"Trailer: X", b"TE: trailers", b"Upgrade: h2c",
    b"Authorization: Bearer a", b"Proxy-Authorization: Basic YTpi", b"Cookie: a=b", b"Set-Cookie: a=b", b"Content-Type: text/plain",
    b"Content-Encoding: gzip", b"Content-Range: bytes 0-1/2", b"Expect: 100-continue", b"Max-Forwards: 1", b"Cache-Control: no-store",
    b"Range: bytes=0-1", b"If-Match: *", b'If-None-Match: "a"', b"If-Modified-Since: x", b"If-Range: x", b"X-Forwarded-For: 10.0.0.1",
    b"Forwarded: for=10.0.0.1", b"Origin: http://a", b"Idempotency-Key: a", b"Vary: *", b"Location: /", b"Date: x",
)


def head(*fields: bytes, line: bytes = b"GET /hello HTTP/1.1", host: bool = True) -> bytes:
    return b"\r\n".join([line, *([b"Host: t"] if host else []), *fields, b"", b""])


def create(address: str, *trailers: bytes, fields: tuple = ()) -> bytes:
    body = json.dumps({"name": "Ada", "email": address, "password": "correct horse"}).encode()
    return head(b"Content-Type: application/json", b"Transfer-Encoding: chunked", *fields, line=b"POST /api/users HTTP/1.1") + b"\r\n".join(
        [b"%x" % len(body), body, b"0", *trailers, b"", b""])


class Talk(ServerTest):
    def assertRefused(self, data: bytes, status: int = 400) -> None:
        for pieces in (1, 7):
            answers = self.talk(data + NEXT, pieces)
            self.assertEqual([one.status for one in answers], [status], answers)
            self.assertError(answers[0], status)
            self.assertTrue(answers[0].closes, answers[0])


class Singletons(Talk):
    # contract: http.singletons
    def test_twice_is_refused(self):
        for name, values in ONCE.items():
            host = name != b"Host"
            for first, second in (values, (values[0], values[0])):
                with self.subTest(name=name, first=first, second=second):
                    self.assertRefused(head(name + b": " + first, name + b": " + second, host=host))
                    self.assertRefused(head(name + b": " + first, b"X: y", name.lower() + b":" + second, host=host))
                    self.assertRefused(head(name.upper() + b": " + first, name + b":", host=host))
            with self.subTest(name=name, once=True):
                answers = self.talk(head(name + b": " + values[0], host=host) + LAST)
                self.assertEqual(len(answers), 2, answers)
                self.assertNotEqual(answers[0].status, 400, answers)

    # contract: http.singletons
    def test_before_everything_else(self):
        twice = (b"Authorization: Bearer a", b"Authorization: Bearer b")
        for line in (b"GET /nowhere HTTP/1.1", b"DELETE /hello HTTP/1.1", b"GET /api/users/me HTTP/1.1", b"OPTIONS * HTTP/1.1",
                     b"GET /hello HTTP/1.0", b"PROPFIND /hello HTTP/1.1", b"GET http://t/hello HTTP/1.1"):
            with self.subTest(line=line):
                self.assertRefused(head(*twice, line=line))
        # No 100 Continue, and the body is no request.
        for expects in ((), (b"Expect: 100-continue",)):
            fields = (b"Content-Type: application/json", b"Content-Type: application/json", *expects, b"Content-Length: %d" % len(NEXT))
            self.assertRefused(head(*fields, line=b"POST /api/users HTTP/1.1"))

    # contract: http.singletons
    def test_lists_may_repeat(self):
        for name in OFTEN:
            with self.subTest(name=name):
                answers = self.talk(head(name + b": a", b"X: y", name.lower() + b": b", name + b": a") + LAST)
                self.assertEqual([one.status for one in answers], [200, 200], answers)
        many = [b"X-%d: a" % number for number in range(60)]
        self.assertEqual([one.status for one in self.talk(head(*many, *many[:30]) + LAST)], [200, 200])


class Replies(ServerTest):
    """The same of plugins: what two caches could read differently never leaves."""

    PLUGINS = {"routing": {}, "uses-exchange": {}}

    def test_twice_is_an_internal_error(self):
        for name in ("ETag", "Location", "last-modified", "Content-Encoding", "Expires", "Retry-After", "CONTENT-RANGE"):
            mark = self.server.mark()
            self.assertError(self.server.get(f"/uses/exchange/repeated?name={name}"), 500)
            self.server.wait_for("A plugin's reply breaks a rule", since=mark)
        for name in ("Set-Cookie", "Link", "Vary", "X-Anything", "Cache-Control"):
            answer = self.server.get(f"/uses/exchange/repeated?name={name}")
            self.assertEqual((answer.status, answer.headers(name.lower())), (200, ["a", "a"]), answer)

    def test_twice_with_the_header_block_is_an_internal_error(self):
        for name in ("ETag", "Location", "etag", "LOCATION"):
            mark = self.server.mark()
            self.assertError(self.server.get(f"/uses/exchange/beside-a-block?name={name}"), 500)
            self.server.wait_for("A plugin's reply breaks a rule", since=mark)
        for name, values in (("Link", ["</block>", "a"]), ("Last-Modified", ["a"]), ("Retry-After", ["a"]), ("X-Anything", ["a"])):
            answer = self.server.get(f"/uses/exchange/beside-a-block?name={name}")
            self.assertEqual((answer.status, sorted(answer.headers(name.lower()))), (200, values), answer)
            self.assertEqual(answer.headers("etag"), ['"of the block"'])


class Trailers(Talk):
    # contract: http.trailers
    def test_forbidden_ones(self):
        for number, line in enumerate(HEADER_ONLY):
            name, _, value = line.partition(b": ")
            for trailers in ((line,), (b"X-Sum: a", line), (name.swapcase() + b":" + value,), (name + b":", b"X-Sum: a")):
                with self.subTest(trailers=trailers):
                    self.assertRefused(create(f"trailers{number}@example.com", *trailers))
            expecting = create(f"trailers{number}@example.com", line, fields=(b"Expect: 100-continue", b"Trailer: " + name))
            statuses = [one.status for one in self.talk(expecting + NEXT)]
            self.assertEqual(statuses[-1], 400, (line, statuses))
            self.assertIn(statuses[:-1], ([], [100]))  # the content was asked for before its trailers came

    # contract: http.trailers
    def test_nothing_was_done(self):
        self.assertRefused(create("undone@example.com", b"Content-Length: 7"))
        answers = self.talk(create("undone@example.com", b"X-Sum: a") + LAST)
        self.assertEqual([one.status for one in answers], [201, 200], answers)

    # contract: http.trailers
    def test_no_response_passes_over_a_body_that_nobody_reads(self):
        lines = (b"GET /hello", b"HEAD /hello", b"GET /health", b"GET /ready", b"POST /nowhere", b"DELETE /hello", b"OPTIONS /hello",
                 b"GET /api/users", b"POST /auth/logout", b"GET /hello?x=" + b"y" * 3000)
        faults = (b"0\r\nHost: evil\r\n\r\n", b"0\r\nX: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\n", b"1\r\nab\r\n", b"-1\r\n",
                  b"5\r\nhello\r\n0\r\nAuthorization: Bearer a\r\n\r\n", b"0\r\nX y: z\r\n\r\n", b"5\n", b"0\r\n\rX")
        for line in lines:
            for body in faults:
                with self.subTest(line=line[:40], body=body):
                    with self.server.connect() as connection:
                        connection.send(head(b"Transfer-Encoding: chunked", line=line + b" HTTP/1.1") + body + NEXT)
                        answer = connection.read()  # malformed: of no method, so HEAD has content too
                        self.assertEqual(answer.status, 400, answer)
                        self.assertTrue(answer.closes, answer)
                        self.assertTrue(connection.at_end())
            whole = head(b"Transfer-Encoding: chunked", line=line + b" HTTP/1.1")
            for body in (b"", b"0\r\n\r\n", b"5\r\nhello\r\n0\r\nX-Sum: a\r\n\r\n", b"5;x=y\r\nhel"):
                with self.subTest(line=line[:40], good=body), self.server.connect() as connection:
                    connection.send(whole + body)
                    if line not in (b"POST /auth/logout",):  # that one reads it
                        self.assertNotEqual(connection.read(head=line.startswith(b"HEAD")).status, 400, line)

    # contract: http.trailers
    def test_others_are_dropped(self):
        for number, trailers in enumerate(((b"X-Sum: a",), (b"Server-Timing: a",), (b"ETag: x", b"ETag: y"), (b"Hosts: a",), (b"Content-Lengths: 1",),
                                           (b"Xhost: a",), (b"A" * 200 + b": b",), (b"Digest: a",))):
            with self.subTest(trailers=trailers):
                answers = self.talk(create(f"dropped{number}@example.com", *trailers) + LAST, 5)
                self.assertEqual([one.status for one in answers], [201, 200], answers)


class Lines(Talk):
    # contract: http.ambiguous
    def test_half_a_line_is_malformed(self):
        for method in (b"GET", b"G", b"POST", b"BREW", b"get", b"CONNECT", b"PROPFIND", b"DESCRIBE", b"PRI", b"OPTIONS"):
            for rest in (b"\r\n", b" \r\n", b"\n", b" \n", b"\t\r\n", b"  \r\n", b" HTTP/1.1\r\n", b"  HTTP/1.1\r\n", b" /hello\r\n",
                         b" /hello \r\n", b" /hello\n", b" /hello HTTP/1.1\n", b" /hello HTTP\r\n", b" /hello HTTP/1\r\n",
                         b" /hello XTTP/1.1\r\n", b" /hello x HTTP/1.1\r\n"):
                for before in (b"", b"\r\n"):
                    with self.subTest(line=before + method + rest):
                        answers = self.talk(before + method + rest + b"\r\n" + NEXT)
                        self.assertEqual([one.status for one in answers], [400], answers)
                        self.assertTrue(answers[0].closes)

    # contract: http.unknown-method
    def test_only_a_whole_line_has_an_unknown_method(self):
        for line in (b"BREW /hello HTTP/1.1", b"get /hello HTTP/1.1", b"GETT /hello HTTP/1.0", b"QUERY * HTTP/1.1", b"DESCRIBE /hello HTTP/1.1",
                     b"CONNECT t:443 HTTP/1.1", b"BREW http://t/hello HTTP/1.1", b"BREW /hello HTTP/2.0", b"A" * 65 + b" /hello HTTP/1.1", b"A" * 65):
            with self.subTest(line=line):
                self.assertRefused(line + b"\r\nHost: t\r\n\r\n", 501)
        for line in (b"BR@W /hello HTTP/1.1", b"BREW\0 /hello HTTP/1.1"):
            with self.subTest(line=line):
                self.assertRefused(line + b"\r\nHost: t\r\n\r\n")

    # contract: http.version
    def test_a_known_method_of_another_version(self):
        for version in (b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9", b"HTTP/3.0"):
            self.assertRefused(head(line=b"GET /hello " + version), 505)
            self.assertRefused(head(line=b"PROPFIND /hello " + version), 505)


if __name__ == "__main__":
    unittest.main()
