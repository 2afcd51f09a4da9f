"""The grammar of rules: statements that assign, in the expressions of typed formulas.

    m = β1 m + (1 − β1) g;  x = x − η m     init v = 0.1     x −= η g     # a remark

A name that is read before it is assigned is state, kept from step to step; a name that is never assigned is a
hyperparameter. `g`, `x`, `t` and the learning rate are given. Nothing of a text is ever looked up or run as code.
"""

from __future__ import annotations

from functools import lru_cache

from workbench.engine.formula.expressions import Graph
from workbench.engine.formula.faults import LONGEST_NAME, FormulaError, fault, shown
from workbench.engine.formula.grammar import Parser
from workbench.engine.formula.names import CONSTANTS, function_called
from workbench.engine.formula.names import FUNCTIONS as PLAIN_FUNCTIONS
from workbench.engine.formula.tokens import Token
from workbench.engine.params import nearest
from workbench.engine.rules.names import (
    GIVEN,
    GRADIENT,
    POINT,
    RATE,
    RULES,
    STEP,
    canonical,
    is_written_in_letters,
    letters_of,
)
from workbench.engine.rules.operations import FUNCTIONS, REDUCTIONS, RULE_OPERATIONS, SIGNS
from workbench.engine.rules.rule import Kind, Line, Rule, kinds_of, kinds_of_states, state_leaf

MOST_LINES, MOST_STATES, MOST_HYPERPARAMETERS = 60, 12, 12
_WORDS = ("and", "or", "init")
#: what a choice is written with elsewhere
_OF_CHOICES = ("if", "then", "else")
_CHANGES = {"+=": "add", "-=": "sub", "−=": "sub", "*=": "mul", "/=": "div"}
_ASSIGNS = ("=", "←", ":=", *_CHANGES)
_ENDS = ("\n", "\r\n", ";")


@lru_cache(maxsize=256)
def compiled(text: str) -> Rule:
    """The rule of a text, read once. Raises FormulaError, with the line and the column of the fault."""
    try:
        return _Reader(text).whole_rule()
    except FormulaError as error:
        raise _placed(error, text) from None


def _placed(error: FormulaError, text: str) -> FormulaError:
    """The fault with its line, and its column within that."""
    before = text[: error.position]
    row, column = before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1
    said = error.problem.partition(": ")[2]
    return FormulaError("text", f"has a fault in line {row}, column {column}: {said}", error.position, error.length)


class _Reader(Parser):
    """Reads statement after statement; the expressions are those of `Parser` with comparisons and choices."""

    def __init__(self, text: str) -> None:
        super().__init__(text, (), RULES)
        self.graph = Graph(RULE_OPERATIONS)
        self._text = text
        self._statements = _split(self._tokens)
        self._bound: dict[str, int] = {
            POINT: self.graph.parameter(POINT),
            GRADIENT: self.graph.parameter(GRADIENT),
            STEP: self.graph.parameter(STEP),
            RATE: self.graph.parameter(RATE),
        }
        self._assigned = {canonical(s[0].text): s[0] for s in self._statements if not _begins_state(s)}
        self._states: dict[str, Token] = {}
        self._hyperparameters: list[str] = []
        self._begins: dict[str, int] = {}
        self._symbols: dict[str, str] = {}
        self._reduced: list[tuple[int, Token]] = []
        self._reads: list[str] = []
        self._beginning = False

    def whole_rule(self) -> Rule:
        if not self._statements:
            raise fault("the rule is empty", 0, 0)
        if len(self._statements) > MOST_LINES:
            raise fault(f"a rule has at most {MOST_LINES} statements", self._statements[MOST_LINES][0].position, 1)
        lines = [
            line for tokens in self._statements if not _begins_state(tokens) for line in [self._assignment(tokens)]
        ]
        for tokens in self._statements:
            if _begins_state(tokens):
                self._beginning = True
                self._begin(tokens)
        if POINT not in self._assigned:
            raise fault("a line must say what becomes of x, as x = x − η g does", len(self._text), 0)
        names = list(self._states)
        states = kinds_of_states(self.graph, self._bound, self._begins, names)
        kinds = kinds_of(self.graph, states)
        for node, token in self._reduced:
            if any(kinds[argument] != Kind.FULL for argument in self.graph.arguments[node]):
                raise fault(f"{token.text} needs what has a number for each coordinate", token.position, token.length)
        return Rule(
            self._text,
            self.graph,
            tuple(lines),
            states,
            self._begins,
            tuple(self._hyperparameters),
            {name: self._bound[name] for name in (*self._assigned, *names)},
            tuple(kinds),
            self._symbols,
        )

    # statements

    def _assignment(self, tokens: list[Token]) -> Line:
        target, sign = tokens[0], tokens[1]
        name = self._target(target, sign)
        if sign.text in _CHANGES:
            value = self._named_value(target._replace(text=target.text))
        self._expression(tokens)
        node = self._compared()
        self._must_end()
        if sign.text in _CHANGES:
            node = self._node(_CHANGES[sign.text], sign, value, node)
        self._bound[name] = node
        end = tokens[-1].position
        reads = tuple(dict.fromkeys(self._reads))
        self._reads = []
        row = self._text.count("\n", 0, target.position) + 1
        typed = self._text[target.position : end].partition("#")[0].strip()
        return Line(name, self._typed(target), typed, node, row, reads)

    def _target(self, target: Token, sign: Token) -> str:
        if target.kind != "name":
            said = f"a line begins with the name that it assigns to, not with {shown(target.text)}"
            raise fault(said, target.position, target.length)
        self._check_name(target)
        if sign.kind != "sign" or sign.text not in _ASSIGNS:
            raise fault(f'a "=" is missing behind {shown(target.text)}', sign.position, sign.length)
        name = canonical(target.text)
        if name in GIVEN:
            raise fault(f"{shown(target.text)} is given and cannot be assigned to", target.position, target.length)
        if name in CONSTANTS or name in _WORDS or name in FUNCTIONS or name in PLAIN_FUNCTIONS or name == "text":
            raise fault(f"{shown(target.text)} has a meaning already", target.position, target.length)
        self._symbols.setdefault(name, self._typed(target))
        return name

    def _begin(self, tokens: list[Token]) -> None:
        """Init name = what a state is before the first step."""
        target, sign = tokens[1], tokens[2] if len(tokens) > 2 else tokens[-1]
        if sign.text in _CHANGES:
            raise fault('an init line has a plain "="', sign.position, sign.length)
        name = self._target(target, sign)
        if name not in self._states:
            raise fault(
                f"{shown(target.text)} is no state: no line reads it before it is assigned",
                target.position,
                target.length,
            )
        if name in self._begins:
            raise fault(f"{shown(target.text)} has an init line already", target.position, target.length)
        self._expression(tokens[1:])
        self._begins[name] = self._compared()
        self._must_end()

    def _expression(self, tokens: list[Token]) -> None:
        self._tokens, self._at, self._open = tokens, 2, []

    def _must_end(self) -> None:
        if self._next.kind != "end":
            self._refuse_follower(self._next)

    def _refuse_follower(self, token: Token) -> None:
        if token.text in _ASSIGNS:
            raise fault("a statement assigns once; to compare, write ==", token.position, token.length)
        super()._refuse_follower(token)

    def _typed(self, token: Token) -> str:
        return self._text[token.position : token.position + token.length]

    # comparisons

    def _inside(self) -> int:
        return self._compared()

    def _compared(self) -> int:
        """Sum (comparison sum)? joined by `and` and `or`, from the left."""
        node = self._comparison()
        while self._next.kind == "name" and self._next.text in {"and", "or"}:
            token = self._take()
            node = self._node(token.text, token, node, self._comparison())
        return node

    def _comparison(self) -> int:
        node = self._sum()
        if not self._says(*SIGNS):
            return node
        token = self._take()
        operation, changed = SIGNS[token.text]
        other = self._sum()
        if self._says(*SIGNS):
            raise fault("two comparisons in a row need and between them", self._next.position, self._next.length)
        return self._node(operation, token, *((other, node) if changed else (node, other)))

    def _begins_factor(self) -> bool:
        return self._next.text not in {"and", "or"} and super()._begins_factor()

    def _with_exponent(self, base: int) -> int:
        if self._says("ᵗ"):
            token = self._take()
            self._reads.append(STEP)
            return self._node("pow", token, base, self._given(STEP, token))
        return super()._with_exponent(base)

    # names

    def _check_name(self, token: Token) -> None:
        if len(token.text) > LONGEST_NAME:
            raise fault(f"names have at most {LONGEST_NAME} characters", token.position, token.length)
        if token.text in _OF_CHOICES:
            said = f"{shown(token.text)} is no word of rules: a choice is written where(condition, a, b)"
            raise fault(said, token.position, token.length)

    def _named(self, token: Token) -> int:
        self._check_name(token)
        name = canonical(token.text)
        if name in _WORDS:
            raise fault(f"{shown(token.text)} cannot stand here", token.position, token.length)
        known = name in self._bound or name in self._assigned
        if not known and name in FUNCTIONS:
            return self._chosen(token, name)
        function = function_called(token.text)
        if not known and function and (token.text in PLAIN_FUNCTIONS or self._begins_argument()):
            return self._applied(token, function)
        called = self._next.text == "(" and not self._next.spaced
        if called and not known and name.isascii() and len(letters_of(token.text)) > 1 and name == token.text:
            functions = [*FUNCTIONS, *(each for each, same in PLAIN_FUNCTIONS.items() if each == same)]
            meant = nearest(token.text, functions)
            said = f"there is no function {shown(token.text)}{meant}; a product needs a * or a space"
            raise fault(said, token.position, token.length)
        return self._name(token)

    def _name(self, token: Token) -> int:
        name = canonical(token.text)
        if name in CONSTANTS and name not in self._bound:
            return self.graph.constant(CONSTANTS[name])
        if name in self._bound or name in self._assigned or not is_written_in_letters(token.text):
            return self._named_value(token)
        node, parts = -1, letters_of(token.text)
        for i, part in enumerate(parts):
            factor = self._named_value(token._replace(text=part))
            # on paper an exponent belongs to the last letter: ηm² is η m²
            factor = self._with_exponent(factor) if i == len(parts) - 1 else factor
            node = factor if i == 0 else self._node("mul", token, node, factor)
        return node

    def _named_value(self, token: Token) -> int:
        """What a name stands for here: what was given or assigned, the state of the last step, or a hyperparameter."""
        name = canonical(token.text)
        self._reads.append(name)
        if name in (GRADIENT, POINT, *GIVEN) and (self._beginning or name not in self._bound):
            return self._given(name, token)
        if not self._beginning and name in self._bound:
            return self._bound[name]
        self._symbols.setdefault(name, token.text)
        if self._beginning and name in self._assigned:
            raise fault(
                f"an init line knows x, the learning rate and hyperparameters, not {shown(token.text)}",
                token.position,
                token.length,
            )
        if name in self._assigned:
            return self._state(name, token)
        return self._hyperparameter(name, token)

    def _given(self, name: str, token: Token) -> int:
        if self._beginning and name in (GRADIENT, STEP):
            raise fault(f"before the first step there is no {token.text}", token.position, token.length)
        return self.graph.parameter(name)

    def _state(self, name: str, token: Token) -> int:
        if name not in self._states and len(self._states) == MOST_STATES:
            raise fault(f"a rule keeps at most {MOST_STATES} names from step to step", token.position, token.length)
        self._states.setdefault(name, token)
        return self.graph.parameter(state_leaf(name))

    def _hyperparameter(self, name: str, token: Token) -> int:
        if name == "text":
            raise fault('a hyperparameter cannot be called "text"', token.position, token.length)
        if name not in self._hyperparameters:
            if len(self._hyperparameters) == MOST_HYPERPARAMETERS:
                raise fault(f"a rule has at most {MOST_HYPERPARAMETERS} hyperparameters", token.position, token.length)
            self._hyperparameters.append(name)
        return self.graph.parameter(name)

    # functions

    def _chosen(self, token: Token, name: str) -> int:
        """A function of rules alone, always with its brackets."""
        operation, count = FUNCTIONS[name]
        if self._next.kind == "sign" and self._next.text == "|" and count == 1:
            arguments = [self._atom()]
        elif not self._says("("):
            raise fault(f"the function {token.text} needs its argument in parentheses", token.position, token.length)
        else:
            arguments = self._arguments()
        if len(arguments) != count:
            wanted = f"{count} argument{'s' if count > 1 else ''}"
            raise fault(f"{token.text} takes {wanted}, got {len(arguments)}", token.position, token.length)
        if operation == "clip":
            value, low, high = arguments
            return self._node("min", token, self._node("max", token, value, low), high)
        if operation in REDUCTIONS:
            if any(self.graph.value_of(argument) is not None for argument in arguments):
                raise fault(f"{token.text} needs what has a number for each coordinate", token.position, token.length)
            node = self._node(operation, token, *arguments)
            self._reduced.append((node, token))
            return node
        return self._node(operation, token, *arguments)


def _begins_state(tokens: list[Token]) -> bool:
    """Whether a statement is an `init` line."""
    return tokens[0].text == "init" and tokens[1].kind == "name"


def _split(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each statement, with an end behind it."""
    found: list[list[Token]] = []
    current: list[Token] = []
    for token in tokens:
        if token.kind == "end" or (token.kind == "sign" and token.text in _ENDS):
            if current:
                found.append([*current, Token("end", "", token.position, 0, True)])
            current = []
        else:
            current.append(token)
    return found
