"""Schedules against rates recorded from PyTorch's schedulers and Keras's schedules (`tests/record_references.py`)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.recorded_schedules import RATES, SCHEDULES
from workbench.engine.schedules import schedules

RECORDED: dict[str, list[float]] = json.loads(
    (Path(__file__).parents[2] / "data" / "reference_paths.json").read_text()
)["rates"]


@pytest.mark.parametrize("label", SCHEDULES)
def test_the_rates_are_those_of_the_library(label: str) -> None:
    """150 steps of a rate of 1, to 1e-12; PyTorch multiplies its way down, which leaves some 1e-16 where we have 0."""
    case = SCHEDULES[label]
    schedule = schedules.get(case.ours)(case.parameters)
    memory, found = schedule.begin(1, 0), []
    for k in range(min(RATES, case.until)):
        if schedule.remembers:
            schedule.observe(memory, np.array([case.losses[k]]))
        found.append(schedule.factor(k) * (float(memory["factor"][0]) if schedule.remembers else 1.0))
    np.testing.assert_allclose(found, RECORDED[label], rtol=1e-12, atol=1e-15)


def test_every_schedule_is_recorded() -> None:
    assert {case.ours for case in SCHEDULES.values()} == set(schedules.keys())
    assert set(RECORDED) == set(SCHEDULES)
