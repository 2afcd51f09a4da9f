"""All ailments and remedies that there are: whoever asks for one asks here, so that each is filed by then."""

from __future__ import annotations

from workbench.engine.network import ailments as _of_layers
from workbench.engine.network import remedies as _remedies
from workbench.engine.network import run_ailments as _of_runs
from workbench.engine.network.ailing import ailments, remedies

__all__ = ["MODULES", "ailments", "remedies"]

#: where they are declared
MODULES = (_of_layers, _of_runs, _remedies)
