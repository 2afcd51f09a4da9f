"""The objectives as functions of a script for NumPy: value and exact gradient."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbench.engine.formula.formula import Formula, compiled
from workbench.engine.objectives import objectives
from workbench.engine.params import Value
from workbench.export.code import numpy_slopes
from workbench.export.code.formulas import Writer, parameter_names
from workbench.export.code.numpy_rules import function_call
from workbench.export.code.objectives import counting, listed, returned
from workbench.export.code.parts import NoCode, comment, indented

#: a node that is read more than once has a name of its own, unless it is as short as one
_SHORT = 8


def numpy_objective(key: str, parameters: Mapping[str, Value], dimension: int, *, numerical: bool) -> list[str]:
    """The function `objective` of a script and, unless gradients are to be numerical, `gradient`.

    What they call is not among them.

    Raises:
        NoCode: the catalogue has the objective, the tables have not.
    """
    if key == "formula":
        about, given, value, slope = _typed(parameters, dimension, numerical=numerical)
    else:
        about, given, value = listed(key, parameters, dimension, "np")
        slope = [] if numerical else _slope(key, dimension)
    lines = [*comment(about), f"def objective(point{given}):", *indented(_body(value))]
    if slope:
        lines += ["", "", f"def gradient(point{given}):", '    """Its exact gradient."""', *indented(_body(slope))]
    return lines


def _body(lines: list[str]) -> list[str]:
    *before, last = lines
    return [*before, *returned(last)]


def _slope(key: str, dimension: int) -> list[str]:
    """The statements of a gradient, the last of them its value."""
    if key in numpy_slopes.CURVES:
        *before, last = numpy_slopes.CURVES[key].split("\n")
        return ["x = point[0]", *before, f"np.array([{last}])"]
    if key in numpy_slopes.PLANES and dimension == 2:
        *before, last = numpy_slopes.PLANES[key].split("\n")
        return ["x, y = point[0], point[1]", *before, f"np.array([{last}])"]
    if key not in numpy_slopes.ANY:
        raise NoCode(
            f'the objective "{objectives.get(key).title}" cannot be exported for NumPy: no formula of its gradient is '
            "written for that"
        )
    text = numpy_slopes.ANY[key]
    head = [re.sub(r"(?<![\w.])arange\(", "np.arange(", line) for line in counting(text)]
    return [*head, *text.split("\n")]


def _typed(
    parameters: Mapping[str, Value], dimension: int, *, numerical: bool
) -> tuple[str, str, list[str], list[str]]:
    """What was typed, its parameters as arguments, and the statements of its value and its gradient."""
    text = str(parameters["text"])
    formula = compiled(text, tuple(sorted(name for name in parameters if name != "text")))
    names = parameter_names(formula.parameters)
    given = "".join(f", {mine}={parameters[name]!r}" for name, mine in names.items())
    head = [f"{name} = point[{index}]" for index, name in formula.coordinates.items()]
    value, (root,) = _statements(formula, names, [formula.root])
    if numerical:
        return f"f = {text}", given, [*head, *value, f"np.float64({root})"], []
    slope, found = _statements(formula, names, formula.slopes)
    by_index = dict(zip(formula.variables, found, strict=True))
    parts = ", ".join(by_index.get(index, "0.0") for index in range(dimension))
    return f"f = {text}", given, [*head, *value, f"np.float64({root})"], [*head, *slope, f"np.array([{parts}])"]


def _statements(formula: Formula, names: Mapping[str, str], roots: Sequence[int]) -> tuple[list[str], list[str]]:
    """Statements that name what is read more than once, and the expressions of the roots."""
    graph = formula.graph
    order = graph.reachable(roots)
    reads: dict[int, int] = {}
    for node in order:
        for argument in graph.arguments[node]:
            reads[argument] = reads.get(argument, 0) + 1
    writer = NumpyWriter(graph, formula.coordinates, names)
    lines: list[str] = []
    taken = {*formula.coordinates.values(), *names.values()}
    for node in order:
        writer.write(node)
        if reads.get(node, 0) > 1 and graph.arguments[node] and len(writer.texts[node][0]) > _SHORT:
            name = f"u{len(lines) + 1}"
            while name in taken:
                name += "_"
            taken.add(name)
            lines.append(f"{name} = {writer.texts[node][0]}")
            writer.name(node, name)
    return lines, [writer.texts[root][0] for root in roots]


class NumpyWriter(Writer):
    """Writes the nodes of a formula in NumPy's functions."""

    def is_called(self, operation: str, arguments: tuple[int, ...]) -> bool:
        return False

    def called(self, operation: str, arguments: tuple[int, ...]) -> str:
        if operation == "step":
            return f"np.heaviside({self.texts[arguments[0]][0]}, 1.0)"
        return function_call(operation, [self.texts[argument][0] for argument in arguments])
