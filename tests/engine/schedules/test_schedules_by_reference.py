"""Schedules against their literal formulas, and what those that look at the loss do to a race."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.literal_problems import SAMPLES, TARGETS, network, valley
from tests.references import banana, optimizer_path, small_network
from tests.references_schedules import SCHEDULES, plateau
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.schedules import Schedule, curve, schedules

#: Settings beside the defaults.
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "step": [{"every": 7, "gamma": 0.3}],
    "exponential": [{"gamma": 0.97}],
    "inverse_time": [{"every": 13, "gamma": 2.5}],
    "inverse_sqrt": [{"every": 9}],
    "linear": [{"period": 60, "floor": 0.2}],
    "polynomial": [{"period": 70, "power": 0.7, "floor": 0.1}],
    "cosine": [{"period": 80, "floor": 0.05}],
    "cosine_restarts": [{"every": 10, "growth": 3, "floor": 0.1}, {"every": 15, "growth": 1}],
    "one_cycle": [{"rise": 0.45, "begin_divisor": 10.0, "end_divisor": 100.0}],
}
CASES = [(key, given) for key in schedules.keys() for given in ({}, *SETTINGS.get(key, []))]  # noqa: SIM118
TOTAL = 100
#: A plateau that is met within few steps.
PLATEAU = {"gamma": 0.7, "patience": 2, "threshold": 0.02, "window": 1, "cooldown": 1, "floor": 0.1}


def test_every_schedule_has_a_literal_formula() -> None:
    assert set(SCHEDULES) == set(schedules.keys())


@pytest.mark.parametrize("warmup", [0, 20])
@pytest.mark.parametrize(("key", "given"), CASES)
def test_the_factor_is_the_formulas(key: str, given: dict[str, Any], warmup: int) -> None:
    """120 steps of a run of 100, so that what happens behind the end is seen too."""
    entry = schedules.get(key)
    h = complete(entry.params, {**given, "warmup": warmup})
    schedule = entry(h, TOTAL)
    n = h.get("period") or TOTAL - warmup
    for k in range(120):
        at = max(0, k - warmup)
        expected = SCHEDULES[key](at, int(n), h) * (min(1.0, (k + 1) / warmup) if warmup else 1.0)
        assert schedule.factor(k) == pytest.approx(expected, rel=1e-12, abs=1e-15)


STEPS = 200
#: Rules that feel a change of the rate each in its own way, at a rate each.
FOLLOWED = [
    ("sgd", "pytorch", 1e-3),
    ("momentum", "pytorch", 1e-4),
    ("momentum", "keras", 2e-4),
    ("adam", "keras", 1e-2),
]


@pytest.mark.parametrize("on_network", [False, True], ids=["valley", "network"])
@pytest.mark.parametrize("warmup", [0, 30])
@pytest.mark.parametrize(("key", "given"), CASES)
def test_a_race_follows_the_literal_rule_at_the_literal_rates(
    key: str, given: dict[str, Any], warmup: int, on_network: bool
) -> None:
    """200 steps, to 1e-12: four lanes in one race, and each of them alone, which is the same bit for bit."""
    entry = schedules.get(key)
    h = complete(entry.params, {**given, **(PLATEAU if key == "reduce_on_plateau" else {}), "warmup": warmup})
    make, literal = (network, small_network(SAMPLES, TARGETS, 3)) if on_network else (valley, banana())
    sets = [complete(optimizers.get(o).params, {"learning_rate": rate}, c) for o, c, rate in FOLLOWED]
    rules = [LaneRule(o, c, values, entry(h, STEPS)) for (o, c, _), values in zip(FOLLOWED, sets, strict=True)]
    together = points_of(Race(make(len(rules)), rules))
    n = int(h.get("period") or STEPS - warmup)
    rise = [min(1.0, (k + 1) / warmup) if warmup else 1.0 for k in range(STEPS)]
    shape = [SCHEDULES[key](max(0, k - warmup), n, h) for k in range(STEPS)]
    for lane, (optimizer, convention, rate) in enumerate(FOLLOWED):
        path = together[:, lane]
        fallen = plateau([literal.loss(x) for x in path[:-1]], h) if key == "reduce_on_plateau" else [1.0] * STEPS
        rates = [rate * a * b * c for a, b, c in zip(rise, shape, fallen, strict=True)]
        expected = optimizer_path(optimizer, convention, sets[lane], path[0], literal, STEPS, rates)
        np.testing.assert_allclose(path, expected, rtol=1e-12, atol=1e-12)
        assert np.array_equal(points_of(Race(make(1), [rules[lane]]))[:, 0], path)


def points_of(race: Race) -> np.ndarray:
    """The path (STEPS + 1, R, P) of a race."""
    points = [race.theta.copy()]
    for _ in range(STEPS):
        race.advance()
        points.append(race.theta.copy())
    return np.array(points)


def test_a_preview_shows_the_factor_at_evenly_spread_steps() -> None:
    schedule = schedules.get("cosine")({}, 1000)
    steps, factors = curve(schedule, 1000, 11)
    assert steps[0] == 0
    assert steps[-1] == 999
    assert factors.tolist() == [schedule.factor(int(k)) for k in steps]


H = {"gamma": 0.5, "patience": 3, "threshold": 0.01, "window": 1, "cooldown": 2, "floor": 0.05, "warmup": 0}


def observed(schedule: Schedule, losses: np.ndarray) -> np.ndarray:
    """The factors (T, S) after each row of losses (T, S)."""
    memory = schedule.begin(losses.shape[1], 0)
    factors = []
    for row in losses:
        schedule.observe(memory, row)
        factors.append(memory["factor"].copy())
    return np.array(factors)


def test_the_plateau_falls_when_pytorch_says_so_for_each_run_by_its_own_losses() -> None:
    random = np.random.default_rng(5)
    losses = np.exp(-np.arange(120)[:, None] / (10, 30, 1e9)) + 0.02 * random.random((120, 3)) + 1
    found = observed(schedules.get("reduce_on_plateau")(H), losses)
    for run in range(3):
        assert found[:, run].tolist() == plateau(losses[:, run].tolist(), H)
    assert found[-1].min() == 0.05


def test_a_window_is_judged_by_its_mean() -> None:
    losses = np.random.default_rng(6).random((60, 1)) + 1
    found = observed(schedules.get("reduce_on_plateau")({**H, "window": 5}), losses)
    means = losses.reshape(-1, 5).mean(axis=1)
    assert found[4::5, 0].tolist() == plateau(means.tolist(), H)


def race_on_plateau(lanes: int = 1) -> Race:
    """Rates beyond what the bowl bears, until the schedule has lowered them."""
    given = {"gamma": 0.5, "patience": 2, "window": 1}
    rules = [
        LaneRule(
            "sgd",
            "pytorch",
            complete(optimizers.get("sgd").params, {"learning_rate": rate}),
            schedules.get("reduce_on_plateau")(given),
        )
        for rate in (1.02, 0.5, 1.3)[:lanes]
    ]
    starts = [(-3.0, 2.5), (1.0, 1.0)]
    return Race(ObjectiveProblem(objectives.get("quadratic")(), starts, lanes), rules)


def test_a_race_on_the_plateau_repeats_itself_bit_for_bit_from_any_step() -> None:
    race = race_on_plateau(3)
    race.advance(60)
    end, rates = race.theta.copy(), race.rates()
    assert rates[0] < 1.02
    for back in (1, 7, 33, 60):
        race.seek(60 - back)
        race.seek(60)
        assert np.array_equal(race.theta, end)
        assert np.array_equal(race.rates(), rates)


def test_asking_for_the_rate_changes_nothing_and_a_lane_alone_falls_the_same() -> None:
    together, alone = race_on_plateau(3), race_on_plateau(1)
    for _ in range(40):
        together.advance()
        together.rates()
        alone.advance()
    assert np.array_equal(together.theta[:2], alone.theta)
    assert np.array_equal(together.rates()[:2], alone.rates())


def test_a_schedule_put_on_and_off_while_the_race_rests_leaves_no_trace() -> None:
    race, other = race_on_plateau(), race_on_plateau()
    for each in (race, other):
        each.advance(10)
    with_schedule = race.lanes
    race.set_rules([LaneRule(r.optimizer, r.convention, r.hyperparameters) for r in with_schedule])
    race.set_rules(with_schedule)
    for each in (race, other):
        each.advance(30)
    assert np.array_equal(race.theta, other.theta)
