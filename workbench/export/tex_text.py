"""Text for LaTeX: nothing in it is a command, and signs that its fonts lack are commands that draw them."""

from __future__ import annotations

import unicodedata

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "…": r"\ldots{}", "–": "--", "—": "---", "“": "``", "”": "''",
    "‘": "`", "’": "'", "‰": r"\textperthousand{}",
}  # fmt: skip
#: Signs of mathematics that text has, as commands of mathematics.
_MATH = {
    "−": "-", "·": r"\cdot", "⋅": r"\cdot", "∙": r"\cdot", "×": r"\times", "±": r"\pm", "√": r"\surd", "∞": r"\infty",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∂": r"\partial", "∇": r"\nabla", "‖": r"\Vert",
    "∣": r"\mid", "∈": r"\in", "∝": r"\propto", "⊙": r"\odot", "∗": r"\ast", "→": r"\to", "←": r"\leftarrow",
    "↔": r"\leftrightarrow", "↑": r"\uparrow", "↓": r"\downarrow", "⌊": r"\lfloor", "⌋": r"\rfloor", "′": "'",
    "⋯": r"\cdots", "∑": r"\sum",
    "∏": r"\prod", "∫": r"\int", "°": r"^\circ", "µ": r"\mu", "ς": r"\varsigma", "ε": r"\varepsilon", "φ": r"\varphi",
    "ϵ": r"\epsilon", "ϕ": r"\phi", "ϑ": r"\vartheta", "ο": "o",
}  # fmt: skip
#: Marks over the sign before them.
_OVER = {"\u0302": r"\hat", "\u0304": r"\bar", "\u0303": r"\tilde", "\u0307": r"\dot"}
#: Kinds of signs that Unicode makes of others, and what mathematics has for them; the slash of its fractions.
_KINDS = {"<super>": "^", "<sub>": "_", "<fraction>": ""}
_SLASH = "\u2044"
#: Greek capitals that mathematics has commands for; the others look like Latin ones.
_CAPITALS = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ")
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))


def tex_text(text: str) -> str:
    """A line of text, whatever was typed, as LaTeX draws it: by pdflatex, lualatex or xelatex.

    Latin letters stay, with their accents; those of other scripts do, too, and need a font that has them.
    """
    parts: list[str] = []
    for sign in " ".join(unicodedata.normalize("NFC", text).split()):
        over = _OVER.get(sign)
        if over is not None and parts:
            parts.append(_in_math(f"{over}{{{_bare(parts.pop())}}}"))
        else:
            parts.append(_sign(sign))
    return "".join(parts)


def _sign(sign: str) -> str:
    if sign in _SPECIAL:
        return _SPECIAL[sign]
    command = _MATH.get(sign) or _greek(sign) or _raised(sign)
    return _in_math(command) if command else sign


def _in_math(command: str) -> str:
    return rf"\ensuremath{{{command}}}"


def _bare(part: str) -> str:
    """The command again, of what was put into mathematics."""
    return part.removeprefix(r"\ensuremath{").removesuffix("}") if part.startswith(r"\ensuremath{") else part


def _greek(sign: str) -> str:
    """The command of a Greek letter without accents, nothing of any other sign."""
    if sign in _LATIN_CAPITALS:
        return rf"\mathrm{{{_LATIN_CAPITALS[sign]}}}"
    kind, _, name = unicodedata.name(sign, "").partition(" LETTER ")
    name = name.lower().replace("lamda", "lambda")
    if kind == "GREEK SMALL" and name.isalpha():
        return rf"\{name}"
    return rf"\{name.capitalize()}" if sign in _CAPITALS else ""


def _raised(sign: str) -> str:
    """A digit, sign or letter that is raised or lowered, or a fraction, by its plain ones; nothing of any other."""
    kind, _, plain = unicodedata.decomposition(sign).partition(" ")
    signs = [chr(int(code, 16)) for code in plain.split()] if kind in _KINDS else []
    if kind == "<fraction>" and len(signs) > 2:
        above, _, below = "".join(signs).partition(_SLASH)
        return rf"\frac{{{above}}}{{{below}}}"
    return f"{_KINDS[kind]}{{{_bare(_sign(signs[0]))}}}" if len(signs) == 1 else ""
