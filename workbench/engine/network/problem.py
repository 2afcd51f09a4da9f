"""A network with data as a problem: P is the number of its weights and biases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets import Split
from workbench.engine.network.losses import losses
from workbench.engine.network.network import LayerSpec, Network, Workspace
from workbench.engine.params import RequestError
from workbench.engine.problem import Floats, LayerSlice, TensorSlice
from workbench.engine.streams import Purpose, stream

_EVALUATED_NUMBERS = 4_000_000  # the largest buffer that an evaluation of many parameter vectors may ask for


def default_loss(split: Split) -> str:
    """The loss that follows from the data."""
    return "softmax_cross_entropy" if split.classes else "mean_squared_error"


def targets(y: NDArray[Any], split: Split, *, takes_classes: bool) -> NDArray[Any]:
    """What the loss compares with: class numbers (N,), or values (N, n), classes then as zeros and a one."""
    if not split.classes or takes_classes:
        return y
    return np.asarray(np.eye(len(split.classes))[y])


class NetworkProblem:
    """R runs of one network on one data set, S starts a lane, each with its own initial weights and batches."""

    def __init__(
        self,
        split: Split,
        hidden: Sequence[LayerSpec],
        *,
        loss: str = "",
        lanes: int = 1,
        starts: int = 1,
        seed: int = 0,
        batch_size: int = 0,
        dtype: str = "float64",
        output_initializer: str = "xavier_uniform",
    ) -> None:
        """`batch_size` 0 takes the whole training set at each step.

        Raises:
            RequestError: the loss does not fit the data.
        """
        self.split = split
        self.loss_name = loss or default_loss(split)
        chosen = losses.get(self.loss_name, "loss")()
        if chosen.takes_classes and not split.classes:
            raise RequestError("loss", f'"{self.loss_name}" needs data with classes; this data set has values')
        n_out = len(split.classes) or split.y_train.shape[1]
        self.network = Network(
            split.x_train.shape[1], [*hidden, LayerSpec(n_out, "identity", output_initializer)], chosen, dtype
        )
        self.starts, self.runs, self.size = starts, lanes * starts, self.network.size
        self.dtype = self.network.dtype
        self.layers = tuple(LayerSlice(b.name, b.start, b.stop) for b in self.network.blocks)
        self.tensors = tuple(
            tensor
            for b in self.network.blocks
            for tensor in (
                TensorSlice(f"{b.name}.weight", b.start, (b.n_in, b.n_out)),
                TensorSlice(f"{b.name}.bias", b.bias_start, (b.n_out,)),
            )
        )
        self._lanes, self._seed = lanes, seed
        kind = self.dtype
        takes = chosen.takes_classes
        self.x_train, self.x_test = split.x_train.astype(kind), split.x_test.astype(kind)
        self.y_train = _in_precision(targets(split.y_train, split, takes_classes=takes), kind)
        self.y_test = _in_precision(targets(split.y_test, split, takes_classes=takes), kind)
        count = len(self.x_train)
        self.batch_size = min(batch_size, count) or count
        self.steps_per_epoch = -(-count // self.batch_size)
        self.metrics = tuple(self._metric_names())
        self._workspaces: dict[tuple[int, int], Workspace] = {}
        self._epoch = -1

    def _metric_names(self) -> list[str]:
        names = ["train_loss"]
        if len(self.x_test):
            names.append("test_loss")
        if self.split.classes:
            names.append("accuracy")
            if len(self.x_test):
                names.append("test_accuracy")
        return names

    def initial(self) -> Floats:
        drawn = np.stack([self.network.initial(self._seed, s) for s in range(self.starts)])
        return np.tile(drawn, (self._lanes, 1))

    def batch(self, step: int) -> tuple[Floats, NDArray[Any]]:
        """The batch that a step sees: inputs (R or 1, B, n_in) and targets; the last of an epoch may be smaller."""
        if self.steps_per_epoch == 1:
            return self.x_train[None], self.y_train[None]
        epoch, number = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            count = len(self.x_train)
            orders = [stream(self._seed, Purpose.BATCHES, s, epoch).permutation(count) for s in range(self.starts)]
            self._orders, self._epoch = np.stack(orders), epoch
        rows = self._orders[:, number * self.batch_size : (number + 1) * self.batch_size]
        x, y = self.x_train[rows], self.y_train[rows]
        if self.starts > 1:
            x, y = np.tile(x, (self._lanes, 1, 1)), np.tile(y, (self._lanes, *[1] * (y.ndim - 1)))
        return x, y

    def loss_and_gradient(self, theta: Floats, step: int, out: Floats, runs: NDArray[np.intp] | None = None) -> Floats:
        x, y = self.batch(step)
        if runs is not None and len(x) > 1:
            x, y = x[runs], y[runs]
        return self.network.loss_and_gradient(theta, x, y, self._workspace(len(theta), x.shape[1]), out)

    def losses(self, theta: Floats) -> Floats:
        return self._over(theta, self.x_train, self.y_train, accuracy=False)[0]

    def evaluate(self, theta: Floats) -> dict[str, Floats]:
        wants = bool(self.split.classes)
        found: dict[str, Floats] = {}
        found["train_loss"], accuracy = self._over(theta, self.x_train, self.y_train, accuracy=wants)
        if wants:
            found["accuracy"] = accuracy
        if len(self.x_test):
            found["test_loss"], accuracy = self._over(theta, self.x_test, self.y_test, accuracy=wants)
            if wants:
                found["test_accuracy"] = accuracy
        return found

    def distance(self, theta: Floats) -> Floats | None:
        return None

    def outputs(self, theta: Floats, x: NDArray[Any]) -> Floats:
        """The network's outputs (K, N, n_out) for parameter vectors (K, P) at inputs (N, n_in)."""
        x = x.astype(self.dtype, copy=False)
        return self.network.forward(theta, x[None], self.network.workspace(len(theta), len(x))).copy()

    def _over(self, theta: Floats, x: Floats, y: NDArray[Any], *, accuracy: bool) -> tuple[Floats, Floats]:
        """Loss and, where asked for, accuracy (K,) over all of x, in pieces of a bounded size."""
        widest = max(spec.units for spec in self.network.layers)
        at_once = max(1, _EVALUATED_NUMBERS // (len(x) * widest))
        loss = np.empty(len(theta), self.dtype)
        right = np.empty(len(theta), self.dtype)
        for first in range(0, len(theta), at_once):
            part = theta[first : first + at_once]
            output = self.network.forward(part, x[None], self._workspace(len(part), len(x)))
            loss[first : first + at_once] = self.network.loss.value(output, y[None])
            if accuracy:
                truth = y if y.ndim == 1 else y.argmax(axis=1)
                right[first : first + at_once] = (output.argmax(axis=2) == truth).mean(axis=1)
        return loss, right

    def _workspace(self, runs: int, samples: int) -> Workspace:
        """Buffers kept for the few shapes that come back at every step: batches, their remainder, evaluations."""
        key = (runs, samples)
        if key not in self._workspaces:
            if len(self._workspaces) >= 6:
                self._workspaces.clear()
            self._workspaces[key] = self.network.workspace(runs, samples)
        return self._workspaces[key]


def _in_precision(y: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    return y if y.dtype.kind == "i" else y.astype(dtype)
