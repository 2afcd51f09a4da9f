"""Which way is down: a field of arrows along the negative gradient of a surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from workbench.engine.objectives.landscape import Surface
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.style.theme import Theme

_SPACING = 34.0  # pixels from arrow to arrow
_LONGEST, _SHORTEST, _HEAD = 24.0, 5.0, 5.0
_DECADES = 4.0  # of the gradient's length, from the shortest arrow to the longest


class Arrows(StillItem):
    """An arrow every few pixels, in the direction of steepest descent, as long as its length's logarithm."""

    def __init__(self) -> None:
        super().__init__()
        self._surface: Surface | None = None
        self._down: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._color = QColor()
        self._rect = QRectF()
        self.setZValue(-80)

    def set_surface(self, surface: Surface, theme: Theme) -> None:
        """Show the gradient of a surface, by the differences of its points."""
        color = QColor(theme.muted)
        if surface is self._surface and color == self._color:
            return
        self.prepareGeometryChange()
        if surface is not self._surface:
            upwards, along = np.gradient(np.asarray(surface.values, np.float64), surface.y, surface.x)
            self._down = (-np.asarray(along), -np.asarray(upwards))
        self._surface, self._color = surface, color
        self._rect = QRectF(surface.x[0], surface.y[0], surface.x[-1] - surface.x[0], surface.y[-1] - surface.y[0])
        self.changed()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def draw(self, painter: QPainter) -> None:
        if self._surface is None or self._down is None:
            return
        world = painter.worldTransform()
        lines = self._lines(world, self._surface, self._down)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._color, 1.1))
        painter.drawLines(lines)
        painter.restore()

    def _lines(
        self, world: QTransform, surface: Surface, down: tuple[NDArray[np.float64], NDArray[np.float64]]
    ) -> list[QLineF]:
        """The strokes of all arrows in pixels."""
        area = world.mapRect(self._rect)
        across = np.arange(area.left() + _SPACING / 2, area.right(), _SPACING)
        below = np.arange(area.top() + _SPACING / 2, area.bottom(), _SPACING)
        px, py = (part.ravel() for part in np.meshgrid(across, below))
        i = np.clip(np.rint((px - area.left()) / area.width() * (len(surface.x) - 1)), 0, len(surface.x) - 1).astype(
            int
        )
        j = np.clip(np.rint((area.bottom() - py) / area.height() * (len(surface.y) - 1)), 0, len(surface.y) - 1)
        j = j.astype(int)
        dx, dy = down[0][j, i], down[1][j, i]
        size = np.hypot(dx, dy)
        known = np.isfinite(size) & (size > 0)
        if not known.any():
            return []
        px, py, size = px[known], py[known], size[known]
        # the direction in the plane, as the axes show it
        ux, uy = dx[known] * world.m11(), dy[known] * world.m22()
        length = np.hypot(ux, uy)
        share = np.clip(1.0 + np.log10(size / size.max()) / _DECADES, 0.0, 1.0)
        reach = _SHORTEST + (_LONGEST - _SHORTEST) * share
        ux, uy = ux / length, uy / length
        x0, y0, x1, y1 = px - ux * reach / 2, py - uy * reach / 2, px + ux * reach / 2, py + uy * reach / 2
        strokes = [np.column_stack([x0, y0, x1, y1])]
        for side in (0.5, -0.5):  # the head
            back = (x1 - _HEAD * (0.87 * ux - side * uy), y1 - _HEAD * (0.87 * uy + side * ux))
            strokes += [np.column_stack([x1, y1, *back])]
        return [QLineF(*stroke) for stroke in np.concatenate(strokes).tolist()]
