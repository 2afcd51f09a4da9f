"""From an experiment to a race: the numbers that were asked for, and which edits a running race survives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tests.experiment.strategies import experiments
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.params import RequestError
from workbench.experiment.build import lane_rules, make_race, race_info, same_race
from workbench.experiment.experiment import (
    DataSetup,
    Experiment,
    Lane,
    LayerSetup,
    NetworkSetup,
    ObjectiveSetup,
    Schedule,
    replace,
)
from workbench.experiment.filling import fill
from workbench.experiment.lane_colors import LANE_COLORS

BANANA = Experiment(
    seed=3,
    steps=50,
    problem=ObjectiveSetup(objective="rosenbrock", start=((-1.2, 1.0), (0.5, 0.5))),
    lanes=(
        Lane(optimizer="adam", hyperparameters={"learning_rate": 0.05}),
        Lane(optimizer="sgd", enabled=False),
        Lane(optimizer="momentum", label="Heavy", color="#123456", convention="keras"),
    ),
)
MOONS = Experiment(
    problem=NetworkSetup(
        data=DataSetup(name="moons", test_fraction=0.5, scaling="standard", parameters={"samples": 60}),
        layers=(LayerSetup(units=5, activation="relu", initializer="he_normal"), LayerSetup(units=3)),
        batch_size=7,
        starts=2,
        dtype="float32",
    ),
    lanes=(Lane(optimizer="adam"), Lane(optimizer="sgd")),
)


def change(experiment: Experiment, **changes: Any) -> Experiment:
    changed: Experiment = replace(experiment, **changes)
    return changed


def with_lane(experiment: Experiment, index: int, **changes: Any) -> Experiment:
    lanes = list(experiment.lanes)
    lanes[index] = replace(lanes[index], **changes)
    return change(experiment, lanes=tuple(lanes))


def test_the_first_descent_is_the_closed_form() -> None:
    """The error of gradient descent on the quadratic shrinks by 1 - 0.1 * 2 at each step."""
    race = make_race(
        Experiment(
            steps=20,
            problem=ObjectiveSetup(
                objective="quadratic",
                parameters={"center_x": 1.0, "center_y": 2.0},
                start=(0.0, 0.0),
                gradient="numerical",
                difference=1e-4,
            ),
            lanes=(Lane(optimizer="sgd", hyperparameters={"learning_rate": 0.1}),),
        )
    )
    race.advance(100)
    k = np.arange(21)[:, None]
    expected = (1 - 0.8**k) * [1, 2]
    np.testing.assert_allclose(race.history.view().values["path"][:, 0], expected, rtol=0, atol=1e-9)


def test_an_objective_race_is_what_the_experiment_says() -> None:
    race = make_race(BANANA)
    assert isinstance(race.problem, ObjectiveProblem)
    assert race.limit == 50
    assert race.theta.tolist() == [[-1.2, 1.0], [0.5, 0.5]] * 2
    assert [lane.optimizer for lane in race.lanes] == ["adam", "momentum"]
    assert race.lanes[0].hyperparameters["learning_rate"] == 0.05
    assert race.lanes[1].hyperparameters == {
        "learning_rate": 0.01,
        "momentum": 0.9,
        "dampening": 0.0,
        "weight_decay": 0.0,
    }


def test_a_network_race_is_what_the_experiment_says() -> None:
    problem = make_race(MOONS).problem
    assert isinstance(problem, NetworkProblem)
    assert (problem.runs, problem.starts, problem.batch_size, problem.dtype) == (4, 2, 7, np.float32)
    assert [(spec.units, spec.activation) for spec in problem.network.layers] == [
        (5, "relu"),
        (3, "tanh"),
        (2, "identity"),
    ]
    assert problem.size == 2 * 5 + 5 + 5 * 3 + 3 + 3 * 2 + 2
    assert (len(problem.x_train), len(problem.x_test)) == (30, 30)
    np.testing.assert_allclose(problem.x_train.std(axis=0), 1, rtol=1e-5)


def test_views_are_told_names_colours_and_places_of_the_lanes_that_take_part() -> None:
    info = race_info(BANANA, make_race(BANANA))
    assert [(lane.label, lane.color, lane.index) for lane in info.lanes] == [
        ("Adam", LANE_COLORS[0], 0),
        ("Heavy", "#123456", 2),
    ]
    assert (info.kind, info.key, info.starts, info.runs, info.limit) == ("objective", "rosenbrock", 2, 4, 50)
    assert info.minima is not None
    assert info.minima.tolist() == [[1.0, 1.0]]
    assert race_info(MOONS, make_race(MOONS)).domain is None


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(experiments())
def test_an_experiment_and_its_filled_form_make_the_same_rules(experiment: Experiment) -> None:
    for plain, full in zip(lane_rules(experiment), lane_rules(fill(experiment)), strict=True):
        assert (plain.optimizer, plain.convention) == (full.optimizer, full.convention)
        assert plain.hyperparameters == full.hyperparameters
        assert [plain.schedule and plain.schedule.factor(k) for k in (0, 9)] == [
            full.schedule and full.schedule.factor(k) for k in (0, 9)
        ]


@pytest.mark.parametrize(
    "live",
    [
        with_lane(BANANA, 0, hyperparameters={"learning_rate": 0.1, "beta1": 0.5}),
        with_lane(BANANA, 0, schedule=Schedule(kind="cosine")),
        with_lane(BANANA, 2, label="New name", color="#abcdef"),
        with_lane(BANANA, 1, hyperparameters={"learning_rate": 1.0}),
        with_lane(BANANA, 1, optimizer="adam"),
        with_lane(BANANA, 1, draw=1),
        change(BANANA, title="Other"),
    ],
)
def test_a_live_edit_lets_the_race_go_on(live: Experiment) -> None:
    assert same_race(BANANA, live)
    race = make_race(BANANA)
    race.advance(5)
    race.set_rules(lane_rules(live))
    assert race.advance(5) == 5


@pytest.mark.parametrize(
    "other",
    [
        change(BANANA, seed=4),
        change(BANANA, problem=replace(BANANA.problem, noise=0.1)),
        change(BANANA, problem=replace(BANANA.problem, start=(0.0, 0.0))),
        change(BANANA, lanes=BANANA.lanes[:1]),
        with_lane(BANANA, 1, enabled=True),
        with_lane(BANANA, 0, enabled=False),
        with_lane(BANANA, 0, optimizer="sgd"),
        with_lane(BANANA, 0, convention="keras"),
        with_lane(BANANA, 0, draw=1),
        with_lane(with_lane(BANANA, 0, enabled=False), 1, enabled=True),
    ],
)
def test_any_other_edit_needs_a_new_race(other: Experiment) -> None:
    assert not same_race(BANANA, other)


def test_a_setting_that_is_read_once_at_the_start_needs_a_new_race() -> None:
    old = with_lane(BANANA, 0, optimizer="adagrad")
    assert not same_race(old, with_lane(old, 0, hyperparameters={"learning_rate": 0.05, "initial_accumulator": 0.5}))
    assert same_race(old, with_lane(old, 0, hyperparameters={"learning_rate": 0.05, "initial_accumulator": 0.0}))


def test_lanes_with_draws_of_their_own_train_on_the_same_data() -> None:
    """The samples and their split follow from the seed; weights and batches from the draw as well."""
    three = change(MOONS, lanes=(*MOONS.lanes, Lane(optimizer="adam", enabled=False, draw=4)))
    mixed = with_lane(with_lane(three, 1, draw=7), 2, enabled=True)
    plain, other = make_race(three).problem, make_race(mixed).problem
    assert isinstance(plain, NetworkProblem)
    assert isinstance(other, NetworkProblem)
    for name in ("x_train", "y_train", "x_test", "y_test"):
        assert np.array_equal(getattr(plain, name), getattr(other, name))
    assert np.array_equal(plain.initial()[:2], other.initial()[:2])
    assert len(np.unique(other.initial(), axis=0)) == 6
    assert np.array_equal(plain.batch(2)[0][:2], other.batch(2)[0][:2])
    assert not np.array_equal(plain.batch(2)[0][2:], other.batch(2)[0][2:4])


def test_views_are_told_of_draws_where_something_is_drawn() -> None:
    own = with_lane(BANANA, 2, draw=5)
    noisy = change(own, problem=replace(own.problem, noise=0.1))
    assert [lane.draw for lane in race_info(own, make_race(own)).lanes] == [0, 0]
    assert [lane.draw for lane in race_info(noisy, make_race(noisy)).lanes] == [0, 5]
    networks = with_lane(MOONS, 0, draw=5)
    assert [lane.draw for lane in race_info(networks, make_race(networks)).lanes] == [5, 0]


def test_data_that_leave_nothing_to_train_on_are_refused_with_the_whole_path() -> None:
    data = DataSetup(name="moons", test_fraction=0.99, parameters={"samples": 4})
    with pytest.raises(RequestError, match=r"^`problem.data.test_fraction` leaves none of the 4 samples"):
        make_race(change(MOONS, problem=replace(MOONS.problem, data=data)))


def test_a_race_too_large_for_any_memory_is_refused_before_it_is_built() -> None:
    """64 lanes from 64 starts of a network with 32 layers of 1024 units would ask for a terabyte."""
    huge = NetworkSetup(data=DataSetup(name="digits"), layers=(LayerSetup(units=1024),) * 32, starts=64)
    experiment = Experiment(problem=huge, lanes=(Lane(optimizer="adam"),) * 64)
    with pytest.raises(RequestError, match=r"^`problem` needs .* at most"):
        make_race(experiment)


def test_values_are_frozen_and_edits_leave_the_old_ones_alone() -> None:
    given_settings = {"learning_rate": 0.1}
    lane = Lane(optimizer="sgd", hyperparameters=given_settings)
    given_settings["learning_rate"] = 9.0
    assert lane.hyperparameters["learning_rate"] == 0.1
    with pytest.raises(TypeError):
        lane.hyperparameters["learning_rate"] = 9.0  # type: ignore[index]
    with pytest.raises(AttributeError):
        lane.optimizer = "adam"  # type: ignore[misc]
