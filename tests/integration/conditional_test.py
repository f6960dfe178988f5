# SPDX-License-Identifier: Apache-2.0
"""The plugin `conditional` as clients see it."""

import unittest

from mortised import Folder, Mortised, ServerTest, run

PLUGINS = {"routing": {}, "logging": {}, "health": {}, "hello": {}, "conditional": {}, "dresses": {}}
EARLY = "Sun, 06 Nov 1994 08:49:37 GMT"
LATE = "Sun, 06 Nov 1994 08:49:38 GMT"


class Conditional(ServerTest):
    PLUGINS = PLUGINS

    def ask(self, query: str = "size=10", method: str = "GET", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.request(method, f"/dresses?{query}", headers=headers)

    def test_tags(self):
        response = self.ask()
        tag = response.header("etag")
        self.assertRegex(tag, r'^"[0-9a-f]{16}"$')
        self.assertEqual(self.ask().header("etag"), tag)
        self.assertEqual(self.ask(method="HEAD").header("etag"), tag)
        for query in ("size=11", "size=10&seed=b", "size=10&type=text/html"):
            self.assertNotEqual(self.ask(query).header("etag"), tag)
        self.assertEqual(self.ask("size=10&etag=%22own%22").header("etag"), '"own"')
        self.assertIsNotNone(self.ask("size=1048576").header("etag"))

    def test_what_has_none(self):
        self.assertIsNone(self.ask("size=1048577").header("etag"))
        self.assertIsNone(self.ask("size=10&status=404").header("etag"))
        self.assertIsNone(self.ask("size=10&status=201").header("etag"))
        self.assertIsNone(self.ask(method="POST").header("etag"))
        self.assertIsNone(self.server.get("/health").header("etag"))
        self.assertIsNone(self.server.get("/nowhere").header("etag"))
        self.assertIsNone(self.server.get("/dresses/stream").header("etag"))

    def test_not_modified(self):
        tag = self.ask().header("etag")
        for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            for method in ("GET", "HEAD"):
                with self.subTest(given=given, method=method):
                    response = self.ask(
                        f"size=10&vary=Origin&cache=max-age=5&language=en&modified={EARLY.replace(' ', '+')}",
                        method=method, If_None_Match=given)
                    self.assertEqual((response.status, response.body), (304, b""))
                    self.assertEqual(response.header("etag"), f"W/{tag}" if given.startswith("W/") else tag)
                    self.assertEqual(response.header("vary"), "Origin")
                    self.assertEqual(response.header("cache-control"), "max-age=5")
                    self.assertIsNotNone(response.header("date"))
                    for name in ("content-type", "content-length", "content-language", "accept-ranges", "last-modified"):
                        self.assertIsNone(response.header(name), name)
        for given in ('"other"', tag.strip('"'), ""):
            self.assertEqual(self.ask(If_None_Match=given).status, 200)

    def test_only_of_what_is_found(self):
        for query, method in (("size=10&status=404", "GET"), ("size=10&status=201", "GET"), ("size=10", "POST")):
            self.assertNotIn(self.ask(query, method=method, If_None_Match="*").status, (304, 412))
        self.assertEqual(self.server.get("/nowhere", headers={"If-None-Match": "*"}).status, 404)
        self.assertEqual(self.server.get("/dresses/stream?etag=%22a%22", headers={"If-None-Match": '"a"'}).status, 200)

    def test_dates(self):
        for modified, since, status in ((EARLY, EARLY, 304), (EARLY, LATE, 304), (LATE, EARLY, 200), (EARLY, "never", 200)):
            query = f"size=10&modified={modified.replace(' ', '+')}"
            self.assertEqual(self.ask(query, If_Modified_Since=since).status, status)
        self.assertEqual(self.ask(If_Modified_Since=LATE).status, 200)
        # A tag is worth more.
        query = f"size=10&modified={EARLY.replace(' ', '+')}"
        self.assertEqual(self.ask(query, If_Modified_Since=LATE, If_None_Match='"x"').status, 200)

    def test_what_a_client_insists_on(self):
        tag = self.ask().header("etag")
        for given, status in ((tag, 200), ("*", 200), (f'"x", {tag}', 200), ('"x"', 412), (f"W/{tag}", 412)):
            self.assertEqual(self.ask(If_Match=given).status, status, given)
        query = f"size=10&modified={LATE.replace(' ', '+')}&cache=max-age=5"
        response = self.ask(query, If_Unmodified_Since=EARLY)
        self.assertEqual((response.status, response.json["error"], response.header("cache-control")),
                         (412, "Precondition failed", "no-store"))
        self.assertEqual(response.json["requestId"], response.header("x-request-id"))
        for name in ("etag", "last-modified", "accept-ranges"):
            self.assertIsNone(response.header(name), name)
        response = self.ask(If_Match='"x"', Accept="application/problem+json")
        self.assertEqual((response.header("content-type"), response.header("vary"), response.json["code"]),
                         ("application/problem+json", "Accept", "precondition_failed"))
        self.assertEqual(self.ask(method="HEAD", If_Match='"x"').body, b"")
        self.assertEqual(self.ask(query, If_Unmodified_Since=LATE).status, 200)

    def test_pipelining(self):
        tag = self.ask().header("etag")
        with self.server.connect() as connection:
            for _ in range(3):
                connection.request("GET", "/dresses?size=10", headers={"If-None-Match": tag})
                connection.request("GET", "/dresses?size=10")
            self.assertEqual([connection.read().status for _ in range(6)], [304, 200] * 3)


class WithCompression(ServerTest):
    PLUGINS = {**PLUGINS, "compression": {}}

    def ask(self, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.request("GET", "/dresses?size=5000", headers=headers)

    def test_a_tag_is_of_the_bytes_before(self):
        plain = self.ask().header("etag")
        packed = self.ask(Accept_Encoding="gzip").header("etag")
        self.assertEqual(packed, f"W/{plain}")
        for given in (plain, packed):
            for accept in ("gzip", "identity"):
                response = self.ask(Accept_Encoding=accept, If_None_Match=given)
                # In the form that the client has it.
                self.assertEqual((response.status, response.header("etag")), (304, given))
                self.assertEqual(response.header("vary"), "Accept-Encoding")
                self.assertIsNone(response.header("content-encoding"))

    def test_with_large_bodies(self):
        with self.server.connect() as connection:
            fields = {"Accept-Encoding": "zstd"}
            tag = connection.exchange("GET", "/dresses?size=500000", headers=fields).header("etag")
            response = connection.exchange("GET", "/dresses?size=500000", headers={**fields, "If-None-Match": tag})
            self.assertEqual((response.status, response.header("etag")), (304, tag))


class Settings(unittest.TestCase):
    def test_weak_and_none(self):
        for kind, pattern in (("weak", r'^W/"[0-9a-f]{16}"$'), ("off", "^None$")):
            plugins = {**PLUGINS, "conditional": {"etag": kind, "max_size": "5000", "skip": "/hell*"}}
            with Mortised(plugins=plugins) as server:
                self.assertRegex(str(server.get("/dresses?size=5000").header("etag")), pattern)
                self.assertIsNone(server.get("/dresses?size=5001").header("etag"))
                self.assertIsNone(server.get("/hello", headers={"If-None-Match": "*"}).header("etag"))
                response = server.get("/dresses?size=10&etag=%22a%22", headers={"If-None-Match": '"a"'})
                self.assertEqual(response.status, 304)

    def test_mistakes(self):
        folder = Folder(plugins={**PLUGINS, "conditional": {"skip": "health, /a*b"}})
        try:
            done = run("--config", folder.config, "--check-config")
            self.assertEqual(done.returncode, 78)
            self.assertIn("'health': it does not begin with '/'", done.stderr)
            self.assertIn("'/a*b': '*' stands for the rest only", done.stderr)
        finally:
            folder.remove()


if __name__ == "__main__":
    unittest.main()
