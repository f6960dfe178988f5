# SPDX-License-Identifier: Apache-2.0
"""mortised database backup, restore and check: what they copy, refuse and leave behind, wherever they are ended."""

import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import stat
import subprocess
import tempfile
import threading
import time
import unittest

import power
from mortised import BUILD, PRELOADED, PROGRAM, Folder, Mortised, environment, eventually, run

SHIM = BUILD / "fixtures" / "disk_shim.so"
PLUGINS = {"routing": {}, "database": {"url": "sqlite:///test.db"}, "users": {}, "auth": {}, "health": {"cache": "0s"}}
SEED = int(os.environ.get("MORTISE_SEED", "1"))


def emails(file: pathlib.Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(file)) as database:
        check = database.execute("PRAGMA integrity_check").fetchall()
        if check != [("ok",)]:
            raise sqlite3.DatabaseError(str(check))
        return {row[0] for row in database.execute("SELECT email FROM users")}


def fill(file: pathlib.Path, megabytes: int) -> None:
    """Rows of a table that no plugin knows."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE filler (id INTEGER PRIMARY KEY, bytes BLOB)")
        database.executemany("INSERT INTO filler (bytes) VALUES (randomblob(1000000))", [()] * megabytes)
        database.commit()


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.server = Mortised(plugins=PLUGINS)
        self.folder = self.server.folder
        self.server.__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)
        self.place = self.folder.state_of("database")
        self.file = self.place / "test.db"
        self.copy = self.folder.path / "copy"

    def call(self, *command: str, **options) -> subprocess.CompletedProcess:
        return run("--config", self.folder.config, "database", *command, cwd=self.folder.path, **options)

    def register(self, *names: str) -> set[str]:
        for name in names:
            self.server.register(email=f"{name}@example.com")
        return {f"{name}@example.com" for name in names}

    def assertDone(self, done: subprocess.CompletedProcess, status: int = 0):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)

    def names(self) -> set[str]:
        return {path.name for path in self.place.iterdir()}


class Backup(CommandTest):
    def test_while_the_server_runs(self):
        users = self.register("one", "two")
        done = self.call("backup", "copy")
        self.assertDone(done)
        self.assertEqual(done.stdout, f"backed up {self.copy.stat().st_size} bytes to copy\n")
        self.assertEqual((emails(self.copy), stat.S_IMODE(self.copy.stat().st_mode)), (users, 0o600))
        self.assertEqual(self.names(), {"test.db", "test.db-wal", "test.db-shm"})
        self.register("three")
        taken = self.call("backup", "copy")
        self.assertEqual((taken.returncode, taken.stderr), (1, "cannot create 'copy': File exists\n"))
        self.assertEqual(emails(self.copy), users)
        self.assertDone(self.call("backup", "copy", "--force"))
        self.assertEqual(len(emails(self.copy)), 3)

    def test_without_a_server_nothing_is_migrated(self):
        self.register("one")
        self.server.kill()
        self.assertDone(self.call("backup", "copy"))
        self.assertEqual(emails(self.copy), {"one@example.com"})
        empty = Folder(plugins=PLUGINS)
        self.addCleanup(empty.remove)
        done = run("--config", empty.config, "database", "backup", "copy", cwd=empty.path)
        self.assertDone(done, 1)
        self.assertIn("cannot look at database", done.stderr)
        self.assertFalse((empty.path / "copy").exists())

    def test_writers_go_on(self):
        fill(self.file, 60)
        slowest, ended = [0.0], threading.Event()
        registered: list[str] = []

        def write():
            while not ended.is_set():
                begun = time.monotonic()
                name = f"writer{len(registered)}"
                self.register(name)
                registered.append(name)
                slowest[0] = max(slowest[0], time.monotonic() - begun)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            eventually(lambda: registered, "the first one")
            before = len(registered)
            self.assertDone(self.call("backup", "copy"))
            after = len(registered)
        finally:
            ended.set()
            writer.join()
        self.assertGreater(after, before)
        self.assertLess(slowest[0], 4)  # write_wait is 5 s
        self.assertGreaterEqual(len(emails(self.copy)), before)

    def test_cancelled(self):
        fill(self.file, 200)
        client = subprocess.Popen([str(PROGRAM), "--config", str(self.folder.config), "database", "backup", "copy"], env=environment(),
                                  cwd=self.folder.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        eventually(lambda: (self.place / "test.db.copy-partial").exists(), "it has begun")
        client.send_signal(signal.SIGINT)
        _, err = client.communicate(timeout=60)
        self.assertEqual(client.returncode, 130, err)
        self.assertIn("cancelled: nothing was changed\n", err)
        self.assertEqual(self.names(), {"test.db", "test.db-wal", "test.db-shm"})
        self.assertEqual([path.name for path in self.folder.path.iterdir() if path.is_file()], [])

    def test_one_at_a_time(self):
        fill(self.file, 200)
        first = subprocess.Popen([str(PROGRAM), "--config", str(self.folder.config), "database", "backup", "copy"], env=environment(),
                                 cwd=self.folder.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: (self.place / "test.db.copy-partial").exists(), "it has begun")
        second = self.call("backup", "other")
        self.assertDone(second, 1)
        self.assertIn("another command like this one runs", second.stderr)
        self.assertEqual(first.wait(timeout=60), 0)
        self.assertEqual(emails(self.copy), set())

    def test_what_a_killed_one_left(self):
        (self.place / "test.db.copy-partial").write_bytes(b"left" * 1000)
        self.assertDone(self.call("backup", "copy"))
        self.assertNotIn("test.db.copy-partial", self.names())

    def test_wrong_arguments(self):
        for arguments in ((), ("a", "b"), ("a", "--force", "c")):
            done = self.call("backup", *arguments)
            self.assertEqual((done.returncode, done.stderr), (64, "Usage: mortised database backup FILE [--force]\n"))


class Check(CommandTest):
    def broken(self, *sql: str) -> None:
        with contextlib.closing(sqlite3.connect(self.file)) as database:
            for one in sql:
                database.execute(one)
            database.commit()

    def test_nothing_is_wrong(self):
        self.register("one")
        online = self.call("check")
        self.assertEqual((online.returncode, online.stdout, online.stderr), (0, "no faults found\n", ""))
        self.server.stop()
        offline = self.call("check")
        self.assertEqual((offline.returncode, offline.stdout, offline.stderr), (0, "no faults found\n", ""))

    def test_damage(self):
        self.register("one")
        self.server.stop()
        content = bytearray(self.file.read_bytes())
        self.assertGreater(len(content), 3 * 4096)
        for page in range(2, len(content) // 4096):
            content[page * 4096:page * 4096 + 8] = b"\xff" * 8
        self.file.write_bytes(content)
        done = self.call("check")
        self.assertDone(done, 1)
        self.assertRegex(done.stdout + done.stderr, "fault|malformed")

    def test_foreign_keys(self):
        self.register("one")
        self.broken("CREATE TABLE parent (id INTEGER PRIMARY KEY)", "CREATE TABLE child (parent INTEGER REFERENCES parent (id))",
                    "INSERT INTO child VALUES (7)")
        done = self.call("check")
        self.assertEqual((done.returncode, done.stdout), (1, "1 fault found\n"), done.stderr)
        self.assertEqual(done.stderr, "a row of table 'child' (rowid 1) refers to one of 'parent' that is not there\n")

    def test_the_schema(self):
        with contextlib.closing(sqlite3.connect(self.file)) as database:
            indexes = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'users'")]
        self.assertTrue(indexes)
        self.server.stop()
        self.broken(*(f"DROP INDEX {name}" for name in indexes), "UPDATE mortise_migrations SET checksum = 'x' WHERE owner = 'users'")
        done = self.call("check")
        self.assertDone(done, 1)
        self.assertIn("was changed after it ran on", done.stderr)
        self.assertIn("users", done.stderr)


class Restore(CommandTest):
    def setUp(self):
        super().setUp()
        self.old = self.register("one")
        self.assertDone(self.call("backup", "copy"))
        self.new = self.old | self.register("two", "three")

    def kept(self) -> list[pathlib.Path]:
        return sorted(path for path in self.place.iterdir() if ".before-restore-" in path.name)

    def test_not_while_the_server_runs(self):
        done = self.call("restore", "copy")
        self.assertDone(done, 1)
        self.assertIn("stop it first", done.stderr)
        self.assertEqual(emails(self.file), self.new)

    def test_the_one_before_is_kept(self):
        self.server.kill()  # what is committed is in the log
        self.assertIn("test.db-wal", self.names())
        mode = stat.S_IMODE(self.file.stat().st_mode)
        done = self.call("restore", "copy")
        self.assertDone(done)
        kept = self.kept()
        self.assertEqual(len(kept), 1)
        self.assertEqual(done.stdout, f"restored {self.file}\nthe one before is {kept[0]}\n")
        self.assertEqual((emails(self.file), emails(kept[0])), (self.old, self.new))
        self.assertEqual(self.names(), {"test.db", kept[0].name})
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), mode)
        self.server.restart()
        self.register("two")
        self.assertEqual(self.server.post("/auth/login", {"email": "one@example.com", "password": "correct horse"}).status, 200)

    def test_where_there_is_none(self):
        self.server.stop()
        shutil.rmtree(self.folder.state)
        done = self.call("restore", "copy")
        self.assertDone(done)
        self.assertEqual((done.stdout, emails(self.file)), (f"restored {self.file}\n", self.old))

    def test_a_damaged_one_can_be_replaced(self):
        self.server.stop()
        self.file.write_bytes(b"damaged" * 4096)
        self.assertDone(self.call("restore", "copy"))
        self.assertEqual(emails(self.file), self.old)
        self.assertEqual(self.kept()[0].read_bytes(), b"damaged" * 4096)

    def test_what_lies_beside_a_damaged_one_is_not_read_into_the_new_one(self):
        self.server.kill()
        log = self.place / "test.db-wal"
        self.file.write_bytes(b"damaged" * 4096)
        log.write_bytes(b"log" * 4096)
        self.assertDone(self.call("restore", "copy"))
        self.assertEqual((emails(self.file), log.exists()), (self.old, False))
        self.assertEqual(self.kept()[0].read_bytes(), b"damaged" * 4096)

    def test_what_is_no_backup(self):
        self.server.stop()
        whole = self.copy.read_bytes()

        def changed(*sql: str):
            def change():
                with contextlib.closing(sqlite3.connect(self.copy)) as database:
                    for one in sql:
                        database.execute(one)
                    database.commit()
            return change

        def other():
            self.copy.unlink()
            changed("CREATE TABLE x (id)")()

        cases = {
            "empty": (lambda: self.copy.write_bytes(b""), "no database of this server"),
            "short": (lambda: self.copy.write_bytes(b"short"), "not a database|no database of this server"),
            "another format": (lambda: self.copy.write_bytes(b"text " * 4000), "not a database|not an SQLite"),
            "cut": (lambda: self.copy.write_bytes(whole[:len(whole) // 2 // 4096 * 4096]), "malformed|damaged|page|btree"),
            "another application": (other, "no database of this server"),
            "from the future": (changed("INSERT INTO mortise_migrations (owner, name, checksum, applied_at, compatible) "
                                        "VALUES ('users', '0099-future', 'x', '2030', 0)"), "neither knows nor can run with"),
            "another text": (changed("UPDATE mortise_migrations SET checksum = 'x' WHERE owner = 'users'"), "was changed after it ran"),
            "broken references": (changed("CREATE TABLE parent (id INTEGER PRIMARY KEY)", "CREATE TABLE child (parent REFERENCES parent (id))",
                                          "INSERT INTO child VALUES (7)"), "refers to one of 'parent'"),
        }
        for name, (change, said) in cases.items():
            with self.subTest(name):
                self.copy.write_bytes(whole)
                change()
                done = self.call("restore", "copy")
                self.assertDone(done, 1)
                self.assertIn("'copy' cannot take the place of the database:\n", done.stderr)
                self.assertRegex(done.stderr, said)
                self.assertEqual((emails(self.file), self.kept()), (self.new, []))
                self.assertNotIn("test.db.restore-partial", self.names())

    def test_from_standard_input(self):
        self.server.stop()
        with self.copy.open("rb") as backup:
            done = self.call("restore", "-", stdin=backup)
        self.assertDone(done)
        self.assertEqual(emails(self.file), self.old)

    def test_while_another_process_has_it_open(self):
        self.server.stop()
        with contextlib.closing(sqlite3.connect(self.file)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("BEGIN IMMEDIATE")
            done = self.call("restore", "copy")
            self.assertDone(done, 1)
            self.assertIn("is in use by another process; end that first", done.stderr)
            database.execute("ROLLBACK")
        self.assertEqual((emails(self.file), self.kept()), (self.new, []))

    def test_ended_anywhere(self):
        """Killed, or without power, after each thing that it does to the folder."""
        self.server.kill()
        log = self.folder.path / "records"
        disk = power.Disk(self.place)
        for path in self.place.iterdir():
            if not path.name.endswith("-shm"):
                disk.holds(path, path.read_bytes())
        env = {"LD_PRELOAD": str(SHIM), "DISK_ROOT": str(self.place), "DISK_LOG": str(log), **PRELOADED}
        self.assertDone(self.call("restore", "copy", env=env))
        found = power.records(log)
        renamed = [record for record in found if record.kind == power.RENAMED]
        self.assertEqual([pathlib.Path(os.fsdecode(record.data)).name for record in renamed], ["test.db"])
        faults = []
        seen = set()
        for number, record in enumerate(found):
            disk.follow(record)
            for chance in (power.Killed(), power.Chance(), power.Torn(SEED * 1000003 + number)):
                left = disk.left(self.place, chance)
                try:
                    current, kept = self.databases_in(left)
                    seen.add(len(current))
                    if current == self.new or (current == self.old and kept == [self.new]):
                        continue
                    faults.append(f"record {number} ({record.kind} {record.path}), {type(chance).__name__}: {current}, kept {kept}")
                except sqlite3.Error as error:
                    faults.append(f"record {number} ({record.kind} {record.path}), {type(chance).__name__}: {error}")
        self.assertEqual(faults, [])
        self.assertEqual(seen, {len(self.old), len(self.new)})

    def databases_in(self, files: dict[str, bytes]):
        """The users of the database, and of those that are kept: of those that have all their parts."""
        with tempfile.TemporaryDirectory(prefix="mortise-restore-") as place:
            folder = pathlib.Path(place)
            for name, content in files.items():
                if not name.endswith("-shm"):
                    (folder / name).write_bytes(content)
            if not (folder / "test.db").exists():
                raise sqlite3.DatabaseError("there is no database")
            kept = [path for path in folder.iterdir() if ".before-restore-" in path.name and not path.name.endswith(("-wal", "-journal"))]
            return emails(folder / "test.db"), [emails(path) for path in kept]


if __name__ == "__main__":
    unittest.main()
