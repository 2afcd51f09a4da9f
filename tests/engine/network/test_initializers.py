"""The initializers against the variances and bounds of their papers."""

import math

import numpy as np
import pytest

from workbench.engine.network.initializers import initializers

N_IN, N_OUT = 300, 200
#: variance of a weight, and the largest weight there can be
EXPECTED = {
    "xavier_uniform": (2 / (N_IN + N_OUT), math.sqrt(6 / (N_IN + N_OUT))),
    "xavier_normal": (2 / (N_IN + N_OUT), math.inf),
    "he_uniform": (2 / N_IN, math.sqrt(6 / N_IN)),
    "he_normal": (2 / N_IN, math.inf),
    "lecun_uniform": (1 / N_IN, math.sqrt(3 / N_IN)),
    "lecun_normal": (1 / N_IN, math.inf),
    "normal": (0.05**2, math.inf),
    "uniform": (0.05**2 / 3, 0.05),
    "orthogonal": (1 / N_IN, 1.0),
    "tensorflow_playground": (1 / 12, 0.5),
    "zeros": (0.0, 0.0),
}


def test_every_initializer_has_its_variance_here():
    assert set(initializers.keys()) == set(EXPECTED)


@pytest.mark.parametrize("key", initializers.keys())
def test_weights_have_the_variance_and_the_bound_of_the_paper(key):
    variance, bound = EXPECTED[key]
    weights = initializers.get(key)().draw(np.random.default_rng(3), N_IN, N_OUT)
    assert weights.shape == (N_IN, N_OUT)
    assert weights.var() == pytest.approx(variance, rel=0.03)
    assert abs(weights.mean()) <= 4 * math.sqrt(variance / weights.size)
    assert np.abs(weights).max() <= bound
    if 0 < bound < 1:
        assert np.abs(weights).max() > 0.98 * bound


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5), (1, 3)])
def test_orthogonal_weights_keep_lengths_times_the_gain(shape):
    weights = initializers.get("orthogonal")({"gain": 1.5}).draw(np.random.default_rng(3), *shape)
    assert np.linalg.svd(weights, compute_uv=False) == pytest.approx([1.5] * min(shape))


def test_the_settings_are_the_scale_of_the_plain_distributions():
    random = np.random.default_rng(3)
    assert initializers.get("normal")({"std": 2.0}).draw(random, 200, 200).std() == pytest.approx(2, rel=0.03)
    assert np.abs(initializers.get("uniform")({"limit": 3.0}).draw(random, 99, 99)).max() == pytest.approx(3, rel=0.01)


def test_only_the_playground_starts_its_biases_away_from_zero():
    assert {entry.key: entry.bias for entry in initializers if entry.bias} == {"tensorflow_playground": 0.1}
