# SPDX-License-Identifier: Apache-2.0
"""A database that is busy, locked, read-only, full, damaged or slow: what clients, the log and probes are told, and that it works again
without a restart. After each test exactly what was acknowledged is stored."""

import errno
import pathlib
import resource
import sqlite3
import threading
import unittest

from mortised import BUILD, PRELOADED, SLOWNESS, Folder, Mortised, ServerTest, eventually, run

TITLE = {"title": "a title of many letters"}
UNAVAILABLE = "Service unavailable"
INTERNAL = "Internal server error"
UNKNOWN = "It is not known whether the request was carried out"
# What a plugin's code does with its failure is not asked here (database_errors_test.py): handler, Deferred and filter.
WAYS = (("", "none"), ("?in=deferred", "none"), ("", "filter"))


def plugins(**settings: str) -> dict[str, dict[str, str]]:
    return {"routing": {}, "logging": {}, "health": {}, "breaks-rules": {}, "database": {"url": "sqlite:///test.db", **settings}}


class FaultTest(ServerTest):
    def setUp(self):
        self.stored_before = self.stored()
        self.acknowledged = 0
        self.mark = self.server.mark()

    def tearDown(self):
        eventually(lambda: self.server.get("/ready").status == 200, "ready again")
        self.assertEqual(self.write().status, 204)
        self.assertEqual(self.stored() - self.stored_before, self.acknowledged)

    @property
    def file(self) -> pathlib.Path:
        return self.server.folder.state_of("database") / "test.db"

    def other(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, isolation_level=None)
        self.addCleanup(connection.close)
        return connection

    def stored(self) -> int:
        connection = sqlite3.connect(self.file)
        try:
            self.assertEqual(connection.execute("PRAGMA quick_check").fetchone(), ("ok",))
            return connection.execute("SELECT count(*) FROM rules_posts").fetchone()[0]
        finally:
            connection.close()

    def write(self, what: str = "none", query: str = "", headers: dict[str, str] | None = None):
        response = self.server.post(f"/breaks/{what}{query}", TITLE, headers=headers)
        if response.status == 204:
            self.acknowledged += 2 if headers else 1
        return response

    def read(self, what: str = "posts"):
        return self.server.get(f"/breaks/read/{what}")

    def assertFails(self, status: int, message: str, retry: str | None, log: str | None = None, code: str | None = None):
        """Whoever writes, wherever it does: what the client is told, and (an error of the server) the log."""
        for query, way in WAYS:
            response = self.write(query=query, headers={"X-Breaks": "none"} if way == "filter" else None)
            self.assertEqual(self.assertError(response, status, message).get("code"), code)
            self.assertEqual(response.header("retry-after"), retry, response)
        if log is not None:
            self.assertLogged(log)

    def assertLogged(self, text: str):
        eventually(lambda: any(text in line for line in self.server.lines), f"'{text}' in the log")

    def ready(self):
        response = self.server.get("/ready")
        return response.status, response.json["checks"]["database"] if response.status != 200 else "ok"

    def assertNotReady(self, reason: str):
        for _ in range(3):
            self.assertEqual(self.ready(), (503, "failed"))
        self.assertLogged(reason)


class Locked(FaultTest):
    """By another process."""

    PLUGINS = plugins(busy_timeout="20ms")

    def test_writes_fail_and_reads_go_on(self):
        for lock in ("IMMEDIATE", "EXCLUSIVE"):
            other = self.other()
            other.execute(f"BEGIN {lock}")
            self.assertFails(503, UNAVAILABLE, "1")
            self.assertEqual(self.read().status, 200)
            self.assertEqual(self.ready(), (200, "ok"))
            other.execute("ROLLBACK")
            self.assertEqual(self.write().status, 204)

    def test_while_it_is_written(self):
        other = self.other()
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO rules_posts (title) VALUES ('other')")
        before = self.read().json["number"]
        self.assertFails(503, UNAVAILABLE, "1")
        other.execute("COMMIT")
        self.acknowledged += 1
        self.assertEqual(self.read().json["number"], before + 1)


class LockedForAWhile(FaultTest):
    PLUGINS = plugins(busy_timeout="30s")

    def test_waits(self):
        other = self.other()
        other.execute("BEGIN IMMEDIATE")
        responses = []
        writer = threading.Thread(target=lambda: responses.append(self.write()))
        writer.start()
        writer.join(0.3)
        self.assertEqual(responses, [])
        other.execute("ROLLBACK")
        writer.join(20 * SLOWNESS)
        self.assertEqual([response.status for response in responses], [204])


class Busy(FaultTest):
    """By another request of the same server."""

    PLUGINS = plugins(write_wait="100ms", statement_timeout=f"{int(3000 * SLOWNESS)}ms")

    def test_the_writer_is_waited_for_within_bounds(self):
        slow = []
        holder = threading.Thread(target=lambda: slow.append(self.write("endless")))
        holder.start()
        # Nobody writes before it does: a write that is first waits for whoever joins its commit.
        eventually(lambda: self.ready() == (503, "failed"), "not ready")
        self.assertFails(503, UNAVAILABLE, "1")
        self.assertEqual(self.read().status, 200)
        self.assertLogged("the writer has been busy with one transaction for")
        self.assertEqual(slow, [])
        holder.join(60 * SLOWNESS)
        self.assertError(slow[0], 500, INTERNAL)


class Slow(FaultTest):
    PLUGINS = plugins(statement_timeout="200ms")

    def test_is_stopped(self):
        for query in ("", "?in=deferred"):
            self.assertError(self.write("endless", query), 500, INTERNAL)
        self.assertLogged("a statement was stopped after 200 ms")
        self.assertEqual(self.ready(), (200, "ok"))

    def test_reads_are_stopped(self):
        self.assertError(self.read("endless-read"), 500, INTERNAL)
        self.assertLogged("a statement was stopped after 200 ms")
        self.assertEqual(self.read().status, 200)


class Limited(FaultTest):
    """No file of the server may grow for a while."""

    PLUGINS = plugins()

    def limit(self, size: int):
        process = self.server.process.pid
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.prlimit(process, resource.RLIMIT_FSIZE)[1]))

    def test_is_not_ready(self):
        self.assertEqual(self.ready(), (200, "ok"))
        self.limit(1)
        self.assertFails(503, UNAVAILABLE, "10")
        self.assertNotReady("no room to write database '")
        self.assertEqual(self.read().status, 200)
        self.limit(resource.RLIM_INFINITY)
        # Nobody has to write for it to be ready again.
        eventually(lambda: self.ready() == (200, "ok"), "ready again")


class Failing(FaultTest):
    """A disk that fails each write or sync (disk_shim.c)."""

    @classmethod
    def setUpClass(cls):
        folder = Folder(plugins=plugins())
        cls.addClassCleanup(folder.remove)
        cls.fault = folder.path / "fault"
        cls.server = Mortised(folder, env={
            "LD_PRELOAD": str(BUILD / "fixtures" / "disk_shim.so"), "DISK_ROOT": str(folder.state), "DISK_FAULT": str(cls.fault),
            **PRELOADED})

    def fail(self, what: str):
        part = self.fault.with_suffix(".new")
        part.write_text(what)
        part.rename(self.fault)

    def tearDown(self):
        self.fail("")
        super().tearDown()

    def unwritable(self, code: int, reason: str):
        self.fail(f"write {code}")
        self.assertFails(503, UNAVAILABLE, "10", reason)
        self.assertNotReady(reason)
        self.assertEqual(self.read().status, 200)
        self.fail("")
        eventually(lambda: self.ready() == (200, "ok"), "ready again")

    def test_read_only(self):
        self.unwritable(errno.EROFS, "cannot be written")

    def test_full(self):
        self.unwritable(errno.ENOSPC, "no room to write database '")
        self.unwritable(errno.EDQUOT, "no room to write database '")

    # contract: busy.outcome-unknown
    def test_broken(self):
        for what, status, message, code, said in (
            ("write", 500, INTERNAL, None, "input or output error on database '"),
            ("sync", 503, UNKNOWN, "outcome_unknown", "in the sync of a commit: its outcome is unknown"),
        ):
            self.fail(f"{what} {errno.EIO}")
            self.assertFails(status, message, None, said, code)
            self.assertNotReady(said)
            self.assertEqual(self.read().status, 200)
            self.fail("")
            eventually(lambda: self.ready() == (200, "ok"), "ready again")
            self.assertEqual(self.write().status, 204)

    def test_nothing_is_lost_while_it_comes_and_goes(self):
        done = threading.Event()
        acknowledged, lock, failed = [0], threading.Lock(), [0]

        def client():
            with self.server.connect() as connection:
                while not done.is_set():
                    response = connection.exchange("POST", "/breaks/none", headers={"Content-Type": "application/json"}, body=b'{"title":"abc"}')
                    with lock:
                        (acknowledged if response.status == 204 else failed)[0] += 1
                        self.assertIn(response.status, (204, 500, 503))

        clients = [threading.Thread(target=client) for _ in range(8)]
        for thread in clients:
            thread.start()
        try:
            for fault in ("write 28", "sync 5", "write 30", "write 5", "sync 28") * 4:
                for what, count in ((fault, failed), ("", acknowledged)):
                    self.fail(what)
                    seen = count[0]
                    eventually(lambda: count[0] > seen + 8, f"responses under '{what}'")
        finally:
            self.fail("")
            done.set()
            for thread in clients:
                thread.join()
        self.acknowledged += acknowledged[0]


class Damaged(FaultTest):
    """Pages are overwritten."""

    PLUGINS = plugins(wal_autocheckpoint="10")

    def test_while_it_runs(self):
        other = self.other()
        with other:
            other.execute("BEGIN")
            other.executemany("INSERT INTO rules_posts (title) VALUES (?)", [("damaged",)] * 5000)
            other.execute("COMMIT")
        self.acknowledged += 5000
        self.assertEqual(other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0], 0)
        content = self.file.read_bytes()
        page = 4096
        with open(self.file, "r+b") as file:
            file.seek(page)
            file.write(b"\xa5" * (len(content) - page))
        self.assertError(self.read(), 500, INTERNAL)
        self.assertFails(500, INTERNAL, None, "test.db' is damaged (")
        self.assertNotReady("; a check of the file: ")
        with open(self.file, "r+b") as file:
            file.write(content)
        eventually(lambda: self.ready() == (200, "ok"), "ready again")
        self.assertEqual(self.read().status, 200)


class Moved(FaultTest):
    """By whoever restores a backup, or cleans up, under the running server."""

    PLUGINS = plugins()

    def test_stores_nothing_until_it_is_back(self):
        self.assertEqual(self.write().status, 204)
        away = self.file.with_name("away.db")
        self.file.rename(away)
        self.assertNotReady("was moved or deleted: restart the server")
        self.assertFails(503, UNAVAILABLE, "10")
        self.assertEqual(self.read().status, 200)
        self.assertFalse(self.file.exists())
        errors = [record for record in self.server.records[self.mark:] if record["level"] == "error"]
        self.assertEqual([record["logger"] for record in errors], ["database"], errors)
        self.assertIn(f"database file '{self.file}' was moved or deleted", errors[0]["msg"])
        away.rename(self.file)
        eventually(lambda: self.ready() == (200, "ok"), "ready again")


class AtStart(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins=plugins(migration_wait="100ms", busy_timeout="50ms"))
        self.addCleanup(self.folder.remove)
        with Mortised(self.folder) as server:
            self.assertEqual(server.post("/breaks/none", TITLE).status, 204)
        self.file = self.folder.state_of("database") / "test.db"

    def assertRefused(self, text: str):
        result = run("--config", str(self.folder.config))
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(text, result.stdout + result.stderr)

    def assertStarts(self):
        with Mortised(self.folder) as server:
            self.assertEqual(server.get("/breaks/read/posts").json, {"number": 2})
            self.assertEqual(server.post("/breaks/none", TITLE).status, 204)

    def test_damaged(self):
        content = self.file.read_bytes()
        for damaged, text in ((content[:100] + b"\xa5" * (len(content) - 100), "test.db' is damaged ("),
                              (b"\xa5" * len(content), "test.db' is not an SQLite database")):
            self.file.write_bytes(damaged)
            self.assertRefused(text)
            self.assertEqual(self.file.read_bytes(), damaged)  # for whoever can mend it
        self.file.write_bytes(content)
        self.assertStarts()

    def test_locked(self):
        other = sqlite3.connect(self.file, isolation_level=None)
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("SELECT count(*) FROM rules_posts").fetchone()
        self.assertRefused("test.db' stayed locked by another connection")
        other.close()
        self.assertStarts()


if __name__ == "__main__":
    unittest.main()
