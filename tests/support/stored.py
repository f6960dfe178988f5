# SPDX-License-Identifier: Apache-2.0
"""What a test looks at, and changes, in the database behind the server's back: SQLite's file or the tests' MariaDB, in SQL
that both know, with '?' for values. Ids are compared as values, never in the text: MariaDB keeps them as 16 bytes."""

from __future__ import annotations

import contextlib
import datetime
import os
import pathlib
import re
import sqlite3
import subprocess
import urllib.parse
import xml.etree.ElementTree

# A server of MariaDB that every test may use as it likes, "mariadb://user:password@127.0.0.1:port" (mariadb.py runs a test beside one).
SERVER = os.environ.get("MORTISE_TEST_MARIADB", "")
# Another node of its cluster, likewise, on which a test looks at what was written through the first (on_galera.py).
OTHER = os.environ.get("MORTISE_TEST_MARIADB_OTHER", "")
PATIENCE_S = 30
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Time(int):
    """Milliseconds of Unix time, for a column of times."""


class Sqlite:
    def __init__(self, file: pathlib.Path):
        self.file = file

    def rows(self, sql: str, *values) -> list[tuple]:
        with contextlib.closing(sqlite3.connect(self.file, timeout=PATIENCE_S)) as database:
            return database.execute(sql, values).fetchall()

    def change(self, sql: str, *values) -> None:
        with contextlib.closing(sqlite3.connect(self.file, timeout=PATIENCE_S)) as database, database:
            database.execute(sql, values)

    def change_all(self, sql: str, rows) -> None:
        with contextlib.closing(sqlite3.connect(self.file, timeout=PATIENCE_S)) as database, database:
            database.executemany(sql, rows)

    def refuse_rows(self, table: str, condition: str) -> None:
        """Nothing is inserted any more of which the condition holds, about NEW."""
        self.change(f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'no'); END")


class Mariadb:
    def __init__(self, url: str, causal: bool = False):
        """`causal`: of a node that has to wait for what others have committed."""
        parts = urllib.parse.urlsplit(url)
        self.arguments = ["--no-defaults", "--protocol=tcp", f"--host={parts.hostname}", f"--port={parts.port}",
                          f"--user={urllib.parse.unquote(parts.username or '')}", "--default-character-set=utf8mb4"]
        self.environment = {**os.environ, "MYSQL_PWD": urllib.parse.unquote(parts.password or "")}
        self.name = parts.path.strip("/")
        self.before = "SET wsrep_sync_wait = 15;\n" if causal else ""

    def rows(self, sql: str, *values) -> list[tuple]:
        shown = self._run(_filled(sql, values), "--xml", "--binary-as-hex")
        if not shown.strip():
            return []
        return [tuple(_value(field) for field in row) for row in xml.etree.ElementTree.fromstring(shown)]

    def change(self, sql: str, *values) -> None:
        self._run(_filled(sql, values))

    def change_all(self, sql: str, rows) -> None:
        self._run("BEGIN;\n" + "".join(_filled(sql, row) + ";\n" for row in rows) + "COMMIT;\n")

    def refuse_rows(self, table: str, condition: str) -> None:
        self._run(f"DELIMITER //\nCREATE TRIGGER no_{table} BEFORE INSERT ON {table} FOR EACH ROW "
                  f"IF {condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF//\n")

    def _run(self, sql: str, *arguments: str) -> str:
        done = subprocess.run(["mariadb", *self.arguments, *arguments, *([self.name] if self.name else [])], input=self.before + sql,
                              env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{sql[:500]}: {done.stderr}")
        return done.stdout


def _filled(sql: str, values) -> str:
    parts = sql.split("?")
    assert len(parts) == len(values) + 1, sql
    return parts[0] + "".join(_literal(value) + part for value, part in zip(values, parts[1:]))


def _literal(value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, Time):
        return f"'{datetime.datetime.fromtimestamp(value / 1000, datetime.timezone.utc):%Y-%m-%d %H:%M:%S.%f}'"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if _ID.fullmatch(value):
        return f"x'{value.replace('-', '')}'"
    return f"CONVERT(x'{value.encode().hex()}' USING utf8mb4)"


def _value(field: xml.etree.ElementTree.Element):
    if field.get(_NIL) == "true":
        return None
    text = field.text or ""
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", text):
        return Time((datetime.datetime.fromisoformat(f"{text}+00:00") - _EPOCH) // datetime.timedelta(milliseconds=1))
    if re.fullmatch(r"0x([0-9A-F]{2})*", text):
        kept = bytes.fromhex(text[2:])
        if len(kept) != 16:
            return kept
        digits = kept.hex()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return text


def stored(folder) -> Sqlite | Mariadb:
    """The database of that configuration."""
    url = folder.plugins["database"]["url"]
    if url.startswith("mariadb:"):
        return Mariadb(f"{OTHER}/{url.rpartition('/')[2]}", causal=True) if OTHER else Mariadb(url)
    return Sqlite(folder.state_of("database") / url.removeprefix("sqlite:///"))
