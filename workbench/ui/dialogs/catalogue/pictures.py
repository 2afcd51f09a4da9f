"""Small pictures of what there is to choose: heights, points, and the path of a rule. Made in threads, and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, QRunnable, QThreadPool, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from workbench.engine.datasets import datasets
from workbench.engine.objectives import objectives
from workbench.experiment import build
from workbench.experiment.experiment import Experiment, Lane, ObjectiveSetup
from workbench.experiment.fresh import with_rate
from workbench.experiment.lane_colors import LANE_COLORS
from workbench.ui.forms.picking import OWN_FILE
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse

WIDE, HIGH = 96, 72  # pixels
_SCALE = 2  # samples of heights stand so many pixels apart
_BANDS = 14
_STEPS = 40  # of a rule's path
_FEATURED = "quadratic"  # the objective that rules are shown on
_MOST_POINTS = 220
_ROWS, _COLUMNS = 5, 3  # of the table that stands for one's own file
_EDGE = 0.06  # of a picture's width, around points


def picture(kind: str, key: str, theme: themes.Theme) -> QImage:
    """The picture of an entry; empty where there is nothing to see of it. Takes some milliseconds, in any thread."""
    makers: dict[str, Callable[[str, themes.Theme], QImage]] = {
        "objective": _objective, "optimizer": _optimizer, "data set": _data,
    }  # fmt: skip
    with np.errstate(all="ignore"):
        return makers[kind](key, theme)


def _blank(theme: themes.Theme) -> QImage:
    image = QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.plot))
    return image


def _objective(key: str, theme: themes.Theme) -> QImage:
    made = objectives.get(key)()
    if made.dimensions[1] == 1:
        return _curve(made, theme)
    return _heights(made, theme)


def _curve(objective: Any, theme: themes.Theme) -> QImage:
    (low, high), *_ = objective.domain
    x = np.linspace(low, high, WIDE * 2)
    y = np.asarray(objective.value(x[:, None]), dtype=float)
    good = np.isfinite(y)
    image = _blank(theme)
    if not good.any():
        return image
    places = _placed(np.stack([x[good], y[good]], axis=1))
    _draw_line(image, places, QColor(theme.accent), 1.6)
    return image


def _heights(objective: Any, theme: themes.Theme) -> QImage:
    """Ranks of heights in bands: what is low and what is high, told apart whatever the numbers are."""
    columns, rows = WIDE // _SCALE, HIGH // _SCALE
    (x0, x1), (y0, y1) = objective.domain[:2]
    x, y = np.linspace(x0, x1, columns), np.linspace(y1, y0, rows)
    points = np.stack(np.meshgrid(x, y), axis=-1)
    if objective.dimensions[0] > 2:
        points = _across(objective, points)
    values = np.asarray(objective.value(points), dtype=float)
    values[~np.isfinite(values)] = np.nanmax(values[np.isfinite(values)], initial=0.0)
    order = np.searchsorted(np.sort(values, axis=None), values) / max(1, values.size - 1)
    share = np.floor(order * _BANDS) / _BANDS
    low, high = np.array(parse(theme.accent)), np.array(parse(theme.plot))
    colors = np.round(255 * (low + (high - low) * np.sqrt(share)[..., None])).astype(np.uint8)
    pixels = np.ascontiguousarray(np.concatenate([colors, np.full((*share.shape, 1), 255, np.uint8)], axis=-1))
    small = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    image = QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(0, 0, WIDE, HIGH), small, QRectF(0, 0, columns, rows))
    painter.end()
    return image


def _across(objective: Any, points: Any) -> Any:
    """Points (..., 2) laid through the minimum of many coordinates, along its steepest and its flattest direction."""
    center = np.array(objective.minima()[0].point)
    vectors = np.linalg.eigh(objective.hessian(center, np.empty((len(center), len(center)))))[1]
    return center + points[..., :1] * vectors[:, -1] + points[..., 1:] * vectors[:, 0]


def _optimizer(key: str, theme: themes.Theme) -> QImage:
    """The first steps of the rule in a bowl, at a rate that shows something there."""
    problem = ObjectiveSetup(objective=_FEATURED)
    race = build.make_race(Experiment(problem=problem, lanes=(with_rate(Lane(optimizer=key), problem),)))
    path = [race.theta[0].copy()]
    for _ in range(_STEPS):
        race.advance(1)
        path.append(race.theta[0].copy())
    objective = objectives.get(_FEATURED)()
    image = _heights(objective, theme)
    (x0, x1), (y0, y1) = objective.domain[:2]
    share = (np.array(path)[:, :2] - (x0, y0)) / (x1 - x0, y1 - y0)
    places = np.stack([share[:, 0] * WIDE, (1 - share[:, 1]) * HIGH], axis=1)
    _draw_line(image, places[np.isfinite(places).all(axis=1)], QColor(theme.text), 1.6)
    return image


def _table(theme: themes.Theme) -> QImage:
    """A sheet with its head and its rows: what is in it is not known."""
    image = _blank(theme)
    painter = QPainter(image)
    left, top, wide, high = WIDE * 0.14, HIGH * 0.14, WIDE * 0.72, HIGH * 0.72
    painter.fillRect(QRectF(left, top, wide, high / _ROWS), QColor(theme.accent))
    painter.setPen(QPen(QColor(theme.muted), 1.0))
    for row in range(_ROWS + 1):
        y = top + high * row / _ROWS
        painter.drawLine(QPointF(left, y), QPointF(left + wide, y))
    for column in range(_COLUMNS + 1):
        x = left + wide * column / _COLUMNS
        painter.drawLine(QPointF(x, top), QPointF(x, top + high))
    painter.end()
    return image


def _data(key: str, theme: themes.Theme) -> QImage:
    if key == OWN_FILE:
        return _table(theme)
    table = datasets.get(key)().make(np.random.default_rng(0))
    image = _blank(theme)
    x, y = np.asarray(table.x, dtype=float), np.asarray(table.y)
    if table.image is not None:
        return _digit(x[0].reshape(table.image), theme)
    if not len(x):
        return image
    keep = np.linspace(0, len(x) - 1, min(len(x), _MOST_POINTS)).astype(int)
    x, y = x[keep], y[keep]
    plane = x[:, :2] if x.shape[1] > 1 else np.stack([x[:, 0], y.reshape(len(y), -1)[:, 0]], axis=1)
    groups = y if table.classes else np.zeros(len(y), dtype=int)
    colors = [QColor(theme.lane(color)) for color in LANE_COLORS]
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.plot), 0.4))
    for (px, py), group in zip(_placed(plane), groups.reshape(-1), strict=True):
        painter.setBrush(colors[int(group) % len(colors)])
        painter.drawEllipse(QPointF(px, py), 2.0, 2.0)
    painter.end()
    return image


def _digit(pixels: NDArray[Any], theme: themes.Theme) -> QImage:
    image = _blank(theme)
    rows, columns = pixels.shape
    side = HIGH / rows
    left = (WIDE - side * columns) / 2
    painter = QPainter(image)
    for row in range(rows):
        for column in range(columns):
            ink = QColor(theme.text)
            ink.setAlphaF(float(pixels[row, column] / max(1.0, pixels.max())))
            painter.fillRect(QRectF(left + column * side, row * side, side, side), ink)
    painter.end()
    return image


def _placed(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (N, 2) in pixels, so that all of them are seen, upwards what is greater."""
    low, high = points.min(axis=0), points.max(axis=0)
    share = (points - low) / np.where(high > low, high - low, 1.0)
    inner = _EDGE + (1 - 2 * _EDGE) * share
    return np.stack([inner[:, 0] * WIDE, (1 - inner[:, 1]) * HIGH], axis=1)


def _draw_line(image: QImage, places: NDArray[np.float64], color: QColor, width: float) -> None:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, width))
    painter.drawPolyline(QPolygonF([QPointF(float(x), float(y)) for x, y in np.clip(places, -1e4, 1e4)]))
    painter.end()


class _Making(QRunnable):
    """Makes one picture, and hands it over."""

    def __init__(self, pictures: Pictures, kind: str, key: str, theme: themes.Theme) -> None:
        super().__init__()
        self._pictures, self._asked, self._theme = pictures, (kind, key), theme

    def run(self) -> None:  # Qt's name for the body of a task
        try:
            made = picture(*self._asked, self._theme)
        except (ValueError, ArithmeticError):  # an entry that cannot be shown is chosen by its name
            made = QImage()
        self._pictures.made.emit(*self._asked, self._theme.name, made)


class Pictures(QObject):
    """Gives pictures as they are made, one thread at work; what was made once is kept."""

    #: (kind, key, name of the theme, image): from the thread that made it
    made = Signal(str, str, str, QImage)
    #: (kind, key): the picture is there
    ready = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept: dict[tuple[str, str, str], QImage] = {}
        self._asked: set[tuple[str, str, str]] = set()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self.made.connect(self._on_made)

    def get(self, kind: str, key: str, theme: themes.Theme) -> QImage | None:
        """The picture, if it is there; else it is made, and `ready` tells when."""
        wanted = (kind, key, theme.name)
        if wanted not in self._kept and wanted not in self._asked:
            self._asked.add(wanted)
            self._pool.start(_Making(self, kind, key, theme))
        return self._kept.get(wanted)

    def shut_down(self) -> None:
        """Make no more, and wait for the one that is being made."""
        self._pool.clear()
        self._pool.waitForDone()

    def _on_made(self, kind: str, key: str, theme: str, image: QImage) -> None:
        self._kept[kind, key, theme] = image
        self._asked.discard((kind, key, theme))
        self.ready.emit(kind, key)
