"""The grammar of formulas that a person types: what their text may hold, and the operations that it says.

The text becomes numbers, coordinates, parameters and listed operations, or is refused with the place of the fault.
Nothing in it can name anything of Python: there is no step at which text is compiled or looked up as code.

It is written as on paper, too: `2x`, `½ k (y − sin x)²`, `|x|`, `√|x|`, `sin² x`, a head `f(x, y) =`, and behind a
comma what a name stands for: `cos 12r,  r = √(x² + y²)`. What can be read in two ways is refused with the ways to
write it.
"""

from __future__ import annotations

import math

from workbench.engine.formula.faults import FormulaError, fault, shown
from workbench.engine.formula.name_reader import MOST_PARAMETERS, Names
from workbench.engine.formula.names import (
    CONSTANTS,
    FUNCTIONS,
    MANY_ARGUMENTS,
    TWO_ARGUMENTS,
    function_called,
    is_coordinate,
)
from workbench.engine.formula.reader import DEEPEST_NESTING, MOST_NODES
from workbench.engine.formula.tokens import LONGEST_TEXT, Token, fraction
from workbench.engine.params import nearest

__all__ = [
    "DEEPEST_NESTING", "FUNCTIONS", "LARGEST_EXPONENT", "LONGEST_TEXT", "MOST_NODES", "MOST_PARAMETERS", "FormulaError",
    "Parser",
]  # fmt: skip

LARGEST_EXPONENT = 64
LONGEST_NUMBER = 40


class Parser(Names):
    """Recursive descent over the tokens, as deep as the nesting and no deeper:

    sum = product (± product)*;  product = signed ((*/)? signed)*;  signed = −signed | power;
    power = atom superscript? (^ signed)?;  atom = number | name | function argument | (sum) | |sum| | √atom
    """

    def whole(self) -> int:
        """Read all of the text and give the node of its value. Raises FormulaError."""
        self._skip_head()
        if self._next.kind == "end":
            raise fault("the formula is empty", 0, 0)
        begin, definitions = self._at, self._definitions()
        for place in definitions:
            self._at = place + 1
            self._define()
        self._at = begin
        node = self._sum()
        if self._next.kind != "end" and self._at not in definitions:
            self._refuse_follower(self._next)
        if not self.coordinates:
            end = self._tokens[-1].position
            raise fault("it must depend on a coordinate: x, y or x1, x2, ...", 0, end)
        return node

    # f(x, y) = ..., r = ...

    def _skip_head(self) -> None:
        """Pass over f = or f(x, y) = at the beginning."""
        head = self._tokens
        if head[0].text not in {"f", "F"}:
            return
        at = 1
        if head[1].text == "(":
            at = 2
            while head[at].kind == "name" or head[at].text == ",":
                at += 1
            if head[at].text != ")":
                return
            at += 1
        if head[at].text == "=":
            self._at = at + 1

    def _definitions(self) -> list[int]:
        """The places of the commas behind which a name and "=" stand, outside of all brackets."""
        found, depth = [], 0
        for i in range(self._at, len(self._tokens) - 2):
            text = self._tokens[i].text
            depth += {"(": 1, ")": -1}.get(text, 0)
            named = self._tokens[i + 1].kind == "name" and self._tokens[i + 2].text == "="
            if text == "," and depth == 0 and named:
                found.append(i)
        return found

    def _define(self) -> None:
        """Name = sum; it may use what was defined before it."""
        name = self._take()
        self._check_name(name)
        if is_coordinate(name.text) or name.text in CONSTANTS or name.text in FUNCTIONS or name.text in self._defined:
            raise fault(f"{shown(name.text)} has a meaning already", name.position, name.length)
        self._take()
        node = self._sum()
        if self._next.kind != "end" and self._next.text != ",":
            self._refuse_follower(self._next)
        self._defined[name.text] = node

    # sums, products, powers

    def _inside(self) -> int:
        """What may stand in brackets and as an argument."""
        return self._sum()

    def _sum(self) -> int:
        node = self._product()
        while self._says("+", "-"):
            token = self._take()
            node = self._node("add" if token.text == "+" else "sub", token, node, self._product())
        return node

    def _product(self) -> int:
        node = self._signed()
        while True:
            token = self._next
            if self._says("*", "/"):
                self._take()
                factor = self._signed()
                if token.text == "/" and self.graph.value_of(factor) == 0.0:
                    raise fault("it divides by zero", token.position)
                if token.text == "/" and self._begins_factor():
                    self._ask_about_quotient()
                node = self._node("mul" if token.text == "*" else "div", token, node, factor)
            elif self._begins_factor():
                node = self._node("mul", token, node, self._power())
            else:
                return node

    def _ask_about_quotient(self) -> None:
        token = self._next
        raise fault(
            f"a/b c may mean (a/b)*c or a/(b*c): a * or brackets are missing before {shown(token.text)}",
            token.position,
            token.length,
        )

    def _begins_factor(self) -> bool:
        """Whether what follows is another factor, without a sign between."""
        token = self._next
        if token.text == "|" and token.kind == "sign":
            return not self._open or self._open[-1] != "|"
        return token.kind in {"name", "root"} or token.text == "("

    def _signed(self) -> int:
        """Any number of signs before a power: −x^2 is −(x^2)."""
        minus: list[Token] = []
        while self._says("+", "-"):
            token = self._take()
            if token.text == "-":
                minus.append(token)
        node = self._power()
        for token in minus:
            node = self._node("neg", token, node)
        return node

    def _power(self) -> int:
        return self._with_exponent(self._atom())

    def _with_exponent(self, base: int) -> int:
        """What was read, to the power that stands behind it."""
        if self._next.kind == "super":
            token = self._take()
            base = self._raised(base, token, self.graph.constant(self._exponent_of(token)))
            if self._next.kind == "super" or self._says("^"):
                raise fault("a power of a power needs brackets", self._next.position, self._next.length)
        if not self._says("^"):
            return base
        token = self._take()
        first = self._next
        self._deeper(token, "^")
        exponent = self._signed()  # from the right: x^y^2 is x^(y^2)
        self._open.pop()
        value = self.graph.value_of(exponent)
        if value is not None and abs(value) > LARGEST_EXPONENT:
            last = self._tokens[self._at - 1]
            self._refuse_exponent(first.position, last.position + last.length - first.position)
        return self._node("pow", token, base, exponent)

    def _raised(self, base: int, token: Token, exponent: int) -> int:
        if abs(self.graph.value_of(exponent) or 0.0) > LARGEST_EXPONENT:
            self._refuse_exponent(token.position, token.length)
        return self._node("pow", token, base, exponent)

    def _exponent_of(self, token: Token) -> float:
        return float(token.text) if len(token.text) <= LONGEST_NUMBER else math.inf

    def _refuse_exponent(self, position: int, length: int) -> None:
        raise fault(f"the exponent must lie in [-{LARGEST_EXPONENT}, {LARGEST_EXPONENT}]", position, length)

    # numbers, brackets, names

    def _atom(self) -> int:
        token = self._take()
        if token.kind == "number":
            value = float(token.text) if token.length <= LONGEST_NUMBER else math.inf
            if not math.isfinite(value):
                raise fault("the number is too long or too large", token.position, token.length)
            if self._next.kind == "fraction":
                raise fault("a whole number with a fraction behind it is written as 2.5", token.position, token.length)
            return self.graph.constant(value)
        if token.kind == "fraction":
            return self.graph.constant(fraction(token))
        if token.kind == "root":
            return self._root(token)
        if token.kind == "name":
            return self._named(token)
        if token.kind == "sign" and token.text in {"(", "|"}:
            self._deeper(token, token.text)
            node = self._inside()
            self._close(token)
            return node if token.text == "(" else self._node("abs", token, node)
        if token.kind == "end":
            raise fault(f"the {self._noun} ends too early", token.position, 0)
        raise fault(f"a number, a name or ( is missing before {shown(token.text)}", token.position, token.length)

    def _root(self, token: Token) -> int:
        """√, ∛ or ∜ of one number, name or bracket."""
        self._deeper(token, "√")
        inside = self._atom()
        self._open.pop()
        then = self._next
        if then.kind == "super" or self._says("^") or (self._begins_factor() and not then.spaced):
            raise fault(
                f"how far {token.text} reaches needs brackets, as in √(x²) or (√x)²", token.position, token.length
            )
        if token.text == "∜":
            return self._node("sqrt", token, self._node("sqrt", token, inside))
        return self._node("sqrt" if token.text == "√" else "cbrt", token, inside)

    def _named(self, token: Token) -> int:
        """A name, or a function with its argument."""
        self._check_name(token)
        if token.text in self._kept and self._next.text != "(":
            return self._name(token)
        function = function_called(token.text)
        if function and token.text not in self._defined:
            argument = self._next.kind in {"super", "number", "fraction"} or self._begins_argument()
            if argument or token.text in FUNCTIONS:
                return self._applied(token, function)
        if self._next.text == "(" and not self._next.spaced:
            known = ", ".join(name for name, operation in FUNCTIONS.items() if name == operation)
            raise fault(
                f"there is no function {shown(token.text)}; there are: {known}{nearest(token.text, FUNCTIONS)}",
                token.position,
                token.length,
            )
        return self._name(token)

    def _begins_argument(self) -> bool:
        token = self._next
        return token.kind in {"name", "root"} or (token.kind == "sign" and token.text in {"(", "|"})

    # functions

    def _applied(self, name: Token, function: str) -> int:
        """f(x, y), f|x|, f x, f² x."""
        power = self._take() if self._next.kind == "super" else None
        if power is not None and not 0 < self._exponent_of(power) <= LARGEST_EXPONENT:
            raise fault(
                f"{name.text}{power.text} may mean an inverse: write it as another function, or as a quotient",
                power.position,
                power.length,
            )
        arguments = self._arguments() if self._says("(") else [self._bare_argument(name)]
        node = self._called(name, FUNCTIONS[function], arguments)
        return node if power is None else self._raised(node, power, self.graph.constant(self._exponent_of(power)))

    def _arguments(self) -> list[int]:
        opened = self._take()
        self._deeper(opened, "(")
        arguments = [self._inside()]
        while self._says(","):
            self._take()
            arguments.append(self._inside())
        self._close(opened)
        return arguments

    def _bare_argument(self, name: Token) -> int:
        """Without brackets, as in sin 2πx: factors up to the next function, bracket or sign."""
        token = self._next
        if not (token.kind in {"number", "fraction"} or self._begins_argument()):
            raise fault(f"the function {name.text} needs its argument in parentheses", name.position, name.length)
        self._deeper(name, name.text)
        applied = token.kind == "name" and bool(function_called(token.text))
        node = self._power()
        while not applied and self._next.kind in {"name", "root"} and not function_called(self._next.text):
            node = self._node("mul", self._next, node, self._power())
        self._open.pop()
        then = self._next
        if not then.spaced and (self._says("*", "/") or then.text == "("):
            raise fault(
                f"how far {name.text} reaches needs parentheses around its argument", name.position, name.length
            )
        return node

    def _called(self, name: Token, operation: str, arguments: list[int]) -> int:
        count = len(arguments)
        if operation in MANY_ARGUMENTS:
            fits, wanted = count > 1, "2 arguments or more"
        elif operation in TWO_ARGUMENTS:
            fits, wanted = count == 2, "2 arguments"
        else:
            fits, wanted = count == 1, "1 argument"
        if not fits:
            raise fault(f"{name.text} takes {wanted}, got {count}", name.position, name.length)
        node = self._node(operation, name, *arguments[:2])
        for argument in arguments[2:]:
            node = self._node(operation, name, node, argument)
        return node
