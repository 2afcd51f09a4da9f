"""Second derivatives against those of the printed formulas, differentiated in forty digits."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from tests.objective_formulas import FORMULAS, OTHER_PARAMETERS
from workbench.engine.objectives import Objective, objectives
from workbench.engine.objectives.tangents import derivative

#: a typed formula is checked elsewhere, and a matrix below: forty digits of its 2,080 second derivatives take minutes
KEYS = tuple(entry.key for entry in objectives if entry.key != "formula" and not entry.shape)


def truth(key: str, parameters: dict[str, Any], point: np.ndarray) -> np.ndarray:
    """The Hessian (D, D) of the printed formula at a point, by differences in forty digits."""
    d = len(point)
    symbols = sympy.symbols(f"x0:{d}", real=True)
    exact = {name: sympy.Rational(value) for name, value in parameters.items()}
    function = sympy.lambdify(symbols, FORMULAS[key](list(symbols), **exact), "mpmath")
    found = np.empty((d, d))
    with mpmath.workdps(60):
        at = [mpmath.mpf(float(c)) for c in point]
        for i in range(d):
            for j in range(i + 1):
                orders = [int(k == i) + int(k == j) for k in range(d)]
                found[i, j] = found[j, i] = float(
                    mpmath.diff(function, tuple(at), tuple(orders), h=mpmath.mpf(10) ** -15)
                )
    return found


def made(key: str, given: dict[str, Any]) -> tuple[Objective, dict[str, Any]]:
    entry = objectives.get(key)
    objective = entry(given)
    return objective, {param.name: getattr(objective, param.name) for param in entry.params}


@pytest.mark.parametrize("key", KEYS)
def test_second_derivatives_are_those_of_the_printed_formula_to_nine_digits(key: str) -> None:
    """In the domain, in the usual number of dimensions and in three, under two settings."""
    entry = objectives.get(key)
    for given in ({}, OTHER_PARAMETERS.get(key, {})):
        objective, parameters = made(key, given)
        for d in {len(entry.start), *((3,) if entry.dimensions[1] > 2 else ())}:
            low, high = np.array([entry.domain[i % len(entry.domain)] for i in range(d)]).T
            points = np.random.default_rng(3).uniform(low, high, (3, d))
            found = objective.hessian(points, np.empty((3, d, d)))
            for each, at in zip(found, points, strict=True):
                right = truth(key, parameters, at)
                np.testing.assert_allclose(each, right, rtol=1e-9, atol=1e-10 * max(1e-3, np.abs(right).max()))


@pytest.mark.parametrize("exponent", [1.5, 2.0, 0.0])
def test_those_of_the_memory_are_as_by_hand(exponent: float) -> None:
    """∂²f / ∂W_rc ∂W_sd is 0 for r ≠ s, else 2 Σ pᵢ kᵢc kᵢd, at every point."""
    objective = objectives.get("associative_memory")({"exponent": exponent})
    shares = [i**-exponent for i in range(1, 9)]
    right = np.zeros((8, 8, 8, 8))
    for i in range(8):
        length = 0.125**0.5 if i == 0 else 0.5
        key = [length * float(mpmath.cos(mpmath.pi * (2 * c + 1) * i / 16)) for c in range(8)]
        for r in range(8):
            right[r, :, r, :] += 2 * shares[i] / sum(shares) * np.outer(key, key)
    points = np.random.default_rng(2).normal(size=(3, 64))
    for found in objective.hessian(points, np.empty((3, 64, 64))):
        np.testing.assert_allclose(found, right.reshape(64, 64), rtol=1e-12, atol=1e-15)
    values = np.linalg.eigvalsh(right.reshape(64, 64))
    np.testing.assert_allclose(values, np.repeat(2 * np.sort(shares) / sum(shares), 8), rtol=1e-9)


def test_a_formula_too_long_for_written_second_derivatives_has_them_all_the_same() -> None:
    """Nine coordinates: f = Σ sin(x_i) x_{i+1}, whose Hessian is short by hand."""
    text = " + ".join(f"sin(x{i})*x{i + 1}" for i in range(9))
    objective = objectives.get("formula")({"text": text})
    x = np.random.default_rng(1).normal(size=(4, 10))
    right = np.zeros((4, 10, 10))
    for i in range(9):
        right[:, i, i] = -np.sin(x[:, i]) * x[:, i + 1]
        right[:, i, i + 1] = right[:, i + 1, i] = np.cos(x[:, i])
    np.testing.assert_allclose(objective.hessian(x, np.empty_like(right)), right, rtol=1e-13, atol=1e-15)


def test_a_cosine_of_zero_in_a_product_leaves_the_other_slopes() -> None:
    """d/dx of (0, x₂, x₂ x₃)-like running products: nothing is divided by what is zero."""
    x = np.array([[0.0, 2.0, 3.0]])

    def products(p: Any, out: Any) -> None:
        out[...] = np.cumprod(p, axis=-1)

    assert derivative(products, x, np.array([[1.0, 0.0, 0.0]])).tolist() == [[1.0, 2.0, 6.0]]


def test_what_has_no_rule_is_refused_rather_than_taken_for_level() -> None:
    def odd(p: Any, out: Any) -> None:
        out[...] = np.deg2rad(p)

    with pytest.raises(TypeError, match="deg2rad"):
        derivative(odd, np.ones((1, 1)), np.ones((1, 1)))
