"""Initial weights, and the value at which biases start (zero in all of them but one)."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.configured import Configured
from workbench.engine.params import Param
from workbench.engine.registry import Registry, Source

Array = NDArray[np.float64]


class Initializer(Configured):
    """Draws a weight matrix (n_in, n_out); `bias` is where the layer's biases start."""

    noun = "initializer"
    bias: ClassVar[float] = 0.0

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
_LECUN = Source("Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp", 1998)
_OLD = Source(
    "D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors",
    1986,
    "https://doi.org/10.1038/323533a0",
)


@initializers.register("xavier_uniform")
class XavierUniform(Initializer):
    """Keeps the variance of activations and of gradients level where the activation is near the identity."""

    title = "Xavier uniform"
    formula = "W ~ U(−r, r), r = √(6 / (n_in + n_out))"
    source = _XAVIER

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        r = math.sqrt(6.0 / (n_in + n_out))
        return random.uniform(-r, r, (n_in, n_out))


@initializers.register("xavier_normal")
class XavierNormal(Initializer):
    """Xavier's variance with a normal distribution."""

    title = "Xavier normal"
    formula = "W ~ N(0, 2 / (n_in + n_out))"
    source = _XAVIER

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return random.normal(0.0, math.sqrt(2.0 / (n_in + n_out)), (n_in, n_out))


@initializers.register("he_uniform")
class HeUniform(Initializer):
    """He's variance with a uniform distribution."""

    title = "He uniform"
    formula = "W ~ U(−r, r), r = √(6 / n_in)"
    source = _HE

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        r = math.sqrt(6.0 / n_in)
        return random.uniform(-r, r, (n_in, n_out))


@initializers.register("he_normal")
class HeNormal(Initializer):
    """Keeps the variance level behind rectifiers, which halve it."""

    title = "He normal"
    formula = "W ~ N(0, 2 / n_in)"
    source = _HE

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return random.normal(0.0, math.sqrt(2.0 / n_in), (n_in, n_out))


@initializers.register("lecun_uniform")
class LeCunUniform(Initializer):
    """LeCun's variance with a uniform distribution."""

    title = "LeCun uniform"
    formula = "W ~ U(−r, r), r = √(3 / n_in)"
    source = _LECUN

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        r = math.sqrt(3.0 / n_in)
        return random.uniform(-r, r, (n_in, n_out))


@initializers.register("lecun_normal")
class LeCunNormal(Initializer):
    """Keeps the variance of the values level on the way forward; what SELU asks for."""

    title = "LeCun normal"
    formula = "W ~ N(0, 1 / n_in)"
    source = _LECUN

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return random.normal(0.0, math.sqrt(1.0 / n_in), (n_in, n_out))


@initializers.register("normal")
class Normal(Initializer):
    """Normal with one deviation whatever the layer's size: too small makes deep gradients vanish, too large explode."""

    title = "Normal"
    formula = "W ~ N(0, σ²)"
    source = _OLD
    params = (
        Param(
            name="std",
            default=0.05,
            low=0,
            high=1000,
            scale="log",
            slider=(1e-3, 10),
            live=False,
            title="standard deviation",
            symbol="σ",
            doc="The standard deviation of the weights.",
        ),
    )

    std: float

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return random.normal(0.0, self.std, (n_in, n_out))


@initializers.register("uniform")
class Uniform(Initializer):
    """Uniform with one bound whatever the layer's size."""

    title = "Uniform"
    formula = "W ~ U(−r, r)"
    source = _OLD
    params = (
        Param(
            name="limit",
            default=0.05,
            low=0,
            high=1000,
            scale="log",
            slider=(1e-3, 10),
            live=False,
            symbol="r",
            doc="The largest weight drawn.",
        ),
    )

    limit: float

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return random.uniform(-self.limit, self.limit, (n_in, n_out))


@initializers.register("orthogonal")
class Orthogonal(Initializer):
    """Keeps the length of what passes through, times the gain: its singular values are all alike."""

    title = "Orthogonal"
    formula = "W = g Q,  Qᵀ Q = 1 or Q Qᵀ = 1"
    source = Source(
        "A. Saxe, J. McClelland, S. Ganguli, Exact solutions to the nonlinear dynamics of learning",
        2013,
        "https://arxiv.org/abs/1312.6120",
    )
    params = (
        Param(
            name="gain",
            default=1.0,
            low=0,
            high=1000,
            slider=(0, 3),
            live=False,
            symbol="g",
            doc="The factor on the orthogonal matrix.",
        ),
    )

    gain: float

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        tall = (max(n_in, n_out), min(n_in, n_out))
        q, r = np.linalg.qr(random.standard_normal(tall))
        q *= np.where(np.diagonal(r) < 0, -1.0, 1.0)  # without it the distribution leans to the algorithm's signs
        return self.gain * (q if n_in >= n_out else q.T)


@initializers.register("tensorflow_playground")
class TensorFlowPlayground(Initializer):
    """As TensorFlow Playground begins: weights within one half, biases at 0.1."""

    title = "TensorFlow Playground"
    formula = "W ~ U(−½, ½),  b = 0.1"
    source = Source("D. Smilkov, S. Carter, TensorFlow Playground", 2016, "https://playground.tensorflow.org")
    bias = 0.1

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return random.uniform(-0.5, 0.5, (n_in, n_out))


@initializers.register("zeros")
class Zeros(Initializer):
    """All weights zero: the units of a layer then learn the same for ever, which is why weights are drawn."""

    title = "Zeros"
    formula = "W = 0"
    source = _OLD

    def draw(self, random: np.random.Generator, n_in: int, n_out: int) -> Array:
        return np.zeros((n_in, n_out))
