"""The learning rate as it is recorded and shown, against the formulas of the schedules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.races import on_network, on_objective, rule
from tests.engine.schedules.test_schedules_by_reference import race_on_plateau
from tests.references_schedules import SCHEDULES, plateau
from workbench.engine.params import complete
from workbench.engine.race import transfer
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import Floats
from workbench.engine.schedules import schedules

GIVEN: dict[str, dict[str, Any]] = {
    "step": {"every": 7, "gamma": 0.3, "warmup": 5},
    "cosine": {"period": 60, "floor": 0.05},
    "cosine_restarts": {"every": 10, "growth": 2},
    "one_cycle": {"period": 50},
}


def literal(key: str, steps: int) -> Floats:
    """The factors of the first steps by the paper's formula."""
    h = complete(schedules.get(key).params, GIVEN[key])
    w = int(h["warmup"])
    return np.array(
        [
            SCHEDULES[key](max(0, k - w), int(h.get("period", 0)), h) * (min(1.0, (k + 1) / w) if w else 1.0)
            for k in range(steps)
        ]
    )


def shown(race: Race) -> Floats:
    """The recorded rates (T, R): row k holds that of step k, the first row that of the first step."""
    return race.history.view().values["rate"]


def test_each_row_holds_the_rate_of_the_step_that_led_there() -> None:
    """All lanes at once, groups with and without a schedule; the first row tells the first step's."""
    keys = list(GIVEN)
    lanes = [rule("sgd", 0.0002 * (i + 1), schedule=schedules.get(key)(GIVEN[key])) for i, key in enumerate(keys)]
    race = Race(on_objective("rosenbrock", len(keys) + 1), [*lanes, rule("adam", 0.02)])
    rates = []
    for _ in range(100):
        rates.append(race.rates())
        race.advance()
    for i, key in enumerate(keys):
        expected = 0.0002 * (i + 1) * literal(key, 100)
        np.testing.assert_allclose(np.array(rates)[:, i], expected, rtol=1e-12, atol=1e-18)
        np.testing.assert_allclose(shown(race)[1:, i], expected, rtol=1e-12, atol=1e-18)
        assert shown(race)[0, i] == shown(race)[1, i]
    assert (shown(race)[:, -1] == 0.02).all()


def test_a_falling_plateau_is_recorded_as_pytorch_lets_it_fall() -> None:
    """Three lanes and two starts: each run by its own losses, which the race has recorded too."""
    race = race_on_plateau(3)
    race.advance(60)
    losses, h = race.history.view().values["loss"], race.lanes[0].schedule
    settings = {name: getattr(h, name) for name in ("gamma", "patience", "threshold", "cooldown", "floor")}
    for run, rate in enumerate(np.repeat((1.02, 0.5, 1.3), 2)):
        expected = rate * np.array(plateau(losses[:-1, run].tolist(), settings))
        assert shown(race)[1:, run].tolist() == expected.tolist()
    assert shown(race)[-1, 0] < 1.02


def test_a_live_change_is_recorded_from_its_step_on_and_forgotten_with_it() -> None:
    race = Race(on_objective("rosenbrock", 1), [rule("sgd", 0.001)])
    race.advance(10)
    race.set_rules([rule("sgd", 0.002)])
    race.advance(10)
    assert shown(race)[:, 0].tolist() == [0.001] * 11 + [0.002] * 10
    race.seek(5)
    assert race.rates().tolist() == [0.001]
    race.set_rules([rule("sgd", 0.004)])
    assert race.rates().tolist() == [0.004]
    race.advance(3)
    assert shown(race)[:, 0].tolist() == [0.001] * 6 + [0.004] * 3


def test_a_change_at_the_start_changes_the_first_row() -> None:
    """After a long run too, whose rows were thinned; what was handed out before stays what it was."""
    for steps in (0, 5, 700):
        race = Race(on_objective("rosenbrock", 1), [rule("sgd", 0.001)], capacity=256)
        race.advance(steps)
        before = race.history.view(ended=True)
        race.seek(0)
        race.set_rules([rule("sgd", 0.0005)])
        race.advance(600)
        assert (shown(race) == 0.0005).all()
        assert (before.values["rate"] == 0.001).all()
        assert race.history.view().steps[0] == 0


def test_a_run_that_has_diverged_takes_no_rate() -> None:
    race = Race(on_objective("quadratic", 2), [rule("sgd", 0.1), rule("sgd", 2.0)])
    race.advance(100)
    at = int(race.diverged_at[1])
    assert np.isnan(shown(race)[at + 1 :, 1]).all()
    assert (shown(race)[: at + 1, 1] == 2.0).all()
    assert (shown(race)[:, 0] == 0.1).all()


def test_single_precision_does_not_round_the_rate() -> None:
    race = Race(on_network("moons", 1, dtype="float32"), [rule("adam", 0.1)])
    race.advance(3)
    assert shown(race)[:, 0].tolist() == [0.1] * 4


def test_a_mirror_shows_the_rates_of_the_race_that_is_away() -> None:
    """Its own memory of the losses is old; set free again, it has the memory itself."""
    race, mirror = race_on_plateau(), race_on_plateau()
    race.advance(50)
    transfer.mirror(mirror, transfer.readings(race), race.theta)
    assert race.rates()[0] < 1.02
    assert np.array_equal(mirror.rates(), race.rates())
    transfer.come_home(mirror, race.checkpoint(), race.metrics, race.metrics_step)
    for each in (race, mirror):
        each.advance(10)
    assert np.array_equal(mirror.rates(), race.rates())


@pytest.mark.parametrize("back", [1, 13, 40])
def test_stepping_back_gives_the_rate_of_then(back: int) -> None:
    race = race_on_plateau(2)
    rates = []
    for _ in range(50):
        rates.append(race.rates())
        race.advance()
    race.seek(50 - back)
    assert np.array_equal(race.rates(), rates[50 - back])
