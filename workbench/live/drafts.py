"""Unsaved experiments, kept while they are edited: what a program that was ended or killed has left is found again."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import msgspec
from PySide6.QtCore import QObject, QTimer

from workbench.engine.params import RequestError
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment
from workbench.live.document import Document

if sys.platform != "win32":
    import fcntl

#: Drafts that are left behind and wait for an answer, at most; the oldest ones go.
KEPT = 20
_FORMAT = 1
_SOON_MS = 500
_ENDING, _LOCK = ".draft", ".lock"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An experiment that is in no file, and the file that it was made from.

    Attributes:
        path: that file, empty where there is none.
        digest: what the file held, as `files.digest` gives it.
        saved_at: when the draft was kept, in seconds since 1970.
    """

    format: int = _FORMAT
    path: str = ""
    digest: str = ""
    saved_at: float = 0.0
    experiment: Experiment


class Claim:
    """The right to one draft, held while this object lives; nobody else has it, and a process that ends lets it go."""

    def __init__(self, path: Path) -> None:
        """Claim the draft of this path.

        Raises:
            OSError: somebody else has it, or nothing can be written there.
        """
        self.path = path
        self._lock_path = path.with_suffix(_LOCK)
        if sys.platform == "win32":  # there a file that is open cannot be removed: it is the claim itself
            self._lock_path.unlink(missing_ok=True)
        self._lock: IO[bytes] = self._lock_path.open("ab")
        if sys.platform != "win32":
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                gone = os.fstat(self._lock.fileno()).st_nlink == 0
            except OSError:
                self._lock.close()
                raise
            if gone:
                self._lock.close()
                raise FileNotFoundError(path)

    def read(self) -> Draft | None:
        """The draft, None where it cannot be used."""
        try:
            draft = msgspec.json.decode(self.path.read_bytes(), type=Draft)
            build.validate(draft.experiment)
        except (OSError, msgspec.MsgspecError, RequestError, ValueError):
            return None
        return draft

    def write(self, draft: Draft) -> None:
        """Keep a draft in the place of the one before. Raises OSError, or ValueError where a name is no UTF-8."""
        files.write_bytes(self.path, msgspec.json.encode(draft, enc_hook=_plain), safe=False)

    def release(self) -> None:
        """Let go of the draft, and leave it where it is."""
        self._lock.close()

    def remove(self) -> None:
        """Remove the draft: it is in a file, or was given up."""
        for path in (self.path, self._lock_path):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        self._lock.close()
        with contextlib.suppress(OSError):  # where an open file cannot be removed
            self._lock_path.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def left_behind(folder: Path) -> list[tuple[Claim, Draft]]:
    """Drafts that no window has, the newest first, each claimed. What there is beyond `KEPT`, or empty, is removed."""
    with contextlib.suppress(OSError):
        for lock in folder.glob(f"*{_LOCK}"):
            if not lock.with_suffix(_ENDING).exists():
                with contextlib.suppress(OSError):
                    Claim(lock.with_suffix(_ENDING)).remove()
    found = []
    with contextlib.suppress(OSError):
        found = sorted(folder.glob(f"*{_ENDING}"), key=_age)
    drafts: list[tuple[Claim, Draft]] = []
    for number, path in enumerate(found):
        with contextlib.suppress(OSError):
            claim = Claim(path)
            if number >= KEPT:
                claim.remove()
                continue
            draft = claim.read()
            if draft is None:  # of another version of the program, perhaps, which can use it
                claim.release()
            else:
                drafts.append((claim, draft))
    return drafts


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0


class DraftKeeper(QObject):
    """Keeps what is open in a window, and in no file, as a draft that is at most a second older than the window.

    Each window has a draft of its own. It goes when the experiment is saved or given up.
    """

    def __init__(self, document: Document, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._folder = document, folder
        self._claim: Claim | None = None
        self._kept: Experiment | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SOON_MS)
        self._timer.timeout.connect(self.keep_now)
        document.file_changed.connect(self._on_changed)

    @property
    def path(self) -> Path | None:
        """Where the draft is, None while there is nothing to keep."""
        return None if self._claim is None else self._claim.path

    def keep_now(self) -> None:
        """Keep what is open, or remove the draft where it is in a file.

        Where nothing can be written, as on a full disk, it is tried again until it can.
        """
        self._timer.stop()
        experiment = self._document.experiment
        if not self._document.is_unsaved:
            self.give_up()
            return
        if experiment is self._kept:
            return
        path = self._document.path
        try:
            if self._claim is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._claim = Claim(self._folder / f"{os.getpid()}-{secrets.token_hex(8)}{_ENDING}")
            whole = os.path.abspath(path) if path is not None else ""  # noqa: PTH100 - resolve() would follow links
            self._claim.write(
                Draft(path=whole, digest=self._document.digest, saved_at=time.time(), experiment=experiment)
            )
            self._kept = experiment
        except OSError:
            self._timer.start()
        except ValueError:  # a name that is no UTF-8: it will be none the next time, too
            pass

    def give_up(self) -> None:
        """Remove the draft: nothing would be lost without it."""
        self._timer.stop()
        self._kept = None
        if self._claim is not None:
            self._claim.remove()
            self._claim = None

    def leave(self) -> None:
        """Keep what is open for the next start, which is offered it: this window ends."""
        self.keep_now()
        self._timer.stop()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _on_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
