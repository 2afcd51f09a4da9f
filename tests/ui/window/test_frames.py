"""One frame: what can be seen is handed the snapshot, and the first of a race may change the window."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer

from tests.experiments import NETWORK, example, experiment


@pytest.fixture
def halted(window):
    """A window whose clock stands, so that the test makes the frames."""
    window.clock.stop()
    return window


def arrived(qtbot, window, step):
    """The worker's snapshot of a step, not shown yet."""
    window.worker.seek(step)
    qtbot.waitUntil(lambda: window.worker.snapshot.step == step and not window.worker.is_busy)
    return window.worker.snapshot


def test_what_can_be_seen_is_handed_the_snapshot(halted, qtbot):
    """Timeline and visible views stand at its step; a view that is hidden keeps the last one it was shown."""
    snapshot = arrived(qtbot, halted, 7)
    assert halted.snapshot.step == 0
    halted.docks["race"].close()
    halted.frames.show_snapshot(snapshot)
    assert halted.snapshot is snapshot
    assert halted.transport.timeline.value() == 7
    assert {key for key, view in halted.views.items() if view.snapshot is snapshot} == {
        "landscape",
        "loss",
        "gradients",
    }
    assert halted.views["race"].snapshot.step == 0


def test_a_race_of_another_kind_brings_its_views_and_the_docks_are_painted_in_turns(halted, qtbot):
    """The first of its frames changes the centre and holds the docks back; each frame after it paints one of them."""
    docks = [dock for dock in halted.docks.values() if dock.isVisible()]
    before = halted.snapshot.generation
    halted.document.replace(experiment(NETWORK))
    qtbot.waitUntil(lambda: halted.worker.snapshot.generation > before)
    halted.frames.show_snapshot(halted.worker.snapshot)
    assert "fit" in halted.centre.keys
    assert "landscape" not in halted.centre.keys
    assert halted.views["fit"].isVisible()
    painted = [sum(dock.updatesEnabled() for dock in docks)]
    for _ in docks:
        halted.frames.show_snapshot(halted.worker.snapshot)
        painted.append(sum(dock.updatesEnabled() for dock in docks))
    assert painted == list(range(len(docks) + 1))


def test_a_new_race_of_the_same_kind_is_painted_at_once(halted, qtbot):
    """Another seed keeps the views that there are, and holds nothing back."""
    before, keys = halted.snapshot.generation, halted.centre.keys
    halted.problem_panel.new_seed.click()
    qtbot.waitUntil(lambda: halted.worker.snapshot.generation > before)
    halted.frames.show_snapshot(halted.worker.snapshot)
    assert halted.centre.keys == keys
    assert all(dock.updatesEnabled() for dock in halted.docks.values())


def test_a_window_that_closes_shows_no_more(halted, qtbot):
    """Neither the clock nor what waits for the first quiet moment goes on."""
    halted.clock.start()
    halted.frames.warm_up_soon()
    halted.frames.show_snapshot(halted.snapshot)  # from its first frame on
    timers = halted.frames.findChildren(QTimer)
    assert [timer.isActive() for timer in timers] == [True, True]
    halted.frames.stop()
    assert [timer.isActive() for timer in timers] == [False, False]
    arrived(qtbot, halted, 5)
    qtbot.wait(50)
    assert halted.snapshot.step == 0


class Laid(QObject):
    """Counts how often parts of a window are laid out anew."""

    def __init__(self, window):
        super().__init__(window)
        self.count = Counter()
        self._parts = {window: "window", window.centre: "centre", window.transport: "transport"}
        for part in self._parts:
            part.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.LayoutRequest:
            self.count[self._parts.get(watched, "")] += 1
        return False


@pytest.mark.parametrize(("name", "key"), [("banana_race", "landscape"), ("spirals", "plane"), ("spirals", "fit")])
def test_a_frame_lays_nothing_out(open_window, qtbot, name, key):
    """Numbers change 60 times a second: a label that asks for its place each time costs some milliseconds a frame."""
    window = open_window(example(name))
    window.centre.bring(key)
    window.worker.set_speed(100.0)
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.step > 20 and window.views[key].snapshot is window.snapshot)
    laid, before = Laid(window), len(window.clock.intervals)
    qtbot.waitUntil(lambda: len(window.clock.intervals) > before + 40, timeout=10_000)
    window.worker.pause()
    # the status bar's figures come four times a second, and a word of the race now and then
    assert laid.count["transport"] < 20
    assert laid.count["centre"] < 20
    assert laid.count["window"] < 30
