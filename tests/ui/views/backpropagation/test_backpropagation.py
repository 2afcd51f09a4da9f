"""Backpropagation stage by stage, in the window."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolTip

from tests.experiments import NETWORK, example, experiment
from tests.ui.gestures import choose
from workbench.engine.network.anatomy import FORMULAS
from workbench.engine.network.explain import explain
from workbench.engine.network.worked import Spot
from workbench.experiment import build
from workbench.experiment.experiment import LayerSetup, replace
from workbench.ui.style import theme as themes
from workbench.ui.views.backpropagation.transport import PACES
from workbench.ui.views.shared import stages as stage_words
from workbench.ui.words import worked
from workbench.ui.words.worked import plain

Key = Qt.Key


def opened(open_window, qtbot, given, **more):
    """The window with the view in front, and its numbers there."""
    window = open_window(given, **more)
    qtbot.waitUntil(lambda: len(window.centre.keys) > 1)
    window.centre.bring("backpropagation")
    view = window.views["backpropagation"]
    qtbot.waitUntil(lambda: view._found is not None)
    return window, view


@pytest.fixture
def view(open_window, qtbot):
    window, view = opened(open_window, qtbot, experiment(NETWORK))
    view.main = window
    return view


def test_every_rule_has_its_formula_and_words():
    """What the engine can apply, the view can name."""
    assert set(stage_words._RULES) == set(FORMULAS)


def test_the_numbers_are_those_of_the_engine(view, qtbot):
    """For a training sample, a test sample and a batch, at another step, of another lane."""
    window = view.main
    window.worker.seek(25)
    race = build.make_race(window.document.experiment)
    race.advance(25)
    for source, index in (("train", 3), ("test", 2), ("batch", 0)):
        view.show_sample(source, index)
        view.lane.setCurrentIndex(1)
        view.lane.activated.emit(1)
        wanted = explain(race.problem, race.theta, 25, 1, (source, index))
        qtbot.waitUntil(lambda wanted=wanted: same(view._found, wanted))


def same(found, wanted):
    """Whether two explanations hold the same numbers."""
    return (
        (found.source, found.index, found.step, found.run) == (wanted.source, wanted.index, wanted.step, wanted.run)
        and [s.rule for s in found.stages] == [s.rule for s in wanted.stages]
        and all(
            np.array_equal(a.value.corner, b.value.corner) for a, b in zip(found.stages, wanted.stages, strict=True)
        )
    )


def test_keys_go_through_the_stages_and_not_through_the_steps(view, qtbot):
    """Right and left, Home and End, while the list has the focus; outside it they are the race's again."""
    window, count = view.main, view.stages.count()
    view.stages.setFocus()
    assert view.stages.currentRow() == 0
    qtbot.keyClick(view.stages, Key.Key_Right)
    qtbot.keyClick(view.stages, Key.Key_Right)
    assert view.stages.currentRow() == 2
    assert "Activation" in view.page.title.text()
    assert "Tanh" in view.page.formula.text()
    qtbot.keyClick(view.stages, Key.Key_Left)
    assert view.stages.currentRow() == 1
    qtbot.keyClick(view.stages, Key.Key_End)
    assert view.stages.currentRow() == count - 1
    assert not view.buttons["step"].isEnabled()
    qtbot.keyClick(view.stages, Key.Key_Home)
    assert view.stages.currentRow() == 0
    assert window.snapshot.step == 0


def test_the_timer_goes_to_the_end_and_stops_out_of_sight(view, qtbot):
    """P plays and pauses; at the end it stops; it does not go on where nobody sees it."""
    view._timer.setInterval(5)
    view.stages.setFocus()
    qtbot.keyClick(view.stages, Key.Key_P)
    assert view._timer.isActive()
    qtbot.waitUntil(lambda: not view._timer.isActive())
    assert view.stages.currentRow() == view.stages.count() - 1
    view.buttons["run"].click()
    assert view.stages.currentRow() == 0
    view.main.centre.setCurrentIndex(0)
    assert not view._timer.isActive()


def test_each_stage_shows_its_shapes_and_its_local_derivative(open_window, qtbot):
    """With dropout, batch normalisation and penalties, whatever the stage, in both themes: no empty words."""
    given = experiment(NETWORK)
    layers = (LayerSetup(units=5, batch_norm=True, dropout=0.2), LayerSetup(units=3, activation="relu"))
    given = replace(given, problem=replace(given.problem, layers=layers, l1=0.01, l2=0.01))
    window, view = opened(open_window, qtbot, given)
    choose(view.source, "batch")
    qtbot.waitUntil(lambda: view._found.source == "batch")
    others = {"logistic", "difference"}  # of other losses
    assert {s.rule for s in view._found.stages} == set(FORMULAS) - others
    assert view.index.isHidden()
    for theme in (themes.LIGHT, themes.DARK):
        window.looks.set_theme(theme)
        for row, stage in enumerate(view._found.stages):
            view.stages.setCurrentRow(row)
            assert view.page.formula.text()
            assert view.page.sentence.text()
            shown = [table for table in view.page.tables if table.isVisible()]
            assert shown[0].extract is stage.value
            assert [table.extract for table in shown[1 : 1 + len(stage.factors)]] == [f.extract for f in stage.factors]
            assert all(table.words for table in shown)
        assert not view.grab().isNull()


def test_a_large_network_is_summed_up_and_a_too_large_one_refused_in_words(open_window, qtbot):
    """Of large matrices a corner is handed to the window; beyond a million parameters there is a sentence."""
    _, view = opened(open_window, qtbot, example("handwritten_digits"))
    extracts = [stage.value for stage in view._found.stages]
    assert max(extract.corner.size for extract in extracts) <= 192
    assert max(np.prod(extract.shape) for extract in extracts) == 64 * 64


def test_networks_beyond_the_limit_say_so(open_window, qtbot):
    """The window goes on."""
    given = experiment(NETWORK)
    layers = (LayerSetup(units=1024), LayerSetup(units=1024))
    given = replace(given, lanes=given.lanes[:1], problem=replace(given.problem, layers=layers))
    window = open_window(given)
    window.centre.bring("backpropagation")
    view = window.views["backpropagation"]
    qtbot.waitUntil(lambda: "not taken apart" in view._empty.text(), timeout=10_000)


def test_a_test_sample_is_not_asked_for_where_there_are_none(open_window, qtbot):
    """Without test samples the training sample is shown, and its kind is said."""
    given = experiment(NETWORK)
    given = replace(given, problem=replace(given.problem, data=replace(given.problem.data, test_fraction=0.0)))
    _, view = opened(open_window, qtbot, given)
    choose(view.source, "test")
    qtbot.waitUntil(lambda: "training sample" in view.sample.text())


def test_the_map_lights_the_part_that_each_rule_works_in(view):
    """Along weights, in units or at the loss: the rule of the chain says which, and the arrow which way."""
    weights = {"affine", "weight_gradient", "input_gradient"}
    for row, stage in enumerate(view._found.stages):
        view.stages.setCurrentRow(row)
        mark = view.map.mark
        assert (mark.layer, mark.forward) == (stage.layer, stage.direction == "forward")
        wanted = "weights" if stage.rule in weights else "loss" if "loss" in stage.rule else "units"
        assert mark.part == wanted, stage.rule


def test_the_map_shows_what_has_been_computed_by_then(view):
    """Forward, the numbers of the layers passed; back, gradients of those that were reached, and of no others."""
    rules = [(stage.layer, stage.rule) for stage in view._found.stages]
    view.stages.setCurrentRow(rules.index((0, "activation")))
    inputs, hidden, output = view.map.columns
    assert (inputs.units, hidden.units, output.units) == (2, 4, 2)
    assert np.array_equal(hidden.values, view._found.stages[view.stages.currentRow()].value.corner[0])
    assert output.values is None
    view.stages.setCurrentRow(rules.index((1, "input_gradient")))
    inputs, hidden, output = view.map.columns
    assert np.array_equal(hidden.values, view._found.stages[view.stages.currentRow()].value.corner[0])
    assert inputs.values is None
    assert output.values is not None


def test_a_click_on_a_layer_goes_to_its_stage_on_the_same_way(view, qtbot):
    """Forward from the start; back once the loss is passed."""
    rules = [(stage.layer, stage.rule) for stage in view._found.stages]

    def click(column):
        place = QPoint(round(view.map.places.x(column)), 4)  # beside its units
        qtbot.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=place)
        return rules[view.stages.currentRow()]

    assert click(2) == (1, "affine")
    view.last()
    assert click(2) == (1, "loss_gradient")
    assert click(1) == (0, "activation_back")
    assert click(0) == (-1, "input")


def test_gradients_that_vanish_fade_on_the_map(open_window, qtbot):
    """All units share one scale: of ten sigmoid layers, the first have the colour of zero."""
    _, view = opened(open_window, qtbot, example("vanishing_gradients"))
    view.last()
    columns = view.map.columns
    largest = [float(np.abs(column.values).max()) for column in columns]
    assert largest[1] < 1e-6 * largest[-1]
    image = view.map.grab().toImage()
    first = image.pixelColor(view.map.places.of(1)[0].toPoint()).name()
    assert first == QColor(view.theme.plot).name()
    assert image.pixelColor(view.map.places.of(len(columns) - 1)[0].toPoint()).name() != first


# One number worked out


def go(view, layer, rule):
    """The stage of a rule in a layer."""
    row = next(k for k, s in enumerate(view._found.stages) if (s.layer, s.rule) == (layer, rule))
    view.stages.setCurrentRow(row)
    return view._found.stages[row]


def said(view):
    return plain(view.page.worked.text().partition("</style>")[2])


def test_a_click_on_a_cell_works_out_its_number(view, qtbot):
    """Of the gradient of a weight: the activation that it read times the δ of its unit, with their numbers."""
    stage = go(view, 1, "weight_gradient")
    table = view.page.tables[0]
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.place_of(2, 1).toPoint())
    h, delta = (stage.numbers.stage.factors[role] for role in ("h", "∂sum"))
    assert said(view).startswith("∂L/∂w⁽²⁾₃₂ = a⁽¹⁾₃ · δ⁽²⁾₂")
    assert said(view).split("= ")[-1].startswith(worked.printed(float(h[0, 2] * delta[0, 1])))
    assert view.page.tables[0]._is_marked(2, 1)
    assert [view.page.tables[k]._is_marked(0, column) for k, column in ((1, 2), (1, 0), (2, 1))] == [True, False, True]
    assert view.map._labels.keys() == {(1, 2), (2, 1)}, "the drawing has both factors"
    assert view.map._middle == worked.printed(float(h[0, 2] * delta[0, 1]), 3)


def test_arrow_keys_go_from_cell_to_cell(view, qtbot):
    """Reached by Tab; the race's own keys stay at rest."""
    go(view, 1, "weight_gradient")
    table = view.page.tables[0]
    view.page.spot_picked.emit(Spot(input=0, unit=0))
    table.setFocus()
    for key, sign in ((Key.Key_Down, "₂₁"), (Key.Key_Right, "₂₂"), (Key.Key_Right, "₂₂"), (Key.Key_Up, "₁₂")):
        qtbot.keyClick(table, key)
        assert said(view).startswith(f"∂L/∂w⁽²⁾{sign} =")
    assert view.main.snapshot.step == 0


def test_a_click_on_a_line_works_out_that_weight(view, qtbot):
    """On the way forward its part of the sum and its gradient; on the way back its gradient."""
    view.stages.setCurrentRow(1)
    places = view.map.places
    third = (places.of(0)[1] * 2 + places.of(1)[3]) / 3
    qtbot.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=third.toPoint())
    assert view._found.stages[view.stages.currentRow()].rule == "affine"
    assert said(view).startswith("z⁽¹⁾₄ = x₁ · w⁽¹⁾₁₄ + x₂ · w⁽¹⁾₂₄ + b⁽¹⁾₄")
    assert "∂L/∂w⁽¹⁾₂₄ = x₂ · δ⁽¹⁾₄" in said(view)
    view.last()
    qtbot.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=third.toPoint())
    assert view._found.stages[view.stages.currentRow()].rule == "weight_gradient"
    assert said(view).startswith("∂L/∂w⁽¹⁾₂₄ = x₂ · δ⁽¹⁾₄")


def test_a_click_on_a_unit_works_out_its_number(view, qtbot):
    """At its layer's stage on the present way, and it stays picked in the stages of the layer."""
    qtbot.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=view.map.places.of(1)[2].toPoint())
    assert said(view).startswith("z⁽¹⁾₃ = ")
    view.next()
    assert said(view).startswith("a⁽¹⁾₃ = f(z⁽¹⁾₃)")
    view.next()
    assert "a⁽¹⁾₃ · w⁽²⁾₃" in said(view), "the next layer reads it"


def test_the_optimizers_step_on_the_weight_follows(view, qtbot):
    """Adam by its paper: with the numbers of the batch's gradient, not of the one sample; and where the race goes."""
    window = view.main
    window.worker.seek(25)
    qtbot.waitUntil(lambda: view._found.step == 25)
    go(view, 1, "weight_gradient")
    view.page.spot_picked.emit(Spot(input=2, unit=1))
    qtbot.waitUntil(lambda: view._found.parameter == (1, 2, 1) and view._found.taken is not None)
    told = plain(view.page.step.text().partition("</style>")[2])
    race = build.make_race(window.document.experiment)
    race.advance(25)
    place = race.problem.network.blocks[1].start + 2 * 2 + 1
    before, g = float(race.theta[0, place]), float(race.gradient[0, place])
    race.advance()
    after = float(race.theta[0, place])
    assert f"moves w⁽²⁾₃₂ from {worked.printed(before)} to {worked.printed(after)}" in told
    assert f"g = {worked.printed(g)}" in told
    assert "one sample" in told
    assert "0.9" in told
    assert told.rstrip().endswith(f"= {worked.printed(after)}")
    for sign in ("m", "v", "w⁽²⁾₃₂"):
        assert view.page.step.told(sign)


def test_signs_say_what_they_are_under_the_mouse(view):
    """The formula's as well as those of what is worked out."""
    go(view, 1, "weight_gradient")
    told = []
    for sign in re.findall('href="([^"]*)"', view.page.formula.text() + view.page.worked.text()):
        view.page.formula.linkHovered.emit(html.unescape(sign))
        told.append(QToolTip.text())
    assert len(told) >= 6
    assert all(told)
    assert "weight" in told[0]


def test_the_loss_is_opened_with_its_numbers(view):
    """p = softmax(z), −ln p of the true class, and δ = p − y: of the same sample, one after the other."""
    softmax = go(view, 1, "softmax")
    go(view, 1, "loss")
    z = softmax.numbers.stage.factors["z"][0]
    p = np.exp(z) / np.exp(z).sum()
    true = view._found.classes.index(view._found.target)
    assert softmax.value.corner[0] == pytest.approx(p)
    assert f"L = −ln(p{'₁₂'[true]})" in said(view)
    assert said(view).rstrip().split("= ")[-1] == worked.printed(-float(np.log(p[true])))
    delta = go(view, 1, "loss_gradient")
    assert "= p − y" in plain(view.page.formula.text())
    assert delta.value.corner[0] == pytest.approx(p - np.eye(2)[true])


def test_stages_are_folded_by_layer_where_they_have_no_room(open_window, qtbot):
    """Of ten layers only the present one is unfolded; a click on another's head goes there."""
    _, view = opened(open_window, qtbot, example("vanishing_gradients"))
    seen = lambda: [k for k in range(view.stages.count()) if not view.stages.item(k).isHidden()]  # noqa: E731
    assert view.stages.count() == 68
    assert seen() == [0]
    head = next(item for item in view.stages._heads if item.text() == "←  Hidden layer 7")
    rect = view.stages.visualItemRect(head)
    qtbot.mouseClick(view.stages.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert [(view._found.stages[k].layer, view._found.stages[k].direction) for k in seen()] == [(6, "backward")] * 4
    view.next()
    assert len(seen()) == 4


def test_slow_motion_goes_along_the_drawing(view, qtbot):
    """While it plays, dots are on their way in each stage; at rest none is, and the pace is what the slider says."""
    view.pace.setValue(0)
    view.stages.setFocus()
    qtbot.keyClick(view.stages, Key.Key_P)
    assert view._timer.interval() == PACES[0]
    qtbot.waitUntil(lambda: 0.0 < view.map.flow < 1.0)
    first = view.map.flow
    qtbot.waitUntil(lambda: view.map.flow > first)
    view.toggle_play()
    assert view.map.flow == 1.0


def test_the_activation_is_drawn_with_the_layers_own_sums(view):
    """f and f′ as the formula has them, and a dot for each unit of the sample on both."""
    stage = go(view, 0, "activation_back")
    assert view.page.slope.isVisible()
    curve = view.page.slope.curve
    assert curve.f == pytest.approx(np.tanh(curve.z))
    assert curve.slope == pytest.approx(1 - np.tanh(curve.z) ** 2)
    z = stage.numbers.stage.factors["z"][0]
    assert curve.dots == pytest.approx(z)
    assert curve.slopes == pytest.approx(1 - np.tanh(z) ** 2)
    go(view, 0, "weight_gradient")
    assert not view.page.slope.isVisible()


def test_a_digit_stands_where_its_inputs_are(open_window, qtbot):
    """Its own pixels, from paper to ink, in the drawing and on the page of the input; a batch has none."""
    window, view = opened(open_window, qtbot, example("handwritten_digits"))
    data = window.snapshot.info.data
    pixels = data.unscaled(data.x_train[0]).reshape(8, 8)
    assert view._found.picture == pytest.approx(pixels)
    assert view.page.picture.isVisible()
    image = view.page.picture.image
    dark = np.array([[image.pixelColor(j, i).lightness() for j in range(8)] for i in range(8)])
    order = np.argsort(pixels.ravel())
    assert (np.diff(dark.ravel()[order]) <= 0).all(), "the more ink, the darker"
    choose(view.source, "batch")
    qtbot.waitUntil(lambda: view._found.source == "batch")
    assert view._found.picture is None
    assert not view.page.picture.isVisible()
