"""What a run's rule remembered at any recorded step is what it had there, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.race.test_forks import _network, _objective
from tests.engine.races import rule
from workbench.engine.race.forks import Fork
from workbench.engine.race.moment import Moment, MomentStatistic
from workbench.engine.race.race import Race
from workbench.engine.schedules import schedules


def _moment(race, run, step):
    made = MomentStatistic()
    while True:
        found = made.compute(race, (run, step), running=False)
        if made.is_whole(race):
            return found


def _state(race, run):
    """The optimizer's arrays of a run, by name."""
    lane = run // race.problem.starts
    group = race.group_of(lane)
    return {name: array[run - group.rows.start].ravel() for name, array in group.optimizer.state_arrays.items()}


@pytest.mark.parametrize("make", [_objective, _network])
@pytest.mark.parametrize("key", ["momentum", "adam", "nadam", "lbfgs", "schedule_free_adamw"])
def test_the_state_at_a_step_is_that_of_the_race_there(make, key):
    own = {"history_size": 3} if key == "lbfgs" else {}
    cosine = schedules.get("cosine")({"period": 40})
    race = Race(make(2), [rule(key, 1e-3, **own), rule(key, 5e-4, schedule=cosine, **own)])
    race.advance(60)
    race.set_rules([rule(key, 1e-3, **own), rule(key, 1e-4, schedule=cosine, **own)])
    race.advance(500)
    for step in (0, 1, 59, 60, 61, 297, 560):
        race.seek(step)
        expected, thetas = [_state(race, run) for run in range(4)], race.theta.copy()
        expected = [{name: values.copy() for name, values in each.items()} for each in expected]
        race.seek(560)
        for run in range(4):
            found = _moment(race, run, step)
            assert isinstance(found, Moment)
            assert {one.name for one in found.state} == expected[run].keys()
            for one in found.state:
                assert one.norm == np.linalg.norm(expected[run][one.name].astype(float))
                if len(one.values):
                    np.testing.assert_array_equal(one.values, expected[run][one.name])
            if len(found.theta):
                np.testing.assert_array_equal(found.theta, thetas[run])


def test_the_past_of_a_fork():
    lanes = [rule("adam", 0.01), rule("adam", 0.05), rule("nadam", 0.02)]
    race = Race(_objective(3), lanes, forks=(None, Fork(0, 100), Fork(1, 203)))
    race.advance(300)
    for run, step in ((2, 100), (2, 101), (4, 203), (5, 204), (4, 300)):
        race.seek(step)
        expected = {name: values.copy() for name, values in _state(race, run).items()}
        theta = race.theta[run].copy()
        race.seek(300)
        found = _moment(race, run, step)
        np.testing.assert_array_equal(found.theta, theta)
        for one in found.state:
            np.testing.assert_array_equal(one.values, expected[one.name])
    assert _moment(race, 2, 99) is None
    assert _moment(race, 4, 150) is None


def test_a_run_that_diverged_has_no_moment_behind_its_end():
    race = Race(_objective(2), [rule("sgd", 1.0), rule("adam", 0.01)])
    race.advance(50)
    assert 0 < race.diverged_at[0] < 50
    assert _moment(race, 0, 50) is None
    assert _moment(race, 2, 50) is not None


def test_the_statistic_is_worked_at_in_pieces_and_follows_changes():
    race = Race(_objective(1), [rule("adam", 0.01)])
    race.advance(700)
    made = MomentStatistic()
    while (found := made.compute(race, (0, 650), running=True)) is None:
        assert not made.is_whole(race)
    assert made.is_whole(race)
    np.testing.assert_array_equal(found.theta, race.history.view().values["path"][650, 0])
    race.seek(100)
    race.set_rules([rule("adam", 0.1)])
    race.advance(600)
    assert not made.is_whole(race)
    while (other := made.compute(race, (0, 650), running=False)) is None:
        pass
    np.testing.assert_array_equal(other.theta, race.history.view().values["path"][650, 0])
    assert (other.theta != found.theta).all()
    assert made.compute(race, (9, 3), running=False) is None
