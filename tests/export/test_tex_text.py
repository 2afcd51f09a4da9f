"""Text for LaTeX: no command of its own, no sign that its fonts lack."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.export.tex_text import tex_text

GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωΓΔΘΛΞΠΣΥΦΨΩΑΒΕΖΗΙΚΜΝΟΡΤΧ"
SIGNS = "−·×±√∞≤≥≠≈∂∇‖∈∝⊙→←↑↓⌊⌋′½¼⅓⅞²³¹⁰⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃ᵗᵢ°µ‰…–—“”‘’"
TYPED = "\\{}$&#_%^~<>|\"'`@!?*()[]=+-/:;,."


def test_what_tex_would_take_for_a_command_is_text():
    assert tex_text(r"a_b 50 % $x$ #1 {q} \end & ^ ~") == (
        r"a\_b 50 \% \$x\$ \#1 \{q\} \textbackslash{}end \& \textasciicircum{} \textasciitilde{}"
    )
    assert tex_text("two\nlines\u202fthere") == "two lines there"


def test_signs_of_mathematics_are_commands():
    assert tex_text("η = 10⁻³") == r"\ensuremath{\eta} = 10\ensuremath{^{-}}\ensuremath{^{3}}"
    assert tex_text("β₁ · m̂") == r"\ensuremath{\beta}\ensuremath{_{1}} \ensuremath{\cdot} \ensuremath{\hat{m}}"
    assert tex_text("η̂") == r"\ensuremath{\hat{\eta}}"
    assert tex_text("½ ⅞ Α Λ ς") == (
        r"\ensuremath{\frac{1}{2}} \ensuremath{\frac{7}{8}} \ensuremath{\mathrm{A}} \ensuremath{\Lambda} "
        r"\ensuremath{\varsigma}"
    )
    assert tex_text("Müller, né") == "Müller, né"


def test_nothing_greek_and_no_sign_is_left():
    """Fonts of LaTeX lack them: pdflatex stops there, lualatex leaves them out."""
    assert all(sign.isascii() for sign in tex_text(GREEK + SIGNS))


@given(st.text(st.sampled_from(GREEK + SIGNS + TYPED + "aZ0 \u0302\u0304éü"), max_size=40))
def test_braces_match_whatever_is_typed(text):
    made = tex_text(text).replace(r"\{", "").replace(r"\}", "")
    depth = 0
    for sign in made:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="there is no LaTeX here")
def test_latex_draws_all_of_it(tmp_path):
    """No sign stops it, none is missing."""
    lines = [tex_text(text) for text in (GREEK, SIGNS, TYPED, "m̂ η̂ x̄ (né, Müller)", r"\relax \undefined {x} $y_2^3$")]
    body = "\n\n".join(lines)
    document = f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (tmp_path / "a.tex").write_text(document, encoding="utf-8")
    call = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    made = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert made.returncode == 0, made.stdout[-600:]
    assert "Missing character" not in made.stdout + (tmp_path / "a.log").read_text("utf-8", errors="replace")
