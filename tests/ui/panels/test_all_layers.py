"""Building: all hidden layers at once, lanes that fit the kind of problem, early stopping, the best lane first."""

from __future__ import annotations

import pytest

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import choose, write
from workbench.experiment import fresh
from workbench.experiment.experiment import Lane, NetworkSetup, ObjectiveSetup, Stop, replace
from workbench.ui.forms.units_field import read_units


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("", ()), ("8", (8,)), ("8 4", (8, 4)), ("8, 4,2", (8, 4, 2)), ("3 x 8", (8, 8, 8)), ("2x16 8", (16, 16, 8)),
        ("2×4", (4, 4)), ("33 x 2", None), ("0", None), ("1025", None), ("a", None), ("-4", None), ("4.5", None),
        ("99999999999 x 8", None), ("1024", (1024,)), ("0 x 8", ()),
    ],
)  # fmt: skip
def test_units_are_read(text, units):
    assert read_units(text) == units


@pytest.fixture
def form(open_window):
    window = open_window(experiment(NETWORK))
    return window, window.problem_panel.network_form.layers


def layers(window):
    return window.document.experiment.problem.layers


def test_several_layers_at_once_keep_what_they_are(form, qtbot):
    window, part = form
    choose(part.cards[0].activation, "relu")
    write(qtbot, part.all.units.edit, "4 x 6")
    assert [(layer.units, layer.activation) for layer in layers(window)] == [(6, "relu")] * 4
    assert len(part.cards) == 4
    window.document.undo()
    assert [layer.units for layer in layers(window)] == [4]
    assert part.all.units.edit.text() == "4"


def test_one_choice_for_all_layers_and_a_word_where_they_differ(form, qtbot):
    window, part = form
    write(qtbot, part.all.units.edit, "3 x 6")
    choose(part.all.activation, "sigmoid")
    assert {layer.activation for layer in layers(window)} == {"sigmoid"}
    choose(part.cards[1].activation, "relu")
    assert part.all.activation.currentData() == "mixed"
    before = window.document.experiment
    choose(part.all.activation, "mixed")
    assert window.document.experiment == before
    choose(part.all.initializer, "he_normal")
    assert {layer.initializer for layer in layers(window)} == {"he_normal"}
    assert [layer.activation for layer in layers(window)] == ["sigmoid", "relu", "sigmoid"]


def test_the_button_that_adds_a_layer_stays_where_it_is(form, qtbot):
    window, part = form
    place = part.add.mapTo(window, part.add.rect().center())
    for _ in range(3):
        part.add.click()
    qtbot.waitUntil(lambda: len(part.cards) == 4)
    assert part.add.mapTo(window, part.add.rect().center()) == place


def test_the_layers_are_in_sight_in_a_small_window(form, qtbot):
    window, part = form
    assert (window.width(), window.height()) == (1280, 800)
    for widget in (part.all.units, part.all.activation, part.add):
        assert not widget.visibleRegion().isEmpty()


def test_lanes_have_rates_that_fit_the_kind_of_problem(open_window):
    window = open_window(experiment(VALLEY))
    before = window.document.experiment.lanes
    window.problem_panel.network_button.click()
    made = window.document.experiment
    assert isinstance(made.problem, NetworkSetup)
    wanted = {lane.optimizer: lane.hyperparameters["learning_rate"] for lane in fresh.network_race().lanes}
    assert made.lanes[0].hyperparameters["learning_rate"] == wanted["adam"]
    window.problem_panel.objective_button.click()
    again = window.document.experiment
    assert isinstance(again.problem, ObjectiveSetup)
    assert [lane.hyperparameters for lane in again.lanes] == [lane.hyperparameters for lane in before]


def test_a_lane_that_was_added_meanwhile_gets_a_rate_that_fits():
    lanes = (Lane(optimizer="sgd", hyperparameters={"learning_rate": 3.0}), Lane(optimizer="momentum"))
    problem = fresh.objective_race().problem
    made = fresh.fitting_lanes(lanes, problem, fresh.objective_race().lanes)
    assert made[0].hyperparameters == fresh.objective_race().lanes[0].hyperparameters
    assert made[1].hyperparameters["learning_rate"] > 0


def test_early_stopping_is_edited(form, qtbot):
    window, _ = form
    early = window.problem_panel.early
    early.waits.click()
    assert window.document.experiment.stop == Stop(patience=500)
    write(qtbot, early.patience.edit, "40")
    early.aims.click()
    write(qtbot, early.target.edit, "0.25")
    assert window.document.experiment.stop == Stop(patience=40, target=0.25)
    early.waits.click()
    early.aims.click()
    assert window.document.experiment.stop is None
    window.document.undo()
    assert window.document.experiment.stop == Stop(target=0.25)
    window.problem_panel.objective_button.click()
    assert window.document.experiment.stop is None
    assert not early.isVisible()


def test_a_race_that_ends_by_its_test_losses_says_so(open_window, qtbot):
    given = replace(experiment(NETWORK), stop=Stop(target=5.0), steps=5000)
    window = open_window(given)
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.finished and not window.worker.is_busy, timeout=20_000)
    assert "by the test losses" in window.status.text()


def test_the_fit_shows_the_best_lane_until_one_is_chosen(open_window, settled, qtbot):
    lanes = (
        Lane(optimizer="sgd", hyperparameters={"learning_rate": 1e-6}),
        Lane(optimizer="adam", hyperparameters={"learning_rate": 0.02}),
    )
    window = open_window(replace(experiment(NETWORK), lanes=lanes))
    fit = window.views["fit"]
    window.centre.bring("fit")
    window.worker.seek(60)
    settled(window, 60)
    qtbot.waitUntil(lambda: fit.lane.currentIndex() == 1, timeout=20_000)
    window.picked.pick(0)
    qtbot.waitUntil(lambda: fit.lane.currentIndex() == 0, timeout=20_000)
    window.worker.seek(80)
    settled(window, 80)
    qtbot.waitUntil(lambda: fit.snapshot is window.snapshot, timeout=20_000)
    assert fit.lane.currentIndex() == 0
