"""The distance to a minimum is to the nearest of all lowest ones, also of those that no picture shows."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem


def distance(key: str, *points: tuple[float, ...], **parameters: float) -> np.ndarray:
    problem = ObjectiveProblem(objectives.get(key)(parameters), points)
    found = problem.distance(problem.initial())
    assert found is not None
    return found


def test_qings_function_has_a_minimum_behind_every_choice_of_signs() -> None:
    """x_i = ±√i in any number of dimensions: all 2⁴ rest at distance 0, and a step of 0.3 away is 0.3 away."""
    roots = np.sqrt(np.arange(1.0, 5.0))
    corners = [tuple(roots * signs) for signs in product((1, -1), repeat=4)]
    assert distance("qing", *corners) == pytest.approx(0.0, abs=1e-15)
    assert distance("qing", (-1.0, math.sqrt(2) + 0.3, math.sqrt(3))) == pytest.approx([0.3])


def test_the_sine_repeats_its_minima_for_ever() -> None:
    """sin x + y² is least at −π/2 + 2πk: at −5π/2, a picture and a half away, the distance is 0."""
    far = tuple((-math.pi / 2 + 2 * math.pi * k, 0.0) for k in (-50, -1, 0, 1, 7))
    assert distance("sine_saddle", *far) == pytest.approx(0.0, abs=1e-12)
    assert distance("sine_saddle", (math.pi / 2, 0.0), (-2.5 * math.pi, 3.0)) == pytest.approx([math.pi, 3.0])


@pytest.mark.parametrize("key", ["branin", "bird", "sine_sum", "sine_saddle"])
def test_a_point_of_the_lowest_value_with_no_slope_is_at_distance_nought_wherever_it_lies(key: str) -> None:
    """Minima moved by the function's own period are as low and as level as those listed, and count as well."""
    objective = objectives.get(key)()
    lowest = [m for m in objective.minima() if m.is_global]
    for turns in (-40, -3, 2, 25):
        if key == "branin":  # y = 5.1 x²/4π² − 5x/π + 6 at every odd multiple of π
            t = (2 * turns + 1) * math.pi
            points = [(t, 5.1 * t * t / (4 * math.pi**2) - 5 * t / math.pi + 6)]
        else:
            period = {"bird": (2 * math.pi,) * 2, "sine_sum": (6 * math.pi,), "sine_saddle": (2 * math.pi, 0.0)}[key]
            points = [tuple(np.add(m.point, np.multiply(turns, period))) for m in lowest]
        for point in points:
            x = np.array([point])
            assert objective.value(x) == pytest.approx(lowest[0].value, rel=1e-8, abs=1e-8)
            assert np.abs(objective.gradient(x, np.empty_like(x))).max() < 1e-6
            assert distance(key, point) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("key", "reach"), [("branin", 400.0), ("bird", 60.0), ("sine_sum", 100.0)])
def test_the_nearest_minimum_is_the_nearest_of_a_long_list(key: str, reach: float) -> None:
    """By trying every repeat within a wide range, one by one."""
    objective = objectives.get(key)()
    lowest = [np.array(m.point) for m in objective.minima() if m.is_global]
    if key == "branin":
        t = (2 * np.arange(-200, 201) + 1) * math.pi
        every = np.stack([t, 5.1 * t * t / (4 * math.pi**2) - 5 * t / math.pi + 6], axis=-1)
    else:
        period = {"bird": 2 * math.pi, "sine_sum": 6 * math.pi}[key]
        every = np.concatenate([m + period * np.arange(-40, 41)[:, None] * np.ones(len(m)) for m in lowest])
    points = np.random.default_rng(4).uniform(-reach, reach, (200, len(lowest[0])))
    right = np.linalg.norm(points[:, None] - every[None], axis=2).min(axis=1)
    assert distance(key, *map(tuple, points)) == pytest.approx(right, rel=1e-9)


def test_ackleys_dents_are_equal_where_its_funnel_is_gone() -> None:
    """With a = 0 the value is e − exp(mean cos cx), least wherever all cosines are 1."""
    assert distance("ackley", (3.0, -6.0), (0.5, 0.0), a=0.0, c=2 * math.pi) == pytest.approx([0.0, 0.5])
    assert distance("ackley", (3.0, -6.0)) == pytest.approx([math.hypot(3, 6)])


@pytest.mark.parametrize("key", [e.key for e in objectives if e.key != "formula"])
def test_no_objective_rests_as_low_at_a_place_that_is_called_far_away(key: str) -> None:
    """Descents from random points in and around the picture: one that ends as low as the lowest ends near a minimum."""
    entry = objectives.get(key)
    objective = entry()
    known = [m for m in objective.minima() if m.is_global and m.stationary]
    if not known:
        return
    d = len(entry.start)
    low, high = np.array([entry.domain[i] for i in range(d)]).T
    x = np.random.default_rng(8).uniform(low - (high - low), high + (high - low), (60, d))
    slope, bend = np.empty_like(x), np.empty((60, d, d))
    with np.errstate(all="ignore"):
        for _ in range(60):  # Newton's method: it goes to any level place
            objective.gradient(x, slope)
            bend = objective.hessian(x, bend)
            bad = ~(np.isfinite(bend).all(axis=(1, 2)) & (np.abs(np.linalg.det(np.nan_to_num(bend))) > 1e-12))
            bend[bad] = np.eye(d)
            x = x - np.clip(np.linalg.solve(bend, slope[..., None])[..., 0], -1.0, 1.0)
        value, rest = objective.value(x), np.abs(objective.gradient(x, slope)).max(axis=1)
    # as low, not lower: some have a lower value far outside the picture that their sources speak of
    as_low = (rest < 1e-9) & (np.abs(value - known[0].value) <= 1e-11 * max(1.0, abs(known[0].value)))
    if as_low.any():
        assert distance(key, *map(tuple, x[as_low])).max() < 1e-3
