"""A lane's own network in the window: edited in its card, compared in every view."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import MIXED, NETWORK, experiment
from tests.ui.views.layers.test_layers import show
from workbench.engine.network.survey import PlanePicture
from workbench.experiment import files
from workbench.experiment.experiment import DataSetup, LaneNetwork, ObjectiveSetup, replace

VIEWS = ("fit", "diagram", "layers", "plane", "backpropagation", "step")


@pytest.fixture
def form(open_window):
    """A window with a network of one lane, and the unfolded form of that lane's own."""
    window = open_window(experiment(NETWORK))
    card = window.lanes_panel.cards[0]
    card.unfold.setChecked(True)
    found = card.rest.network
    found.unfold.setChecked(True)
    return window, found


def own(window, lane=0):
    return window.document.experiment.lanes[lane].network


def choose(field, key):
    field.set_value(key)
    field.edited.emit(key)


def write(line, text):
    line.setText(text)
    line.setModified(True)
    line.editingFinished.emit()


def test_what_differs_is_edited_and_taken_back(form, qtbot):
    window, found = form
    choose(found.choices["activation"], "relu")
    assert own(window) == LaneNetwork(activation="relu")
    choose(found.choices["batch_norm"], "yes")
    assert own(window) == LaneNetwork(activation="relu", batch_norm=True)
    qtbot.waitUntil(lambda: window.snapshot.info.network_of(0).size == window.worker.snapshot.info.size)
    assert found.clear.isEnabled()
    found.clear.click()
    assert own(window) is None
    assert not found.clear.isEnabled()
    window.document.undo()
    assert own(window) == LaneNetwork(activation="relu", batch_norm=True)


def test_layers_are_written_as_numbers(form):
    window, found = form
    assert found.units.edit.text() == "4"
    write(found.units.edit, "6, 5 4")
    assert [layer.units for layer in own(window).layers] == [6, 5, 4]
    assert found.units.edit.text() == "6 5 4"
    write(found.units.edit, "")
    assert own(window).layers == ()
    write(found.units.edit, "4")
    assert own(window) is None


@pytest.mark.parametrize("text", ["x", "0", "2000", "-3", "4.5", " ".join(["2"] * 33)])
def test_what_are_no_layers_is_not_taken(form, text):
    window, found = form
    write(found.units.edit, text)
    assert own(window) is None
    assert "whole numbers" in found.units.fault


def test_a_choice_that_is_the_problems_own_is_none(form):
    window, found = form
    found.numbers["batch_size"].edited.emit(8)
    assert own(window) == LaneNetwork(batch_size=8)
    found.numbers["batch_size"].edited.emit(16)  # the problem's
    assert own(window) is None


def test_the_folded_card_says_what_differs(form):
    window, found = form
    card = window.lanes_panel.cards[0]
    choose(found.choices["activation"], "relu")
    card.unfold.setChecked(False)
    assert card.hint.isVisible()
    assert card.hint.text() == "ReLU"


def test_an_objective_has_no_such_part(form):
    window, found = form
    choose(found.choices["activation"], "relu")
    window.problem_panel.objective_button.click()
    assert isinstance(window.document.experiment.problem, ObjectiveSetup)
    assert own(window) is None
    assert not found.isVisible()


def test_a_loss_that_other_data_do_not_have_goes_with_them(form):
    window, found = form
    choose(found.choices["loss"], "binary_cross_entropy")
    choose(found.choices["activation"], "relu")
    before = window.document.experiment
    problem = replace(before.problem, data=DataSetup(name="sine"), loss="")
    window.edits.take(replace(before, problem=problem), "")
    assert window.document.experiment.problem.data.name == "sine"
    assert own(window) == LaneNetwork(activation="relu")


@pytest.mark.parametrize("key", VIEWS)
def test_every_view_shows_each_lane_of_a_mixed_race(open_window, settled, qtbot, key):
    window = open_window(files.loads(MIXED))
    view = show(window, key)
    window.worker.seek(30)
    settled(window, 30)
    info = window.snapshot.info
    for lane in range(len(info.lanes)):
        window.picked.pick(lane)
        qtbot.waitUntil(
            lambda: view.snapshot is window.snapshot and view.has_what_it_demands(window.snapshot), timeout=20_000
        )
        found = {name: window.snapshot.extras[name] for name in view.demand()}
        run = lane * info.starts
        if key in ("diagram", "backpropagation"):
            qtbot.waitUntil(lambda: window.snapshot.extras[key].run == run, timeout=20_000)  # noqa: B023
            shown = window.snapshot.extras[key]
            layers = len(shown.layers) if key == "backpropagation" else len(shown.units) - 1
            assert layers == len(info.network_of(run).layers)
        if key == "layers":
            assert view.table.rowCount() == len(info.network_of(run).layers)
        assert found


def test_the_plane_is_of_the_picked_lanes_network(open_window, settled, qtbot):
    window = open_window(files.loads(MIXED))
    show(window, "plane")
    window.worker.seek(30)
    settled(window, 30)

    def picture(runs):
        found = window.snapshot.extras.get("plane")
        return isinstance(found, PlanePicture) and np.flatnonzero(found.runs).tolist() == runs

    qtbot.waitUntil(lambda: picture([0, 1, 6, 7]), timeout=20_000)  # the first lane's, which the fourth trains, too
    view = window.views["plane"]
    qtbot.waitUntil(lambda: "another network: deep, no hidden layer" in view.note.text(), timeout=20_000)
    window.picked.pick(2)
    qtbot.waitUntil(lambda: picture([4, 5]), timeout=20_000)
    found = window.snapshot.extras["plane"]
    assert np.isnan(found.paths[:, :4]).all()
    assert np.isfinite(found.paths[:, 4:6]).all()
    assert found.coordinates(window.snapshot.theta)[4:6] == pytest.approx(found.paths[-1, 4:6], abs=1e-9)
