"""Forks in a file: what is read, what is refused, and where they stay when lanes change places."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import MIXED, experiment
from workbench.engine.params import RequestError
from workbench.experiment import build, files, origins
from workbench.experiment.experiment import Lane, Origin, replace
from workbench.experiment.filling import fill

TEXT = """
format = 1
steps = 60
[problem]
kind = "objective"
objective = "rosenbrock"
noise = 0.1
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.05
[[lanes]]
optimizer = "adam"
from = {lane = 0, step = 20}
[lanes.hyperparameters]
learning_rate = 0.2
[[lanes]]
optimizer = "sgd"
[lanes.from]
lane = 1
step = 40
[lanes.hyperparameters]
learning_rate = 0.0005
"""

CIRCLE = "lanes[0] -> lanes[2] -> lanes[1] -> lanes[0]"


def _lane(origin=None, **more):
    return Lane(optimizer="sgd", origin=None if origin is None else Origin(lane=origin[0], step=origin[1]), **more)


def test_a_file_says_where_a_lane_begins():
    experiment = files.loads(TEXT)
    assert experiment.lanes[0].origin is None
    assert experiment.lanes[2].origin == Origin(lane=1, step=40)


def test_what_is_saved_is_opened_again_bit_for_bit():
    experiment = files.loads(TEXT)
    again = files.loads(files.dumps(experiment))
    assert again == experiment
    whole = files.loads(files.dumps(fill(experiment)))
    races = [build.make_race(each) for each in (experiment, again, whole)]
    for race in races:
        race.advance(60)
    for race in races[1:]:
        np.testing.assert_array_equal(race.theta, races[0].theta)
        for name, rows in race.history.view().values.items():
            np.testing.assert_array_equal(rows, races[0].history.view().values[name])


def test_a_fork_of_a_file_is_the_edit_made_live():
    race = build.make_race(files.loads(TEXT))
    race.advance(60)
    alone = replace(files.loads(TEXT), lanes=files.loads(TEXT).lanes[:1])
    live = build.make_race(alone)
    live.advance(20)
    faster = replace(alone, lanes=(replace(alone.lanes[0], hyperparameters={"learning_rate": 0.2}),))
    live.set_rules(build.lane_rules(faster))
    live.advance(40)
    np.testing.assert_array_equal(race.theta[1], live.theta[0])


def test_lanes_that_take_part_are_counted_anew():
    """The file counts all lanes, the race those that are enabled."""
    experiment = files.loads(TEXT)
    idle = replace(experiment, lanes=(_lane(enabled=False), *origins.in_order(experiment.lanes, [0, 1, 2])))
    lanes = tuple(
        lane if lane.origin is None else replace(lane, origin=replace(lane.origin, lane=lane.origin.lane + 1))
        for lane in idle.lanes
    )
    race, straight = build.make_race(replace(idle, lanes=lanes)), build.make_race(experiment)
    race.advance(60)
    straight.advance(60)
    np.testing.assert_array_equal(race.theta, straight.theta)
    infos = build.lane_infos(replace(idle, lanes=lanes))
    assert [(info.index, info.parent, info.begins) for info in infos] == [(1, -1, 0), (2, 0, 20), (3, 1, 40)]


@pytest.mark.parametrize(
    ("lanes", "fault"),
    [
        ([None, (7, 3)], "`lanes[1].from.lane` must be the number of a lane, 0 to 1, got 7"),
        ([None, (1, 3)], "`lanes[1].from.lane` must be another lane than lanes[1] itself, got 1"),
        (
            [(2, 9), (0, 9), (1, 9)],
            f"`lanes[0].from.lane` must lead to a lane that begins at the start, got a circle: {CIRCLE}",
        ),
        ([None, (0, 61)], "`lanes[1].from.step` must be at most the experiment's `steps`, 60, got 61"),
        (
            [None, (0, 20), (1, 19)],
            "`lanes[2].from.step` must be at least 20, the step at which lanes[1] begins, got 19",
        ),
    ],
)
def test_an_impossible_beginning_is_refused_in_a_sentence(lanes, fault):
    experiment = replace(files.loads(TEXT), lanes=tuple(_lane(origin) for origin in lanes))
    with pytest.raises(RequestError) as refused:
        build.validate(experiment)
    assert str(refused.value) == fault


def test_a_parent_must_take_part():
    experiment = files.loads(TEXT)
    lanes = (replace(experiment.lanes[0], enabled=False), *experiment.lanes[1:])
    with pytest.raises(RequestError, match=r"`lanes\[1\]\.from\.lane` must be a lane that takes part"):
        build.validate(replace(experiment, lanes=lanes))
    off = tuple(replace(lane, enabled=lane.origin is None) for lane in experiment.lanes)
    build.validate(replace(experiment, lanes=off))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("3", "`lanes[1].from` must be a table, got 3"),
        ("[0, 20]", "`lanes[1].from` must be a table, got a list"),
        ("{lane = 0}", "`lanes[1].from.step` is missing"),
        ("{lane = 0, step = -1}", "`lanes[1].from.step` must be a number >= 0, got -1"),
        ("{lane = 0, step = 1.5}", "`lanes[1].from.step` must be a whole number, got 1.5"),
        ('{lane = "adam", step = 1}', '`lanes[1].from.lane` must be a whole number, got "adam"'),
        ("{lane = true, step = 1}", "`lanes[1].from.lane` must be a whole number, got true"),
        (
            "{lane = 0, stp = 1}",
            '`lanes[1].from.stp` is not a key of this table; there are: lane, step (did you mean "step"?)',
        ),
    ],
)
def test_other_shapes_are_refused_in_a_sentence(given, fault):
    with pytest.raises(RequestError) as refused:
        files.loads(TEXT.replace("{lane = 0, step = 20}", given))
    assert str(refused.value) == fault


def test_forks_follow_their_parents_into_another_order():
    lanes = [_lane(label="a"), _lane((0, 3), label="b"), _lane((1, 5), label="c")]
    turned = origins.in_order(lanes, [2, 0, 1])
    assert [(lane.label, lane.origin) for lane in turned] == [
        ("c", Origin(lane=2, step=5)), ("a", None), ("b", Origin(lane=1, step=3)),
    ]  # fmt: skip
    assert [lane.origin for lane in origins.in_order(lanes, [2, 0])] == [None, None]  # its parent is gone


def test_relatives():
    lanes = [_lane(), _lane((0, 3)), _lane((1, 5)), _lane(), _lane((3, 1))]
    assert origins.ancestors(lanes, 2) == {0, 1}
    assert origins.descendants(lanes, 0) == {1, 2}
    assert origins.descendants(lanes, 4) == set()


def test_forks_among_lanes_with_networks_of_their_own():
    """A fork trains its parent's network, in whichever place, and is the edit made live there, too."""
    given = experiment(MIXED)
    count = len(given.lanes)
    forks = [
        replace(lane, origin=Origin(lane=i, step=20), hyperparameters={"learning_rate": 2e-3})
        for i, lane in enumerate(given.lanes)
    ]
    race = build.make_race(replace(given, lanes=(*given.lanes, *forks)))
    race.advance(45)
    starts = race.problem.starts
    for i, lane in enumerate(given.lanes):
        live = build.make_race(replace(given, lanes=(lane,)))
        live.advance(20)
        live.set_rules(
            build.lane_rules(replace(given, lanes=(replace(lane, hyperparameters={"learning_rate": 2e-3}),)))
        )
        live.advance(25)
        rows = slice((count + i) * starts, (count + i + 1) * starts)
        size = live.problem.size
        np.testing.assert_array_equal(race.theta[rows, :size], live.theta)
        np.testing.assert_array_equal(race.loss[rows], live.loss)
        race.evaluate_metrics()  # how often they are due depends on the networks there are
        live.evaluate_metrics()
        for name, values in live.metrics.items():
            np.testing.assert_array_equal(race.metrics[name][rows], values)
    state = race.theta.copy()
    race.seek(10)
    race.seek(45)
    np.testing.assert_array_equal(race.theta, state)


def test_a_fork_trains_its_parents_network():
    given = experiment(MIXED)
    other = next(i for i, lane in enumerate(given.lanes) if lane.network is not None)
    plain = next(i for i, lane in enumerate(given.lanes) if lane.network is None)
    fork = replace(given.lanes[plain], origin=Origin(lane=other, step=3))
    with pytest.raises(RequestError, match=r"lanes\[\d\]\.network` must be that of lanes\[\d\], from which"):
        build.validate(replace(given, lanes=(*given.lanes, fork)))
