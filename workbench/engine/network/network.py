"""A multilayer perceptron over R runs: forward, loss and backpropagation in one flat parameter buffer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.activations import Activation, activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import Loss
from workbench.engine.streams import Purpose, stream

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One affine layer and the activation behind it."""

    units: int
    activation: str = "identity"
    initializer: str = "xavier_uniform"


@dataclass(frozen=True, slots=True)
class Block:
    """The parameters of one layer within the flat buffer: the weights (n_in, n_out), then the bias (n_out)."""

    name: str
    n_in: int
    n_out: int
    start: int

    @property
    def bias_start(self) -> int:
        return self.start + self.n_in * self.n_out

    @property
    def stop(self) -> int:
        return self.bias_start + self.n_out

    def weight(self, theta: Floats) -> Floats:
        """The weights as a view: theta (R, P) -> (R, n_in, n_out)."""
        flat: Floats = theta[:, self.start : self.bias_start]
        return flat.reshape(theta.shape[0], self.n_in, self.n_out)

    def bias(self, theta: Floats) -> Floats:
        """The bias as a view: theta (R, P) -> (R, 1, n_out)."""
        bias: Floats = theta[:, None, self.bias_start : self.stop]
        return bias


@dataclass(slots=True)
class Workspace:
    """The buffers of one pass over R runs and B samples; `z[i]`, `a[i]` and `delta[i]` are (R, B, n_i)."""

    z: list[Floats]
    a: list[Floats]
    delta: list[Floats]


class Network:
    """Affine layers with activations; the loss is applied to the last layer's activation.

    Attributes:
        blocks: where each layer's parameters lie in the flat buffer.
        size: P, the number of parameters.
    """

    def __init__(self, n_in: int, layers: Sequence[LayerSpec], loss: Loss, dtype: Any = np.float64) -> None:
        self.layers = tuple(layers)
        self.loss = loss
        self.dtype = np.dtype(dtype)
        self.activations: list[Activation] = [activations.get(spec.activation)() for spec in layers]
        blocks: list[Block] = []
        for i, spec in enumerate(layers):
            name = "output" if i == len(layers) - 1 else f"layer{i + 1}"
            blocks.append(Block(name, n_in, spec.units, blocks[-1].stop if blocks else 0))
            n_in = spec.units
        self.blocks = tuple(blocks)
        self.size = blocks[-1].stop

    def initial(self, seed: int, start: int) -> Floats:
        """The initial parameters (P,) of a start: weights by each layer's initializer, biases zero."""
        random = stream(seed, Purpose.WEIGHTS, start)
        theta = np.zeros((1, self.size))
        for spec, block in zip(self.layers, self.blocks, strict=True):
            block.weight(theta)[0] = initializers.get(spec.initializer)().draw(random, block.n_in, block.n_out)
        return np.asarray(theta[0], self.dtype)

    def workspace(self, runs: int, samples: int) -> Workspace:
        """Buffers for `runs` parameter vectors and `samples` samples."""

        def buffers() -> list[Floats]:
            return [np.empty((runs, samples, spec.units), self.dtype) for spec in self.layers]

        return Workspace(buffers(), buffers(), buffers())

    def forward(self, theta: Floats, x: Floats, work: Workspace) -> Floats:
        """The outputs (R, B, n_out) for inputs x, (1, B, n_in) shared or (R, B, n_in): a view into `work`."""
        a = x
        for i, (block, activation) in enumerate(zip(self.blocks, self.activations, strict=True)):
            z = work.z[i]
            np.matmul(a, block.weight(theta), out=z)
            z += block.bias(theta)
            activation.forward(z, work.a[i])
            a = work.a[i]
        return a

    def loss_and_gradient(self, theta: Floats, x: Floats, y: NDArray[Any], work: Workspace, out: Floats) -> Floats:
        """The loss (R,) of a batch; its gradient is written to out (R, P)."""
        output = self.forward(theta, x, work)
        delta = work.delta[-1]
        value = self.loss.value(output, y, delta)
        ones = np.ones((1, 1, x.shape[1]), self.dtype)
        for i in range(len(self.blocks) - 1, -1, -1):
            block, delta = self.blocks[i], work.delta[i]
            self.activations[i].backward(work.z[i], work.a[i], delta)
            below = work.a[i - 1] if i else x
            np.matmul(below.swapaxes(1, 2), delta, out=block.weight(out))
            # A product with ones sums each run by itself: sum() would order its additions by R.
            np.matmul(ones, delta, out=block.bias(out))
            if i:
                np.matmul(delta, block.weight(theta).swapaxes(1, 2), out=work.delta[i - 1])
        return value
