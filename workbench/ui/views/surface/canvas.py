"""Where the surface is drawn: a plot whose unit is the pixel, with keys that turn what is in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.space import Camera

_DEGREES, _ZOOM = 5.0, 1.15  # of a key
_TURNS = {
    Qt.Key.Key_Left: (_DEGREES, 0.0), Qt.Key.Key_Right: (-_DEGREES, 0.0),
    Qt.Key.Key_Up: (0.0, _DEGREES), Qt.Key.Key_Down: (0.0, -_DEGREES),
}  # fmt: skip
_ZOOMS = {Qt.Key.Key_Plus: _ZOOM, Qt.Key.Key_Equal: _ZOOM, Qt.Key.Key_Minus: 1 / _ZOOM}


def moved_by_key(camera: Camera, key: Qt.Key) -> Camera:
    """Where a key brings the camera: arrows turn it, + and − come nearer and go away, all others leave it."""
    if key in _TURNS:
        return camera.turned(*_TURNS[key])
    return camera.zoomed(_ZOOMS[key]) if key in _ZOOMS else camera


class Canvas(Plot):
    """Reached by Tab, it takes the keys of `moved_by_key`; Left and Right are the race's for all others."""

    def __init__(self, parent: QWidget, pressed: Callable[[Qt.Key], None], focused: Callable[[], None]) -> None:
        """`pressed` is told its keys, `focused` that it has the focus, or no longer."""
        super().__init__(parent)
        self._pressed, self._focused = pressed, focused
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Surface in space: arrow keys turn it, + and − zoom, Home shows all"))
        for side in ("left", "bottom"):
            self.axes[side].hide()
        self.box.setMouseEnabled(x=False, y=False)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.hasFocus():
            taken = Qt.Key(event.key()) in {*_TURNS, *_ZOOMS}
            event.setAccepted(taken)
            if taken:
                return True
        return bool(super().event(event))

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802 - Qt's name
        """A frame tells that it has the keys."""
        super().drawForeground(painter, rect)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 1.5))
            painter.drawRect(QRectF(self.sceneRect()).adjusted(1, 1, -1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = Qt.Key(event.key())
        if key in _TURNS or key in _ZOOMS:
            self._pressed(key)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self._focused()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self._focused()
