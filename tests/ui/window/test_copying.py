"""Ctrl+Shift+C: the numbers of the view under the mouse, as text in columns apart by tabs."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtGui import QGuiApplication, QImage

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.export import results
from workbench.export.pictures import picture_bytes
from workbench.ui.window import copying


def copied(window, view, qtbot, monkeypatch):
    """What the clipboard has once a view is copied, and what is said of it."""
    said = []
    window.copying.said.connect(said.append)
    monkeypatch.setattr(window.copying, "_meant", lambda: view)
    QGuiApplication.clipboard().clear()
    window.menus.copy_table.trigger()
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    window.copying.said.disconnect(said.append)
    return QGuiApplication.clipboard().text(), said[0]


@pytest.mark.parametrize("key", ["loss", "gradients", "race", "landscape"])
def test_every_view_s_numbers_are_copied(window, qtbot, settled, monkeypatch, key):
    """The cells of its CSV, apart by tabs."""
    window.worker.seek(30)
    settled(window, 30)
    view = window.views[key]
    view.show_snapshot(window.snapshot)
    made = view.data_csv()
    table = made() if made is not None else results.csv_bytes(window.snapshot)
    text, said = copied(window, view, qtbot, monkeypatch)
    wanted = list(csv.reader(io.StringIO(table.decode())))
    assert [line.split("\t") for line in text.removesuffix("\n").split("\n")] == wanted
    assert said.startswith(f"Copied: {view.accessibleName()}, ")
    assert said.endswith("rows as text")
    assert f"{len(wanted) - 1}" in said.replace("\u202f", "")


def test_a_cell_holds_no_tab_and_no_line():
    """A lane may be called anything: a spreadsheet would break there."""
    assert copying._plain("a\tb\nc") == "a b c"
    assert copying._plain("a  b") == "a  b"


def test_what_is_too_large_or_nothing_is_said(open_window, qtbot, monkeypatch):
    window = open_window(experiment(NETWORK))
    monkeypatch.setattr(copying, "_MOST", 10)
    text, said = copied(window, window.views["loss"], qtbot, monkeypatch)
    assert text == ""
    assert "too large for the clipboard" in said
    window.views["landscape"].show_snapshot(window.snapshot)  # as an export does
    text, said = copied(window, window.views["landscape"], qtbot, monkeypatch)
    assert text == ""
    assert "nothing" in said or "no numbers" in said


def test_a_surface_is_found_beside_the_frames_before_it_is_copied(open_window, qtbot):
    """Its picture is much finer than what is looked at; what is found then is what is copied."""
    window = open_window(experiment(VALLEY))
    window.centre.bring("surface")
    view, said = window.views["surface"], []
    qtbot.waitUntil(lambda: view.painter.is_fine and view.painter.seen is not None, timeout=20_000)
    window.copying.said.connect(said.append)
    seen = view.painter.seen
    window.copying.copy_view(view)
    assert said == ["The picture to be copied is being made …"]
    assert view.is_preparing
    assert view.painter.seen is seen, "what is looked at is as fine as before"
    window.copying.copy_view(view)  # an impatient one
    at_once = []
    painter = view.painter
    original = type(painter)._work
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(painter), "_work", lambda one: (one is painter and at_once.append(one), original(one)))
        qtbot.waitUntil(lambda: len(said) > 1, timeout=30_000)
    assert at_once == [], "nothing is left to be found when it is copied"
    assert said[1].startswith("Copied: Surface, ")
    assert len(said) == 2
    image = QGuiApplication.clipboard().image()
    size = view.size() * 2
    assert (image.width(), image.height()) == (size.width(), size.height())
    found = QImage.fromData(picture_bytes(view, "png", size))
    assert found == image.convertToFormat(found.format())
