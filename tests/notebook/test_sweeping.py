"""Sweeps in Python: the numbers of a sweep's file, in this process or by an executor, and the best of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import workbench as wb
from workbench import cli

RATE = "lanes[0].hyperparameters.learning_rate"


@pytest.fixture(scope="module")
def race():
    made = wb.objective("rosenbrock", start=(-1.2, 1.0)).add("adam").add("sgd", learning_rate=0.001)
    return made.set("steps", 200)


@pytest.fixture(scope="module")
def rates(race):
    return wb.sweep(race, RATE, wb.log_range(1e-4, 1, 9))


def test_a_point_is_the_run_with_these_settings(race, rates):
    """Bit for bit, whichever of them."""
    for point, rate in enumerate(rates.values[RATE]):
        alone = race.copy().set(RATE, rate).run()
        np.testing.assert_array_equal(rates.loss[:, point], alone.loss[:, -1])


def test_the_best_is_of_the_lanes_that_differ(race, rates):
    """The lane beside it has the same loss everywhere, which says nothing of the axis."""
    best, loss = rates.best, rates.loss["Adam"]
    assert best.lane == "Adam"
    assert best.loss == loss.min()
    assert best.value == rates.values[RATE][int(loss.argmin())]
    assert best.settings == {RATE: best.value}
    assert best.race.run().loss[0, -1] == best.loss
    assert "lanes[0].hyperparameters.learning_rate = " in repr(best)
    both = wb.sweep(race, "lanes[*].hyperparameters.learning_rate", [1e-6, 1e-3], steps=50)
    assert both.best.lane in both.lanes


def test_the_numbers_are_those_of_the_command_line(race, rates, tmp_path):
    race.save(tmp_path / "race.toml")
    text = f"""
format = 1
experiment = "race.toml"
[axes]
"{RATE}" = {{from = 1e-4, to = 1.0, count = 9, log = true}}
"""
    (tmp_path / "sweep.toml").write_text(text, encoding="utf-8")
    assert cli.main(["sweep", str(tmp_path / "sweep.toml"), "--out", str(tmp_path / "out"), "--jobs", "1"]) == 0
    kept = np.load(tmp_path / "out" / "results.npz")
    for lane in (0, 1):
        np.testing.assert_array_equal(rates.loss[lane], kept["final_loss"][kept["lane"] == lane])


def test_an_executor_computes_the_same(race, rates):
    with ThreadPoolExecutor(2) as executor:
        found = wb.sweep(race, RATE, rates.values[RATE], executor=executor)
    np.testing.assert_array_equal(found.loss, rates.loss)


def test_axes_seeds_and_designs():
    """Several paths make a product, seeds their medians; drawn points stay within their ranges."""
    race = wb.objective("quadratic", start=(4.0, -3.0), noise=0.2).add("momentum", learning_rate=0.01)
    grid = wb.sweep(
        race,
        {RATE: np.array([0.001, 0.01]), "lanes[0].hyperparameters.momentum": (0.5, 0.8, 0.9)},
        steps=20,
        seeds=3,
    )
    assert grid.loss.shape == (1, 6)
    losses = [
        race.copy().set(RATE, 0.001).set("lanes[0].hyperparameters.momentum", 0.5).run(20, seed=seed).loss[0, -1]
        for seed in range(3)
    ]
    assert grid.loss[0, 0] == np.median(losses)
    drawn = wb.sweep(race, {RATE: {"from": 0.001, "to": 0.1, "log": True}}, steps=5, design="sobol", points=8)
    assert len(drawn.values[RATE]) == 8
    assert all(0.001 <= value <= 0.1 for value in drawn.values[RATE])


def test_what_diverged_is_infinite_and_never_the_best():
    race = wb.objective("quadratic", start=(4.0, -3.0)).add("sgd")
    found = wb.sweep(race, RATE, [0.01, 2.5, 3.0], steps=400)
    assert np.isinf(found.loss[0, 1:]).all()
    assert found.best.value == 0.01
    assert "2 diverged" in repr(found)
    assert "<th>lane</th>" in found._repr_html_()
    with pytest.raises(wb.RequestError, match="no run of this sweep came to an end: all diverged"):
        _ = wb.sweep(race, RATE, [2.5, 3.0], steps=400).best


class Plain:
    """Gradient descent."""

    learning_rate = 0.01
    memory = 0.0
    state = ("kept",)

    def update(self, theta, gradient, step):
        self.kept = self.memory * self.kept + gradient
        theta -= self.learning_rate * self.kept


def test_what_is_ones_own_is_swept_in_this_process():
    """A function and a class, against the same of the catalogue; no other process could have them."""

    def sphere(x):
        return float(x @ x)

    own = wb.objective(sphere, lambda x: 2 * x, start=(1.0, 2.0)).add(Plain)
    known = wb.objective("sphere", start=(1.0, 2.0)).add("momentum")
    axes = {RATE: wb.log_range(1e-3, 0.3, 5)}
    mine = wb.sweep(own, {**axes, "lanes[0].hyperparameters.memory": [0.0, 0.9]}, steps=30)
    its = wb.sweep(known, {**axes, "lanes[0].hyperparameters.momentum": [0.0, 0.9]}, steps=30)
    np.testing.assert_allclose(mine.loss, its.loss, rtol=1e-12)
    np.testing.assert_allclose(mine.best.race.run(30).loss[0, -1], mine.best.loss, rtol=1e-12)
    with pytest.raises(wb.RequestError, match='must be left out where "sphere" was given in Python'):
        wb.sweep(own, RATE, [0.1], steps=5, executor="processes")


@pytest.mark.parametrize(
    ("axes", "options", "said"),
    [
        ((RATE,), {}, "`values` goes with one path"),
        (({RATE: [1]}, [2]), {}, "`values` goes with one path"),
        (("lanes[0].hyperparameters.learning_rat", [0.1]), {}, '(did you mean "learning_rate"?)'),
        (("lanes[7].draw", [1]), {}, "there are lanes[0]"),
        (("seed", [1]), {}, "cannot be an axis"),
        ((RATE, [-1.0]), {}, "must lie in [0, 1e6]"),
        ((RATE, []), {}, "must have values, got none"),
        ((RATE, [0.1]), {"design": "grid"}, "must be one of product, zip, sobol, halton"),
        ((RATE, [0.1]), {"seeds": 0}, "`seeds`"),
        ((RATE, [0.1]), {"executor": "threads"}, "must be processes, dask"),
    ],
)
def test_a_wrong_sweep_is_one_sentence(race, axes, options, said):
    with pytest.raises(wb.RequestError) as told:
        wb.sweep(race, *axes, **options)
    assert said in str(told.value)


def test_ranges_have_their_ends():
    assert wb.log_range(1e-4, 1, 32)[0] == 1e-4
    assert wb.log_range(1e-4, 1, 32)[-1] == 1.0
    assert len(wb.log_range(1e-4, 1, 32)) == 32
    assert wb.linear_range(0, 1, 3) == [0.0, 0.5, 1.0]
    for wrong in ((0.0, 1.0, 3), (2.0, 1.0, 3), (0.1, 1.0, 1)):
        with pytest.raises(wb.RequestError):
            wb.log_range(*wrong)
