"""From how many starts on a race is a swarm: its runs are drawn together, and told lane by lane."""

from __future__ import annotations

from workbench.engine.race.medians import FEW
from workbench.engine.race.snapshot import RaceInfo

__all__ = ["FEW", "is_swarm"]


def is_swarm(info: RaceInfo) -> bool:
    """Whether there are too many starts for a path, a ring and a line each."""
    return info.starts > FEW
