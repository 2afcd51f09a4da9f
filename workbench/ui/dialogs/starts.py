"""Many starts at once: how many, and whether in a grid or at random."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.swarm.starts import MOST_STARTS, grid_shape
from workbench.ui.words.text import counted, grouped, readable, signed

_USUAL = 100
#: what is chosen
GRID, CLOUD = "grid", "cloud"


class StartsDialog(QFrame):
    """A small window beside the mouse; Return takes what it says, Escape or a click elsewhere leaves it."""

    #: (`grid` or `cloud`, how many, whether the present starts go)
    chosen = Signal(str, int, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self._dimensions = 2
        self.where = QLabel(self)
        self.where.setObjectName("muted")
        self.kinds = {GRID: QRadioButton(self.tr("a grid"), self), CLOUD: QRadioButton(self.tr("at random"), self)}
        self.kinds[GRID].setToolTip(self.tr("Rows and columns of starts, evenly apart"))
        self.kinds[CLOUD].setToolTip(self.tr("Starts drawn evenly from the rectangle; they follow from the seed"))
        group = QButtonGroup(self)
        for button in self.kinds.values():
            group.addButton(button)
        self.kinds[GRID].setChecked(True)
        self.count = QSpinBox(self)
        self.count.setRange(1, MOST_STARTS)
        self.count.setValue(_USUAL)
        self.count.setAccessibleName(self.tr("How many starts"))
        self.count.setToolTip(self.tr("How many starts; every lane is run from each"))
        self.told = QLabel(self)
        self.told.setObjectName("muted")
        self.add, self.replace = QPushButton(self.tr("Add"), self), QPushButton(self.tr("In place of the others"), self)
        self.add.setDefault(True)
        self.add.setToolTip(self.tr("Add these starts to those there are (Return)"))
        self.replace.setToolTip(self.tr("Let these be the only starts (Shift+Return)"))
        self._lay_out()
        group.buttonToggled.connect(self._tell)
        self.count.valueChanged.connect(self._tell)
        self.add.clicked.connect(self._on_add)
        self.replace.clicked.connect(self._on_replace)

    def _lay_out(self) -> None:
        row, buttons, layout = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        for widget in (*self.kinds.values(), self.count):
            row.addWidget(widget)
        buttons.addWidget(self.add)
        buttons.addWidget(self.replace)
        layout.addWidget(self.where)
        layout.addLayout(row)
        layout.addWidget(self.told)
        layout.addLayout(buttons)

    def ask(self, low: tuple[float, ...], high: tuple[float, ...], *, room: int, at: QPoint) -> None:
        """Ask for starts in a box, beside a point of the screen; there is room for so many beside those there are."""
        self._dimensions, self._room = len(low), room
        sides = " × ".join(f"[{readable(a, 3)}, {readable(b, 3)}]" for a, b in zip(low, high, strict=True))
        self.where.setText(signed(self.tr("Starts in {}").format(sides)))
        self._tell()
        self.adjustSize()
        self.move(at)
        self.show()
        self.count.setFocus()
        self.count.selectAll()

    @property
    def kind(self) -> str:
        """Which of the two is chosen."""
        return GRID if self.kinds[GRID].isChecked() else CLOUD

    def _tell(self, *_: object) -> None:
        """Say how many there will be, and whether they can be added."""
        count = self.count.value()
        if self.kind == GRID:
            shape = grid_shape(count, self._dimensions)
            count = 1
            for part in shape:
                count *= part
            words = " × ".join(grouped(part) for part in shape)
            told = self.tr("{} = {} starts").format(words, grouped(count)) if len(shape) > 1 else ""
        else:
            told = ""
        self.told.setText(told or counted(count, self.tr("{} start"), self.tr("{} starts")))
        self.add.setEnabled(count <= self._room)
        if count > self._room:
            self.told.setText(self.tr("{}; there is room for {} beside the others").format(
                self.told.text(), grouped(self._room)
            ))  # fmt: skip

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            (self.replace if shift or not self.add.isEnabled() else self.add).click()
            return
        super().keyPressEvent(event)

    def _on_add(self) -> None:
        self._answer(alone=False)

    def _on_replace(self) -> None:
        self._answer(alone=True)

    def _answer(self, *, alone: bool) -> None:
        self.count.interpretText()
        self.hide()
        self.chosen.emit(self.kind, self.count.value(), alone)
