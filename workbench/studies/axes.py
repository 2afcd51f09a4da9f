"""The axes of a sweep: which key of an experiment takes which values, and how they are put together to points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.params import RequestError, nearest, show
from workbench.experiment import paths
from workbench.studies.quasi_random import MOST_DIMENSIONS, halton, sobol

#: how the values of several axes are put together
DESIGNS = ("product", "zip", "sobol", "halton")
#: the points of a sweep at most, and the values of one axis
MOST_POINTS = 1_000_000
_RANGE_KEYS = ("from", "to", "count", "log")
#: what would change how many runs an experiment has, or nothing of them
_NOT_SWEPT = ("format", "title", "notes", "seed", "steps", "tolerance", "view", "problem.kind", "problem.starts",
              "problem.data.file")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Axis:
    """A key of the experiment, and its values: those named, or a range, of `count` where one was given.

    A range from one whole number to another holds whole numbers; `log` moves along it by factors.
    """

    path: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    count: int = 0
    log: bool = False

    @property
    def is_range(self) -> bool:
        return not self.values

    @property
    def is_whole(self) -> bool:
        return self.is_range and isinstance(self.low, int) and isinstance(self.high, int)

    def levels(self) -> tuple[Any, ...]:
        """The values of a grid along the axis, each once."""
        if self.values:
            return self.values
        ends = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        inner = np.linspace(*ends, self.count)[1:-1]
        found = [self.low, *self._numbers(np.exp(inner) if self.log else inner), self.high][: self.count]
        return tuple(dict.fromkeys(found))

    def at(self, share: np.ndarray[Any, Any]) -> list[Any]:
        """The values at shares (N,) of the way along the axis, in (0, 1)."""
        if self.values:
            return [self.values[int(u * len(self.values))] for u in share.tolist()]
        if self.is_whole:  # every whole number has the same room
            low, high = (self.low, self.high + 1) if not self.log else (self.low - 0.5, self.high + 0.5)
        else:
            low, high = self.low, self.high
        if self.log:
            found = np.exp(math.log(low) + share * (math.log(high) - math.log(low)))
            return self._numbers(found)
        found = low + share * (high - low)
        return [int(value) for value in found.tolist()] if self.is_whole else found.tolist()

    def _numbers(self, values: np.ndarray[Any, Any]) -> list[Any]:
        return [round(value) for value in values.tolist()] if self.is_whole else values.tolist()


def read_axes(tables: Any, design: str) -> tuple[Axis, ...]:
    """The axes that a table of paths says.

    Raises:
        RequestError: a fault in one of them, with its place.
    """
    if not isinstance(tables, Mapping):
        raise RequestError("axes", f"must be a table of paths, got {show(tables)}")
    axes = tuple(_axis(path, value, design) for path, value in tables.items())
    if design in ("sobol", "halton") and len(axes) > MOST_DIMENSIONS:
        raise RequestError("axes", f'must be at most {MOST_DIMENSIONS} for the design "{design}", got {len(axes)}')
    return axes


def _axis(path: str, value: Any, design: str) -> Axis:
    place = f'axes."{path}"'
    if not paths.is_path(path.replace("lanes[*]", "lanes[0]")):
        raise RequestError(place, "must be a path, like `lanes[0].hyperparameters.learning_rate`")
    if path in _NOT_SWEPT or path.startswith("view.") or path.endswith((".enabled", ".label", ".color")):
        raise RequestError(place, "cannot be an axis: seeds and steps have keys of their own, and runs stay as many")
    if isinstance(value, Mapping):
        return _range(path, value, design, place)
    if not isinstance(value, list):
        value = [value]
    if not value:
        raise RequestError(place, "must have values, got none")
    return Axis(path, tuple(value))


def _range(path: str, table: Mapping[str, Any], design: str, place: str) -> Axis:
    for key in table:
        if key not in _RANGE_KEYS:
            known = f"{', '.join(_RANGE_KEYS)}{nearest(key, _RANGE_KEYS)}"
            raise RequestError(f"{place}.{key}", f"is not a key of a range; there are: {known}")
    low, high = (_end(table, key, place) for key in ("from", "to"))
    log, count = table.get("log", False), table.get("count", 0)
    if not isinstance(log, bool):
        raise RequestError(f"{place}.log", f"must be true or false, got {show(log)}")
    if log and low <= 0:
        raise RequestError(f"{place}.from", f"must be above 0 where `log` is true, got {show(low)}")
    if not low < high:
        raise RequestError(place, f"is empty: `from` must be below `to`, got {show(low)} and {show(high)}")
    if "count" not in table:
        if design in ("product", "zip"):
            raise RequestError(f"{place}.count", "is missing: how many values the range is to have")
    elif isinstance(count, bool) or not isinstance(count, int) or not 2 <= count <= MOST_POINTS:
        raise RequestError(f"{place}.count", f"must be a whole number in [2, {MOST_POINTS}], got {show(count)}")
    return Axis(path, (), low, high, count, log)


def _end(table: Mapping[str, Any], key: str, place: str) -> float:
    """An end of a range, whole where it was written so."""
    if key not in table:
        raise RequestError(f"{place}.{key}", "is missing")
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise RequestError(f"{place}.{key}", f"must be a number, got {show(value)}")
    return value


def points(axes: Sequence[Axis], design: str, count: int) -> tuple[list[Any], ...]:
    """The values of each axis at every point: lists of one length, the number of points; one point without any axis.

    Raises:
        RequestError: the axes do not go together, or make too many points.
    """
    if not axes:
        return ()
    if design in ("sobol", "halton"):
        drawn = (sobol if design == "sobol" else halton)(count, len(axes))
        return tuple(axis.at(drawn[:, d]) for d, axis in enumerate(axes))
    levels = [axis.levels() for axis in axes]
    if design == "zip":
        return _zipped(axes, levels)
    total = math.prod(len(values) for values in levels)
    if total > MOST_POINTS:
        raise RequestError("axes", f"must make at most {MOST_POINTS} points, got {total:.3g}")
    return tuple(list(column) for column in zip(*itertools.product(*levels), strict=True))


def _zipped(axes: Sequence[Axis], levels: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    if len({len(values) for values in levels}) > 1:
        lengths = ", ".join(f"{axis.path}: {len(values)}" for axis, values in zip(axes, levels, strict=True))
        raise RequestError("axes", f'must have as many values each for the design "zip", got {lengths}')
    return tuple(list(values) for values in levels)
