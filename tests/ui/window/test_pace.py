"""How fast a race runs that is watched: as the experiment says, as the person last chose, or so that one sees it."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from tests.experiments import VALLEY, example, experiment
from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.ui.panels.transport import SPEEDS
from workbench.ui.window import pace


def test_the_first_space_shows_a_descent(open_window, qtbot):
    """Where no speed was ever chosen, the first twenty steps of gradient descent take seconds."""
    window = open_window(example("first_descent"), remembers=True)
    assert window.transport.steps_per_second == 2
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.running)
    began = time.monotonic()
    qtbot.waitUntil(lambda: window.snapshot.step >= 2, timeout=10_000)
    assert time.monotonic() - began > 0.4
    qtbot.keyClick(window, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: window.snapshot.finished)


@pytest.mark.parametrize("steps", [1, 20, 300, 2000, 10**6, None])
def test_a_usual_speed_is_one_that_is_seen(steps):
    """Neither a step a minute nor more steps than an eye follows; where there is an end, it comes."""
    speed = int(pace.usual(experiment(VALLEY, steps=steps)))
    assert 1 <= speed <= 200
    if steps is not None and steps <= 2000:
        assert steps / speed <= 25


def test_full_speed_is_a_click_away_and_so_is_the_way_back(open_window):
    """The button shows which of the two it is."""
    window = open_window(remembers=True)
    bar = window.transport
    slow = bar.steps_per_second
    assert slow is not None
    assert not bar.full.isChecked()
    bar.widgetForAction(bar.full).click()
    assert bar.steps_per_second is None
    assert bar.full.isChecked()
    bar.widgetForAction(bar.full).click()
    assert bar.steps_per_second == slow


def test_a_chosen_speed_is_saved_and_undone(window, tmp_path):
    """As any other choice of how an experiment is shown; the race goes on."""
    generation = window.snapshot.generation
    window.transport.speed.setValue(SPEEDS.index(20))
    assert window.document.experiment.view == {"speed": "20"}
    assert window.files.write(tmp_path / "slow.toml")
    assert files.read(tmp_path / "slow.toml").view == {"speed": "20"}
    assert window.menus.undo.text() == "&Undo: view: speed"
    window.menus.undo.trigger()
    assert window.document.experiment.view == {}
    assert window.transport.steps_per_second is None
    assert window.snapshot.generation == generation


def test_a_file_has_its_speed_and_another_one_the_persons(open_window, tmp_path):
    """What a file says is for this file alone; edits of other things leave the speed alone."""
    path = tmp_path / "slow.toml"
    files.write(replace(experiment(VALLEY), view={"speed": "5"}), path)
    window = open_window(remembers=True)
    window.transport.speed.setValue(SPEEDS.index(500))
    window.open_file(path)
    assert window.transport.steps_per_second == 5
    window.problem_panel.new_seed.click()
    assert window.transport.steps_per_second == 5
    window.menus.new_objective.trigger()
    assert window.transport.steps_per_second == 500


def test_the_speed_chosen_last_is_remembered(open_window):
    """By the next window, for an experiment that says none."""
    first = open_window(remembers=True)
    first.transport.speed.setValue(SPEEDS.index(1000))
    first.close()
    assert open_window(remembers=True).transport.steps_per_second == 1000
