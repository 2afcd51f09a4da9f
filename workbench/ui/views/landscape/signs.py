"""Signs at the stationary points of an objective, and what is known of each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from workbench.engine.objectives.stationary import Stationary
from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.plotting.curves import pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.words.text import readable

_SYMBOLS = {"minimum": "t", "saddle": "x", "maximum": "t1", "degenerate": "d"}
_MANY, _TOO_MANY = 80, 150  # signs: so many are small, and so many would hide what they stand on
_SIZE, _SMALL = 10.0, 5.0  # pixels
_NEAR = 8.0  # pixels from the mouse to a point that it points at


class StationarySigns(QObject):
    """A triangle down for a minimum, up for a maximum, a cross for a saddle; a known minimum has its star already."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self.marks = Marks()
        self.marks.setZValue(15)
        plot.box.addItem(self.marks, ignoreBounds=True)
        self._found: Stationary | None = None

    def show_points(self, found: Stationary | None, info: RaceInfo, theme: themes.Theme) -> None:
        """Show what was found; none hides the signs."""
        if found is not None and found.points.shape[1] != info.size:
            found = None  # sought with the ranges of the race before
        self._found = found
        if found is None:
            self.marks.set_marks(np.zeros((0, 2)), [], [], theme.plot)
            return
        known = np.zeros((0, info.size)) if info.minima is None else info.minima
        pixels = np.maximum(self._pixels[: info.size], 1e-9)  # none, of a view that was never seen
        near = 1e-3 / pixels * self._plot.width()
        few = len(found.points) < _TOO_MANY  # of more of them the mouse tells all the same
        shown = [few and not (np.abs(known - point) < near).all(axis=1).any() for point in found.points]
        points = found.points if info.size == 2 else np.column_stack([found.points[:, 0], found.values])
        symbols = [_SYMBOLS[kind] for kind, is_shown in zip(found.kinds, shown, strict=True) if is_shown]
        size = _SIZE if len(symbols) <= _MANY else _SMALL
        self.marks.set_marks(points[shown], [theme.text] * len(symbols), symbols, theme.plot, size)

    @property
    def _pixels(self) -> NDArray[np.float64]:
        """The pixels of a unit of x and y."""
        (x0, x1), (y0, y1) = self._plot.box.viewRange()
        return np.array([self._plot.box.width() / (x1 - x0), self._plot.box.height() / (y1 - y0)])

    def words(self, here: NDArray[np.float64]) -> list[str]:
        """What is known of the point near `here` (2,): kind, value, eigenvalues and condition number, in lines."""
        found = self._found
        if found is None or not len(found.points):
            return []
        size = found.points.shape[1]
        away = np.abs((found.points - here[:size]) * self._pixels[:size]).max(axis=1)
        which = int(away.argmin())
        if away[which] > _NEAR:
            return []
        kind = {
            "minimum": self.tr("minimum"), "saddle": self.tr("saddle"), "maximum": self.tr("maximum"),
            "degenerate": self.tr("degenerate stationary point"),
        }[found.kinds[which]]  # fmt: skip
        lines = [f"{kind}, f = {readable(found.values[which], 6)}"]
        curvatures = ", ".join(readable(value) for value in found.eigenvalues[which])
        lines.append(self.tr("eigenvalues {}").format(curvatures) if size > 1 else f"f″ = {curvatures}")
        if size > 1 and np.isfinite(found.condition(which)):
            lines.append(self.tr("condition number {}").format(readable(found.condition(which))))
        return lines


def minimum_lines(info: RaceInfo, plot: Plot, theme: themes.Theme) -> list[tuple[NDArray[Any], NDArray[Any], Any]]:
    """Dashed lines across the plot through the known minima."""
    x, y = (np.array(ends) for ends in plot.box.viewRange())
    stroke = pen(theme.muted, 1.0, Qt.PenStyle.DashLine)
    lines: list[tuple[NDArray[Any], NDArray[Any], Any]] = []
    for minimum in [] if info.minima is None else info.minima:
        lines += [(np.full(2, minimum[0]), y, stroke), (x, np.full(2, minimum[1]), stroke)]
    return lines
