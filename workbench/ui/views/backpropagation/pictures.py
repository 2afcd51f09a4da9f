"""Small pictures beside the numbers of a stage: the sample that is an image, and an activation with its slope."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.engine.network.explain import Curve
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.words.text import signed

_WIDE, _HIGH = 240, 132
_DOT = 2.6


def ink_image(values: NDArray[Any], theme: themes.Theme) -> QImage:
    """Pixels (rows, columns) as ink on paper, the largest the darkest."""
    ink, paper = np.array(parse(theme.text)), np.array(parse(theme.plot))
    share = np.clip(values / max(float(np.max(values)), 1e-12), 0.0, 1.0)[..., None]
    rgb = np.round(255 * (paper + (ink - paper) * share)).astype(np.uint8)
    rows, columns = values.shape
    rgba = np.ascontiguousarray(np.dstack([rgb, np.full((rows, columns), 255, np.uint8)]))
    return QImage(rgba.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()


class SlopePlot(QWidget):
    """An activation f and its slope f′ over z, with the z of a layer on both."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The activation and its slope"))
        self.setToolTip(
            self.tr("The activation f, and dashed its slope f′; dots are this layer's z. Where f′ is 0 nothing passes")
        )
        self.curve: Curve | None = None
        self._picked: float | None = None
        self._theme = themes.LIGHT

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_WIDE, _HIGH)

    def show_curve(self, curve: Curve, theme: themes.Theme, picked: float | None) -> None:
        """Show an activation; `picked` is the z that is worked out."""
        self.curve, self._theme, self._picked = curve, theme, picked
        self.update()

    def range(self) -> tuple[float, float]:
        """The least and the largest height drawn."""
        assert self.curve is not None  # noqa: S101 - for the type checker
        heights = np.concatenate([self.curve.f, self.curve.slope, [0.0, 1.0]])
        heights = heights[np.isfinite(heights)]
        low, high = float(heights.min()), float(heights.max())
        room = 0.06 * (high - low)
        return low - room, high + room

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, curve, theme = QPainter(self), self.curve, self._theme
        if curve is None:
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        metrics = QFontMetricsF(painter.font())
        area = QRectF(4, 4, self.width() - 8, self.height() - 10 - metrics.height())
        painter.fillRect(area, QColor(theme.plot))
        (low, high), left, right = self.range(), float(curve.z[0]), float(curve.z[-1])

        def at(z: float, height: float) -> QPointF:
            return QPointF(
                area.left() + area.width() * (z - left) / (right - left),
                area.bottom() - area.height() * (height - low) / (high - low),
            )

        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(at(left, 0.0), at(right, 0.0))
        painter.drawLine(at(0.0, low), at(0.0, high))
        painter.setClipRect(area)
        slope = QColor(theme.lane("#D55E00"))
        for heights, color, style in (
            (curve.f, QColor(theme.accent), Qt.PenStyle.SolidLine), (curve.slope, slope, Qt.PenStyle.DashLine),
        ):  # fmt: skip
            painter.setPen(QPen(color, 1.6, style))
            known = [(float(z), float(h)) for z, h in zip(curve.z, heights, strict=True) if np.isfinite(h)]
            painter.drawPolyline(QPolygonF([at(z, h) for z, h in known]))
        for heights, color in ((curve.heights, QColor(theme.accent)), (curve.slopes, slope)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            for z, h in zip(curve.dots, heights, strict=True):
                if np.isfinite([z, h]).all():
                    painter.drawEllipse(at(float(z), float(h)), _DOT, _DOT)
        if self._picked is not None and np.isfinite(self._picked):
            painter.setPen(QPen(QColor(theme.text), 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(at(self._picked, low), at(self._picked, high))
        painter.setClipping(False)
        self._paint_words(painter, area, (left, right))
        painter.end()

    def _paint_words(self, painter: QPainter, area: QRectF, ends: tuple[float, float]) -> None:
        painter.setPen(QColor(self._theme.muted))
        below = QRectF(area.left(), area.bottom() + 1, area.width(), self.height() - area.bottom())
        for text, side in (
            (signed(f"{ends[0]:.3g}"), Qt.AlignmentFlag.AlignLeft),
            ("z", Qt.AlignmentFlag.AlignHCenter),
            (signed(f"{ends[1]:.3g}"), Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(below, int(side | Qt.AlignmentFlag.AlignTop), text)
        painter.setPen(QColor(self._theme.accent))
        painter.drawText(QPointF(area.left() + 6, area.top() + 14), "f")
        painter.setPen(QColor(self._theme.lane("#D55E00")))
        painter.drawText(QPointF(area.left() + 18, area.top() + 14), "f′")


class InkPicture(QWidget):
    """A sample that is an image, as large as it can be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The sample"))
        self.image = QImage()
        self._theme = themes.LIGHT

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_HIGH, _HIGH)

    def show_picture(self, values: NDArray[Any], theme: themes.Theme) -> None:
        """Show pixels (rows, columns)."""
        self.image, self._theme = ink_image(values, theme), theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        side = float(_HIGH - 6)
        place = QRectF(3, 3, side, side)
        painter.drawImage(place, self.image)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawRect(place)
        painter.end()
