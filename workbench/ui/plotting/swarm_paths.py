"""Very many paths in one item: thin tails that fade with their age, put into pixels all at once.

Qt takes some 10 µs for each line of a path, and a thousand runs have tens of thousands of them in a frame. Here numpy
writes the pixels of all lines, the oldest first, into one picture, which Qt copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.ui.plotting.curves import LIMIT, with_room
from workbench.ui.plotting.kept_pixels import is_plain
from workbench.ui.plotting.traces import polygon_of

#: Of a tail's oldest and newest part, and of the point where the run stands.
_OLDEST, _NEWEST = 0.08, 0.8
#: Dots that are written in a frame, those of one line, and the share of the lines that are to have no gaps.
_DOTS, _LONGEST, _WHOLE = 200_000, 24, 0.8
_FAR = 1 << 20  # pixels


class SwarmPaths(QGraphicsItem):
    """Tails of R runs, each with a dot where the run stands."""

    def __init__(self) -> None:
        super().__init__()
        self._points = np.zeros((0, 0, 2), np.float32)
        self._of = np.zeros(0, np.intp)
        self._colors: tuple[str, ...] = ()
        self._bounds = QRectF()
        self.setZValue(25)

    def set_runs(self, points: NDArray[Any], of: NDArray[np.intp], colors: Sequence[str]) -> None:
        """Draw the tails of points (K, R, 2), the oldest first, the last where the runs stand.

        `of` (R,) gives each run's place in `colors`. What is no number is not drawn.
        """
        self.prepareGeometryChange()
        self._points = np.clip(points.astype(np.float32), -LIMIT, LIMIT)
        self._of, self._colors = of, tuple(colors)
        flat = self._points.reshape(-1, 2)
        low, high = (fold.reduce(flat, axis=0, initial=none) for fold, none in ((np.fmin, np.inf), (np.fmax, -np.inf)))
        ends = np.array([low, high])
        self._bounds = with_room(ends[:, 0], ends[:, 1]) if np.isfinite(ends).all() else QRectF()
        self.update()

    @property
    def runs(self) -> int:
        """How many runs are drawn."""
        return self._points.shape[1]

    @property
    def heads(self) -> NDArray[Any]:
        """Where the runs stand (R, 2)."""
        return self._points[-1].astype(float) if len(self._points) else np.zeros((0, 2))

    def nearest(self, x: float, y: float, pixels: NDArray[Any], within: float) -> tuple[int, int] | None:
        """The place in its tail and the run of the point nearest to (x, y); None where none is `within` pixels of it.

        `pixels` (2,) are those of a unit of x and y.
        """
        if not self._points.size:
            return None
        with np.errstate(over="ignore"):  # what is that far away is not meant
            apart = ((self._points - np.array([x, y], np.float32)) * pixels.astype(np.float32)) ** 2
            squares = np.where(np.isfinite(apart), apart, np.inf).sum(axis=2)
        at = int(squares.argmin())
        if not squares.flat[at] <= within**2:
            return None
        place, run = divmod(at, self._points.shape[1])
        return place, run

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        if not self._points.size:
            return
        world, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        if widget is None or not is_plain(painter, world, ratio):
            self._draw_lines(painter)
            return
        size = widget.size() * ratio
        scale = np.array([world.m11(), world.m22()], np.float32) * np.float32(ratio)
        shift = np.array([world.dx(), world.dy()], np.float32) * np.float32(ratio)
        pixels = self.picture(self._points * scale + shift, size.width(), size.height())
        image = QImage(
            pixels.data, size.width(), size.height(), 4 * size.width(), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawImage(0, 0, image)
        painter.restore()

    def picture(self, points: NDArray[np.float32], width: int, height: int) -> NDArray[np.uint32]:
        """The pixels (height, width) of tails through points (K, R, 2) in pixels."""
        framed = np.zeros((height + 2, width + 2), np.uint32)  # what lies outside is put into the frame
        buffer, table = framed.reshape(-1), _table(self._colors, len(points))

        def put(x: NDArray[np.float32], y: NDArray[np.float32], values: Any) -> None:
            columns, rows = (np.nan_to_num(part, copy=False, nan=-2.0).astype(np.int32) for part in (x, y))
            np.clip(columns, -1, width, out=columns)
            np.clip(rows, -1, height, out=rows)
            rows += 1
            rows *= width + 2
            rows += columns
            rows += 1
            buffer[rows] = values

        far = float(_FAR)  # of it, no number that fits into 32 bits would be left
        points = np.clip(points, -far, far)
        x, y = np.ascontiguousarray(points[..., 0]), np.ascontiguousarray(points[..., 1])
        if len(points) > 1:
            dx, dy = np.diff(x, axis=0), np.diff(y, axis=0)
            shares = np.arange(self._dots(dx, dy), dtype=np.float32)[:, None]
            shares /= len(shares)
            values = table[:-1][:, self._of]
            for age in range(len(dx)):  # the newest last: they lie on top
                put(x[age] + shares * dx[age], y[age] + shares * dy[age], values[age])
        heads = table[-1, self._of]
        for right in (-1, 0, 1):
            for down in (-1, 0, 1):
                put(x[-1] + right, y[-1] + down, heads)
        return np.ascontiguousarray(framed[1:-1, 1:-1])

    @staticmethod
    def _dots(dx: NDArray[np.float32], dy: NDArray[np.float32]) -> int:
        """How many dots make a line: enough that most lines have no gaps, and no more than a frame has time for."""
        lengths = np.maximum(np.abs(dx), np.abs(dy))
        fine = lengths[np.isfinite(lengths)]
        if not len(fine):
            return 1
        wanted = int(np.ceil(np.partition(fine, int(_WHOLE * (len(fine) - 1)))[int(_WHOLE * (len(fine) - 1))]))
        return max(1, min(wanted, _LONGEST, _DOTS // dx.size))

    def _draw_lines(self, painter: QPainter) -> None:
        """The same as lines, for pictures that are no pixels of the screen."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for run in range(self.runs):
            tail = self._points[:, run].astype(float)
            tail = tail[np.isfinite(tail).all(axis=1)]
            if not len(tail):
                continue
            color = QColor(self._colors[int(self._of[run])])
            for half, share in ((tail[: len(tail) // 2 + 1], 0.35), (tail[len(tail) // 2 :], 0.8)):
                color.setAlphaF(share)
                line = QPen(color, 0.8)
                line.setCosmetic(True)
                painter.setPen(line)
                painter.drawPolyline(polygon_of(half))
            color.setAlphaF(1.0)
            dot = QPen(color, 2.6)
            dot.setCosmetic(True)
            painter.setPen(dot)
            painter.drawPoints(polygon_of(tail[-1:]))


@lru_cache(maxsize=64)
def _table(colors: tuple[str, ...], ages: int) -> NDArray[np.uint32]:
    """The pixels (K, C) of each colour by age, the last row opaque."""
    shares = [*np.linspace(_OLDEST, _NEWEST, max(1, ages - 1)), 1.0]
    return np.array([[_premultiplied(color, share) for color in colors] for share in shares], np.uint32)


def _premultiplied(name: str, share: float) -> int:
    color = QColor(name)
    r, g, b = (round(share * part) for part in (color.red(), color.green(), color.blue()))
    return (round(255 * share) << 24) | (r << 16) | (g << 8) | b
