"""The names of rules: one spelling for each, whether it is typed in Greek, with a hat, or spelt out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from workbench.engine.formula.tokens import Language, token_pattern

LONGEST_RULE = 4000

#: marks over a letter, and how they are spelt out behind a name
MARKS: Mapping[str, str] = {
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0305": "bar",
    "\u0307": "dot",
}
_GREEK_NAMES = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "pi", "rho", "_", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]  # fmt: skip
#: Greek letters by what they are called, small and capital
GREEK: Mapping[str, str] = {chr(ord("α") + i): name for i, name in enumerate(_GREEK_NAMES) if name != "_"} | {
    chr(ord("Α") + i): name.capitalize() for i, name in enumerate(_GREEK_NAMES) if name != "_"
}
_LETTERS = {name: letter for letter, name in GREEK.items()}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

#: names that every rule has a meaning for, by each way in which they are written
SAME: Mapping[str, str] = {
    "eta": "learning_rate",
    "lr": "learning_rate",
    "theta": "x",
    "eps": "epsilon",
}
RATE, POINT, GRADIENT, STEP = "learning_rate", "x", "g", "t"
#: what a rule is given and cannot assign to
GIVEN = (RATE, STEP)

#: letters that carry their mark in one character
_MARKED = "".join(
    chr(code) for code in range(0xC0, 0x1EFA) if (parts := unicodedata.normalize("NFD", chr(code)))[1:] in MARKS
    and parts[0].isascii()
)  # fmt: skip
RULES = Language(
    "rule",
    token_pattern(
        space=r"(?:[^\S\r\n]|[\u200b\u2060\u2061\ufeff]|\#[^\r\n]*)+",
        letters=_MARKED,
        marks="".join(MARKS),
        signs=r"\r?\n|[-−+*/]=|[<>=!:]=|[;<>≤≥≠←ᵗ]",
    ),
    LONGEST_RULE,
)
_GROUP = re.compile(rf"[^\W\d_][{''.join(MARKS)}]*[0-9]*")


def canonical(name: str) -> str:
    """The one spelling of a name: `β1`, `β₁` and `beta1` are `beta1`, `m̂` is `m_hat`, `η` is `learning_rate`."""
    spelt, marks = [], []
    for character in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name)):
        if character in MARKS:
            marks.append(MARKS[character])
        else:
            spelt.append(GREEK.get(character, character))
    found = "_".join(["".join(spelt), *marks])
    return SAME.get(found, found)


def letters_of(name: str) -> list[str]:
    """The letters that a name is made of, each with its marks and its index: `β1m̂` is β1 and m̂."""
    return _GROUP.findall(unicodedata.normalize("NFD", name))


def is_written_in_letters(name: str) -> bool:
    """Whether a name looks like single letters side by side, as `ηm̂` does and `momentum` does not."""
    plain = unicodedata.normalize("NFD", name)
    strange = any(character in GREEK or character in MARKS for character in plain)
    return strange and "_" not in plain and len(letters_of(name)) > 1


def symbol(name: str) -> str:
    """A canonical name as it is printed: `beta1` as β₁, `m_hat` as m̂, `learning_rate` as η."""
    if name == RATE:
        return "η"
    head, *suffixes = name.split("_")
    match = re.fullmatch(r"([A-Za-z]+)([0-9]*)", head)
    if match is None:
        return name
    letters, index = match.groups()
    shown = _LETTERS.get(letters, letters)
    rest = []
    for suffix in suffixes:
        mark = next((mark for mark, word in MARKS.items() if word == suffix), "")
        if mark and len(shown) == 1:
            shown += mark
        else:
            rest.append(suffix)
    return "_".join([shown + index.translate(_SUBSCRIPTS), *rest])
