"""A click on a curve picks what it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt

from workbench.ui.plotting.curves import Curves
from workbench.ui.plotting.plot import Plot


class CurvePicker(QObject):
    """Tells which of the lines last given to `curves` a click in the plot was on."""

    def __init__(self, plot: Plot, curves: Curves, picked: Callable[[int], None]) -> None:
        """`picked` is called with the line's place; a click beside all of them is none."""
        super().__init__(plot)
        self._plot, self._curves, self._picked = plot, curves, picked
        plot.scene().sigMouseClicked.connect(self._on_clicked)

    def _on_clicked(self, event: Any) -> None:
        box = self._plot.box
        if event.button() != Qt.MouseButton.LeftButton or not box.sceneBoundingRect().contains(event.scenePos()):
            return
        point, pixel = box.mapSceneToView(event.scenePos()), box.viewPixelSize()
        place = self._curves.nearest(point.x(), point.y(), pixel)
        if place is not None:
            event.accept()
            self._picked(place)
