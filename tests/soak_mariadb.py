# SPDX-License-Identifier: Apache-2.0
"""A million users on MariaDB ($MORTISE_MARIADB_USERS): imported while requests come, counted, paged through to the end, exported; what
comes out is what went in."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))

from http1 import Connection  # noqa: E402
from mariadb import MariaDb, available  # noqa: E402
from mortised import PROGRAM, Folder, Mortised, environment  # noqa: E402

USERS = int(os.environ.get("MORTISE_MARIADB_USERS", "1000000"))
HASH = "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"
PATIENCE_S = 3600
PAGE = 100
LAST = "last@example.com"


def record(number: int, chosen: random.Random) -> dict:
    user = {"id": str(uuid.UUID(int=chosen.getrandbits(128), version=4)), "name": f"Ußer {number}", "email": f"u{number}@example.com",
            "passwordHash": HASH, "createdAt": f"2026-01-02T03:04:05.{number % 1000:03}Z"}
    if number % 5 == 0:
        user["profile"] = {"bio": f"Number {number}, \N{BUTTERFLY}", "avatar": None}
    return user


def line(user: dict) -> bytes:
    return json.dumps(user, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def note(begin: float, what: str) -> None:
    print(f"{time.monotonic() - begin:8.1f} s  {what}", flush=True)


def summary(path: pathlib.Path) -> tuple[int, int]:
    """Of the users of an export: how many, and a number of all of them in whatever order."""
    count = total = 0
    with open(path, "rb") as file:
        for text in file:
            user = json.loads(text)
            shown = {name: user[name] for name in ("id", "name", "email", "passwordHash", "createdAt")}
            shown["profile"] = user.get("profile")
            total ^= int.from_bytes(hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).digest()[:16], "big")
            count += 1
    return count, total


def command(folder: Folder, *arguments: str) -> str:
    done = subprocess.run([str(PROGRAM), "--config", str(folder.config), "users", *arguments], env=environment(), capture_output=True,
                          text=True, timeout=PATIENCE_S, check=False)
    if done.returncode != 0:
        raise SystemExit(f"users {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def asked(client: Connection, path: str, token: str) -> dict:
    response = client.exchange("GET", path, headers={"Authorization": f"Bearer {token}"})
    if response.status != 200:
        raise SystemExit(f"GET {path}: {response}")
    return response.json


def paged(client: Connection, token: str) -> int:
    """The users of all pages by cursor, each id behind the one before."""
    count, before, cursor = 0, "", ""
    while cursor is not None:
        answer = asked(client, f"/api/users?limit={PAGE}&after={cursor}", token)
        for user in answer["users"]:
            if user["id"] <= before:
                raise SystemExit(f"{user['id']} stands behind {before}")
            before = user["id"]
            count += 1
        cursor = answer["pagination"]["next"]
    return count


def main() -> int:
    if not available():
        print("mariadbd is not there: install mariadb-server")
        return 77
    begin = time.monotonic()
    chosen = random.Random(20260102)
    with MariaDb("--innodb-buffer-pool-size=512M", "--innodb-log-file-size=128M") as database:
        folder = Folder(plugins={"logging": {}, "routing": {}, "database-mariadb": {}, "database": {"url": database.url},
                                 "users": {"maximum_total": str(2 * USERS)}, "auth": {}, "health": {}})
        try:
            source = folder.path / "users.ndjson"
            with open(source, "wb") as file:
                for number in range(USERS):
                    file.write(line(record(number, chosen)))
            note(begin, f"{USERS} users written, {source.stat().st_size / 1e6:.0f} MB")
            with Mortised(folder) as server, server.connect(timeout_s=PATIENCE_S) as client:
                registered = client.exchange("POST", "/auth/register", headers={"Content-Type": "application/json"}, body=json.dumps(
                    {"name": "Last", "email": LAST, "password": "password of the last one"}).encode())
                token = registered.json["accessToken"]
                note(begin, command(folder, "import", str(source)).strip())
                listed = asked(client, f"/api/users?page={USERS // PAGE}&limit={PAGE}", token)
                if listed["pagination"]["total"] != USERS + 1 or len(listed["users"]) != PAGE:
                    raise SystemExit(f"the last but one page: {listed['pagination']}, {len(listed['users'])} users")
                note(begin, f"page {USERS // PAGE}, of {listed['pagination']['total']} users")
                count = paged(client, token)
                note(begin, f"{count} users by cursor")
                exported = folder.path / "exported.ndjson"
                command(folder, "export", str(exported))
                note(begin, "exported")
            with open(exported, "rb") as file:
                mine = next(text for text in file if f'"{LAST}"'.encode() in text)
            with open(source, "ab") as file:
                file.write(mine)
            came, went = summary(exported), summary(source)
            print(f"{came[0]} came out, {went[0]} went in; the same: {came == went}")
            return 0 if came == went and count == USERS + 1 else 1
        finally:
            folder.remove()


if __name__ == "__main__":
    sys.exit(main())
