"""Lines of rules as mathematics is printed: letters in italics, indices below, exponents above, and with numbers for
names. HTML of the kind that Qt's documents read; no widget here.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from workbench.engine.formula.names import FUNCTIONS as PLAIN_FUNCTIONS
from workbench.engine.formula.tokens import Token, tokens
from workbench.engine.rules.names import RULES, STEP, canonical, is_written_in_letters, letters_of, symbol
from workbench.engine.rules.operations import FUNCTIONS, REDUCTIONS
from workbench.ui.words.text import grouped, readable, signed

_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_THIN, _BINARY = "\u2009", {"+": "+", "-": "−"}
_SPACED = {"=", "<", ">", "≤", "≥", "==", "≠", "!=", "<=", ">=", "←", ":=", "+=", "-=", "−=", "*=", "/="}
_WORDS = ("and", "or")

#: what stands for a name: HTML, and whether it is a number, so that a product needs its dot
Named = Callable[[str], tuple[str, bool]]


def printed(name: str) -> str:
    """A name as it is printed: its letter in italics, its index and whatever follows an underscore below it."""
    return printed_symbol(symbol(name))


def printed_symbol(shown: str) -> str:
    """A symbol such as β₁, m̂, v_max, ∇f or √V as HTML."""
    head, _, rest = shown.partition("_")
    index = "".join(str(_SUBSCRIPTS.index(c)) for c in head if c in _SUBSCRIPTS)
    letters = "".join(c for c in head if c not in _SUBSCRIPTS)
    below = ", ".join(part for part in (index, rest.replace("_", " ")) if part)
    made = f"<i>{html.escape(letters)}</i>"
    return f"{made}<sub>{html.escape(below)}</sub>" if below else made


def printed_number(value: float, digits: int = 4, *, name: str = "") -> str:
    """A number with the signs of print; `name` is what it is of: the step's number is a count, whole however large."""
    return grouped(value) if name == STEP else readable(value, digits)


def linked(name: str) -> str:
    """A name as it is printed, which tells what it is under the mouse."""
    return f'<a href="{html.escape(name)}">{printed(name)}</a>'


def names_in_print(name: str) -> tuple[str, bool]:
    """Names as symbols."""
    return linked(name), False


def typeset(line: str, known: Sequence[str], named: Named = names_in_print) -> str:
    """A line as HTML; `known` are the names that are read or assigned, the others are functions or constants."""
    return _Setter(line, known, named).whole()


def right_side(line: str) -> tuple[str, str]:
    """What stands behind the sign that assigns, and that sign."""
    sign = _signs(line)[1]
    return line[sign.position + sign.length :].strip(), sign.text


def numbered(line: str, reads: Sequence[str], values: Mapping[str, float], assigned: str = "", digits: int = 4) -> str:
    """The right side of a line as HTML with the numbers of what it reads; a name that has none stays as it is.

    What the line assigns to has as many `digits` as tell what it was from what it becomes.
    """

    def named(name: str) -> tuple[str, bool]:
        if name not in values:
            return names_in_print(name)
        return printed_number(values[name], digits if name == assigned else 4, name=name), True

    return typeset(f"x = {right_side(line)[0]}", reads, named).partition(" = ")[2]


@lru_cache(maxsize=256)
def _signs(line: str) -> list[Token]:
    """The signs of a line, read once: its numbers are others at each step, the line is the same."""
    return tokens(line, RULES)


class _Setter:
    """Goes through the signs of a line once, from the left."""

    def __init__(self, line: str, known: Sequence[str], named: Named) -> None:
        self._tokens = _signs(line)
        self._known, self._named = frozenset(known), named
        self._at, self._open, self._symbolic = 0, 0, 0
        self._made: list[str] = []
        self._operand = False  # the last sign ended something that can be multiplied

    def whole(self) -> str:
        while self._tokens[self._at].kind != "end":
            self._one()
        return "".join(self._made)

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _one(self) -> None:
        token = self._next()
        if token.kind == "super":
            self._above(token.text.replace("-", "−"))
        elif token.kind == "sign":
            self._sign(token)
        elif token.kind == "name":
            self._name(token)
        elif token.kind == "root":
            self._begin_operand(number_follows=False)
            self._made.append(token.text)
        else:
            self._begin_operand(number_follows=True)
            self._made.append(signed(token.text))
            self._operand = True

    def _begin_operand(self, *, number_follows: bool) -> None:
        """What is written side by side is a product: a thin space, or a dot where numbers would run together."""
        if self._operand:
            self._made.append(f"{_THIN}·{_THIN}" if number_follows or self._numeric else _THIN)
        self._operand = False

    @property
    def _numeric(self) -> bool:
        return self._named is not names_in_print

    def _above(self, content: str) -> None:
        self._made.append(f"<sup>{content}</sup>")
        self._operand = True

    def _sign(self, token: Token) -> None:
        sign = token.text
        if sign == "ᵗ":
            self._above(self._shown("t")[0])
        elif sign == "^":
            self._power()
        elif sign in _BINARY:
            self._made.append(f" {_BINARY[sign]} " if self._operand else _BINARY[sign])
            self._operand = False
        elif sign in _SPACED:
            self._made.append(f" {html.escape(sign.replace('-', '−'))} ")
            self._operand = False
        elif sign in "*/":
            self._made.append(f"{_THIN}{'·' if sign == '*' else '/'}{_THIN}")
            self._operand = False
        elif sign == ",":
            self._made.append(", ")
            self._operand = False
        else:
            self._bracket(sign)

    def _bracket(self, sign: str) -> None:
        closes = sign == ")" or (sign == "|" and self._open > 0 and self._operand)
        if sign == "|":
            self._open += -1 if closes else 1
        if not closes:
            self._begin_operand(number_follows=False)
        if self._symbolic:
            self._symbolic += 0 if sign == "|" else -1 if closes else 1
            self._symbolic = 0 if self._symbolic == 1 and closes else self._symbolic
        self._made.append(sign)
        self._operand = closes

    def _power(self) -> None:
        """What stands behind ^: all of a bracket, or the one sign that follows, above the line."""
        kept, self._made, self._operand = self._made, [], False
        depth = 0
        while self._tokens[self._at].kind != "end":
            token = self._tokens[self._at]
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            self._one()
            if depth == 0 and token.text not in {"-", "+"}:
                break
        made = self._made[1:-1] if self._made[:1] == ["("] and self._made[-1:] == [")"] else self._made
        self._made = kept
        self._above("".join(made))

    def _name(self, token: Token) -> None:
        name = canonical(token.text)
        if name in self._known:
            self._value(name)
        elif name in _WORDS:
            self._made.append(f" {name} ")
            self._operand = False
        elif name in FUNCTIONS or token.text in PLAIN_FUNCTIONS:
            self._begin_operand(number_follows=False)
            self._made.append(html.escape(token.text))
            if FUNCTIONS.get(name, ("", 0))[0] in REDUCTIONS:
                self._symbolic = self._symbolic or 1  # of all parameters: no one of them may stand there
        elif is_written_in_letters(token.text):
            for part in letters_of(token.text):
                self._value(canonical(part))
        else:
            self._begin_operand(number_follows=False)
            self._made.append(printed(name))
            self._operand = True

    def _value(self, name: str) -> None:
        shown, is_number = self._shown(name)
        self._begin_operand(number_follows=is_number)
        after = self._tokens[self._at]
        raised = after.kind == "super" or after.text in {"^", "ᵗ"}
        rooted = bool(self._made) and self._made[-1] in "√∛∜"
        bare = not self._made or self._made[-1] in {"(", "|", ", ", " = "}
        closely = raised or rooted
        if is_number and ((shown[0] == "−" and (closely or not bare)) or (closely and "e" in shown)):
            shown = f"({shown})"
        self._made.append(shown)
        self._operand = True

    def _shown(self, name: str) -> tuple[str, bool]:
        return names_in_print(name) if self._symbolic else self._named(name)
