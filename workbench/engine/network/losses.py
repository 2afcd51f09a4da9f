"""Losses of a network: the mean over a batch, with the gradient with respect to the network's output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.logistic import logistic, write_logistic
from workbench.engine.network.configured import Configured
from workbench.engine.network.expressions import Call, Leaf, Node, Op, constant, product, total
from workbench.engine.params import Param
from workbench.engine.registry import Registry, Source

Floats = NDArray[np.floating[Any]]
_MOST_OUTPUTS = 4  # whose squares are written one by one


@dataclass(frozen=True, slots=True)
class Opening:
    """How a loss is taken apart; signs stand in braces, as in `anatomy.FORMULAS`.

    Attributes:
        rule: what the outputs become first: probabilities p, or differences d from the targets.
        sign: that of what they become.
        term: a sample's own loss; slope: its derivative by an output, both before any mean over the samples.
    """

    rule: Literal["softmax", "logistic", "difference"]
    sign: Literal["p", "d"]
    term: str
    slope: str


class Loss(Configured):
    """Compares the output (R, B, n) with the target: values (.., B, n), or class numbers (.., B).

    Attributes:
        takes_classes: it wants data with classes; losses that do not see classes as vectors of zeros and a one.
        binary: it wants two classes, and one output that is their log-odds: targets are 0 and 1, (.., B, 1).
    """

    noun = "loss"
    #: how it grows with the unit of the values; 0 where there are none
    power: ClassVar[int] = 0
    takes_classes: ClassVar[bool] = False
    binary: ClassVar[bool] = False
    #: how it is taken apart; one that has none is shown as one number
    opening: Opening | None = None

    def see_classes(self, counts: NDArray[np.int64]) -> None:
        """Know how many training samples each class has, before any is judged."""

    def weights_of(self, classes: int) -> NDArray[np.float64]:
        """How much a sample of each class weighs (C,)."""
        return np.ones(classes)

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        """The mean loss of each run (R,); where `delta` (R, B, n) is given, the gradient is written there."""
        raise NotImplementedError

    def bend(self, output: Floats, target: NDArray[Any], direction: Floats) -> Floats:
        """How the gradient (K, B, n) changes along `direction` (K, B, n) of the output (1 or K, B, n).

        By central differences of the gradient unless a subclass knows it exactly.
        """
        step, ends = 1e-5 * max(1.0, float(np.abs(output).max())), []
        for sign in (1.0, -1.0):
            moved = output + sign * step * direction
            self.value(moved, target, delta := np.empty_like(moved))
            ends.append(delta)
        return np.asarray((ends[0] - ends[1]) / (2.0 * step))

    def first(self, output: Floats, y: Floats) -> Floats:
        """What outputs (B, n) become first, by the rule of the opening; y (B, n) are targets, classes as 0 and 1."""
        raise NotImplementedError

    def term(self, first: Sequence[Leaf], y: Sequence[Leaf]) -> Node:
        """A sample's own loss, from its numbers of the opening (n) and its targets (n)."""
        raise NotImplementedError

    def slope(self, first: Leaf, y: Leaf, outputs: int) -> Node:
        """The derivative of a sample's own loss by one of its outputs."""
        raise NotImplementedError


losses: Registry[Loss] = Registry("loss")


def _mean(terms: Floats) -> Floats:
    """The mean (R,) over all but the first axis, each run summed by itself whatever their number."""
    flat = terms.reshape(len(terms), -1)
    sums: Floats = np.add.reduce(flat, axis=1)
    sums /= flat.shape[1]
    return sums


@losses.register("mean_squared_error")
class MeanSquaredError(Loss):
    """The squared difference, its mean taken over samples and outputs."""

    title = "Mean squared error"
    formula = "L = Σ (o − y)² / (B n)"
    power = 2
    opening = Opening("difference", "d", "{Σ} {d}² / {n}", "2 {d} / {n}")
    source = Source("A.-M. Legendre, Nouvelles méthodes pour la détermination des orbites des comètes", 1805)

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        runs, count = output.shape[0], output.shape[1] * output.shape[2]
        difference = np.subtract(output, target, out=delta)
        flat = difference.reshape(runs, -1)
        value = np.vecdot(flat, flat) / count
        if delta is not None:
            delta *= 2.0 / count
        return np.asarray(value)

    def bend(self, output: Floats, target: NDArray[Any], direction: Floats) -> Floats:
        return np.asarray(direction * (2.0 / (output.shape[1] * output.shape[2])))

    def first(self, output: Floats, y: Floats) -> Floats:
        return np.asarray(output - y)

    def term(self, first: Sequence[Leaf], y: Sequence[Leaf]) -> Node:
        return Op("/", (total([Op("^", (d, constant(2.0))) for d in first], _MOST_OUTPUTS), constant(len(first))))

    def slope(self, first: Leaf, y: Leaf, outputs: int) -> Node:
        return Op("/", (product(constant(2.0), first), constant(outputs)))


@losses.register("huber")
class Huber(Loss):
    """Squared for small differences, straight beyond δ, so that outliers pull with a bounded force."""

    title = "Huber"
    formula = "L = Σ h(o − y) / (B n),  h(d) = d²/2 for |d| ≤ δ, δ (|d| − δ/2) otherwise"
    opening = Opening("difference", "d", "{Σ} {hub}({d}) / {n}", "{clip}({d}) / {n}")
    power = 2  # where delta is in that unit, too
    source = Source("P. Huber, Robust estimation of a location parameter", 1964)
    params = (
        Param(
            name="delta",
            default=1.0,
            low=0,
            low_open=True,
            high=1e6,
            scale="log",
            slider=(0.01, 10),
            live=False,
            symbol="δ",
            doc="Where the square ends and the straight line begins.",
        ),
    )

    delta: float

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        difference = np.subtract(output, target, out=delta)
        clipped = np.clip(difference, -self.delta, self.delta)
        # h(d) = c (d − c/2) with c = d clipped to ±δ, on both sides of the border
        terms = difference - 0.5 * clipped
        terms *= clipped
        if delta is not None:
            np.multiply(clipped, 1.0 / (output.shape[1] * output.shape[2]), out=delta)
        return _mean(terms)

    def bend(self, output: Floats, target: NDArray[Any], direction: Floats) -> Floats:
        within = np.abs(output - target) <= self.delta
        return np.asarray(np.where(within, direction, 0.0) / (output.shape[1] * output.shape[2]))

    def first(self, output: Floats, y: Floats) -> Floats:
        return np.asarray(output - y)

    def term(self, first: Sequence[Leaf], y: Sequence[Leaf]) -> Node:
        t = constant(self.delta)

        def of_one(d: Leaf) -> Node:
            if abs(d.value) <= self.delta:
                return Op("/", (Op("^", (d, constant(2.0))), constant(2.0)))
            return product(t, Op("−", (Call("|·|", "abs", abs, d), Op("/", (t, constant(2.0))))))

        return Op("/", (total([of_one(d) for d in first], _MOST_OUTPUTS), constant(len(first))))

    def slope(self, first: Leaf, y: Leaf, outputs: int) -> Node:
        inside = abs(first.value) <= self.delta
        clipped = first if inside else constant(math.copysign(self.delta, first.value))
        return Op("/", (clipped, constant(outputs)))


@losses.register("binary_cross_entropy")
class BinaryCrossEntropy(Loss):
    """Minus the log-probability of the right one of two classes under the sigmoid of a single output."""

    title = "Binary cross-entropy"
    formula = "L = −(1/B) Σ [y ln σ(o) + (1 − y) ln(1 − σ(o))]"
    source = Source("D. R. Cox, The regression analysis of binary sequences", 1958)
    takes_classes = True
    binary = True
    opening = Opening("logistic", "p", "−{y} {ln} {p} − (1 − {y}) {ln} (1 − {p})", "{p} − {y}")

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        # −y ln σ(o) − (1 − y) ln(1 − σ(o)) = ln(1 + e^o) − y o, which neither overflows nor cancels
        terms = np.logaddexp(0.0, output)
        terms -= target * output
        if delta is not None:
            # σ(o) − y, which of y = 1 is −σ(−o): in neither tail is there a difference that cancels
            sign = 1.0 - 2.0 * target
            np.multiply(output, sign, out=delta)
            write_logistic(delta, delta)
            delta *= sign
            delta /= output.shape[1] * output.shape[2]
        return _mean(terms)

    def bend(self, output: Floats, target: NDArray[Any], direction: Floats) -> Floats:
        slope = logistic(output) * logistic(-output)
        return np.asarray(slope * direction / (output.shape[1] * output.shape[2]))

    def first(self, output: Floats, y: Floats) -> Floats:
        return np.asarray(logistic(output))

    def term(self, first: Sequence[Leaf], y: Sequence[Leaf]) -> Node:
        (p,), (target,) = first, y
        right = p if target.value > 0.5 else Op("−", (constant(1.0), p))
        return Op("−", (Call("ln", "ln", math.log, right),))

    def slope(self, first: Leaf, y: Leaf, outputs: int) -> Node:
        return Op("−", (first, y))


@losses.register("softmax_cross_entropy")
class SoftmaxCrossEntropy(Loss):
    """Minus the log-probability of the right class under the softmax of the output, averaged over samples.

    With balanced weights each class counts alike, however many samples it has: the mean is Σ w_y l / Σ w_y with
    w_c = N / (C N_c) over the training samples, as in PyTorch; a class without any weighs nothing.
    """

    title = "Softmax cross-entropy"
    formula = "L = −(1/B) Σ log softmax(o)_y"
    opening: Opening | None = Opening("softmax", "p", "−{ln} {p}{_y}", "{p} − {y}")
    source = Source("J. Bridle, Probabilistic interpretation of feedforward classification network outputs", 1990)
    takes_classes = True
    params = (
        Param(
            name="class_weights",
            default="none",
            choices=("none", "balanced"),
            live=False,
            doc="Whether classes count by their samples, or balanced: each alike.",
        ),
    )

    class_weights: str
    _weights: NDArray[np.float64] | None = None

    def see_classes(self, counts: NDArray[np.int64]) -> None:
        if self.class_weights == "balanced":
            self._weights = np.where(counts > 0, counts.sum() / (len(counts) * np.maximum(counts, 1)), 0.0)
            self.opening = None  # which is of samples that count alike

    def weights_of(self, classes: int) -> NDArray[np.float64]:
        return np.ones(classes) if self._weights is None else self._weights

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        runs, count = output.shape[:2]
        shifted = output - output.max(axis=2, keepdims=True)
        exponentials = np.exp(shifted, out=delta)
        sums = exponentials.sum(axis=2, keepdims=True)
        of_class = (np.arange(runs)[:, None], np.arange(count), target)
        terms = np.log(sums[:, :, 0]) - shifted[of_class]
        if delta is not None:
            delta /= sums
            delta[of_class] -= 1.0
        if self._weights is None:
            if delta is not None:
                delta /= count
            return np.asarray(np.add.reduce(terms, axis=1) / count)
        weights = self._weights[target].astype(output.dtype)
        weights /= np.add.reduce(weights, axis=-1, keepdims=True)
        if delta is not None:
            delta *= weights[..., None]
        return np.asarray(np.add.reduce(terms * weights, axis=1))

    def bend(self, output: Floats, target: NDArray[Any], direction: Floats) -> Floats:
        # the derivative of the softmax p along d is p (d − Σ p d)
        share = np.exp(output - output.max(axis=2, keepdims=True))
        share /= share.sum(axis=2, keepdims=True)
        pull = share * direction
        bent = pull - share * pull.sum(axis=2, keepdims=True)
        if self._weights is None:
            return np.asarray(bent / output.shape[1])
        weights = self._weights[target].astype(output.dtype)
        return np.asarray(bent * (weights / weights.sum(axis=-1, keepdims=True))[..., None])

    def first(self, output: Floats, y: Floats) -> Floats:
        exponentials = np.exp(output - output.max(axis=1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))

    def term(self, first: Sequence[Leaf], y: Sequence[Leaf]) -> Node:
        right = next(p for p, target in zip(first, y, strict=True) if target.value > 0.5)
        return Op("−", (Call("ln", "ln", math.log, right),))

    def slope(self, first: Leaf, y: Leaf, outputs: int) -> Node:
        return Op("−", (first, y))
