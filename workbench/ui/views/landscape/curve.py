"""An objective of one coordinate: its curve, every step on it, and the tangent that the next step goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import Bands, Curves, pen
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.traces import Trace
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import mixed

POINTS = 1201
_FOOT = 0.06  # of the height, kept free under and over the curve
_TANGENT = 70.0  # pixels to either side of the point
_MOST_TANGENTS = 4  # runs; with more of them nobody knows whose is whose
_WALLS = 4.0  # times what lies below the starts and below half of the curve: walls are shown so far up
_HIGHEST = 99.0  # percentile of the heights that is shown: a pole does not flatten the rest

Line = tuple[NDArray[Any], NDArray[Any], Any]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The objective along an interval: x (K,), f there (K,), not-a-number where there is none."""

    x: NDArray[np.float64]
    f: NDArray[np.float64]

    def at(self, x: NDArray[Any] | float) -> NDArray[np.float64]:
        """The value between the points; not-a-number outside of them."""
        return np.asarray(np.interp(x, self.x, self.f, left=np.nan, right=np.nan))

    def slope(self, x: float) -> float:
        """The slope between the points, by their difference."""
        h = (self.x[-1] - self.x[0]) / (len(self.x) - 1)
        ends = self.at(np.array([x - h, x + h]))
        return float((ends[1] - ends[0]) / (2 * h))

    def is_other(self, before: Curve) -> bool:
        """Whether it is of another function than the one before, not of another interval."""
        return np.array_equal(self.x, before.x) and not np.array_equal(self.f, before.f, equal_nan=True)

    def heights(self, shown: Range, points: NDArray[Any] | None = None) -> Range:
        """What is shown of f over an interval, with some room.

        Walls that rise far above half of the curve and above the starts, `points` (S,), go out of the picture: what
        happens in the wells between them is to be seen.
        """
        finite = self.f[np.isfinite(self.f) & (self.x >= shown[0]) & (self.x <= shown[1])]
        if not len(finite):
            return (0.0, 1.0)
        low, top, high = (float(q) for q in np.percentile(finite, (0, _HIGHEST, 100)))
        top = high if high - low <= 3 * (top - low) else top
        starts = self.at(np.zeros(0) if points is None else np.asarray(points, np.float64))
        reach = max([float(np.median(finite)) - low, *(starts[np.isfinite(starts)] - low).tolist()])
        top = min(top, low + _WALLS * reach) if reach > 0 else top
        room = _FOOT * ((top - low) or 1.0)
        return (low - room, top + room)


class CurveScene:
    """What is drawn of an objective of one coordinate under the runs' marks and ways."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.floor, self.under, self.lines = Bands(), Curves(), Curves()
        for item in (self.floor, self.under, self.lines):
            plot.box.addItem(item, ignoreBounds=True)

    def draw(self, snapshot: Snapshot, curve: Curve, colors: Sequence[str], theme: themes.Theme) -> list[Trace]:
        """Draw the curve, the runs' tangents and next steps; gives the points where those end."""
        steps = snapshot.extras.get("next_step")
        ahead, ends = next_steps(snapshot, curve, steps, colors, theme)
        self.floor.set_bands(floor(curve, self._plot, theme), opacity=0.1)
        self.under.set_lines(ground_lines(curve, snapshot.info.minima, self._plot, theme))
        self.lines.set_lines([*tangents(snapshot, curve, colors, self._plot, theme), *ahead])
        return ends

    def clear(self) -> None:
        """Draw nothing: the objective is no curve."""
        self.floor.set_bands([])
        self.under.set_lines([])
        self.lines.set_lines([])


def ground_lines(curve: Curve, minima: NDArray[Any] | None, plot: Plot, theme: themes.Theme) -> list[Line]:
    """The curve in pieces where it is no number in between, over the dashed lines of its minima."""
    lines: list[Line] = []
    bottom = plot.box.viewRange()[1][0]
    for x in [] if minima is None else minima[:, 0]:
        ends = np.array([bottom, float(curve.at(float(x)))])
        lines.append((np.full(2, float(x)), ends, pen(theme.line, 1.2, Qt.PenStyle.DashLine)))
    known = np.isfinite(curve.f)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        lines.append((curve.x[first:last], curve.f[first:last], pen(theme.strong_contour, 2.2)))
    return lines


def floor(curve: Curve, plot: Plot, theme: themes.Theme) -> list[tuple[NDArray[Any], NDArray[Any], NDArray[Any], str]]:
    """The area under the curve."""
    bottom = np.full(len(curve.x), plot.box.viewRange()[1][0])
    return [(curve.x, bottom, np.maximum(curve.f, bottom), theme.strong_contour)]


def tangents(snapshot: Snapshot, curve: Curve, colors: Sequence[str], plot: Plot, theme: themes.Theme) -> list[Line]:
    """The tangent at each run's present point: what the rule sees of the curve."""
    info = snapshot.info
    if info.runs > _MOST_TANGENTS:
        return []
    (x0, x1), (y0, y1) = plot.box.viewRange()
    pixels = np.array([plot.box.width() / (x1 - x0), plot.box.height() / (y1 - y0)])
    lines: list[Line] = []
    for run in np.flatnonzero(snapshot.alive).tolist():
        x, y = float(snapshot.theta[run, 0]), float(snapshot.loss[run])
        # the rule's own gradient; the curve's points tell which way it leads
        slope = float(np.copysign(snapshot.gradient_norm[run], curve.slope(x)))
        if not np.isfinite([x, y, slope]).all():
            continue
        reach = _TANGENT / float(np.hypot(pixels[0], slope * pixels[1]))
        ends = np.array([x - reach, x + reach])
        color = mixed(colors[run // info.starts], theme.plot, 0.75)
        lines.append((ends, y + slope * (ends - x), pen(color, 1.6)))
    return lines


def next_steps(
    snapshot: Snapshot, curve: Curve, steps: NDArray[Any] | None, colors: Sequence[str], theme: themes.Theme
) -> tuple[list[Line], list[Trace]]:
    """From each run's present point along its tangent to where its next step ends, and from there to the curve."""
    info, lines, ends = snapshot.info, [], []
    if steps is None or len(steps) != info.runs or info.runs > _MOST_TANGENTS:
        return [], []
    for run in np.flatnonzero(snapshot.alive).tolist():
        x, y, after = float(snapshot.theta[run, 0]), float(snapshot.loss[run]), float(steps[run, 0])
        slope = float(np.copysign(snapshot.gradient_norm[run], curve.slope(x)))
        foot, there = y + slope * (after - x), float(curve.at(after))
        if np.isfinite([x, y, foot, there]).all():
            color = colors[run // info.starts]
            lines.append((np.array([x, after]), np.array([y, foot]), pen(color, 2.4)))
            lines.append((np.array([after, after]), np.array([foot, there]), pen(color, 1.4, Qt.PenStyle.DotLine)))
            end = np.array([[after, there]])
            ends.append(Trace(end, end[:0], end, mixed(color, theme.plot, 0.6)))
    return lines, ends
