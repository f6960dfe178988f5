# SPDX-License-Identifier: Apache-2.0
"""Mixed load on a mortised that reloads every second: every request gets its answer. soak.py [SECONDS] (default: $MORTISE_SOAK_SECONDS, or 60).

A client that finds its kept connection closed by a reload before its request's first byte of an answer may send it again
on a new one, as RFC 9112 section 9.3.1 has it for idempotent requests; for others that is a loss."""

from __future__ import annotations

import collections
import os
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))

from http1 import Closed  # noqa: E402
from mortised import ALL_PLUGINS, SLOWNESS, Mortised, eventually  # noqa: E402

CLIENTS = 8
READERS = 8
GROWTH_MIB = 32 * SLOWNESS  # caches and the heap of eight clients at once; a leak of 1 KiB a reload or request is far more


def resident_mib(server: Mortised) -> float:
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def descriptors(server: Mortised) -> int:
    return len(os.listdir(f"/proc/{server.pid}/fd"))



class Client(threading.Thread):
    """Sends one kind of request after another on a kept connection until `stop`."""

    def __init__(self, server: Mortised, number: int, token: str, stop: threading.Event):
        super().__init__(daemon=True)
        self.server = server
        self.number = number
        self.token = token
        self.stop = stop
        self.answers: collections.Counter[int] = collections.Counter()
        self.again = 0
        self.lost: list[str] = []

    def requests(self):
        bearer = {"Authorization": f"Bearer {self.token}"}
        count = 0
        while True:
            count += 1
            body = b'{"name":"Ada Soak","email":"soak%d.%d@example.com","password":"correct horse"}' % (self.number, count)
            kind = {"Content-Type": "application/json"}
            yield "GET", "/hello?name=Ada", {}, None, 200
            yield "GET", "/api/users/me", bearer, None, 200
            yield "GET", "/api/users?limit=5", bearer, None, 200
            yield "GET", "/nowhere", {}, None, 404
            yield "GET", "/api/users/me", {}, None, 401
            yield "POST", "/api/users", kind, b"{]", 400
            if count % 10 == 0:
                yield "POST", "/api/users", kind, body, 201

    def run(self) -> None:
        connection = self.server.connect()
        try:
            for method, target, headers, body, status in self.requests():
                if self.stop.is_set():
                    return
                for attempt in (1, 2):
                    try:
                        answer = connection.exchange(method, target, headers=headers, body=body)
                    except (Closed, ConnectionError, BrokenPipeError) as error:
                        connection.close()
                        connection = self.server.connect()
                        unanswered = not getattr(error, "received", b"")
                        if attempt == 1 and method == "GET" and unanswered:
                            self.again += 1
                            continue
                        self.lost.append(f"{method} {target}: {error}")
                        break
                    self.answers[answer.status] += 1
                    if answer.status != status:
                        self.lost.append(f"{method} {target}: {answer}")
                    if answer.closes:
                        connection.close()
                        connection = self.server.connect()
                    break
        except Exception as error:  # whatever it is, the run has failed
            self.lost.append(f"client {self.number}: {error!r}")
        finally:
            connection.close()


def main() -> int:
    seconds = float(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MORTISE_SOAK_SECONDS", "60"))
    # Millions of lines are nothing that a test keeps.
    with Mortised(plugins={**ALL_PLUGINS, "logging": {"request_log": "false"}}) as server:
        token = server.register()["accessToken"]
        before = (resident_mib(server), descriptors(server))
        stop = threading.Event()
        clients = [Client(server, number, token, stop) for number in range(CLIENTS)]
        begin = time.monotonic()
        for client in clients:
            client.start()
        reloads = 0
        while not stop.wait(1.0) and time.monotonic() - begin < seconds:
            # Every reload has something to do: the greeting is another.
            server.folder.plugins["hello"] = {"name": f"world {reloads}"}
            server.folder.write()
            server.reload()
            reloads += 1
        stop.set()
        for client in clients:
            client.join(30 * SLOWNESS)
        stuck = [client.number for client in clients if client.is_alive()]
        health = server.get("/health")
        # Readers of the database are opened when they are first needed, and then kept.
        eventually(lambda: descriptors(server) <= before[1] + READERS, "descriptors come back", 30 * SLOWNESS)
        after = (resident_mib(server), descriptors(server))
        lost = [line for client in clients for line in client.lost]
        answers = sum((client.answers for client in clients), collections.Counter())
        again = sum(client.again for client in clients)
    for line in lost[:20]:
        print("lost:", line)
    shown = ", ".join(f"{status}: {count}" for status, count in sorted(answers.items()))
    print(f"{reloads} reloads in {seconds:.0f} s, {CLIENTS} clients; answers {shown}; {again} sent again, {len(lost)} lost, {len(stuck)} stuck")
    print(f"resident memory {before[0]:.1f} MiB before, {after[0]:.1f} after; descriptors {before[1]} before, {after[1]} after")
    grown = after[0] - before[0] > GROWTH_MIB
    return 0 if not lost and not stuck and not grown and health.status == 200 and answers[200] and reloads else 1


if __name__ == "__main__":
    sys.exit(main())
