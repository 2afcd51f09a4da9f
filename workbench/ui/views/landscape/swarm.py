"""A race from very many starts over the plane: fading tails in place of paths, a dot in place of a ring and a mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import with_room
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.plotting.marks import to_pixels
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.swarm_paths import SwarmPaths
from workbench.ui.style import theme as themes

_TAIL = 24  # recorded steps
_NEAR = 6.0  # pixels from the mouse to the point that it points at


class StartDots(StillItem):
    """A small ring at each of very many starts, painted once."""

    def __init__(self) -> None:
        super().__init__()
        self._points: NDArray[Any] = np.zeros((0, 2))
        self._color = ""
        self._bounds: Any = None
        self.setZValue(12)

    def set_points(self, points: NDArray[Any], color: str) -> None:
        """Put rings at points (S, 2)."""
        if color == self._color and np.array_equal(points, self._points):
            return
        self.prepareGeometryChange()
        self._points, self._color = points.copy(), color
        self.changed()

    def boundingRect(self) -> Any:  # noqa: N802 - Qt's name
        points = self._points if len(self._points) else np.zeros((1, 2))
        return with_room(points[:, 0], points[:, 1])

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(self._color)
        color.setAlphaF(0.45)
        pen = QPen(color, 0.8)
        for x, y in self._points.tolist():
            painter.save()
            to_pixels(painter, QPointF(x, y))
            painter.setPen(pen)
            painter.drawEllipse(QPointF(0, 0), 2.0, 2.0)
            painter.restore()


class SwarmScene:
    """Draws a snapshot's runs as a swarm, and knows which one is near a point."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.paths, self.starts = SwarmPaths(), StartDots()
        for item in (self.starts, self.paths):
            plot.box.addItem(item, ignoreBounds=True)
        self._steps = np.zeros(0, np.int64)

    def draw(self, snapshot: Snapshot, colors: Sequence[str], theme: themes.Theme, *, upright: str = "") -> None:
        """Draw the tails of all runs; of an objective of one coordinate `upright` names what goes upwards."""
        info, history = snapshot.info, snapshot.history
        path, state = history.values.get("path"), np.asarray(snapshot.theta, np.float64)
        count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
        rows = slice(max(0, count - _TAIL), count)
        if path is None:
            path = np.full((len(history.steps), *state.shape), np.nan)
        tail = path[rows]
        if upright:
            tail = np.concatenate([tail, history.values[upright][rows, :, None]], axis=2)
            state = np.column_stack([state, snapshot.loss])
        self._steps = np.append(history.steps[rows], snapshot.step)
        of = np.repeat(np.arange(len(info.lanes)), info.starts)
        self.paths.set_runs(np.concatenate([tail, state[None]]), of, colors)
        points = np.zeros((0, 2)) if info.points is None or upright else info.points
        self.starts.set_points(points, theme.text)

    def clear(self) -> None:
        """Draw nothing: the starts are few."""
        if self.paths.runs:
            self.paths.set_runs(np.zeros((0, 0, 2)), np.zeros(0, np.intp), ())
            self.starts.set_points(np.zeros((0, 2)), "")

    def moment(self, x: float, y: float) -> tuple[int, int] | None:
        """The run and the step of the drawn point nearest to a place; None where none is near."""
        (x0, x1), (y0, y1) = self._plot.box.viewRange()
        pixels = np.array([self._plot.box.width() / (x1 - x0), self._plot.box.height() / (y1 - y0)])
        found = self.paths.nearest(x, y, pixels, _NEAR)
        return None if found is None else (found[1], int(self._steps[found[0]]))

    @property
    def points(self) -> NDArray[Any]:
        """Where the runs stand, for a legend that is to hide the fewest (R, 2)."""
        return self.paths.heads
