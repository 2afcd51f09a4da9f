"""What the names of a formula become: coordinates, constants, parameters, what was defined, products of known names."""

from __future__ import annotations

from collections.abc import Collection

from workbench.engine.formula.faults import LONGEST_NAME, Remark, fault, shown
from workbench.engine.formula.names import CONSTANTS, COORDINATE, FUNCTIONS, is_coordinate, meant_by, parts_of
from workbench.engine.formula.reader import Reader
from workbench.engine.formula.tokens import FORMULAS, Language, Token

MOST_PARAMETERS = 12  # each becomes a slider, made anew while one types


class Names(Reader):
    """Reads names.

    Attributes:
        parameters: the names of parameters, in the order in which they first occur.
        coordinates: the index of each coordinate by its name.
        first: the number of the first coordinate where they are counted: 0 where an x0 occurs, else 1.
        remarks: what may not have been meant.
    """

    def __init__(self, text: str, kept: Collection[str] = (), language: Language = FORMULAS) -> None:
        """`kept` are names that are parameters whatever else they might mean, since they have a value already."""
        super().__init__(text, language)
        self.parameters: list[str] = []
        self.coordinates: dict[str, int] = {}
        self._products: dict[str, str] = {}
        self._kept = frozenset(kept)
        self._defined: dict[str, int] = {}
        names = (token.text for token in self._tokens if token.kind == "name" and len(token.text) <= LONGEST_NAME)
        self.first = 0 if any("x0" in (parts_of(name, ()) or ()) for name in names if "x0" in name) else 1

    @property
    def remarks(self) -> tuple[Remark, ...]:
        made = [name for name in self.parameters if name not in self._kept]
        found = [Remark("product", name, meant) for name, meant in self._products.items()]
        return (*found, *(Remark("parameter", name, meant_by(name)) for name in made))

    def _with_exponent(self, base: int) -> int:
        """What was read, to the power that stands behind it."""
        raise NotImplementedError

    def _check_name(self, token: Token) -> None:
        if "_" in token.text:
            raise fault("names cannot contain underscores", token.position, token.length)
        if len(token.text) > LONGEST_NAME:
            raise fault(f"names have at most {LONGEST_NAME} characters", token.position, token.length)

    def _name(self, token: Token) -> int:
        name = token.text
        if is_coordinate(name):
            return self.graph.variable(self._coordinate(name, token))
        if name in self._defined:
            return self._defined[name]
        if name in self._kept:
            return self._parameter(token)
        if name in CONSTANTS:
            return self.graph.constant(CONSTANTS[name])
        if name == "text":
            raise fault('a parameter cannot be called "text"', token.position, token.length)
        parts = parts_of(name, self._defined)
        return self._parameter(token) if parts is None else self._made_of(token, parts)

    def _parameter(self, token: Token) -> int:
        if token.text not in self.parameters:
            if len(self.parameters) == MOST_PARAMETERS:
                raise fault(f"a formula has at most {MOST_PARAMETERS} parameters", token.position, token.length)
            self.parameters.append(token.text)
        return self.graph.parameter(token.text)

    def _made_of(self, token: Token, parts: list[str]) -> int:
        """A name of known ones: their product, as in 0.48 xy, or a question where a function is among them."""
        if any(part in FUNCTIONS for part in parts):
            if not any(is_coordinate(part) or part in self._defined for part in parts):
                return self._parameter(token)
            at = next(i for i, part in enumerate(parts) if part in FUNCTIONS)
            rest = "*".join(parts[at + 1 :]) or "..."
            meant = "*".join([*parts[:at], f"{parts[at]}({rest})"])
            raise fault(f"{shown(token.text)} is no known name: is it {meant}?", token.position, token.length)
        meant = "*".join(parts)
        if self._open and self._open[-1] in {"^", "√"}:
            raise fault(f"{shown(token.text)} needs brackets here: ({meant})", token.position, token.length)
        self._products[token.text] = meant
        node = self._name(token._replace(text=parts[0]))
        for i, part in enumerate(parts[1:], start=2):
            factor = self._name(token._replace(text=part))
            # on paper an exponent belongs to the last letter: 3xy² is 3 x y²
            factor = self._with_exponent(factor) if i == len(parts) else factor
            node = self._node("mul", token, node, factor)
        return node

    def _coordinate(self, name: str, token: Token) -> int:
        if any((other in {"x", "y"}) != (name in {"x", "y"}) for other in self.coordinates):
            raise fault("coordinates are either x, y or x1, x2, ..., not both", token.position, token.length)
        if name in {"x", "y"}:
            index = "xy".index(name)
        elif len(name) > 4 or not COORDINATE.fullmatch(name) or (name[1] == "0" and len(name) > 2):
            raise fault("the coordinates are x0 to x999", token.position, token.length)
        else:
            index = int(name[1:]) - self.first
        self.coordinates[name] = index
        return index
