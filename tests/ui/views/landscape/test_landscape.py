"""The landscape in the real window: what the experiment says of it, what it shows, and what one can do."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests.experiments import NETWORK, experiment
from tests.ui.conftest import rest
from tests.ui.views.layers.test_layers import show
from workbench import app
from workbench.cli.program import main
from workbench.engine.params import RequestError
from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.experiment.view_options import VIEW_OPTIONS
from workbench.ui.views.landscape.curve import Curve

HIMMELBLAU = """
format = 1
steps = 40
[problem]
kind = "objective"
objective = "himmelblau"
start = [[-1.0, 0.0], [1.0, -4.0]]
[[lanes]]
label = "Plain"
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.01
[[lanes]]
label = "Adam"
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.1
"""
CURVE = """
format = 1
steps = 30
[problem]
kind = "objective"
objective = "formula"
start = [1.5]
[problem.parameters]
text = "x^4/4 - x^2"
[[lanes]]
label = "Plain"
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.05
"""
HOLE = CURVE.replace("[1.5]", "[1.5, 1.0]").replace("x^4/4 - x^2", "log(x*y + 1) + x^2 + y^2")
MANY = """
format = 1
steps = 200
[problem]
kind = "objective"
objective = "rosenbrock"
start = [-1.2, 1.0, -1.2, 1.0, -1.2, 1.0]
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.05
"""
BOWL = HIMMELBLAU.replace("himmelblau", "sphere").replace("[[-1.0, 0.0], [1.0, -4.0]]", "[1.0, 1.0]")
#: parameters of each experiment, and what its landscape demands
SIZES = {HIMMELBLAU: 2, BOWL: 2, CURVE: 1, MANY: 6, NETWORK: 22}
DEMANDS = {HIMMELBLAU: {"surface", "stationary"}, CURVE: {"curve", "next_step", "stationary"}, MANY: set()}


@pytest.fixture
def at_rest(open_window, qtbot):
    """Opens a window on an experiment at a step, with its landscape whole."""

    def make(text, step=0):
        window = open_window(experiment(text))
        window.worker.seek(step)
        qtbot.waitUntil(lambda: window.snapshot is not None and window.snapshot.step == step)
        view = window.views["landscape"]
        qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
        rest(qtbot, window)
        window.clock.refresh()
        view.finish()
        return window, view

    return make


def pixels(view):
    image = view.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    content = np.frombuffer(image.constBits(), np.uint8)
    return content.reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()].copy()


@pytest.mark.parametrize(
    "options",
    [
        {"colors": "grey"}, {"heights": "log"}, {"lines": False}, {"shading": False}, {"color_bar": False},
        {"equal_axes": True}, {"arrows": True}, {"stationary": False}, {"steps": False}, {"minimum_lines": True},
        {"legend": "bottom_left"}, {"legend": "hidden"},
    ],
    ids=lambda options: next(iter(options)),
)  # fmt: skip
def test_each_option_is_seen_and_its_default_is_as_before(at_rest, qtbot, options):
    """Another picture with it, the same one again without it; the race is not touched."""
    window, view = at_rest(HIMMELBLAU, 12)
    before, generation = pixels(view), window.snapshot.generation
    given = window.document.experiment
    window.document.replace(replace(given, view={"landscape": options}), "view")
    qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
    rest(qtbot, window)
    view.finish()
    assert not np.array_equal(pixels(view), before)
    window.document.replace(given, "view")
    qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
    rest(qtbot, window)
    view.finish()
    after = pixels(view)
    if "equal_axes" not in options and "legend" not in options:  # the part shown, and the corner, stay
        assert np.mean(after != before) < 0.001
    assert window.snapshot.generation == generation


def test_the_table_is_read_written_and_obeyed_by_every_way_to_a_picture(tmp_path, qapp):
    """Without colour, a picture of the window and one of a run are greyer than with it; the file comes back whole."""

    def colorfulness(path):
        image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
        area = image.copy(image.width() // 3, image.height() // 3, image.width() // 4, image.height() // 3)
        content = np.frombuffer(area.constBits(), np.uint8).reshape(-1, 4)[:, :3].astype(int)
        return float((content.max(axis=1) - content.min(axis=1)).mean())

    found = {}
    for name, table in (("plain", ""), ("grey", '\n[view.landscape]\ncolors = "grey"\n')):
        given = experiment(HIMMELBLAU + table)
        assert files.loads(files.dumps(given)) == given
        path = tmp_path / f"{name}.toml"
        path.write_text(HIMMELBLAU + table, encoding="utf-8")
        assert app.screenshot(given, tmp_path / f"{name}.png", steps=5, size=(1280, 800), theme="light") == 0
        assert main(["run", str(path), "--out", str(tmp_path / name), "--pictures", "png"]) == 0
        pictures = (tmp_path / f"{name}.png", tmp_path / name / "pictures" / "landscape.png")
        found[name] = [colorfulness(picture) for picture in pictures]
    assert all(plain > 2 * grey for plain, grey in zip(found["plain"], found["grey"], strict=True))


def test_what_is_not_an_option_is_said(qapp):
    with pytest.raises(
        RequestError, match=r'`view\.landscape\.heights` must be one of "auto", "log", "linear", "rank"'
    ):
        build.validate(replace(experiment(HIMMELBLAU), view={"landscape": {"heights": "high"}}))


def test_levels_and_colours_stay_where_one_zooms_until_fresh_ones_are_asked_for(at_rest, qtbot):
    window, view = at_rest(HIMMELBLAU)
    scale = view.ground.scale

    def settled():
        qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
        window.clock.refresh()
        view.finish()

    view.plot.set_range((2.0, 4.0), (1.0, 3.0))
    settled()
    assert view.ground.surface.x[0] == pytest.approx(2.0)
    assert view.ground.scale is scale
    view._on_fresh_triggered()
    assert view.ground.scale.top < 0.2 * scale.top, "around the minimum at (3, 2) all is low"


def test_what_the_mouse_reads_of_a_path_and_of_a_stationary_point(at_rest):
    """The line under the mouse first; at Himmelblau's maximum its kind, value and condition."""
    window, view = at_rest(HIMMELBLAU, 12)
    x, y = window.snapshot.history.values["path"][3, 0]
    assert view._read(float(x), float(y)).splitlines()[0] == "Plain · start 1 · step 3"
    said = view._read(-0.270845, -0.923039).splitlines()
    assert said[0] == "maximum, f = 181.617"
    assert said[1].startswith("eigenvalues −")
    assert said[2].startswith("condition number ")


def test_a_click_on_a_path_picks_its_lane_and_moves_no_start(at_rest, qtbot):
    window, view = at_rest(HIMMELBLAU, 12)
    picked, moved = [], []
    view.lane_picked.connect(picked.append)
    view.start_moved.connect(lambda *where: moved.append(where))
    path = window.snapshot.history.values["path"][:, 3]  # Adam from the second start
    middle = (path[5] + path[6]) / 2
    place = view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(*middle)))
    QTest.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert picked == [1]
    assert not moved
    ground = view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(-4.0, 4.0)))
    QTest.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=ground)
    assert picked == [1]
    assert len(moved) == 1


def test_behind_the_step_a_path_is_past_and_before_it_future(at_rest, qtbot):
    """Stepped back, the whole way is there still: its later part is not the past."""
    window, view = at_rest(HIMMELBLAU, 30)
    window.worker.seek(10)
    qtbot.waitUntil(lambda: window.snapshot.step == 10)
    rest(qtbot, window)
    path = window.snapshot.history.values["path"]
    assert any(len(trace.future) for trace in view.runs.traces.traces)
    for run, trace in enumerate(view.runs.traces.traces):
        assert trace.past[-1] == pytest.approx(path[10, run])
        end = [*trace.past, *trace.future][-1]  # one that moved by less than a pixel since has no future
        assert end == pytest.approx(path[30, run], abs=0.02)  # a pixel
        for point in trace.dots:
            assert np.abs(path[:11, run] - point).max(axis=1).min() == 0, "a dot is a step that was taken"


def test_a_run_that_shakes_keeps_the_dots_of_its_way_there(at_rest):
    """Ten thousand steps to and fro about a minimum are dots upon each other: the first steps have theirs still."""
    text = HIMMELBLAU[: HIMMELBLAU.index("[[lanes]]")].replace("steps = 40", "steps = 12000")
    text = text.replace("[[-1.0, 0.0], [1.0, -4.0]]", "[-1.0, 0.0]")
    lion = text + '[[lanes]]\noptimizer = "lion"\n[lanes.hyperparameters]\nlearning_rate = 0.2\n'
    window, view = at_rest(lion, 12_000)
    path = window.snapshot.history.densely("path", 0)[1]
    (trace,) = view.runs.traces.traces
    assert len(trace.dots) <= 300
    for step in range(10):
        assert np.abs(trace.dots - path[step]).max(axis=1).min() < 0.04, f"step {step}, within two pixels"


def test_a_curve_is_read_at_its_x_and_shown_whole_again(at_rest, qtbot):
    """Whatever the mouse's height: f(1) = 1/4 − 1; the key Home raises no error."""
    _window, view = at_rest(CURVE, 4)
    view.plot.resize(QSize(500, 400))
    assert view._read(1.0, 7.0).splitlines()[-1] == "x = 1   f = −0.75"
    assert view.readout._dot.data["y"][0] == pytest.approx(-0.75, abs=1e-4)
    whole = view.plot.box.viewRange()
    view.plot.set_range((0.0, 1.0), (0.0, 1.0))
    view.whole.click()
    assert view.plot.box.viewRange() == pytest.approx(np.array(whole))


def test_a_curve_shows_the_step_that_its_rule_takes_next(at_rest):
    """x − 0.05 f'(x), with f' = x³ − 2x, from where the run stands."""
    window, _view = at_rest(CURVE, 4)
    x = float(window.snapshot.theta[0, 0])
    assert window.snapshot.extras["next_step"][0, 0] == pytest.approx(x - 0.05 * (x**3 - 2 * x), rel=1e-12)
    assert window.snapshot.step == 4


def test_places_without_a_number_are_hatched(at_rest):
    """Of log(xy + 1): many colours of the map where there is a number, the two of the hatching where there is none."""
    _, view = at_rest(HOLE)
    image = view.plot.grab().toImage()
    corner = view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(-2.5, 2.5)))
    colors = {image.pixelColor(corner.x() + i, corner.y() + j).name() for i in range(16) for j in range(16)}
    assert view.theme.plot in colors
    assert view.theme.contour in colors
    assert len(colors) <= 3


def test_many_dimensions_have_coordinates_and_a_plane_through_the_paths(at_rest, qtbot):
    """Each coordinate is a line that ends where the run stands; the start says how it repeats."""
    window, view = at_rest(MANY, 60)
    assert window.centre.keys == ("landscape", "plane", "surface", "step", "curvature", "map")
    scene = view.coordinates
    assert scene.start_words(window.snapshot, 0) == "The start is (−1.2, 1), over and over in 6 dimensions."
    assert scene.plot.isVisible()
    assert not view.plot.isVisible()
    heights = scene._bar.opts["height"]
    assert heights == pytest.approx(np.abs(window.snapshot.theta[0]))
    show(window, "plane")
    qtbot.waitUntil(lambda: "plane" in window.snapshot.extras and window.views["plane"].ground.surface is not None)
    assert "of the variance of the paths in 6 dimensions" in window.views["plane"].note.text()


def opened(window, view, qtbot, text):
    """Opens another experiment in a window, and waits until its landscape is whole."""
    given = experiment(text)
    window.document.replace(given)
    qtbot.waitUntil(lambda: window.snapshot.info.size == SIZES[text] and window.snapshot.step == 0, timeout=10_000)
    rest(qtbot, window)
    if SIZES[text] <= 2:
        qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
    rest(qtbot, window)
    window.clock.refresh()
    view.finish()


def test_the_landscape_follows_whatever_number_of_dimensions_comes_next(at_rest, qtbot):
    """A curve, a surface, coordinates, a network: each is shown whole after any other, over its own domain."""
    window, view = at_rest(CURVE)
    for text in (HIMMELBLAU, CURVE, NETWORK, HIMMELBLAU, MANY, CURVE, HIMMELBLAU):
        opened(window, view, qtbot, text)
        if view.isVisible():
            assert set(view.demand()) == DEMANDS[text]
        assert view.isVisible() == (text != NETWORK)
        if text == CURVE:
            assert view.curve.under.isVisible()
            assert view.ground.surface is None
            assert view.plot.box.viewRange()[0] == pytest.approx(np.array([-3.0, 3.0]))
        if text == HIMMELBLAU:
            assert view.plot.isVisible()
            assert view.ground.surface.x[[0, -1]] == pytest.approx(np.array(view.plot.box.viewRange()[0]))
            assert view.ground.surface.values.max() == pytest.approx(view.ground.scale.top, rel=0.5)


def test_levels_and_colours_are_those_of_the_file_whatever_was_open_before(at_rest, qtbot):
    """A bowl, zoomed into, and then Himmelblau's function: the picture is the one of Himmelblau's function alone."""
    window, view = at_rest(HIMMELBLAU)
    alone, scale = pixels(view), view.ground.scale
    opened(window, view, qtbot, BOWL)
    view.plot.set_range((0.0, 0.1), (0.0, 0.1))
    qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
    opened(window, view, qtbot, HIMMELBLAU)
    assert view.ground.scale.levels == scale.levels
    assert np.mean(pixels(view) != alone) < 0.001


def test_a_curve_goes_on_where_one_zooms_out(at_rest, qtbot):
    """Of x⁴/4 − x² four times the domain is shown, with the function's value at its far end."""
    window, view = at_rest(CURVE)
    view.plot.set_range((-12.0, 12.0), (-10.0, 5100.0))
    qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
    rest(qtbot, window)
    window.clock.refresh()
    x, f = window.snapshot.extras["curve"]
    assert (x[0], x[-1]) == pytest.approx((-12.0, 12.0))
    assert f[-1] == pytest.approx(12.0**4 / 4 - 12.0**2)
    assert view.plot.box.viewRange()[0] == pytest.approx(np.array([-12.0, 12.0]))
    ends = [line[0] for line in view.curve.under.given]
    assert max(end.max() for end in ends) == pytest.approx(12.0)


@pytest.mark.parametrize("text", [CURVE.replace("[1.5]", "[2.5]"), HIMMELBLAU], ids=["curve", "surface"])
def test_the_menu_has_what_changes_the_picture_and_nothing_else(at_rest, qtbot, text):
    """Every option in turn is set to each of its values: it is in the menu where that changes a pixel."""
    window, view = at_rest(text, 12)
    view.finish()
    plain, given = pixels(view), dict(view.options)
    changing = set()
    for param in VIEW_OPTIONS["landscape"]:
        for value in (True, False) if param.kind == "bool" else param.choices:
            view.set_options(given | {param.name: value})
            qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
            window.clock.refresh()
            view.finish()
            if np.mean(pixels(view) != plain) > 1e-5:
                changing.add(param.name)
            view.set_options(given)
            qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=20_000)
            window.clock.refresh()
            view.finish()
            plain = pixels(view)
    listed = {action.text() for action in view.look.choices.actions() if action.isVisible() and action.text()}
    words = {param.words: param.name for param in VIEW_OPTIONS["landscape"]}
    assert {words[text] for text in listed if text in words} == changing
    assert listed - set(words) == ({"levels for this part"} if text == HIMMELBLAU else set())


def test_the_legend_hides_neither_a_start_nor_a_minimum_where_a_corner_is_free(at_rest):
    """A start at the top right, a bowl's minimum at the top left: before any step it goes to the bottom."""
    _window, view = at_rest(BOWL.replace("[1.0, 1.0]", "[5.0, 0.0]"))
    view.plot.set_range((-0.5, 5.5), (-5.5, 0.3))
    view.settings_changed()
    place, (left, top) = view.legend.sceneBoundingRect(), view.plot.box.sceneBoundingRect().topLeft().toTuple()
    for point in ((5.0, 0.0), (0.0, 0.0)):
        assert not place.contains(view.plot.box.mapViewToScene(QPointF(*point)))
    minimum = view.plot.box.mapViewToScene(QPointF(0.0, 0.0))
    assert minimum.x() - left < place.width(), "it would be hidden there"
    assert minimum.y() - top < place.height()


def test_the_walls_of_a_curve_leave_its_wells_their_room():
    """Of a quartic the wells take a good part of the height; a parabola, or a start far up, is shown whole."""
    x = np.linspace(-3.0, 3.0, 1201)
    quartic, parabola = Curve(x, x**4 - 3 * x**2 + x), Curve(x, 1e6 + x**2)
    low, high = quartic.heights((-3.0, 3.0), np.array([-2.0]))
    wells = quartic.at(0.17) - quartic.f.min()
    assert low < quartic.f.min()
    assert wells / (high - low) > 0.12
    assert quartic.at(-2.0) < high
    assert quartic.heights((-3.0, 3.0), np.array([-2.9]))[1] > quartic.at(-2.9)
    low, high = parabola.heights((-3.0, 3.0), np.array([1.0]))
    assert low < 1e6
    assert high > 1e6 + 8.8
    assert Curve(x, np.full(len(x), 2.0)).heights((-3.0, 3.0), np.array([0.0]))[0] < 2.0
