"""Themes, text sizes and room: nothing is cut off, everything says what it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QScrollArea, QWidget

from tests.experiments import NETWORK, VALLEY, example, experiment
from tests.ui.gestures import choose
from workbench.ui.style import theme as themes
from workbench.ui.style.elided import ElidedLabel

KINDS = pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])


def mean_lightness(widget):
    image = widget.grab().toImage()
    places = [(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)]
    return sum(image.pixelColor(x, y).lightness() for x, y in places) / len(places)


def enlarge(window, points):
    """Make the text as large as the menu's command does, step by step."""
    while QApplication.font().pointSizeF() < points:
        window.looks.enlarge()
    QApplication.processEvents()


def unfold(window):
    """Open what can be opened in the panels."""
    for card in window.lanes_panel.cards[:2]:
        card.unfold.setChecked(True)
    QApplication.processEvents()


def parent_right(child, panel):
    """Where the part that holds a line ends: what reaches beyond is not painted."""
    parent = child.parentWidget()
    return parent.mapTo(panel, QPoint(0, 0)).x() + parent.width() if parent is not panel else panel.width()


def cut_off(window):
    """The visible parts of the panels that reach beyond the width of their scroll area, or lack room for their text."""
    found = []
    for panel in (window.problem_panel, window.lanes_panel):
        area = panel.parentWidget().parentWidget()
        assert isinstance(area, QScrollArea)
        width = area.viewport().width()
        for child in panel.findChildren(QWidget):
            if not child.isVisible():
                continue
            left = child.mapTo(panel, QPoint(0, 0)).x()
            if left < 0 or left + child.width() > width:
                found.append((child, child.toolTip() or getattr(child, "text", str)(), left, child.width(), width))
            elif isinstance(child, QLineEdit) and left + child.width() > parent_right(child, panel):
                found.append((child, child.text(), left, child.width()))
            elif isinstance(child, ElidedLabel) and child.toolTip().startswith(child.text()):
                continue  # what its line has no room for, its tooltip tells
            elif isinstance(child, QLabel) and not child.wordWrap() and child.width() < child.sizeHint().width():
                found.append((child, child.text(), child.width(), child.sizeHint().width()))
            elif (
                isinstance(child, QAbstractButton) and child.text() and child.width() < child.minimumSizeHint().width()
            ):
                found.append((child, child.text(), child.width(), child.minimumSizeHint().width()))
            elif isinstance(child, QLineEdit) and child.height() < child.fontMetrics().height():
                found.append((child, child.text(), child.height(), child.fontMetrics().height()))
    return found


def overlapping(window):
    """Pairs of visible neighbours in the panels that lie over each other."""
    found = []
    for panel in (window.problem_panel, window.lanes_panel):
        for parent in [panel, *panel.findChildren(QWidget)]:
            if isinstance(parent, (QComboBox, QScrollArea, QLineEdit)):
                continue
            rooms = [
                (c, QRect(c.pos(), c.size()))
                for c in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
                if c.isVisible() and not c.isWindow()
            ]
            for i, (a, room) in enumerate(rooms):
                found += [(a, b) for b, other in rooms[i + 1 :] if room.intersects(other)]
    return found


@KINDS
@pytest.mark.parametrize("points", [themes.BASE_POINTS, 14.0])
def test_nothing_in_the_panels_is_cut_off_or_covered(open_window, text, points, qtbot):
    """At 1280 x 800, with text as usual and much larger, everything lies within the panels' width, side by side."""
    window = open_window(experiment(text))
    enlarge(window, points)
    unfold(window)
    qtbot.wait(30)
    assert cut_off(window) == [], cut_off(window)[:6]
    assert overlapping(window) == [], overlapping(window)[:6]


@pytest.mark.parametrize("points", [themes.BASE_POINTS, 14.0])
def test_the_transport_bar_has_room(open_window, points, qtbot):
    """No control of the bar is pushed out of a window of 1280 pixels."""
    window = open_window()
    enlarge(window, points)
    qtbot.wait(30)
    bar = window.transport
    for child in bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isVisible():
            assert bar.rect().contains(child.geometry()), child
    assert bar.timeline.isVisible()
    assert bar.timeline.width() > 100


def test_the_window_keeps_its_width_with_larger_text(open_window, qtbot):
    """At 14 points every view of a network has its place in a window of 1280 pixels."""
    window = open_window(example("spirals"))
    qtbot.waitUntil(lambda: "backpropagation" in window.centre.keys)
    enlarge(window, 14.0)
    for key in window.centre.keys:
        window.centre.bring(key)
        qtbot.wait(30)
        assert window.width() == 1280, key
        assert window.minimumSizeHint().width() <= 1280, key


@pytest.mark.usefixtures("idle_maps")
def test_the_largest_text_leaves_the_window_on_a_small_screen(open_window, qtbot):
    """At 18 points, the largest, no view of a network asks for more than a screen of 1280 x 800 has."""
    window = open_window(example("healthy_gradients"))
    qtbot.waitUntil(lambda: "backpropagation" in window.centre.keys)
    enlarge(window, 18.0)
    for key in (*window.centre.keys, window.centre.keys[0]):
        window.centre.bring(key)
        qtbot.wait(60)
        assert (window.width(), window.height()) == (1280, 800), key
        assert window.minimumSizeHint().width() <= 1280, key
        assert window.minimumSizeHint().height() <= 800, key


def test_a_title_that_is_cut_is_told_by_its_tooltip(qapp):
    """Where there is room for the whole there is nothing to tell."""
    label = ElidedLabel("Gradient magnitudes")
    label.resize(label.sizeHint())
    assert label.shown() == "Gradient magnitudes"
    assert label.toolTip() == ""
    label.resize(label.sizeHint().width() // 2, label.height())
    label.resizeEvent(QResizeEvent(label.size(), label.size()))
    assert label.shown().startswith("Gra")
    assert label.shown().endswith("…")
    assert label.toolTip() == "Gradient magnitudes"
    label.deleteLater()


def test_in_a_small_window_the_row_of_a_view_has_room_for_its_choices(open_window, qtbot):
    """At 1024 x 700 all tabs are seen, and a lane's name is whole or told by the tooltip."""
    window = open_window(example("healthy_gradients"), size=(1024, 700))
    qtbot.waitUntil(lambda: "backpropagation" in window.centre.keys)
    window.centre.bring("backpropagation")
    choice = window.views["backpropagation"].lane
    qtbot.waitUntil(choice.isVisible)
    tabs = window.centre.tabBar()
    seen = lambda: [i for i in range(tabs.count()) if tabs.isTabVisible(i)]  # noqa: E731
    qtbot.waitUntil(lambda: all(tabs.rect().contains(tabs.tabRect(i)) for i in seen()))
    assert len(seen()) + len(tabs.more.menu().actions()) == len(window.centre.keys)
    assert window.width() == 1024
    assert choice.width() >= choice.fontMetrics().horizontalAdvance(choice.currentText()) + 20
    assert choice.toolTip().endswith(choice.currentText())


def test_the_names_of_histograms_stand_whole_below_them_or_shortened(open_window, qtbot):
    """With text of 14 points the name of none begins outside of its plot, and what is left out is in a tooltip."""
    window = open_window(example("healthy_gradients"))
    qtbot.waitUntil(lambda: "backpropagation" in window.centre.keys)
    enlarge(window, 14.0)
    window.centre.bring("layers")
    view = window.views["layers"]
    qtbot.waitUntil(lambda: all(plot.found is not None for plot in view.histograms.values()))
    qtbot.wait(60)
    for key, plot in view.histograms.items():
        label = plot.axes["bottom"].label
        margin = label.document().documentMargin()
        left = label.sceneBoundingRect().left() + margin
        right = label.sceneBoundingRect().right() - margin
        assert 0 <= left < right <= plot.width(), key
        assert label.toPlainText().strip() == key or plot.toolTip() == key


def test_a_long_sentence_takes_no_room_from_the_views(open_window, qtbot):
    """Lines and length of what an engine says are cut to the one line that there is; the tooltip has all of it."""
    window = open_window()
    before = window.views["landscape"].size()
    window.status.say("the engine could not be started\n" * 30)
    qtbot.wait(30)
    assert (window.width(), window.height(), window.views["landscape"].size()) == (1280, 800, before)
    assert window.status.text() == " ".join(["the engine could not be started"] * 30)
    assert window.status._sentence.toolTip() == window.status.text()
    window.status.say("Short.")
    assert window.status._sentence.toolTip() == ""


@pytest.mark.parametrize("typed", ["9" * 400, "foo(x) + y", "x + " + "a" * 200 + "(y)", "1" * 30 + "é"])
def test_a_fault_takes_no_room_from_the_views(open_window, qtbot, typed):
    """However long the words of a person or of an error are, window and panels keep their width."""
    window = open_window()
    form = window.problem_panel.objective_form
    choose(form.objective, "formula")
    before = window.docks["problem"].width()
    for edit in (form._form.fields["text"].edit, window.problem_panel.seed.edit):
        edit.selectAll()
        edit.insert(typed)
        edit.textEdited.emit(edit.text())
        qtbot.wait(30)
    assert form._form.fields["text"].fault
    assert (window.width(), window.docks["problem"].width()) == (1280, before)


@pytest.mark.parametrize("name", ["banana_race", "dead_rectifiers"])
def test_names_in_the_race_table_can_be_read(open_window, name):
    """A name has room for its first letters at least, and every column is as wide as its numbers."""
    window = open_window(example(name))
    table = window.views["race"].table
    header = table.horizontalHeader()
    assert header.sectionSize(0) >= min(table.sizeHintForColumn(0), 18 * table.fontMetrics().horizontalAdvance("n"))
    for i in range(1, table.model().columnCount()):
        assert header.sectionSize(i) >= table.sizeHintForColumn(i)


@pytest.mark.parametrize("name", ["banana_race", "first_descent"])
def test_the_landscape_has_the_centre(open_window, name):
    """At 1280 x 800 it takes 45 % of the width and more."""
    window = open_window(example(name))
    assert (window.width(), window.height()) == (1280, 800)
    assert window.views["landscape"].width() >= 0.45 * 1280


@KINDS
def test_the_theme_changes_at_run_time(open_window, text, qtbot):
    """Dark is dark and light is light in every part, and back again is as before; the race runs on."""
    window = open_window(experiment(text))
    window.worker.go()
    qtbot.waitUntil(lambda: window.snapshot.step > 10)
    for name in ("dark", "light", "dark"):
        window.menus.theme_actions[name].trigger()
        qtbot.wait(60)
        assert window.looks.theme.name == name
        parts = [window, window.lanes_panel, window.problem_panel]
        parts += [view for view in window.views.values() if view.isVisible()]
        for part in parts:
            light = mean_lightness(part)
            assert light < 90 if name == "dark" else light > 170, (part, light)
    assert window.snapshot.running
    assert not window.looks.follows_system


def test_larger_and_smaller_text(open_window, qtbot):
    """The commands change all text by a point, within bounds, and keep the theme."""
    window = open_window(theme=themes.DARK)
    label = next(w for w in window.problem_panel.findChildren(QLabel) if w.text() == "seed")
    before = label.fontMetrics().height()
    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.font().pointSizeF() == themes.BASE_POINTS + 2
    assert label.fontMetrics().height() > before
    for _ in range(6):
        window.looks.reduce()
    assert QApplication.font().pointSizeF() == 8.0
    assert label.fontMetrics().height() < before
    assert window.looks.theme is themes.DARK
    window.menus.theme_actions["light"].trigger()
    assert QApplication.font().pointSizeF() == 8.0


@KINDS
def test_every_control_says_what_it_is(open_window, text, qtbot):
    """Whatever takes the focus and can be seen has a tooltip, an accessible name or a text of its own."""
    window = open_window(experiment(text))
    unfold(window)
    silent = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, QScrollArea)
        and not widget.toolTip()
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert silent == [], [(type(w), w.objectName(), type(w.parent())) for w in silent]


@KINDS
def test_tab_reaches_the_controls(open_window, text, qtbot):
    """Tab goes round all controls and comes back, without a mouse."""
    window = open_window(experiment(text))
    first = window.problem_panel.seed.edit
    first.setFocus()
    seen = set()
    for _ in range(400):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is first:
            break
        seen.add(now)
    assert window.transport.timeline in seen
    assert window.lanes_panel.add in seen
    assert window.lanes_panel.cards[0].rate.edit in seen
    assert QApplication.focusWidget() is first


def test_a_message_says_whole_sentences(open_window):
    """The bar shows a long sentence wrapped, within the window."""
    window = open_window()
    window.message.say("this is a sentence about something that went wrong, " * 6)
    QApplication.processEvents()
    assert window.message.text.startswith("This is")
    label = window.message._text
    assert label.height() >= label.heightForWidth(label.width())
    assert window.width() == 1280
