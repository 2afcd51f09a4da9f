"""A swarm's runs are a race's, bit for bit, however they are put into blocks; what came of each is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.race.test_draws import problem as problem_of_draws
from tests.engine.races import every_rule, on_objective, problem_of, rule
from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.problem import Problem
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.schedules import schedules
from workbench.engine.swarm.outcome import Outcome
from workbench.engine.swarm.swarm import Swarm

STEPS = 70
RULES = {
    f"{each.optimizer}-{each.convention}{'-scheduled' if each.schedule else ''}": each
    for each in (*every_rule(), rule("adam", 0.05, schedule=schedules.get("reduce_on_plateau")({"patience": 3})))
}


def finished(problem: Problem, one: LaneRule, **settings: Any) -> Outcome:
    swarm = Swarm(problem, one, **{"steps": STEPS, **settings})
    assert swarm.advance()
    assert swarm.progress == 1.0
    return swarm.outcome()


def assert_same_ends(found: Outcome, race: Race) -> None:
    """The ends of a swarm's runs in the order of the race's, which has gone as far and kept every row."""
    count = race.problem.runs
    view = race.history.view(ended=True)
    end = np.where(race.diverged_at >= 0, race.diverged_at, race.step)
    losses = view.values["loss"]
    assert np.array_equal(found.diverged_at.ravel(), race.diverged_at)
    assert np.array_equal(found.steps.ravel(), end)
    assert np.array_equal(found.theta.reshape(count, -1), race.theta, equal_nan=True)
    assert np.array_equal(found.loss.ravel().astype(np.float64), losses[end, np.arange(count)], equal_nan=True)
    going = np.where(np.arange(len(losses))[:, None] == race.diverged_at, np.inf, losses)
    assert np.array_equal(found.best.ravel().astype(np.float64), np.nanmin(going, axis=0))


@pytest.mark.parametrize("name", ["rosenbrock", "moons"])
@pytest.mark.parametrize("key", RULES)
def test_every_rule_gives_the_numbers_of_a_race_in_blocks_of_any_size(key: str, name: str) -> None:
    """Rates that differ from run to run, starts of their own; blocks of one, of some, and of all."""
    one = RULES[key]
    if one.optimizer == "newton" and name == "moons":
        pytest.skip("takes P² numbers a run")
    settings = {} if name in objectives else {"batch_size": 8}
    rates = float(one.hyperparameters["learning_rate"]) * np.array([1.0, 0.5, 3.0])
    lanes = [
        LaneRule(one.optimizer, one.convention, {**one.hyperparameters, "learning_rate": rate}, one.schedule)
        for rate in rates.tolist()
    ]
    race = Race(problem_of(name, 3, 2, **settings), lanes)
    race.advance(STEPS)
    for block in (1, 4, 6):
        problem = problem_of(name, 1, 2, **settings)
        given = {"hyperparameters": {"learning_rate": rates[:, None]}, "starts": [0, 1], "block": block}
        found = finished(problem, one, **given)
        assert found.loss.shape == (3, 2)
        assert_same_ends(found, race)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("rosenbrock", {"noise": 0.5}),
        ("rastrigin", {"difference": 1e-4}),
        ("digits", {"batch_size": 32, "dtype": "float32"}),
        ("spirals", {"batch_size": 5}),
        ("dropout", {"batch_size": 8}),
        ("dropout", {"batch_size": 8, "dtype": "float32"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("block", [1, 3, 12])
def test_draws_noise_batches_and_running_averages_are_those_of_a_race(
    name: str, settings: dict[str, Any], block: int
) -> None:
    """Six pairs of draw and start under two settings, in blocks that hold some of each; metrics where there are any."""
    draws, rates = (0, 3, 1), (0.01, 0.03)
    lanes = [rule("adam", rate) for _ in draws for rate in rates]
    race = Race(problem_of_draws(name, tuple(draw for draw in draws for _ in rates), 2, **settings), lanes)
    race.advance(STEPS)
    found = finished(
        problem_of_draws(name, (0,), 2, **settings),
        rule("adam", 0.01),
        draws=np.array(draws)[:, None, None],
        hyperparameters={"learning_rate": np.array(rates)[:, None]},
        starts=np.array([0, 1]),
        block=block,
    )
    assert_same_ends(found, race)
    race.evaluate_metrics()
    assert set(found.metrics) == set(race.metrics)
    for metric, values in race.metrics.items():
        assert np.array_equal(found.metrics[metric].ravel(), values)


def test_runs_that_diverge_or_arrive_leave_and_the_others_go_on_as_if_they_had_stayed() -> None:
    """Rates from far too small to far too large: ends are spread over the whole run, and blocks are made anew."""
    rates = np.geomspace(1e-5, 1.0, 60)
    race = Race(on_objective("rosenbrock", 60, 2), [rule("momentum", rate) for rate in rates.tolist()], capacity=None)
    race.advance(900)
    assert 30 < (race.diverged_at >= 0).sum() < 110
    losses = race.history.view(ended=True).values["loss"]
    target = 1e-3
    first = np.where((losses <= target).any(axis=0), (losses <= target).argmax(axis=0), -1)
    for block in (7, 50, 120):
        settings = {"hyperparameters": {"learning_rate": rates[:, None]}, "starts": [0, 1], "block": block}
        problem = on_objective("rosenbrock", 1, 2)
        noted = finished(problem, rule("momentum", 1.0), steps=900, target=target, stops=False, **settings)
        assert np.array_equal(noted.reached_at.ravel(), first)
        assert_same_ends(noted, race)
        stopped = finished(problem, rule("momentum", 1.0), steps=900, target=target, **settings)
        there = first >= 0
        assert 0 < there.sum() < 60
        assert np.array_equal(stopped.reached_at.ravel(), first)
        assert np.array_equal(stopped.steps.ravel()[there], first[there])
        assert np.array_equal(stopped.loss.ravel()[there], losses[first, np.arange(120)][there])
        assert np.array_equal(stopped.diverged_at, noted.diverged_at)


def test_clipping_and_decay_differ_from_run_to_run() -> None:
    for name in (param.name for param in GRADIENT_OPTIONS):
        values = np.array([0.0, 0.1, 0.7])
        none = dict.fromkeys((param.name for param in GRADIENT_OPTIONS), 0.0)
        base = rule("lbfgs" if name == "l2" else "sgd", 1e-3)
        lanes = [
            LaneRule(base.optimizer, base.convention, base.hyperparameters, None, {**none, name: value})
            for value in values.tolist()
        ]
        race = Race(on_objective("rosenbrock", 3, 2), lanes)
        race.advance(STEPS)
        found = finished(
            on_objective("rosenbrock", 1, 2), base, starts=[0, 1], gradient={name: values[:, None]}, block=4
        )
        assert_same_ends(found, race)


def test_interrupted_anywhere_it_goes_on_as_if_nothing_had_been() -> None:
    settings = {"hyperparameters": {"learning_rate": np.geomspace(1e-4, 1, 40)}, "starts": 0, "steps": 300, "block": 16}
    whole = finished(on_objective("rosenbrock", 1), rule("adam", 1.0), target=1e-4, **settings)
    swarm = Swarm(on_objective("rosenbrock", 1), rule("adam", 1.0), target=1e-4, **settings)
    calls, seen = iter(range(10**6)), [0.0]
    while not swarm.advance(lambda: next(calls) % 7 == 0):
        assert seen[-1] <= swarm.progress <= 1.0
        seen.append(swarm.progress)
        early = swarm.outcome()
        assert np.array_equal(early.steps[early.ended], whole.steps[early.ended])
    assert len(seen) > 50
    found = swarm.outcome()
    for name in ("ended", "theta", "loss", "best", "steps", "reached_at", "diverged_at", "nearest", "distance"):
        assert np.array_equal(getattr(found, name), getattr(whole, name), equal_nan=True), name


def test_gradient_descent_on_a_quadratic_takes_the_steps_of_its_closed_form() -> None:
    """On ½ λ x² each step multiplies x by 1 − η λ: the loss falls by the square of it, and diverges beyond 2/λ."""
    problem = ObjectiveProblem(objectives.get("quadratic")({"curvature_x": 3.0, "curvature_y": 3.0}), [[3.0, 4.0]])
    curvature, first = 3.0, 0.5 * 3.0 * 25.0
    factors = np.array([0.9, 0.5, 0.99, -0.7])
    found = finished(
        problem,
        rule("sgd", 1.0),
        steps=2000,
        starts=0,
        target=1e-6,
        hyperparameters={"learning_rate": (1.0 - factors) / curvature},
    )
    expected = np.ceil(np.log(1e-6 / first) / (2.0 * np.log(np.abs(factors))))
    assert np.array_equal(found.reached_at, expected)
    assert (found.nearest == 0).all()
    assert np.all(found.distance <= np.sqrt(2e-6 / curvature))


def test_it_is_told_which_known_minimum_each_run_ended_at() -> None:
    """Himmelblau's four minima as published (1972), each approached from beside it."""
    published = np.array([[3.0, 2.0], [-2.805118, 3.131312], [-3.779310, -3.283186], [3.584428, -1.848126]])
    problem = ObjectiveProblem(objectives.get("himmelblau")(), published + 0.2)
    found = finished(problem, rule("sgd", 0.005), steps=1000)
    which = found.minimum(within=1e-5)
    assert sorted(which.tolist()) == [0, 1, 2, 3]
    assert np.allclose(found.minima[which], published, atol=1e-5)
    assert np.allclose(found.theta, published, atol=1e-5)
    assert (found.minimum(within=0.0) == -1).all()


def test_a_run_that_diverged_ended_at_no_minimum() -> None:
    found = finished(on_objective("rosenbrock", 1), rule("sgd", 10.0))
    assert found.diverged_at[0] > 0
    assert found.nearest[0] == -1
    assert np.isnan(found.distance[0])


def test_losses_and_targets_are_in_the_unit_in_which_a_race_records_them() -> None:
    """Where targets are scaled, what is minimised is another number than what is shown."""
    source = datasets.datasets.get("linear")({"samples": 44})
    split = datasets.draw(source, 0, 0.25, "standard", "standard")

    def problem(lanes: int) -> NetworkProblem:
        return NetworkProblem(split, [LayerSpec(5, "tanh")], lanes=lanes, starts=2, batch_size=8)

    assert problem(1).loss_unit != 1.0
    race = Race(problem(1), [rule("adam", 0.05)])
    race.advance(STEPS)
    losses = race.history.view(ended=True).values["loss"]
    target = float(np.median(losses))
    found = finished(problem(1), rule("adam", 0.05), target=target, stops=False)
    assert_same_ends(found, race)
    assert np.array_equal(found.reached_at, (losses <= target).argmax(axis=0))


def test_a_swarm_of_no_steps_tells_of_the_starts() -> None:
    problem = on_objective("rosenbrock", 1, 3)
    found = finished(problem, rule("sgd", 1e-3), steps=0)
    assert np.array_equal(found.theta, problem.points)
    assert np.array_equal(found.loss, problem.losses(problem.points))
    assert (found.steps == 0).all()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"hyperparameters": {"beta1": [0.9, 1.5]}}, "`beta1` must lie in"),
        ({"hyperparameters": {"learning_rate": [0.1, np.nan]}}, "`learning_rate` must lie in"),
        ({"hyperparameters": {"beta_1": [0.9]}}, "`beta_1` is not a setting of the optimizer"),
        ({"hyperparameters": {"amsgrad": [True, False]}}, "`amsgrad` must be the same for all runs"),
        ({"gradient": {"clip_norm": [-1.0]}}, "`clip_norm` must lie in"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_a_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        Swarm(on_objective("rosenbrock", 1), rule("adam", 0.1), steps=1, starts=0, **given)
    assert str(caught.value).startswith(sentence)


def test_a_start_that_the_problem_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="below 2"):
        Swarm(on_objective("rosenbrock", 1, 2), rule("adam", 0.1), steps=1, starts=[0, 2])


def test_a_typed_rule_takes_each_of_its_free_names_run_by_run() -> None:
    """In blocks of any size, and under any spelling of a name: the runs of a race with a lane for each value."""
    one = rule("rule", 0.01, text="m = β m + g\nx = x − η m / (norm(m) + ε)")
    shares = np.array([0.9, 0.5, 0.0])
    lanes = [LaneRule("rule", "pytorch", {**one.hyperparameters, "beta": share}) for share in shares.tolist()]
    race = Race(on_objective("rosenbrock", 3, 2), lanes)
    race.advance(STEPS)
    for block in (1, 4, 6):
        given = {"hyperparameters": {"β": shares[:, None]}, "starts": [0, 1], "block": block}
        assert_same_ends(finished(on_objective("rosenbrock", 1, 2), one, **given), race)
    with pytest.raises(RequestError, match="`text` must be the same for all runs"):
        Swarm(on_objective("rosenbrock", 1), one, steps=1, starts=0, hyperparameters={"text": [1.0]})


def test_all_rules_of_the_catalogue_are_among_those_tested() -> None:
    assert {each.optimizer for each in RULES.values()} == set(optimizers.keys())


@pytest.mark.parametrize("block", [1, 4, 6])
def test_looks_see_what_a_race_has_there_and_count_the_gradients_of_a_line_search(block: int) -> None:
    """A run that diverges is seen until then; each trial of a search and each column of a Hessian is a gradient."""
    looks = (0, 3, 17, 60)
    for key in ("adam", "sgd", "lbfgs", "newton"):
        one, rates = rule(key, 0.1), np.array([0.001, 1.0, 300.0])
        lanes = [
            LaneRule(key, one.convention, {**one.hyperparameters, "learning_rate": rate}) for rate in rates.tolist()
        ]
        race = Race(on_objective("rosenbrock", 3, 2), lanes)
        given = {"hyperparameters": {"learning_rate": rates[:, None]}, "starts": [0, 1], "block": block}
        found = finished(on_objective("rosenbrock", 1, 2), one, **given, looks=looks)
        assert found.looked.shape == found.spent.shape == (4, 3, 2)
        before = np.zeros(6, np.int64)
        for k, step in enumerate(looks):
            race.advance(step - race.step)
            going = race.diverged_at < 0
            assert np.array_equal(found.looked[k].ravel()[going], race.loss[going])
            assert np.isnan(found.looked[k].ravel()[~going]).all()
            spent = found.spent[k].ravel()
            assert (spent[~going] == -1).all()
            if key in ("adam", "sgd"):
                assert (spent[going] == step).all()
            elif key == "newton":  # at least a gradient and two columns a step
                assert (spent[going] >= 3 * step).all()
            assert (spent[going] >= before[going]).all()
            before = spent


def test_a_look_at_a_network_notes_the_metric_that_is_asked_for() -> None:
    problem = problem_of("moons", 1, 2, batch_size=8)
    race = Race(problem_of("moons", 1, 2, batch_size=8), [rule("adam", 0.05)])
    found = finished(problem, rule("adam", 0.05), starts=[0, 1], looks=(0, 20), looks_at="train_loss")
    for k, step in enumerate((0, 20)):
        race.advance(step - race.step)
        race.evaluate_metrics()
        assert np.array_equal(found.looked[k], race.metrics["train_loss"].astype(np.float64))
