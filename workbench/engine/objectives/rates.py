"""Learning rates that show something on an objective and stay in its minimum, measured (`tests/tune_rates.py`)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from workbench.resources import resource

#: The steps that a race is suggested to take: to their end, and beyond, the rates keep a run in the minimum it reached.
SUGGESTED_STEPS = 5000

_NONE: Mapping[str, float] = MappingProxyType({})


@cache
def _table() -> dict[str, Mapping[str, float]]:
    with resource("data/rates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    names = rows[0][1:]
    return {
        row[0]: MappingProxyType({name: float(cell) for name, cell in zip(names, row[1:], strict=True) if cell})
        for row in rows[1:]
    }


def rates_for(objective: str) -> Mapping[str, float]:
    """Learning rate by optimizer key; an optimizer that is missing takes its convention's default."""
    return _table().get(objective, _NONE)
