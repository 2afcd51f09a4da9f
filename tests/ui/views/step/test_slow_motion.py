"""Slow motion, two lanes side by side, a symbol's card, the picture and the table, in the real window."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt

from tests.experiments import NETWORK, VALLEY, experiment
from tests.ui.views.layers.test_layers import show
from tests.ui.views.step.test_step import CALM, opened, taken  # noqa: F401 - a fixture
from workbench.engine.race.trail import Trail
from workbench.experiment import build
from workbench.ui.views.step.player import ALL

WAIT = 20_000


def test_the_lines_come_one_after_another_by_keys(opened, qtbot):  # noqa: F811
    """Full stop: the first, the next; comma: one back; Shift+P: all of them. What is to come has no numbers yet."""
    window, view = opened(CALM, 3)
    window.activateWindow()
    view.page.setFocus()
    text = view.page.toPlainText
    assert "Δ[1] = " in text()
    qtbot.keyClick(view.page, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: view.player.place == 0, timeout=WAIT)
    assert "m[1] = " in text()
    assert "v[1] = " not in text()
    assert "…" in text().partition("Before and after")[2]
    qtbot.keyClick(view.page, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: view.player.place == 1, timeout=WAIT)
    assert "v[1] = " in text()
    assert "Δ[1] = " not in text()
    assert {a.names[0] for a in view.picture.arrows.arrows} == {"g", "m"}
    qtbot.keyClick(view.page, Qt.Key.Key_Comma)
    qtbot.waitUntil(lambda: view.player.place == 0, timeout=WAIT)
    assert "v[1] = " not in text()
    qtbot.keyClick(view.page, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: view.player.place == ALL, timeout=WAIT)
    assert "Δ[1] = " in text()
    assert "…" not in text()


def test_played_to_the_end_the_race_takes_the_step_and_its_lines_begin_anew(opened, qtbot):  # noqa: F811
    """A play goes through the lines by a timer, steps the race, and goes on; once more stops it where it is."""
    window, view = opened(CALM, 3)
    view.bar.pace.setCurrentIndex(view.bar.pace.count() - 1)
    view.bar.pace.activated.emit(view.bar.pace.currentIndex())
    view.bar.buttons["run"].click()
    assert view.player.is_playing
    qtbot.waitUntil(lambda: window.snapshot.step >= 5, timeout=WAIT)
    view.bar.buttons["run"].click()
    assert not view.player.is_playing
    assert view.player.place != ALL
    qtbot.waitUntil(lambda: not window.worker.is_busy, timeout=WAIT)
    step = window.snapshot.step
    opened.shows(view, step)
    race = build.make_race(experiment(CALM))
    race.seek(step)
    np.testing.assert_array_equal(window.snapshot.theta, race.theta)


def test_hidden_it_plays_no_more(opened):  # noqa: F811
    window, view = opened(CALM, 3)
    view.player.toggle()
    assert view.player.is_playing
    show(window, "landscape")
    assert not view.player.is_playing


def test_two_lanes_stand_side_by_side_and_what_differs_is_lit(opened, qtbot):  # noqa: F811
    """The other lane's own step; from here, the step of its rule from this lane's point and gradient."""
    window, view = opened(CALM, 6)
    view.beside.setCurrentIndex(2)
    view.beside.activated.emit(2)
    qtbot.waitUntil(lambda: view.other_page.isVisible() and view.other_page.found is not None, timeout=WAIT)
    before, _, after = taken(CALM, 6, 1)
    np.testing.assert_array_equal(view.other_page.found.point, before)
    np.testing.assert_allclose(view.other_page.found.after, after, rtol=1e-12)
    accent = view.theme.accent
    assert accent in view.page.toHtml()
    view.here.setChecked(True)
    qtbot.waitUntil(lambda: view.other_page.found is not None and view.other_page.found.here, timeout=WAIT)
    here, gradient, _ = taken(CALM, 6, 0)
    np.testing.assert_array_equal(view.other_page.found.point, here)
    given = next(q for q in view.other_page.found.quantities if q.name == "g" and q.origin == "given")
    np.testing.assert_array_equal(given.values, gradient)
    assert any(arrow.label == "Momentum" for arrow in view.picture.arrows.arrows)
    assert "from the other lane's point" in view.other_page.toPlainText()
    view.beside.setCurrentIndex(0)
    view.beside.activated.emit(0)
    qtbot.waitUntil(lambda: not view.other_page.isVisible(), timeout=WAIT)
    assert not view.here.isVisible()
    assert window.snapshot.step == 6


def test_a_symbol_chosen_by_keys_has_its_card_its_history_and_its_arrow(opened, qtbot):  # noqa: F811
    """m: what it is, its number, its values over the last steps, which are the formula's; its arrow is brought out."""
    _window, view = opened(CALM, 30)
    place = view.symbol.findData("m")
    view.symbol.setCurrentIndex(place)
    view.symbol.activated.emit(place)
    assert view.card.isVisible()
    assert "state" in view.card.words.text()
    assert {arrow.names for arrow in view.picture.arrows.lit_ones} == {("m",)}
    qtbot.waitUntil(lambda: len(view.card.line.values) == 30, timeout=WAIT)
    race, m, expected = build.make_race(experiment(CALM)), np.zeros(2), []
    for _ in range(30):
        m = 0.9 * m + 0.1 * race.gradient[0]
        expected.append(m)
        race.advance()
    np.testing.assert_allclose(view.card.line.values, expected, rtol=1e-9)
    view.symbol.setCurrentIndex(0)
    view.symbol.activated.emit(0)
    assert not view.card.isVisible()
    assert view.picture.arrows.lit_ones == []


def test_the_picture_is_of_the_part_around_the_step(opened):  # noqa: F811
    """Its units are alike on both axes, the point and the ghost are in it, and the step is a good part of it."""
    window, view = opened(CALM, 12)
    (x0, x1), (y0, y1) = view.picture.plot.box.viewRange()
    before, _, after = taken(CALM, 12)
    for place in (before, after):
        assert x0 < place[0] < x1
        assert y0 < place[1] < y1
    box = view.picture.plot.box
    assert (x1 - x0) / box.width() == pytest.approx((y1 - y0) / box.height(), rel=1e-6)
    (ghost,) = view.picture.arrows.ghosts
    np.testing.assert_allclose(ghost[0], after, rtol=1e-9)
    asked = window.worker._loop.demands["surface"]
    assert asked[0][0] < x0 < x1 < asked[0][1]
    assert asked[1][0] < y0 < y1 < asked[1][1]


def test_the_last_steps_are_a_table_that_is_sorted_copied_and_exported(opened, qtbot):  # noqa: F811
    """Rows are the race's steps; a click on a head sorts; chosen rows are copied; the CSV has all in full."""
    window, view = opened(CALM, 40)
    view.steps.setChecked(True)
    qtbot.waitUntil(lambda: view.table.isVisible() and view.table.rows.rowCount() == 40, timeout=WAIT)
    rows = view.table.rows
    race = build.make_race(experiment(CALM), capacity=None)
    race.advance(40)
    path = race.history.view().values["path"][:, 0]
    assert rows.titles[:3] == ["step", "x[1]", "x[2]"]
    np.testing.assert_array_equal(rows.numbers[1], path[:40, 0])
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    np.testing.assert_allclose(rows.numbers[-1], lengths, rtol=1e-9)
    last = len(rows.titles) - 1
    view.table.sortByColumn(last, Qt.SortOrder.DescendingOrder)
    assert rows.step_of(0) == int(lengths.argmax()) + 1
    flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    view.table.selectionModel().select(rows.index(0, 0), flags)  # whatever keys another test has held
    copied = view.text_to_copy().splitlines()
    assert len(copied) == 2
    assert copied[0].split("\t") == rows.titles
    assert copied[1].split("\t")[0] == str(int(lengths.argmax()) + 1)
    window.worker.step(1)
    qtbot.waitUntil(lambda: rows.rowCount() == 41, timeout=WAIT)
    assert view.table.chosen_steps == {int(lengths.argmax()) + 1}
    found = list(csv.DictReader(io.StringIO(view.data_csv()().decode())))
    assert len(found) == 41
    assert [int(row["step"]) for row in found] == list(range(1, 42))
    np.testing.assert_array_equal([float(row["x[0]"]) for row in found][:40], path[:40, 0])
    np.testing.assert_allclose([float(row["step_size"]) for row in found][:40], lengths, rtol=1e-9)
    assert {"m[0]", "v_hat[1]", "g[0]", "update[1]", "beta1"} <= set(found[0])


def test_before_the_first_step_the_table_says_what_would_fill_it(opened, qtbot):  # noqa: F811
    _window, view = opened(CALM, 0)
    view.steps.setChecked(True)
    qtbot.waitUntil(lambda: "No step has been taken yet" in view._empty.text(), timeout=WAIT)
    assert view.data_csv()() == b""


def test_a_weight_picked_in_the_drawing_is_the_parameter_of_the_step(opened, qtbot):  # noqa: F811
    """A click on a unit of the drawing picks its bias, whose numbers the step then has."""
    window, view = opened(NETWORK, 4)
    diagram = show(window, "diagram")
    qtbot.waitUntil(lambda: bool(diagram.canvas.diagram is not None and diagram.canvas.places.columns), timeout=WAIT)
    x, y = diagram.canvas.places.columns[2][1]
    qtbot.mouseMove(diagram.canvas, QPoint(round(x), round(y)))
    qtbot.waitUntil(lambda: diagram.canvas.neuron == (2, 1), timeout=WAIT)
    qtbot.mouseClick(diagram.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    show(window, "step")
    opened.shows(view, 4, coordinates=(21,))
    assert "output layer, bias of unit 2" in view.page.toPlainText()


def test_the_landscape_has_the_arrows_where_one_wants_them(open_window, settled, qtbot):
    """Of the picked lane; they end where it goes next, and go with the option."""
    window = open_window(experiment(VALLEY.replace("noise = 0.5\n", "")))
    window.worker.seek(5)
    settled(window, 5)
    view = window.views["landscape"]
    assert view.step.arrows == ()
    view.choose("step_arrows", True)
    window.picked.pick(1)
    _, _, after = taken(VALLEY.replace("noise = 0.5\n", ""), 5, 1)
    qtbot.waitUntil(lambda: bool(view.step.ghosts) and bool(np.allclose(view.step.ghosts[0][0], after)), timeout=WAIT)
    assert window.document.experiment.view["landscape"] == {"step_arrows": True}
    view.choose("step_arrows", False)
    assert view.step.arrows == ()


def test_a_card_goes_with_the_mouse_and_the_chosen_symbol_comes_back(opened, qtbot):  # noqa: F811
    """Pointed at, another symbol's card shows; left, that of the chosen one is there again."""
    _window, view = opened(CALM, 3)
    place = view.symbol.findData("v")
    view.symbol.setCurrentIndex(place)
    view.symbol.activated.emit(place)
    view.page.symbol_pointed.emit("g", QPoint(100, 400))
    assert "gradient that the rule is given" in view.card.words.text()
    view.page.leaveEvent(QEvent(QEvent.Type.Leave))
    view.page.symbol_pointed.emit("", QPoint())
    assert view.card.isVisible()
    assert view._symbol == "v"
    assert isinstance(view.snapshot.extras.get("trail"), Trail | None)
