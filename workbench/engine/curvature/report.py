"""How steep the ground is where a run stands, what its rule does on it, and how sharp it has become: a statistic."""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.curvature.regimes import Law
from workbench.engine.curvature.spectrum import Spectrum, SpectrumWork
from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, piece, statistics
from workbench.engine.side_by_side import part_of

Floats = NDArray[np.float64]

#: kept states whose sharpness is sought, evenly chosen: of large problems fewer; those of which it is remembered
_SOUGHT, _LEAST_SOUGHT, _REMEMBERED = 65, 9, 1024
#: products of a parameter with a sample that all of them may take; those that one state takes of each such pair
_PRODUCTS, _OF_A_STATE = 3e10, 400
#: coordinates of an objective up to which its whole spectrum is computed
_DENSE = 128


@dataclass(frozen=True, slots=True)
class CurvatureRequest:
    """Where: at a run's present point, or at a `point` of an objective; of all samples (`whole`) or the step's batch.

    `tracked` asks for the sharpness at the states that the race keeps, too.
    """

    run: int = 0
    whole: bool = True
    point: tuple[float, ...] = ()
    tracked: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """What is known.

    Attributes:
        request: what it answers.
        spectrum: the curvatures where the run stood last, None while they are being computed or where there are none.
        law: what the run's rule does on a quadratic at the rate in force, None of a rule of which it is not known.
        fault: why there is no spectrum: the run has `diverged`, or the second derivatives are no `numbers`.
        steps: (T,) at which the sharpness is known; sharpness: the largest eigenvalue (T,); edges: the one beyond which
            the rule in force at that step lets distances grow (T,), not a number where that is not known.
        size: P, of the run's own problem.
        whole: whether all that was asked for is known; it may still be being worked at.
    """

    request: CurvatureRequest
    spectrum: Spectrum | None
    law: Law | None
    fault: Literal["", "diverged", "numbers"]
    steps: NDArray[np.int64]
    sharpness: Floats
    edges: Floats
    size: int
    whole: bool = False


class _Track:
    """The sharpness of one run by step, as far as it is known."""

    def __init__(self, race: Race) -> None:
        self._rules = race.rules
        self.known: dict[int, float] = {}

    def follow(self, race: Race) -> None:
        """Forget what followed from rules that are no longer in force; of very many steps every second one."""
        if race.rules is not self._rules:
            old, new = self._rules, race.rules
            changed = [at for at in old.keys() | new.keys() if old.get(at) != new.get(at)]
            first = min(changed, default=0)
            self.known = {step: value for step, value in self.known.items() if not changed or step <= first}
            self._rules = new
        if len(self.known) > _REMEMBERED:
            self.known = {step: self.known[step] for step in sorted(self.known)[::2]}

    def missing(self, race: Race, run: int) -> Checkpoint | None:
        """A kept state whose sharpness is to be sought next: the one farthest from known ones."""
        kept = [c for c in race.checkpoints.up_to(race.step) if c.step < race.step and c.alive[run]]
        sizes = _OF_A_STATE * _size(race, run) * _samples(race, run)
        most = max(_LEAST_SOUGHT, min(_SOUGHT, int(_PRODUCTS / sizes)))
        if len(kept) > most:
            kept = [kept[i] for i in np.linspace(0, len(kept) - 1, most).round().astype(int)]
        sought = [c for c in kept if c.step not in self.known]
        if not sought or not self.known:
            return sought[0] if sought else None
        known = np.array(sorted(self.known))
        apart = [int(np.abs(known - c.step).min()) for c in sought]
        return sought[int(np.argmax(apart))]

    def arrays(self, race: Race, run: int) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Steps, sharpness and edges (T,) up to what the race has recorded."""
        steps = np.array([step for step in sorted(self.known) if step <= race.history.last], np.int64)
        sharpness = np.array([self.known[step] for step in steps.tolist()], np.float64)
        edges = np.full(len(steps), np.nan)
        rates = _rates(race, run, steps)
        begins = sorted(race.rules)
        found: dict[tuple[int, float], float] = {}
        for i, (step, rate) in enumerate(zip(steps.tolist(), rates.tolist(), strict=True)):
            key = begins[bisect_right(begins, step) - 1], rate  # most often the same for all of them
            if key not in found:
                law = Law.of(race.rules[key[0]][run // race.problem.starts], rate) if np.isfinite(rate) else None
                found[key] = np.nan if law is None else law.edge()
            edges[i] = found[key]
        for array in (steps, sharpness, edges):
            array.flags.writeable = False
        return steps, sharpness, edges


def _rates(race: Race, run: int, steps: NDArray[np.int64]) -> Floats:
    """The learning rate (T,) that the step behind each state takes: a row has that of the step which led to it."""
    rows = race.history.view()
    at = np.searchsorted(rows.steps, steps, side="right")
    now = float(race.rates()[run])
    known = np.append(rows.values["rate"][:, run], now)
    return np.where(steps == race.step, now, known[np.minimum(at, len(known) - 1)])


@statistics.register("curvature")
class CurvatureStatistic(Statistic):
    """The `Curvature` that the `CurvatureRequest` given asks for; worked at in pieces, the present point first."""

    refresh, rest, follows_steps = 0.02, 4.0, True

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._of: tuple[Race | None, CurvatureRequest | None] = (None, None)
        self._work: SpectrumWork | None = None
        self._is_past = False  # what is worked at is a state of the past
        self._track: _Track | None = None
        self._spectrum: Spectrum | None = None
        self._failed_at: int | None = None  # the step at which there is no spectrum
        self._whole_at: tuple[Any, ...] = ()

    def compute(self, race: Race, given: Any, *, running: bool) -> Curvature:
        request: CurvatureRequest = given
        if not 0 <= request.run < race.problem.runs or len(request.point) not in (0, _size(race, request.run)):
            # a demand may still be of the race before this one
            return Curvature(request, None, None, "", *_nothing(), _size(race, request.run))
        self._begin(race, request)
        until, present = time.monotonic() + piece(running), _now(race)
        while True:  # at least a piece: on a busy machine its time may be over before it begins
            if self._work is None:
                self._work = self._next(race, request, running=running)
            if self._work is None:
                self._whole_at = present
                break
            if self._work.go(until):
                self._keep(self._work)
                self._work = None
            if time.monotonic() >= until:
                break
        known = _nothing() if self._track is None else self._track.arrays(race, request.run)
        rate = float(race.rates()[request.run])
        law = Law.of(race.lanes[request.run // race.problem.starts], rate)
        fault: Literal["", "diverged", "numbers"] = "" if self._failed_at is None else "numbers"
        if not race.alive[request.run] and not request.point:
            fault = "diverged"
        shown = None if fault else self._spectrum
        return Curvature(request, shown, law, fault, *known, _size(race, request.run), self._whole_at == present)

    def _begin(self, race: Race, request: CurvatureRequest) -> None:
        """Begin anew where the question is another; a cursor that moves leaves what is known of the run."""
        before, asked = self._of
        if before is race and asked == request:
            if self._track is not None:
                self._track.follow(race)
            return
        same = before is race and asked is not None and (asked.run, asked.whole) == (request.run, request.whole)
        track = self._track if same else None
        self._forget()
        self._of, self._track = (race, request), track or (_Track(race) if request.tracked else None)

    def _next(self, race: Race, request: CurvatureRequest, *, running: bool) -> SpectrumWork | None:
        """The next point to look at: the present one, then the past; while the race runs in turns."""
        at, run, shown = race.step, request.run, self._spectrum
        if request.point:
            self._is_past = False
            asked = shown is None and self._failed_at is None
            return self._at(race, np.array(request.point), -1) if asked else None
        here = bool(race.alive[run]) and (shown is None or shown.step != at) and self._failed_at != at
        past = None if self._track is None else self._track.missing(race, run)
        turn = running and shown is not None and not self._is_past and past is not None
        self._is_past = not here or turn
        if not self._is_past:
            return self._at(race, race.theta[run], at)
        return None if past is None else self._at(race, past.theta[run], past.step)

    def _at(self, race: Race, theta: Any, step: int) -> SpectrumWork:
        request, problem = self._of[1], race.problem
        if request is None:
            raise RuntimeError("nothing was asked for")
        theta = np.array(theta[: _size(race, request.run)])
        products = problem.hessian_products(theta, max(step, 0), request.run, whole=request.whole)
        dense = not problem.steps_per_epoch and problem.size <= _DENSE
        return SpectrumWork(products, theta, step, dense=dense)

    def _keep(self, done: SpectrumWork) -> None:
        """Keep what was found."""
        if self._track is not None and done.step >= 0:
            self._track.known[done.step] = float("nan") if done.found is None else done.found.sharpness
        if not self._is_past:
            self._spectrum, self._failed_at = done.found, done.step if done.failed else None

    def is_whole(self, race: Race) -> bool:
        return self._of[0] is race and self._whole_at == _now(race)

    def let_go(self, race: Race) -> None:
        if self._of[0] not in (None, race):
            self._forget()


def _size(race: Race, run: int) -> int:
    """The parameters of a run's own problem."""
    return part_of(race.problem, run).problem.size


def _samples(race: Race, run: int) -> int:
    """The training samples that a run's network has, 1 of an objective."""
    data = getattr(part_of(race.problem, run).problem, "x_train", None)
    return 1 if data is None else len(data)


def _now(race: Race) -> tuple[Any, ...]:
    return race.step, race.history.last, len(race.rules)


def _nothing() -> tuple[NDArray[np.int64], Floats, Floats]:
    return np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
