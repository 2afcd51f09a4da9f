"""Backpropagation stage by stage, in the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from tests.experiments import NETWORK, example, experiment
from tests.ui.gestures import choose
from workbench.engine.network.anatomy import FORMULAS
from workbench.engine.network.explain import explain
from workbench.experiment import build
from workbench.experiment.experiment import LayerSetup, replace
from workbench.ui.style import theme as themes
from workbench.ui.views.shared import stages as stage_words

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
    assert view.is_playing
    qtbot.waitUntil(lambda: not view.is_playing)
    assert view.stages.currentRow() == view.stages.count() - 1
    view.buttons["run"].click()
    assert view.stages.currentRow() == 0
    view.main.centre.setCurrentIndex(0)
    assert not view.is_playing


def test_each_stage_shows_its_shapes_and_its_local_derivative(open_window, qtbot):
    """With dropout, batch normalisation and penalties, whatever the stage, in both themes: no empty words."""
    given = experiment(NETWORK)
    layers = (LayerSetup(units=5, batch_norm=True, dropout=0.2), LayerSetup(units=3, activation="relu"))
    given = replace(given, problem=replace(given.problem, layers=layers, l1=0.01, l2=0.01))
    window, view = opened(open_window, qtbot, given)
    choose(view.source, "batch")
    qtbot.waitUntil(lambda: view._found.source == "batch")
    assert {s.rule for s in view._found.stages} == set(FORMULAS)
    assert view.index.isHidden()
    for theme in (themes.LIGHT, themes.DARK):
        window.looks.set_theme(theme)
        for row, stage in enumerate(view._found.stages):
            view.stages.setCurrentRow(row)
            assert view.page.formula.text()
            assert view.page.sentence.text()
            shown = [table for table in view.page.tables if table.isVisible()]
            assert shown[-1 - len(stage.extra)]._extract is stage.value
            assert (stage.local is None) or any(table._extract is stage.local for table in shown)
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
        place = QPoint(round(view.map._x(column)), view.map.height() // 2)
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
    first = image.pixelColor(view.map._places(1)[0].toPoint()).name()
    assert first == QColor(view.theme.plot).name()
    assert image.pixelColor(view.map._places(len(columns) - 1)[0].toPoint()).name() != first
