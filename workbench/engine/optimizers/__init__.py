"""Optimizers. Importing the package files every one of them in `optimizers`."""

from workbench.engine.optimizers import adaptive, gradient
from workbench.engine.optimizers.base import Optimizer, optimizers

__all__ = ["Optimizer", "adaptive", "gradient", "optimizers"]
