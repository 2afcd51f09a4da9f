"""The height map of a landscape: its colours, the shading of its hills, and the places where there is no number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform

from workbench.engine.objectives.landscape import Surface
from workbench.engine.objectives.levels import Scale
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.style.theme import RELIEFS, Theme

_POINTS = 384  # of the picture a side: finer ones are taken every second or fourth point
#: slopes of the shade, in parts of it over the width of the picture, that are shaded by half
_STEEP = 2.0
_HATCH = 8  # pixels from line to line


class HeightMap(StillItem):
    """The surface as a picture, smooth, lit from the upper left; what is no number is hatched."""

    def __init__(self) -> None:
        super().__init__()
        self._image, self._hatch = QImage(), QImage()
        self._rect = QRectF()
        self._any_unknown = False
        self.setZValue(-100)

    def set_surface(
        self,
        surface: Surface,
        scale: Scale,
        theme: Theme,
        *,
        palette: str = "sea",
        shading: bool = True,
        unknown: bool = False,
    ) -> None:
        """Show a surface on a scale in a theme's colours; with `unknown`, not-a-number is what is not known yet."""
        self.prepareGeometryChange()
        every = max(1, len(surface.x) // _POINTS)
        values = np.asarray(surface.values, np.float64)[::every, ::every]
        shade = scale.shade(values)
        rgba = np.empty((*shade.shape, 4), np.uint8)
        known = np.isfinite(shade)
        heights = (255 * np.where(known, shade, 0.0)).astype(np.intp)
        table = theme.relief_colors(palette)
        light = _relief(shade) if shading else np.full(shade.shape, RELIEFS // 2)
        rgba[..., :3] = table[heights, light]
        rgba[..., 3] = np.where(known, 255, 0)
        rows, columns = shade.shape
        self._image = QImage(rgba.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()
        self._any_unknown = not known.all() and not (unknown and np.isnan(values[~known]).all())
        self._hatch = hatch(theme)
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
        if self._any_unknown:
            painter.save()
            world = painter.worldTransform()
            painter.setWorldTransform(QTransform())  # the hatching is as dense at every zoom
            painter.fillRect(world.mapRect(self._rect), QBrush(self._hatch))
            painter.restore()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._rect, self._image)


def _relief(shade: NDArray[np.float64]) -> NDArray[np.intp]:
    """The shading of each point, a column of `Theme.relief_colors`, for light from the upper left."""
    down, along = np.gradient(np.where(np.isfinite(shade), shade, 1.0))
    towards = (along - down) * np.sqrt(shade.size)
    lit = -towards / (_STEEP + np.abs(towards))
    return np.asarray(np.rint((lit + 1.0) / 2 * (RELIEFS - 1)), np.intp)


def hatch(theme: Theme) -> QImage:
    """A tile of slanting lines, in the colours of the plot."""
    tile = QImage(_HATCH, _HATCH, QImage.Format.Format_RGB32)
    tile.fill(QColor(theme.plot))
    line = QColor(theme.contour)
    for i in range(_HATCH):
        tile.setPixelColor(i, _HATCH - 1 - i, line)
    return tile


def strip(theme: Theme, palette: str) -> QImage:
    """All colours of a height map, the highest on top, one pixel wide."""
    colors = theme.relief_colors(palette)[::-1, RELIEFS // 2]
    image = QImage(1, len(colors), QImage.Format.Format_RGB32)
    for i, (red, green, blue) in enumerate(colors.tolist()):
        image.setPixelColor(0, i, QColor(red, green, blue))
    return image
