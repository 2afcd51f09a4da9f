"""Edits of a race that runs and of its start, and what undo makes of edits in a row."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.experiments import VALLEY, experiment
from tests.live.races import engine_snapshot, same_bits
from tests.ui.gestures import choose, drag, undone, write
from workbench.experiment import build
from workbench.experiment.experiment import replace

Key = Qt.Key


def test_another_rate_while_it_runs_keeps_the_state(window, qtbot):
    """A rate typed during the run takes effect at a step of this race, and equals the engine with the same change."""
    given = window.document.experiment
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 100)
    write(qtbot, window.lanes_panel.cards[0].rate.edit, "0.037")
    changed = window.document.experiment
    assert changed.lanes[0].hyperparameters["learning_rate"] == 0.037
    qtbot.waitUntil(lambda: window.snapshot.changes != ())
    (change,) = window.snapshot.changes
    assert (change.lane, change.setting, change.before, change.after) == (0, "learning_rate", 0.01, 0.037)
    at = change.step
    qtbot.waitUntil(lambda: window.snapshot.step > at + 50)
    assert window.snapshot.running
    window.transport.run.trigger()
    qtbot.waitUntil(lambda: not window.snapshot.running)
    race = build.make_race(given)
    race.advance(at)
    race.set_rules(build.lane_rules(changed))
    race.advance(window.snapshot.step - at)
    assert same_bits(window.snapshot, engine_snapshot(race, changed))


def test_another_problem_while_it_runs_starts_a_new_race_that_runs(window, qtbot):
    """A new objective begins at step 0 and goes on running; its landscape shows."""
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 2000)
    old = window.snapshot.generation
    choose(window.problem_panel.objective_form.objective, "himmelblau")
    qtbot.waitUntil(lambda: window.snapshot.generation == old + 1)
    assert window.snapshot.info.key == "himmelblau"
    assert window.snapshot.running
    first = window.snapshot.step
    qtbot.waitUntil(lambda: window.snapshot.step > first)
    assert window.views["landscape"]._ground[1] == "himmelblau"


def test_dragging_the_start_of_a_paused_race_repeats_its_steps(window, qtbot, settled):
    """The ring follows the mouse, each place gives a whole path of as many steps, and the drag is one undo."""
    window.worker.seek(30)
    settled(window, 30)
    before = window.document.experiment
    view = window.views["landscape"]
    drag(view, (-1.2, 1.0), (-1.0, 0.8), (-0.5, 0.2), (0.5, -0.25))
    moved = window.document.experiment
    x, y = moved.problem.start
    assert abs(x - 0.5) < 0.02
    assert abs(y + 0.25) < 0.02
    qtbot.waitUntil(lambda: tuple(window.snapshot.info.points[0]) == (x, y))
    race = build.make_race(moved)
    race.advance(30)
    assert same_bits(settled(window, 30), engine_snapshot(race, moved))
    undone(window, before)


def test_it_is_said_that_changes_on_the_way_are_lost(open_window, qtbot, settled):
    """A lane more repeats the race with the rates of now, so a rate changed at step 30 holds from step 0 then."""
    window = open_window(experiment(VALLEY))
    window.worker.seek(30)
    settled(window, 30)
    write(qtbot, window.lanes_panel.cards[0].rate.edit, "0.037")
    window.worker.seek(60)
    assert [change.step for change in settled(window, 60).changes] == [30]
    assert "from step 0" not in window.status.text(), "the change itself loses nothing"
    old = window.snapshot.generation
    window.lanes_panel.add.click()
    qtbot.waitUntil(lambda: window.snapshot.generation > old and window.snapshot.step == 60)
    assert window.snapshot.changes == ()
    assert "changed on the way now hold from step 0" in window.status.text()
    drag(window.views["landscape"], (-1.2, 1.0), (-1.0, 0.8), (-0.5, 0.2))
    qtbot.waitUntil(lambda: "start is now" in window.status.text())
    assert "changed on the way" not in window.status.text(), "there was none left to lose"


def test_dragging_the_start_while_it_runs_keeps_running(window, qtbot):
    """A race that runs begins again from each new place and goes on."""
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 100)
    drag(window.views["landscape"], (-1.2, 1.0), (-0.8, 0.8), (0.0, 1.5))
    qtbot.waitUntil(lambda: abs(window.snapshot.info.points[0][1] - 1.5) < 0.02)
    qtbot.waitUntil(lambda: window.snapshot.step > 20)
    assert window.snapshot.running


def test_a_click_places_the_start(window, qtbot):
    """A click in the landscape puts the start there; undo takes it back."""
    before = window.document.experiment
    drag(window.views["landscape"], (0.75, 0.5))
    x, y = window.document.experiment.problem.start
    assert abs(x - 0.75) < 0.02
    assert abs(y - 0.5) < 0.02
    undone(window, before)


def test_dragging_the_ground_pans_and_moves_no_start(window, qtbot):
    """Only the ring is a handle; elsewhere a drag moves the picture, and Home shows all of it again."""
    before = window.document.experiment
    view = window.views["landscape"]
    shown = view.plot.box.viewRange()
    drag(view, (0.0, 0.0), (0.1, 0.1), (0.4, 0.4), (0.6, 0.6))
    assert window.document.experiment == before
    assert view.plot.box.viewRange() != shown
    view.whole.click()
    assert view.plot.box.viewRange() == shown


def test_several_edits_in_a_row_are_undone_one_by_one(window):
    """Ctrl+Z goes back through all of them to the file as it was opened."""
    first = window.document.experiment
    window.lanes_panel.add.click()
    choose(window.problem_panel.objective_form.objective, "saddle")
    window.problem_panel.new_seed.click()
    window.lanes_panel.cards[0].enabled.click()
    while window.menus.undo.isEnabled():
        window.menus.undo.trigger()
    assert window.document.experiment == first
    assert not window.isWindowModified()


def test_equal_edits_are_no_edits(window, qtbot):
    """Writing the same number, or choosing the same word, leaves nothing to undo."""
    write(qtbot, window.lanes_panel.cards[0].rate.edit, "0.01")
    choose(window.problem_panel.objective_form.objective, "rosenbrock")
    assert not window.menus.undo.isEnabled()
    assert window.document.experiment == replace(experiment(VALLEY))
