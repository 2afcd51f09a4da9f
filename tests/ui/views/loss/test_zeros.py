"""Zeros on a logarithmic axis: they are seen, and stretch nothing."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import example, experiment
from workbench.experiment.experiment import replace
from workbench.ui.style import theme as themes
from workbench.ui.views.loss.key import key_entries

#: a rate of a half takes the first lane into the minimum of x² + y² in one step, for good; the gradient is zero there
EXACT = """
format = 1
[problem]
kind = "objective"
objective = "quadratic"
start = [4.0, -3.0]
[[lanes]]
label = "Exact"
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.5
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.05
"""


@pytest.fixture
def arrived(open_window, settled):
    window = open_window(experiment(EXACT))
    window.worker.seek(20)
    shown = settled(window, 20)
    assert np.array_equal(shown.loss == 0, [True, False]), "the first lane has arrived, the second has not"
    return window


def drawn(view):
    """The lines as the view gives them to its plot, their marks, and the ends of the upright axis."""
    seen = []
    view.curves.set_lines, before = seen.append, view.curves.set_lines
    view.settings_changed()
    view.curves.set_lines = before
    return seen[0], [point for point, *_ in view.marks._marks], view.plot.box.viewRange()[1]


@pytest.mark.parametrize("name", ["loss", "gradients"])
def test_a_lane_at_zero_goes_on_at_the_lower_end(arrived, name):
    """Its line does not end, its mark stands at the present step, and the other lane makes the range."""
    lines, marks, (low, high) = drawn(arrived.views[name])
    x, y, _ = lines[0]
    assert x[-1] == 20
    assert np.isfinite(y).all()
    assert low < y[-1] < low + 0.1 * (high - low)
    assert marks[0].x() == 20
    assert marks[0].y() == pytest.approx(y[-1])
    assert low > -3, "zero has no decades of its own"


def test_a_line_comes_back_from_the_lower_end(open_window, settled):
    """Adam's loss in the banana valley falls below what counts as zero, is blown up again, and falls anew."""
    given = example("banana_race")
    fast = replace(given.lanes[6], hyperparameters={"learning_rate": 0.05})
    window = open_window(replace(given, lanes=(*given.lanes[:6], fast)))
    window.worker.seek(5000)
    losses = settled(window, 5000).history.values["loss"][:, -1]
    bottom = int(losses.argmin())
    assert losses[bottom] < 1e-30, "that is what happens"
    assert losses[bottom:].max() > 1e-3
    lines, marks, _ = drawn(window.views["loss"])
    x, y, _ = lines[6]
    assert np.isfinite(y).all()
    assert y[x > bottom].max() == pytest.approx(np.log10(losses[bottom:].max()), abs=1e-9)
    assert marks[6].x() == 5000


def test_the_key_says_zero_only_of_what_is_zero(arrived):
    """A loss that has arrived at 0 is told as such; the word is another where the loss is small, and above 0."""
    view = arrived.views["loss"]
    assert "0, or below" in [text for text, *_ in view._signs]
    said = key_entries(
        arrived.snapshot, view.drawing, themes.LIGHT, smooth=False, accuracy=False, below=True, zero=False
    )
    assert [text for text, *_ in said if "below" in text] == ["below the axis"]
