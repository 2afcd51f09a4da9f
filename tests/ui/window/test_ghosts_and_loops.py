"""What edits leave behind, the way back, and a stretch over and over, by the keys and buttons of the real window."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.experiments import BOWL, VALLEY, experiment
from tests.ui.conftest import rest
from workbench.export.results import history_arrays
from workbench.ui.plotting.curves import Curves

WAIT = 20_000
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def taken(open_window, qtbot):
    """A window after sixty steps."""
    window = open_window(experiment(VALLEY))
    window.worker.seek(60)
    qtbot.waitUntil(lambda: window.snapshot.step == 60, timeout=WAIT)
    rest(qtbot, window)
    return window


def edit(window, qtbot):
    window.lanes_panel.cards[0].optimizer.edited.emit("nadam")
    qtbot.waitUntil(lambda: bool(window.snapshot.ghosts) and window.snapshot.step == 60, timeout=WAIT)
    rest(qtbot, window)


def test_a_replaced_run_is_drawn_until_it_is_dismissed(taken, qtbot):
    before = taken.snapshot.history.values["path"][:, 0].copy()
    landscape, loss = taken.views["landscape"], taken.views["loss"]
    assert landscape.dismissal.isHidden()
    assert not taken.menus.dismiss.isEnabled()
    edit(taken, qtbot)
    qtbot.waitUntil(lambda: len(landscape.ghosts.given) == 1 and len(loss.ghosts.given) == 1, timeout=WAIT)
    x, y, _ = landscape.ghosts.given[0]
    np.testing.assert_array_equal(np.column_stack([x, y]), before)
    assert "replaced by an edit" in landscape.legend.names_in_sight
    assert not landscape.dismissal.isHidden()
    assert taken.menus.dismiss.isEnabled()
    landscape.dismissal.click()
    qtbot.waitUntil(lambda: not taken.snapshot.ghosts and not landscape.ghosts.given, timeout=WAIT)
    assert "replaced by an edit" not in landscape.legend.names_in_sight
    assert landscape.dismissal.isHidden()


def test_shift_escape_dismisses_ghosts_and_undo_takes_them_away(taken, qtbot):
    edit(taken, qtbot)
    qtbot.keyClick(taken, Qt.Key.Key_Escape, SHIFT)
    qtbot.waitUntil(lambda: not taken.snapshot.ghosts, timeout=WAIT)
    taken.menus.undo.trigger()
    qtbot.waitUntil(lambda: taken.snapshot.info.lanes[0].optimizer == "adam", timeout=WAIT)
    edit(taken, qtbot)
    taken.menus.undo.trigger()
    qtbot.waitUntil(
        lambda: taken.snapshot.info.lanes[0].optimizer == "adam" and not taken.snapshot.ghosts, timeout=WAIT
    )


def test_ghosts_are_in_no_table(taken, qtbot):
    edit(taken, qtbot)
    assert history_arrays(taken.snapshot)["path"].shape[1] == 2
    for key in ("landscape", "loss"):
        table = taken.views[key].data_csv()
        if table is not None:
            assert b"Adam" not in table()


def test_another_file_has_no_ghosts_and_no_marks(taken, qtbot, tmp_path):
    edit(taken, qtbot)
    taken.transport.mark_first.trigger()
    path = tmp_path / "bowl.toml"
    path.write_text(BOWL)
    taken.open_file(path)
    qtbot.waitUntil(lambda: taken.snapshot.info.key == "quadratic", timeout=WAIT)
    assert taken.snapshot.ghosts == ()
    assert taken.transport.timeline.first is None


def test_shift_space_runs_back_and_pauses(taken, qtbot):
    taken.worker.set_speed(40)
    qtbot.keyClick(taken, Qt.Key.Key_Space, SHIFT)
    qtbot.waitUntil(lambda: taken.snapshot.backwards and taken.snapshot.step < 50, timeout=WAIT)
    assert taken.transport.run_back.text() == "Pause"
    assert taken.transport.run.text() == "Run"
    qtbot.keyClick(taken, Qt.Key.Key_Space, SHIFT)
    qtbot.waitUntil(lambda: not taken.snapshot.running, timeout=WAIT)
    assert taken.transport.run_back.text() == "Run backwards"
    assert taken.snapshot.recorded == 60
    at = taken.snapshot.step
    qtbot.keyClick(taken, Qt.Key.Key_Space)  # and on again, the other way
    qtbot.waitUntil(lambda: taken.snapshot.step > at, timeout=WAIT)
    assert not taken.snapshot.backwards


def test_the_way_back_ends_at_the_start(taken, qtbot):
    taken.worker.set_speed(200)
    taken.transport.run_back.trigger()
    qtbot.waitUntil(lambda: taken.snapshot.step == 0 and not taken.snapshot.running, timeout=WAIT)
    assert not taken.transport.run_back.isEnabled()


def test_marks_loop_a_stretch(taken, qtbot):
    transport = taken.transport
    for key, step in ((Qt.Key.Key_A, 20), (Qt.Key.Key_B, 40)):
        taken.worker.seek(step)
        qtbot.waitUntil(lambda step=step: taken.snapshot.step == step, timeout=WAIT)
        rest(qtbot, taken)
        qtbot.keyClick(taken, key)
    assert transport.stretch == (20, 40)
    assert transport.loop.isChecked()
    taken.worker.set_speed(100)
    seen = []
    qtbot.keyClick(taken, Qt.Key.Key_Space)

    def went_round():
        seen.append(taken.snapshot.step)
        return any(b < a for a, b in pairwise(seen))

    qtbot.waitUntil(went_round, timeout=WAIT)
    assert min(seen) >= 20
    assert max(seen) <= 40
    qtbot.keyClick(taken, Qt.Key.Key_L)
    assert transport.stretch is None
    assert (transport.timeline.first, transport.timeline.last) == (None, None)
    qtbot.waitUntil(lambda: taken.snapshot.step > 45, timeout=WAIT)


def test_a_mark_behind_the_other_takes_its_place(taken):
    transport = taken.transport
    transport._set_marks(None, 30)
    transport.mark_first.trigger()  # at step 60
    assert (transport.timeline.first, transport.timeline.last) == (60, None)
    assert transport.stretch is None
    transport.loop.trigger()
    assert not transport.loop.isChecked(), "there is nothing behind the last step"
    transport.clear_marks()
    transport.loop.trigger()
    assert transport.stretch == (0, 60)


def test_ghost_lines_are_curves(taken):
    """They are painted as every other line: in pixels that are no lane's own path."""
    assert isinstance(taken.views["landscape"].ghosts, Curves)
    assert taken.views["landscape"].ghosts is not taken.views["landscape"].lines
