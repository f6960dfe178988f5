# SPDX-License-Identifier: Apache-2.0
"""The plugin `compression` as clients see it."""

import gzip
import shutil
import socket
import subprocess
import unittest
import zlib

from mortised import Folder, Mortised, ServerTest, eventually, missing, run

PLUGINS = {"routing": {}, "logging": {}, "health": {}, "compression": {}, "dresses": {}}
ALL = "gzip, br, zstd"
SIZE = 5000


def decode(test: unittest.TestCase, coding: str | None, body: bytes) -> bytes:
    if coding is None:
        return body
    if coding == "gzip":
        return gzip.decompress(body)
    command = {"br": ["brotli", "-d", "-c"], "zstd": ["zstd", "-d", "-c", "-q"]}[coding]
    if shutil.which(command[0]) is None:
        missing(test, f"no program {command[0]}")
    return subprocess.run(command, input=body, capture_output=True, check=True).stdout


class Compression(ServerTest):
    PLUGINS = PLUGINS
    SERVER = {"drain_timeout": "500ms"}

    def ask(self, query: str = f"size={SIZE}", accept: str | None = ALL, method: str = "GET", path: str = "", **headers):
        if accept is not None:
            headers["Accept-Encoding"] = accept
        return self.server.request(method, f"/dresses{path}?{query}", headers=headers)

    def test_what_the_client_likes_best(self):
        for accept, coding in (
            (None, None), ("", None), ("identity", None), ("deflate", None), ("gzip", "gzip"), ("br", "br"), ("zstd", "zstd"),
            (ALL, "br"), ("gzip, zstd", "zstd"), ("gzip;q=1, br;q=0.5", "gzip"), ("*", "br"), ("*;q=0", None),
            ("br;q=0, *", "zstd"), ("identity;q=0, gzip", "gzip"), ("gzip;q=0", None), ("gzip;q=oops", None),
        ):
            with self.subTest(accept=accept):
                response = self.ask(accept=accept)
                self.assertEqual((response.status, response.header("content-encoding")), (200, coding))
                self.assertEqual(response.header("vary"), "Accept-Encoding")
                self.assertEqual(response.header("content-length"), str(len(response.body)))
                self.assertEqual(decode(self, coding, response.body), b"a" * SIZE)
                self.assertEqual(response.header("accept-ranges"), None if coding else "bytes")

    def test_two_fields_are_one_list(self):
        with self.server.connect() as connection:
            fields = [("Accept-Encoding", "gzip;q=0.1"), ("Accept-Encoding", "zstd;q=0.5")]
            connection.request("GET", f"/dresses?size={SIZE}", headers=fields)
            self.assertEqual(connection.read().header("content-encoding"), "zstd")

    def test_what_is_left_alone(self):
        for query, path in (
            ("size=1023", ""), ("size=0", ""), (f"size={SIZE}&type=image/png", ""), (f"size={SIZE}&type=application/zip", ""),
            (f"size={SIZE}&encoding=x-own", ""), (f"size={SIZE}&cache=no-transform", ""), (f"size={SIZE}&status=206", ""),
            (f"size={SIZE}", "/secret"), ("status=204", ""),
        ):
            with self.subTest(query=query, path=path):
                response = self.ask(query, path=path)
                self.assertIn(response.header("content-encoding"), (None, "x-own"))
                self.assertIsNone(response.header("vary"))
                self.assertEqual(response.body, b"a" * len(response.body))

    def test_what_is_worth_it(self):
        for query in ("size=1024", f"size={SIZE}&type=application/json;+charset=utf-8", f"size={SIZE}&type=image/svg%2Bxml",
                      f"size={SIZE}&type=application/problem%2Bjson", f"size={SIZE}&status=404", f"size={SIZE}&type=TEXT/HTML"):
            with self.subTest(query=query):
                self.assertEqual(self.ask(query).header("content-encoding"), "br")

    def test_what_a_cache_is_told(self):
        response = self.ask(f"size={SIZE}&etag=%22x%22&vary=Origin")
        self.assertEqual(response.header("etag"), 'W/"x"')
        self.assertEqual(response.header("vary"), "Origin, Accept-Encoding")
        self.assertEqual(self.ask(f"size={SIZE}&etag=W/%22x%22").header("etag"), 'W/"x"')
        self.assertEqual(self.ask(f"size={SIZE}&etag=%22x%22", accept="identity").header("etag"), '"x"')
        for vary in ("*", "accept-encoding", "Origin, Accept-Encoding"):
            self.assertEqual(self.ask(f"size={SIZE}&vary={vary.replace(' ', '+')}").header("vary"), vary)

    def test_head(self):
        with self.server.connect() as connection:
            for target in (f"/dresses?size={SIZE}", "/dresses?size=2000000", "/dresses/stream"):
                response = connection.exchange("HEAD", target, headers={"Accept-Encoding": "gzip"})
                self.assertEqual((response.status, response.header("content-encoding")), (200, "gzip"))
                self.assertIsNone(response.header("content-length"))
            self.assertEqual(connection.exchange("GET", "/health").status, 200)

    def test_sizes(self):
        for coding in ("gzip", "br", "zstd"):
            for size in (1024, 8191, 8192, 8193, 1 << 20, 5_000_000):
                with self.subTest(coding=coding, size=size):
                    response = self.ask(f"size={size}&seed=abcdefgh", accept=coding)
                    self.assertEqual(response.header("content-encoding"), coding)
                    self.assertEqual(decode(self, coding, response.body), (b"abcdefgh" * (size // 8 + 1))[:size])

    def test_pipelining(self):
        with self.server.connect() as connection:
            sizes = (2_000_000, 10, 3000, 500_000, 1024)
            for size in sizes:
                connection.request("GET", f"/dresses?size={size}", headers={"Accept-Encoding": "gzip"})
            for size in sizes:
                response = connection.read()
                self.assertEqual(decode(self, response.header("content-encoding"), response.body), b"a" * size)

    def test_streams_come_piece_by_piece(self):
        with self.server.connect() as connection:
            connection.request("GET", "/dresses/events?type=text/event-stream", headers={"Accept-Encoding": "gzip"})
            reader = zlib.decompressobj(31)
            received = b""
            while b"\r\n\r\n" not in received:
                received += connection.socket.recv(65536)
            head, _, received = received.partition(b"\r\n\r\n")
            self.assertIn(b"content-encoding: gzip", head.lower())
            text = b""
            for i in range(5):
                event = f"data%3A{i}%0A%0A"
                self.assertEqual(self.server.request("POST", f"/dresses/events?seed={event}").status, 204)
                while not text.endswith(f"data:{i}\n\n".encode()):
                    line, more, rest = received.partition(b"\r\n")
                    if not more or len(rest) < int(line, 16) + 2:
                        data = connection.socket.recv(65536)
                        self.assertTrue(data, "the stream ended")
                        received += data
                        continue
                    text += reader.decompress(rest[: int(line, 16)])
                    received = rest[int(line, 16) + 2 :]
            self.assertEqual(text, b"".join(b"data:%d\n\n" % i for i in range(5)))

    def test_streams_of_all_codings(self):
        for coding in ("gzip", "br", "zstd"):
            for size in (0, 10, 100_000):
                with self.subTest(coding=coding, size=size):
                    response = self.ask(f"size={size}&seed=xyz", accept=coding, path="/stream")
                    self.assertEqual(response.header("content-encoding"), coding)
                    expected = (b"xyz" * size)[:size] + b"xyzxyzxyz"
                    self.assertEqual(decode(self, coding, response.body), expected)

    def test_http_1_0(self):
        with self.server.connect() as connection:
            connection.send(b"GET /dresses/stream?size=10 HTTP/1.0\r\nHost: t\r\nAccept-Encoding: gzip\r\n\r\n")
            _, _, body = connection.rest().partition(b"\r\n\r\n")
            self.assertEqual(gzip.decompress(body), b"a" * 13)

    def test_clients_that_leave(self):
        for target in ("/dresses?size=5000000", "/dresses/stream?size=500000", "/dresses/events"):
            for _ in range(5):
                with self.server.connect() as connection:
                    connection.request("GET", target, headers={"Accept-Encoding": "zstd"})
                    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.assertEqual(self.ask().header("content-encoding"), "br")

    def test_the_loop_is_not_held(self):
        # Answers that take a worker seconds, while others are served.
        with Mortised(server={"loops": "1"}, plugins={**PLUGINS, "compression": {"brotli_level": "11"}}) as server:
            with server.connect() as slow, server.connect() as quick:
                slow.request("GET", "/dresses?size=5000000&seed=" + "".join(f"{i:x}" for i in range(300)),
                             headers={"Accept-Encoding": "br"})
                served = 0
                slow.socket.settimeout(0)
                while True:
                    self.assertEqual(quick.exchange("GET", "/health").status, 200)
                    served += 1
                    try:
                        slow.socket.recv(1, socket.MSG_PEEK)
                        break
                    except BlockingIOError:
                        pass
                self.assertGreater(served, 20)

    def test_a_reload_in_the_middle(self):
        with Mortised(server={"drain_timeout": "500ms"}, plugins=PLUGINS) as server, server.connect() as connection:
            connection.request("GET", "/dresses/events", headers={"Accept-Encoding": "gzip"})
            received = b""
            while b"\r\n\r\n" not in received:
                received += connection.socket.recv(65536)
            server.folder.plugins["compression"] = {"algorithms": "zstd"}
            server.folder.write()
            server.reload()
            response = server.request("GET", f"/dresses?size={SIZE}", headers={"Accept-Encoding": ALL})
            self.assertEqual(response.header("content-encoding"), "zstd")
            # What began before goes on as it began.
            self.assertEqual(server.request("POST", "/dresses/events?seed=piece").status, 204)
            received = received.partition(b"\r\n\r\n")[2]

            def plain() -> bytes:
                nonlocal received
                received += connection.socket.recv(65536)
                size, _, rest = received.partition(b"\r\n")
                return zlib.decompressobj(31).decompress(rest[: int(size, 16)])

            eventually(lambda: plain() == b"piece", "the piece comes")


class Secrets(unittest.TestCase):
    def test_tokens_are_never_compressed(self):
        with Mortised(plugins={**PLUGINS, "database": {"url": "sqlite:///test.db"}, "users": {}, "auth": {},
                               "compression": {"min_size": "0"}}) as server:
            person = {"name": "Ada", "email": "ada@example.org", "password": "Secret-word-1"}
            response = server.request("POST", "/auth/register", json_body=person, headers={"Accept-Encoding": ALL})
            self.assertEqual((response.status, response.header("content-encoding")), (201, None))
            token = response.json["accessToken"]
            response = server.request("GET", "/api/users/me", token=token, headers={"Accept-Encoding": ALL})
            self.assertEqual((response.status, response.header("content-encoding")), (200, "br"))


class Mistakes(unittest.TestCase):
    def test_settings(self):
        for settings, said in (
            ({"algorithms": "br, lzma"}, "'lzma' is none of br, zstd and gzip"),
            ({"types": "text"}, "not of the form"),
            ({"gzip_level": "10"}, "gzip_level"),
        ):
            with self.subTest(settings=settings):
                folder = Folder(plugins={**PLUGINS, "compression": settings})
                try:
                    done = run("--config", folder.config, "--check-config")
                    self.assertEqual(done.returncode, 78)
                    self.assertIn(said, done.stderr)
                finally:
                    folder.remove()


if __name__ == "__main__":
    unittest.main()
