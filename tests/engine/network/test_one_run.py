"""The pass of a single run is that of many runs, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from tests.many import times
from workbench.engine.network.activations import activations
from workbench.engine.network.losses import losses
from workbench.engine.network.network import LayerSpec, Network


@pytest.mark.parametrize("seed", range(times(60, 10_000)))
def test_a_single_run_gives_what_the_pass_of_many_gives(seed: int) -> None:
    random = np.random.default_rng(seed)
    sizes = random.choice([1, 2, 3, 5, 8, 17, 64], size=random.integers(2, 5))
    binary = random.random() < 0.3
    hidden = [LayerSpec(int(units), str(random.choice(activations.keys()))) for units in sizes[1:]]
    outputs = 1 if binary else int(random.integers(2, 11))
    of_several = str(random.choice(["softmax_cross_entropy", "mean_squared_error"]))
    loss = losses.get("binary_cross_entropy" if binary else of_several)({})
    dtype = np.dtype(random.choice(["float32", "float64"]))
    net = Network(int(sizes[0]), [*hidden, LayerSpec(outputs)], loss, dtype, l2=float(random.choice([0.0, 0.1])))
    batch = int(random.choice([1, 2, 7, 32, 128]))
    x = random.standard_normal((1, batch, sizes[0])).astype(dtype)
    if binary:
        y = random.integers(0, 2, (1, batch, 1)).astype(dtype)
    elif loss.takes_classes:
        y = random.integers(0, outputs, (1, batch))
    else:
        y = random.standard_normal((1, batch, outputs)).astype(dtype)
    theta = random.standard_normal((3, net.size)).astype(dtype)

    several = np.empty_like(theta)
    expected = net.loss_and_gradient(theta, x, y, net.workspace(3, batch), several)
    work = net.workspace(1, batch)
    for one, loss_of_one, slopes in zip(theta, expected, several, strict=True):
        here, out = one[None].copy(), np.empty((1, net.size), dtype)
        bound = net.bound(here, out)
        for _ in range(2):  # the second time with what the first has found
            found = net.loss_and_gradient(here, x, y, work, out, bound=bound)
            assert found.tobytes() == loss_of_one.tobytes()
            assert out.tobytes() == slopes.tobytes()


def test_a_single_run_reads_the_buffers_that_it_is_given_not_those_of_before() -> None:
    net = Network(2, [LayerSpec(3, "tanh"), LayerSpec(1)], losses.get("mean_squared_error")({}))
    work, random = net.workspace(1, 4), np.random.default_rng(0)
    x, y = random.standard_normal((1, 4, 2)), random.standard_normal((1, 4, 1))
    for _ in range(2):
        theta, out = random.standard_normal((1, net.size)), np.empty((1, net.size))
        found = net.loss_and_gradient(theta, x, y, work, out, bound=net.bound(theta, out))
        again = np.empty_like(out)
        expected = net.loss_and_gradient(theta, x, y, net.workspace(1, 4), again)
        assert found.tobytes() == expected.tobytes()
        assert out.tobytes() == again.tobytes()
