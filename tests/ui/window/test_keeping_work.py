"""Work is not lost without a question, and files go where a person means them to."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from tests.experiments import EXAMPLES, NETWORK, VALLEY, experiment
from tests.ui.gestures import drag, drop
from workbench.experiment import files
from workbench.ui.dialogs import files as dialogs
from workbench.ui.window import recent

Button = QMessageBox.StandardButton


@pytest.fixture
def answers(monkeypatch):
    """Answers the next question by a button, and counts the questions."""
    asked = []

    def click():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.button(asked_for[-1]).click()

    asked_for = []

    def prepare(button):
        asked_for.append(button)
        QTimer.singleShot(50, click)

    prepare.asked = asked
    return prepare


def test_an_edited_example_is_not_lost_without_a_question(window, qtbot, answers):
    """Work without a file is asked after like any other: by another example, and by closing."""
    assert window.open_file(EXAMPLES[0], example=True)
    title = window.document.experiment.title
    window.files.asks_before_losing = True
    window.lanes_panel.cards[0].enabled.click()
    edited = window.document.experiment
    answers(Button.Cancel)
    assert not window.open_file(EXAMPLES[1], example=True)
    assert title in answers.asked[-1]
    assert window.document.experiment == edited
    answers(Button.Cancel)
    assert not window.close()
    answers(Button.Discard)
    assert window.open_file(EXAMPLES[1], example=True)
    assert len(answers.asked) == 3


def test_an_untouched_example_asks_nothing(window, qtbot):
    """What was only opened and run, or edited and undone, may go; a question here would block the test."""
    assert window.open_file(EXAMPLES[0], example=True)
    window.files.asks_before_losing = True
    window.lanes_panel.cards[0].enabled.click()
    window.menus.undo.trigger()
    assert window.files.may_lose_changes()
    assert window.open_file(EXAMPLES[1], example=True)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("adam_lr0.01", "adam_lr0.01.png"),
        ("adam_lr0.01", "adam_lr0.01.toml"),
        ("plain", "plain.csv"),
        ("done.PNG", "done.PNG"),
        ("v1.2.toml", "v1.2.toml"),
    ],
)
def test_a_name_with_a_dot_gets_its_ending(window, monkeypatch, tmp_path, name, written):
    """A number after a dot is no ending; one that is there is left alone."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))
    kind = written.rpartition(".")[2].lower()
    assert dialogs.ask_save(window, tmp_path / "proposed", kind) == tmp_path / written


def test_an_ending_that_is_added_does_not_overwrite_in_silence(window, monkeypatch, tmp_path, answers):
    """The dialog asks about the name as typed; the file with the ending is asked after here."""
    (tmp_path / "mine.png").touch()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    answers(Button.No)
    assert dialogs.ask_save(window, tmp_path / "proposed", "png") is None
    answers(Button.Yes)
    assert dialogs.ask_save(window, tmp_path / "proposed", "png") == tmp_path / "mine.png"


def test_recent_files_of_one_name_are_told_apart_by_their_folder(window, tmp_path):
    """A name that is there once stands alone."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        files.write(experiment(VALLEY), tmp_path / folder / "same.toml")
        assert window.open_file(tmp_path / folder / "same.toml")
    files.write(experiment(VALLEY), tmp_path / "other & more.toml")
    assert window.open_file(tmp_path / "other & more.toml")
    texts = [action.text() for action in window.menus.recent.actions()]
    assert texts[0] == "other && more.toml"
    assert [text.partition(" – ")[0] for text in texts[1:]] == ["same.toml", "same.toml"]
    assert texts[1].endswith("two")
    assert texts[2].endswith("one")
    assert recent.told_apart([Path.home() / "a" / "x.toml", Path("/b/x.toml")]) == ["x.toml – ~/a", "x.toml – /b"]


def test_a_dropped_experiment_is_opened_after_a_question(window, tmp_path, answers):
    """Dropping is opening: the edited experiment stays where the person says so."""
    path = tmp_path / "dropped.toml"
    files.write(experiment(VALLEY, seed=77), path)
    window.files.asks_before_losing = True
    window.lanes_panel.add.click()
    answers(Button.Cancel)
    assert drop(window, path)
    assert window.document.experiment.seed == 1
    answers(Button.Discard)
    assert drop(window, path)
    assert window.document.experiment.seed == 77
    assert window.document.path == path


def test_a_dropped_table_is_offered_as_data(window, tmp_path, qtbot):
    """The dialog for columns comes up with that table; a picture is not taken at all."""
    path = tmp_path / "table.csv"
    path.write_text("a,b,kind\n" + "".join(f"{i},{i * i},{'xy'[i % 2]}\n" for i in range(20)), encoding="utf-8")
    assert drop(window, path)
    dialog = window.own_data.opening.dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()
    assert not drop(window, tmp_path / "picture.png")


def test_points_of_one_class_are_work_that_is_asked_after(open_window, answers, tmp_path):
    """They are in no file: the title says that there is something to lose, and saving does not lose it silently."""
    path = tmp_path / "points.toml"
    other = tmp_path / "other.toml"
    files.write(experiment(VALLEY), other)
    given = experiment(NETWORK.replace('name = "moons"\nsamples = 100', 'name = "points"'))
    files.write(given, path)
    window = open_window(given, path)
    window.files.asks_before_losing = True
    view = window.views["fit"]
    view.paint.click()
    view.tools.clear.click()
    assert not window.isWindowModified()  # nothing is painted yet
    drag(view, (0.5, 0.5), (0.3, 0.5))
    assert window.isWindowModified()
    answers(Button.Cancel)
    assert not window.open_file(other)
    assert len(answers.asked) == 1
    answers(Button.Save)
    assert not window.open_file(other)
    assert "two classes" in window.message.text
    assert len(view._draft) > 0
    answers(Button.Discard)
    assert window.open_file(other)
    assert not window.isWindowModified()
    assert not window.menus.undo.isEnabled()
