"""The steps behind a run, taken apart once more: they are those that it took, whatever happened on the way."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.race.test_anatomy import NETWORK, OBJECTIVE
from tests.experiments import BOWL, experiment
from workbench.engine.optimizers import optimizers
from workbench.engine.race.alone import Alone
from workbench.engine.race.anatomy import anatomy
from workbench.engine.race.race import Race
from workbench.engine.race.trail import Trail, TrailStatistic
from workbench.experiment import build
from workbench.experiment.experiment import Origin, replace


def worked(kept: TrailStatistic, race: Race, given: tuple[int, tuple[int, ...], int]) -> Trail:
    """The trail when nothing is missing of it."""
    for _ in range(10_000):
        found = kept.compute(race, given, running=True)
        if kept.is_whole(race):
            assert found is not None
            return found
    raise AssertionError("it never became whole")


@pytest.mark.parametrize("text", [OBJECTIVE, NETWORK], ids=["objective", "network"])
@pytest.mark.parametrize("key", optimizers.keys())
def test_a_run_alone_takes_the_steps_that_it_takes_in_its_race(key: str, text: str) -> None:
    """From a kept state, with schedule, noise, batches and running averages: the same bits."""
    rate = 0.5 if key in ("lbfgs", "newton") else 0.01
    race = build.make_race(experiment(text.format(optimizer=key, convention="pytorch", rate=rate)))
    race.advance(9)
    for run in (0, race.problem.runs - 1):
        alone = Alone(race, run)
        alone.begin(race, 4)
        assert alone.race.step <= 4
        alone.race.advance(9 - alone.race.step)
        np.testing.assert_array_equal(alone.race.theta[0], race.theta[run])
        np.testing.assert_array_equal(alone.race.gradient[0], race.gradient[run])
        here = Alone(race, run)
        here.here(race)
        alone.race.advance(3)
        here.race.advance(3)
        np.testing.assert_array_equal(alone.race.theta, here.race.theta)


def test_each_row_is_the_step_that_was_taken() -> None:
    """Point, gradient, velocity and update of the last 20 steps, against the race's own record and the formula."""
    race = build.make_race(experiment(BOWL))
    race.advance(50)
    found = worked(TrailStatistic(), race, (0, (0, 1), 20))
    assert found.steps.tolist() == list(range(31, 51))
    assert found.whole
    path = race.history.view().values["path"][:, 0]
    points, updates = found.values[0], found.values[-1]
    np.testing.assert_array_equal(points, path[30:50])
    np.testing.assert_allclose(points + updates, path[31:51], rtol=1e-12)
    np.testing.assert_allclose(found.shifts, np.linalg.norm(np.diff(path[30:51], axis=0), axis=1), rtol=1e-9)
    velocity, slope = found.history("v"), found.history("g")
    assert velocity is not None
    assert slope is not None
    np.testing.assert_allclose(velocity[1:], 0.9 * velocity[:-1] + slope[1:], rtol=1e-12)
    assert found.history("nothing") is None
    names = [name for _, name, _ in found.columns]
    assert names[0] == "x"
    assert names[-1] == "update"


def test_a_step_forward_and_one_back_take_no_others_again() -> None:
    """What is known stays known; a row's object is the same."""
    race = build.make_race(experiment(BOWL))
    race.advance(30)
    kept = TrailStatistic()
    worked(kept, race, (0, (0,), 10))
    before = dict(kept._rows)
    race.advance()
    assert worked(kept, race, (0, (0,), 10)).steps[-1] == 31
    assert all(kept._rows[step] is before[step] for step in range(22, 31))
    race.seek(25)
    assert worked(kept, race, (0, (0,), 10)).steps.tolist() == list(range(16, 26))


def test_a_rate_changed_on_the_way_is_in_the_rows_behind_it() -> None:
    """Rows before the change have the old rate, those behind it the new one."""
    given = experiment(BOWL)
    race = build.make_race(given)
    race.advance(10)
    rules = build.lane_rules(experiment(BOWL.replace("learning_rate = 0.01", "learning_rate = 0.02")))
    kept = TrailStatistic()
    worked(kept, race, (0, (0, 1), 8))
    race.set_rules(rules)
    race.advance(6)
    found = worked(kept, race, (0, (0, 1), 12))
    rates = found.history("learning_rate")
    assert rates is not None
    assert rates[:, 0].tolist() == [0.01] * 6 + [0.02] * 6
    path = race.history.view().values["path"][:, 0]
    np.testing.assert_allclose(found.values[-1], np.diff(path[4:17], axis=0), rtol=1e-9, atol=1e-12)


def test_a_run_that_diverged_has_its_last_steps_and_at_the_start_there_are_none() -> None:
    race = build.make_race(experiment(BOWL))
    assert TrailStatistic().compute(race, (0, (0,), 10), running=False) is None
    race.advance(400)
    at = int(race.diverged_at[1])
    assert at > 0
    found = worked(TrailStatistic(), race, (1, (0, 1), 5))
    assert found.steps[-1] == at
    assert TrailStatistic().compute(race, (9, (0,), 5), running=False) is None


def test_the_race_is_left_as_it_is() -> None:
    """It goes on bit for bit as one that nobody asked."""
    text = NETWORK.format(optimizer="adam", convention="keras", rate=0.01)
    race, other = build.make_race(experiment(text)), build.make_race(experiment(text))
    for _ in range(3):
        race.advance(5)
        other.advance(5)
        worked(TrailStatistic(), race, (1, (0,), 6))
        anatomy(race, 1, (0,))
    assert np.array_equal(race.theta, other.theta)
    race.seek(4)
    other.seek(4)
    assert np.array_equal(race.theta, other.theta)


def test_the_trail_of_a_fork_begins_where_it_does() -> None:
    """Its steps are its own, and with a fresh rule they are counted from one."""
    given = experiment(BOWL)
    fork = replace(given.lanes[0], optimizer="adam", hyperparameters={}, origin=Origin(lane=0, step=6))
    race = build.make_race(replace(given, lanes=(*given.lanes, fork)))
    race.advance(20)
    found = worked(TrailStatistic(), race, (2, (0, 1), 50))
    assert found.steps.tolist() == list(range(7, 21))
    counted = found.history("t")
    assert counted is not None
    assert counted[:, 0].tolist() == list(range(1, 15))
    path = race.history.view().values["path"][:, 2]
    np.testing.assert_allclose(found.values[-1], np.diff(path[6:], axis=0), atol=1e-12)
