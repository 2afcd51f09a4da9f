"""Maps in the window: they come by themselves, one flies into them, and a run becomes a lane. Computed in a thread."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from tests.experiments import NETWORK, experiment
from workbench.experiment import files
from workbench.experiment.experiment import replace

BOWL = """
format = 1
steps = 40
[problem]
kind = "objective"
objective = "quadratic"
[[lanes]]
label = "Ball"
optimizer = "momentum"
[lanes.hyperparameters]
learning_rate = 0.1
[[lanes]]
label = "Ahead"
optimizer = "nesterov"
[lanes.hyperparameters]
learning_rate = 0.1
[view.map]
cells = "64"
"""


@pytest.fixture
def mapped(open_window, qtbot):
    """A window with the map in front, whole."""

    def make(text=BOWL, **options):
        window = open_window(experiment(text), **options)
        window.centre.bring("map")
        whole(qtbot, window)
        return window

    return make


def whole(qtbot, window, count=1):
    view = window.views["map"]

    def is_whole():
        asked, shown = (
            [request for _, request in window.maps.begin()._asked],
            [p for p in view._pictures if p is not None],
        )
        return (
            len(asked) == count
            and [p.request for p in shown] == asked
            and all(p.whole for p in shown)
            and not view._busy
        )

    qtbot.waitUntil(is_whole, timeout=60_000)
    return view


def at(pane, x, y):
    """The place in the plot, in pixels, so far along and up the map."""
    box = pane.plot.box.sceneBoundingRect()
    scene = box.topLeft() + type(box.topLeft())(x * box.width(), (1 - y) * box.height())
    return pane.plot.mapFromScene(scene)


def drawn(qtbot, pane, begin, end):
    viewport = pane.plot.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at(pane, *begin))
    qtbot.mouseMove(viewport, at(pane, *end))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at(pane, *end))


def test_nothing_is_computed_before_the_view_is_seen(open_window, qtbot, map_pools):
    window = open_window(experiment(BOWL))
    assert window.views["map"].wanted() is None
    assert map_pools == []


def test_a_map_comes_with_theory_over_it(mapped):
    view = mapped().views["map"]
    picture = view.panes[0].picture
    assert (picture.request.x.key, picture.request.y.key) == ("learning_rate", "momentum")
    assert picture.request.steps == 40
    assert len(view.panes[0].lines.given) > 0
    names = [word for _, word in view.foot.key._entries]
    assert any("Goh" in name for name in names)
    view.choose("theory", False)
    assert len(view.panes[0].lines.given) == 0


def test_a_rectangle_is_flown_into_and_back_leads_out(mapped, qtbot):
    window = mapped()
    view = window.views["map"]
    pane = view.panes[0]
    before = pane.picture.request
    drawn(qtbot, pane, (0.25, 0.5), (0.75, 0.9))
    whole(qtbot, window)
    after = pane.picture.request
    assert after.side == before.side
    assert after.x.low == pytest.approx(float(before.x.at(0.25)), rel=0.05)
    assert after.x.high == pytest.approx(float(before.x.at(0.75)), rel=0.05)
    assert after.y.low == pytest.approx(float(before.y.at(0.5)), rel=0.05)
    assert window.document.experiment.view["map"]["part"]
    assert files.loads(files.dumps(window.document.experiment)) == window.document.experiment
    qtbot.mouseClick(view.row.back, Qt.MouseButton.LeftButton)
    whole(qtbot, window)
    assert pane.picture.request == before


def test_a_click_gives_the_run_a_lane_of_its_own(mapped, qtbot):
    window = mapped()
    view = window.views["map"]
    pane = view.panes[0]
    qtbot.mouseClick(pane.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(pane, 0.3, 0.4))
    menu = view.findChild(QMenu, "run")
    assert [action.text() for action in menu.actions()] == [
        "New lane with these settings",
        "Give the lane these settings",
    ]
    row, column = pane.cell_at(pane.plot.mapToScene(at(pane, 0.3, 0.4)))
    expected = pane.picture.settings(row, column)
    loss = float(pane.picture.gap()[row, column])
    menu.actions()[0].trigger()
    menu.close()
    lane = window.document.experiment.lanes[-1]
    assert len(window.document.experiment.lanes) == 3
    assert dict(lane.hyperparameters) == expected
    window.worker.seek(40)
    qtbot.waitUntil(lambda: window.snapshot.step == 40 and len(window.snapshot.loss) == 3, timeout=20_000)
    assert window.snapshot.loss[2] == loss


def test_two_lanes_stand_side_by_side_on_one_scale(mapped, qtbot):
    window = mapped(size=(1600, 900))
    view = window.views["map"]
    view.beside.setCurrentIndex(view.beside.findText("beside: Ahead"))
    view.beside.activated.emit(view.beside.currentIndex())
    whole(qtbot, window, 2)
    assert [pane.title.text() for pane in view.panes] == ["Ball", "Ahead"]
    first, second = (pane.picture.values["diverged_at"] >= 0 for pane in view.panes)
    assert second.sum() > first.sum(), "Nesterov's momentum bears smaller rates"
    assert view.panes[1].bar.isVisible()
    assert not view.panes[0].bar.isVisible()


def test_an_edit_of_what_it_depends_on_computes_it_anew_and_no_other(mapped, qtbot):
    window = mapped()
    pane = window.views["map"].panes[0]
    before = pane.picture
    window.edits.take(_renamed(window.document.experiment), "")
    whole(qtbot, window)
    assert pane.picture is before
    window.edits.take(_with_noise(window.document.experiment), "")
    qtbot.waitUntil(lambda: pane.picture is not before, timeout=20_000)
    whole(qtbot, window)
    assert not np.array_equal(pane.picture.values["loss"], before.values["loss"], equal_nan=True)


def _renamed(given):
    from workbench.experiment.experiment import replace

    lanes = (replace(given.lanes[0], label="Other", color="#009E73"), *given.lanes[1:])
    return replace(given, lanes=lanes, title="Another title")


def _with_noise(given):
    from workbench.experiment.experiment import replace

    return replace(given, problem=replace(given.problem, noise=0.3))


def test_other_axes_and_quantities_are_chosen_in_the_view(mapped, qtbot):
    window = mapped()
    view = window.views["map"]
    view.row.axis_chosen.emit("x", "start.0")
    view.row.axis_chosen.emit("y", "start.1")
    view.row.quantity_chosen.emit("minimum")
    whole(qtbot, window)
    picture = view.panes[0].picture
    assert (picture.request.x.key, picture.request.y.key) == ("start.0", "start.1")
    assert view.foot.key._entries[0][1] == "(0, 0)"
    assert window.document.experiment.view["map"]["quantity"] == "minimum"
    view.row.axis_chosen.emit("x", "start.1")
    whole(qtbot, window)
    picture = view.panes[0].picture
    assert (picture.request.x.key, picture.request.y.key) == ("start.1", "start.0"), "the two change places"


def test_the_curve_of_the_run_under_the_mouse_is_shown_small(mapped, qtbot):
    window = mapped()
    view = window.views["map"]
    pane = view.panes[0]
    for place in (0.2, 0.3):
        qtbot.mouseMove(pane.plot.viewport(), at(pane, place, 0.3))
        qtbot.wait(20)  # plots look at a hundred moves a second at most
    row, column = pane.cell_at(pane.plot.mapToScene(at(pane, 0.3, 0.3)))
    loss = pane.picture.gap()[row, column]

    def is_shown():
        return view.glimpse.isVisible() and 10 ** view.glimpse._values[-1] == pytest.approx(loss, rel=1e-6)

    qtbot.waitUntil(is_shown, timeout=20_000)
    view._leave()
    assert not view.glimpse.isVisible()


def test_the_table_has_a_row_for_each_cell(mapped):
    view = mapped().views["map"]
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    picture = view.panes[0].picture
    assert len(rows) == 64 * 64
    assert [float(row["loss"]) for row in rows] == picture.values["loss"].ravel().tolist()
    assert {row["lane"] for row in rows} == {"Ball"}
    assert float(rows[1]["learning_rate"]) == picture.settings(0, 1)["learning_rate"]


def test_layers_of_a_network_have_rates_of_their_own_and_no_lane_has(mapped, qtbot):
    text = NETWORK.replace('optimizer = "adam"', 'optimizer = "sgd"', 1) + '[view.map]\ncells = "64"\nsteps = "50"\n'
    window = mapped(text + 'x = "rate.layer1"\ny = "rate.output"\n')
    view = window.views["map"]
    pane = view.panes[0]
    qtbot.mouseClick(pane.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(pane, 0.5, 0.5))
    menu = view.findChild(QMenu, "run")
    assert [action.isEnabled() for action in menu.actions()] == [False]
    menu.close()


def test_a_map_is_stopped_and_gone_on_with(open_window, qtbot, map_pools):
    text = BOWL.replace('cells = "64"', 'cells = "512"\nsteps = "5000"')
    window = open_window(experiment(text))
    window.centre.bring("map")
    view = window.views["map"]
    qtbot.waitUntil(lambda: view._busy and view.panes[0].picture is not None, timeout=20_000)
    qtbot.mouseClick(view.foot.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view._busy, timeout=20_000)
    assert not view.panes[0].picture.whole
    assert view.foot.button.text() == "go on"
    qtbot.mouseClick(view.foot.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view._busy, timeout=20_000)


def test_basins_lie_under_the_landscape_where_they_are_asked_for(open_window, qtbot, map_pools):
    """Near each known minimum the place has that minimum's colour; without the option nothing is computed."""
    text = BOWL.replace("quadratic", "himmelblau").replace("learning_rate = 0.1", "learning_rate = 0.005")
    window = open_window(experiment(text.replace("steps = 40", "steps = 300")))
    view = window.views["landscape"]
    assert view.basins.wanted is None
    assert map_pools == []
    view.choose("basins", True)
    qtbot.waitUntil(lambda: view.basins.is_whole and view.basins._cells.isVisible(), timeout=60_000)
    picture = window.maps.begin()._worker.pictures["basins"]
    for number, (x, y) in enumerate(picture.minima.tolist()):
        row, column = picture.cell(x + 0.05, y - 0.05)
        assert picture.values["minimum"][row, column] == number
    view.choose("basins", False)
    qtbot.waitUntil(lambda: "basins" not in window.maps.begin()._worker.pictures, timeout=20_000)
    assert not view.basins._cells.isVisible()


def test_a_fork_has_the_map_of_its_rule_from_the_start(mapped, qtbot):
    """A run of a map begins at the start, wherever the lane itself does; the lane made of one does, too."""
    text = BOWL.replace("[view.map]", "[lanes.from]\nlane = 0\nstep = 5\n[view.map]")
    window = mapped(text)
    view = window.views["map"]
    view.lane.pick(1)
    view.lane.activated.emit(1)
    whole(qtbot, window)
    assert not view._fault
    picture = view.panes[0].picture
    view.run_wanted.emit(0, picture.settings(3, 4), True)
    made = window.document.experiment.lanes[-1]
    assert made.origin is None
    assert made.optimizer == "nesterov"


def test_a_slider_leads_through_a_third_setting_as_one_step_of_undo(mapped, qtbot):
    window = mapped()
    view = window.views["map"]
    before, plain = window.document.experiment, view.panes[0].picture
    assert not view.slice.slider.isVisible()
    place = view.slice.choice.findData("start.0")
    view.slice.choice.setCurrentIndex(place)
    view.slice.choice.activated.emit(place)
    whole(qtbot, window)
    assert view.slice.slider.isVisible()
    assert [key for key, _ in view.panes[0].picture.request.through] == ["start.0"]
    chosen = window.document.experiment
    slider = view.slice.slider
    slider.sliderPressed.emit()
    for value in (60, 80, 90):
        slider.setValue(value)
    slider.sliderReleased.emit()
    whole(qtbot, window)
    picture = view.panes[0].picture
    (_, value), *_ = picture.request.through
    assert window.document.experiment.view["map"]["through"] == f"start.0 {value!r}"
    assert files.loads(files.dumps(window.document.experiment)) == window.document.experiment
    assert not np.array_equal(picture.values["loss"], plain.values["loss"], equal_nan=True)
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    assert {float(row["start.0"]) for row in rows} == {value}
    window.document.undo()
    assert window.document.experiment == chosen
    window.document.undo()
    assert window.document.experiment == before
    whole(qtbot, window)
    assert view.panes[0].picture.request.through == ()


def test_a_run_of_a_slice_has_all_three_settings(mapped, qtbot):
    window = mapped(BOWL + 'through = "start.1 3.0"\n')
    view = window.views["map"]
    picture = view.panes[0].picture
    settings = picture.settings(20, 20)
    assert settings["start.1"] == 3.0
    loss = float(picture.gap()[20, 20])
    view.run_wanted.emit(0, settings, False)
    assert window.document.experiment.problem.start[1] == 3.0
    window.worker.seek(40)
    qtbot.waitUntil(lambda: window.snapshot.step == 40, timeout=20_000)
    assert window.snapshot.loss[0] == loss


def test_a_third_setting_that_is_put_along_an_axis_is_third_no_more(mapped, qtbot):
    window = mapped(BOWL + 'through = "start.0 3.0"\n')
    view = window.views["map"]
    assert view.slice.choice.currentData() == "start.0"
    view.row.axis_chosen.emit("x", "start.0")
    whole(qtbot, window)
    assert view.panes[0].picture.request.through == ()
    assert view.slice.choice.currentData() == ""
    assert not view.slice.slider.isVisible()


def test_contour_lines_come_when_they_are_asked_for(mapped, qtbot):
    view = mapped().views["map"]
    pane = view.panes[0]
    assert len(pane.borders.ends) == 0
    view.choose("contours", True)
    assert len(pane.borders.ends) > 20
    request = pane.picture.request
    assert pane.borders.ends[:, 0].min() >= np.log10(request.x.low) - 1e-9
    assert pane.borders.ends[:, 0].max() <= np.log10(request.x.high) + 1e-9
    view.choose("contours", False)
    assert len(pane.borders.ends) == 0


def test_the_lane_of_a_map_goes(mapped, qtbot):
    """The map is still that of the race before when the experiment is another: no fault, and another one comes."""
    window = mapped()
    view = window.views["map"]
    window.picked.pick(1)
    view = whole(qtbot, window)
    qtbot.waitUntil(lambda: view.wanted().lanes == (1,))
    view = whole(qtbot, window)
    given = window.document.experiment
    window.document.replace(replace(given, lanes=given.lanes[:1]))
    assert window.maps.begin()._fault == ""
    qtbot.waitUntil(lambda: view.wanted().lanes == (0,))
    whole(qtbot, window)
    assert window.maps.begin()._lanes == (0,)
