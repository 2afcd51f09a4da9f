"""What a person commands of the race and of the document, with all that is typed taken first."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.forms.line_edit import commit_edits, let_go_edits
from workbench.ui.panels.transport import TransportBar
from workbench.ui.window.painting import PointPainter
from workbench.ui.window.status import StatusBar


class Commands(QObject):
    """Carries out run, step, reset, undo and redo."""

    def __init__(
        self,
        parent: QObject,
        *,
        document: Document,
        worker: TrainingWorker,
        painter: PointPainter,
        transport: TransportBar,
        status: StatusBar,
        panels: tuple[QWidget, ...],
    ) -> None:
        """`panels` are those that a person types in; strokes of the `painter` are steps of undo, too."""
        super().__init__(parent)
        self._document, self._worker, self._painter, self._status = document, worker, painter, status
        self._panels = panels
        transport.run_toggled.connect(self._on_run_toggled)
        transport.back_toggled.connect(self._on_back_toggled)
        transport.stretch_changed.connect(worker.set_stretch)
        transport.step_requested.connect(self._on_step_requested)
        transport.reset_requested.connect(self._on_reset_requested)
        transport.speed_changed.connect(worker.set_speed)
        transport.seek_requested.connect(worker.seek)

    def commit_edits(self) -> None:
        """Take what is typed and not yet finished by Return: the next command is meant to find it."""
        for panel in self._panels:
            commit_edits(panel)

    def let_go_edits(self) -> None:
        """Forget what is typed: the fields are about to show something else."""
        for panel in self._panels:
            let_go_edits(panel)

    def undo(self) -> None:
        """Take the last edit back, or strokes of the brush that the network has not got yet."""
        self.commit_edits()
        (self._painter.take_back if self._painter.can_take_back else self._document.undo)()

    def redo(self) -> None:
        """Take the last undone edit again, or such strokes; what is being typed is a newer one."""
        self.commit_edits()
        (self._painter.take_again if self._painter.can_take_again else self._document.redo)()

    def take_step(self) -> None:
        """Take one step, unless the race is on its way already."""
        self._on_step_requested(1, True)

    def _on_run_toggled(self, run: bool) -> None:
        if run:
            self.commit_edits()
        (self._worker.go if run else self._worker.pause)()
        if run:
            self._status.say_running()

    def _on_back_toggled(self, run: bool) -> None:
        self.commit_edits()
        if run:
            self._worker.go(backwards=True)
        else:
            self._worker.pause()

    def _on_step_requested(self, count: int, repeated: bool) -> None:
        if not (repeated and self._worker.is_busy):  # a held key leaves no steps that would go on after it
            self.commit_edits()
            self._worker.step(count)

    def _on_reset_requested(self) -> None:
        self.commit_edits()
        self._worker.reset()
