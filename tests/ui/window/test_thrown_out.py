"""A lane that is thrown out of the minimum it had reached is said to be, once, and a race stops at its tolerance."""

from __future__ import annotations

import numpy as np

from tests.experiments import experiment
from tests.live.races import engine_snapshot, same_bits
from workbench.experiment import build
from workbench.export import results

THROWN = """
format = 1
steps = 5000
[problem]
kind = "objective"
objective = "rosenbrock"
start = [-1.2, 1.0]
[[lanes]]
label = "Fast"
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.05
[[lanes]]
label = "Slow"
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.01
"""


def test_status_bar_and_table_say_that_a_lane_was_thrown_out(open_window, settled):
    window = open_window(experiment(THROWN))
    window.worker.seek(5000)
    snapshot = settled(window, 5000)
    left = next(stay.left for stay in snapshot.stays if stay.left >= 0)
    said = window.status.text()
    assert "Fast was thrown out of the minimum (1, 1) at step" in said
    assert "Slow" not in said
    tips = window.views["race"].model._tips
    assert "thrown out" in tips[0]
    assert "thrown out" not in tips[1]
    window.worker.seek(left - 100)
    settled(window, left - 100)
    assert "thrown out" not in window.views["race"].model._tips[0], "seen from before, nobody knows"


def test_the_window_stops_where_the_engine_does(open_window, qtbot):
    """At full speed in the window, with a tolerance: the same step, bits and table as the engine alone."""
    given = experiment(THROWN.replace("steps = 5000", "tolerance = 1e-3"))
    window = open_window(given)
    window.transport.run.trigger()
    qtbot.waitUntil(lambda: window.snapshot.finished, timeout=20_000)
    race = build.make_race(given)
    race.advance(100_000)
    losses = race.history.view().values["loss"]
    first = [int(np.argmax(losses[:, run] <= 1e-3)) for run in range(2)]
    assert race.step == max(first) == window.snapshot.step
    assert window.snapshot.reached_at.tolist() == race.reached_at.tolist() == first
    assert same_bits(window.snapshot, engine_snapshot(race, given))
    assert results.csv_bytes(window.snapshot) == results.csv_bytes(engine_snapshot(race, given))
    assert "within the tolerance" in window.status.text()


def test_a_tolerance_is_set_in_the_window(open_window, qtbot):
    window = open_window(experiment(THROWN))
    panel = window.problem_panel
    assert not panel.tolerates.isChecked()
    panel.tolerates.click()
    assert window.document.experiment.tolerance == 1e-8
    qtbot.waitUntil(lambda: window.snapshot.info.tolerance == 1e-8)
    panel.tolerates.click()
    assert window.document.experiment.tolerance is None
