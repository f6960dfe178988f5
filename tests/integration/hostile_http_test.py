# SPDX-License-Identifier: Apache-2.0
"""Requests that no honest client sends, over real sockets. Every refused one is followed by a request that would show
whether the server and an intermediary could see different boundaries: it must never be answered."""

import json
import unittest

from mortised import SLOWNESS, ServerTest

NEXT = b"GET /health HTTP/1.1\r\nHost: next\r\n\r\n"
LAST = b"GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"


def get(target: bytes = b"/hello", *fields: bytes, version: bytes = b"HTTP/1.1", host: bytes = b"Host: t") -> bytes:
    return b"\r\n".join([b"GET " + target + b" " + version, *([host] if host else []), *fields, b"", b""])


def post(*fields: bytes, body: bytes = b"", target: bytes = b"/api/users", version: bytes = b"HTTP/1.1") -> bytes:
    lines = [b"POST " + target + b" " + version, b"Host: t", b"Content-Type: application/json", *fields, b"", b""]
    return b"\r\n".join(lines) + body


def chunked(body: bytes, target: bytes = b"/api/users") -> bytes:
    return post(b"Transfer-Encoding: chunked", body=body, target=target)


class HostileTest(ServerTest):
    def assertRefused(self, data: bytes, status: int, *, next_one: bytes = NEXT) -> None:
        """One error answer of the usual shape, then the end, whatever follows and however the bytes are cut."""
        for pieces in (1, 7):
            answers = self.talk(data + next_one, pieces)
            self.assertEqual([one.status for one in answers], [status], answers)
            self.assertErrorAnswer(answers[0], status)
            self.assertTrue(answers[0].closes, answers[0])

    def assertErrorAnswer(self, answer, status: int) -> None:
        self.assertError(answer, status)
        self.assertEqual(set(answer.json) - {"details", "position"}, {"error", "requestId"}, answer)
        self.assertRegex(answer.header("content-type"), r"^application/json(; charset=utf-8)?$")
        self.assertRegex(answer.header("x-request-id"), r"^[A-Za-z0-9._-]{1,128}$")

    def check(self, cases: dict, status: int) -> None:
        for name, data in cases.items():
            with self.subTest(name):
                self.assertRefused(data, status)
        self.assertWell()

    def assertWell(self) -> None:
        response = self.server.get("/health")
        self.assertEqual((response.status, response.json["status"]), (200, "ok"), response)


class Framing(HostileTest):
    """Where two readers could disagree about where a request ends."""

    # contract: http.ambiguous, http.framing-closes
    def test_length_and_coding(self):
        chunks = b"0\r\n\r\n"
        self.check({
            "length first": post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=chunks),
            "coding first": post(b"Transfer-Encoding: chunked", b"Content-Length: 5", body=chunks),
            "lower case": post(b"content-length: 5", b"transfer-encoding: chunked", body=chunks),
            "upper case": post(b"TRANSFER-ENCODING: CHUNKED", b"CONTENT-LENGTH: 5", body=chunks),
            "tab before the coding": post(b"Content-Length: 5", b"Transfer-Encoding:\tchunked", body=chunks),
            "no blank before the coding": post(b"Content-Length: 5", b"Transfer-Encoding:chunked", body=chunks),
            "zero length": post(b"Content-Length: 0", b"Transfer-Encoding: chunked", body=chunks),
            "fields between": post(b"Transfer-Encoding: chunked", b"X: y", b"Content-Length: 5", body=chunks),
            "identity and length": post(b"Transfer-Encoding: identity", b"Content-Length: 5", body=b"abcde"),
            "length and identity": post(b"Content-Length: 5", b"Transfer-Encoding: identity", body=b"abcde"),
            "unknown coding and length": post(b"Content-Length: 5", b"Transfer-Encoding: xchunked", body=chunks),
            "empty coding and length": post(b"Content-Length: 5", b"Transfer-Encoding:", body=chunks),
            "on GET": get(b"/hello", b"Content-Length: 5", b"Transfer-Encoding: chunked") + chunks,
        }, 400)

    # contract: http.ambiguous
    def test_disguised_coding(self):
        chunks = b"0\r\n\r\n"
        self.check({
            "blank before the colon": post(b"Transfer-Encoding : chunked", b"Content-Length: 5", body=chunks),
            "tab before the colon": post(b"Transfer-Encoding\t: chunked", b"Content-Length: 5", body=chunks),
            "vertical tab": post(b"Transfer-Encoding: \x0bchunked", body=chunks),
            "form feed": post(b"Transfer-Encoding: chunked\x0c", body=chunks),
            "NUL behind": post(b"Transfer-Encoding: chunked\0", body=chunks),
            "NUL in the name": post(b"Transfer\0-Encoding: chunked", body=chunks),
            "folded": post(b"Transfer-Encoding:\r\n chunked", body=chunks),
            "folded by a tab": post(b"Transfer-Encoding:\r\n\tchunked", body=chunks),
            "in a fold": post(b"X: y\r\n Transfer-Encoding: chunked", body=chunks),
            "behind a bare CR": post(b"X: y\rTransfer-Encoding: chunked", body=chunks),
            "behind a bare LF": post(b"X: y\nTransfer-Encoding: chunked", body=chunks),
            "behind CR CR LF": post(b"X: y\r\r\nTransfer-Encoding: chunked", body=chunks),
            "behind LF CR": post(b"X: y\n\rTransfer-Encoding: chunked", body=chunks),
        }, 400)

    # contract: http.coding
    def test_other_codings(self):
        chunks = b"0\r\n\r\n"
        self.check({
            coding.decode("latin-1"): post(b"Transfer-Encoding: " + coding, body=chunks)
            for coding in (
                b"gzip", b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"identity", b"xchunked", b"chunkedx",
                b"chunked;a=b", b"'chunked'", b"\"chunked\"", b",chunked", b"chunked,", b"x chunked", b"chunked x", b"cow", b"\xe9",
            )
        } | {
            "twice": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=chunks),
            "two fields": post(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked", body=chunks),
            "two fields, other order": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=chunks),
        }, 501)
        self.check({
            "chunked on 1.0": post(b"Transfer-Encoding: chunked", body=chunks, version=b"HTTP/1.0"),
            "gzip on 1.0": post(b"Transfer-Encoding: gzip", body=chunks, version=b"HTTP/1.0"),
            "kept alive": post(b"Connection: keep-alive", b"Transfer-Encoding: chunked", body=chunks, version=b"HTTP/1.0"),
            "and a length": post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=chunks, version=b"HTTP/1.0"),
        }, 400)

    # contract: http.ambiguous
    def test_lengths(self):
        self.check({
            length.decode("latin-1"): post(b"Content-Length: " + length, body=b"abc")
            for length in (
                b"+3", b"-3", b"-0", b"0x3", b"3 3", b"3,3", b"3, 3", b"3;3", b"3.0", b"3e0", b"3abc", b"abc", b"", b"''",
                b"18446744073709551619", b"9223372036854775811", b"1" * 30, b"\xd9\xa3", b"3\0", b"3\x0b",
            )
        } | {
            "the same twice": post(b"Content-Length: 3", b"Content-Length: 3", body=b"abc"),
            "two others": post(b"Content-Length: 3", b"Content-Length: 0", body=b"abc"),
            "two cases": post(b"Content-Length: 0", b"content-length: 3", body=b"abc"),
            "folded": post(b"Content-Length:\r\n 3", body=b"abc"),
            "blank before the colon": post(b"Content-Length : 3", body=b"abc"),
        }, 400)

    # contract: http.ambiguous
    def test_chunks(self):
        self.check({
            repr(body[:40]): chunked(body)
            for body in (
                b"g\r\n", b"-1\r\n", b"+3\r\nabc\r\n", b"0x3\r\nabc\r\n", b"3h\r\nabc\r\n", b" 3\r\nabc\r\n", b"3 \r\nabc\r\n", b"\t3\r\nabc\r\n",
                b"3\t\r\nabc\r\n", b"\r\n", b"00000000000000003\r\nabc\r\n", b"10000000000000003\r\nabc\r\n", b"3\nabc\r\n",
                b"3\rabc\r\n", b"3\r\rabc\r\n", b"3\r\nabc", b"3\r\nabc\n", b"3\r\nabc\r0\r\n", b"3\r\nabcd\r\n", b"2\r\nabc\r\n",
                b"3;\r\nabc\r\n", b"3; a\r\nabc\r\n", b"3 ;a\r\nabc\r\n", b"3;a=\r\nabc\r\n", b"3;a=\"b\r\nabc\r\n", b"3;a\0\r\nabc\r\n",
                b"3;a\nb\r\nabc\r\n", b"3;" + b"a" * 300 + b"\r\nabc\r\n", b"3,3\r\nabc\r\n", b"\xd9\xa3\r\nabc\r\n",
                b"0\r\nX y: z\r\n\r\n", b"0\r\nno colon\r\n\r\n", b"0\r\n X: folded\r\n\r\n", b"0\r\nX: y\r\n folded\r\n\r\n",
                b"0\r\nX: y\n\r\n", b"0\r\nX: y\rZ: a\r\n\r\n", b"0\r\nX: \0\r\n\r\n", b"0\n\r\n", b"0\r\n\n", b"0\r\n: y\r\n\r\n",
                b"0\r\nX: " + b"y" * 9000 + b"\r\n\r\n",
            )
        }, 400)
        self.check({"2^64 - 1": chunked(b"ffffffffffffffff\r\n"), "2^63": chunked(b"8000000000000000\r\n")}, 413)

    # contract: http.ambiguous
    def test_chunks_that_are_fine(self):
        body = json.dumps({"name": "Ada", "email": "chunks@example.com", "password": "correct horse"}).encode()
        data = b"".join(b"%X;a=\"b c\";d\r\n%c\r\n" % (1, byte) for byte in body)
        answers = self.talk(chunked(data + b"000\r\nX-Length: 7\r\nDigest: trailer\r\nX: y\r\n\r\n") + LAST, 5)
        self.assertEqual([one.status for one in answers], [201, 200], answers)


class Lines(HostileTest):
    """Request lines, targets, versions, hosts and fields."""

    # contract: http.ambiguous
    def test_request_lines(self):
        self.check({
            "two blanks": b"GET  /hello HTTP/1.1\r\nHost: t\r\n\r\n",
            "two blanks behind": b"GET /hello  HTTP/1.1\r\nHost: t\r\n\r\n",
            "blank at the end": b"GET /hello HTTP/1.1 \r\nHost: t\r\n\r\n",
            "blank at the beginning": b" GET /hello HTTP/1.1\r\nHost: t\r\n\r\n",
            "tabs": b"GET\t/hello\tHTTP/1.1\r\nHost: t\r\n\r\n",
            "no version": b"GET /hello\r\nHost: t\r\n\r\n",
            "HTTP/0.9": b"GET /hello\r\n",
            "no target": b"GET HTTP/1.1\r\nHost: t\r\n\r\n",
            "lower-case protocol": b"GET /hello http/1.1\r\nHost: t\r\n\r\n",
            "another protocol": b"GET /hello ICE/1.0\r\nHost: t\r\n\r\n",
            "one digit": b"GET /hello HTTP/1\r\nHost: t\r\n\r\n",
            "three digits": b"GET /hello HTTP/1.10\r\nHost: t\r\n\r\n",
            "comma": b"GET /hello HTTP/1,1\r\nHost: t\r\n\r\n",
            "bare LF": b"GET /hello HTTP/1.1\nHost: t\n\n",
            "bare CR": b"GET /hello HTTP/1.1\rHost: t\r\r",
            "NUL in the method": b"GE\0T /hello HTTP/1.1\r\nHost: t\r\n\r\n",
            "NUL in the target": b"GET /hel\0lo HTTP/1.1\r\nHost: t\r\n\r\n",
            "empty lines without end": b"\r\n\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n",
            "bare LF first": b"\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n",
            "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            "no token": b"G@T /hello HTTP/1.1\r\nHost: t\r\n\r\n",
            "fold behind": b"GET /hello HTTP/1.1\r\n Host: t\r\n\r\n",
        }, 400)
        answers = self.talk(b"\r\n\r\n" + LAST)
        self.assertEqual([one.status for one in answers], [200], answers)

    # contract: http.unknown-method
    def test_methods(self):
        self.check({
            line.decode(): line + b" HTTP/1.1\r\nHost: t\r\n\r\n"
            for line in (
                b"BREW /hello", b"get /hello", b"Get /hello", b"GETT /hello", b"GE /hello", b"DESCRIBE /hello", b"SOURCE /hello",
                b"QUERY /hello", b"CONNECT t:443", b"!#$%&'*+-.^_`|~ /hello",
            )
        }, 501)

    # contract: http.version
    def test_versions(self):
        self.check({
            version.decode(): get(version=version) for version in (b"HTTP/0.9", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/3.0", b"HTTP/9.9", b"HTTP/0.0")
        } | {"preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}, 505)

    # contract: http.ambiguous
    def test_hosts(self):
        self.check({
            "none": get(host=b""),
            "two": get(b"/hello", b"Host: u"),
            "the same twice": get(b"/hello", b"Host: t"),
            "two cases": get(b"/hello", b"hOST: t"),
            "none with an absolute target": get(b"http://t/hello", host=b""),
        } | {
            host.decode("latin-1"): get(host=b"Host: " + host)
            for host in (
                b"", b"a b", b"a/b", b"a\\b", b"u@a", b"a#b", b"a?b", b"[::1", b"[::1]x", b"[]", b"[1.2.3.4]", b"a:b", b"a:-1",
                b"a:99999", b"a:80:80", b":80", b"a%zz", b"a%4", b"\xe9", b"a\"b", b"<a>", b"http://a",
            )
        }, 400)
        for host in (b"t", b"t:80", b"t:", b"1.2.3.4:1", b"[::1]", b"[::1]:65535", b"a-b_c.d.", b"a,b", b"a%41"):
            with self.subTest(host=host):
                answers = self.talk(get(host=b"Host: " + host) + LAST)
                self.assertEqual([one.status for one in answers], [200, 200], answers)
        answers = self.talk(get(version=b"HTTP/1.0", host=b""))
        self.assertEqual([one.status for one in answers], [200], answers)

    # contract: http.ambiguous
    def test_absolute_targets(self):
        self.check({
            target.decode(): get(target)
            for target in (
                b"http://u@t/hello", b"http://u:p@t/hello", b"http:///hello", b"http://", b"http://?x", b"http:/hello", b"http:hello",
                b"ftp://t/hello", b"file:///hello", b"t:80", b"http://a b/hello", b"http://[::1/hello", b"http://t:x/hello",
            )
        }, 400)
        for target in (b"http://t/hello", b"HTTP://t/hello", b"http://other:81/hello?name=a", b"https://t/hello"):
            with self.subTest(target=target):  # whatever Host says, the target counts (RFC 9112 section 3.2.2)
                self.assertEqual([one.status for one in self.talk(get(target) + LAST)], [200, 200])
        self.assertEqual([one.status for one in self.talk(get(b"http://t") + LAST)], [404, 200])

    # contract: http.paths
    def test_targets(self):
        self.check({
            target.decode("latin-1"): get(target)
            for target in (
                b"hello", b"*", b"?", b"/hello#x", b"/hello?a#b", b"/hello\xc3\xa9", b"/\xff", b"/hello?\xc3\xa9", b"/hello\x7f", b"/%00",
                b"/hello%00", b"/hello%00.html", b"/%", b"/%4", b"/%zz", b"/hello%u0041", b"/hello?x=%", b"/hello?x=%zz", b"/hello?x=%4",
                b"/..", b"/.", b"/../hello", b"/./hello", b"/a/../hello", b"/hello/.", b"/hello/..", b"/%2e", b"/%2E%2e/hello",
                b"/.%2e/hello", b"/%2e./hello", b"/api/users/%2e%2e", b"//../hello", b"http://t/../hello",
            )
        }, 400)

    # contract: http.paths
    def test_targets_that_are_merely_unknown(self):
        for target in (
            b"//", b"//hello", b"/hello/", b"/HELLO", b"/hello%2F", b"/hello%2f", b"/%2Fhello", b"/api%2Fusers", b"/...", b"/hello..", b"/..hello",
            b"/%2e%2e%2e", b"/hello%20", b"/hello%0d%0aX:%20y", b"/h%C3%A9llo", b"/hello;a=b", b"/hello%3Fname=a",
            b"/hello%252F", b"/hello:80", b"/%68%65%6c%6c%6f%2f",
        ):
            with self.subTest(target=target):
                answers = self.talk(get(target) + LAST)
                self.assertEqual([one.status for one in answers], [404, 200], answers)
                self.assertErrorAnswer(answers[0], 404)
        # No UTF-8 behind the escapes; the framing is in no doubt.
        for target in (b"/%ff", b"/%c0%ae%c0%ae/hello", b"/%ed%a0%80"):
            with self.subTest(target=target):
                answers = self.talk(get(target) + LAST)
                self.assertEqual([one.status for one in answers], [400, 200], answers)
                self.assertErrorAnswer(answers[0], 400)
        # An escaped slash stays inside its segment: this is one id, behind a door that wants a token.
        for target in (b"/api/users/..%2f..", b"/api/users/me%2F", b"/api/users/a%2Fb"):
            with self.subTest(target=target):
                answers = self.talk(get(target) + LAST)
                self.assertEqual([one.status for one in answers], [401, 200], answers)
        self.assertEqual(self.talk(get(b"/%68ello") + LAST)[0].status, 200)

    # contract: http.ambiguous
    def test_fields(self):
        self.check({
            repr(field[:30]): get(b"/hello", field)
            for field in (
                b"X : y", b"X\t: y", b" X: y", b"\tX: y", b"X y: z", b": y", b"X", b"X=y", b"X\0: y", b"X: \0", b"X: a\0b", b"X: a\x01b", b"X: a\x1fb",
                b"X: a\x7fb", b"X: a\x0bb", b"X\x80: y", b"X(: y", b"X\": y", b"X,: y", b"X@: y", b"X[: y", b"X{: y", b"X: a\r\n b", b"X: a\r\n\tb",
                b"X: a\r\n \r\n b", b"X: a\rb", b"X: a\r", b"X: a\nY: b", b"X: a\n", b"X:\r\n y",
            )
        }, 400)
        for field in (b"X:y", b"X:", b"X:  \t y \t ", b"X: \xe9\xff", b"!#$%&'*+-.^_`|~0: y", b"X: a, , b", b"Content_Length: 30", b"Transfer_Encoding: chunked"):
            with self.subTest(field=field):
                self.assertEqual([one.status for one in self.talk(get(b"/hello", field) + LAST)], [200, 200])

    def test_expectations(self):
        self.check({
            value.decode(): post(b"Expect: " + value, b"Content-Length: 3", body=b"abc")
            for value in (b"200-ok", b"100-continue, x", b"100-continue;q=1", b"")
        }, 417)
        # HTTP/1.0 knows no expectations: they are ignored (RFC 9110 section 10.1.1).
        answers = self.talk(get(b"/hello", b"Expect: x", version=b"HTTP/1.0"))
        self.assertEqual([one.status for one in answers], [200], answers)

    # contract: http.upgrade
    def test_upgrades(self):
        for upgrade in (b"h2c", b"websocket", b"HTTP/2.0, h2c", b"TLS/1.2"):
            with self.subTest(upgrade=upgrade):
                fields = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + upgrade, b"HTTP2-Settings: AAMAAABkAAQAAP__")
                answers = self.talk(get(b"/hello", *fields) + post(*fields, b"Content-Length: 2", body=b"{}") + LAST)
                self.assertEqual([one.status for one in answers], [200, 400, 200], answers)
                self.assertTrue(all(one.header("upgrade") is None for one in answers))


class Injection(HostileTest):
    """What a client sends never becomes a field, a second answer or a second line of the log."""

    def names(self, answer) -> set:
        return {name for name, _ in answer.fields}

    def test_escaped_line_ends_in_the_path(self):
        for target in (b"/%0d%0aSet-Cookie:%20a=b", b"/nowhere?%0d%0aSet-Cookie:%20a=b", b"/api/users/%0d%0aSet-Cookie:a"):
            answer = self.talk(get(target) + LAST)[0]
            self.assertIn(answer.status, (401, 404))
            self.assertNotIn("set-cookie", self.names(answer))
            self.assertNotIn(b"\r", answer.body)

    def test_echoed_query(self):
        answer = self.talk(get(b"/hello?name=%0d%0aX-Injected:%201%0d%0a%0d%0a%3Cscript%3E%22") + LAST)[0]
        self.assertEqual((answer.status, answer.json), (200, {"hello": "\r\nX-Injected: 1\r\n\r\n<script>\""}))
        self.assertNotIn("x-injected", self.names(answer))
        self.assertNotIn(b"\n", answer.body)

    # contract: request-id.made
    def test_request_ids(self):
        for one in (b"%0d%0aX-Injected: 1", b"a\tb", b"<x>", b"\xff", b"a;b", b"{}", b"x" * 129):
            with self.subTest(one=one):
                answer = self.talk(get(b"/nowhere", b"X-Request-Id: " + one) + LAST)[0]
                self.assertErrorAnswer(answer, 404)
                self.assertNotIn("x-injected", self.names(answer))
                self.assertNotEqual(answer.header("x-request-id").encode(), one)
        self.assertRefused(get(b"/hello", b"X-Request-Id: a\nX-Injected: 1"), 400)

    # contract: users.create
    def test_location(self):
        body = {"name": "Eve\r\nX-Injected: 1", "email": "location@example.com", "password": "correct horse", "id": "\r\nX-Injected: 1"}
        answer = self.server.post("/api/users", body, headers={"Host-Override": "evil", "X-Forwarded-Host": "evil"})
        self.assertEqual(answer.status, 201, answer)
        self.assertRegex(answer.header("location"), r"^/api/users/[0-9a-f-]{36}$")
        self.assertNotIn("x-injected", self.names(answer))

    # contract: log.lines
    def test_log_lines(self):
        agent = b'evil"} {"level":"error\\u0000 \xff\xc3\xa9 \x1b[31m'.replace(b"\x1b", b"\\x1b")
        answer = self.talk(get(b"/hello?log=%0d%0a%22", b"User-Agent: " + agent, b"X-Request-Id: hostile-log") + LAST)[0]
        self.assertEqual(answer.status, 200)
        record = self.server.wait_for("Request completed", requestId="hostile-log")
        self.assertTrue(record["userAgent"].startswith('evil"} {"level":"error'), record)
        self.assertNotIn("\n", record["url"])


class Sequences(HostileTest):
    """What comes behind an answer."""

    # contract: http.framing-closes
    def test_a_fault_in_a_pipeline(self):
        bad = get(b"/hello", b"X : y")
        for before in (0, 1, 2, 20):
            with self.subTest(before=before):
                answers = self.talk(get() * before + bad + NEXT * 3)
                self.assertEqual([one.status for one in answers], [200] * before + [400], answers)
                self.assertTrue(answers[-1].closes)
                self.assertFalse(any(one.closes for one in answers[:-1]))

    # contract: http.framing-closes
    def test_a_fault_behind_a_slow_request(self):
        body = json.dumps({"name": "Ada", "email": "pipeline@example.com", "password": "correct horse"}).encode()
        slow = post(b"Content-Length: %d" % len(body), body=body)
        answers = self.talk(slow + slow + get(b"/hello", b"X : y") + NEXT)
        self.assertEqual([one.status for one in answers], [201, 409, 400], answers)

    # contract: http.framing-closes
    def test_other_errors_in_a_pipeline_keep_it(self):
        answers = self.talk(get(b"/nowhere") + post(b"Content-Length: 2", body=b"{}", target=b"/hello") + get(b"/api/users/me")
                            + post(b"Content-Length: 2", body=b"{]") + get(b"/hello?name=") + LAST)
        self.assertEqual([one.status for one in answers], [404, 405, 401, 400, 400, 200], answers)
        for answer in answers[:-1]:
            self.assertErrorAnswer(answer, answer.status)

    # contract: http.framing-closes
    def test_unread_bodies_are_no_requests(self):
        token = b"Authorization: Bearer x"
        heads = {
            404: b"POST /nowhere HTTP/1.1\r\nHost: t\r\n",
            405: b"POST /hello HTTP/1.1\r\nHost: t\r\n",
            401: b"PATCH /api/users/01890000-0000-7000-8000-000000000000 HTTP/1.1\r\nHost: t\r\n" + token + b"\r\n",
            415: b"POST /api/users HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\n",
            400: b"POST /auth/login HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n",
            200: b"GET /hello HTTP/1.1\r\nHost: t\r\n",
        }
        for status, head in heads.items():
            for name, framed in {
                "length": b"Content-Length: %d\r\n\r\n" % len(NEXT) + NEXT,
                "chunks": b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(NEXT) + NEXT + b"\r\n0\r\n\r\n",
                "trailers": b"Transfer-Encoding: chunked\r\n\r\n0\r\nGET: /health HTTP/1.1\r\nX-Host: t\r\n\r\n",
            }.items():
                for pieces in (1, 4, len(head + framed)):
                    with self.subTest(status=status, framing=name, pieces=pieces):
                        answers = self.talk(head + framed + LAST, pieces)
                        # One answer to it, then either the second request's or the end. /health never answers.
                        self.assertEqual(answers[0].status, status, answers)
                        self.assertIn([one.status for one in answers[1:]], ([200], []), answers)
                        if len(answers) > 1:
                            self.assertEqual(answers[1].json, {"hello": "world"}, answers)
                        else:
                            self.assertTrue(answers[0].closes, answers)

    # contract: http.framing-closes
    def test_bodies_too_long_to_skip(self):
        filler = NEXT * 4000
        for head in (b"POST /nowhere HTTP/1.1\r\nHost: t\r\n", b"GET /hello HTTP/1.1\r\nHost: t\r\n"):
            for framed in (
                b"Content-Length: %d\r\n\r\n" % len(filler) + filler,
                b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(filler) + filler + b"\r\n0\r\n\r\n",
            ):
                answers = self.talk(head + framed)
                self.assertEqual(len(answers), 1, answers)
                self.assertTrue(answers[0].closes)

    # contract: body.too-large
    def test_announced_too_much(self):
        self.assertRefused(post(b"Content-Length: 10485761", body=b"{"), 413)
        self.assertRefused(post(b"Content-Length: 999999999999999999", body=b"{"), 413)

    def test_nothing_is_read_for_a_refused_expectation(self):
        with self.server.connect() as connection:
            connection.request("POST", "/nowhere", headers={"Content-Length": str(len(NEXT)), "Expect": "100-continue"})
            answer = connection.read()
            self.assertErrorAnswer(answer, 404)
            self.assertTrue(answer.closes)
            connection.send(NEXT)
            self.assertTrue(connection.at_end())

    def test_head_has_no_body_even_for_errors(self):
        with self.server.connect() as connection:
            for target, status in (("/nowhere", 404), ("/api/users/me", 401), ("/hello?name=", 400), ("/hello", 200)):
                answer = connection.exchange("HEAD", target)
                self.assertEqual(answer.status, status)
            self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "world"})

    def test_half_requests(self):
        for data in (b"G", b"GET /hello HTTP/1.1", get()[:-1], post(b"Content-Length: 10", body=b"{"), chunked(b"3\r\nab"), b""):
            with self.subTest(data=data), self.server.connect() as connection:
                connection.send(data)
                connection.socket.shutdown(1)
                self.assertEqual(connection.rest(), b"")
        self.assertWell()

    def test_resets(self):
        for data in (get(), post(b"Content-Length: 10", body=b"{"), get() * 200):
            for _ in range(10):
                with self.server.connect() as connection:
                    connection.socket.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER: on, 0 s
                    connection.send(data)
        self.assertWell()


class Oversized(HostileTest):
    SERVER = {
        "max_request_line": "256", "max_header_size": "1KiB", "max_header_count": "5", "max_body_size": "1KiB", "max_chunk_line": "16",
        "max_trailer_size": "64", "max_drain_size": "128",
    }

    # contract: limit.request-line
    def test_request_line(self):
        def line(size):
            return get(b"/hello?" + b"x" * (size - len(b"GET /hello? HTTP/1.1\r\n")))

        self.assertEqual([one.status for one in self.talk(line(256) + LAST)], [200, 200])
        for size in (257, 300, 5000, 300000):
            with self.subTest(size=size):
                self.assertRefused(line(size), 414)
        self.assertRefused(b"GET /" + b"x" * 1000, 414, next_one=b"")
        self.assertRefused(b"x" * 10000, 501, next_one=b"")  # no method begins so

    # contract: limit.header
    def test_header(self):
        def fields(count, size):
            return get(b"/hello", *(b"X: " + b"y" * (size - 5) for _ in range(count)))

        self.assertEqual([one.status for one in self.talk(fields(4, 100) + LAST)], [200, 200])
        self.assertEqual([one.status for one in self.talk(fields(1, 1024 - 11) + LAST)], [200, 200])
        for count, size in ((1, 1025), (4, 300), (1, 100000), (5, 10), (6, 10), (1000, 10)):
            with self.subTest(count=count, size=size):
                self.assertRefused(fields(count, size), 431)
        self.assertRefused(b"GET /hello HTTP/1.1\r\nHost: t\r\n" + b"x" * 5000, 431, next_one=b"")

    # contract: body.too-large
    def test_body(self):
        blanks = b" " * 1022 + b"{}"
        self.assertEqual(self.talk(post(b"Content-Length: 1024", body=blanks) + LAST)[0].status, 400)
        self.assertEqual(self.talk(chunked(b"400\r\n" + blanks + b"\r\n0\r\n\r\n") + LAST)[0].status, 400)
        self.assertRefused(post(b"Content-Length: 1025", body=b" " + blanks), 413)
        self.assertRefused(chunked(b"401\r\n " + blanks + b"\r\n0\r\n\r\n"), 413)
        self.assertRefused(chunked(b"1\r\nx\r\n" * 1025 + b"0\r\n\r\n"), 413)

    # contract: http.ambiguous
    def test_chunk_lines_and_trailers(self):
        fine = chunked(b"2;" + b"a" * 14 + b"\r\n{}\r\n0\r\nX: " + b"y" * 59 + b"\r\n\r\n")
        self.assertEqual([one.status for one in self.talk(fine + LAST)], [400, 200])
        self.assertRefused(chunked(b"2;" + b"a" * 15 + b"\r\n{}\r\n0\r\n\r\n"), 400)
        self.assertRefused(chunked(b"2\r\n{}\r\n0\r\nX: " + b"y" * 62 + b"\r\n\r\n"), 400)


class Slow(HostileTest):
    SERVER = {"header_timeout": f"{int(500 * SLOWNESS)}ms", "body_timeout": f"{int(500 * SLOWNESS)}ms", "body_max_time": f"{int(500 * SLOWNESS)}ms"}

    def trickle(self, begin: bytes, drop: bytes):
        """Sends `begin`, then `drop` again and again until the server answers; the answers."""
        with self.server.connect() as connection:
            connection.send(begin)
            answers = []
            connection.socket.settimeout(0.05 * SLOWNESS)
            for _ in range(200):
                try:
                    connection.send(drop)
                    if connection.socket.recv(1, 2):  # MSG_PEEK
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            while not connection.at_end():
                answers.append(connection.read())
            return answers

    # contract: limit.header-time, limit.body-time, http.framing-closes
    def test_trickles(self):
        for name, (begin, drop) in {
            "method": (b"GE", b""),
            "target": (b"GET /", b"x"),
            "fields": (b"GET /hello HTTP/1.1\r\nHost: t\r\n", b"X: y\r\n"),
            "behind answers": (get() * 2 + b"GET /hello HTTP/1.1\r\n", b"X"),
            "body": (post(b"Content-Length: 1000"), b" "),
            "chunks": (post(b"Transfer-Encoding: chunked"), b"1\r\n \r\n"),
            "chunk size": (post(b"Transfer-Encoding: chunked", body=b"5"), b""),
            "trailers": (post(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n"), b"X: y\r\n"),
        }.items():
            with self.subTest(name):
                answers = self.trickle(begin, drop)
                before = 2 if name == "behind answers" else 0
                self.assertEqual([one.status for one in answers], [200] * before + [408], answers)
                self.assertErrorAnswer(answers[-1], 408)
                self.assertTrue(answers[-1].closes)
        self.assertWell()


if __name__ == "__main__":
    unittest.main()
