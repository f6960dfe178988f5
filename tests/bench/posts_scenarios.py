# SPDX-License-Identifier: Apache-2.0
"""Users with their posts, and clients that write posts, beside the Fastify peer on a database with the same rows."""

from __future__ import annotations

import base64
import contextlib
import datetime
import hashlib
import hmac
import json
import pathlib
import random
import sqlite3
import time
import uuid
from collections.abc import Iterator

from rounds import Asked, compare
from scene import FILTERS, Scene, asked_once, built_filters, compact, database_of, plain_folder, registered
from servers import HERE, OURS, PEERS, Build, Fastify, Server

from mortised import Folder

AUTHORS = 1_000
PUBLISHED = 20  # posts of each; one more is not published
BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
INCLUDE = "?include=profile,posts"
NEW_POST = {"title": "On the looms of Lyon, and what they weave", "published": True, "content":
            "They weave algebraical patterns just as the Jacquard loom weaves flowers and leaves. \"Quoted\", and – with UTF-8 – "
            "two lines:\nthis is the second one, as long as a short note of somebody who is in a hurry."}
# What our users have in their table beside what clients see.
OURS_ONLY = {"email_lower": lambda user: user["email"], "password_hash": lambda _: "", "role": lambda _: "user"}


def time_of(second: int) -> tuple[int, str]:
    """Milliseconds since 1970, and as JSON has it."""
    moment = BEGIN + datetime.timedelta(seconds=second)
    return int(moment.timestamp() * 1000), moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def id_of(second: int, chosen: random.Random) -> str:
    milliseconds, _ = time_of(second)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | chosen.getrandbits(12) << 64 | 2 << 62 | chosen.getrandbits(62)))


class Rows:
    """The same users, profiles and posts each time, as JSON shows them. Users write in turn, as they do in life: what one of
    them wrote is not side by side in a table."""

    def __init__(self) -> None:
        chosen = random.Random(20260102)
        self.users = [{"id": id_of(i, chosen), "name": f"User {i}", "email": f"u{i}@example.com", "createdAt": time_of(i)[1]}
                      for i in range(AUTHORS)]
        self.profiles = {user["id"]: {"bio": f"Writes about looms, {i} of them so far.", "avatar": f"https://example.com/{i}.png"}
                         for i, user in enumerate(self.users)}
        self.posts = []
        for round_of_all in range(PUBLISHED + 1):
            for i, user in enumerate(self.users):
                second = AUTHORS * (round_of_all + 1) + i
                self.posts.append({"id": id_of(second, chosen), "title": f"Note {round_of_all} of user {i}: {NEW_POST['title']}",
                                   "content": NEW_POST["content"] * (1 + i % 2), "published": round_of_all != PUBLISHED // 2,
                                   "authorId": user["id"], "createdAt": time_of(second)[1]})

    def shown(self, number: int) -> dict:
        """What somebody else gets of that user with INCLUDE."""
        user = self.users[number]
        posts = [post for post in reversed(self.posts) if post["authorId"] == user["id"] and post["published"]]
        return {**user, "profile": self.profiles[user["id"]], "posts": posts, "postsNext": None}

    def store(self, database: pathlib.Path, ours: bool) -> None:
        def moment(text: str) -> int | str:
            return int(datetime.datetime.fromisoformat(text[:-1] + "+00:00").timestamp() * 1000) if ours else text

        more = OURS_ONLY if ours else {"password": lambda _: ""}
        columns = ["id", "name", "email", "created_at", "updated_at", *more]
        with contextlib.closing(sqlite3.connect(database)) as connection, connection:
            connection.executemany(
                f"INSERT INTO users ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                ((user["id"], user["name"], user["email"], moment(user["createdAt"]), moment(user["createdAt"]),
                  *(value(user) for value in more.values())) for user in self.users))
            connection.executemany("INSERT INTO profiles (user_id, bio, avatar) VALUES (?, ?, ?)",
                                   ((user, one["bio"], one["avatar"]) for user, one in self.profiles.items()))
            connection.executemany(
                "INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((post["id"], post["authorId"], post["title"], post["content"], int(post["published"]), moment(post["createdAt"]),
                  moment(post["createdAt"])) for post in self.posts))


def signed(secret: str, user: str) -> str:
    """An access token as the peer makes them."""
    def part(value: dict) -> bytes:
        return base64.urlsafe_b64encode(compact(value).encode()).rstrip(b"=")

    now = int(time.time())
    text = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({"userId": user, "iat": now, "exp": now + 3600})
    return (text + b"." + base64.urlsafe_b64encode(hmac.digest(secret.encode(), text, hashlib.sha256)).rstrip(b"=")).decode()


class Peer(Fastify):
    """On a database with the rows, and with a token of one user more."""

    def __init__(self, filters: bool, rows: Rows | None, synchronous: str, own: dict):
        self.home = plain_folder()
        self.database = self.home.path / "peer.db"
        with contextlib.closing(sqlite3.connect(self.database)) as connection, connection:
            connection.executescript((PEERS / "schema.sql").read_text(encoding="utf-8"))
            connection.execute("INSERT INTO users VALUES (?, ?, ?, '', ?, ?)",
                               (own["id"], "Bench", "bench@example.com", time_of(0)[1], time_of(0)[1]))
        if rows:
            rows.store(self.database, ours=False)
        super().__init__(filters, self.database, synchronous)
        self.token = signed(self.secret, own["id"])

    def close(self) -> None:
        super().close()
        self.home.remove()


class Pair:
    """Ours, another build of ours, and the peer, with the same rows. Each server has `token` and `database`."""

    plugins = {"idempotency": {}}  # of ours, beside those of users and posts

    def __init__(self, scene: Scene, name: str, rows: Rows | None, synchronous: str = "full"):
        options = scene.options
        filters = built_filters(options, name)
        self.ours, own = self.mortised(scene, filters, rows, synchronous, OURS)
        self.others: list[Server | Fastify] = []
        if options.against:
            self.others.append(self.mortised(scene, filters, rows, synchronous, options.against)[0])
        if "fastify" in options.peers:
            if Fastify.has_database():
                self.others += self.peers(scene, filters, rows, synchronous, own)
            else:
                print(f"{name:14}       NOT BUILT, so measured without: better-sqlite3, and with it fastify", flush=True)
        print(f"{name:14}       " + "; ".join(f"{one.name} {one.durability}" for one in self.everyone), flush=True)

    def peers(self, scene: Scene, filters: dict, rows: Rows | None, synchronous: str, own: dict) -> list[Fastify]:
        return [scene.add(Peer(len(filters) == len(FILTERS), rows, synchronous, own))]

    @property
    def everyone(self) -> list[Server | Fastify]:
        return [self.ours, *self.others]

    def mortised(self, scene: Scene, filters: dict, rows: Rows | None, synchronous: str, build: Build) -> tuple[Server, dict]:
        folder: Folder = plain_folder()
        scene.folders.append(folder)
        folder.plugins.update({**filters, "posts": {}, **self.plugins})
        # As much of the file in memory as better-sqlite3 keeps.
        folder.plugins["database"].update({"synchronous": synchronous, "cache_size": "16MiB"})
        token, own = registered(folder, build)
        database = database_of(folder)
        if rows:
            rows.store(database, ours=True)
        server = scene.add(Server(folder, build))
        server.token, server.database = token, database
        with contextlib.closing(sqlite3.connect(database)) as connection:
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        server.durability = f"journal_mode={mode} synchronous={synchronous}"
        return server, {"id": own}


def differ(server, what: str, got, wanted) -> None:
    if got != wanted:
        raise SystemExit(f"{server.name}: {what} is something else than it should be:\n{got}\n{wanted}")


def same_fields(server, response) -> None:
    """What each of the responses carries beside its body."""
    differ(server, "Content-Type", response.getheader("Content-Type").replace(" ", "").lower(), "application/json;charset=utf-8")
    differ(server, "Cache-Control", response.getheader("Cache-Control"), "no-store")
    differ(server, "whether there is an ETag", bool(response.getheader("ETag")), True)


def bench_user_include(options) -> None:
    """GET of users at random with profile and twenty posts."""
    with Scene(options) as scene:
        rows = Rows()
        pair = Pair(scene, "user-include", rows)
        for server in pair.everyone:
            for number in (0, 1, AUTHORS // 2, AUTHORS - 1):
                path = f"/api/users/{rows.users[number]['id']}{INCLUDE}"
                for _ in range(2):  # from a worker, where a statement is new, and from the event loop
                    response = asked_once(server.port, "GET", path, None, 200, server.token)
                    differ(server, f"GET {path}", json.loads(response.content), {"user": rows.shown(number)})
                same_fields(server, response)
                known = asked_once(server.port, "GET", path, None, 304, server.token, {"If-None-Match": response.getheader("ETag")})
                differ(server, f"GET {path} of a known version", known.content, b"")
            first = rows.users[0]["id"]
            part = json.loads(asked_once(server.port, "GET", f"/api/users/{first}{INCLUDE}&postsLimit=3", None, 200, server.token).content)
            shown = rows.shown(0)
            differ(server, "a part of the posts", part["user"]["posts"], shown["posts"][:3])
            rest = asked_once(server.port, "GET", f"/api/users/{first}/posts?limit=100&after={part['user']['postsNext']}", None, 200)
            differ(server, "the rest of the posts", json.loads(rest.content)["posts"], shown["posts"][3:])
            asked_once(server.port, "GET", f"/api/users/{first}{INCLUDE}", None, 401)
        if options.check:
            print(f"{'user-include':14}       {', '.join(server.name for server in pair.everyone)}: responses as they should be")
            return
        ids = pair.ours.folder.path / "ids"
        ids.write_text("".join(f"{user['id']}\n" for user in rows.users), encoding="ascii")
        scene.setting(MORTISE_BENCH_IDS=str(ids), MORTISE_BENCH_QUERY=INCLUDE)
        asked = [Asked(server, path="", script=str(HERE / "users.lua"), environment={"MORTISE_BENCH_TOKEN": server.token},
                       target=1 / 10 if isinstance(server, Fastify) else 0) for server in pair.everyone]
        compare("user-include", asked[0], asked[1:], options)


def published(server) -> int:
    with contextlib.closing(sqlite3.connect(server.database)) as connection:
        return connection.execute("SELECT count(*) FROM posts WHERE published = 1").fetchone()[0]


def new_posts(options, synchronous: str) -> None:
    name = "posts-create"
    body = compact(NEW_POST)
    with Scene(options) as scene:
        scene.body(body)
        pair = Pair(scene, name, None, synchronous)
        for server in pair.everyone:
            asked_once(server.port, "POST", "/api/posts", body, 401)
            response = asked_once(server.port, "POST", "/api/posts", body, 201, server.token)
            same_fields(server, response)
            post = json.loads(response.content)["post"]
            differ(server, "the new post", {key: post.pop(key) for key in NEW_POST}, NEW_POST)
            differ(server, "Location", response.getheader("Location"), f"/api/posts/{post['id']}")
            again = json.loads(asked_once(server.port, "GET", f"/api/posts/{post['id']}", None, 200).content)["post"]
            differ(server, "the stored post", again, {**post, **NEW_POST})
            listed = json.loads(asked_once(server.port, "GET", "/api/posts?page=1&limit=1", None, 200).content)
            differ(server, "the list", listed, {"posts": [again], "pagination": {"page": 1, "limit": 1, "total": 1, "pages": 1}})
            differ(server, "what is stored", published(server), 1)
        if options.check:
            print(f"{name:14}       {', '.join(server.name for server in pair.everyone)}: responses and rows as they should be")
            return
        asked = [Asked(server, path="/api/posts", script=str(HERE / "post.lua"),
                       environment={"MORTISE_BENCH_TOKEN": server.token},
                       rate_target=1 / 3 if isinstance(server, Fastify) else 0) for server in pair.everyone]
        count = compare(name, asked[0], asked[1:], options)
        stored = published(pair.ours) - 1
        # wrk stops counting when its time is up; what was on its way then is stored, too.
        good = count <= stored <= count + 64 * (options.rounds + 1)
        print(f"{'':14}       stored: {stored} posts for {count} counted responses: {'good' if good else 'WRONG'}", flush=True)


def bench_posts_create(options) -> None:
    """POST by 64 clients, by what a commit survives: a power failure, the end of the process."""
    for synchronous in ("full", "normal"):
        new_posts(options, synchronous)


SCENARIOS: dict = {"user-include": bench_user_include, "posts-create": bench_posts_create}
