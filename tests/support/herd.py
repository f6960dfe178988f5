# SPDX-License-Identifier: Apache-2.0
"""A herd of slow clients in a process of its own, so that whoever measures beside them is not one of them.

    herd.py header|body|reader HOST PORT COUNT PAUSE_S
    herd.py login HOST PORT COUNT PAUSE_S

Prints a line "held" when all are where they want to be and a line of JSON when the server has cut the last one. Clients
that log in go on until standard input ends."""

from __future__ import annotations

import collections
import json
import resource
import select
import selectors
import socket
import sys
import time

HEADS = {
    "header": b"GET /health HTTP/1.1\r\nHost: herd\r\nX-Slow: ",
    "body": b"POST /uses/exchange/raw HTTP/1.1\r\nHost: herd\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n",
}
UNREAD = b"GET /hello HTTP/1.1\r\nHost: herd\r\n\r\n" * 2500
LOGIN_BODY = b'{"email":"nobody@example.com","password":"wrong password"}'
LOGIN = b"POST /auth/login HTTP/1.1\r\nHost: herd\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(LOGIN_BODY), LOGIN_BODY)
SETTLED_S = 0.3  # nobody's socket took a byte for so long


class Client:
    def __init__(self, kind: str, address: tuple[str, int]):
        self.socket = socket.socket()
        if kind == "reader":
            # Small segments make the kernel keep little for such a client, so that the server is what has to wait.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.socket.settimeout(60)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.begin = time.monotonic()
        self.end: float | None = None
        self.last_sent = self.begin
        self.sent = 0
        self.received = b""
        self.next = self.begin  # when it sends again

    def send(self, data: bytes) -> None:
        """As much as the socket takes; a connection that is gone is left to the selector."""
        try:
            self.sent += self.socket.send(data)
            self.last_sent = time.monotonic()
        except OSError:
            return

    def take(self) -> bool:
        """Reads what is there; True at the end of the connection."""
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        self.received += data
        return not data

    @property
    def status(self) -> str:
        return self.received[9:12].decode("latin-1") or "none"


def say(what) -> None:
    print(what if isinstance(what, str) else json.dumps(what), flush=True)


def dribble(kind: str, clients: list[Client], pause: float) -> None:
    selector = selectors.DefaultSelector()
    for client in clients:
        client.send(HEADS[kind])
        client.next = client.begin + pause
        selector.register(client.socket, selectors.EVENT_READ, client)
    say("held")
    open_ones = len(clients)
    while open_ones:
        for key, _ in selector.select(pause / 4):
            client = key.data
            if client.end is None:
                client.end = time.monotonic()  # the first byte of the answer that cuts it
            if client.take():
                selector.unregister(client.socket)
                client.socket.close()
                open_ones -= 1
        now = time.monotonic()
        for client in clients:
            if client.end is None and client.next <= now:
                client.next = now + pause
                client.send(b"x")


def never_read(clients: list[Client], pause: float) -> None:
    poll = select.epoll()
    by_number = {client.socket.fileno(): client for client in clients}
    for number in by_number:
        poll.register(number, select.EPOLLOUT)
    held, last_taken = False, time.monotonic()
    while by_number:
        for number, events in poll.poll(pause / 4):
            client = by_number[number]
            if events & (select.EPOLLERR | select.EPOLLHUP):
                client.end = time.monotonic()
                poll.unregister(number)
                by_number.pop(number).socket.close()
                continue
            client.send(UNREAD[client.sent :])
            last_taken = time.monotonic()
            if client.sent == len(UNREAD):
                poll.modify(number, 0)
        if not held and time.monotonic() - last_taken > SETTLED_S:
            held = True
            say("held")


def log_in(clients: list[Client], pause: float) -> dict:
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    statuses: collections.Counter[str] = collections.Counter()
    longest, bare = 0.0, 0
    for client in clients:
        client.begin = time.monotonic()
        client.send(LOGIN)
        client.next = None
        selector.register(client.socket, selectors.EVENT_READ, client)
    say("held")
    going = True
    while going or any(client.next is None for client in clients):
        for key, _ in selector.select(pause / 4):
            client = key.data
            if client is None:
                going = False
                selector.unregister(sys.stdin)
                continue
            client.take()
            if not client.received.endswith(b"}"):
                continue
            statuses[client.status] += 1
            longest = max(longest, time.monotonic() - client.begin)
            if client.status == "503" and b"\r\nRetry-After: " not in client.received:
                bare += 1
            client.received, client.next = b"", time.monotonic() + pause
        for client in clients:
            if going and client.next is not None and client.next <= time.monotonic():
                client.begin, client.next = time.monotonic(), None
                client.send(LOGIN)
    return {"statuses": statuses, "longest_s": longest, "without_retry_after": bare}


def main() -> None:
    kind, host, port, count, pause = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    clients = [Client(kind, (host, port)) for _ in range(count)]
    if kind == "login":
        say(log_in(clients, pause))
        return
    if kind == "reader":
        never_read(clients, pause)
    else:
        dribble(kind, clients, pause)
    # Who does not read is cut that long after the server's last byte that went: between the first of ours and the last.
    shortest = min(client.end - client.begin for client in clients)
    longest = max(client.end - (client.last_sent if kind == "reader" else client.begin) for client in clients)
    say({
        "statuses": collections.Counter(client.status for client in clients),
        "shortest_s": shortest, "longest_s": longest,
    })


if __name__ == "__main__":
    main()
