# SPDX-License-Identifier: Apache-2.0
"""The static-files plugin under a real server: representations, conditions, ranges, and what is never served."""

import email.utils
import os
import pathlib
import tempfile
import unittest

from mortised import Mortised, ServerTest, eventually

BIG = os.urandom(3_000_000)
PAGE = b"<!doctype html><title>home</title>"


def fill(root: pathlib.Path) -> None:
    (root / "docs").mkdir(parents=True)
    (root / "index.html").write_bytes(PAGE)
    (root / "app.js").write_bytes(b"console.log('plain')")
    (root / "app.js.br").write_bytes(b"packed by brotli")
    (root / "app.js.gz").write_bytes(b"packed by gzip")
    (root / "docs" / "index.html").write_bytes(b"<title>docs</title>")
    (root / "big.bin").write_bytes(BIG)
    (root / "a b.txt").write_bytes(b"blank")
    (root / ".env").write_bytes(b"SECRET=1")
    (root / "empty.txt").write_bytes(b"")
    os.utime(root / "app.js", (1_700_000_000, 1_700_000_000))


class StaticFilesTest(ServerTest):
    SETTINGS: dict[str, str] = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name) / "www"
        cls.root.mkdir()
        fill(cls.root)
        (pathlib.Path(cls.folder.name) / "secret.txt").write_bytes(b"outside")
        cls.PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "static-files": {"root": str(cls.root), **cls.SETTINGS}}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    def get(self, target: str, method: str = "GET", **headers: str):
        return self.server.request(method, target, headers={key.replace("_", "-"): value for key, value in headers.items()})


class Served(StaticFilesTest):
    def test_a_file(self):
        response = self.get("/static/app.js")
        self.assertEqual((response.status, response.body), (200, b"console.log('plain')"))
        self.assertEqual(response.header("content-type"), "text/javascript; charset=utf-8")
        self.assertEqual(response.header("last-modified"), email.utils.formatdate(1_700_000_000, usegmt=True))
        self.assertEqual(response.header("cache-control"), "public, max-age=0")
        self.assertEqual(response.header("accept-ranges"), "bytes")
        self.assertEqual(response.headers("vary"), ["Accept-Encoding"])
        self.assertRegex(response.header("etag"), r'^"[0-9a-f]+-[0-9a-f]+"$')

    def test_names(self):
        self.assertEqual(self.get("/static/a%20b.txt").body, b"blank")
        self.assertEqual(self.get("/static/").body, PAGE)
        self.assertEqual(self.get("/static/docs/").body, b"<title>docs</title>")
        moved = self.get("/static/docs?x=1")
        self.assertEqual((moved.status, moved.header("location")), (301, "/static/docs/?x=1"))
        self.assertEqual(self.get("/static").header("location"), "/static/")
        empty = self.get("/static/empty.txt")
        self.assertEqual((empty.status, empty.body, empty.header("content-length")), (200, b"", "0"))

    def test_large_ones_on_a_kept_connection(self):
        with self.server.connect() as connection:
            for _ in range(2):
                response = connection.exchange("GET", "/static/big.bin")
                self.assertTrue(response.body == BIG)
                self.assertEqual(response.header("content-type"), "application/octet-stream")
            head = connection.exchange("HEAD", "/static/big.bin")
            self.assertEqual((head.status, head.header("content-length"), head.body), (200, str(len(BIG)), b""))
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    def test_other_methods(self):
        response = self.server.request("POST", "/static/app.js", json_body={})
        self.assertEqual((response.status, response.header("allow")), (405, "GET, HEAD, OPTIONS"))

    def test_precompressed(self):
        for accepted, coding, body in (
            ("gzip, br", "br", b"packed by brotli"), ("gzip", "gzip", b"packed by gzip"), ("br;q=0.5, gzip", "gzip", b"packed by gzip"),
            ("br;q=0, *", "gzip", b"packed by gzip"), ("zstd", None, b"console.log('plain')"), ("identity", None, b"console.log('plain')"),
        ):
            with self.subTest(accepted=accepted):
                response = self.get("/static/app.js", Accept_Encoding=accepted)
                self.assertEqual((response.header("content-encoding"), response.body), (coding, body))
                self.assertEqual(response.header("content-type"), "text/javascript; charset=utf-8")
        tags = {self.get("/static/app.js", Accept_Encoding=coding).header("etag") for coding in ("br", "gzip", "identity")}
        self.assertEqual(len(tags), 3)

    def test_a_file_that_is_replaced(self):
        path = self.root / "changing.txt"
        path.write_bytes(b"old")
        old = self.get("/static/changing.txt")
        path.with_suffix(".new").write_bytes(b"newer")
        path.with_suffix(".new").rename(path)
        new = self.get("/static/changing.txt", If_None_Match=old.header("etag"))
        self.assertEqual((new.status, new.body), (200, b"newer"))


class Conditions(StaticFilesTest):
    OLD = "Sun, 06 Nov 1994 08:49:37 GMT"
    NEW = "Fri, 01 Jan 2100 00:00:00 GMT"

    def test_conditions(self):
        tag = self.get("/static/app.js").header("etag")
        date = self.get("/static/app.js").header("last-modified")
        for fields, status in (
            ({"If_None_Match": tag}, 304), ({"If_None_Match": f'"x", W/{tag}'}, 304), ({"If_None_Match": "*"}, 304),
            ({"If_None_Match": '"x"'}, 200), ({"If_None_Match": "broken"}, 200), ({"If_Modified_Since": date}, 304),
            ({"If_Modified_Since": self.NEW}, 304), ({"If_Modified_Since": self.OLD}, 200), ({"If_Modified_Since": "broken"}, 200),
            ({"If_None_Match": '"x"', "If_Modified_Since": self.NEW}, 200), ({"If_Match": tag}, 200), ({"If_Match": "*"}, 200),
            ({"If_Match": '"x"'}, 412), ({"If_Match": f"W/{tag}"}, 412), ({"If_Unmodified_Since": self.OLD}, 412),
            ({"If_Unmodified_Since": date}, 200), ({"If_Match": tag, "If_Unmodified_Since": self.OLD}, 200),
            ({"If_Match": '"x"', "If_None_Match": tag}, 412),
        ):
            with self.subTest(fields=fields):
                response = self.get("/static/app.js", **fields)
                self.assertEqual(response.status, status)
                if status == 304:
                    self.assertEqual(response.body, b"")
                    self.assertEqual((response.header("etag"), response.header("cache-control")), (tag, "public, max-age=0"))
                if status == 412:
                    self.assertError(response, 412, "Precondition failed")

    def test_ranges(self):
        size = len(BIG)
        for value, status, slice_ in (
            ("bytes=0-99", 206, (0, 100)), ("bytes=1000000-", 206, (1_000_000, size)), ("bytes=-5", 206, (size - 5, size)),
            (f"bytes=5-{size * 2}", 206, (5, size)), ("bytes=0-0,5-9", 200, (0, size)), ("lines=1-2", 200, (0, size)),
        ):
            with self.subTest(value=value):
                response = self.get("/static/big.bin", Range=value)
                self.assertEqual((response.status, response.body == BIG[slice_[0]:slice_[1]]), (status, True))
                if status == 206:
                    self.assertEqual(response.header("content-range"), f"bytes {slice_[0]}-{slice_[1] - 1}/{size}")
        beyond = self.get("/static/big.bin", Range=f"bytes={size}-")
        self.assertError(beyond, 416, "Range not satisfiable")
        self.assertEqual(beyond.header("content-range"), f"bytes */{size}")
        self.assertEqual(self.get("/static/big.bin", "HEAD", Range="bytes=0-9").status, 200)

    def test_a_range_only_of_what_the_client_has(self):
        whole = self.get("/static/big.bin", "HEAD")
        for value, status in ((whole.header("etag"), 206), (whole.header("last-modified"), 206), ('"x"', 200),
                              ("W/" + whole.header("etag"), 200), (self.NEW, 200), ("broken", 200)):
            with self.subTest(value=value):
                self.assertEqual(self.get("/static/big.bin", Range="bytes=0-9", If_Range=value).status, status)


class NeverServed(StaticFilesTest):
    def test_nothing_outside_and_nothing_hidden(self):
        os.symlink("../secret.txt", self.root / "link")
        os.symlink("..", self.root / "up")
        os.symlink("/etc", self.root / "etc")
        os.mkfifo(self.root / "pipe")
        for target in ("/static/.env", "/static/link", "/static/up/secret.txt", "/static/etc/passwd", "/static/pipe", "/static/absent",
                       "/static/..%2Fsecret.txt", "/static/docs%2Findex.html", "/static/docs%2f", "/static//index.html", "/static/docs//",
                       "/static/app.js/", "/static/app.js/x", "/static/" + "x" * 300, "/static/%2e%2e/secret.txt", "/static/../secret.txt",
                       "/static/%00"):
            with self.subTest(target=target):
                response = self.get(target)
                self.assertIn(response.status, (400, 404))
                self.assertNotIn(b"outside", response.body)
        self.assertError(self.get("/static/absent"), 404, "Route not found")

    def test_what_may_not_be_read(self):
        if os.geteuid() == 0:
            self.skipTest("root may read everything")
        (self.root / "locked").write_bytes(b"x")
        (self.root / "locked").chmod(0)
        mark = self.server.mark()
        self.assertEqual(self.get("/static/locked").status, 404)
        self.server.wait_for("A file may not be read", since=mark, file="locked")

    def test_clients_that_leave_give_descriptors_back(self):
        place = pathlib.Path(f"/proc/{self.server.pid}/fd")
        before = len(list(place.iterdir()))
        for _ in range(30):
            with self.server.connect() as connection:
                connection.request("GET", "/static/big.bin")
                connection.socket.recv(100)
        eventually(lambda: len(list(place.iterdir())) <= before, "descriptors are back")


class SinglePage(StaticFilesTest):
    SETTINGS = {"prefix": "/", "fallback": "index.html", "max_age": "1h", "immutable": "true", "hidden": "true"}

    def test_navigations_get_the_page(self):
        for target in ("/", "/some/view", "/index.html"):
            self.assertEqual(self.get(target, Accept="text/html,*/*;q=0.8").body, PAGE)
        self.assertEqual(self.get("/some/view", Accept="application/json").status, 404)
        self.assertEqual(self.get("/hello").json, {"hello": "world"})
        self.assertEqual(self.get("/.env").body, b"SECRET=1")
        self.assertEqual(self.get("/app.js").header("cache-control"), "public, max-age=3600, immutable")


class Failing(unittest.TestCase):
    def test_a_root_that_is_not_there(self):
        server = Mortised(plugins={"routing": {}, "logging": {}, "static-files": {"root": "/nonexistent"}}, start=False)
        try:
            server.start(ready=False)
            self.assertNotEqual(server.process.wait(30), 0)
        finally:
            server.close()


if __name__ == "__main__":
    unittest.main()
