"""The metrics of a race: none behind a divergence, and at each step the same whichever way the race came there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.races import on_network, rule
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.snapshot import Floats
from workbench.engine.race.transfer import come_home, hand_over


def metrics_of(race: Race) -> tuple[int, dict[str, Floats]]:
    return race.metrics_step, {name: values.copy() for name, values in race.metrics.items()}


def same(a: tuple[int, dict[str, Floats]], b: tuple[int, dict[str, Floats]]) -> bool:
    return a[0] == b[0] and all(np.array_equal(a[1][name], b[1][name], equal_nan=True) for name in a[1])


def normalised(lanes: int, **settings: Any) -> NetworkProblem:
    """A network whose metrics depend on running averages besides its parameters."""
    split = on_network("moons", 1).split
    return NetworkProblem(split, [LayerSpec(4, "tanh", batch_norm=True)], lanes=lanes, **settings)


def each_epoch(problem: NetworkProblem, rules: list[LaneRule], **settings: Any) -> Race:
    """A race that has its metrics evaluated once an epoch."""
    return Race(problem, rules, evaluate_every=problem.steps_per_epoch, **settings)


def test_a_diverged_run_has_no_metrics_behind_its_step() -> None:
    """In the record, at the present step and evaluated anew; the other run's are those that it has alone."""
    settings = {"batch_size": 8, "loss": "mean_squared_error"}
    race = Race(on_network("moons", 2, **settings), [rule("sgd", 0.01), rule("sgd", 1e5)])
    alone = Race(on_network("moons", 1, **settings), [rule("sgd", 0.01)])
    for each in (race, alone):
        each.advance(60)
    at = int(race.diverged_at[1])
    assert 0 < at < 60
    view, other = race.evaluated.record.view(), alone.evaluated.record.view()
    steps = view.steps * race.evaluated.every
    for name in race.problem.metrics:
        assert np.isnan(view.values[name][steps > at, 1]).all()
        assert np.isfinite(view.values[name][steps < at, 1]).all()
        assert np.array_equal(view.values[name][:, 0], other.values[name][:, 0])
        assert np.isnan(race.metrics[name][1])
    race.evaluate_metrics()
    assert all(np.isnan(values[1]) and np.isfinite(values[0]) for values in race.metrics.values())


def test_a_run_that_is_brought_back_before_its_divergence_has_metrics_again() -> None:
    settings = {"batch_size": 8, "loss": "mean_squared_error"}
    race = Race(on_network("moons", 2, **settings), [rule("sgd", 0.01), rule("sgd", 1e5)])
    race.advance(60)
    race.seek(0)
    assert np.isfinite(race.metrics["accuracy"]).all()


@pytest.mark.parametrize("make", [on_network, normalised], ids=["plain", "batch normalisation"])
@pytest.mark.parametrize("batch", [0, 11], ids=["one step an epoch", "several"])
def test_scrubbing_back_in_a_long_run_shows_what_a_straight_run_showed(make: Any, batch: int) -> None:
    """Long enough that the record has dropped evaluations again and again: they are found anew."""
    names = () if make is normalised else ("moons",)
    race = each_epoch(make(*names, lanes=2, batch_size=batch), [rule("adam", 0.01), rule("sgd", 0.1)], capacity=256)
    seen = []
    for _ in range(1500 if batch == 0 else 3400):
        seen.append(metrics_of(race))
        race.advance()
    assert race.evaluated.record.stride > 1
    end = metrics_of(race)
    last = len(seen) - 1
    for step in (last, 3, last // 2, last // 2 + 1, 0, 7, 200, last // 3, last // 3 - 1, 255, 256, 1027, 1):
        race.seek(step)
        assert same(metrics_of(race), seen[step]), step
    race.seek(last + 1)
    assert same(metrics_of(race), end)


def test_a_change_in_the_past_of_a_long_run_leaves_the_metrics_those_of_a_straight_one() -> None:
    """The record stays as coarse as it was; what is shown does not."""
    lanes = [rule("adam", 0.01), rule("sgd", 0.1)]
    faster = [rule("adam", 0.03), rule("sgd", 0.3)]
    walked, straight = (each_epoch(on_network("moons", 2), lanes, capacity=256) for _ in range(2))
    walked.advance(1100)
    walked.seek(50)
    straight.advance(50)
    for race in (walked, straight):
        race.set_rules(faster)
    assert walked.evaluated.record.stride > 1
    for _ in range(40):
        for race in (walked, straight):
            race.advance()
        assert same(metrics_of(walked), metrics_of(straight))


def test_a_state_put_to_between_two_evaluations_that_are_lost_has_none() -> None:
    """Restored, and nothing run: not-a-number, with the step that the metrics would be of."""
    race = each_epoch(on_network("moons", 1, batch_size=11), [rule("adam", 0.01)], capacity=256)
    race.advance(4000)
    record, every = race.evaluated.record, race.evaluated.every
    assert (record.stride, every) == (8, 3)
    lost = next(c for c in race.checkpoints.up_to(600) if c.step // every % record.stride)
    race.restore(lost)
    assert race.metrics_step == lost.step // every * every
    assert all(np.isnan(values).all() for values in race.metrics.values())
    race.seek(lost.step)
    assert race.metrics_step == lost.step // every * every
    assert all(np.isfinite(values).all() for values in race.metrics.values())


def test_metrics_that_a_race_lacks_are_found_though_it_has_run_elsewhere_meanwhile() -> None:
    """Handed over without any, it comes home without any, and a step within the same epochs has them evaluated."""
    race, straight = (
        each_epoch(on_network("moons", 1, batch_size=11), [rule("adam", 0.01)], capacity=256) for _ in range(2)
    )
    race.advance(4000)
    record, every = race.evaluated.record, race.evaluated.every
    lost = next(c for c in race.checkpoints.up_to(600) if c.step // every % record.stride and c.step % every == 1)
    race.restore(lost)
    handover = hand_over(race)
    come_home(race, handover.checkpoint, handover.metrics, handover.metrics_step)
    race.seek(lost.step + 1)
    straight.advance(lost.step + 1)
    assert same(metrics_of(race), metrics_of(straight))
    assert all(np.isfinite(values).all() for values in race.metrics.values())
