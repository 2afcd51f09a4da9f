"""Initial weights. Biases start at zero in all of them."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param
from workbench.engine.registry import Registry, Source

Array = NDArray[np.float64]


class Initializer:
    """Draws a weight matrix (n_in, n_out)."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        """A matrix (n_in, n_out) from the generator."""
        raise NotImplementedError


initializers: Registry[Initializer] = Registry("initializer")

_XAVIER = Source(
    "X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks",
    2010,
    "https://proceedings.mlr.press/v9/glorot10a.html",
)
_HE = Source("K. He, X. Zhang, S. Ren, J. Sun, Delving deep into rectifiers", 2015, "https://arxiv.org/abs/1502.01852")


@initializers.register("xavier_uniform")
class XavierUniform(Initializer):
    """Keeps the variance of activations and of gradients level where the activation is near the identity."""

    title = "Xavier uniform"
    formula = "W ~ U(−r, r), r = √(6 / (n_in + n_out))"
    source = _XAVIER

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        r = math.sqrt(6.0 / (n_in + n_out))
        return random.uniform(-r, r, (n_in, n_out))


@initializers.register("he_normal")
class HeNormal(Initializer):
    """Keeps the variance level behind rectifiers, which halve it."""

    title = "He normal"
    formula = "W ~ N(0, 2 / n_in)"
    source = _HE

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return random.normal(0.0, math.sqrt(2.0 / n_in), (n_in, n_out))
