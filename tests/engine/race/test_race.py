"""A race is fair: each lane does what it does alone, the same numbers come again, and a diverging run stops alone."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from tests.engine.optimizers.test_optimizers import slope
from tests.engine.races import continues, equal, every_rule, on_network, on_objective, problem_of, recorded, rule, state
from tests.references import OPTIMIZERS
from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.race.race import DIVERGED_BEYOND, LaneRule, Race
from workbench.engine.schedules import schedules

NETWORKS: dict[str, dict[str, Any]] = {
    "linear": {},
    "moons": {"batch_size": 8},
    "spirals": {"batch_size": 5},
    "digits": {"batch_size": 32},
}
PROBLEMS = [*((key, {}) for key in objectives.keys()), *NETWORKS.items()]  # noqa: SIM118 - iterating gives classes
CASES = [
    *PROBLEMS,
    ("rosenbrock", {"noise": 0.5}),
    ("rastrigin", {"difference": 1e-4}),
    *((name, {**settings, "dtype": "float32"}) for name, settings in NETWORKS.items()),
    ("moons", {"batch_size": 8, "loss": "mean_squared_error"}),
]
#: On these every optimizer runs; all that a rule can see of a problem differs between them.
OF_EACH_KIND: list[tuple[str, dict[str, Any]]] = [
    ("rosenbrock", {}),
    ("rosenbrock", {"noise": 0.5}),
    ("rastrigin", {"difference": 1e-4}),
    ("moons", {"batch_size": 8}),
    ("digits", {"batch_size": 32, "dtype": "float32"}),
]
STEPS = 60


def name_of(value: object) -> str:
    return value if isinstance(value, str) else "-".join(f"{k}={v}" for k, v in value.items()) or "plain"  # type: ignore[attr-defined]


def assert_each_lane_is_as_alone(name: str, settings: dict[str, Any], starts: int, rules: list[LaneRule]) -> None:
    race = Race(problem_of(name, len(rules), starts, **settings), rules)
    race.advance(STEPS)
    for lane, one in enumerate(rules):
        alone = Race(problem_of(name, 1, starts, **settings), [one])
        alone.advance(STEPS)
        runs = slice(lane * starts, (lane + 1) * starts)
        assert equal(state(alone, slice(0, starts)), state(race, runs)), one
        assert continues(recorded(alone, slice(0, starts)), recorded(race, runs)), one


@pytest.mark.parametrize("starts", [1, 3])
@pytest.mark.parametrize(("name", "settings"), OF_EACH_KIND, ids=name_of)
def test_each_lane_does_what_it_does_alone_bit_for_bit(name: str, settings: dict[str, Any], starts: int) -> None:
    """Every optimizer in both conventions side by side, then each by itself: state and record are the same."""
    # Newton's step takes 2 P gradients and P² numbers a run: on networks, test_optimizers.py has it on a small one.
    rules = [each for each in every_rule() if name in objectives or each.optimizer != "newton"]
    assert_each_lane_is_as_alone(name, settings, starts, rules)


@pytest.mark.parametrize(("name", "settings"), CASES, ids=name_of)
def test_on_no_problem_does_one_lane_disturb_another(name: str, settings: dict[str, Any]) -> None:
    """All problems, each with rules that ask it in different ways: for slopes, at trial points, for its curvature."""
    curvature = [rule("newton", 1.0)] if name in objectives else []
    rules = [rule("sgd", 1e-3), rule("adam", 0.01), rule("lbfgs", 1.0, history_size=4), *curvature]
    assert_each_lane_is_as_alone(name, settings, 3, rules)


@pytest.mark.parametrize(("name", "settings"), CASES, ids=name_of)
def test_another_start_more_changes_nothing_for_those_there_were(name: str, settings: dict[str, Any]) -> None:
    rules = [rule("sgd", 0.01), rule("adam", 0.01)]
    one = Race(problem_of(name, 2, 1, **settings), rules)
    many = Race(problem_of(name, 2, 4, **settings), rules)
    one.advance(STEPS)
    many.advance(STEPS)
    assert continues(recorded(one, slice(0, 2)), recorded(many, slice(0, 8, 4)))


def test_noise_far_into_a_run_depends_on_seed_and_start_alone() -> None:
    """Noise is drawn in blocks; their length must not follow from the number of starts."""
    few = on_objective("quadratic", 1, 1, noise=1.0)
    many = on_objective("quadratic", 2, 5, noise=1.0)
    for step in (0, 1, 1000, 5000, 20_000, 100_000):
        a, b = np.empty((1, 2)), np.empty((10, 2))
        few.loss_and_gradient(np.zeros((1, 2)), step, a)
        many.loss_and_gradient(np.zeros((10, 2)), step, b)
        assert np.array_equal(a[0], b[0])
        assert np.array_equal(b[:5], b[5:])
        assert not np.array_equal(b[0], b[1])


def test_noise_has_the_spread_that_was_asked_for_and_comes_again() -> None:
    problem = on_objective("quadratic", 1, noise=0.5)
    center, out, drawn = np.zeros((1, 2)), np.empty((1, 2)), []
    for step in range(4000):
        problem.loss_and_gradient(center, step, out)
        drawn.append(out[0].copy())
    assert np.std(drawn) == pytest.approx(0.5, rel=0.03)
    assert abs(np.mean(drawn)) < 0.02
    problem.loss_and_gradient(center, 17, out)
    assert np.array_equal(out[0], drawn[17])
    other = on_objective("quadratic", 1, noise=0.5, seed=1)
    other.loss_and_gradient(center, 17, out)
    assert not np.array_equal(out[0], drawn[17])


@pytest.mark.parametrize(("name", "settings"), CASES, ids=name_of)
def test_reset_and_a_new_build_give_the_same_numbers(name: str, settings: dict[str, Any]) -> None:
    rules = [rule("momentum", 0.01), rule("rmsprop", 0.01)]
    first, second = (Race(problem_of(name, 2, 2, **settings), rules) for _ in range(2))
    start = state(first)
    first.advance(STEPS)
    second.advance(STEPS)
    end = state(first)
    assert equal(end, state(second))
    assert equal(recorded(first, slice(None)), recorded(second, slice(None)))
    first.seek(0)
    assert equal(state(first), start)
    first.advance(STEPS)
    assert equal(state(first), end)


def test_row_k_is_the_state_after_k_steps() -> None:
    """Checked against gradient descent written out: point, loss and gradient norm belong together."""
    race = Race(on_objective("quadratic", 1), [rule("sgd", 0.1)])
    race.advance(30)
    view = race.history.view()
    x = np.array(objectives.get("quadratic").start)
    for k in range(31):
        assert view.steps[k] == k
        np.testing.assert_allclose(view.values["path"][k, 0], x, rtol=1e-12)
        assert view.values["loss"][k, 0] == pytest.approx((x**2).sum(), rel=1e-12)
        assert view.values["gradient_norm"][k, 0] == pytest.approx(2 * np.hypot(*x), rel=1e-12)
        x -= 0.1 * 2 * x


def test_a_schedule_multiplies_the_rate_of_its_own_lane_from_the_first_step_on() -> None:
    falling = schedules.get("exponential")({"gamma": 0.5})
    race = Race(on_objective("quadratic", 2), [rule("sgd", 0.1, schedule=falling), rule("sgd", 0.1)])
    race.advance(3)
    x = np.array(objectives.get("quadratic").start)
    path = race.history.view().values["path"]
    expected = x * (1 - 0.2) * (1 - 0.1) * (1 - 0.05)
    np.testing.assert_allclose(path[3, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(path[3, 1], x * 0.8**3, rtol=1e-12)


def test_first_descent_is_the_closed_form() -> None:
    """The quadratic about (1, 2) from (0, 0), rate 0.1, numerical gradient: the error shrinks by 0.8 a step."""
    bowl = objectives.get("quadratic")({"center_x": 1.0, "center_y": 2.0})
    race = Race(ObjectiveProblem(bowl, [(0.0, 0.0)], difference=1e-4), [rule("sgd", 0.1)], limit=20)
    assert race.advance(100) == 20
    assert race.finished
    k = np.arange(21)
    expected = np.stack([1 - 0.8**k, 2 * (1 - 0.8**k)], axis=1)
    np.testing.assert_allclose(race.history.view().values["path"][:, 0], expected, atol=1e-9, rtol=0)


def test_update_ratio_and_rms_gradient_are_means_over_a_layer() -> None:
    race = Race(on_network("moons", 2, batch_size=8), [rule("sgd", 0.1), rule("adam", 0.01)])
    race.advance(4)
    before, slope = race.theta.copy(), race.gradient.copy()
    race.advance(1)
    view = race.history.view()
    for i, part in enumerate(race.problem.layers):
        cut = slice(part.start, part.stop)
        rms = np.sqrt((slope[:, cut] ** 2).mean(axis=1))
        np.testing.assert_allclose(view.values["gradient_rms"][4, :, i], rms, rtol=1e-12)
        ratio = np.abs(race.theta - before)[:, cut].mean(axis=1) / np.abs(race.theta[:, cut]).mean(axis=1)
        np.testing.assert_allclose(view.values["update_ratio"][5, :, i], ratio, rtol=1e-9)
    assert np.isnan(view.values["update_ratio"][0]).all()


def test_a_diverging_run_stops_alone_and_is_marked_with_its_step() -> None:
    """x² with rate 2 triples in size at each step, so that the step of divergence is known beforehand."""
    rules = [rule("sgd", 0.1), rule("sgd", 2.0), rule("momentum", 0.05), rule("sgd", 2.0)]
    race = Race(on_objective("quadratic", 4), rules)
    race.advance(200)
    start = np.array(objectives.get("quadratic").start)
    k = np.arange(201)
    expected = int(np.argmax((start**2).sum() * 9.0**k > DIVERGED_BEYOND))
    assert race.alive.tolist() == [True, False, True, False]
    assert race.diverged_at.tolist() == [-1, expected, -1, expected]
    assert not race.finished
    view = race.history.view()
    assert np.isnan(view.values["loss"][expected + 1 :, 1]).all()
    assert np.isfinite(view.values["loss"][: expected + 1, 1]).all()
    assert (view.values["path"][expected:, 1] == view.values["path"][expected, 1]).all()
    others = Race(on_objective("quadratic", 2), [rules[0], rules[2]])
    others.advance(200)
    assert equal(recorded(others, slice(0, 2)), recorded(race, slice(0, 4, 2)))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_network_that_diverges_leaves_the_others_alone(dtype: str) -> None:
    rules = [rule("sgd", 0.01), rule("sgd", 1e5), rule("sgd", 0.02)]
    settings = {"batch_size": 8, "loss": "mean_squared_error", "dtype": dtype}
    race = Race(on_network("moons", 3, **settings), rules)
    race.advance(100)
    assert race.alive.tolist() == [True, False, True]
    assert 0 < race.diverged_at[1] < 100
    view = race.history.view()
    for name in ("loss", "gradient_norm", "gradient_rms", "update_ratio"):
        assert np.isnan(view.values[name][race.diverged_at[1] + 1 :, 1]).all()
        assert np.isfinite(view.values[name][1:, [0, 2]]).all()
    others = Race(on_network("moons", 2, **settings), [rules[0], rules[2]])
    others.advance(100)
    assert equal(recorded(others, slice(0, 2)), recorded(race, slice(0, 3, 2)))


def test_when_every_run_has_diverged_the_race_is_finished() -> None:
    race = Race(on_objective("quadratic", 2), [rule("sgd", 3.0), rule("sgd", 5.0)])
    taken = race.advance(1000)
    assert race.finished
    assert taken == race.step == race.diverged_at.max() < 1000
    assert race.advance(10) == 0
    race.seek(3)
    assert race.alive.all()
    assert not race.finished


def test_a_run_may_be_beyond_the_bound_from_the_first() -> None:
    problem = ObjectiveProblem(objectives.get("himmelblau")(), [(1e10, 0.0), (1.0, 1.0)])
    race = Race(problem, [rule("sgd", 0.001)])
    assert race.diverged_at.tolist() == [0, -1]
    assert race.advance(10) == 10
    assert race.theta[0].tolist() == [1e10, 0.0]


def test_many_large_but_allowed_losses_together_are_no_divergence() -> None:
    """The sum over the race may pass the bound that no single run passes."""
    far = 0.9 * DIVERGED_BEYOND**0.5
    problem = ObjectiveProblem(objectives.get("quadratic")(), [(far, 0.0)] * 4)
    assert Race(problem, [rule("sgd", 0.001)]).alive.all()


def test_the_limit_ends_a_race_and_a_longer_one_lets_it_go_on() -> None:
    race = Race(on_objective("rosenbrock", 1), [rule("sgd", 1e-4)], limit=25)
    assert race.advance(10) == 10
    assert race.advance(100) == 15
    assert race.finished
    race.limit = 30
    assert race.advance(100) == 5


def test_the_path_is_recorded_in_every_thinning_and_the_record_stays_bounded() -> None:
    race = Race(on_objective("rosenbrock", 1), [rule("adam", 0.01)], capacity=256)
    race.advance(3000)
    view = race.history.view()
    assert len(view.steps) <= 256
    full = Race(on_objective("rosenbrock", 1), [rule("adam", 0.01)], capacity=None)
    full.advance(3000)
    every = full.history.view()
    for name in every.values:
        assert np.array_equal(view.values[name], every.values[name][view.steps])
    first, last = int(view.steps[3]), int(view.steps[4])
    assert view.high["loss"][3, 0] == every.values["loss"][first:last, 0].max()


def test_recording_every_kth_step_keeps_those_steps() -> None:
    race = Race(on_network("moons", 1, batch_size=8), [rule("adam", 0.01)], record_every=5, capacity=None)
    full = Race(on_network("moons", 1, batch_size=8), [rule("adam", 0.01)], capacity=None)
    race.advance(54)
    full.advance(54)
    view, every = race.history.view(), full.history.view()
    assert view.steps.tolist() == list(range(0, 51, 5))
    for name in every.values:
        assert np.array_equal(view.values[name], every.values[name][view.steps], equal_nan=True)


def test_metrics_are_those_of_the_state_at_the_end_of_each_epoch() -> None:
    problem = on_network("moons", 2, batch_size=8)
    epoch = problem.steps_per_epoch
    race = Race(problem, [rule("adam", 0.01), rule("sgd", 0.1)], evaluate_every=epoch)
    expected = []
    for _ in range(4):
        expected.append(race.problem.evaluate(race.theta))
        race.advance(epoch)
    view = race.evaluated.record.view()
    for name in race.problem.metrics:
        assert np.array_equal(view.values[name][:4], [metrics[name] for metrics in expected])


def test_only_live_settings_can_change_while_a_race_runs() -> None:
    """Another rule, another convention, or a setting that is read once at the start need a new race."""
    base = rule("adagrad", 0.1)
    race = Race(on_objective("rosenbrock", 1), [base])
    race.advance(5)
    others: list[list[LaneRule]] = [
        [rule("sgd", 0.1)],
        [rule("adagrad", 0.1, "keras")],
        [rule("adagrad", 0.1, initial_accumulator=0.5)],
        [base, base],
        [],
    ]
    for changed in others:
        with pytest.raises(ValueError, match="only live hyperparameters"):
            race.set_rules(changed)
    assert race.lanes == (base,)


def test_a_change_of_rate_keeps_the_state_and_takes_effect_at_once() -> None:
    """Momentum by its documented rule, its rate changed after ten steps."""
    race = Race(on_objective("rosenbrock", 1), [rule("momentum", 1e-4)])
    race.advance(10)
    race.set_rules([rule("momentum", 3e-4)])
    race.advance(10)
    point, states = list(objectives.get("rosenbrock").start), [{}, {}]
    for t in range(1, 21):
        g = slope(*point)
        h = rule("momentum", 1e-4 if t <= 10 else 3e-4).hyperparameters
        point = [OPTIMIZERS["momentum", "pytorch"](x, g[i], t, states[i], h) for i, x in enumerate(point)]
    np.testing.assert_allclose(race.theta[0], point, rtol=1e-12)


def test_a_race_in_single_precision_stays_there_and_follows_the_double_one() -> None:
    races = [Race(on_network("digits", 1, batch_size=32, dtype=d), [rule("sgd", 0.1)]) for d in ("float32", "float64")]
    for race in races:
        race.advance(20)
    assert races[0].theta.dtype == races[0].loss.dtype == races[0].gradient.dtype == np.float32
    np.testing.assert_allclose(races[0].theta, races[1].theta, atol=1e-4)


def test_digits_are_learned_to_95_percent() -> None:
    """A network 64-32-10 in mini-batches of 32, within fifteen epochs."""
    split = datasets.load("digits", {}, 0, 0.25, "range")
    problem = NetworkProblem(split, [LayerSpec(32, "relu", "he_normal")], batch_size=32)
    race = Race(problem, [rule("adam", 0.005)])
    race.advance(15 * race.problem.steps_per_epoch)
    assert race.metrics["test_accuracy"][0] >= 0.95


def test_newton_takes_the_objectives_own_second_derivatives_and_those_of_l2() -> None:
    """One full step from the quadratic ½ (3 x² + ½ y²) + ½ λ₂ (x² + y²) lands on its minimum, exactly."""
    objective = objectives.get("quadratic")({"curvature_x": 3.0, "curvature_y": 0.5})
    for options in (None, {"l2": 2.0}):
        lane = dataclasses.replace(rule("newton", 1.0), gradient=options)
        race = Race(ObjectiveProblem(objective, [(1.0, -2.0)]), [lane])
        race.advance(1)
        assert np.abs(race.theta).max() < 1e-15
