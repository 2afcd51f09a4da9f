"""The button of a lane's colour: a dot."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from workbench.ui.style import theme as themes

_SIZE = 18  # pixels


class ColorDot(QToolButton):
    """A round button in a colour. It paints itself: a style sheet of its own takes a millisecond for each colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_SIZE, _SIZE)
        self.shown, self._line, self._held = "", themes.LIGHT.line, themes.LIGHT.accent

    def show_color(self, color: str, theme: themes.Theme) -> None:
        """Have a colour, with the edge of a theme."""
        if (color, theme.line, theme.accent) != (self.shown, self._line, self._held):
            self.shown, self._line, self._held = color, theme.line, theme.accent
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if self.hasFocus() else 1.0
        painter.setPen(QPen(QColor(self._held if self.hasFocus() else self._line), width))
        if self.shown:
            painter.setBrush(QColor(self.shown))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = width / 2
        painter.drawEllipse(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge))
        painter.end()
