"""What is drawn of a sweep's results: lines, heat maps and parallel coordinates, as plain values."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.experiment.lane_colors import color_of
from workbench.studies.profile import profile
from workbench.studies.results import Results, axis_array, label_of, quartiles
from workbench.studies.sweep import Subject

Floats = NDArray[np.float64]
#: lines of parallel coordinates at most: the best ones, and evenly spaced ones of the rest
_MOST_LINES = 400
_FACTORS = 200
#: values of an axis beyond which they are taken together in so many parts of it
_MOST_VALUES, _BINS = 24, 16


@dataclass(frozen=True, slots=True)
class Line:
    """A line with a band: x, y, low and high (T,), infinite where there is nothing to draw."""

    label: str
    color: str
    x: Floats
    y: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over one axis, on logarithmic axes where it says so; `key` is the name of its file."""

    key: str
    title: str
    x_title: str
    y_title: str
    x_log: bool
    y_log: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HeatChart:
    """Values (Y, X) at every pair of the values of two axes; infinite: diverged, not-a-number: not run."""

    key: str
    title: str
    x_title: str
    y_title: str
    x: Floats
    y: Floats
    values: Floats
    value_title: str


@dataclass(frozen=True, slots=True)
class ParallelChart:
    """A line a point over its axes: places (N, A) from 0 to 1, the ends' texts of each axis, and its value (N,)."""

    key: str
    title: str
    axes: tuple[str, ...]
    ends: tuple[tuple[str, str], ...]
    places: Floats
    values: Floats
    value_title: str


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Shares (Y, X) from 0 to 1, of each row in each column, by their names; the first row is on top."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    values: Floats


Chart = LineChart | HeatChart | ParallelChart | ShareChart


def charts(results: Results) -> Iterator[Chart]:
    """All that can be drawn of a sweep."""
    for number, subject in enumerate(results.sweep.subjects):
        name = f"{number}-" if len(results.sweep.subjects) > 1 else ""
        yield from _sensitivities(results, subject, name)
        for lane in range(len(subject.lanes)):
            yield from _of_lane(results, subject, lane, name)
    found = _profile(results)
    if found is not None:
        yield found


def _measure(results: Results, subject: Subject) -> tuple[Floats, str]:
    """The values (points, lanes, runs) that are drawn, and what they are: the gap where it is known."""
    known = bool((~np.isnan(results.cells(subject, "gap"))).any())
    return results.spread(subject, "gap" if known else "final_loss"), "f - f*" if known else "final loss"


def _median(values: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a point without any run
        return np.asarray(np.nanmedian(values, axis=-1))


def _numeric(results: Results) -> list[tuple[str, Floats]]:
    """The axes of at least two numbers, with the value at every point."""
    found = []
    for axis, column in zip(results.sweep.axes, results.sweep.columns, strict=True):
        values = axis_array(column)
        if values.dtype.kind == "f" and len(np.unique(values)) > 1:
            found.append((axis.path, values))
    return found


def is_log(values: Floats) -> bool:
    """Whether values stand more evenly by their logarithms."""
    at = np.unique(values)
    if not (at > 0).all() or len(at) < 3:
        return bool((at > 0).all() and at[-1] / at[0] > 20)
    by_value, by_log = (np.diff(each) for each in (at, np.log(at)))
    return bool(by_log.std() / by_log.mean() < by_value.std() / by_value.mean())


def _sensitivities(results: Results, subject: Subject, name: str) -> Iterator[LineChart]:
    """Of each axis: the best median over all others at each of its values, with the quartiles there."""
    values, title = _measure(results, subject)
    median = np.where(np.isnan(m := _median(values)), np.inf, m)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        low, high = quartiles(values)
    for path, found in _numeric(results):
        column = _binned(found)
        at = np.unique(column)
        lines = []
        for lane, place in enumerate(subject.lanes):
            best = np.array([np.flatnonzero(column == v)[median[column == v, lane].argmin()] for v in at])
            own = subject.experiment.lanes[place]
            lines.append(
                Line(
                    label_of(subject, place),
                    color_of(own, place),
                    at,
                    median[best, lane],
                    low[best, lane],
                    high[best, lane],
                )
            )
        y_log = all(bool((line.y[np.isfinite(line.y)] > 0).all()) for line in lines)
        key = f"{name}sensitivity-{_file(path)}"
        yield LineChart(key, subject.name, path, f"median {title}", is_log(at), y_log, tuple(lines))


def _of_lane(results: Results, subject: Subject, lane: int, name: str) -> Iterator[Chart]:
    numeric, (values, title) = _numeric(results), _measure(results, subject)
    if len(numeric) < 2:
        return
    place, median = subject.lanes[lane], _median(values)[:, lane]
    label = label_of(subject, place)
    (x_path, x), (y_path, y) = numeric[:2]
    (xs, column), (ys, row) = (np.unique(each, return_inverse=True) for each in (x, y))
    if len(xs) * len(ys) < 2 * len(x):  # points that were drawn make no map
        cells = np.full((len(ys), len(xs)), np.nan)
        np.fmin.at(cells, (row, column), median)
        if np.isnan(cells).mean() < 0.5:
            yield HeatChart(
                f"{name}heat-{lane}", f"{subject.name}: {label}", x_path, y_path, xs, ys, cells, f"median {title}"
            )
    known = np.flatnonzero(~np.isnan(median))
    order = known[np.argsort(median[known], kind="stable")]
    if len(order) > _MOST_LINES:
        kept = np.unique(np.round(np.linspace(0, 1, _MOST_LINES) ** 2 * (len(order) - 1)).astype(int))
        order = order[kept]
    places = np.stack([_placed(column)[order] for _, column in numeric], axis=1)
    ends = tuple((f"{column.min():.4g}", f"{column.max():.4g}") for _, column in numeric)
    paths = tuple(path for path, _ in numeric)
    yield ParallelChart(
        f"{name}parallel-{lane}", f"{subject.name}: {label}", paths, ends, places, median[order], f"median {title}"
    )


def _binned(column: Floats) -> Floats:
    """Values of which there are many, as those of drawn points, each at the middle of its part of the axis."""
    if len(np.unique(column)) <= _MOST_VALUES:
        return column
    log = is_log(column)
    at = np.log(column) if log else column
    width = float(np.ptp(at)) / _BINS
    middle = at.min() + width * (np.minimum(np.floor((at - at.min()) / width), _BINS - 1) + 0.5)
    return np.asarray(np.exp(middle) if log else middle)


def _placed(column: Floats) -> Floats:
    """Where values stand along their axis, from 0 to 1."""
    values = np.log(column) if is_log(column) else column
    return np.asarray((values - values.min()) / (values.max() - values.min()))


def _profile(results: Results) -> LineChart | None:
    """Each lane at the point that suits it best on each experiment; a problem is a seed and a start of one."""
    subjects = results.sweep.subjects
    labels = [label_of(subjects[0], place) for place in subjects[0].lanes]
    if len(labels) < 2 or any([label_of(s, p) for p in s.lanes] != labels for s in subjects):
        return None
    costs = []
    for subject in subjects:
        steps = results.spread(subject, "steps_to_target")
        median = np.where(np.isnan(m := _median(steps)), np.inf, m)
        best = median.argmin(axis=0)
        costs.append(np.stack([steps[best[lane], lane] for lane in range(len(labels))], axis=1))
    found = np.concatenate(costs)
    if not np.isfinite(found).any():
        return None
    factors = np.geomspace(1.0, 100.0, _FACTORS)
    shares = profile(found, factors)
    lines = tuple(
        Line(label, color_of(subjects[0].experiment.lanes[place], place), factors, share, share, share)
        for label, place, share in zip(labels, subjects[0].lanes, shares, strict=True)
    )
    title = "each lane at its best point of each experiment"
    return LineChart("profile", title, "times the steps of the best", "share of problems", True, False, lines)


def _file(path: str) -> str:
    """A path as a part of a file's name: its last key, with the number of its lane."""
    lane = path.partition("]")[0].removeprefix("lanes[") if path.startswith("lanes[") else ""
    last = "".join(c if c.isalnum() else "_" for c in path.rsplit(".", maxsplit=1)[-1]).strip("_")
    return last if lane in ("", "*") else f"{last}-{lane}"
