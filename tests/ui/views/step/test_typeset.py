"""Lines of rules in print: what a person would write by hand, as symbols and with numbers."""

from __future__ import annotations

import re

import pytest

from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.lines import usual_lines
from workbench.engine.rules.grammar import compiled
from workbench.ui.views.shared.typeset import printed, printed_number, typeset

NUMBERS = {"g": -2.0, "m": -3.0, "s": 0.25, "epsilon": 1e-8, "t": 3.0, "beta1": 0.9, "learning_rate": 0.1}


def plain(made):
    """HTML as text: _{below}, ^{above}."""
    made = made.replace("<sub>", "_{").replace("<sup>", "^{").replace("</sub>", "}").replace("</sup>", "}")
    return re.sub("<[^>]*>", "", made).replace("\u2009", " ").replace("&gt;", ">")


def with_number(name):
    return printed_number(NUMBERS[name]), True


@pytest.mark.parametrize(
    ("line", "symbols", "numbers"),
    [
        ("x = m / (1 − β₁ᵗ)", "x = m / (1 − β_{1}^{t})", "−3 / (1 − 0.9^{3})"),
        ("x = η m", "x = η m", "0.1 · (−3)"),
        ("x = 2g²", "x = 2 g^{2}", "2 · (−2)^{2}"),
        ("x = m^(1 - t)", "x = m^{1 − t}", "(−3)^{1 − 3}"),
        ("x = g / (√s + ε)", "x = g / (√s + ε)", "−2 / (√0.25 + 1e−8)"),
        ("x = √ε", "x = √ε", "√(1e−8)"),
        ("x = 2|g| + |m|", "x = 2 |g| + |m|", "2 · |−2| + |−3|"),
        ("x = −g", "x = −g", "−(−2)"),
        ("x = where(g > 0 and t ≥ 2, 1, s)", "x = where(g > 0 and t ≥ 2, 1, s)", "where(−2 > 0 and 3 ≥ 2, 1, 0.25)"),
        ("x = (g + m) s", "x = (g + m) s", "(−2 + (−3)) · 0.25"),
    ],
)
def test_a_line_in_print_and_with_numbers(line, symbols, numbers):
    """Products have a dot between numbers, and what is negative its brackets where a sign or a power is beside it."""
    (read,) = compiled(line).lines
    assert plain(typeset(line, (*read.reads, "x"))) == symbols
    assert (
        plain(typeset(line, read.reads, lambda n: with_number(n) if n in NUMBERS else (n, False))) == f"x = {numbers}"
    )


def test_what_is_of_all_parameters_keeps_its_symbols():
    """One coordinate's number within norm(...) would be untrue; behind its bracket there are numbers again."""
    line = "s = norm(2 (g + m)) g"
    assert plain(typeset(line, ("g", "m"), with_number)) == "s = norm(2 · (g + m)) · (−2)"


def test_names_have_their_index_below():
    """A hat stays over its letter; what follows an underscore is an index."""
    assert printed("beta1") == "<i>β</i><sub>1</sub>"
    assert printed("v_max") == "<i>v</i><sub>max</sub>"
    assert printed("m_hat") == "<i>m\u0302</i>"
    assert printed("learning_rate") == "<i>η</i>"


@pytest.mark.parametrize("key", optimizers.keys())
def test_every_line_of_the_catalogue_can_be_printed(key):
    """All names that a line reads are in its print, each as a symbol that can be pointed at, and all brackets close."""
    for text in usual_lines(optimizers.get(key)).values():
        for line in compiled(text).lines:
            made = typeset(line.text, (*line.reads, line.name))
            named = set(re.findall('href="([^"]*)"', made))
            assert named == {*line.reads, line.name}
            assert made.count("(") == made.count(")") == line.text.count("(") - _around_powers(line.text)


def _around_powers(text):
    """Brackets that are not printed: above the line they hold nothing together."""
    return text.count("^(")
