"""A step taken apart: every named quantity of the step that a run takes next, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers import Optimizer, optimizers
from workbench.engine.optimizers.lines import rule_of, state_names
from workbench.engine.params import complete
from workbench.engine.problem import Floats
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS, GradientOptions
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, statistics
from workbench.engine.rules.forms import Form, form_of
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP, canonical, symbol
from workbench.engine.rules.roles import Part, roles
from workbench.engine.rules.rule import Rule, state_leaf
from workbench.engine.rules.terms import step_terms
from workbench.engine.rules.values import values_of
from workbench.engine.side_by_side import part_of

Origin = Literal["given", "setting", "state", "line", "stage"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named quantity of a step.

    Attributes:
        name: its one spelling.
        symbol: how it is printed.
        origin: where it comes from: given to the rule, a setting, the state before the step, a line, or a stage.
        text: the line as it is written, or what a stage or a setting is in words; empty for the others.
        values: its numbers at the coordinates asked for (C,); one number (1,) where it has one for the whole run.
        size: how many numbers it has.
        norm: the Euclidean length of all its numbers.
        reads: the names that its line reads.
        adds: of a stage, whether it is added to the point.
        form: of a line, what it does.
        part: of a line, what it is to a picture of the step; None where it has no place in one.
    """

    name: str
    symbol: str
    origin: Origin
    text: str
    values: NDArray[np.float64]
    size: int
    norm: float
    reads: tuple[str, ...] = ()
    adds: bool = False
    form: Form | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the step, which all of them add up to.

    Attributes:
        name: what it comes from: `g`, `x` (the point itself, by decay), a state, a stage, or `rest`.
        values: its numbers at the coordinates asked for (C,).
        norm: the Euclidean length of all its numbers.
    """

    name: str
    values: NDArray[np.float64]
    norm: float


class AnatomyRequest(NamedTuple):
    """What is asked for: the run and the parameters, and another run whose step is to stand beside it.

    `here`: the other run's rule, with its own state, is to step from where the first run stands; `beside` -1: no other.
    """

    run: int
    coordinates: tuple[int, ...]
    beside: int = -1
    here: bool = False


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The next step of a run, taken apart.

    Attributes:
        step: the steps that were taken; the one shown is number step + 1.
        run: the row of the run.
        coordinates: the parameters that `values` are of; `places` says of each the array that it stands in, and where.
        lines: the rule as text; empty where it consists of stages.
        quantities: what the rule is given, its settings and its state, and then line after line, or stage after stage.
        point, after: where the step begins and where it leads, at the coordinates (C,).
        shift: how far the whole point moves, as a Euclidean length.
        terms: what the step is the sum of.
        beside: the step of another run, where it was asked for and there is one.
        here: whether it begins where another run stands.
    """

    step: int
    run: int
    coordinates: tuple[int, ...]
    places: tuple[tuple[str, tuple[int, ...]], ...]
    lines: str
    quantities: tuple[Quantity, ...]
    point: NDArray[np.float64]
    after: NDArray[np.float64]
    shift: float
    terms: tuple[Term, ...] = ()
    beside: Anatomy | None = None
    here: bool = False


def anatomy(race: Race, run: int, coordinates: Sequence[int], *, at: int | None = None) -> Anatomy | None:
    """The step that a run takes next from the race's present state, at some of its parameters.

    None for a run that has diverged, which takes none. With `at`, it is the step that its rule would take, with its own
    state, from where that other run stands, along the gradient there. The race is left as it is.

    Raises:
        ValueError: there is no such run, no such parameter, or the two runs train other networks.
    """
    if not there_are(race, run, coordinates):
        raise ValueError(f"there is no run {run} with the parameters {list(coordinates)}")
    at = run if at is None else at
    if not (race.alive[run] and race.alive[at]):
        return None
    if not _are_alike(race, run, at):
        raise ValueError(f"the runs {run} and {at} have other parameters")
    with np.errstate(all="ignore"):
        return _Step(race, run, at, tuple(coordinates)).taken_apart()


def there_are(race: Race, run: int, coordinates: Sequence[int]) -> bool:
    """Whether a race has that run, and it those parameters."""
    if not 0 <= run < race.problem.runs:
        return False
    size = part_of(race.problem, run).problem.size
    return all(0 <= c < size for c in coordinates)


def _are_alike(race: Race, run: int, other: int) -> bool:
    """Whether two runs have the same parameters: lanes may train networks of their own."""
    return part_of(race.problem, run).kind == part_of(race.problem, other).kind


class _Step:
    """The next step of one run, from the point of the run `at`, on copies of their rows."""

    def __init__(self, race: Race, run: int, at: int, coordinates: tuple[int, ...]) -> None:
        self._race, self._run, self._at_run, self._coordinates = race, run, at, coordinates
        lane, part = run // race.problem.starts, part_of(race.problem, at)
        self._problem, self._own_run = part.problem, at - part.rows.start
        self._lane: LaneRule = race.lanes[lane]
        self._entry: type[Optimizer] = optimizers.get(self._lane.optimizer)
        group = race.group_of(lane)
        row = run - group.rows.start
        self._count = race.step + 1 - group.clock  # of the rule's own steps
        self._state = {name: array[row : row + 1].copy() for name, array in group.optimizer.state_arrays.items()}
        self._rate = float(race.rates()[run])
        self._begin = race.theta[at : at + 1, : part.problem.size].copy()
        self._theta = self._begin.copy()
        self._slope = race.gradient[at : at + 1, : part.problem.size].copy()
        self._gradient, self._options = self._slope, None
        if self._lane.gradient and any(self._lane.gradient.values()):
            given = complete(GRADIENT_OPTIONS, self._lane.gradient)
            self._options = GradientOptions([given], self._lane.convention, part.problem.dtype)
            self._gradient = self._options.apply(self._theta, self._slope, np.empty_like(self._slope))
            self._options.decay(self._theta, np.array([[self._rate]]))

    def taken_apart(self) -> Anatomy:
        made = rule_of(self._entry, self._lane.convention, self._lane.hyperparameters)
        quantities = self._given()
        if made is None:
            lines, (parts, after, terms) = "", self._staged()
        else:
            rule, values = made
            lines, (parts, after, terms) = rule.text, self._lined(rule, values)
        decayed = self._theta - self._begin
        if decayed.any():
            terms = {**terms, POINT: terms.get(POINT, 0.0) + decayed}
        return Anatomy(
            self._race.step,
            self._run,
            self._coordinates,
            tuple(self._place(coordinate) for coordinate in self._coordinates),
            lines,
            (*quantities, *parts),
            self._at(self._begin),
            self._at(after),
            float(np.linalg.norm(after - self._begin)),
            tuple(Term(name or "rest", self._at(part), float(np.linalg.norm(part))) for name, part in terms.items()),
            here=self._at_run != self._run,
        )

    def _given(self) -> list[Quantity]:
        found = [self._quantity(POINT, "x", "given", self._begin)]
        if self._options is not None:
            found.append(self._quantity("gradient", "∇f", "given", self._slope))
        found.append(self._quantity(GRADIENT, "g", "given", self._gradient))
        found.append(self._quantity(RATE, symbol(RATE), "given", self._rate))
        found.append(self._quantity(STEP, STEP, "given", self._count))
        return found

    def _lined(self, rule: Rule, values: Mapping[str, Any]) -> tuple[list[Quantity], Floats, Mapping[str, Any]]:
        """The quantities of a rule that has lines, where it leads, and what that is the sum of."""
        names = state_names(self._entry, rule)
        settings = {name: np.full((1, 1), float(values[name])) for name in rule.hyperparameters}
        states = {name: self._state[own] for name, own in names.items()}
        leaves = {POINT: self._theta, GRADIENT: self._gradient, STEP: np.float64(self._count)}
        leaves |= {RATE: np.full((1, 1), self._rate), **settings}
        leaves |= {state_leaf(name): array for name, array in states.items()}
        found = values_of(rule, [*(line.node for line in rule.lines), rule.last[POINT]], leaves)
        words = {spelt: p.doc for p in self._entry.params for spelt in (canonical(p.symbol), p.name)}
        parts = [
            self._quantity(name, symbol(name), "setting", value, words.get(name, ""))
            for name, value in settings.items()
        ]
        parts += [self._quantity(name, rule.symbols.get(name, name), "state", value) for name, value in states.items()]
        parts_of_step = roles(rule, values)
        parts += [
            self._quantity(
                line.name, line.shown, "line", value, line.text, reads=line.reads, form=form_of(rule, place),
                part=parts_of_step.get(place),
            )
            for place, (line, value) in enumerate(zip(rule.lines, found, strict=False))
        ]  # fmt: skip
        return parts, np.broadcast_to(found[-1], self._theta.shape), step_terms(rule, leaves)

    def _staged(self) -> tuple[list[Quantity], Floats, Mapping[str, Any]]:
        """As `_lined`, of a rule that has stages: the step is taken on copies."""
        hyperparameters = self._lane.hyperparameters
        optimizer = self._entry([hyperparameters], self._lane.convention)
        known = self._problem.exact_hessian
        hessian = None if known is None else (lambda theta: self._bent(known(theta)))
        optimizer.bind(self._theta, tensors=self._problem.tensors, evaluate=self._evaluate, hessian=hessian)
        optimizer.load(self._state)
        rate = float(hyperparameters[RATE])
        optimizer.set_rate_factor(self._rate / rate if rate else 1.0)
        before, after = self._theta, self._theta.copy()
        optimizer.step(after, self._gradient, self._count)
        arrays = optimizer.stage_arrays(before, self._gradient, after, self._count)
        parts = [
            self._quantity(stage.name, stage.name, "stage", arrays[stage.name], stage.words, adds=stage.adds)
            for stage in self._entry.stages
        ]
        added = {stage.name: arrays[stage.name] for stage in self._entry.stages if stage.adds}
        return parts, after, {name: part for name, part in added.items() if np.any(part)}

    def _evaluate(self, theta: Floats, rows: NDArray[np.intp], out: Floats) -> Floats:
        """The loss of the present step at other points of this run."""
        runs = np.full(len(theta), self._own_run)
        loss: Floats = self._problem.loss_and_gradient(theta, self._race.step, out, runs)
        if self._options is None:
            return loss
        self._options.apply(theta, out, out, np.zeros(len(theta), np.intp))
        return np.asarray(loss + self._options.penalty(theta, np.zeros(len(theta), np.intp)))

    def _bent(self, hessian: Floats) -> Floats:
        return hessian if self._options is None else self._options.bend(hessian)

    def _place(self, coordinate: int) -> tuple[str, tuple[int, ...]]:
        """The array that a parameter stands in, and where in it."""
        tensor = next(t for t in self._problem.tensors if t.start <= coordinate < t.stop)
        at = np.unravel_index(coordinate - tensor.start, tensor.shape)
        return tensor.name, tuple(int(i) for i in at)

    def _at(self, array: Any) -> NDArray[np.float64]:
        """The numbers at the coordinates (C,), or the one number (1,) that there is."""
        flat = np.asarray(array, dtype=np.float64).reshape(-1)
        found = flat[list(self._coordinates)] if flat.size == self._problem.size else flat[:1]
        found = found.copy()
        found.flags.writeable = False
        return found

    def _quantity(self, name: str, shown: str, origin: Origin, value: Any, text: str = "", **more: Any) -> Quantity:
        norm = float(np.linalg.norm(np.asarray(value, dtype=np.float64)))
        return Quantity(name, shown, origin, text, self._at(value), np.size(value), norm, **more)


@statistics.register("anatomy")
class AnatomyStatistic(Statistic):
    """The next step of a run taken apart; what is given is an `AnatomyRequest`, or its first values."""

    follows_steps = needs_state = True
    refresh = 0.2  # numbers that change faster are not read
    rest = 4.0

    def compute(self, race: Race, given: Any, *, running: bool) -> Anatomy | None:
        asked = AnatomyRequest(*given)
        if asked.beside >= race.problem.runs or not there_are(race, asked.run, asked.coordinates):
            return None  # a demand may still be of the race before this one
        found = anatomy(race, asked.run, asked.coordinates)
        if found is None or asked.beside < 0 or not _are_alike(race, asked.run, asked.beside):
            return found
        other = anatomy(race, asked.beside, asked.coordinates, at=asked.run if asked.here else None)
        return replace(found, beside=other)
