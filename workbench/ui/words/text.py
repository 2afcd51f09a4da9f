"""The border where the engine's titles and explanations become text for a person: they are translated by key."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.params import grouped

#: `grouped` is the engine's: counts are written as ranges are
__all__ = ["counted", "engine_text", "exact", "explanation", "grouped", "number", "signed"]

_CONTEXT = "engine"


def engine_text(text: str) -> str:
    """A title, explanation or unit of the engine in the person's language; the text itself is the key."""
    return QCoreApplication.translate(_CONTEXT, text) if text else ""


def explanation(doc: str) -> str:
    """The first paragraph of an entry's docstring as one line, translated."""
    return engine_text(" ".join((doc or "").split("\n\n")[0].split()))


def number(value: float, digits: int = 4) -> str:
    """A number as tables and read-outs show it: `digits` significant, powers of ten where that is shorter."""
    return f"{value:.{digits}g}"


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
