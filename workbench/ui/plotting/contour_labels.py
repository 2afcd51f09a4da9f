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
    """Lines (K, 2) in pixels that end at each label's box and begin again behind it, after a row that is no number."""
    for label in labels:
        if len(points):
            points = _cut(points, label)
    return points


def _cut(points: Points, label: Label) -> Points:
    """The lines without what of each segment lies in the label's box, turned as the label is."""
    reach = math.hypot(label.width, label.height) / 2
    x, y = points[:, 0] - label.x, points[:, 1] - label.y
    low_x, high_x = np.minimum(x[:-1], x[1:]), np.maximum(x[:-1], x[1:])
    low_y, high_y = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])
    near = np.flatnonzero((low_x < reach) & (high_x > -reach) & (low_y < reach) & (high_y > -reach))
    if not len(near):
        return points
    angle = math.radians(label.angle)
    cos, sin = math.cos(angle), math.sin(angle)
    here = np.column_stack([cos * x[near] + sin * y[near], cos * y[near] - sin * x[near]])
    there = np.column_stack([cos * x[near + 1] + sin * y[near + 1], cos * y[near + 1] - sin * x[near + 1]])
    enters, leaves = _inside(here, there - here, np.array([label.width, label.height]) / 2)
    hit = enters < leaves
    which, enters, leaves = near[hit], enters[hit, None], leaves[hit, None]
    first, along = points[which], points[which + 1] - points[which]
    # behind the first point of each segment: where it enters, a gap, where it leaves; a point in the box is none
    cuts = np.stack([first + enters * along, np.full_like(first, np.nan), first + leaves * along], axis=1)
    kept = points.copy()
    kept[which[enters[:, 0] <= 0.0]] = np.nan
    kept[which[leaves[:, 0] >= 1.0] + 1] = np.nan
    cuts[enters[:, 0] <= 0.0, 0] = np.nan
    cuts[leaves[:, 0] >= 1.0, 2] = np.nan
    return np.insert(kept, np.repeat(which + 1, 3), cuts.reshape(-1, 2), axis=0)


def _inside(start: Points, along: Points, half: Points) -> tuple[Points, Points]:
    """From which share of each segment to which it lies in a box around the origin: never, where the first is more."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (-half - start) / along, (half - start) / along
    still = along == 0.0  # along a side it is between the two ends all the way, or never
    between = np.abs(start) < half
    first = np.where(still, np.where(between, 0.0, np.inf), np.minimum(one, other))
    last = np.where(still, np.where(between, 1.0, -np.inf), np.maximum(one, other))
    return np.maximum(first.max(axis=1), 0.0), np.minimum(last.min(axis=1), 1.0)
