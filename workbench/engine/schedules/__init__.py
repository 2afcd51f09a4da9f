"""Schedules of the learning rate.

Importing the package files every one of them in `schedules`, in the order of the imports here.
"""

from workbench.engine.schedules import decays  # noqa: I001 - the order is the catalogue's
from workbench.engine.schedules import cosines
from workbench.engine.schedules import plateau
from workbench.engine.schedules.base import Schedule, curve, schedules

__all__ = ["Schedule", "cosines", "curve", "decays", "plateau", "schedules"]
