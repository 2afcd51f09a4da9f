"""The order in which Tab goes through the window: that in which its parts are laid out, not made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLayout,
    QLineEdit,
    QScrollArea,
    QTabWidget,
    QToolBar,
    QWidget,
)

_WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)


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
        found = [widget.tabBar(), *(widget.widget(i) for i in range(widget.count()))]
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
