"""Views are made when they are first seen or needed, and are then as if they had been there all the while."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from tests.experiments import NETWORK, VALLEY, experiment
from workbench.experiment.experiment import replace
from workbench.ui.style import theme as themes
from workbench.ui.views import VIEWS
from workbench.ui.window.main_window import MainWindow

AT_FIRST = {"landscape", "loss", "gradients", "race"}
LOOKS = experiment(f'{VALLEY}[view.plane]\nheights = "rank"\n[view.loss]\nsmooth = false\n')


def test_a_window_has_the_views_that_are_seen_and_knows_the_others(window):
    """To ask whether there is a view makes none."""
    assert set(window.views.made) == AT_FIRST
    assert list(window.views) == [entry.key for entry in VIEWS]
    assert "layers" in window.views
    assert "nothing" not in window.views
    assert len(window.views) == len(VIEWS)
    assert set(window.views.made) == AT_FIRST


def test_a_network_opens_without_the_landscape(open_window):
    """Its own view is in front from the beginning."""
    window = open_window(experiment(NETWORK))
    assert set(window.views.made) == {"fit", "loss", "gradients", "race"}


def test_what_goes_through_all_views_makes_none(window, qtbot, tmp_path):
    """Themes, size of text, picked lanes, undo, presentation, copies, another file, and a picture of what is seen."""
    window.looks.set_theme(themes.DARK)
    window.looks.enlarge()
    window.looks.forget_points()
    window.picked.pick(1)
    window.lanes_panel.cards[0].remove.trigger()
    window.commands.undo()
    window.presentation.toggle()
    window.presentation.toggle()
    window.copying.copy()
    window.exporters["loss"].write_picture(tmp_path / "loss.png")
    window.demands.tell()
    window.files._show(experiment(VALLEY, seed=9), None)
    qtbot.waitUntil(lambda: window.snapshot.generation > 1 and window.snapshot is window.worker.snapshot)
    assert set(window.views.made) == AT_FIRST


def test_a_tab_that_comes_to_light_has_its_view(window, qtbot):
    """In its place, with its controls above it, drawn of the newest snapshot, in the window's theme."""
    window.looks.set_theme(themes.DARK)
    window.centre.bring("step")
    assert "step" in window.views.made
    view = window.views["step"]
    assert view.isVisible()
    assert view.accessibleName() == "Step"
    assert view.theme is themes.DARK
    qtbot.waitUntil(lambda: view.snapshot is window.snapshot)
    qtbot.waitUntil(lambda: "anatomy" in window.snapshot.extras)
    assert view.controls.parentWidget() is window.centre._bars["step"]


def test_a_dock_that_was_never_seen_has_no_view(qtbot, qapp):
    """It stays empty until it is shown."""
    window = MainWindow(experiment(VALLEY), theme=themes.LIGHT)
    window.remembers_layout = window.files.asks_before_losing = False
    try:
        window.docks["gradients"].hide()
        window.show()
        qtbot.waitUntil(lambda: window.snapshot is not None)
        assert set(window.views.made) == AT_FIRST - {"gradients"}
        window.docks["gradients"].show()
        assert window.views.made["gradients"].isVisible()
        qtbot.waitUntil(lambda: window.views["gradients"].snapshot is window.snapshot)
    finally:
        window.close()
        window.deleteLater()
        qapp.processEvents()


def test_a_view_looks_as_the_experiment_says_whenever_it_is_made(open_window):
    """Options, and the picked lane, as they are then."""
    window = open_window(LOOKS)
    window.picked.pick(1)
    plane = window.views["plane"]
    assert plane.options["heights"] == "rank"
    assert plane.picked_lane == 1
    plane.choose("heights", "linear")
    assert window.document.experiment.view["plane"]["heights"] == "linear"
    window.commands.undo()
    assert plane.options["heights"] == "rank"


def test_a_drag_in_a_view_made_later_is_one_edit(open_window, qtbot):
    """It is wired as those that were there from the start: all moves of a drag are one step of undo."""
    window = open_window(experiment(NETWORK))
    before = replace(window.document.experiment, problem=experiment(VALLEY).problem)
    window.document.replace(before)
    qtbot.waitUntil(lambda: window.snapshot.info.kind == "objective")
    landscape = window.views["landscape"]
    landscape.drag_began.emit()
    landscape.start_moved.emit(0, 0.5, 0.25)
    landscape.start_moved.emit(0, 0.75, 0.5)
    landscape.drag_ended.emit(True)
    assert window.document.experiment.problem.start == (0.75, 0.5)
    window.commands.undo()
    assert window.document.experiment == before


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_view_that_was_never_seen_is_exported(window, qtbot, tmp_path, kind):
    """It is made, given what it draws, and written, though nobody looks at it."""
    path = tmp_path / f"step.{kind}"
    window.exporters["step"].write_picture(path)
    qtbot.waitUntil(path.exists, timeout=20_000)
    assert not window.views["step"].isVisible()
    assert path.stat().st_size > 1000


def test_the_table_of_a_view_that_was_never_seen_is_exported(open_window, qtbot, tmp_path):
    """A row for each connection: the inputs' and the hidden layer's."""
    window = open_window(experiment(NETWORK))
    path = tmp_path / "diagram.csv"
    window.exporters["diagram"].write_csv(path)
    qtbot.waitUntil(path.exists, timeout=20_000)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 2 * 4 + 4 * 2


def test_a_sample_picked_in_the_fit_reaches_a_view_that_was_never_seen(open_window, qtbot):
    """Backpropagation takes that sample apart as soon as one looks."""
    window = open_window(experiment(NETWORK))
    assert "backpropagation" not in window.views.made
    window.views["fit"].sample_picked.emit("train", 5)
    window.centre.bring("backpropagation")
    assert window.views["backpropagation"].demand() == {"backpropagation": (0, ("train", 5))}


def test_buttons_of_a_view_made_later_take_the_focus_by_tab_alone(open_window):
    """A click must not catch the Space that runs the race."""
    window = open_window(experiment(NETWORK))
    window.centre.bring("layers")
    bar = window.centre._bars["layers"]
    buttons = bar.findChildren(QAbstractButton)
    assert len(buttons) > 1
    assert {button.focusPolicy() for button in buttons} == {Qt.FocusPolicy.TabFocus}
