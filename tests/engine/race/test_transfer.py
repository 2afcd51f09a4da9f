"""Handing a race from one house to another, within one process: nothing of it is lost on the way."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.engine.races import equal, problem_of, recorded, rule, state
from workbench.engine.race import transfer
from workbench.engine.race.checkpoints import Checkpoint, Checkpoints
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.schedules import schedules


def make(name: str) -> Race:
    cosine = schedules.get("cosine")({"period": 40})
    lanes = [rule("adam", 0.01), rule("sgd", 0.001), rule("momentum", 0.001, schedule=cosine), rule("rmsprop", 0.01)]
    race = Race(problem_of(name, len(lanes), 2), lanes, capacity=256)
    race.checkpoints = Checkpoints(limit_count=8)
    race.checkpoints.keep(race.checkpoint())
    return race


def travelled(value: Any) -> Any:
    """The value as another process gets it."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - its own bytes


def slower(lane: LaneRule) -> LaneRule:
    return replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": 0.002})


def moved(race: Race, other: Race, kept: list[Checkpoint]) -> None:
    """Let `other` take `race` over, its values by way of bytes, its rows in arrays that both have."""
    handover = travelled(transfer.hand_over(race))
    rows = [(record.arrays, record.position) for record in transfer.records(race)]
    transfer.take_over(other, handover, rows, kept.append)


@pytest.mark.parametrize("name", ["rosenbrock", "moons"])
@pytest.mark.parametrize("steps", [0, 100, 255, 256, 700])
def test_the_race_that_takes_over_goes_on_bit_for_bit(name: str, steps: int) -> None:
    """Before and after the rows were thinned, between and at the recorded steps."""
    at_home, away, plain = make(name), make(name), make(name)
    for race in (at_home, plain):
        race.advance(steps)
        race.set_rules([slower(lane) if lane.optimizer == "adam" else lane for lane in race.lanes])
    kept: list[Checkpoint] = []
    moved(at_home, away, kept)
    for race in (away, plain):
        race.advance(400)
    assert equal(state(away), state(plain))
    assert equal(recorded(away, slice(None)), recorded(plain, slice(None)))
    assert away.changes == plain.changes
    assert all(np.array_equal(away.metrics[name], values) for name, values in plain.metrics.items())
    for checkpoint in kept:
        at_home.checkpoints.keep(checkpoint)
    assert at_home.checkpoints.steps == plain.checkpoints.steps
    assert at_home.checkpoints.spacing == plain.checkpoints.spacing


def test_a_race_of_another_problem_is_refused() -> None:
    """As where a file of data has changed since the race was built: the same state has another loss."""
    race, kept = make("moons"), list[Checkpoint]()
    other = make("moons")
    race.advance(5)
    other.problem.x_train += 1.0  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="another loss"):
        moved(race, other, kept)


def test_the_race_that_takes_over_keeps_no_states_itself() -> None:
    """They are passed on; a second copy would take the memory twice."""
    race, other = make("rosenbrock"), make("rosenbrock")
    kept: list[Checkpoint] = []
    moved(race, other, kept)
    other.advance(300)
    assert [c.step for c in kept][:4] == [1, 2, 3, 4]
    assert all(c.theta.shape == race.theta.shape for c in kept)
    mark: Any = other.checkpoints.nearest(300)
    assert not hasattr(mark, "theta")


def test_a_mirror_shows_the_race_and_can_be_set_free_again() -> None:
    race, mirror = make("moons"), make("moons")
    race.advance(77)
    transfer.mirror(mirror, travelled(transfer.readings(race)), race.theta)
    for name in ("step", "loss", "gradient_norm", "theta", "alive", "diverged_at", "metrics_step"):
        assert np.array_equal(getattr(mirror, name), getattr(race, name))
    assert np.array_equal(mirror.gradient_rms(), race.gradient_rms())
    transfer.come_home(mirror, race.checkpoint(), race.metrics, race.metrics_step)
    assert equal(state(mirror), state(race))
    race.advance(20)
    mirror.advance(20)
    assert equal(state(mirror), state(race))


def test_a_face_that_was_copied_stays_what_it_was() -> None:
    race = make("moons")
    copied, loss = transfer.readings(race).copy(), race.loss.copy()
    race.advance(10)
    assert copied.step == 0
    assert np.array_equal(copied.loss, loss)
