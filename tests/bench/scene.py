# SPDX-License-Identifier: Apache-2.0
"""The servers of one scenario, and what is put into them and looked at before anything is measured."""

from __future__ import annotations

import http.client
import json
import os
import pathlib
import tempfile

from rounds import Asked
from servers import OURS, Build, Fastify, Nginx, Server

from http1 import Connection
from mortised import PLUGINS, Folder

# What a default installation puts around every request; limiters out of reach.
# The limiter is out of reach, also where accounts are made: a rule for that very route takes the place of the built-in one.
FILTERS = {"security-headers": {}, "cors": {},
           "rate-limit": {"limit": "10000000", "window": "60s", "rules": "POST /api/users 10000000/1m"}}


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def nginx_answers(value) -> Nginx:
    return Nginx(compact(value).replace("'", " "))


class Scene:
    """The servers of one scenario; closes all of them. Servers the caller does not want are not started."""

    def __init__(self, options):
        self.options = options
        self.open: list = []
        self.folders: list[Folder] = []

    def __enter__(self) -> Scene:
        return self

    def __exit__(self, *_) -> None:
        for server in reversed(self.open):
            server.close()
        for folder in self.folders:
            folder.remove()

    def add(self, server):
        self.open.append(server)
        return server

    def mortised(self, plugins: dict[str, dict[str, str]] | None = None, log: bool = True, build: Build = OURS) -> Server:
        folder = plain_folder(log)
        folder.plugins.update(plugins or {})
        self.folders.append(folder)
        return self.add(Server(folder, build))

    def against(self, plugins: dict[str, dict[str, str]] | None = None, log: bool = True, **asked) -> list[Asked]:
        """The other build of mortised, if there is one."""
        build = self.options.against
        return [Asked(self.mortised(plugins, log, build), **asked)] if build else []

    def nginx(self, body, target: float) -> list[Asked]:
        return [Asked(self.add(nginx_answers(body)), target=target)] if "nginx" in self.options.peers else []

    def fastify(self, filters: bool, **asked) -> list[Asked]:
        return [Asked(self.add(Fastify(filters)), **asked)] if "fastify" in self.options.peers else []

    def setting(self, **values: str) -> None:
        """What the scripts of wrk find in their environment. Not on a command line, where everyone on the machine reads it."""
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        self.open.append(Closing(lambda: restore(before)))

    def body(self, text: str) -> None:
        """What post.lua sends."""
        with tempfile.NamedTemporaryFile("w", prefix="mortise-bench-", suffix=".json", delete=False, encoding="utf-8") as file:
            file.write(text)
        self.setting(MORTISE_BENCH_BODY=file.name)
        self.open.append(Closing(lambda: os.unlink(file.name)))


class Closing:
    def __init__(self, close):
        self.close = close


def restore(environment: dict[str, str | None]) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def plain_folder(log: bool = True) -> Folder:
    folder = Folder()
    folder.server["max_connections"] = "20000"
    folder.plugins["logging"] = {"output": "file", "path": str(folder.path / "requests.log"),
                                 "request_log": "true" if log else "false"}
    # Where a relative one lies has changed between builds that are compared.
    folder.plugins["database"]["url"] = f"sqlite:///{database_of(folder)}"
    return folder


def database_of(folder: Folder) -> pathlib.Path:
    return folder.state / "test.db"


def built_filters(options, name: str) -> dict[str, dict[str, str]]:
    """Those of the wanted filters that this build has; says which it has not."""
    there = {one: FILTERS[one] for one in options.filters if (PLUGINS / f"{one}.so").exists()}
    if missing := [one for one in options.filters if one not in there]:
        print(f"{name:14}       NOT BUILT, so measured without: {', '.join(missing)}", flush=True)
    return there


def registered(folder: Folder, build: Build = OURS) -> tuple[str, str]:
    """Starts and stops a server on that folder, which makes its tables; a token of a new user, and the user's id."""
    server = Server(folder, build)
    with Connection(("127.0.0.1", server.port)) as client:
        answer = client.exchange("POST", "/auth/register", headers={"Content-Type": "application/json"}, body=json.dumps(
            {"name": "Bench", "email": "bench@example.com", "password": "password of bench"}).encode())
        assert answer.status == 201, answer
    server.close()
    return answer.json["accessToken"], answer.json["user"]["id"]


def asked_once(port: int, method: str, path: str, body: str | None, status: int, token: str = "",
               headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    """One response, looked at before anything is measured; its `content` is the body."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    fields = {**({"Content-Type": "application/json"} if body else {}), **(headers or {})}
    if token:
        fields["Authorization"] = f"Bearer {token}"
    client.request(method, path, body=body.encode() if body else None, headers=fields)
    response = client.getresponse()
    response.content = response.read()
    client.close()
    if response.status != status:
        raise SystemExit(f"{method} {path} on port {port}: {response.status} instead of {status}: {response.content[:300]!r}")
    return response


def answer_of(port: int, method: str, path: str, body: str | None, status: int) -> bytes:
    return asked_once(port, method, path, body, status).content
