"""Why a network does not learn, and what to try: a warning with its measured causes and its remedies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.engine.network.ailing import Chain, LayerWarning, Treatment
from workbench.engine.network.health import HealthWatch
from workbench.engine.network.known_ailments import ailments, remedies
from workbench.engine.network.looking import Look
from workbench.engine.network.network_statistic import NetworkStatistic, is_of_networks
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics


@dataclass(frozen=True, slots=True)
class Why:
    """A warning taken apart.

    Attributes:
        warning: which one.
        step: the state that the causes were measured at.
        chain: the measured causes.
        treatments: what may help, the likeliest first.
    """

    warning: LayerWarning
    step: int
    chain: Chain
    treatments: tuple[Treatment, ...]


def why(race: Race, warning: LayerWarning) -> Why | None:
    """The causes of a warning at the race's present state, and what may help; None where there is no such run."""
    if not is_of_networks(race.problem) or not 0 <= warning.run < race.problem.runs:
        return None
    look, ailment = Look(race, warning.run), ailments.get(warning.key)()
    wanted = ailment.remedies
    if warning.key == "vanishing" and warning.value == 0.0:  # exactly: units below it are dead
        wanted = ailments.get("dead").remedies
    found = (remedies.get(key)().treat(look, warning) for key in wanted)
    return Why(warning, race.step, ailment.chain(look, warning), tuple(t for t in found if t is not None))


@statistics.register("why")
class WhyStatistic(NetworkStatistic):
    """What `why` gives of the warning of an ailment (key) in a run and a layer; None where it is there no longer."""

    refresh, rest = 0.5, 15.0

    def __init__(self) -> None:
        self._watch: tuple[Race | None, HealthWatch] = (None, HealthWatch())

    def compute(self, race: Race, given: Any, *, running: bool) -> Why | None:
        key, run, layer = given
        if self._watch[0] is not race:
            self._watch = (race, HealthWatch())
        found = [w for w in self._watch[1].look(race).now if (w.key, w.run) == (key, run)]
        return why(race, min(found, key=lambda w: (w.layer != layer, w.layer))) if found else None

    def let_go(self, race: Race) -> None:
        if self._watch[0] not in (None, race):
            self._watch = (None, HealthWatch())
