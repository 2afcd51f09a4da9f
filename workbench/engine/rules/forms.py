"""What a line does, read from the graph of its operations: an average, a sum, a step. Shapes, no sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.engine.rules.names import POINT, STEP, symbol
from workbench.engine.rules.operations import REDUCTIONS
from workbench.engine.rules.rule import Kind, Rule, state_leaf

Shape = Literal[
    "average", "kept_sum", "sum", "largest", "unbiased", "over", "moves", "against", "sign", "choice", "root", "scaled",
    "sum_of", "of_all", "other",
]  # fmt: skip
_LONGEST = 28  # characters of an expression that is told; of a longer one its names are
_ABOVE = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SIGNS = {"add": " + ", "sub": " − ", "mul": " ", "div": " / "}
#: what stands before and behind an argument, and how closely it is bound
_AROUND = {"neg": ("−", "", 2), "sqrt": ("√", "", 3), "abs": ("|", "|", 0), "square": ("", "²", 3)}
_BINDS = {"add": 1, "sub": 1, "mul": 2, "div": 2, "neg": 2}


@dataclass(frozen=True, slots=True)
class Form:
    """What a line does.

    Attributes:
        shape: what it is.
            `average`, `kept_sum`: keeps the share `by` of what it was and takes in `of`, of an average the rest of it;
            `sum`: adds `of` to what it was; `largest`: the larger of what it was, times `by` where given, and `of`;
            `unbiased`: `of` over `by`, the share of it that is not the zero it began at;
            `over`: each coordinate of `of` over its own `by`; `scaled`: `of` times `by`; `sum_of`: both together;
            `moves`: adds `of` to the point; `against`: takes `by` times `of` from it;
            `sign`, `root`: of `of`; `choice`: one of two by a condition; `of_all`: one number made of all parameters;
            `other`: none of these.
        of, by: expressions as they are written, empty where there is none.
        name: the name of what `by` is where that is a setting, so that its value can be told.
        nonnegative: of a sum, whether it can only grow.
    """

    shape: Shape
    of: str = ""
    by: str = ""
    name: str = ""
    nonnegative: bool = False


def form_of(rule: Rule, place: int) -> Form:
    """What the line at a place does."""
    return _Reading(rule, place).form()


class _Reading:
    def __init__(self, rule: Rule, place: int) -> None:
        self._rule, self._graph = rule, rule.graph
        self._line = rule.lines[place]
        #: names by the node that they stand for when this line is read
        self._named: dict[int, str] = {}
        for line in rule.lines[:place]:
            self._named[line.node] = line.name

    def form(self) -> Form:
        node = self._line.node
        return (
            self._of_point(node) or self._of_state(node) or self._of_quotient(node) or self._of_function(node)
            or self._of_sum(node) or Form("other")
        )  # fmt: skip

    # what is in a node

    def _is(self, node: int, *operations: str) -> bool:
        return self._graph.operations[node] in operations and node not in self._named

    def _arguments(self, node: int) -> tuple[int, ...]:
        return self._graph.arguments[node]

    def _leaf(self, node: int) -> str:
        return str(self._graph.contents[node]) if self._graph.operations[node] == "parameter" else ""

    def _is_itself(self, node: int) -> bool:
        """Whether a node is what the line's name was before."""
        own = self._line.name
        return self._leaf(node) in (state_leaf(own), own) or self._named.get(node) == own

    def _full(self, node: int) -> bool:
        return self._rule.kinds[node] == Kind.FULL

    def _factors(self, node: int) -> list[int]:
        if self._is(node, "mul"):
            return [factor for argument in self._arguments(node) for factor in self._factors(argument)]
        return [node]

    # shapes

    def _of_point(self, node: int) -> Form | None:
        if self._line.name != POINT or not self._is(node, "add", "sub"):
            return None
        a, b = self._arguments(node)
        if not self._is_itself(a):
            return None
        factors = self._factors(b)
        sources = [factor for factor in factors if self._full(factor)]
        if self._is(node, "sub") and len(sources) == 1:
            others = [self._shown(factor, 2) for factor in factors if factor != sources[0]]
            return Form("against", self._shown(sources[0], 2), " ".join(others))
        return Form("moves", self._shown(b)) if self._is(node, "add") else Form("against", self._shown(b, 2))

    def _of_state(self, node: int) -> Form | None:
        if self._is(node, "max"):
            return self._largest(*self._arguments(node))
        if not self._is(node, "add", "sub"):
            return None
        a, b = self._arguments(node)
        if self._is_itself(a):
            return Form("sum", self._shown(b), nonnegative=self._is_square(b)) if self._is(node, "add") else None
        factors = self._factors(a)
        shares = [factor for factor in factors if not self._is_itself(factor)]
        return self._kept(node, shares[0], b) if len(factors) == 2 and len(shares) == 1 else None

    def _kept(self, node: int, share: int, taken: int) -> Form:
        """What keeps a share of itself and takes something in."""
        factors, name = self._factors(taken), self._leaf(share)
        complement = [factor for factor in factors if self._is_complement(factor, share)]
        if self._is(node, "add") and complement:
            others = [factor for factor in factors if factor != complement[0]]
            return Form("average", self._product(others), self._shown(share), name)
        of = self._shown(taken, 1) if self._is(node, "add") else f"−{self._shown(taken, 2)}"
        return Form("kept_sum", of, self._shown(share), name)

    def _largest(self, a: int, b: int) -> Form | None:
        for one, other in ((a, b), (b, a)):
            factors = self._factors(one)
            if any(self._is_itself(factor) for factor in factors):
                share = [factor for factor in factors if not self._is_itself(factor)]
                name = self._leaf(share[0]) if len(share) == 1 else ""
                return Form("largest", self._shown(other), self._product(share) if share else "", name)
        return None

    def _of_quotient(self, node: int) -> Form | None:
        if self._is(node, "div"):
            top, below = self._arguments(node)
            if self._is_remembered_share(below):
                return Form("unbiased", self._shown(top), self._shown(below))
            if self._full(node) and self._full(below):
                return Form("over", self._shown(top), self._shown(below))
        if self._is(node, "mul") and self._full(node):
            factors = self._factors(node)
            full = [factor for factor in factors if self._full(factor)]
            if len(full) == 1 and len(factors) > 1 and not self._is(full[0], "div"):
                return Form("scaled", self._shown(full[0], 2), self._product([f for f in factors if f != full[0]]))
        return None

    def _of_sum(self, node: int) -> Form | None:
        if not self._is(node, "add", "sub"):
            return None
        a, b = self._arguments(node)
        return Form("sum_of", self._shown(a), self._shown(b) if self._is(node, "add") else f"−{self._shown(b, 2)}")

    def _of_function(self, node: int) -> Form | None:
        operation = self._graph.operations[node]
        if node in self._named:
            return None
        if operation == "where":
            return Form("choice")
        if operation in ("sign", "sqrt"):
            return Form("sign" if operation == "sign" else "root", self._shown(self._arguments(node)[0]))
        reachable = self._graph.reachable([node])
        if not self._full(node) and any(self._graph.operations[each] in REDUCTIONS for each in reachable):
            return Form("of_all")
        return None

    def _is_complement(self, node: int, share: int) -> bool:
        """Whether a node is one less the share."""
        known, kept = self._graph.value_of(node), self._graph.value_of(share)
        if known is not None and kept is not None:
            return bool(known == 1.0 - kept)
        if not self._is(node, "sub"):
            return False
        one, other = self._arguments(node)
        return self._graph.value_of(one) == 1.0 and other == share

    def _is_remembered_share(self, node: int) -> bool:
        """Whether a node is 1 − βᵗ, or a name for it."""
        if self._graph.operations[node] != "sub":
            return False
        one, other = self._arguments(node)
        power = self._graph.operations[other] == "pow" and self._leaf(self._arguments(other)[-1]) == STEP
        return self._graph.value_of(one) == 1.0 and power

    def _is_square(self, node: int) -> bool:
        if self._is(node, "square", "abs"):
            return True
        return self._is(node, "pow") and self._graph.value_of(self._arguments(node)[1]) == 2.0

    # as it is written

    def _product(self, factors: list[int]) -> str:
        return " ".join(self._shown(factor, 2) for factor in factors)

    def _shown(self, node: int, binding: int = 0) -> str:
        """A node as it is written, in brackets where what is around it binds it closer; its names where it is long."""
        text = self._text(node, binding)
        if len(text) <= _LONGEST:
            return text
        return ", ".join(symbol(name) for name in dict.fromkeys(self._names_in(node)))

    def _names_in(self, node: int) -> list[str]:
        if node in self._named:
            return [self._named[node]]
        leaf = self._leaf(node)
        if leaf:
            return [leaf.removeprefix("state:")]
        return [name for argument in self._arguments(node) for name in self._names_in(argument)]

    def _text(self, node: int, binding: int = 0) -> str:
        operation = "" if node in self._named else self._graph.operations[node]
        text = self._leaf_text(node) or self._operation_text(operation, self._arguments(node))
        return f"({text})" if binding > _BINDS.get(operation, 9) else text

    def _leaf_text(self, node: int) -> str:
        if node in self._named:
            return symbol(self._named[node])
        if self._graph.operations[node] == "constant":
            return f"{float(self._graph.contents[node]):g}"
        return symbol(self._leaf(node).removeprefix("state:")) if self._leaf(node) else ""

    def _operation_text(self, operation: str, arguments: tuple[int, ...]) -> str:
        if operation in _SIGNS:
            own = _BINDS[operation]
            after = own + 1 if operation in ("sub", "div") else own
            return self._text(arguments[0], own) + _SIGNS[operation] + self._text(arguments[1], after)
        if operation == "pow":
            return self._text(arguments[0], 3) + self._raised(arguments[1])
        if operation in _AROUND:
            before, behind, binding = _AROUND[operation]
            return before + self._text(arguments[0], binding) + behind
        return f"{operation}({', '.join(self._text(argument) for argument in arguments)})"

    def _raised(self, node: int) -> str:
        value = self._graph.value_of(node)
        if value is not None and value == int(value):
            return str(int(value)).translate(_ABOVE)
        return "ᵗ" if self._leaf(node) == STEP else f"^{self._text(node, 3)}"
