# SPDX-License-Identifier: Apache-2.0
"""A small HTTP/1.1 client that shows what is on the wire: it sends any bytes and reads answers strictly (RFC 9112)."""

from __future__ import annotations

import json
import re
import socket
import struct
import time

DEADLINE_S = 20.0  # for one answer; a test that needs more says so

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) ([\t\x20-\x7e\x80-\xff]*)")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})")


class ProtocolError(AssertionError):
    """The server sent what no HTTP/1.1 server may send."""


class Closed(ConnectionError):
    """The connection ended before a whole answer; `received` is what came."""

    def __init__(self, received: bytes):
        super().__init__(f"the connection ended after {received[:200]!r}")
        self.received = received


class Response:
    """One answer. Field names are lower case; a field that came twice is in `fields` twice."""

    def __init__(self, status: int, reason: str, fields: list[tuple[str, str]], body: bytes):
        self.status = status
        self.reason = reason
        self.fields = fields
        self.body = body

    def header(self, name: str) -> str | None:
        values = self.headers(name)
        if len(values) > 1 and name.lower() not in ("vary", "connection", "set-cookie"):
            raise ProtocolError(f"field {name} came {len(values)} times")
        return ", ".join(values) if values else None

    def headers(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name.lower()]

    @property
    def json(self):
        kind = self.header("content-type") or ""
        if not kind.startswith(("application/json", "application/problem+json", "application/graphql-response+json")):
            raise ProtocolError(f"no JSON: {self.status} {kind!r} {self.body[:200]!r}")
        return json.loads(self.body.decode("utf-8"))

    @property
    def closes(self) -> bool:
        return "close" in (self.header("connection") or "").lower()

    def __repr__(self):
        return f"<{self.status} {dict(self.fields)} {self.body[:300]!r}>"


class Connection:
    """One connection. `address` is what connect() takes: (host, port), or a path for a Unix socket."""

    def __init__(self, address, timeout_s: float = DEADLINE_S):
        self.timeout_s = timeout_s
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout_s)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, timeout=timeout_s)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Leaves without a FIN, which may only mean that no more requests come: the server sees that nobody is there."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def request(self, method: str, target: str, *, headers=None, body: bytes | None = None, host: str = "test") -> None:
        """Sends one well-formed request; Content-Length is added for a body unless the headers frame it."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
        given = list((headers or {}).items()) if not isinstance(headers, list) else headers
        names = {name.lower() for name, _ in given}
        if body is not None and not names & {"content-length", "transfer-encoding"}:
            given = given + [("Content-Length", str(len(body)))]
        lines += [f"{name}: {value}" for name, value in given]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + (body or b""))

    def read(self, *, head: bool = False, timeout_s: float | None = None) -> Response:
        """The next answer, interim ones (1xx) included. `head`: the request was HEAD."""
        deadline = time.monotonic() + (timeout_s or self.timeout_s)
        status_line = self._line(deadline)
        match = _STATUS_LINE.fullmatch(status_line)
        if not match:
            raise ProtocolError(f"bad status line {status_line!r}")
        status = int(match[1])
        fields: list[tuple[str, str]] = []
        while line := self._line(deadline):
            field = _FIELD.fullmatch(line)
            if not field:
                raise ProtocolError(f"bad field line {line!r}")
            fields.append((field[1].decode().lower(), field[2].decode("latin-1").rstrip(" \t")))
        response = Response(status, match[2].decode("latin-1"), fields, b"")
        lengths = response.headers("content-length")
        codings = response.headers("transfer-encoding")
        if len(lengths) > 1 or len(codings) > 1 or (lengths and codings):
            raise ProtocolError(f"ambiguous framing {fields}")
        if 100 <= status < 200 or status == 204:
            if lengths or codings:
                raise ProtocolError(f"{status} with a length: {fields}")
            return response
        if head or status == 304:
            return response
        if codings:
            if codings[0].lower() != "chunked":
                raise ProtocolError(f"unasked transfer coding {codings[0]!r}")
            response.body = self._chunks(deadline)
        elif lengths:
            if not re.fullmatch("[0-9]+", lengths[0]):
                raise ProtocolError(f"bad length {lengths[0]!r}")
            response.body = self._exactly(int(lengths[0]), deadline)
        elif response.closes:
            response.body = self._rest(deadline)
        else:
            raise ProtocolError(f"no framing: {fields}")
        return response

    def read_many(self, count: int) -> list[Response]:
        return [self.read() for _ in range(count)]

    def exchange(self, method: str, target: str, **options) -> Response:
        self.request(method, target, **options)
        return self.read(head=method == "HEAD")

    def at_end(self, timeout_s: float | None = None) -> bool:
        """Waits for the server to close; True for a clean end (FIN), raises on a reset, False when bytes came instead."""
        if self._buffer:
            return False
        self.socket.settimeout(timeout_s or self.timeout_s)
        data = self.socket.recv(1)
        self._buffer += data
        return not data

    def rest(self, timeout_s: float | None = None) -> bytes:
        """Everything up to the end of the connection."""
        return self._rest(time.monotonic() + (timeout_s or self.timeout_s))

    def _more(self, deadline: float) -> bool:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no whole answer in time; so far {self._buffer[:200]!r}")
        self.socket.settimeout(left)
        data = self.socket.recv(65536)
        self._buffer += data
        return bool(data)

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if not self._more(deadline):
                raise Closed(self._buffer)
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        if b"\n" in line or b"\r" in line or b"\0" in line:
            raise ProtocolError(f"control character in {line!r}")
        return line

    def _exactly(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            if not self._more(deadline):
                raise Closed(self._buffer)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _chunks(self, deadline: float) -> bytes:
        body = b""
        while True:
            line = self._line(deadline)
            if not _CHUNK_SIZE.fullmatch(line):
                raise ProtocolError(f"bad chunk size {line!r}")
            size = int(line, 16)
            if size == 0:
                break
            body += self._exactly(size, deadline)
            if self._exactly(2, deadline) != b"\r\n":
                raise ProtocolError("no line end after a chunk")
        if line := self._line(deadline):
            raise ProtocolError(f"unasked trailer {line!r}")
        return body

    def _rest(self, deadline: float) -> bytes:
        while self._more(deadline):
            pass
        data, self._buffer = self._buffer, b""
        return data
