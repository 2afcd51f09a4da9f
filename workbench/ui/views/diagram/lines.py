"""The weights of a drawn network as lines, and what flows along the largest of them."""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from workbench.ui.style import theme as themes
from workbench.ui.views.diagram.pieces import Piece
from workbench.ui.views.diagram.places import Edge, Places

_BUCKETS = 7
_WIDEST = 5.0
_STRAND = 0.8  # pixels between the strands of a wide line
#: how strong the faintest line is
_FAINTEST = {"light": 0.22, "dark": 0.4}
#: lines that are drawn, and of these such along which something flows: the largest
_MOST_LINES, _MOST_FLOWS = 700, 90
#: the square of the room between two columns that one line takes, and how many there are at least
_ROOM_A_LINE, _FEWEST_A_LAYER = 64.0, 24
#: lines that are painted in one go
_IN_A_PATH = 40
_DOT = 3.4
_GOLDEN = 0.618034


def up_and_down(theme: themes.Theme) -> tuple[QColor, QColor]:
    """The colours of what is above zero, and below."""
    return QColor(theme.lane("#0072B2")), QColor(theme.lane("#D55E00"))


class Lines:
    """The largest weights between visible columns, as many as can be read.

    Attributes:
        largest: the size of the widest line.
        paths: by sign and about one size, the faintest first, each with its pen.
    """

    def __init__(self) -> None:
        self.largest = 0.0
        self.paths: list[tuple[QPainterPath, QPen]] = []
        self._flows: list[Edge] = []
        self._signs, self._ends = np.empty(0, bool), np.empty((0, 4))

    def make(self, values: dict[int, NDArray[Any]], places: Places, theme: themes.Theme) -> None:
        """Lay out the weights (n_in, n_out) of layers, each as wide as it is large.

        A wide line is several of one pixel side by side: those Qt draws many times faster than wide ones.
        """
        self.paths, self._flows, self._signs = [], [], np.empty(0, bool)
        known = {layer: np.nan_to_num(v, nan=0.0, posinf=0.0, neginf=0.0) for layer, v in values.items()}
        self.largest = max((float(np.abs(v).max(initial=0.0)) for v in known.values()), default=0.0)
        if not self.largest > 0:
            return
        most = max(_FEWEST_A_LAYER, int(places.pitch**2 / _ROOM_A_LINE))
        edges = [(layer, *place) for layer, v in known.items() for place in _largest(v, most)]
        sizes = np.array([known[layer][i, j] / self.largest for layer, i, j in edges])
        order = np.argsort(-np.abs(sizes), kind="stable")[:_MOST_LINES]
        self._flows = [edges[k] for k in order[:_MOST_FLOWS]]
        self._ends = np.array([places.ends(edge) for edge in self._flows]).reshape(-1, 4)
        self._signs = sizes[order[:_MOST_FLOWS]] > 0
        groups: dict[tuple[int, bool], list[Edge]] = {}
        for k, size in zip(order.tolist(), sizes[order].tolist(), strict=True):
            groups.setdefault((math.ceil(_BUCKETS * abs(size)), size > 0), []).append(edges[k])
        for (bucket, positive), some in sorted(groups.items(), key=lambda item: item[0]):
            pen = _pen(bucket, positive, theme)
            for first in range(0, len(some), _IN_A_PATH):
                self.paths.append((_path(some[first : first + _IN_A_PATH], bucket, places), pen))

    def pieces(self) -> list[Piece]:
        """What paints the lines, one after the other."""
        return [partial(_paint_path, path=path, pen=pen) for path, pen in self.paths]

    def paint_flow(self, painter: QPainter, places: Places, theme: themes.Theme, share: float, *, back: bool) -> None:
        """A dot on each of the largest lines, on its way forward or back; `share` from 0 to 1 is once along."""
        if not self._flows:
            return
        # no two begin together: steps of the golden ratio lie evenly
        shares = (share + _GOLDEN * np.arange(len(self._flows))) % 1.0
        points = places.along(self._ends, 1.0 - shares if back else shares)
        dots = _dots(theme.name, painter.device().devicePixelRatioF())
        half = _DOT / 2 + 1.0
        for (x, y), positive in zip((points - half).tolist(), self._signs.tolist(), strict=True):
            painter.drawPixmap(QPointF(x, y), dots[0 if positive else 1])


@lru_cache(maxsize=4)
def _dots(theme_name: str, ratio: float) -> tuple[QPixmap, QPixmap]:
    """A dot for what is above zero and one for what is below, as pictures: these are painted many times a frame."""
    theme, made = themes.THEMES[theme_name], []
    for color in up_and_down(theme):
        side = math.ceil((_DOT + 2.0) * ratio)
        pixmap = QPixmap(side, side)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.plot), 1.0))
        painter.setBrush(color)
        painter.drawEllipse(QPointF(_DOT / 2 + 1, _DOT / 2 + 1), _DOT / 2 + 0.4, _DOT / 2 + 0.4)
        painter.end()
        made.append(pixmap)
    return made[0], made[1]


def _pen(bucket: int, positive: bool, theme: themes.Theme) -> QPen:
    color, faintest = QColor(up_and_down(theme)[0 if positive else 1]), _FAINTEST[theme.name]
    color.setAlphaF(min(1.0, faintest + (0.9 - faintest) * bucket / _BUCKETS))
    return QPen(color, 1.0)


def _path(edges: list[Edge], bucket: int, places: Places) -> QPainterPath:
    """The curves of weights of about one size."""
    path, strands = QPainterPath(), max(1, round(_WIDEST * bucket / _BUCKETS))
    for edge in edges:
        for strand in range(strands):
            places.add_line(path, edge, _STRAND * (strand - (strands - 1) / 2))
    return path


def _paint_path(painter: QPainter, path: QPainterPath, pen: QPen) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPath(path)


def _largest(values: NDArray[Any], most: int) -> list[tuple[int, int]]:
    """The places of the numbers that are largest, of those that are not zero."""
    sizes = np.abs(values).ravel()
    order = np.argsort(-sizes, kind="stable")[:most]
    columns = values.shape[1]
    return [divmod(int(k), columns) for k in order if sizes[k] > 0]
