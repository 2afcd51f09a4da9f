"""The lines of a picture against the step: those taken so far strong, those recorded beyond the present step pale."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.thinning import Thinning
from workbench.ui.plotting.curves import Line, pen
from workbench.ui.views.loss.quantities import Course
from workbench.ui.views.loss.scales import Scale
from workbench.ui.views.shared.series import Spread, averaged, pale, parted, spread, where_it_stands

Array = NDArray[Any]
Polyline = tuple[Array, Array]


@dataclass(slots=True)
class Drawing:
    """What is drawn: lines, the run that each one belongs to (-1 for none), and where every run stands (R, 2)."""

    scale: Scale
    ends: Array
    past: list[tuple[int, Line]] = field(default_factory=list)
    future: list[tuple[int, Line]] = field(default_factory=list)
    #: (x, low, high, colour) of each lane, taken and yet to come
    bands: list[tuple[Array, Array, Array, str]] = field(default_factory=list)
    bands_ahead: list[tuple[Array, Array, Array, str]] = field(default_factory=list)
    #: where each line of the test set was best (K, 2), and its run
    best: list[tuple[int, float, float]] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All lines, those taken first."""
        return [line for _, line in (*self.past, *self.future)]

    @property
    def runs(self) -> list[int]:
        """The run of each of the lines."""
        return [run for run, _ in (*self.past, *self.future)]

    def add(self, run: int, parts: tuple[Polyline, Polyline], made: Any, ahead: Any) -> None:
        """Add a line in the numbers of the record, with the pens of what is taken and of what is yet to come."""
        for into, (x, y), drawn in ((self.past, parts[0], made), (self.future, parts[1], ahead)):
            if len(x):
                into.append((run, (self.scale.x(x), self.scale.y(y), drawn)))

    def stand(self, run: int) -> None:
        """Say that the run stands at the end of the line last added to those taken."""
        _, (x, y, _) = self.past[-1]
        fine = np.flatnonzero(np.isfinite(y))
        if len(fine):
            self.ends[run] = x[fine[-1]], y[fine[-1]]


class CourseLines:
    """The points of a quantity to draw, a line a run, thinned to the columns of the picture."""

    def __init__(self) -> None:
        self._first, self._rest = Thinning(), Thinning()

    def of(self, snapshot: Snapshot, course: Course, begun: Array | None, columns: int) -> list[Polyline]:
        """The lines; `begun` (K, R) is the quantity at every one of the first steps, where steps are along a logarithm.

        There the first steps have the most room, and a long record has only some of them as rows.
        """
        count, is_log = 0 if begun is None else len(begun), begun is not None
        at = int(np.searchsorted(snapshot.history.steps, count))
        low, high = (None if ends is None else ends[at:] for ends in (course.low, course.high))
        rest = self._rest.polylines(
            snapshot.history.steps[at:].astype(float), course.values[at:], columns, low=low, high=high,
            is_log=is_log, key=(at, course.key),
        )  # fmt: skip
        if begun is None or not count:
            return rest
        first = self._first.polylines(np.arange(float(count)), begun, columns, is_log=is_log, key=(count, course.key))
        return [(np.append(a[0], b[0]), np.append(a[1], b[1])) for a, b in zip(first, rest, strict=True)]


def draw_runs(
    drawing: Drawing, snapshot: Snapshot, course: Course, found: list[Polyline], colors: list[str], *, smooth: bool
) -> None:
    """A line a run, thinned already; a smooth one stands behind its mean."""
    starts = snapshot.info.starts
    for run, (x, y) in enumerate(found):
        color = colors[run // starts]
        made = pale(color) if smooth else pen(color, 1.6)
        drawing.add(run, parted(x, y, snapshot.step, float(course.now[run])), made, pale(color, 0.2 if smooth else 0.4))
        if drawing.past and drawing.past[-1][0] == run:
            drawing.stand(run)


def draw_means(drawing: Drawing, snapshot: Snapshot, course: Course, colors: list[str], columns: int) -> None:
    """The mean of each run over the steps of some pixels, at which it then stands."""
    starts = snapshot.info.starts
    values = np.where(np.abs(course.values) >= 1e30, np.nan, course.values)
    x, means = averaged(snapshot.history.steps.astype(float), values, columns)
    for run in range(snapshot.info.runs):
        fine = np.isfinite(means[:, run])
        xs, y = x[fine], means[fine, run]
        color, parts = colors[run // starts], parted(xs, y, snapshot.step, where_it_stands(xs, y, snapshot.step))
        drawing.add(run, parts, pen(color, 1.8), pale(color, 0.4))
        if drawing.past and drawing.past[-1][0] == run:
            drawing.stand(run)


def draw_medians(drawing: Drawing, snapshot: Snapshot, course: Course, colors: list[str], columns: int) -> None:
    """The median of each lane's starts with its band, of losses averaged over the steps of a few pixels.

    Batches make single losses jump by more than starts differ; what a band should tell is how the starts differ.
    """
    heights = drawing.scale.y(course.values)
    x, y = averaged(snapshot.history.steps.astype(float), heights, columns)
    draw_spread(drawing, snapshot, spread(x, y, snapshot.info.starts), colors)


def draw_spread(drawing: Drawing, snapshot: Snapshot, found: Spread, colors: list[str]) -> None:
    """A line a lane with its band, whose heights are those of the axis already."""
    x, scale, step, starts = found.x, drawing.scale, snapshot.step, snapshot.info.starts
    at = int(np.searchsorted(x, step, side="right"))
    for lane, color in enumerate(colors):
        fine = np.isfinite(found.middle[:, lane])
        _add_scaled(drawing, lane * starts, (x[fine], found.middle[fine, lane]), step, color)
        ends = (x, found.low[:, lane], found.high[:, lane])
        for into, part in ((drawing.bands, slice(0, at + 1)), (drawing.bands_ahead, slice(at, None))):
            into.append((scale.x(ends[0][part]), ends[1][part], ends[2][part], color))


def _add_scaled(drawing: Drawing, run: int, line: Polyline, step: int, color: str) -> None:
    """Add a median, whose heights are those of the axis already."""
    x, y = line
    past, future = parted(x, y, step, where_it_stands(x, y, step))
    if len(past[0]):
        drawing.past.append((run, (drawing.scale.x(past[0]), past[1], pen(color, 1.6))))
        drawing.stand(run)
    if len(future[0]):
        drawing.future.append((run, (drawing.scale.x(future[0]), future[1], pale(color, 0.4))))


class Evaluated:
    """The lines of a metric that is evaluated now and then, one a run or, of several starts, one a lane: the median."""

    def __init__(self) -> None:
        self._thinnings: dict[str, Thinning] = {}

    def polylines(self, snapshot: Snapshot, name: str, columns: int, *, is_log: bool) -> list[tuple[int, Polyline]]:
        """The run that each line stands for, and its points over all that is recorded."""
        found = snapshot.evaluations
        if found is None or name not in found.values or not len(found.steps):
            return []
        steps, values, starts = found.steps * snapshot.evaluate_every, found.values[name], snapshot.info.starts
        group = starts if name.endswith("loss") else 1  # accuracies of starts are lines of their own
        if group > 1:
            values = spread(steps, values, group).middle
        lines = self._thinnings.setdefault(name, Thinning()).polylines(
            steps.astype(float), values, columns, is_log=is_log, key=(snapshot.generation, found.token)
        )
        return [(line * group, points) for line, points in enumerate(lines)]


def draw_tested(drawing: Drawing, snapshot: Snapshot, lines: list[tuple[int, Polyline]], colors: list[str]) -> None:
    """The loss of the test set, dashed, with a mark where it was lowest so far."""
    for run, (x, y) in lines:
        color = colors[run // snapshot.info.starts]
        dashed, ahead = pen(color, 1.0, Qt.PenStyle.DashLine), pale(color, 0.4)
        ahead.setStyle(Qt.PenStyle.DashLine)
        parts = parted(x, y, snapshot.step, None)
        drawing.add(run, parts, dashed, ahead)
        xs, ys = parts[0]
        if len(xs) > 1:
            at = int(np.argmin(ys))
            drawing.best.append(
                (run, float(drawing.scale.x(xs[at : at + 1])[0]), float(drawing.scale.y(ys[at : at + 1])[0]))
            )


def draw_accuracies(
    drawing: Drawing, snapshot: Snapshot, lines: list[tuple[int, Polyline]], colors: list[str], *, test: bool
) -> None:
    """Each run's accuracy in per cent, of the training set or, dashed, of the test set, where it then stands."""
    for run, (x, y) in lines:
        color, style = colors[run // snapshot.info.starts], Qt.PenStyle.DashLine if test else Qt.PenStyle.SolidLine
        ahead = pale(color, 0.4)
        ahead.setStyle(style)
        gone = int(snapshot.diverged_at[run])
        kept = x < gone if gone >= 0 else np.ones(len(x), bool)
        drawing.add(run, parted(x[kept], 100.0 * y[kept], snapshot.step, None), pen(color, 1.4, style), ahead)
        if drawing.past and drawing.past[-1][0] == run:
            drawing.stand(run)
