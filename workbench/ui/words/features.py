"""What a network reads, as one writes it by hand."""

from __future__ import annotations

import re

from workbench.engine.network.features import FEATURES

_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SQUARES = {"x1^2": "x₁²", "x2^2": "x₂²", "x1*x2": "x₁x₂"}


def input_sign(name: str) -> str:
    """A feature or a coordinate as x₁; the column of a person's own file stays as it is called there."""
    if name in FEATURES or re.fullmatch(r"x\d+", name):
        return _SQUARES.get(name, name.translate(_BELOW))
    return name
