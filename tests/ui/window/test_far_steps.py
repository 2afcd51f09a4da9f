"""On the way to a far step, and keys that are held: what is asked for is seen, and can be changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from tests.experiments import NETWORK, VALLEY, example, experiment
from tests.live.races import engine_snapshot, same_bits
from tests.ui.conftest import rest
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.ui.panels.transport import timeline_end
from workbench.ui.window import status

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
FAR = 10**8

#: steps of some milliseconds
SLOW = NETWORK.replace("samples = 100", "samples = 2000").replace("batch_size = 16", "batch_size = 0")
SLOW = SLOW.replace("units = 4", "units = 200\n[[problem.layers]]\nunits = 200")


@pytest.fixture
def under_way(open_window, qtbot):
    """A window whose race is on its way to a far step."""
    window = open_window(experiment(VALLEY, steps=FAR))
    window.worker.seek(FAR // 2)
    qtbot.waitUntil(lambda: window.snapshot.target == FAR // 2 and window.snapshot.step > 0)
    return window


def test_a_far_step_is_seen_to_be_gone_to(under_way, qtbot):
    """The status bar names it, the timeline's handle is there with a mark where the race is, and Run says Pause."""
    assert under_way.status.text().startswith("Going to step 50 000 000 …")
    assert under_way.transport.run.text() == "Pause"
    race = under_way.views["race"].model
    under_way.clock.refresh()
    at = [column.key for column in race.columns].index("status")
    qtbot.waitUntil(lambda: {race.index(row, at).data() for row in range(race.rowCount())} == {"going"})
    timeline = under_way.transport.timeline
    assert timeline.value() == FAR // 2
    assert timeline.present == under_way.snapshot.step


def test_space_stops_on_the_way(under_way, qtbot):
    """Where the race then stands, its numbers are those of the engine; a second Space runs it."""
    qtbot.keyClick(under_way, Key.Key_Space)
    rest(qtbot, under_way)
    stopped = under_way.snapshot
    assert 0 < stopped.step < FAR // 2
    assert not stopped.running
    assert stopped.target is None
    assert under_way.transport.run.text() == "Run"
    assert under_way.status.text().startswith("Paused.")
    assert under_way.transport.timeline.present is None
    race = build.make_race(under_way.document.experiment)
    race.advance(stopped.step)
    assert same_bits(stopped, engine_snapshot(race, under_way.document.experiment))
    qtbot.keyClick(under_way, Key.Key_Space)
    qtbot.waitUntil(lambda: under_way.snapshot.running)


@pytest.mark.parametrize("key", [Key.Key_Left, Key.Key_Right])
def test_a_step_on_the_way_is_one_from_where_the_race_stands(under_way, qtbot, key):
    """Not one from the far step, which nobody has seen yet."""
    seen = under_way.snapshot.step
    qtbot.keyClick(under_way, key)
    rest(qtbot, under_way)
    assert seen - 1 <= under_way.snapshot.step < FAR // 4


def test_another_place_in_the_timeline_takes_the_place_of_the_first(under_way, qtbot):
    """The newest of what was asked for is what is gone to."""
    under_way.transport.timeline.sliderMoved.emit(10)
    rest(qtbot, under_way)
    assert under_way.snapshot.step == 10


def test_the_handle_stays_where_it_was_clicked_to(open_window, qtbot):
    """It does not jump back to where the race still is before it goes there."""
    window = open_window(experiment(VALLEY, steps=50_000))
    timeline = window.transport.timeline
    qtbot.mouseClick(timeline, LEFT, pos=QPoint(timeline.width() // 2, timeline.height() // 2))
    put = timeline.value()
    assert put > 20_000
    for _ in range(10):
        assert timeline.value() == put
        qtbot.wait(16)
    qtbot.keyClick(window, Key.Key_Space)
    rest(qtbot, window)


@pytest.mark.parametrize(
    ("recorded", "limit", "end"),
    [(0, None, 0), (70, None, 70), (70, 5000, 5000), (9000, 5000, 9000), (0, 10**9, 0), (40_000, 10**9, 40_000),
     (10**8, 10**9, 10**9), (500, 100_000, 100_000)],
)  # fmt: skip
def test_the_timeline_spans_what_can_be_reached_with_a_mouse(recorded, limit, end):
    """A limit of a billion would put all that is recorded into one pixel; there is a way back."""
    assert timeline_end(recorded, limit) == end


def hold(window, key, times):
    """What the system sends while a key is held: a press, and repeated presses."""
    for count in range(times):
        QTest.simulateEvent(window, True, key, Qt.KeyboardModifier.NoModifier, "", count > 0, -1)
        QTest.qWait(10)
    QTest.simulateEvent(window, False, key, Qt.KeyboardModifier.NoModifier, "", False, -1)


def test_a_held_key_takes_no_step_after_it_is_let_go(open_window, qtbot):
    """On a network whose steps take longer than the key repeats, no more than the one under way is still to come."""
    window = open_window(experiment(SLOW))
    hold(window, Key.Key_Right, 30)
    at = window.snapshot.step
    rest(qtbot, window)
    assert 0 < window.snapshot.step <= at + 2
    assert window.snapshot.step < 30


def test_a_held_key_steps_on(window, qtbot):
    """Where steps are short it goes on step by step."""
    hold(window, Key.Key_Right, 10)
    rest(qtbot, window)
    assert 3 <= window.snapshot.step <= 10


def test_clicks_after_a_held_key_are_all_counted(window, qtbot, settled):
    """The button is no key, also while a step is under way."""
    hold(window, Key.Key_Right, 2)
    rest(qtbot, window)
    before = window.snapshot.step
    for _ in range(5):
        window.transport.step.trigger()
    settled(window, before + 5)


def test_reset_stops_a_running_race(window, qtbot, settled):
    """R is back to step 0 and rest, at whatever pace the race was."""
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.running and window.snapshot.step > 200)
    qtbot.keyClick(window, Key.Key_R)
    settled(window, 0)
    qtbot.wait(80)
    assert window.snapshot.step == 0
    assert window.transport.run.text() == "Run"
    assert "Press Space" in window.status.text()


def with_dropout(given, dropout):
    layer = replace(given.problem.layers[0], dropout=dropout)
    return replace(given, problem=replace(given.problem, layers=(layer,)))


def test_an_edit_that_begins_a_new_race_is_said(open_window, qtbot):
    """Dropout makes another network: the steps so far are gone, and the status bar says why."""
    window = open_window(experiment(NETWORK))
    window.worker.set_speed(20.0)  # slow enough that nothing is said meanwhile of how it learns
    qtbot.keyClick(window, Key.Key_Right)
    rest(qtbot, window)
    generation = window.snapshot.generation
    window.document.replace(with_dropout(window.document.experiment, 0.3))
    qtbot.waitUntil(lambda: window.snapshot.generation > generation)
    assert window.status.text() == "A new race, from step 0: dropout changes layer 1."
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.running)
    assert window.status.text().startswith("Running.")
    window.document.replace(replace(window.document.experiment, seed=9))
    qtbot.waitUntil(lambda: "another seed" in window.status.text())
    qtbot.waitUntil(lambda: window.snapshot.running and window.snapshot.step > 5)
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.status.text().startswith("Paused."))


def test_the_news_of_a_race_grow_old(open_window, qtbot, monkeypatch):
    """While it runs on, they make room for how to pause it."""
    monkeypatch.setattr(status, "_SECONDS_OF_NEWS", 0.3)
    window = open_window(experiment(NETWORK))
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.running and window.snapshot.step > 5)
    window.document.replace(replace(window.document.experiment, seed=9))
    qtbot.waitUntil(lambda: "another seed" in window.status.text())
    qtbot.waitUntil(lambda: window.status.text().startswith("Running."))


def test_a_live_edit_and_an_edit_at_the_start_are_no_news(open_window, qtbot):
    """Nothing is lost by either, so nothing is said."""
    window = open_window(experiment(NETWORK))
    window.document.replace(with_dropout(window.document.experiment, 0.3))
    rest(qtbot, window)
    assert "new race" not in window.status.text()
    qtbot.keyClick(window, Key.Key_Right)
    rest(qtbot, window)
    window.lanes_panel.cards[0].rate.edit.edited.emit(0.02)
    rest(qtbot, window)
    assert "new race" not in window.status.text()


def test_a_warning_goes_with_the_race_that_it_was_of(open_window, qtbot):
    """Layers that died are not told of once healthy ones race in their place, nor where the race has not begun."""
    window = open_window(example("dead_rectifiers", steps=None))
    window.worker.seek(60)
    qtbot.waitUntil(lambda: "is dead" in window.status.text(), timeout=15_000)
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.running)
    problem = window.document.experiment.problem
    healthy = tuple(replace(layer, activation="tanh", initializer="xavier_uniform") for layer in problem.layers)
    window.document.replace(replace(window.document.experiment, problem=replace(problem, layers=healthy)))
    qtbot.waitUntil(lambda: "dead" not in window.status.text())
    qtbot.wait(300)
    assert "dead" not in window.status.text()
    window.menus.undo.trigger()
    qtbot.keyClick(window, Key.Key_R)
    rest(qtbot, window)
    window.worker.seek(60)
    qtbot.waitUntil(lambda: "is dead" in window.status.text(), timeout=15_000)
    window.worker.seek(0)
    qtbot.waitUntil(lambda: window.status.text().startswith("Press Space"))


def test_the_starts_of_a_lane_are_told_apart_in_the_table(open_window, qtbot):
    """By their numbers, also where the column is too narrow for a long name; the whole of it stands in the tip."""
    text = NETWORK.replace("batch_size = 16", "batch_size = 16\nstarts = 3")
    text = text.replace('optimizer = "adam"', 'label = "Adam with a name that is long"\noptimizer = "adam"')
    window = open_window(experiment(text))
    table = window.views["race"].table
    model, metrics = table.model(), QFontMetrics(table.font())
    width = table.columnWidth(0) - 27
    assert model.index(0, 0).data().endswith("median")  # the line that sums the lane up
    shown = [metrics.elidedText(model.index(row, 0).data(), table.textElideMode(), width) for row in range(1, 4)]
    assert len(set(shown)) == 3
    assert [words[-1] for words in shown] == ["1", "2", "3"]
    assert model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole).endswith("· start 2")
