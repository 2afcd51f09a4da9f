"""The choice of the lane that a view shows."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.style.elided import ElidedChoice


class LaneChoice(ElidedChoice):
    """The lanes by name; the one chosen stays chosen, by its name, when lanes come and go.

    A name may be longer than the row has room for: the tooltip has all of it.
    """

    def __init__(self, tip: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip = tip
        self._wanted = -1  # picked before there were lanes to choose from
        self._is_chosen = False  # by a person, here or anywhere in the window
        self.activated.connect(self._on_activated)
        self.setToolTip(tip)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(170)
        self.currentTextChanged.connect(self._on_name_changed)
        self.hide()

    def _on_name_changed(self, name: str) -> None:
        self.setToolTip(f"{self._tip}: {name}" if name else self._tip)

    def show_lanes(self, info: RaceInfo, *, wanted: bool = True) -> None:
        """List the lanes of a race; a single one leaves nothing to choose, nor does a view that has none `wanted` now.

        To show the choice and then to hide it would have the whole window laid out anew in each frame.
        """
        labels = [lane.label for lane in info.lanes]
        if [self.itemText(i) for i in range(self.count())] != labels:
            chosen = self.currentText()
            self.clear()
            self.addItems(labels)
            self.setCurrentIndex(labels.index(chosen) if chosen in labels else 0)
        if self._wanted >= 0:
            self.pick(self._wanted)
        self.setVisible(wanted and len(labels) > 1)

    def pick(self, lane: int) -> None:
        """Choose a lane by its place, now or as soon as it is listed."""
        self._wanted, self._is_chosen = lane, True
        if lane < self.count():
            self.setCurrentIndex(lane)
            self._wanted = -1

    def prefer(self, lane: int) -> None:
        """Show a lane while nobody has chosen one."""
        if not self._is_chosen and 0 <= lane < self.count() and lane != self.currentIndex():
            self.setCurrentIndex(lane)

    def _on_activated(self, _index: int) -> None:
        self._is_chosen = True

    def run(self, info: RaceInfo) -> int:
        """The first run of the chosen lane."""
        return max(0, min(self.currentIndex(), len(info.lanes) - 1)) * info.starts
