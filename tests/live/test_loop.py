"""The loop around a race, without a thread."""

from __future__ import annotations

import gc
import weakref

import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.engine.network.survey import PlaneRequest
from workbench.experiment import build
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
