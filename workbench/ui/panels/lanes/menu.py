"""What can be done with a lane as a whole."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget


class LaneMenu(QMenu):
    """Solo, order, copies and removal of a lane; each command tells what is wanted of it."""

    #: what is wanted: solo, all, up, down, type, rate, fork, duplicate, remove, remove_others
    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.solo = self._add("solo", self.tr("Solo"), self.tr("Let this lane alone take part in the race"))
        self.all = self._add("all", self.tr("Let all take part"), self.tr("Let every lane take part in the race"))
        self.addSeparator()
        self.up = self._add("up", self.tr("Move up\tAlt+↑"), self.tr("Change places with the lane above"))
        self.down = self._add("down", self.tr("Move down\tAlt+↓"), self.tr("Change places with the lane below"))
        self.addSeparator()
        tip = self.tr("Write the rule out in lines that can be changed")
        self.typing = self._add("type", self.tr("Edit this rule"), tip)
        tip = self.tr("Measure the loss against the learning rate, and take the best one")
        self.rate = self._add("rate", self.tr("Find a rate …"), tip)
        tip = self.tr("Let another lane go on from where this one stands now, and change its settings")
        self.fork = self._add("fork", self.tr("Fork here"), tip)
        self.duplicate = self._add("duplicate", self.tr("Duplicate"), self.tr("Add a copy of this lane below it"))
        self.remove = self._add("remove", self.tr("Remove"), self.tr("Take this lane out of the experiment"))
        tip = self.tr("Keep this lane alone in the experiment")
        self.remove_others = self._add("remove_others", self.tr("Remove the others"), tip)
        self.triggered.connect(self._on_triggered)

    def _add(self, key: str, text: str, tip: str) -> QAction:
        action = self.addAction(text)
        action.setData(key)
        action.setToolTip(tip)
        return action

    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))
