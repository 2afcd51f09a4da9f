"""Parts of the drawing of a network: what a unit sees as a picture, and the ground of a stage."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from workbench.engine.network.diagram import Diagram
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.views.shared.class_colors import class_regions, class_share, image_of, value_heights
from workbench.ui.views.shared.stages import StageMark


def tiles(diagram: Diagram, theme: themes.Theme) -> dict[int, list[QImage]]:
    """The pictures of units, by their column; columns that have none are left out.

    Over a plane of two inputs each unit shows what it gives there, and the outputs what the fit shows. Of images the
    input is a sample, and the units of the first layer show their weights.
    """
    found: dict[int, list[QImage]] = {}
    if diagram.maps:
        last = len(diagram.maps) - 1
        for column, maps in enumerate(diagram.maps[:-1]):
            found[column] = signed_pictures(scaled(maps), theme)
        found[last] = _outputs(diagram, theme)
    if diagram.picture is not None:
        found[0] = [_ink(diagram.picture, theme)]
        rows, columns = diagram.picture.shape
        weights = np.asarray(diagram.weights[0], np.float64).T.reshape(-1, rows, columns)[:, ::-1]
        found[1] = signed_pictures(scaled(weights), theme)
    return found


def scaled(maps: NDArray[Any]) -> NDArray[np.float64]:
    """Maps (n, G, G) from -1 to 1: each divided by its largest magnitude."""
    values = np.nan_to_num(np.asarray(maps, np.float64), posinf=0.0, neginf=0.0)
    largest = np.abs(values).max(axis=(1, 2), keepdims=True)
    return np.asarray(values / np.where(largest > 0, largest, 1.0))


def signed_pictures(values: NDArray[np.float64], theme: themes.Theme) -> list[QImage]:
    """Maps (n, G, G), row 0 the lowest, as pictures: one colour above zero, another below, the ground at zero."""
    ground = np.array(parse(theme.plot))
    up, down = np.array(parse(theme.lane("#0072B2"))), np.array(parse(theme.lane("#D55E00")))
    # by a table: one picture after the other would be ten times slower
    shares = np.linspace(-0.9, 0.9, 511)[:, None]
    table = ground + np.where(shares > 0, up - ground, down - ground) * np.abs(shares)
    pixels = np.full((511, 4), 255, np.uint8)
    pixels[:, :3] = np.round(255 * table)
    found = pixels[np.round(255 + 255 * values[:, ::-1]).astype(np.intp)]
    _, rows, columns, _ = found.shape
    form = QImage.Format.Format_RGBA8888
    return [QImage(np.ascontiguousarray(one).data, columns, rows, 4 * columns, form).copy() for one in found]


def _outputs(diagram: Diagram, theme: themes.Theme) -> list[QImage]:
    """The outputs as the fit has them: probabilities in the classes' colours, values as heights."""
    found = diagram.class_maps
    if found is None:
        return [image_of(value_heights(values, theme)[::-1]) for values in diagram.maps[-1]]
    if len(diagram.maps[-1]) == 1:  # one output means two classes
        regions = class_regions(found.argmax(axis=0), found.max(axis=0), len(found), theme)
        return [image_of(regions[::-1])]
    return [image_of(class_share(found[place], place, theme)[::-1]) for place in diagram.shown[-1]]


def _ink(values: NDArray[Any], theme: themes.Theme) -> QImage:
    ink, paper = np.array(parse(theme.text)), np.array(parse(theme.plot))
    share = np.clip(values / max(float(np.max(values)), 1e-12), 0.0, 1.0)[..., None]
    return image_of(paper + (ink - paper) * share)


def paint_stage(
    painter: QPainter, mark: StageMark, span: tuple[float, float], size: QSize, theme: themes.Theme
) -> None:
    """The ground of a stage from left to right, and below all units its words with the way it goes."""
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
