"""What is wrong with a typed formula, and what is worth asking about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.engine.params import RequestError

LONGEST_NAME = 24


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


@dataclass(frozen=True, slots=True)
class Remark:
    """What a formula that is read may not have meant.

    Attributes:
        kind: `parameter` where a name became a parameter, `product` where one was taken for a product of known ones.
        name: as it was typed.
        meant: the product that it was taken for, or what else it might be, empty where nothing is near.
    """

    kind: Literal["parameter", "product"]
    name: str
    meant: str = ""


def fault(problem: str, position: int, length: int = 1) -> FormulaError:
    """The refusal of `length` characters at `position`."""
    return FormulaError("text", f"has a fault at column {position + 1}: {problem}", position, length)


def shown(text: str) -> str:
    """A piece of a text in quotation marks, cut off where it is long."""
    return f'"{text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 3] + "..."}"'
