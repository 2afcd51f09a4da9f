"""Activations: elementwise functions with their derivatives, in place on the layer's own buffers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param
from workbench.engine.registry import Registry, Source

Floats = NDArray[np.floating[Any]]


class Activation:
    """An elementwise function a = f(z).

    `forward` writes a; `backward` multiplies a gradient with respect to a, in place, by f'(z), for which it may read
    both z and a.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()

    def forward(self, z: Floats, out: Floats) -> None:
        """Write f(z) to `out`, which may be z itself only for the identity."""
        raise NotImplementedError

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        """Overwrite delta, the gradient with respect to a, with the gradient with respect to z."""
        raise NotImplementedError


activations: Registry[Activation] = Registry("activation")


@activations.register("identity")
class Identity(Activation):
    """No bend at all: layers of it are one affine map."""

    title = "Identity"
    formula = "f(z) = z"
    source = Source("B. Widrow, M. Hoff, Adaptive switching circuits", 1960)

    def forward(self, z: Floats, out: Floats) -> None:
        np.copyto(out, z)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        pass


@activations.register("sigmoid")
class Sigmoid(Activation):
    """The logistic function. Its derivative is at most 1/4, so that gradients shrink from layer to layer."""

    title = "Sigmoid"
    formula = "f(z) = 1 / (1 + e^(−z))"
    source = Source(
        "D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors",
        1986,
        "https://doi.org/10.1038/323533a0",
    )

    def forward(self, z: Floats, out: Floats) -> None:
        # tanh saturates where exp would overflow: 1 / (1 + e^-z) = (1 + tanh(z / 2)) / 2
        np.multiply(z, 0.5, out=out)
        np.tanh(out, out=out)
        out += 1.0
        out *= 0.5

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        delta *= a
        delta *= 1.0 - a


@activations.register("tanh")
class Tanh(Activation):
    """The sigmoid's twin around zero."""

    title = "Tanh"
    formula = "f(z) = tanh z"
    source = Source("Y. LeCun et al., Efficient BackProp", 1998)

    def forward(self, z: Floats, out: Floats) -> None:
        np.tanh(z, out=out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        delta *= 1.0 - a * a


@activations.register("relu")
class ReLU(Activation):
    """Zero below zero: cheap and without saturation above; a unit that is never above is dead. f'(0) is taken as 0."""

    title = "ReLU"
    formula = "f(z) = max(0, z)"
    source = Source("V. Nair, G. Hinton, Rectified linear units improve restricted Boltzmann machines", 2010)

    def forward(self, z: Floats, out: Floats) -> None:
        np.maximum(z, 0.0, out=out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        delta *= z > 0.0
