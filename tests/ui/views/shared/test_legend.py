"""The legend of a landscape: out of the way of the paths, moved by hand, and scrolled where it is long."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.experiments import BOWL, experiment
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.legend import CORNERS, Legend, LegendOwner, named_lanes


class Owner(LegendOwner):
    def __init__(self):
        self.corners = []

    def legend_moved(self, corner):
        self.corners.append(corner)


@pytest.fixture
def shown(qtbot):
    """A plot with a legend of so many rows, and its owner."""

    def make(rows):
        plot, owner = Plot(), Owner()
        qtbot.addWidget(plot)
        plot.resize(600, 500)
        legend = Legend(plot, owner=owner)
        plot.show()
        QApplication.processEvents()
        legend.show_entries([(f"Lane {i}", "#0072b2", "o") for i in range(rows)], themes.LIGHT)
        return plot, legend, owner

    return make


@pytest.mark.parametrize("corner", CORNERS)
def test_it_leaves_the_corner_where_the_paths_are(shown, corner):
    """With points in three corners it is in the fourth, and stays there."""
    plot, legend, _ = shown(3)
    area = plot.box.geometry()
    points = []
    for name, (right, low) in CORNERS.items():
        if name != corner:
            x, y = area.width() - 30 if right else 30.0, area.height() - 30 if low else 30.0
            points += [[x, y]] * 5
    legend.take_corner("auto", np.array(points))
    place = legend.sceneBoundingRect().center()
    center = plot.box.sceneBoundingRect().center()
    assert (place.x() > center.x(), place.y() > center.y()) == CORNERS[corner]
    before = legend.pos()
    legend.take_corner("auto", np.array(points[:6]))
    assert legend.pos() == before


def test_a_drag_to_another_corner_is_told(shown):
    plot, legend, owner = shown(3)
    start = plot.mapFromScene(legend.sceneBoundingRect().center())
    area = plot.box.sceneBoundingRect()
    end = plot.mapFromScene(QPointF(area.left() + 60, area.bottom() - 50))
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(plot.viewport(), (start + end) / 2)
    QTest.mouseMove(plot.viewport(), end)
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert owner.corners == ["bottom_left"]
    assert legend.sceneBoundingRect().right() < area.center().x()
    assert area.contains(legend.sceneBoundingRect())


def test_many_lanes_scroll_and_stay_inside_the_plot(shown):
    """Of forty rows the wheel brings the last one into sight."""
    plot, legend, _ = shown(40)
    assert plot.box.sceneBoundingRect().contains(legend.sceneBoundingRect())
    place = plot.mapFromScene(legend.sceneBoundingRect().center())
    for _ in range(50):
        at = QPointF(place)
        turn = QWheelEvent(
            at, plot.viewport().mapToGlobal(at), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(plot.viewport(), turn)
    assert legend.names_in_sight[-1] == "Lane 39"


def test_the_arrows_of_a_long_legend_stand_beside_its_names(shown):
    """Of forty rows it is wider than of ten by the room that an arrow takes, where no name is written."""
    _, short, _ = shown(10)  # their names have one digit
    plot, legend, _ = shown(40)
    names = [(f"Lane {i % 10}", "#0072b2", "o") for i in range(40)]
    legend.show_entries(names, themes.LIGHT)
    arrow = QFontMetricsF(themes.font(themes.SMALL_POINTS)).horizontalAdvance("▾")
    assert legend.boundingRect().width() >= short.boundingRect().width() + arrow
    assert plot.box.sceneBoundingRect().contains(legend.sceneBoundingRect())


def test_long_names_are_shortened_on_screen_and_whole_in_a_picture(shown):
    """On screen the legend takes half of the plot at most; what is said of a lane behind its name stays whole."""
    plot, legend, _ = shown(1)
    name = "a name that says at length what this lane is about, number 1"
    rows = [(name, "#0072b2", "o"), (f"{name}   true 0.04 ≠ shown 0.06", "#0072b2", "o"), ("Adam", "#0072b2", "o"),
            (f"{name} ✕ diverged at step 8", "#0072b2", "o")]  # fmt: skip
    legend.show_entries(rows, themes.LIGHT)
    assert legend._size.width() <= 0.5 * plot.box.width() + 20
    first, second, third, last = legend._texts
    assert "…" in first
    assert first.endswith("number 1")
    assert second.endswith("   true 0.04 ≠ shown 0.06")
    assert last.endswith(" ✕ diverged at step 8")
    assert third == "Adam"
    legend.show_entries(rows, themes.LIGHT, alone=True)
    assert legend._texts == tuple(label for label, _, _ in rows)


def test_a_lane_of_which_some_runs_go_on_has_not_diverged(open_window, settled):
    """Of two starts one diverges: the legend says of how many, and the step only where all are gone."""
    window = open_window(experiment(BOWL.replace("[4.0, -3.0]", "[[4.0, -3.0], [0.0, 0.0]]")))
    window.worker.seek(200)
    snapshot = settled(window, 200)
    names = [label for label, _, _ in named_lanes(snapshot, ["#000000"] * 2, ["o"] * 2)]
    assert names == ["Momentum", "Wild ✕ 1 of 2 diverged"]
