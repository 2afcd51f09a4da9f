"""What a line does and what its value is to a picture, for rules as papers have them and for ones typed in."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.lines import rule_of
from workbench.engine.params import CONVENTIONS
from workbench.engine.rules.forms import Form, form_of
from workbench.engine.rules.grammar import compiled
from workbench.engine.rules.roles import Part, roles
from workbench.engine.rules.terms import step_terms

DIRECTION = Part("direction", 1, in_steps=False, against=True)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("m = β1 m + (1 − β1) g; x = x − η m", Form("average", "g", "β₁", "beta1")),
        ("s = β2 s + (1 − β2) (g − m)²; m = g; x = x − η s", Form("average", "(g − m)²", "β₂", "beta2")),
        ("m = 0.9 m + (1 − 0.9) g; x = x − m", Form("average", "g", "0.9")),
        ("v = μ v + g; x = x − η v", Form("kept_sum", "g", "μ", "mu")),
        ("v = μ v − η g; x = x + v", Form("kept_sum", "−η g", "μ", "mu")),
        ("G = G + g²; x = x − η g / √G", Form("sum", "g²", nonnegative=True)),
        ("s = s + g; x = x − η s", Form("sum", "g")),
        ("u = max(β2 u, |g|); x = x − η u", Form("largest", "|g|", "β₂", "beta2")),
        ("u = max(u, |g|); x = x − η u", Form("largest", "|g|")),
        ("r = g / (|g| + ε); x = x − r", Form("over", "g", "|g| + ε")),
        ("s = sign(g); x = x − η s", Form("sign", "g")),
        ("s = √(g² + 1); x = x − η g / s", Form("root", "g² + 1")),
        ("d = where(g > 0, 1, −1); x = x − η d", Form("choice")),
        ("d = −η g; x = x + d", Form("scaled", "g", "−η")),
        ("n = norm(g); x = x − η g / n", Form("of_all")),
        ("d = g + λ x; x = x − η d", Form("sum_of", "g", "λ x")),
        ("x = x − η g", Form("against", "g", "η")),
        ("d = exp(g); x = x − η d", Form("other")),
    ],
)
def test_the_first_line_is_what_it_looks_like(text, form):
    assert form_of(compiled(text), 0) == form


def test_later_lines_know_the_names_before_them():
    """m̂ is m freed of its bias, the step m̂ over its size, and the last line moves the point by it."""
    rule = compiled("m = β1 m + (1 − β1) g; v = β2 v + (1 − β2) g²; a = m / (1 − β1^t); d = −η a / (√v + ε); x = x + d")
    assert form_of(rule, 2) == Form("unbiased", "m", "1 − β₁ᵗ")
    assert form_of(rule, 3) == Form("over", "−η a", "√v + ε")
    assert form_of(rule, 4) == Form("moves", "d")


def test_an_expression_too_long_to_be_told_is_told_by_its_names():
    rule = compiled("d = (g + 1) (g + 2) (g + 3) (g + 4) (m + g) / (|g| + ε); m = 0.5 m + g; x = x − η d")
    form = form_of(rule, 0)
    assert (form.shape, form.of, form.by) == ("over", "g, m", "|g| + ε")


def test_the_parts_of_adams_step_in_a_picture():
    """Averages point along the gradient, the step against it, squares are sizes, the point a point."""
    rule = compiled("m = β1 m + (1 − β1) g; v = β2 v + (1 − β2) g²; a = m / (1 − β1^t); d = −η a / (√v + ε); x = x + d")
    found = roles(rule, {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8})
    assert found[0] == found[2] == DIRECTION
    assert found[1] == Part("size", 2, in_steps=False)
    assert found[3] == Part("direction", 0, in_steps=True)
    assert found[4].role == "point"


def test_kerass_velocity_is_a_step_pytorchs_a_gradient():
    for convention, part in (("keras", Part("direction", 1, in_steps=True)), ("pytorch", DIRECTION)):
        entry = optimizers.get("momentum")
        rule, values = rule_of(entry, convention, entry.complete({}, convention))
        assert roles(rule, values)[0] == part


def test_other_points_are_points():
    """Schedule-free AdamW's z, and ASGD's average a, are places in the plane and not directions."""
    for key, name in (("schedule_free_adamw", "z"), ("asgd", "a")):
        entry = optimizers.get(key)
        rule, values = rule_of(entry, "pytorch", entry.complete({}, "pytorch"))
        places = [place for place, line in enumerate(rule.lines) if line.name == name]
        assert [roles(rule, values)[place].role for place in places] == ["point"]


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("key", optimizers.keys())
def test_every_line_of_every_optimizer_has_a_form(key, convention):
    """None fails, and the last line that moves the point is known as such, for the rules that have one of that kind."""
    entry = optimizers.get(key)
    made = rule_of(entry, convention, entry.complete({}, convention))
    if made is None:
        assert entry.stages
        return
    rule, values = made
    found = [form_of(rule, place) for place in range(len(rule.lines))]
    assert len(found) == len(rule.lines)
    assert all(part.role in ("direction", "size", "point") for part in roles(rule, values).values())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = x − η g", {"g"}),
        ("x = x − η sign(g)", {""}),
        ("v = μ v + g; x = x − η (g + μ v)", {"g", "v"}),
        ("x = (1 − η λ) x − η g", {"x", "g"}),
        ("v = 0.9 v + g²; x = x − η g / √v", {"g"}),
        ("m = 0.5 m + g; x = where(g > 0, x − η g, x − η m)", {"g", "m"}),
        ("m = 0.5 m + g; x = x − η g m", {""}),
        ("a = a + g; b = b + g; x = x − η (a − b)", {"a", "b"}),  # the gradient's two parts cancel
    ],
)
def test_the_parts_of_a_step_come_from_where_they_come_and_add_up(text, names):
    """For numbers of all signs; the sum is the step itself, computed from the text by hand below."""
    rule = compiled(text)
    random = np.random.default_rng(3)
    x, g, v, m, a, b = random.normal(size=(6, 1, 4))
    given = {"x": x, "g": g, "t": np.float64(2), "learning_rate": np.full((1, 1), 0.1)}
    given |= {name: np.full((1, 1), value) for name, value in (("mu", 0.8), ("lambda", 0.3))}
    given |= {"state:v": v**2, "state:m": m, "state:a": a, "state:b": b}
    found = step_terms(rule, given)
    assert set(found) == names
    v2, kept = v**2, 0.8 * v**2 + g
    by_hand = {
        "x = x − η g": -0.1 * g,
        "x = x − η sign(g)": -0.1 * np.sign(g),
        "v = μ v + g; x = x − η (g + μ v)": -0.1 * (g + 0.8 * kept),
        "x = (1 − η λ) x − η g": -0.03 * x - 0.1 * g,
        "v = 0.9 v + g²; x = x − η g / √v": -0.1 * g / np.sqrt(0.9 * v2 + g * g),
        "m = 0.5 m + g; x = where(g > 0, x − η g, x − η m)": np.where(g > 0, -0.1 * g, -0.1 * (0.5 * m + g)),
        "m = 0.5 m + g; x = x − η g m": -0.1 * g * (0.5 * m + g),
        "a = a + g; b = b + g; x = x − η (a − b)": -0.1 * (a - b),
    }
    np.testing.assert_allclose(sum(found.values()), by_hand[text], rtol=1e-12, atol=1e-14)
