# SPDX-License-Identifier: Apache-2.0
"""Operations of GraphQL beside their REST twin and beside the Fastify peer, over databases with the same rows."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib

from posts_scenarios import AUTHORS, Pair, Peer, Rows, differ
from rounds import Asked, compare
from scene import FILTERS, Scene, asked_once, compact
from servers import HERE, Fastify

# As mercurius serves them. Which is faster depends on the operation: both are measured, and the faster one counts.
PEERS = {"fastify": {"GRAPHQL_JIT": "1"}, "fastify-js": {"GRAPHQL_JIT": "0"}}
USERS = "{ users(limit: 10) { id name posts(limit: 3) { id title } } }"


def user_query(identifier: str) -> str:
    return f'{{ user(id: "{identifier}") {{ id name email }} }}'


class GraphQlPair(Pair):
    """Ours, and the peer with graphql-jit and without."""

    plugins = {"graphql": {}}

    def peers(self, scene: Scene, filters: dict, rows: Rows | None, synchronous: str, own: dict) -> list[Fastify]:
        peers = []
        for name, settings in PEERS.items():
            before = {key: os.environ.get(key) for key in settings}
            os.environ.update(settings)
            try:
                peer = scene.add(Peer(len(filters) == len(FILTERS), rows, synchronous, own))
            finally:
                for key, value in before.items():
                    os.environ.pop(key) if value is None else os.environ.update({key: value})
            peer.name = name
            peers.append(peer)
        return peers


@dataclasses.dataclass(frozen=True)
class Twin:
    """The same server, asked over REST."""

    server: object

    @property
    def name(self) -> str:
        return "REST twin"

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def pids(self) -> list[int]:
        return self.server.pids


def look(server, query: str, wanted: dict) -> None:
    """Twice: from a worker, where a statement is new, and as it goes on."""
    body = compact({"query": query})
    for _ in range(3):
        response = asked_once(server.port, "POST", "/graphql", body, 200, server.token)
        differ(server, query, json.loads(response.content), {"data": wanted})
    nobody = json.loads(asked_once(server.port, "POST", "/graphql", body, 200).content)
    differ(server, f"{query} of nobody", nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED")
    asked_once(server.port, "POST", "/graphql", body, 401, "none")


def asked_of(server, target: float) -> Asked:
    return Asked(server, path="/graphql", script=str(HERE / "post.lua"), environment={"MORTISE_BENCH_TOKEN": server.token},
                 target=target if isinstance(server, Fastify) else 0)


def query_file(scene: Scene, query: str) -> pathlib.Path:
    scene.body(compact({"query": query}))
    return pathlib.Path(os.environ["MORTISE_BENCH_BODY"])


def bench_graphql_user(options) -> None:
    """One user by id."""
    with Scene(options) as scene:
        rows = Rows()
        pair = GraphQlPair(scene, "graphql-user", rows)
        user = rows.users[AUTHORS // 2]
        wanted = {key: user[key] for key in ("id", "name", "email")}
        path = f"/api/users/{user['id']}"
        for server in pair.everyone:
            look(server, user_query(user["id"]), {"user": wanted})
            body = json.loads(asked_once(server.port, "GET", path, None, 200, server.token).content)
            differ(server, f"GET {path}", body, {"user": user})
        if options.check:
            print(f"{'graphql-user':14}       {', '.join(server.name for server in pair.everyone)}: responses as they should be")
            return
        query_file(scene, user_query(user["id"]))
        ids = pair.ours.folder.path / "ids"
        ids.write_text(f"{user['id']}\n", encoding="ascii")
        scene.setting(MORTISE_BENCH_IDS=str(ids))
        twin = Asked(Twin(pair.ours), path="", script=str(HERE / "users.lua"), environment={"MORTISE_BENCH_TOKEN": pair.ours.token},
                     target=1.5)
        asked = [asked_of(server, 1 / 5) for server in pair.everyone]
        compare("graphql-user", asked[0], [twin, *asked[1:]], options)


def bench_graphql_users(options) -> None:
    """Ten users with three posts each."""
    with Scene(options) as scene:
        rows = Rows()
        pair = GraphQlPair(scene, "graphql-users", rows)
        # Pages begin with the first that registered; the caller is not among the rows.
        listed = {}
        for server in pair.everyone:
            said = json.loads(asked_once(server.port, "POST", "/graphql", compact({"query": "{ users(limit: 10) { id } }"}), 200, server.token).content)
            listed[server] = [user["id"] for user in said["data"]["users"]]
        numbers = {user["id"]: i for i, user in enumerate(rows.users)}
        for server in pair.everyone:
            users = []
            for identifier in listed[server]:
                if identifier in numbers:
                    shown = rows.shown(numbers[identifier])
                    users.append({"id": shown["id"], "name": shown["name"],
                                  "posts": [{"id": post["id"], "title": post["title"]} for post in shown["posts"][:3]]})
                else:
                    users.append({"id": identifier, "name": "Bench", "posts": []})
            differ(server, "number of users", len(users), 10)
            look(server, USERS, {"users": users})
        for server in pair.others:
            differ(server, "users of the first page", set(listed[server]), set(listed[pair.ours]))
        if options.check:
            print(f"{'graphql-users':14}       {', '.join(server.name for server in pair.everyone)}: responses as they should be")
            return
        query_file(scene, USERS)
        asked = [asked_of(server, 1 / 8) for server in pair.everyone]
        compare("graphql-users", asked[0], asked[1:], options)


SCENARIOS: dict = {"graphql-user": bench_graphql_user, "graphql-users": bench_graphql_users}
