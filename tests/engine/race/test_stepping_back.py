"""Going back and forth: n steps back and n forward return to the same state bit for bit, whatever lies between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.races import equal, every_rule, problem_of, recorded, rule, state
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.race.checkpoints import Checkpoints
from workbench.engine.race.race import Race
from workbench.engine.schedules import schedules

PROBLEMS: list[tuple[str, dict[str, Any]]] = [
    ("rosenbrock", {}),
    ("rosenbrock", {"noise": 0.5}),
    ("beale", {"difference": 1e-4}),
    ("moons", {"batch_size": 8}),
    ("spirals", {"batch_size": 5, "dtype": "float32"}),
    ("linear", {}),
]
#: Limits of the checkpoints: roomy, so small that most are dropped, and none but the start.
LIMITS: list[dict[str, int]] = [{}, {"limit_count": 4, "spacing": 2}, {"limit_bytes": 1, "spacing": 1}]
#: How a race keeps checkpoints is no matter of its optimizers: all of them run under one limit, a few under the others.
LANES: dict[str, tuple[str, ...]] = {"every": tuple(optimizers.keys()), "few": ("sgd", "adam", "rprop")}
KEPT = [(LIMITS[0], "few"), (LIMITS[1], "every"), (LIMITS[2], "few")]
CHANGED = [(23, LIMITS[1], "every"), *((change, kept, "few") for change in (0, 16, 23) for kept in LIMITS)]


def race_on(name: str, kept: dict[str, int] | None = None, lanes: str = "every", **settings: Any) -> Race:
    """A race of many optimizers; the rates are large enough that some runs of the valley diverge.

    Newton, which has no state to go back to, stays off the networks, where each of its steps takes 400 gradients.
    """
    named = [rule for rule in every_rule(0.02) if rule.optimizer in LANES[lanes]]
    rules = [rule for rule in named if name in objectives or rule.optimizer != "newton"]
    race = Race(problem_of(name, len(rules), 2, **settings), rules)
    race.checkpoints = Checkpoints(**(kept or {}))
    race.checkpoints.keep(race.checkpoint())
    return race


def name_of(value: object) -> str:
    if isinstance(value, int):
        return f"change at {value}"
    return value if isinstance(value, str) else "-".join(f"{k}={v}" for k, v in value.items()) or "plain"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kept", "lanes"), KEPT, ids=name_of)
@pytest.mark.parametrize(("name", "settings"), PROBLEMS, ids=name_of)
def test_n_steps_back_and_n_forward_return_to_the_same_state(
    name: str, settings: dict[str, Any], kept: dict[str, int], lanes: str
) -> None:
    race = race_on(name, kept, lanes, **settings)
    states = []
    for _ in range(50):
        states.append(state(race))
        race.advance(1)
    end, record = state(race), recorded(race, slice(None))
    for back in (1, 2, 7, 16, 33, 50):
        race.seek(50 - back)
        assert race.step == 50 - back
        assert equal(state(race), states[50 - back])
        race.seek(50)
        assert equal(state(race), end)
    race.seek(20)
    race.advance(30)
    assert equal(state(race), end)
    assert equal(recorded(race, slice(None)), record), "going over it again records nothing anew"


def test_runs_that_diverge_come_back_to_life_before_their_step_and_end_at_it_again() -> None:
    race = race_on("rosenbrock", {"limit_count": 4, "spacing": 2})
    race.advance(80)
    gone = race.diverged_at.copy()
    assert 0 < (gone >= 0).sum() < len(gone)
    first = int(gone[gone >= 0].min())
    race.seek(first - 1)
    assert race.alive.all()
    assert (race.diverged_at == -1).all()
    race.seek(first)
    assert np.array_equal(race.alive, gone != first)
    race.seek(80)
    assert np.array_equal(race.diverged_at, gone)


def change_rates(race: Race, factor: float) -> None:
    """Multiply the rate of every lane whose rate is live; one lane gets a schedule, one loses its own."""
    lanes = []
    for lane in race.lanes:
        live = optimizers.get(lane.optimizer).params[0].live
        rate = float(lane.hyperparameters["learning_rate"]) * (factor if live else 1.0)
        others = {name: value for name, value in lane.hyperparameters.items() if name != "learning_rate"}
        lanes.append(rule(lane.optimizer, rate, lane.convention, lane.schedule, **others))
    first = next(i for i, lane in enumerate(lanes) if lane.optimizer == "sgd")
    lanes[first] = rule("sgd", 0.001, schedule=schedules.get("exponential")({"gamma": 0.9}))
    lanes[first + 1] = rule("sgd", 0.002)
    race.set_rules(lanes)


@pytest.mark.parametrize(("change", "kept", "lanes"), CHANGED, ids=name_of)
@pytest.mark.parametrize(("name", "settings"), PROBLEMS[:4], ids=name_of)
def test_going_back_across_a_live_change_and_forward_repeats_it(
    name: str, settings: dict[str, Any], change: int, kept: dict[str, int], lanes: str
) -> None:
    race = race_on(name, kept, lanes, **settings)
    states = {}
    for k in range(60):
        if k == change:
            change_rates(race, 0.5)
        if k == 40:
            change_rates(race, 3.0)
        states[k] = state(race)
        race.advance(1)
    end = state(race)
    assert {told.step for told in race.changes} == {k for k in (change, 40) if k}
    for step in (5, 15, 16, 17, 22, 23, 24, 39, 40, 41, 59, 0):
        race.seek(step)
        assert equal(state(race), states[step])
        race.seek(60)
        assert equal(state(race), end)


def test_a_change_in_the_past_replaces_what_came_after() -> None:
    """Back to step 20, another rate: from there on the race is one whose rate changed at 20, in state and record."""
    first, second = race_on("moons", batch_size=8), race_on("moons", batch_size=8)
    first.advance(30)
    change_rates(first, 3.0)
    first.advance(30)
    first.seek(20)
    change_rates(first, 0.5)
    assert first.history.last == 20
    assert {told.step for told in first.changes} == {20}
    first.advance(40)
    second.advance(20)
    change_rates(second, 0.5)
    second.advance(40)
    assert equal(state(first), state(second))
    assert equal(recorded(first, slice(None)), recorded(second, slice(None)))
    first.seek(25)
    first.seek(60)
    assert equal(state(first), state(second))


def test_a_reset_keeps_a_change_made_at_the_start() -> None:
    race = race_on("beale")
    change_rates(race, 0.5)
    rules = race.lanes
    race.advance(20)
    end = state(race)
    race.seek(0)
    assert race.lanes == rules
    race.advance(20)
    assert equal(state(race), end)


def test_seeking_beyond_what_was_run_runs_on_and_stops_at_the_limit() -> None:
    race = race_on("beale")
    race.limit = 30
    race.seek(10)
    assert race.step == 10
    race.seek(100)
    assert race.step == 30
    race.seek(-5)
    assert race.step == 0


def test_the_metrics_shown_after_going_back_are_those_shown_before() -> None:
    race = race_on("moons", batch_size=8)
    seen = []
    for _ in range(30):
        seen.append({name: values.copy() for name, values in race.metrics.items()})
        race.advance(1)
    for step in (29, 13, 5, 4, 0, 21):
        race.seek(step)
        assert all(np.array_equal(race.metrics[name], values) for name, values in seen[step].items())


Action = tuple[str, int]
ACTIONS = st.lists(
    st.tuples(st.sampled_from(["advance", "seek", "change"]), st.integers(0, 40)), min_size=1, max_size=10
)


@settings(max_examples=40, deadline=None)
@given(actions=ACTIONS, count=st.integers(2, 6), spacing=st.integers(1, 5))
def test_any_walk_through_a_race_gives_the_states_of_a_straight_run(
    actions: list[Action], count: int, spacing: int
) -> None:
    """Advance, seek and change rates in any order; then run straight through with the changes that remain."""

    def build() -> Race:
        lanes = [rule("adam", 0.1), rule("sgd", 0.004), rule("sgd", 0.0005)]
        return Race(problem_of("rosenbrock", 3, noise=0.1), lanes)

    def change(race: Race, percent: int) -> None:
        factor = 1 + percent / 100
        rates = (0.1, 0.004, 0.0005)
        race.set_rules([rule(lane.optimizer, rate * factor) for lane, rate in zip(race.lanes, rates, strict=True)])

    walked, changes = build(), dict[int, int]()
    walked.checkpoints = Checkpoints(limit_count=count, spacing=spacing)
    walked.checkpoints.keep(walked.checkpoint())
    moves: dict[str, Callable[[int], Any]] = {"advance": walked.advance, "seek": walked.seek}
    for action, amount in actions:
        if action == "change":
            change(walked, amount)
            changes = {at: percent for at, percent in changes.items() if at < walked.step} | {walked.step: amount}
        else:
            moves[action](amount)
    straight = build()
    for at, percent in sorted(changes.items()):
        if at <= walked.step:
            straight.advance(at - straight.step)
            change(straight, percent)
    straight.advance(walked.step - straight.step)
    assert equal(state(straight), state(walked))
