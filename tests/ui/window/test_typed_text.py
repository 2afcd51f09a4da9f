"""What is typed and not yet finished by Return counts as work, and stays with the experiment it was typed into."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.experiments import EXAMPLES, VALLEY, experiment
from tests.ui.gestures import drop, write
from workbench.experiment import files
from workbench.experiment.experiment import NetworkSetup
from workbench.ui.dialogs import files as dialogs

CONTROL = Qt.KeyboardModifier.ControlModifier
RACE = next(path for path in EXAMPLES if path.stem == "banana_race")
ALONE = next(path for path in EXAMPLES if path.stem == "first_descent")
NETWORK = next(path for path in EXAMPLES if path.stem == "spirals")


@pytest.fixture
def race(window):
    """The window with an example of many lanes."""
    assert window.open_file(RACE, example=True)
    return window


def type_in(qtbot, edit, text):
    """Write another text into a line and leave it so."""
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def rates(window):
    return [lane.hyperparameters.get("learning_rate") for lane in window.document.experiment.lanes]


def shows_its_lanes(window):
    """Whether each lane has its card, with its own rate in it."""
    cards, lanes = window.lanes_panel.cards, window.document.experiment.lanes
    return [(card.index, card.lane) for card in cards] == list(enumerate(lanes))


@pytest.mark.parametrize("place", [0, -1])
def test_a_rate_being_typed_does_not_go_into_the_next_file(race, qtbot, monkeypatch, place):
    """A file opened in the midst of typing is as it is in the file, and each of its lanes has a card."""
    monkeypatch.setattr(dialogs, "ask_open", lambda *_: ALONE)
    edit = race.lanes_panel.cards[place].rate.edit
    type_in(qtbot, edit, "0.0077")
    qtbot.keyClick(edit, Qt.Key.Key_O, CONTROL)
    assert race.document.experiment == files.read(ALONE)
    assert not race.document.is_modified
    assert shows_its_lanes(race)
    assert float(race.lanes_panel.cards[0].rate.edit.text()) == rates(race)[0]


def test_a_file_dropped_in_the_midst_of_typing_is_opened_as_it_is(race, qtbot):
    """Also a name that is being typed, and where the window is not the one in front."""
    card = race.lanes_panel.cards[0]
    card.unfold.click()
    type_in(qtbot, card.label, "Mine")
    assert drop(race, ALONE)
    assert race.document.experiment == files.read(ALONE)
    assert shows_its_lanes(race)
    card = race.lanes_panel.cards[0]
    card.unfold.setChecked(True)
    assert card.label.text() == files.read(ALONE).lanes[0].label


@pytest.mark.parametrize("text", ["0.25", "abc"])
def test_a_start_being_typed_does_not_go_into_a_network(race, qtbot, text):
    """The form of the old problem is put away without a word, whether its text was a number or none."""
    row = race.problem_panel.objective_form._rows[0]
    type_in(qtbot, row._fields[0].edit, text)
    assert race.open_file(NETWORK, example=True)
    assert race.document.experiment == files.read(NETWORK)
    assert not race.document.is_modified


def test_a_text_that_is_no_number_does_not_stay_in_the_next_file(race, qtbot):
    """The field shows the rate of the file, and nothing is marked as wrong."""
    edit = race.lanes_panel.cards[0].rate.edit
    type_in(qtbot, edit, "abc")
    assert race.open_file(RACE, example=True)
    assert float(edit.text()) == rates(race)[0]
    assert not edit.property("faulty")


@pytest.mark.parametrize("leave", ["open", "close"])
def test_what_is_being_typed_is_asked_after(race, qtbot, leave):
    """A rate typed without Return is work: another file and Quit ask, and Cancel keeps it."""
    race.files.asks_before_losing = True
    type_in(qtbot, race.lanes_panel.cards[0].rate.edit, "0.0077")
    asked = []

    def cancel():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.button(QMessageBox.StandardButton.Cancel).click()

    QTimer.singleShot(50, cancel)
    assert not (race.open_file(ALONE, example=True) if leave == "open" else race.close())
    assert len(asked) == 1
    assert rates(race)[0] == 0.0077


def test_what_is_being_typed_is_saved(race, qtbot, monkeypatch, tmp_path):
    """Ctrl+S in a number and in a name writes both; then there is nothing more to save."""
    path = tmp_path / "typed.toml"
    monkeypatch.setattr(dialogs, "ask_save", lambda *_: path)
    card = race.lanes_panel.cards[0]
    type_in(qtbot, card.rate.edit, "0.0077")
    qtbot.keyClick(card.rate.edit, Qt.Key.Key_S, CONTROL)
    assert files.read(path).lanes[0].hyperparameters["learning_rate"] == 0.0077
    card.unfold.click()
    type_in(qtbot, card.label, "Mine")
    qtbot.keyClick(card.label, Qt.Key.Key_S, CONTROL)
    assert files.read(path).lanes[0].label == "Mine"
    assert not race.isWindowModified()


def test_a_new_seed_comes_with_the_rate_being_typed(race, qtbot):
    """Ctrl+R runs what stands in the fields."""
    edit = race.lanes_panel.cards[0].rate.edit
    type_in(qtbot, edit, "0.0077")
    qtbot.keyClick(edit, Qt.Key.Key_R, CONTROL)
    assert rates(race)[0] == 0.0077


@pytest.mark.parametrize("command", ["run", "step", "reset"])
def test_a_race_is_run_with_the_rate_being_typed(race, qtbot, command):
    """Run, Step and Reset begin with what stands in the fields."""
    type_in(qtbot, race.lanes_panel.cards[0].rate.edit, "0.0077")
    getattr(race.transport, command).trigger()
    assert rates(race)[0] == 0.0077


def test_code_is_written_with_the_rate_being_typed(race, qtbot):
    """The script has the number that is seen in the field."""
    type_in(qtbot, race.lanes_panel.cards[0].rate.edit, "0.0077")
    race.menus.code.trigger()
    dialog = race.menus.code_dialog
    qtbot.waitUntil(lambda: "0.0077" in dialog.text.toPlainText(), timeout=5000)
    dialog.close()


def test_undo_in_the_midst_of_typing_takes_the_typed_number_back(race, qtbot):
    """Of a lane that was added: Undo takes back its rate, then the lane; Redo gives both again."""
    count = len(race.document.experiment.lanes)
    race.lanes_panel.add.click()
    added = race.document.experiment
    type_in(qtbot, race.lanes_panel.cards[-1].rate.edit, "0.3")
    race.menus.undo.trigger()
    assert race.document.experiment == added
    assert shows_its_lanes(race)
    race.menus.undo.trigger()
    assert len(race.document.experiment.lanes) == count
    assert shows_its_lanes(race)
    race.menus.redo.trigger()
    race.menus.redo.trigger()
    assert rates(race)[-1] == 0.3
    assert shows_its_lanes(race)


def test_a_lane_that_goes_away_while_its_rate_is_no_number_goes_alone(race, qtbot):
    """Undo of Add lane with a text that cannot be taken leaves the other lanes as they were."""
    before = race.document.experiment
    race.lanes_panel.add.click()
    type_in(qtbot, race.lanes_panel.cards[-1].rate.edit, "-")
    race.menus.undo.trigger()
    assert race.document.experiment == before
    assert shows_its_lanes(race)
    race.menus.redo.trigger()
    assert not race.lanes_panel.cards[-1].rate.edit.property("faulty")


@pytest.mark.parametrize("place", [0, 2])
def test_removing_a_lane_while_typing_in_it_removes_that_one(race, qtbot, place):
    """The lane goes, the others are as they were, and Undo brings it back with what was typed."""
    before = race.document.experiment.lanes
    card = race.lanes_panel.cards[place]
    type_in(qtbot, card.rate.edit, "0.3")
    card.remove.trigger()
    assert race.document.experiment.lanes == before[:place] + before[place + 1 :]
    assert shows_its_lanes(race)
    race.menus.undo.trigger()
    assert rates(race)[place] == 0.3


def test_a_copy_of_a_lane_has_the_rate_being_typed(race, qtbot):
    """Duplicate copies what is seen."""
    card = race.lanes_panel.cards[1]
    type_in(qtbot, card.rate.edit, "0.3")
    card.duplicate.trigger()
    assert rates(race)[1:3] == [0.3, 0.3]


def test_removing_a_layer_while_typing_in_it_removes_that_one(window, qtbot):
    """The cards of layers are put away as those of lanes are."""
    assert window.open_file(NETWORK, example=True)
    before = window.document.experiment
    layers = window.problem_panel.network_form.layers
    card = layers.cards[-1]
    type_in(qtbot, card.units.edit, "3")
    card.remove.trigger()
    assert window.document.experiment.problem.layers == before.problem.layers[:-1]
    window.menus.undo.trigger()
    assert window.document.experiment.problem.layers[-1].units == 3
    window.menus.undo.trigger()
    assert window.document.experiment == before


def test_the_other_kind_of_problem_comes_while_a_start_is_being_typed(race, qtbot):
    """Network is chosen, and Objective comes back with the start."""
    row = race.problem_panel.objective_form._rows[0]
    type_in(qtbot, row._fields[0].edit, "0.25")
    race.problem_panel.network_button.click()
    assert isinstance(race.document.experiment.problem, NetworkSetup)
    race.problem_panel.objective_button.click()
    assert race.document.experiment.problem.points[0][0] == 0.25


def test_undo_and_redo_reach_the_window_from_a_field(race, qtbot):
    """After Return the focus stays in the field; the keys of Undo and Redo are the window's again."""
    edit = race.lanes_panel.cards[0].rate.edit
    old = rates(race)[0]
    write(qtbot, edit, "0.004")
    assert edit.hasFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert rates(race)[0] == old
    assert float(edit.text()) == old
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert rates(race)[0] == 0.004


def test_undo_and_redo_reach_the_window_from_a_name(race, qtbot):
    """A name in which nothing is typed has nothing of its own to undo."""
    race.lanes_panel.add.click()
    count = len(race.document.experiment.lanes)
    card = race.lanes_panel.cards[0]
    card.unfold.click()
    card.label.setFocus()
    qtbot.keyClick(card.label, Qt.Key.Key_Z, CONTROL)
    assert len(race.document.experiment.lanes) == count - 1


def test_undo_is_the_fields_own_while_it_is_typed_into(race, qtbot):
    """It takes back what was typed and leaves the experiment alone."""
    race.lanes_panel.add.click()
    before = race.document.experiment
    edit = race.lanes_panel.cards[0].rate.edit
    shown = edit.text()
    type_in(qtbot, edit, "0.009")
    for _ in range(6):
        if edit.isModified():
            qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert edit.text() == shown
    assert race.document.experiment == before


def test_a_file_dropped_while_a_dialog_is_open_is_not_taken(window, tmp_path):
    """The dialog for columns stays the only one, and the experiment stays the one that it was opened for."""
    table, other = tmp_path / "table.csv", tmp_path / "other.toml"
    table.write_text("a,b,kind\n" + "".join(f"{i},{i * i},{'xy'[i % 2]}\n" for i in range(20)), encoding="utf-8")
    files.write(experiment(VALLEY, seed=77), other)
    assert drop(window, table)
    dialog = window.own_data.opening.dialog
    assert dialog.isVisible()
    assert not drop(window, table)
    assert not drop(window, other)
    assert window.own_data.opening.dialog is dialog
    assert window.document.experiment.seed == 1
    dialog.reject()
    assert drop(window, other)
    assert window.document.experiment.seed == 77
