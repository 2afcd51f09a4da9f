"""Where the values of contour lines are written: along them, where they are straight and nothing else is written."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform

Points = NDArray[np.float64]
_APART = 4.0  # pixels that a label keeps free around it
_EDGE = 6.0  # pixels that a label keeps from the border
_CANDIDATES = 32  # places tried along a line
_STRAIGHT = 0.93  # chord by arc under a label, at least
_LONGEST = 2  # pieces of a level that get a label, of those that are long enough
_LEAST = 2.6  # times the width of its label that a line is long, at least
_STEEPEST = 88.0  # degrees: beyond, a value would be read from the top down


@dataclass(frozen=True, slots=True)
class Label:
    """A text around a point, turned by an angle in degrees; all in pixels, y downwards."""

    text: str
    x: float
    y: float
    angle: float
    width: float
    height: float

    @property
    def box(self) -> QRectF:
        """The text's box around its own middle."""
        return QRectF(-self.width / 2, -self.height / 2, self.width, self.height)

    @property
    def bounds(self) -> QRectF:
        """The upright rectangle around it."""
        return QTransform().translate(self.x, self.y).rotate(self.angle).mapRect(self.box)


def place_labels(lines: Sequence[tuple[Points, str, float]], height: float, area: QRectF) -> list[Label]:
    """Labels for lines (K, 2) in pixels with their text and its width, the first lines first.

    A text for which no place is free is left out.
    """
    inner = area.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    placed: list[Label] = []
    taken: list[QRectF] = []
    for number, (points, text, width) in enumerate(lines):
        for piece in _longest(points, width):
            for label in _along(piece, text, width, height, number):
                bounds = label.bounds.adjusted(-_APART, -_APART, _APART, _APART)
                if inner.contains(bounds) and not any(bounds.intersects(other) for other in taken):
                    placed.append(label)
                    taken.append(bounds)
                    break
    return placed


def _longest(points: Points, width: float) -> list[Points]:
    """The longest pieces of a level that have room for a label."""
    breaks = np.flatnonzero(np.isnan(points[:, 0]))
    edges = [-1, *breaks.tolist(), len(points)]
    ends = sorted(itertools.pairwise(edges), key=lambda pair: pair[0] - pair[1])[:_LONGEST]
    pieces = [points[first + 1 : last] for first, last in ends]
    return [piece for piece in pieces if len(piece) > 2 and _length(piece) > _LEAST * width]


def _length(piece: Points) -> float:
    return float(np.hypot(*np.diff(piece, axis=0).T).sum())


def _along(piece: Points, text: str, width: float, height: float, number: int) -> Iterator[Label]:
    """Labels on a line where it is straight enough, the best first: neighbours take turns in where they look."""
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(piece, axis=0).T))])
    middles = np.linspace(width / 2, arc[-1] - width / 2, _CANDIDATES)
    first, last = (_at(piece, arc, middles + side * width / 2) for side in (-1, 1))
    center = _at(piece, arc, middles)
    chord = last - first
    straight = np.hypot(chord[:, 0], chord[:, 1]) / width
    turn = 2.4 * number
    side = np.cos(turn) * (center[:, 0] - center[:, 0].mean()) + np.sin(turn) * (center[:, 1] - center[:, 1].mean())
    cost = (1.0 - straight) * 30.0 - side / (np.abs(side).max() + 1e-9)
    for i in np.argsort(cost, kind="stable").tolist():
        if straight[i] < _STRAIGHT:
            continue
        angle = math.degrees(math.atan2(chord[i, 1], chord[i, 0]))
        if abs(angle) > _STEEPEST + 1e-9:
            angle -= math.copysign(180.0, angle)
        yield Label(text, float(center[i, 0]), float(center[i, 1]), angle, width, height)


def _at(piece: Points, arc: Points, where: Points) -> Points:
    return np.column_stack([np.interp(where, arc, piece[:, 0]), np.interp(where, arc, piece[:, 1])])


def without_labels(points: Points, labels: Sequence[Label]) -> Points:
    """Lines (K, 2) in pixels with gaps, rows that are no numbers, where a label stands."""
    if not len(points):
        return points
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    left, right, top, bottom = np.nanmin(x), np.nanmax(x), np.nanmin(y), np.nanmax(y)
    hidden: list[NDArray[np.intp]] = []
    for label in labels:
        reach = label.width
        if not (left - reach < label.x < right + reach and top - reach < label.y < bottom + reach):
            continue
        near = np.flatnonzero(np.abs(x - label.x) < reach)
        dx, dy = x[near] - label.x, y[near] - label.y
        cos, sin = math.cos(math.radians(label.angle)), math.sin(math.radians(label.angle))
        along, across = cos * dx + sin * dy, cos * dy - sin * dx
        hidden.append(near[(np.abs(along) < label.width / 2) & (np.abs(across) < label.height / 2)])
    if not any(len(part) for part in hidden):
        return points
    points = points.copy()
    points[np.concatenate(hidden)] = np.nan
    return points
