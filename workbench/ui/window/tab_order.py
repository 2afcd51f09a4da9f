"""The order in which Tab goes through the window: that in which its parts are laid out, not made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import cast

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLayout,
    QLineEdit,
    QScrollArea,
    QSlider,
    QTabWidget,
    QToolBar,
    QWidget,
)

_AFTER_MILLISECONDS = 120  # after the last edit
_KINDS = (QAbstractButton, QSlider, QComboBox)  # those that are clicked to do something, not to be written in
_WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)


class CalmFocus(QObject):
    """Keeps Tab going through a window as it is laid out, and the focus from what is clicked.

    Buttons and sliders take the focus by Tab alone: a click must not catch the Space that runs the race.
    """

    def __init__(self, window: QWidget, parts: Sequence[QWidget]) -> None:
        """`parts` are those of the window in the order of Tab."""
        super().__init__(window)
        self._window, self._parts = window, parts
        self._calmed: list[QWidget] = []
        self._left: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._app = cast("QApplication", QApplication.instance())
        self._app.focusChanged.connect(self._on_focus_changed)
        self._follows = True
        self._look()

    def ask(self, *, anew: bool = False) -> None:
        """Look soon whether there are others; `anew` goes through them all even if there are not.

        Not at each move of a slider: it goes through every widget.
        """
        if anew:
            self._calmed = []
        self._timer.start()

    def note_left(self, line: QWidget) -> None:
        """A line gave the keys back to the window: nothing has the focus, and Tab is to go on from there."""
        self._left = line

    def go_on(self) -> None:
        """Tab is pressed: give the focus back to the line that was left last, where nothing else has it since."""
        left, self._left = self._left, None
        if left is None or self._window.focusWidget() is not None:
            return
        with contextlib.suppress(RuntimeError):  # the line may have gone with what it belonged to
            left.setFocus(Qt.FocusReason.TabFocusReason)

    @property
    def waits(self) -> bool:
        """Whether it was asked and has not looked yet."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Look no more: the window closes. Safe to call twice."""
        self._timer.stop()
        if self._follows:
            self._follows = False
            self._app.focusChanged.disconnect(self._on_focus_changed)

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        """Give the focus back that a click has taken: of a control so new that it was not looked at yet."""
        if not isinstance(now, _KINDS) or not now.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            return
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton or now.window() not in (self._window, _dock_of(now)):
            return
        now.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            now.clearFocus()

    def _look(self) -> None:
        widgets = _clicked(self._window)
        if widgets == self._calmed:
            return
        calm(self._window)
        put_in_order(self._parts)
        self._calmed = widgets  # those themselves: a new one may be where an old one was


def _dock_of(widget: QWidget) -> QWidget | None:
    """The dock that floats with the widget, None where it is in another window."""
    window = widget.window()
    return window if isinstance(window, QDockWidget) else None


def calm(widget: QWidget) -> None:
    """Keep the focus from what is clicked within a widget."""
    for found in _clicked(widget):
        found.setFocusPolicy(Qt.FocusPolicy.TabFocus)


def _clicked(widget: QWidget) -> list[QWidget]:
    # Asked for by their kinds: what Qt has inside of its own widgets stays in Python's memory, once asked for
    return [found for kind in _KINDS for found in widget.findChildren(kind)]


def put_in_order(parts: Iterable[QWidget]) -> None:
    """Let Tab go through the parts in this order, and through each as it is laid out.

    Controls that are made later come last until this is called again. A part that floats is a window with an order of
    its own.
    """
    windows: dict[QWidget, list[QWidget]] = {}
    for part in parts:
        windows.setdefault(part.window(), []).extend(focusable(part))
    for widgets in windows.values():
        for before, after in pairwise(widgets):
            QWidget.setTabOrder(before, after)


def focusable(widget: QWidget) -> Iterator[QWidget]:
    """The widget, if Tab reaches it, and those within it, as they are laid out."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    if not isinstance(widget, _WHOLE):
        for child in _within(widget):
            yield from focusable(child)


def _within(widget: QWidget) -> list[QWidget]:
    layout = widget.layout()
    found: list[QWidget | None] = []
    if isinstance(widget, QScrollArea):
        found = [widget.widget()]
    elif isinstance(widget, QDockWidget):
        found = [widget.titleBarWidget(), widget.widget()]
    elif isinstance(widget, QToolBar):
        found = [widget.widgetForAction(action) for action in widget.actions()]
    elif isinstance(widget, QTabWidget):
        found = [widget.tabBar(), widget.cornerWidget(), *(widget.widget(i) for i in range(widget.count()))]
    elif layout is not None:
        found = list(_laid_out(layout))
    return [child for child in found if child is not None]


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for i in range(layout.count()):
        item = layout.itemAt(i)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _laid_out(inner)
