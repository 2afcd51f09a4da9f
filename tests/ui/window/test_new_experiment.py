"""File > New, and the title and notes of what is made there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import choose, write
from workbench.experiment import files
from workbench.experiment.experiment import NetworkSetup, ObjectiveSetup, replace


@pytest.mark.parametrize("kind", ["objective", "network"])
def test_new_begins_with_two_lanes_in_no_file(window, qtbot, settled, kind):
    """On the kind of problem that was asked for, with nothing to undo or to save."""
    qtbot.keyClick(window.lanes_panel.cards[0].rate.edit, Qt.Key.Key_Up)
    action = window.menus.new_objective if kind == "objective" else window.menus.new_network
    action.trigger()
    made = window.document.experiment
    assert isinstance(made.problem, ObjectiveSetup if kind == "objective" else NetworkSetup)
    assert len(made.enabled_lanes) == 2
    assert (window.document.path, window.document.can_undo, window.document.is_modified) == (None, False, False)
    qtbot.waitUntil(lambda: window.snapshot.info.kind == kind)
    window.worker.step(5)
    settled(window, 5)
    assert (window.snapshot.diverged_at < 0).all()


def test_title_and_notes_are_edited_and_saved(window, qtbot, tmp_path):
    """A title typed and notes written in Markdown are in the file, and shown as they are read when it is opened."""
    form = window.problem_panel.notes
    write(qtbot, form.name, "My own study")
    form.write.click()
    for line in ("## Why", "", "It is **steep**."):
        qtbot.keyClicks(form.source, line)
        qtbot.keyClick(form.source, Qt.Key.Key_Return)
    assert window.menus.undo.text() == "&Undo: notes"
    path = tmp_path / "study.toml"
    assert window.files.write(path)
    read = files.read(path)
    assert (read.title, read.notes) == ("My own study", "## Why\n\nIt is **steep**.\n")
    window.menus.new_objective.trigger()
    assert form.name.text() == form.text.toPlainText() == ""
    assert not form.text.isVisible()
    window.open_file(path)
    assert form.name.text() == "My own study"
    assert form.text.isVisible()
    assert form.text.toPlainText().split("\n") == ["Why", "It is steep."]
    assert window.windowTitle().startswith("study.toml")


def test_long_notes_are_read_from_their_beginning_and_stay_where_one_writes(open_window):
    given = replace(experiment(VALLEY), notes="\n\n".join(f"Paragraph {i} of these notes." for i in range(40)))
    form = open_window(given).problem_panel.notes
    bar = form.text.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == 0
    form.write.click()
    bar.setValue(bar.maximum() // 2)
    form.source.insertPlainText("More. ")
    assert form.text.toPlainText().startswith("More.")
    assert bar.value() > 0


def test_notes_load_nothing_from_elsewhere(window, tmp_path):
    """A picture or a page that notes name is not fetched, and HTML in them is text."""
    picture = tmp_path / "p.png"
    picture.write_bytes(b"never read")
    form = window.problem_panel.notes
    form.change(notes=f"![p]({picture.as_uri()}) <b>bold</b>")
    assert form.text.loadResource(2, picture.as_uri()) is None
    assert "<b>bold</b>" in form.text.toPlainText()


def test_a_title_goes_with_the_objective_that_it_told_of(open_window, qtbot):
    """The window names what is there now; Undo brings objective and title back; a title of one's own stays."""
    given = replace(experiment(VALLEY), title="In the banana valley", notes="Bananas.")
    window = open_window(given)
    assert window.windowTitle().startswith("In the banana valley")
    objective = window.problem_panel.objective_form.objective
    choose(objective, "himmelblau")
    assert (window.document.experiment.title, window.document.experiment.notes) == ("", "")
    assert window.windowTitle().startswith("Untitled")
    assert window.problem_panel.notes.name.placeholderText().startswith("Himmelblau: ")
    window.menus.undo.trigger()
    assert window.document.experiment == given
    write(qtbot, window.problem_panel.notes.name, "Mine")
    choose(objective, "beale")
    assert window.document.experiment.title == "Mine"


def test_a_title_goes_with_its_data(open_window):
    """Of a network on other data."""
    window = open_window(replace(experiment(NETWORK), title="Moons"))
    choice = window.problem_panel.network_form.data.choice
    window.problem_panel.network_form.data._on_data_edited("rings")
    assert window.document.experiment.title == ""
    assert choice.currentText().lower() in window.problem_panel.notes.name.placeholderText().lower()


def test_a_longer_text_than_a_file_holds_is_not_taken(window):
    """Notes are bounded, in the window as in the file."""
    form = window.problem_panel.notes
    form.source.setPlainText("x" * 20_000)
    QTest.keyClicks(form.source, "yz")
    assert len(window.document.experiment.notes) == 20_000
