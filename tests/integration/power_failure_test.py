# SPDX-License-Identifier: Apache-2.0
"""The power fails, at every moment that counts: what was acknowledged is on the disk, whatever became of what was not synced."""

import os
import pathlib
import random
import re
import sqlite3
import tempfile
import threading
import unittest

import power
from mortised import BUILD, PRELOADED, Folder, Mortised

SHIM = BUILD / "fixtures" / "disk_shim.so"
SEED = int(os.environ.get("MORTISE_SEED", "1"))
USERS = 200
CLIENTS = 8
# Of a response that acknowledges a user. Recorded before it is sent.
ACKNOWLEDGED = re.compile(rb"^HTTP/1\.1 201 .*\"email\":\"([^\"]+)\"", re.DOTALL)


def plugins(**settings: str) -> dict[str, dict[str, str]]:
    # A small log is carried over and begun anew many times.
    return {"routing": {}, "logging": {}, "health": {}, "users": {}, "auth": {},
            "database": {"url": "sqlite:///test.db", "wal_autocheckpoint": "40", **settings}}


def preload(root: pathlib.Path, log: pathlib.Path) -> dict[str, str]:
    return {"LD_PRELOAD": str(SHIM), "DISK_ROOT": str(root), "DISK_LOG": str(log), **PRELOADED}


class Recorded:
    """A server that was started in an empty state folder, got users until it had enough, and was killed."""

    def __init__(self, **settings: str):
        self.folder = Folder(plugins=plugins(**settings))
        self.disk = self.folder.path / "disk"
        self.log = self.folder.path / "records"
        self.disk.mkdir()
        self.folder.state = self.disk / "state"
        self.folder.server["state_directory"] = str(self.folder.state)
        self.folder.write()

    def run(self, test: unittest.TestCase, env: dict[str, str]) -> list[power.Record]:
        server = Mortised(self.folder, env={**preload(self.disk, self.log), **env})
        received, lock = set(), threading.Lock()

        def client(number: int):
            with server.connect() as connection:
                for step in range(USERS // CLIENTS):
                    email = f"power{number}-{step}@example.com"
                    body = b'{"name":"Cut Off","email":"%s","password":"correct horse"}' % email.encode()
                    response = connection.exchange("POST", "/api/users", headers={"Content-Type": "application/json"}, body=body)
                    if response.status == 201:
                        with lock:
                            received.add(email)

        try:
            threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            test.assertEqual(len(received), USERS)
        finally:
            server.kill()
            server.close()
        found = power.records(self.log)
        sent = {email for record in found if (email := acknowledged(record))}
        test.assertEqual(received - sent, set(), "every acknowledgement is recorded")
        return found


def acknowledged(record: power.Record) -> str | None:
    if record.kind != power.SENT:
        return None
    match = ACKNOWLEDGED.match(record.data)
    return match[1].decode() if match else None


def users_of(files: dict[str, bytes], seed: int) -> set[str]:
    """Opens what is left as SQLite does after a failure. Its index, in shared memory, is whatever it was."""
    with tempfile.TemporaryDirectory(prefix="mortise-power-") as place:
        folder = pathlib.Path(place)
        for name, content in files.items():
            if not name.endswith("-shm"):
                (folder / name).write_bytes(content)
        if seed % 2:
            (folder / "test.db-shm").write_bytes(random.Random(seed).randbytes(32768))
        database = sqlite3.connect(folder / "test.db")
        try:
            database.execute("PRAGMA synchronous = OFF")  # here it is only read
            check = database.execute("PRAGMA quick_check").fetchall()
            if check != [("ok",)]:
                raise sqlite3.DatabaseError(str(check))
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'users'").fetchone():
                return set()
            return {row[0] for row in database.execute("SELECT email FROM users")}
        finally:
            database.close()


class Lost(unittest.TestCase):
    def cuts(self, recorded: Recorded, found: list[power.Record]):
        """The faults: what each cut loses or damages. Cuts after each acknowledgement, and after some other records."""
        disk = power.Disk(recorded.disk)
        chance = random.Random(SEED)
        expected: set[str] = set()
        faults, cuts = [], 0
        for number, record in enumerate(found):
            disk.follow(record)
            email = acknowledged(record)
            if email:
                expected.add(email)
            elif record.kind == power.SENT or chance.random() > 0.1:
                continue
            for kept in (power.Chance(), power.Torn(SEED * 1000003 + number)):
                cuts += 1
                try:
                    users = users_of(disk.left(recorded.folder.state_of("database"), kept), SEED + number)
                except sqlite3.DatabaseError as error:
                    faults.append(f"record {number}, {type(kept).__name__}: damaged: {error}")
                    continue
                if missing := expected - users:
                    faults.append(f"record {number}, {type(kept).__name__}: {len(missing)} of {len(expected)} lost, such as {min(missing)}")
        print(f"{len(found)} records, {disk.syncs} syncs, {cuts} cuts, {len(faults)} faults (seed {SEED})")
        return faults

    def record(self, **options):
        settings = {key: value for key, value in options.items() if key.islower()}
        recorded = Recorded(**settings)
        self.addCleanup(recorded.folder.remove)
        return recorded, recorded.run(self, {key: value for key, value in options.items() if not key.islower()})

    # contract: users.create
    def test_every_acknowledged_user_is_there(self):
        self.assertEqual(self.cuts(*self.record()), [])

    def test_the_server_goes_on_with_what_is_left(self):
        recorded, found = self.record()
        acknowledgements = [number for number, record in enumerate(found) if acknowledged(record)]
        disk, followed = power.Disk(recorded.disk), 0
        for number in (acknowledgements[len(acknowledgements) // 2], acknowledgements[-1]):
            for record in found[followed:number + 1]:
                disk.follow(record)
            followed = number + 1
            folder = Folder(plugins=plugins())
            self.addCleanup(folder.remove)
            place = folder.state_of("database")
            place.mkdir(parents=True)
            for name, content in disk.left(recorded.folder.state_of("database"), power.Torn(SEED + number)).items():
                (place / name).write_bytes(content)
            with Mortised(folder) as server:
                email = acknowledged(found[number])
                self.assertEqual(server.post("/auth/login", {"email": email, "password": "correct horse"}).status, 200)
                self.assertEqual(server.post("/api/users", {"name": "Gone On", "email": "on@example.com", "password": "correct horse"}).status, 201)

    def test_without_group_commit(self):
        self.assertEqual(self.cuts(*self.record(group_commit="1")), [])

    def test_without_syncs_users_are_lost(self):
        """As with `synchronous = off`: so the tests above can fail."""
        faults = self.cuts(*self.record(DISK_NO_SYNC="1"))
        self.assertGreater(len(faults), USERS)
        self.assertTrue([fault for fault in faults if "damaged" in fault])

    def test_without_syncs_of_folders_new_files_are_lost(self):
        recorded, found = self.record()
        self.assertGreater(len(self.cuts(recorded, [record for record in found if not self.syncs_folder(record)])), USERS)

    @staticmethod
    def syncs_folder(record: power.Record) -> bool:
        return record.kind in (power.SYNC_BEGINS, power.SYNCED) and pathlib.Path(record.path).is_dir()

    def test_normal_loses_users_and_damages_nothing(self):
        faults = self.cuts(*self.record(synchronous="normal"))
        self.assertGreater(len(faults), USERS // 2)
        self.assertEqual([fault for fault in faults if "damaged" in fault], [])


class Moved(unittest.TestCase):
    """An uploaded file that a plugin keeps (Part::moveTo)."""

    def test_it_is_whole_or_not_there(self):
        content = random.Random(SEED).randbytes(100_000)
        folder = Folder(plugins={"routing": {}, "logging": {}, "uses-multipart": {}})
        self.addCleanup(folder.remove)
        root, log = folder.path / "disk", folder.path / "records"
        root.mkdir()
        folder.server["upload_directory"] = str(root / "uploads")
        folder.plugins["uses-multipart"]["folder"] = str(root)
        folder.write()
        body = b"".join(
            b"--x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n" % (name, value)
            for name, value in ((b"title", b"Hello"), (b"face\"; filename=\"me.png", content), (b"keepAs", b"kept.png"))) + b"--x--\r\n"
        server = Mortised(folder, env=preload(root, log))
        try:
            with server.connect() as connection:
                response = connection.exchange("POST", "/uses/multipart", body=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
            self.assertEqual(response.status, 200, response)
        finally:
            server.kill()
            server.close()
        disk, seen, acknowledged_ = power.Disk(root), set(), False
        for number, record in enumerate(power.records(log)):
            disk.follow(record)
            acknowledged_ = acknowledged_ or record.kind == power.SENT and record.data.startswith(b"HTTP/1.1 200")
            for kept in (power.Chance(), power.Torn(number)):
                file = disk.left(root, kept).get("kept.png")
                seen.add((acknowledged_, file is not None))
                if file is not None:
                    self.assertEqual(file, content, f"record {number}")
        self.assertIn((True, True), seen)
        self.assertNotIn((True, False), seen)


if __name__ == "__main__":
    unittest.main()
