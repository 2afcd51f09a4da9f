"""What can stand in place of the loss, and what is said of it: by hand from the record."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from tests.experiments import DRAWS, NETWORK, VALLEY, example, experiment
from workbench.engine.race.history import History
from workbench.ui.views.loss.quantities import Courses

TANG = """
format = 1
[problem]
kind = "objective"
objective = "styblinski_tang"
start = [1.0, 4.0]
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.01
[[lanes]]
optimizer = "momentum"
[lanes.hyperparameters]
learning_rate = 0.01
"""


@pytest.fixture
def shown(open_window, settled):
    """The loss view after some steps, of a record that keeps all of them."""

    def make(text, steps, quantity):
        window = open_window(experiment(text))
        window.worker.seek(steps)
        snapshot = settled(window, steps)
        assert snapshot.history.stride == 1
        view = window.views["loss"]
        view.choose("quantity", quantity)
        return window, snapshot, view

    return make


def test_the_gap_is_what_a_loss_has_above_the_known_minimum(shown):
    """Styblinski and Tang's lowest value is −39.16617 a dimension (their paper): the axis can be logarithmic."""
    _, snapshot, view = shown(TANG, 300, "gap")
    least = 2 * -39.16616570377142
    assert view.plot.axes["left"].is_log
    x, y, _ = view.drawing.lines[0]
    np.testing.assert_allclose(
        10.0**y, snapshot.history.values["loss"][x.astype(int), 0] - least, rtol=1e-6, atol=1e-12
    )
    assert "f − f*" in view.plot._labels["left"]
    view.choose("quantity", "loss")
    assert not view.plot.axes["left"].is_log
    assert view.plot.axes["left"].labelText == "loss (linear)", "short enough for a low picture"
    assert "“f − f*” can be logarithmic" in view.note.text()


def test_the_best_so_far_never_rises_and_is_the_least_loss_up_to_each_step(shown):
    """Noise on the gradient makes losses rise now and then; the best of them does not."""
    _, snapshot, view = shown(VALLEY, 300, "best")
    losses = snapshot.history.values["loss"]
    assert (np.diff(losses, axis=0) > 0).any()
    for lane in range(2):
        x, y, _ = view.drawing.lines[lane]
        expected = np.array([losses[: int(step) + 1, lane].min() for step in x])
        np.testing.assert_allclose(10.0**y, expected, rtol=1e-9)


def test_the_distance_is_that_of_the_path_to_the_minimum(shown):
    """Rosenbrock's minimum is (1, 1)."""
    _, snapshot, view = shown(VALLEY, 300, "distance")
    paths = snapshot.history.values["path"]
    for lane in range(2):
        x, y, _ = view.drawing.lines[lane]
        expected = np.linalg.norm(paths[x.astype(int), lane] - [1.0, 1.0], axis=1)
        np.testing.assert_allclose(10.0**y, expected, rtol=1e-9)


def test_the_best_of_a_thinned_record_is_the_best_of_all_steps(open_window, settled):
    """A record that has dropped rows knows their extremes: at each row it is the least of every step up to there."""
    random = np.random.default_rng(4)
    losses = random.uniform(0.1, 1.0, (1000, 2)) * np.linspace(3.0, 1.0, 1000)[:, None]
    history = History({"loss": (2,)}, ("loss",), capacity=64)
    for step, row in enumerate(losses):
        history.record(step, {"loss": row})
    found, courses = history.view(ended=True), Courses()
    assert found.stride > 1

    class _Snapshot:
        """As much of a snapshot as the quantity reads."""

        generation, step, info = 1, 999, type("Info", (), {"runs": 2, "starts": 1})
        loss, diverged_at = losses[-1], np.array([-1, -1])

    _Snapshot.history = found
    course = courses.of("best", _Snapshot)
    expected = np.minimum.accumulate(losses, axis=0)[found.steps]
    np.testing.assert_array_equal(course.values, expected)


def test_a_quantity_that_a_race_does_not_have_leaves_the_loss(open_window, settled):
    """An experiment may ask for the accuracy and be given an objective: the choice stays, the loss is shown."""
    window = open_window(experiment(VALLEY, view={"loss": {"quantity": "accuracy"}}))
    window.worker.seek(5)
    settled(window, 5)
    view = window.views["loss"]
    assert view.plot._labels["left"] == "loss (log)"
    assert view.quantity.currentData() == "loss"
    assert window.document.experiment.view == {"loss": {"quantity": "accuracy"}}


def test_the_test_loss_is_read_and_its_lowest_marked_at_its_step(shown):
    """By hand from the evaluations; the ring stands there, and scrubbing back takes away what came later."""
    window, snapshot, view = shown(NETWORK, 400, "loss")
    tests = snapshot.evaluations.values["test_loss"]
    steps = snapshot.evaluations.steps * snapshot.evaluate_every
    best = tests.argmin(axis=0)
    assert [(int(x), y) for _, x, y in view.drawing.best] == [
        (steps[row], pytest.approx(np.log10(tests[row, lane]))) for lane, row in enumerate(best)
    ]
    last = int(np.flatnonzero(steps <= 400)[-1])
    said = view._read(400.0, 0.0).splitlines()
    assert said[0] == "step 400: training / test, best"
    for lane, line in enumerate(said[1:4]):
        value = f"{snapshot.history.values['loss'][400, lane]:.4g} / {tests[last, lane]:.4g}"
        assert value.replace("-", "−") in line
        assert line.endswith(f"{tests[best[lane], lane]:.4g} at {steps[best[lane]]}".replace("-", "−"))
    window.worker.seek(40)
    view.settings_changed()
    assert all(x <= view.snapshot.step for _, x, _ in view.drawing.best)


def test_the_legend_says_what_is_dashed_and_what_the_band_is(open_window, settled):
    """Two starts have no quartiles: their band goes from the least to the largest."""
    window = open_window(experiment(DRAWS))
    window.worker.seek(40)
    settled(window, 40)
    rows = [text for text, _, _ in window.views["loss"].legend._entries]
    assert rows == ["test set", "best test loss", "median, extremes"]
    other = open_window(experiment(DRAWS.replace("starts = 2", "starts = 5")))
    other.worker.seek(40)
    settled(other, 40)
    assert "median, quartiles" in [text for text, _, _ in other.views["loss"].legend._entries]
    objective = open_window(example("banana_race"))
    assert not objective.views["loss"].legend.isVisible()


def test_the_table_of_a_quantity_has_the_numbers_that_are_shown(shown):
    """A row a lane and step up to the present one; the loss itself stands in the history."""
    _, snapshot, view = shown(VALLEY, 40, "distance")
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    assert len(rows) == 2 * 41
    point = snapshot.history.values["path"][7, 1]
    assert (rows[48]["lane"], rows[48]["step"]) == ("1", "7")
    assert float(rows[48]["distance"]) == pytest.approx(np.hypot(point[0] - 1.0, point[1] - 1.0), rel=1e-12)
    view.choose("quantity", "loss")
    assert view.data_csv() is None
