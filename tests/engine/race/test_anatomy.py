"""A step taken apart is the step that the race then takes, and its numbers are the race's own."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import BOWL, experiment
from workbench.engine.optimizers import optimizers
from workbench.engine.params import CONVENTIONS
from workbench.engine.race.anatomy import Quantity, anatomy
from workbench.engine.race.statistic import statistics
from workbench.experiment import build

OBJECTIVE = """
format = 1
seed = 1
[problem]
kind = "objective"
objective = "rosenbrock"
start = [[-1.2, 1.0], [0.5, 0.5]]
noise = 0.1
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.0001
[[lanes]]
optimizer = "{optimizer}"
convention = "{convention}"
[lanes.hyperparameters]
learning_rate = {rate}
[lanes.schedule]
kind = "exponential"
[lanes.gradient]
clip_norm = 3.0
weight_decay = 0.01
"""
NETWORK = """
format = 1
seed = 2
[problem]
kind = "network"
batch_size = 16
starts = 2
[problem.data]
name = "moons"
samples = 60
[[problem.layers]]
units = 3
batch_norm = true
[[lanes]]
optimizer = "{optimizer}"
convention = "{convention}"
[lanes.hyperparameters]
learning_rate = {rate}
"""


def by_name(found: tuple[Quantity, ...], name: str, origin: str) -> Quantity:
    return next(q for q in found if q.name == name and q.origin == origin)


@pytest.mark.parametrize("text", [OBJECTIVE, NETWORK], ids=["objective", "network"])
@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("key", optimizers.keys())
def test_the_step_that_is_shown_is_the_one_that_is_taken(key: str, convention: str, text: str) -> None:
    """Before steps 1, 2, 3 and 13, to 1e-12; and to be asked leaves the race as it was, bit for bit."""
    rate = 0.5 if key in ("lbfgs", "newton") else 0.01
    given = experiment(text.format(optimizer=key, convention=convention, rate=rate))
    race, alone = build.make_race(given), build.make_race(given)
    run = race.problem.runs - 1
    coordinates = tuple(range(race.problem.size))
    for step in (0, 1, 2, 12):
        race.seek(step)
        found = anatomy(race, run, coordinates)
        assert found is not None
        assert found.step == step
        np.testing.assert_array_equal(found.point, race.theta[run])
        race.advance()
        np.testing.assert_allclose(found.after, race.theta[run], rtol=1e-12, atol=1e-12)
        assert found.shift == pytest.approx(np.linalg.norm(found.after - found.point), rel=1e-12)
    alone.seek(race.step)
    assert np.array_equal(alone.theta, race.theta)


def test_the_numbers_of_adams_first_step_are_those_of_its_paper() -> None:
    """In a bowl: m̂ is the gradient, v̂ its square, and the step the rate in every coordinate."""
    race = build.make_race(experiment(BOWL.replace('"sgd"', '"adam"').replace("2.5", "0.25")))
    found = anatomy(race, 1, (0, 1))
    assert found is not None
    g = race.gradient[1]
    np.testing.assert_allclose(by_name(found.quantities, "g", "given").values, g)
    np.testing.assert_allclose(by_name(found.quantities, "m", "line").values, 0.1 * g, rtol=1e-12)
    np.testing.assert_allclose(by_name(found.quantities, "m_hat", "line").values, g, rtol=1e-12)
    np.testing.assert_allclose(by_name(found.quantities, "v_hat", "line").values, g * g, rtol=1e-9)
    np.testing.assert_allclose(by_name(found.quantities, "Delta", "line").values, -0.25 * np.sign(g), rtol=1e-7)
    assert by_name(found.quantities, "m", "state").norm == 0.0
    assert by_name(found.quantities, "m_hat", "line").reads == ("m", "beta1", "t")
    assert by_name(found.quantities, "m_hat", "line").norm == pytest.approx(np.linalg.norm(g))


def test_a_run_that_diverged_takes_no_step_and_one_that_is_not_there_is_refused() -> None:
    race = build.make_race(experiment(BOWL))
    race.seek(400)
    assert not race.alive[1]
    assert anatomy(race, 1, (0,)) is None
    assert anatomy(race, 0, (0,)) is not None
    with pytest.raises(ValueError, match="there is no run 2"):
        anatomy(race, 2, (0,))
    kept = statistics.get("anatomy")()
    assert kept.compute(race, (7, (0,)), running=True) is None
    assert kept.compute(race, (0, (0, 1)), running=False) is not None
