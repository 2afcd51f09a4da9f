"""What the loss view shows besides the loss."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, VALLEY, example, experiment
from workbench.ui.views.loss_series import Pace, accuracy_lines


def choose(view, key):
    view.quantity.setCurrentIndex(view.quantity.findData(key))
    view.quantity.activated.emit(view.quantity.currentIndex())


def offered(view):
    return [view.quantity.itemData(i) for i in range(view.quantity.count())]


def test_accuracy_is_that_of_the_evaluations(open_window, settled):
    """Lines of training and test accuracy in per cent, by hand from the parameters at the end."""
    window = open_window(experiment(NETWORK))
    view = window.views["loss"]
    window.worker.seek(60)
    snapshot = settled(window, 60)
    choose(view, "accuracy")
    lines, _ = accuracy_lines(snapshot, view.lane_colors(snapshot.info))
    assert len(lines) == 2 * 3
    x, y, _ = lines[0]
    race = window.worker._loop.race
    for row in (0, len(x) - 1):
        race_then = race.checkpoints.up_to(int(x[row]))[-1]
        assert race_then.step == x[row]
        output = race.problem.outputs(race_then.theta, race.problem.split.x_train)[0]
        right = (output.argmax(axis=1) == race.problem.split.y_train).mean()
        assert y[row] == pytest.approx(100 * right)
    assert f"Adam  {y[-1]:.1f} %" in view._read(60.0, 0.0)
    assert view.plot.axes["left"].labelText == "accuracy, %"


def test_what_a_race_has_not_is_not_offered(open_window):
    """An objective and a curve have no accuracy; the loss comes first."""
    assert offered(open_window(experiment(VALLEY)).views["loss"]) == ["loss", "rate", "time"]
    assert offered(open_window(experiment(NETWORK)).views["loss"]) == ["loss", "accuracy", "rate", "time"]
    assert offered(open_window(example("diverging_rate")).views["loss"]) == ["loss", "rate", "time"]


def test_the_time_a_step_takes_is_collected_while_it_runs(open_window, qtbot):
    """It is one over the pace that the engine measures."""
    window = open_window(experiment(VALLEY))
    view = window.views["loss"]
    choose(view, "time")
    window.worker.go()
    qtbot.waitUntil(lambda: len(view._pace.line()[0]) > 1, timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running)
    steps, times = view._pace.line()
    assert np.all(np.diff(steps) > 0)
    assert np.all(times > 0)
    assert view._read(float(steps[0]), 0.0).endswith(" ms")


def test_another_race_begins_the_times_anew(open_window, qtbot):
    """Times of one race say nothing of the next."""
    window = open_window(experiment(VALLEY))
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.steps_per_second > 0, timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running)
    pace, first = Pace(), window.snapshot
    pace.add(first)
    window.worker.reset()
    qtbot.waitUntil(lambda: window.snapshot.generation != first.generation)
    pace.add(window.snapshot)
    assert pace.line()[0].size == 0
    assert pace.at(3.0) is None
