# SPDX-License-Identifier: Apache-2.0
"""Raw inputs of another server's fuzzer against a real mortised, whole and cut in pieces: it never ends, never hangs,
and is well afterwards. What it answers is parsed strictly. Exit code 77: the inputs are not there.

http1_seeds_test.py [ROUNDS]: so many times over (default 1), each time cut elsewhere."""

from __future__ import annotations

import collections
import os
import pathlib
import random
import selectors
import socket
import sys
import time

from http1 import Closed, Connection, ProtocolError
from mortised import SLOWNESS, SOURCE, Mortised

FOLDER = pathlib.Path(os.environ.get("MORTISE_TEST_DATA", SOURCE / ".." / "shared" / "data")) / "http1-fuzz-seeds"
AT_ONCE = 200  # connections
# The deadlines are short, so that half a request is answered (408) soon; what lasts longer than this hangs.
SERVER = {
    "header_timeout": "1s", "body_timeout": "1s", "body_max_time": "1s", "idle_timeout": "1s", "linger_timeout": "500ms",
    "write_timeout": "2s",
}
HANG_S = 15.0 * SLOWNESS


class Exchange:
    """One input on one connection: sent piece by piece, then everything is read. With `stays` the sending side stays open
    and the server must end the connection by itself."""

    def __init__(self, address, name: str, pieces: list[bytes], stays: bool):
        self.name = name
        self.pieces = collections.deque(pieces)
        self.stays = stays
        self.received = bytearray()
        self.ended = ""  # "FIN" or "reset"
        self.deadline = time.monotonic() + HANG_S
        self.socket = socket.create_connection(address, timeout=HANG_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def send(self) -> bool:
        """One piece; True when nothing is left to send."""
        if self.pieces:
            piece = self.pieces.popleft()
            try:
                sent = self.socket.send(piece)
            except (BrokenPipeError, ConnectionResetError):
                self.pieces.clear()  # refused; what the server said can still be read
            else:
                if sent < len(piece):
                    self.pieces.appendleft(piece[sent:])
        if not self.pieces and not self.stays:
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        return not self.pieces

    def receive(self) -> None:
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return
        except ConnectionResetError:
            self.ended = "reset"
            return
        if data:
            self.received += data
        else:
            self.ended = "FIN"


def cut(data: bytes, rng: random.Random | None) -> list[bytes]:
    """Whole without `rng`; otherwise up to eight pieces, often between CR and LF."""
    if rng is None or len(data) < 2:
        return [data] if data else []
    places = {rng.randrange(1, len(data)) for _ in range(rng.randrange(1, 8))}
    ends = [at + 1 for at in range(len(data) - 1) if data[at : at + 2] == b"\r\n"]
    places |= set(rng.sample(ends, min(len(ends), 3)))
    edges = [0, *sorted(places), len(data)]
    return [data[begin:end] for begin, end in zip(edges, edges[1:])]


def run(address, inputs) -> list[Exchange]:
    """All inputs, AT_ONCE at a time; raises when one takes too long."""
    waiting = collections.deque(inputs)
    done: list[Exchange] = []
    with selectors.DefaultSelector() as selector:
        open_ones = 0
        while waiting or open_ones:
            while waiting and open_ones < AT_ONCE:
                one = Exchange(address, *waiting.popleft())
                selector.register(one.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, one)
                open_ones += 1
            for key, events in selector.select(0.5):
                one = key.data
                if events & selectors.EVENT_WRITE and one.send():
                    selector.modify(one.socket, selectors.EVENT_READ, one)
                if events & selectors.EVENT_READ:
                    one.receive()
                if one.ended:
                    selector.unregister(one.socket)
                    one.socket.close()
                    open_ones -= 1
                    done.append(one)
            now = time.monotonic()
            for key in list(selector.get_map().values()):
                if now > key.data.deadline:
                    raise AssertionError(f"{key.data.name}: no end within {HANG_S} s; so far {bytes(key.data.received[:200])!r}")
    return done


class Received(Connection):
    """Reads answers from bytes that have already come."""

    def __init__(self, data: bytes):
        self.timeout_s = 1.0
        self._buffer = data

    def _more(self, deadline: float) -> bool:
        return False


def statuses(one: Exchange, requests: bytes) -> list[int]:
    """Of all answers; raises ProtocolError for what no server may send."""
    found: list[int] = []
    reader = Received(bytes(one.received))
    while reader._buffer:
        # An answer to HEAD has a length and no body; then the next answer, or the end, comes right behind its fields.
        head = b"HEAD" in requests and _headless(reader._buffer)
        try:
            found.append(reader.read(head=head).status)
        except Closed:
            if one.ended != "reset":
                raise ProtocolError(f"half an answer: {bytes(one.received[-300:])!r}") from None
            break
    return found


def _headless(data: bytes) -> bool:
    end = data.find(b"\r\n\r\n")
    return end >= 0 and (len(data) == end + 4 or data[end + 4 : end + 13] == b"HTTP/1.1 ")


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    files = sorted(path for path in FOLDER.glob("*") if path.is_file()) if FOLDER.is_dir() else []
    if not files:
        print(f"skipped: no files in {FOLDER} (set MORTISE_TEST_DATA to the folder of test data)")
        return 77
    seeds = {path.name: path.read_bytes() for path in files}
    counts: collections.Counter[int] = collections.Counter()
    resets = silent = wrong = 0
    with Mortised(server=SERVER) as server:
        for number in range(rounds):
            # Random("...") is the same everywhere: a failure can be repeated.
            rngs = [None] if number == 0 else []
            rngs.append(random.Random(f"cut {number}"))
            for rng in rngs:
                for one in run(server.endpoint, [(name, cut(data, rng), rng is not None) for name, data in seeds.items()]):
                    resets += one.ended == "reset"
                    silent += not one.received
                    try:
                        answers = statuses(one, seeds[one.name])
                    except ProtocolError as error:
                        wrong += 1
                        print(f"{one.name}: {error}")
                        continue
                    counts.update(answers)
                    if 500 in answers:
                        wrong += 1
                        print(f"{one.name}: 500")
                if server.process.poll() is not None:
                    raise AssertionError(f"mortised ended with {server.process.returncode}")
                health = server.get("/health")
                assert health.status == 200 and health.json["status"] == "ok", health
    shown = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
    print(f"{len(seeds)} inputs, {rounds} rounds, whole and in pieces; answers {shown}; {silent} without an answer, {resets} resets; {wrong} wrong")
    return 0 if wrong == 0 and sum(counts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
