"""The mouse over a landscape: starts that are placed and added, and points of paths that are meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QRubberBand

from workbench.ui.plotting.plot import Plot
from workbench.ui.views.shared.base import View
from workbench.ui.views.shared.many import is_swarm

_DRAWN = 2  # coordinates of a landscape
_AT_REST = 4  # pixels that a mouse may move in a click

#: the run whose path is at a place of the plot, None where there is none
Find = Callable[[float, float], int | None]


class LandscapeMouse(QObject):
    """A click places the nearest start, with Shift it adds one; a drag with Shift asks for many in a rectangle.

    A click on a path picks its lane.
    """

    def __init__(self, view: View, plot: Plot, find: Find) -> None:
        super().__init__(view)
        self._view, self._plot, self._find = view, plot, find
        self._pressed: QPoint | None = None
        self._band: QRubberBand | None = None
        plot.scene().sigMouseClicked.connect(self._on_clicked)
        plot.viewport().installEventFilter(self)

    @property
    def _takes_starts(self) -> bool:
        """Whether what is shown has starts that one can see."""
        snapshot = self._view.snapshot
        return snapshot is not None and snapshot.info.points is not None and snapshot.info.size <= _DRAWN

    # A click

    def _on_clicked(self, event: Any) -> None:
        info = None if self._view.snapshot is None else self._view.snapshot.info
        if info is None or info.points is None or event.button() != Qt.MouseButton.LeftButton or event.isAccepted():
            return
        if event.double() or not self._plot.box.sceneBoundingRect().contains(event.scenePos()):
            return
        point = self._plot.box.mapSceneToView(event.scenePos())
        run = self._find(point.x(), point.y())
        if run is not None:  # a path is meant, not the ground beside it
            self._view.lane_picked.emit(run // info.starts)
            return
        if is_swarm(info):  # of so many starts none is meant
            return
        # with several starts, the click takes the nearest one along
        here = np.array([point.x(), point.y()])[: info.points.shape[1]]
        nearest = int(np.argmin(((info.points - here) ** 2).sum(axis=1)))
        self._view.drag_began.emit()  # each click is a step of undo of its own
        self._view.start_moved.emit(nearest, point.x(), point.y())
        self._view.drag_ended.emit(True)

    # With Shift

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take what is done with Shift held before the plot pans by it."""
        if not isinstance(event, QMouseEvent):
            return False
        kind, at = event.type(), event.position().toPoint()
        if kind == QEvent.Type.MouseButtonPress and self._begins(event):
            self._pressed = at
            return True
        if self._pressed is None:
            return False
        if kind == QEvent.Type.MouseMove:
            self._stretch(at)
            return True
        if kind == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
            self._end(at)
            return True
        return False

    def _begins(self, event: QMouseEvent) -> bool:
        held = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if not held or event.button() != Qt.MouseButton.LeftButton or not self._takes_starts:
            return False
        return bool(self._plot.box.sceneBoundingRect().contains(self._plot.mapToScene(event.position().toPoint())))

    def _stretch(self, at: QPoint) -> None:
        """Show the rectangle from where the button was pressed."""
        assert self._pressed is not None  # noqa: S101 - for the type checker
        if (at - self._pressed).manhattanLength() <= _AT_REST and self._band is None:
            return
        if self._band is None:
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, self._plot.viewport())
            self._band.setGeometry(QRect(self._pressed, QSize()))
            self._band.show()
        self._band.setGeometry(QRect(self._pressed, at).normalized())

    def _end(self, at: QPoint) -> None:
        """Ask for what was drawn: a rectangle, or a single point where the mouse was at rest."""
        begun, self._pressed = self._pressed, None
        if self._band is None:
            begun = at
        else:
            self._band.deleteLater()
            self._band = None
        assert begun is not None  # noqa: S101 - for the type checker
        ends = np.array([self._place(begun), self._place(at)])
        self._view.starts_wanted.emit(tuple(ends.min(axis=0).tolist()), tuple(ends.max(axis=0).tolist()))

    def _place(self, at: QPoint) -> list[float]:
        """Where a pixel is among the coordinates of the problem."""
        snapshot = self._view.snapshot
        point = self._plot.box.mapSceneToView(self._plot.mapToScene(at))
        return [point.x(), point.y()][: 2 if snapshot is None else snapshot.info.size]
