"""Values under the cursor: a small text beside the mouse in a plot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF

from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes


class Readout(QObject):
    """Shows what `read(x, y)` says of the point under the mouse, in the plot's own coordinates."""

    def __init__(self, plot: Plot, read: Callable[[float, float], str], left: Callable[[], None] | None = None) -> None:
        """`left` is called when the mouse leaves the plot."""
        super().__init__(plot)
        self._plot, self._read, self._left = plot, read, left
        self._text = pg.TextItem(anchor=(0, 0))
        self._text.setZValue(100)
        self._text.hide()
        plot.box.addItem(self._text, ignoreBounds=True)
        self._dot = pg.ScatterPlotItem(size=7, pxMode=True)
        self._dot.setZValue(99)
        plot.box.addItem(self._dot, ignoreBounds=True)
        self._at: QPointF | None = None
        plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        plot.viewport().installEventFilter(self)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._text.fill = pg.mkBrush(theme.panel + "")
        self._text.border = pg.mkPen(theme.line)
        self._text.setColor(theme.text)
        self._dot.setPen(pg.mkPen(theme.plot, width=1.5))
        self._dot.setBrush(pg.mkBrush(theme.text))
        self._text.setFont(themes.font(themes.SMALL_POINTS))

    def point_at(self, x: float, y: float) -> None:
        """Put a dot where what is read stands, until something else is read."""
        self._dot.setData([x], [y])

    def refresh(self) -> None:
        """Read again where the mouse is: the values have changed under it."""
        if self._at is not None:
            self._show(self._at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Leave:
            self._at = None
            self._hide()
            if self._left is not None:
                self._left()
        return False

    def _on_mouse_moved(self, position: Any) -> None:
        self._at = position
        self._show(position)

    def _show(self, position: QPointF) -> None:
        box = self._plot.box
        if not box.sceneBoundingRect().contains(position):
            self._hide()
            return
        point = box.mapSceneToView(position)
        if self._dot.data.size:
            self._dot.clear()
        said = self._read(point.x(), point.y())
        if not said:
            self._hide()
            return
        self._text.setText(said)
        area = box.sceneBoundingRect()
        # the text keeps clear of the cursor and inside the plot: it opens to the emptier side
        right = position.x() > area.center().x()
        low = position.y() > area.center().y()
        size = self._text.boundingRect()
        wide, tall = max(size.width(), 1.0), max(size.height(), 1.0)
        left = position.x() + (-1.06 if right else 0.06) * wide
        top = position.y() + (-1.1 if low else 0.1) * tall
        if area.top() < top < area.bottom() - tall:  # a wide one stands above or below the cursor
            left = max(area.left() + 1, min(left, area.right() - wide - 1))
        else:  # one that has no room there stands beside it
            top = max(area.top() + 1, min(top, area.bottom() - tall - 1))
        self._text.setAnchor(((position.x() - left) / wide, (position.y() - top) / tall))
        self._text.setPos(point)
        self._text.show()
        # pyqtgraph lets a hidden text miss what happens to the plot's scale: shown, it would be far away and large
        self._text.updateTransform(force=True)

    def _hide(self) -> None:
        self._text.hide()
        self._dot.clear()
