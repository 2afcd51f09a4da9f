"""A dock for a panel or a view: its title, its controls and its menu share one row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QLayout,
    QMenu,
    QScrollArea,
    QToolButton,
    QWidget,
)

from workbench.ui.style import theme as themes
from workbench.ui.style.elided import ElidedLabel
from workbench.ui.window.dragging import PictureHandle

_TITLE = 80  # pixels of a title that are seen before there is a handle beside it
_FEWEST_LETTERS = 4  # of a choice that has no more room


class BarRow(QWidget):
    """The row above a view or panel: title, controls, menu. In a narrow window title and choices are shortened."""

    def __init__(
        self,
        title: str,
        controls: QLayout | None,
        parent: QWidget | None = None,
        *,
        handle: PictureHandle | None = None,
    ) -> None:
        """`handle` is what the picture of what stands below is dragged by."""
        super().__init__(parent)
        self.handle = handle
        self.setObjectName("dockBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = ElidedLabel(title, self)  # it gives way where the controls beside it need the room
        self.menu_button = QToolButton(self)
        self.menu_button.setToolTip(self.tr("Export, float or close"))
        self.menu_button.setAccessibleName(self.tr("Menu of {}").format(title))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.menu_button)
        self.menu_button.setMenu(self.menu)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 4, 2)
        row.setSpacing(4)
        row.addWidget(self.title)
        row.addStretch(1)
        if handle is not None:
            row.addWidget(handle)
        row.addWidget(self.menu_button)
        if controls is not None:
            self.take_controls(controls)

    def take_controls(self, controls: QLayout) -> None:
        """Take in the controls of what stands below."""
        self._row.insertLayout(self._row.count() - (1 if self.handle is None else 2), controls)
        for i in range(controls.count()):
            item = controls.itemAt(i)
            choice = None if item is None else item.widget()
            if isinstance(choice, QComboBox):
                choice.setMinimumContentsLength(_FEWEST_LETTERS)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as all but the handle, which goes where there is no room for it: Ctrl+C and the menu are there."""
        least = super().minimumSizeHint()
        return least - QSize(self._room_of_handle(), 0) if self._has_handle() else least

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_handle()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a control has come, gone or got another word
            self._fit_handle()
        return super().event(event)

    def _fit_handle(self) -> None:
        if self.handle is not None:
            title = 0 if self.title.isHidden() else min(self.title.sizeHint().width(), _TITLE)
            needed = self.minimumSizeHint().width() - self.title.minimumSizeHint().width() + title
            self.handle.setVisible(self.width() >= needed + self._room_of_handle())

    def _has_handle(self) -> bool:
        return self.handle is not None and not self.handle.isHidden()

    def _room_of_handle(self) -> int:
        return 0 if self.handle is None else self.handle.sizeHint().width() + self._row.spacing()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.title.setFont(themes.font(bold=True))
        self.menu_button.setIcon(themes.icon("more", theme.text))
        if self.handle is not None:
            self.handle.set_theme(theme)


class _PanelArea(QScrollArea):
    """Scrolls a panel up and down, and is never narrower than the panel: larger text, another row widen it."""

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = content
        self.setWidget(content)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumWidth(self._content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width() + 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)


class Dock(QDockWidget):
    """A movable dock; panels scroll inside it, views fill it."""

    #: the dock has come to light or gone from sight
    shown_changed = Signal()

    def __init__(
        self,
        key: str,
        title: str,
        content: QWidget,
        *,
        controls: QLayout | None = None,
        actions: Sequence[QAction] = (),
        handle: PictureHandle | None = None,
        scrolls: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName(key)
        self.bar = BarRow(title, controls, self, handle=handle)
        for action in actions:
            self.bar.menu.addAction(action)
        if actions:
            self.bar.menu.addSeparator()
        self.float_action = self.bar.menu.addAction(self.tr("Float"))
        self.float_action.triggered.connect(self._on_float_triggered)
        self.bar.menu.addAction(self.tr("Close")).triggered.connect(self.close)
        self.setTitleBarWidget(self.bar)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        if scrolls:
            content.setObjectName("content")
            self.setWidget(_PanelArea(content, self))
        else:
            self.setWidget(content)
        self.topLevelChanged.connect(self._on_top_level_changed)
        self.visibilityChanged.connect(self._on_visibility_changed)

    def _on_float_triggered(self) -> None:
        self.setFloating(not self.isFloating())

    def _on_top_level_changed(self, floats: bool) -> None:
        self.float_action.setText(self.tr("Put back") if floats else self.tr("Float"))

    def _on_visibility_changed(self, _visible: bool) -> None:
        self.shown_changed.emit()
