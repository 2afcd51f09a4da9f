"""Curves while one scrubs: the past strong, the future pale, a line at the step, and axes that stay."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt

from tests.experiments import NETWORK, VALLEY, experiment, with_rate
from tests.ui.gestures import mouse

CALM = VALLEY.replace("noise = 0.5", "")


def looks(view):
    lines = [(x, y, made) for x, y, made in view.curves.given]
    return lines, view.plot.box.viewRange()


@pytest.mark.parametrize("key", ["loss", "gradients"])
@pytest.mark.parametrize("text", [CALM, NETWORK])
def test_what_is_yet_to_come_is_pale_and_the_axes_stay(open_window, settled, text, key):
    """Scrubbed back, what was strong beyond the step is pale, with the same points; the axes do not move."""
    window = open_window(experiment(text))
    view = window.views[key]
    window.worker.seek(300)
    settled(window, 300)
    before, ranges = looks(view)
    assert not any(line.x == 300 and not line.dotted for line in view.uprights.lines)
    assert view.uprights.lines == ()
    window.worker.seek(120)
    settled(window, 120)
    now, after = looks(view)
    np.testing.assert_allclose(np.array(after), np.array(ranges), rtol=1e-9)
    (cursor,) = view.uprights.lines
    assert cursor.x == 120
    assert not cursor.dotted
    strong = [line for line in now if line[2].color().alpha() == 255]
    pale = [line for line in now if line[0][0] >= 110 and line[2].color().alpha() < 255]
    assert strong
    assert all(x[-1] <= 120 for x, _, _ in strong)
    assert len(pale) >= len(strong) / 2
    assert {tuple(x[x > 120]) for x, _, _ in pale} >= {tuple(x[x > 120]) for x, _, _ in before[:1]}


def test_a_change_in_mid_run_leaves_its_mark(open_window, settled, qtbot):
    """A rate that was changed at step 60 is marked there, and undone at step 90 there, too."""
    given = experiment(CALM)
    window = open_window(given)
    for step, rate in ((60, 0.02), (90, 0.01)):
        window.worker.seek(step)
        settled(window, step)
        window.document.replace(with_rate(given, 0, rate))
        qtbot.waitUntil(lambda step=step: any(line.x == step for line in window.views["loss"].uprights.lines))
    window.worker.seek(150)
    settled(window, 150)
    for key in ("loss", "gradients"):
        lines = window.views[key].uprights.lines
        assert [(line.x, line.dotted) for line in lines] == [(60, True), (90, True)]
        color = window.views[key].lane_colors(window.snapshot.info)[0]
        assert all(line.flags == (color,) for line in lines)
    view = window.views["loss"]
    assert view._read(60.0, 0.0).splitlines()[-1] == "step 60: Adam, learning rate 0.01 → 0.02"
    assert view._read(30.0, 0.0).splitlines()[-1].startswith("Momentum")
    assert "other settings" in [text for text, _, _ in window.views["loss"].legend._entries]


@pytest.mark.parametrize("key", ["loss", "gradients"])
def test_a_click_on_a_curve_picks_its_lane(open_window, settled, qtbot, key):
    """By real events of the mouse, on each lane's line; beside all of them nothing is picked."""
    window = open_window(experiment(CALM))
    view = window.views[key]
    window.worker.seek(200)
    settled(window, 200)
    picked = []
    view.lane_picked.connect(picked.append)
    for lane in range(2):
        x, y, _ = view.curves.given[lane]
        at = len(x) // 2
        click(view, (x[at], y[at]))
    assert picked == [0, 1]
    (_, x1), (y0, y1) = view.plot.box.viewRange()
    click(view, (0.95 * x1, y0 + 0.99 * (y1 - y0)))
    assert picked == [0, 1]


def click(view, at):
    no = Qt.MouseButton.NoButton
    mouse(view, QEvent.Type.MouseMove, at, no, no)
    mouse(view, QEvent.Type.MouseButtonPress, at)
    mouse(view, QEvent.Type.MouseButtonRelease, at, held=no)


def test_layers_scrub_as_curves_do(open_window, settled):
    """Update ratios are pale beyond the step, a line stands there in both pictures, and the axis of steps stays."""
    window = open_window(experiment(NETWORK))
    window.centre.bring("layers")
    view = window.views["layers"]
    window.worker.seek(300)
    settled(window, 300)
    view.settings_changed()
    before = view.ratios.box.viewRange()[0]
    window.worker.seek(120)
    settled(window, 120)
    view.settings_changed()
    for plot in (view.ratios, view.heat):
        assert plot.box.viewRange()[0] == before
        assert [line.x for line in plot.uprights.lines] == [120]
    lines = view.ratios.curves.given
    assert all(x[-1] <= 120 for x, _, made in lines if made.color().alphaF() > 0.5)
    assert any(x[0] <= 120 < x[-1] for x, _, made in lines if made.color().alphaF() < 0.5)
