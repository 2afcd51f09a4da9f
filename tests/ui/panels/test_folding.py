"""Cards: what is folded is not made until it is asked for, and is up to date when it is."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from tests.experiments import NETWORK, experiment
from workbench.experiment.experiment import replace


@pytest.fixture
def cards(window):
    window.before = window.document.experiment
    return window.lanes_panel.cards


def test_a_folded_card_makes_none_of_its_rest(window, cards):
    """Opening an experiment of many lanes shall not make fields that nobody sees."""
    folded = len(cards[0].findChildren(QWidget))
    cards[0].unfold.setChecked(True)
    assert len(cards[0].findChildren(QWidget)) > 2 * folded
    assert len(cards[1].findChildren(QWidget)) == folded


def test_what_was_edited_while_it_was_folded_is_shown(window, cards):
    """Unfolded, folded, edited by an undo or another panel, and unfolded again."""
    cards[0].unfold.setChecked(True)
    cards[0].unfold.setChecked(False)
    lane = replace(window.before.lanes[0], hyperparameters={"beta1": 0.5}, label="Mine", convention="keras")
    window.document.replace(replace(window.before, lanes=(lane, window.before.lanes[1])))
    cards[0].unfold.setChecked(True)
    assert cards[0]._form.fields["beta1"].edit.text() == "0.5"
    assert cards[0].label.text() == "Mine"
    assert cards[0].convention.currentData() == "keras"


def test_tab_goes_through_what_was_unfolded(window, cards, qtbot):
    """From the button that unfolds it on, in the order in which it stands there, and then to the next card."""
    cards[0].unfold.setChecked(True)
    name = cards[0].label
    qtbot.waitUntil(lambda: not window.focus.waits)
    reached, widget = [], cards[0].unfold
    while widget is not cards[1].enabled:
        widget = widget.nextInFocusChain()
        reached.append(widget)
        assert len(reached) < 1000
    assert name in reached
    assert cards[0]._form.fields["beta1"].edit in reached
    assert reached.index(cards[0]._form.fields["beta1"].edit) < reached.index(name)


def test_unfolded_lanes_stay_so_when_others_come_and_go(window, cards):
    """A lane above is duplicated and removed: the same lane is unfolded, under the same settings."""
    cards[1].unfold.setChecked(True)
    cards[0].duplicate.trigger()
    assert [card.unfold.isChecked() for card in window.lanes_panel.cards] == [False, False, True]
    assert window.lanes_panel.cards[2].optimizer.currentData() == "momentum"
    window.lanes_panel.cards[0].remove.trigger()
    assert [card.unfold.isChecked() for card in window.lanes_panel.cards] == [False, True]
    assert "momentum" in window.lanes_panel.cards[1]._form.fields


def test_only_the_card_that_comes_or_goes_is_touched(window, cards):
    """A lane is taken out of the middle and put back by an undo: the others keep their cards and the fields in them."""
    for _ in range(3):
        window.lanes_panel.add.click()
    before = list(window.lanes_panel.cards)
    fields = [card.rate for card in before]
    before[1].remove.trigger()
    assert window.lanes_panel.cards == [before[0], *before[2:]]
    window.document.undo()
    assert window.lanes_panel.cards == before
    assert [card.rate for card in before] == fields
    boxes = [card.geometry().top() for card in window.lanes_panel.cards]
    assert boxes == sorted(boxes)
    before[4].enabled.click()  # a card knows the place of its lane again
    assert [lane.enabled for lane in window.document.experiment.lanes] == [True] * 4 + [False]


def test_of_equal_lanes_the_one_meant_goes(window, cards):
    """Two lanes that are the same: the first is removed, and the second one's card stays unfolded."""
    lanes = window.before.lanes
    window.document.replace(replace(window.before, lanes=(lanes[0], lanes[0], lanes[1])))
    second = window.lanes_panel.cards[1]
    second.unfold.setChecked(True)
    window.lanes_panel.cards[0].remove.trigger()
    assert window.lanes_panel.cards[0] is second
    assert second.unfold.isChecked()


def test_cards_of_lanes_that_are_gone_serve_again_and_are_not_seen(window, cards):
    """Three lanes, two and three: the third card is the one there was, hidden meanwhile."""
    window.lanes_panel.add.click()
    third = window.lanes_panel.cards[2]
    third.unfold.setChecked(True)
    window.document.undo()
    assert third.isHidden()
    assert len(window.lanes_panel.cards) == 2
    window.document.redo()
    assert window.lanes_panel.cards[2] is third
    assert third.isVisible()
    assert not third.unfold.isChecked()


def test_a_layers_settings_are_made_when_they_are_unfolded(open_window, qtbot):
    """The layer's card is small until then; what it shows is the layer, and Tab reaches it."""
    window = open_window(experiment(NETWORK))
    layers = window.problem_panel.network_form.layers
    (card,) = layers.cards
    folded = len(card.findChildren(QWidget))
    (layer,) = window.document.experiment.problem.layers
    layers.edit(layers=(replace(layer, dropout=0.25, batch_norm=True),))
    assert len(card.findChildren(QWidget)) == folded
    card.unfold.click()
    assert card.more.isVisible()
    assert card.more.dropout.edit.text() == "0.25"
    assert card.more.batch_norm.isChecked()
    qtbot.waitUntil(lambda: not window.focus.waits)
    reached, widget = [], card.unfold
    while widget is not layers.add:
        widget = widget.nextInFocusChain()
        reached.append(widget)
        assert len(reached) < 1000
    assert card.more.dropout.edit in reached


def test_cards_of_layers_that_are_gone_serve_again(open_window):
    """Another layer, without it and with it again: its card is the one there was, folded."""
    window = open_window(experiment(NETWORK))
    layers = window.problem_panel.network_form.layers
    layers.add.click()
    second = layers.cards[1]
    second.unfold.click()
    window.document.undo()
    assert second.isHidden()
    assert len(layers.cards) == 1
    window.document.redo()
    assert layers.cards[1] is second
    assert second.isVisible()
    assert not second.unfold.isChecked()
