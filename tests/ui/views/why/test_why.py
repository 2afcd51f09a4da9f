"""Why a network does not learn, and what to try, in the real window."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.engine.network.test_ailments import DEEP, HOT, MOONS, hidden, lane, text
from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import choose, write
from tests.ui.views.layers.test_layers import show
from workbench.engine.network.health import HealthReport
from workbench.engine.network.why import Why
from workbench.experiment import files
from workbench.experiment.experiment import LaneNetwork


def told(window, qtbot, key):
    """Wait for the page of a warning, and give what it was written from."""
    view = window.views["why"]

    def is_there():
        found = window.snapshot.extras.get("why")
        shown = view._found
        return isinstance(found, Why) and found.warning.key == key and shown is not None and shown.warning.key == key

    qtbot.waitUntil(is_there, timeout=20_000)
    return view._found


def at(window, qtbot, settled, steps):
    window.worker.seek(steps)
    settled(window, steps)
    qtbot.waitUntil(lambda: isinstance(window.snapshot.extras.get("health"), HealthReport), timeout=20_000)


def test_from_ten_sigmoid_layers_to_a_network_that_learns_in_six_actions(window, qtbot, settled):
    """A person who follows the window's own advice: new, layers, activation, run, why, try."""
    window.menus.new_network.trigger()  # 1
    qtbot.waitUntil(lambda: window.snapshot.info.kind == "network", timeout=20_000)
    form = window.problem_panel.network_form.layers.all
    write(qtbot, form.units.edit, "10 x 8")  # 2
    choose(form.activation, "sigmoid")  # 3
    assert [(layer.units, layer.activation) for layer in window.document.experiment.problem.layers] == [
        (8, "sigmoid")
    ] * 10
    qtbot.waitUntil(lambda: len(window.snapshot.info.layers) == 11, timeout=20_000)
    window.worker.go()  # 4
    qtbot.waitUntil(lambda: window.snapshot.step > 200 and window.status.asks_why is not None, timeout=20_000)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running and not window.worker.is_busy, timeout=20_000)
    before = window.snapshot
    assert "vanishes" in window.status.text() or "not falling" in window.status.text()
    key, run = window.status.asks_why
    qtbot.mouseClick(window.status._sentence, Qt.MouseButton.LeftButton)  # 5
    assert window.centre.currentWidget().isAncestorOf(window.views["why"])
    told(window, qtbot, key)
    view = window.views["why"]
    button = next(b for b in view.buttons if "ReLU" in b.text())
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # 6
    lanes = window.document.experiment.lanes
    assert len(lanes) == 3
    treated = run // before.info.starts + 1
    assert lanes[treated].network == LaneNetwork(activation="relu", initializer="he_normal")
    qtbot.waitUntil(lambda: window.snapshot.step == before.step and window.snapshot.info.runs == 3, timeout=60_000)
    found = window.snapshot
    losses = found.history.values["loss"][:, treated]
    assert np.mean(losses[-20:]) < 0.6 * losses[0]
    health = found.extras.get("health")
    qtbot.waitUntil(lambda: isinstance(window.snapshot.extras.get("health"), HealthReport), timeout=20_000)
    health = window.snapshot.extras["health"]
    assert "vanishing" not in {w.key for w in health.now if w.run == treated}
    assert np.mean(found.history.values["loss"][-20:, treated - 1]) > 0.9 * losses[0] * 0.9  # the other did not learn


def test_the_page_shows_what_was_measured(open_window, qtbot, settled):
    window = open_window(files.loads(DEEP))
    view = show(window, "why")
    at(window, qtbot, settled, 60)
    found = told(window, qtbot, "vanishing")
    assert view.heading.text() == "Vanishing gradient"
    assert view.table.rowCount() == 11
    assert view.table.item(0, 0).text() == "output layer"
    assert view.table.item(10, 0).text() == "layer 1 ◂"
    assert [b.text() for b in view.buttons if b.isVisible()] == [
        "Try as a lane: ReLU with He weights",
        "Try as a lane: Batch normalisation",
        "Try as a lane: 2 hidden layers",
    ]
    rows = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    assert len(rows) == 11 * 5
    assert float(rows[0]["value"]) == found.chain.links[0].values[0]
    assert rows[0]["name"] == "output"
    assert "Batch normalisation" in view.text_to_copy()


def test_another_warning_is_chosen_in_the_list(open_window, qtbot, settled):
    window = open_window(files.loads(text(MOONS, hidden(10, 8, "sigmoid"), lane("sgd", 0.1))))
    view = show(window, "why")
    at(window, qtbot, settled, 200)
    told(window, qtbot, "vanishing")
    keys = [row[0] for row in view._rows]
    assert "stalled" in keys
    view.list.setCurrentRow(keys.index("stalled"))
    told(window, qtbot, "stalled")
    assert view.heading.text() == "Loss not falling"


def test_stepping_back_before_numbers_were_lost(open_window, qtbot, settled):
    window = open_window(files.loads(HOT))
    view = show(window, "why")
    window.worker.step(20)
    qtbot.waitUntil(
        lambda: bool((window.snapshot.diverged_at >= 0).all()) and not window.worker.is_busy, timeout=20_000
    )
    found = told(window, qtbot, "lost")
    assert window.status.asks_why == ("lost", 0)
    assert view.back.isVisible()
    view.back.click()
    settled(window, found.warning.step - 1)
    assert np.isfinite(window.snapshot.loss).all()
    qtbot.waitUntil(lambda: "lost" not in {row[0] for row in view._rows}, timeout=20_000)


def test_a_network_without_a_warning_says_so(open_window, qtbot):
    window = open_window(experiment(NETWORK))
    view = show(window, "why")
    qtbot.waitUntil(lambda: "Nothing keeps" in view._empty.text(), timeout=20_000)


def test_sixty_four_lanes_are_the_most(open_window, qtbot, settled):
    """One more is not added, and a sentence says why."""
    given = files.loads(text('name = "moons"\nsamples = 40', hidden(10, 2, "sigmoid"), lane("adam", 0.01) * 64))
    window = open_window(given)
    view = show(window, "why")
    at(window, qtbot, settled, 1)
    told(window, qtbot, "vanishing")
    view.buttons[0].click()
    assert len(window.document.experiment.lanes) == 64
    assert "at most 64" in window.message.text


@pytest.mark.parametrize("given", [VALLEY])
def test_of_an_objective_there_is_nothing_to_ail(open_window, given):
    window = open_window(experiment(given))
    view = window.views["why"]
    view.show_snapshot(window.snapshot)
    assert "Choose a network" in view._empty.text()
