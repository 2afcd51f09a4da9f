"""The shipped learning rates: one for every objective and optimizer, and each shows something."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race
from workbench.resources import resource

STEPS = 300
KEYS = objectives.keys()
#: FTRL's first step draws θ to 0 where gradients are small beside its initial accumulator, as on these plains: at any
#: rate.
BEYOND_HELP = {"easom": {"ftrl"}, "michalewicz": {"ftrl"}}


def test_every_objective_has_a_rate_for_every_optimizer_that_the_optimizer_allows() -> None:
    for entry in objectives:
        assert set(entry.rates) == set(optimizers.keys())
        for key, rate in entry.rates.items():
            assert complete(optimizers.get(key).params, {"learning_rate": rate})["learning_rate"] == rate


def test_the_table_has_no_row_or_column_of_something_that_is_gone() -> None:
    with resource("data/rates.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == ("objective", *optimizers.keys())
    assert tuple(row[0] for row in rows) == KEYS


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_every_rate_brings_a_run_clearly_down_without_diverging(key: str) -> None:
    """Within 300 steps from the usual start, by a tenth of what there is to gain; a saddle may throw it off."""
    entry = objectives.get(key)
    rules = [
        LaneRule(name, "pytorch", complete(optimizers.get(name).params, {"learning_rate": rate}))
        for name, rate in entry.rates.items()
    ]
    problem = ObjectiveProblem(entry(), [entry.start], len(rules))
    race = Race(problem, rules, limit=STEPS)
    race.advance(STEPS)
    loss = race.history.view().values["loss"]
    known = [m.value for m in entry().minima()]
    first = float(loss[0, 0])
    grid = np.stack(np.meshgrid(*[np.linspace(low, high, 101) for low, high in entry.domain]), axis=-1)
    floor = min(known) if known else float(entry().value(grid).min())
    reached = np.nanmin(loss, axis=0)
    weak = {rule.optimizer for rule, low in zip(rules, reached, strict=True) if first - low < 0.1 * (first - floor)}
    assert weak == BEYOND_HELP.get(key, set())
    if known:
        assert race.alive.all(), [rule.optimizer for rule, well in zip(rules, race.alive, strict=True) if not well]
