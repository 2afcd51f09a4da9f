"""Bars of gradients begin where backpropagation does: at the last layer's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, experiment


def test_a_bar_is_as_high_as_a_layer_has_decades_more_than_the_last_one(open_window, settled):
    """By hand from the gradients of the snapshot: a layer with less hangs down, one with more stands up."""
    text = NETWORK.replace("[[problem.layers]]\nunits = 4", "[[problem.layers]]\nunits = 4\n" * 4, 1)
    window = open_window(experiment(text))
    window.worker.seek(30)
    snapshot = settled(window, 30)
    bars, rms = window.views["gradients"].bars, snapshot.gradient_rms[0]
    assert len(rms) == 5
    options = bars.items.opts
    assert options["y0"] == pytest.approx(np.log10(rms[-1]))
    assert bars.base.value() == pytest.approx(np.log10(rms[-1]))
    np.testing.assert_allclose(options["height"][:-1], np.log10(rms[:-1] / rms[-1]), atol=0.05)
    low, high = bars.box.viewRange()[1]
    assert low < options["y0"] < high
