"""What the loss view shows besides the loss."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, VALLEY, example, experiment
from workbench.ui.views.loss.pace import Pace


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
    settled(window, 60)
    choose(view, "accuracy")
    lines = view.drawing.lines
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
    """An objective and a curve have no accuracy, what has no known minimum no distance; the loss comes first."""
    assert offered(open_window(experiment(VALLEY)).views["loss"]) == ["loss", "gap", "best", "distance", "rate", "time"]
    network = offered(open_window(experiment(NETWORK)).views["loss"])
    assert network == ["loss", "gap", "best", "accuracy", "rate", "time"]
    curve = offered(open_window(example("diverging_rate")).views["loss"])
    assert curve == ["loss", "gap", "best", "rate", "time"]


def test_the_time_a_step_takes_is_collected_while_it_runs(open_window, qtbot):
    """It is one over the pace that the engine measures."""
    window = open_window(experiment(VALLEY))
    view = window.views["loss"]
    choose(view, "time")
    window.worker.go()
    qtbot.waitUntil(lambda: len(view._pace.line(view.snapshot.step)[0]) > 1, timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running)
    steps, times = view._pace.line(view.snapshot.step)
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
    assert pace.line(0)[0].size == 0
    assert pace.at(3.0, 3) is None


def beside_the_axis(view):
    """Pixels from the left border of a view's plot to the middle of each of its marks."""
    box = view.plot.box
    left = box.sceneBoundingRect().left()
    return [box.mapViewToScene(point).x() - left for point, *_ in view.marks._marks]


@pytest.mark.parametrize("is_log", [False, True])
def test_marks_at_step_0_stand_whole_inside_the_plot(open_window, is_log):
    """Half of a mark, at most 6 pixels, is not behind the axis, however the step is shown."""
    window = open_window(example("banana_race"))
    window.views["loss"].log_x.setChecked(is_log)
    for name in ("loss", "gradients"):
        places = beside_the_axis(window.views[name])
        assert len(places) == 7
        assert min(places) > 6


def test_an_idle_plot_says_what_fills_it(open_window, settled):
    """At step 0 a sentence stands where the curves will be; a step later it is gone."""
    window = open_window(experiment(VALLEY))
    loss, gradients = window.views["loss"], window.views["gradients"]
    assert "to see the loss of each lane" in loss.hint.text
    assert "to see the gradient of each lane" in gradients.hint.text
    assert loss.hint.isVisible()
    window.worker.seek(1)
    settled(window, 1)
    assert not loss.hint.isVisible()
    assert not gradients.hint.isVisible()


def test_times_that_were_not_measured_are_accounted_for(open_window, settled):
    """Steps that were sought out have no measured times: a sentence says when they are measured."""
    window = open_window(experiment(VALLEY))
    view = window.views["loss"]
    choose(view, "time")
    window.worker.seek(50)
    settled(window, 50)
    assert "measured while the race runs" in view.hint.text
    assert view.hint.isVisible()


def test_times_that_are_known_stay_when_the_race_is_looked_at_further_back(open_window, settled, qtbot):
    """A look at an earlier step hides what was measured later, and coming back shows it again."""
    window = open_window(experiment(VALLEY))
    view = window.views["loss"]
    choose(view, "time")
    window.worker.go()
    qtbot.waitUntil(lambda: len(view._pace.line(view.snapshot.step)[0]) > 3, timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running and not window.worker.is_busy)
    last = window.snapshot.step
    steps, times = view._pace.line(last)
    assert not view.hint.isVisible()
    window.worker.seek(int(steps[1]))
    settled(window, int(steps[1]))
    np.testing.assert_array_equal(view._pace.line(view.snapshot.step)[0], steps[:2])
    window.worker.seek(last)
    settled(window, last)
    np.testing.assert_array_equal(view._pace.line(last)[1], times)
