"""Parts of the drawing of a network: what a neuron sees as a picture, and the ground of a stage."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.views.shared.stages import StageMark


def scaled(maps: tuple[NDArray[Any], ...]) -> list[NDArray[np.float64]]:
    """Maps from -1 to 1 by column: divided by the largest magnitude of each unit."""
    found = []
    for column in maps:
        values = np.nan_to_num(np.asarray(column, np.float64), posinf=0.0, neginf=0.0)
        largest = np.abs(values).max(axis=(1, 2), keepdims=True)
        found.append(values / np.where(largest > 0, largest, 1.0))
    return found


def picture(values: NDArray[np.float64], theme: themes.Theme) -> QImage:
    """A map (G, G) as a picture: one colour above zero, another below, the ground at zero."""
    ground = np.array(parse(theme.plot))
    up, down = np.array(parse(theme.lane("#0072B2"))), np.array(parse(theme.lane("#D55E00")))
    share = np.abs(values)[::-1, :, None] * 0.9
    ink = np.where((values > 0)[::-1, :, None], up, down)
    rgb = np.round(255 * (ground * (1 - share) + ink * share)).astype(np.uint8)
    rgba = np.ascontiguousarray(np.dstack([rgb, np.full(values.shape, 255, np.uint8)]))
    rows, columns = values.shape
    return QImage(rgba.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()


def paint_stage(
    painter: QPainter, mark: StageMark, span: tuple[float, float], size: QSize, theme: themes.Theme
) -> None:
    """The ground of a stage from left to right, and below all neurons its words with the way it goes."""
    left, right = span
    painter.setFont(themes.font(themes.SMALL_POINTS))
    line = painter.fontMetrics().height()
    color = QColor(theme.accent)
    color.setAlphaF(0.12)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(left, 4, right - left, size.height() - 1.8 * line - 4), 6, 6)
    painter.setPen(QColor(theme.accent))
    words = f"{mark.words}  →" if mark.forward else f"←  {mark.words}"
    wide = min(float(size.width()), painter.fontMetrics().horizontalAdvance(words) + 8.0)
    at = min(max(0.0, (left + right - wide) / 2), size.width() - wide)
    painter.drawText(QRectF(at, size.height() - 1.6 * line, wide, 1.5 * line), int(Qt.AlignmentFlag.AlignCenter), words)
