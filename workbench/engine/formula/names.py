"""The names of typed formulas: constants, functions, coordinates, and what an unknown name may have meant."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "π": math.pi, "e": math.e, "PI": math.pi, "Pi": math.pi}
#: functions by name: the operation of the graph
FUNCTIONS: Mapping[str, str] = {
    name: name
    for group in (
        ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
        ("exp", "expm1", "log", "log1p", "log10", "log2", "sqrt", "cbrt", "pow", "abs", "sign", "floor", "ceil"),
        ("min", "max", "mod", "hypot", "sigmoid", "softplus", "relu", "logaddexp", "erf"),
    )
    for name in group
} | {
    "ln": "log",
    "sgn": "sign",
    "logistic": "sigmoid",
    "expit": "sigmoid",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "arsinh": "asinh",
    "arcosh": "acosh",
    "artanh": "atanh",
}
TWO_ARGUMENTS = ("atan2", "pow", "mod", "logaddexp")
MANY_ARGUMENTS = ("min", "max", "hypot")
COORDINATE = re.compile(r"x[0-9]+")
_SHORTEST_NEAR = 3  # a shorter name is near to almost every other one


def function_called(name: str) -> str:
    """The function that a name before an argument stands for, however its letters are written; empty for none."""
    for each in (name, name.lower()):
        if each in FUNCTIONS:
            return each
    return ""


def is_coordinate(name: str) -> bool:
    return name in {"x", "y"} or COORDINATE.fullmatch(name) is not None


def parts_of(name: str, known: Collection[str]) -> list[str] | None:
    """The known names that a name is made of, one behind the other: coordinates, constants, `known` ones, functions.

    None where it is not. Of several ways the one with the longest last names is taken; the time is bounded, names are.
    """
    best: list[list[str] | None] = [[], *([None] * len(name))]
    for end in range(1, len(name) + 1):
        for begin in range(end):
            part, before = name[begin:end], best[begin]
            if before is not None and (is_coordinate(part) or part in CONSTANTS or part in known or part in FUNCTIONS):
                best[end] = [*before, part]
                break
    return best[len(name)]


def meant_by(name: str) -> str:
    """What a name that became a parameter may have meant, as it would be typed; empty where nothing is near."""
    if name in {"X", "Y", "E", "z", "Z"}:
        return {"X": "x", "Y": "y", "E": "e"}.get(name, "x3")
    for begin in range(1, len(name)):
        letters = (name[:begin], name[begin:])
        if any(map(is_coordinate, letters)) and all(len(each) == 1 or is_coordinate(each) for each in letters):
            return "*".join(letters)
    if len(name) < _SHORTEST_NEAR:
        return ""
    near = [other for other in (*FUNCTIONS, *CONSTANTS) if len(other) > 1 and _one_apart(name.lower(), other.lower())]
    return min(near, key=lambda other: (not name.startswith(other), abs(len(other) - len(name)), other), default="")


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter more, less, other or exchanged makes the one of the other; in linear time."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    same = next((i for i, (p, q) in enumerate(zip(a, b, strict=False)) if p != q), min(len(a), len(b)))
    rests = {(a[same + 1 :], b[same + 1 :]), (a[same + 1 :], b[same:]), (a[same:], b[same + 1 :])}
    exchanged = a[same : same + 2] == b[same : same + 2][::-1] and a[same + 2 :] == b[same + 2 :]
    return exchanged or any(p == q for p, q in rests)
