"""The centre of the window: one view in front, the others of the same race behind it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from workbench.ui.style import theme as themes
from workbench.ui.views import CENTRAL
from workbench.ui.views.shared.base import View
from workbench.ui.window.docks import BarRow
from workbench.ui.window.exporting import Exporter
from workbench.ui.window.view_set import ViewPlace, ViewSet
from workbench.ui.window.view_tabs import ViewTabs
from workbench.ui.words.text import engine_text

#: the views that have a tab here, in their order; all others are docks
_KEYS = tuple(view.key for view in CENTRAL)


class Centre(QTabWidget):
    """A tab for each view that the race has in the centre; the tabs hide where there is one."""

    def __init__(
        self, views: ViewSet, exporters: Mapping[str, Exporter], parent: QWidget, *, first: tuple[str, ...]
    ) -> None:
        """`first` are the keys of the views that are shown before there is a race, the one in front first."""
        super().__init__(parent)
        self._views = views
        self.setDocumentMode(True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # between the tabs and the menu
        self._tabs = ViewTabs(self)
        self.setTabBar(self._tabs)
        self.setCornerWidget(self._tabs.more)
        self._tabs.chosen.connect(self._on_chosen)
        self.tabBar().setAccessibleName(self.tr("Main view"))
        # it would hand the focus to its tab bar, which is hidden with a single tab: Tab would end there
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keys: tuple[str, ...] = ()
        self._pages: dict[str, QWidget] = {}
        self._places: dict[str, ViewPlace] = {}
        self._bars: dict[str, BarRow] = {}
        # Every page has its tab for good, seen or not: a page that comes to a tab bar is styled anew, with all in it
        for entry in CENTRAL:
            self._add_page(entry.key, engine_text(entry.title), engine_text(entry.doc), exporters[entry.key])
        views.when_made(self._take_in)
        self.currentChanged.connect(self._on_current_changed)
        self.show_views(first)

    def _add_page(self, key: str, title: str, tip: str, exporter: Exporter) -> None:
        page = QWidget(self)
        bar, place = BarRow(title, None, page, handle=exporter.handle), ViewPlace(key, page)
        place.seen.connect(self._on_seen)
        bar.menu.addActions(exporter.actions)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(place, 1)
        self._pages[key], self._bars[key], self._places[key] = page, bar, place
        self.setTabToolTip(self.addTab(page, title), tip)

    def _on_seen(self, key: str) -> None:
        self._views[key]  # which makes it

    def _take_in(self, view: View) -> None:
        """A view has been made: if it has a tab, its place is there."""
        if view.key in self._places:
            view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._places[view.key].hold(view)
            self._bars[view.key].take_controls(view.controls)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for a tab and the menu of the others."""
        least = super().minimumSizeHint()
        return QSize(max(least.width(), self._tabs.minimumSizeHint().width()), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_tabs()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_tabs()

    def _fit_tabs(self) -> None:
        """Have a tab for as many of the views as there is room for."""
        if self.keys:
            seen = self._tabs.fitting([_KEYS.index(key) for key in self.keys], self.width())
            for index in range(self.count()):
                # to say again what is so would have Qt take the row for laid out
                if self.isTabVisible(index) != (index in seen):
                    self.setTabVisible(index, index in seen)

    def _on_chosen(self, index: int) -> None:
        """A view that has no tab was chosen: it gets one, and comes to the front."""
        self.bring(_KEYS[index])
        self.focus_front()

    def _on_current_changed(self, index: int) -> None:
        """The focus of a view that is hidden goes to the one in front, not to the first button that it finds there."""
        focus = self.window().focusWidget()
        if index >= 0 and focus is not None and focus is not self.tabBar() and self.isAncestorOf(focus):
            self._views[_KEYS[index]].setFocus()

    def focus_front(self) -> None:
        """Give the view in front the focus."""
        self._views[_KEYS[self.currentIndex()]].setFocus()

    def bring(self, key: str) -> None:
        """Bring a view that has a tab to the front."""
        index = _KEYS.index(key)
        if not self.isTabVisible(index):
            self.setTabVisible(index, True)  # Qt brings none whose tab is hidden
        self.setCurrentIndex(index)
        self._fit_tabs()

    def show_views(self, keys: tuple[str, ...]) -> None:
        """Show these views, the first one in front."""
        current, front = self.keys, _KEYS[self.currentIndex()]
        if current == keys:
            return
        focus = self.window().focusWidget()
        held = focus is None or self.isAncestorOf(focus)
        self.keys = keys  # the views whose tabs are seen, in their order
        # a view that was brought to the front stays there, where the new race has it; else its own first one comes
        front = front if front in keys and front not in current[:1] else keys[0]
        # first what comes, then what goes: a tab that hides hands on to the next one that is seen
        self.bring(front)
        self.tabBar().setVisible(len(keys) > 1)
        for bar in self._bars.values():
            bar.title.setVisible(len(keys) == 1)  # else the tab says it, and the row has room for the controls
        if held:  # left to itself, the focus goes on to some button, which then catches the Space that runs the race
            self._views[front].setFocus()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._tabs.set_theme(theme)
        for bar in self._bars.values():
            bar.set_theme(theme)
