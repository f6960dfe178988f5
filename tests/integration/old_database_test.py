# SPDX-License-Identifier: Apache-2.0
"""The database of an early version, whose tables of users and token families were not yet what they are: it is carried over with all
its rows, from a kill at each step, and in a time that is bounded. old_database_test.py Size [rows in $MORTISE_OLD_USERS]"""

import hashlib
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import power
from mortised import BUILD, PRELOADED, PROGRAM, SLOWNESS, TRACED, Folder, Mortised, environment, missing, run

USERS = int(os.environ.get("MORTISE_OLD_USERS", "20000"))
PLUGINS = {"routing": {}, "logging": {}, "health": {}, "database": {}, "users": {}, "auth": {}}
OTHERS = {"security-headers": {}, "cors": {}, "rate-limit": {}, "conditional": {}, "compression": {}}

# As that version had them: name and text, which its record has the checksum of.
MIGRATIONS = (
    ("users", "0001-create-users",
     "CREATE TABLE users (id CHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, email VARCHAR(254) NOT NULL, "
     "email_lower VARCHAR(254) NOT NULL, password_hash VARCHAR(100) NOT NULL, role VARCHAR(16) NOT NULL DEFAULT 'user', "
     "created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, CONSTRAINT users_email_lower UNIQUE (email_lower))"),
    ("auth", "0001-create-refresh-families",
     "CREATE TABLE auth_refresh_families (id CHAR(36) NOT NULL PRIMARY KEY, user_id CHAR(36) NOT NULL, "
     "current_token CHAR(36) NOT NULL, previous_token CHAR(36) NOT NULL DEFAULT '', rotated_at BIGINT NOT NULL, "
     "expires_at BIGINT NOT NULL); "
     "CREATE INDEX auth_refresh_families_expires_at ON auth_refresh_families (expires_at)"),
    ("auth", "0002-index-refresh-families-by-user",
     "CREATE INDEX auth_refresh_families_user_id ON auth_refresh_families (user_id)"),
)
RECORDS = ("CREATE TABLE mortise_migrations (owner VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, checksum CHAR(64) NOT NULL, "
           "applied_at VARCHAR(32) NOT NULL, PRIMARY KEY (owner, name))")
HASH = "$2b$10$" + "a" * 53
NOW = 1_760_000_000_000
ORPHANS = 7
STEPS = ("fdatasync", "fsync", "ftruncate", "rename", "unlink")  # calls of the system


def uuid7(number: int, kind: int = 0) -> str:
    return f"{NOW // 0x10000:08x}-{NOW % 0x10000:04x}-7{kind:03x}-8{number >> 48 & 0xfff:03x}-{number & 0xffffffffffff:012x}"


def make(file: pathlib.Path, users: int, families: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    database.execute(RECORDS)
    for owner, name, text in MIGRATIONS:
        for statement in text.split("; "):
            database.execute(statement)
        database.execute("INSERT INTO mortise_migrations VALUES (?, ?, ?, '2026-11-29T11:00:00.000Z')",
                         (owner, name, hashlib.sha256(text.encode()).hexdigest()))
    names = random.Random(1)
    database.executemany(
        "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((uuid7(i), f"User number {i}", f"User.{key}.{i}@Example.com", f"user.{key}.{i}@example.com", HASH,
          "admin" if i % 100 == 0 else "user", NOW + i, NOW + i)
         for i in range(users) for key in (f"{names.getrandbits(48):012x}",)))
    database.executemany(
        "INSERT INTO auth_refresh_families VALUES (?, ?, ?, '', ?, ?)",
        ((uuid7(i, 1), uuid7(i if i >= ORPHANS else users + i), uuid7(i, 2), NOW, 4_000_000_000_000) for i in range(families)))
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def rows(file: pathlib.Path, sql: str) -> list[tuple]:
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


KEPT = "SELECT id, name, email, email_lower, password_hash, role, created_at, updated_at FROM users ORDER BY id"
FAMILIES = ("SELECT id, user_id, current_token, previous_token, rotated_at, expires_at FROM auth_refresh_families WHERE user_id IN "
            "(SELECT id FROM users) ORDER BY id")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins={**PLUGINS, **OTHERS})
        self.addCleanup(self.folder.remove)
        self.file = self.folder.state_of("database") / "mortise.db"

    def up(self) -> str:
        done = run("--config", self.folder.config, "migrate", "up")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def assert_new(self, users: list[tuple], families: list[tuple]):
        self.assertEqual(rows(self.file, KEPT), users)
        self.assertEqual(rows(self.file, FAMILIES), families)
        self.assertEqual(rows(self.file, "SELECT count(*) FROM auth_refresh_families")[0][0], len(families))
        self.assertEqual(rows(self.file, "SELECT DISTINCT token_epoch FROM users"), [(0,)])
        self.assertEqual(dict(rows(self.file, "SELECT name, wr FROM pragma_table_list WHERE name IN ('users', 'auth_refresh_families')")),
                         {"users": 1, "auth_refresh_families": 1})
        self.assertEqual(rows(self.file, "SELECT \"table\", on_delete FROM pragma_foreign_key_list('auth_refresh_families')"),
                         [("users", "CASCADE")])
        self.assertEqual({name for name, in rows(self.file, "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")},
                         {"users", "auth_refresh_families", "auth_refresh_families_expires_at", "auth_refresh_families_user_id",
                          "mortise_migrations", "profiles", "user_import_rejects", "user_imports", "user_removals", "users_email_lower"})
        self.assertEqual(rows(self.file, "SELECT owner, name, state, compatible FROM mortise_migrations ORDER BY owner, name"), [
            ("auth", "0001-create-refresh-families", "done", 1), ("auth", "0002-index-refresh-families-by-user", "done", 1),
            ("auth", "0003-end-families-with-users", "done", 0), ("users", "0001-create-users", "done", 1),
            ("users", "0002-add-token-epoch", "done", 1), ("users", "0003-cluster-users-by-id", "done", 0),
            ("users", "0004-create-profiles", "done", 1), ("users", "0005-mark-removed-users", "done", 1),
            ("users", "0006-create-user-imports", "done", 1)])
        self.assertEqual(rows(self.file, "PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(rows(self.file, "PRAGMA foreign_key_check"), [])

    def backups(self) -> list[pathlib.Path]:
        return sorted(self.file.parent.glob("*.backup*"))


class Carried(Case):
    def test_with_all_its_rows_but_orphans(self):
        make(self.file, 300, 100)
        users, families = rows(self.file, KEPT), rows(self.file, FAMILIES)
        self.assertEqual(len(families), 100 - ORPHANS)
        with Mortised(self.folder) as server:
            [orphans] = [record for record in server.found("Migrated") if record["migration"] == "0003-end-families-with-users"
                         and record["sql"].startswith("DELETE FROM auth_refresh_families WHERE")]
            self.assertEqual(int(orphans["rows"]), ORPHANS)
            me = server.register()
            listed = server.get("/api/users?limit=1", token=me["accessToken"]).json
            self.assertIn("301", str(listed))
        database = sqlite3.connect(self.file)
        with database:
            database.execute("DELETE FROM users WHERE id = ?", (me["user"]["id"],))
            database.execute("DELETE FROM auth_refresh_families WHERE user_id = ?", (me["user"]["id"],))
        database.close()
        self.assert_new(users, families)
        [backup] = self.backups()
        self.assertRegex(backup.name, r"^mortise\.db\.\d{8}T\d{6}Z-before-users-3\.backup$")
        self.assertEqual(rows(backup, "SELECT count(*) FROM auth_refresh_families"), [(100,)])

    def test_families_end_with_their_user(self):
        with Mortised(self.folder) as server:
            me = server.register()
            user = me["user"]["id"]
            self.assertEqual(rows(self.file, f"SELECT count(*) FROM auth_refresh_families WHERE user_id = '{user}'"), [(1,)])
            self.assertEqual(server.request("DELETE", f"/api/users/{user}", token=me["accessToken"]).status, 204)
        self.assertEqual(rows(self.file, "SELECT count(*) FROM auth_refresh_families"), [(0,)])
        self.assertEqual(self.backups(), [])  # nothing was there before

    def test_there_and_back(self):
        make(self.file, 30, 20)
        users, families = rows(self.file, KEPT), rows(self.file, FAMILIES)
        for _ in range(2):
            self.up()
            self.assert_new(users, families)
            for plugin in ("auth", "users"):
                done = run("--config", self.folder.config, "migrate", "down", plugin, "3", "--yes")
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(rows(self.file, "SELECT wr FROM pragma_table_list WHERE name = 'users'"), [(0,)])


class Killed(Case):
    def running(self) -> list[tuple]:
        """Where a migration was cut off. Whoever looks first undoes half a statement: that happens to a copy here."""
        with tempfile.TemporaryDirectory(dir=self.folder.path) as copies:
            for file in self.file.parent.glob(f"{self.file.name}*"):
                shutil.copy(file, copies)
            copy = pathlib.Path(copies) / self.file.name
            sqlite3.connect(copy).execute("SELECT 1 FROM sqlite_master").close()
            if "compatible" not in str(rows(copy, "SELECT sql FROM sqlite_master WHERE name = 'mortise_migrations'")):
                return []
            return rows(copy, "SELECT owner, statement FROM mortise_migrations WHERE state = 'running'")

    def test_from_a_kill_at_each_step(self):
        if shutil.which("strace") is None:
            missing(self, "strace")
        make(self.file, 50, 20)
        users, families = rows(self.file, KEPT), rows(self.file, FAMILIES)
        old = self.folder.path / "old.db"
        self.file.rename(old)
        self.up()  # fills the cache of plugin files
        states, kills = set(), 0
        for call in STEPS:
            for number in range(1, 100):
                for left in self.file.parent.glob("mortise.db*"):
                    left.unlink()
                shutil.copy(old, self.file)
                killed = subprocess.run(
                    ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}",
                     str(PROGRAM), "--config", str(self.folder.config), "migrate", "up"],
                    env=environment(TRACED), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120 * SLOWNESS)
                if killed.returncode == 0:
                    break
                self.assertIn(killed.returncode, (-signal.SIGKILL, 128 + signal.SIGKILL), killed.stdout)
                kills += 1
                states.update(self.running())
                self.up()
                self.assert_new(users, families)
                for backup in self.backups():
                    self.assertEqual(rows(backup, "PRAGMA integrity_check"), [("ok",)], backup)
        self.assertGreater(kills, 15)
        self.assertEqual(states, {("users", ran) for ran in range(5)} | {("auth", ran) for ran in range(7)})


class Cut(Case):
    """The power fails while it is carried over."""
    STARTS = 2  # after a cut inside of a statement

    def checked(self, left: dict[str, bytes], users: list[tuple]) -> str:
        """How far it came by what is left, which has all users."""
        with tempfile.TemporaryDirectory(prefix="mortise-power-") as place:
            file = pathlib.Path(place, self.file.name)
            for name, content in left.items():
                if not name.endswith("-shm") and ".backup" not in name:
                    file.with_name(name).write_bytes(content)
            database = sqlite3.connect(file)
            try:
                self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
                tables = {name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                held = [database.execute(KEPT.replace("FROM users", f"FROM {table}")).fetchall()
                        for table in {"users", "users_next"} & tables]
                self.assertIn(users, held)
                if "compatible" not in str(database.execute("SELECT sql FROM sqlite_master WHERE name = 'mortise_migrations'").fetchall()):
                    return ""
                return str(database.execute("SELECT owner, name, state, statement FROM mortise_migrations WHERE name LIKE '0003%' "
                                            "ORDER BY owner DESC").fetchall())
            finally:
                database.close()

    def test_at_each_write(self):
        make(self.file, 200, 20)
        users, families = rows(self.file, KEPT), rows(self.file, FAMILIES)
        disk = power.Disk(self.file.parent)
        disk.holds(self.file, self.file.read_bytes())
        log = self.folder.path / "records"
        done = subprocess.run(
            [str(PROGRAM), "--config", str(self.folder.config), "migrate", "up"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=120 * SLOWNESS, env={
                **environment(None), "LD_PRELOAD": str(BUILD / "fixtures" / "disk_shim.so"), "DISK_ROOT": str(self.file.parent),
                "DISK_LOG": str(log), **PRELOADED})
        self.assertEqual(done.returncode, 0, done.stdout)
        states, seen, inside = [], set(), []
        for number, record in enumerate(power.records(log)):
            disk.follow(record)
            for kept in (power.Chance(), power.Torn(number)):
                left = disk.left(self.file.parent, kept)
                content = hashlib.sha256(repr(sorted(left.items())).encode()).digest()
                if content in seen:
                    continue
                seen.add(content)
                with self.subTest(record=number, kept=type(kept).__name__):
                    states.append(self.checked(left, users))
                if left.get(self.file.name + "-journal", b"").strip(b"\0"):
                    inside.append(left)
        self.assertEqual(len(set(states)), 16, set(states))  # each record of both, and before them
        self.assertGreater(len(inside), 20)
        for left in random.Random(1).sample(inside, self.STARTS):
            for file in self.file.parent.glob("mortise.db*"):
                file.unlink()
            for name, content in left.items():
                self.file.with_name(name).write_bytes(content)
            status = run("--config", self.folder.config, "migrate", "status")
            self.assertEqual(status.returncode, 0, status.stderr)
            self.up()
            self.assert_new(users, families)


class Size(Case):
    ATTEMPTS = 3  # other processes may slow down one of the two

    def copied_s(self, old: pathlib.Path) -> float:
        copy = self.folder.path / "copy.db"
        shutil.copy(old, copy)
        database = sqlite3.connect(copy, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -8192"):
            database.execute(f"PRAGMA {pragma}")
        database.execute(MIGRATIONS[0][2].replace("TABLE users", "TABLE copied"))
        begin = time.monotonic()
        database.execute("INSERT INTO copied SELECT * FROM users")
        took_s = time.monotonic() - begin
        database.close()
        copy.unlink()
        return took_s

    def test_in_three_times_a_copy(self):
        old = self.folder.path / "old.db"
        make(old, USERS, USERS // 10)
        self.file.parent.mkdir(parents=True)
        started_s = 1 * SLOWNESS  # the process and its plugins
        for attempt in range(self.ATTEMPTS):
            for left in self.file.parent.glob("mortise.db*"):
                left.unlink()
            shutil.copy(old, self.file)
            copied_s = self.copied_s(old)
            begin = time.monotonic()
            said = self.up()
            took_s = time.monotonic() - begin
            print(f"{USERS} users: one INSERT ... SELECT {copied_s:.2f} s, the migration {took_s:.2f} s\n{said}")
            self.assertEqual(rows(self.file, "SELECT count(*) FROM users"), [(USERS,)])
            self.assertEqual(rows(self.file, "SELECT count(*) FROM auth_refresh_families"), [(USERS // 10 - ORPHANS,)])
            self.assertTrue(re.search(rf"\b{ORPHANS} rows", said), said)
            if took_s < 3 * copied_s + started_s:
                return
        self.assertLess(took_s, 3 * copied_s + started_s)


if __name__ == "__main__":
    unittest.main()
