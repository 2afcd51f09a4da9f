"""The picture of the fit: painting, samples under the cursor, confusion, lanes side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.experiments import NETWORK, example, experiment
from tests.ui.gestures import choose, drag, mouse, write
from workbench.engine.datasets.points import EXAMPLE
from workbench.engine.network.fit import confusion, fit
from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.ui.views.fit.dab import Dab
from workbench.ui.views.shared.class_colors import class_color
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


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
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


# Painting


def test_a_stroke_near_each_edge_lands_where_it_was_made(shown, painting, qtbot):
    """A few pixels from each edge and corner: when the race has learned from it, the class's colour is there.

    Test samples are hollow: their ring counts.
    """
    painting.tools.number.setCurrentIndex(2)
    painting.tools.size_slider.setValue(0)
    viewport = painting.plot.viewport()
    box = painting.plot.box.sceneBoundingRect().toRect().adjusted(5, 5, -5, -5)
    middle = box.center()
    spots = [
        QPoint(box.left(), middle.y()), QPoint(box.right(), middle.y()), QPoint(middle.x(), box.top()),
        QPoint(middle.x(), box.bottom()), box.topLeft(), box.bottomRight(),
    ]  # fmt: skip
    for spot in spots:
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            held = Qt.MouseButton.LeftButton if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
            place = QPointF(spot)
            event = QMouseEvent(kind, place, viewport.mapToGlobal(place), Qt.MouseButton.LeftButton, held,
                                Qt.KeyboardModifier.NoModifier)  # fmt: skip
            QApplication.sendEvent(viewport, event)
    before = painting.plot.box.viewRange()
    assert len(painted(shown)) == len(EXAMPLE) + len(spots)
    qtbot.waitUntil(lambda: len(shown.snapshot.info.data.x_train) + len(shown.snapshot.info.data.x_test) == 14)
    qtbot.waitUntil(lambda: painting._draft is None and painting._data is shown.snapshot.info.data)
    assert painting.plot.box.viewRange() == before, "the canvas stays"
    painting.strokes.ring.hide()
    image = painting.plot.grab().toImage()
    wanted = QColor(class_color(painting.theme, 2))
    for spot in spots:
        near = [image.pixelColor(spot.x() + dx, spot.y() + dy) for dx in range(-4, 5) for dy in range(-4, 5)]
        away = min(
            abs(c.red() - wanted.red()) + abs(c.green() - wanted.green()) + abs(c.blue() - wanted.blue()) for c in near
        )
        assert away < 40, f"nothing at {spot}"


def fills(view):
    """Whether the map covers what is visible, and little more."""
    (x0, x1), (y0, y1) = view.plot.box.viewRange()
    across, up = view._drawn.x
    covers = across[0] <= x0 and x1 <= across[-1] and up[0] <= y0 and y1 <= up[-1]
    return covers and across[-1] - across[0] < 1.1 * (x1 - x0) and up[-1] - up[0] < 1.1 * (y1 - y0)


def test_the_canvas_stays_whatever_is_painted(shown, painting, qtbot):
    """Points far out and an empty plane leave the ranges as they are; the map fills all of it."""
    before = painting.plot.box.viewRange()
    (x0, x1), (y0, y1) = before
    painting.tools.clear.click()
    drag(painting, (x0 + 0.05, y0 + 0.05), (x0 + 0.1, y0 + 0.1))
    painting.tools.number.setCurrentIndex(1)
    drag(painting, (x1 - 0.1, y1 - 0.1), (x1 - 0.05, y1 - 0.05))
    qtbot.waitUntil(lambda: len(shown.snapshot.info.data.x_train) + len(shown.snapshot.info.data.x_test) < 30)
    assert painting.plot.box.viewRange() == before
    qtbot.waitUntil(lambda: fills(painting))


def test_no_point_is_set_beyond_the_canvas():
    """A wide brush at the edge: what lies outside could not be seen."""
    within = (-1.0, 1.0, -1.0, 1.0)
    fresh = np.array(touched((), Dab(0.98, 0.0, (0.3, 0.3), 1, 24, 1, within)))
    assert 0 < len(fresh) < 24
    assert fresh[:, 0].max() <= 1.0


def test_points_keep_their_digits_far_from_zero():
    """Around a million a brush of a hundredth still sets points where it is."""
    ((x, y, _),) = touched((), Dab(1_000_000.123, -5e-7, (0.01, 1e-8), 0, 1, 1))
    assert x == pytest.approx(1_000_000.123, abs=2e-4)
    assert y == pytest.approx(-5e-7, abs=2e-10)


def test_classes_have_names(shown, painting, qtbot):
    """Typed beside the class; they are the data's, one step of undo, in the file and in the legend."""
    painting.tools.number.setCurrentIndex(1)
    write(qtbot, painting.tools.name, "cats")
    assert shown.document.experiment.problem.data.class_names == ("", "cats")
    qtbot.waitUntil(lambda: shown.snapshot.info.data.classes == ("0", "cats"))
    qtbot.waitUntil(lambda: painting.tools.number.itemText(1) == "1: cats")
    assert painting.tools.number.itemText(0) == "class 0"
    assert files.loads(files.dumps(shown.document.experiment)) == shown.document.experiment
    qtbot.waitUntil(lambda: "cats" in [label for label, _, _ in painting.legend._entries])
    drag(painting, (0.9, 0.0), (0.8, 0.0))
    assert shown.document.experiment.problem.data.class_names == ("", "cats"), "painting keeps them"
    shown.menus.undo.trigger()
    shown.menus.undo.trigger()
    assert shown.document.experiment == shown.before


def test_painting_from_other_data_keeps_the_names_of_their_classes(open_window, qtbot):
    """The moons' classes are called first and second."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    names = window.snapshot.info.data.classes
    view.paint.click()
    drag(view, (0.0, 1.2), (0.0, 1.2))
    assert window.document.experiment.problem.data.class_names == names


# What the picture says besides


def test_a_map_has_equal_scales_and_a_legend_of_its_classes(open_window, qtbot):
    """A pixel is as wide as it is high; points grow with the view."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    wide, high = view.plot.box.viewPixelSize()
    assert wide == pytest.approx(high, rel=1e-3)
    assert [label for label, _, _ in view.legend._entries] == [*window.snapshot.info.data.classes, "test sample"]
    qtbot.waitUntil(lambda: fills(view))
    small = view.plot.samples.size
    window.resize(1900, 1400)
    qtbot.waitUntil(lambda: view.plot.samples.size > small)


def test_the_axis_beside_a_map_comes_to_rest(open_window, qtbot):
    """With equal scales the width of its numbers decides their range, and the range their width: it ends."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    resized = []
    view.plot.box.sigResized.connect(resized.append)

    def rests():
        resized.clear()
        QTest.qWait(100)
        return not resized

    for width in range(1180, 1420, 24):
        window.resize(width, 800)
        qtbot.waitUntil(rests, timeout=20_000)


CSV = "width (cm),height (cm),mass (kg)\n" + "".join(
    f"{i % 7},{2000 * (i % 5)},{3.0 * (i % 7) + (i % 5)}\n" for i in range(40)
)


@pytest.fixture
def from_file(open_window, qtbot, tmp_path):
    """The fit of values from a file of two columns with units."""
    path = tmp_path / "things.csv"
    path.write_text(CSV, encoding="utf-8")
    given = experiment(NETWORK)
    data = replace(given.problem.data, name="", file=str(path), target="mass (kg)", parameters={})
    window = open_window(replace(given, problem=replace(given.problem, data=data, loss="")))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    return view


def axes(view):
    return tuple(view.plot.axes[side].labelText for side in ("bottom", "left"))


def test_the_files_own_names_and_units_stand_on_every_axis(from_file):
    """Of the map, of values given against true ones, and of residuals; scales as they are in the file."""
    view = from_file
    assert axes(view) == ("width (cm)", "height (cm)")
    wide, high = view.plot.box.viewPixelSize()
    assert high > 50 * wide, "columns of so different ranges have no equal scales"
    for key, names in (
        ("agreement", ("mass (kg), true value", "mass (kg), value given")),
        ("residuals", ("mass (kg), value given", "mass (kg), true value less given")),
    ):
        choose(view.shown_as, key)
        assert axes(view) == names


def test_values_have_their_quality_and_residuals(from_file, qtbot):
    """R² and the mean absolute error are written above; residuals stand at their values, true less given."""
    view = from_file
    fit_found, data = view._drawn, view.snapshot.info.data
    quality = fit_found.test_quality
    assert f"R² {quality.r2:.4g}".replace("-", "−") in view.told.text()
    assert f"mean absolute error {quality.error:.4g}" in view.told.text()
    choose(view.shown_as, "residuals")
    x, y = view.plot.samples._train.getData()
    order = np.argsort(x)
    given = view._drawn.train.values[:, 0]
    wanted = np.argsort(given)
    assert x[order] == pytest.approx(given[wanted])
    assert y[order] == pytest.approx((data.unscaled_values(data.y_train)[:, 0] - given)[wanted])
    choose(view.shown_as, "fit")
    assert view.plot.map.isVisible()


def test_the_worst_pictures_come_first_when_asked_for(open_window, qtbot):
    """A click on one still takes that sample apart; with losses each has its own below."""
    window = open_window(example("handwritten_digits"))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    view.worst.trigger()
    view.by_loss.trigger()
    qtbot.waitUntil(lambda: bool((np.diff(view._drawn.test.losses[view._drawn.order]) <= 0).all()))
    page = view.plot.pictures
    first = view.sample_at(0.5, page.height - 0.5)
    assert first == ("test", int(view._drawn.test.losses.argmax()))
    qtbot.waitUntil(lambda: f"{view._drawn.test.losses.max():.2g}" in page._captions[0][0])


def test_losses_are_shown_on_demand(open_window, qtbot):
    """The area of a point goes with its loss, and the largest are written."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    assert view.plot.samples._losses.texts == []
    view.by_loss.trigger()
    found = view._drawn
    losses = np.concatenate([found.train.losses, found.test.losses])
    assert view.plot.samples._losses.texts[0] == f"{losses.max():.3g}"
    sizes = view.plot.samples._train.data["size"]
    assert sizes.argmax() == found.train.losses.argmax()
    view.by_loss.trigger()
    assert view.plot.samples._losses.texts == []


def test_a_row_that_is_typed_is_predicted(open_window, qtbot):
    """A sample typed in gives what that sample gives; what is wrong with a row is said in a sentence."""
    window = open_window(experiment(NETWORK))
    view = window.views["fit"]
    qtbot.waitUntil(lambda: view._drawn is not None)
    view.typed.trigger()
    data = window.snapshot.info.data
    row = data.unscaled(data.x_test)[3]
    view.bar.edit.setText(f"{row[0]!r}, {row[1]!r}".replace("np.float64(", "").replace(")", ""))
    p = view._drawn.test.values[3]
    best = int(p.argmax())
    wanted = f"P({data.classes[best]}) = {p[best]:.3g}"
    qtbot.waitUntil(lambda: view.bar.result.text().startswith(wanted))
    assert view.plot.cross.getData()[0][0] == pytest.approx(row[0])
    for text, words in (("1", "2 numbers are wanted, 1 are there"), ("a, 2", "“a” is no number"), ("nan 1", "range")):
        view.bar.edit.setText(text)
        assert words in view.bar.result.text()
        assert "prediction" not in view.demand()
    view.typed.trigger()
    assert view.bar.isHidden()


def test_a_lane_that_has_diverged_says_so(open_window, qtbot):
    """Above its picture: what is seen comes from its last weights."""
    given = experiment(NETWORK)
    lanes = (replace(given.lanes[0], optimizer="sgd", hyperparameters={"learning_rate": 1e4}), *given.lanes[1:])
    window = open_window(replace(given, lanes=lanes, problem=replace(given.problem, loss="mean_squared_error")))
    view = window.views["fit"]
    window.worker.seek(60)
    qtbot.waitUntil(lambda: "diverged at step" in view.told.text(), timeout=20_000)
