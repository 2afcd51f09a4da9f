"""A rule typed in the real window: judged as it is typed, its free names sliders, begun from any built-in rule."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.experiments import BOWL, experiment
from tests.ui.gestures import choose, undone
from workbench.engine.optimizers import optimizers
from workbench.ui.forms.fields import NumberField
from workbench.ui.forms.line_edit import commit_edits
from workbench.ui.forms.lines_field import LinesField

RULE = BOWL.replace('optimizer = "sgd"', 'optimizer = "rule"').replace(
    "learning_rate = 2.5", 'learning_rate = 0.1\n"β1" = 0.5\ntext = "m = β1 m + g\\nx = x − η m"'
)


@pytest.fixture
def card(open_window):
    window = open_window(experiment(RULE))
    found = window.lanes_panel.cards[1]
    found.unfold.setChecked(True)
    return found


def lines(card) -> LinesField:
    return card.rest.lines.field


def type_in(card, text: str) -> None:
    """Put the cursor at the end and type."""
    edit = lines(card).edit
    edit.setFocus()
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    for character in text:
        event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
        QApplication.sendEvent(edit, event)


def test_the_lines_of_a_file_are_shown_with_a_slider_for_each_free_name(card):
    assert lines(card).edit.toPlainText() == "m = β1 m + g\nx = x − η m"
    assert set(card._form.fields) == {"beta1"}
    field = card._form.fields["beta1"]
    assert isinstance(field, NumberField)
    assert field.slider is not None
    assert float(field.edit.text()) == 0.5
    assert not lines(card).fault


def test_a_fault_is_said_and_underlined_where_it_is_and_the_race_goes_on_with_the_last_rule(card):
    window = card.window()
    type_in(card, " / (γ")
    assert lines(card).fault == 'has a fault in line 2, column 15: a ")" is missing for this "("'
    (mark,) = lines(card).edit.extraSelections()
    assert mark.cursor.selectionStart() >= lines(card).edit.toPlainText().index("(")
    assert window.document.experiment.lanes[1].hyperparameters["text"].rstrip() == "m = β1 m + g\nx = x − η m"
    type_in(card, ")")
    assert not lines(card).fault
    assert not lines(card).edit.extraSelections()
    assert window.document.experiment.lanes[1].hyperparameters["text"].endswith("/ (γ)")
    assert set(card._form.fields) == {"beta1", "gamma"}
    assert window.document.experiment.lanes[1].hyperparameters["beta1"] == 0.5


def test_a_slider_of_a_name_in_another_spelling_takes_its_place(card, qtbot):
    """The file said β1: what the slider sets stands in its place, and the race goes on."""
    window = card.window()
    generation = window.snapshot.generation
    card._form.edited.emit("beta1", 0.75)
    given = dict(window.document.experiment.lanes[1].hyperparameters)
    assert given["beta1"] == 0.75
    assert "β1" not in given
    assert float(card._form.fields["beta1"].edit.text()) == 0.75
    qtbot.wait(50)
    assert window.snapshot.generation == generation


def test_any_rule_with_lines_can_be_edited_from_where_it_is(card, qtbot):
    """Momentum becomes its lines, with its settings, and takes the same first steps; undo takes it back."""
    window = card.window()
    first, before = window.lanes_panel.cards[0], window.document.experiment
    assert first.menu.typing.isEnabled()
    assert not card.menu.typing.isEnabled()
    first.menu.typing.trigger()
    lane = window.document.experiment.lanes[0]
    assert lane.optimizer == "rule"
    assert lane.hyperparameters["text"] == "v = μ v + g\nx = x − η v\n"
    assert (lane.hyperparameters["mu"], lane.hyperparameters["learning_rate"]) == (0.9, 0.01)
    assert lane.label == "Momentum typed"
    qtbot.waitUntil(lambda: window.snapshot.info.lanes[0].optimizer == "rule")
    undone(window, before)


def test_a_new_rule_begins_with_adam_and_one_that_has_stages_cannot_be_typed(card, qtbot):
    window = card.window()
    first = window.lanes_panel.cards[0]
    choose(first.optimizer, "muon")
    assert not first.menu.typing.isEnabled()
    choose(first.optimizer, "rule")
    first.unfold.setChecked(True)
    assert lines(first).edit.toPlainText() == optimizers.get("rule").params[1].default
    assert set(first._form.fields) == {"beta1", "beta2", "epsilon"}
    qtbot.waitUntil(lambda: window.snapshot.info.lanes[0].optimizer == "rule")
    assert np.isfinite(window.snapshot.theta).all()


def test_a_text_of_any_length_that_is_pasted_is_refused_in_a_sentence(card):
    QApplication.clipboard().setText("(\n" * 50_000)
    lines(card).edit.setFocus()
    lines(card).edit.paste()
    assert "longer than 4000 characters" in lines(card).fault
    assert card.window().document.experiment == experiment(RULE)


def test_a_card_leads_with_the_lines_that_its_settings_make(card):
    """By its convention and its options; a rule that has stages keeps its formula."""
    first = card.window().lanes_panel.cards[0]
    first.unfold.setChecked(True)
    assert first.rest.formula.text() == "v = μ v + g\nx = x − η v"
    assert card.rest.formula.isHidden()  # its lines stand there to be typed
    first._form.edited.emit("dampening", 0.5)
    assert first.rest.formula.text().startswith("s = where(t > 1 and μ > 0, 1 − d, 1)\nv = μ v + s g")
    choose(first.optimizer, "muon")
    assert first.rest.formula.text() == optimizers.get("muon").formula


def test_keys_are_letters_while_lines_are_typed_and_undo_is_the_windows_again_afterwards(card, qtbot):
    """Space and arrows belong to the text; once another part is edited, undo takes the lines back as one edit."""
    window, edit = card.window(), lines(card).edit
    before = window.document.experiment
    edit.setFocus()
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    qtbot.keyClick(edit, Qt.Key.Key_Space)
    qtbot.keyClicks(edit, "/ 2")
    qtbot.keyClick(edit, Qt.Key.Key_Left)
    assert edit.toPlainText().endswith("x − η m / 2")
    assert window.snapshot.step == 0
    commit_edits(window)
    undone(window, before)
    assert edit.toPlainText() == "m = β1 m + g\nx = x − η m"
