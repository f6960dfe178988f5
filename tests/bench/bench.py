# SPDX-License-Identifier: Apache-2.0
"""CPU per request of mortised beside nginx's static answer and a Fastify application. See README.md and run.sh."""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import uuid

import graphql_scenarios
import mariadb_scenarios
import posts_scenarios
from rounds import Asked, alternate, compare, quartiles, verdict
from scene import FILTERS, Scene, answer_of, built_filters, compact, database_of, plain_folder, registered
from servers import HERE, NODE, OURS, PEERS, SERVER_CORE, Build, Fastify, Server, resident_kib

from mortised import BUILD, Folder

USERS = 10_000
ECHO = {"name": "Ada Lovelace", "email": "ada.lovelace@example.com", "age": 36, "active": True, "score": 4.5,
        "tags": ["mathematics", "engines"],
        "address": {"street": "12 St James's Square", "city": "London", "zip": "SW1Y 4JH"}}
INVALID = {"name": "x", "email": "not-an-email", "password": "short"}
INVALID_ANSWER = {
    "error": "Validation error",
    "details": [
        {"in": "body", "path": "/name", "code": "minLength", "message": "must be at least 2 characters long"},
        {"in": "body", "path": "/email", "code": "format", "message": "must be a valid email"},
        {"in": "body", "path": "/password", "code": "minLength", "message": "must be at least 8 characters long"}],
    "requestId": "0197f6a2-5f0e-7cc0-8000-000000000000"}
HEALTH_ANSWER = {"status": "ok", "timestamp": "2026-01-02T03:04:05.678Z"}
ITEMS_BYTES = 1024 * 1024


def items() -> str:
    """A JSON array of ITEMS_BYTES of objects with three strings, an integer and a number; some with escapes and UTF-8."""
    texts = []
    size = 1
    number = 0
    while True:
        note = ("Ships within 3 working days", 'Called \\"the small one\\" by its makers', "Grüße aus Köln", "")[number % 4]
        text = (f'{{"sku":"SKU-{number:06d}","name":"Item number {number} of the catalogue","note":"{note}",'
                f'"quantity":{number * 7919 % 1000},"price":{number * 31 % 10000 / 100}}}')
        size += len(text.encode()) + 1
        if size > ITEMS_BYTES:
            return "[" + ",".join(texts) + "]"
        texts.append(text)
        number += 1


def bench_hello(options, log: bool) -> None:
    with Scene(options) as scene:
        server = scene.mortised(log=log)
        script = str(HERE / "names.lua")
        others = scene.nginx({"hello": "N000000"}, 1.15 if log else 1.05) + scene.against(log=log, path="", script=script)
        count = compare("hello" if log else "hello-nolog", Asked(server, path="", script=script), others, options)
        server.close()
        scene.open.remove(server)
        if log:
            lines = sum(1 for line in open(server.folder.path / "requests.log") if '"url":"/hello?name=' in line)
            # wrk stops counting when its time is up; what was on its way then is answered and logged too.
            late = 64 * (options.rounds + 1)
            good = count <= lines <= count + late
            print(f"{'':14}       request log: {lines} lines for {count} counted requests: {'good' if good else 'WRONG'}")


def bench_pipelined(options) -> None:
    asked = {"path": "", "script": str(HERE / "pipelined.lua")}
    with Scene(options) as scene:
        server = scene.mortised(log=False)
        nginx = [dataclasses.replace(one, **asked) for one in scene.nginx({"hello": "N000000"}, 0)]
        compare("pipelined", Asked(server, **asked), nginx + scene.against(log=False, **asked), options)


def bench_filters(options) -> None:
    filters = built_filters(options, "filters")
    if not filters:
        print(f"{'filters':14}       skipped", flush=True)
        return
    with Scene(options) as scene:
        bare, full = scene.mortised(), scene.mortised(filters)
        script = str(HERE / "names.lua")
        figures = alternate(Asked(full, path="", script=script), [Asked(bare, path="", script=script)], options)
    added = [with_us - without_us for with_us, without_us in zip(*figures.cpu_us)]
    print(f"{'filters':14}   64  {', '.join(filters)} add {quartiles(added)} us to {quartiles(figures.cpu_us[1])} us of /hello"
          f"   target 0.8 {verdict(statistics.median(added) <= 0.8)}   {', '.join(sorted(figures.marks))}", flush=True)


def bench_health(options) -> None:
    filters = built_filters(options, "health")
    with Scene(options) as scene:
        server = scene.mortised(filters)
        everything = len(filters) == len(FILTERS)
        others = scene.nginx(HEALTH_ANSWER, 1.25) + scene.fastify(everything, path="/health", target=1 / 8)
        others += scene.against(filters, path="/health")
        for asked in (Asked(server, path="/health"), *others):
            answer_of(asked.server.port, "GET", "/health", None, 200)
        compare("health", Asked(server, path="/health"), others, options)


def bench_echo(options) -> None:
    body, script = compact(ECHO), str(HERE / "post.lua")
    with Scene(options) as scene:
        scene.body(body)
        server = scene.mortised({"bench": {}})
        others = scene.nginx(ECHO, 0) + scene.fastify(False, path="/echo", script=script, target=1 / 8)
        others += scene.against({"bench": {}}, path="/echo", script=script)
        for asked in (Asked(server), *others):
            if asked.name != "nginx" and json.loads(answer_of(asked.server.port, "POST", "/echo", body, 200)) != ECHO:
                raise SystemExit(f"{asked.name} answers something else to POST /echo")
        compare("echo", Asked(server, path="/echo", script=script), others, options)


def bench_create_invalid(options) -> None:
    body, script = compact(INVALID), str(HERE / "post.lua")
    filters = built_filters(options, "create-invalid")
    with Scene(options) as scene:
        scene.body(body)
        server = scene.mortised(filters)
        others = scene.nginx(INVALID_ANSWER, 1.5) + scene.fastify(
            len(filters) == len(FILTERS), path="/api/users", script=script, errors=True, target=1 / 8)
        others += scene.against(filters, path="/api/users", script=script, errors=True)
        for asked in (Asked(server), *others):
            if asked.name == "nginx":
                continue
            answer = json.loads(answer_of(asked.server.port, "POST", "/api/users", body, 400))
            if sorted(detail["path"] for detail in answer["details"]) != ["/email", "/name", "/password"]:
                raise SystemExit(f"{asked.name} does not tell all three failures: {answer}")
        compare("create-invalid", Asked(server, path="/api/users", script=script, errors=True), others, options)


def bench_items(options) -> None:
    body, script = items(), str(HERE / "post.lua")
    with Scene(options) as scene:
        scene.body(body)
        server = scene.mortised({"bench": {}})
        others = scene.fastify(False, path="/items", script=script, target=1 / 3)
        others += scene.against({"bench": {}}, path="/items", script=script)
        for asked in (Asked(server), *others):
            if json.loads(answer_of(asked.server.port, "POST", "/items", body, 200)) != {"count": len(json.loads(body))}:
                raise SystemExit(f"{asked.name} counts otherwise")
        compare("items", Asked(server, path="/items", script=script), others, options, 4)


def bench_decode(options) -> None:
    program = BUILD / "tests" / "bench" / "bench_decode"
    if not program.exists():
        print("decode         bench_decode is not built")
        return
    pin = ["taskset", "-c", SERVER_CORE]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(items())
        file.flush()
        commands = {"mortised": [*pin, str(program), file.name]}
        if "fastify" in options.peers:
            commands["fastify"] = [*pin, NODE, str(PEERS / "fastify" / "decode.mjs"), file.name]
        figures: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
        for _ in range(max(3, options.rounds // 3)):
            for name, command in commands.items():
                figures[name].append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
    for name, rounds in figures.items():
        parts = {part: quartiles([one[part] for one in rounds], 0) for part in rounds[0]}
        met = f"   target 300 {verdict(statistics.median(one['together'] for one in rounds) >= 300)}"
        print(f"{'decode':14}       {name:9} MB/s: " + ", ".join(f"{part} {value}" for part, value in parts.items())
              + (met if name == "mortised" else ""), flush=True)
    if "fastify" in figures:
        ratios = [ours["together"] / theirs["together"] for ours, theirs in zip(figures["mortised"], figures["fastify"])]
        print(f"{'':14}       ours by theirs: {quartiles(ratios)}   target 3 {verdict(statistics.median(ratios) >= 3)}", flush=True)


def seeded_folder(build: Build = OURS) -> tuple[Folder, str, str]:
    """A database with USERS users, the same ones each time; one more with a token."""
    folder = plain_folder()
    token, own = registered(folder, build)
    chosen = random.Random(20260102)
    with sqlite3.connect(database_of(folder)) as database:
        database.executemany(
            "INSERT INTO users (id, name, email, email_lower, password_hash, role, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, '', 'user', 0, 0)",
            ((str(uuid.UUID(int=chosen.getrandbits(128), version=4)), f"User {i}", f"u{i}@example.com", f"u{i}@example.com") for i in range(USERS - 1)))
    return folder, token, own


def bench_user(options, connections: int) -> None:
    with Scene(options) as scene:
        folder, token, own = seeded_folder(options.against or OURS)
        scene.folders.append(folder)
        others = scene.nginx({"user": {"id": own, "name": "Bench", "email": "bench@example.com",
                                       "createdAt": "2026-01-02T03:04:05.678Z"}}, 2.5)
        ids = folder.path / "ids"
        with sqlite3.connect(database_of(folder)) as database:
            ids.write_text("".join(f"{one}\n" for (one,) in database.execute("SELECT id FROM users")), encoding="ascii")
        scene.setting(MORTISE_BENCH_IDS=str(ids), MORTISE_BENCH_TOKEN=token)
        script = str(HERE / "users.lua")
        if options.against:
            other = plain_folder()
            scene.folders.append(other)
            shutil.copytree(folder.state, other.state)  # the same users, and the secret that the token is signed with
            others.append(Asked(scene.add(Server(other, options.against)), path="", script=script))
        server = scene.add(Server(folder))
        compare("user", Asked(server, path="", script=script), others, options, connections)


def bench_start(options) -> None:
    folder, _, _ = seeded_folder()
    warm, cold = [], []
    for _ in range(max(5, options.rounds // 3)):
        server = Server(folder)
        warm.append(server.start_ms)
        server.close()
    for _ in range(5):
        shutil.rmtree(folder.cache)
        server = Server(folder)
        cold.append(server.start_ms)
        server.close()
    folder.remove()
    print(f"start          first answer after {quartiles(warm)} ms with a warm verification cache, {quartiles(cold)} ms cold"
          f"   target 100 {verdict(statistics.median(warm) <= 100)}", flush=True)


def bench_memory(_options) -> None:
    folder = plain_folder()
    server = Server(folder)
    pid = server.pids[0]
    idle = resident_kib(pid)
    clients = []
    for _ in range(5000):
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n")
        clients.append(client)
    for client in clients:
        client.recv(4096)
    each = (resident_kib(pid) - idle) / len(clients)
    for client in clients:
        client.close()
    server.close()
    folder.remove()
    print(f"memory         idle {idle / 1024:.1f} MiB resident   target 25 {verdict(idle <= 25 * 1024)};   "
          f"{each:.2f} KiB for each of 5,000 idle connections   target 2 {verdict(each <= 2)}", flush=True)


def bench_routing(_options) -> None:
    programs = list(BUILD.rglob("bench_routing"))
    if not programs:
        print("routing        bench_routing is not built")
        return
    print("routing        " + subprocess.run([str(programs[0])], capture_output=True, text=True).stdout.strip(), flush=True)


SCENARIOS = {
    "hello": lambda options: bench_hello(options, True),
    "hello-nolog": lambda options: bench_hello(options, False),
    "pipelined": bench_pipelined,
    "filters": bench_filters,
    "health": bench_health,
    "echo": bench_echo,
    "create-invalid": bench_create_invalid,
    "items": bench_items,
    "decode": bench_decode,
    "user": lambda options: bench_user(options, 64),
    "user-1": lambda options: bench_user(options, 1),
    **posts_scenarios.SCENARIOS,
    **graphql_scenarios.SCENARIOS,
    **mariadb_scenarios.SCENARIOS,
    "start": bench_start,
    "memory": bench_memory,
    "routing": bench_routing,
}


CHECKED = {**posts_scenarios.SCENARIOS, **graphql_scenarios.SCENARIOS}  # what --check looks at


def listed(choices):
    """A comma list of some of `choices`; may be empty."""
    def parse(text: str) -> list[str]:
        names = [name for name in text.split(",") if name]
        for name in names:
            if name not in choices:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(choices)}")
        return names
    return parse


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--peers", type=listed(("nginx", "fastify")), default=["nginx", "fastify"], metavar="LIST",
                        help="what to measure beside ours (default: nginx,fastify)")
    parser.add_argument("--filters", type=listed(FILTERS), default=list(FILTERS), metavar="LIST",
                        help=f"filter plugins that filters, health and create-invalid have (default: {','.join(FILTERS)})")
    parser.add_argument("--against", type=lambda text: pathlib.Path(text).resolve(), metavar="FOLDER",
                        help="build folder of another mortised, to measure beside ours")
    parser.add_argument("--against-name", default="other", metavar="NAME", help="what that one is called")
    parser.add_argument("--check", action="store_true",
                        help=f"only look at the responses of {', '.join(CHECKED)}, without any load")
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], default=[])
    options = parser.parse_args()
    if options.check:
        if not set(options.scenario) <= set(CHECKED):
            parser.error(f"--check is for {', '.join(CHECKED)}")
        options.scenario = options.scenario or list(CHECKED)
    if options.against:
        options.against = Build(options.against, options.against_name)
    if "fastify" in options.peers and not Fastify.installed():
        print(f"NOT INSTALLED, so measured without: fastify (npm ci in {PEERS})")
        options.peers.remove("fastify")
    if not options.check:
        print("CPU microseconds per request: median (quartiles) of the rounds; ratios: geometric mean of those of the rounds, and its\n"
              "95% confidence interval.")
    for name in options.scenario or SCENARIOS:
        SCENARIOS[name](options)


if __name__ == "__main__":
    main()
