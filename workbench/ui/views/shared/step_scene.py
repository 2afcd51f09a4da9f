"""The arrows of a step, made of what the engine says of it: nothing here knows an optimizer by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.rules.names import GRADIENT, POINT, symbol
from workbench.ui.plotting.step_arrows import Arrow, Extent, Point
from workbench.ui.style import theme as themes

if TYPE_CHECKING:  # loaded with the first step that is taken apart
    from workbench.engine.race.anatomy import Anatomy, Quantity, Term

#: the lanes' own colours, in an order in which those beside each other are told apart
_PALETTE = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_SAME = 1e-6  # of a length, what two arrows that are drawn as one may differ by
_LONGEST = 0.30  # of the shorter side of the picture, the longest of the arrows whose lengths are not the plane's
_MOST_EXTENTS, _MOST_SCALED = 3, 6

#: words of a caption, in a colour
Said = tuple[str, str]


def _say(text: str) -> str:
    return QCoreApplication.translate("Step", text)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn of a step.

    Attributes:
        ghost: where it ends; not-a-number where that is not known yet.
        factor: the scale of what has no length in the plane, and `scaled`, what is drawn at it, in words.
        parts: what the step is the sum of, in words; empty where it has one part alone.
    """

    arrows: tuple[Arrow, ...]
    extents: tuple[Extent, ...]
    ghost: Point
    factor: float
    scaled: tuple[Said, ...]
    parts: tuple[Said, ...]


def scene(
    found: Anatomy,
    pixels: tuple[float, float],
    size: tuple[float, float],
    theme: themes.Theme,
    *,
    upto: int | None = None,
) -> Scene:
    """The step of a run over two coordinates.

    `pixels` are those for a unit along both axes, `size` those of the picture; `upto` the place among the quantities of
    the last one that is known yet, None where all are.
    """
    return _Maker(found, pixels, size, theme, upto).scene()


def bounds(found: Anatomy) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corners (2,) around where the step begins, ends, and passes on its way from part to part."""
    at, places = found.point, [found.point, found.after]
    for term in _ordered(found):
        at = at + term.values
        places.append(at)
    finite = np.array([place for place in places if np.isfinite(place).all()])
    if not len(finite):
        return np.zeros(2), np.zeros(2)
    return finite.min(axis=0), finite.max(axis=0)


def _ordered(found: Anatomy) -> list[Term]:
    """The parts of the step in the order in which they are put head to tail: what was kept first, the gradient last."""
    return sorted(found.terms, key=lambda term: (term.name == GRADIENT, term.name != POINT))


class _Maker:
    def __init__(
        self,
        found: Anatomy,
        pixels: tuple[float, float],
        size: tuple[float, float],
        theme: themes.Theme,
        upto: int | None,
    ) -> None:
        self._found, self._pixels, self._theme = found, np.array(pixels), theme
        self._size = size
        self._known = found.quantities if upto is None else found.quantities[: upto + 1]
        self._whole = upto is None or upto >= len(found.quantities) - 1
        self._point = (float(found.point[0]), float(found.point[1]))
        drawn = [q.name for q in found.quantities if q.part is not None and q.part.role != "point"]
        self._names = list(dict.fromkeys([GRADIENT, *drawn]))

    def scene(self) -> Scene:
        scaled, extents = self._scaled(), self._extents()
        factor = self._factor([vector for _, vector in scaled], [half for _, half in extents])
        arrows = [self._scaled_arrow(quantity, vector, factor) for quantity, vector in scaled]
        shown = [self._extent(quantity, half, factor) for quantity, half in extents]
        marks: tuple[Arrow | Extent, ...] = (*arrows, *shown)
        said = tuple((mark.label, mark.color) for mark in marks)
        true = self._true()
        if not self._whole:
            return Scene((*arrows, *true), tuple(shown), (np.nan, np.nan), factor, said, ())
        parts = self._sum()
        ghost = (float(self._found.after[0]), float(self._found.after[1]))
        told = tuple((part_words(part.names[0]), part.color) for part in parts)
        return Scene((self._step(), *parts, *true, *arrows), tuple(shown), ghost, factor, said, told)

    def color(self, name: str) -> str:
        """A quantity's own colour, the same wherever it is drawn."""
        if name not in self._names:
            return self._theme.muted
        return self._theme.lane(_PALETTE[self._names.index(name) % len(_PALETTE)])

    # what has no length in the plane: it is drawn at a scale of its own

    def _scaled(self) -> list[tuple[Quantity, NDArray[np.float64]]]:
        """Gradient and averages as they lead downwards."""
        found = [(q, -q.values) for q in self._known if q.origin == "given" and q.name == GRADIENT]
        found += [(q, -q.values) for q in self._known if q.origin == "given" and q.name == "gradient"]
        for quantity in self._last(self._known):
            part = quantity.part
            if part is not None and part.role == "direction" and not part.in_steps and part.power != 0:
                found.append((quantity, -quantity.values if part.against else quantity.values))
        return [(q, v) for q, v in found if len(v) == 2 and np.isfinite(v).all()][:_MOST_SCALED]

    def _extents(self) -> list[tuple[Quantity, NDArray[np.float64]]]:
        """Accumulators of squares by their roots, of sizes as they are."""
        found = []
        for quantity in self._last(self._known):
            part = quantity.part
            if part is not None and part.role == "size" and not part.in_steps and part.power in (1, 2):
                half = np.sqrt(quantity.values) if part.power == 2 else quantity.values
                if len(half) == 2 and np.isfinite(half).all() and (half > 0).any():
                    found.append((quantity, half))
        return found[-_MOST_EXTENTS:]

    @staticmethod
    def _last(quantities: Sequence[Quantity]) -> list[Quantity]:
        """Lines, of a name that is assigned twice the last one."""
        return list({q.name: q for q in quantities if q.origin == "line" and q.name != POINT}.values())

    def _factor(self, vectors: list[NDArray[np.float64]], halves: list[NDArray[np.float64]]) -> float:
        """The scale at which the longest of these has the length that is wanted in the picture."""
        longest = max((float(np.hypot(*(v * self._pixels))) for v in (*vectors, *halves)), default=0.0)
        return _LONGEST * min(self._size) / longest if longest > 0 else 0.0

    def _scaled_arrow(self, quantity: Quantity, vector: NDArray[np.float64], factor: float) -> Arrow:
        end = self._found.point + factor * vector
        color = self.color(quantity.name)
        part = quantity.part
        label = quantity.symbol if part is not None and not part.against else f"−{quantity.symbol}"
        return Arrow(self._point, _pair(end), color, label, (quantity.name,), 1.6)

    def _extent(self, quantity: Quantity, half: NDArray[np.float64], factor: float) -> Extent:
        color = self.color(quantity.name)
        squares = quantity.part is not None and quantity.part.power == 2
        label = f"√{quantity.symbol}" if squares else quantity.symbol
        return Extent(self._point, _pair(factor * half), color, label, (quantity.name,))

    # what has the length that it has in the plane

    def _true(self) -> list[Arrow]:
        """Directions that are steps, such as Keras's velocity, unless they are the whole update."""
        update = self._found.after - self._found.point
        length, arrows = float(np.linalg.norm(update)), []
        rate = next((float(q.values[0]) for q in self._found.quantities if q.name == "learning_rate"), 0.0)
        for quantity in self._last(self._known):
            part = quantity.part
            if part is None or part.role != "direction" or len(quantity.values) != 2:
                continue
            if not part.in_steps and part.power != 0:
                continue
            way = (-1.0 if part.against else 1.0) * quantity.values * (1.0 if part.in_steps else rate)
            if self._whole and float(np.linalg.norm(way - update)) <= _SAME * length:
                continue
            label = f"{'−' if part.against else ''}{'' if part.in_steps else 'η '}{quantity.symbol}"
            color = self.color(quantity.name)
            arrows.append(Arrow(self._point, _pair(self._found.point + way), color, label, (quantity.name,), 1.8))
        return arrows

    def _sum(self) -> list[Arrow]:
        """The parts of the step head to tail; none where there is one alone."""
        arrows, at, parts = [], self._found.point, _ordered(self._found)
        for term in parts if len(parts) > 1 else ():
            end = at + term.values
            arrows.append(Arrow(_pair(at), _pair(end), self.color(term.name), "", (term.name,), 2.2))
            at = end
        return arrows

    def _step(self) -> Arrow:
        """The step itself, broad and pale under its parts; it stands for the lines that have its value, too."""
        found = self._found
        update = found.after - found.point
        same = [
            q.name for q in self._last(found.quantities)
            if len(q.values) == 2 and np.allclose(self._as_step(q), update, rtol=_SAME, atol=0.0)
        ]  # fmt: skip
        several = len(found.terms) > 1
        names = (POINT, "update", *same)
        width, share = (6.0, 0.45) if several else (3.0, 1.0)
        return Arrow(self._point, _pair(found.after), self._theme.text, _say("step"), names, width, share)

    @staticmethod
    def _as_step(quantity: Quantity) -> NDArray[np.float64]:
        """A line's value as it would be a step; not-a-number where it is none."""
        part = quantity.part
        if part is None or part.role != "direction" or not part.in_steps:
            return np.full(2, np.nan)
        return -quantity.values if part.against else quantity.values


def part_words(name: str) -> str:
    """What a part of a step comes from."""
    if name == GRADIENT:
        return _say("from g")
    if name == POINT:
        return _say("from x (decay)")
    return _say("from {} as it was").format(symbol(name)) if name != "rest" else _say("the rest")


def _pair(values: NDArray[np.float64]) -> Point:
    return float(values[0]), float(values[1])
