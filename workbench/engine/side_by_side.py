"""Several problems as one: lanes that train networks of their own, side by side in one race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats, HessianProducts, LayerSlice, Problem, TensorSlice


@dataclass(frozen=True, slots=True)
class Part:
    """Adjacent lanes of a race that have one problem.

    Attributes:
        rows: their runs among those of the race; lanes: their places.
        problem: what they minimise; its own runs are numbered from 0.
        columns: of each of its layers, the place among those of the race.
        kind: parts of one kind have the same problem, though each counts its own runs.
    """

    rows: slice
    lanes: range
    problem: Problem
    columns: tuple[int, ...]
    kind: int = 0

    def own(self, array: Floats) -> Floats:
        """The part of an array (R, P) of the race that is this one's: a view (K, its own P)."""
        return array[self.rows, : self.problem.size]

    def inner(self, rows: slice) -> slice:
        """Rows of the race as the part's own problem counts them."""
        return slice(rows.start - self.rows.start, rows.stop - self.rows.start)

    def draw_of(self, run: int) -> int:
        """The draw of a run of the race."""
        return self.problem.draw_of(run - self.rows.start)


class SideBySide:
    """Problems that share starts and data and differ in their parameters, as one `Problem` of all their runs.

    P is the largest of theirs: behind the parameters of a smaller one are zeros, which nothing reads or writes. Each
    part computes what it would compute alone, bit for bit.
    """

    known_minima = None
    exact_hessian = None
    measure = "loss"
    #: each part has its own
    tensors: tuple[TensorSlice, ...] = ()

    def __init__(self, members: Sequence[tuple[Problem, int]]) -> None:
        """`members` are the problems in the order of their lanes, each with its kind.

        Raises:
            ValueError: they do not share starts, precision or metrics, or name their layers otherwise than in order.
        """
        problems = [problem for problem, _ in members]
        first = problems[0]
        for problem in problems:
            if (problem.starts, problem.dtype, problem.metrics) != (first.starts, first.dtype, first.metrics):
                raise ValueError("problems side by side must share their starts, precision and metrics")
        names = max(([part.name for part in problem.layers] for problem in problems), key=len)
        #: layers are those of the deepest network; of their places in a parameter vector each part knows its own
        self.layers = tuple(LayerSlice(name, 0, 0) for name in names)
        parts, run = [], 0
        for problem, kind in members:
            rows = slice(run, run + problem.runs)
            lanes = range(run // first.starts, rows.stop // first.starts)
            parts.append(Part(rows, lanes, problem, tuple(names.index(part.name) for part in problem.layers), kind))
            run = rows.stop
        self.parts = tuple(parts)
        self.runs, self.starts, self.dtype = run, first.starts, first.dtype
        self.size = max(problem.size for problem in problems)
        self.steps_per_epoch, self.metrics = first.steps_per_epoch, first.metrics
        #: where they would be evaluated at different steps, the rarest serves all: it costs none more than its share
        self.metrics_every = max(problem.metrics_every for problem in problems)
        units = np.concatenate([np.broadcast_to(problem.loss_unit, problem.runs) for problem in problems])
        self.loss_unit: Any = float(units[0]) if (units == units[0]).all() else units
        self._seen: tuple[Floats, Floats, list[tuple[Part, Floats, Floats]]] | None = None

    @property
    def numbers_a_point(self) -> int:
        return max(part.problem.numbers_a_point for part in self.parts)

    def initial(self) -> Floats:
        theta = np.zeros((self.runs, self.size), self.dtype)
        for part in self.parts:
            part.own(theta)[:] = part.problem.initial()
        return theta

    def loss_and_gradient(self, theta: Floats, step: int, out: Floats, runs: NDArray[np.intp] | None = None) -> Floats:
        loss = np.empty(len(theta), self.dtype)
        if runs is None:
            # the views of the buffers that a race hands in at every step: parts know them again, too
            if self._seen is None or self._seen[0] is not theta or self._seen[1] is not out:
                self._seen = theta, out, [(part, part.own(theta), part.own(out)) for part in self.parts]
            for part, own, slope in self._seen[2]:
                loss[part.rows] = part.problem.loss_and_gradient(own, step, slope)
            return loss
        out[:] = 0.0
        for part in self.parts:
            rows = np.flatnonzero((runs >= part.rows.start) & (runs < part.rows.stop))
            if len(rows):
                size, slope = part.problem.size, np.empty((len(rows), part.problem.size), out.dtype)
                point, own = theta[rows, :size], runs[rows] - part.rows.start
                loss[rows] = part.problem.loss_and_gradient(point, step, slope, own)
                out[rows, :size] = slope
        return loss

    def step_losses(self, theta: Floats, step: int, run: int) -> Floats:
        part = part_of(self, run)
        return part.problem.step_losses(theta[:, : part.problem.size], step, run - part.rows.start)

    def hessian_products(self, theta: Floats, step: int, run: int, *, whole: bool) -> HessianProducts:
        part = part_of(self, run)
        own = theta[: part.problem.size]
        return part.problem.hessian_products(own, step, run - part.rows.start, whole=whole)

    def precise(self, run: int) -> Problem:
        part = part_of(self, run)
        return part.problem.precise(run - part.rows.start)

    def of_runs(self, starts: NDArray[np.intp], draws: NDArray[np.intp]) -> NoReturn:
        raise TypeError("runs of several networks have no problem in common")

    def losses(self, theta: Floats) -> NoReturn:
        raise TypeError("a parameter vector alone does not tell of which network it is")

    def evaluate(self, theta: Floats, saved: Mapping[str, Floats] | None = None) -> dict[str, Floats]:
        found = {name: np.empty(self.runs, self.dtype) for name in self.metrics}
        for i, part in enumerate(self.parts):
            own = None if saved is None else _own(saved, i)
            for name, values in part.problem.evaluate(part.own(theta), own).items():
                found[name][part.rows] = values
        return found

    def shortfall(self, theta: Floats, step: int, loss: Floats, gradient_norm: Floats) -> Floats | None:
        found, told = np.full(self.runs, np.nan), False
        for part in self.parts:
            own = part.problem.shortfall(part.own(theta), step, loss[part.rows], gradient_norm[part.rows])
            if own is not None:
                found[part.rows], told = own, True
        return found if told else None

    def distance(self, theta: Floats) -> Floats | None:
        return None

    def save(self) -> dict[str, Floats]:
        return {f"{i}.{name}": a for i, part in enumerate(self.parts) for name, a in part.problem.save().items()}

    def load(self, saved: Mapping[str, Floats]) -> None:
        for i, part in enumerate(self.parts):
            part.problem.load(_own(saved, i))

    def copy_runs(self, to: slice, of: slice, other: Problem | None = None) -> None:
        own, source = part_of(self, to.start), part_of(self, of.start)
        own.problem.copy_runs(own.inner(to), source.inner(of), source.problem)

    def draw_of(self, run: int) -> int:
        return part_of(self, run).draw_of(run)

    def diverged_layer(self, theta: Floats, gradient: Floats) -> NDArray[np.int64]:
        found = np.full(self.runs, -1, np.int64)
        for part in self.parts:
            own = part.problem.diverged_layer(part.own(theta), part.own(gradient))
            found[part.rows] = np.where(own < 0, -1, np.array(part.columns)[own])
        return found


def parts_of(problem: Problem) -> tuple[Part, ...]:
    """The parts of a race's problem: most often one, which is all of it."""
    if isinstance(problem, SideBySide):
        return problem.parts
    lanes = range(problem.runs // problem.starts)
    return (Part(slice(0, problem.runs), lanes, problem, tuple(range(len(problem.layers)))),)


def part_of(problem: Problem, run: int) -> Part:
    """The part that a run belongs to; of a run that there is not, that of the last one."""
    parts = parts_of(problem)
    return next((part for part in parts if run < part.rows.stop), parts[-1])


def saved_of(problem: Problem, part: Part, saved: Mapping[str, Floats]) -> Mapping[str, Floats]:
    """What a part's own `save` gave, of what that of the race's problem gave."""
    return _own(saved, problem.parts.index(part)) if isinstance(problem, SideBySide) else saved


def _own(saved: Mapping[str, Floats], place: int) -> dict[str, Floats]:
    prefix = f"{place}."
    return {name.removeprefix(prefix): array for name, array in saved.items() if name.startswith(prefix)}
