"""The surface in space in the real window: it is turned, zoomed, read and exported, and the paths are the race's."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.experiments import BOWL, NETWORK, VALLEY, experiment
from tests.ui.gestures import choose, drag
from tests.ui.views.layers.test_layers import show
from workbench.export.pictures import picture_bytes
from workbench.ui.plotting.rays import heights_at, visible
from workbench.ui.style import theme as themes

CURVE = VALLEY.replace('objective = "rosenbrock"', 'objective = "double_well"').replace(
    "start = [-1.2, 1.0]", "start = [-1.2]"
)
MANY = """
format = 1
[problem]
kind = "objective"
objective = "rosenbrock"
start = [-1.2, 1.0, -1.2, 1.0, -1.2, 1.0]
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.05
"""


@pytest.fixture
def opened(open_window, settled, qtbot):
    """A window at a step, with the surface in front and whole."""

    def make(text=VALLEY, step=40, **keys):
        window = open_window(experiment(text), **keys)
        view = show(window, "surface")
        window.worker.seek(step)
        settled(window, step)
        qtbot.waitUntil(lambda: view.snapshot is not None and view.has_what_it_demands(view.snapshot), timeout=20_000)
        qtbot.waitUntil(lambda: view.snapshot.step == step and view.plot.isVisible(), timeout=20_000)
        return window, view

    return make


def test_long_numbers_of_the_upright_axis_have_their_room(opened):
    text = VALLEY.replace('objective = "rosenbrock"', 'objective = "formula"').replace(
        "start = [-1.2, 1.0]", 'start = [-1.2, 1.0]\nparameters = {text = "1234567 + x^2 + y^2"}'
    )
    window, view = opened(text, 2)
    upright = view._axes(window.snapshot.info, view._block, view._scale)[2]
    assert max(len(label) for _, label in upright.ticks) >= 7
    corners = np.array([(x, y, 0.0) for x in (-1.0, 1.0) for y in (-1.0, 1.0)])
    metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS))
    widest = max(metrics.horizontalAdvance(label) for _, label in upright.ticks)
    assert view._sight.project(corners)[:, 0].min() > widest + 5


def test_the_block_is_the_function(opened):
    """Heights between the grid's points rise with the function's logarithm, over the whole domain."""
    _window, view = opened()
    made, scale = view._block, view._scale
    assert scale.kind == "log"
    rng = np.random.default_rng(1)
    points = np.column_stack([rng.uniform(made.x[0], made.x[-1], 200), rng.uniform(made.y[0], made.y[-1], 200)])
    x, y = points.T
    values = (1 - x) ** 2 + 100 * (y - x * x) ** 2
    keep = (values > 3 * scale.bottom) & (values < 0.9 * scale.top)
    heights = heights_at(made.z, made.on_foot(points))[keep]
    slope, start = np.polyfit(np.log(values[keep]), heights, 1)
    np.testing.assert_allclose(heights, start + slope * np.log(values[keep]), atol=0.03)


def test_paths_stand_on_the_surface_at_the_races_own_points(opened):
    """The last point of each path is where the run stands, at the height of the surface there."""
    window, view = opened()
    view.legend.hide()
    made, sight = view._block, view._sight
    theta = window.snapshot.theta.astype(float)
    foot = made.on_foot(theta)
    points = np.column_stack([foot, heights_at(made.z, foot)])
    expected = sight.project(points)[:, :2]
    np.testing.assert_allclose(view.marks.points, expected, atol=2.0)
    ends = np.array([[x[-1], y[-1]] for x, y, _ in view.paths.given])
    for end in expected:
        assert np.hypot(*(ends - end).T).min() < 3.0


def test_what_a_hill_hides_is_dashed_and_what_is_seen_is_not(opened):
    """From each of many sides the strokes are dashed just where the surface stands before them."""
    _window, view = opened(step=300)
    kinds = set()
    for _ in range(8):
        view.turned_by(60.0, 6.0)
        made, sight, seen = view._block, view._sight, view.painter.seen
        theta = view.snapshot.history.values["path"][:, 0].astype(float)
        foot = made.on_foot(theta)
        points = np.column_stack([foot, heights_at(made.z, foot) + 0.004])
        points = points[np.isfinite(points).all(axis=1)]
        shown = visible(sight.project(points), seen)
        kinds |= {bool(each) for each in shown}
        dashed = any(pen.style() == Qt.PenStyle.DashLine for _, _, pen in view.paths.given)
        assert dashed or shown.all()
    assert kinds == {True, False}


def test_a_drag_turns_it_the_wheel_comes_nearer_and_home_shows_all_again(opened, qtbot):
    window, view = opened()
    first = view.camera
    sight = view._sight
    middle = (sight.width / 2, sight.height / 2)
    drag(view, middle, (middle[0] + 40, middle[1]), (middle[0] + 80, middle[1] + 30))
    assert view.camera.turn != first.turn
    assert view.camera.tilt < first.tilt  # dragged upwards, one looks from lower down
    turned = view.camera
    place = QPointF(view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(*middle))))
    wheel = QWheelEvent(
        place, view.plot.viewport().mapToGlobal(place), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.plot.viewport(), wheel)
    assert view.camera.zoom > turned.zoom
    assert window.document.experiment == experiment(VALLEY)  # how one looks is no part of the experiment
    view.whole.click()
    assert view.camera == first


def test_it_is_turned_by_keys_only_for_who_has_come_there_by_tab(opened, qtbot, settled):
    """Else Right takes a step of the race."""
    window, view = opened()
    first = view.camera
    window.activateWindow()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    settled(window, 41)
    assert view.camera == first
    view.plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.plot.hasFocus)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Plus):
        qtbot.keyClick(view.plot, key)
    assert view.camera.turn == pytest.approx(first.turn + 5.0)
    assert view.camera.tilt == pytest.approx(first.tilt + 5.0)
    assert view.camera.zoom > first.zoom
    assert window.snapshot.step == 41


def test_a_click_on_a_path_picks_its_lane(opened, qtbot):
    """In the whole window; a click beside all paths picks none."""
    window, view = opened(step=300)
    given = view.paths.given
    solid = [(x, y) for x, y, pen in given if pen.color().name() == view.lane_colors(window.snapshot.info)[1].lower()]
    x, y = max(solid, key=lambda line: len(line[0]))
    picked = []
    view.lane_picked.connect(picked.append)
    drag(view, (float(x[len(x) // 2]), float(y[len(x) // 2])))
    assert picked in ([0], [1])  # paths cross; never none
    drag(view, (5.0, 5.0))
    assert len(picked) == 1


def test_options_are_the_experiments(opened, qtbot):
    """Heights by rank, and without lines: the block changes, and the file says so."""
    window, view = opened()
    before = view._block
    view.choose("heights", "linear")
    assert view._scale.kind == "linear"
    assert not np.allclose(view._block.z, before.z)
    assert window.document.experiment.view["surface"] == {"heights": "linear"}
    view.choose("lines", False)
    assert not view._block.bands.size
    window.menus.undo.trigger()
    window.menus.undo.trigger()
    qtbot.waitUntil(lambda: view._scale.kind == "log")
    np.testing.assert_array_equal(view._block.z, before.z)


def test_the_mouse_reads_the_point_under_it(opened):
    """The values of the place that the pixel shows are the function's there."""
    _window, view = opened()
    view.finish()
    sight = view._sight
    said = view._read(sight.width / 2, sight.middle[1] + 0.45 * sight.scale)
    x, y, f = (float(part.replace("−", "-")) for part in said.replace("=", " ").replace("≈", " ").split()[1::2])
    assert f == pytest.approx((1 - x) ** 2 + 100 * (y - x * x) ** 2, rel=0.2, abs=0.5)
    assert view._read(1.0, 1.0) == ""


def test_as_vectors_it_has_no_pixels_and_as_pixels_it_is_fine(opened):
    """An SVG holds pieces and strokes, and no picture of the block."""
    _window, view = opened()
    made = picture_bytes(view, "svg").decode()
    assert made.count("<polygon") + made.count("<path") > 6000
    images = [re.search(r'width="(\d+)', part) for part in made.split("<image")[1:]]
    # the plain ground of every view, and the bar's strip
    assert len(images) <= 2
    assert all(int(found[1]) <= 12 for found in images[1:])
    assert picture_bytes(view, "pdf").startswith(b"%PDF")
    assert picture_bytes(view, "png").startswith(b"\x89PNG")
    assert not view.stands_alone


def test_its_table_is_that_of_the_landscape(opened):
    window, view = opened()
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    parts = {row["part"] for row in rows}
    assert parts == {"surface", "minimum", "path"}
    last = [row for row in rows if row["part"] == "path" and row["run"] == "0"][-1]
    np.testing.assert_allclose([float(last["x"]), float(last["y"])], window.snapshot.theta[0])


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=["light", "dark"])
def test_a_lane_that_diverged_is_told_in_the_legend(opened, theme):
    _window, view = opened(BOWL, 400, theme=theme)
    assert any("✕ diverged at step" in label for label, _, _ in view.legend._entries)
    assert len(view.marks.points) == 1  # the one that is left; the other is far beside the block


def test_of_more_parameters_it_is_the_plane_through_the_paths(open_window, settled, qtbot):
    """Of a network and of six dimensions; before the first step it says what would fill it."""
    for text in (NETWORK, MANY):
        window = open_window(experiment(text))
        view = show(window, "surface")
        qtbot.waitUntil(lambda view=view: "Press Space" in view._empty.text(), timeout=20_000)
        window.worker.seek(30)
        settled(window, 30)
        qtbot.waitUntil(lambda view=view: view.plot.isVisible() and view._block is not None, timeout=20_000)
        qtbot.waitUntil(lambda view=view: len(view.marks.points) > 0, timeout=20_000)
        assert view.data_csv()().startswith(b"part,")


def test_a_curve_has_no_surface_and_no_tab_for_one(open_window):
    window = open_window(experiment(CURVE))
    assert "surface" not in window.centre.keys


def test_another_objective_brings_another_surface(opened, qtbot):
    window, view = opened()
    before = view._block
    choose(window.problem_panel.objective_form.objective, "himmelblau")
    qtbot.waitUntil(lambda: view.snapshot.info.key == "himmelblau" and view._block is not before, timeout=20_000)
    assert view._block.x[0] != before.x[0]
