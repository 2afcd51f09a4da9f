"""What the colours of a map mean that are no scale, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from workbench.ui.plotting.surfaces import hatch
from workbench.ui.style import theme as themes

_SWATCH, _GAP = 11, 5


class KeyRow(QWidget):
    """Swatches with a word each: an empty colour is the hatching, a sign itself. What has no room is left out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: tuple[tuple[str, str], ...] = ()
        self._theme = themes.LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: Sequence[tuple[str, str]], theme: themes.Theme) -> None:
        """Show (colour, word) of each."""
        if (tuple(entries), theme) != (self._entries, self._theme):
            self._entries, self._theme = tuple(entries), theme
            self.setAccessibleName(", ".join(word for _, word in entries))
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(80, self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(40, self.fontMetrics().height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        metrics = painter.fontMetrics()
        x, middle = 6.0, self.height() / 2
        for color, word in self._entries:
            width = metrics.horizontalAdvance(word)
            if x + _SWATCH + _GAP + width > self.width():
                break
            swatch = QRectF(x, middle - _SWATCH / 2, _SWATCH, _SWATCH)
            painter.setPen(QColor(self._theme.muted))
            if len(color) == 1:
                painter.drawText(swatch, int(Qt.AlignmentFlag.AlignCenter), color)
            else:
                painter.fillRect(swatch, QColor(color) if color else hatch(self._theme))
                painter.setPen(QColor(self._theme.line))
                painter.drawRect(swatch)
                painter.setPen(QColor(self._theme.muted))
            x += _SWATCH + _GAP
            painter.drawText(round(x), round(middle + metrics.ascent() / 2 - 1), word)
            x += width + 3 * _GAP
        painter.end()


class Foot(QWidget):
    """The key of a map, how much of it is computed, and a button to stop that or to go on."""

    #: the button was pressed
    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 2)
        self.key = KeyRow(self)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        self.progress.setFixedSize(110, 12)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("How much of the map is computed"))
        self.button = QToolButton(self)
        self.button.clicked.connect(self.pressed)
        row.addWidget(self.key, 1)
        row.addWidget(self.progress)
        row.addWidget(self.button)

    def show_progress(self, share: float, *, busy: bool, whole: bool) -> None:
        """Show how far the map is, and what the button does; a map that is whole needs neither."""
        self.progress.setVisible(busy)
        self.progress.setValue(round(1000 * share))
        self.button.setText(self.tr("stop") if busy else self.tr("go on"))
        tips = self.tr("Compute no finer map"), self.tr("Compute the map from its beginning")
        self.button.setToolTip(tips[0] if busy else tips[1])
        self.button.setVisible(busy or not whole)
