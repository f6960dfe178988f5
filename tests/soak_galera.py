# SPDX-License-Identifier: Apache-2.0
"""Two mortised, each on a node of its own of a cluster, with causal_reads: what one acknowledged the other shows at once, and where both
change the same row each change is made once."""

from __future__ import annotations

import pathlib
import secrets
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))

from galera import Galera, available  # noqa: E402
from mortised import Folder, Mortised  # noqa: E402

USERS = 200
WRITERS = 8
CHANGES = 50
PASSWORD = "password of a user"


def folder_of(url: str, secret: str) -> Folder:
    return Folder(plugins={"logging": {}, "routing": {}, "database-mariadb": {}, "database": {"url": url, "causal_reads": "true"},
                           "users": {}, "auth": {"access_secret": secret}, "health": {}})


def require(condition: bool, *what: object) -> None:
    if not condition:
        raise SystemExit(f"not as it should be: {what}")


def read_elsewhere(servers: list[Mortised]) -> None:
    """Registered on one, read on the other, by turns."""
    for number in range(USERS):
        here, there = servers[number % 2], servers[1 - number % 2]
        made = here.post("/auth/register", {"name": "Somebody", "email": f"u{number}@example.com", "password": PASSWORD})
        require(made.status == 201, made)
        user, token = made.json["user"]["id"], made.json["accessToken"]
        read = there.get(f"/api/users/{user}", token=token)
        require(read.status == 200 and read.json["user"]["email"] == f"u{number}@example.com", number, read)
        renamed = there.request("PATCH", f"/api/users/{user}", json_body={"name": f"Renamed {number}"}, token=token)
        require(renamed.status == 200, number, renamed)
        again = here.get(f"/api/users/{user}", token=token)
        require(again.json["user"]["name"] == f"Renamed {number}", number, again)


def change_the_same(servers: list[Mortised]) -> int:
    """The same user by many, on both: what a COMMIT's certification rejects runs again. How many were rejected for good."""
    made = servers[0].post("/auth/register", {"name": "Common", "email": "common@example.com", "password": PASSWORD})
    user, token = made.json["user"]["id"], made.json["accessToken"]
    statuses: list[int] = []

    def change(number: int) -> None:
        for i in range(CHANGES):
            statuses.append(servers[number % 2].request("PATCH", f"/api/users/{user}", json_body={"name": f"Writer {number} {i}"}, token=token).status)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    require(set(statuses) <= {200, 503}, sorted(set(statuses)))
    require(statuses.count(200) > len(statuses) / 2, statuses.count(200), len(statuses))
    names = [server.get(f"/api/users/{user}", token=token).json["user"]["name"] for server in servers]
    require(names[0] == names[1], names)
    return statuses.count(503)


def main() -> int:
    if not available():
        print("Galera is not there: install mariadb-server, galera-4 and rsync")
        return 77
    secret = secrets.token_hex(32)
    begin = time.monotonic()
    with Galera() as cluster:
        folders = [folder_of(node.url, secret) for node in cluster.nodes]
        try:
            with Mortised(folders[0]) as first, Mortised(folders[1]) as second:
                read_elsewhere([first, second])
                print(f"{USERS} users registered on one node and read on the other, {time.monotonic() - begin:.1f} s", flush=True)
                rejected = change_the_same([first, second])
                print(f"{WRITERS * CHANGES} changes of one row on both nodes, {rejected} responses 503, {time.monotonic() - begin:.1f} s")
        finally:
            for folder in folders:
                folder.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
