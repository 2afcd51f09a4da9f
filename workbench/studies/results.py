"""The results of a sweep: a row a run, medians of each point, as tables and as arrays."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers import optimizers
from workbench.experiment.experiment import Lane
from workbench.studies.sweep import Subject, Sweep

#: how a run stands; the order is that of the numbers in `Results.status`
STATUS = ("missing", "finished", "diverged", "failed")
MISSING, FINISHED, DIVERGED, FAILED = range(4)
#: whole numbers, of which -1 says that there is none
_COUNTS = ("steps", "diverged_at", "steps_to_target", "minimum")
_MEASURES = ("final_loss", "best_loss", "gap", "distance")
#: what medians are taken of, besides a problem's metrics
_MEDIANS = ("final_loss", "best_loss", "gap", "steps_to_target")
Columns = dict[str, NDArray[Any]]


class Results:
    """What came of the runs of a sweep, by the numbers of the runs.

    Attributes:
        status: of each run (N,), one of `STATUS`.
        values: columns (N,) by name; not-a-number, or -1, where there is nothing.
        reasons: why runs failed, by their numbers.
    """

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.status = np.zeros(sweep.runs, np.uint8)
        self.values: Columns = {name: np.full(sweep.runs, -1, np.int64) for name in _COUNTS}
        self.values |= {name: np.full(sweep.runs, np.nan) for name in _MEASURES}
        self.reasons: dict[int, str] = {}
        self._firsts = np.array([subject.first for subject in sweep.subjects])

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which runs (N,) need no more work; what failed is tried again."""
        return np.asarray((self.status == FINISHED) | (self.status == DIVERGED))

    def fill(self, rows: tuple[int, ...] | list[int], result: dict[str, list[Any]] | str) -> None:
        """Take what came of the points whose first runs have these numbers: columns, or why there are none."""
        subject = self._subject_of(rows[0])
        at = (np.array(rows)[:, None] + np.arange(subject.starts)).ravel()
        if isinstance(result, str):
            self.status[at] = FAILED
            self.reasons |= dict.fromkeys(at.tolist(), result)
            return
        for name, column in result.items():
            if name not in self.values:
                self.values[name] = np.full(self.sweep.runs, np.nan)
            self.values[name][at] = column
        self.status[at] = np.where(self.values["diverged_at"][at] >= 0, DIVERGED, FINISHED)
        for row in at.tolist():
            self.reasons.pop(row, None)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that any run has something in, in their order, metrics last by name."""
        metrics = sorted(set(self.values) - {*_COUNTS, *_MEASURES})
        order = ("steps", "diverged_at", "final_loss", "gap", "best_loss", "steps_to_target", "minimum", "distance")
        return tuple(name for name in (*order, *metrics) if name in ("steps", "final_loss") or self._has(name))

    def table(self) -> tuple[list[str], Iterator[list[object]]]:
        """`results.csv`: its header, and a row for each run that has been computed, or could not be."""
        names, sweep = self.names, self.sweep
        known = [None if axis is None else [_text(v) for v in axis] for axis in sweep.columns]
        header = ["experiment", "point", "seed", "lane", "label", "start", *(axis.path for axis in sweep.axes)]

        def rows() -> Iterator[list[object]]:
            for row in np.flatnonzero(self.status).tolist():
                subject, point, seed, lane, start = self.place(row)
                place = subject.lanes[lane]
                yield [
                    *(subject.name, point, sweep.seed(subject, seed), place, label_of(subject, place), start),
                    *(column[point] if column else None for column in known),
                    STATUS[self.status[row]],
                    *(_cell(self.values[name][row], name) for name in names),
                    self.reasons.get(row, ""),
                ]

        return [*header, "status", *names, "reason"], rows()

    def medians(self) -> tuple[list[str], list[list[object]]]:
        """`medians.csv`: over seeds and starts of each lane at each point, with how many of them came to what.

        A run that diverged counts as one of infinite loss, one that did not reach the target as one of infinite steps;
        what failed is counted, and left out. A median that is infinite is an empty cell.
        """
        names = [name for name in _MEDIANS if name in self.names]
        metrics = [name for name in self.names if name not in {*_COUNTS, *_MEASURES}]
        shares = ["runs", "diverged", "failed", *(["reached"] if "steps_to_target" in names else [])]
        quarters = [f"{word}{name}" for name in names for word in ("median_", "lower_quartile_", "upper_quartile_")]
        header = ["experiment", "point", "lane", "label", *(axis.path for axis in self.sweep.axes), *shares, *quarters]
        rows: list[list[object]] = []
        for subject in self.sweep.subjects:
            counts, found = self._medians_of(subject, names, metrics)
            for point in range(self.sweep.points):
                for lane, place in enumerate(subject.lanes):
                    if counts["runs"][point, lane] or counts["failed"][point, lane]:
                        rows.append(
                            [
                                *(subject.name, point, place, label_of(subject, place)),
                                *(_text(value) for _, value in self.sweep.settings(point)),
                                *(int(counts[name][point, lane]) for name in shares),
                                *(_finite(column[point, lane]) for column in found),
                            ]
                        )
        return [*header, *(f"median_{name}" for name in metrics)], rows

    def arrays(self) -> Columns:
        """`results.npz`: the columns of `results.csv` over all runs, `status` by number; no pickles."""
        names, sweep = self.names, self.sweep
        places = [self.place(row) for row in range(sweep.runs)]
        points = np.array([point for _, point, *_ in places])
        found: Columns = {
            "experiment": np.array([subject.name for subject, *_ in places]),
            "point": points,
            "seed": np.array([sweep.seed(subject, seed) for subject, _, seed, *_ in places]),
            "lane": np.array([subject.lanes[lane] for subject, _, _, lane, _ in places]),
            "start": np.array([start for *_, start in places]),
            "status": self.status,
            "statuses": np.array(STATUS),
        }
        for axis, column in zip(sweep.axes, sweep.columns, strict=True):
            found[f"axes/{axis.path}"] = axis_array(column)[points]
        return {**found, **{name: self.values[name] for name in names}}

    def write_npz(self, file: IO[bytes]) -> None:
        """Write `results.npz`."""
        np.savez_compressed(file, **self.arrays())  # type: ignore[arg-type]

    def cells(self, subject: Subject, name: str) -> NDArray[Any]:
        """A column of a subject's runs as (points, seeds, lanes, starts)."""
        shape = (self.sweep.points, self.sweep.seeds_of(subject), len(subject.lanes), subject.starts)
        column = self.status if name == "status" else self.values[name]
        return column[subject.first : subject.first + int(np.prod(shape))].reshape(shape)

    def spread(self, subject: Subject, name: str) -> NDArray[np.float64]:
        """A column as (points, lanes, runs of each): infinite where a run did not come to it, nan without one."""
        status = self._by_lane(self.cells(subject, "status"))
        values = self._by_lane(self.cells(subject, name)).astype(np.float64)
        if name == "steps_to_target":
            values = np.where(values < 0, np.inf, values)
        elif name in _MEDIANS:
            values = np.where((status == DIVERGED) | np.isnan(values), np.inf, values)
        return np.where((status == MISSING) | (status == FAILED), np.nan, values)

    def _medians_of(self, subject: Subject, names: list[str], metrics: list[str]) -> tuple[Columns, list[NDArray[Any]]]:
        status = self._by_lane(self.cells(subject, "status"))
        counts = {
            "runs": ((status == FINISHED) | (status == DIVERGED)).sum(axis=-1),
            "diverged": (status == DIVERGED).sum(axis=-1),
            "failed": (status == FAILED).sum(axis=-1),
            "reached": (self._by_lane(self.cells(subject, "steps_to_target")) >= 0).sum(axis=-1),
        }
        found = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a point without any run
            for name in names:
                values = self.spread(subject, name)
                found += [np.nanmedian(values, axis=-1), *quartiles(values)]
            found += [np.nanmedian(self.spread(subject, name), axis=-1) for name in metrics]
        return counts, found

    @staticmethod
    def _by_lane(cells: NDArray[Any]) -> NDArray[Any]:
        """(points, seeds, lanes, starts) as (points, lanes, seeds x starts)."""
        points, _, lanes, _ = cells.shape
        return cells.transpose(0, 2, 1, 3).reshape(points, lanes, -1)

    def _has(self, name: str) -> bool:
        column = self.values[name]
        return bool((column >= 0).any() if name in _COUNTS else (~np.isnan(column)).any())

    def _subject_of(self, row: int) -> Subject:
        return self.sweep.subjects[int(np.searchsorted(self._firsts, row, side="right")) - 1]

    def place(self, row: int) -> tuple[Subject, int, int, int, int]:
        """Subject, point, number of the seed, number among the enabled lanes, and start of a run."""
        subject = self._subject_of(row)
        cell, run = divmod(row - subject.first, subject.runs_a_cell)
        point, seed = divmod(cell, self.sweep.seeds_of(subject))
        lane, start = divmod(run, subject.starts)
        return subject, point, seed, lane, start


def quartiles(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lower and the upper quartile along the last axis, each one of the values: some may be infinite."""
    low, high = np.nanquantile(values, (0.25, 0.75), axis=-1, method="inverted_cdf")
    return low, high


def label_of(subject: Subject, lane: int) -> str:
    """What a lane is called: by its label, else by its optimizer's title; an axis may have changed either."""
    return label_of_lane(subject.experiment.lanes[lane])


def label_of_lane(lane: Lane) -> str:
    """What a lane is called: by its label, else by its optimizer's title."""
    return lane.label or optimizers.get(lane.optimizer).title


def axis_array(column: list[Any]) -> NDArray[Any]:
    """The values of an axis at every point as an array: numbers, or texts."""
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in column):
        return np.array(column, np.float64)
    return np.array([_text(value) for value in column])


def _text(value: Any) -> Any:
    """A value of an axis as a cell."""
    return value if isinstance(value, (int, float, str)) and not isinstance(value, bool) else json.dumps(value)


def _cell(value: Any, name: str) -> object:
    if name in _COUNTS:
        return None if value < 0 else int(value)
    return float(value)


def _finite(value: Any) -> object:
    return float(value) if np.isfinite(value) else None
