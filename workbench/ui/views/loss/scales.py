"""Numbers as they stand on the axes: as they are, as differences from a round number, or as logarithms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.thinning import LIMIT
from workbench.ui.views.shared.ranges import LOG_ENDLESS, LOG_ZERO, offset_of
from workbench.ui.words.text import exact, grouped, signed

Array = NDArray[Any]

_LOWEST = 1e-300
#: a logarithmic axis on which all lies within this factor is as good as a plain one, and its numbers cannot be read
_FACTOR = 1.05


@dataclass(frozen=True, slots=True)
class Scale:
    """Which axes are logarithmic; what is taken off a plain upright one; why it is plain, where it was to be another.

    `why` is empty where it is as it was to be, else `below` for losses below 0, or `narrow` for ones all but equal.
    """

    log_x: bool
    log_y: bool
    offset: float = 0.0
    why: Literal["", "below", "narrow"] = ""

    def x(self, steps: Array) -> Array:
        """Steps; on a logarithmic axis shifted by one, so that step 0 has a place."""
        return scaled(steps, self.log_x, 1.0)

    def y(self, values: Array) -> Array:
        """Values, those that are as good as infinite left out; a zero's logarithm stays, as low as it counts."""
        if not self.log_y:
            return np.where(np.abs(values) >= LIMIT, np.nan, values) - self.offset
        found = scaled(values, True, 0.0)
        return np.where(found >= LOG_ENDLESS, np.nan, np.maximum(found, LOG_ZERO))

    def named(self, title: str) -> str:
        """The title of the upright axis."""
        if self.log_y:
            return _tr("{} (log)").format(title)
        sign = "−" if self.offset > 0 else "+"
        name = f"{title} {sign} {_written(abs(self.offset))}" if self.offset else title
        # short, as it stands upright beside a low picture; `reason` says why
        return _tr("{} (linear)").format(name) if self.why else name

    def reason(self, other: str) -> str:
        """A sentence that says why the upright axis is plain, and that another quantity would be told apart."""
        why = {
            "below": _tr("A loss below 0 has no logarithm: the axis is linear. “{}” can be logarithmic."),
            "narrow": _tr("The losses are within 5 % of each other: the axis is linear. “{}” can be logarithmic."),
        }
        return why.get(self.why, "").format(other)


def scale_for(lines: Sequence[Array], *, log_x: bool, log_y: bool) -> Scale:
    """The scale on which lines are told apart: logarithmic if wanted, where they are above 0 and not all but equal."""
    low = min((float(np.fmin.reduce(line, axis=None, initial=np.inf)) for line in lines), default=np.inf)
    high = max((float(np.fmax.reduce(line, axis=None, initial=-np.inf)) for line in lines), default=-np.inf)
    if low > high:
        low = high = 1.0
    if log_y and low >= 0 and not (low < high < _FACTOR * low):
        return Scale(log_x, log_y=True)
    why: Literal["", "below", "narrow"] = "" if not log_y else "below" if low < 0 else "narrow"
    return Scale(log_x, log_y=False, offset=offset_of(low, high), why=why)


def scaled(values: Array, is_log: bool, shift: float) -> Array:
    """log10 of values + shift where asked for; steps are shifted by one so that step 0 has a place."""
    if not is_log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest = _LOWEST if shift == 0.0 else 0.0
        return np.asarray(np.log10(np.maximum(values + shift, lowest)))


def _written(number: float) -> str:
    return grouped(int(number)) if number == int(number) and number < 1e15 else signed(exact(number))


def _tr(text: str) -> str:
    return QCoreApplication.translate("LossView", text)
