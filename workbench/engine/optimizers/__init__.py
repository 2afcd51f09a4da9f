"""Optimizers: the rules that turn gradients into steps.

Importing the package files every one of them in `optimizers`, in the order of the imports here.
"""

from workbench.engine.optimizers import gradient  # noqa: I001 - the order is the catalogue's
from workbench.engine.optimizers import adaptive
from workbench.engine.optimizers import adam_family
from workbench.engine.optimizers import sign
from workbench.engine.optimizers import averaging
from workbench.engine.optimizers import shaped
from workbench.engine.optimizers import second_order
from workbench.engine.optimizers import typed
from workbench.engine.optimizers.base import Optimizer, optimizers

__all__ = [
    "Optimizer",
    "adam_family",
    "adaptive",
    "averaging",
    "gradient",
    "optimizers",
    "second_order",
    "shaped",
    "sign",
    "typed",
]
