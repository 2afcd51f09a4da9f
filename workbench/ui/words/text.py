"""The border where the engine's titles and explanations become text for a person: they are translated by key."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from workbench.engine.params import grouped

#: `grouped` is the engine's: counts are written as ranges are
__all__ = ["counted", "digits_apart", "engine_text", "exact", "explanation", "grouped", "number", "readable", "signed"]

_CONTEXT = "engine"
#: from here on a number is written with a power of ten
_LEAST_POWER = 1e6
#: digits of a number unless more are asked for, and those that tell any two apart
_DIGITS, _MOST_DIGITS = 4, 17


def engine_text(text: str) -> str:
    """A title, explanation or unit of the engine in the person's language; the text itself is the key."""
    return QCoreApplication.translate(_CONTEXT, text) if text else ""


def explanation(doc: str) -> str:
    """The first paragraph of an entry's docstring as one line, translated."""
    return engine_text(" ".join((doc or "").split("\n\n")[0].split()))


def number(value: float, digits: int = _DIGITS) -> str:
    """A number as tables and read-outs show it: `digits` significant, with a power of ten where that is shorter.

    What is larger stands as a whole number as long as that can be read at a glance.
    """
    if 10.0**digits <= abs(value) < _LEAST_POWER:
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def readable(value: float, digits: int = _DIGITS) -> str:
    """A number as people read it: as `number`, with the signs of print."""
    return signed(number(value, digits))


def digits_apart(one: float, other: float) -> int:
    """How many digits two numbers need so that a difference of theirs is seen."""
    if one == other or not (math.isfinite(one) and math.isfinite(other)):
        return _DIGITS
    apart = (d for d in range(_DIGITS, _MOST_DIGITS) if number(one, d) != number(other, d))
    return next(apart, _MOST_DIGITS)


def counted(count: float, one: str, more: str) -> str:
    """The words for a count, which stands at {}: those for one, or those for any other number."""
    return (one if count == 1 else more).format(grouped(count))


def signed(text: str) -> str:
    """A number's text with its minus signs as people write them, and no nought before a short exponent."""
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def exact(value: float) -> str:
    """A number as a field shows it: short, and read back without loss."""
    short = f"{value:.6g}"
    return short if float(short) == value else repr(value)
