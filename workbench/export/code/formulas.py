"""A formula that a person typed, as a Python expression: written from its graph, never from its text."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from workbench.engine.formula.expressions import Graph

#: PyTorch's names of the graph's operations where they are others
_NAMES: Mapping[str, str] = {"min": "minimum", "max": "maximum"}
_SIGNS = {"add": (" + ", 1), "sub": (" - ", 1), "mul": (" * ", 2), "div": (" / ", 2)}
#: how strongly they bind, 1 and 2 being those above
_SIGNED, _POWER, _ATOM = 3, 4, 5
#: what a parameter cannot be called in a script, since the script itself does
_TAKEN = ("point", "torch", "math", "np", "len", "max", "sum", "abs", "print", "range", "x", "y")


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
    varies = {node for node in graph.reachable([root]) if graph.operations[node] == "variable"}
    for node in graph.reachable([root]):
        if any(argument in varies for argument in graph.arguments[node]):
            varies.add(node)

    texts: dict[int, tuple[str, int]] = {}  # by node, and how strongly its last operation binds

    def part(node: int, at_least: int) -> str:
        text, binds = texts[node]
        return text if binds >= at_least else f"({text})"

    def tensor(node: int) -> str:
        """An argument of a function: PyTorch's take no plain numbers."""
        return texts[node][0] if node in varies else f"torch.as_tensor({texts[node][0]})"

    # in the order of their numbers arguments come first, so that a long sum needs no deep recursion
    for node in graph.reachable([root]):
        operation, arguments = graph.operations[node], graph.arguments[node]
        if operation == "constant":
            texts[node] = _constant(float(graph.contents[node]))
        elif operation == "variable":
            texts[node] = coordinates[graph.contents[node]], _ATOM
        elif operation == "parameter":
            texts[node] = parameters[graph.contents[node]], _ATOM
        elif operation in _SIGNS:
            sign, binds = _SIGNS[operation]
            texts[node] = f"{part(arguments[0], binds)}{sign}{part(arguments[1], binds + 1)}", binds
        elif operation == "neg":
            texts[node] = f"-{part(arguments[0], _POWER)}", _SIGNED
        elif operation in {"pow", "square"}:
            exponent = "2" if operation == "square" else part(arguments[1], _ATOM)
            texts[node] = f"{part(arguments[0], _ATOM)} ** {exponent}", _POWER
        elif operation == "sqrt" and arguments[0] in varies:
            texts[node] = f"square_root({texts[arguments[0]][0]})", _ATOM
        else:
            name = _NAMES.get(operation, operation)
            texts[node] = f"torch.{name}({', '.join(tensor(argument) for argument in arguments)})", _ATOM
    return texts[root][0]


def _constant(value: float) -> tuple[str, int]:
    text = repr(int(value)) if value.is_integer() and abs(value) < 1e9 else repr(value)
    return text, _SIGNED if text.startswith("-") else _ATOM
