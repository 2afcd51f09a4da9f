"""Losses and gradients of single batches jump: their mean over some steps stands out before them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.ui.views.shared.series import averaged


@pytest.fixture
def trained(open_window, settled):
    """A network after 600 steps on batches, and its snapshot."""
    window = open_window(experiment(NETWORK))
    window.worker.seek(600)
    return window, settled(window, 600)


@pytest.mark.parametrize("count", [1, 40, 41, 42, 600, 613, 636])
def test_a_mean_is_that_of_stretches_of_equal_width(count):
    """By hand, stretch by stretch; what is left over joins the last one until it is half as wide."""
    x, y = np.arange(count, dtype=float), np.random.default_rng(0).normal(size=(count, 3))
    at, means = averaged(x, y, 40)
    if count <= 40:
        assert np.array_equal(at, x)
        assert np.array_equal(means, y)
        return
    width = next(w for w in (2**k for k in range(1, 20)) if count <= 40 * w)
    whole, left = divmod(count, width)
    firsts = [i * width for i in range(whole + (2 * left >= width))]
    for i, (first, after) in enumerate(zip(firsts, [*firsts[1:], count], strict=True)):
        assert at[i] == pytest.approx(x[first:after].mean())
        assert means[i] == pytest.approx(y[first:after].mean(axis=0))
    assert len(at) == len(firsts) + 1
    assert at[-1] == x[-1]
    assert np.array_equal(means[-1], means[-2])


@pytest.mark.parametrize(("key", "channel"), [("loss", "loss"), ("gradients", "gradient_rms")])
def test_the_mean_stands_before_what_it_is_the_mean_of(trained, key, channel):
    """A mean of the values themselves, on whatever axis; switched off, what is recorded stands alone again."""
    window, snapshot = trained
    view = window.views[key]
    assert not view.smooth.isHidden()
    drawn = []
    view.curves.set_lines, before = drawn.append, view.curves.set_lines
    view.smooth.setChecked(True)
    view.settings_changed()
    view.smooth.setChecked(False)
    view.curves.set_lines = before
    with_mean, without = drawn
    values = snapshot.history.values[channel]
    values = values[:, 0] if channel == "gradient_rms" else values
    kinds = values.shape[1]
    assert len(with_mean) == len(without) + kinds
    for k in range(kinds):
        behind, mean = with_mean[k], with_mean[kinds + k]
        assert behind[2].color().alpha() < 255 == mean[2].color().alpha()
        width = float(np.median(np.diff(mean[0])[:-1]))
        rows = slice(0, round(width))
        assert width > 1
        assert mean[1][0] == pytest.approx(np.log10(values[rows, k].mean()))
        assert np.std(mean[1]) < np.std(behind[1][np.isfinite(behind[1])])


def test_what_does_not_jump_has_no_switch(open_window):
    """An objective without noise, and a network that sees its whole training set at each step."""
    whole, calm = NETWORK.replace("batch_size = 16", "batch_size = 0"), VALLEY.replace("noise = 0.5", "")
    assert whole != NETWORK
    assert calm != VALLEY
    for text in (calm, whole):
        window = open_window(experiment(text))
        assert window.views["loss"].smooth.isHidden()
        assert window.views["gradients"].smooth.isHidden()


def test_what_chance_moves_at_each_step_has_the_switch(open_window):
    """Noise on an objective's gradient, and dropout where the whole training set is seen at each step."""
    whole = NETWORK.replace("batch_size = 16", "batch_size = 0").replace("units = 4", "units = 4\ndropout = 0.3")
    for text in (VALLEY, whole):
        window = open_window(experiment(text))
        assert not window.views["loss"].smooth.isHidden()
        assert not window.views["gradients"].smooth.isHidden()
