"""The tabs of the centre: as many as there is room for, the others in a menu beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton, QWidget

from workbench.ui.style import theme as themes

_SPARE = 8  # pixels between the last tab and the menu


class ViewTabs(QTabBar):
    """A tab bar whose tabs are whole or in the menu `more`, never cut in two and never scrolled out of sight.

    Which tabs are to be seen is told by `fitting`; a hidden one that is chosen comes to the place of the last ones.
    """

    #: (int): a view that has no tab at the moment was chosen in the menu
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setDrawBase(False)
        self.more = QToolButton(parent)
        self.more.setText(self.tr("More"))
        self.more.setToolTip(self.tr("The views of this race that have no room for a tab here"))
        self.more.setAccessibleName(self.tr("More views"))
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setMenu(QMenu(self.more))
        self.more.hide()
        self._offered: tuple[int, ...] = ()

    def fitting(self, offered: Sequence[int], room: int) -> tuple[int, ...]:
        """Which of these tabs fit into so many pixels, the current one among them; the menu has the others."""
        self._offered = tuple(offered)
        widths = {index: self.tabSizeHint(index).width() for index in offered}
        seen = self._within(widths, room)
        hidden = [index for index in offered if index not in seen]
        self.more.setVisible(bool(hidden))
        menu = self.more.menu()
        menu.clear()
        menu.setToolTipsVisible(True)
        for index in hidden:
            action = menu.addAction(self.tabText(index), partial(self.chosen.emit, index))
            action.setToolTip(self.tabToolTip(index))
        return seen

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.more.setIcon(themes.icon("collapse", theme.muted))

    def _within(self, widths: dict[int, int], room: int) -> tuple[int, ...]:
        if sum(widths.values()) <= room:
            return tuple(widths)
        room -= self.more.sizeHint().width() + _SPARE
        current = self.currentIndex()
        room -= widths.get(current, 0)
        seen = [current] if current in widths else []
        for index, width in widths.items():
            if index != current:
                room -= width
                if room < 0:
                    break
                seen.append(index)
        return tuple(sorted(seen))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the widest tab that may be the current one, beside the menu."""
        widths = [self.tabSizeHint(index).width() for index in self._offered]
        least = super().minimumSizeHint()
        return QSize(max(widths, default=0) + self.more.sizeHint().width() + _SPARE, least.height())
