"""The stages as a list, folded by layer where they are too many to be seen at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from workbench.engine.network.explain import Explanation
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.stages import layer_title, stage_title

_STAGE, _GROUP = int(Qt.ItemDataRole.UserRole), int(Qt.ItemDataRole.UserRole) + 1


class StageList(QListWidget):
    """Heads, one a layer and way, with their stages below. Rows are counted in stages; heads are none.

    Where all have room all are seen, else those of the present layer. A click on a head goes to its first stage.
    """

    stage_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Stages"))
        self.setToolTip(self.tr("Every rule in the order in which it is applied; arrow keys go through them"))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stages: list[QListWidgetItem] = []
        self._heads: list[QListWidgetItem] = []
        self._unfolds_all = False
        self.itemClicked.connect(self._on_item_clicked)
        self.currentItemChanged.connect(self._on_current_changed)

    def fill(self, found: Explanation) -> None:
        """List the stages of an explanation; the place in the list stays."""
        row = max(0, self.currentRow())
        self.blockSignals(True)
        self.clear()
        self._stages, self._heads, last = [], [], None
        bold = themes.font(bold=True)
        for stage in found.stages:
            group = (stage.direction, stage.layer)
            if group != last:
                last = group
                arrow = "→" if stage.direction == "forward" else "←"
                head = QListWidgetItem(f"{arrow}  {layer_title(found, stage)}", self)
                head.setFont(bold)
                head.setData(_GROUP, len(self._heads))
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)  # it cannot be the current one
                head.setToolTip(
                    self.tr("On the way forward") if stage.direction == "forward" else self.tr("On the way back")
                )
                self._heads.append(head)
            item = QListWidgetItem(f"     {stage_title(stage)}", self)
            item.setData(_STAGE, len(self._stages))
            item.setData(_GROUP, len(self._heads) - 1)
            item.setToolTip(f"{layer_title(found, stage)}: {stage_title(stage)}")
            self._stages.append(item)
        self.setCurrentRow(min(row, len(self._stages) - 1))
        self.blockSignals(False)
        self.fold()

    def unfold_all(self, *, all_of_them: bool) -> None:
        """Show every stage whatever the room, or no longer: a picture has no bar to scroll."""
        self._unfolds_all = all_of_them
        self.fold()

    def fold(self) -> None:
        """Show the stages that have room."""
        line = max(self.sizeHintForRow(0), 1)
        whole = self._unfolds_all or line * QListWidget.count(self) <= self.viewport().height()
        current = self.currentItem()
        group = None if current is None else current.data(_GROUP)
        for item in self._stages:
            item.setHidden(not (whole or item.data(_GROUP) == group))
        if current is not None:
            self.scrollToItem(current)

    # Rows are stages

    def count(self) -> int:
        """How many stages there are."""
        return len(self._stages)

    def item(self, row: int) -> QListWidgetItem:
        """A stage's item."""
        return self._stages[row]

    def lines(self) -> int:
        """Rows with the heads among them."""
        return len(self._stages) + len(self._heads)

    def currentRow(self) -> int:  # noqa: N802 - Qt's name
        """The stage chosen, −1 for none."""
        current = self.currentItem()
        stage = None if current is None else current.data(_STAGE)
        return -1 if stage is None else int(stage)

    def setCurrentRow(self, row: int) -> None:  # type: ignore[override]  # noqa: N802 - Qt's name
        """Choose a stage."""
        self.setCurrentItem(self._stages[row])

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        if item.data(_STAGE) is None:
            self.setCurrentItem(next(stage for stage in self._stages if stage.data(_GROUP) == item.data(_GROUP)))

    def _on_current_changed(self, current: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if current is not None and current.data(_STAGE) is not None:
            self.fold()
            self.stage_changed.emit(int(current.data(_STAGE)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.fold()
