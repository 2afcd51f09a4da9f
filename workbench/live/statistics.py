"""Statistics that a view asks for by name, computed beside the race and only while the view is visible.

A demand is a name with its arguments, as plain values; what it gives goes into `Snapshot.extras` under the name.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from workbench.engine.landscape import surface
from workbench.engine.network.fit import fit
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.race import Race

#: Seconds between two computations of a statistic that changes with every step, while the race runs.
_REFRESH = 0.1


class Cache:
    """Computes demanded statistics when they are stale, and hands out the last ones in between."""

    def __init__(self) -> None:
        self._surface: tuple[Any, Any] = (None, None)
        self._fit: tuple[Any, Any] = (None, None)
        self._fit_at = 0.0

    def compute(self, race: Race, generation: int, demands: Mapping[str, Any], *, running: bool) -> dict[str, Any]:
        """The demanded statistics of the race as it stands."""
        found: dict[str, Any] = {}
        if "surface" in demands and race.problem.size == 2:
            x_range, y_range, grid = demands["surface"]
            # The surface belongs to the problem: dragging a start or changing a lane leaves it as it is.
            key = (_ground(race), x_range, y_range, grid)
            if self._surface[0] != key:
                self._surface = (key, surface(race.problem, x_range, y_range, grid))
            found["surface"] = self._surface[1]
        if "fit" in demands and isinstance(race.problem, NetworkProblem):
            key = (generation, race.step, demands["fit"])
            now = time.monotonic()
            same_race = self._fit[0] is not None and self._fit[0][0] == generation
            rested = now - self._fit_at >= _REFRESH
            if self._fit[0] != key and (not running or not same_race or rested):
                self._fit = (key, fit(race.problem, race.theta, *demands["fit"]))
                self._fit_at = now
            found["fit"] = self._fit[1]
        return found


def _ground(race: Race) -> Any:
    """What the surface of a problem depends on."""
    objective = getattr(race.problem, "objective", None)
    if objective is None:
        return id(race.problem)
    return (objective.key, tuple(getattr(objective, p.name) for p in objective.params))
