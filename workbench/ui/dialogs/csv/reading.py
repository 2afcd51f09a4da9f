"""Reading a person's table beside the window, so that a large file keeps nobody waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from workbench.engine.datasets import CsvFile, CsvFormat, Table
from workbench.engine.datasets.csv_format import Missing, TargetKind
from workbench.engine.datasets.csv_peek import Peek, peek
from workbench.engine.params import RequestError


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read; without a target, the beginning alone, whose names may be among the `wanted` ones."""

    path: Path
    target: str = ""
    columns: tuple[str, ...] = ()
    target_kind: TargetKind = "auto"
    told: CsvFormat = field(default_factory=CsvFormat)
    missing: Missing = "refuse"
    wanted: tuple[str, ...] = ()


class _AbandonedError(Exception):
    """The table is not wanted any more."""


class Reading(QThread):
    """Reads one table, or its beginning, and ends. `abandon` ends it soon and keeps it from saying anything."""

    #: (lines read, lines in all)
    progressed = Signal(int, int)

    def __init__(self, request: Request, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.request = request
        self.peek: Peek | None = None
        self.table: Table | None = None
        self.fault = ""
        self.abandoned = False

    def abandon(self) -> None:
        """Let it be."""
        self.abandoned = True

    def run(self) -> None:  # Qt's name for the body of a thread
        asked = self.request
        try:
            if asked.target:
                read = CsvFile(
                    asked.path, asked.target, asked.columns, asked.target_kind,
                    told=asked.told, missing=asked.missing, watch=self._watch,
                )  # fmt: skip
                self.table = read.table
            else:
                self.peek = peek(asked.path, told=asked.told, wanted=asked.wanted)
        except _AbandonedError:
            return
        except RequestError as error:
            self.fault = self.tr("The file {}.").format(error.problem) if error.path == "file" else f"{error}."
        except MemoryError:
            self.fault = self.tr("The file is too large for the memory of this machine.")

    def _watch(self, done: int, total: int) -> None:
        if self.abandoned:
            raise _AbandonedError
        self.progressed.emit(done, total)
