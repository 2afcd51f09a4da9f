"""A number as what it was made of: products, sums and functions of numbers that have signs. No text is evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number with its sign, a constant's is empty. `more` is the count of terms that it is the sum of, 0 for none."""

    symbol: str
    value: float
    more: int = 0


@dataclass(frozen=True, slots=True)
class Op:
    """Numbers joined by a sign; `−` has two parts, or one that is negated, `/` has two, `^` a part and its exponent."""

    sign: Literal["+", "·", "/", "−", "^"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a number: its sign in the formula, its name among numbers, and how it is computed."""

    symbol: str
    name: str
    function: Callable[[float], float]
    part: Node


Node = Leaf | Op | Call


def constant(value: float) -> Leaf:
    """A number of the formula itself."""
    return Leaf("", value)


def product(*parts: Node) -> Node:
    """The product of what is given."""
    return parts[0] if len(parts) == 1 else Op("·", parts)


def total(parts: Sequence[Node], most: int = 0) -> Node:
    """The sum of parts; of more than `most`, where that is given, the largest in their order and the sum of the others.

    The last part of the sum then says how many those are.
    """
    if most and len(parts) > most + 1:
        sizes = [abs(evaluated(part)) for part in parts]
        largest = sorted(sorted(range(len(parts)), key=lambda i: -sizes[i] if sizes[i] == sizes[i] else 0.0)[:most])
        others = [evaluated(part) for i, part in enumerate(parts) if i not in largest]
        parts = [
            *(parts[i] for i in largest),
            Leaf("…", _sum(others), len(others)),
        ]
    return parts[0] if len(parts) == 1 else Op("+", tuple(parts))


def _finite(values: Sequence[float]) -> bool:
    return all(map(math.isfinite, values))


def evaluated(node: Node, read: Callable[[Leaf], float] = lambda leaf: leaf.value) -> float:
    """What it comes to; `read` gives the value of each number, as when only some of its digits are known.

    Not a number where that is undefined, or out of range.
    """
    try:
        return _evaluated(node, read)
    except (ArithmeticError, ValueError):
        return math.nan


def _evaluated(node: Node, read: Callable[[Leaf], float]) -> float:
    if isinstance(node, Leaf):
        return read(node)
    if isinstance(node, Call):
        return node.function(_evaluated(node.part, read))
    return _SIGNS[node.sign]([_evaluated(part, read) for part in node.parts])


def _sum(parts: Sequence[float]) -> float:
    return math.fsum(parts) if _finite(parts) else sum(parts)


_SIGNS: dict[str, Callable[[Sequence[float]], float]] = {
    "+": _sum,
    "·": math.prod,
    "^": lambda parts: float(parts[0] ** parts[1]),
    "/": lambda parts: parts[0] / parts[1],
    "−": lambda parts: parts[0] - parts[1] if len(parts) > 1 else -parts[0],
}


def leaves(node: Node) -> Iterator[Leaf]:
    """All numbers, from left to right."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Call):
        yield from leaves(node.part)
    else:
        for part in node.parts:
            yield from leaves(part)
