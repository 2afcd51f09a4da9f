"""Trained weights in the window: saved from a race, begun with, refused where they do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, experiment
from tests.ui.gestures import write


@pytest.fixture
def trained(open_window, settled, tmp_path):
    """A window after 40 steps, and the second lane's weights in a file."""
    window = open_window(experiment(NETWORK))
    window.worker.seek(40)
    found = settled(window, 40)
    window.picked.pick(1)
    path, said = tmp_path / "trained.npz", []
    window.weights.said.connect(said.append)  # in the status bar a warning may take the sentence's place at once
    window.weights.write(path)
    assert len(said) == 1
    assert "at step 40" in said[0]
    return window, path, found.theta[1].copy()


def test_the_picked_lanes_weights_are_saved_and_begun_with(trained, qtbot):
    window, path, theta = trained
    window.weights.begin_with(path)
    assert window.document.experiment.problem.weights == str(path)
    qtbot.waitUntil(lambda: window.snapshot.step == 0, timeout=20_000)
    assert all(np.array_equal(row, theta) for row in window.snapshot.theta)
    training = window.problem_panel.network_form.training
    assert training.begins.text() == "trained.npz"
    training.clear_weights.click()
    assert window.document.experiment.problem.weights == ""
    assert training.begins.text() == "drawn weights"
    window.document.undo()
    assert window.document.experiment.problem.weights == str(path)


def test_weights_of_another_network_are_refused_in_a_sentence(trained, qtbot):
    window, path, _ = trained
    form = window.problem_panel.network_form
    write(qtbot, form.layers.all.units.edit, "7 3")
    before = window.document.experiment
    window.weights.begin_with(path)
    assert window.document.experiment == before
    assert "hidden layers of 4 units, this network of 7, 3" in window.message.text


def test_other_layers_let_the_weights_go(trained, qtbot):
    window, path, _ = trained
    window.weights.begin_with(path)
    write(qtbot, window.problem_panel.network_form.layers.all.units.edit, "6 6")
    problem = window.document.experiment.problem
    assert [layer.units for layer in problem.layers] == [6, 6]
    assert problem.weights == ""


def test_a_folder_that_is_not_there_is_told(trained, tmp_path):
    window, _, _ = trained
    window.weights.write(tmp_path / "gone" / "w.npz")
    assert "cannot be written" in window.message.text
