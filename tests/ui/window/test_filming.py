"""A film from the window: asked for in a dialog, made by a process of its own, while the window goes on."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import QProcess

from tests.experiments import NETWORK
from workbench.export.film_plan import FilmPlan
from workbench.ui.window import filming


@pytest.fixture
def asked(open_window):
    window = open_window()
    window.menus.film.trigger()
    return window, window.making.filming.dialog


def test_the_dialog_offers_what_the_race_has(asked):
    """All views of its kind, the one in front first chosen, up to where it ends."""
    _, dialog = asked
    assert dialog.isVisible()
    assert dialog.view.currentData() == "landscape"
    assert dialog.view.findData("fit") == -1
    assert dialog.view.findData("map") == -1  # the same at every step
    assert dialog.view.findData("plane") == -1  # the landscape itself is there
    assert dialog.told.text() == "101 frames, 5.05 s"
    dialog.fps.setValue(10)
    dialog.frames.setValue(50)
    assert dialog.told.text() == "50 frames, 5 s"
    assert dialog.plan == FilmPlan("landscape", 0, 100, 50, 10)
    dialog.size_preset.setCurrentIndex(3)
    dialog.size_preset.activated.emit(3)
    assert dialog.plan.size == (1280, 720)


def test_it_says_why_a_film_cannot_be(asked, monkeypatch, tmp_path):
    _, dialog = asked
    dialog.first.setValue(200)
    assert "before it begins" in dialog.told.text()
    assert not dialog.save.isEnabled()
    dialog.first.setValue(0)
    assert dialog.save.isEnabled()
    monkeypatch.setenv("PATH", str(tmp_path))
    dialog.kind.setCurrentIndex(dialog.kind.findData("mp4"))
    assert dialog.told.text() == "MP4 needs the program ffmpeg, which is not on the PATH"
    assert not dialog.save.isEnabled()


def test_the_encoder_is_named_before_the_first_frame(asked, monkeypatch, tmp_path):
    _, dialog = asked
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    dialog.kind.setCurrentIndex(dialog.kind.findData("mp4"))
    assert str(program) in dialog.told.text()


def test_a_film_is_made_while_the_window_runs(asked, qtbot, tmp_path):
    """Of the experiment as it stands, with a word at the end; steps are taken and frames are drawn meanwhile."""
    window, dialog = asked
    path, told = tmp_path / "film.gif", []
    window.making.filming.said.connect(told.append)
    window.transport.run.trigger()
    dialog.wanted.emit(FilmPlan("loss", 0, 30, 7, 10, (320, 240)), path)
    begun = window.snapshot.step
    assert not dialog.save.isEnabled()
    assert dialog.cancel.isVisible()
    qtbot.waitUntil(lambda: window.snapshot.step > begun, timeout=20_000)
    assert window.making.filming.process is not None, "the window went on before it was made"
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    window.transport.run.trigger()
    assert told == [f"Written to {path}"] == [dialog.told.text()]
    assert dialog.save.isEnabled()
    with Image.open(path) as film:
        assert (film.n_frames, film.size) == (7, (320, 240))


def test_a_cancelled_film_leaves_nothing(asked, qtbot, tmp_path):
    window, dialog = asked
    told = []
    window.making.filming.said.connect(told.append)
    dialog.wanted.emit(FilmPlan("loss", 0, 900, 900, 10, (640, 480)), tmp_path / "film.png")
    qtbot.waitUntil(lambda: dialog.progress.value() > 0, timeout=60_000)
    dialog.cancel.click()
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    assert told == ["The film was cancelled; nothing was written"]
    assert not list(tmp_path.glob("*film*"))
    assert window.making.filming.process is None


def test_closing_the_window_ends_the_film(asked, qtbot, tmp_path):
    window, dialog = asked
    dialog.wanted.emit(FilmPlan("loss", 0, 900, 900, 10, (640, 480)), tmp_path / "film.png")
    process = window.making.filming.process
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.Running, timeout=20_000)
    window.close()
    assert process.state() == QProcess.ProcessState.NotRunning
    assert not list(tmp_path.glob("*film*"))


def test_what_goes_wrong_is_said(asked, qtbot, tmp_path, monkeypatch):
    """What the command says, in the message bar and in the dialog."""
    window, dialog = asked
    told = []
    window.making.filming.failed.connect(told.append)
    dialog.wanted.emit(FilmPlan("loss", 0, 9, 3), tmp_path / "film.jpg")
    assert "a film ends in one of gif" in told.pop()
    dialog.wanted.emit(FilmPlan("loss", 0, 9, 3), tmp_path / "none" / "film.gif")
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    assert "there is no such folder" in told.pop()
    monkeypatch.setattr(filming.sys, "executable", str(tmp_path / "nothing"))
    dialog.wanted.emit(FilmPlan("loss", 0, 9, 3), tmp_path / "film.gif")
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    assert "was not written" in told.pop()
    assert dialog.save.isEnabled()


def test_a_network_offers_its_views(open_window):
    from tests.experiments import experiment

    window = open_window(experiment(NETWORK))
    window.menus.film.trigger()
    view = window.making.filming.dialog.view
    assert view.findData("fit") >= 0
    assert view.findData("plane") >= 0
    assert view.findData("landscape") == -1  # it has a plane through its parameters instead
    assert view.findData("map") == -1
