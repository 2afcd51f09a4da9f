"""A quiet sentence in a plot that has next to nothing to draw yet."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.ui.style import theme as themes

_MARGIN = 24.0  # pixels: the marks at the border of the plot stay clear of it


class Hint(QGraphicsItem):
    """A sentence in the middle of a plot, broken where the plot is narrow; none hides it."""

    def __init__(self, plot: Any) -> None:
        super().__init__(plot.plot_item)
        self._box = plot.box
        self._theme = themes.LIGHT
        self._area = QRectF()
        #: the sentence that stands there
        self.text = ""
        self.setZValue(50)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.hide()
        self._box.sigResized.connect(self._on_box_resized)

    def say(self, sentence: str, theme: themes.Theme) -> None:
        """Show a sentence in the colours of a theme."""
        self.text, self._theme = sentence, theme
        self.setVisible(bool(sentence))
        self._fit()

    def _on_box_resized(self, _box: object) -> None:
        self._fit()

    def _fit(self) -> None:
        area = QRectF(self._box.geometry()).adjusted(_MARGIN, 4, -_MARGIN, -4)
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._area

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setFont(themes.font())
        painter.setPen(QColor(self._theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self._area, int(flags), self.text)
