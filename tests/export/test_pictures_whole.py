"""A picture of a view holds all that the view has to say: every row, every lane's name, and the curves beside them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from tests.experiments import VALLEY, example, experiment
from workbench import app
from workbench.ui.style import theme as themes
from workbench.ui.window.main_window import MainWindow

SVG = "{http://www.w3.org/2000/svg}"
LANES = 24
ONE_LANE = '[[lanes]]\nlabel = "Racer {}"\noptimizer = "adam"\n[lanes.hyperparameters]\nlearning_rate = 0.0{}\n'
MANY = VALLEY[: VALLEY.index("[[lanes]]")] + "".join(ONE_LANE.format(k, k) for k in range(10, 10 + LANES))
LABELS = [f"Racer {k}" for k in range(10, 10 + LANES)]


def opened(given, size, step):
    window = MainWindow(given, theme=themes.LIGHT)
    window.files.asks_before_losing = window.remembers_layout = False
    window.resize(*size)
    window.show()
    window.worker.seek(step)
    assert app.wait_for(lambda: window.snapshot is not None and window.snapshot.step == step, 10)
    app.settle(window)
    return window


def closed(window):
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module", params=[(1280, 800), (700, 450)], ids=["large", "small"])
def crowded(qapp, request):
    """A window with 24 lanes after 30 steps."""
    window = opened(experiment(MANY), request.param, 30)
    yield window
    closed(window)


def written(window, key, path):
    """The size of the SVG of a view, and the places (x, y) of its words in pixels."""
    said = []
    window.exporters[key].done.connect(said.append)
    window.exporters[key].write_picture(path)
    assert app.wait_for(lambda: bool(said), 20)
    window.exporters[key].done.disconnect(said.append)
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - our own file
    words = []
    for group in root.iter(f"{SVG}g"):
        numbers = re.findall(r"[-\d.e]+", group.get("transform", "matrix(1,0,0,1,0,0)").removeprefix("matrix"))
        a, b, c, d, e, f = (float(number) for number in numbers)
        for text in group.findall(f"{SVG}text"):
            x, y = float(text.get("x")), float(text.get("y"))
            words.append(("".join(text.itertext()).strip(), a * x + c * y + e, b * x + d * y + f))
    _, _, width, height = (float(part) for part in root.get("viewBox").split())
    return (width, height), words


@pytest.mark.parametrize(("name", "key"), [("six_optimizers", "landscape"), ("spirals", "plane")])
def test_the_first_picture_of_a_view_never_seen_has_its_legend_whole(qapp, tmp_path, name, key):
    """The tab was never opened: every lane's name stands in it all the same, as in the next picture."""
    window = opened(example(name), (1280, 800), 30)
    try:
        assert not window.views[key].isVisible()
        (width, _), first = written(window, key, tmp_path / "first.svg")
        _, second = written(window, key, tmp_path / "second.svg")
        lanes = tuple(lane.label for lane in window.snapshot.info.lanes)
        places = [(word, x) for word, x, _ in first if word.startswith(lanes)]
        assert len(places) == len(lanes)
        assert all(0 < x < 0.8 * width for _, x in places), "inside of the picture, with room for the words"
        assert len({round(x) for _, x in places}) == 1, "below each other"
        again = [x for word, x, _ in second if word.startswith(lanes)]
        assert [x for _, x in places] == pytest.approx(again, abs=16), "but for the width of an axis's numbers"
    finally:
        closed(window)


def test_a_picture_of_the_table_holds_every_row_and_column_in_full(crowded, tmp_path):
    """24 lanes in a dock for eight, or for two: none is cut, and the dock is as it was, scrolled where it was."""
    table = crowded.views["race"].table
    table.verticalScrollBar().setValue(3)
    (width, height), words = written(crowded, "race", tmp_path / "race.svg")
    assert [word for word, _, _ in words if word in LABELS] == LABELS
    assert {"Lane", "Step", "Loss", "Gradient", "Distance", "Status"} <= {word for word, _, _ in words}
    assert [word for word, _, _ in words].count("paused") == LANES
    assert not any("…" in word for word, _, _ in words)
    assert all(0 < x < width - 20 and 0 < y < height for _, x, y in words)
    assert table.verticalScrollBar().isVisible()
    assert table.verticalScrollBar().value() == 3


@pytest.mark.parametrize("key", ["loss", "gradients", "landscape"])
def test_a_picture_with_many_lanes_names_each_of_them_beside_the_curves(crowded, tmp_path, key):
    """Each name stands within the picture, under the axis; the curves keep their room, and the window is left alone."""
    view = crowded.views[key]
    before = view.plot.box.geometry()
    (width, height), words = written(crowded, key, tmp_path / "view.svg")
    names = [(word, x, y) for word, x, y in words if word.startswith("Racer")]
    assert sorted(word for word, _, _ in names) == LABELS
    assert all(0 < x < width - 40 and 0 < y < height for _, x, y in names)
    axis = next(y for word, _, y in words if word in ("step", "x"))
    assert all(y > axis for _, _, y in names)
    assert axis > 160
    assert len({round(x) for _, x, _ in names}) > 1, "in several columns"
    after = view.plot.box.geometry()
    # an axis is as wide as its numbers, which another height may write with a digit more
    assert (after.right(), after.top(), after.bottom()) == (before.right(), before.top(), before.bottom())
    assert after.left() == pytest.approx(before.left(), abs=16)
    named = [label for label, _, _ in view.legend._entries if view.legend.isVisible()]
    assert bool(set(named) & set(LABELS)) == (key == "landscape"), "there it scrolls on screen"
