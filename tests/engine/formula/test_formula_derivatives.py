"""Typed formulas: their derivatives are sympy's, and finite where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.engine.formula.formula import Formula
from workbench.engine.formula.grammar import FUNCTIONS, LONGEST_TEXT

X, Y, A = sympy.symbols("x y a", real=True)
Pair = tuple[str, Any]  # the text, and the same thing built from sympy's objects
LEAVES: list[Pair] = [
    ("x", X),
    ("y", Y),
    ("a", A),
    ("2", sympy.Integer(2)),
    ("0.5", sympy.Rational(1, 2)),
    ("pi", sympy.pi),
]
SMOOTH = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tanh": sympy.tanh,
    "atan": sympy.atan,
    "exp": sympy.exp,
    "cosh": sympy.cosh,
}


def _one(pair: Pair) -> st.SearchStrategy[Pair]:
    text, expression = pair
    calls = [(f"{name}({text})", f(expression)) for name, f in SMOOTH.items()]
    calls += [(f"-({text})", -expression), (f"({text})^3", expression**3), (f"({text})**2", expression**2)]
    calls += [
        (f"sqrt(1 + ({text})^2)", sympy.sqrt(1 + expression**2)),
        (f"log(2 + sin({text}))", sympy.log(2 + sympy.sin(expression))),
    ]
    calls += [
        (f"1/(1 + ({text})^2)", 1 / (1 + expression**2)),
        (f"abs({text} - 0.3)", sympy.Abs(expression - sympy.Rational(3, 10))),
    ]
    return st.sampled_from(calls)


def _two(pairs: tuple[Pair, Pair]) -> st.SearchStrategy[Pair]:
    (s, a), (t, b) = pairs
    return st.sampled_from(
        [
            (f"({s}) + ({t})", a + b),
            (f"({s}) - ({t})", a - b),
            (f"({s})*({t})", a * b),
            (f"({s})/(2 + cos({t}))", a / (2 + sympy.cos(b))),
            (f"(1.5 + sin({s}))^({t})", (sympy.Rational(3, 2) + sympy.sin(a)) ** b),
            (f"atan2({s}, 3 + cos({t}))", sympy.atan((a) / (3 + sympy.cos(b)))),
        ]
    )


EXPRESSIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: inner.flatmap(_one) | st.tuples(inner, inner).flatmap(_two),
    max_leaves=5,
)


@settings(max_examples=120, deadline=None)
@given(EXPRESSIONS, st.tuples(*[st.integers(-15, 15)] * 3))
def test_value_gradient_and_second_derivatives_are_sympys(pair: Pair, tenths: tuple[int, int, int]) -> None:
    text, expression = f"{pair[0]} + 0*x*y", pair[1]
    x, y, a = ((2 * t + 1) / 20 for t in tenths)
    at = {X: sympy.Float(x, 40), Y: sympy.Float(y, 40), A: sympy.Float(a, 40)}

    def exact(e: Any) -> float:
        found = e.evalf(30, subs=at)
        assume(found.is_number and found.is_real and abs(found) < 1e12)
        return float(found)

    first = [sympy.diff(expression, v) for v in (X, Y)]
    expected = [exact(expression)], [exact(d) for d in first], [exact(sympy.diff(d, v)) for d in first for v in (X, Y)]
    assume(len(text) <= LONGEST_TEXT)
    formula = Formula(text)
    point, parameters = np.array([x, y]), {"a": a} if "a" in formula.parameters else {}
    found = (
        formula.value(point, parameters),
        formula.gradient(point, parameters, np.empty(2)),
        formula.hessian(point, parameters, np.empty((2, 2))),
    )
    for mine, theirs in zip(found, expected, strict=True):
        scale = max(1.0, *(abs(t) for part in expected for t in part))
        np.testing.assert_allclose(np.ravel(mine), theirs, rtol=1e-9, atol=1e-11 * scale)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS.values()) | {"pow", "powers"}))
def test_the_derivatives_of_every_function_agree_with_central_differences(name: str) -> None:
    text = {
        "atan2": "atan2(x, y)*y",
        "min": "min(x, y, x*y)^2",
        "max": "max(x, y)*x",
        "pow": "pow(x + 2, y + 1)",
        "mod": "mod(x*3, y)*y",
        "hypot": "hypot(x, y, x*y)*y",
        "logaddexp": "logaddexp(x, 2*y)*y",
        "acosh": "acosh(1 + x*y)*y",
        "powers": "x^3 - 2*y^-2 + x^0.5",
    }.get(name, f"{name}(x*y)*y")
    formula = Formula(text)
    x = np.random.default_rng(3).uniform(0.1, 0.9, (50, 2))
    slopes = formula.gradient(x, {}, np.empty_like(x))
    bends = formula.hessian(x, {}, np.empty((50, 2, 2)))
    h = 1e-6
    for axis in range(2):
        e = h * np.eye(2)[axis]
        up, down = x + e, x - e
        np.testing.assert_allclose(
            slopes[:, axis], (formula.value(up, {}) - formula.value(down, {})) / (2 * h), atol=1e-7
        )
        change = formula.gradient(up, {}, np.empty_like(x)) - formula.gradient(down, {}, np.empty_like(x))
        np.testing.assert_allclose(bends[:, axis], change / (2 * h), atol=1e-6)


def test_at_kinks_and_singular_points_the_gradient_is_a_finite_subgradient() -> None:
    zero = np.zeros((1, 2))
    for text in (
        "abs(x) + y",
        "sqrt(x^2 + y^2) + y",
        "max(x, y) + min(x, y)",
        "atan2(y, x)",
        "sign(x)*y",
        "(x^2)^(y + 1)",
    ):
        assert np.isfinite(Formula(text).gradient(zero, {}, np.empty((1, 2)))).all(), text
    assert Formula("sqrt(x^2 + y^2)").gradient(zero, {}, np.empty((1, 2))).tolist() == [[0.0, 0.0]]
    assert Formula("max(x, y)").gradient(zero, {}, np.empty((1, 2))).tolist() == [[1.0, 0.0]]


def test_many_points_at_once_give_what_each_gives_alone() -> None:
    formula = Formula("a*sin(x)^2 + y^3/(1 + x^2) + 3")
    x = np.random.default_rng(0).normal(size=(4, 5, 2))
    whole = formula.value(x, {"a": 2.0})
    slopes = formula.gradient(x, {"a": 2.0}, np.empty_like(x))
    for i in np.ndindex(4, 5):
        assert formula.value(x[i], {"a": 2.0}) == whole[i]
        assert np.array_equal(formula.gradient(x[i], {"a": 2.0}, np.empty(2)), slopes[i])
