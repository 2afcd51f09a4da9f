"""The drawing of a network in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from tests.experiments import NETWORK, example, experiment
from tests.ui.views.layers.test_layers import show
from workbench.engine.network.diagram import Diagram


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
    assert said[1] == f"bias {float(window.snapshot.theta[0, 8 + 2]):.3g}"
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
    assert f"weight {weight:.4g}" in view.canvas.describe()


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
            Diagram(found.units, 8, weights=tuple(only), gradients=found.gradients, biases=found.biases,
                    bias_gradients=found.bias_gradients), ("a", "b", "c"), view.theme, gradients=False,
        )  # fmt: skip
        assert len(canvas._lines) == 1
        color = canvas._lines[0][1].color()
        wanted = QColor(view.theme.lane("#0072B2" if sign > 0 else "#D55E00"))
        assert (color.red(), color.green(), color.blue()) == (wanted.red(), wanted.green(), wanted.blue())


def test_gradients_take_the_place_of_weights(drawn, qtbot):
    """The lines are of other sizes then; the drawing stays where it is."""
    _, view = drawn()
    view.quantity.setCurrentIndex(1)
    view.quantity.activated.emit(1)
    assert view.canvas.shows_gradients
    assert view.canvas._values() is view.canvas.diagram.gradients


def test_a_network_too_large_says_so(open_window, qtbot):
    """With its measures, and with those that can be drawn."""
    window = open_window(example("handwritten_digits"))
    view = show(window, "diagram")
    qtbot.waitUntil(lambda: "too large" in view._empty.text())
    assert "up to 64 units in one" in view._empty.text()
    assert not view.canvas.isVisible()


def ground(view, column):
    """The colour beside a column's first neuron, within the ground of a stage there."""
    x, y = view.canvas.places.columns[column][0]
    return view.canvas.grab().toImage().pixelColor(round(x), round(y - view.canvas.places.side / 2 - 6)).name()


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
