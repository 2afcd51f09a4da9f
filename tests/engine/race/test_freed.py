"""A race that is replaced is freed at once: its states can be hundreds of megabytes."""

from __future__ import annotations

import gc
import weakref

import pytest

from tests.experiments import EXAMPLES, NETWORK, VALLEY, experiment
from workbench.engine.optimizers import optimizers
from workbench.experiment import build, files
from workbench.experiment.experiment import Lane, replace


@pytest.fixture
def without_collector():
    """Python frees what nobody refers to; what refers to itself waits for its collector, which seldom comes."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_freed(path, without_collector):
    race = build.make_race(files.read(path))
    race.advance(3)
    race.seek(1)
    gone = weakref.ref(race), weakref.ref(race.problem)
    del race
    assert [ref() for ref in gone] == [None, None]


@pytest.mark.parametrize("key", optimizers.keys())
@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_every_optimizer_is_freed(text, key, without_collector):
    """Also those that ask for the loss at other points, or for second derivatives."""
    race = build.make_race(replace(experiment(text), lanes=(Lane(optimizer=key),)))
    race.advance(3)
    gone = weakref.ref(race), weakref.ref(race.problem)
    del race
    assert [ref() for ref in gone] == [None, None]
