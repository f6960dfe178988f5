# SPDX-License-Identifier: Apache-2.0
"""Users move from SQLite to MariaDB, as plugins/database/README.md says, and nobody notices."""

import json
import pathlib
import subprocess
import unittest

from mortised import ALL_PLUGINS, Folder, Mortised, run

import mariadb

HASH = "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm"  # of "Kk4DQuMMfZL9o", made elsewhere
ELDEST = {"id": "00000000-0000-4000-8000-00000000000a", "name": "Ad\u00e4 \U0001f34a ", "email": "Eldest@Example.com", "passwordHash": HASH,
          "role": "admin", "createdAt": "1970-01-01T00:00:00.001Z",
          "profile": {"bio": "It was ' \\ \"quoted\"\n\U0001f600 ", "avatar": "https://example.com/a.png"}}
SEVERAL = 250  # more than a statement inserts at once


class Move(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins={**ALL_PLUGINS, "database": {"url": "sqlite:///test.db"}})
        self.addCleanup(self.folder.remove)

    def succeeds(self, *arguments: str) -> subprocess.CompletedProcess:
        done = run("--config", self.folder.config, *arguments)
        self.assertEqual(done.returncode, 0, done)
        return done

    def place(self, name: str) -> pathlib.Path:
        return self.folder.path / name

    def fill(self) -> list[dict]:
        """Users of every kind; of some of them what they registered with."""
        lines = [json.dumps(ELDEST)]
        lines += [json.dumps({"name": f"User {i}", "email": f"several{i}@example.com", "passwordHash": HASH}) for i in range(SEVERAL)]
        self.place("first.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.succeeds("users", "import", self.place("first.ndjson"))
        with Mortised(self.folder) as server:
            members = [{}, {"profile": {"bio": "", "avatar": None}}, {"name": "\U0001f600" * 100, "profile": {"bio": "\u00df" * 1000, "avatar": None}}]
            return [server.register(**one) for one in members]

    def test_with_ids_hashes_and_passwords(self):
        registered = self.fill()
        self.succeeds("users", "export", self.place("users.ndjson"))
        exported = self.place("users.ndjson").read_bytes()
        self.assertEqual(exported.count(b"\n"), 1 + SEVERAL + len(registered))
        self.assertIn(ELDEST, [json.loads(line) for line in exported.splitlines()])

        with mariadb.MariaDb() as database:
            self.folder.plugins["database"]["url"] = database.url
            self.folder.plugins["database-mariadb"] = {}
            self.folder.write()
            self.succeeds("migrate", "up")
            moved = self.succeeds("users", "import", self.place("users.ndjson")).stdout
            self.assertEqual(moved, f"{1 + SEVERAL + len(registered)} users imported, 0 lines rejected\n")
            self.succeeds("users", "export", self.place("after.ndjson"))
            self.assertEqual(exported, self.place("after.ndjson").read_bytes())

            with Mortised(self.folder) as server:
                for one in registered:
                    login = server.post("/auth/login", {"email": one["user"]["email"].upper(), "password": one["password"]})
                    self.assertEqual((login.status, login.json.get("user")), (200, one["user"]), login)
                login = server.post("/auth/login", {"email": ELDEST["email"], "password": "Kk4DQuMMfZL9o"})
                self.assertEqual((login.status, login.json["user"]["id"]), (200, ELDEST["id"]), login)
                token = login.json["accessToken"]
                shown = server.get(f"/api/users/{ELDEST['id']}?include=profile", token=token).json["user"]
                self.assertEqual([ELDEST[name] for name in ("id", "name", "email", "createdAt", "profile")],
                                 [shown[name] for name in ("id", "name", "email", "createdAt", "profile")])
                # Sessions do not come along: everybody logs in once.
                refused = server.post("/auth/refresh", {"refreshToken": registered[0]["refreshToken"]})
                self.assertEqual(refused.status, 401, refused)


if __name__ == "__main__":
    unittest.main(verbosity=2)
