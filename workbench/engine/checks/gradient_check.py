"""The gradient check at a point of a race, in pieces: exact gradient against central differences, block by block.

A component that differs, or whose slopes to either side do, is looked at again with other steps. Twice the step tells
how far the curvature alone leads a difference astray (L. F. Richardson, The deferred approach to the limit, 1927).
Where a bend, as ReLU has, lies within the step, an eighth or a 64th of it does not reach so far; fine waves want
shorter steps still. On a bend itself, at a jump, beside a place without a number there is no gradient to compare with:
such components are counted and not judged (`slopes.py`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.checks.slopes import STEPS, Kind, Slopes, judge
from workbench.engine.params import RequestError
from workbench.engine.problem import Floats, Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, ground, piece, statistics
from workbench.engine.side_by_side import part_of

Verdict = Literal["waiting", "agrees", "fine", "kinks", "jump", "edge", "unsettled", "differs", "small", "none"]

#: A relative difference above this, and above what rounding explains, says that the exact gradient is wrong.
TOLERANCE = 1e-6
#: an objective of so many coordinates has a row for each
COORDINATES = 16
#: numbers in the buffers of the losses that are evaluated at once
_NUMBERS_AT_ONCE = 1_000_000
#: slopes to either side that differ by more than this share of a block's gradient are looked at again
_BENT = 1e-3
#: a difference that rounding spoils by more than this share of a block's gradient decides nothing
_RESOLVES = 1e-3


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What is to be checked: a run, and at most so many components a block, 0 for all; `number` asks anew."""

    run: int = 0
    most: int = 200
    number: int = 0


@dataclass(frozen=True, slots=True)
class BlockCheck:
    """How one block of parameters compares.

    Attributes:
        name, shape: of the block; `size` is the number of its components, `chosen` of those to check.
        checked: components compared so far.
        largest: the largest absolute component of the exact gradient, over the whole block.
        difference: the largest difference between exact and numerical gradient, of what could be judged; `worst` is its
            place within the block, flat, -1 where nothing is compared.
        relative: the difference divided by the largest component; for a coordinate, by that of the whole gradient.
        kinks: components that stand where their slopes to either side differ; they are not judged.
        unjudged: others that are not: at a jump, beside a place without a number, or where no step is short enough.
        fine: components that agree by steps shorter than usual alone.
        verdict: it `agrees`, also where shorter, `fine` steps were needed, or does but for `kinks`; there is none at a
            `jump`, at an `edge` with no number beyond, or where slopes stay `unsettled` at every step; or it `differs`;
            the gradient is too `small` for rounding to let differences tell, or `none` of it is a number; or it is
            still `waiting`.
    """

    name: str
    shape: tuple[int, ...]
    size: int
    chosen: int
    checked: int = 0
    largest: float = 0.0
    difference: float = 0.0
    worst: int = -1
    relative: float = 0.0
    kinks: int = 0
    unjudged: int = 0
    fine: int = 0
    verdict: Verdict = "waiting"

    @property
    def judged(self) -> int:
        """Components whose exact and numerical gradient were compared."""
        return self.checked - self.kinks - self.unjudged


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is known so far of a check.

    Attributes:
        request: what it answers; `step` and `theta` (P,) are where.
        loss: the loss there, for the batch that the next step sees.
        blocks: a row for each block.
        checked, chosen, size: components compared, to be compared, and there altogether.
        done: whether nothing is left to do.
        fault: why there is nothing to show; empty where there is.
    """

    request: CheckRequest
    step: int
    theta: Floats
    loss: float = np.nan
    blocks: tuple[BlockCheck, ...] = ()
    checked: int = 0
    chosen: int = 0
    size: int = 0
    done: bool = False
    fault: str = ""


class GradientCheck:
    """One check at one point: `work` a while, look at what it gives, and so on until it is `done`.

    All evaluations are of the run's next step: of one batch and one draw of dropout. The problem is the race's own in
    double precision, with exact gradients and no noise, so that it may be another one while the race goes on.
    """

    def __init__(self, problem: Problem, theta: Floats, step: int, request: CheckRequest) -> None:
        """Check at theta (R, P) of the race, of which the request names the run."""
        self._source, self._step = problem, step
        self._starts = problem.starts
        self._report = CheckReport(request, step, np.zeros(0))
        if request.run >= len(theta):
            self._report = replace(self._report, done=True, fault="This run is no longer in the race.")
            return
        point = theta[request.run, : part_of(problem, request.run).problem.size].astype(np.float64)
        point.flags.writeable = False
        self._report = replace(self._report, theta=point)
        self._ready = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self._report.done

    def work(self, seconds: float) -> CheckReport:
        """Go on for about `seconds`, at least by a few components."""
        until = time.monotonic() + seconds
        try:
            with np.errstate(all="ignore"):
                while not self.done:
                    if not self._ready:
                        self._begin()
                    elif self._at < len(self._columns):
                        self._compare()
                    else:
                        self._look_again()
                    if time.monotonic() >= until:
                        break
        except MemoryError:
            self._give_up("There is not enough memory to check this problem.")
        except RequestError as error:
            self._give_up(str(error))
        except Exception as error:
            # whoever asked is told; asked again and again, it would fail again and again
            self._give_up(f"{type(error).__name__}: {error}")
        return self._report

    def _give_up(self, sentence: str) -> None:
        self._report = replace(self._report, done=True, fault=sentence)

    # The three parts of the work

    def _begin(self) -> None:
        """The exact gradient, the blocks, and the components to compare."""
        problem, theta, request = (
            self._source.precise(self._report.request.run),
            self._report.theta,
            self._report.request,
        )
        self._problem, self._run, self._ready = problem, request.run % self._starts, True
        out = np.empty((1, problem.size))
        loss = problem.loss_and_gradient(theta[None].copy(), self._step, out, np.array([self._run]))
        self._loss, self._exact = float(loss[0]), out[0]
        self._blocks = _blocks(problem)
        self._chosen = [_choose(start, size, request.most, self._step) for _, start, _, size in self._blocks]
        self._columns = np.concatenate(self._chosen)
        self._at = 0
        self._h = float(np.finfo(np.float64).eps ** (1 / 3)) * np.maximum(1.0, np.abs(theta[self._columns]))
        #: for each component and step: slopes to the right and the left, and what rounding may have made of them
        self._right, self._left, self._unseen = (np.full((len(STEPS), len(self._columns)), np.nan)
                                                 for _ in range(3))  # fmt: skip
        self._numerical = np.full(len(self._columns), np.nan)
        self._kinds = np.full(len(self._columns), Kind.AGREES, np.int8)
        self._reach = max(1.0, float(np.abs(theta).max(initial=0.0)))
        self._again: NDArray[np.intp] | None = None
        self._at_once = max(1, _NUMBERS_AT_ONCE // (2 * problem.numbers_a_point))
        self._largest = np.array([float(np.abs(out[0, a : a + n]).max()) for _, a, _, n in self._blocks])
        scale = self._largest
        if len(problem.tensors) == 1 and len(self._blocks) > 1:  # coordinates are parts of one gradient
            scale = np.full_like(scale, scale.max())
        #: what each compared component is measured by
        self._scale = np.repeat(scale, [len(chosen) for chosen in self._chosen])
        if not (np.isfinite(self._loss) and np.isfinite(self._exact).all()):
            blocks = tuple(BlockCheck(name, shape, size, 0, verdict="none") for name, _, shape, size in self._blocks)
            self._report = replace(self._report, loss=self._loss, blocks=blocks, size=problem.size, done=True)
            return
        self._tell()

    def _compare(self) -> None:
        """The next few components at the first step."""
        rows = np.arange(self._at, min(self._at + self._at_once, len(self._columns)))
        self._slopes(rows, 0, 1.0)
        self._numerical[rows] = 0.5 * (self._right[0, rows] + self._left[0, rows])
        self._at = int(rows[-1]) + 1
        self._tell()

    def _look_again(self) -> None:
        """The next few of those that differ, at other steps."""
        if self._again is None:
            difference = np.abs(self._exact[self._columns] - self._numerical)
            bound = TOLERANCE * self._scale + self._unseen[0]
            bent = np.abs(self._right[0] - self._left[0]) > _BENT * self._scale + 4.0 * self._unseen[0]
            self._again = np.flatnonzero(~(difference <= bound) | bent)
        rows, self._again = self._again[: self._at_once], self._again[self._at_once :]
        if len(rows):
            for i in range(1, len(STEPS)):
                self._slopes(rows, i, STEPS[i])
            self._judge(rows)
        self._tell(done=not len(self._again))

    # Details

    def _slopes(self, rows: NDArray[np.intp], i: int, factor: float) -> None:
        """Slopes to either side of the point along some components, at a multiple of the step."""
        columns, theta, count = self._columns[rows], self._report.theta, len(rows)
        points = np.tile(theta, (2 * count, 1))
        each = np.arange(count)
        points[each, columns] += factor * self._h[rows]
        points[count + each, columns] -= factor * self._h[rows]
        up, down = points[each, columns] - theta[columns], theta[columns] - points[count + each, columns]
        losses = self._problem.step_losses(points, self._step, self._run)
        above, below = losses[:count], losses[count:]
        right, left = (above - self._loss) / up, (self._loss - below) / down
        # by the distance as it was rounded, and one weight for both sides
        self._right[i, rows], self._left[i, rows] = right, left
        size = abs(self._loss) + np.maximum(np.abs(above), np.abs(below)) + self._reach * np.abs(right - left)
        self._unseen[i, rows] = 4.0 * np.finfo(np.float64).eps * size / np.minimum(up, down)

    def _judge(self, rows: NDArray[np.intp]) -> None:
        """Take a better difference where another step gives one, and tell which components have none."""
        given = Slopes(self._right[:, rows], self._left[:, rows], self._unseen[:, rows], np.outer(STEPS, self._h[rows]))
        exact, bound = self._exact[self._columns[rows]], TOLERANCE * self._scale[rows]
        self._kinds[rows], self._numerical[rows] = judge(exact, bound, given)

    def _tell(self, *, done: bool = False) -> None:
        """Write down what is known."""
        judged = np.isin(self._kinds, [kind for kind in Kind if kind.judged])
        difference = np.where(judged, np.abs(self._exact[self._columns] - self._numerical), 0.0)
        blocks, first = [], 0
        for b, (name, start, shape, size) in enumerate(self._blocks):
            rows = slice(first, first + len(self._chosen[b]))
            first = rows.stop
            row = BlockCheck(name, shape, size, len(self._chosen[b]), largest=float(self._largest[b]))
            checked = min(max(self._at - rows.start, 0), row.chosen)
            if checked:
                found, unseen = difference[rows][:checked], self._unseen[0, rows][:checked]
                at = int(np.argmax(np.where(np.isnan(found), np.inf, found)))
                scale = max(float(self._scale[rows.start]), 1e-300)
                verdict: Verdict = "waiting"
                if done:
                    verdict = _verdict(unseen, scale, self._kinds[rows])
                kinks, unjudged, fine = _counts(self._kinds[rows])
                row = replace(
                    row, checked=checked, difference=float(found[at]), worst=int(self._chosen[b][at]) - start,
                    relative=float(found[at]) / scale, verdict=verdict, kinks=kinks, unjudged=unjudged, fine=fine,
                )  # fmt: skip
            blocks.append(row)
        self._report = replace(
            self._report, loss=self._loss, blocks=tuple(blocks), checked=self._at, chosen=len(self._columns),
            size=self._problem.size, done=done,
        )  # fmt: skip


def _counts(kinds: NDArray[np.int8]) -> tuple[int, int, int]:
    """How many components are on a kink, cannot be judged otherwise, and agree by fine steps alone."""
    unjudged = np.isin(kinds, (Kind.JUMP, Kind.EDGE, Kind.UNSETTLED))
    return int((kinds == Kind.KINK).sum()), int(unjudged.sum()), int((kinds == Kind.FINE).sum())


#: what is said of a block for a component of the kind, the gravest first
_WORDS: tuple[tuple[Kind, Verdict], ...] = (
    (Kind.JUMP, "jump"),
    (Kind.EDGE, "edge"),
    (Kind.UNSETTLED, "unsettled"),
    (Kind.KINK, "kinks"),
)


def _verdict(unseen: Floats, scale: float, kinds: NDArray[np.int8]) -> Verdict:
    """The word for a block, whose components are of these kinds (N,) and measured by `scale`."""
    if (kinds == Kind.DIFFERS).any():
        return "differs"
    for kind, word in _WORDS:
        if (kinds == kind).any():
            return word
    by_usual_steps = unseen[(kinds == Kind.AGREES) & np.isfinite(unseen)]
    if float(by_usual_steps.max(initial=0.0)) > _RESOLVES * scale:
        return "small"
    return "fine" if (kinds == Kind.FINE).any() else "agrees"


def _blocks(problem: Problem) -> list[tuple[str, int, tuple[int, ...], int]]:
    """Name, first component, shape and size of each block: the arrays of a network, the coordinates of an objective."""
    if len(problem.tensors) == 1 and problem.size <= COORDINATES:
        return [(f"x{i}", i, (), 1) for i in range(problem.size)]
    return [(t.name, t.start, t.shape, t.size) for t in problem.tensors]


def _choose(start: int, size: int, most: int, step: int) -> NDArray[np.intp]:
    """The components of a block to compare, in order: all, or a sample that follows from the block and the step."""
    if not most or size <= most:
        return np.arange(start, start + size)
    random: Any = np.random.default_rng([start, size, step])
    return start + np.sort(random.choice(size, most, replace=False))


@statistics.register("gradient_check")
class GradientCheckStatistic(Statistic):
    """The check that the `CheckRequest` given asks for, of the point where the race stood when it was asked for."""

    refresh, rest = 0.02, 3.0
    only_while_demanded = True

    def __init__(self) -> None:
        self._check: tuple[Any, GradientCheck | None] = (None, None)

    def compute(self, race: Race, given: Any, *, running: bool) -> CheckReport:
        (known, check), asked = self._check, (ground(race), given)
        if check is None or known != asked:
            check = GradientCheck(race.problem, race.theta, race.step, given[0])
            self._check = (asked, check)
        return check.work(piece(running))

    def is_whole(self, race: Race) -> bool:
        check = self._check[1]  # looked at once: the window's thread asks, too
        return check is not None and check.done
