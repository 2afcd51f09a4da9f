"""The signs of typed formulas: what a text may hold, as tokens, and which look-alikes mean the same.

Besides the signs of a keyboard these are the ones that books, and this program's own catalogue, print: `·`, `−`, `√`,
`½`, `x²`, `x₁`, `|x|`, Greek letters. Other languages on this grammar read the same tokens.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from workbench.engine.formula.faults import fault, shown

LONGEST_TEXT = 1000

_TIMES, _OVER, _MINUS = "*·×⋅∗∙•⨯⁎·\u2062", "/÷∕⁄", "-−–—‐‑‒﹣"
_SAME_SIGN = (
    dict.fromkeys(_TIMES, "*")
    | dict.fromkeys(_OVER, "/")
    | dict.fromkeys(_MINUS, "-")
    | {"**": "^", "ˆ": "^", "∣": "|"}
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
#: signs of letters that are written in two ways
_SAME_LETTER = {"µ": "μ", "ϕ": "φ", "ϵ": "ε", "ϑ": "θ", "ϱ": "ρ", "ϰ": "κ", "ℯ": "e"}
_LETTER = "A-Za-zα-ωΑ-Ω" + "".join(_SAME_LETTER)


def token_pattern(
    space: str = r"[\s\u200b\u2060\u2061\ufeff]+", letters: str = "", marks: str = "", signs: str = ""
) -> re.Pattern[str]:
    """The pattern of one token: what counts as a space, and what a language has besides the signs of all.

    `letters` may begin a name, `marks` stand within one, and `signs` is a pattern of signs of its own.
    """
    own = f"{signs}|" if signs else ""
    return re.compile(
        rf"(?P<space>{space})"
        r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        rf"|(?P<fraction>[{_FRACTIONS}])"
        rf"|(?P<name>[{_LETTER}_{letters}][{_LETTER}0-9_{_SUBSCRIPTS}{letters}{marks}]*)"
        rf"|(?P<super>[⁺⁻]?[{_SUPERSCRIPTS}]+)"
        r"|(?P<root>[√∛∜])"
        rf"|(?P<sign>{own}\*\*|[+^ˆ(),=|∣{re.escape(_TIMES + _OVER + _MINUS)}])"
    )


class Language(NamedTuple):
    """What is read: what a text of it is called, its tokens, and the most characters that it may have."""

    noun: str
    pattern: re.Pattern[str]
    longest: int


FORMULAS = Language("formula", token_pattern(), LONGEST_TEXT)
_PLAIN = str.maketrans(
    {
        **dict(zip(_SUPERSCRIPTS, "0123456789", strict=True)),
        **dict(zip(_SUBSCRIPTS, "0123456789", strict=True)),
        "⁻": "-",
        "⁺": "+",
        **_SAME_LETTER,
    }
)


class Token(NamedTuple):
    """A piece of a text.

    Attributes:
        kind: `number`, `fraction`, `name`, `super`, `root`, `sign` or `end`.
        text: what it says, look-alikes made one: a superscript is a whole number here.
        position, length: where it stands as it was typed.
        spaced: whether a space stands before it.
    """

    kind: str
    text: str
    position: int
    length: int
    spaced: bool


def tokens(text: str, language: Language = FORMULAS) -> list[Token]:
    """The pieces of a text, the last one its end. Raises FormulaError for a sign that the language does not have."""
    longest = language.longest
    if len(text) > longest:
        raise fault(f"the text is longer than {longest} characters", longest, len(text) - longest)
    found: list[Token] = []
    position, spaced = 0, False
    while position < len(text):
        match = language.pattern.match(text, position)
        if match is None:
            character = text[position]
            named = shown(character) if character.isprintable() else f"the character U+{ord(character):04X}"
            raise fault(f"a {language.noun} cannot contain {named}", position)
        kind, typed = str(match.lastgroup), match[0]
        if kind != "space":
            said = typed.translate(_PLAIN) if kind in {"name", "super"} else _SAME_SIGN.get(typed, typed)
            found.append(Token(kind, said, position, len(typed), spaced))
        spaced, position = kind == "space", match.end()
    return [*found, Token("end", "", len(text), 0, spaced)]


def fraction(token: Token) -> float:
    """The value of a sign such as ½, as near as a double comes to it."""
    top, bottom = unicodedata.normalize("NFKC", token.text).split("⁄")
    return int(top) / int(bottom)
