"""The still parts of a landscape: the height map and its contour lines, made once for each surface."""

from __future__ import annotations

from typing import Any

import contourpy
import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from workbench.engine.objectives.landscape import Surface
from workbench.ui.plotting.curves import pen
from workbench.ui.plotting.heights import Heights
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.plotting.marks import to_pixels
from workbench.ui.style import theme as themes
from workbench.ui.style.theme import Theme

_LABELS = 7
_ENLARGED = 3
_PLACES = 24  # tried for a label
_APART = 3.0  # pixels that a label keeps free at its sides


class HeightMap(StillItem):
    """The surface as a picture, smooth."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._rect = QRectF()
        self.setZValue(-100)

    def set_surface(self, surface: Surface, shade: NDArray[Any], theme: Theme) -> None:
        """Show a surface in a theme's colours."""
        self.prepareGeometryChange()
        colors = theme.height_colors()[np.clip(shade * 255, 0, 255).astype(np.uint8)]
        small = np.ascontiguousarray(np.dstack([colors, np.full(shade.shape, 255, np.uint8)]))
        rows, columns = shade.shape
        image = QImage(small.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()
        self._image = image.scaled(
            columns * _ENLARGED, rows * _ENLARGED, Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        half_x = (surface.x[-1] - surface.x[0]) / (columns - 1) / 2
        half_y = (surface.y[-1] - surface.y[0]) / (rows - 1) / 2
        self._rect = QRectF(
            surface.x[0] - half_x, surface.y[0] - half_y,
            surface.x[-1] - surface.x[0] + 2 * half_x, surface.y[-1] - surface.y[0] + 2 * half_y,
        )  # fmt: skip
        self.changed()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def draw(self, painter: QPainter) -> None:
        painter.drawImage(self._rect, self._image)


class ContourLines(StillItem):
    """All contour lines in one path, with a few values written on them."""

    def __init__(self) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._pen = pen("#808080", 1.0)
        self._labels: list[tuple[NDArray[Any], str]] = []  # places (K, 2), the wanted one first
        self._ink = QColor("#808080")
        self.setZValue(-90)

    def set_surface(self, surface: Surface, found: Heights, theme: Theme) -> None:
        """Draw the lines of a surface."""
        self.prepareGeometryChange()
        self._pen, self._ink = pen(theme.contour, 1.0), QColor(theme.muted)
        values = np.asarray(surface.values, dtype=float)
        finite = np.isfinite(values)
        masked = values if finite.all() else np.ma.array(values, mask=~finite)
        generator = contourpy.contour_generator(
            surface.x, surface.y, masked, line_type=contourpy.LineType.ChunkCombinedNan
        )
        parts: list[NDArray[Any]] = []
        self._labels = []
        every = max(1, len(found.levels) // _LABELS)
        for i, level in enumerate(found.levels):
            points: Any = generator.lines(level)
            lines = points[0][0]
            if lines is None:
                continue
            parts += [lines, np.full((1, 2), np.nan)]
            if i % every == 0:
                places = _label_places(lines, surface, i)
                if len(places):
                    self._labels.append((places, f"{level:.4g}".replace("-", "−")))
        joined = np.concatenate(parts) if parts else np.zeros((0, 2))
        if len(joined):
            self._path = pg.functions.arrayToQPath(joined[:, 0].copy(), joined[:, 1].copy(), connect="finite")
        else:
            self._path = QPainterPath()
        self.changed()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._path.boundingRect()

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        painter.drawPath(self._path)
        painter.setFont(themes.font(themes.SMALL_POINTS - 1.5))
        painter.setPen(self._ink)
        for point, text, box in self.placed(painter):
            painter.save()
            to_pixels(painter, point)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
            painter.restore()

    def placed(self, painter: QPainter) -> list[tuple[QPointF, str, QRectF]]:
        """The labels that keep a distance from each other in pixels: point, text, and the text's box around the point.

        The painter has their font, and the plot's transformation. A label for which no place is free is left out.
        """
        world, metrics = painter.worldTransform(), painter.fontMetrics()
        taken: list[QRectF] = []
        found = []
        for places, text in self._labels:
            width, height = metrics.horizontalAdvance(text) + 2.0, float(metrics.height())
            box = QRectF(-width / 2, -height / 2, width, height)
            for x, y in places.tolist():
                here = box.translated(world.map(QPointF(x, y))).adjusted(-_APART, -_APART / 2, _APART, _APART / 2)
                if not any(here.intersects(other) for other in taken):
                    taken.append(here)
                    found.append((QPointF(x, y), text, box))
                    break
        return found


def _label_places(lines: NDArray[Any], surface: Surface, number: int) -> NDArray[Any]:
    """Points (K, 2) on the longest piece of a contour, inside the picture, the best one first.

    Neighbours' labels fall on different sides.
    """
    breaks = np.flatnonzero(np.isnan(lines[:, 0]))
    pieces = np.split(lines, breaks)
    longest: NDArray[Any] = max((p[~np.isnan(p[:, 0])] for p in pieces), key=len)
    if len(longest) < 12:
        return longest[:0]
    x0, x1, y0, y1 = surface.x[0], surface.x[-1], surface.y[0], surface.y[-1]
    u = (longest[:, 0] - x0) / (x1 - x0)
    v = (longest[:, 1] - y0) / (y1 - y0)
    inside = np.flatnonzero((u > 0.06) & (u < 0.94) & (v > 0.06) & (v < 0.94))
    # neighbouring levels take turns around the picture, so that values do not pile up where lines are dense
    angle = 2.4 * number
    order = np.argsort(-(np.cos(angle) * u[inside] + np.sin(angle) * v[inside]), kind="stable")
    return np.asarray(longest[inside[order[:: max(1, len(order) // _PLACES)]]])
