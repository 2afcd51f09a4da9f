"""The activations against their formulas, written with the standard library, and against differences."""

import math

import numpy as np
import pytest

from workbench.engine.erf import erf
from workbench.engine.network.activations import activations
from workbench.engine.params import RequestError

LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772
FORMULAS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "selu": lambda z: LAMBDA * z if z > 0 else LAMBDA * ALPHA * (math.exp(z) - 1),
    "gelu": lambda z: z * 0.5 * (1 + math.erf(z / math.sqrt(2))),
    "swish": lambda z: z / (1 + math.exp(-z)),
    "mish": lambda z: z * math.tanh(math.log1p(math.exp(z))),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "softsign": lambda z: z / (1 + abs(z)),
}
KEYS = activations.keys()


def test_every_activation_has_its_formula_here():
    assert set(KEYS) == set(FORMULAS)


@pytest.mark.parametrize("key", KEYS)
def test_values_are_those_of_the_formula(key):
    z = np.linspace(-12, 12, 481)
    a = np.empty_like(z)
    activations.get(key)().forward(z, a)
    assert a == pytest.approx([FORMULAS[key](v) for v in z], rel=1e-13, abs=3e-15)


@pytest.mark.parametrize("key", KEYS)
def test_derivatives_are_those_of_differences_of_the_formula(key):
    z = np.linspace(-6, 6, 101) + 0.013  # no kink within reach of the difference
    h = 1e-5
    slopes = [(FORMULAS[key](v + h) - FORMULAS[key](v - h)) / (2 * h) for v in z]
    assert activations.get(key)().derivative(z) == pytest.approx(slopes, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("key", KEYS)
def test_backward_multiplies_the_gradient_given(key):
    activation = activations.get(key)()
    z = np.random.default_rng(0).normal(0, 2, (3, 5, 4))
    slope = activation.derivative(z)
    a, delta = np.empty_like(z), np.full_like(z, -3.0)
    activation.forward(z, a)
    activation.backward(z, a, delta)
    assert delta == pytest.approx(-3.0 * slope, rel=1e-15)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_values_stay_numbers_and_keep_their_precision(key, dtype):
    z = np.array([-1e4, -800.0, -40.0, 0.0, 40.0, 800.0, 1e4], dtype)
    activation = activations.get(key)()
    a = np.empty_like(z)
    with np.errstate(over="raise", invalid="raise"):
        activation.forward(z, a)
        slope = activation.derivative(z)
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()
    assert a.dtype == slope.dtype == np.dtype(dtype)


@pytest.mark.parametrize("key", KEYS)
def test_a_value_is_the_same_bits_whatever_stands_around_it(key):
    """Runs are computed side by side: where a number lies in the buffer must not change it."""
    activation = activations.get(key)()
    z = np.random.default_rng(1).normal(0, 3, (7, 13, 5))
    a, slope = np.empty_like(z), activation.derivative(z)
    activation.forward(z, a)
    for r in range(len(z)):
        alone = np.empty_like(z[r : r + 1])
        activation.forward(z[r : r + 1].copy(), alone)
        assert np.array_equal(alone[0], a[r])
        assert np.array_equal(activation.derivative(z[r : r + 1].copy())[0], slope[r])


def test_the_error_function_is_right_to_the_last_digits():
    x = np.concatenate([np.linspace(-7, 7, 20_001), [0.0, 1e-300, -1e-12, 0.46875, np.inf, -np.inf]])
    assert erf(x) == pytest.approx([math.erf(v) for v in x], rel=5e-16, abs=0)


def test_the_error_function_keeps_not_a_number():
    assert np.isnan(erf(np.array([np.nan]))).all()


def test_settings_of_an_activation_are_used_and_checked():
    z, a = np.array([-2.0, 3.0]), np.empty(2)
    activations.get("leaky_relu")({"slope": 0.5}).forward(z, a)
    assert a.tolist() == [-1.0, 3.0]
    activations.get("elu")({"alpha": 2.0}).forward(z, a)
    assert a == pytest.approx([2 * math.expm1(-2), 3.0])
    with pytest.raises(RequestError, match=r"`slope` must lie in \[0, 1\], got 2"):
        activations.get("leaky_relu")({"slope": 2})


@pytest.mark.parametrize("z", [-20.0, -36.5, -40.0, -100.0, -700.0])
def test_the_left_tail_of_the_logistic_function_and_its_relatives_keeps_its_digits(z: float) -> None:
    """To sixteen digits σ(z) = eᶻ there, and so are its slope and the softplus; Swish is z eᶻ, with slope (1 + z) eᶻ.

    At −20 the next term, e²ᶻ, is still seen: it is 2e-9 of the first.
    """
    at, tail = np.array([z]), np.exp(z)
    exact = {"sigmoid": (tail / (1 + tail), tail / (1 + tail) ** 2), "softplus": (np.log1p(tail), tail / (1 + tail)),
             "swish": (z * tail / (1 + tail), tail / (1 + tail) * (1 + z / (1 + tail)))}  # fmt: skip
    for key, (value, slope) in exact.items():
        activation, out = activations.get(key)(), np.empty(1)
        activation.forward(at.copy(), out)
        assert out[0] == pytest.approx(value, rel=1e-15)
        assert activation.derivative(at)[0] == pytest.approx(slope, rel=1e-14)
