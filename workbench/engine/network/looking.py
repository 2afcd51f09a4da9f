"""One run of a network, looked at for what is wrong with it: every number is measured when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.anatomy import dissect
from workbench.engine.network.layer_measures import PROBE
from workbench.engine.network.layers import LayerSpec
from workbench.engine.network.network_statistic import network_of
from workbench.engine.network.problem import OVERLARGE, NetworkProblem
from workbench.engine.problem import Floats
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.race import Race

#: median update ratios that a network learns well with, as the view of layers draws them, and the middle of the band
RATIOS, WANTED_RATIO = (1e-4, 1e-2), 1e-3
#: the share of the loss of a network that ignores its inputs, below which another has learned something
_LEARNED = 0.8
#: layers whose update ratios differ by more than this no one rate can serve
_APART = 100.0
#: an update ratio after which weights are no longer what they were
_TOO_LARGE = 0.3
#: a bounded activation is nearly flat at most samples where its sums are of this size
_LARGE_SUMS = 2.5
#: rows of the record that are looked at: a share of the last ones, and at least so many
_SHARE, _ROWS = 0.3, 40


@dataclass(frozen=True, slots=True)
class Passage:
    """What one layer does to a signal on its way forward, and to the gradient on its way back; all root mean squares.

    Attributes:
        spread_in, spread_out: how much inputs and activations differ from sample to sample (standard deviation over
            the samples, the mean square taken over units).
        size: of the affine output z.
        gain: ‖W‖ / √n_out, by which weights that know nothing of their inputs scale them.
        slope: the mean of |f′(z)|.
        gradient_in: of ∂L/∂a; gradient_out: of ∂L/∂h, which the layer below receives.
        gain_back: ‖W‖ / √n_in, by which such weights scale a gradient.
        weight_gradient: of ∂L/∂W.
    """

    spread_in: float
    size: float
    gain: float
    slope: float
    spread_out: float
    gradient_in: float
    gain_back: float
    gradient_out: float
    weight_gradient: float


@dataclass(frozen=True, slots=True)
class Loss:
    """Where a run lost its numbers: the first layer, -1 for the loss itself, and what it was there.

    `quantity` is `weights`, `sums` (z), `activations`, `loss` or `gradient`; `largest` is the largest size of it that
    is a number.
    """

    layer: int
    quantity: str
    largest: float


def rms(values: NDArray[Any]) -> float:
    """The root mean square of all numbers."""
    flat = np.asarray(values, np.float64)
    return float(np.sqrt(np.mean(flat * flat))) if flat.size else 0.0


class Look:
    """One run at the race's present state."""

    def __init__(self, race: Race, run: int, memory: dict[int, tuple[Passage, ...]] | None = None) -> None:
        """Look at a run of a race of networks; `memory` keeps what is the same at every step, by run."""
        self._memory = {} if memory is None else memory
        own = network_of(race, run)
        self.race, self.run, self.part = race, run, own.part
        self.problem: NetworkProblem = own.problem
        self.place = own.run  # among the runs of its network
        self.lane = run // race.problem.starts

    @property
    def theta(self) -> Floats:
        """The parameters (P,), now."""
        return np.asarray(self.race.theta[self.run, : self.problem.size])

    @property
    def rule(self) -> LaneRule:
        """The rule of the run's lane."""
        return self.race.lanes[self.lane]

    @property
    def hidden(self) -> tuple[LayerSpec, ...]:
        """The hidden layers."""
        return self.problem.network.layers[:-1]

    @property
    def diverged(self) -> bool:
        """Whether the run has lost its numbers, at this step or before."""
        return 0 <= int(self.race.diverged_at[self.run]) <= self.race.step

    # What the race has recorded

    @cached_property
    def rows(self) -> int:
        """How many rows of the record belong to the present state and those before it."""
        steps = self.race.history.view().steps
        return int(np.searchsorted(steps, self.race.step, side="right"))

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """The steps (T,) of these rows."""
        return self.race.history.view().steps[: self.rows]

    def recorded(self, name: str) -> Floats:
        """A channel of the record: (T,), or (T, L) over the run's own layers."""
        values = self.race.history.view().values[name][: self.rows, self.run]
        return values[:, self.part.columns] if values.ndim > 1 else values

    @property
    def steps_taken(self) -> int:
        """Steps taken so far."""
        return int(self.race.step)

    @cached_property
    def evaluations(self) -> tuple[NDArray[np.int64], Floats, Floats] | None:
        """The steps (E,) of the evaluations up to now, and there the loss of all training and of all test samples.

        None where no samples are kept for testing.
        """
        record = self.race.evaluated.record
        if record is None or "test_loss" not in record.channels:
            return None
        view = record.view()
        steps = view.steps * self.race.evaluated.every
        count = int(np.searchsorted(steps, self.race.step, side="right"))
        train, test = (view.values[name][:count, self.run] for name in ("train_loss", "test_loss"))
        return steps[:count], train, test

    @cached_property
    def recent(self) -> slice:
        """The last rows that are looked at; none where too few are recorded."""
        count = max(_ROWS, int(_SHARE * self.rows))
        return slice(self.rows - count, self.rows) if self.rows >= count else slice(0, 0)

    @cached_property
    def recent_ratio(self) -> float:
        """The median update ratio of the recent rows over all layers; not a number where there is none."""
        values = self.recorded("update_ratio")[self.recent]
        fine = values[np.isfinite(values)]
        return float(np.median(fine)) if len(fine) else float("nan")

    @cached_property
    def largest_ratio(self) -> float:
        """The largest update ratio that half of the layers had at any recorded step; 0 where there is none."""
        values = self.recorded("update_ratio")
        if len(values) < 2:
            return 0.0
        with np.errstate(invalid="ignore"):
            fine = np.where(np.isfinite(values), values, 0.0)
        return float(np.median(fine, axis=1).max())

    @property
    def ratio_factor(self) -> float:
        """What the rate is to be multiplied with for an update ratio of a thousandth; 1 while the ratio is in its band.

        Where steps were too large at any time, what came of it counts for nothing.
        """
        if self.steps_too_large:
            return WANTED_RATIO / self.largest_ratio
        ratio = self.recent_ratio
        if not ratio > 0 or RATIOS[0] <= ratio <= RATIOS[1] or (ratio < RATIOS[0] and self.layers_are_apart):
            return 1.0
        return WANTED_RATIO / ratio

    @property
    def layers_are_apart(self) -> bool:
        """Whether some layers moved of late while others hardly did."""
        values = self.recorded("update_ratio")[self.recent]
        if not len(values):
            return False
        middle = np.median(values, axis=0)
        return not float(middle.max()) < _APART * float(middle.min())

    @property
    def steps_too_large(self) -> bool:
        """Whether a step ever changed the weights by nearly as much as they are."""
        return self.largest_ratio > _TOO_LARGE

    @property
    def began_saturated(self) -> bool:
        """Whether sums were large from the start: then it is weights or inputs, and not the steps since."""
        return any(passage.size > _LARGE_SUMS for passage in self.first_passages[:-1])

    @cached_property
    def losses(self) -> tuple[float, float]:
        """The mean loss of the earlier and of the later half of the recent rows."""
        values = self.recorded("loss")[self.recent]
        half = len(values) // 2
        if not half:
            return float("nan"), float("nan")
        return float(values[:half].mean()), float(values[half:].mean())

    @cached_property
    def baseline(self) -> float:
        """The loss of a network that gives every training sample the same, the best it can, in the data's own unit."""
        problem = self.problem
        y, loss = problem.y_train, problem.network.loss
        if loss.binary:
            share = np.clip(y.mean(), 1e-12, 1 - 1e-12)
            best = np.full((1, len(y), 1), np.log(share / (1.0 - share)))
        elif loss.takes_classes:
            count = len(problem.split.classes)
            counts = np.bincount(y, minlength=count) * loss.weights_of(count)
            best = np.tile(np.log(np.maximum(counts / counts.sum(), 1e-12)), (1, len(y), 1))
        else:
            best = np.broadcast_to(y.mean(axis=0), (1, *y.shape)).copy()
        return float(loss.value(best.astype(problem.dtype), y[None])[0]) * problem.loss_unit

    @cached_property
    def has_learned(self) -> bool:
        """Whether the recent loss is well below that of a network that ignores its inputs."""
        return bool(self.losses[1] < _LEARNED * self.baseline)

    @cached_property
    def is_falling(self) -> bool:
        """Whether the loss went down over the recent rows, by more than a hundredth of what is above zero."""
        before, after = self.losses
        return bool(after < before - 0.01 * abs(before))

    # What is measured now

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """What each layer does to signal and gradient at the present parameters."""
        return passages(self.problem, self.theta)

    @cached_property
    def first_passages(self) -> tuple[Passage, ...]:
        """The same at the initial parameters."""
        if self.run not in self._memory:
            theta = self.race.checkpoints.nearest(0).theta[self.run, : self.problem.size]
            self._memory[self.run] = passages(self.problem, theta)
        return self._memory[self.run]

    @cached_property
    def lost(self) -> Loss | None:
        """Where the run lost its numbers, None while it has them."""
        return where_lost(self) if self.diverged else None

    @cached_property
    def recalls(self) -> tuple[NDArray[np.int64], Floats]:
        """For each class the number of training samples, and the share of them that is told right."""
        problem, split = self.problem, self.problem.split
        count = len(split.classes)
        sample = slice(0, 4 * PROBE)
        with np.errstate(all="ignore"):
            outputs = problem.outputs(self.theta[None], split.x_train[sample], runs=[self.place])
            right = problem.predicted(outputs)[0] == split.y_train[sample]
        counts = np.bincount(split.y_train, minlength=count)
        seen = np.bincount(split.y_train[sample], minlength=count)
        told = np.bincount(split.y_train[sample], weights=right, minlength=count)
        return counts, np.asarray(told / np.maximum(seen, 1))

    @property
    def smallest_rms(self) -> int:
        """The layer of the run whose weights have the least gradient."""
        return int(np.argmin([passage.weight_gradient for passage in self.passages]))


def passages(problem: NetworkProblem, theta: Floats) -> tuple[Passage, ...]:
    """What each layer does on the way forward and back with parameters theta (P,), over the first training samples."""
    x, y = problem.x_train[:PROBE], problem.y_train[:PROBE]
    with np.errstate(all="ignore"):
        stages = dissect(problem.network, theta, x, y)
    by: dict[tuple[int, str], Any] = {(stage.layer, stage.rule): stage for stage in stages}
    found, count = [], len(problem.network.blocks)
    below: NDArray[Any] = x
    gradients = {count - 1: rms(by[count - 1, "loss_gradient"].value)}
    for layer in range(count - 1, 0, -1):
        gradients[layer - 1] = rms(by[layer, "input_gradient"].value)
    for layer, block in enumerate(problem.network.blocks):
        weight = np.asarray(block.weight(theta[None])[0], np.float64)
        size = by.get((layer, "batch_norm")) or by[layer, "affine"]
        a = by.get((layer, "activation")) or size  # an output layer that bends nothing has no such stage
        norm = float(np.linalg.norm(weight))
        slope = by.get((layer, "activation_back"))
        found.append(
            Passage(
                rms(below - below.mean(axis=0)),
                rms(size.value),
                norm / np.sqrt(block.n_out),
                1.0 if slope is None or slope.local is None else float(np.mean(np.abs(slope.local))),
                rms(a.value - a.value.mean(axis=0)),
                gradients[layer],
                norm / np.sqrt(block.n_in),
                gradients.get(layer - 1, float("nan")),
                rms(by[layer, "weight_gradient"].value),
            )
        )
        below = np.asarray(a.value)
    return tuple(found)


def where_lost(look: Look) -> Loss:
    """The first quantity of a diverged run's last evaluation that is no number any more, or overlarge."""
    problem, step = look.problem, int(look.race.diverged_at[look.run])
    x, y = (part[min(look.place, len(part) - 1)] for part in problem.batch(step))
    theta = look.theta
    drawn = problem.masks(step, len(x))
    masks = None if drawn is None else [None if m is None else m[min(look.place, len(m) - 1)][None] for m in drawn]
    for layer, block in enumerate(problem.network.blocks):
        if not _is_fine(theta[block.start : block.stop]):
            return Loss(layer, "weights", _largest(theta[block.start : block.stop]))
    with np.errstate(all="ignore"):
        stages = dissect(problem.network, theta, x, y, masks=masks)
    names = {"affine": "sums", "linear": "sums", "batch_norm": "sums", "activation": "activations"}
    names |= dict.fromkeys(("softmax", "logistic", "difference", "loss"), "loss")
    for stage in stages:
        if not _is_fine(stage.value):
            quantity = names.get(stage.rule, "gradient")
            return Loss(-1 if quantity == "loss" else stage.layer, quantity, _largest(stage.value))
    return Loss(-1, "gradient", float("inf"))


def _is_fine(values: Any) -> bool:
    return bool((np.abs(values) <= OVERLARGE).all())


def _largest(values: Any) -> float:
    sizes = np.abs(np.asarray(values, np.float64)).ravel()
    sizes = sizes[np.isfinite(sizes)]
    return float(sizes.max()) if len(sizes) else float("nan")
