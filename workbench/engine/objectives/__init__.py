"""Objective functions, and the problem and the pictures of one.

Importing the package files every one of them in `objectives`.
"""

from workbench.engine.objectives import bowls, curves, humps, lattices, multimodal, quadratics, saddles, typed, valleys
from workbench.engine.objectives.base import Minimum, Objective, objectives

__all__ = [
    "Minimum",
    "Objective",
    "bowls",
    "curves",
    "humps",
    "lattices",
    "multimodal",
    "objectives",
    "quadratics",
    "saddles",
    "typed",
    "valleys",
]
