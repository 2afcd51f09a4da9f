"""The folder of kept runs: a folder each, which appears and goes as a whole, whoever else is at it.

A run is written under a hidden name and renamed when all of it is safe on the disk, so that what has its final name is
whole, and what was said to be kept is there: also after the process was killed. Nothing but a note and a pin is ever
written again, each a file of its own. What several processes do at once are renames, of which one succeeds.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.kept import entry as entries
from workbench.kept.entry import Entry
from workbench.kept.making import ABOUT, EXPERIMENT, NOTE, PIN, RECORD, Made, weights_name
from workbench.kept.record import Record, read_record

if sys.platform != "win32":
    import fcntl

#: Bytes and runs that are kept, at most; what is pinned counts, and stays.
MOST_BYTES, MOST_KEPT = 500_000_000, 500
#: Characters of a note.
LONGEST_NOTE = 2000
_WHOLE = (ABOUT, EXPERIMENT, RECORD)
_NEW, _GONE, _DELETED, _DAMAGED = ".new-", ".gone-", ".deleted", ".damaged"
#: Folders that were set aside and stay, and seconds after which what was deleted is gone whoever deleted it.
_MOST_DAMAGED, _FORGOTTEN = 20, 86_400.0
_LARGEST_ABOUT = 1 << 20
_ID = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{8}")


class KeptRunError(ValueError):
    """A kept run that cannot be used, in one sentence."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a folder holds: its runs, the newest first.

    Attributes:
        damaged: what was set aside since it could not be read, by their ids; `newer` of another version, left alone.
        size: bytes of all runs.
        reads: files that were read for it.
    """

    entries: tuple[Entry, ...] = ()
    damaged: tuple[str, ...] = ()
    newer: int = 0
    size: int = 0
    reads: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of keeping a run: its entry, which may have been there already, and those that went for it.

    `damaged` is what was found out of order meanwhile, and set aside, as in `Listed`.
    """

    entry: Entry
    was_there: bool = False
    dropped: tuple[Entry, ...] = ()
    damaged: tuple[str, ...] = ()


class Store:
    """The runs in a folder. It holds nothing in memory: what the folder has is what there is.

    Methods raise OSError where the disk refuses, and KeptRunError in words where a run is not what it should be.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, most: int = MOST_KEPT) -> None:
        """Nothing is read or written before it is asked for."""
        self.folder, self.most_bytes, self.most = folder, most_bytes, most

    # What there is

    def listed(self) -> Listed:
        """The runs that there are. One file a run is read, and its note where it has one."""
        found: list[Entry] = []
        damaged: list[str] = []
        newer = reads = 0
        for id_ in self._ids():
            try:
                entry, count = self._entry(id_)
            except FileNotFoundError:
                if self._is_there(id_):  # else somebody has deleted it just now
                    damaged.append(id_)
                continue
            except (ValueError, OSError):
                damaged.append(id_)
                continue
            reads += count
            if entry is None:
                newer += 1
            else:
                found.append(entry)
        aside = tuple(id_ for id_ in damaged if self._set_aside(id_))
        found.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
        return Listed(tuple(found), aside, newer, sum(entry.size for entry in found), reads)

    def _ids(self) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(self.folder) as there:
            yield from [entry.name for entry in there if _ID.fullmatch(entry.name)]

    def _entry(self, id_: str) -> tuple[Entry | None, int]:
        """The entry of a run, with how many files were read.

        Raises:
            ValueError: a file of it is missing, or of another size.
            OSError: it cannot be read.
        """
        place = f"{self.folder}{os.sep}{id_}"  # as a text: hundreds of them are looked at
        with os.scandir(place) as there:
            sizes = dict(map(_size, there))
        if sizes.get(ABOUT, 0) > _LARGEST_ABOUT:
            raise ValueError(ABOUT)
        entry = entries.decode(_read(f"{place}{os.sep}{ABOUT}"))
        if entry is None:
            return None, 1
        if any(sizes.get(name) != size for name, size in entry.files.items()) or not set(_WHOLE) <= sizes.keys():
            raise ValueError(id_)
        note = ""
        if NOTE in sizes:
            with contextlib.suppress(OSError):
                note = _read(f"{place}{os.sep}{NOTE}")[: 4 * LONGEST_NOTE].decode("utf-8", "replace")[:LONGEST_NOTE]
        entry = msgspec.structs.replace(entry, id=id_, note=note, pinned=PIN in sizes)
        return entry, 1 + (NOTE in sizes)

    def _is_there(self, id_: str) -> bool:
        return (self.folder / id_).is_dir()

    def experiment(self, id_: str) -> Experiment:
        """The experiment of a run."""
        path = self._place(id_) / EXPERIMENT
        try:
            return files.read(path)
        except files.ExperimentFileError as error:
            why = str(error).removeprefix(f"{path}: ")
            raise KeptRunError(f"the experiment of this run cannot be opened: {why}") from None

    def tables(self, id_: str) -> Experiment | dict[str, Any]:
        """The experiment of a run or, where it cannot be opened any more, as its data are gone, its bare tables."""
        path = self._place(id_) / EXPERIMENT
        try:
            return files.read(path)
        except files.ExperimentFileError:
            try:
                return files.read_tables(path)
            except files.ExperimentFileError:
                return self.experiment(id_)  # which says why

    def record(self, id_: str) -> Record:
        """The record of a run; one that cannot be read is set aside."""
        path = self._place(id_) / RECORD
        try:
            return read_record(path.read_bytes())
        except ValueError as error:
            self._set_aside(id_)
            raise KeptRunError(f"the record of this run is damaged and was set aside: {error}") from None

    def weights(self, id_: str, lane: int) -> bytes:
        """The archive of the trained weights of a lane, by its place in the experiment."""
        try:
            return (self._place(id_) / weights_name(lane)).read_bytes()
        except FileNotFoundError:
            raise KeptRunError("no weights of this lane are kept") from None

    def _place(self, id_: str) -> Path:
        if not _ID.fullmatch(id_) or not self._is_there(id_):
            raise KeptRunError("this run is kept no more: another window has deleted it")
        return self.folder / id_

    # What is changed

    def keep(self, experiment: Experiment, snapshot: Snapshot, why: str) -> Kept:
        """Keep a race as a snapshot shows it; one of equal numbers that is there already stays, pinned if asked for.

        The oldest that are not pinned go where there are too many. Raises RequestError where an experiment has
        something that was given in Python.
        """
        made = Made(experiment, snapshot, why, at=time.time(), folder=self.folder)
        self.sweep()
        before = self.listed()
        for known in before.entries:
            if known.digest == made.digest:
                if why == "pinned":
                    self.pin(known.id, pinned=True)
                    known = msgspec.structs.replace(known, pinned=True)
                return Kept(known, was_there=True, damaged=before.damaged)
        entry, contents = made.files()
        when = time.strftime("%Y%m%d-%H%M%S", time.gmtime(entry.at))
        id_ = f"{when}-{int(entry.at % 1 * 1e6):06d}-{secrets.token_hex(4)}"
        with _new_folder(self.folder) as part:
            for name, content in contents.items():
                _write(part / name, content)
            _settle(part)
            part.rename(self.folder / id_)
            _settle(self.folder)
        entry = msgspec.structs.replace(entry, id=id_, pinned=PIN in contents)
        return Kept(entry, dropped=self._drop(before, entry.size), damaged=before.damaged)

    def _drop(self, before: Listed, fresh: int) -> tuple[Entry, ...]:
        """Let the oldest go that are not pinned, until there is room for another of `fresh` bytes."""
        size, count = before.size + fresh, len(before.entries) + 1
        dropped: list[Entry] = []
        for entry in reversed(before.entries):
            if size <= self.most_bytes and count <= self.most:
                break
            if entry.pinned:
                continue
            size, count = size - entry.size, count - 1
            if self._remove(self.folder / entry.id):
                dropped.append(entry)
        return tuple(dropped)

    def note(self, id_: str, text: str) -> None:
        """Write a note on a run, in place of the one before."""
        place = self._place(id_) / NOTE
        if text:
            files.write_bytes(place, text[:LONGEST_NOTE].encode("utf-8", "replace"))
        else:
            place.unlink(missing_ok=True)

    def pin(self, id_: str, *, pinned: bool) -> None:
        """Let a run stay until it is deleted, or let it go when its turn comes."""
        place = self._place(id_) / PIN
        place.touch() if pinned else place.unlink(missing_ok=True)

    def delete(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Delete runs, which can be brought back for a while; gives those that were there."""
        trash = self.folder / _DELETED
        trash.mkdir(mode=0o700, parents=True, exist_ok=True)
        gone = []
        for id_ in ids:
            with contextlib.suppress(OSError, KeptRunError):
                place = self._place(id_)
                os.utime(place)
                place.rename(trash / id_)
                gone.append(id_)
        return tuple(gone)

    def bring_back(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Undo a deletion; gives those that are there again."""
        back = []
        for id_ in ids:
            if _ID.fullmatch(id_):
                with contextlib.suppress(OSError):
                    (self.folder / _DELETED / id_).rename(self.folder / id_)
                    back.append(id_)
        return tuple(back)

    def forget(self, ids: Iterable[str]) -> None:
        """Let deleted runs go for good."""
        for id_ in ids:
            if _ID.fullmatch(id_):
                self._remove(self.folder / _DELETED / id_)

    # What is left behind

    def sweep(self) -> None:
        """Remove what killed processes have left half written or half removed, and what was deleted long ago."""
        with contextlib.suppress(OSError):
            for path in list(self.folder.iterdir()):
                if path.name.startswith(_GONE) or (path.name.startswith(_NEW) and _is_abandoned(path)):
                    shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            for path in list((self.folder / _DELETED).iterdir()):
                if time.time() - path.stat().st_mtime > _FORGOTTEN:
                    self._remove(path)
        with contextlib.suppress(OSError):
            aside = sorted((self.folder / _DAMAGED).iterdir(), key=lambda path: path.name)
            for path in aside[:-_MOST_DAMAGED]:
                self._remove(path)

    def _remove(self, path: Path) -> bool:
        """Take a folder away at once, and then what is in it; False where somebody else has."""
        gone = self.folder / f"{_GONE}{secrets.token_hex(8)}"
        try:
            path.rename(gone)
        except OSError:
            return False
        shutil.rmtree(gone, ignore_errors=True)
        return True

    def _set_aside(self, id_: str) -> bool:
        """Move a run that cannot be read out of the way; what is left of it stays for whoever wants to look."""
        aside = self.folder / _DAMAGED
        try:
            aside.mkdir(mode=0o700, exist_ok=True)
            (self.folder / id_).rename(aside / id_)
        except OSError:
            return False
        return True

    @property
    def aside(self) -> Path:
        """Where runs are that could not be read."""
        return self.folder / _DAMAGED


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a path made of each would take longer than the rest
        return file.read()


def _size(entry: os.DirEntry[str]) -> tuple[str, int]:
    """The name and the size of a file in a folder, -1 of one that has just gone."""
    try:
        return entry.name, entry.stat().st_size
    except FileNotFoundError:
        return entry.name, -1


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder to write into, which says that somebody is at it for as long as this lasts, and then is gone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        part = folder / f"{_NEW}{secrets.token_hex(8)}"
        part.mkdir(mode=0o700)
        lock = _locked(part)
        if part.exists():  # else it was swept away before the lock held
            break
        _let_go(lock)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)  # where it was not renamed
        _let_go(lock)


def _locked(part: Path) -> int | None:
    """The lock of a folder, which ends with the process; None where folders have none."""
    if sys.platform == "win32":
        return None
    handle = None
    with contextlib.suppress(OSError):
        handle = os.open(part, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _let_go(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _is_abandoned(part: Path) -> bool:
    """Whether nobody is at a folder any more. Where folders have no locks, it is old."""
    if sys.platform == "win32":
        return time.time() - part.stat().st_mtime > _FORGOTTEN
    try:
        handle = os.open(part, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the names in a folder safe on the disk, where that can be asked for."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
