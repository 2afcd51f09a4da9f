"""Typed formulas: read or refused, in bounded time, never run."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.engine.formula.formula import Formula
from workbench.engine.formula.grammar import (
    DEEPEST_NESTING,
    FUNCTIONS,
    LARGEST_EXPONENT,
    LONGEST_TEXT,
    MOST_NODES,
    MOST_PARAMETERS,
    FormulaError,
)
from workbench.engine.formula.names import MANY_ARGUMENTS, TWO_ARGUMENTS

#: Ten times what a keystroke may cost: machines that run tests are slow, and pause.
BOUND = 0.5
_watched: list[str] | None = None


def _watch(event: str, _: Any) -> None:
    if _watched is not None and event in {"exec", "compile", "import", "open", "os.system", "subprocess.Popen"}:
        _watched.append(event)


sys.addaudithook(_watch)


@contextmanager
def nothing_runs() -> Iterator[None]:
    """Fails where Python compiles, executes, imports or opens anything within."""
    global _watched  # noqa: PLW0603 - audit hooks are never taken away, so this one is switched
    _watched = []
    try:
        yield
        assert _watched == []
    finally:
        _watched = None


def read(text: str) -> Formula | FormulaError:
    """The formula or the refusal, within the bound, a refusal with a place inside the text."""
    begin = time.perf_counter()
    found: Formula | FormulaError
    with nothing_runs():
        try:
            found = Formula(text)
        except FormulaError as error:
            found = error
    assert time.perf_counter() - begin < BOUND
    if isinstance(found, FormulaError):
        assert 0 <= found.position <= len(text)
        assert 0 <= found.length <= len(text) - found.position
        assert str(found).isprintable()
        assert len(str(found)) < 400
    return found


def value(text: str, *x: float, **parameters: float) -> float:
    formula = Formula(text)
    return float(formula.value(np.array(x), dict.fromkeys(formula.parameters, 1.0) | parameters))


def refusal(text: str) -> FormulaError:
    found = read(text)
    assert isinstance(found, FormulaError), f"{text} was read"
    return found


# what is read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + y*2", 8.0),
        ("x - y - 1", -2.0),
        ("x / y / 2", 1 / 3),
        ("-x^2", -4.0),
        ("2^-x", 0.25),
        ("2^x^y", 256.0),
        ("x**y", 8.0),
        ("(x + y)*(x - y)", -5.0),
        ("--x", 2.0),
        ("-x*-y", 6.0),
        ("1e1*x + .5", 20.5),
        ("2.*x", 4.0),
        ("x − y·2×3", -16.0),
        ("pi*x + π*e*0", 2 * math.pi),
        ("max(x, y, 7) + min(x, y, 1)", 8.0),
        ("atan2(x, y)", math.atan2(2, 3)),
        ("ln(x) + log(y)", math.log(6)),
        ("log10(x) + log2(y)", math.log10(2) + math.log2(3)),
        ("arcsin(x/4) + arccos(x/4)", math.pi / 2),
        ("abs(-x) + sign(-y) + floor(x/4) + ceil(x/4)", 2.0),
        ("  x\t+\n y ", 5.0),
    ],
)
def test_formulas_mean_what_they_mean_on_paper(text: str, expected: float) -> None:
    assert value(text, 2.0, 3.0) == pytest.approx(expected, rel=1e-15)


def test_names_are_parameters_in_their_order_and_coordinates_give_the_dimension() -> None:
    formula = Formula("b*x + a*sin(c*x) + b + λ*gradient")
    assert (formula.dimension, formula.parameters) == (1, ("b", "a", "c", "λ", "gradient"))
    assert Formula("y").dimension == 2
    assert Formula("x0 + x12^2").dimension == 13
    assert Formula("x999 + x0").dimension == 1000


#: what every operation is, in thirty digits, and where it is tried
IN_DIGITS: dict[str, Any] = {
    **{name: getattr(mpmath, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{name: getattr(mpmath, name) for name in ("asinh", "atanh", "exp", "expm1", "log10", "sqrt", "sign", "floor")},
    **{name: getattr(mpmath, name) for name in ("ceil", "hypot", "erf", "log1p", "cbrt")},
    "acosh": lambda x: mpmath.acosh(1 + x),
    "abs": mpmath.fabs,
    "log": mpmath.log,
    "log2": lambda x: mpmath.log(x, 2),
    "atan2": mpmath.atan2,
    "pow": mpmath.power,
    "min": min,
    "max": max,
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "logaddexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_the_value_that_mpmath_gives_it(name: str) -> None:
    operation = FUNCTIONS[name]
    two = operation in {*TWO_ARGUMENTS, *MANY_ARGUMENTS}
    arguments = (0.3, 0.7) if two else (0.3,)
    with mpmath.workdps(30):
        expected = float(IN_DIGITS[operation](*map(mpmath.mpf, arguments)))
    text = f"{name}(x, y)" if two else f"{name}(1 + x)" if operation == "acosh" else f"{name}(x)"
    assert value(text, *arguments) == pytest.approx(expected, rel=1e-14)


# what is refused, and where

FAULTS = {
    "": (0, 0, "is empty"),
    "   ": (0, 0, "is empty"),
    "3 + 4": (0, 5, "must depend on a coordinate"),
    "a*b": (0, 3, "must depend on a coordinate"),
    "x +": (3, 0, "ends too early"),
    "x + * y": (4, 1, "is missing before"),
    "(x + 1": (0, 1, r'a "\)" is missing'),
    "x + 1)": (5, 1, r'no "\("'),
    "x, y": (1, 1, "comma"),
    "sinn(x)": (0, 4, 'no function "sinn".*did you mean "sin"'),
    "a(x)": (0, 1, 'no function "a"'),
    "x(2)": (0, 1, 'no function "x"'),
    "max(x)": (0, 3, "2 arguments or more, got 1"),
    "sin(x, y)": (0, 3, "1 argument, got 2"),
    "atan2(x)": (0, 5, "2 arguments, got 1"),
    "sin()": (4, 1, "is missing before"),
    "x0 + y": (5, 1, "not both"),
    "x01": (0, 3, "x0 to x999"),
    "x1000": (0, 5, "x0 to x999"),
    "text*x": (0, 4, "cannot be called"),
    "x + 1/0": (5, 1, "divides by zero"),
    "x/(2 - 2)": (1, 1, "divides by zero"),
    "x + log(0)": (4, 3, "no finite number"),
    "x + sqrt(-1)": (4, 4, "no finite number"),
    "x + 1e308*10": (9, 1, "no finite number"),
    "x.real": (1, 1, r'cannot contain "\."'),
    "x.__class__": (1, 1, r'cannot contain "\."'),
    "x_1": (0, 3, "underscores"),
    "__import__(x)": (0, 10, "underscores"),
    "_": (0, 1, "underscores"),
    "__import__('os').system('true')": (11, 1, 'cannot contain "\'"'),
    '"x"': (0, 1, "cannot contain"),
    "f'{x}'": (1, 1, "cannot contain"),
    "[x for x in y]": (0, 1, "cannot contain"),
    "{x}": (0, 1, "cannot contain"),
    "x[0]": (1, 1, "cannot contain"),
    "lambda x: x": (8, 1, "cannot contain"),
    "lambda(x)": (0, 6, "no function"),
    "eval(x)": (0, 4, "no function"),
    "exec(x)": (0, 4, "no function"),
    "open(x)": (0, 4, "no function"),
    "x if y else 1": (12, 1, "an operator"),
    "x 2": (2, 1, "an operator such as"),
    "x + sin": (4, 3, "in parentheses"),
    "max x": (0, 3, "2 arguments or more, got 1"),
    "1/2x": (3, 1, "may mean"),
    "a/b x": (4, 1, "may mean"),
    "sin x/2": (0, 3, "how far sin reaches"),
    "sin 2(x + y)": (0, 3, "how far sin reaches"),
    "sin⁻¹(x)": (3, 2, "may mean an inverse"),
    "√x²": (0, 1, "how far √ reaches"),
    "√2x": (0, 1, "how far √ reaches"),
    "2½*x": (0, 1, "written as 2.5"),
    "x²³^2": (3, 1, "power of a power"),
    "x^⁶⁵": (2, 2, "is missing before"),
    "x⁶⁵": (1, 2, "exponent must lie in"),
    "2^xy": (2, 2, r"needs brackets here: \(x\*y\)"),
    "√xy": (1, 2, "needs brackets here"),
    "sinx + y": (0, 4, r"is it sin\(x\)"),
    "2*xcosy": (2, 5, r"is it x\*cos\(y\)"),
    "|x + 1": (0, 1, r'a "\|" is missing'),
    "x + 1|": (6, 0, "ends too early"),
    "g = x, x": (2, 1, 'a "="'),
    "x + r, x = 2": (7, 1, "has a meaning already"),
    "x + r, r = x, r = y": (14, 1, "has a meaning already"),
    "x; y": (1, 1, "cannot contain"),
    "x = 1": (2, 1, 'a "=" may only stand'),
    "x == y": (2, 1, 'a "=" may only stand'),
    "x := 1": (2, 1, "cannot contain"),
    "x // 2": (3, 1, "is missing before"),
    "x % 2": (2, 1, "cannot contain"),
    "x @ y": (2, 1, "cannot contain"),
    "x\\": (1, 1, "cannot contain"),
    "x # y": (2, 1, "cannot contain"),
    "x\0": (1, 1, r"U\+0000"),
    "\ud800x": (0, 1, r"U\+D800"),
    "ｘ": (0, 1, "cannot contain"),
    "٣*x": (0, 1, "cannot contain"),
    "x^65": (2, 2, "exponent must lie in"),
    "x^-(60 + 6)": (2, 9, "exponent must lie in"),
    "x + 9^9^9": (6, 3, "exponent must lie in"),
    "9" * 41 + "*x": (0, 41, "too long or too large"),
    "1e400*x": (0, 5, "too long or too large"),
    "a" * 25 + "*x": (0, 25, "at most 24 characters"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_what_is_not_a_formula_is_refused_at_the_place_of_the_fault(text: str) -> None:
    position, length, sentence = FAULTS[text]
    error = refusal(text)
    assert (error.position, error.length) == (position, length), error
    with pytest.raises(FormulaError, match=sentence):
        raise error
    assert str(error).startswith(f"`text` has a fault at column {position + 1}: ")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "x" + ")" * 499,
        "sin(" * 240 + "x" + ")" * 40,
        "x^" * 400 + "x",
        "x^-" * 300 + "x",
        "(" * 1000,
        ")" * 1000,
        "max(x" + ",x*y" * 240 + ")",
        "x" + "+x*y+1.5" * 120,
        "+".join(f"x{i}*x{i + 1}" for i in range(100, 190)),
        "*".join(f"sin(x{i})" for i in range(100)),
        "^".join(["x"] * 45),
        "9^9^9^9^9^9^9*x",
        "((((2^64)^64)^64)^64)^64*x",
        "x" * 1001,
        "x+" * 100_000,
        "(" * 1_000_000,
        "e" * 1000,
        "1" * 1000,
        "1e" * 500,
        "." * 1000,
        "- " * 499 + "x",
        "atan2(" * 49 + "x" + ",y)" * 49,
        "abs(x-" * 49 + "y" + ")" * 49,
        "|" * 1000,
        "|x" * 500,
        "√" * 1000,
        "sin " * 250,
        "sin " * 45 + "x",
        "sin²" * 250 + "x",
        "x²" * 500,
        "xy" * 500,
        "xyxyxyxyxyxyxyxyxyxyxyxy " * 40,
        "sinsinsinsinsinsinsinx " * 40,
        "x" + ",r=x" * 249,
        "x, " + ", ".join(f"{a}{b}={a}{b}x" for a in "abcd" for b in "abcdefghijklmnop"),
        "f(" + "x," * 490,
        "½" * 1000,
        "x" + "⁹" * 999,
        "(x" + "|x" * 300,
        "1/x y" * 200,
    ],
)
def test_texts_made_to_be_hard_are_answered_in_bounded_time(text: str) -> None:
    """Whatever is read must then be evaluated and differentiated once in bounded time as well."""
    found = read(text)
    if isinstance(found, Formula):
        begin = time.perf_counter()
        x = np.random.default_rng(0).uniform(0.1, 0.9, (10, found.dimension))
        parameters = dict.fromkeys(found.parameters, 1.0)
        with nothing_runs():
            found.value(x, parameters)
            found.gradient(x, parameters, np.empty_like(x))
        assert time.perf_counter() - begin < BOUND


def test_the_limits_are_the_ones_named() -> None:
    assert isinstance(read("(" * DEEPEST_NESTING + "x" + ")" * DEEPEST_NESTING), Formula)
    assert "nested deeper" in str(refusal("(" * (DEEPEST_NESTING + 1) + "x" + ")" * (DEEPEST_NESTING + 1)))
    assert isinstance(read("x" + " " * (LONGEST_TEXT - 1)), Formula)
    assert refusal("x" + " " * LONGEST_TEXT).position == LONGEST_TEXT
    assert isinstance(read(f"x^{LARGEST_EXPONENT}"), Formula)
    letters = "abcdfghijklm"
    assert len(letters) == MOST_PARAMETERS
    pairs = [f"{p}{sign}{q}" for sign in "/^" for p in letters for q in letters if p != q]
    assert "x+" + "+".join(pairs[:200]) == read("x+" + "+".join(pairs[:200])).text  # type: ignore[union-attr]
    assert f"more than {MOST_NODES} parts" in str(refusal("x+" + "+".join(pairs[:249])))
    one_more = refusal("x+" + "+".join(f"{letter}*{letter}" for letter in letters + "n"))
    assert f"at most {MOST_PARAMETERS} parameters" in str(one_more)
    assert one_more.position == 2 + 4 * MOST_PARAMETERS


PIECES = st.sampled_from(
    [
        *(
            "x",
            "y",
            "x0",
            "x7",
            "a",
            "pi",
            "e",
            "_",
            "__class__",
            "1",
            "2.5",
            "1e9",
            "9" * 30,
            "+",
            "-",
            "*",
            "/",
            "^",
            "**",
        ),
        *("(", ")", ",", ".", " ", "'", '"', "[", "]", "{", "}", ":", "=", "lambda", "for", "if", "import", "\\", "\n"),
        *("√", "|", "½", "²", "⁻¹", "·", "−", "π", "x₁", "xy", "sinx", "f(x) =", ", r =", "÷", "∛"),
        *FUNCTIONS,
        *(f"{name}(" for name in FUNCTIONS),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=120) | st.lists(PIECES, max_size=60).map("".join) | st.text("x+-*/^(),.12 ae", max_size=200))
@example("x" * 999)
def test_any_text_is_read_or_refused_in_bounded_time_and_never_run(text: str) -> None:
    found = read(text)
    if isinstance(found, Formula):
        x = np.full((2, found.dimension), 0.5)
        with nothing_runs():
            found.gradient(x, dict.fromkeys(found.parameters, 1.0), np.empty_like(x))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_read_as_text_do_no_harm_either(data: bytes) -> None:
    read(data.decode("latin-1"))
