"""The rule of a lane as a function of a script for NumPy: from its lines, or written by hand where it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.lines import rule_of
from workbench.engine.optimizers.shaped import NEWTON_SCHULZ
from workbench.engine.rules.names import RATE, STEP
from workbench.engine.rules.operations import COMPARISONS
from workbench.engine.rules.rule import Kind, Rule
from workbench.experiment.experiment import Lane
from workbench.export.code.parts import NoCode
from workbench.export.code.rules import RuleFunction, decay_within

#: numpy's names of the graph's operations where they are others
NUMPYS: Mapping[str, str] = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "min": "minimum",
    "max": "maximum",
    "norm": "linalg.norm",
    "total": "sum",
}
#: what numpy has no function for, or has under another form
WRITTEN: Mapping[str, str] = {
    "softplus": "np.logaddexp(0.0, {0})",
    "relu": "np.maximum({0}, 0.0)",
    "sigmoid": "sigmoid({0})",
    "erf": "erf({0})",
    "pow": "power({0}, {1})",
    "dot": "np.sum(({0}) * ({1}))",
}
#: functions that a script defines for itself where it calls them
HELPERS: Mapping[str, tuple[str, ...]] = {
    "sigmoid": (
        "def sigmoid(u):",
        '    """The logistic function, which never overflows."""',
        "    small = np.exp(-np.abs(u))",
        "    return np.where(u < 0.0, small, 1.0) / (1.0 + small)",
    ),
    "erf": (
        "def erf(u):",
        '    """The error function, number by number: NumPy has none."""',
        "    return np.vectorize(math.erf, otypes=[float])(u).astype(np.asarray(u).dtype)",
    ),
    "power": (
        "def power(base, exponent):",
        '    """The power as NumPy has it for arrays: that of two numbers may differ in its last digit."""',
        "    return np.power([base, base], float(exponent))[0]",
    ),
    "root": (
        "def root(u):",
        '    """The root of |u|."""',
        "    return np.sqrt(np.abs(u))",
    ),
    "reciprocal": (
        "def reciprocal(u):",
        '    """1 / u, and 0 at 0: there a root has slope 0."""',
        "    return np.where(u == 0.0, 0.0, 1.0 / np.where(u == 0.0, 1.0, u))",
    ),
    "log_or_zero": (
        "def log_or_zero(u):",
        '    """The logarithm, and 0 at 0: there it is beside what vanishes faster."""',
        "    return np.log(np.where(u == 0.0, 1.0, u))",
    ),
    "power_or_zero": (
        "def power_or_zero(u, p):",
        '    """The power, and 0 at 0 for a negative exponent: there a root has slope 0."""',
        "    singular = (u == 0.0) & (p < 0.0)",
        "    return np.where(singular, 0.0, np.power(np.where(singular, 1.0, u), p))",
    ),
    "weighed": (
        "def weighed(u, v):",
        '    """The product, and 0 where one of them is 0, however large the other is."""',
        "    return np.where((u == 0.0) | (v == 0.0), 0.0, np.multiply(u, v))",
    ),
}
_ADAM = """
    m = β₁ m + (1 − β₁) g
    v = β₂ v + (1 − β₂) g²
    [amsgrad] v_max = max(v_max, v)
    α = η / (1 − β₁ᵗ)
    c = √(1 − β₂ᵗ)
    [pytorch, not amsgrad] d = √v / c + ε
    [pytorch, amsgrad] d = √v_max / c + ε
    [keras] α = α c
    [keras, not amsgrad] d = √v + ε
    [keras, amsgrad] d = √v_max + ε
    x = x − α m / d
"""
#: Lines in the order in which the engine computes, by optimizer: where a path is unstable, as at AdaDelta's usual rate,
#: the order of two factors decides after some hundred steps where it goes.
_IN_ORDER: Mapping[str, str] = {
    "adam": _ADAM,
    "adamw": _ADAM,
    "adadelta": """
        E = ρ E + (1 − ρ) g²
        Δ = g (√(D + ε) / √(E + ε))
        D = ρ D + (1 − ρ) Δ²
        x = x − η Δ
    """,
}
_HEAD = f"def rule(x, g, {STEP}, {RATE}, state):"


def _made(lane: Lane) -> tuple[Rule, dict[str, Any]] | None:
    """The rule that a lane's lines are, and its settings; None where it has none."""
    written = _IN_ORDER.get(lane.optimizer, "")
    return rule_of(optimizers.get(lane.optimizer), lane.convention, lane.hyperparameters, written)


def check_rule(lane: Lane) -> None:
    """Raises NoCode for a rule that is neither lines nor written here."""
    entry = optimizers.get(lane.optimizer)
    if lane.optimizer != "muon" and _made(lane) is None:
        raise NoCode(
            f"{entry.title} cannot be exported for NumPy: its step is no few lines over the coordinates, and it is not "
            "written out"
        )


def numpy_rule(lane: Lane) -> list[str]:
    """The function `rule` of a script; a lane that `check_rule` objects to has none."""
    entry = optimizers.get(lane.optimizer)
    made = _made(lane)
    if made is None:
        return _muon(lane)
    told = "The rule of the lane" if lane.optimizer == "rule" else entry.title
    return [
        _HEAD,
        f'    """{told}: a step from x along the gradient g; `state` is kept from step to step."""',
        *(["    t, learning_rate = np.float64(t), np.float64(learning_rate)"] if lane.optimizer == "rule" else []),
        *NumpyFunction(*made, careful=lane.optimizer == "rule", decay=decay_within(lane, made[0])).body(),
    ]


def numpy_decay(lane: Lane) -> float:
    """By how much the loop lets the point decay before it calls `rule`, times the rate."""
    made = _made(lane)
    return 0.0 if decay_within(lane, made and made[0]) else float(lane.gradient.get("weight_decay", 0.0))


class NumpyFunction(RuleFunction):
    """Writes a rule in NumPy's functions.

    A careful one has settings that divide and overflow as NumPy's numbers do, where Python's raise an error: who types
    a rule may divide by what becomes 0.
    """

    taken = ("np", "math", "state", "rule", *HELPERS)

    def __init__(self, rule: Rule, given: Mapping[str, Any], *, careful: bool, decay: float = 0.0) -> None:
        super().__init__(rule, given, decay=decay)
        self._careful = careful

    def number(self, text: str) -> str:
        return f"np.float64({text})" if self._careful else text

    def begun(self, zero: str, written: str, *, full: bool) -> str:
        return super().begun(zero, written, full=full) if full else self.number(written)

    def is_called(self, node: int) -> bool:
        """A power of two numbers, as the engine has those of its own rules: not of arrays, nor to a fixed number."""
        exponent = self._rule.graph.arguments[node][-1]
        varies = self._rule.graph.operations[node] == "pow" and self._rule.graph.value_of(exponent) is None
        return varies and not self._careful and self._rule.kinds[node] < Kind.FULL

    def zero(self, *, full: bool) -> str:
        return "np.zeros_like(x)" if full else self.number("0.0")

    def called(self, operation: str, arguments: tuple[int, ...], texts: Mapping[int, tuple[str, int]]) -> str:
        if operation in COMPARISONS:
            return f"np.float64{self.compared(operation, arguments, texts)}"
        if operation == "where":
            rest = ", ".join(texts[argument][0] for argument in arguments[1:])
            return f"np.where({self.condition(arguments[0], texts)}, {rest})"
        return function_call(operation, [texts[argument][0] for argument in arguments])

    def tensor(self, node: int, texts: Mapping[int, tuple[str, int]]) -> str:
        return texts[node][0]


def function_call(operation: str, arguments: Sequence[str]) -> str:
    """An operation of a graph as a call, of NumPy's functions or the script's own."""
    if operation in WRITTEN:
        return WRITTEN[operation].format(*arguments)
    name = operation if operation in HELPERS else f"np.{NUMPYS.get(operation, operation)}"
    return f"{name}({', '.join(arguments)})"


def _muon(lane: Lane) -> list[str]:
    """Muon: matrices by orthogonal steps, everything else by AdamW. A point that is none is one of a single column."""
    given, keras = lane.hyperparameters, lane.convention == "keras"
    a, b, c = NEWTON_SCHULZ
    mu, decay, epsilon = given["momentum"], given["weight_decay"], given["epsilon"]
    fresh = "G" if keras else f"(1 - {mu!r}) * G"
    direction = f"{mu!r} * M + {fresh}" if given["nesterov"] else "M"
    scale = "0.2 * math.sqrt(max(n_in, n_out))" if keras else "math.sqrt(max(1, n_out / n_in))"
    size = f"(np.sqrt(V) + {epsilon!r}) / root" if keras else f"np.sqrt(V) / root + {epsilon!r}"
    return [
        "def orthogonal(matrix):",
        '    """Nearly the nearest orthogonal matrix, by the iteration of Newton and Schulz."""',
        "    X = matrix.T if len(matrix) > len(matrix[0]) else matrix",
        f"    X = X / {'(np.linalg.norm(X) + 1e-07)' if keras else 'max(np.linalg.norm(X), 1e-07)'}",
        f"    for _ in range({given['newton_schulz_steps']}):",
        "        A = X @ X.T",
        f"        X = {a!r} * X + ({b!r} * A + {c!r} * (A @ A)) @ X",
        "    return X.T if len(matrix) > len(matrix[0]) else X",
        "",
        "",
        _HEAD,
        '    """Muon: matrices take orthogonal steps, everything else those of AdamW."""',
        "    if not state:",
        '        state["m"], state["v"] = np.zeros_like(x), np.zeros_like(x)',
        f"    x = x * (1 - learning_rate * {decay!r})" if decay else "    x = x.copy()",
        '    for X, G, M, V in zip(parts(x), parts(g), parts(state["m"]), parts(state["v"])):',
        "        if X.ndim == 2:",
        f"            M[...] = {mu!r} * M + {fresh}",
        "            n_in, n_out = X.shape",
        f"            X -= learning_rate * {scale} * orthogonal({direction})",
        "        else:",
        f"            M[...] = {given['beta1']!r} * M + (1 - {given['beta1']!r}) * G",
        f"            V[...] = {given['beta2']!r} * V + (1 - {given['beta2']!r}) * G**2",
        f"            root = math.sqrt(1 - {given['beta2']!r} ** t)",
        f"            X -= learning_rate * M / (1 - {given['beta1']!r} ** t) / ({size})",
        "    return x",
    ]
