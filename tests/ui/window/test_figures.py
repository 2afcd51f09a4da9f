"""A figure from the window: asked for in a dialog with a preview, drawn by a process of its own."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QProcess, QSettings, Qt
from PySide6.QtGui import QColor

from tests.experiments import NETWORK, experiment
from workbench.experiment.experiment import replace
from workbench.export.figure_plan import PRESETS, FigurePlan, Paper
from workbench.ui.window import figures

SVG = "{http://www.w3.org/2000/svg}"
LONG = 90_000  # milliseconds, on a busy machine


@pytest.fixture
def asked(open_window, monkeypatch):
    """A window with its dialog; no process is started."""
    monkeypatch.setattr(figures.Figures, "_start", lambda _: False)
    window = open_window()
    window.menus.figure.trigger()
    return window, window.making.figures.dialog


def drawn(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog.preview.image.isNull(), timeout=LONG)
    return dialog.preview.image


def check(dialog, *keys):
    for row in range(dialog.views.list.count()):
        item = dialog.views.list.item(row)
        wanted = item.data(Qt.ItemDataRole.UserRole) in keys
        item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)


def test_the_dialog_offers_what_the_race_has(asked):
    """The view in front and the losses at first, with the experiment's own words, which a plan leaves to it."""
    window, dialog = asked
    assert dialog.isVisible()
    assert dialog.plan == FigurePlan(("landscape", "loss"), PRESETS["paper"].paper)
    keys = {dialog.views.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(dialog.views.list.count())}
    assert {"landscape", "surface", "loss", "gradients", "race"} <= keys
    assert not {"fit", "map"} & keys, "of another problem, or minutes away"
    assert dialog.caption.toPlainText().startswith(
        "Adam (learning rate 0.01), Momentum (learning rate 0.0001); 0 steps"
    )
    dialog.step.setValue(7)
    assert "7 steps, seed 1." in dialog.caption.toPlainText()
    dialog.caption.setPlainText("Mine")
    dialog.step.setValue(8)
    assert dialog.plan.caption == "Mine", "what a person wrote stays"
    dialog.title.setText("Also mine")
    assert dialog.plan.title == "Also mine"
    window.worker.seek(5)
    assert dialog.isVisible()


def test_views_are_put_in_order_by_keys_alone(asked):
    _, dialog = asked
    check(dialog, "landscape", "loss", "race")
    dialog.views.list.setCurrentRow(0)
    dialog.views.down.click()
    assert dialog.plan.views == ("loss", "landscape", "race")
    dialog.views.up.click()
    assert dialog.plan.views == ("landscape", "loss", "race")
    dialog.views.up.click()
    assert dialog.plan.views == ("landscape", "loss", "race"), "nothing is above the first"


def test_a_page_is_the_same_in_another_unit(asked):
    _, dialog = asked
    fields = dialog.paper
    fields.show_paper(Paper(254.0, 127.0, "mm", 9.0, 200))
    for unit, size in (("in", (10.0, 5.0)), ("px", (2000.0, 1000.0)), ("mm", (254.0, 127.0))):
        fields.unit.setCurrentIndex(fields.unit.findData(unit))
        fields.unit.activated.emit(fields.unit.currentIndex())
        assert fields.paper == Paper(*size, unit, 9.0, 200)
    assert fields.preset.currentData() is None
    fields.preset.setCurrentIndex(fields.preset.findData("slide"))
    fields.preset.activated.emit(fields.preset.currentIndex())
    assert fields.paper == PRESETS["slide"].paper
    fields.font_size.setValue(20.0)
    assert fields.preset.currentData() is None, "it is no usual page any more"


def test_it_says_how_large_it_is_or_why_it_cannot_be(asked, qtbot):
    _, dialog = asked
    dialog.paper.show_paper(Paper(100.0, 50.0, "mm", 8.0, 254))
    dialog.kind.setCurrentIndex(dialog.kind.findData("pdf"))
    assert dialog.told.text() == "100 × 50 mm"
    dialog.kind.setCurrentIndex(dialog.kind.findData("png"))
    assert dialog.told.text().replace("\u202f", "") == "1000 × 500 pixels"
    assert dialog.save.isEnabled()
    check(dialog)
    assert "from 1 to 16 views" in dialog.told.text()
    assert not dialog.save.isEnabled()
    qtbot.waitUntil(lambda: "from 1 to 16 views" in dialog.preview.word)
    check(dialog, "race")
    assert not dialog.tex.isEnabled(), "a table has no curves"
    check(dialog, "gradients")
    assert dialog.tex.isEnabled()


def test_choices_are_remembered(asked, open_window):
    """Of the page, not of the words; and what somebody else wrote into the settings is no harm."""
    _, dialog = asked
    dialog.paper.show_paper(Paper(3.5, 2.5, "in", 7.0, 600))
    dialog.theme.setCurrentIndex(1)
    dialog.letters.setChecked(False)
    dialog.columns.setValue(1)
    dialog.tex.setChecked(True)
    dialog.kind.setCurrentIndex(dialog.kind.findData("pdf"))
    dialog.title.setText("Mine")
    before = dialog.plan
    dialog.close()
    other = open_window()
    other.menus.figure.trigger()
    again = other.making.figures.dialog
    assert again.plan == replace_words(before)
    assert again.kind.currentData() == "pdf"
    assert again.tex.isChecked()
    again.close()
    for bad in ("{", "[]", '{"plan": {"views": 3, "paper": {}}, "kind": "png", "tex": 0}', '{"plan": {"paper": 1}}'):
        QSettings().setValue("figure", bad)
        third = open_window()
        third.menus.figure.trigger()
        assert third.making.figures.dialog.plan.paper == PRESETS["paper"].paper
        QSettings().remove("figure")


def replace_words(plan):
    from dataclasses import replace as with_fields

    return with_fields(plan, title=None, caption=None)


def test_a_preview_comes_while_the_window_runs_and_the_figure_is_written(open_window, qtbot, tmp_path):
    """It follows what is chosen; the file has what was chosen, and the curves lie beside it."""
    window = open_window()
    window.worker.seek(20)
    qtbot.waitUntil(lambda: window.snapshot.step == 20, timeout=LONG)
    window.menus.figure.trigger()
    flow, dialog = window.making.figures, window.making.figures.dialog
    assert dialog.step.value() == 20
    window.transport.run.trigger()
    before = window.snapshot.step
    light = drawn(qtbot, dialog)
    assert window.snapshot.step > before, "the window went on before it was made"
    window.transport.run.trigger()
    assert light.width() / light.height() == pytest.approx(174 / 120, rel=0.02)
    assert light.pixelColor(2, 2) == QColor("#ffffff")
    dialog.theme.setCurrentIndex(1)
    qtbot.waitUntil(lambda: dialog.preview.image.pixelColor(2, 2).lightness() < 60, timeout=LONG)
    told, path = [], tmp_path / "figure.svg"
    flow.said.connect(told.append)
    dialog.wanted.emit(dialog.plan, dialog.step.value(), path, True)
    qtbot.waitUntil(lambda: bool(told), timeout=LONG)
    assert str(path) in told[0]
    assert told == [dialog.told.text()]
    words = ["".join(text.itertext()) for text in ET.fromstring(path.read_bytes()).iter(f"{SVG}text")]  # noqa: S314
    assert any("20 steps, seed 1." in word for word in words)
    steps = [int(row["step"]) for row in csv.DictReader((tmp_path / "figure.csv").read_text("utf-8").splitlines())]
    assert steps[-1] == 20
    assert (tmp_path / "figure.tex").exists()
    # an edit is drawn, too
    image = dialog.preview.image
    window.document.replace(replace(window.document.experiment, seed=9))
    assert "seed 9" in dialog.caption.toPlainText()
    qtbot.waitUntil(lambda: dialog.preview.image is not image, timeout=LONG)
    dialog.close()
    assert flow.process is None


def test_what_goes_wrong_is_said(open_window, qtbot, tmp_path, monkeypatch):
    """A page that is too small in the dialog; what cannot be written in the message bar, too."""
    window = open_window()
    window.menus.figure.trigger()
    flow, dialog = window.making.figures, window.making.figures.dialog
    faults = []
    flow.failed.connect(faults.append)
    dialog.paper.show_paper(Paper(20.0, 20.0, "mm", 8.0, 300))
    dialog.paper.changed.emit()
    qtbot.waitUntil(lambda: "too small" in dialog.preview.word, timeout=LONG)
    assert not dialog.save.isEnabled()
    dialog.paper.show_paper(PRESETS["paper"].paper)
    dialog.paper.changed.emit()
    drawn(qtbot, dialog)
    assert dialog.save.isEnabled()
    dialog.wanted.emit(dialog.plan, 0, tmp_path / "none" / "figure.png", False)
    qtbot.waitUntil(lambda: bool(faults), timeout=LONG)
    assert "figure.png was not written" in faults.pop()
    dialog.wanted.emit(dialog.plan, 0, tmp_path / "figure.jpg", False)
    assert "a figure ends in one of png, svg, pdf" in faults.pop()
    process = flow.process
    process.kill()
    qtbot.waitUntil(lambda: bool(faults), timeout=LONG)
    assert "cannot be made" in faults.pop()
    monkeypatch.setattr(figures.sys, "executable", str(tmp_path / "nothing"))
    dialog.rows.setValue(2)
    qtbot.waitUntil(lambda: bool(faults), timeout=LONG)
    assert "cannot be made" in faults.pop()
    assert flow.process is None


def test_closing_the_window_ends_the_process(open_window, qtbot):
    window = open_window(experiment(NETWORK))
    window.menus.figure.trigger()
    assert window.making.figures.dialog.plan.views == ("fit", "loss")
    qtbot.waitUntil(lambda: window.making.figures.process is not None, timeout=LONG)
    process = window.making.figures.process
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.Running, timeout=LONG)
    window.close()
    assert window.making.figures.process is None
