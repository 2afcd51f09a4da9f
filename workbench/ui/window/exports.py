"""The exports of all views, and those of them that wait for what they are to show."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.live.worker import TrainingWorker
from workbench.ui.views.shared.base import View
from workbench.ui.window.dragging import Dragging
from workbench.ui.window.exporting import Exporter


class Exports(QObject):
    """Owns the exporter of each view. Exports under way are shown each snapshot until they have been written."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)
    #: other views need what they demand
    changed = Signal()
    #: (view): the handle of its picture was clicked, to have the picture copied
    copy_wanted = Signal(object)

    def __init__(self, views: Mapping[str, View], worker: TrainingWorker, window: QWidget) -> None:
        super().__init__(window)
        self._worker = worker
        self._waiting: list[Exporter] = []
        self._snapshot: Snapshot | None = None
        self.dragging = Dragging(self)
        self.dragging.said.connect(self.said)
        self.exporters = {key: Exporter(key, views, window) for key in views}
        for exporter in self.exporters.values():
            exporter.asked.connect(self._on_asked)
            exporter.done.connect(self.said)
            exporter.failed.connect(self.failed)
            exporter.dragged.connect(self.dragging.drag)
            exporter.copy_wanted.connect(self.copy_wanted)

    def __bool__(self) -> bool:
        """Whether there are exports that wait."""
        return bool(self._waiting)

    def hold(self, view: View) -> bool:
        """Whether a view is waited for, so that it is given what it demands though it is hidden."""
        return any(exporter.key == view.key for exporter in self._waiting)

    def show_snapshot(self, snapshot: Snapshot) -> bool:
        """One frame. Whether an export waited for it: then the next answer may come without another step."""
        self._snapshot = snapshot
        waited = bool(self)
        if waited:
            self._proceed(snapshot)
        return waited

    def finish(self) -> None:
        """Wait until what is being written has been: the window goes."""
        for exporter in self.exporters.values():
            exporter.finish()
        self.dragging.finish()

    def _on_asked(self, exporter: Exporter) -> None:
        """Write what the view shows of the race as it stands, now or as soon as it is all there."""
        if self._snapshot is None:
            return
        if exporter not in self._waiting:
            self._waiting.append(exporter)
        self.changed.emit()
        self._proceed(self._snapshot)
        if exporter in self._waiting:
            self.said.emit(self.tr("Waiting for what the picture shows …"))

    def _proceed(self, snapshot: Snapshot) -> None:
        """Show a snapshot to the hidden views, and write those that lack nothing now."""
        waiting = []
        for exporter in list(self._waiting):
            if not exporter.view.isVisible():
                exporter.view.show_snapshot(snapshot)
            if not exporter.proceed(busy=self._worker.owes and not snapshot.running):
                waiting.append(exporter)
        if len(waiting) < len(self._waiting):
            self._waiting = waiting
            self.changed.emit()
