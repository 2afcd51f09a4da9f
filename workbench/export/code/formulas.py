"""A formula that a person typed, as a Python expression: written from its graph, never from its text."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from workbench.engine.formula.expressions import Graph

#: PyTorch's names of the graph's operations where they are others
_NAMES: Mapping[str, str] = {"min": "minimum", "max": "maximum", "mod": "remainder"}
#: functions of the script's own where their argument varies
_OWN: Mapping[str, str] = {"sqrt": "square_root", "cbrt": "cube_root"}
_SIGNS = {"add": (" + ", 1), "sub": (" - ", 1), "mul": (" * ", 2), "div": (" / ", 2)}
#: how strongly they bind, 1 and 2 being those above
_SIGNED, _POWER, _ATOM = 3, 4, 5
#: what a parameter cannot be called in a script, since the script itself does
_TAKEN = (
    "point", "torch", "math", "np", "len", "max", "sum", "abs", "print", "range", "power", "root", "x", "y",
    "sigmoid", "erf", "reciprocal", "log_or_zero", "power_or_zero", "weighed",
)  # fmt: skip


def parameter_names(names: tuple[str, ...]) -> dict[str, str]:
    """A name that Python takes for each parameter: its own, if it can have it."""
    found: dict[str, str] = {}
    for i, name in enumerate(names):
        mine = name if name.isidentifier() and name.isascii() else f"parameter{i + 1}"
        while mine in _TAKEN or keyword.iskeyword(mine) or mine in found.values():
            mine += "_"
        found[name] = mine
    return found


def expression(graph: Graph, root: int, coordinates: Mapping[int, str], parameters: Mapping[str, str]) -> str:
    """The node as a Python expression with PyTorch's functions.

    `coordinates` are the variables by index, `parameters` the names as `parameter_names` gives them.
    """
    writer = Writer(graph, coordinates, parameters)
    # in the order of their numbers arguments come first, so that a long sum needs no deep recursion
    for node in graph.reachable([root]):
        writer.write(node)
    return writer.texts[root][0]


class Writer:
    """Writes node after node, each after its arguments, in PyTorch's functions."""

    def __init__(self, graph: Graph, coordinates: Mapping[int, str], parameters: Mapping[str, str]) -> None:
        self._graph, self._coordinates, self._parameters = graph, coordinates, parameters
        #: by node, and how strongly its last operation binds
        self.texts: dict[int, tuple[str, int]] = {}
        self._varies: set[int] = set()

    def name(self, node: int, name: str) -> None:
        """Read a node by a name from here on."""
        self.texts[node] = name, _ATOM

    def write(self, node: int) -> None:
        """Write a node, whose arguments are there."""
        operation, arguments = self._graph.operations[node], self._graph.arguments[node]
        if operation == "variable" or any(argument in self._varies for argument in arguments):
            self._varies.add(node)
        self.texts[node] = self._operation(operation, arguments) if arguments else self._leaf(operation, node)

    def _leaf(self, operation: str, node: int) -> tuple[str, int]:
        content = self._graph.contents[node]
        if operation == "constant":
            return _constant(float(content))
        return self._coordinates[content] if operation == "variable" else self._parameters[content], _ATOM

    def _operation(self, operation: str, arguments: tuple[int, ...]) -> tuple[str, int]:
        if operation in _SIGNS:
            sign, binds = _SIGNS[operation]
            return f"{self._part(arguments[0], binds)}{sign}{self._part(arguments[1], binds + 1)}", binds
        if operation == "neg":
            return f"-{self._part(arguments[0], _POWER)}", _SIGNED
        if operation in {"pow", "square"} and not self.is_called(operation, arguments):
            exponent = "2" if operation == "square" else self._part(arguments[1], _ATOM)
            return f"{self._part(arguments[0], _ATOM)} ** {exponent}", _POWER
        return self.called(operation, arguments), _ATOM

    def called(self, operation: str, arguments: tuple[int, ...]) -> str:
        """A call: of the script's own functions where their argument varies, else of PyTorch's."""
        texts = [self.texts[argument][0] for argument in arguments]
        if operation == "pow":
            return f"power({texts[0]}, {texts[1]})"
        if operation in _OWN:
            return f"{_OWN[operation]}({self._tensor(arguments[0])})"
        if operation == "hypot":
            squares = " + ".join(f"{self._part(argument, _ATOM)} ** 2" for argument in arguments)
            return f"square_root(torch.as_tensor({squares}))"
        if operation == "softplus":
            return f"torch.logaddexp({self._tensor(arguments[0])}, torch.tensor(0.0))"
        return f"torch.{_NAMES.get(operation, operation)}({', '.join(map(self._tensor, arguments))})"

    def is_called(self, operation: str, arguments: tuple[int, ...]) -> bool:
        """Whether a power is a function of the script: one of what varies to an exponent between 0 and 1."""
        exponent = self._graph.value_of(arguments[1]) if operation == "pow" else None
        return arguments[0] in self._varies and exponent is not None and 0.0 < exponent < 1.0

    def _part(self, node: int, at_least: int) -> str:
        text, binds = self.texts[node]
        return text if binds >= at_least else f"({text})"

    def _tensor(self, node: int) -> str:
        """An argument of a function: PyTorch's take no plain numbers."""
        text = self.texts[node][0]
        return text if node in self._varies else f"torch.as_tensor({text})"


def _constant(value: float) -> tuple[str, int]:
    text = repr(int(value)) if value.is_integer() and abs(value) < 1e9 else repr(value)
    return text, _SIGNED if text.startswith("-") else _ATOM
