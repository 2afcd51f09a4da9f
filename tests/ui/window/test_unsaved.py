"""Unsaved work is offered at the next start, and a file that somebody else has changed is asked about."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from tests.experiments import BOWL, VALLEY, experiment
from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.live.drafts import Claim, Draft, left_behind
from workbench.ui.window.unsaved import drafts_folder


def leave(folder, name, edited, path=""):
    """A draft as a program leaves it that was killed."""
    folder.mkdir(exist_ok=True)
    claim = Claim(folder / f"{name}.draft")
    claim.write(Draft(path=str(path), digest=files.digest(path) if path else "", experiment=edited))
    claim.release()


def left(folder):
    """The experiments that the next window would be offered."""
    found = left_behind(folder)
    for claim, _ in found:
        claim.release()
    return [draft.experiment for _, draft in found]


@pytest.fixture
def answer(monkeypatch):
    """Answers the next questions with the buttons of these words, and gives the questions asked."""
    asked = []

    def answers(*words):
        rest = list(words)

        def execute(box):
            asked.append(box.text())
            word = rest.pop(0)
            button = next(button for button in box.buttons() if word in button.text())
            button.click()
            return box.standardButton(button)

        monkeypatch.setattr(QMessageBox, "exec", execute)
        return asked

    return answers


def test_a_draft_is_offered_and_restored_as_changes_to_its_file(open_window, qtbot, tmp_path):
    """The window is up and at work before; undo leads to what the file holds."""
    file = tmp_path / "valley.toml"
    files.write(experiment(VALLEY), file)
    edited = replace(experiment(VALLEY), seed=77, title="edited")
    leave(tmp_path / "drafts", "one", edited, file)
    window = open_window(experiment(BOWL))
    window.unsaved.begin(tmp_path / "drafts")
    assert "valley.toml" in window.offer.text
    assert window.document.experiment == experiment(BOWL)
    qtbot.mouseClick(window.offer.take, Qt.MouseButton.LeftButton)
    assert window.document.experiment == edited
    assert window.document.path == file
    assert window.document.is_modified
    assert window.offer.text == ""
    window.document.undo()
    assert window.document.experiment == files.read(file)
    window.document.redo()
    window.unsaved.leave()
    assert left(tmp_path / "drafts") == [edited], "kept again at once"


def test_several_are_offered_one_after_the_other_and_can_be_discarded(open_window, qtbot, tmp_path, answer):
    """One that its file has meanwhile is not offered; what was discarded is gone, what got no answer stays."""
    folder, file = tmp_path / "drafts", tmp_path / "saved.toml"
    for seed in (1, 2, 3):
        leave(folder, seed, replace(experiment(VALLEY), seed=seed, title=f"number {seed}"))
        os.utime(folder / f"{seed}.draft", (seed, seed))
    files.write(replace(experiment(VALLEY), seed=4), file)
    leave(folder, 4, files.read(file), file)
    window = open_window(experiment(VALLEY))
    window.unsaved.begin(folder)
    assert "number 3" in window.offer.text
    qtbot.mouseClick(window.offer.refuse, Qt.MouseButton.LeftButton)
    assert "number 2" in window.offer.text
    qtbot.mouseClick(window.offer.take, Qt.MouseButton.LeftButton)
    assert window.document.experiment.title == "number 2"
    assert "number 1" in window.offer.text
    window.close()
    assert sorted(path.name for path in folder.glob("*.draft")) == ["1.draft"]
    again = open_window(experiment(VALLEY))
    again.unsaved.begin(folder)
    assert "number 1" in again.offer.text


def test_what_is_open_is_asked_after_before_a_draft_takes_its_place(open_window, qtbot, tmp_path, answer):
    leave(tmp_path / "drafts", "one", replace(experiment(VALLEY), title="left"))
    window = open_window(experiment(VALLEY))
    window.files.asks_before_losing = True
    window.unsaved.begin(tmp_path / "drafts")
    window.document.replace(replace(window.document.experiment, seed=9))
    asked = answer("Cancel", "Discard")
    qtbot.mouseClick(window.offer.take, Qt.MouseButton.LeftButton)
    assert (len(asked), window.document.experiment.seed) == (1, 9)
    assert "left" in window.offer.text
    qtbot.mouseClick(window.offer.take, Qt.MouseButton.LeftButton)
    assert (len(asked), window.document.experiment.title) == (2, "left")


def test_a_window_closed_by_its_person_leaves_no_draft(open_window, tmp_path):
    window = open_window(experiment(VALLEY))
    window.unsaved.begin(tmp_path / "drafts")
    window.document.replace(replace(window.document.experiment, seed=9))
    window.unsaved._keeper.keep_now()
    assert list((tmp_path / "drafts").glob("*.draft"))
    window.close()
    assert not list((tmp_path / "drafts").iterdir())


def test_a_program_told_to_end_leaves_one(open_window, tmp_path):
    """Without a question, and with the very last edit."""
    window = open_window(experiment(VALLEY))
    window.files.asks_before_losing = True
    window.unsaved.begin(tmp_path / "drafts")
    window.document.replace(replace(window.document.experiment, seed=9))
    window.end_now()
    assert window.worker.isFinished()
    assert [found.seed for found in left(tmp_path / "drafts")] == [9]


def test_drafts_are_in_the_persons_data_folder(window):
    assert drafts_folder().is_relative_to(os.environ["XDG_DATA_HOME"])


def test_a_file_changed_by_somebody_else_is_asked_about_before_it_is_saved(open_window, tmp_path, answer):
    """Cancel leaves it; Overwrite replaces it, and is not asked again; what was only touched is not asked about."""
    file = tmp_path / "valley.toml"
    files.write(experiment(VALLEY), file)
    window = open_window(files.read(file), file)
    window.files.asks_before_losing = True
    window.document.replace(replace(window.document.experiment, seed=9))
    other = files.dumps(replace(experiment(VALLEY), title="theirs"))
    file.write_text(other)
    asked = answer("Cancel", "Overwrite")
    assert not window.files.save()
    assert file.read_text() == other
    assert window.document.is_modified
    assert window.files.save()
    assert files.read(file) == window.document.experiment
    assert len(asked) == 2
    window.document.replace(replace(window.document.experiment, seed=10))
    os.utime(file)
    assert window.files.save()
    file.unlink()
    window.document.replace(replace(window.document.experiment, seed=11))
    assert window.files.save()
    assert len(asked) == 2


def test_a_draft_made_of_an_older_file_is_asked_about_when_it_is_saved(open_window, qtbot, tmp_path, answer):
    """The file was changed between the end of one program and the start of the next."""
    file = tmp_path / "valley.toml"
    files.write(experiment(VALLEY), file)
    leave(tmp_path / "drafts", "one", replace(experiment(VALLEY), seed=77), file)
    files.write(replace(experiment(VALLEY), title="theirs"), file)
    window = open_window(experiment(BOWL))
    window.unsaved.begin(tmp_path / "drafts")
    qtbot.mouseClick(window.offer.take, Qt.MouseButton.LeftButton)
    window.files.asks_before_losing = True
    asked = answer("Cancel")
    assert not window.files.save()
    assert len(asked) == 1
