"""Functions, classes and arrays of one's own: they go the ways of the program's, and no file can name them."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.engine.objectives import objectives
from workbench.engine.optimizers.gradient import SGD
from workbench.engine.registry import Given
from workbench.experiment import files

START = (-1.2, 1.0)


def banana(x):
    """As the catalogue's Rosenbrock computes it."""
    return 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2


def slope(x):
    return np.array([-400.0 * x[0] * (x[1] - x[0] ** 2) - 2.0 * (1.0 - x[0]), 200.0 * (x[1] - x[0] ** 2)])


def both(x):
    return banana(x), slope(x)


def many(x):
    return 100.0 * (x[:, 1] - x[:, 0] ** 2) ** 2 + (1.0 - x[:, 0]) ** 2


def race_on(race):
    return race.add("adam", learning_rate=0.05).add("momentum", learning_rate=0.0005)


@pytest.fixture(scope="module")
def builtin():
    return race_on(wb.objective("rosenbrock", start=START)).run(200)


@pytest.mark.parametrize(
    ("race", "tolerance"),
    [
        (lambda: wb.objective(banana, slope, start=START), 1e-9),
        (lambda: wb.objective(both, True, start=START), 1e-9),
        (lambda: wb.objective(banana, start=START), 1e-5),
        (lambda: wb.objective(many, start=START, vectorized=True), 1e-5),
    ],
    ids=["gradient", "both", "differences", "vectorized"],
)
def test_a_function_goes_the_way_of_the_catalogues(builtin, race, tolerance):
    """With its gradient to rounding, with differences as nearly as these are."""
    result = race_on(race()).run(200)
    np.testing.assert_allclose(result.path, builtin.path, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(result.loss, builtin.loss, rtol=10 * tolerance, atol=tolerance)


@pytest.mark.parametrize("size", [1.0, 3e4, 5e9])
def test_differences_are_good_at_any_size(size):
    """The step goes with the coordinate, so that far from the origin it is none that rounding swallows."""
    race = wb.objective(lambda x: size * float(np.sin(x[0] / size)), start=(0.7 * size,)).add("sgd")
    found = race.run(1).gradient_norm[0, 0]
    assert found == pytest.approx(np.cos(0.7), rel=1e-9)


def test_curvature_of_a_function_comes_of_differences():
    """From the gradient to nine digits, from values alone to five; along a direction as well."""
    known = objectives.get("rosenbrock")()
    at = np.array([[-0.7, 0.4], [1.1, 1.3]])
    exact = known.hessian(at, np.empty((2, 2, 2)))
    for given, tolerance in ((slope, 1e-8), (None, 1e-4)):
        problem = wb.objective(banana, given, start=START).experiment.problem
        own = objectives.get(problem.objective)()
        np.testing.assert_allclose(own.hessian(at, np.empty((2, 2, 2))), exact, rtol=tolerance)
        along = np.array([[0.3, -2.0], [1.0, 0.0]])
        np.testing.assert_allclose(own.bent(at, along), np.einsum("kij,kj->ki", exact, along), rtol=tolerance)


def test_a_function_cannot_change_the_state_of_a_race():
    """What it does to its argument is done to a copy."""

    def rude(x):
        value = float(x @ x)
        x[:] = 1e9
        return value

    result = wb.objective(rude, start=(1.0, 2.0)).add("sgd", learning_rate=0.1).run(5)
    np.testing.assert_allclose(result.loss[0], 5 * 0.8 ** (2 * np.arange(6)), rtol=1e-8)


@pytest.mark.parametrize(
    ("function", "options", "said"),
    [
        (lambda x: x, {}, "must give one number for a point"),
        (lambda x: "far", {}, "must give one number for a point"),
        (lambda x: (x @ x, x), {}, "must give one number for a point"),
        (banana, {"gradient": lambda x: 0.0}, "must give an array of shape (2,)"),
        (banana, {"gradient": True}, "must give value and gradient, as `gradient=True` says"),
        (banana, {"vectorized": True}, "must give an array of shape"),
        (banana, {"gradient": 3}, "`gradient` must be a function"),
        (banana, {"gradient": "numerical"}, "`gradient` must be a function"),
        (banana, {"steep": 3}, "goes with an objective of the catalogue"),
    ],
)
def test_a_function_that_is_none_is_said(function, options, said):
    with pytest.raises(wb.RequestError) as told:
        wb.objective(function, **options).add("sgd").run(2)
    assert said in str(told.value)


def test_what_a_function_raises_comes_through():
    def broken(x):
        raise ZeroDivisionError("own fault")

    with pytest.raises(ZeroDivisionError, match="own fault"):
        wb.objective(broken).add("sgd").run(2)


class PlainSGD:
    """Gradient descent."""

    learning_rate = 0.002

    def update(self, theta, gradient, step):
        theta -= self.learning_rate * gradient


class HeavyBall:
    """Momentum, as PyTorch has it; the velocity is kept by name, and what is given back is the new point."""

    learning_rate = 0.0005
    mu = 0.9
    state = ("velocity",)

    def update(self, theta, gradient, step):
        self.velocity = self.mu * self.velocity + gradient
        return theta - self.learning_rate * self.velocity


class Descent(wb.Optimizer):
    """A rule as the engine has them: all runs at once."""

    def update(self, theta, gradient, t):
        theta -= self.rate * gradient


@pytest.mark.parametrize(
    ("own", "known", "settings"),
    [(PlainSGD, "sgd", {"learning_rate": 0.002}), (HeavyBall, "momentum", {"learning_rate": 0.0005, "momentum": 0.9}),
     (Descent, "sgd", {"learning_rate": 0.01}), (SGD, "sgd", {"learning_rate": 0.001})],
)  # fmt: skip
@pytest.mark.parametrize("schedule", [None, {"kind": "exponential"}])
def test_a_class_that_is_a_known_rule_takes_its_steps_bit_for_bit(own, known, settings, schedule):
    """On an objective from two starts, under a schedule as well: same points, rates and losses."""

    def run(optimizer, **given):
        race = wb.objective("rosenbrock", start=[START, (0.5, 2.0)])
        return race.add(optimizer, schedule=schedule, **given).run(60)

    mine, its = run(own), run(known, **settings)
    for name in ("path", "loss", "rate", "gradient_norm"):
        np.testing.assert_array_equal(mine[name], its[name], err_msg=name)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_class_trains_a_network_bit_for_bit(dtype):
    """In either precision, clipped, beside another lane of the same class with another rate."""
    race = wb.network("moons", [6], samples=80, dtype=dtype, seed=3)
    for own, known, name in ((PlainSGD, "sgd", {}), (HeavyBall, "momentum", {"momentum": 0.9})):
        for rate in (0.1, 0.03):
            race.add(own, learning_rate=rate, gradient={"clip_norm": 0.5})
            race.add(known, learning_rate=rate, gradient={"clip_norm": 0.5}, **name)
    result = race.run(40)
    for mine in range(0, 8, 2):
        np.testing.assert_array_equal(result.loss[mine], result.loss[mine + 1])
        np.testing.assert_array_equal(result.theta[mine], result.theta[mine + 1])


def test_a_race_with_a_class_goes_back_and_forward_again():
    """What it keeps is in the race's own state."""
    from workbench.experiment import build

    experiment = wb.objective("rosenbrock", start=START).add(HeavyBall).experiment
    race = build.make_race(experiment)
    race.advance(120)
    end = race.theta.copy()
    race.seek(31)
    race.advance(89)
    np.testing.assert_array_equal(race.theta, end)


def test_a_class_that_keeps_what_it_does_not_name_is_refused():
    class Hidden:
        def update(self, theta, gradient, step):
            self.memory = gradient
            theta -= gradient

    with pytest.raises(wb.RequestError, match=r"Hidden keeps `memory` from step to step: name it in `state`"):
        wb.objective("sphere", start=(1.0, 1.0)).add(Hidden).run(3)


def _class(**members):
    return type("Made", (), members)


@pytest.mark.parametrize(
    ("own", "settings", "said"),
    [
        (_class(), {}, "must have a method `update(theta, gradient, step)`"),
        (_class(update=lambda self, *_: None, __init__=lambda self, much: None), {}, "can be made without arguments"),
        (_class(update=lambda self, *_: None, state=("not a name",)), {}, "must have names in `Made.state`"),
        (_class(update=lambda self, *_: None, step=3.0), {}, "must have another name for `step`"),
        (_class(update=lambda self, *_: np.ones(5)), {}, "must give an array of shape (2,), got (5,)"),
        (_class(update=lambda self, *_: None, beta=0.5), {"beat": 0.4}, '(did you mean "beta"?)'),
    ],
)
def test_a_class_that_is_no_rule_is_said(own, settings, said):
    with pytest.raises(wb.RequestError) as told:
        wb.objective("sphere", start=(1.0, 1.0)).add(own, **settings).run(2)
    assert said in str(told.value)


@pytest.mark.parametrize("words", [False, True], ids=["numbers", "words"])
def test_arrays_train_as_the_data_set_that_they_are_of(words):
    """The flowers as arrays, classes as numbers or as words: the same split, weights, batches and losses."""
    from workbench.engine import datasets

    table = datasets.datasets.get("iris")().make(np.random.default_rng())
    y = [table.classes[number] for number in table.y] if words else table.y
    mine = wb.network((table.x, y), [6], scaling="standard", seed=2).add("adam", learning_rate=0.01).run(50)
    its = wb.network("iris", [6], scaling="standard", seed=2).add("adam", learning_rate=0.01).run(50)
    for name in ("loss", "test_loss", "test_accuracy", "gradient_rms"):
        np.testing.assert_array_equal(mine[name], its[name], err_msg=name)


def test_numbers_with_a_point_are_values():
    """(N,) is one value a sample; scaled as asked."""
    x = np.linspace(-1, 1, 40)
    race = wb.network((x, np.sin(3 * x)), [8], target_scaling="standard").add("adam", learning_rate=0.02)
    result = race.run(150)
    assert result.loss[0, -1] < 0.5 * result.loss[0, 0]
    assert repr(wb.data(x, np.sin(x))) == "Data(40 samples, 1 inputs, 1 values)"


def test_arrays_are_taken_as_they_are_now():
    """Who changes them later changes no race."""
    x, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    race = wb.network(wb.data(x, y, classes=("even", "odd")), [4]).add("sgd")
    before = race.run(5).loss
    x[:] = 0.0
    np.testing.assert_array_equal(race.run(5).loss, before)


@pytest.mark.parametrize(
    ("x", "y", "options", "said"),
    [
        (np.ones((4, 2)), np.arange(3), {}, "`y` must have as many rows as x, 4, got 3"),
        (np.ones((4, 2, 2)), np.arange(4), {}, "`x` must have a row a sample"),
        ([[1.0, np.nan]], [0.5], {}, "no missing and no infinite values"),
        (["a"], [0.5], {}, "`x` must be an array of numbers"),
        (np.ones((4, 2)), np.zeros(4, int), {}, "at least two classes"),
        (np.ones((4, 2)), np.eye(4, dtype=int), {}, "must be one class a sample"),
        (np.ones((4, 2)), [0, 1, 0, 1], {"columns": ("a",)}, "`columns` must name all inputs, 2, got 1"),
        (np.ones((4, 2)), [0, 1, 2, 1], {"classes": ("a", "b")}, "`classes` must name all 3 classes"),
        (np.ones((4, 2)), [0, 1, 0, 1], {"image": (2, 2)}, "`image` must have as many pixels"),
    ],
)
def test_arrays_that_do_not_go_together_are_said(x, y, options, said):
    with pytest.raises(wb.RequestError) as told:
        wb.data(x, y, **options)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: wb.objective(banana, start=START).add("sgd"), "banana"),
        (lambda: wb.objective("sphere", start=(1.0, 1.0)).add(PlainSGD), "PlainSGD"),
        (lambda: wb.network((np.eye(4), [0, 1, 0, 1]), [2]).add("sgd"), "own arrays"),
    ],
    ids=["function", "class", "arrays"],
)
def test_what_is_ones_own_is_in_no_file(make, name, tmp_path):
    """Neither saved nor shown in a window, and a sentence says why; nothing is written."""
    race = make()
    for ask in (lambda: race.save(tmp_path / "race.toml"), race.show, race.toml):
        with pytest.raises(wb.RequestError, match=f'"{name}" was given in Python, which no file can hold'):
            ask()
    assert list(tmp_path.iterdir()) == []


def test_no_file_can_name_what_is_given_in_python():
    """Its key equals no text, and stands in no registry."""
    key = wb.objective(banana, start=START).add(PlainSGD).experiment.problem.objective
    assert isinstance(key, Given)
    assert key != "banana"
    assert key not in objectives
    with pytest.raises(wb.RequestError, match="must name one of the objectives"):
        files.loads('format = 1\n[problem]\nkind = "objective"\nobjective = "banana"\n[[lanes]]\noptimizer = "sgd"')


def test_two_of_one_name_are_two():
    """Lanes of classes that share a name each follow their own."""

    def made(sign):
        class Same:
            def update(self, theta, gradient, step):
                theta += sign * self.learning_rate * gradient

        return Same

    race = wb.objective("sphere", start=(1.0, 1.0)).add(made(-1), learning_rate=0.1).add(made(1), learning_rate=0.1)
    down, up = race.run(3).loss
    assert down[-1] < down[0] < up[-1]
