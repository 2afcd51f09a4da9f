"""Statistics that a view asks for by name, computed beside the race and only while the view is visible.

A demand is a name with its arguments, as plain values; what it gives goes into `Snapshot.extras` under the name. What
there is to ask for, and how it is computed, is declared in the engine (`workbench.engine.race.statistic`).
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from workbench.engine.problem import Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, declared, ground

#: (problem, names asked for): the statistics
ThereAre = Callable[[Problem, Collection[str]], Iterable[type[Statistic]]]


class Cache:
    """Computes demanded statistics when they are stale, and hands out the last ones in between.

    They are computed among the steps, never while the window waits for a snapshot.
    """

    def __init__(self, there_are: ThereAre = declared) -> None:
        """`there_are` gives the statistics that a race may have of those that are asked for."""
        self._there_are = there_are
        self._made: dict[str, Statistic] = {}
        self._found: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._rest_until: dict[str, float] = {}

    def current(self, race: Race) -> dict[str, Any]:
        """The statistics computed last that still belong to this race's problem.

        Those that follow the steps are of as many runs, too. While it mirrors another race, those that need its state
        are not among them: the last ones are of another step.
        """
        return {
            name: value
            for name, value in self._found.items()
            if self._keys[name][0] == _here(self._made[name], race) and _can_be_known(self._made[name], race)
        }

    def stale(self, race: Race, demands: Mapping[str, Any], *, running: bool) -> list[str]:
        """The demanded statistics that are missing or out of date, and not resting."""
        return [kind.key for kind, _ in self._stale(race, demands, running=running)]

    def refresh(self, race: Race, demands: Mapping[str, Any], *, running: bool) -> None:
        """Compute what is stale."""
        self._let_go(race, demands)
        for kind, key in self._stale(race, demands, running=running):
            name, began = kind.key, time.monotonic()
            if name not in self._made:
                self._made[name] = kind()
            # one that fails is not tried again until what it depends on is another
            self._keys[name] = key
            self._found.pop(name, None)
            self._found[name] = self._made[name].compute(race, demands[name], running=running)
            now = time.monotonic()
            self._rest_until[name] = now + max(kind.refresh, kind.rest * (now - began))

    def _let_go(self, race: Race, demands: Mapping[str, Any]) -> None:
        """A race that was replaced would otherwise stay in memory with all the states that it keeps."""
        for name, made in tuple(self._made.items()):
            made.let_go(race)
            if made.only_while_demanded and name not in demands:
                for kept in (self._made, self._found, self._keys):
                    kept.pop(name, None)

    def _stale(
        self, race: Race, demands: Mapping[str, Any], *, running: bool
    ) -> list[tuple[type[Statistic], tuple[Any, ...]]]:
        """What is stale, with what it depends on. The window's thread asks, too: here nothing is changed."""
        wanted, now = self._wanted(race, demands), time.monotonic()
        found = []
        for kind, key in wanted:
            known = self._keys.get(kind.key)
            if known == key and self._is_whole(kind.key, race):
                continue
            # a rest is for what follows the race's steps: another question is answered at once
            resting = running and now < self._rest_until.get(kind.key, 0.0)
            if not (resting and known is not None and known[:3] == key[:3]):
                found.append((kind, key))
        return found

    def _is_whole(self, name: str, race: Race) -> bool:
        """Whether there is nothing left to do at a statistic that is worked at in pieces."""
        made = self._made.get(name)  # looked at once: the other thread may just be giving it up
        return made is not None and made.is_whole(race)

    def _wanted(self, race: Race, demands: Mapping[str, Any]) -> list[tuple[type[Statistic], tuple[Any, ...]]]:
        """The demanded statistics that the race has, and what each depends on.

        That is the problem and what was given with the demand; where it follows the steps, also the race, the step, and
        the settings by which the next one is taken: those may change where the race stands.
        """
        return [
            (kind, (_here(kind, race), demands[kind.key], *(_stand(race) if kind.follows_steps else ())))
            for kind in self._there_are(race.problem, demands)
            if kind.key in demands and kind.applies(race.problem) and _can_be_known(kind, race)
        ]


class _Very:
    """Equal to another one of the very same thing, however alike others are."""

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Very) and self._thing is other._thing

    def __hash__(self) -> int:
        return id(self._thing)


def _here(statistic: Statistic | type[Statistic], race: Race) -> Any:
    """What a statistic must be of to be shown with a race."""
    return (ground(race), race.problem.runs) if statistic.follows_steps else ground(race)


def _stand(race: Race) -> tuple[Any, ...]:
    """The race, and where it stands under which settings: others are another dictionary."""
    return weakref.ref(race), _Very(race.rules), race.step


def _can_be_known(statistic: Statistic | type[Statistic], race: Race) -> bool:
    """Whether the race has what the statistic needs: one that mirrors another race has neither gradient nor state."""
    return race.mirrored_rates is None or not statistic.needs_state
