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
    """Computes demanded statistics when they are stale, and hands out the last ones in between.

    They are computed among the steps, never while the window waits for a snapshot.
    """

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._fit_at = 0.0

    def current(self, race: Race) -> dict[str, Any]:
        """The statistics computed last that still belong to this race's problem."""
        ground = _ground(race)
        return {name: value for name, value in self._found.items() if self._keys[name][0] == ground}

    def stale(self, race: Race, demands: Mapping[str, Any], *, running: bool) -> list[str]:
        """The demanded statistics that are missing or out of date."""
        keys = self._wanted(race, demands)
        names = [name for name, key in keys.items() if self._keys.get(name) != key]
        resting = running and time.monotonic() - self._fit_at < _REFRESH
        if "fit" in names and resting and self._keys.get("fit", (None,))[0] == keys["fit"][0]:
            names.remove("fit")
        return names

    def refresh(self, race: Race, demands: Mapping[str, Any], *, running: bool) -> None:
        """Compute what is stale."""
        keys = self._wanted(race, demands)
        for name in self.stale(race, demands, running=running):
            # one that fails is not tried again until what it depends on is another
            self._keys[name] = keys[name]
            self._found.pop(name, None)
            if name == "surface":
                x_range, y_range, grid = demands[name]
                self._found[name] = surface(race.problem, x_range, y_range, grid)
            elif isinstance(race.problem, NetworkProblem):
                self._found[name] = fit(race.problem, race.theta, *demands[name])
                self._fit_at = time.monotonic()

    def _wanted(self, race: Race, demands: Mapping[str, Any]) -> dict[str, Any]:
        """What each demanded statistic depends on, the problem first."""
        ground = _ground(race)
        wanted: dict[str, Any] = {}
        if "surface" in demands and race.problem.size == 2:
            # dragging a start or changing a lane leaves the surface as it is
            wanted["surface"] = (ground, demands["surface"])
        if "fit" in demands and isinstance(race.problem, NetworkProblem):
            wanted["fit"] = (ground, demands["fit"], race.step)
        return wanted


def _ground(race: Race) -> Any:
    """What the surface of a problem depends on."""
    objective = getattr(race.problem, "objective", None)
    if objective is None:
        return id(race.problem)
    return (objective.key, tuple(getattr(objective, p.name) for p in objective.params))
