"""A pass taken apart gives, put together again, exactly what the network computes."""

import numpy as np
import pytest

from tests.network_cases import architecture, dropout_masks
from workbench.engine.network.anatomy import FORMULAS, dissect


@pytest.mark.parametrize("number", range(20))
def test_the_stages_add_up_to_the_networks_own_loss_and_gradient(number):
    network, theta, x, y = architecture(number)
    masks = dropout_masks(network, number, len(x))
    gradient, work = np.empty((1, network.size)), network.workspace(1, len(x))
    loss = network.loss_and_gradient(theta[None], x[None], y[None], work, gradient, masks=masks)
    stages = dissect(network, theta, x, y, masks=masks)
    assert next(s.value for s in stages if s.rule == "loss") == pytest.approx(loss[0], rel=1e-14)
    put_together = np.empty((1, network.size))
    for stage in stages:
        assert stage.rule in FORMULAS
        if stage.direction == "backward" and stage.rule in ("weight_gradient", "penalty_gradient"):
            network.blocks[stage.layer].weight(put_together)[0] = stage.value
        if stage.rule == "bias_gradient":
            network.blocks[stage.layer].bias(put_together)[0, 0] = stage.value
        if "scale_gradient" in stage.extra:
            network.blocks[stage.layer].scale(put_together)[0, 0] = stage.extra["scale_gradient"]
    assert put_together == pytest.approx(gradient, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("number", [1, 4, 6])
def test_the_gradient_with_respect_to_the_input_is_that_of_differences(number):
    network, theta, x, y = architecture(number)
    found = dissect(network, theta, x, y)[-1]
    assert (found.rule, found.layer) == ("input_gradient", 0)
    h = 1e-6
    for b, n in np.ndindex(x.shape):
        sides = []
        for sign in (1, -1):
            moved = x.copy()
            moved[b, n] += sign * h
            sides.append(next(s.value for s in dissect(network, theta, moved, y) if s.rule == "loss"))
        assert found.value[b, n] == pytest.approx((sides[0] - sides[1]) / (2 * h), rel=1e-5, abs=1e-7)


def test_one_sample_with_running_averages_is_differentiated_through_constants():
    number = next(n for n in range(20) if architecture(n)[0].moments)
    network, theta, x, y = architecture(number)
    random = np.random.default_rng(0)
    half = network.moments // 2
    running = np.concatenate([random.normal(size=half), random.uniform(0.5, 2, half)])
    x, y = x[:1], y[:1]
    found = dissect(network, theta, x, y, running=running)[-1].value
    h = 1e-6
    for n in range(x.shape[1]):
        shift = np.zeros_like(x)
        shift[0, n] = h
        sides = [dissect(network, theta, x + s * shift, y, running=running) for s in (1, -1)]
        up, down = (next(s.value for s in side if s.rule == "loss") for side in sides)
        assert found[0, n] == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-8)


def test_the_stages_come_in_the_order_in_which_a_person_would_compute_them():
    number = next(n for n in range(20) if len(architecture(n)[0].layers) == 3)
    network, theta, x, y = architecture(number)
    stages = dissect(network, theta, x, y)
    forward = [s.layer for s in stages if s.direction == "forward"]
    backward = [s.layer for s in stages if s.direction == "backward"]
    assert forward == sorted(forward)
    assert backward == sorted(backward, reverse=True)
    assert stages[0].rule == "input"
