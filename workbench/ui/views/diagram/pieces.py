"""A picture that is painted anew in pieces of a few milliseconds, while the one before still shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

#: paints a part of it
Piece = Callable[[QPainter], None]


class PieceByPiece:
    """Pixels as large as a widget. `plan` says what they are to show, `ready` paints as much as there is time for."""

    def __init__(self) -> None:
        self._shown, self._making = QPixmap(), QPixmap()
        self._todo: list[Piece] = []
        self._done = 0

    def plan(self, pieces: Sequence[Piece]) -> None:
        """Show these pieces one over the other from now on; what was begun before them goes."""
        self._todo, self._done = list(pieces), 0

    def ready(self, size: QSize, ratio: float, until: float | None) -> QPixmap:
        """The picture of a size, with `ratio` pixels of the device to one; the one before where it is not whole yet.

        `until` is when to leave off (`time.perf_counter`), after one piece at least; None paints all that is left, as
        does another size.
        """
        whole = size * ratio
        if self._shown.size() != whole:
            until = None
        if self._making.size() != whole:
            self._done = 0
        while self._done < len(self._todo):
            self._paint_one(whole, ratio)
            if until is not None and time.perf_counter() >= until:
                break
        if self._todo and self._done == len(self._todo):
            self._shown, self._making, self._todo = self._making, self._shown, []
        return self._shown

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to paint."""
        return not self._todo

    def _paint_one(self, whole: QSize, ratio: float) -> None:
        if self._done == 0:
            if self._making.size() != whole:
                self._making = QPixmap(whole)
                self._making.setDevicePixelRatio(ratio)
            self._making.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._making)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        try:
            self._todo[self._done](painter)
        finally:
            painter.end()
        self._done += 1
