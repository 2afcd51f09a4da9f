"""What the language of rules reads, what it refuses and where, and that no text keeps it busy for long."""

from __future__ import annotations

from time import perf_counter

import pytest

from workbench.engine.formula.faults import FormulaError
from workbench.engine.rules.grammar import MOST_HYPERPARAMETERS, MOST_LINES, MOST_STATES, compiled
from workbench.engine.rules.names import canonical, symbol
from workbench.engine.rules.rule import Kind


def test_a_name_has_one_spelling_and_is_printed_in_one_way() -> None:
    same = {
        "beta1": ("β1", "β₁", "beta1"),
        "m_hat": ("m̂", "m_hat"),
        "g_hat": ("ĝ", "g\u0302"),
        "learning_rate": ("η", "eta", "lr", "learning_rate"),
        "x": ("θ", "theta", "x"),
        "epsilon": ("ε", "ϵ", "eps", "epsilon"),
        "Delta": ("Δ", "Delta"),
        "v_max": ("v_max",),
    }
    assert {one: {canonical(name) for name in names} for one, names in same.items()} == {n: {n} for n in same}
    assert [symbol(name) for name in ("beta1", "m_hat", "learning_rate", "v_max", "rho")] == [
        "β₁",
        "m̂",
        "η",
        "v_max",
        "ρ",
    ]


def test_what_is_read_before_it_is_assigned_is_state_and_what_is_never_assigned_a_setting() -> None:
    rule = compiled("init v = 2 k\nm = β m + g\nd = m / v\nv = v + W; W = W + 1\nx = x − η d")
    assert dict(rule.states) == {"m": Kind.FULL, "v": Kind.RUN, "W": Kind.RUN}
    assert rule.hyperparameters == ("beta", "k")
    assert [(line.name, line.row) for line in rule.lines] == [("m", 2), ("d", 3), ("v", 4), ("W", 4), ("x", 5)]
    assert rule.lines[2].text == "v = v + W"
    assert rule.lines[1].reads == ("m", "v")


#: text, line and column of the fault, a part of the sentence
FAULTS = [
    ("", 1, 1, "empty"),
    ("# only a remark\n", 1, 1, "empty"),
    ("m = g", 1, 6, "what becomes of x"),
    ("m = g\nx = x − η (m", 2, 11, 'a ")" is missing'),
    ("m = g\nx = x − η m)", 2, 12, 'there is no "("'),
    ("m = g\n  y x = 3", 2, 5, 'a "=" is missing'),
    ("3 = x", 1, 1, "begins with the name"),
    ("x = x − η g = 3", 1, 13, "assigns once"),
    ("t = 1; x = g", 1, 1, "is given"),
    ("x = x; η = 1", 1, 8, "is given"),
    ("x = x; max = 1", 1, 8, "has a meaning already"),
    ("x = x; e = 1", 1, 8, "has a meaning already"),
    ("x = sing(g)", 1, 5, 'did you mean "sin"'),
    ("x = where(g > 0, g)", 1, 5, "3 arguments"),
    ("x = norm(η) g", 1, 5, "a number for each coordinate"),
    ("W = W + 1\nx = x − mean(W) g", 2, 9, "a number for each coordinate"),
    ("x = 0 < g < 1", 1, 11, "need and between them"),
    ("x = g / η m\nm = g", 1, 11, "may mean"),
    ("x = x / 0", 1, 7, "divides by zero"),
    ("x = x ** 100", 1, 10, "exponent must lie"),
    ("x = x − η g\ninit q = 1", 2, 6, "is no state"),
    ("x = m; m = g; init m = g", 1, 24, "before the first step"),
    ("x = m; m = g; init m = 1; init m = 2", 1, 32, "has an init line already"),
    ("x = m; m = g; init m = p; p = 2", 1, 24, "knows x, the learning rate"),
    ("x = if g > 0 then g else 0", 1, 5, "where(condition, a, b)"),
    ("x = g if g > 0 else 0", 1, 7, "where(condition, a, b)"),
    ("m = g\nif g > 0 then x = 1", 2, 1, "where(condition, a, b)"),
    ("x = g else", 1, 7, "where(condition, a, b)"),
    ("x = __import__('os')", 1, 16, "cannot contain"),
    ("x = x.shape", 1, 6, "cannot contain"),
    ("x = x[0]", 1, 6, "cannot contain"),
    ("x = lambda: 0", 1, 11, "cannot contain"),
    ("x = exec(g)", 1, 5, "there is no function"),
    ("x = " + "a" * 30, 1, 5, "at most 24 characters"),
    ("x = g\r\ny = )", 2, 5, "missing before"),
]


@pytest.mark.parametrize(("text", "row", "column", "part"), FAULTS)
def test_a_fault_is_said_in_a_sentence_with_its_line_and_column(text: str, row: int, column: int, part: str) -> None:
    with pytest.raises(FormulaError) as caught:
        compiled(text)
    assert f"has a fault in line {row}, column {column}: " in caught.value.problem
    assert part in caught.value.problem
    assert text[: caught.value.position].count("\n") == row - 1


def _names(count: int) -> list[str]:
    """Names that are not products of Greek letters, nor given ones."""
    return [f"q{i}" for i in range(count)]


HOSTILE = {
    "brackets": "x = " + "(" * 1900,
    "roots": "x = " + "√" * 1900 + "g",
    "powers": "x = g" + "^g" * 900,
    "bars": "x = " + "|" * 3000,
    "a long name": "x = " + "x0" * 1900,
    "letters in a row": "x = " + "β1" * 1900,
    "wheres": "x = " + "where(g > 0, g, " * 240,
    "statements": "x = g;" * 660,
    "doubling": "a = g\n" + "a = a a + a\n" * 300 + "x = a",
    "numbers": "x = 9**9**9**9**9 g",
    "settings": "x = " + " + ".join(_names(MOST_HYPERPARAMETERS + 1)),
    "states": "\n".join(["x = " + " + ".join(_names(MOST_STATES + 1)), *(f"{n} = g" for n in _names(MOST_STATES + 1))]),
    "too many lines": "x = g\n" * (MOST_LINES + 1),
    "too long": "x = g # " + "a" * 5000,
    "digits": "x = g * " + "1" * 3900,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_rule_is_refused_at_once(kind: str) -> None:
    begin = perf_counter()
    with pytest.raises(FormulaError):
        compiled(HOSTILE[kind])
    assert perf_counter() - begin < 2.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x = x − η g²", "x = x - lr*g^2"),
        ("x −= η β1ᵗ g", "x = x - eta * beta1^t * g"),
        ("θ ← θ − ηg", "x = x - eta*g"),
        ("x = x − η·½ g  # half", "x = x - η*0.5*g"),
        ("x = where(g ≥ 1 or g ≤ −1, x, x − η g)", "x = where(1 <= g or -1 >= g, x, x - η*g)"),
        ("x = clip(x − η g, −1, 1)", "x = min(max(x - η*g, -1), 1)"),
    ],
)
def test_what_is_written_as_in_print_is_what_is_spelt_out(left: str, right: str) -> None:
    """By the graph: its operations in the order in which they are computed."""

    def operations(text: str) -> list[object]:
        rule = compiled(text)
        graph = rule.graph
        ways: dict[int, object] = {}
        for node in graph.reachable(rule.roots):
            arguments = tuple(ways[a] for a in graph.arguments[node])
            ways[node] = (graph.operations[node], graph.contents[node], arguments)
        return [ways[root] for root in rule.roots]

    assert operations(left) == operations(right)
