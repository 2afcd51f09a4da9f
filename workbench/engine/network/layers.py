"""What a layer is, where its parameters lie in the flat buffer, and the room that a pass over it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Value
from workbench.engine.problem import TensorSlice

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One affine layer; behind it, in this order: batch normalisation, the activation, dropout.

    Attributes:
        dropout: the share of the layer's outputs that is left out at each step of training.
        batch_norm: whether the affine output is normalised over the batch.
    """

    units: int
    activation: str = "identity"
    initializer: str = "xavier_uniform"
    dropout: float = 0.0
    batch_norm: bool = False
    activation_parameters: Mapping[str, Value] = field(default_factory=dict)
    initializer_parameters: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """The parameters of one layer within the flat buffer: weights (n_in, n_out), bias (n_out), and scale (n_out).

    Only a layer with batch normalisation has a scale γ. Its bias is then the shift β behind the normalisation: one
    before it would be taken away again with the mean.
    """

    name: str
    n_in: int
    n_out: int
    start: int
    batch_norm: bool = False

    @property
    def bias_start(self) -> int:
        return self.start + self.n_in * self.n_out

    @property
    def bias_stop(self) -> int:
        return self.bias_start + self.n_out

    @property
    def stop(self) -> int:
        return self.bias_stop + self.n_out * self.batch_norm

    @property
    def tensors(self) -> list[TensorSlice]:
        """The arrays of the layer: weights, bias, and the scale where it is normalised."""
        found = [
            TensorSlice(f"{self.name}.weight", self.start, (self.n_in, self.n_out)),
            TensorSlice(f"{self.name}.bias", self.bias_start, (self.n_out,)),
        ]
        if self.batch_norm:
            found.append(TensorSlice(f"{self.name}.scale", self.bias_stop, (self.n_out,)))
        return found

    def weight(self, theta: Floats) -> Floats:
        """The weights as a view: theta (R, P) -> (R, n_in, n_out)."""
        flat: Floats = theta[:, self.start : self.bias_start]
        return flat.reshape(theta.shape[0], self.n_in, self.n_out)

    def bias(self, theta: Floats) -> Floats:
        """The bias as a view: theta (R, P) -> (R, 1, n_out)."""
        bias: Floats = theta[:, None, self.bias_start : self.bias_stop]
        return bias

    def scale(self, theta: Floats) -> Floats:
        """The scale of batch normalisation as a view: theta (R, P) -> (R, 1, n_out)."""
        scale: Floats = theta[:, None, self.bias_stop : self.stop]
        return scale


class Views:
    """Each layer's part of one buffer (R, P): made once for the buffers of a race, whose steps all read the same ones.

    Attributes:
        weights, transposed: (R, n_in, n_out) and (R, n_out, n_in) each.
        biases, scales: (R, 1, n_out) each.
    """

    __slots__ = ("biases", "scales", "transposed", "weights")

    def __init__(self, blocks: Sequence[Block], theta: Floats) -> None:
        self.weights = [block.weight(theta) for block in blocks]
        self.transposed = [weight.swapaxes(1, 2) for weight in self.weights]
        self.biases = [block.bias(theta) for block in blocks]
        self.scales = [block.scale(theta) for block in blocks]


@dataclass(slots=True)
class Workspace:
    """The buffers of one pass over R runs and B samples.

    Attributes:
        z: what goes into the activations, (R, B, n_i) each; overwritten by a backward pass.
        a: what comes out of them (R, B, n_i).
        h: what the next layer reads: a, or a copy with dropout applied.
        delta: gradients, at last with respect to the affine outputs (R, B, n_i).
        normal: the normalised affine outputs (R, B, n_i), None without batch normalisation.
        inverse: one over their deviations (R, 1, n_i), the same.
        moments: mean and variance over the batch of all normalised units, (R, 2 M).
        ones: (1, 1, B), for sums over samples that do not depend on R.
    """

    z: list[Floats]
    a: list[Floats]
    h: list[Floats]
    delta: list[Floats]
    dropped: list[Floats | None]
    normal: list[Floats | None]
    inverse: list[Floats | None]
    moments: Floats
    ones: Floats
