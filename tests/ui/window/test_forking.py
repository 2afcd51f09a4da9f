"""Forks in the real window: by key, by card, by a point of a picture; undone, saved, and what goes with them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.experiments import NETWORK, VALLEY, experiment
from tests.live.races import engine_snapshot, same_bits
from tests.ui.conftest import rest
from tests.ui.gestures import undone
from workbench.experiment import build, files
from workbench.experiment.experiment import Origin, replace

WAIT = 20_000


@pytest.fixture
def at(open_window, qtbot):
    """Opens a window on an experiment, after so many steps, of which it stands at another one."""

    def make(text, recorded, step):
        window = open_window(experiment(text))
        for wanted in (recorded, step):
            window.worker.seek(wanted)
            qtbot.waitUntil(lambda wanted=wanted: window.snapshot.step == wanted, timeout=WAIT)
        rest(qtbot, window)
        return window

    return make


def shown(qtbot, window, lanes, step):
    """The snapshot of a race of so many lanes at a step, at rest."""
    qtbot.waitUntil(lambda: len(window.snapshot.info.lanes) == lanes and window.snapshot.step == step, timeout=WAIT)
    rest(qtbot, window)
    return window.snapshot


def straight(given, step):
    race = build.make_race(given)
    race.advance(step)
    return engine_snapshot(race, given)


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_ctrl_k_forks_the_picked_lane_where_it_stands(at, qtbot, text):
    window = at(text, 50, 30)
    before = window.document.experiment
    window.picked.pick(1)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    last = len(before.lanes)
    shown(qtbot, window, last + 1, 30)
    after = window.document.experiment
    assert after.lanes[last].origin == Origin(lane=1, step=30)
    assert after.lanes[last].hyperparameters == before.lanes[1].hyperparameters
    assert window.picked.index == last
    card = window.lanes_panel.cards[last]
    assert card.unfold.isChecked()
    assert card.origin.text() == "begins at step 30 of " + before_name(before)
    qtbot.waitUntil(lambda: "goes on from step 30" in window.status.text(), timeout=WAIT)
    card.rate.edited.emit(0.02)
    window.worker.seek(60)
    found = shown(qtbot, window, last + 1, 60)
    assert same_bits(found, straight(window.document.experiment, 60))
    again = files.loads(files.dumps(window.document.experiment))
    assert same_bits(found, straight(again, 60))


def before_name(given):
    return build.lane_infos(given)[1].label


def test_of_no_picked_lane_the_first_is_forked_and_one_undo_takes_it_back(at, qtbot):
    window = at(VALLEY, 20, 20)
    before = window.document.experiment
    window.menus.fork.trigger()
    shown(qtbot, window, 3, 20)
    assert window.document.experiment.lanes[2].origin == Origin(lane=0, step=20)
    assert window.menus.undo.text() == "&Undo: fork Adam from 20"
    undone(window, before)
    found = shown(qtbot, window, 2, 20)
    assert same_bits(found, straight(before, 20))


def test_the_menu_of_a_card_forks_its_lane(at, qtbot):
    window = at(VALLEY, 12, 12)
    window.lanes_panel.cards[1].menu.fork.trigger()
    shown(qtbot, window, 3, 12)
    assert window.document.experiment.lanes[2].origin == Origin(lane=1, step=12)


def test_another_optimizer_for_the_fork_keeps_the_record_of_the_others(at, qtbot):
    window = at(VALLEY, 40, 40)
    window.menus.fork.trigger()
    shown(qtbot, window, 3, 40)
    window.lanes_panel.cards[2].optimizer.edited.emit("rmsprop")
    qtbot.waitUntil(lambda: window.snapshot.info.lanes[2].optimizer == "rmsprop", timeout=WAIT)
    shown(qtbot, window, 3, 40)
    assert window.snapshot.recorded == 40
    window.worker.seek(55)
    assert same_bits(shown(qtbot, window, 3, 55), straight(window.document.experiment, 55))


def point_of(view, point):
    return view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(*point)))


def double_click(view, point):
    """As a person does it: a click, and then another one that comes as a double one."""
    at, viewport = point_of(view, point), view.plot.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at)


def test_a_double_click_on_a_path_goes_to_its_step_and_its_menu_forks_there(at, qtbot):
    window = at(VALLEY, 60, 60)
    view = window.views["landscape"]
    qtbot.waitUntil(lambda: view.has_what_it_demands(window.snapshot), timeout=WAIT)
    path = window.snapshot.history.values["path"]
    run, step = view.moments._find(*path[25, 0].tolist())
    assert run == 0
    assert abs(step - 25) <= 1
    double_click(view, path[25, 0])
    qtbot.waitUntil(lambda: window.snapshot.step != 60, timeout=WAIT)
    assert abs(window.snapshot.step - 25) <= 6, "a step of the path is about a pixel"
    assert window.document.experiment.problem.start == (-1.2, 1.0), "no start was moved"
    view.moments.show_menu(0, 25)
    texts = [action.text() for action in view.moments.menu.actions()]
    assert texts == ["Go to step 25", "Fork Adam at step 25", "Pick Adam"]
    view.moments.menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: len(window.document.experiment.lanes) == 3, timeout=WAIT)
    assert window.document.experiment.lanes[2].origin == Origin(lane=0, step=25)
    view.moments.menu.close()


def test_a_double_click_on_the_loss_goes_to_the_step_under_it(at, qtbot):
    window = at(VALLEY, 60, 60)
    view = window.views["loss"]
    qtbot.waitUntil(lambda: view.snapshot is window.snapshot and len(view.drawing.lines) > 0, timeout=WAIT)
    middle = sum(view.plot.box.viewRange()[1]) / 2
    double_click(view, (20.0, middle))
    qtbot.waitUntil(lambda: window.snapshot.step != 60, timeout=WAIT)
    assert abs(window.snapshot.step - 20) <= 2


def test_what_cannot_be_forked_is_said(at, qtbot):
    window = at(VALLEY, 20, 20)
    window.menus.fork.trigger()
    shown(qtbot, window, 3, 20)
    window.worker.seek(10)
    shown(qtbot, window, 3, 10)
    before = window.document.experiment
    window.forking.fork(2)
    assert window.status.text() == "Adam from 20 begins at step 20: it can be forked from there on."
    window.forking.fork(0, 5)
    shown(qtbot, window, 4, 10)
    assert window.document.experiment != before


def test_that_a_file_holds_no_changes_on_the_way_is_said(at, qtbot):
    window = at(VALLEY, 20, 20)
    window.lanes_panel.cards[0].rate.edited.emit(0.05)
    window.worker.seek(30)
    qtbot.waitUntil(lambda: window.snapshot.step == 30 and len(window.snapshot.changes) == 1, timeout=WAIT)
    window.menus.fork.trigger()
    said = "A file does not hold that Adam was changed at step 20"
    qtbot.waitUntil(lambda: said in window.status.text(), timeout=WAIT)


@pytest.fixture
def family(at, qtbot):
    """A window with two lanes, a fork of the first and one of that."""
    window = at(VALLEY, 30, 30)
    window.forking.fork(0, 10)
    shown(qtbot, window, 3, 30)
    window.forking.fork(2, 20)
    shown(qtbot, window, 4, 30)
    return window


def origins(window):
    lanes = window.document.experiment.lanes
    return [(lane.label or lane.optimizer, None if lane.origin is None else lane.origin.lane) for lane in lanes]


def test_a_lane_is_removed_with_its_forks_and_comes_back_with_them(family, qtbot):
    before = family.document.experiment
    family.lanes_panel.cards[2].menu.remove.trigger()
    assert origins(family) == [("adam", None), ("momentum", None)]
    family.menus.undo.trigger()
    assert family.document.experiment == before
    family.lanes_panel.cards[0].menu.remove.trigger()
    assert origins(family) == [("momentum", None)]
    assert [card.lane.optimizer for card in family.lanes_panel.cards] == ["momentum"]
    family.menus.undo.trigger()
    assert family.document.experiment == before
    assert [card.lane for card in family.lanes_panel.cards] == list(before.lanes)


def test_forks_follow_their_parent_into_another_place(family, qtbot):
    family.lanes_panel.cards[0].menu.down.trigger()
    assert origins(family) == [
        ("momentum", None), ("adam", None), ("Adam from 10", 1), ("Adam from 10 from 20", 2),
    ]  # fmt: skip
    shown(qtbot, family, 4, 30)
    assert same_bits(family.snapshot, straight(family.document.experiment, 30))
    family.lanes_panel.cards[0].menu.duplicate.trigger()
    assert [origin for _, origin in origins(family)] == [None, None, None, 2, 3]


def test_forks_take_part_with_their_parent(family, qtbot):
    def enabled():
        return [lane.enabled for lane in family.document.experiment.lanes]

    family.lanes_panel.cards[0].enabled.click()
    assert enabled() == [False, True, False, False]
    family.lanes_panel.cards[3].enabled.click()
    assert enabled() == [True, True, True, True]
    family.lanes_panel.cards[3].menu.solo.trigger()
    assert enabled() == [True, False, True, True]
    assert not family.lanes_panel.cards[0].enabled.isEnabled(), "without it nobody would be left"
    family.lanes_panel.cards[2].menu.remove_others.trigger()
    assert origins(family) == [("adam", None), ("Adam from 10", 0)]


def test_a_step_that_a_fork_needs_is_not_cut_off(family, qtbot):
    family.edits.take(replace(family.document.experiment, steps=15), "")
    assert "`lanes[3].from.step` must be at most the experiment's `steps`, 15, got 20" in family.message.text
    assert family.document.experiment.steps is None


def test_before_it_begins_every_view_says_or_leaves_it_out(family, qtbot):
    family.worker.seek(5)
    qtbot.waitUntil(lambda: family.snapshot.step == 5, timeout=WAIT)
    rest(qtbot, family)
    race = family.views["race"]
    qtbot.waitUntil(lambda: race.model.rows[2][3] == "from step 10", timeout=WAIT)
    assert race.model.rows[2][1] == "–"
    step = family.views["step"]
    family.picked.pick(2)
    assert "begins at step 10, as a fork of Adam" in step.empty_word(family.snapshot)
    assert np.isnan(family.snapshot.theta[2]).all()
    family.worker.seek(10)
    qtbot.waitUntil(lambda: family.snapshot.step == 10, timeout=WAIT)
    assert np.isfinite(family.snapshot.theta[2]).all()
