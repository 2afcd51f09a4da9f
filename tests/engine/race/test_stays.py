"""Which minimum a run has reached and left: read from records written by hand, and from a race known for it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.races import problem_of, rule
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.race.history import History
from workbench.engine.race.race import Race
from workbench.engine.race.stays import Stay, Watch

#: two wells of a curve with f(±1) = 0 and f(0) = 1: f = (x² − 1)²
POINTS, VALUES = np.array([[-1.0], [1.0]]), np.zeros(2)


def watch() -> Watch:
    """One that calls every visit a stay, so that a few rows tell a story."""
    return Watch(POINTS, VALUES, rest=0)


def record(*paths: list[float], capacity: int | None = None) -> History:
    """A history of runs on f = (x² − 1)² that went through these points."""
    runs = len(paths)
    history = History(
        {"loss": (runs,), "gradient_norm": (runs,), "path": (runs, 1)}, ("loss", "gradient_norm"), capacity=capacity
    )
    for step, points in enumerate(zip(*paths, strict=True)):
        x = np.array(points)
        history.record(step, {"loss": (x**2 - 1) ** 2, "gradient_norm": np.abs(4 * x * (x**2 - 1)), "path": x[:, None]})
    return history


def test_a_run_that_rests_in_a_minimum_has_one_stay_without_an_end() -> None:
    history = record([2.0, 1.5, 1.1, 1.00001, 1.0, 1.0])
    assert watch().read(history.view()) == (Stay(0, 1, 3),)


def test_a_run_that_is_thrown_out_says_when_and_where_it_comes_to_rest_again() -> None:
    history = record([2.0, 1.0, 1.0, 0.2, -0.7, -1.0, -1.0])
    assert watch().read(history.view()) == (Stay(0, 1, 1, 3), Stay(0, 0, 5))


def test_shaking_within_a_thousandth_of_the_way_is_no_leaving() -> None:
    """The start is 9 above the minimum, so that a loss of 0.008 is still within, and one of 0.01 is not."""
    inside, outside = np.sqrt(1 + np.sqrt(0.008)), np.sqrt(1 + np.sqrt(0.010))
    history = record([2.0, 1.0, inside, 1.0, outside, 1.0])
    assert watch().read(history.view()) == (Stay(0, 1, 1, 4), Stay(0, 1, 5))


def test_a_run_that_passes_a_value_far_from_its_minimum_has_not_reached_it() -> None:
    """f(x) is near the local minimum's value at places that are not near it: here the second well lies higher."""
    values = np.array([0.0, 0.25])  # as if the well at +1 ended at 0.25
    passing = -np.sqrt(1 + 0.5)  # f = 0.25, beside the well at −1
    history = record([-2.0, passing, -1.0])
    assert Watch(POINTS, values, rest=0).read(history.view()) == (Stay(0, 0, 2),)


def test_a_run_that_diverges_has_left() -> None:
    history = record([2.0, 1.0, float("nan"), float("nan")])
    assert watch().read(history.view()) == (Stay(0, 1, 1, 2),)


def test_reading_as_it_comes_is_reading_all_at_once() -> None:
    """Some hundred runs of random leaps between wells: read after each step, and in one go."""
    random = np.random.default_rng(5)
    places = np.array([-2.0, -1.0, -1.0, -1.0, 0.0, 1.0, 1.0, 1.0])
    paths = [[2.0, *random.choice(places, 60).tolist()] for _ in range(20)]
    whole = record(*paths)
    history, seer = record(*[path[:1] for path in paths]), watch()
    for step in range(1, 61):
        x = np.array([path[step] for path in paths])
        history.record(step, {"loss": (x**2 - 1) ** 2, "gradient_norm": np.abs(x), "path": x[:, None]})
        seen = seer.read(history.view())
    assert seen == watch().read(whole.view())
    assert len(seen) > 40


def test_a_thinned_record_still_says_that_a_run_was_thrown_out() -> None:
    """The row that left is dropped; the extremes behind the rows that stay tell of it."""
    path = [2.0] + [1.0] * 14
    path[9] = 0.0
    history = record(path, capacity=4)
    assert history.view().stride > 1
    (first, *_) = watch().read(history.view())
    assert first.minimum == 1
    assert 0 <= 9 - first.left < history.view().stride


def test_a_run_that_passes_through_a_minimum_has_not_come_to_rest() -> None:
    """Of five steps and of fifty in a minimum, the first visit is none; nor is one that has only just begun."""
    path = [2.0, *[1.0] * 5, 0.0, *[-1.0] * 50]
    assert Watch(POINTS, VALUES, rest=10).read(record(path).view()) == (Stay(0, 0, 7),)
    assert Watch(POINTS, VALUES, rest=10).read(record(path[:12]).view()) == ()


@pytest.mark.parametrize("step", [3, 30, 300])
def test_a_stay_seen_from_an_earlier_step_knows_nothing_of_later(step: int) -> None:
    seen = Stay(0, 1, 10, 100).at(step)
    assert seen == {3: None, 30: Stay(0, 1, 10), 300: Stay(0, 1, 10, 100)}[step]


def test_adam_at_a_large_rate_is_thrown_out_of_the_banana_valley() -> None:
    """Its average of squared gradients dies away at rest, until rounding is enough for a leap (known for rate 0.05).

    The snapshot says so, and a race with a small rate stays.
    """
    entry = objectives.get("rosenbrock")
    race = Race(ObjectiveProblem(entry(), [entry.start], 2), [rule("adam", 0.05), rule("adam", 0.01)], capacity=512)
    race.advance(5000)
    stays = race.stays(race.history.view())
    assert [stay for stay in stays if stay.run == 1 and stay.left >= 0] == []
    (first, *_) = [stay for stay in stays if stay.run == 0]
    seen = race.history.view()
    assert seen.high["loss"][first.left // seen.stride, 0] > 1e-3 * seen.values["loss"][0, 0]
    assert (seen.high["loss"][first.reached // seen.stride : first.left // seen.stride, 0] < 0.03).all()


def test_a_problem_without_known_minima_has_no_stays() -> None:
    race = Race(problem_of("moons", 1), [rule("adam", 0.01)])
    race.advance(20)
    assert race.stays(race.history.view()) == ()
