"""The loop around a race, without a thread."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.engine.network.survey import PlaneRequest
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.live.loop import TrainingLoop
from workbench.live.statistics_cache import Cache


def test_a_race_that_was_replaced_is_let_go():
    """With all the states that it keeps, some 64 MB of them, although statistics have followed it."""
    loop = TrainingLoop()
    loop.adopt(experiment(NETWORK))
    loop.demands = {"health": (), "plane": PlaneRequest()}
    loop.seek(30)
    loop.work(lambda: False)
    loop.refresh_statistics()
    assert {"health", "plane"} <= loop.snapshot(None).extras.keys()
    before = weakref.ref(loop.race)
    loop.adopt(experiment(VALLEY))
    loop.refresh_statistics()
    gc.collect()
    assert before() is None


def in_the_place_of(problem, model):
    """A problem like `model` that stands in memory where `problem` stood, which goes; None where none comes there."""
    place, shells = id(problem[0]), []
    problem.clear()
    gc.collect()
    for _ in range(2_000):
        shells.append(type(model).__new__(type(model)))
        if id(shells[-1]) == place:
            vars(shells[-1]).update(vars(model))
            return shells[-1]
    return None


def test_the_statistics_of_a_race_that_is_gone_are_not_taken_for_those_of_another():
    """Another problem in the same place of memory, at the same step, has to be looked at itself."""
    demands = {"fit": (0,)}
    other = build.make_race(experiment(NETWORK, seed=2))
    for _ in range(50):
        cache, race = Cache(), build.make_race(experiment(NETWORK, seed=1))
        cache.refresh(race, demands, running=False)
        assert cache.current(race).keys() == {"fit"}
        assert cache.stale(race, demands, running=False) == []
        gone = [race.problem]
        del race
        found = in_the_place_of(gone, other.problem)
        if found is not None:
            break
    else:
        pytest.skip("no memory was used again")
    other.problem = found
    assert cache.current(other) == {}
    assert cache.stale(other, demands, running=False) == ["fit"]


def _at_rest(loop):
    """Let it come to its step, and compute what is demanded."""
    while loop.has_work:
        loop.work(lambda: False)
    return loop.snapshot(None).extras


@pytest.mark.parametrize("edit", ["live", "another race"])
def test_the_next_step_is_that_of_the_settings_in_force(edit):
    """Where the race stands, an edit changes neither step nor objective; what a step will do is another."""
    given = experiment(VALLEY)
    lane = given.lanes[0]
    other = (
        replace(lane, hyperparameters={"learning_rate": 0.2})
        if edit == "live"
        else replace(lane, optimizer="nadam", hyperparameters={})
    )
    changed = replace(given, lanes=(other, given.lanes[1]))
    loop = TrainingLoop()
    loop.adopt(given)
    loop.demands = {"next_step": (), "anatomy": (0, (0, 1)), "trail": (0, (0, 1), 3)}
    loop.seek(30)
    before = _at_rest(loop)
    loop.adopt(changed, given)
    found = _at_rest(loop)
    loop.step(1)
    there = loop.race.step + 1
    _at_rest(loop)
    assert loop.race.step == there == 31
    np.testing.assert_array_equal(found["next_step"], loop.race.theta)
    assert not (found["next_step"][0] == before["next_step"][0]).any()
    points = [q.values for q in found["anatomy"].quantities if q.name == "x"]
    np.testing.assert_allclose(points[-1], loop.race.theta[0], rtol=1e-12)


def test_a_plane_is_of_as_many_runs_as_the_race():
    """Of an objective of many coordinates the plane follows the paths, and lanes come and go on the same objective."""
    given = experiment(VALLEY.replace("[-1.2, 1.0]", "[-1.2, 1.0, 0.5, 0.2]"))
    more = replace(given, lanes=(*given.lanes, replace(given.lanes[0], optimizer="nadam", hyperparameters={})))
    loop = TrainingLoop()
    loop.adopt(given)
    loop.demands = {"plane": PlaneRequest()}
    loop.seek(30)
    assert _at_rest(loop)["plane"].paths.shape[1] == 2
    loop.adopt(more, given)
    assert "plane" not in loop.snapshot(None).extras
    assert _at_rest(loop)["plane"].paths.shape[1] == 3
