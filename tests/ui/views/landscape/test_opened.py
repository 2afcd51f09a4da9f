"""A file that is opened is looked at afresh; an edit leaves the look as it is. The plot stands still from the start."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import VALLEY, experiment
from tests.ui.views.landscape.test_landscape import HIMMELBLAU
from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.ui.style import theme as themes

ZOOMED = ((-2.0, 0.0), (1.0, 2.5))
CURVE = """
format = 1
[problem]
kind = "objective"
objective = "formula"
start = [1.5]
[problem.parameters]
text = "x^4/4 - x^2"
[[lanes]]
optimizer = "sgd"
"""


@pytest.fixture
def written(tmp_path):
    """Writes an experiment, gives its file."""

    def write(text, name):
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def whole(open_window, qtbot):
    """Opens a window, and gives it with its landscape once the whole surface is there."""

    def make(text):
        window = open_window(files.loads(text))
        view = window.views["landscape"]
        qtbot.waitUntil(lambda: shown(window, view), timeout=20_000)
        return window, view

    return make


def shown(window, view):
    """Whether the newest race and the surface of what is in view are drawn."""
    snapshot = window.snapshot
    return (
        snapshot is window.worker.snapshot
        and view.snapshot is snapshot
        and not window.worker.is_busy
        and view.has_what_it_demands(snapshot)
        and view.ground.scale is not None
        and view.ground.is_whole
    )


def zoom(window, view, qtbot):
    """Zoom in, and have levels of the part that is shown; gives them."""
    view.plot.set_range(*ZOOMED)
    view._on_fresh_triggered()
    qtbot.waitUntil(lambda: shown(window, view) and not view._wants_fresh, timeout=20_000)
    return levels(view)


def levels(view):
    return [level.value for level in view.ground.scale.levels]


@pytest.mark.parametrize("other", [HIMMELBLAU, HIMMELBLAU.replace("0.01", "0.02")], ids=["the same", "another rate"])
def test_a_second_file_of_the_same_objective_is_seen_whole(whole, written, qtbot, other):
    """Zoom and levels were the first one's, also where its race is the very same."""
    window, view = whole(HIMMELBLAU)
    range_before, levels_before = view.plot.box.viewRange(), levels(view)
    assert zoom(window, view, qtbot) != levels_before
    assert window.open_file(written(other, "second"))
    qtbot.waitUntil(
        lambda: np.allclose(view.plot.box.viewRange(), range_before) and shown(window, view), timeout=20_000
    )
    assert levels(view) == levels_before


def test_an_edit_keeps_zoom_and_levels(whole, qtbot):
    """Another start, another rate and another lane are the same landscape."""
    window, view = whole(HIMMELBLAU)
    kept = zoom(window, view, qtbot)
    edited = replace(window.document.experiment, lanes=window.document.experiment.lanes[:1], seed=9)
    generation = window.snapshot.generation
    window.document.replace(edited)
    qtbot.waitUntil(lambda: window.snapshot.generation > generation and shown(window, view), timeout=20_000)
    assert np.allclose(view.plot.box.viewRange(), ZOOMED)
    assert levels(view) == kept


def test_an_edit_after_a_file_was_opened_keeps_them_too(whole, written, qtbot):
    """Once the file's race has been seen whole, what one looks at is one's own again."""
    window, view = whole(HIMMELBLAU)
    range_before = view.plot.box.viewRange()
    zoom(window, view, qtbot)
    assert window.open_file(written(HIMMELBLAU, "second"))
    qtbot.waitUntil(
        lambda: np.allclose(view.plot.box.viewRange(), range_before) and shown(window, view), timeout=20_000
    )
    kept = zoom(window, view, qtbot)
    generation = window.snapshot.generation
    window.document.replace(replace(window.document.experiment, seed=9))
    qtbot.waitUntil(lambda: window.snapshot.generation > generation and shown(window, view), timeout=20_000)
    assert np.allclose(view.plot.box.viewRange(), ZOOMED)
    assert levels(view) == kept


def test_the_colour_bar_has_its_place_before_there_is_a_surface(open_window, qtbot):
    """The plot is as wide in the first frame as when its colours are there."""
    window = open_window(experiment(VALLEY))
    view = window.views["landscape"]
    view.ground.hide()
    view.ground.keep_place(view.options)
    view.plot.plot_item.layout.activate()
    early = view.plot.box.geometry()
    assert view.ground.bar.boundingRect().width() > 20
    window.clock.refresh()
    qtbot.waitUntil(lambda: shown(window, view), timeout=20_000)
    assert view.ground.bar._scale is not None
    assert view.plot.box.geometry().left() == pytest.approx(early.left())
    assert view.plot.box.geometry().right() == pytest.approx(early.right())


def test_no_place_is_kept_where_there_are_no_colours(open_window, qtbot):
    """Of a curve, and where the bar is not wanted, the plot has the whole width."""
    curve = open_window(files.loads(CURVE)).views["landscape"]
    qtbot.waitUntil(lambda: curve.snapshot is not None and curve.ground.bar.boundingRect().width() == 0)
    hidden = open_window(experiment(f"{VALLEY}[view.landscape]\ncolor_bar = false\n")).views["landscape"]
    qtbot.waitUntil(lambda: hidden.ground.scale is not None, timeout=20_000)
    assert hidden.ground.bar.boundingRect().width() == 0


def test_the_colour_bar_follows_theme_and_palette_though_its_picture_is_kept(open_window, qtbot):
    """What is painted from the picture kept is what would be painted anew, after each change."""
    window = open_window(experiment(VALLEY))
    view = window.views["landscape"]
    qtbot.waitUntil(lambda: shown(window, view), timeout=20_000)
    bar, seen = view.ground.bar, []

    def part():
        place = view.plot.mapFromScene(bar.sceneBoundingRect()).boundingRect()
        return view.plot.grab(place).toImage()

    for change in (lambda: None, lambda: window.looks.set_theme(themes.DARK), lambda: view.choose("colors", "grey")):
        change()
        qtbot.waitUntil(lambda: shown(window, view), timeout=20_000)
        kept = part()
        bar._kept.clear()
        assert part() == kept
        assert all(kept != other for other in seen)
        seen.append(kept)
