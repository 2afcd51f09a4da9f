"""Formulas as they are printed: signs of books and of the program's own catalogue; names that may mean two."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from workbench.engine.formula.faults import FormulaError, Remark
from workbench.engine.formula.formula import Formula
from workbench.engine.objectives import objectives

POINTS = np.random.default_rng(5).uniform(0.1, 1.9, (40, 2))


def same(text: str, plain: str, **parameters: float) -> None:
    """Both texts have the same parameters, value and gradient, wherever they are numbers."""
    one, other = Formula(text), Formula(plain)
    assert set(one.parameters) == set(other.parameters)
    given = dict.fromkeys(one.parameters, 0.7) | parameters
    for x in (POINTS, -POINTS):
        np.testing.assert_allclose(one.value(x, given), other.value(x, given), rtol=1e-14, atol=1e-15)
        slopes = [each.gradient(x, given, np.empty_like(x)) for each in (one, other)]
        np.testing.assert_allclose(*slopes, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("x² + y²", "x^2 + y^2"),
        ("√(x^2 + y^2)", "sqrt(x^2 + y^2)"),
        ("½*x^2 + y", "0.5*x^2 + y"),
        ("|x| + |y|", "abs(x) + abs(y)"),
        ("x⋅y", "x*y"),
        ("x – y", "x - y"),
        ("(x² + y − 11)² + (x + y² − 7)²", "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"),
        ("0.26 (x² + y²) − 0.48 xy", "0.26*(x^2 + y^2) - 0.48*x*y"),
        *((f"x {sign} y", "x*y") for sign in "*·×⋅∗∙"),
        *((f"x{sign}y", "x/y") for sign in "/÷∕⁄"),
        *((f"x {sign} y", "x - y") for sign in "-−–—‐‑‒"),
        ("x**2 + yˆ3", "x^2 + y^3"),
        ("10⁻⁴ x¹² + y⁺³", "1e-4*x^12 + y^3"),
        ("⅓ x + ¼ y − ⅞ xy", "x/3 + 0.25*y - 0.875*x*y"),
        ("∛x + ∜(y²)", "cbrt(x) + (y^2)^0.25"),
        ("√|x| + y", "sqrt(abs(x)) + y"),
        ("||x| − |y|| + y", "abs(abs(x) - abs(y)) + y"),
        ("2|x| + |x||y|", "2*abs(x) + abs(x)*abs(y)"),
        ("|x (|y| + 1)|", "abs(x*(abs(y) + 1))"),
        ("2πx + 3 π y", "2*pi*x + 3*pi*y"),
        ("4(x + y)(x − y)", "4*(x + y)*(x - y)"),
        ("a x² + b (x + y)", "a*x^2 + b*(x + y)"),
        ("sin x cos y", "sin(x)*cos(y)"),
        ("sin² x + cos²(y)", "sin(x)^2 + cos(y)^2"),
        ("sin 2πx + y", "sin(2*pi*x) + y"),
        ("sin √|x| exp|y|", "sin(sqrt(abs(x)))*exp(abs(y))"),
        ("log cosh(k x) / k + y", "log(cosh(k*x))/k + y"),
        ("sin x (1 + y)", "sin(x)*(1 + y)"),
        ("cos x² + y", "cos(x^2) + y"),
        ("x^2y + y", "x^2*y + y"),
        ("3xy² + xy^3", "3*x*y^2 + x*y^3"),
        ("µ x + ϕ y", "μ*x + φ*y"),
        ("f(x, y) = x + y", "x + y"),
        ("f = x + y", "x + y"),
        ("−cos 12r + y, r = √(x² + y²)", "-cos(12*sqrt(x^2 + y^2)) + y"),
        ("u² + κ v²,  u = x cos φ,  v = u + y", "(x*cos(φ))^2 + κ*(x*cos(φ) + y)^2"),
        ("Sin(x) + EXP(y)", "sin(x) + exp(y)"),
        ("PI*x + Pi*y", "pi*x + pi*y"),
        ("x₁² + x₂", "x1^2 + x2"),
    ],
)  # fmt: skip
def test_what_is_printed_means_what_is_typed(text: str, plain: str) -> None:
    same(text, plain)


def test_pi_is_pi_however_its_letters_are_written() -> None:
    """Rastrigin's function at (0.3, 0.2), by hand."""
    for name in ("pi", "Pi", "PI", "π"):
        formula = Formula(f"20 + x^2 + y^2 - 10*(cos(2*{name}*x) + cos(2*{name}*y))")
        assert formula.parameters == ()
        expected = 20.13 - 10 * (math.cos(0.6 * math.pi) + math.cos(0.4 * math.pi))
        assert formula.value(np.array([0.3, 0.2]), {}) == pytest.approx(expected)


def test_coordinates_count_from_one_unless_there_is_an_x0() -> None:
    """Rosenbrock's function of x1 and x2 is one of two coordinates; with x0 and x1 it is the same."""
    at = np.array([-1.2, 1.0])
    for text in ("(1 - x1)^2 + 100*(x2 - x1^2)^2", "(1 - x0)^2 + 100*(x1 - x0^2)^2", "(1−x₁)² + 100 (x₂−x₁²)²"):
        formula = Formula(text)
        assert (formula.dimension, formula.parameters) == (2, ())
        assert formula.value(at, {}) == pytest.approx(24.2)
    assert Formula("x1 + x3").dimension == 3
    assert Formula("x1*x0x3").dimension == 4
    objective = objectives.get("formula")({"text": "x1*x2"})
    assert objective.usual_start() == (-1.2, 1.0)


def test_a_name_of_known_ones_is_their_product_and_is_told() -> None:
    formula = Formula("xy + πx + x*exy")
    assert formula.parameters == ()
    assert {(r.kind, r.name, r.meant) for r in formula.remarks} == {
        ("product", "xy", "x*y"), ("product", "πx", "π*x"), ("product", "exy", "e*x*y"),
    }  # fmt: skip
    assert Formula("x1x2").dimension == 2


def test_a_name_that_has_a_value_already_stays_a_parameter() -> None:
    """A file that gives xy, PI or sinx a number has meant a parameter all along."""
    given: dict[str, Any] = {"text": "xy*x + PI*y + sinx", "xy": 2.0, "PI": 3.0, "sinx": 5.0}
    objective = objectives.get("formula")(given)
    assert float(objective.value(np.array([10.0, 100.0]))) == 325.0
    assert objective.remarks == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "name", "meant"),
    [
        ("x^2 + Y^2", "Y", "y"),
        ("x^2 + y^2 + z^2", "z", "x3"),
        ("x*epx + y", "epx", "exp"),
        ("sine*x", "sine", "sin"),
        ("x + sqr*y", "sqr", "sqrt"),
        ("ax + y", "ax", "a*x"),
        ("x2b + x1", "x2b", "x2*b"),
        ("k*x", "k", ""),
        ("λ*x + alpha*y", "λ", ""),
        ("λ*x + alpha*y", "alpha", ""),
    ],
)
def test_each_parameter_that_is_made_is_told_with_what_it_may_have_meant(text: str, name: str, meant: str) -> None:
    assert Remark("parameter", name, meant) in Formula(text).remarks


@pytest.mark.parametrize("text", ["sinx + y", "2*cosxy", "xexpy", "sqrtx*y"])
def test_a_function_run_together_with_its_argument_is_asked_about(text: str) -> None:
    with pytest.raises(FormulaError, match="is it "):
        Formula(text)


#: why the catalogue prints a formula that cannot be typed; every other one can
NOT_ELEMENTARY = {
    "a sum or product over coordinates": {
        "sphere", "sum_squares", "ellipsoid", "schwefel_1_2", "sum_of_powers", "quartic", "absolute", "exponential",
        "trid", "dixon_price", "brown", "zakharov", "rastrigin", "ackley", "griewank", "levy", "schwefel",
        "styblinski_tang", "qing", "michalewicz", "salomon", "egg_crate", "terraces", "associative_memory",
    },
    "words beside it": {"rosenbrock"},
    "names with an index": {"quadratic"},
    "a function of its own": {"saturated_neuron"},
}  # fmt: skip


@pytest.mark.parametrize("key", [entry.key for entry in objectives if entry.key != "formula"])
def test_the_catalogues_formulas_can_be_typed_as_they_are_printed(key: str) -> None:
    """Pasted whole, with its head and what its names stand for, a formula has the objective's values and slopes."""
    entry = objectives.get(key)
    if any(key in keys for keys in NOT_ELEMENTARY.values()):
        with pytest.raises(FormulaError):
            Formula(entry.formula)
        return
    objective = entry()
    symbols = {p.symbol: p for p in entry.params}
    formula = Formula(entry.formula, tuple(symbols))
    assert set(formula.parameters) == set(symbols)
    given = {
        symbol: float(getattr(objective, p.name)) * (math.pi / 180 if p.unit == "°" else 1.0)
        for symbol, p in symbols.items()
    }
    low, high = np.array(entry.domain).T
    x = np.random.default_rng(2).uniform(low, high, (30, len(entry.start)))
    values = objective.value(x)
    np.testing.assert_allclose(formula.value(x, given), values, rtol=1e-9, atol=1e-9 * max(1.0, np.abs(values).max()))
    slopes = objective.gradient(x, np.empty_like(x))
    found = formula.gradient(x, given, np.empty_like(x))
    np.testing.assert_allclose(found, slopes, rtol=1e-7, atol=1e-9 * max(1.0, np.abs(slopes).max()))


@pytest.mark.parametrize(
    ("text", "at", "value", "slope"),
    [
        ("1/(1 + exp(-x)) + y^2", (-800.0, 1.0), 1.0, (0.0, 2.0)),
        ("sigmoid(x) + y^2", (-800.0, 1.0), 1.0, (0.0, 2.0)),
        ("sigmoid(x) + y^2", (800.0, 1.0), 2.0, (0.0, 2.0)),
        ("3/(exp(x) + 1) + y^2", (800.0, 1.0), 1.0, (0.0, 2.0)),
        ("exp(x)/(1 + exp(x)) + y", (800.0, 0.0), 1.0, (0.0, 1.0)),
        ("log(1 + exp(x)) + y", (800.0, 0.0), 800.0, (1.0, 1.0)),
        ("softplus(x) + y", (-800.0, 0.0), 0.0, (0.0, 1.0)),
        ("1/cosh(x) + y", (900.0, 0.0), 0.0, (0.0, 1.0)),
        ("exp(-exp(-x)) + y", (-900.0, 0.0), 0.0, (0.0, 1.0)),
        ("1/(1 + exp(-x)^2) + y", (-800.0, 0.0), 0.0, (0.0, 1.0)),
        ("(x^2 + y^2)^0.5", (0.0, 0.0), 0.0, (0.0, 0.0)),
        ("(x^2 + y^2)^0.25 + x", (0.0, 0.0), 0.0, (1.0, 0.0)),
        ("cbrt(x) + y", (0.0, 0.0), 0.0, (0.0, 1.0)),
        ("hypot(x, y)", (0.0, 0.0), 0.0, (0.0, 0.0)),
        ("relu(x) + y", (0.0, 0.0), 0.0, (0.0, 1.0)),
        ("logaddexp(x, y)", (-900.0, -900.0), -900.0 + math.log(2), (0.5, 0.5)),
        ("x^3 - 2*y^-2", (0.0, 1.0), -2.0, (0.0, 4.0)),
    ],
)
def test_saturated_and_at_the_tip_of_a_root_value_and_slope_are_finite_and_right(
    text: str, at: tuple[float, float], value: float, slope: tuple[float, float]
) -> None:
    """Limits by hand; at a spike the slope is 0, as that of √."""
    formula, x = Formula(text), np.array(at)
    assert float(formula.value(x, {})) == pytest.approx(value, rel=1e-15)
    assert formula.gradient(x, {}, np.empty(2)) == pytest.approx(np.array(slope), rel=1e-15)


@pytest.mark.parametrize("text", ["1/(1 + exp(-x))", "softplus(x)", "1/cosh(x)", "exp(-exp(-x))", "(x + 800)^0.5"])
def test_second_derivatives_are_finite_where_a_function_is_saturated_or_at_its_tip(text: str) -> None:
    found = Formula(text).hessian(np.array([-800.0]), {}, np.empty((1, 1)))
    assert found == pytest.approx(0.0, abs=1e-300)


def test_the_left_tail_of_the_logistic_function_keeps_its_digits() -> None:
    """σ(x) = eˣ to sixteen digits far to the left, typed either way."""
    x = np.array([[-40.0, 0.0], [-300.0, 0.0], [-700.0, 0.0]])
    for text in ("sigmoid(x) + 0*y", "1/(1 + exp(-x)) + 0*y"):
        np.testing.assert_allclose(Formula(text).value(x, {}), np.exp(x[:, 0]), rtol=1e-15)
        np.testing.assert_allclose(Formula(text).gradient(x, {}, np.empty_like(x))[:, 0], np.exp(x[:, 0]), rtol=1e-15)
