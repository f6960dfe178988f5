# SPDX-License-Identifier: Apache-2.0
"""Users by id, from one MariaDB server, beside the Fastify peer with mysql2: the same tables, rows and statements."""

from __future__ import annotations

import json
import random
import uuid

from posts_scenarios import differ, same_fields, signed
from rounds import Asked, Load, compare, cpu_us
from scene import FILTERS, Scene, asked_once, built_filters, plain_folder, registered
from servers import HERE, OURS, Fastify, Server

from mariadb import MariaDb

USERS = 10_000
CONNECTIONS = 10  # of each server's pool: what mysql2 has where nothing is said
MOMENT = "2026-01-02 03:04:05.678"
ROWS = 500  # of one INSERT


def stored(server: MariaDb) -> list[str]:
    """Makes the users; their ids."""
    chosen = random.Random(20260102)
    ids = [str(uuid.UUID(int=chosen.getrandbits(128), version=4)) for _ in range(USERS)]
    for first in range(0, USERS, ROWS):
        values = ", ".join(f"(UNHEX('{one.replace('-', '')}'), 'User {i}', 'u{i}@example.com', 'u{i}@example.com', '', 'user', '{MOMENT}', '{MOMENT}')"
                           for i, one in enumerate(ids[first:first + ROWS], first))
        server.sql(f"INSERT INTO users (id, name, email, email_lower, password_hash, role, created_at, updated_at) VALUES {values}")
    return ids


def executed(database: MariaDb) -> int:
    """Statements that the server has run so far."""
    rows = database.sql("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_stmt_execute', 'Com_select')")
    status = {name: int(value) for name, value in rows}
    return status["Com_stmt_execute"] or status["Com_select"]


def show_statements(database: MariaDb, asked: Asked) -> None:
    before, used = executed(database), cpu_us(database.pid)
    load = Load(asked, 64, 2)
    statements = (executed(database) - before) / max(load.requests, 1)
    print(f"{'':14}       {asked.name}: {statements:.2f} statements a request; mariadbd {(cpu_us(database.pid) - used) / max(load.requests, 1):.2f} us",
          flush=True)


def bench_user_mariadb(options) -> None:
    with Scene(options) as scene:
        database = scene.add(MariaDb("--innodb-buffer-pool-size=128M"))
        database.start()
        filters = built_filters(options, "user-mariadb")
        folder = plain_folder()
        scene.folders.append(folder)
        folder.plugins.update({**filters, "database-mariadb": {}})
        folder.plugins["database"] = {"url": f"{database.url}?connection_limit={CONNECTIONS}"}
        token, own = registered(folder)
        ids = stored(database)
        ours = scene.add(Server(folder, OURS))
        ours.token = token
        servers = [ours]
        if "fastify" in options.peers:
            if Fastify.has_mysql2():
                peer = scene.add(Fastify(len(filters) == len(FILTERS), mariadb=database.url.replace("mariadb://", "mysql://"),
                                         connections=CONNECTIONS))
                peer.token = signed(peer.secret, own)
                servers.append(peer)
            else:
                print(f"{'user-mariadb':14}       NOT INSTALLED, so measured without: mysql2, and with it fastify", flush=True)
        for server in servers:
            for number in (0, 1, USERS - 1):
                path = f"/api/users/{ids[number]}"
                wanted = {"user": {"id": ids[number], "name": f"User {number}", "email": f"u{number}@example.com",
                                   "createdAt": f"{MOMENT.replace(' ', 'T')}Z"}}
                for _ in range(2):
                    response = asked_once(server.port, "GET", path, None, 200, server.token)
                    differ(server, f"GET {path}", json.loads(response.content), wanted)
                same_fields(server, response)
                asked_once(server.port, "GET", path, None, 304, server.token, {"If-None-Match": response.getheader("ETag")})
                asked_once(server.port, "GET", path, None, 401)
        if options.check:
            print(f"{'user-mariadb':14}       {', '.join(server.name for server in servers)}: responses as they should be")
            return
        listed = folder.path / "ids"
        listed.write_text("".join(f"{one}\n" for one in ids), encoding="ascii")
        scene.setting(MORTISE_BENCH_IDS=str(listed))
        asked = [Asked(server, path="", script=str(HERE / "users.lua"), environment={"MORTISE_BENCH_TOKEN": server.token},
                       target=1 / 3 if isinstance(server, Fastify) else 0) for server in servers]
        compare("user-mariadb", asked[0], asked[1:], options)
        for one in asked:
            show_statements(database, one)


SCENARIOS: dict = {"user-mariadb": bench_user_mariadb}
