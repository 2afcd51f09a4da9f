"""Figures from the window: a process of its own runs the race again and draws; the window stays usable."""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QSettings, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.files import content
from workbench.experiment.writing import write_bytes
from workbench.export.figure_plan import SLOW, FigurePlan, plan_of
from workbench.export.figure_words import caption_of
from workbench.export.formats import FORMATS
from workbench.live.document import Document
from workbench.ui.dialogs.figure.dialog import FigureDialog
from workbench.ui.views import views_of
from workbench.ui.window import programs
from workbench.ui.window.centre import Centre
from workbench.ui.words.text import engine_text

_SETTING = "figure"


class Figures(QObject):
    """Asks for a figure, and has the command `figure` draw it, of the experiment as it stands.

    The process keeps the race at the step that it has come to: another page of it takes a moment. One thing is asked
    of it at a time, and of previews only the newest.
    """

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, *, document: Document, centre: Centre) -> None:
        super().__init__(window)
        self._window, self._document, self._centre = window, document, centre
        self._snapshot: Snapshot | None = None
        self.dialog: FigureDialog | None = None
        self.process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._heard = b""
        self._asked: dict[str, Any] | None = None
        self._preview: dict[str, Any] | None = None
        self._saves: list[dict[str, Any]] = []
        self._is_old = False  # the process draws another experiment than there now is
        document.changed.connect(self._on_document_changed)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know the race, its views and where it stands."""
        self._snapshot = snapshot
        if self.dialog is not None:
            self.dialog.show_now(snapshot.step)

    def ask(self) -> None:
        """Ask what figure is wanted."""
        if self._snapshot is None:
            return
        if self.dialog is None:
            self.dialog = FigureDialog(self._window)
            self.dialog.preview_wanted.connect(self._on_preview_wanted)
            self.dialog.wanted.connect(self.make)
            self.dialog.step_changed.connect(self._on_step_changed)
            self.dialog.finished.connect(self._on_closed)
            _restore(self.dialog)
        info, front = self._snapshot.info, next(iter(self._centre.keys))
        views = [(entry.key, engine_text(entry.title)) for entry in views_of(info) if entry.key not in SLOW]
        self._say_words(self._snapshot.step)
        self.dialog.bring_up(views, (front, "loss"), step=self._snapshot.step, limit=self._document.experiment.steps)

    def make(self, plan: FigurePlan, step: int, path: Path, tex: bool) -> None:
        """Have it made and written to a file."""
        if path.suffix.lower().lstrip(".") not in FORMATS:
            self._end(
                self.tr("{} was not written: a figure ends in one of {}").format(path, ", ".join(FORMATS)), well=False
            )
            return
        self._saves.append({"plan": asdict(plan), "step": step, "out": str(path.absolute()), "tex": tex})
        self._go_on()

    def shut_down(self) -> None:
        """The window goes: what is not whole does, too."""
        if self.dialog is not None:
            self.dialog.close()
        self._stop()

    # What the dialog says

    def _on_preview_wanted(self, plan: FigurePlan, step: int) -> None:
        if self.dialog is None:
            return
        self._preview = {"plan": asdict(plan), "step": step, "room": list(self.dialog.preview.room)}
        self.dialog.show_waiting()
        self._go_on()

    def _on_step_changed(self, step: int) -> None:
        self._say_words(step)

    def _say_words(self, step: int) -> None:
        if self.dialog is not None:
            experiment = self._document.experiment
            self.dialog.show_words(experiment.title, caption_of(experiment, step))

    def _on_closed(self, _result: int) -> None:
        """Nobody looks: what is being written is still written."""
        if self.dialog is not None:
            _keep(self.dialog)
        self._preview = None
        if not self._is_writing:
            self._stop()

    def _on_document_changed(self, *_: object) -> None:
        """Draw the new experiment, once what is being written of the old one has been."""
        self._is_old = self.process is not None
        if self.dialog is not None and self.dialog.isVisible():
            self._say_words(self.dialog.step.value())
            self._on_preview_wanted(self.dialog.plan, self.dialog.step.value())

    # The process

    @property
    def _is_writing(self) -> bool:
        return bool(self._saves) or (self._asked is not None and "out" in self._asked)

    def _go_on(self) -> None:
        """Ask for what is next, unless an answer is still to come."""
        if self._is_old and not self._is_writing:
            wish = self._preview
            self._stop()
            self._preview = wish
        if self._asked is not None:
            return
        request = self._saves.pop(0) if self._saves else self._preview
        if request is None:
            return
        if request is self._preview:
            self._preview = None
        if self.process is None and not self._start():
            return
        self._asked = request
        if self.process is not None:
            self.process.write(json.dumps(request).encode() + b"\n")

    def _start(self) -> bool:
        self._folder = tempfile.TemporaryDirectory(prefix="gradient-workbench-")
        file = Path(self._folder.name) / "experiment.toml"
        try:
            write_bytes(file, content(self._document.experiment, file.parent), safe=False)
        except (OSError, RequestError) as error:
            self._end(self.tr("The figure cannot be made: {}").format(error), well=False)
            return False
        self.process = QProcess(self)
        self.process.setProcessEnvironment(programs.environment())
        self.process.readyReadStandardOutput.connect(self._on_output)
        self.process.finished.connect(self._on_finished)
        self.process.errorOccurred.connect(self._on_error)
        self.process.start(sys.executable, [*programs.PROGRAM, "figure", str(file), "--answer"])
        return True

    def _stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.closeWriteChannel()  # it waits for what is next
            programs.end(process) if self._is_writing else programs.kill(process)
            process.deleteLater()
        self._is_old = False
        self._asked, self._preview, self._heard = None, None, b""
        self._saves.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _on_output(self) -> None:
        if self.process is None:
            return
        *lines, self._heard = (self._heard + bytes(self.process.readAllStandardOutput().data())).split(b"\n")
        for line in lines:
            self._answer(json.loads(line))

    def _answer(self, answer: dict[str, Any]) -> None:
        asked, self._asked = self._asked, None
        if asked is None or self.dialog is None:
            return
        if "out" in asked:
            if "fault" in answer:
                self._end(self.tr("{} was not written: {}").format(asked["out"], answer["fault"]), well=False)
            else:
                self._end(self.tr("Written to {}").format(", ".join(answer["written"])), well=True)
        elif "fault" in answer:
            self.dialog.show_fault(self.tr("This figure cannot be: {}").format(answer["fault"]))
        elif self._preview is None:
            self.dialog.show_preview(QImage.fromData(base64.b64decode(answer["png"])))
        if not self.dialog.isVisible() and not self._saves:
            self._stop()
        self._go_on()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self.process is not None:
            self._lost(self.process.errorString())

    def _on_finished(self, _code: int, _status: QProcess.ExitStatus) -> None:
        if self.process is None:
            return
        words = bytes(self.process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        self._lost(words[-1].removeprefix("gradient-workbench: ") if words else self.tr("it ended before its time"))

    def _lost(self, why: str) -> None:
        """The process is gone: the next wish starts another one."""
        self._stop()
        self._end(self.tr("The figure cannot be made: {}").format(why), well=False)

    def _end(self, words: str, *, well: bool) -> None:
        if self.dialog is not None:
            if not well and "written" not in words:
                self.dialog.show_fault(words)
            self.dialog.show_end(words)
        (self.said if well else self.failed).emit(words)


def _restore(dialog: FigureDialog) -> None:
    """What was chosen last, where the settings say something that can be."""
    try:
        said = json.loads(str(QSettings().value(_SETTING, "")))
        plan = plan_of(said["plan"])
        if not plan.fault(said["kind"]):
            dialog.take_choices(plan, said["kind"], tex=bool(said["tex"]))
    except (ValueError, TypeError, KeyError, AttributeError):  # none was, or somebody else wrote them
        return


def _keep(dialog: FigureDialog) -> None:
    plan = replace(dialog.plan, title=None, caption=None)
    said = {"plan": asdict(plan), "kind": dialog.kind.currentData(), "tex": dialog.tex.isChecked()}
    QSettings().setValue(_SETTING, json.dumps(said))
