"""What is tuned of a lane: ranges taken from its settings' `Param`s, and the trials spread over them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.optimizers import optimizers
from workbench.engine.params import Param, RequestError, nearest, show
from workbench.experiment.experiment import Lane
from workbench.studies.axes import Axis
from workbench.studies.quasi_random import MOST_DIMENSIONS, halton, sobol

DESIGNS = ("sobol", "halton", "grid")
_RANGE_KEYS = ("from", "to", "log")
Trial = dict[str, float]


def axes_of(lane: Lane, label: str, names: Sequence[str], given: Mapping[str, Any]) -> tuple[Axis, ...]:
    """The axes of a lane: those of `names` that its optimizer has, over the part of their range that a slider covers.

    `given` holds ranges in the place of these, by name, and so may name settings besides.

    Raises:
        RequestError: nothing of it can be tuned, or a range is wrong.
    """
    rule = optimizers.get(lane.optimizer)
    known = {p.name: p for p in rule.settings(rule.spelt(lane.hyperparameters), lane.convention) if not p.switch}
    place = f'spaces."{label}"'
    for name in given:
        if name not in known:
            have = ", ".join(known)
            raise RequestError(f"{place}.{name}", f"is nothing to tune there; there are: {have}{nearest(name, known)}")
    found = tuple(
        _axis(known[name], given.get(name), f"{place}.{name}")
        for name in dict.fromkeys([*(name for name in names if name in known), *given])
    )
    if not found:
        have = ", ".join(known)
        raise RequestError("tune", f'names nothing that "{label}" has; there are: {have}')
    if len(found) > MOST_DIMENSIONS:
        raise RequestError("tune", f'must be at most {MOST_DIMENSIONS} settings, got {len(found)} of "{label}"')
    return found


def _axis(param: Param, given: Any, place: str) -> Axis:
    if given is None:
        low, high = param.slider or (param.low, param.high)
        if not (math.isfinite(low) and math.isfinite(high)):
            raise RequestError(place, "must be given a range: its setting says none that ends")
        is_log = param.scale == "log" and low > 0
    else:
        if not isinstance(given, Mapping):
            raise RequestError(
                place, f"must be a range, like {{ from = 0.001, to = 1.0, log = true }}, got {show(given)}"
            )
        for key in given:
            if key not in _RANGE_KEYS:
                raise RequestError(f"{place}.{key}", f"is not a key of a range; there are: {', '.join(_RANGE_KEYS)}")
        low, high = (_end(param, given, key, place) for key in ("from", "to"))
        is_log = given.get("log", param.scale == "log" and low > 0)
        if not isinstance(is_log, bool):
            raise RequestError(f"{place}.log", f"must be true or false, got {show(is_log)}")
        if is_log and low <= 0:
            raise RequestError(f"{place}.from", f"must be above 0 where `log` is true, got {show(low)}")
        if not low < high:
            raise RequestError(place, f"is empty: `from` must be below `to`, got {show(low)} and {show(high)}")
    if param.kind == "int":
        return Axis(param.name, (), int(low), int(high), 0, is_log)
    return Axis(param.name, (), float(low), float(high), 0, is_log)


def _end(param: Param, given: Mapping[str, Any], key: str, place: str) -> float:
    if key not in given:
        raise RequestError(f"{place}.{key}", "is missing")
    value = param.check(given[key], f"{place}.{key}")
    assert isinstance(value, (int, float))  # noqa: S101 - for the type checker: no setting that is tuned is a switch
    return value


def trials_of(axes: Sequence[Axis], design: str, count: int, study: int) -> list[Trial]:
    """The settings that a study tries. Lanes of as many axes have theirs at the same shares of the way.

    Studies behind the first one have the points shifted around (R. Cranley, T. N. L. Patterson, 1976), by what follows
    from their number alone; a grid is the same in each.
    """
    if design == "grid":
        shares = (np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5]))[:, None]
        columns = [_grid(axis, shares[:, d]) for d, axis in enumerate(axes)]
    else:
        shares = (sobol if design == "sobol" else halton)(count, len(axes))
        if study:
            shares = (shares + np.random.default_rng(study).random(len(axes))) % 1.0
        columns = [axis.at(shares[:, d]) for d, axis in enumerate(axes)]
    return [
        {axis.path: float(value) for axis, value in zip(axes, values, strict=True)}
        for values in zip(*columns, strict=True)
    ]


def _grid(axis: Axis, shares: np.ndarray[Any, Any]) -> list[float]:
    """Values with both ends among them."""
    if axis.log:
        found = np.exp(math.log(axis.low) + shares * (math.log(axis.high) - math.log(axis.low)))
    else:
        found = axis.low + shares * (axis.high - axis.low)
    found[shares == 0.0], found[shares == 1.0] = axis.low, axis.high
    return [float(round(v)) if axis.is_whole else v for v in found.tolist()]


@dataclass(frozen=True, slots=True)
class Range:
    """What could be tuned of a lane: a setting, over the part of its range that a slider covers.

    Attributes:
        words: what the setting is called.
        low, high: not-a-number where its range does not end.
    """

    label: str
    name: str
    words: str
    low: float
    high: float
    log: bool
    whole: bool


def ranges_of(lane: Lane, label: str) -> tuple[Range, ...]:
    """All that could be tuned of a lane."""
    rule, found = optimizers.get(lane.optimizer), []
    for param in rule.settings(rule.spelt(lane.hyperparameters), lane.convention):
        if param.switch:
            continue
        low, high = param.slider or (param.low, param.high)
        log, whole = param.scale == "log" and low > 0, param.kind == "int"
        low, high = (float(end) if math.isfinite(end) else math.nan for end in (low, high))
        found.append(Range(label, param.name, f"{param.words} {param.symbol}".strip(), low, high, log, whole))
    return tuple(found)
