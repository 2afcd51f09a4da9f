"""Presentation: the pictures alone, full screen, with large type; and then the window as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from workbench.ui.views.shared.base import View
from workbench.ui.window.docks import Dock
from workbench.ui.window.looks import Looks
from workbench.ui.window.view_set import ViewSet

#: the dock that stays beside the middle: how the loss goes says what the picture means
BESIDE = "loss"
_LARGE = 15.0  # points
_ANY = 16_777_215  # Qt's own word for a height without a bound
_SHARE = 0.3  # of the width, for the curves


@dataclass(frozen=True)
class _Before:
    """What the window was, to be that again."""

    docks: QByteArray
    measures: Mapping[str, QSize]
    size: QSize
    state: Qt.WindowState
    points: float | None


class Presentation(QObject):
    """Shows the middle and the curves, or one view alone, and puts everything back."""

    #: whether a presentation has begun, or ended
    changed = Signal(bool)

    def __init__(
        self,
        window: QMainWindow,
        *,
        middle: QWidget,
        looks: Looks,
        views: ViewSet,
        docks: Mapping[str, Dock],
    ) -> None:
        super().__init__(window)
        self._window, self._middle, self._looks, self._views, self._docks = window, middle, looks, views, docks
        self._before: _Before | None = None
        self._left: _Before | None = None  # of the presentation that was left last
        self.escape = QAction(self.tr("Leave the presentation"), window)
        self.escape.setShortcut(Qt.Key.Key_Escape)
        self.escape.triggered.connect(self.leave)
        self.escape.setEnabled(False)
        window.addAction(self.escape)

    @property
    def is_on(self) -> bool:
        """Whether the window is presenting."""
        return self._before is not None

    def toggle(self) -> None:
        """Show the middle and the curves, or leave the presentation."""
        self.leave() if self.is_on else self._enter([BESIDE], middle=True)

    def toggle_one(self) -> None:
        """Show the view that has the focus alone, that in the middle where none has it; or leave the presentation."""
        if self.is_on:
            self.leave()
            return
        focus = QApplication.focusWidget()
        beside = [key for key, dock in self._docks.items() if key in self._views and _holds(dock, focus)]
        self._enter(beside, middle=not beside)

    def _enter(self, beside: list[str], *, middle: bool) -> None:
        window, looks = self._window, self._looks
        points = looks.points if looks.font_chosen else None
        measures = {key: dock.size() for key, dock in self._docks.items() if dock.isVisible()}
        self._before = _Before(window.saveState(), measures, window.size(), window.windowState(), points)
        window.menuBar().setMaximumHeight(0)  # hidden, its commands would have no keys
        window.statusBar().hide()
        for key, dock in self._docks.items():
            dock.setVisible(key in beside)
        self._middle.setVisible(middle)
        looks.choose_points(max(_LARGE, looks.points))
        self.escape.setEnabled(True)
        window.showFullScreen()
        if middle and beside:
            docks = [self._docks[key] for key in beside]
            window.resizeDocks(docks, [round(_SHARE * window.width())] * len(docks), Qt.Orientation.Horizontal)
        shown = [view for view in self._views.made.values() if view.isVisible()]
        next(iter(sorted(shown, key=self._is_beside)), window).setFocus()  # not a button, which would catch Space
        self.changed.emit(True)

    def _is_beside(self, view: View) -> bool:
        return view.key in self._docks

    def leave(self) -> None:
        """Be the window again that it was."""
        before, self._before = self._before, None
        if before is None:
            return
        window = self._window
        self.escape.setEnabled(False)
        window.menuBar().setMaximumHeight(_ANY)
        window.statusBar().show()
        self._middle.show()
        if before.points is None:
            self._looks.forget_points()
        else:
            self._looks.choose_points(before.points)
        window.setWindowState(before.state)
        window.resize(before.size)
        window.restoreState(before.docks)
        self._left = before
        self._settle()
        # the text's size gives the docks other measures when it has been laid out: theirs are to be those of before
        QTimer.singleShot(0, self._settle)
        self.changed.emit(False)

    def _settle(self) -> None:
        """Give every dock the measures that it had."""
        if self.is_on or self._left is None:
            return
        docks = [self._docks[key] for key in self._left.measures]
        widths = [size.width() for size in self._left.measures.values()]
        heights = [size.height() for size in self._left.measures.values()]
        self._window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
        self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)


def _holds(part: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and part.isAncestorOf(focus)
