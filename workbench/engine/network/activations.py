"""Activations: elementwise functions with their derivatives, in place on the layer's own buffers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.erf import erf
from workbench.engine.logistic import logistic, write_logistic
from workbench.engine.network.configured import Configured
from workbench.engine.params import Param
from workbench.engine.registry import Registry, Source

Floats = NDArray[np.floating[Any]]


class Activation(Configured):
    """An elementwise function a = f(z).

    `forward` writes a; `backward` multiplies a gradient with respect to a, in place, by f'(z).

    Attributes:
        saturates: whether its slope vanishes on both sides, so that units can be stuck at their bounds.
        dies: whether its slope is exactly zero on a whole half line, so that units can stop learning for good.
    """

    noun = "activation"
    saturates: ClassVar[bool] = False
    dies: ClassVar[bool] = False

    def forward(self, z: Floats, out: Floats) -> None:
        """Write f(z) to `out`, which is not z itself."""
        raise NotImplementedError

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        """Overwrite delta, the gradient with respect to a, with the gradient with respect to z.

        Reads z and a = f(z); z may be overwritten too, as the room to compute in.
        """
        raise NotImplementedError

    def derivative(self, z: Floats) -> Floats:
        """f'(z) as a fresh array; z is left alone."""
        slope = np.ones_like(z)
        a = np.empty_like(z)
        self.forward(z, a)
        self.backward(z.copy(), a, slope)
        return slope

    def second_derivative(self, z: Floats) -> Floats:
        """f''(z) as a fresh array; 0 at a kink. By central differences of f' unless a subclass knows it exactly."""
        step = 1e-5 * np.maximum(1.0, np.abs(z))
        return np.asarray((self.derivative(z + step) - self.derivative(z - step)) / (2.0 * step))


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

    def second_derivative(self, z: Floats) -> Floats:
        return np.zeros_like(z)


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
    saturates = True

    def forward(self, z: Floats, out: Floats) -> None:
        write_logistic(z, out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        np.subtract(1.0, a, out=z)
        z *= a
        delta *= z

    def second_derivative(self, z: Floats) -> Floats:
        a = logistic(z)
        return np.asarray(a * logistic(-z) * (1.0 - 2.0 * a))


@activations.register("tanh")
class Tanh(Activation):
    """The sigmoid's twin around zero."""

    title = "Tanh"
    formula = "f(z) = tanh z"
    source = Source("Y. LeCun et al., Efficient BackProp", 1998)
    saturates = True

    def forward(self, z: Floats, out: Floats) -> None:
        np.tanh(z, out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        np.multiply(a, a, z)
        np.subtract(1.0, z, z)
        delta *= z

    def second_derivative(self, z: Floats) -> Floats:
        a = np.tanh(z)
        return np.asarray(-2.0 * a * (1.0 - a * a))


@activations.register("relu")
class ReLU(Activation):
    """Zero below zero: cheap and without saturation above; a unit that is never above is dead. f'(0) is taken as 0."""

    title = "ReLU"
    formula = "f(z) = max(0, z)"
    source = Source("V. Nair, G. Hinton, Rectified linear units improve restricted Boltzmann machines", 2010)
    dies = True

    def forward(self, z: Floats, out: Floats) -> None:
        np.maximum(z, 0.0, out=out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        np.sign(a, out=z)
        delta *= z

    def second_derivative(self, z: Floats) -> Floats:
        return np.zeros_like(z)


@activations.register("leaky_relu")
class LeakyReLU(Activation):
    """A rectifier that lets a little through below zero, so that no unit is dead for good. f'(0) is the slope."""

    title = "Leaky ReLU"
    formula = "f(z) = z for z > 0, s z otherwise"
    source = Source("A. Maas, A. Hannun, A. Ng, Rectifier nonlinearities improve neural network acoustic models", 2013)
    params = (
        Param(
            name="slope",
            default=0.01,
            low=0,
            high=1,
            slider=(0, 0.5),
            live=False,
            symbol="s",
            doc="The slope below zero.",
        ),
    )

    slope: float

    def forward(self, z: Floats, out: Floats) -> None:
        np.multiply(z, self.slope, out=out)
        np.maximum(out, z, out=out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        np.multiply(delta, self.slope, out=delta, where=z <= 0.0)

    def second_derivative(self, z: Floats) -> Floats:
        return np.zeros_like(z)


@activations.register("elu")
class ELU(Activation):
    """A rectifier that bends smoothly to −α below zero, which brings the mean of its values nearer to zero."""

    title = "ELU"
    formula = "f(z) = z for z > 0, α (e^z − 1) otherwise"
    source = Source(
        "D.-A. Clevert, T. Unterthiner, S. Hochreiter, Fast and accurate deep network learning by ELUs",
        2015,
        "https://arxiv.org/abs/1511.07289",
    )
    params = (
        Param(
            name="alpha",
            default=1.0,
            low=0,
            high=100,
            slider=(0, 2),
            live=False,
            symbol="α",
            doc="Minus the value it tends to far below zero.",
        ),
    )

    alpha: float

    def forward(self, z: Floats, out: Floats) -> None:
        exponential_unit(z, 1.0, self.alpha, out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        exponential_slope(z, a, 1.0, self.alpha, delta)

    def second_derivative(self, z: Floats) -> Floats:
        return np.where(z > 0.0, 0.0, self.alpha * np.exp(np.minimum(z, 0.0)))


@activations.register("selu")
class SELU(Activation):
    """The ELU with the two constants that pull mean and variance towards 0 and 1 from layer to layer."""

    title = "SELU"
    formula = "f(z) = λ z for z > 0, λ α (e^z − 1) otherwise;  λ ≈ 1.0507, α ≈ 1.6733"
    source = Source(
        "G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, Self-normalizing neural networks",
        2017,
        "https://arxiv.org/abs/1706.02515",
    )
    scale: ClassVar[float] = 1.0507009873554804934193349852946
    alpha: ClassVar[float] = 1.6732632423543772848170429916717

    def forward(self, z: Floats, out: Floats) -> None:
        exponential_unit(z, self.scale, self.alpha, out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        exponential_slope(z, a, self.scale, self.alpha, delta)

    def second_derivative(self, z: Floats) -> Floats:
        return np.where(z > 0.0, 0.0, self.scale * self.alpha * np.exp(np.minimum(z, 0.0)))


def exponential_unit(z: Floats, scale: float, alpha: float, out: Floats) -> None:
    """Write scale z above zero and scale α (e^z − 1) below it to `out`."""
    np.minimum(z, 0.0, out=out)
    np.expm1(out, out=out)
    out *= scale * alpha
    np.multiply(z, scale, out=out, where=z > 0.0)


def exponential_slope(z: Floats, a: Floats, scale: float, alpha: float, delta: Floats) -> None:
    """Multiply delta by the slope of `exponential_unit`; z is overwritten."""
    above = z > 0.0
    np.add(a, scale * alpha, out=z)
    np.copyto(z, scale, where=above)
    delta *= z


@activations.register("gelu")
class GELU(Activation):
    """Each input weighed by the share of a normal distribution below it; the exact form, by the error function."""

    title = "GELU"
    formula = "f(z) = z Φ(z),  Φ(z) = (1 + erf(z / √2)) / 2"
    source = Source("D. Hendrycks, K. Gimpel, Gaussian error linear units", 2016, "https://arxiv.org/abs/1606.08415")

    def forward(self, z: Floats, out: Floats) -> None:
        np.multiply(z, _normal_share(z), out=out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        slope = _normal_share(z)
        density = np.multiply(z, z)
        density *= -0.5
        np.exp(density, out=density)
        density *= z
        density *= 0.3989422804014326779  # 1 / sqrt(2 pi)
        slope += density
        delta *= slope

    def second_derivative(self, z: Floats) -> Floats:
        # f'' = (2 − z²) φ(z), with φ the density of the normal distribution
        return np.asarray((2.0 - z * z) * 0.3989422804014326779 * np.exp(-0.5 * z * z))


def _normal_share(z: Floats) -> Floats:
    """Φ(z), the share of the standard normal distribution below z."""
    share = erf(z * 0.70710678118654752440)
    share += 1.0
    share *= 0.5
    return share


@activations.register("swish")
class Swish(Activation):
    """The input weighed by its own sigmoid; also known as SiLU."""

    title = "Swish"
    formula = "f(z) = z σ(z)"
    source = Source(
        "P. Ramachandran, B. Zoph, Q. Le, Searching for activation functions", 2017, "https://arxiv.org/abs/1710.05941"
    )

    def forward(self, z: Floats, out: Floats) -> None:
        write_logistic(z, out)
        out *= z

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        # f' = σ + z σ (1 − σ) = a + σ (1 − a)
        write_logistic(z, z)
        slope = 1.0 - a
        slope *= z
        slope += a
        delta *= slope

    def second_derivative(self, z: Floats) -> Floats:
        # f'' = σ' (2 + z (1 − 2 σ))
        a, b = logistic(z), logistic(-z)
        return np.asarray(a * b * (2.0 + z * (b - a)))


@activations.register("mish")
class Mish(Activation):
    """Swish's near relative, with the hyperbolic tangent of the softplus as the weight."""

    title = "Mish"
    formula = "f(z) = z tanh(ln(1 + e^z))"
    source = Source("D. Misra, Mish: a self regularized activation function", 2019, "https://arxiv.org/abs/1908.08681")

    def forward(self, z: Floats, out: Floats) -> None:
        np.logaddexp(0.0, z, out=out)
        np.tanh(out, out=out)
        out *= z

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        # f' = t + z σ(z) (1 − t²), t = tanh(softplus z)
        t = np.logaddexp(0.0, z)
        np.tanh(t, out=t)
        slope = np.empty_like(z)
        write_logistic(z, slope)
        slope *= z
        slope *= 1.0 - t * t
        slope += t
        delta *= slope

    def second_derivative(self, z: Floats) -> Floats:
        # with t = tanh(softplus z) and u = 1 − t²: f'' = u σ (2 + z (1 − σ) − 2 z t σ)
        t, share = np.tanh(np.logaddexp(0.0, z)), logistic(z)
        return np.asarray((1.0 - t * t) * share * (2.0 + z * logistic(-z) - 2.0 * z * t * share))


@activations.register("softplus")
class Softplus(Activation):
    """The smooth rectifier; its slope is the sigmoid."""

    title = "Softplus"
    formula = "f(z) = ln(1 + e^z)"
    source = Source("C. Dugas et al., Incorporating second-order functional knowledge for better option pricing", 2000)

    def forward(self, z: Floats, out: Floats) -> None:
        np.logaddexp(0.0, z, out=out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        write_logistic(z, z)
        delta *= z

    def second_derivative(self, z: Floats) -> Floats:
        return np.asarray(logistic(z) * logistic(-z))


@activations.register("softsign")
class Softsign(Activation):
    """Bounded like tanh, but it nears its bounds slowly, so that it saturates less."""

    title = "Softsign"
    formula = "f(z) = z / (1 + |z|)"
    source = Source("J. Bergstra et al., Quadratic polynomials learn better image features", 2009)
    saturates = True

    def forward(self, z: Floats, out: Floats) -> None:
        np.abs(z, out=out)
        out += 1.0
        np.divide(z, out, out=out)

    def backward(self, z: Floats, a: Floats, delta: Floats) -> None:
        # f' = 1 / (1 + |z|)² = (1 − |a|)²
        np.abs(a, out=z)
        np.subtract(1.0, z, out=z)
        delta *= z
        delta *= z

    def second_derivative(self, z: Floats) -> Floats:
        # f'' = −2 sign(z) / (1 + |z|)³
        return np.asarray(-2.0 * np.sign(z) / (1.0 + np.abs(z)) ** 3)
