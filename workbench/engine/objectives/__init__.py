"""Objective functions, the problem that one is, and the heights over two parameters of any problem.

Importing the package files every one of them in `objectives`.
"""

from workbench.engine.objectives import (
    bowls,
    curves,
    humps,
    lattices,
    memory,
    multimodal,
    quadratics,
    saddles,
    typed,
    valleys,
)
from workbench.engine.objectives.base import Minimum, Objective, objectives

__all__ = [
    "Minimum",
    "Objective",
    "bowls",
    "curves",
    "humps",
    "lattices",
    "memory",
    "multimodal",
    "objectives",
    "quadratics",
    "saddles",
    "typed",
    "valleys",
]
