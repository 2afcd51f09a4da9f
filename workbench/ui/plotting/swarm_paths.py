"""Very many paths in one item: thin tails that fade with their age, put into pixels all at once.

Qt takes some 10 µs for each line of a path, and a thousand runs have tens of thousands of them in a frame. Here numpy
writes the pixels of all lines, the oldest first, into one picture, which Qt copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.engine.race.thinning import LIMIT
from workbench.ui.plotting.curves import with_room
from workbench.ui.plotting.kept_pixels import is_plain
from workbench.ui.plotting.traces import polygon_of

#: Of a tail's oldest and newest part, and of the point where the run stands.
_OLDEST, _NEWEST = 0.08, 0.8
#: Dots that are written in a frame, those of one line, and the share of the lines that are to have no gaps.
_DOTS, _LONGEST, _WHOLE = 200_000, 24, 0.8
#: Dots that are written besides, of lines that are longer, and how many such lines there are at most.
_MORE_DOTS, _MORE_LINES = 80_000, 6000
_FAR = 1 << 20  # pixels
#: how many dots a long line may be made of: as many as its pixels, or a little more
_COUNTS = np.array([f << k for k in range(3, 13) for f in (2, 3)])


class SwarmPaths(QGraphicsItem):
    """Tails of R runs, each with a dot where the run stands."""

    def __init__(self) -> None:
        super().__init__()
        self._points = np.zeros((0, 0, 2), np.float32)
        self._of = np.zeros(0, np.intp)
        self._colors: tuple[str, ...] = ()
        self._bounds = QRectF()
        self._buffer = np.zeros(0, np.uint32)  # kept from frame to frame: new memory takes longer than the lines
        self.setZValue(25)

    def set_runs(self, points: NDArray[Any], of: NDArray[np.intp], colors: Sequence[str]) -> None:
        """Draw the tails of points (K, R, 2), the oldest first, the last where the runs stand.

        `of` (R,) gives each run's place in `colors`. What is no number is not drawn.
        """
        self.prepareGeometryChange()
        self._points = np.clip(points.astype(np.float32), -LIMIT, LIMIT)
        self._of, self._colors = of, tuple(colors)
        ends = np.array([_ends(np.ascontiguousarray(self._points[..., axis])) for axis in (0, 1)])
        self._bounds = with_room(*ends) if np.isfinite(ends).all() else QRectF()
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
        width, height = size.width(), size.height()
        scale = np.array([world.m11(), world.m22()], np.float32) * np.float32(ratio)
        shift = np.array([world.dx(), world.dy()], np.float32) * np.float32(ratio)
        framed = self._framed(self._points * scale + shift, width, height)
        line = width + 2
        image = QImage(framed[line + 1 :].data, width, height, 4 * line, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawImage(0, 0, image)
        painter.restore()

    def picture(self, points: NDArray[np.float32], width: int, height: int) -> NDArray[np.uint32]:
        """The pixels (height, width) of tails through points (K, R, 2) in pixels, valid until the next picture."""
        return self._framed(points, width, height).reshape(height + 2, width + 2)[1:-1, 1:-1]

    def _framed(self, points: NDArray[np.float32], width: int, height: int) -> NDArray[np.uint32]:
        """The pixels of a picture, row after row, in a frame of one pixel, into which is put what lies outside."""
        line, size = width + 2, (width + 2) * (height + 2)
        if len(self._buffer) != size:
            self._buffer = np.zeros(size, np.uint32)
        buffer, table = self._buffer, _table(self._colors, len(points))
        buffer.fill(0)

        def put(x: NDArray[np.float32], y: NDArray[np.float32], values: Any) -> None:
            columns, rows = x.astype(np.int32), y.astype(np.int32)
            np.clip(columns, -1, width, out=columns)
            np.clip(rows, -1, height, out=rows)
            rows *= line
            rows += columns
            rows += line + 1
            buffer[rows] = values  # of several at one place the last stays

        far = np.float32(_FAR)  # of what is further, no number that fits into 32 bits would be left
        x, y = (np.clip(np.ascontiguousarray(points[..., axis]), -far, far) for axis in (0, 1))
        gone = np.isnan(x) | np.isnan(y)
        if gone.any():
            x[gone] = y[gone] = -far
        if len(points) > 1:
            dx, dy = np.diff(x, axis=0), np.diff(y, axis=0)
            lost = gone[1:] | gone[:-1]  # what is not drawn says nothing of how many dots the other lines need
            dots = self._dots(np.where(lost, np.nan, dx), np.where(lost, np.nan, dy))
            shares = np.arange(dots, dtype=np.float32)[:, None]
            shares /= len(shares)
            values = table[:-1][:, self._of]
            long = np.flatnonzero(np.maximum(np.abs(dx), np.abs(dy)) * ~lost > dots)[-_MORE_LINES:]
            begin, along = (np.array([part.ravel()[long] for part in pair]) for pair in ((x[:-1], y[:-1]), (dx, dy)))
            for at, here in _whole_lines(begin, along, (width, height)):
                put(at[0], at[1], values.ravel()[long[here]])
            put(  # the newest last: they lie on top
                x[:-1, None] + shares * dx[:, None], y[:-1, None] + shares * dy[:, None], values[:, None]
            )
        heads = table[-1, self._of]
        beside = np.array([-1.0, 0.0, 1.0], np.float32)[:, None]
        put(x[-1] + np.repeat(beside, 3, axis=0), y[-1] + np.tile(beside, (3, 1)), heads)
        return buffer

    @staticmethod
    def _dots(dx: NDArray[np.float32], dy: NDArray[np.float32]) -> int:
        """How many dots make a line: enough that most lines have no gaps, and no more than a frame has time for."""
        lengths = np.maximum(np.abs(dx), np.abs(dy))
        fine = lengths[np.isfinite(lengths)]
        if not len(fine):
            return 1
        place = int(_WHOLE * (len(fine) - 1))
        wanted = int(np.ceil(np.partition(fine, place)[place]))
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


def _ends(values: NDArray[np.float32]) -> tuple[float, float]:
    """The least and the greatest number."""
    flat = values.ravel()
    return float(np.fmin.reduce(flat, initial=np.inf)), float(np.fmax.reduce(flat, initial=-np.inf))


def _whole_lines(
    begin: NDArray[np.float32], along: NDArray[np.float32], size: tuple[int, int]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.intp]]]:
    """The dots (2, ...) of lines that begin at (2, L) and go `along`, one a pixel of what is seen of each;
    with their places.

    The last lines are the newest: they come first where a frame has not the time for all. Lines of a like length go
    together, so that numpy has few and large pieces of work.
    """
    edges = np.array(size, np.float32)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = -begin / along, (edges - begin) / along
    low, high, flat = np.minimum(one, other), np.maximum(one, other), along == 0
    low[flat], high[flat] = 0.0, np.where((begin >= 0) & (begin < edges), 1.0, -1.0)[flat]
    first, last = np.maximum(low.max(axis=0), 0.0), np.minimum(high.min(axis=0), 1.0)
    lengths = np.abs(along).max(axis=0) * np.maximum(last - first, 0.0)
    counts = np.zeros(len(lengths), np.intp)
    counts[lengths > 0] = _COUNTS[np.searchsorted(_COUNTS[:-1], lengths[lengths > 0])]
    affordable = (np.cumsum(counts[::-1])[::-1] <= _MORE_DOTS) & (counts > 0)
    for count in np.unique(counts[affordable]).tolist():
        here = np.flatnonzero(affordable & (counts == count))
        shares = first[here] + (last - first)[here] * (np.arange(count, dtype=np.float32) / count)[:, None]
        yield begin[:, None, here] + shares * along[:, None, here], here


@lru_cache(maxsize=64)
def _table(colors: tuple[str, ...], ages: int) -> NDArray[np.uint32]:
    """The pixels (K, C) of each colour by age, the last row opaque."""
    shares = [*np.linspace(_OLDEST, _NEWEST, max(1, ages - 1)), 1.0]
    return np.array([[_premultiplied(color, share) for color in colors] for share in shares], np.uint32)


def _premultiplied(name: str, share: float) -> int:
    color = QColor(name)
    r, g, b = (round(share * part) for part in (color.red(), color.green(), color.blue()))
    return (round(255 * share) << 24) | (r << 16) | (g << 8) | b
