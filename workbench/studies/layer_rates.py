"""A network whose layers have learning rates of their own, for rules that are linear in the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Floats

#: the rules under which a factor on the gradient is one on the learning rate
LINEAR = ("sgd", "momentum", "nesterov")


class LayerRates:
    """N runs of the first start of a network; run i is given its gradient times `factors[i]`, layer by layer.

    With a learning rate of 1 the factors are the layers' learning rates. Everything else is the network's own. A start
    of this problem is a row of the factors.
    """

    def __init__(self, problem: NetworkProblem, factors: NDArray[np.float64]) -> None:
        """`factors` (N, L) are those of the layers in order."""
        self._problem, self._factors = problem, factors
        self.starts = self.runs = len(factors)
        self._each = np.empty((len(factors), problem.size), problem.dtype)
        for i, layer in enumerate(problem.layers):
            self._each[:, layer.start : layer.stop] = factors[:, i : i + 1]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._problem, name)

    def of_runs(self, starts: NDArray[np.intp], draws: NDArray[np.intp]) -> LayerRates:
        return LayerRates(self._problem.of_runs(np.zeros_like(starts), draws), self._factors[starts])

    def initial(self) -> Floats:
        return np.broadcast_to(self._problem.initial(), (self.runs, self._problem.size)).copy()

    def loss_and_gradient(self, theta: Floats, step: int, out: Floats, runs: NDArray[np.intp] | None = None) -> Floats:
        loss = self._problem.loss_and_gradient(theta, step, out, runs)
        out *= self._each if runs is None else self._each[runs]
        return loss

    def evaluate(self, theta: Floats, saved: Mapping[str, Floats] | None = None) -> dict[str, Floats]:
        return self._problem.evaluate(theta, saved)
