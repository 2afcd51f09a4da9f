"""The drawing of a network in the real window."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor

from tests.experiments import NETWORK, example, experiment
from tests.ui.views.layers.test_layers import show
from workbench.engine.network.diagram import Diagram
from workbench.experiment.experiment import LayerSetup, replace
from workbench.ui.views.diagram.pieces import PieceByPiece
from workbench.ui.views.shared.class_colors import class_color
from workbench.ui.words.worked import plain


@pytest.fixture
def drawn(open_window, settled, qtbot):
    """A window on a network after some steps, with its drawing in front."""

    def make(given=None, steps=20):
        window = open_window(given or experiment(NETWORK))
        view = show(window, "diagram")
        window.worker.seek(steps)
        settled(window, steps)
        found = lambda: window.snapshot.extras.get("diagram")  # noqa: E731
        qtbot.waitUntil(lambda: isinstance(found(), Diagram) and view.canvas.diagram is found())
        return window, view

    return make


def test_the_neuron_under_the_cursor_is_enlarged_and_described(drawn, qtbot):
    """Its bias is the parameter of the race; leaving the picture lets it go."""
    window, view = drawn()
    x, y = view.canvas.places.columns[1][2]
    qtbot.mouseMove(view.canvas, QPoint(round(x), round(y)))
    qtbot.waitUntil(lambda: view.canvas.neuron == (1, 2))
    said = view.canvas.describe().splitlines()
    assert said[0] == "layer 1, unit 3"
    assert said[1] == f"bias {float(window.snapshot.theta[0, 8 + 2]):.3g}".replace("-", "−")
    view.canvas.choose_at(-1e6, -1e6)
    assert view.canvas.describe() == ""


def test_the_weight_under_the_cursor_is_described(drawn):
    """Half way between two neurons their line is nearest, whatever its bend; its weight is the race's."""
    window, view = drawn()
    places = view.canvas.places.columns
    x, y = (places[0][1] + places[1][3]) / 2
    view.canvas.choose_at(x, y)
    assert view.canvas.edge is not None
    layer, i, j = view.canvas.edge
    weight = float(window.snapshot.theta[0, :8].reshape(2, 4)[i, j])
    assert layer == 0
    assert f"weight {weight:.4g}".replace("-", "−") in view.canvas.describe()


def test_arrow_keys_walk_over_the_neurons(drawn, qtbot):
    """The first key takes the first neuron, the others go on from there and stop at the border."""
    _, view = drawn()
    view.canvas.setFocus()
    for key, expected in (
        (Qt.Key.Key_Down, (1, 0)), (Qt.Key.Key_Down, (1, 1)), (Qt.Key.Key_Left, (0, 1)), (Qt.Key.Key_Down, (0, 1)),
        (Qt.Key.Key_Escape, None),
    ):  # fmt: skip
        qtbot.keyClick(view.canvas, key)
        assert view.canvas.neuron == expected


def test_lines_are_blue_above_zero_and_orange_below(drawn):
    """With one weight at a time, the picture has pixels of its sign's colour alone."""
    _, view = drawn()
    canvas, found = view.canvas, view.canvas.diagram
    for sign in (1.0, -1.0):
        only = [w * 0 for w in found.weights]
        only[0][0, 0] = sign
        canvas.show_diagram(
            dataclasses.replace(found, weights=tuple(only)), ("a", "b", "c"), view.theme, gradients=False,
        )  # fmt: skip
        assert len(canvas.lines.paths) == 1
        color = canvas.lines.paths[0][1].color()
        wanted = QColor(view.theme.lane("#0072B2" if sign > 0 else "#D55E00"))
        assert (color.red(), color.green(), color.blue()) == (wanted.red(), wanted.green(), wanted.blue())


def test_gradients_take_the_place_of_weights(drawn, qtbot):
    """The lines are of other sizes then; the drawing stays where it is."""
    _, view = drawn()
    view.quantity.setCurrentIndex(1)
    view.quantity.activated.emit(1)
    assert view.canvas.shows_gradients
    canvas, found = view.canvas, view.canvas.diagram
    assert canvas._values(found)[1] is found.gradients[1]
    assert canvas.lines.largest == max(float(np.abs(g).max()) for g in found.gradients)


def test_a_wide_layer_is_drawn_with_the_units_that_matter(drawn):
    """Of 64 units of digits 14, the others counted; pictures of pixels for input and first layer, names of classes."""
    _, view = drawn(example("handwritten_digits"), 20)
    canvas = view.canvas
    found = canvas.diagram
    assert [len(canvas.places.columns[column]) for column in (0, 1, 2)] == [1, 14, 10]
    assert sorted(canvas._images) == [0, 1]
    assert canvas._images[0][0].size() == canvas._images[1][0].size() == QSize(8, 8)
    x, y = canvas.places.columns[1][3]
    canvas.choose_at(x, y)
    assert canvas.describe().startswith(f"layer 1, unit {found.shown[1][3] + 1}")
    x, y = canvas.places.columns[2][7]
    canvas.choose_at(x, y)
    assert "class 7" in canvas.describe()
    assert view.demand() == {"diagram": (0, found.shown)}, "the same units go on being drawn"


def deep(layers):
    """Digits through so many layers of 32 units."""
    given = example("handwritten_digits")
    hidden = tuple(LayerSetup(units=32, activation="relu", initializer="he_normal") for _ in range(layers))
    return replace(given, lanes=given.lanes[:1], problem=replace(given.problem, layers=hidden))


def test_a_deep_network_shows_as_many_layers_as_have_room(drawn, qtbot):
    """32 layers: none narrower than can be read; the others come by the wheel, by the strip below, and by keys."""
    _, view = drawn(deep(32), 3)
    canvas, places = view.canvas, view.canvas.places
    assert canvas.is_folded
    assert places.visible[0] == 0
    assert places.visible[-1] == 33
    assert places.pitch >= 50
    first = places.visible[1:-1]
    assert first == list(range(1, len(first) + 1))
    (gap,) = places.gaps
    assert gap[2] == 32 - len(first)
    strip = canvas.overview.area
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPointF(strip.center()).toPoint())
    assert 17 in places.visible
    assert len(places.gaps) == 2
    canvas.setFocus()
    canvas.neuron = (places.visible[-2], 0)
    last = places.visible[-2]
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.neuron is None or canvas.neuron[0] == last + 1
    assert last + 1 in places.visible
    assert not canvas.grab().isNull()


def test_the_strip_of_layers_has_the_height_of_their_gradients(drawn):
    """By logarithm: the largest is whole, and one a thousandth of it half as high."""
    _, view = drawn(deep(8), 3)
    found = dataclasses.replace(view.canvas.diagram, gradient_rms=np.array([1e-6, 1e-3, 1.0, np.nan, 0, 1, 1, 1, 1]))
    assert view.canvas.overview.heights(found) == pytest.approx([0, 0.5, 1, 0, 0, 1, 1, 1, 1])


def test_dots_flow_while_it_runs(drawn, qtbot):
    """Forward along the largest weights; they rest with the race, and where one does not want them."""
    window, view = drawn()
    assert view.canvas._flow is None
    window.worker.go()
    qtbot.waitUntil(lambda: view.canvas._flow is not None, timeout=20_000)
    view.flow.click()
    qtbot.waitUntil(lambda: view.canvas._flow is None, timeout=20_000)
    window.worker.pause()


def test_dots_are_on_their_lines(drawn):
    """From the edge of one unit to that of the next."""
    _, view = drawn()
    places = view.canvas.places
    edges = [(0, 1, 2), (1, 3, 0)]
    ends = np.array([places.ends(edge) for edge in edges])
    begin, end = places.along(ends, np.zeros(2)), places.along(ends, np.ones(2))
    for k, (layer, i, j) in enumerate(edges):
        x0, y0 = places.columns[layer][i]
        x1, y1 = places.columns[layer + 1][j]
        assert begin[k] == pytest.approx([x0 + places.sides[layer] / 2, y0])
        assert end[k] == pytest.approx([x1 - places.sides[layer + 1] / 2, y1])


def test_output_tiles_look_like_the_fit(drawn):
    """In the colours of the classes, the stronger the more probable, as the map of the fit has them."""
    _, view = drawn()
    found, theme = view.canvas.diagram, view.theme
    for number, image in enumerate(view.canvas._images[2]):
        color = QColor(class_color(theme, number))
        surest = np.unravel_index(found.class_maps[number].argmax(), found.class_maps[number].shape)
        pixel = image.pixelColor(int(surest[1]), image.height() - 1 - int(surest[0]))
        paper = QColor(theme.plot)
        away = [abs(pixel.red() - c.red()) + abs(pixel.green() - c.green()) for c in (color, paper)]
        assert away[0] < away[1]


def test_a_click_on_a_weight_works_it_out_under_backpropagation(drawn, qtbot):
    """Its own product stands there when one goes there."""
    window, view = drawn()
    places = view.canvas.places.columns
    x, y = (places[0][1] + places[1][3]) / 2
    view.canvas.choose_at(x, y)
    layer, i, j = view.canvas.edge
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    other = show(window, "backpropagation")
    sign = f"w⁽{'¹²'[layer]}⁾{'₁₂₃₄'[i]}{'₁₂₃₄'[j]}"
    qtbot.waitUntil(lambda: sign in plain(other.page.worked.text()))


def test_a_picture_is_painted_in_pieces_while_the_one_before_shows(qtbot):
    """Each call paints at least one; the new picture comes when it is whole, at once where there is no time to wait."""
    size, pixels = QSize(20, 10), PieceByPiece()
    fill = lambda color: lambda painter: (time.sleep(0.006), painter.fillRect(0, 0, 20, 10, color))  # noqa: E731
    pixels.plan([fill(QColor("red"))])
    assert pixels.ready(size, 1.0, 0.0).toImage().pixelColor(3, 3) == QColor("red"), "of a new size at once"
    pixels.plan([fill(QColor("blue")), fill(QColor("lime"))])
    assert pixels.ready(size, 1.0, 0.0).toImage().pixelColor(3, 3) == QColor("red")
    assert not pixels.is_whole
    assert pixels.ready(size, 1.0, 0.0).toImage().pixelColor(3, 3) == QColor("lime")
    assert pixels.is_whole
    pixels.plan([fill(QColor("blue"))] * 3)
    assert pixels.ready(size, 1.0, None).toImage().pixelColor(3, 3) == QColor("blue")


def ground(view, column):
    """The colour beside a column's first neuron, within the ground of a stage there."""
    x, y = view.canvas.places.columns[column][0]
    return view.canvas.grab().toImage().pixelColor(round(x), round(y - view.canvas.places.sides[column] / 2 - 6)).name()


def test_the_stage_of_backpropagation_lights_up_here(drawn, qtbot):
    """Walked through while this view is hidden: its layer has another ground, its name is said, it can be put out."""
    window, view = drawn()
    plain = ground(view, 1)
    assert plain == ground(view, 2)
    other = show(window, "backpropagation")
    qtbot.waitUntil(lambda: other.stages.count() > 0)
    rules = [(stage.layer, stage.rule) for stage in other._found.stages]
    other.stages.setCurrentRow(rules.index((0, "activation_back")))
    show(window, "diagram")
    qtbot.waitUntil(lambda: view.canvas.highlighted is not None)
    mark = view.canvas.highlighted
    assert (mark.layer, mark.part, mark.forward) == (0, "units", False)
    assert mark.words == view.canvas.accessibleDescription() == "Hidden layer 1: Back through activation"
    assert ground(view, 1) != plain
    assert ground(view, 2) == plain
    assert view.stage.isVisible()
    view.stage.click()
    assert view.canvas.highlighted is None
    assert ground(view, 1) == plain


def test_a_stage_of_other_layers_goes_out(drawn, qtbot):
    """Another network has other stages: what was lit says nothing of it."""
    window, view = drawn()
    other = show(window, "backpropagation")
    qtbot.waitUntil(lambda: other.stages.count() > 0)
    other.stages.setCurrentRow(2)
    show(window, "diagram")
    qtbot.waitUntil(lambda: view.canvas.highlighted is not None)
    window.problem_panel.network_form.layers.add.click()
    qtbot.waitUntil(lambda: len(window.snapshot.info.layers) == 3)
    qtbot.waitUntil(lambda: view.canvas.highlighted is None)
    assert view.stage.isHidden()
