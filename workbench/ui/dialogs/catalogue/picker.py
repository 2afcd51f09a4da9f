"""The dialog in which an objective, an optimizer or a data set is chosen, among pictures, with a page on each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from workbench.ui.dialogs.catalogue import entries
from workbench.ui.dialogs.catalogue.page import PageView
from workbench.ui.dialogs.catalogue.pictures import HIGH, WIDE, Pictures
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.style import theme as themes

_KEY = Qt.ItemDataRole.UserRole
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ICON = QSize(WIDE * 3 // 4, HIGH * 3 // 4)


class Picker(QDialog):
    """Search, arrows and Return choose: the search line keeps the keys, the list follows them."""

    #: (kind, key): what was chosen
    chosen = Signal(str, str)

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._kind, self._theme = "objective", themes.LIGHT
        self._make_search()
        self._make_list()
        self.page = PageView(self)
        self.page.setAccessibleName(self.tr("About it"))
        self.page.setToolTip(self.tr("What is known of it: formula, settings and source"))
        layout = QVBoxLayout(self)
        layout.addWidget(self._make_halves(), 1)
        layout.addWidget(self._make_buttons())
        open_in(self, 860, 600)
        pictures.ready.connect(self._on_picture)

    def _make_search(self) -> None:
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(self.tr("Search by name, property or formula"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setToolTip(self.tr("Words of a name, of what it is or of its formula; ↑ and ↓ go through the list"))
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.none = QLabel(self.tr("Nothing has these words. Fewer or other ones may find it."), self)
        self.none.setObjectName("muted")
        self.none.setWordWrap(True)

    def _make_list(self) -> None:
        self.list = QListWidget(self)
        self.list.setIconSize(_ICON)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("What there is"))
        self.list.setToolTip(self.tr("A double click chooses"))
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.list.itemActivated.connect(self._on_activated)

    def _make_halves(self) -> QWidget:
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self.none)
        column.addWidget(self.list, 1)
        halves = QSplitter(Qt.Orientation.Horizontal, self)
        halves.addWidget(left)
        halves.addWidget(self.page)
        halves.setStretchFactor(0, 4)
        halves.setStretchFactor(1, 5)
        halves.setChildrenCollapsible(False)
        return halves

    def _make_buttons(self) -> QWidget:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(self.tr("Choose"))
        self.ok.setToolTip(self.tr("Take what is shown (Return)"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setToolTip(self.tr("Leave it as it was (Escape)"))
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        return buttons

    def bring_up(self, kind: str, key: str, theme: themes.Theme) -> None:
        """Let a person choose one of a kind, `key` being the present one."""
        self._kind, self._theme = kind, theme
        titles = {
            "objective": self.tr("Choose an objective"), "optimizer": self.tr("Choose an optimizer"),
            "data set": self.tr("Choose a data set"),
        }  # fmt: skip
        self.setWindowTitle(titles[kind])
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._fill("", key)
        self.search.setFocus()
        self.open()

    @property
    def current(self) -> str:
        """The key of what is shown, empty where nothing was found."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(_KEY) or "")

    def _fill(self, asked: str, key: str = "") -> None:
        """List what fits, in groups, and show the best of it, or the one of that key."""
        shown = entries.found(self._kind, asked)
        best = entries.best(shown, asked)
        wanted = key or ("" if best is None else best.key)
        self.list.blockSignals(True)
        self.list.clear()
        group, current = "", None
        for entry in shown:
            if entry.group != group:
                group = entry.group
                self._add_heading(group)
            item = QListWidgetItem(entry.title, self.list)
            item.setData(_KEY, entry.key)
            item.setIcon(self._icon(entry.key))
            if entry.key == wanted:
                current = item
        self.list.blockSignals(False)
        self.none.setVisible(not shown)
        self.ok.setEnabled(bool(shown))
        if current is None:
            self.page.clear()
        else:
            self.list.setCurrentItem(current)
            self._show_page()
            self.list.scrollToItem(current, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _add_heading(self, title: str) -> None:
        heading = QListWidgetItem(title, self.list)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        heading.setFont(themes.font(themes.SMALL_POINTS, bold=True))

    def _icon(self, key: str) -> QIcon:
        image = self._pictures.get(self._kind, key, self._theme)
        if image is None or image.isNull():
            blank = QPixmap(WIDE, HIGH)
            blank.fill(Qt.GlobalColor.transparent)
            return QIcon(blank)
        return QIcon(QPixmap.fromImage(image))

    def _show_page(self) -> None:
        key = self.current
        self.page.show_pages([(self._kind, key)], self._theme)
        image = self._pictures.get(self._kind, key, self._theme)
        if image is not None:
            self.page.show_picture(self._kind, key, image)

    def _on_picture(self, kind: str, key: str) -> None:
        if kind != self._kind or not self.isVisible():
            return
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_KEY) == key:
                item.setIcon(self._icon(key))
        if key == self.current:
            self._show_page()

    def _on_current_changed(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is not None and item.data(_KEY):
            self._show_page()

    def _on_activated(self, _item: QListWidgetItem) -> None:
        self._choose()

    def _choose(self) -> None:
        if self.current:
            self.accept()
            self.chosen.emit(self._kind, self.current)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _MOVES:
            self._go(event.key())
            return True
        return super().eventFilter(watched, event)

    def _go(self, key: int) -> None:
        """Go through the entries by the keys of the search line, past the headings."""
        rows = [row for row in range(self.list.count()) if self.list.item(row).data(_KEY)]
        if not rows:
            return
        at = rows.index(self.list.currentRow()) if self.list.currentRow() in rows else 0
        stride = 1 if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) else 8
        forward = key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown)
        self.list.setCurrentRow(rows[min(max(at + (stride if forward else -stride), 0), len(rows) - 1)])
