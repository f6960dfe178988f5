# SPDX-License-Identifier: Apache-2.0
"""What a power failure leaves of the files that disk_shim.c watched: a disk with everything synced, and of the rest nothing, a part, or
pieces in any order."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import random
import struct
from typing import Iterator

CREATED, WRITTEN, TRUNCATED, SYNC_BEGINS, SYNCED, FOLDER_MADE, REMOVED, RENAMED, SENT, LINKED = range(1, 11)
SECTOR = 512  # what a disk writes whole


@dataclasses.dataclass
class Record:
    kind: int
    thread: int
    offset: int
    path: str
    data: bytes


def records(log: pathlib.Path) -> list[Record]:
    """All of a log. A last one that is cut off (the process was killed) is left out."""
    head = struct.Struct("=IIQII")
    content = log.read_bytes()
    found, at = [], 0
    while at + head.size <= len(content):
        kind, thread, offset, path_size, data_size = head.unpack_from(content, at)
        at += head.size
        if at + path_size + data_size > len(content):
            break
        found.append(Record(kind, thread, offset, os.fsdecode(content[at:at + path_size]), content[at + path_size:at + path_size + data_size]))
        at += path_size + data_size
    return found


@dataclasses.dataclass
class Change:
    """Of a file: bytes at an offset, or (None) its size."""

    number: int
    offset: int
    data: bytes | None

    def apply(self, content: bytearray) -> None:
        if self.data is None:
            del content[self.offset:]
        end = self.offset + len(self.data or b"")
        content.extend(bytes(max(0, end - len(content))))
        if self.data is not None:
            content[self.offset:end] = self.data

    def sectors(self) -> Iterator[Change]:
        if self.data is None:
            yield self
            return
        at, end = self.offset, self.offset + len(self.data)
        while at < end:
            next_ = min(end, (at // SECTOR + 1) * SECTOR)
            yield Change(self.number, at, self.data[at - self.offset:next_ - self.offset])
            at = next_


class File:
    def __init__(self):
        self.stable = bytearray()
        self.pending: list[Change] = []

    def sync(self, before: int) -> None:
        """Makes durable what was there when record `before` was made."""
        while self.pending and self.pending[0].number < before:
            self.pending.pop(0).apply(self.stable)

    def after(self, chance: Chance) -> bytes:
        content = bytearray(self.stable)
        for change in chance.of(self.pending):
            change.apply(content)
        return bytes(content)


class Directory:
    """Its entries as they are and as they are on the disk: File, Directory."""

    def __init__(self):
        self.entries: dict[str, File | Directory] = {}
        self.stable: dict[str, File | Directory] = {}
        self.pending: list[tuple[int, str, File | Directory | None]] = []

    def put(self, number: int, name: str, entry: File | Directory | None) -> None:
        if entry is None:
            self.entries.pop(name, None)
        else:
            self.entries[name] = entry
        self.pending.append((number, name, entry))

    def sync(self, before: int) -> None:
        while self.pending and self.pending[0][0] < before:
            _, name, entry = self.pending.pop(0)
            self._stored(self.stable, name, entry)

    @staticmethod
    def _stored(entries: dict, name: str, entry: File | Directory | None) -> None:
        if entry is None:
            entries.pop(name, None)
        else:
            entries[name] = entry

    def after(self, chance: Chance) -> dict[str, File | Directory]:
        entries = dict(self.stable)
        for _, name, entry in chance.first(self.pending):
            self._stored(entries, name, entry)
        return entries


class Chance:
    """What of the unsynced changes reached the disk: by default nothing."""

    def of(self, changes: list[Change]) -> list[Change]:
        return []

    def first(self, changes: list) -> list:
        """Of directories, whose changes a journal keeps in order."""
        return []


class Killed(Chance):
    """All of them: only the process ended."""

    def of(self, changes: list[Change]) -> list[Change]:
        return changes

    def first(self, changes: list) -> list:
        return changes


class Torn(Chance):
    """Some sectors, in any order: a part of each write, of all or of the first ones."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def of(self, changes: list[Change]) -> list[Change]:
        kept = self.first(changes) if self.random.random() < 0.5 else changes
        probability = self.random.choice((0.1, 0.5, 0.9))
        # Sectors of one place stay in order: a disk's last one counts.
        return [sector for change in kept for sector in change.sectors() if self.random.random() < probability]

    def first(self, changes: list) -> list:
        return changes[:self.random.randint(0, len(changes))]


class Disk:
    """Follows records, and shows what would be left if the power failed now. `root` is there and durable before them."""

    def __init__(self, root: pathlib.Path):
        self._root = root
        self._top = Directory()
        self._number = 0
        self._syncs: dict[int, list[int]] = {}
        self.syncs = 0

    def holds(self, path: pathlib.Path, content: bytes) -> None:
        """What is there and durable before the first record, in `root`."""
        file = File()
        file.stable.extend(content)
        self._top.put(0, path.name, file)
        self._top.sync(1)

    def _parts(self, path: str) -> tuple[str, ...]:
        return pathlib.PurePath(path).relative_to(self._root).parts

    def _at(self, path: str) -> File | Directory | None:
        place: File | Directory | None = self._top
        for part in self._parts(path):
            place = place.entries.get(part) if isinstance(place, Directory) else None
        return place

    def _parent(self, path: str) -> Directory:
        parent = self._at(str(pathlib.PurePath(path).parent))
        assert isinstance(parent, Directory), path
        return parent

    def _file(self, path: str) -> File | None:
        if path.endswith(" (deleted)"):
            return None
        file = self._at(path)
        if file is None:
            file = File()
            self._parent(path).put(self._number, pathlib.PurePath(path).name, file)
        assert isinstance(file, File), path
        return file

    def follow(self, record: Record) -> None:
        self._number += 1
        name = pathlib.PurePath(record.path).name
        if record.kind == CREATED:
            self._file(record.path)
        elif record.kind in (WRITTEN, TRUNCATED):
            if file := self._file(record.path):
                file.pending.append(Change(self._number, record.offset, record.data if record.kind == WRITTEN else None))
        elif record.kind == SYNC_BEGINS:
            self._syncs.setdefault(record.thread, []).append(self._number)
        elif record.kind == SYNCED:
            self.syncs += 1
            began = self._syncs[record.thread].pop()
            if place := self._at(record.path):
                place.sync(began)
        elif record.kind == FOLDER_MADE:
            self._parent(record.path).put(self._number, name, Directory())
        elif record.kind == REMOVED:
            self._parent(record.path).put(self._number, name, None)
        elif record.kind == LINKED:
            target = os.fsdecode(record.data)
            self._parent(target).put(self._number, pathlib.PurePath(target).name, self._at(record.path))
        elif record.kind == RENAMED:
            target = os.fsdecode(record.data)
            moved = self._at(record.path)
            self._parent(record.path).put(self._number, name, None)
            self._parent(target).put(self._number, pathlib.PurePath(target).name, moved)

    def left(self, folder: pathlib.Path, chance: Chance) -> dict[str, bytes]:
        """By name the content of the files that `folder` has then; empty where it is not there itself."""
        place: File | Directory | None = self._top
        for part in self._parts(str(folder)):
            place = place.after(chance).get(part) if isinstance(place, Directory) else None
        if not isinstance(place, Directory):
            return {}
        return {name: file.after(chance) for name, file in place.after(chance).items() if isinstance(file, File)}
