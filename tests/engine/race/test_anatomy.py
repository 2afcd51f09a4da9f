"""A step taken apart is the step that the race then takes, and its numbers are the race's own."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import BOWL, experiment
from workbench.engine.optimizers import optimizers
from workbench.engine.params import CONVENTIONS
from workbench.engine.race.anatomy import AnatomyRequest, Quantity, anatomy
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


@pytest.mark.parametrize("text", [OBJECTIVE, NETWORK], ids=["objective", "network"])
@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("key", optimizers.keys())
def test_the_parts_of_a_step_add_up_to_it(key: str, convention: str, text: str) -> None:
    """Head to tail they lead from where the step begins to where it ends, for every rule, at the start and later."""
    rate = 0.5 if key in ("lbfgs", "newton") else 0.01
    race = build.make_race(experiment(text.format(optimizer=key, convention=convention, rate=rate)))
    run = race.problem.runs - 1
    for step in (0, 3, 12):
        race.seek(step)
        found = anatomy(race, run, tuple(range(race.problem.size)))
        assert found is not None
        total = sum((term.values for term in found.terms), np.zeros(race.problem.size))
        largest = max((np.abs(term.values).max() for term in found.terms), default=0.0)
        np.testing.assert_allclose(total, found.after - found.point, rtol=1e-11, atol=1e-13 + 1e-12 * largest)
        assert len({term.name for term in found.terms}) == len(found.terms)
        assert all(term.norm == pytest.approx(np.linalg.norm(term.values)) for term in found.terms)


def test_the_parts_of_known_rules_are_those_of_their_papers() -> None:
    """Momentum's are −η μ v and −η g; Adam's are the past's and the gradient's share of m̂ over the root of v̂."""
    text = BOWL.replace('"sgd"', '"adam"').replace("2.5", "0.25")
    race = build.make_race(experiment(text))
    slopes = []
    for _ in range(4):
        slopes.append(race.gradient.copy())
        race.advance()
    slopes.append(race.gradient.copy())
    v = m = s = np.zeros(2)
    for g0, g1 in slopes[:-1]:
        v, m, s = 0.9 * v + g0, 0.9 * m + 0.1 * g1, 0.999 * s + 0.001 * g1**2
    g0, g1 = slopes[-1]
    found = {run: {t.name: t.values for t in anatomy(race, run, (0, 1)).terms} for run in (0, 1)}  # type: ignore[union-attr]
    assert set(found[0]) == {"v", "g"}
    np.testing.assert_allclose(found[0]["v"], -0.01 * 0.9 * v, rtol=1e-10)
    np.testing.assert_allclose(found[0]["g"], -0.01 * g0, rtol=1e-10)
    root = np.sqrt((0.999 * s + 0.001 * g1**2) / (1 - 0.999**5)) + 1e-8
    assert set(found[1]) == {"m", "g"}
    np.testing.assert_allclose(found[1]["m"], -0.25 * 0.9 * m / (1 - 0.9**5) / root, rtol=1e-9)
    np.testing.assert_allclose(found[1]["g"], -0.25 * 0.1 * g1 / (1 - 0.9**5) / root, rtol=1e-9)


def test_what_shrinks_the_point_is_a_part_of_its_own() -> None:
    """Decoupled decay, of the rule and of the lane, comes from x; that in the gradient goes its way, from x too."""
    for text in (
        BOWL.replace('"momentum"', '"adamw"').replace("= 0.01", "= 0.01\nweight_decay = 0.1", 1),
        BOWL.replace("learning_rate = 0.01", "learning_rate = 0.01\n[lanes.gradient]\nweight_decay = 0.1"),
    ):
        race = build.make_race(experiment(text))
        race.advance(2)
        found = anatomy(race, 0, (0, 1))
        assert found is not None
        shrunk = next(term.values for term in found.terms if term.name == "x")
        np.testing.assert_allclose(shrunk, -0.01 * 0.1 * found.point, rtol=1e-6)


def test_two_steps_side_by_side_and_from_the_same_point() -> None:
    """Beside each other each is its own; from here the other rule, with its own state, sees this run's gradient."""
    race = build.make_race(experiment(BOWL.replace('"sgd"', '"adam"').replace("2.5", "0.25")))
    race.advance(5)
    kept = statistics.get("anatomy")()
    both = kept.compute(race, AnatomyRequest(0, (0, 1), 1), running=False)
    np.testing.assert_array_equal(both.beside.after, anatomy(race, 1, (0, 1)).after)  # type: ignore[union-attr]
    assert not both.beside.here
    here = kept.compute(race, AnatomyRequest(0, (0, 1), 1, here=True), running=False).beside
    assert here.here
    np.testing.assert_array_equal(here.point, race.theta[0])
    np.testing.assert_array_equal(by_name(here.quantities, "g", "given").values, race.gradient[0])
    m = by_name(here.quantities, "m", "state").values
    np.testing.assert_allclose(by_name(here.quantities, "m", "line").values, 0.9 * m + 0.1 * race.gradient[0])
    race.seek(400)
    assert kept.compute(race, (0, (0, 1), 7), running=False) is None
