"""Lanes as a whole: solo, removal of the others, and other orders, by drag, by keys and by what they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from tests.experiments import VALLEY, example, experiment
from tests.ui.gestures import undone
from workbench.experiment import build
from workbench.experiment.experiment import Lane, replace

RATES = {"beta": 3e-4, "Alpha": 1e-4, "delta": 4e-4, "gamma": 2e-4}
NAMES = list(RATES)


@pytest.fixture
def four(open_window):
    """Four lanes of gradient descent with names and rates in no order."""
    lanes = tuple(Lane(optimizer="sgd", label=n, hyperparameters={"learning_rate": r}) for n, r in RATES.items())
    given = experiment(VALLEY)
    given = replace(given, lanes=lanes, problem=replace(given.problem, noise=0.0))
    window = open_window(given, size=(1280, 1000))
    window.before = given
    return window


def names(window):
    """The lanes, as the experiment has them and as the cards show them from top to bottom."""
    found = [lane.label for lane in window.document.experiment.lanes]
    cards = window.lanes_panel.cards
    assert [card.lane.label for card in cards] == found
    assert [card.index for card in cards] == list(range(len(cards)))
    QApplication.processEvents()
    window.lanes_panel.layout().activate()
    heights = [card.mapTo(window, QPoint(0, 0)).y() for card in cards]
    assert heights == sorted(heights)
    return found


def colors(window):
    return {info.label: info.color for info in build.lane_infos(window.document.experiment)}


def test_a_lane_is_dragged_to_another_place(four, qtbot):
    """It passes the others with the mouse, stays where it is let go, keeps its colour, and one Undo puts it back."""
    before = colors(four)
    cards = list(four.lanes_panel.cards)
    grip = cards[0].grip
    start = grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=start)
    for card in cards[1:3]:
        QTest.mouseMove(grip, grip.mapFromGlobal(card.mapToGlobal(card.rect().center() + QPoint(0, 8))))
        QApplication.processEvents()
    assert four.document.experiment == four.before, "nothing is edited while it is dragged"
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=grip.rect().center())
    QApplication.processEvents()
    assert names(four) == ["Alpha", "delta", "beta", "gamma"]
    assert colors(four) == before
    assert four.menus.undo.text() == "&Undo: order of the lanes"
    qtbot.waitUntil(lambda: four.snapshot.info.lanes[0].label == "Alpha")
    undone(four, four.before)
    assert names(four) == NAMES


def test_a_click_on_the_grip_moves_nothing(four):
    """Nor does a hand that trembles."""
    grip = four.lanes_panel.cards[1].grip
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=QPoint(5, 9))
    QTest.mouseMove(grip, QPoint(6, 10))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=QPoint(6, 10))
    assert four.document.experiment == four.before


def test_a_lane_is_moved_by_keys(four):
    """Alt with an arrow, again and again: the keys stay with the lane, and stop at the ends."""
    cards = four.lanes_panel.cards
    cards[0].unfold.setFocus()
    for expected in (["Alpha", "beta", "delta", "gamma"], ["Alpha", "delta", "beta", "gamma"]):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        QApplication.processEvents()
        assert names(four) == expected
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(four) == NAMES


def test_an_unfolded_card_goes_with_its_lane(four):
    """It stays unfolded, at its new place."""
    four.lanes_panel.cards[0].unfold.setChecked(True)
    four.lanes_panel.cards[0].menu.down.trigger()
    assert [card.unfold.isChecked() for card in four.lanes_panel.cards] == [False, True, False, False]
    assert names(four)[1] == "beta"


def test_lanes_are_sorted(four, settled):
    """By name, whatever its case, by rate, and by the loss of now: on the banana more rate is less loss here."""
    before = colors(four)
    panel = four.lanes_panel
    panel.by_name.trigger()
    assert names(four) == ["Alpha", "beta", "delta", "gamma"]
    panel.by_rate.trigger()
    assert names(four) == ["Alpha", "gamma", "beta", "delta"]
    panel.by_name.trigger()
    four.worker.seek(30)
    settled(four, 30)
    losses = dict(zip([lane.label for lane in four.snapshot.info.lanes], four.snapshot.loss, strict=True))
    panel.by_loss.trigger()
    shown = [losses[name] for name in names(four)]
    assert shown == sorted(shown)
    assert colors(four) == before


def test_solo_lets_one_lane_race(four, qtbot):
    """The others stay in the experiment, and all take part again at a word."""
    four.lanes_panel.cards[2].menu.solo.trigger()
    assert [lane.enabled for lane in four.document.experiment.lanes] == [False, False, True, False]
    qtbot.waitUntil(lambda: [lane.label for lane in four.snapshot.info.lanes] == ["delta"])
    assert four.menus.undo.text() == "&Undo: lanes that take part"
    four.lanes_panel.cards[2].menu.all.trigger()
    assert four.document.experiment == four.before


def test_the_others_are_removed(four):
    """One lane is left, with its colour and its card; one Undo brings the others back."""
    color = colors(four)["delta"]
    four.lanes_panel.cards[2].unfold.setChecked(True)
    four.lanes_panel.cards[2].menu.remove_others.trigger()
    assert names(four) == ["delta"]
    assert colors(four) == {"delta": color}
    assert four.lanes_panel.cards[0].unfold.isChecked()
    assert four.menus.undo.text() == "&Undo: removed lanes"
    undone(four, four.before)
    assert names(four) == NAMES


def test_add_lane_is_always_in_sight(open_window):
    """Above the lanes, however many there are and however far they are scrolled."""
    lanes = tuple(Lane(optimizer="sgd") for _ in range(20))
    window = open_window(replace(experiment(VALLEY), lanes=lanes))
    area = window.docks["lanes"].findChild(QScrollArea)
    for place in (0, area.verticalScrollBar().maximum()):
        area.verticalScrollBar().setValue(place)
        add = window.lanes_panel.add
        assert add.isVisible()
        assert window.rect().contains(add.mapTo(window, add.rect().center()))
        assert window.childAt(add.mapTo(window, add.rect().center())) is add


def test_an_open_card_leads_with_the_rule(four):
    """Then what matters; what is seldom set is folded, and fields stand in one column."""
    card = four.lanes_panel.cards[0]
    card._on_optimizer_edited("adam")
    card = four.lanes_panel.cards[0]
    card.unfold.setChecked(True)
    QApplication.processEvents()
    rest = card.rest
    fields = rest.form.fields

    def high(widget):
        return widget.mapTo(card, QPoint(0, 0)).y()

    assert rest.formula.text()
    assert high(rest.formula) < high(fields["beta1"]) < high(rest.decay.amount) < high(rest.schedule) < high(rest.label)
    assert fields["beta1"].isVisible()
    for name in ("epsilon", "amsgrad"):
        assert not fields[name].isVisible()
    assert not rest.convention.isVisible()
    rest.more.click()
    QApplication.processEvents()
    assert fields["epsilon"].isVisible()
    assert rest.convention.isVisible()
    shown = (fields["beta1"].edit, rest.decay.amount.edit, fields["epsilon"].edit, rest.draw.edit)
    rights = [edit.mapTo(card, QPoint(edit.width(), 0)).x() for edit in shown]
    assert len(set(rights)) == 1


def test_folded_cards_tell_lanes_of_one_optimizer_apart_by_their_names(open_window):
    """The file names its typed rules; a lane without a name of its own has none, nor one whose field is to be seen."""
    given = example("adams_first_step")
    rules = [lane for lane in given.lanes if lane.optimizer == "rule"]
    assert len(rules) > 1, "they are alike but for their names"
    cards = open_window(given, size=(1280, 800)).lanes_panel.cards
    for card, lane in zip(cards, given.lanes, strict=True):
        if lane.label:
            assert card.name.isVisible()
            assert card.name.text() == lane.label
            assert card.name.shown() == lane.label or card.name.toolTip() == lane.label
    cards[0].unfold.click()
    assert not cards[0].name.isVisible()
    nameless = open_window(experiment(VALLEY)).lanes_panel.cards
    assert not any(card.name.isVisible() for card in nameless)
