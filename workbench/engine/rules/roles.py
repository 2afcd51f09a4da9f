"""What the quantities of a rule are to a picture of its step: directions, sizes, or points of the plane.

Found by trying: the rule takes a few steps on made-up numbers, once more with all of them mirrored, shifted, or
larger. What turns round with the gradient is a direction, what stays is a size, what is shifted along is a point. So a
rule that one types in has its arrows as any other has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.rules.grammar import compiled
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.engine.rules.rule import Kind, Rule, state_leaf
from workbench.engine.rules.values import all_values

Role = Literal["direction", "size", "point"]

_STEPS, _COORDINATES = 3, 5
_SHIFT, _CLOSE, _NEAR_POWER = 0.37, 1e-9, 0.15
_SHIFTED = 0.2  # of a shift, what weight decay may take of it


@dataclass(frozen=True, slots=True)
class Part:
    """What a line's value is.

    Attributes:
        role: what it is to a picture.
        power: the power of the gradient's size that it grows by: 1 of an average, 2 of one of squares, 0 of what was
            divided by such; it is rounded.
        in_steps: whether it grows with the learning rate, and so has the length that it has in the plane.
        against: of a direction, whether it points as the gradient does, and the step goes the other way.
    """

    role: Role
    power: int
    in_steps: bool
    against: bool = False


def roles(rule: Rule, settings: Mapping[str, float]) -> dict[int, Part]:
    """What the value of each line is, by the line's place; lines that are none of these are left out."""
    return _roles(rule.text, tuple(sorted((name, float(settings[name])) for name in rule.hyperparameters)))


@lru_cache(maxsize=128)
def _roles(text: str, settings: tuple[tuple[str, float], ...]) -> dict[int, Part]:
    rule = compiled(text)
    random = np.random.default_rng(7)
    point = random.normal(size=(1, _COORDINATES))
    slopes = 3.0 * random.normal(size=(_STEPS, 1, _COORDINATES))
    tried = _Tried(rule, dict(settings))
    base = tried.lines(point, slopes)
    mirrored, shifted = tried.lines(-point, -slopes), tried.lines(point + _SHIFT, slopes)
    larger, faster = tried.lines(point, 2.0 * slopes), tried.lines(point, slopes, rate=0.02)
    found: dict[int, Part] = {}
    for place, line in enumerate(rule.lines):
        values = [run[place] for run in (base, mirrored, shifted)]
        if rule.kinds[line.node] != Kind.FULL or not all(np.isfinite(value).all() for value in values):
            continue
        role = _role(*(value[-1] for value in values))
        if role is not None:
            power, of_rate = _power(base[place][-1], larger[place][-1]), _power(base[place][-1], faster[place][-1])
            along = float((base[place][0] * slopes[0]).sum())
            role = "point" if line.name == POINT else role
            found[place] = Part(role, power, of_rate == 1, role == "direction" and along > 0)
    return found


class _Tried:
    """Steps of a rule on made-up numbers."""

    def __init__(self, rule: Rule, settings: Mapping[str, float]) -> None:
        self._rule, self._settings = rule, settings

    def lines(self, point: Any, slopes: Any, rate: float = 0.01) -> list[NDArray[np.float64]]:
        """The values of each line at all steps (T, 1, P), from a point (1, P) along gradients (T, 1, P)."""
        rule = self._rule
        leaves: dict[str, Any] = {name: np.full((1, 1), value) for name, value in self._settings.items()}
        leaves |= {RATE: np.full((1, 1), rate), POINT: point, STEP: np.float64(1)}
        begun = all_values(rule, list(rule.begins.values()), leaves)
        shapes = {name: point.shape if kind == Kind.FULL else (1, 1) for name, kind in rule.states.items()}
        states = {
            name: np.broadcast_to(begun[rule.begins[name]] if name in rule.begins else 0.0, shape)
            for name, shape in shapes.items()
        }
        taken: list[list[Any]] = [[] for _ in rule.lines]
        nodes = [*(line.node for line in rule.lines), *rule.roots]
        for step, slope in enumerate(slopes, start=1):
            leaves |= {POINT: point, GRADIENT: slope, STEP: np.float64(step)}
            leaves |= {state_leaf(name): state for name, state in states.items()}
            found = all_values(rule, nodes, leaves)
            for values, line in zip(taken, rule.lines, strict=True):
                values.append(np.broadcast_to(found[line.node], slope.shape))
            point = np.broadcast_to(found[rule.last[POINT]], slope.shape)
            states = {name: np.broadcast_to(found[rule.last[name]], shapes[name]) for name in states}
        return [np.array(values, dtype=np.float64) for values in taken]


def _role(base: Any, mirrored: Any, shifted: Any) -> Role | None:
    close = _CLOSE * max(1.0, float(np.abs(base).max()))
    if (np.abs(shifted - base - _SHIFT) < _SHIFTED * _SHIFT).all():
        return "point"
    if not base.any():
        return None
    if (np.abs(mirrored + base) < close).all():
        return "direction"
    return "size" if (np.abs(mirrored - base) < close).all() and (base >= 0).all() else None


def _power(base: Any, larger: Any) -> int:
    """The power by which it grows where something is doubled; -1 where it is no whole one."""
    used = np.abs(base) > 1e-12
    if not used.any() or not np.isfinite(larger).all():
        return -1
    grown = float(np.log2(np.maximum(np.abs(larger[used]), 1e-300) / np.abs(base[used])).mean())
    return round(grown) if abs(grown - round(grown)) < _NEAR_POWER and 0 <= round(grown) <= 2 else -1
