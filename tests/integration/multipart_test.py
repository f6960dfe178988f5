# SPDX-License-Identifier: Apache-2.0
"""multipart/form-data: fields by the schema, files on the disk under limits, and nothing left of them afterwards."""

import concurrent.futures
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import unittest

from mortised import EVENT_S, SLOWNESS, TRACED, Folder, Mortised, ServerTest, eventually, missing

ROUTED = {"routing": {}, "logging": {}}
PLACE = "/uses/multipart"
PARTS = "/uses/multipart/parts"
TYPE = "multipart/form-data; boundary=----bound"


def part(name: str, data: bytes | str = b"", file: str | None = None, kind: str | None = None) -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{file}"' if file is not None else "")
    head = f"------bound\r\nContent-Disposition: {disposition}\r\n" + (f"Content-Type: {kind}\r\n" if kind else "")
    return head.encode() + b"\r\n" + (data.encode() if isinstance(data, str) else data) + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"------bound--\r\n"


FACE = part("face", b"1PNG\r\n\x00", "me.png", "image/png")
GOOD = (part("title", "Hello"), FACE)


class MultipartTest(ServerTest):
    SERVER: dict = {}

    @classmethod
    def setUpClass(cls):
        folder = Folder(cls.SERVER, {**ROUTED, "uses-multipart": {}})
        cls.kept = folder.path / "kept"
        cls.kept.mkdir()
        folder.plugins["uses-multipart"]["folder"] = str(cls.kept)
        folder.write()
        cls.uploads = pathlib.Path(folder.server.get("upload_directory", str(folder.state / "uploads")))
        cls.addClassCleanup(folder.remove)
        cls.server = Mortised(folder)

    def upload(self, *parts: bytes, target: str = PLACE, kind: str = TYPE, chunked: bool = False):
        body = form(*parts)
        with self.server.connect() as connection:
            if not chunked:
                return connection.exchange("POST", target, body=body, headers={"Content-Type": kind})
            connection.send(
                f"POST {target} HTTP/1.1\r\nHost: test\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            )
            for at in range(0, len(body), 777):
                piece = body[at : at + 777]
                connection.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            connection.send(b"0\r\n\r\n")
            return connection.read()

    def assertClean(self):
        """Nothing of any upload is on the disk."""
        eventually(lambda: not self.uploads.exists() or not any(self.uploads.iterdir()), "files are removed")


class Described(MultipartTest):
    def test_fields_and_files(self):
        for chunked in (False, True):
            response = self.upload(
                *GOOD,
                part("count", "3"),
                part("more[]", "one", "1.txt", "text/plain"),
                part("more[]", "", "empty"),
                part("owner[name]", "Ada"),
                part("owner[paper]", "deed", "d.pdf"),
                part("unknown", "dropped"),
                chunked=chunked,
            )
            self.assertEqual(response.status, 200, response)
            answer = response.json
            self.assertEqual((answer["title"], answer["count"]), ("Hello", 3))
            told = [(file["name"], file["fileName"], file["contentType"], file["content"]) for file in answer["files"]]
            self.assertEqual(told[0][:3], ("face", "me.png", "image/png"))
            self.assertEqual(answer["files"][0]["size"], 7)
            self.assertEqual(
                told[1:],
                [
                    ("more[]", "1.txt", "text/plain", "one"),
                    ("more[]", "empty", "", ""),
                    ("owner[paper]", "d.pdf", "", "deed"),
                ],
            )
            for file in answer["files"]:
                self.assertEqual(pathlib.Path(file["path"]).parent, self.uploads)
                self.assertFalse("me" in pathlib.Path(file["path"]).name)
        self.assertClean()

    def test_defaults_and_missing_members(self):
        response = self.upload(*GOOD)
        self.assertEqual((response.status, response.json["count"]), (200, 1))

    def test_what_does_not_fit_is_told_at_once(self):
        response = self.upload(part("title", "x"), part("count", "0"), part("face", "no file"))
        self.assertInvalid(
            response, ("body", "/title", "minLength"), ("body", "/count", "minimum"), ("body", "/face", "format")
        )
        self.assertInvalid(self.upload(part("title", "Hello")), ("body", "/face", "required"))
        self.assertInvalid(self.upload(FACE, part("title", "Hello", "title.txt")), ("body", "/title", "type"))
        more = [part("more[]", "x", "x")] * 4
        self.assertInvalid(self.upload(*GOOD, *more), ("body", "/more", "maxItems"))
        self.assertClean()

    def test_a_text_is_no_file_of_somebody_else(self):
        """The place of a part is nothing that a client can name."""
        response = self.upload(part("title", "Hello"), part("other", "secret", "other"), part("face", "1"))
        self.assertInvalid(response, ("body", "/face", "format"))

    def test_a_file_that_nobody_chose_is_none(self):
        self.assertInvalid(
            self.upload(part("title", "Hello"), part("face", "", "", "application/octet-stream")),
            ("body", "/face", "required"),
        )
        response = self.upload(part("title", "Hello"), part("face", "x", ""))
        self.assertEqual((response.status, response.json["files"][0]["fileName"]), (200, ""))

    def test_large_files_are_streamed(self):
        size = 40 << 20
        head = part("title", "Hello") + part("face", "", "big")[:-2]
        tail = b"\r\n" + form(part("more", b"x" * 300_000, "second"))
        with self.server.connect() as connection:
            connection.send(
                f"POST {PLACE} HTTP/1.1\r\nHost: test\r\nContent-Type: {TYPE}\r\n"
                f"Content-Length: {len(head) + size + len(tail)}\r\n\r\n".encode()
            )
            connection.send(head)
            piece = b"x" * (1 << 20)
            for _ in range(size >> 20):
                connection.send(piece)
            memory = int(pathlib.Path(f"/proc/{self.server.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
            connection.send(tail)
            response = connection.read()
        self.assertEqual(response.status, 200, response)
        self.assertEqual([file["content"] for file in response.json["files"]], [str(size), "300000"])
        if SLOWNESS == 1:  # sanitizers have a memory of their own
            self.assertLess(memory, 100 << 20, "the file was held in memory")
        self.assertClean()

    def test_kept_files_stay(self):
        response = self.upload(*GOOD, part("keepAs", "kept.png"))
        self.assertEqual(response.status, 200, response)
        self.assertEqual((self.kept / "kept.png").read_bytes(), b"1PNG\r\n\x00")
        self.assertFalse(pathlib.Path(response.json["files"][0]["path"]).exists())
        self.assertClean()

    def test_on_another_file_system(self):
        shm = pathlib.Path("/dev/shm")
        if not shm.is_dir() or shm.stat().st_dev == self.kept.stat().st_dev:
            self.skipTest("there is no other file system")
        name = f"mortise-test-{os.getpid()}"
        relative = os.path.relpath(shm / name, self.kept)
        try:
            response = self.upload(*GOOD, part("keepAs", relative))
            self.assertEqual(response.status, 200, response)
            self.assertEqual((shm / name).read_bytes(), b"1PNG\r\n\x00")
            self.assertEqual(list(shm.glob(".*.upload")), [])
            # Many at once, each whole: one of them stays.
            contents = [character.encode() * (2 << 20) for character in "abcdefgh"]
            with concurrent.futures.ThreadPoolExecutor(len(contents)) as pool:
                for response in pool.map(
                    lambda content: self.upload(part("title", "Hello"), part("face", content, "f"), part("keepAs", relative)),
                    contents,
                ):
                    self.assertEqual(response.status, 200, response)
            self.assertIn((shm / name).read_bytes(), contents)
            self.assertEqual(list(shm.glob(".*.upload")), [])
        finally:
            (shm / name).unlink(missing_ok=True)
        self.assertClean()

    def test_a_file_that_cannot_be_kept_is_an_error(self):
        self.assertError(self.upload(*GOOD, part("keepAs", "no/such/folder")), 500)
        self.assertClean()


class Bodies(MultipartTest):
    def test_parts_as_they_came(self):
        response = self.upload(part("a", "1"), part("f", "22", "../../etc/passwd"), part("a", "3"), target=PARTS)
        parts = response.json["parts"]
        self.assertEqual(
            [(one["name"], one["fileName"], one["content"], one["isFile"], one["size"]) for one in parts],
            [("a", "", "1", False, 1), ("f", "../../etc/passwd", "22", True, 2), ("a", "", "3", False, 1)],
        )
        self.assertEqual(pathlib.Path(parts[1]["path"]).parent, self.uploads)
        self.assertEqual(self.upload(target=PARTS).json, {"parts": []})
        self.assertClean()

    def test_no_body_where_it_is_optional(self):
        with self.server.connect() as connection:
            self.assertEqual(connection.exchange("POST", PARTS).json, {"parts": []})
            response = connection.exchange("POST", PLACE)
            self.assertError(response, 415, "Unsupported media type")
        for kind in (None, TYPE, "application/x-www-form-urlencoded", "application/json"):
            with self.subTest(kind), self.server.connect() as connection:
                fields = {"Content-Type": kind} if kind else {}
                response = connection.exchange("POST", f"{PLACE}/optional", headers=fields)
                self.assertEqual((response.status, response.json["title"]), (200, ""), response)
        response = self.upload(part("name", "Ada"), target=f"{PLACE}/optional")
        self.assertEqual((response.status, response.json["title"]), (200, "Ada"), response)
        self.assertInvalid(self.upload(target=f"{PLACE}/optional"), ("body", "/name", "required"))

    def test_the_next_request_waits_behind_an_upload(self):
        body = form(*GOOD, part("more", b"x" * 200_000, "f"))
        for at in (0, 100, len(body) - 5, len(body)):
            with self.subTest(at=at), self.server.connect() as connection:
                head = f"POST {PLACE} HTTP/1.1\r\nHost: test\r\nContent-Type: {TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
                whole = head.encode() + body + b"GET /nowhere HTTP/1.1\r\nHost: test\r\n\r\n"
                connection.send(whole[: len(head) + at])
                connection.send(whole[len(head) + at :])
                self.assertEqual([answer.status for answer in connection.read_many(2)], [200, 404])

    def test_other_media_types(self):
        for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x", "text/plain"):
            with self.subTest(kind), self.server.connect() as connection:
                response = connection.exchange("POST", PLACE, body=b"{}", headers={"Content-Type": kind})
                self.assertError(response, 415, "Unsupported media type")

    def test_malformed_bodies(self):
        whole = form(*GOOD)
        for body, kind in [
            (whole, "multipart/form-data"),
            (whole, "multipart/form-data; boundary="),
            (whole, "multipart/form-data; boundary=other"),
            (whole[:-6], TYPE),
            (whole[:60], TYPE),
            (b"", TYPE),
            (b"------bound\r\nContent-Type: text/plain\r\n\r\nx\r\n------bound--", TYPE),
            (form(part("title", "x") + b"junk"), TYPE),
        ]:
            with self.subTest(body=body[:20], kind=kind), self.server.connect() as connection:
                response = connection.exchange("POST", PLACE, body=body, headers={"Content-Type": kind})
                self.assertError(response, 400, "Malformed multipart body")
        response = self.upload(part("title", b"\xff\xfe"), FACE)
        self.assertError(response, 400, "Malformed form")
        self.assertClean()
        self.assertEqual(self.upload(*GOOD).status, 200)

    def test_encodings_are_refused(self):
        with self.server.connect() as connection:
            fields = {"Content-Type": TYPE, "Content-Encoding": "gzip"}
            response = connection.exchange("POST", PLACE, body=form(*GOOD), headers=fields)
        self.assertError(response, 415, "Unsupported content encoding")

    def test_clients_may_wait_for_a_continue(self):
        with self.server.connect() as connection:
            connection.send(
                f"POST {PLACE} HTTP/1.1\r\nHost: test\r\nContent-Type: {TYPE}\r\nExpect: 100-continue\r\n"
                f"Content-Length: {len(form(*GOOD))}\r\n\r\n".encode()
            )
            self.assertEqual(connection.read().status, 100)
            connection.send(form(*GOOD))
            self.assertEqual(connection.read().status, 200)

    def test_a_client_that_leaves_leaves_nothing(self):
        finished = len(self.server.request_records())
        for _ in range(3):
            connection = self.server.connect()
            connection.send(
                f"POST {PLACE} HTTP/1.1\r\nHost: test\r\nContent-Type: {TYPE}\r\nContent-Length: 9000000\r\n\r\n".encode()
                + part("face", b"x" * 400_000, "big")
            )
            eventually(lambda: self.uploads.exists() and any(self.uploads.iterdir()), "a file is begun")
            connection.close()
            self.assertClean()
        eventually(lambda: len(self.server.request_records()) >= finished + 3, "all are over")


class Limits(MultipartTest):
    SERVER = {
        "max_form_size": "4KiB",
        "max_parts": "6",
        "max_part_header": "256",
        "max_files": "2",
        "max_file_size": "1000",
        "max_upload_space": "10000",
    }

    @staticmethod
    def unless_full(status: int, response):
        return None if response.status == 503 and status != 503 else response

    def test_each(self):
        for parts, status, sentence in [
            ([part("title", "x" * 4000)], 413, "The fields of the form are too large"),
            ([part(f"n{i}", "") for i in range(7)], 413, "Too many parts in the request body"),
            ([part("x", "", "f" * 300)], 400, "Malformed multipart body"),
            ([part("x", "", str(i)) for i in range(3)], 413, "Too many files"),
            ([part("x", "y" * 1001, "f")], 413, "A file is too large"),
            ([part("x", "y" * 1000, "f")] * 2, 503, "Too many files are being received"),
        ]:
            with self.subTest(sentence):
                # What the request before had stored may be removed, by a worker, after its response.
                response = eventually(
                    lambda parts=parts, status=status: self.unless_full(status, self.upload(*parts, target=PARTS)), "there is space")
                self.assertError(response, status, sentence)
                self.assertEqual(response.header("Retry-After"), "1" if status == 503 else None)
        self.assertClean()
        good = [part("a", "x" * 2500)] + [part("f", "y" * 700, str(i)) for i in range(2)]
        for _ in range(3):
            eventually(lambda: self.upload(*good, target=PARTS).status == 200, "space is given back")

    def test_the_body_limit_of_the_route(self):
        with self.server.connect() as connection:
            fields = {"Content-Type": TYPE, "Content-Length": str((64 << 20) + 1)}
            connection.send(
                (f"POST {PLACE} HTTP/1.1\r\nHost: test\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n").encode()
            )
            self.assertError(connection.read(), 413, "The request body is too large")


class Disks(unittest.TestCase):
    def folder(self, **server) -> Folder:
        folder = Folder(server, {**ROUTED, "uses-multipart": {"folder": "/nowhere"}})
        self.addCleanup(folder.remove)
        return folder

    def post(self, server: Mortised, size: int = 10):
        with server.connect() as connection:
            return connection.exchange(
                "POST", PARTS, body=form(part("f", b"x" * size, "f")), headers={"Content-Type": TYPE}
            )

    def assertNotStored(self, server: Mortised, response, reason: str) -> None:
        self.assertEqual((response.status, response.json["error"]), (503, "The files could not be stored"))
        self.assertNotIn("/", response.json["error"])
        record = server.wait_for("Uploaded files could not be stored")
        self.assertEqual((record["level"], record["reason"]), ("error", reason))

    def test_a_folder_that_cannot_be(self):
        folder = self.folder()
        with Mortised(self.folder(upload_directory=str(folder.file / "uploads"))) as server:
            self.assertNotStored(server, self.post(server), "Not a directory")

    def test_a_disk_that_is_full(self):
        """A limit of the kernel cuts writes off as a full disk does."""

        def limited():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))

        folder = self.folder()
        started = Mortised(folder)  # loads plugins, whose copies are larger
        started.stop()
        with Mortised(folder, preexec=limited) as server:
            self.assertNotStored(server, self.post(server, 300_000), "File too large")
            self.assertEqual(self.post(server, 100_000).status, 200)
            eventually(lambda: not any((folder.state / "uploads").iterdir()), "files are removed")

    def test_a_disk_that_hangs(self):
        """The folder is made with the first file; until then the disk does not answer."""
        if not shutil.which("strace"):
            missing(self, "strace is not installed")
        if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, timeout=60, check=False).returncode:
            missing(self, "strace is not allowed here")
        folder = self.folder(handler_timeout="1s")
        uploads = folder.state / "uploads"
        hang = f"inject=mkdir:delay_enter={int(6e6 * SLOWNESS)}"
        strace = ("strace", "-f", "-qq", "-P", str(uploads), "-e", "trace=mkdir", "-e", hang, "-o", "/dev/null")
        with Mortised(folder, wrapper=strace, env=TRACED) as server:
            response = self.post(server)
            self.assertEqual((response.status, response.json["error"]), (503, "The files could not be stored"))
            server.wait_for("Uploaded files were not stored in time")
            self.assertFalse(uploads.exists(), "the disk had answered")
            eventually(uploads.exists, "the disk answers in the end")
            self.assertEqual(self.post(server).status, 200)
            eventually(lambda: not any(uploads.iterdir()), "files are removed")

    def test_what_a_killed_server_left(self):
        folder = self.folder()
        with Mortised(folder) as server:
            connection = socket.create_connection(server.endpoint, timeout=EVENT_S)
            connection.sendall(
                f"POST {PARTS} HTTP/1.1\r\nHost: test\r\nContent-Type: {TYPE}\r\nContent-Length: 9000000\r\n\r\n".encode()
                + part("f", b"x" * 400_000, "big")
            )
            uploads = folder.state / "uploads"
            eventually(lambda: uploads.exists() and any(uploads.iterdir()), "a file is begun")
            self.assertEqual(uploads.stat().st_mode & 0o777, 0o700)
            self.assertEqual([file.stat().st_mode & 0o777 for file in uploads.iterdir()], [0o600])
            (uploads / "mine.txt").write_text("nobody's business", encoding="utf-8")
            server.kill()
            connection.close()
            self.assertEqual(len(list(uploads.iterdir())), 2)
            server.restart()
            self.assertEqual([file.name for file in uploads.iterdir()], ["mine.txt"])
            self.assertEqual(self.post(server).status, 200)


class Reloads(MultipartTest):
    def test_an_upload_goes_on_across_a_reload(self):
        body = form(*GOOD, part("more", b"y" * 500_000, "f"))
        with self.server.connect() as connection:
            connection.send(
                f"POST {PLACE} HTTP/1.1\r\nHost: test\r\nContent-Type: {TYPE}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body[:300_000]
            )
            eventually(lambda: self.uploads.exists() and any(self.uploads.iterdir()), "a file is begun")
            self.server.folder.server["max_files"] = "50"
            self.server.folder.write()
            self.server.reload()
            connection.send(body[300_000:])
            response = connection.read()
        self.assertEqual(response.status, 200, response)
        self.assertClean()


if __name__ == "__main__":
    unittest.main()
