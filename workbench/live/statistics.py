"""Statistics that a view asks for by name, computed beside the race and only while the view is visible.

A demand is a name with its arguments, as plain values; what it gives goes into `Snapshot.extras` under the name.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from workbench.engine.checks.gradient_check import CheckReport, CheckRequest, GradientCheck
from workbench.engine.network.diagram import diagram
from workbench.engine.network.explain import explain
from workbench.engine.network.fit import confusion, fit
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.network.report import HealthWatch, layers_report
from workbench.engine.network.survey import PlaneRequest, Survey
from workbench.engine.objectives.landscape import curve, surface
from workbench.engine.race.race import Race

#: Seconds from one computation of a statistic that changes with every step to the next, while the race runs.
_REFRESH = {
    "fit": 0.1,
    "fits": 0.15,
    "confusion": 0.2,
    "backpropagation": 0.15,
    "layers": 0.2,
    "diagram": 0.2,
    "health": 0.5,
    "plane": 0.02,
    "gradient_check": 0.02,
}
#: While the race runs, a statistic rests for at least so many times what its computation took.
_REST = {
    "fit": 4.0,
    "fits": 6.0,
    "confusion": 9.0,
    "backpropagation": 9.0,
    "layers": 9.0,
    "diagram": 9.0,
    "health": 24.0,
    "plane": 7.0,
    "gradient_check": 3.0,
}
#: Seconds of one piece of what is worked at in pieces, while the race runs and while it rests.
_PIECE, _PIECE_AT_REST = 0.004, 0.03


class Cache:
    """Computes demanded statistics when they are stale, and hands out the last ones in between.

    They are computed among the steps, never while the window waits for a snapshot.
    """

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._rest_until: dict[str, float] = {}
        self._watch: tuple[Any, HealthWatch] = (None, HealthWatch())
        self._survey: tuple[Any, Survey] = (None, Survey(PlaneRequest()))
        self._check: tuple[Any, GradientCheck | None] = (None, None)
        self._computed: dict[str, Callable[..., Any]] = {
            "surface": lambda race, *given: surface(race.problem, *given),
            "curve": lambda race, *given: curve(race.problem, *given),
            "fit": lambda race, *given: fit(race.problem, race.theta, *given),
            "layers": layers_report,
            "diagram": diagram,
            "health": self._look_at_health,
            "fits": lambda race, *runs: tuple(fit(race.problem, race.theta, run, judged=False) for run in runs),
            "confusion": lambda race, *given: confusion(race.problem, race.theta, *given),
            "backpropagation": lambda race, *given: explain(race.problem, race.theta, race.step, *given),
        }

    def current(self, race: Race) -> dict[str, Any]:
        """The statistics computed last that still belong to this race's problem."""
        ground = _ground(race)
        return {name: value for name, value in self._found.items() if self._keys[name][0] == ground}

    def stale(self, race: Race, demands: Mapping[str, Any], *, running: bool) -> list[str]:
        """The demanded statistics that are missing or out of date, and not resting."""
        keys, now = self._wanted(race, demands), time.monotonic()
        names = []
        for name, key in keys.items():
            known = self._keys.get(name)
            if known == key and self._is_whole(name, race):
                continue
            # a rest is for what follows the race's steps: another question is answered at once
            resting = running and now < self._rest_until.get(name, 0.0)
            if not (resting and known is not None and known[:2] == key[:2]):
                names.append(name)
        return names

    def refresh(self, race: Race, demands: Mapping[str, Any], *, running: bool) -> None:
        """Compute what is stale."""
        self._let_go_of_others(race)
        keys = self._wanted(race, demands)
        if "gradient_check" not in demands:
            self._check = (None, None)  # nobody looks: what it holds goes
            self._found.pop("gradient_check", None)
            self._keys.pop("gradient_check", None)
        for name in self.stale(race, demands, running=running):
            began = time.monotonic()
            # one that fails is not tried again until what it depends on is another
            self._keys[name] = keys[name]
            self._found.pop(name, None)
            if name == "plane":
                self._found[name] = self._work_at_plane(race, demands[name], running=running)
            elif name == "gradient_check":
                self._found[name] = self._work_at_check(race, keys[name], running=running)
            else:
                self._found[name] = self._computed[name](race, *demands[name])
            now = time.monotonic()
            self._rest_until[name] = now + max(_REFRESH.get(name, 0.0), _REST.get(name, 0.0) * (now - began))

    def _let_go_of_others(self, race: Race) -> None:
        """A race that was replaced would otherwise stay in memory with all the states that it keeps."""
        if self._watch[0] not in (None, race):
            self._watch = (None, HealthWatch())
        if self._survey[0] not in (None, race):
            self._survey = (None, Survey(PlaneRequest()))

    def _look_at_health(self, race: Race) -> Any:
        if self._watch[0] is not race:
            self._watch = (race, HealthWatch())
        return self._watch[1].look(race)

    def _work_at_plane(self, race: Race, request: PlaneRequest, *, running: bool) -> Any:
        if self._survey[0] is not race or self._survey[1].request != request:
            self._survey = (race, Survey(request))
        seconds = _PIECE if running else _PIECE_AT_REST
        return self._survey[1].work(race, seconds, resting=not running)

    def _work_at_check(self, race: Race, key: Any, *, running: bool) -> CheckReport:
        """Go on with the check of the point that the race stood at when it was asked for."""
        known, check = self._check
        if check is None or known != key:
            request: CheckRequest = key[1][0]
            check = GradientCheck(race.problem, race.theta, race.step, request)
            self._check = (key, check)
        return check.work(_PIECE if running else _PIECE_AT_REST)

    def _is_whole(self, name: str, race: Race) -> bool:
        """Whether there is nothing left to do at a statistic that is worked at in pieces."""
        if name == "plane":
            return self._survey[1].is_current(race)
        if name == "gradient_check":
            check = self._check[1]  # looked at once: the window's thread asks, too
            return check is not None and check.done
        return True

    def _wanted(self, race: Race, demands: Mapping[str, Any]) -> dict[str, Any]:
        """What each demanded statistic depends on: the problem, the arguments, and the step where it follows it."""
        ground = _ground(race)
        wanted: dict[str, Any] = {}
        if "surface" in demands and race.problem.size == 2:
            # dragging a start or changing a lane leaves the surface as it is
            wanted["surface"] = (ground, demands["surface"])
        if "curve" in demands and race.problem.size == 1:
            wanted["curve"] = (ground, demands["curve"])
        if "gradient_check" in demands:
            wanted["gradient_check"] = (ground, demands["gradient_check"])
        if isinstance(race.problem, NetworkProblem):
            for name in ("fit", "fits", "confusion", "backpropagation", "layers", "diagram", "health", "plane"):
                if name in demands:
                    wanted[name] = (ground, demands[name], race.step)
        return wanted


def _ground(race: Race) -> Any:
    """What the surface of a problem depends on."""
    objective = getattr(race.problem, "objective", None)
    if objective is None:
        return weakref.ref(race.problem)  # not its id, which another problem has when this one is gone
    return (objective.key, objective.in_force)
