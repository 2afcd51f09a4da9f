"""The code of a lane in the window: seen, saved with its data, or refused in a sentence."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.gestures import write
from workbench.experiment.experiment import replace
from workbench.export.code import lane_code, race_code
from workbench.ui.dialogs import files as dialogs


@pytest.fixture
def code_of(open_window, qtbot):
    """Opens the dialog for an experiment and waits for its script."""

    def make(text):
        window = open_window(experiment(text))
        window.menus.code.trigger()
        dialog = window.menus.code_dialog
        qtbot.waitUntil(lambda: not dialog.is_busy)
        return window, dialog

    return make


def choose(qtbot, box, index, dialog):
    box.setCurrentIndex(index)
    box.activated.emit(index)
    qtbot.waitUntil(lambda: not dialog.is_busy)


def test_the_dialog_shows_and_saves_the_script(code_of, tmp_path, monkeypatch):
    """What is shown is the lane's code; Save asks for a name and writes that, with the ending of Python."""
    window, dialog = code_of(VALLEY)
    assert dialog.text.toPlainText() == lane_code(window.document.experiment, 0, "pytorch").script
    monkeypatch.setattr(dialogs, "ask_save", lambda _parent, _proposed, _kind: tmp_path / "valley.txt")
    dialog.save.click()
    path = tmp_path / "valley.txt.py"
    assert path.read_text(encoding="utf-8") == dialog.text.toPlainText()
    assert str(path) in dialog.said.text()
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == dialog.text.toPlainText()


def test_a_network_is_saved_with_its_data(code_of, tmp_path):
    """Two files of one name; the sentence said so before."""
    _, dialog = code_of(NETWORK)
    assert "beside it" in dialog.said.text()
    dialog.write(tmp_path / "moons.py")
    ast.parse((tmp_path / "moons.py").read_text(encoding="utf-8"))
    assert "x_train" in np.load(tmp_path / "moons.npz", allow_pickle=False)


def test_what_cannot_be_is_said_and_not_saved(code_of, qtbot):
    """Adam by PyTorch's convention is none of Keras's; momentum at a constant rate is one of both."""
    _, dialog = code_of(VALLEY)
    choose(qtbot, dialog.library, 1, dialog)
    assert "Adam cannot be exported for Keras" in dialog.said.text()
    assert not dialog.save.isEnabled()
    assert dialog.text.toPlainText() == ""
    choose(qtbot, dialog.lane, 1, dialog)
    assert dialog.library.currentData() == "pytorch"
    choose(qtbot, dialog.library, 1, dialog)
    assert "keras.optimizers.SGD" in dialog.text.toPlainText()
    assert dialog.save.isEnabled()


def test_a_file_that_cannot_be_written_is_said(code_of, tmp_path):
    """In the dialog and in the window's message bar."""
    window, dialog = code_of(VALLEY)
    dialog.write(tmp_path / "nowhere" / "valley.py")
    assert "was not written" in dialog.said.text()
    assert "was not written" in window.message.text


def test_a_window_closes_while_a_script_is_written(open_window):
    """What is under way is waited for: no thread outlives the window."""
    window = open_window(experiment(NETWORK))
    window.menus.code.trigger()
    window.close()
    assert not window.menus.code_dialog.isVisible()


def test_the_script_follows_the_edits(code_of, qtbot):
    """A rate typed beside it, another convention, a lane that goes: what is shown and saved is that of now."""
    window, dialog = code_of(VALLEY)
    choose(qtbot, dialog.lane, 1, dialog)
    write(qtbot, window.lanes_panel.cards[1].rate.edit, "0.00321")
    assert not dialog.save.isEnabled()  # not for a moment what is no longer true
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.text.toPlainText() == lane_code(window.document.experiment, 1, "pytorch").script
    assert "0.00321" in dialog.text.toPlainText()
    given = window.document.experiment
    window.document.replace(replace(given, lanes=given.lanes[1:]))
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert (dialog.lane.count(), dialog.lane.currentIndex()) == (1, 0)
    assert dialog.text.toPlainText() == lane_code(window.document.experiment, 0, "pytorch").script
    shown = dialog.text.toPlainText()
    dialog.close()
    window.document.replace(given)
    assert not dialog.is_busy  # what nobody sees is not written
    assert dialog.text.toPlainText() == shown


def test_numpy_alone_stays_chosen_with_every_lane(code_of, qtbot):
    """It goes with both conventions, so that another lane, or another convention, does not take it back."""
    window, dialog = code_of(VALLEY)
    choose(qtbot, dialog.library, dialog.library.findData("numpy"), dialog)
    assert dialog.text.toPlainText() == lane_code(window.document.experiment, 0, "numpy").script
    choose(qtbot, dialog.lane, 1, dialog)
    assert dialog.library.currentData() == "numpy"
    first, *others = window.document.experiment.lanes
    edited = replace(window.document.experiment, lanes=(first, *(replace(lane, convention="keras") for lane in others)))
    window.document.replace(edited)
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.library.currentData() == "numpy"
    assert "import numpy as np" in dialog.text.toPlainText()
    assert dialog.save.isEnabled()


def test_all_lanes_are_written_in_one_script(code_of, qtbot):
    """They stand behind the last lane, for NumPy alone, and stay chosen while lanes come and go."""
    window, dialog = code_of(VALLEY)
    lanes = window.document.experiment.lanes
    choose(qtbot, dialog.lane, len(lanes), dialog)
    assert dialog.library.currentData() == "numpy"
    assert dialog.text.toPlainText() == race_code(window.document.experiment, "numpy").script
    assert "all lanes" in dialog.said.text()
    window.document.replace(replace(window.document.experiment, lanes=(*lanes, replace(lanes[0], label="third"))))
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.lane.currentIndex() == len(lanes) + 1
    assert "third" in dialog.text.toPlainText()
    choose(qtbot, dialog.library, dialog.library.findData("pytorch"), dialog)
    assert "NumPy alone" in dialog.said.text()
    assert not dialog.save.isEnabled()
    window.document.replace(replace(window.document.experiment, lanes=lanes[:1]))
    qtbot.waitUntil(lambda: not dialog.is_busy)
    assert dialog.lane.count() == 1
    assert dialog.save.isEnabled()
