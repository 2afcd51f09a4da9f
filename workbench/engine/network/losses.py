"""Losses of a network: the mean over a batch, with the gradient with respect to the network's output."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param
from workbench.engine.registry import Registry, Source

Floats = NDArray[np.floating[Any]]


class Loss:
    """Compares the output (R, B, n) with the target.

    `regression` losses take targets (.., B, n); the others class numbers (.., B). `one_hot` says that a data set
    with classes must give this loss its classes as vectors of zeros and a one.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()
    takes_classes: ClassVar[bool] = False

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        """The mean loss of each run (R,); where `delta` (R, B, n) is given, the gradient is written there."""
        raise NotImplementedError


losses: Registry[Loss] = Registry("loss")


@losses.register("mean_squared_error")
class MeanSquaredError(Loss):
    """The squared difference, its mean taken over samples and outputs."""

    title = "Mean squared error"
    formula = "L = Σ (o − y)² / (B n)"
    source = Source("A.-M. Legendre, Nouvelles méthodes pour la détermination des orbites des comètes", 1805)

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        runs, count = output.shape[0], output.shape[1] * output.shape[2]
        difference = np.subtract(output, target, out=delta)
        flat = difference.reshape(runs, -1)
        value = np.vecdot(flat, flat) / count
        if delta is not None:
            delta *= 2.0 / count
        return np.asarray(value)


@losses.register("softmax_cross_entropy")
class SoftmaxCrossEntropy(Loss):
    """Minus the log-probability of the right class under the softmax of the output, averaged over samples."""

    title = "Softmax cross-entropy"
    formula = "L = −(1/B) Σ log softmax(o)_y"
    source = Source("J. Bridle, Probabilistic interpretation of feedforward classification network outputs", 1990)
    takes_classes = True

    def value(self, output: Floats, target: NDArray[Any], delta: Floats | None = None) -> Floats:
        runs, count = output.shape[:2]
        shifted = output - output.max(axis=2, keepdims=True)
        exponentials = np.exp(shifted, out=delta)
        sums = exponentials.sum(axis=2, keepdims=True)
        of_class = (np.arange(runs)[:, None], np.arange(count), target)
        value = np.add.reduce(np.log(sums[:, :, 0]) - shifted[of_class], axis=1) / count
        if delta is not None:
            delta /= sums
            delta[of_class] -= 1.0
            delta /= count
        return np.asarray(value)
