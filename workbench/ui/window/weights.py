"""Trained weights: saved from the race as it stands, and taken as the start of the next one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import NetworkSetup, replace
from workbench.experiment.writing import write_bytes
from workbench.live.document import Document
from workbench.ui.dialogs import files as dialogs
from workbench.ui.window.edits import Edits
from workbench.ui.window.picked_lane import PickedLane


class TrainedWeights(QObject):
    """Asks for files of weights, writes the picked lane's, and begins with those of a file."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, *, document: Document, edits: Edits, picked: PickedLane) -> None:
        super().__init__(window)
        self._window, self._document, self._edits, self._picked = window, document, edits, picked
        self._snapshot: Snapshot | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know the race whose weights are wanted."""
        self._snapshot = snapshot

    @property
    def _folder(self) -> Path:
        path = self._document.path
        return Path.cwd() if path is None else path.parent

    def _lane(self, snapshot: Snapshot) -> int:
        """The picked lane's place in the race, the first one's where none is picked."""
        places = [lane.index for lane in snapshot.info.lanes]
        return places.index(self._picked.index) if self._picked.index in places else 0

    def ask_save(self) -> None:
        """Ask where the picked lane's weights are to be written, and write them."""
        snapshot = self._snapshot
        if snapshot is None or snapshot.info.kind != "network":
            self.failed.emit(self.tr("Only a network has weights. Choose one in the problem panel."))
            return
        path = dialogs.ask_save(self._window, self._folder / "weights.npz", "npz")
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write the picked lane's weights as they stand now."""
        from workbench.export.weights import weights_bytes  # loaded for networks alone

        snapshot = self._snapshot
        if snapshot is None:
            return
        lane = self._lane(snapshot)
        try:
            write_bytes(path, weights_bytes(snapshot, lane))
        except OSError as error:
            self.failed.emit(self.tr("{} cannot be written: {}").format(path, error.strerror or error))
            return
        label = snapshot.info.lanes[lane].label
        self.said.emit(self.tr("The weights of {} at step {} are in {}.").format(label, snapshot.step, path))

    def ask_begin(self) -> None:
        """Ask for a file of weights to begin with."""
        path = dialogs.ask_weights(self._window, self._folder)
        if path is not None:
            self.begin_with(path)

    def begin_with(self, path: Path) -> None:
        """Let every lane begin with the weights in a file; one that does not fit is refused in a sentence."""
        experiment = self._document.experiment
        if isinstance(experiment.problem, NetworkSetup):
            problem = replace(experiment.problem, weights=str(path.absolute()))
            self._edits.take(replace(experiment, problem=problem), "")
