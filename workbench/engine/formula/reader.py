"""What every language on the tokens shares: one token after another, what is open, what may still be added."""

from __future__ import annotations

import math

from workbench.engine.formula.expressions import Graph
from workbench.engine.formula.faults import fault, shown
from workbench.engine.formula.tokens import FORMULAS, Language, Token, tokens

DEEPEST_NESTING = 50
MOST_NODES = 500


class Reader:
    """The tokens of a text with a place among them, and the graph that becomes of them.

    Attributes:
        graph: the operations read so far.
    """

    def __init__(self, text: str, language: Language = FORMULAS) -> None:
        self.graph = Graph()
        self._noun = language.noun
        self._tokens = tokens(text, language)
        self._at = 0
        #: what is open: "(", "|", "^" for an exponent, and anything else that nests
        self._open: list[str] = []

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _says(self, *signs: str) -> bool:
        """Whether the next token is one of these signs."""
        return self._next.kind == "sign" and self._next.text in signs

    def _deeper(self, token: Token, what: str) -> None:
        self._open.append(what)
        if len(self._open) > DEEPEST_NESTING:
            raise fault(f"it is nested deeper than {DEEPEST_NESTING} levels", token.position)

    def _node(self, operation: str, token: Token, *arguments: int) -> int:
        """An operation that a token asks for. Raises FormulaError where it gives no number, or one too many."""
        node = self.graph.node(operation, *arguments)
        if len(self.graph) > MOST_NODES:
            raise fault(f"the {self._noun} has more than {MOST_NODES} parts", token.position, token.length)
        value = self.graph.value_of(node)
        if value is not None and not math.isfinite(value):
            raise fault(f"{shown(token.text)} gives no finite number here", token.position, token.length)
        return node

    def _close(self, opened: Token) -> None:
        """The sign that closes what a token opened."""
        self._open.pop()
        closing = {"(": ")"}.get(opened.text, opened.text)
        if self._next.kind == "end":
            raise fault(f'a "{closing}" is missing for this "{opened.text}"', opened.position)
        if not self._says(closing):
            self._refuse_follower(self._next)
        self._take()

    def _refuse_follower(self, token: Token) -> None:
        if token.text == ")":
            raise fault('there is no "(" for this ")"', token.position)
        if token.text == ",":
            raise fault("a comma may only stand between the arguments of a function", token.position)
        if token.text == "=":
            raise fault('a "=" may only stand behind f at the head, or behind a name after a comma', token.position)
        raise fault(f"an operator such as * is missing before {shown(token.text)}", token.position, token.length)
