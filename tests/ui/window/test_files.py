"""Files in the window: opened, saved, remembered; and bad ones, of which a sentence is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.experiments import EXAMPLES, VALLEY, experiment
from workbench.experiment import files
from workbench.resources import resource
from workbench.ui.window import recent

BAD = {
    "unknown key": ("seed = 1", "sed = 1", ("`sed`", "seed")),
    "out of range": (
        "learning_rate = 0.01",
        "learning_rate = -1.0",
        ("`lanes[0].hyperparameters.learning_rate`",),
    ),
    "wrong type": ("seed = 1", 'seed = "one"', ("`seed`", "whole number", '"one"')),
    "not TOML": ("[problem]", "[problem", ("TOML",)),
    "newer format": ("format = 1", "format = 99", ("`format`", "99", "newer")),
    "unknown optimizer": ('"adam"', '"adamm"', ("`lanes[0].optimizer`", '"adamm"', 'did you mean "adam"')),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_said_and_the_open_experiment_stays(window, tmp_path, fault, qtbot):
    """The message bar names file, place, and what is allowed; race, document and title are untouched."""
    old, new, parts = BAD[fault]
    assert old in VALLEY
    path = tmp_path / "bad.toml"
    path.write_text(VALLEY.replace(old, new, 1), encoding="utf-8")
    before, title, generation = window.document.experiment, window.windowTitle(), window.snapshot.generation
    assert not window.open_file(path)
    said = window.message.text
    assert window.message.isVisible()
    assert "\n" not in said
    for part in ("bad.toml", *parts):
        assert part.lower() in said.lower(), said
    qtbot.wait(30)
    assert window.document.experiment == before
    assert (window.windowTitle(), window.snapshot.generation) == (title, generation)
    window.message.dismiss.click()
    assert window.message.text == ""


def test_a_file_that_is_not_there_is_said(window, tmp_path):
    """A recent file may be gone: a sentence, no fault."""
    assert not window.open_file(tmp_path / "none.toml")
    assert "none.toml" in window.message.text
    assert "no such file" in window.message.text


def test_a_hand_edited_file_never_runs_code(window, tmp_path, qtbot):
    """Python in any text of a file stays text: it is refused, or shown as a name."""
    proof = tmp_path / "proof"
    code = f"__import__('pathlib').Path({str(proof)!r}).touch()"
    text = VALLEY.replace("seed = 1", f'title = "{code}"\nseed = 1')
    text = text.replace('optimizer = "momentum"', 'optimizer = "momentum"\nlabel = "{exec(open(0))}"')
    path = tmp_path / "code.toml"
    path.write_text(text, encoding="utf-8")
    assert window.open_file(path)
    qtbot.waitUntil(lambda: window.snapshot.info.lanes[1].label == "{exec(open(0))}")
    for key in ("objective", "optimizer", "kind"):
        lines = [f'{key} = "{code}"' if line.startswith(f"{key} =") else line for line in VALLEY.splitlines()]
        path.write_text("\n".join(lines), encoding="utf-8")
        assert not window.open_file(path)
    assert not proof.exists()


def test_opening_begins_at_step_0_at_rest(window, tmp_path, qtbot, settled):
    """An opened file is shown at its start, though the race before it ran, and though it may be the same one."""
    path = tmp_path / "same.toml"
    files.write(experiment(VALLEY), path)
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.running and window.snapshot.step > 50)
    assert window.open_file(path)
    qtbot.waitUntil(lambda: window.snapshot.generation > 1)
    settled(window, 0)
    window.worker.seek(70)
    settled(window, 70)
    files.write(experiment(VALLEY.replace("0.01", "0.02"), title="Other"), path)
    assert window.open_file(path)
    qtbot.waitUntil(lambda: window.snapshot.step == 0)
    settled(window, 0)


def test_save_and_open_again(window, tmp_path):
    """What was saved is what is opened; title and modified mark follow."""
    path = tmp_path / "mine.toml"
    window.lanes_panel.add.click()
    assert window.isWindowModified()
    assert window.files.write(path)
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("mine.toml")
    saved = window.document.experiment
    window.lanes_panel.add.click()
    assert window.open_file(path)
    assert window.document.experiment == saved
    assert [action.text() for action in window.menus.recent.actions()] == ["mine.toml"]
    assert recent.recent_files() == [path]


def test_a_file_that_cannot_be_written_is_said(window, tmp_path):
    """The folder is missing: a sentence, nothing written, the document still unsaved."""
    window.lanes_panel.add.click()
    assert not window.files.write(tmp_path / "none" / "mine.toml")
    assert "mine.toml was not written" in window.message.text
    assert window.isWindowModified()
    assert list(tmp_path.glob("**/*.toml")) == []


def test_recent_files_survive_a_broken_list(tmp_path, qapp):
    """A broken settings file counts as empty, and is written anew."""
    file = tmp_path / "a.toml"
    file.touch()
    recent.remember_file(file)
    assert recent.recent_files() == [file.resolve()]
    recent._store().write_text("{broken", encoding="utf-8")
    assert recent.recent_files() == []
    recent.remember_file(file)
    assert recent.recent_files() == [file.resolve()]


def test_every_example_opens(window, qtbot):
    """Each entry of the Examples menu opens at step 0 without a message, and runs."""
    menu = window.menus.examples
    menu.aboutToShow.emit()
    assert len(menu.actions()) == len(EXAMPLES) >= 4
    for action in menu.actions():
        generation = window.snapshot.generation
        action.trigger()
        qtbot.waitUntil(lambda before=generation: window.snapshot.generation > before)
        assert window.message.text == ""
        assert window.document.experiment.title == action.text()
        assert window.document.path is None
        window.transport.run.trigger()
        qtbot.waitUntil(lambda: window.snapshot.step > 5)
        assert Path(action.toolTip()) in EXAMPLES


def test_an_opened_file_is_painted_a_dock_a_frame(window, qtbot):
    """The centre comes first, and within a few frames everything; what is not painted yet is up to date already."""
    docks = [dock for dock in window.docks.values() if dock.isVisible()]
    assert len(docks) == 5
    window.frames.paint_turns.ask()
    waiting = [window.frames.paint_turns.proceed(fresh=True)]
    assert not any(dock.updatesEnabled() for dock in docks)
    assert window.centre.updatesEnabled()
    for count in range(1, 6):
        waiting.append(window.frames.paint_turns.proceed(fresh=False))
        assert sum(dock.updatesEnabled() for dock in docks) == count
    assert waiting == [True] * 5 + [False]
    generation = window.snapshot.generation
    window.frames.paint_turns.proceed(fresh=True)
    assert all(dock.updatesEnabled() for dock in docks), "only for a file: a race that an edit made is painted at once"
    window.open_file(resource("examples/spirals.toml"), example=True)
    window.open_file(resource("examples/digits.toml"), example=True)  # before the other one has been painted
    qtbot.waitUntil(lambda: window.snapshot.generation > generation and window.snapshot.info.key == "digits")
    qtbot.waitUntil(lambda: all(dock.updatesEnabled() for dock in docks))
    assert not window.frames.paint_turns.proceed(fresh=False)
