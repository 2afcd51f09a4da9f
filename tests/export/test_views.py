"""Every view as a picture and as a table, written from the real window."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from tests.experiments import NETWORK, VALLEY, example, experiment
from workbench import app
from workbench.export.pictures import picture_bytes, size_on_screen
from workbench.ui.style import theme as themes
from workbench.ui.window import exporting
from workbench.ui.window.main_window import MainWindow

VIEWS = [("objective", v) for v in ("landscape", "loss", "gradients", "race")]
VIEWS += [("network", v) for v in ("fit", "loss", "gradients", "race")]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def windows(qapp):
    """A window with each kind of problem after 60 steps, shared by the tests, none of which changes it."""
    made = {}
    for kind, text in (("objective", VALLEY), ("network", NETWORK)):
        window = MainWindow(experiment(text), theme=themes.LIGHT)
        window.files.asks_before_losing = window.remembers_layout = False
        window.resize(1280, 800)
        window.show()
        window.worker.seek(60)
        assert app.wait_for(lambda w=window: w.snapshot is not None and w.snapshot.step == 60, 10)
        dict(window.views)  # makes them all: what a test made would be left behind for the others
        app.settle(window)
        made[kind] = window
    yield made
    for window in made.values():
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def exporter(windows, request):
    """The exporter of the view that the test is about, and the sentences that it says."""
    kind, key = request.param
    found = windows[kind].exporters[key]
    found.said, found.faults = [], []
    found.done.connect(found.said.append)
    found.failed.connect(found.faults.append)
    yield found
    found.done.disconnect(found.said.append)
    found.failed.disconnect(found.faults.append)


each_view = pytest.mark.parametrize("exporter", VIEWS, indirect=True, ids="-".join)


def colors(image):
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)}


@each_view
@pytest.mark.parametrize("size", [(1200, 900), (333, 777), (2000, 500)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_a_png_has_exactly_the_chosen_size(exporter, tmp_path, size):
    """Whatever its shape, the picture fills the size, and the view on screen is left as it was."""
    before = exporter.view.size()
    exporter.write_picture(tmp_path / "view.png", QSize(*size))
    assert app.wait_for(lambda: bool(exporter.said or exporter.faults), 20)
    image = QImage(str(tmp_path / "view.png"))
    assert (image.width(), image.height()) == size
    assert len(colors(image)) > 5
    assert exporter.view.size() == before
    assert exporter.faults == []
    assert "view.png" in exporter.said[0]


@each_view
def test_an_svg_has_text_and_lines(exporter, tmp_path):
    """It parses as XML, its text is text, and its lines are paths and no pixels."""
    exporter.write_picture(tmp_path / "view.svg")
    root = ET.fromstring((tmp_path / "view.svg").read_bytes())  # noqa: S314 - our own file
    assert root.tag == f"{SVG}svg"
    words = ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]
    assert any(word.strip() for word in words)
    lines = [*root.iter(f"{SVG}path"), *root.iter(f"{SVG}polyline")]
    assert lines or exporter is exporter._window.exporters["race"], "only the table has none"


@each_view
def test_letters_of_an_svg_are_outlines(exporter, tmp_path):
    """It looks the same without the typeface: each text is unseen, behind the outlines of its letters."""
    exporter.write_picture(tmp_path / "view.svg")
    root = ET.fromstring((tmp_path / "view.svg").read_bytes())  # noqa: S314 - our own file
    groups = [group for group in root.iter(f"{SVG}g") if group.find(f"{SVG}text") is not None]
    assert groups
    for group in groups:
        for place, part in enumerate(group):
            if part.tag == f"{SVG}text" and "".join(part.itertext()).strip():
                assert part.get("fill") == "none"
                assert group[place - 1].tag == f"{SVG}path"
                assert group[place - 1].get("fill") not in (None, "none")


@each_view
def test_an_svg_looks_as_the_png_does(exporter, tmp_path):
    """Points and symbols, too: drawn by a reader of SVG, hardly a pixel has another colour."""
    view = exporter.view
    exporter.write_picture(tmp_path / "view.svg")
    exporter.write_picture(tmp_path / "view.png")
    assert app.wait_for(lambda: len(exporter.said) == 2, 20)
    png = QImage(str(tmp_path / "view.png")).convertToFormat(QImage.Format.Format_RGB32)
    drawn = QImage(png.size(), QImage.Format.Format_RGB32)
    drawn.fill(view.palette().window().color())
    painter = QPainter(drawn)
    QSvgRenderer(str(tmp_path / "view.svg")).render(painter)
    painter.end()
    found = [np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, :3].astype(int) for image in (png, drawn)]
    apart = np.abs(found[0] - found[1]).max(axis=1) > 90
    assert apart.mean() < 0.003, "text and edges differ by a few"


@each_view
def test_a_pdf_is_one(exporter, tmp_path):
    """It begins and ends as a PDF does, and holds its fonts."""
    exporter.write_picture(tmp_path / "view.pdf")
    content = (tmp_path / "view.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert b"/Font" in content


@each_view
def test_the_csv_is_a_table(exporter, tmp_path):
    """Every row has as many cells as the header, every number reads back."""
    exporter.write_csv(tmp_path / "view.csv")
    assert app.wait_for(lambda: bool(exporter.said), 20)
    header, *rows = csv.reader(io.StringIO((tmp_path / "view.csv").read_text(encoding="utf-8")))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(header)}
    assert "lane" in header
    words = {"part", "lane", "label", "layer", "split", "target", "prediction", "status"}
    for row in rows:
        for name, cell in zip(header, row, strict=True):
            if name not in words and cell:
                float(cell)


@each_view
def test_what_cannot_be_written_is_said(exporter, tmp_path):
    """A missing folder, a folder in the file's place: a sentence each, and no file, whole or in part."""
    (tmp_path / "taken.png").mkdir()
    (tmp_path / "taken.png" / "file").touch()
    exporter.write_picture(tmp_path / "none" / "view.png")
    exporter.write_csv(tmp_path / "none" / "view.csv")
    exporter.write_picture(tmp_path / "taken.png")
    exporter.write_picture(tmp_path / "view.gif")
    assert app.wait_for(lambda: len(exporter.faults) == 4, 20)
    assert all("was not written" in fault for fault in exporter.faults)
    assert not any("Errno" in fault or ".part" in fault for fault in exporter.faults), "the program's own affairs"
    assert exporter.said == []
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "taken.png"]


def test_a_fault_is_said_in_the_message_bar(windows, tmp_path):
    """The person sees the sentence."""
    window = windows["objective"]
    window.exporters["loss"].write_picture(tmp_path / "none" / "view.png")
    assert app.wait_for(lambda: "view.png was not written" in window.message.text, 20)
    window.message.dismiss.click()


def test_an_unknown_format_is_refused(windows):
    """The formats are three."""
    with pytest.raises(ValueError, match="png, svg, pdf"):
        picture_bytes(windows["objective"].views["loss"], "gif")


@pytest.mark.parametrize("key", ["loss", "gradients", "race"])
def test_a_closed_view_is_exported_as_the_race_stands(windows, tmp_path, key):
    """File > Export of a dock that is closed gives the present step, not the one at which it was closed."""
    window = windows["objective"]
    window.docks[key].close()
    try:
        window.worker.seek(75)
        assert app.wait_for(lambda: window.snapshot.step == 75 and not window.worker.is_busy, 10)
        window.exporters[key].write_csv(tmp_path / "view.csv")
        window.exporters[key].write_picture(tmp_path / "view.png", QSize(800, 600))
        assert app.wait_for(lambda: (tmp_path / "view.csv").exists() and (tmp_path / "view.png").exists(), 20)
        rows = list(csv.DictReader(io.StringIO((tmp_path / "view.csv").read_text(encoding="utf-8"))))
        assert max(int(row["step"]) for row in rows) == 75
        assert window.views[key].snapshot.step == 75
        image = QImage(str(tmp_path / "view.png"))
        assert image.size() == QSize(800, 600)
        corner = themes.LIGHT.plot
        assert image.pixelColor(780, 590).name() == corner, "the view is laid out for the whole picture"
    finally:
        window.docks[key].show()
        window.worker.seek(60)
        assert app.wait_for(lambda: window.snapshot.step == 60, 10)


@pytest.mark.parametrize(("kind", "key"), [("network", "landscape"), ("objective", "fit")])
def test_a_view_with_nothing_to_show_is_not_offered_and_writes_no_page_with_a_sentence(windows, tmp_path, kind, key):
    """What does not fit the problem cannot be chosen in the menu; asked for all the same, it says what it lacks."""
    window, faults = windows[kind], []
    export = window.menus.exports["loss"].parentWidget()
    export.aboutToShow.emit()
    offered = {k for k, part in window.menus.exports.items() if part.menuAction().isEnabled()}
    assert offered == {*window.centre.keys, "loss", "gradients", "race"}
    assert key not in offered
    exporter = window.exporters[key]
    exporter.failed.connect(faults.append)
    exporter.write_picture(tmp_path / "view.svg")
    exporter.write_picture(tmp_path / "view.png", QSize(640, 480))
    exporter.failed.disconnect(faults.append)
    assert len(faults) == 2
    assert all("was not written: there is nothing to show now. " in fault for fault in faults)
    assert all("network" in fault for fault in faults)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("layers", [1, 14])
def test_backpropagation_is_exported_with_every_stage_and_nothing_to_click(qapp, tmp_path, layers):
    """Before it was ever in front, and while it is: each stage stands in the picture in full, and no button or bar."""
    one = NETWORK[NETWORK.index("[[problem.layers]]") : NETWORK.index("[[lanes]]")]
    window = MainWindow(experiment(NETWORK.replace(one, one * layers)), theme=themes.LIGHT)
    window.files.asks_before_losing = window.remembers_layout = False
    window.show()
    view, exporter, said = window.views["backpropagation"], window.exporters["backpropagation"], []
    exporter.done.connect(said.append)
    try:
        assert app.wait_for(lambda: window.snapshot is not None, 10)
        for count, name in enumerate(("hidden", "shown"), start=1):
            exporter.write_picture(tmp_path / f"{name}.svg")
            assert app.wait_for(lambda n=count: len(said) == n, 20)
            root = ET.fromstring((tmp_path / f"{name}.svg").read_bytes())  # noqa: S314 - our own file
            words = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
            stages = [view.stages.item(i).text() for i in range(view.stages.count())]
            assert len(stages) == 6 * layers + 8
            assert not any("…" in word for word in words)
            there = " ".join(" ".join(words).split())
            assert all(" ".join(stage.split()) in there for stage in stages)
            assert list(root.iter(f"{SVG}image")) == [], "icons of buttons would be pixels"
            window.centre.bring("backpropagation")
            app.settle(window)
        assert view.buttons["run"].isVisible()
        assert view.stages.width() < 0.6 * view.width()
    finally:
        window.close()
        window.deleteLater()


def test_a_large_table_is_written_while_the_window_goes_on(qapp, tmp_path):
    """Of 40,000 rows: timers of the window tick until it is there; closing the window waits for it."""
    lanes = VALLEY[VALLEY.index("[[lanes]]") :]
    window = MainWindow(experiment(VALLEY + 3 * lanes), theme=themes.LIGHT)
    window.files.asks_before_losing = window.remembers_layout = False
    window.show()
    ticks, said, timer = [], [], QTimer()
    exporter = window.exporters["loss"]
    exporter.done.connect(said.append)
    try:
        window.worker.seek(20_000)
        assert app.wait_for(lambda: window.snapshot is not None and window.snapshot.step == 20_000, 30)
        exporter.write_csv(tmp_path / "first.csv")
        assert not said
        timer.timeout.connect(lambda: ticks.append(bool(said)))
        timer.start(1)
        assert app.wait_for(lambda: bool(said), 30)
        assert ticks.count(False) >= 1
        rows = list(csv.DictReader((tmp_path / "first.csv").read_text(encoding="utf-8").splitlines()))
        assert len(rows) >= 40_000
        assert [(row["run"], row["step"]) for row in (rows[0], rows[-1])] == [("0", "0"), ("7", "20000")]
        exporter.write_csv(tmp_path / "second.csv")
    finally:
        timer.stop()
        window.close()
        window.deleteLater()
    assert (tmp_path / "second.csv").read_bytes() == (tmp_path / "first.csv").read_bytes()


def test_a_landscape_that_was_never_seen_is_exported_whole(qapp, tmp_path):
    """A network of two parameters shows its fit in front: the picture waits for the height map and its contours."""
    window = MainWindow(example("six_optimizers"), theme=themes.LIGHT)
    window.files.asks_before_losing = window.remembers_layout = False
    window.show()
    try:
        window.worker.seek(40)
        assert app.wait_for(lambda: window.snapshot is not None and window.snapshot.step == 40, 10)
        view, said = window.views["landscape"], []
        window.exporters["landscape"].done.connect(said.append)
        assert not view.isVisible()
        window.exporters["landscape"].write_picture(tmp_path / "view.png", QSize(800, 600))
        window.exporters["landscape"].write_picture(tmp_path / "view.svg")  # asked for while the other one waits
        assert app.wait_for(lambda: len(said) == 2, 10)
        assert (tmp_path / "view.svg").stat().st_size > 1000
        assert view.ground.surface is not None
        image = QImage(str(tmp_path / "view.png"))
        rows = [[image.pixelColor(x, y).name() for x in range(120, 760, 8)] for y in range(40, 500, 8)]
        assert len({color for row in rows for color in row}) > 40, "the ground has the shades of a height map"
        assert not window.exports
        assert "surface" not in window.worker._loop.demands
    finally:
        window.close()
        window.deleteLater()


@pytest.mark.parametrize("key", ["backpropagation", "plane", "layers"])
def test_a_view_that_was_never_seen_is_offered_at_a_size_to_be_read(windows, tmp_path, key):
    """File > Export of a tab that has not been in front begins with a size in which its words have room."""
    view = windows["network"].views[key]
    assert not view.isVisible()
    offered = size_on_screen(view)
    assert (offered.width(), offered.height()) >= (640, 480)
    shown = windows["network"].views["fit"]
    assert shown.isVisible()
    assert size_on_screen(shown) == shown.size()


def test_what_does_not_come_is_said_and_nothing_is_written(windows, tmp_path, monkeypatch):
    """A picture whose statistic is not there when the wait is over is said not to be written."""
    window = windows["network"]
    exporter, faults = window.exporters["plane"], []
    exporter.failed.connect(faults.append)
    monkeypatch.setattr(exporting, "_LONGEST_WAIT", 0.0)
    exporter.write_picture(tmp_path / "view.png")
    assert len(faults) == 1
    assert "did not come" in faults[0]
    assert list(tmp_path.iterdir()) == []
    assert not window.exports
