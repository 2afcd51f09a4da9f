"""The picture of the fit: painting, samples under the cursor, confusion, lanes side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt

from tests.experiments import NETWORK, example, experiment
from tests.ui.gestures import choose, drag, mouse, write
from workbench.engine.datasets.points import EXAMPLE
from workbench.engine.network.fit import confusion, fit
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.ui.views.fit.dab import Dab
from workbench.ui.window.painted_points import touched

POINTS = NETWORK.replace('name = "moons"\nsamples = 100', 'name = "points"')


@pytest.fixture
def shown(open_window, qtbot):
    """A window with painted points to begin with, ready to paint."""
    window = open_window(experiment(POINTS))
    window.before = window.document.experiment
    qtbot.waitUntil(lambda: "fit" in window.snapshot.extras)
    window.clock.refresh()
    qtbot.waitUntil(lambda: window.views["fit"]._drawn is not None)
    return window


@pytest.fixture
def painting(shown, qtbot):
    """The fit with the tools out."""
    view = shown.views["fit"]
    view.paint.click()
    qtbot.wait(30)
    return view


def painted(window):
    return window.document.experiment.problem.data.points


def test_a_stroke_sets_points_and_is_one_step_of_undo(shown, painting, qtbot):
    """However long it takes, in the class and width chosen; the race learns from them, files keep them."""
    painting.tools.number.setCurrentIndex(2)
    painting.tools.size_slider.setValue(0)
    no, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    mouse(painting, QEvent.Type.MouseButtonPress, (0.9, -0.8))
    for x in (0.7, 0.4, 0.1):
        qtbot.wait(120)  # longer than the pause between two races
        mouse(painting, QEvent.Type.MouseMove, (x, -0.8), no, left)
    mouse(painting, QEvent.Type.MouseButtonRelease, (0.1, -0.8), held=no)
    assert painted(shown)[: len(EXAMPLE)] == EXAMPLE
    fresh = np.array(painted(shown)[len(EXAMPLE) :])
    assert fresh[:, 2].tolist() == [2, 2, 2, 2]
    assert fresh[:, 0] == pytest.approx([0.9, 0.7, 0.4, 0.1], abs=0.02)
    assert fresh[:, 1] == pytest.approx(-0.8, abs=0.02)
    qtbot.waitUntil(lambda: len(shown.snapshot.info.data.classes) == 3)
    assert files.loads(files.dumps(shown.document.experiment)) == shown.document.experiment
    shown.menus.undo.trigger()
    assert shown.document.experiment == shown.before
    qtbot.waitUntil(lambda: len(shown.snapshot.info.data.classes) == 2)
    assert painting._draft is None
    assert shown.message.text == ""


def test_two_strokes_are_two_steps_of_undo(shown, painting):
    """Also when one follows the other at once."""
    drag(painting, (0.9, 0.0), (0.8, 0.0))
    one = shown.document.experiment
    drag(painting, (-0.9, 0.0), (-0.8, 0.0))
    shown.menus.undo.trigger()
    assert shown.document.experiment == one


def test_the_eraser_takes_away_what_is_under_it(shown, painting):
    """By its button or with the right mouse button."""
    painting.tools.eraser.click()
    drag(painting, EXAMPLE[0][:2], EXAMPLE[0][:2])
    assert painted(shown) == EXAMPLE[1:]
    painting.tools.eraser.click()
    mouse(painting, QEvent.Type.MouseButtonPress, EXAMPLE[-1][:2], Qt.MouseButton.RightButton)
    mouse(painting, QEvent.Type.MouseButtonRelease, EXAMPLE[-1][:2], Qt.MouseButton.RightButton)
    assert painted(shown) == EXAMPLE[1:-1]


def test_with_one_class_left_the_race_keeps_its_points_until_there_are_two(shown, painting):
    """Cleared, nothing is lost: what is painted shows, and becomes the data with the second class."""
    painting.tools.clear.click()
    assert "two classes" in shown.status.text()
    drag(painting, (0.5, 0.5), (0.3, 0.5))
    assert shown.document.experiment == shown.before
    assert len(painting._draft) > 0
    painting.tools.number.setCurrentIndex(1)
    drag(painting, (-0.5, -0.5), (-0.3, -0.5))
    assert {number for *_, number in painted(shown)} == {0, 1}
    assert len(painted(shown)) == len(shown.own_data.painter.points)
    assert shown.message.text == ""


def test_clearing_is_a_step_of_undo_of_its_own(shown, painting):
    """Taken back, every point is there again, the last stroke's too; so is what is painted before there are two."""
    drag(painting, (0.9, 0.0), (0.8, 0.0))
    before = painted(shown)
    painting.tools.clear.click()
    drag(painting, (0.5, 0.5), (0.3, 0.5))
    shown.menus.undo.trigger()
    assert painting._draft == ()
    assert shown.menus.undo.isEnabled()
    shown.menus.undo.trigger()
    assert painted(shown) == before
    assert painting._draft is None
    shown.menus.undo.trigger()
    assert shown.document.experiment == shown.before
    assert not shown.menus.undo.isEnabled()


def test_after_clearing_each_gesture_is_a_step_of_undo_and_of_redo(shown, painting, qtbot):
    """The clearing, the first class, and the stroke of the second, with which the network gets them all."""
    painter = shown.own_data.painter
    painting.tools.clear.click()
    drag(painting, (0.5, 0.5), (0.3, 0.5))
    one = painter.points
    painting.tools.number.setCurrentIndex(1)
    no, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    mouse(painting, QEvent.Type.MouseButtonPress, (-0.5, -0.5))
    for x in (-0.3, 0.0, 0.3):
        qtbot.wait(120)  # longer than the pause between two races
        mouse(painting, QEvent.Type.MouseMove, (x, -0.5), no, left)
    mouse(painting, QEvent.Type.MouseButtonRelease, (0.3, -0.5), held=no)
    after = shown.document.experiment
    for _ in range(2):
        for draft in (one, ()):
            shown.menus.undo.trigger()
            assert (painting._draft, shown.document.experiment) == (draft, shown.before)
        shown.menus.undo.trigger()
        assert (painting._draft, shown.document.experiment) == (None, shown.before)
        assert not shown.menus.undo.isEnabled()
        for draft in ((), one):
            shown.menus.redo.trigger()
            assert (painting._draft, shown.document.experiment) == (draft, shown.before)
        shown.menus.redo.trigger()
        assert shown.document.experiment == after
        assert not shown.menus.redo.isEnabled()


def test_a_draft_outlives_edits_that_leave_the_data(shown, painting, qtbot):
    """A rate typed between two strokes takes nothing away, and undo goes back through all of it in order."""
    painting.tools.clear.click()
    drag(painting, (0.5, 0.5), (0.3, 0.5))
    one = painting._draft
    write(qtbot, shown.lanes_panel.cards[0].rate.edit, "0.011")
    rated = shown.document.experiment
    qtbot.waitUntil(lambda: not shown.worker.is_busy and shown.snapshot is shown.worker.snapshot)
    assert painting._draft == one
    painting.tools.number.setCurrentIndex(1)
    drag(painting, (-0.5, -0.5), (-0.3, -0.5))
    after = shown.document.experiment
    assert painted(shown)[: len(one)] == one
    assert after.lanes == rated.lanes
    expected = [(one, rated), (one, shown.before), ((), shown.before), (None, shown.before)]
    for state in expected:
        shown.menus.undo.trigger()
        assert (painting._draft, shown.document.experiment) == state
    for state in reversed(expected[:-1]):
        shown.menus.redo.trigger()
        assert (painting._draft, shown.document.experiment) == state
    shown.menus.redo.trigger()
    assert shown.document.experiment == after


def test_a_draft_that_gave_way_to_other_data_comes_back_with_undo(shown, painting):
    """Another data set takes its place; nothing of it is left in that one's picture."""
    painting.tools.clear.click()
    drag(painting, (0.5, 0.5), (0.3, 0.5))
    one = painting._draft
    choose(shown.problem_panel.network_form.data.choice, "moons")
    assert shown.document.experiment.problem.data.name == "moons"
    assert painting._draft is None
    shown.menus.undo.trigger()
    assert (painting._draft, shown.document.experiment) == (one, shown.before)


def test_what_was_lacking_is_no_longer_said_when_it_is_there(shown, painting):
    """The sentence that asks for two classes goes with the second one."""
    painting.tools.clear.click()
    drag(painting, (0.5, 0.5), (0.3, 0.5))
    assert "Two classes are needed" in shown.status.text()
    painting.tools.number.setCurrentIndex(1)
    drag(painting, (-0.5, -0.5), (-0.3, -0.5))
    assert "classes are needed" not in shown.status.text()


def test_classes_that_were_left_out_are_said(shown, painting):
    """Painting 1 and 3 alone makes a network of four outputs, which nobody would guess."""
    painting.tools.clear.click()
    for number in (1, 3):
        painting.tools.number.setCurrentIndex(number)
        drag(painting, (0.2 * number, 0.5), (0.2 * number, 0.3))
    assert "4 outputs" in shown.status.text()
    assert "of classes 0, 2 there are no points" in shown.status.text()


def test_painting_goes_on_from_other_data(open_window, qtbot):
    """The samples shown become points where they lie, scaled as they were; one undo gives the data back."""
    window = open_window(experiment(NETWORK))
    before = window.document.experiment
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    view.paint.click()
    drag(view, (0.0, 1.2), (0.0, 1.2))
    data = window.document.experiment.problem.data
    assert (data.name, data.scaling) == ("points", before.problem.data.scaling)
    assert len(data.points) > 100
    window.menus.undo.trigger()
    assert window.document.experiment == before


def test_keys_choose_the_class(shown, painting, qtbot):
    """Each digit the class that has it in its name; E the eraser."""
    for key in "3091":
        qtbot.keyClicks(painting.plot, key)
        assert painting.tools.number.currentText() == f"class {key}"
    qtbot.keyClicks(painting.plot, "e")
    assert painting.tools.eraser.isChecked()


DABS = st.builds(
    Dab,
    x=st.floats(-2, 2),
    y=st.floats(-2, 2),
    radius=st.floats(0.01, 1).map(lambda radius: (radius, 2 * radius)),
    number=st.integers(-1, 9),
    count=st.integers(1, 24),
    gesture=st.just(1),
)


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 9)), max_size=30).map(tuple), DABS)
def test_a_dab_touches_what_is_under_the_brush_alone(points, dab):
    """New points lie under it, and their number is the brush's; the eraser leaves none under it and all others."""
    found = touched(points, dab)
    width, height = dab.radius
    if dab.number >= 0:
        assert found[: len(points)] == points
        fresh = found[len(points) :]
        assert len(fresh) == dab.count
        # coordinates are kept to four digits
        assert all(abs(x - dab.x) <= width + 1e-3 and abs(y - dab.y) <= height + 1e-3 for x, y, _ in fresh)
    else:
        assert set(found) <= set(points)
        gone = [p for p in points if p not in found]
        assert all(abs(x - dab.x) <= width and abs(y - dab.y) <= height for x, y, _ in gone)


def test_a_samples_own_loss_stands_under_the_cursor(open_window, qtbot):
    """With its class and what the lane shown gives it; between samples stands what the network says there."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    window.worker.seek(40)
    qtbot.waitUntil(lambda: window.snapshot.step == 40)
    view.lane.setCurrentIndex(1)
    view.lane.activated.emit(1)
    race = build.make_race(window.document.experiment)
    race.advance(40)
    expected = fit(race.problem, race.theta, 1)
    qtbot.waitUntil(lambda: view._drawn is not None and view._drawn.run == 1)
    qtbot.waitUntil(lambda: np.array_equal(view._drawn.test.losses, expected.test.losses))
    x, y = race.problem.split.x_test[2]
    source, index = view.sample_at(x, y)
    assert source == "test"
    said = view._read(x, y)
    assert f"test sample {index}" in said
    assert f"loss {expected.test.losses[index]:.4g}" in said
    assert window.snapshot.info.lanes[1].label in said
    assert "P = " in view._read(float(view._drawn.x[0][0]), float(view._drawn.x[1][0]))


def test_a_click_on_a_sample_takes_it_apart(open_window, qtbot):
    """The view of backpropagation shows the sample that was clicked."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    place = tuple(window.snapshot.info.data.x_train[4])
    picked = view.sample_at(*place)
    drag(view, place, place)
    other = window.views["backpropagation"]
    assert (other.source.currentData(), other.index.value()) == picked


def test_the_confusion_of_the_digits(open_window, qtbot):
    """Counted over the test samples of the lane shown; the page of images comes back."""
    window = open_window(example("handwritten_digits"))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    assert view.paint.isHidden()
    view.as_matrix.click()
    qtbot.waitUntil(lambda: view.matrix._found is not None)
    race = build.make_race(window.document.experiment)
    assert np.array_equal(view.matrix._found.counts, confusion(race.problem, race.theta, 0).counts)
    assert view.pages.currentWidget() is view.matrix
    window.worker.seek(30)
    qtbot.waitUntil(lambda: window.snapshot.step == 30)
    race.advance(30)
    wanted = confusion(race.problem, race.theta, 0).counts
    qtbot.waitUntil(lambda: np.array_equal(view.matrix._found.counts, wanted))
    view.as_matrix.click()
    assert view.pages.currentWidget() is view.plot


def test_images_are_shown_as_they_were_before_scaling(open_window, qtbot):
    """Pixels from 0 to 16, whatever the network sees of them."""
    window = open_window(example("handwritten_digits"))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    assert window.document.experiment.problem.data.scaling == "standard"
    assert np.abs(view._drawn.x - np.rint(view._drawn.x)).max() < 1e-9
    assert (view._drawn.x.min(), view._drawn.x.max()) == pytest.approx((0, 16), abs=1e-9)


def test_flowers_show_their_confusion_and_values_their_agreement(open_window, qtbot):
    """Data of more than two inputs have no map, but something to show."""
    given_experiment = experiment(NETWORK)
    window = open_window(given_experiment)
    choose(window.problem_panel.network_form.data.choice, "iris")
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view.matrix._found is not None)
    assert view.pages.currentWidget() is view.matrix
    assert view.as_matrix.isHidden()


def test_all_lanes_side_by_side(open_window, qtbot):
    """A map a lane, none overlapping another, each within the view; a single lane has no such page."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    view.side_by_side.click()
    qtbot.waitUntil(lambda: len(view.maps._images) == 3)
    cells = view.maps.cells()
    assert all(view.maps.rect().contains(cell.toRect()) for cell in cells)
    assert not any(a.intersects(b) for i, a in enumerate(cells) for b in cells[:i])
    lanes = window.document.experiment.lanes
    window.document.replace(replace(window.document.experiment, lanes=lanes[:1]))
    qtbot.waitUntil(lambda: window.snapshot.info.runs == 1 and view.side_by_side.isHidden())
    qtbot.waitUntil(lambda: view.pages.currentWidget() is view.plot)


def test_what_is_drawn_of_one_race_is_not_asked_about_the_samples_of_the_next(open_window, qtbot):
    """An edit may come when the next race is shown and its fit is not there yet: curves know nothing of classes."""
    window = open_window(example("six_optimizers"))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._kind == "curves" and view._drawn is not None)
    window.clock.stop()
    given = example("spirals")
    race = build.make_race(given)
    view.show_snapshot(take_snapshot(race, build.race_info(given, race), 99))
    view.show_points(None)
    assert view._data is not view.snapshot.info.data, "the fit that comes draws both"
