"""Formulas of backpropagation with their signs and with their numbers, which multiply out to what is shown.

HTML of the kind that Qt's documents and labels read; each sign is an anchor that says what it is under the mouse.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.expressions import Call, Leaf, Node, Op, evaluated
from workbench.engine.network.notation import Symbol
from workbench.engine.network.worked import Worked
from workbench.ui.words.text import grouped, number, signed

_JOINER = "\u2060"  # a sign is not broken between its indices
_DOT = "\u00a0·\u00a0"  # a product stays in one line
#: digits of what comes out, and at most of what goes in
_DIGITS, _MOST_DIGITS = 4, 12
_HALF_WAY = 1e-9
_PLAIN_SUPER, _PLAIN_SUB = (
    str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"),
    str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"),
)
_SPELT = re.compile(r"(?:∂([LD])/∂)?(f′\(z|.̂?)(?:⁽([⁰¹²³⁴⁵⁶⁷⁸⁹]+)⁾)?([₀₁₂₃₄₅₆₇₈₉,]*)(\)?)(?:\[(\d+)\])?(\)?)")


def _tr(text: str) -> str:
    return QCoreApplication.translate("BackpropagationView", text)


# Signs and what they mean

_MEANINGS: Mapping[str, str] = {
    "x": "what the network reads: its inputs",
    "h": "what layer {} gives to the next one, after dropout",
    "W": "weights of layer {}: a row for each number that it reads, a column for each of its units",
    "w": "a weight of layer {}: its first number counts what the layer reads, the second its units",
    "b": "biases of layer {}, one a unit; behind batch normalisation the shift",
    "s": "weighted sums of layer {}, before batch normalisation",
    "ŝ": "the weighted sums of layer {} brought to mean 0 and deviation 1",
    "γ": "the scale of batch normalisation in layer {}, one a unit",
    "μ": "the mean by which layer {} is normalised, one a unit",
    "σ": "the deviation by which layer {} is normalised, √(variance + ε), one a unit",
    "z": "weighted sums of layer {}: what goes into its activation",
    "a": "activations of layer {}: what its units give",
    "m": "the factors of dropout in layer {}: 0, or 1/(1 − p) where p is the share left out",
    "p": "the probability of each class that the outputs mean",
    "d": "the differences of outputs and targets",
    "y": "the target; of classes a 1 for the true one and 0 for the others",
    "L": "the loss: the number that is minimised, penalties included",
    "R": "the penalties: what L1 and L2 add to the loss for large weights",
    "δ": "∂L/∂z of layer {}: how the loss changes with each weighted sum",
    "f′(z": "the slope of layer {}'s activation at each z",
}
_OPERATORS: Mapping[str, tuple[str, str]] = {
    "⊙": ("⊙", "number by number: each times the one in its place"),
    "ᵀ": ("ᵀ", "transposed: rows become columns"),
    "Σs": ("Σ", "the sum over the samples"),
    "Σ": ("Σ", "the sum over the outputs"),
    "mean": ("mean", "the mean over the samples"),
    "f": ("f", "the activation function of the layer"),
    "e": ("e", "Euler's number, 2.718…, whose powers are their own slope"),
    "ln": ("ln", "the natural logarithm"),
    "softmax": ("softmax", "e to the power of each output, divided by the sum of these"),
    "sign": ("sign", "1 for a number above zero, −1 below, 0 at zero"),
    "l1": ("l₁", "the weight of the penalty Σ|w|"),
    "l2": ("l₂", "the weight of the penalty Σw²"),
    "B": ("B", "the number of samples"),
    "n": ("n", "the number of outputs"),
    "_y": ("ᵧ", "of the true class"),
    "hub": ("huber", "d²/2 for small differences, a straight line beyond them"),
    "clip": ("clip", "the difference, cut off where Huber's straight line begins"),
    "loss of": ("loss", "the loss function chosen"),
    "|·|": ("|·|", "the number without its sign"),
    "exp": ("exp", "e = 2.718… to the power of what stands in brackets"),
    "max z": ("max z", "the largest output: taken off all of them, it changes no probability and keeps e^z in range"),
    "…": ("…", "the other terms of the sum"),
}


def meanings() -> tuple[Mapping[str, str], Mapping[str, tuple[str, str]]]:
    """The signs of things, and those of what is done to them, each with its words before translation."""
    return _MEANINGS, _OPERATORS


def sign_words(sign: str) -> str:
    """What a sign means, as `W⁽²⁾`, `∂L/∂w⁽²⁾₂₁`, `a⁽¹⁾₂[3]` or `⊙`; empty for one that is none."""
    if sign in _OPERATORS:
        return _tr(_OPERATORS[sign][1])
    if sign.startswith("mean"):
        return _tr("the mean over the samples of the batch")
    found = _SPELT.fullmatch(sign)
    if found is None:
        return ""
    of, letter, layer, places, _, sample, _ = found.groups()
    said = _MEANINGS.get(letter)
    if said is None:
        return ""
    told = _tr(said).format((layer or "").translate(_PLAIN_SUPER))
    if of == "L":
        told = _tr("how the loss changes with: {}").format(told)
    elif of == "D":
        told = _tr("how the loss without its penalties changes with: {}").format(told)
    return told + _place_words(letter, places.translate(_PLAIN_SUB), sample)


def _place_words(letter: str, places: str, sample: str | None) -> str:
    """Which of the numbers it is."""
    told = ""
    if places:
        shown = places.split(",") if "," in places else list(places) if letter == "w" else [places]
        if len(shown) == 2:
            told = _tr("; the one from {} to {}").format(*shown)
        else:
            told = _tr("; number {}").format(shown[0])
    return told + (_tr(", sample {}").format(sample) if sample else "")


def anchor(sign: str, shown: str | None = None) -> str:
    """A sign as it is printed, that tells what it is under the mouse."""
    whole = html.escape(shown or sign).replace("⁾", f"⁾{_JOINER}")
    return f'<a href="{html.escape(sign)}">{whole}</a>'


def formula_html(formula: str, symbols: Mapping[str, Symbol]) -> str:
    """A rule with roles and signs in braces as HTML; `symbols` are the signs of its arrays by their roles."""

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name in symbols:
            return anchor(symbols[name].text)
        return anchor(name, _OPERATORS[name][0])

    return re.sub(r"\{([^}]*)\}", put, html.escape(formula, quote=False))


def plain(made: str) -> str:
    """The HTML of this module as plain text."""
    raised = re.sub(r"<sup>(.*?)</sup>", r"^(\1)", made)
    return html.unescape(re.sub(r"<[^>]*>", "", raised)).replace("\u00a0", " ").replace(_JOINER, "")


# Numbers


@dataclass(frozen=True, slots=True)
class Shown:
    """A number and what it was made of, as HTML.

    Attributes:
        name: its sign; signs: what it is made of in signs; numbers: the same in numbers; value: what comes out.
        exact: whether the numbers shown give just the value shown; if not, they are about it.
    """

    name: str
    signs: str
    numbers: str
    value: str
    exact: bool

    @property
    def line(self) -> str:
        """All of it in one line."""
        parts = [self.name]
        if self.signs:
            parts.append(self.signs)
        if self.numbers not in ("", self.value):
            parts.append(self.numbers)
        return " = ".join(parts) + (" = " if self.exact else " ≈ ") + self.value


def shown(worked: Worked) -> Shown:
    """A worked number with so many digits that what is shown multiplies out to what is shown."""
    name = anchor(worked.symbol)
    if worked.made is None:
        return Shown(name, "", "", printed(worked.value), exact=True)
    given, taken, exact = digits_for(worked.made, worked.value)
    return Shown(
        name,
        _Writer(_in_signs).written(worked.made),
        _Writer(lambda leaf: _in_numbers(leaf, taken)).written(worked.made),
        printed(worked.value, given),
        exact,
    )


def printed(value: float, digits: int = _DIGITS) -> str:
    """A number with the signs of print; nought has none."""
    return signed(number(value or 0.0, digits))


def digits_for(made: Node, value: float) -> tuple[int, int, bool]:
    """The digits of what comes out and of what goes in with which it multiplies out, and whether there are such."""
    if not math.isfinite(value):
        return _DIGITS, _DIGITS, True
    for given in range(_DIGITS, 0, -1):
        for taken in range(_DIGITS, _MOST_DIGITS + 1):
            found = evaluated(made, partial(_rounded, digits=taken))
            # a little to either side: half way between two roundings, a person might take the other one
            near = {number(found * side or 0.0, given) for side in (1 - _HALF_WAY, 1 + _HALF_WAY)}
            if near == {number(value or 0.0, given)}:
                return given, taken, True
    return _DIGITS, _DIGITS, False


def _rounded(leaf: Leaf, digits: int) -> float:
    return leaf.value if not leaf.symbol else float(number(leaf.value, digits))


def _in_numbers(leaf: Leaf, digits: int) -> str:
    told = printed(leaf.value, digits if leaf.symbol else 12)
    return told + ("\u00a0" + _tr("({} more terms)").format(grouped(leaf.more)) if leaf.more else "")


def _in_signs(leaf: Leaf) -> str:
    if not leaf.symbol:
        return printed(leaf.value, 12)
    return anchor(leaf.symbol, _OPERATORS[leaf.symbol][0] if leaf.symbol in _OPERATORS else None)


class _Writer:
    """Writes an expression, its numbers as it is told to."""

    def __init__(self, leaf: Callable[[Leaf], str]) -> None:
        self._leaf, self._signs = leaf, leaf is _in_signs

    def written(self, node: Node) -> str:
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Call):
            return self._call(node)
        return {"+": self._sum, "·": self._product, "/": self._quotient, "^": self._power, "−": self._less}[node.sign](
            node.parts
        )

    def _sum(self, parts: tuple[Node, ...]) -> str:
        made = self.written(parts[0])
        for part in parts[1:]:
            text = self.written(part)
            made += f" − {text[1:]}" if text.startswith("−") else f" + {text}"
        return made

    def _product(self, parts: tuple[Node, ...]) -> str:
        return _DOT.join(self._closed(part) for part in parts)

    def _quotient(self, parts: tuple[Node, ...]) -> str:
        return f"{self._closed(parts[0])} / {self._closed(parts[1], tight=True)}"

    def _power(self, parts: tuple[Node, ...]) -> str:
        return f"{self._closed(parts[0], tight=True, sign=True)}<sup>{self.written(parts[1])}</sup>"

    def _less(self, parts: tuple[Node, ...]) -> str:
        if len(parts) == 1:
            return f"−{self._closed(parts[0], sign=True)}"
        return f"{self.written(parts[0])} − {self._closed(parts[1], sign=True)}"

    def _call(self, node: Call) -> str:
        inner = self.written(node.part)
        if node.symbol == "|·|":
            return f"|{inner}|"
        name = anchor(node.symbol, _OPERATORS[node.symbol][0]) if self._signs else html.escape(node.name)
        return f"{name}({inner})"

    def _closed(self, node: Node, *, tight: bool = False, sign: bool = False) -> str:
        """In brackets where it would be read otherwise."""
        made = self.written(node)
        joined = isinstance(node, Op) and (node.sign in "+−" or (tight and node.sign in "·/"))
        return f"({made})" if joined or (sign and made.startswith("−")) or (tight and made.startswith("−")) else made
