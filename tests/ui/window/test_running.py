"""Running, stepping and scrubbing by the keys and sliders that a person uses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.experiments import BOWL, NETWORK, VALLEY, example, experiment
from tests.live.races import engine_snapshot, same_bits
from tests.ui.gestures import write
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.ui.panels.transport import SPEEDS
from workbench.ui.window.status import StatusBar

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def runs(window, beyond=0):
    return window.snapshot.running and window.snapshot.step > beyond


def expected(given, steps):
    race = build.make_race(given)
    race.advance(steps)
    return engine_snapshot(race, given)


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_space_runs_and_space_pauses(open_window, qtbot, text):
    """Space sets the race running, frame by frame, and stops it; the numbers are those of the engine alone."""
    given = experiment(text)
    window = open_window(given)
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: runs(window, 30))
    assert window.transport.run.text() == "Pause"
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: not window.snapshot.running)
    assert window.transport.run.text() == "Run"
    stopped = window.snapshot
    qtbot.wait(60)
    assert window.snapshot.step == stopped.step
    assert same_bits(stopped, expected(given, stopped.step))


@pytest.mark.alone
def test_a_running_race_is_seen_running(open_window, qtbot):
    """Without an end, at full speed, there are more and more steps to see, and the pace is said."""
    window = open_window(example("banana_race", steps=None))
    qtbot.keyClick(window, Key.Key_Space)
    for _ in range(4):
        seen = window.snapshot.step
        qtbot.waitUntil(lambda seen=seen: window.snapshot.step > seen)
    qtbot.waitUntil(lambda: "steps/s" in window.status.pace.text())


def test_right_steps_and_left_steps_back(window, qtbot, settled):
    """Each key press is one step; stepping back gives the state before, bit for bit."""
    states = [window.snapshot]
    for step in range(1, 6):
        qtbot.keyClick(window, Key.Key_Right)
        states.append(settled(window, step))
    for step in range(4, -1, -1):
        qtbot.keyClick(window, Key.Key_Left)
        assert same_bits(settled(window, step), states[step])


def test_fast_key_presses_are_all_counted(window, qtbot, settled):
    """Twenty presses within one frame are twenty steps."""
    for _ in range(20):
        qtbot.keyClick(window, Key.Key_Right)
    settled(window, 20)


def test_no_step_back_at_the_start_and_no_step_at_the_end(open_window, qtbot, settled):
    """What cannot be done is greyed out."""
    window = open_window(experiment(VALLEY, steps=2))
    assert not window.transport.back.isEnabled()
    qtbot.keyClick(window, Key.Key_Right)
    qtbot.keyClick(window, Key.Key_Right)
    settled(window, 2)
    assert not window.transport.step.isEnabled()
    assert window.transport.back.isEnabled()


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_reset_and_run_again_gives_the_same_numbers(open_window, qtbot, settled, text):
    """R goes back to the start; running again repeats the race bit for bit."""
    window = open_window(experiment(text, steps=70))
    start = window.snapshot
    qtbot.keyClick(window, Key.Key_Space)
    first = settled(window, 70)
    qtbot.keyClick(window, Key.Key_R)
    assert same_bits(settled(window, 0), start)
    qtbot.keyClick(window, Key.Key_Space)
    assert same_bits(settled(window, 70), first)


def test_run_at_the_end_begins_again(open_window, qtbot, settled):
    """A finished race is run again by Space, from the start."""
    window = open_window(experiment(VALLEY, steps=40))
    qtbot.keyClick(window, Key.Key_Space)
    first = settled(window, 40)
    assert "Finished at step 40. Space runs it again from step 0." in window.status.text()
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.generation > first.generation and window.snapshot.finished)
    assert same_bits(settled(window, 40), first)


def test_dragging_the_timeline_scrubs(window, qtbot, settled):
    """The timeline spans the steps taken; each place of its handle shows the state of that step."""
    window.worker.seek(200)
    settled(window, 200)
    timeline = window.transport.timeline
    assert (timeline.maximum(), timeline.value()) == (200, 200)
    given = window.document.experiment
    timeline.setSliderDown(True)
    for step in (150, 20, 90):
        timeline.setSliderPosition(step)
        assert same_bits(settled(window, step), expected(given, step))
    timeline.setSliderDown(False)
    assert timeline.maximum() == 200


def test_a_click_in_the_timeline_goes_there(window, qtbot, settled):
    """A click at a tenth of the timeline shows about a tenth of the steps, not a page nearer."""
    window.worker.seek(1000)
    settled(window, 1000)
    timeline = window.transport.timeline
    qtbot.mouseClick(timeline, LEFT, pos=QPoint(timeline.width() // 10, timeline.height() // 2))
    qtbot.waitUntil(lambda: window.snapshot.step < 1000 and not window.worker.is_busy)
    assert abs(window.snapshot.step - 100) <= 25
    assert not window.snapshot.running


def test_scrubbing_stops_a_running_race(window, qtbot):
    """Whoever takes the timeline wants to look: the race pauses there."""
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: runs(window, 100))
    window.transport.timeline.sliderMoved.emit(42)
    qtbot.waitUntil(lambda: window.snapshot.step == 42 and not window.snapshot.running)
    assert window.transport.run.text() == "Run"


def test_the_timeline_keys_move_by_a_step(window, qtbot, settled):
    """With the focus in the timeline the arrow keys move its handle, and the race with it."""
    window.worker.seek(50)
    settled(window, 50)
    window.transport.timeline.setFocus()
    qtbot.keyClick(window.transport.timeline, Key.Key_Left)
    settled(window, 49)


@pytest.mark.alone
@pytest.mark.parametrize("speed", [10, 100])
def test_a_chosen_speed_is_kept(window, qtbot, speed):
    """The speed slider's stops are steps a second."""
    window.transport.speed.setValue(SPEEDS.index(speed))
    assert window.transport.steps_per_second == speed
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.wait(900)
    assert 0.5 * speed <= window.snapshot.step <= 1.3 * speed + 1


def test_the_speed_changes_while_it_runs(window, qtbot):
    """From one step a second to as fast as it goes without a pause."""
    window.transport.speed.setValue(0)
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.running)
    assert window.snapshot.step <= 1
    window.transport.speed.setValue(len(SPEEDS) - 1)
    qtbot.waitUntil(lambda: runs(window, 500))


def test_a_diverging_lane_is_marked_and_the_others_go_on(open_window, qtbot):
    """The step of divergence stands in table, legend and status bar; the other lane runs to the end."""
    window = open_window(experiment(BOWL, steps=400))
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.finished)
    at = int(window.snapshot.diverged_at[1])
    assert 0 < at < 400
    assert window.snapshot.alive.tolist() == [True, False]
    assert f"Wild diverged at step {at}" in window.status.text()
    model = window.views["race"].model
    rows = [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]
    status = [column.key for column in window.views["race"].model.columns].index("status")
    assert "diverged" in rows[1][status]
    assert any(cell.split()[-1:] == [str(at)] for cell in rows[1])
    assert "diverged" not in rows[0][status]
    legend = [label for label, _, _ in window.views["landscape"].legend._entries]
    assert legend == ["Momentum", f"Wild ✕ diverged at step {at}"]
    values = window.snapshot.history.values["loss"]
    assert np.isfinite(values[:, 0]).all()
    assert np.isnan(values[at + 1 :, 1]).all()


def test_a_race_in_which_all_have_diverged_says_so(open_window, qtbot):
    """Nothing is left to run: the race stops, and the status bar says what may help."""
    given = experiment(BOWL)
    window = open_window(replace(given, lanes=given.lanes[1:]))
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.finished and not window.snapshot.running)
    assert "No run is left" in window.status.text()
    assert window.transport.run.text() == "Run"


@pytest.mark.parametrize("text", ["sqrt(x - 5) + y^2", "log(x) + y^2"])
def test_a_formula_without_a_value_at_the_start_is_not_blamed_on_the_rates(open_window, qtbot, text):
    """The root and the logarithm have no value at x = 0, before any step: it is said so, and Space says it again."""
    given = experiment(VALLEY)
    problem = replace(given.problem, objective="formula", parameters={"text": text}, start=(0.0, 1.0), noise=0.0)
    window = open_window(replace(given, problem=problem))
    qtbot.waitUntil(lambda: "f has no value at the start" in window.status.text())
    assert "learning rates" not in window.status.text()
    old = window.snapshot.generation
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.generation > old and not window.snapshot.running)
    assert "f has no value at the start" in window.status.text()


def test_space_on_a_button_reached_by_tab_presses_it(window, qtbot):
    """The key belongs to the focused button then, and does not run the race."""
    window.lanes_panel.add.setFocus()
    lanes = len(window.document.experiment.lanes)
    qtbot.keyClick(window.lanes_panel.add, Key.Key_Space)
    assert len(window.document.experiment.lanes) == lanes + 1
    qtbot.wait(50)
    assert not window.snapshot.running


def test_arrows_in_a_field_move_its_cursor_and_not_the_race(window, qtbot):
    """Left in a number field is the field's own."""
    window.worker.step(3)
    qtbot.waitUntil(lambda: window.snapshot.step == 3)
    edit = window.lanes_panel.cards[0].rate.edit
    edit.setFocus()
    qtbot.keyClick(edit, Key.Key_Left)
    qtbot.keyClick(edit, Key.Key_Right)
    qtbot.wait(50)
    assert window.snapshot.step == 3


def test_space_and_r_in_a_number_field_are_the_races(window, qtbot, settled):
    """After a rate is typed, Space runs it and R begins again: no number has either, and the text stays."""
    edit = window.lanes_panel.cards[0].rate.edit
    write(qtbot, edit, "0.02")
    assert edit.hasFocus()
    qtbot.keyClick(edit, Key.Key_Space)
    qtbot.waitUntil(lambda: runs(window))
    qtbot.keyClick(edit, Key.Key_Space)
    qtbot.waitUntil(lambda: not window.snapshot.running)
    qtbot.keyClick(edit, Key.Key_R)
    settled(window, 0)
    assert edit.text() == "0.02"


def test_the_status_bar_says_whether_the_race_runs(window, qtbot, settled):
    """Running while it runs, paused when it stands, what to press when it is reset; other sentences are left alone."""
    said = window.status.text
    assert "Press Space to run" in said()
    assert "ring" in said()
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: runs(window))
    assert said().startswith("Running.")
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: said().startswith("Paused."))
    qtbot.keyClick(window, Key.Key_R)
    settled(window, 0)
    assert "Press Space to run" in said()
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: runs(window))
    window.status.announce("Something else.")
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: not window.snapshot.running)
    qtbot.wait(50)
    assert said() == "Something else."


def test_the_status_bar_says_that_full_speed_is_starting_until_a_step_comes(window, qtbot):
    """A large race is built for a while before its first step: that is said after half a second, and gone with it."""
    bar, stands = StatusBar(window), window.snapshot
    bar.say_running()
    bar.show_snapshot(dataclasses.replace(stands, running=True), 0.0)
    assert bar.text().startswith("Running.")
    qtbot.waitUntil(lambda: bar.text() == "Starting at full speed …", timeout=3000)
    bar.show_snapshot(dataclasses.replace(stands, running=True), 0.0)
    assert bar.text() == "Starting at full speed …"
    bar.show_snapshot(dataclasses.replace(stands, running=True, step=1), 0.0)
    assert bar.text().startswith("Running.")
    bar.show_snapshot(dataclasses.replace(stands, step=1), 0.0)
    bar.set_speed(1.0)
    bar.say_running()
    bar.show_snapshot(dataclasses.replace(stands, running=True, step=1), 0.0)
    qtbot.wait(700)
    assert bar.text().startswith("Running."), "one step a second is no full speed"


def test_an_objective_without_a_picture_has_no_ring_to_drag(open_window):
    """In three dimensions there is no landscape, and nothing is said of its ring."""
    given = experiment(VALLEY)
    window = open_window(replace(given, problem=replace(given.problem, start=(1.0, 2.0, 3.0))))
    assert window.status.text() == "Press Space to run, → for one step."


def test_an_end_before_the_present_step_leaves_the_whole_race_in_sight(window, qtbot, settled):
    """The race goes back to its end; loss and gradients are drawn up to where it was, which undo may need."""
    window.worker.step(40)
    settled(window, 40)
    window.document.replace(replace(window.document.experiment, steps=5))
    qtbot.waitUntil(lambda: window.snapshot.info.limit == 5)
    for key in ("loss", "gradients"):
        qtbot.waitUntil(lambda key=key: window.views[key].plot.box.viewRange()[0][1] >= 40)
    assert settled(window, 5).finished
    window.menus.undo.trigger()
    window.worker.seek(40)
    assert settled(window, 40).recorded == 40


def test_a_race_that_is_stopped_before_it_is_seen_to_run_is_not_said_to_run(window, qtbot, settled):
    """Space and then Left, before a frame is painted between them."""
    window.worker.seek(5)
    settled(window, 5)
    window.worker.hold()  # as a machine that is busy elsewhere: neither key's work is done before the other's
    qtbot.keyClick(window, Key.Key_Space)
    window.worker.step(-1)
    window.worker.pause()
    window.worker.release()
    qtbot.waitUntil(lambda: not window.worker.is_busy and window.snapshot is window.worker.snapshot)
    assert not window.snapshot.running
    assert window.status.text().startswith("Paused")


def test_the_end_of_a_race_that_was_sent_on_at_once_is_said(open_window, qtbot, settled):
    window = open_window(experiment(VALLEY, steps=6))
    window.worker.seek(6)
    settled(window, 6)
    finished = window.status.text()
    assert finished.startswith("Finished")
    window.worker.hold()
    window.worker.step(-1)
    window.worker.go()
    window.status.say_running()  # as by Space
    window.worker.release()
    qtbot.waitUntil(lambda: not window.worker.is_busy and not window.snapshot.running and window.snapshot.finished)
    qtbot.waitUntil(lambda: window.status.text() == finished)


def test_the_handle_goes_where_the_race_ends_when_what_it_was_put_to_is_beyond(open_window, qtbot, settled):
    """A race that ends by its tolerance ends before its last step, to which the timeline leads."""
    window = open_window(experiment(BOWL, steps=4000, tolerance=1e30))
    window.worker.step(1)
    settled(window, 0)
    timeline = window.transport.timeline
    assert timeline.maximum() == 4000
    timeline.setValue(1000)
    timeline.sliderMoved.emit(1000)
    settled(window, 0)
    qtbot.waitUntil(lambda: timeline.value() == 0)


def test_the_handle_stands_where_another_race_does(open_window, qtbot, settled):
    """Another experiment is opened before the step is reached that was asked for."""
    window = open_window(experiment(VALLEY, steps=4000))
    timeline = window.transport.timeline
    window.worker.hold()
    timeline.setValue(1000)
    timeline.sliderMoved.emit(1000)
    window.document.open(experiment(BOWL), None)
    window.worker.release()
    qtbot.waitUntil(lambda: window.snapshot.info.key == "quadratic")
    settled(window, 0)
    qtbot.waitUntil(lambda: timeline.value() == 0)
