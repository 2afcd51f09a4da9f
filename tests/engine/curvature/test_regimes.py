"""Regimes against the closed forms of the literature, and against the rules' own steps on quadratics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.engine.curvature.regimes import Law, regimes, roots
from workbench.engine.optimizers import optimizers
from workbench.engine.race.lane_rule import LaneRule

LINEAR = ("sgd", "momentum", "nesterov", "qhm")


def lane(key: str, convention: str = "pytorch", gradient: dict[str, float] | None = None, **given: Any) -> LaneRule:
    return LaneRule(key, convention, optimizers.get(key).complete(given, convention), None, gradient)


def law(key: str, convention: str = "pytorch", gradient: dict[str, float] | None = None, **given: Any) -> Law:
    found = Law.of(lane(key, convention, gradient, **given), float(given["learning_rate"]))
    assert found is not None
    return found


def heavy_ball(step: float, mu: float) -> str:
    """Goh's regimes for a = ηλ: complex between (1 − √μ)² and (1 + √μ)², stable up to 2 (1 + μ)."""
    if step > 2 * (1 + mu):
        return "divergence"
    if step > (1 + mu**0.5) ** 2:
        return "oscillation"
    if step > (1 - mu**0.5) ** 2:
        return "ripples"
    return "monotone"


def looking_ahead(step: float, mu: float) -> str:
    """Nesterov's: complex while 0 < 1 − a < 4 μ / (1 + μ)², stable up to (2 + 2 μ) / (1 + 2 μ)."""
    left = 1 - step
    if step > (2 + 2 * mu) / (1 + 2 * mu):
        return "divergence"
    if left < 0:
        return "oscillation"
    return "ripples" if left < 4 * mu / (1 + mu) ** 2 else "monotone"


@pytest.mark.parametrize(("key", "closed"), [("momentum", heavy_ball), ("nesterov", looking_ahead)])
def test_regimes_are_those_of_the_closed_form_at_ten_thousand_pairs_of_rate_and_momentum(key: str, closed: Any) -> None:
    random = np.random.default_rng(7)
    rates, momenta = 10 ** random.uniform(-3, 0.6, 10_000), random.uniform(0, 0.999, 10_000)
    curvature = 1.7
    found = law(key, learning_rate=1.0).regimes(curvature, rates, momenta)
    right = [closed(curvature * rate, mu) for rate, mu in zip(rates.tolist(), momenta.tolist(), strict=True)]
    assert found.tolist() == right
    assert {"monotone", "ripples", "oscillation", "divergence"} == set(right)


def test_gradient_descent_is_monotone_to_one_over_the_curvature_and_stable_to_two() -> None:
    found = law("sgd", learning_rate=1.0).regimes(2.0, np.array([0.1, 0.49, 0.5, 0.51, 0.99, 1.0, 1.01]))
    assert found.tolist() == ["monotone", "monotone", "one_step", "oscillation", "oscillation", "edge", "divergence"]


def test_borders_flats_and_saddles_have_names_of_their_own() -> None:
    ball = law("momentum", learning_rate=0.01, momentum=0.81)  # (1 − √μ)² = 0.01
    assert ball.regimes(np.array([1.0, 0.99, 1.01, 0.0, -1.0])).tolist() == [
        "critical", "monotone", "ripples", "flat", "leaving",
    ]  # fmt: skip
    assert regimes(np.array([1.0]), 0.0, 0.0).tolist() == ["one_step"]


def test_of_two_roots_far_apart_both_keep_their_digits() -> None:
    assert roots(1.0 + 1e-12, 1e-12).tolist() == [1.0, pytest.approx(1e-12, rel=1e-15)]
    first, second = roots(1.0, 1.0)
    assert first == pytest.approx(0.5 + 0.75**0.5 * 1j)
    assert second == first.conjugate()


@pytest.mark.parametrize("convention", ["pytorch", "keras"])
@pytest.mark.parametrize("key", LINEAR)
def test_the_declared_recurrence_is_the_one_that_the_steps_follow(key: str, convention: str) -> None:
    """x_{k+1} = T x_k − D x_{k−1} holds for the rule's own steps: with decays, dampening and both conventions."""
    random = np.random.default_rng(3)
    for _ in range(40):
        rate, curvature = float(10 ** random.uniform(-3, 0)), float(10 ** random.uniform(-1, 1))
        given: dict[str, Any] = {"learning_rate": rate, "weight_decay": float(random.choice([0.0, 0.3]))}
        names = {p.name for p in optimizers.get(key).params}
        given |= {name: float(random.uniform(0, 0.99)) for name in ("momentum", "nu", "dampening") if name in names}
        found = law(key, convention, **given)
        rule = optimizers.get(key)([optimizers.get(key).complete(given, convention)], convention)
        x = np.array([[1.0]])
        rule.bind(x)
        path = [1.0]
        for t in range(1, 9):
            rule.step(x, curvature * x, t)
            path.append(float(x[0, 0]))
        trace, determinant = found.recurrence(curvature)
        for before, now, after in zip(path[1:], path[2:], path[3:], strict=False):  # dampening spares the first step
            np.testing.assert_allclose(after, trace * now - determinant * before, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("key", LINEAR)
def test_the_rate_limit_is_where_steps_begin_to_grow(key: str) -> None:
    """Just under it every direction shrinks, just above the steepest grows; also with L2 and decays of both kinds."""
    cases: list[tuple[dict[str, float], dict[str, float]]] = [
        ({}, {}), ({"weight_decay": 0.4}, {}), ({}, {"weight_decay": 0.4}), ({}, {"l2": 0.5}),
        ({"weight_decay": 0.1}, {"weight_decay": 0.4}),
    ]  # fmt: skip
    for convention in ("pytorch", "keras"):
        for own, given in cases:
            found = law(key, convention, given, learning_rate=0.1, **own)
            limit = found.rate_limit(3.0)
            assert 0 < limit < 10
            assert found.contraction(3.0, limit) == pytest.approx(1.0, abs=1e-9)
            assert found.contraction(3.0, 0.999 * limit) < 1 < found.contraction(3.0, 1.001 * limit)


def test_limits_and_edges_are_the_known_ones() -> None:
    """2/λ and 2 (1 + μ)/λ; Nesterov's (2 + 2 μ) / (1 + 2 μ) / λ; and the same read as an edge of the curvature."""
    assert law("sgd", learning_rate=0.1).rate_limit(4.0) == pytest.approx(0.5)
    assert law("momentum", learning_rate=0.1, momentum=0.9).rate_limit(4.0) == pytest.approx(3.8 / 4)
    assert law("nesterov", learning_rate=0.1, momentum=0.9).rate_limit(4.0) == pytest.approx(3.8 / 2.8 / 4)
    assert law("sgd", learning_rate=0.1).edge() == pytest.approx(20.0)
    assert law("momentum", learning_rate=0.1, momentum=0.9).edge() == pytest.approx(38.0)
    assert law("nesterov", learning_rate=0.1, momentum=0.9).edge() == pytest.approx(3.8 / 2.8 / 0.1)
    assert law("sgd", learning_rate=0.1, weight_decay=1.0).edge() == pytest.approx(19.0)
    assert law("sgd", learning_rate=0.0).edge() == np.inf
    assert law("sgd", learning_rate=0.1).rate_limit(-1.0) == np.inf


def test_rules_that_are_not_linear_have_none_and_clipping_is_told() -> None:
    for entry in optimizers:
        found = Law.of(lane(entry.key, learning_rate=0.1), 0.1)
        assert (found is not None) == (entry.key in LINEAR)
    assert law("sgd", gradient={"clip_norm": 1.0}, learning_rate=0.1).clips
    assert not law("sgd", learning_rate=0.1).clips


def test_the_slowest_root_is_the_pace_at_which_a_run_comes_nearer() -> None:
    """Measured over the last of 400 steps of the rule itself, where the roots are real."""
    found = law("momentum", learning_rate=0.01, momentum=0.5)
    rule = optimizers.get("momentum")([optimizers.get("momentum").complete({"learning_rate": 0.01, "momentum": 0.5})])
    x = np.array([[1.0]])
    rule.bind(x)
    path = [1.0]
    for t in range(1, 401):
        rule.step(x, 2.0 * x, t)
        path.append(float(x[0, 0]))
    assert found.contraction(2.0) == pytest.approx(path[400] / path[399], rel=1e-9)
