"""Starts that are added in the real window: by a click with Shift, by a rectangle, by the menu."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.experiments import BOWL, experiment
from tests.live.races import engine_snapshot, same_bits
from tests.ui.conftest import rest
from tests.ui.gestures import undone
from workbench.experiment import build
from workbench.experiment.experiment import replace

WAIT = 20_000
LEFT, SHIFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def landscape(open_window, qtbot):
    """A window, its landscape whole."""
    window = open_window(experiment(BOWL))
    view = window.views["landscape"]
    qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=WAIT)
    rest(qtbot, window)
    view.finish()
    QApplication.processEvents()
    return window, view


def points(window):
    return window.document.experiment.problem.points


def pixel(view, x, y):
    return view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(x, y)))


def test_shift_and_a_click_adds_a_start(landscape, qtbot):
    window, view = landscape
    before = window.document.experiment
    QTest.mouseClick(view.plot.viewport(), LEFT, SHIFT, pixel(view, 2.0, 2.5))
    assert len(points(window)) == 2
    np.testing.assert_allclose(points(window)[1], (2.0, 2.5), atol=0.1)
    assert points(window)[0] == (4.0, -3.0)
    qtbot.waitUntil(lambda: window.snapshot.info.starts == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: "1 start was added" in window.status.text(), timeout=WAIT)
    undone(window, before)


def drag(view, begin, end):
    """Draw a rectangle with Shift held."""
    viewport = view.plot.viewport()
    a, b = pixel(view, *begin), pixel(view, *end)
    QTest.mousePress(viewport, LEFT, SHIFT, a)
    for share in (0.3, 0.7, 1.0):
        at = QPoint(round(a.x() + share * (b.x() - a.x())), round(a.y() + share * (b.y() - a.y())))
        QTest.mouseMove(viewport, at)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, LEFT, SHIFT, b)


def test_a_rectangle_asks_for_a_grid_and_return_takes_it(landscape, qtbot):
    window, view = landscape
    shown = view.plot.box.viewRange()
    drag(view, (-3.0, 3.0), (1.0, -1.0))
    dialog = window.starting_points.dialog
    assert dialog.isVisible()
    assert view.plot.box.viewRange() == shown, "the plot was not panned"
    assert dialog.told.text() == "10 × 10 = 100 starts"
    dialog.count.setValue(36)
    assert dialog.told.text() == "6 × 6 = 36 starts"
    qtbot.keyClick(dialog.count, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    made = np.array(points(window))
    assert made.shape == (37, 2)
    np.testing.assert_allclose(made[1:].min(axis=0), (-3.0, -1.0), atol=0.1)
    np.testing.assert_allclose(made[1:].max(axis=0), (1.0, 3.0), atol=0.1)


def test_ctrl_shift_k_asks_for_starts_in_the_whole_domain(landscape, qtbot):
    window, _ = landscape
    before = window.document.experiment
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | SHIFT)
    dialog = window.starting_points.dialog
    assert dialog.isVisible()
    dialog.kinds["cloud"].setChecked(True)
    dialog.count.setValue(1000)
    assert not dialog.add.isEnabled(), "there is a start already"
    qtbot.keyClick(dialog.count, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.snapshot.info.starts == 1000, timeout=WAIT)
    (x0, x1), (y0, y1) = window.snapshot.info.domain
    made = np.array(points(window))
    assert ((made >= (x0, y0)) & (made <= (x1, y1))).all()
    undone(window, before)


def test_escape_leaves_all_as_it_is(landscape, qtbot):
    window, view = landscape
    before = window.document.experiment
    drag(view, (-3.0, 3.0), (1.0, -1.0))
    qtbot.keyClick(window.starting_points.dialog, Qt.Key.Key_Escape)
    assert not window.starting_points.dialog.isVisible()
    assert window.document.experiment == before


@pytest.fixture
def swarm(open_window, qtbot):
    """A window with two lanes from a hundred starts, at step 40."""
    given = experiment(BOWL)
    axis = np.linspace(-4.0, 4.0, 10)
    start = tuple((float(x), float(y)) for x in axis.round(3) for y in axis.round(3))
    lanes = (given.lanes[0], replace(given.lanes[1], hyperparameters={"learning_rate": 0.1}))
    window = open_window(replace(given, problem=replace(given.problem, start=start), lanes=lanes))
    window.worker.seek(40)
    qtbot.waitUntil(lambda: window.snapshot.step == 40, timeout=WAIT)
    rest(qtbot, window)
    qtbot.waitUntil(lambda: window.views["landscape"].snapshot is window.snapshot, timeout=WAIT)
    return window


def test_a_swarm_is_drawn_as_one_item(swarm, qtbot):
    view = swarm.views["landscape"]
    assert view.runs.swarm.paths.runs == 200
    np.testing.assert_allclose(view.runs.swarm.paths.heads, swarm.snapshot.theta, rtol=1e-5)
    assert view.runs.traces.traces == []
    assert view.starts.handles == []
    race = build.make_race(swarm.document.experiment)
    race.advance(40)
    assert same_bits(swarm.snapshot, engine_snapshot(race, swarm.document.experiment))


def test_of_a_swarm_the_mouse_finds_runs_and_a_click_picks_their_lane(swarm, qtbot):
    view = swarm.views["landscape"]
    at = swarm.snapshot.theta[137]
    run, step = view.moments._find(*at.tolist())
    assert step == 40
    apart = np.abs(swarm.snapshot.theta[run] - at).max()
    assert apart < 0.1
    view.finish()
    QTest.mouseClick(view.plot.viewport(), LEFT, NONE, pixel(view, *swarm.snapshot.theta[run].tolist()))
    assert swarm.picked.index == run // 100
    before = swarm.document.experiment
    QTest.mouseClick(view.plot.viewport(), LEFT, NONE, pixel(view, -4.4, 4.4))
    assert swarm.document.experiment == before, "of a hundred starts none is meant"


def test_curves_and_table_of_a_swarm_are_medians(swarm, qtbot):
    loss, race = swarm.views["loss"], swarm.views["race"]
    medians = np.median(swarm.snapshot.history.values["loss"].reshape(41, 2, 100), axis=2)
    qtbot.waitUntil(lambda: len(loss.drawing.bands) == 2 and race.model.rowCount() == 2, timeout=WAIT)
    for lane, (run, (x, y, _)) in enumerate(loss.drawing.past):
        assert run == 100 * lane
        np.testing.assert_allclose(10.0**y, medians[x.astype(int), lane])
    shown = [float(row[2].replace("−", "-")) for row in race.model.rows]
    np.testing.assert_allclose(shown, medians[40], rtol=1e-3)
    assert race.model.rows[0][0] == "Momentum, median of 100"
    assert race.data_csv()().count(b"\n") == 201, "the table as a file has every run"
    gradients = swarm.views["gradients"]
    qtbot.waitUntil(lambda: gradients._history.shape == (41, 2), timeout=WAIT)


def test_the_panel_says_how_many_there_are_and_keeps_the_first_alone(swarm, qtbot):
    many = swarm.problem_panel.objective_form._many
    assert many.isVisible()
    assert many.count.text() == "100 starts"
    before = swarm.document.experiment
    many.first_alone.click()
    assert points(swarm) == before.problem.points[:1]
    assert not many.isVisible()
    assert len(swarm.problem_panel.objective_form._rows) == 1
    undone(swarm, before)


def test_starts_that_are_added_leave_no_ghosts_of_runs_that_stay(landscape, qtbot):
    window, view = landscape
    window.worker.seek(20)
    qtbot.waitUntil(lambda: window.snapshot.step == 20, timeout=WAIT)
    rest(qtbot, window)
    first = window.snapshot.theta[:, :].copy()
    QTest.mouseClick(view.plot.viewport(), LEFT, SHIFT, pixel(view, 2.0, 2.5))
    qtbot.waitUntil(lambda: window.snapshot.info.starts == 2 and window.snapshot.step == 20, timeout=WAIT)
    assert window.snapshot.ghosts == ()
    np.testing.assert_array_equal(window.snapshot.theta[[0, 2]], first)
    window.edits.move_start(1, -2.0, 2.0)
    qtbot.waitUntil(lambda: bool(window.snapshot.ghosts), timeout=WAIT)
    assert {(ghost.index, ghost.start) for ghost in window.snapshot.ghosts} == {(0, 1), (1, 1)}
