"""Objective functions. Importing the package files every one of them in `objectives`."""

from workbench.engine.objectives import bowls, multimodal, saddles, valleys
from workbench.engine.objectives.base import Minimum, Objective, objectives

__all__ = ["Minimum", "Objective", "bowls", "multimodal", "objectives", "saddles", "valleys"]
