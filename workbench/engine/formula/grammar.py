"""The grammar of formulas that a person types: what their text may hold, and the operations that it says.

The text becomes numbers, coordinates, parameters and listed operations, or is refused with the place of the fault.
Nothing in it can name anything of Python: there is no step at which text is compiled or looked up as code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from workbench.engine.formula.expressions import Graph
from workbench.engine.params import RequestError, nearest

LONGEST_TEXT = 1000
DEEPEST_NESTING = 50
MOST_NODES = 500
LARGEST_EXPONENT = 64
MOST_PARAMETERS = 12  # each becomes a slider, made anew while one types
LONGEST_NAME = 24
LONGEST_NUMBER = 40

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "π": math.pi, "e": math.e}
#: functions by name: the operation of the graph
FUNCTIONS: Mapping[str, str] = {
    name: name
    for group in (
        ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"),
        ("exp", "log", "log10", "log2", "sqrt", "abs", "sign", "floor", "ceil", "min", "max"),
    )
    for name in group
} | {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
_TWO_ARGUMENTS = ("atan2",)
_MANY_ARGUMENTS = ("min", "max")
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-zα-ωΑ-Ω_][A-Za-z0-9α-ωΑ-Ω_]*)"
    r"|(?P<sign>\*\*|[-+*/^(),−·×])"
)
_SAME_SIGN = {"**": "^", "−": "-", "·": "*", "×": "*"}


class FormulaError(RequestError):
    """A formula that cannot be read: what is wrong, and where in the text.

    Attributes:
        position: where the fault begins, counted from 0.
        length: how many characters it has; 0 where something is missing at `position`.
    """

    def __init__(self, path: str, problem: str, position: int, length: int) -> None:
        super().__init__(path, problem)
        self.position = position
        self.length = length

    def under(self, parent: str) -> FormulaError:
        return FormulaError(f"{parent}.{self.path}", self.problem, self.position, self.length)


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


def _fault(problem: str, position: int, length: int = 1) -> FormulaError:
    return FormulaError("text", f"has a fault at column {position + 1}: {problem}", position, length)


def _shown(text: str) -> str:
    return f'"{text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 3] + "..."}"'


def _tokens(text: str) -> list[_Token]:
    if len(text) > LONGEST_TEXT:
        raise _fault(f"the text is longer than {LONGEST_TEXT} characters", LONGEST_TEXT, len(text) - LONGEST_TEXT)
    found, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            character = text[position]
            shown = f'"{character}"' if character.isprintable() else f"the character U+{ord(character):04X}"
            raise _fault(f"a formula cannot contain {shown}", position)
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(_Token(kind, _SAME_SIGN.get(match[0], match[0]), position))
        position = match.end()
    return [*found, _Token("end", "", len(text))]


class Parser:
    """Recursive descent over the tokens, as deep as the nesting and no deeper:

    sum = product (± product)*;  product = signed (*/ signed)*;  signed = −signed | power;  power = atom (^ signed)?

    Attributes:
        graph: the operations read so far.
        parameters: the names of parameters, in the order in which they first occur.
        coordinates: the index of each coordinate by its name.
    """

    def __init__(self, text: str) -> None:
        self.graph = Graph()
        self.parameters: list[str] = []
        self.coordinates: dict[str, int] = {}
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def whole(self) -> int:
        """Read all of the text and give the node of its value. Raises FormulaError."""
        if self._next.kind == "end":
            raise _fault("the formula is empty", 0, 0)
        node = self._sum()
        if self._next.kind != "end":
            self._refuse_follower(self._next)
        if not self.coordinates:
            raise _fault("it must depend on a coordinate: x, y or x0, x1, ...", 0, self._next.position)
        return node

    def _refuse_follower(self, token: _Token) -> None:
        if token.text == ")":
            raise _fault('there is no "(" for this ")"', token.position)
        if token.text == ",":
            raise _fault("a comma may only stand between the arguments of a function", token.position)
        raise _fault(f"an operator such as * is missing before {_shown(token.text)}", token.position, len(token.text))

    def _deeper(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise _fault(f"it is nested deeper than {DEEPEST_NESTING} levels", token.position)

    def _node(self, operation: str, token: _Token, *arguments: int) -> int:
        node = self.graph.node(operation, *arguments)
        if len(self.graph) > MOST_NODES:
            raise _fault(f"the formula has more than {MOST_NODES} parts", token.position, len(token.text))
        value = self.graph.value_of(node)
        if value is not None and not math.isfinite(value):
            raise _fault(f"{_shown(token.text)} gives no finite number here", token.position, len(token.text))
        return node

    def _sum(self) -> int:
        node = self._product()
        while self._next.text in {"+", "-"}:
            token = self._take()
            node = self._node("add" if token.text == "+" else "sub", token, node, self._product())
        return node

    def _product(self) -> int:
        node = self._signed()
        while self._next.text in {"*", "/"}:
            token = self._take()
            factor = self._signed()
            if token.text == "/" and self.graph.value_of(factor) == 0.0:
                raise _fault("it divides by zero", token.position)
            node = self._node("mul" if token.text == "*" else "div", token, node, factor)
        return node

    def _signed(self) -> int:
        """Any number of signs before a power: −x^2 is −(x^2)."""
        minus: list[_Token] = []
        while self._next.text in {"+", "-"}:
            token = self._take()
            if token.text == "-":
                minus.append(token)
        node = self._power()
        for token in minus:
            node = self._node("neg", token, node)
        return node

    def _power(self) -> int:
        base = self._atom()
        if self._next.text != "^":
            return base
        token = self._take()
        first = self._next
        self._deeper(token)
        exponent = self._signed()  # from the right: x^y^2 is x^(y^2)
        self._depth -= 1
        value = self.graph.value_of(exponent)
        if value is not None and abs(value) > LARGEST_EXPONENT:
            last = self._tokens[self._at - 1]
            raise _fault(
                f"the exponent must lie in [-{LARGEST_EXPONENT}, {LARGEST_EXPONENT}]",
                first.position,
                last.position + len(last.text) - first.position,
            )
        return self._node("pow", token, base, exponent)

    def _atom(self) -> int:
        token = self._take()
        if token.kind == "number":
            value = float(token.text) if len(token.text) <= LONGEST_NUMBER else math.inf
            if not math.isfinite(value):
                raise _fault("the number is too long or too large", token.position, len(token.text))
            return self.graph.constant(value)
        if token.kind == "name":
            return self._call(token) if self._next.text == "(" else self._name(token)
        if token.text == "(":
            self._deeper(token)
            node = self._sum()
            self._close(token)
            return node
        if token.kind == "end":
            raise _fault("the formula ends too early", token.position, 0)
        raise _fault(f"a number, a name or ( is missing before {_shown(token.text)}", token.position, len(token.text))

    def _close(self, opened: _Token) -> None:
        self._depth -= 1
        if self._next.kind == "end":
            raise _fault('a ")" is missing for this "("', opened.position)
        if self._next.text != ")":
            self._refuse_follower(self._next)
        self._take()

    def _call(self, name: _Token) -> int:
        self._check_name(name)
        if name.text not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            hint = nearest(name.text, FUNCTIONS)
            raise _fault(
                f"there is no function {_shown(name.text)}; there are: {known}{hint}", name.position, len(name.text)
            )
        opened = self._take()
        self._deeper(opened)
        arguments = [self._sum()]
        while self._next.text == ",":
            self._take()
            arguments.append(self._sum())
        self._close(opened)
        operation = FUNCTIONS[name.text]
        wanted = "2 arguments" if operation in _TWO_ARGUMENTS else "1 argument"
        if operation in _MANY_ARGUMENTS:
            fits, wanted = len(arguments) > 1, "2 arguments or more"
        else:
            fits = len(arguments) == (2 if operation in _TWO_ARGUMENTS else 1)
        if not fits:
            raise _fault(f"{name.text} takes {wanted}, got {len(arguments)}", name.position, len(name.text))
        node = self._node(operation, name, *arguments[:2])
        for argument in arguments[2:]:
            node = self._node(operation, name, node, argument)
        return node

    def _check_name(self, token: _Token) -> None:
        if "_" in token.text:
            raise _fault("names cannot contain underscores", token.position, len(token.text))
        if len(token.text) > LONGEST_NAME:
            raise _fault(f"names have at most {LONGEST_NAME} characters", token.position, len(token.text))

    def _name(self, token: _Token) -> int:
        self._check_name(token)
        name = token.text
        if name in CONSTANTS:
            return self.graph.constant(CONSTANTS[name])
        if name in FUNCTIONS:
            raise _fault(f"the function {name} needs its argument in parentheses", token.position, len(name))
        if name == "text":
            raise _fault('a parameter cannot be called "text"', token.position, len(name))
        if name in {"x", "y"} or re.fullmatch(r"x[0-9]+", name):
            return self.graph.variable(self._coordinate(token))
        if name not in self.parameters:
            if len(self.parameters) == MOST_PARAMETERS:
                raise _fault(f"a formula has at most {MOST_PARAMETERS} parameters", token.position, len(name))
            self.parameters.append(name)
        return self.graph.parameter(name)

    def _coordinate(self, token: _Token) -> int:
        name = token.text
        if any((other in {"x", "y"}) != (name in {"x", "y"}) for other in self.coordinates):
            raise _fault("coordinates are either x, y or x0, x1, ..., not both", token.position, len(name))
        if name in {"x", "y"}:
            index = "xy".index(name)
        elif len(name) > 4 or (name[1] == "0" and len(name) > 2):
            raise _fault("the coordinates are x0 to x999", token.position, len(name))
        else:
            index = int(name[1:])
        self.coordinates[name] = index
        return index
