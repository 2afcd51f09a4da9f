"""Where the parts are: the centre, the docks around it as they are at first, and as a person has put them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from workbench.ui.panels.base import Panel
from workbench.ui.views import SIDE
from workbench.ui.views.shared.base import View
from workbench.ui.window.docks import Dock
from workbench.ui.window.exporting import Exporter
from workbench.ui.window.view_set import ViewPlace, ViewSet
from workbench.ui.words.text import engine_text

_VERSION = 1  # of the docks that there are: another one has no use for a layout kept before
_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


def divided(room: int, needed: Sequence[int], shares: Sequence[float]) -> list[int]:
    """How much of a room each part is given: what it needs where that is less than its share, the others the rest.

    Where all have what they need, the last one has what is left.
    """
    whole = sum(shares)
    given = [min(need, round(room * share / whole)) for need, share in zip(needed, shares, strict=True)]
    for place in sorted(range(len(given)), key=lambda i: needed[i]):
        given[place] += max(0, min(needed[place] - given[place], room - sum(given)))
    given[-1] += max(0, room - sum(given))
    return given


class DockLayout(QObject):
    """Owns the docks: the panels at the left of the centre, the views beside it at the right."""

    def __init__(
        self,
        window: QMainWindow,
        *,
        centre: Sequence[QWidget],
        panels: Sequence[Panel],
        views: ViewSet,
        exporters: Mapping[str, Exporter],
    ) -> None:
        """`centre` stands from top to bottom, the last of it with the room that is left."""
        super().__init__(window)
        self._window = window
        self._default = QByteArray()
        self.docks: dict[str, Dock] = {}
        window.setDockNestingEnabled(True)
        #: the parts in the middle
        self.middle = self._column(centre)
        window.setCentralWidget(self.middle)
        self._panels = panels
        self._heights: list[int] = []  # of the panels' docks as they were given, none where a person has moved them
        for panel in panels:
            title = panel.title()
            self._add(_LEFT, Dock(panel.key, title, panel, controls=panel.controls, scrolls=True, parent=window))
        self._views, self._places = views, {entry.key: ViewPlace(entry.key, window) for entry in SIDE}
        for entry in SIDE:
            exporter, title = exporters[entry.key], engine_text(entry.title)
            self._places[entry.key].seen.connect(self._on_seen)
            dock = Dock(
                entry.key, title, self._places[entry.key], actions=exporter.actions, handle=exporter.handle,
                parent=window,
            )  # fmt: skip
            self._add(_RIGHT, dock)
        views.when_made(self._take_in)

    def _on_seen(self, key: str) -> None:
        self._views[key]  # which makes it

    def _take_in(self, view: View) -> None:
        """A view has been made: if it has a dock, its place is there."""
        if view.key in self._places:
            self._places[view.key].hold(view)
            self.docks[view.key].bar.take_controls(view.controls)

    def _column(self, parts: Sequence[QWidget]) -> QWidget:
        column = QWidget(self._window)
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for part in parts:
            rows.addWidget(part)
        rows.setStretchFactor(parts[-1], 1)
        return column

    def _add(self, area: Qt.DockWidgetArea, dock: Dock) -> None:
        self.docks[dock.objectName()] = dock
        self._window.addDockWidget(area, dock)

    def note_default(self) -> None:
        """The docks are where `reset` is to put them back to."""
        self._default = self._window.saveState(_VERSION)

    def arrange(self) -> None:
        """The measures that the layout begins with: the centre keeps 45 % of the width and more."""
        width, height = self._window.width(), self._window.height()
        side = self._window.fontMetrics().horizontalAdvance("n") * 40
        self._resize({self._panels[0].key: max(268, min(280, side))}, Qt.Orientation.Horizontal)
        self._resize({SIDE[0].key: round(0.321 * width)}, Qt.Orientation.Horizontal)
        self._resize({panel.key: round(panel.share * height) for panel in self._panels}, Qt.Orientation.Vertical)
        self._heights = self._left_heights()
        self.share_left()
        self._resize({entry.key: round(entry.place.share * height) for entry in SIDE}, Qt.Orientation.Vertical)

    def _left_heights(self) -> list[int]:
        return [self.docks[panel.key].height() for panel in self._panels]

    def share_left(self) -> None:
        """Give the left column's room to the panels that need it, unless a person has divided it otherwise."""
        docks = [self.docks[panel.key] for panel in self._panels]
        if self._left_heights() != self._heights or any(not d.isVisible() or d.isFloating() for d in docks):
            return
        room = sum(self._heights)
        needed = [
            panel.sizeHint().height() + dock.bar.height() for panel, dock in zip(self._panels, docks, strict=True)
        ]
        heights = divided(room, needed, [panel.share for panel in self._panels])
        keys = [panel.key for panel in self._panels]
        self._resize(dict(zip(keys, heights, strict=True)), Qt.Orientation.Vertical)
        self._heights = self._left_heights()

    def _resize(self, sizes: Mapping[str, int], orientation: Qt.Orientation) -> None:
        self._window.resizeDocks([self.docks[key] for key in sizes], list(sizes.values()), orientation)

    def reset(self) -> None:
        """Put every dock back to where it was at first."""
        self._window.restoreState(self._default, _VERSION)
        for dock in self.docks.values():
            dock.show()
        self.arrange()

    def state(self) -> tuple[QByteArray, QByteArray]:
        """Where the window is, and its docks within it, for `restore`."""
        return self._window.saveGeometry(), self._window.saveState(_VERSION)

    def restore(self, geometry: QByteArray, docks: QByteArray) -> None:
        """Put window and docks where another window had them."""
        self._window.restoreGeometry(geometry)
        self._window.restoreState(docks, _VERSION)
