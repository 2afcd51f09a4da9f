"""The view of layers in the real window: what it shows is what the race holds."""

from __future__ import annotations

import csv
import io
import itertools
import time
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tests.experiments import NETWORK, VALLEY, example, experiment
from workbench.engine.network.health import HealthReport
from workbench.engine.network.report import LayersReport
from workbench.export.pictures import picture_bytes
from workbench.ui.style import theme as themes
from workbench.ui.views.layers.plots import HistogramPlot, few_ticks
from workbench.ui.views.layers.view import LayersView
from workbench.ui.views.shared.base import View


def show(window, key):
    window.centre.bring(key)
    return window.views[key]


@pytest.fixture
def layers(open_window, settled, qtbot):
    """A window on a network after 40 steps, with its layers in front."""

    def make(given=None, steps=40, **keys):
        window = open_window(given or experiment(NETWORK), **keys)
        view = show(window, "layers")
        window.worker.seek(steps)
        settled(window, steps)
        report = lambda: window.snapshot.extras.get("layers")  # noqa: E731
        qtbot.waitUntil(lambda: isinstance(report(), LayersReport) and report().step == steps)
        qtbot.waitUntil(lambda: view._report is report())
        return window, view

    return make


def test_a_network_has_its_views_in_the_middle_and_an_objective_its_landscape(open_window):
    """Views that need a network come and go with it; nothing of them is demanded meanwhile."""
    window = open_window(experiment(NETWORK))
    assert window.centre.keys == (
        "fit",
        "diagram",
        "layers",
        "why",
        "plane",
        "surface",
        "backpropagation",
        "step",
        "curvature",
        "map",
    )
    other = open_window(experiment(VALLEY))
    assert other.centre.keys == ("landscape", "surface", "step", "curvature", "map")
    assert not any(other.views[key].isVisible() for key in ("diagram", "layers", "plane"))


def test_the_problem_becomes_one_of_another_kind_without_a_page_being_styled_anew(open_window, qtbot):
    """The pages of the middle have their tabs for good: one that moves is styled with all that is in it."""
    window = open_window(experiment(VALLEY))
    moved = []

    class Watch(QObject):
        def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
            if event.type() in (QEvent.Type.ParentChange, QEvent.Type.StyleChange):
                moved.append(watched)
            return False

    watch = Watch()
    for view in window.centre.findChildren(View):
        view.parentWidget().installEventFilter(watch)
        view.installEventFilter(watch)
    window.document.replace(experiment(NETWORK))
    qtbot.waitUntil(lambda: "fit" in window.centre.keys)
    assert window.centre.currentWidget().isAncestorOf(window.views["fit"])
    assert window.centre.tabBar().isVisible()
    window.document.undo()
    qtbot.waitUntil(lambda: window.centre.keys == ("landscape", "surface", "step", "curvature", "map"))
    assert window.centre.currentWidget().isAncestorOf(window.views["landscape"])
    assert window.centre.tabBar().isVisible()
    assert not moved


def test_only_what_is_in_front_is_computed(layers, qtbot):
    """The layers' statistics are asked for while they are seen; behind another view they cost nothing."""
    window, _ = layers()
    loop = window.worker._loop
    assert "layers" in loop.demands
    assert "diagram" not in loop.demands
    show(window, "fit")
    qtbot.waitUntil(lambda: "layers" not in loop.demands)


def test_the_table_says_the_statistics(layers):
    """Mean, deviation, dead and saturated units of each layer, by hand from the parameters."""
    window, view = layers()
    found = window.snapshot.extras["layers"].statistics
    texts = [[view.table.item(row, column).text() for column in range(5)] for row in range(2)]
    assert [row[0] for row in texts] == ["layer 1", "output layer"]
    problem, theta = window.worker._loop.race.problem, window.snapshot.theta[0]
    a = np.tanh(problem.x_train @ theta[:8].reshape(2, 4) + theta[8:12])
    assert problem.network.layers[0].activation == "tanh"
    assert float(texts[0][1].replace("−", "-")) == pytest.approx(a.mean(), rel=6e-3, abs=1e-6)
    assert float(texts[0][2]) == pytest.approx(a.std(), rel=6e-3)
    assert found.mean[0, 0] == pytest.approx(a.mean())


def test_a_click_on_a_layer_shows_its_histograms(layers, qtbot):
    """The output layer has 4 x 2 weights."""
    window, view = layers()
    assert view.histograms["weights"].found.counts.sum() == 2 * 4
    cell = view.table.visualItemRect(view.table.item(1, 0)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    qtbot.waitUntil(lambda: window.snapshot.extras["layers"].layer == 1)
    qtbot.waitUntil(lambda: view.histograms["weights"].found.counts.sum() == 4 * 2)
    low = window.snapshot.theta[0, 12:20].min()
    assert view.histograms["weights"].found.edges[0] == pytest.approx(low)
    assert view.histograms["weights"].read(low, 0.0).startswith(f"{low:.3g} to".replace("-", "−"))


def test_while_it_runs_one_part_is_drawn_in_a_frame_and_all_at_rest(layers, monkeypatch):
    """Together they would take two frames of a deep network; none of them is left out."""
    window, view = layers()
    drawn = []
    for name in ("_draw_ratios", "_draw_heat", "_draw_rest"):
        monkeypatch.setattr(view, name, lambda _snapshot, name=name: drawn.append(name))
    running = replace(window.snapshot, running=True)
    view._drawn_at = time.monotonic() - 1.0
    for count in (1, 2, 3, 3):
        view.draw(running)
        assert len(drawn) == count
    assert len(set(drawn)) == 3
    view.draw(window.snapshot)
    assert len(drawn) == 6
    view._drawn_at = 0.0  # a control was moved
    view.draw(running)
    assert len(drawn) == 9


def test_another_lane_shows_its_own_numbers(layers, qtbot):
    """Ratios and gradients are those of the chosen lane's history."""
    window, view = layers()
    view.lane.setCurrentIndex(2)
    view.lane.activated.emit(2)
    qtbot.waitUntil(lambda: window.snapshot.extras["layers"].run == 2)
    steps, ratios, rms = view._rows
    history = window.snapshot.history
    np.testing.assert_array_equal(steps, np.arange(41))
    np.testing.assert_array_equal(rms, history.values["gradient_rms"][:, 2])
    np.testing.assert_array_equal(ratios[1:], history.values["update_ratio"][1:, 2])
    assert f"layer 1  {ratios[10, 0]:.3g}" in view._read_ratios(10.2, 0.0)
    assert view._read_gradients(10.0, 1.0).endswith(f"layer 1: RMS gradient {rms[10, 0]:.3g}")


def test_colours_span_the_chosen_steps_until_the_scale_is_locked(layers, qtbot, settled):
    """A window of recent steps sets the scale anew; a locked scale stays while the race goes on."""
    window, view = layers(example("vanishing_gradients"), 60)
    whole = view._levels
    view.window_steps.setCurrentIndex(1)
    view.window_steps.activated.emit(1)
    assert view._levels == whole  # 60 steps are all of the last 200
    view.lock.setChecked(True)
    window.worker.seek(400)
    settled(window, 400)
    qtbot.waitUntil(lambda: view.snapshot.step == 400)
    assert view._levels == whole
    view.lock.setChecked(False)
    recent = window.snapshot.history.values["gradient_rms"][200:401, 0]
    assert view._levels == (np.floor(np.log10(recent.min())), np.ceil(np.log10(recent.max())))


def test_what_is_wrong_is_said_in_words_with_the_step(layers, qtbot):
    """The dead layer of the example is named in the view and, once, in the status bar."""
    window, view = layers(example("dead_rectifiers"), 60)
    qtbot.waitUntil(lambda: "dead" in view.warnings.text())
    assert "Adam, rate 1: 100 % of layer 2 is dead, seen at step 60." in view.warnings.text()
    assert "is dead" in window.status.text()
    assert "Adam, rate 0.01" not in view.warnings.text()


def test_healthy_layers_are_said_to_be_healthy(layers, qtbot):
    """Silence could mean that nobody looked."""
    _, view = layers(example("healthy_gradients"), 50)
    qtbot.waitUntil(lambda: "No layer vanishes" in view.warnings.text())


def test_a_diverged_lane_names_its_layer(layers, qtbot):
    """In the view, in the status bar and in the tooltip of the race table."""
    window, view = layers(example("diverging_rate"), 50)
    told = "rate 2 diverged at step 4: a weight of layer 1 was the first to leave the numbers."
    qtbot.waitUntil(lambda: told in view.warnings.text())
    assert view.warnings.text().count("rate 2") == 1
    assert window.status.text().startswith("rate 2 diverged at step 4")
    model = window.views["race"].model
    status = [column.key for column in model.columns].index("status")
    tip = model.data(model.index(1, status), Qt.ItemDataRole.ToolTipRole)
    assert "layer 1" in tip


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=["light", "dark"])
def test_nothing_is_cut_at_the_smallest_window(layers, theme):
    """At 1280 x 800 every column of the table shows its texts in full."""
    _, view = layers(example("vanishing_gradients"), 20, theme=theme)
    metrics = view.table.fontMetrics()
    for column in range(view.table.columnCount()):
        for row in range(view.table.rowCount()):
            assert metrics.horizontalAdvance(view.table.item(row, column).text()) < view.table.columnWidth(column)


def test_its_data_are_exported(layers):
    """A row for each step shown and layer, with the update ratio and with the gradient; of the steps shown alone."""
    window, view = layers()
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    history = window.snapshot.history.values
    for quantity in ("update_ratio", "gradient_rms"):
        for layer, name in enumerate(("layer1", "output")):
            found = [row for row in rows if (row["quantity"], row["layer"]) == (quantity, name)]
            assert [int(row["step"]) for row in found] == list(range(41))
            values = [float(row["value"] or "nan") for row in found]
            np.testing.assert_array_equal(values, history[quantity][:41, 0, layer])


DEEP = """
format = 1
[problem]
kind = "network"
{problem}
[problem.data]
name = "moons"
{layers}
[[lanes]]
optimizer = "adam"
"""


def deep(count, layer, problem=""):
    return experiment(DEEP.format(problem=problem, layers=f"[[problem.layers]]\nunits = 3\n{layer}\n" * count))


def written(axis):
    """The texts of an axis as they are painted, each with its place."""
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setFont(axis.style["tickFont"])
    _, _, texts = axis.generateDrawSpecs(painter)
    painter.end()
    return {text: rect for rect, _, text in texts}


@pytest.mark.parametrize("count", [14, 30])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_names_of_many_layers_stand_apart_the_first_and_the_last_among_them(layers, count, size):
    """Beside the heat map, however low its rows are."""
    _window, view = layers(deep(count, 'activation = "tanh"'), steps=3, size=size)
    found = written(view.heat.axes["left"])
    assert {"1", "out"} <= set(found)
    assert len(found) >= 5
    rects = sorted(found.values(), key=lambda rect: rect.top())
    assert all(below.top() >= above.bottom() - 3 for above, below in itertools.pairwise(rects))  # room within a line


def test_a_gradient_of_exactly_nought_is_told_from_a_small_one(layers, qtbot):
    """A network of weights that are 0: nothing comes back from its output layer, whose bias alone learns."""
    zeros = 'activation = "relu"\ninitializer = "zeros"'
    window, view = layers(deep(2, zeros, 'output_initializer = "zeros"'), steps=5)
    history = window.snapshot.history
    assert history.values["gradient_rms"][3, 0, 0] == 0.0 < history.values["gradient_rms"][3, 0, 2]
    cells = view.heat.zeros
    assert cells.holds(3.5, 2.0)
    assert cells.holds(3.5, 1.0)
    assert not cells.holds(3.5, 0.0)
    assert "layer 1: RMS gradient exactly 0" in view._read_gradients(3.0, 2.0)
    assert "exactly" not in view._read_gradients(3.0, 0.0)
    assert view.strip.has_zero
    _other, view = layers()
    assert not view.strip.has_zero


def test_tiny_gradients_have_a_histogram(layers, qtbot):
    """Of 24 sigmoid layers the first has gradients below 1e-12: their bars stand side by side across the plot."""
    _window, view = layers(deep(24, 'activation = "sigmoid"'), steps=2)
    plot = view.histograms["gradients"]
    edges = plot.found.edges
    assert 0 < edges[-1] - edges[0] < 1e-9
    (low, high), _ = plot.box.viewRange()
    assert (low, high) == pytest.approx((edges[0] / (edges[-1] - edges[0]), edges[-1] / (edges[-1] - edges[0])))
    places = [place for place, _ in plot.axes["bottom"]._tickLevels[0]]
    assert places
    assert all(low <= place <= high for place in places)
    begin, end = edges[(len(edges) - 1) // 2 :][:2]
    inside = 0.5 * (begin + end) / (edges[-1] - edges[0])  # not at an edge: rounding would choose
    assert plot.read(inside, 1.0).startswith(f"{begin:.3g} to ".replace("-", "−"))


def test_layers_that_follow_each_other_are_named_as_a_range(layers):
    """Of 30 dead layers the first is told with its number, the others in three words."""
    _window, view = layers(deep(30, 'activation = "relu"\ninitializer = "zeros"'), steps=2)
    assert "Adam: 100 % of layer 1 is dead, seen at step 0. Likewise: layers 2 to 30." in view.warnings.text()


def test_without_a_report_the_layers_are_not_called_healthy(layers, qtbot):
    """Before anybody has looked at the layers nothing is said of them, and empty histograms measure nothing."""
    window, _ = layers()
    snapshot, fresh = window.snapshot, LayersView()
    qtbot.addWidget(fresh)
    fresh.set_theme(themes.LIGHT)
    for extras in ({}, {"health": HealthReport()}):
        fresh.show_snapshot(replace(snapshot, extras=extras))
        assert fresh.warnings.text() == ""
    bare, row = QWidget(), QVBoxLayout()
    qtbot.addWidget(bare)
    row.addWidget(HistogramPlot("weights"))
    bare.setLayout(row)
    root = ET.fromstring(picture_bytes(bare, "svg"))  # noqa: S314 - our own picture
    words = [" ".join("".join(text.itertext()).split()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["weights"]
    fresh.show_snapshot(snapshot)
    assert fresh.warnings.text() != ""


@pytest.mark.parametrize("room", [64, 78, 140, 400])
@pytest.mark.parametrize("ends", [(-0.9, 0.91), (0.0, 2.3), (-0.013, 0.001), (-4e-5, 3e-4), (5.2, 5.3), (-31.0, 870.0)])
def test_numbers_along_a_histogram_tell_its_scale(ends, room):
    """At least two of them, and none touches another one: of a single nought nobody knows how wide the bars are."""
    low, high = ends
    ticks = few_ticks(low, high, room, lambda text: 6.5 * len(text))
    assert 2 <= len(ticks) <= 5
    places = [(value - low) / (high - low) * room for value, _ in ticks]
    for (a, one), (b, other) in itertools.pairwise(zip(places, (text for _, text in ticks), strict=True)):
        assert b - a >= 3.25 * (len(one) + len(other)) + 4
    assert all(low - 1e-9 <= value <= high + 1e-9 for value, _ in ticks)
    assert len({text for _, text in ticks}) == len(ticks)


def test_the_titles_of_histograms_are_whole_in_the_usual_window(layers):
    _window, view = layers()
    for plot in view.histograms.values():
        assert "…" not in plot.axes["bottom"].labelText
