"""The objectives as Python: the catalogue's by a formula each, a typed one from what was read of it.

A formula is written with the names of functions that NumPy and PyTorch share. That of a plane names its
coordinates x and y, that of a curve x; in any number of dimensions x is the whole point, `n` its length and `i` counts
its coordinates from 1. What stands before the last line gives names to parts of it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

from workbench.engine.formula.formula import compiled
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.params import Value
from workbench.engine.streams import Purpose
from workbench.experiment.experiment import Experiment
from workbench.export.code.formulas import expression, parameter_names
from workbench.export.code.helpers import helper_lines
from workbench.export.code.parts import LONGEST_LINE, NoCode, comment, indented

CURVES: Mapping[str, str] = {
    "parabola": "curvature * x**2 / 2",
    "double_well": "x**4 / 4 - x**2 / 2 + tilt * x",
    "forrester": "(6 * x - 2) ** 2 * sin(12 * x - 4)",
    "gramacy_lee": "5 * math.pi * sinc(10 * x) + (x - 1) ** 4",
    "sine_sum": "sin(x) + sin(10 / 3 * x)",
    "log_cosh": "s = abs(sharpness * x)\n(s + log(1 + exp(-2 * s)) - math.log(2)) / sharpness",
    "saturated_neuron": "(1 / (1 + exp(-x)) - target) ** 2 / 2",
}
PLANES: Mapping[str, str] = {
    "quadratic": "curvature_x * (x - center_x) ** 2 / 2 + curvature_y * (y - center_y) ** 2 / 2",
    "rotated_quadratic": (
        "c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))\n"
        "u, v = c * x + s * y, c * y - s * x\n"
        "(u**2 + condition * v**2) / 2"
    ),
    "rosenbrock": "(a - x) ** 2 + b * (y - x**2) ** 2",
    "booth": "(x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2",
    "matyas": "0.26 * (x**2 + y**2) - 0.48 * x * y",
    "beale": "(1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2",
    "cube": "100 * (y - x**3) ** 2 + (1 - x) ** 2",
    "ravine": "wall * (y - sin(x)) ** 2 / 2 + fall * x**2 / 2",
    "bukin_6": "100 * root(y - 0.01 * x**2) + 0.01 * abs(x + 10)",
    "himmelblau": "(x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2",
    "three_hump_camel": "2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2",
    "six_hump_camel": "(4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2",
    "mccormick": "sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1",
    "goldstein_price": (
        "first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)\n"
        "second = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2\n"
        "first * (30 + (2 * x - 3 * y) ** 2 * second)"
    ),
    "branin": (
        "bend = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6\n"
        "bend**2 + 10 * (1 - 1 / (8 * math.pi)) * cos(x) + 10"
    ),
    "hosaki": "(1 - 8 * x + 7 * x**2 - 7 / 3 * x**3 + x**4 / 4) * y**2 * exp(-y)",
    "peaks": (
        "first = 3 * (1 - x) ** 2 * exp(-(x**2) - (y + 1) ** 2)\n"
        "second = 10 * (x / 5 - x**3 - y**5) * exp(-(x**2) - y**2)\n"
        "first - second - exp(-((x + 1) ** 2) - y**2) / 3"
    ),
    "two_wells": (
        "z = 1.4 * y\n-2 * exp(-((x - 1) ** 2 + z**2) / 0.2) - 6 * exp(-((x + 1) ** 2 + z**2) / 0.2) + x**2 + z**2"
    ),
    "hills": (
        "z = 1.4 * y\n"
        "hills = 2 * exp(-((x - 1) ** 2 + z**2) / 0.2) + 6 * exp(-((x + 1) ** 2 + z**2) / 0.2)\n"
        "hills - 2 * exp(-((x - 1) ** 2 + (z + 1) ** 2) / 0.2) + x**2 + z**2"
    ),
    "ecliptic_bowl": "-exp(-((x / 2) ** 2 + 5 * (y / 2) ** 2)) + (x / 2) ** 2 + 0.5 * (y / 2) ** 2",
    "easom": "-cos(x) * cos(y) * exp(-((x - math.pi) ** 2) - (y - math.pi) ** 2)",
    "eggholder": "-(y + 47) * sin(root(x / 2 + y + 47)) - x * sin(root(x - (y + 47)))",
    "cross_in_tray": ("r = norm(point)\n-0.0001 * (abs(sin(x) * sin(y) * exp(abs(100 - r / math.pi))) + 1) ** 0.1"),
    "holder_table": "r = norm(point)\n-abs(sin(x) * cos(y) * exp(abs(1 - r / math.pi)))",
    "drop_wave": "r = norm(point)\n-(1 + cos(12 * r)) / (r**2 / 2 + 2)",
    "levy_13": (
        "first = (x - 1) ** 2 * (1 + sin(3 * math.pi * y) ** 2)\n"
        "second = (y - 1) ** 2 * (1 + sin(2 * math.pi * y) ** 2)\n"
        "sin(3 * math.pi * x) ** 2 + first + second"
    ),
    "bird": "sin(x) * exp((1 - cos(y)) ** 2) + cos(y) * exp((1 - sin(x)) ** 2) + (x - y) ** 2",
    "bohachevsky": "x**2 + 2 * y**2 - 0.3 * cos(3 * math.pi * x) - 0.4 * cos(4 * math.pi * y) + 0.7",
    "schaffer_2": "0.5 + (sin(x**2 - y**2) ** 2 - 0.5) / (1 + 0.001 * (x**2 + y**2)) ** 2",
    "deckkers_aarts": "squares = x**2 + y**2\n1e5 * x**2 + y**2 - squares**2 + 1e-5 * squares**4",
    "saddle": "x**2 - y**2",
    "monkey_saddle": "x**3 - 3 * x * y**2",
    "sine_saddle": "sin(x) + y**2",
    "strict_saddle": "x**2 / 2 + y**4 / 4 - y**2 / 2",
    "plateau": "r = 10 * norm(point)\n-sinc(r / math.pi) + 0.01 * r**2",
    "cliff": "height / (1 + exp(-steepness * x)) + (0.2 * (x + 2) ** 2 + y**2) / 2",
}
ANY: Mapping[str, str] = {
    "sphere": "sum(x**2)",
    "sum_squares": "sum(i * x**2)",
    "ellipsoid": "sum(condition ** ((i - 1) / max(1, n - 1)) * x**2)",
    "schwefel_1_2": "sum(cumsum(x, 0) ** 2)",
    "sum_of_powers": "sum(abs(x) ** (i + 1))",
    "quartic": "sum(i * x**4)",
    "absolute": "sum(abs(x))",
    "exponential": "-exp(-sum(x**2) / 2)",
    "trid": "sum((x - 1) ** 2) - sum(x[1:] * x[:-1])",
    "zakharov": "s = sum(i * x) / 2\nsum(x**2) + s**2 + s**4",
    "rosenbrock": "sum((a - x[:-1]) ** 2 + b * (x[1:] - x[:-1] ** 2) ** 2)",
    "dixon_price": "(x[0] - 1) ** 2 + sum(i[1:] * (2 * x[1:] ** 2 - x[:-1]) ** 2)",
    "brown": "u, v = x[:-1] ** 2, x[1:] ** 2\nsum(u ** (v + 1) + v ** (u + 1))",
    "rastrigin": "amplitude * n + sum(x**2 - amplitude * cos(2 * math.pi * x))",
    "ackley": "-a * exp(-b * norm(x) / math.sqrt(n)) - exp(sum(cos(c * x)) / n) + a + math.e",
    "griewank": "1 + sum(x**2) / 4000 - prod(cos(x / sqrt(i)))",
    "levy": (
        "w = 1 + (x - 1) / 4\n"
        "middle = sum((w[:-1] - 1) ** 2 * (1 + 10 * sin(math.pi * w[:-1] + 1) ** 2))\n"
        "end = (w[-1] - 1) ** 2 * (1 + sin(2 * math.pi * w[-1]) ** 2)\n"
        "sin(math.pi * w[0]) ** 2 + middle + end"
    ),
    "schwefel": "418.9828872724338 * n - sum(x * sin(root(x)))",
    "styblinski_tang": "sum(x**4 - 16 * x**2 + 5 * x) / 2",
    "qing": "sum((x**2 - i) ** 2)",
    "michalewicz": "-sum(sin(x) * sin(i * x**2 / math.pi) ** (2 * m))",
    "salomon": "r = norm(x)\n1 - cos(2 * math.pi * r) + 0.1 * r",
    "egg_crate": "sum(x**2) + 25 * sum(sin(x) ** 2)",
    "associative_memory": (
        "keys = cos(math.pi * (arange(8.0) + 0.5) * arange(8.0)[:, None] / 8) / 2\n"
        "keys[0] /= math.sqrt(2)\n"
        "values = eye(8) - 0.25\n"
        "shares = arange(1.0, 9.0) ** -exponent\n"
        "errors = sum((x.reshape(8, 8) @ keys.T - values.T) ** 2, 0)\n"
        "sum(shares * errors) / sum(shares)"
    ),
    "terraces": (
        "wave = x * sin(2 * math.pi * x) / (2 * math.pi) - sin(math.pi * x) ** 2 / (2 * math.pi**2)\n"
        "sum(x**2 / 2 - flatness * wave)"
    ),
}
_FUNCTION = re.compile(r"(?<![\w.])(sin|cos|exp|log|sqrt|sinc|abs|sum|prod|cumsum|arange|eye)\(")
_NORM = re.compile(r"(?<![\w.])norm\(")


def has_code(key: str) -> bool:
    """Whether an objective can be written."""
    return key == "formula" or key in CURVES or key in PLANES or key in ANY


def objective_lines(key: str, parameters: Mapping[str, Value], dimension: int) -> list[str]:
    """The function `objective` of a script, with PyTorch's functions also where Keras takes the steps.

    Raises:
        NoCode: the catalogue has the objective, this table has not.
    """
    if key == "formula":
        about, names, body = _typed(parameters)
        given = "".join(f", {mine}={parameters[name]!r}" for name, mine in names.items())
    else:
        about, given, body = listed(key, parameters, dimension, "torch")
    *before, last = body
    helpers = helper_lines(body)
    written = [*comment(about), f"def objective(point{given}):", *indented([*before, *returned(last)])]
    return [*helpers, *written]


def listed(key: str, parameters: Mapping[str, Value], dimension: int, module: str) -> tuple[str, str, list[str]]:
    """What an objective of the catalogue is, its parameters as arguments, and the lines of its value.

    The functions are those of `module`. Raises NoCode.
    """
    entry = objectives.get(key)
    given = "".join(f", {param.name}={parameters[param.name]!r}" for param in entry.params)
    body = [
        _NORM.sub(f"{module}.linalg.norm(", _FUNCTION.sub(rf"{module}.\1(", line))
        for line in _listed(key, entry.title, dimension)
    ]
    return f"{entry.title}: {entry.formula}", given, body


def returned(value: str) -> list[str]:
    """The statement that returns an expression, over several lines where it is long: blanks stand between tokens."""
    line = f"return {value}"
    if len(line) + 4 <= LONGEST_LINE:
        return [line]
    wrapped = textwrap.wrap(value, LONGEST_LINE - 8, break_long_words=False, break_on_hyphens=False)
    return ["return (", *indented(wrapped), ")"]


def _listed(key: str, title: str, dimension: int) -> list[str]:
    if key in CURVES:
        return ["x = point[0]", *CURVES[key].split("\n")]
    if key in PLANES and dimension == 2:
        return ["x, y = point[0], point[1]", *PLANES[key].split("\n")]
    if key not in ANY:
        raise NoCode(f'the objective "{title}" cannot be exported as code: no formula of it is written for that')
    return [*counting(ANY[key]), *ANY[key].split("\n")]


def counting(text: str) -> list[str]:
    """The lines that give a formula for any number of dimensions its names."""
    head = ["x = point"]
    if re.search(r"\bn\b", text):
        head[0] = "x, n = point, len(point)"
    if re.search(r"\bi\b", text):
        head.append("i = arange(1.0, len(point) + 1.0)")
    return head


def _typed(parameters: Mapping[str, Value]) -> tuple[str, dict[str, str], list[str]]:
    text = str(parameters["text"])
    formula = compiled(text, tuple(sorted(name for name in parameters if name != "text")))
    names = parameter_names(formula.parameters)
    lines = [f"{name} = point[{index}]" for index, name in formula.coordinates.items()]
    return f"f = {text}", names, [*lines, expression(formula.graph, formula.root, formula.coordinates, names)]


def noise_lines(full: Experiment, problem: ObjectiveProblem) -> list[str]:
    """The function `noise` of a script, empty without any."""
    if not problem.noise:
        return []
    draw = full.lanes[0].draw
    key = f"(start, {int(Purpose.NOISE)}, block" + (f", {draw})" if draw else ")")
    rows, size = problem.noise_block, problem.size
    return [
        "def noise(start, step):",
        '    """The noise on the gradient of a step, which follows from the seed; it is drawn in blocks."""',
        f"    block, row = divmod(step, {rows})",
        f"    sequence = np.random.SeedSequence({full.seed}, spawn_key={key})",
        f"    return {problem.noise!r} * np.random.default_rng(sequence).standard_normal(({rows}, {size}))[row]",
    ]
