"""Networks put together in the panel: layers, features, losses, penalties, starts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from tests.experiments import NETWORK, experiment
from tests.ui.gestures import choose, undone, write
from workbench.engine.datasets import datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.experiment import build
from workbench.experiment.experiment import LayerSetup
from workbench.ui.forms.picking import OWN_FILE
from workbench.ui.views.shared.series import averaged, spread


@pytest.fixture
def shown(open_window):
    window = open_window(experiment(NETWORK))
    window.before = window.document.experiment
    return window


def problem(window):
    return window.document.experiment.problem


def test_every_setting_of_a_layer_reaches_the_race(shown, qtbot):
    """Units, activation and initializer with their own settings, dropout, batch normalisation; undo goes back."""
    card = shown.problem_panel.network_form.layers.cards[0]
    card.unfold.click()
    choose(card.activation, "leaky_relu")
    (name,) = card.more.activation_settings.form.fields
    write(qtbot, card.more.activation_settings.form.fields[name].edit, "0.2")
    choose(card.more.initializer, "normal")
    write(qtbot, card.more.initializer_settings.form.fields["std"].edit, "0.3")
    write(qtbot, card.more.dropout.edit, "0.25")
    card.more.batch_norm.click()
    layer = problem(shown).layers[0]
    assert (layer.activation, dict(layer.activation_parameters)) == ("leaky_relu", {name: 0.2})
    assert (layer.initializer, dict(layer.initializer_parameters)) == ("normal", {"std": 0.3})
    assert (layer.dropout, layer.batch_norm) == (0.25, True)
    card.unfold.click()
    assert card.summary.text() == "Normal · batch norm · dropout 0.25"
    qtbot.waitUntil(lambda: shown.snapshot.theta.shape[1] == build.make_race(shown.document.experiment).theta.shape[1])
    choose(card.activation, "tanh")
    assert dict(problem(shown).layers[0].activation_parameters) == {}
    assert shown.message.text == ""


def test_layers_change_places(shown, qtbot):
    """By the menu and by Alt with an arrow; the first cannot go up, the last not down."""
    form = shown.problem_panel.network_form.layers
    form.add.click()
    write(qtbot, form.cards[1].units.edit, "9")
    two = shown.document.experiment
    assert not form.cards[0].up.isEnabled()
    assert not form.cards[1].down.isEnabled()
    form.cards[1].up.trigger()
    assert [layer.units for layer in problem(shown).layers] == [9, 4]
    undone(shown, two)
    shown.activateWindow()
    form.cards[0].units.edit.setFocus()
    qtbot.keyClick(form.cards[0].units.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [layer.units for layer in problem(shown).layers] == [9, 4]


def test_thirty_two_layers_are_the_most(shown, qtbot):
    """Further ones cannot be added; without any the panel says what is left."""
    form = shown.problem_panel.network_form.layers
    for _ in range(31):
        form.add.click()
    assert len(problem(shown).layers) == 32
    assert not form.add.isEnabled()
    form.cards[0].duplicate.trigger()
    assert len(problem(shown).layers) == 32
    for _ in range(32):
        form.cards[0].remove.trigger()
    assert problem(shown).layers == ()
    assert form.none.isVisible()
    qtbot.waitUntil(lambda: shown.snapshot.info.layers == ("output",))


def test_features_take_the_place_of_the_inputs(shown, qtbot):
    """The two coordinates to begin with; the last one cannot be switched off; other data let them go."""
    form = shown.problem_panel.network_form
    buttons = form.features.buttons
    assert [name for name, button in buttons.items() if button.isChecked()] == ["x1", "x2"]
    buttons["x1*x2"].click()
    assert problem(shown).features == ("x1", "x2", "x1*x2")
    buttons["x1"].click()
    buttons["x2"].click()
    assert problem(shown).features == ("x1*x2",)
    assert not buttons["x1*x2"].isEnabled()
    qtbot.waitUntil(lambda: shown.snapshot.theta.shape[1] == 4 + 4 + 8 + 2)
    choose(form.data.choice, "iris")
    assert problem(shown).features == ()
    assert form.features.isHidden()


def test_losses_that_do_not_fit_are_greyed_out_and_settings_of_a_loss_are_its_own(shown, qtbot):
    """Huber's δ goes with Huber alone; three classes leave no binary cross-entropy."""
    form = shown.problem_panel.network_form
    choose(form.training.loss, "huber")
    write(qtbot, form.training.loss_settings.form.fields["delta"].edit, "0.5")
    assert dict(problem(shown).loss_parameters) == {"delta": 0.5}
    choose(form.training.loss, "binary_cross_entropy")
    assert dict(problem(shown).loss_parameters) == {}
    assert form.training.loss_settings.isHidden()
    choose(form.data.choice, "iris")
    item = form.training.loss.model().item(form.training.loss.findData("binary_cross_entropy"))
    assert not item.isEnabled()
    assert form.training.loss.currentData() == "softmax_cross_entropy"


def test_training_settings(shown, qtbot):
    """Penalties, whole batches, starts, precision and the output's weights begin a new race each."""
    form = shown.problem_panel.network_form.training
    write(qtbot, form.l1.edit, "0.001")
    write(qtbot, form.l2.edit, "0.002")
    write(qtbot, form.starts.edit, "3")
    form.full_batch.click()
    choose(form.output, "zeros")
    choose(form.dtype, "float32")
    found = problem(shown)
    assert (found.l1, found.l2, found.starts, found.batch_size) == (0.001, 0.002, 3, 0)
    assert (found.output_initializer, found.dtype) == ("zeros", "float32")
    qtbot.waitUntil(lambda: shown.snapshot.info.runs == 9 and shown.snapshot.info.steps_per_epoch == 1)
    form.full_batch.click()
    assert problem(shown).batch_size == 16


def test_all_data_sets_can_be_chosen_and_shown(shown, qtbot):
    """Each one in its group; the fit shows something for each; nothing is said to be wrong."""
    form = shown.problem_panel.network_form.data
    shown_keys = {form.choice.itemData(i) for i in range(form.choice.count())} - {None}
    assert shown_keys == {*datasets.keys(), OWN_FILE}
    for key in datasets.keys():  # noqa: SIM118 - a registry is no mapping
        choose(form.choice, key)
        qtbot.waitUntil(lambda key=key: shown.snapshot.info.key == key and "fit" in shown.snapshot.extras)
    assert shown.message.text == ""


@pytest.mark.parametrize("points", [10.0, 14.0])
def test_nothing_in_the_panel_is_wider_than_it(shown, qtbot, points):
    """With all cards unfolded, at 1280 x 800, in the usual and a large font."""
    form = shown.problem_panel.network_form
    form.layers.add.click()
    choose(form.layers.cards[0].more.initializer, "playground")
    choose(form.data.choice, "points")
    for card in form.layers.cards:
        card.unfold.click()
    for _ in range(round(points - 10)):
        shown.looks.enlarge()
    qtbot.wait(50)
    area = shown.docks["problem"].widget()
    assert shown.problem_panel.width() <= area.viewport().width()
    assert shown.problem_panel.minimumSizeHint().width() <= area.viewport().width()


LAYERS = st.builds(
    LayerSetup,
    units=st.integers(1, 6),
    activation=st.sampled_from(activations.keys()),
    initializer=st.sampled_from(initializers.keys()),
    batch_norm=st.booleans(),
    dropout=st.sampled_from([0.0, 0.4]),
)


@given(st.lists(LAYERS, max_size=4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_cards_show_whatever_layers_there_are(shown, layers):
    """Fields say what the experiment holds, and showing is no edit."""
    part = shown.problem_panel.network_form.layers
    part.edit(layers=tuple(layers))
    now = shown.document.experiment
    assert now.problem.layers == tuple(layers)
    for card, layer in zip(part.cards, layers, strict=True):
        assert card.units.edit.text() == str(layer.units)
        assert card.activation.currentData() == layer.activation
        assert card.more.initializer.currentData() == layer.initializer
        assert card.more.batch_norm.isChecked() == layer.batch_norm
    assert shown.document.experiment == now


def test_several_starts_are_a_median_with_a_band(shown, qtbot):
    """One line and one mark a lane, within its band; a single start has no band."""
    view = shown.views["loss"]
    write(qtbot, shown.problem_panel.network_form.training.starts.edit, "5")
    shown.worker.seek(60)
    qtbot.waitUntil(lambda: shown.snapshot.step == 60 and shown.snapshot.info.runs == 15)
    shown.clock.refresh()
    qtbot.waitUntil(lambda: len(view.bands._bands) == 3)
    assert len(view.marks._marks) == 3
    write(qtbot, shown.problem_panel.network_form.training.starts.edit, "1")
    qtbot.waitUntil(lambda: shown.snapshot.info.runs == 3)
    shown.worker.seek(20)
    qtbot.waitUntil(lambda: shown.snapshot.step == 20)
    shown.clock.refresh()
    qtbot.waitUntil(lambda: not view.bands._bands)


@given(st.integers(1, 9), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_a_spread_is_the_median_between_its_quartiles(group, lanes, seed):
    """As numpy has them; extremes where there are fewer than five starts."""
    y = np.random.default_rng(seed).normal(size=(7, lanes * group))
    found = spread(np.arange(7.0), y, group)
    for lane in range(lanes):
        own = y[:, lane * group : (lane + 1) * group]
        assert found.middle[:, lane] == pytest.approx(np.median(own, axis=1))
        low, high = (0, 100) if group < 5 else (25, 75)
        assert found.low[:, lane] == pytest.approx(np.percentile(own, low, axis=1, method="lower"))
        assert found.high[:, lane] == pytest.approx(np.percentile(own, high, axis=1, method="higher"))


def test_a_start_that_is_gone_counts_as_the_worst():
    """The median of three goes on when one has diverged, and ends when two have."""
    nan = float("nan")
    found = spread(np.arange(3.0), np.array([[1.0, 2, 3], [1, nan, 3], [nan, nan, 3]]), 3)
    assert found.middle[:2, 0].tolist() == [2, 3]
    assert np.isnan(found.middle[2, 0])


def test_averages_cover_every_step():
    """Their weighted sum is the sum of all, and there are no more than asked for and one."""
    x, y = averaged(np.arange(1000.0), np.arange(2000.0).reshape(1000, 2), 100)
    assert len(x) <= 101
    assert x[-1] == 999
    assert y[0].tolist() == pytest.approx([15, 16])
