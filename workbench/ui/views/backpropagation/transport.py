"""The row of buttons by which one goes through the stages, and how fast."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from workbench.ui.style import theme as themes
from workbench.ui.style.elided import ElidedLabel

#: milliseconds of a stage while they are gone through, by the slider's position
PACES = (4000, 2200, 1100, 550, 250)


class Transport(QWidget):
    """First, before, play and next; a slider of the pace; and what is passed through the network."""

    #: one of `reset`, `back`, `run`, `step`
    pressed = Signal(str)
    pace_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 0)
        row.setSpacing(4)
        self.buttons: dict[str, QToolButton] = {}
        for key, tip in (
            ("reset", self.tr("First stage (Home)")),
            ("back", self.tr("Stage before (←)")),
            ("run", self.tr("Go through the stages by a timer (P)")),
            ("step", self.tr("Next stage (→)")),
        ):
            button = QToolButton(self)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(lambda _=False, key=key: self.pressed.emit(key))
            self.buttons[key] = button
            row.addWidget(button)
        self.pace = QSlider(Qt.Orientation.Horizontal, self)
        self.pace.setRange(0, len(PACES) - 1)
        self.pace.setValue(PACES.index(1100))
        self.pace.setPageStep(1)
        self.pace.setFixedWidth(64)
        self.pace.setToolTip(self.tr("How fast the stages are gone through: from slow motion at the left"))
        self.pace.setAccessibleName(self.tr("Pace"))
        self.pace.valueChanged.connect(self.pace_changed)
        row.addWidget(self.pace)
        self.sample = ElidedLabel("", self)
        self.sample.setObjectName("muted")
        row.addSpacing(8)
        row.addWidget(self.sample, 1)

    @property
    def pause(self) -> int:
        """Milliseconds of a stage."""
        return PACES[self.pace.value()]

    def show_icons(self, theme: themes.Theme, *, playing: bool) -> None:
        """Show the icons of a theme."""
        for key, button in self.buttons.items():
            button.setIcon(themes.icon("pause" if key == "run" and playing else key, theme.text))

    def show_place(self, row: int, count: int) -> None:
        """Offer only what leads somewhere from a stage."""
        self.buttons["back"].setEnabled(row > 0)
        self.buttons["reset"].setEnabled(row > 0)
        self.buttons["step"].setEnabled(row < count - 1)

    def stand_alone(self, *, alone: bool) -> None:
        """A picture has no buttons."""
        for part in (*self.buttons.values(), self.pace):
            part.setHidden(alone)
