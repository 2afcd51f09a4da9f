"""Films from the window: a process of its own runs the race again and draws each frame; the window stays usable."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.files import content
from workbench.experiment.writing import write_bytes
from workbench.live.document import Document
from workbench.ui.views import views_of
from workbench.ui.window import programs
from workbench.ui.window.centre import Centre
from workbench.ui.words.text import engine_text

if TYPE_CHECKING:  # loaded with the first film
    from workbench.export.film_plan import FilmPlan
    from workbench.ui.dialogs.film import FilmDialog

_PROGRESS = re.compile(r"frame (\d+) of (\d+)")


class Filming(QObject):
    """Asks for a film and has the command `film` make it, of the experiment as it stands."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, *, document: Document, centre: Centre) -> None:
        super().__init__(window)
        self._window, self._document, self._centre = window, document, centre
        self._snapshot: Snapshot | None = None
        self.dialog: FilmDialog | None = None
        self.process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._path, self._cancelled = Path(), False

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know the race, its views and where it stands."""
        self._snapshot = snapshot

    def ask(self) -> None:
        """Ask what film is wanted."""
        if self._snapshot is None:
            return
        if self.dialog is None:  # made when it is first asked for: the window opens without it
            from workbench.ui.dialogs.film import FilmDialog

            self.dialog = FilmDialog(self._window)
            self.dialog.wanted.connect(self.make)
            self.dialog.cancelled.connect(self.cancel)
        info = self._snapshot.info
        views = [(entry.key, engine_text(entry.title)) for entry in views_of(info) if entry.follows_steps]
        self.dialog.bring_up(
            views, front=next(iter(self._centre.keys)), step=self._snapshot.step, limit=self._document.experiment.steps
        )

    def make(self, plan: FilmPlan, path: Path) -> None:
        """Have it made and written to a file."""
        from workbench.export.film_plan import film_kind
        from workbench.export.formats import FILMS

        if self.process is not None:
            return
        if not film_kind(path):
            self._end(
                self.tr("{} was not written: a film ends in one of {}").format(path, ", ".join(FILMS)), well=False
            )
            return
        self._path, self._cancelled = path, False
        self._folder = tempfile.TemporaryDirectory(prefix="gradient-workbench-")
        file = Path(self._folder.name) / "experiment.toml"
        try:
            write_bytes(file, content(self._document.experiment, file.parent), safe=False)
        except (OSError, RequestError) as error:
            self._end(self.tr("{} was not written: {}").format(path, error), well=False)
            return
        self.process = QProcess(self)
        self.process.setProcessEnvironment(programs.environment())
        self.process.readyReadStandardOutput.connect(self._on_output)
        self.process.finished.connect(self._on_finished)
        self.process.errorOccurred.connect(self._on_error)
        if self.dialog is not None:
            self.dialog.show_progress(0, 0)
        self.process.start(sys.executable, [*programs.PROGRAM, "film", str(file), *_options(plan), "--out", str(path)])

    def cancel(self) -> None:
        """Make it no more; nothing is written."""
        if self.process is not None:
            self._cancelled = True
            programs.tell_to_end(self.process)

    def shut_down(self) -> None:
        """The window goes: a film that is not whole does, too."""
        process, self.process = self.process, None
        if process is not None:
            programs.end(process)
        self._clear()

    def _on_output(self) -> None:
        if self.process is None or self.dialog is None:
            return
        text = bytes(self.process.readAllStandardOutput().data()).decode(errors="replace")
        found = _PROGRESS.findall(text)
        if found:
            self.dialog.show_progress(*map(int, found[-1]))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self.process is not None:
            self._end(self.tr("{} was not written: {}").format(self._path, self.process.errorString()), well=False)

    def _on_finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        if self.process is None:
            return
        words = bytes(self.process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        if self._cancelled:
            self._end(self.tr("The film was cancelled; nothing was written"), well=True)
        elif code:
            why = words[-1].removeprefix("gradient-workbench: ") if words else self.tr("it ended before its time")
            self._end(self.tr("{} was not written: {}").format(self._path, why), well=False)
        else:
            self._end(self.tr("Written to {}").format(self._path), well=True)

    def _end(self, words: str, *, well: bool) -> None:
        if self.process is not None:
            self.process.deleteLater()
            self.process = None
        self._clear()
        if self.dialog is not None:
            self.dialog.show_end(words)
        (self.said if well else self.failed).emit(words)

    def _clear(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _options(plan: FilmPlan) -> list[str]:
    return [
        "--view", plan.view, "--from", str(plan.first), "--to", str(plan.last), "--frames", str(plan.frames),
        "--fps", str(plan.fps), "--size", f"{plan.size[0]}x{plan.size[1]}", "--law", plan.law, "--theme", plan.theme,
        "--progress",
    ]  # fmt: skip
