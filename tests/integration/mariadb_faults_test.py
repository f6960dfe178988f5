# SPDX-License-Identifier: Apache-2.0
"""What a client sees where a MariaDB server, or the way to it, fails: 503 and no 500, nothing that is acknowledged is lost or done twice, other
routes are as ever, and all is well again without a restart when the server is."""

import contextlib
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import uuid

from mortised import FIXTURES, SLOWNESS, Folder, Mortised, eventually, run

import mariadb
from cutting_proxy import CuttingProxy

WAIT_S = 30 * SLOWNESS


class Case(unittest.TestCase):
    ARGUMENTS: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls):
        cls.database = mariadb.MariaDb(*cls.ARGUMENTS)
        cls.addClassCleanup(cls.database.close)
        cls.database.start()
        cls.proxy = CuttingProxy(cls.database.port)
        cls.addClassCleanup(cls.proxy.close)

    def setUp(self):
        self.database.sql("DROP DATABASE mortise; CREATE DATABASE mortise CHARACTER SET utf8mb4;", "mysql")
        self.proxy.forward()

    def serve(self, options: str = "?pool_timeout=2&connect_timeout=2", **settings: str) -> Mortised:
        """Behind the proxy."""
        url = self.database.url.replace(f":{self.database.port}/", f":{self.proxy.port}/")
        folder = Folder(plugins={"routing": {}, "logging": {}, "health": {}, "hello": {}, "database": {"url": url + options, **settings},
                                 "database-mariadb": {}, "users": {}, "auth": {}, "idempotency": {},
                                 "uses-database": {"file": str(FIXTURES / "uses-database.so")}})
        self.addCleanup(folder.remove)
        return Mortised(folder)

    def store(self, server: Mortised, title: str):
        return server.post("/uses/database", {"title": title, "stars": 3})

    def note(self, server: Mortised, title: str) -> None:
        response = self.store(server, title)
        self.assertEqual(response.status, 201, response)

    def titles(self) -> list[str]:
        return [row[0] for row in self.database.sql("SELECT title FROM fixture_notes ORDER BY title")]

    def assertUnavailable(self, response):
        self.assertEqual(response.status, 503, response)
        self.assertNotIn("hidden", response.body.decode())

    def assertRecovers(self, server: Mortised):
        eventually(lambda: server.get("/ready").status == 200, "ready", WAIT_S)
        self.note(server, f"recovered {uuid.uuid4()}")


class Load(Case):
    def test_killed_and_restarted(self):
        """Whoever waits gets a 503 within the deadlines; what was acknowledged is there; nothing of ours is started anew."""
        with self.serve(statement_timeout="1s") as server:
            self.note(server, "before")
            stop = threading.Event()
            seen: list[tuple[str, int, float]] = []

            def work(number: int) -> None:
                for i in range(100000):
                    if stop.is_set():
                        return
                    begin = time.monotonic()
                    status = self.store(server, f"{number} {i}").status
                    seen.append((f"{number} {i}", status, time.monotonic() - begin))

            threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
            try:
                eventually(lambda: len(seen) > 50, "load")
                self.database.kill()
                eventually(lambda: any(status == 503 for _, status, _ in seen), "503")
                self.database.start()
                mark = len(seen)
                eventually(lambda: any(status == 201 for _, status, _ in seen[mark:]), "recovery", WAIT_S)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
            self.assertLessEqual({status for _, status, _ in seen}, {201, 503}, seen)
            self.assertLess(max(took for _, _, took in seen), 8 * SLOWNESS)
            self.assertLessEqual({title for title, status, _ in seen if status == 201}, set(self.titles()))
            self.assertRecovers(server)


class Refused(Case):
    # The smallest that there is.
    ARGUMENTS = ("--max-connections=10",)

    def taken(self) -> list[socket.socket]:
        """All connections that there are, the one for administrators, too."""
        taken: list[socket.socket] = []
        for _ in range(16):
            one = socket.create_connection(("127.0.0.1", self.database.port))
            taken.append(one)
            one.settimeout(5)
            one.recv(5)
        return taken

    def test_too_many_connections(self):
        with self.serve() as server:
            self.note(server, "before")
            self.proxy.cut()
            taken = self.taken()
            try:
                eventually(lambda: server.get("/ready").status == 503, "not ready")
                self.assertUnavailable(self.store(server, "refused"))
                eventually(lambda: "Too many connections" in "".join(server.lines), "logged")
            finally:
                for one in taken:
                    one.close()
            self.assertRecovers(server)

    def test_too_many_connections_at_the_start(self):
        taken = self.taken()
        try:
            server = self.serve()
            self.addCleanup(server.close)
            self.assertUnavailable(self.store(server, "refused"))
            self.assertEqual(server.get("/hello").status, 200)
        finally:
            for one in taken:
                one.close()
        with server:
            self.assertRecovers(server)

    def test_the_password_changes(self):
        with self.serve() as server:
            self.note(server, "before")
            self.database.sql("ALTER USER mortise@'%' IDENTIFIED BY 'hidden-new'", "mysql")
            try:
                self.proxy.cut()
                eventually(lambda: server.get("/ready").status == 503, "not ready")
                self.assertUnavailable(self.store(server, "refused"))
                eventually(lambda: "Access denied for user 'mortise'" in "".join(server.lines), "logged")
                self.assertNotIn("mortise:mortise", "".join(server.lines))
            finally:
                self.database.sql("ALTER USER mortise@'%' IDENTIFIED BY 'mortise'", "mysql")
            self.assertRecovers(server)

    def test_too_many_prepared_statements(self):
        with self.serve() as server:
            self.database.sql("SET GLOBAL max_prepared_stmt_count = 0", "mysql")
            try:
                self.proxy.cut()
                eventually(lambda: self.store(server, "refused").status == 503, "503")
            finally:
                self.database.sql("SET GLOBAL max_prepared_stmt_count = DEFAULT", "mysql")
            self.assertRecovers(server)


class Packets(Case):
    def test_too_large(self):
        """What one server takes and another does not is the operator's to set: the log says so, and nothing else is held up."""
        with self.serve() as server:
            self.note(server, "before")
            self.database.sql("SET GLOBAL max_allowed_packet = 1024", "mysql")
            try:
                self.proxy.cut()
                eventually(lambda: self.store(server, "small").status == 201, "connections anew", WAIT_S)
                registered = server.post("/auth/register", {"name": "Wide", "email": "wide@example.com", "password": "correct horse",
                                                            "profile": {"bio": "b" * 1000}})
                self.assertEqual(registered.status, 500, registered)
                self.assertNotIn("packet", registered.body.decode())
                eventually(lambda: "max_allowed_packet" in "".join(server.lines), "the log says it")
                self.note(server, "behind")
                self.assertEqual(server.get("/ready").status, 200)
                self.assertEqual(self.database.sql("SELECT COUNT(*) FROM users"), [["0"]])
            finally:
                self.database.sql("SET GLOBAL max_allowed_packet = DEFAULT", "mysql")


class Locked(Case):
    @contextlib.contextmanager
    def held(self):
        """Another transaction has inserted a note 'held', and rolls back."""
        client = subprocess.Popen(["mariadb", "--no-defaults", "-u", "root", "-S", str(self.database.socket), "-n", "-N", "-B", "mortise"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            client.stdin.write("START TRANSACTION;\nINSERT INTO fixture_notes VALUES ('held', 1);\nSELECT 'locked';\n")
            client.stdin.flush()
            self.assertEqual(client.stdout.readline(), "locked\n")
            yield
        finally:
            client.communicate("ROLLBACK;\n", timeout=WAIT_S)

    def test_a_row_that_another_holds(self):
        with self.serve(write_wait="300ms") as server:
            self.note(server, "before")
            with self.held():
                begin = time.monotonic()
                self.assertUnavailable(self.store(server, "held"))
                self.assertLess(time.monotonic() - begin, 8 * SLOWNESS)
                self.note(server, "another")
            self.note(server, "held")

    def deadlocks(self) -> int:
        return int(self.database.sql("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")[0][1])

    def test_a_deadlock(self):
        """Of three that wait for the same key two share a lock when it is free, and each waits for the other: their bodies run again."""
        with self.serve(write_wait="20s") as server:
            self.note(server, "before")
            before = self.deadlocks()
            statuses = []
            threads = [threading.Thread(target=lambda: statuses.append(self.store(server, "held").status)) for _ in range(3)]
            with self.held():
                for thread in threads:
                    thread.start()
                # Not information_schema.innodb_trx: it shows what it did while it is asked ten times a second.
                waiting = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
                eventually(lambda: self.database.sql(waiting)[0][1] == "3", "three that wait")
            for thread in threads:
                thread.join()
            self.assertGreater(self.deadlocks(), before)
            self.assertEqual(sorted(statuses), [201, 409, 409])


class Certificates(unittest.TestCase):
    def test_whom_it_connects_to(self):
        """Encrypted, to whom the certificate is for; another CA's, or another's, fails the start."""
        with mariadb.MariaDb(tls=True) as database:
            def folder(host: str, ca: str) -> Folder:
                url = database.url.replace("127.0.0.1", host) + f"?ssl-ca={database.folder / ca}"
                made = Folder(plugins={"routing": {}, "logging": {}, "health": {}, "database": {"url": url}, "database-mariadb": {}})
                self.addCleanup(made.remove)
                return made

            database.sql("ALTER USER mortise@'%' REQUIRE SSL", "mysql")
            with Mortised(folder("localhost", "ca.pem")) as server:
                self.assertEqual(server.get("/ready").status, 200)
            for host, ca in (("127.0.0.1", "ca.pem"), ("localhost", "other.pem"), ("localhost", "none.pem")):
                with self.subTest(host=host, ca=ca):
                    done = run("--config", folder(host, ca).config)
                    self.assertNotEqual(done.returncode, 0)
                    self.assertRegex(done.stdout + done.stderr, r"\(2026\)")
                    self.assertNotIn("mortise:mortise", done.stdout + done.stderr)


class Full(Case):
    """On a disk that has no room left."""

    @classmethod
    def setUpClass(cls):
        disk = pathlib.Path(tempfile.mkdtemp(prefix="mortise-full."))
        cls.addClassCleanup(shutil.rmtree, disk, True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(disk)], capture_output=True, check=False).returncode != 0:
            raise unittest.SkipTest("mounting is not permitted")
        cls.addClassCleanup(subprocess.run, ["umount", "-l", str(disk)], check=True)
        cls.disk = disk
        super().setUpClass()

    def test_no_room(self):
        with self.serve() as server:
            self.note(server, "before")
            self.database.stop()
            data = self.database.data
            moved = self.disk / "data"
            shutil.copytree(data, moved)
            self.database.data = moved
            self.database.start()
            self.assertRecovers(server)
            wide = "\N{GRINNING FACE}" * 94  # 400 bytes: fewer are enough
            filler = self.disk / "filler"
            with open(filler, "wb") as file:
                try:
                    while True:
                        file.write(b"\0" * 65536)
                        file.flush()
                except OSError:
                    pass
            try:
                statuses = []
                for i in range(3000):
                    response = self.store(server, f"{i:06}" + wide)
                    statuses.append(response.status)
                    if response.status != 201:
                        break
                self.assertEqual(set(statuses), {201, 503}, response)
                self.assertEqual(server.get("/uses/database").status, 200)
                eventually(lambda: server.get("/ready").status == 503, "not ready")
            finally:
                filler.unlink()
            self.assertRecovers(server)
            self.assertLessEqual({f"{i:06}" + wide for i, status in enumerate(statuses) if status == 201}, set(self.titles()))


if __name__ == "__main__":
    unittest.main()
