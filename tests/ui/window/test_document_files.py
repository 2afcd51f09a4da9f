"""The file of the open experiment: the title that names it, and the order in which another one takes its place."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from tests.experiments import VALLEY, experiment
from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.dialogs import files as dialogs
from workbench.ui.panels.lanes.panel import LanesPanel
from workbench.ui.panels.transport import TransportBar
from workbench.ui.window.commands import Commands
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.painting import PointPainter
from workbench.ui.window.status import StatusBar


@pytest.fixture
def flow(qtbot):
    """The flow with real neighbours, in a window of its own; the worker's thread does not run."""
    window = QWidget()
    qtbot.addWidget(window)
    document, worker = Document(experiment(VALLEY), None, window), TrainingWorker(window)
    commands = Commands(
        window,
        document=document,
        worker=worker,
        painter=PointPainter(window),
        transport=TransportBar(window),
        status=StatusBar(window),
        panels=(LanesPanel(window),),
    )
    made = DocumentFiles(window, document=document, worker=worker, commands=commands)
    yield window, document, made
    worker.close()


def test_the_title_names_file_or_experiment_and_says_what_is_unsaved(flow, tmp_path):
    """The file's name where there is one, else the experiment's title, else that it has none."""
    window, document, made = flow
    made.show_title()
    assert window.windowTitle() == "Untitled[*] – Gradient Workbench"
    assert not window.isWindowModified()
    document.replace(replace(document.experiment, title="Two lanes"))
    assert window.windowTitle() == "Two lanes[*] – Gradient Workbench"
    assert window.isWindowModified()
    assert made.write(tmp_path / "mine.toml")
    assert window.windowTitle() == "mine.toml[*] – Gradient Workbench"
    assert not window.isWindowModified()


def test_what_hears_of_an_opening_still_finds_the_old_experiment(flow, tmp_path):
    """`opening` comes before the document changes, and never of a file that cannot be used."""
    _, document, made = flow
    before, heard = document.experiment, []
    made.opening.connect(lambda: heard.append(document.experiment))
    (tmp_path / "bad.toml").write_text("format = [", encoding="utf-8")
    faults = []
    made.failed.connect(faults.append)
    assert not made.open(tmp_path / "bad.toml")
    assert len(faults) == 1
    assert heard == []
    files.write(replace(before, seed=9), tmp_path / "good.toml")
    assert made.open(tmp_path / "good.toml")
    assert heard == [before]
    assert (document.experiment.seed, document.path) == (9, tmp_path / "good.toml")


@pytest.mark.parametrize(("answer", "opens"), [("discard", True), ("cancel", False)])
def test_unsaved_work_is_asked_after_unless_nobody_is_there(flow, tmp_path, monkeypatch, answer, opens):
    """The answer decides; a window that asks nobody opens at once."""
    _, document, made = flow
    asked = []
    monkeypatch.setattr(dialogs, "ask_keep", lambda _window, name: asked.append(name) or answer)
    files.write(replace(document.experiment, seed=9), tmp_path / "other.toml")
    document.replace(replace(document.experiment, title="Mine"))
    assert made.open(tmp_path / "other.toml") == opens
    assert asked == ["Mine"]
    document.replace(replace(document.experiment, seed=11))
    made.asks_before_losing = False
    assert made.open(tmp_path / "other.toml")
    assert asked == ["Mine"]
    assert document.experiment.seed == 9
