"""A snapshot is complete and stays as it is, whatever the race does next."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.engine.races import on_network, on_objective, rule
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import LaneInfo, RaceInfo, Snapshot, take_snapshot


def info_of(race: Race, **more: Any) -> RaceInfo:
    """What stays the same, with fields that a test does not look at left empty."""
    known: dict[str, Any] = {
        "kind": "network" if race.problem.steps_per_epoch else "objective",
        "key": "any",
        "lanes": tuple(LaneInfo(lane.optimizer, "#000000", i, lane.optimizer) for i, lane in enumerate(race.lanes)),
        "starts": race.problem.starts,
        "layers": tuple(part.name for part in race.problem.layers),
        "points": None,
        "minima": None,
        "domain": None,
        "size": race.problem.size,
        "steps_per_epoch": race.problem.steps_per_epoch,
        "limit": race.limit,
        "metrics": race.problem.metrics,
    }
    names = RaceInfo.__dataclass_fields__
    return RaceInfo(**dict.fromkeys(names) | known | more)


def arrays_of(snapshot: Snapshot) -> list[np.ndarray]:
    found = [snapshot.theta, snapshot.loss, snapshot.gradient_norm, snapshot.gradient_rms, snapshot.alive]
    found += [snapshot.diverged_at, *snapshot.metrics.values(), *snapshot.history.values.values()]
    found += [*snapshot.history.low.values(), *snapshot.history.high.values()]
    if snapshot.distance is not None:
        found.append(snapshot.distance)
    if snapshot.evaluations is not None:
        found += snapshot.evaluations.values.values()
    return found


def test_a_snapshot_stays_as_it_is_while_the_race_goes_on_back_and_forth() -> None:
    problems = (on_objective("rosenbrock", 2, 2), on_network("moons", 2, 2, batch_size=8))
    for problem in problems:
        race = Race(problem, [rule("adam", 0.01), rule("sgd", 0.02)], capacity=256)
        taken = []
        for steps in (0, 1, 7, 300, 400):
            race.advance(steps)
            snapshot = take_snapshot(race, info_of(race), 1)
            taken.append((snapshot, [array.copy() for array in arrays_of(snapshot)]))
        race.seek(100)
        race.set_rules([rule("adam", 0.02), rule("sgd", 0.01)])
        race.advance(300)
        for snapshot, copies in taken:
            for array, copy in zip(arrays_of(snapshot), copies, strict=True):
                assert np.array_equal(array, copy, equal_nan=array.dtype.kind == "f")
                assert not array.flags.writeable


def test_it_tells_where_the_race_stands_and_how_far_it_is_known() -> None:
    race = Race(on_network("moons", 1, batch_size=8), [rule("sgd", 0.1)], limit=25)
    race.advance(25)
    race.seek(10)
    snapshot = take_snapshot(race, info_of(race), 3, running=True, steps_per_second=7.0)
    assert (snapshot.step, snapshot.recorded, snapshot.generation) == (10, 25, 3)
    assert snapshot.epoch == 10 / race.problem.steps_per_epoch
    assert (snapshot.running, snapshot.finished, snapshot.steps_per_second) == (True, False, 7.0)
    race.advance(100)
    assert take_snapshot(race, info_of(race), 3).finished


def test_the_distance_is_that_of_the_state() -> None:
    race = Race(on_objective("quadratic", 1), [rule("sgd", 0.1)])
    race.advance(3)
    snapshot = take_snapshot(race, info_of(race), 0)
    assert snapshot.distance is not None
    np.testing.assert_allclose(snapshot.distance, np.hypot(*race.theta[0]))
    assert snapshot.epoch == 0.0
