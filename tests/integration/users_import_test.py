# SPDX-License-Identifier: Apache-2.0
"""mortised users import and export: what comes in and what does not, after any end, beside requests and without a server."""

import csv
import json
import os
import pathlib
import random
import signal
import sqlite3
import stat
import subprocess
import time
import unittest
import uuid

from mortised import PROGRAM, Folder, Mortised, environment, eventually, run
from stored import Time

PLUGINS = {
    "logging": {}, "routing": {}, "database": {"url": "sqlite:///test.db"}, "users": {"import_chunk": "20ms"},
    "auth": {},
}
# Made by other programs, with the password each.
HASHES = {
    "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC": "abcdefghijklmnopqrstuvwxyz",  # jBCrypt
    "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm": "Kk4DQuMMfZL9o",  # bcrypt of Python
    "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq": "rasmuslerdorf",  # PHP
}
HASH = next(iter(HASHES))
COST_15 = "$2b$15$abcdefghijklmnopqrstuuFyy98jhqVTP5.g80HBm5AYybeT9zOkO"  # of "correct horse"


def line(email: str, **members) -> dict:
    return {"name": "Test User", "email": email, "passwordHash": HASH, **members}


def ndjson(*users) -> bytes:
    return b"".join(user if isinstance(user, bytes) else json.dumps(user).encode() + b"\n" for user in users)


class ImportTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins=PLUGINS)
        self.addCleanup(self.folder.remove)

    def put(self, name: str, content: bytes) -> str:
        path = self.folder.path / name
        path.write_bytes(content)
        return str(path)

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        return run("--config", self.folder.config, "users", *arguments)

    def succeeds(self, *arguments: str) -> str:
        done = self.command(*arguments)
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def query(self, sql: str, *values):
        return self.folder.stored.rows(sql, *values)

    def change(self, sql: str, *values) -> None:
        self.folder.stored.change(sql, *values)

    def emails(self) -> list[str]:
        return [email for email, in self.query("SELECT email FROM users ORDER BY email")]

    def rejects(self, path: str) -> dict[int, dict]:
        with open(f"{path}.rejects", encoding="utf-8") as file:
            lines = [json.loads(one) for one in file]
        self.assertEqual([one["line"] for one in lines], sorted({one["line"] for one in lines}))
        return {one["line"]: one for one in lines}


class Content(ImportTest):
    def test_everything_of_a_user(self):
        identity = str(uuid.uuid4())
        path = self.put("users.ndjson", ndjson(
            line("Full@Example.com", id=identity.upper(), name="Ad\u00e4 \U0001f34a", role="admin", createdAt="1970-01-01T01:00:00+01:00",
                 profile={"bio": "b" * 1000, "avatar": "https://example.com/a.png"}),
            line("plain@example.com"),
            line("empty@example.com", profile={"bio": "", "avatar": None}),
        ))
        self.assertEqual(self.succeeds("import", path), "3 users imported, 0 lines rejected\n")
        self.assertFalse(os.path.exists(f"{path}.rejects"))
        self.assertEqual(
            self.query("SELECT id, name, email, email_lower, password_hash, role, created_at, token_epoch FROM users WHERE role = 'admin'"),
            [(identity, "Ad\u00e4 \U0001f34a", "Full@Example.com", "full@example.com", HASH, "admin", 0, 0)])
        plain, = self.query("SELECT id, role, created_at, updated_at FROM users WHERE email = 'plain@example.com'")
        self.assertEqual((uuid.UUID(plain[0]).version, plain[1]), (7, "user"))
        self.assertLess(abs(plain[2] / 1000 - time.time()), 60)
        self.assertLess(abs(plain[3] / 1000 - time.time()), 60)
        self.assertEqual(self.query("SELECT u.email, p.bio, p.avatar FROM profiles p JOIN users u ON u.id = p.user_id ORDER BY 1"),
                         [("Full@Example.com", "b" * 1000, "https://example.com/a.png"), ("empty@example.com", "", None)])

    def test_rejects_have_their_lines(self):
        bad = [
            (line("a@x.org", name="A"), "'/name' must be at least 2 characters long"),
            (line("a@x.org", name="A" * 101), "'/name' must be at most 100"),
            (line("nobody"), "'/email'"),
            (line("a@x.org", name="A\0b"), "'/name' must not contain U+0000"),
            ({"name": "Ada", "email": "a@x.org"}, "'/passwordHash' is missing"),
            (line("a@x.org", passwordHash="$2b$04$short"), "'/passwordHash' is no bcrypt hash"),
            (line("a@x.org", passwordHash="5f4dcc3b5aa765d61d8327deb882cf99"), "'/passwordHash' is no bcrypt hash"),
            (line("a@x.org", passwordHash=COST_15), "'/passwordHash' has the cost 15"),
            (line("a@x.org", role="root"), "'/role'"),
            (line("a@x.org", id="1"), "'/id'"),
            (line("a@x.org", createdAt="yesterday"), "'/createdAt'"),
            (line("a@x.org", profile={"bio": "b" * 1001}), "'/profile/bio'"),
            (line("a@x.org", profile={"avatar": "javascript:alert(1)"}), "'/profile/avatar'"),
            (line("a@x.org", profile={"age": 3}), "'/profile/age' is no member of a user"),
            (line("a@x.org", passwordhash=HASH), "'/passwordhash' is no member of a user"),
            (b"[]\n", "''"),
            (b'{"name":\n', "malformed JSON"),
            (b'{"name":"\xff"}\n', "invalid UTF-8"),
            (b"x" * 70000 + b"\n", "is longer than 65536 bytes"),
            (line("DOUBLE@x.org"), "'/email' is taken by a user"),
            (line("other@x.org", id="00000000-0000-4000-8000-000000000001"), "'/id' is taken by a user with another address"),
        ]
        path = self.put("users.ndjson", ndjson(line("double@x.org", id="00000000-0000-4000-8000-000000000001"),
                                               *(one for one, _ in bad), line("last@x.org")))
        done = self.command("import", path)
        self.assertEqual((done.returncode, done.stdout), (1, f"2 users imported, {len(bad)} lines rejected: see {path}.rejects\n"), done)
        self.assertEqual(self.emails(), ["double@x.org", "last@x.org"])
        rejects = self.rejects(path)
        self.assertEqual(list(rejects), list(range(2, 2 + len(bad))))
        for number, (one, reason) in enumerate(bad, 2):
            self.assertIn(reason, rejects[number]["reason"], one)
            if isinstance(one, dict):
                self.assertEqual(json.loads(rejects[number]["record"]), one)
        self.assertEqual(stat.S_IMODE(os.stat(f"{path}.rejects").st_mode), 0o600)
        self.assertEqual(self.query("SELECT count(*) FROM user_import_rejects"), [(0,)])

    def test_passwords_in_clear_go_nowhere(self):
        secret = "hunter2 in clear"
        path = self.put("users.ndjson", ndjson(
            {"name": "Ada", "email": "a@x.org", "password": secret}, line("b@x.org", password=secret),
            {"name": "A", "email": "no", "password": secret},
            b'{"name":"Ada","email":"c@x.org","\\u0070assword":"' + secret.encode() + b'"}\n',
            b'{"name":"Ada","password":"' + secret.encode() + b'"\n'))
        done = self.command("import", path)
        self.assertEqual(done.returncode, 1, done)
        rejects = self.rejects(path)
        self.assertEqual(list(rejects), [1, 2, 3, 4, 5])
        for number in (1, 2, 3, 4):
            self.assertIn("password in clear", rejects[number]["reason"])
        self.assertEqual(self.emails(), [])
        strict = self.command("import", "--strict", "--restart", f"--rejects={path}.2", path)
        self.assertIn("line 1: has a password in clear", strict.stderr)
        database = self.folder.state_of("database")
        for text in (done.stdout, done.stderr, strict.stderr, json.dumps(rejects), *(
                (database / name).read_text(errors="replace") for name in os.listdir(database))):
            self.assertNotIn(secret, text)
        path = self.put("users.csv", b"name,email,password\r\nAda,a@x.org,hunter2\r\n")
        done = self.command("import", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("passwords in clear: only hashes are imported", done.stderr)

    def test_strict_stops_and_a_corrected_file_goes_on(self):
        users = [line(f"u{number}@x.org") for number in range(250)]
        users[123] = line("u123@x.org", name="?")
        path = self.put("users.ndjson", ndjson(*users))
        done = self.command("import", "--strict", path)
        self.assertEqual((done.returncode, done.stdout), (1, "123 users imported, 0 lines rejected\n"), done)
        self.assertIn("line 124: '/name' must be at least 2 characters long", done.stderr)
        self.assertEqual(len(self.emails()), 123)
        self.assertFalse(os.path.exists(f"{path}.rejects"))
        users[123], users[200] = line("corrected@x.org"), line("u5@x.org")
        self.put("users.ndjson", ndjson(*users))
        done = self.command("import", "--strict", path)
        self.assertIn("has ended before line 124: this one goes on there", done.stdout)
        self.assertIn("line 201: '/email' is taken by a user", done.stderr)
        self.assertEqual(len(self.emails()), 200)
        users[200] = line("u200@x.org")
        self.put("users.ndjson", ndjson(*users))
        self.assertIn("250 users imported, 0 lines rejected\n", self.succeeds("import", "--strict", path))
        self.assertEqual(len(self.emails()), 250)

    def test_duplicates_can_be_skipped(self):
        path = self.put("first.ndjson", ndjson(*(line(f"u{number}@x.org", id=str(uuid.UUID(int=number + 1))) for number in range(300))))
        self.succeeds("import", path)
        users = [line(f"U{number}@x.org", id=str(uuid.UUID(int=number + 1))) for number in range(0, 600, 2)]
        users.append(line("another@x.org", id=str(uuid.UUID(int=1))))  # no duplicate: another user
        path = self.put("second.ndjson", ndjson(*users))
        done = self.command("import", "--skip-duplicates", path)
        self.assertEqual((done.returncode, done.stdout), (
            1, f"150 users imported, 1 line rejected, 150 duplicates skipped: see {path}.rejects\n"), done)
        self.assertEqual(self.rejects(path)[301]["reason"], "'/id' is taken by a user with another address")
        self.assertEqual(len(self.emails()), 450)

    def test_csv_as_others_write_it(self):
        path = self.put("users.csv", b"\xef\xbb\xbf" + "\r\n".join([
            "email,name,bio,passwordHash",
            f'a@x.org,"Ada ""the first"", Lovelace","two\nlines",{HASH}',
            f"b@x.org,Bob,,{HASH}",
            f'"c@x.org","Cy ","",{HASH}',
            "",
            f"d@x.org,Dora,{HASH}",
            f'e@x.org,E"va,,{HASH}',
            f'f@x.org,"Fay,,{HASH}',
            f"g@x.org,G\u00fcnter,,{HASH}"]).encode("utf-8") + b"\r\n" + b"h@x.org,G\xfcnter,," + HASH.encode())
        done = self.command("import", path)
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(self.query("SELECT u.email, u.name, p.bio FROM users u LEFT JOIN profiles p ON p.user_id = u.id ORDER BY 1"), [
            ("a@x.org", 'Ada "the first", Lovelace', "two\nlines"), ("b@x.org", "Bob", None), ("c@x.org", "Cy ", ""),
            ("g@x.org", "G\u00fcnter", None)])
        rejects = self.rejects(path)
        self.assertEqual({number: one["reason"] for number, one in rejects.items()}, {
            7: "there are 3 fields, and the header has 4", 8: "field 2 has a quote and is not in quotes itself",
            9: "has a quote that is never closed", 11: "is no UTF-8"})
        for content, reason in ((b"", "there is no header line"), (b"name;email;passwordHash\n", "with commas between them"),
                                (b"name,email\n", "'passwordHash' is missing")):
            done = self.command("import", self.put("bad.csv", content))
            self.assertEqual(done.returncode, 1)
            self.assertIn(reason, done.stderr)

    def test_a_file_is_imported_once(self):
        path = self.put("users.ndjson", ndjson(line("a@x.org"), line("b@x.org")))
        self.succeeds("import", path)
        again = self.succeeds("import", path)
        self.assertRegex(again, r"was imported on \S+Z already; --restart imports it once more\n2 users imported, 0 lines rejected")
        self.change("DELETE FROM users WHERE email = 'a@x.org'")
        self.assertEqual(self.command("import", "--restart", "--skip-duplicates", path).stdout,
                         "1 user imported, 0 lines rejected, 1 duplicate skipped\n")
        self.assertEqual(self.emails(), ["a@x.org", "b@x.org"])
        # A longer file is another one.
        self.put("users.ndjson", ndjson(line("a@x.org"), line("b@x.org"), line("c@x.org")))
        self.assertEqual(self.command("import", "--skip-duplicates", path).stdout,
                         "1 user imported, 0 lines rejected, 2 duplicates skipped\n")

    def test_what_cannot_be_begun(self):
        for arguments, said in (((), "the file is missing"), (("users.txt",), "does not show in its name"),
                                (("users.csv", "--fast"), "unknown option '--fast'"), (("a.csv", "b.csv"), "is a second one")):
            done = self.command("import", *arguments)
            self.assertEqual(done.returncode, 64, done)
            self.assertIn(said, done.stderr)
        done = self.command("import", str(self.folder.path / "none.csv"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("none.csv", done.stderr)
        path = self.put("users.ndjson", ndjson(line("a@x.org"), line("?")))
        self.put("users.ndjson.rejects", b"of another import\n")
        done = self.command("import", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("users.ndjson.rejects", done.stderr)
        self.assertEqual(self.emails(), [])
        pipe = str(self.folder.path / "pipe.ndjson")
        os.mkfifo(pipe)
        keeper = os.open(pipe, os.O_RDWR)
        self.addCleanup(os.close, keeper)
        done = self.command("import", pipe)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is no regular file", done.stderr)

    def test_empty_files(self):
        for content in (b"", b"\n\r\n"):
            path = self.put("users.ndjson", content)
            self.assertIn("0 users imported, 0 lines rejected", self.succeeds("import", path))
        self.succeeds("export", str(self.folder.path / "out.ndjson"))
        self.assertEqual((self.folder.path / "out.ndjson").read_bytes(), b"")


class RoundTrip(ImportTest):
    def users(self) -> bytes:
        draw = random.Random(11)
        names = ["Ada", 'Quo"te', "Com,ma", "Two\nlines", "\u00e4\u20ac\U0001f34a", " blanks ", "=1+1", "tab\t", "r\r"]
        profiles = [{}, {"profile": {"bio": "x", "avatar": None}}, {"profile": {"bio": "", "avatar": "http://x.org/a,b"}}]
        return ndjson(*(
            line(f"u{number}@x.org", id=str(uuid.UUID(int=draw.getrandbits(128))), name=draw.choice(names),
                 role=draw.choice(("user", "admin")), createdAt=f"{draw.randint(1900, 2100)}-01-02T03:04:05.{draw.randint(0, 999):03}Z",
                 passwordHash=draw.choice(list(HASHES)), **draw.choice(profiles)) for number in range(1203)))

    def test_exports_are_imports(self):
        self.succeeds("import", self.put("users.ndjson", self.users()))
        for name in ("out.ndjson", "out.csv"):
            out = str(self.folder.path / name)
            self.assertEqual(self.succeeds("export", out), "1203 users exported\n")
            self.assertEqual(stat.S_IMODE(os.stat(out).st_mode), 0o600)
            first = pathlib.Path(out).read_bytes()
            other = Folder(plugins=PLUGINS)
            self.addCleanup(other.remove)
            kept, self.folder = self.folder, other
            self.assertIn("1203 users imported, 0 lines rejected", self.succeeds("import", out))
            again = str(other.path / name)
            self.succeeds("export", again)
            self.assertEqual(pathlib.Path(again).read_bytes(), first)
            self.folder = kept
            done = self.command("export", out)
            self.assertEqual(done.returncode, 1)
            self.assertIn(name, done.stderr)
            self.assertEqual(pathlib.Path(out).read_bytes(), first)
            self.succeeds("export", "--force", out)
            self.assertEqual(pathlib.Path(out).read_bytes(), first)
        with open(out, encoding="utf-8", newline="") as file:  # an independent reader
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 1203)
        self.assertEqual([row["id"] for row in rows], sorted(row["id"] for row in rows))

    def test_standard_output(self):
        self.succeeds("import", self.put("users.ndjson", ndjson(line("a@x.org"))))
        self.assertEqual(json.loads(self.succeeds("export", "-"))["email"], "a@x.org")
        self.assertEqual(self.succeeds("export", "-", "--format=csv").splitlines()[0],
                         "id,name,email,passwordHash,role,createdAt,bio,avatar")

    def test_the_removed_are_not_exported(self):
        self.succeeds("import", self.put("users.ndjson", ndjson(line("a@x.org"), line("b@x.org"))))
        self.change("UPDATE users SET removed_at = ?, name = '', email = '', email_lower = 'removed ', password_hash = '' WHERE email = 'a@x.org'",
                    Time(1))
        self.assertEqual([json.loads(one)["email"] for one in self.succeeds("export", "-").splitlines()], ["b@x.org"])


class Killed(ImportTest):
    """Of every third line something is wrong, so that what is rejected must not be lost or doubled, either."""

    LINES = 4500

    def content(self) -> tuple[bytes, set[str], list[int]]:
        users = [line(f"u{number}@x.org", name="?" if number % 3 == 0 else "Test User") for number in range(self.LINES)]
        return (ndjson(*users), {user["email"] for user in users if user["name"] != "?"},
                [number + 1 for number in range(self.LINES) if number % 3 == 0])

    def stored(self) -> int:
        try:
            return self.query("SELECT count(*) FROM users")[0][0]
        except (sqlite3.OperationalError, AssertionError):
            return 0  # there is no table yet

    def isDone(self, path: str, emails: set[str], rejected: list[int]) -> bool:
        """Whether the kill came too late: the import was whole."""
        if not os.path.exists(f"{path}.rejects"):
            return False
        self.assertEqual((self.stored(), list(self.rejects(path))), (len(emails), rejected))
        return True

    def complete(self, path: str, emails: set[str], rejected: list[int]) -> str:
        done = self.command("import", path)
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(set(self.emails()), emails)
        self.assertEqual(self.stored(), len(emails))
        self.assertEqual(list(self.rejects(path)), rejected)
        self.assertIn(f"{len(emails)} users imported, {len(rejected)} lines rejected", done.stdout)
        return done.stdout

    def test_a_command_that_is_killed(self):
        content, emails, rejected = self.content()
        for share in (0, 0.1, 0.35, 0.6, 0.95):
            with self.subTest(share=share):
                self.folder = Folder(plugins=PLUGINS)
                self.addCleanup(self.folder.remove)
                self.folder.write()
                path = self.put("users.ndjson", content)
                process = subprocess.Popen([str(PROGRAM), "--config", str(self.folder.config), "users", "import", path],
                                           env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                try:
                    eventually(lambda: self.stored() >= share * len(emails) or process.poll() is not None, "some users are stored", pause_s=0.001)
                finally:
                    process.kill()
                    process.communicate()
                if self.isDone(path, emails, rejected):
                    continue
                before = self.stored()
                said = self.complete(path, emails, rejected)
                if 0 < before < len(emails):
                    self.assertIn("goes on there", said)

    def test_a_server_that_is_killed(self):
        content, emails, rejected = self.content()
        cut = 0  # in the middle of the import
        for share in (0.05, 0.5, 0.9):
            with self.subTest(share=share):
                self.folder = Folder(plugins=PLUGINS)
                self.addCleanup(self.folder.remove)
                path = self.put("users.ndjson", content)
                with Mortised(self.folder) as server:
                    process = subprocess.Popen([str(PROGRAM), "--config", str(self.folder.config), "users", "import", path],
                                               env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                    eventually(lambda: self.stored() >= share * len(emails), "some users are stored", pause_s=0.001)
                    server.kill()
                    process.communicate(timeout=60)
                    self.assertNotEqual(process.returncode, 0)
                    if self.isDone(path, emails, rejected):
                        continue
                    cut += 1
                    server.restart()
                    self.complete(path, emails, rejected)
        self.assertGreater(cut, 0)


class BesideRequests(ImportTest):
    def test_logins_with_foreign_hashes(self):
        path = self.put("users.ndjson", ndjson(*(line(f"u{number}@x.org", passwordHash=one) for number, one in enumerate(HASHES))))
        with Mortised(self.folder) as server:
            self.succeeds("import", path)
            for number, password in enumerate(HASHES.values()):
                for sent, status in ((password, 200), (password + "x", 401)):
                    response = server.post("/auth/login", {"email": f"U{number}@x.org", "password": sent})
                    self.assertEqual(response.status, status, response)
            self.succeeds("export", str(self.folder.path / "out.ndjson"))
        self.assertEqual((self.folder.path / "out.ndjson").read_text().count("\n"), len(HASHES))

    def test_hashes_above_the_limit(self):
        with Mortised(self.folder) as server:
            server.register(email="a@x.org", password="correct horse")
            self.assertEqual(server.post("/auth/login", {"email": "a@x.org", "password": "correct horse"}).status, 200)
            self.change("UPDATE users SET password_hash = ?", COST_15)
            begin = server.cpu_s()
            self.assertEqual(server.post("/auth/login", {"email": "a@x.org", "password": "correct horse"}).status, 401)
            self.assertLess(server.cpu_s() - begin, 0.5)  # of more than a second that it would take
            server.wait_for("The stored password hash of a user cannot be used")
        self.change("UPDATE users SET password_hash = ?", HASH)  # of cost 6
        for limit, status in (("5", 401), ("6", 200)):
            self.folder.server["password_cost_limit"] = limit
            self.folder.write()
            with Mortised(self.folder) as server:
                self.assertEqual(server.post("/auth/login", {"email": "a@x.org", "password": HASHES[HASH]}).status, status)
            path = self.put(f"limit{limit}.ndjson", ndjson(line(f"limit{limit}@x.org")))
            self.assertEqual(self.command("import", path).returncode, 0 if status == 200 else 1)

    def test_the_limit_is_not_below_the_cost(self):
        self.folder.server.update(password_cost="12", password_cost_limit="11")
        self.folder.write()
        done = run("--config", self.folder.config, "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("12 is more than server.password_cost_limit (11)", done.stderr)

    def test_one_import_at_a_time(self):
        first = self.put("first.ndjson", ndjson(*(line(f"a{number}@x.org") for number in range(20000))))
        second = self.put("second.ndjson", ndjson(line("b@x.org")))
        with Mortised(self.folder) as server:
            process = subprocess.Popen([str(PROGRAM), "--config", str(self.folder.config), "users", "import", first],
                                       env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            eventually(lambda: self.query("SELECT count(*) FROM users")[0][0] > 0, "some users are stored", pause_s=0.001)
            done = self.command("import", second)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("another import is running", done.stderr)
            # Others write in between.
            token = server.register(email="c@x.org")["accessToken"]
            self.assertEqual(server.get("/api/users/me", token=token).status, 200)
            process.send_signal(signal.SIGINT)
            out, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130, error)
            self.assertIn("the next import of the file goes on there", out)
            self.assertIn("20000 users imported", self.succeeds("import", first))
            self.assertEqual(self.query("SELECT count(*) FROM users"), [(20001,)])


if __name__ == "__main__":
    unittest.main()
