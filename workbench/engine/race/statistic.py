"""What can be asked about a race beside its steps, declared where it is computed: a class filed in `statistics`.

A new one is such a class; where it stands in a module that has none yet, the module's name is added below.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

from workbench.engine.problem import Problem
from workbench.engine.race.race import Race
from workbench.engine.registry import Registry

#: The modules that declare statistics, in the order in which these are computed.
_OF_ANY_PROBLEM: tuple[str, ...] = (
    "workbench.engine.objectives.landscape",
    "workbench.engine.objectives.stationary",
    "workbench.engine.checks.gradient_check",
    "workbench.engine.race.anatomy",
    "workbench.engine.race.moment",
    "workbench.engine.curvature.report",
    "workbench.engine.race.trail",
)
#: Those of one statistic that is seldom asked for, by its key: they are loaded with the first question.
_SELDOM = {
    "workbench.engine.checks.gradient_check": "gradient_check",
    "workbench.engine.race.anatomy": "anatomy",
    "workbench.engine.race.trail": "trail",
    "workbench.engine.race.moment": "moment",
    "workbench.engine.curvature.report": "curvature",
}
#: Those of statistics that only networks have: a race of an objective does not load them.
_OF_NETWORKS: tuple[str, ...] = (
    "workbench.engine.network.fit",
    "workbench.engine.network.prediction",
    "workbench.engine.network.explain",
    "workbench.engine.network.report",
    "workbench.engine.network.health",
    "workbench.engine.network.why",
    "workbench.engine.network.diagram",
    "workbench.engine.network.survey",
)
#: Those of objectives that are no landscape themselves.
_OF_MANY_PARAMETERS: tuple[str, ...] = ("workbench.engine.network.survey", "workbench.engine.objectives.pairs")
#: Seconds of one piece of what is worked at in pieces, while the race runs and while it rests.
_PIECE, _PIECE_AT_REST = 0.004, 0.03


class Statistic:
    """One statistic: how it is computed, how long it rests, and what it depends on.

    Whoever computes it makes an instance of his own and keeps it, so that it may remember what it found before; all but
    `is_whole` is called in one thread. What an instance keeps of a race it keeps in memory: see `let_go`.

    Attributes:
        key: the name by which it is asked for.
        refresh: seconds from one computation to the next while the race runs.
        rest: while the race runs, it rests for at least so many times what its computation took.
        follows_steps: whether it is another at another step; if not, it depends on the problem and the question alone.
        needs_state: whether it needs gradient or optimizers' state, which a race that mirrors another one has not.
        only_while_demanded: whether it is given up with all that it keeps as soon as nobody asks for it.
    """

    key: ClassVar[str]
    refresh: ClassVar[float] = 0.0
    rest: ClassVar[float] = 0.0
    follows_steps: ClassVar[bool] = False
    needs_state: ClassVar[bool] = False
    only_while_demanded: ClassVar[bool] = False

    @classmethod
    def applies(cls, problem: Problem) -> bool:  # noqa: ARG003 - for subclasses
        """Whether races of this problem have it."""
        return True

    def compute(self, race: Race, given: Any, *, running: bool) -> Any:
        """The statistic of the race's present state for what was `given` with the demand, most often arguments.

        One that is worked at in pieces goes on for about `piece(running)` seconds and gives what it knows.
        """
        raise NotImplementedError

    def is_whole(self, race: Race) -> bool:
        """Whether nothing is left to do at what was computed last; other threads ask, too."""
        return True

    def let_go(self, race: Race) -> None:
        """Forget every race but this one, which has replaced it: with its states it can be hundreds of megabytes."""


statistics: Registry[Statistic] = Registry("statistic")


def declared(problem: Problem, asked: Collection[str] | None = None) -> tuple[type[Statistic], ...]:
    """The statistics that races of this problem may have, in the order in which they are computed.

    Where it is said which are `asked` for, those of the others may be missing that would have to be loaded first.
    """
    more = _OF_NETWORKS
    if hasattr(problem, "objective"):
        more = _OF_MANY_PARAMETERS if problem.size > 2 else ()
    modules = _OF_ANY_PROBLEM + more
    if asked is not None:
        modules = tuple(module for module in modules if _SELDOM.get(module) in {None, *asked})
    return _filed(modules)


def all_declared() -> tuple[type[Statistic], ...]:
    """Every statistic there is."""
    return _filed(tuple(dict.fromkeys(_OF_ANY_PROBLEM + _OF_NETWORKS + _OF_MANY_PARAMETERS)))


@cache
def _filed(modules: tuple[str, ...]) -> tuple[type[Statistic], ...]:
    """What the modules declare, in their order, in whichever order they were loaded."""
    for module in modules:
        import_module(module)
    return tuple(found for module in modules for found in statistics if found.__module__ == module)


def ground(race: Race) -> Any:
    """What the surface of a race's problem depends on: dragging a start or changing a lane leaves it as it is."""
    objective = getattr(race.problem, "objective", None)
    if objective is None:
        return weakref.ref(race.problem)  # not its id, which another problem has when this one is gone
    return (objective.key, objective.in_force)


def piece(running: bool) -> float:
    """Seconds to go on for with what is worked at in pieces."""
    return _PIECE if running else _PIECE_AT_REST
