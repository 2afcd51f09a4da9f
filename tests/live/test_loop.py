"""The loop around a race, without a thread."""

from __future__ import annotations

import gc
import weakref

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.engine.network.survey import PlaneRequest
from workbench.live.loop import TrainingLoop


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
