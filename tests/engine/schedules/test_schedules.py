"""Schedules by their formulas, at steps where the value is known."""

from __future__ import annotations

import math
import pickle

import pytest

from workbench.engine.params import RequestError
from workbench.engine.schedules import schedules


def factors(key: str, parameters: dict[str, float], steps: tuple[int, ...], total: int = 0) -> list[float]:
    schedule = schedules.get(key)(parameters, total)
    return [schedule.factor(k) for k in steps]


@pytest.mark.parametrize("key", schedules.keys())
def test_a_schedule_begins_with_the_whole_rate_and_stays_within_it(key: str) -> None:
    found = factors(key, {}, tuple(range(0, 5000, 7)), total=3000)
    assert found[0] == pytest.approx(1 / 25 if key == "one_cycle" else 1.0, rel=1e-12)
    assert all(0.0 <= factor <= 1.0 for factor in found)


def test_constant_never_changes() -> None:
    assert factors("constant", {}, (0, 10, 10**9)) == [1.0, 1.0, 1.0]


def test_a_warm_up_goes_before_a_constant_rate_too() -> None:
    """Goyal et al. 2017: in proportion to k + 1; only without one is there nothing to do at a step."""
    assert factors("constant", {"warmup": 4}, (0, 1, 2, 3, 4, 100)) == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    assert not schedules.get("constant")({"warmup": 4}).is_level
    assert [key for key in schedules.keys() if schedules.get(key)().is_level] == ["constant"]  # noqa: SIM118


def test_step_decay_falls_at_the_first_step_of_each_interval() -> None:
    assert factors("step", {"every": 10, "gamma": 0.5}, (0, 9, 10, 19, 20)) == [1.0, 1.0, 0.5, 0.5, 0.25]


def test_exponential_decay_falls_each_step() -> None:
    assert factors("exponential", {"gamma": 0.5}, (0, 1, 2, 10)) == [1.0, 0.5, 0.25, 2.0**-10]


def test_cosine_is_half_way_down_in_the_middle_and_stays_at_its_floor() -> None:
    """Loshchilov and Hutter 2017, equation 5, with one period."""
    found = factors("cosine", {"period": 100, "floor": 0.2}, (0, 25, 50, 100, 1000))
    expected = [1.0, 0.2 + 0.8 * (1 + math.sqrt(0.5)) / 2, 0.6, 0.2, 0.2]
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_cosine_without_a_period_takes_the_length_of_the_run() -> None:
    assert factors("cosine", {}, (40,), total=80) == pytest.approx([0.5])
    assert factors("cosine", {}, (500,)) == pytest.approx([0.5])


def test_a_bad_parameter_is_refused() -> None:
    with pytest.raises(RequestError, match=r"`gamma` must lie in \(0, 1\], got 1.5"):
        schedules.get("step")({"gamma": 1.5})


@pytest.mark.parametrize("key", schedules.keys())
def test_a_schedule_is_the_same_where_rule_and_settings_are(key: str) -> None:
    """Also one that has travelled between processes; another length of the run or warm-up makes another one."""
    mine = schedules.get(key)({"warmup": 3}, 100)
    assert mine == pickle.loads(pickle.dumps(mine))  # noqa: S301 - its own
    assert hash(mine) == hash(schedules.get(key)({"warmup": 3}, 100))
    assert mine != schedules.get(key)({"warmup": 4}, 100)
    assert mine != schedules.get(key)({"warmup": 3}, 101)
    assert all(mine != schedules.get(other)({"warmup": 3}, 100) for other in schedules.keys() if other != key)  # noqa: SIM118
