"""The signs of backpropagation: one name a thing through all stages, with the number of its layer and of its units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_SUPER = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUB = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")

#: an axis of an array of a stage: samples, what a layer reads, its units
Axis = Literal["sample", "input", "unit"]

#: What the axes of an array are, by the role it has in a stage. `h` is what the layer reads; `loss` is one number.
AXES: Mapping[str, tuple[Axis, ...]] = {
    "h": ("sample", "input"),
    "W": ("input", "unit"),
    "b": ("unit",),
    "γ": ("unit",),
    "μ": ("unit",),
    "σ": ("unit",),
    "loss": (),
    "penalty": (),
}
_OF_NO_LAYER = ("p", "y", "d")
_OF_UNITS: tuple[Axis, ...] = ("sample", "unit")


def axes_of(role: str) -> tuple[Axis, ...]:
    """The axes of an array by its role; a gradient has those of what it belongs to."""
    return AXES.get(role.removeprefix("∂").partition(" ")[0], _OF_UNITS)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A sign such as W⁽²⁾, or ∂L/∂W⁽²⁾.

    Attributes:
        base: its letter.
        layer: counted from 1; 0 where it belongs to none.
        of: what is differentiated by it: the loss `L`, or `D`, the loss without penalties; empty for the thing itself.
    """

    base: str
    layer: int = 0
    of: str = ""

    @property
    def text(self) -> str:
        """The whole array."""
        return f"f′({Symbol('z', self.layer).text})" if self.base == "f′" else self._spelt(self.base)

    @property
    def meaning(self) -> str:
        """What tells it from other kinds of things, whatever the layer."""
        return f"∂{self.of}/∂{self.base}" if self.of else self.base

    def at(self, *units: int, sample: int | None = None) -> str:
        """One of its numbers: places from 0, which are written from 1; `sample` where there are several."""
        if self.base == "f′":
            return f"f′({Symbol('z', self.layer).at(*units, sample=sample)})"
        letter = self.base.lower() if self.base == "W" else self.base
        shown = [str(unit + 1) for unit in units]
        index = ("," if any(len(s) > 1 for s in shown) else "").join(shown).translate(_SUB)
        return self._spelt(letter) + index + ("" if sample is None else f"[{sample + 1}]")

    def _spelt(self, letter: str) -> str:
        name = letter + (f"⁽{str(self.layer).translate(_SUPER)}⁾" if self.layer else "")
        return f"∂{self.of}/∂{name}" if self.of else name


@dataclass(frozen=True, slots=True)
class Reading:
    """What the names of a layer's arrays depend on.

    Attributes:
        layer: counted from 1; 0 for the input.
        below: the name of what it reads: x, or the outputs of the layer before, `h` where some were dropped.
        drops: it drops some of its own outputs.
        normalises: its sums are normalised, so that they are named apart from what goes into the activation.
        penalised: a penalty is added to the gradient of its weights.
    """

    layer: int
    below: Symbol
    drops: bool
    normalises: bool
    penalised: bool

    def symbol(self, role: str) -> Symbol:
        """The sign of an array by its role in a stage of this layer; a gradient's role begins with ∂."""
        base, of = role.removeprefix("∂"), "L" if role.startswith("∂") else ""
        if base == "h":
            return Symbol(self.below.base, self.below.layer, of)
        own = {
            "out": Symbol("h" if self.drops else "a", self.layer, of),  # what the layer above reads
            "∂z": Symbol("δ", self.layer),
            # the gradient of the weighted sum, normalised afterwards or not
            "∂sum": Symbol("s", self.layer, "L") if self.normalises else Symbol("δ", self.layer),
            "∂W of the data": Symbol("W", self.layer, "D" if self.penalised else "L"),
            "loss": Symbol("L"),
            "penalty": Symbol("R"),
        }
        plain = Symbol(base, 0 if base in _OF_NO_LAYER else self.layer, of)
        return own.get(role) or own.get(base) or plain
