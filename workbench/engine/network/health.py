"""What is wrong with layers and runs, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.ailing import LayerWarning
from workbench.engine.network.known_ailments import ailments
from workbench.engine.network.layer_measures import LayerStatistics
from workbench.engine.network.looking import Look, Passage
from workbench.engine.network.network_statistic import NetworkStatistic, is_of_networks
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.network.report import statistics_of
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics

Floats = NDArray[np.floating[Any]]

#: bounds of the RMS gradient of a layer that learns
VANISHING_BELOW = 1e-5
EXPLODING_ABOVE = 1e2
#: a layer vanishes only where others do not: its RMS gradient below this share of the largest layer's
VANISHING_SHARE = 1e-2
#: shares of units, and of units by samples, from which on a layer is warned of
DEAD_FROM = 0.5
SATURATED_FROM = 0.5
_BRIEF = 10  # rows of a bad stretch of the past that is not worth a word


def health(
    step: int, gradient_rms: Floats, statistics: LayerStatistics, alive: Sequence[bool] | NDArray[np.bool_]
) -> tuple[LayerWarning, ...]:
    """What is to be warned of at a step, by run and layer; diverged runs are left out.

    A layer vanishes when its RMS gradient (R, L) is below 1e-5 and far below the largest layer's: where all are small,
    the network has learned. It explodes above 1e2. It is dead or saturated when half of it is.
    """
    found: list[LayerWarning] = []
    largest = np.fmax.reduce(gradient_rms, axis=1)
    for run in np.flatnonzero(alive):
        for layer in range(gradient_rms.shape[1]):
            rms = float(gradient_rms[run, layer])
            dead, saturated = float(statistics.dead[run, layer]), float(statistics.saturated[run, layer])
            if _vanishes(rms, largest[run]):
                found.append(LayerWarning("vanishing", int(run), layer, step, rms))
            if rms > EXPLODING_ABOVE:
                found.append(LayerWarning("exploding", int(run), layer, step, rms))
            if dead >= DEAD_FROM:
                found.append(LayerWarning("dead", int(run), layer, step, dead))
            if saturated >= SATURATED_FROM:
                found.append(LayerWarning("saturated", int(run), layer, step, saturated))
    return tuple(found)


def _vanishes(rms: Any, largest: Any) -> Any:
    """Whether a layer of that RMS gradient vanishes beside the largest layer's; numbers or arrays."""
    return (rms < VANISHING_BELOW) & (rms < VANISHING_SHARE * largest)


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What is wrong with runs and layers `now`, with the step since when, and what was for a while in the `past`."""

    now: tuple[LayerWarning, ...] = ()
    past: tuple[LayerWarning, ...] = ()


class HealthWatch:
    """Looks at the layers of one race now and then.

    Vanishing and exploding are read from the history: the step is the one at which it began, whenever one looks. Dead
    and saturated units are not recorded: there the step is the one at which they were first seen.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int, int], int] = {}
        self._since: dict[tuple[str, int], int] = {}
        self._memory: dict[int, tuple[Passage, ...]] = {}

    def look(self, race: Race) -> HealthReport:
        """The warnings of the present state, and earlier ones, by run and layer."""
        if not is_of_networks(race.problem):
            return HealthReport()
        with np.errstate(all="ignore"):
            found = health(race.step, race.gradient_rms(), statistics_of(race), race.alive)
        stretches = _stretches(race)
        now = []
        for warning in found:
            key = (warning.key, warning.run, warning.layer)
            since = race.step
            if key in stretches:
                first, last, _ = stretches.pop(key)[-1]
                since = first if last == race.step else race.step
            elif warning.key in ("dead", "saturated"):
                since = min(self._seen.get(key, race.step), race.step)
            now.append(replace(warning, step=since))
        self._seen = {(w.key, w.run, w.layer): w.step for w in now}
        past = []
        for (name, run, layer), parts in stretches.items():
            first, _, value = max(parts, key=lambda part: part[1] - part[0])
            past.append(LayerWarning(name, run, layer, first, value))
        of_runs = self._of_runs(race)
        return HealthReport((*now, *_alone(race), *of_runs), tuple(sorted(past, key=lambda w: (w.run, w.layer))))

    def _of_runs(self, race: Race) -> list[LayerWarning]:
        """What the registry's ailments find of each run, with the step at which it was first seen to begin."""
        found = []
        for run in range(race.problem.runs):
            look = Look(race, run, self._memory)
            for ailment in ailments:
                if look.diverged and not ailment.of_diverged:
                    continue
                with np.errstate(all="ignore"):
                    fresh = ailment().find(look)
                for warning in fresh:
                    seen = self._since.get((warning.key, run), warning.step) if ailment.lasts else warning.step
                    found.append(replace(warning, step=min(seen, warning.step)))
        self._since = {(w.key, w.run): w.step for w in found}
        return found


def _alone(race: Race) -> list[LayerWarning]:
    """Layers that normalise single samples: they do so in every run and from the start, and it is said once."""
    found, said = [], set()
    for part in race.parts:
        if part.kind not in said and isinstance(part.problem, NetworkProblem):
            said.add(part.kind)
            share = 1.0 / part.problem.steps_per_epoch if part.problem.batch_size > 1 else 1.0
            places = (part.columns[layer] for layer in part.problem.normalised_alone)
            found += [LayerWarning("alone", part.rows.start, layer, 0, share) for layer in places]
    return found


def _stretches(race: Race) -> dict[tuple[Any, int, int], list[tuple[int, int, float]]]:
    """When gradients were too small or too large: first step, last step and the worst value of each stretch.

    By ailment, run and layer. A stretch that ended counts from ten recorded rows on.
    """
    view = race.history.view()
    count = int(np.searchsorted(view.steps, race.step, side="right"))
    steps, rms = view.steps[:count], view.values["gradient_rms"][:count]
    with np.errstate(invalid="ignore"):
        ill = {
            "vanishing": _vanishes(rms, np.fmax.reduce(rms, axis=2, keepdims=True)),
            "exploding": rms > EXPLODING_ABOVE,
        }
    found: dict[tuple[Any, int, int], list[tuple[int, int, float]]] = {}
    for name, mask in ill.items():
        for run, layer in np.argwhere(mask.any(axis=0)):
            own = mask[:, run, layer]
            edges = np.flatnonzero(np.diff(np.concatenate([[False], own, [False]]).astype(np.int8)))
            parts = []
            for first, stop in edges.reshape(-1, 2):
                if stop < count and stop - first < _BRIEF:
                    continue
                values = rms[first:stop, run, layer]
                worst = float(values.min() if name == "vanishing" else values.max())
                last = race.step if stop == count else int(steps[stop - 1])
                parts.append((int(steps[first]), last, worst))
            if parts:
                found[name, int(run), int(layer)] = parts
    return found


@statistics.register("health")
class HealthStatistic(NetworkStatistic):
    """What is wrong with the layers; nothing is given."""

    refresh, rest = 0.5, 24.0

    def __init__(self) -> None:
        self._watch: tuple[Race | None, HealthWatch] = (None, HealthWatch())

    def compute(self, race: Race, given: Any, *, running: bool) -> HealthReport:
        if self._watch[0] is not race:
            self._watch = (race, HealthWatch())
        return self._watch[1].look(race)

    def let_go(self, race: Race) -> None:
        if self._watch[0] not in (None, race):
            self._watch = (None, HealthWatch())
