"""Slow motion: the lines of a step one after another, by a timer or by hand, and then the step itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from workbench.ui.style import theme as themes
from workbench.ui.words.text import number

#: seconds that a line stands before the next one comes
_PACES = (2.0, 1.0, 0.5, 0.25, 0.1)
ALL = -1  # the place of no line: all of them are shown


class LinePlayer(QObject):
    """The place of the line that is shown last, among the lines of a step; `ALL` where all of them are."""

    #: the place is another
    moved = Signal()
    #: the lines have been gone through: the race may take the step
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.place, self.count = ALL, 0
        self._timer = QTimer(self)
        self._timer.setInterval(round(1000 * _PACES[1]))
        self._timer.timeout.connect(self._on_tick)

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    def take(self, count: int, *, other: bool) -> None:
        """The step has so many lines; of another step than before the first one is shown, where any were hidden."""
        self.count = count
        if self.place != ALL:
            self.place = 0 if other else min(self.place, count - 1)

    def set_pace(self, seconds: float) -> None:
        """Let each line stand for so long."""
        self._timer.setInterval(round(1000 * seconds))

    def toggle(self) -> None:
        """Play, from the first line where all are shown, or stop where it is."""
        if self._timer.isActive():
            self._timer.stop()
        elif self.count:
            self.place = 0 if self.place == ALL else self.place
            self._timer.start()
        self.moved.emit()

    def next(self) -> None:
        """One line more; behind the last one all are shown."""
        if self.count:
            self._go(0 if self.place == ALL else self.place + 1)

    def previous(self) -> None:
        """One line less; before the first one all are shown."""
        if self.count:
            self._go(self.count - 1 if self.place == ALL else self.place - 1)

    def stop(self) -> None:
        """Stop, and show all lines."""
        self._timer.stop()
        if self.place != ALL:
            self.place = ALL
            self.moved.emit()

    def rest(self) -> None:
        """Stop where it is."""
        if self._timer.isActive():
            self._timer.stop()
            self.moved.emit()

    def _go(self, place: int) -> None:
        self.place = place if 0 <= place < self.count else ALL
        self.moved.emit()

    def _on_tick(self) -> None:
        if self.place < self.count - 1:
            self._go(self.place + 1)
        else:
            self.ended.emit()


class PlayerBar(QWidget):
    """Buttons for the lines, each with its key, and how long a line stands."""

    def __init__(self, player: LinePlayer, parent: QWidget) -> None:
        super().__init__(parent)
        self._player, self._theme = player, themes.LIGHT
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(6, 3, 6, 3)
        self.row.setSpacing(3)
        self.buttons: dict[str, QToolButton] = {}
        for key, tip, shortcut, slot in (
            ("back", self.tr("A line back (,)"), ",", player.previous),
            ("run", self.tr("Play line after line, then the step, and so on; again to stop (P)"), "P", player.toggle),
            ("step", self.tr("The next line (.)"), ".", player.next),
            ("reset", self.tr("Show all lines (Shift+P)"), "Shift+P", player.stop),
        ):
            button = QToolButton(self)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setShortcut(shortcut)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(slot)
            self.buttons[key] = button
            self.row.addWidget(button)
        self.pace = QComboBox(self)
        for seconds in _PACES:
            self.pace.addItem(self.tr("{} s a line").format(number(seconds)), seconds)
        self.pace.setCurrentIndex(_PACES.index(1.0))
        self.pace.setToolTip(self.tr("How long a line stands before the next one comes"))
        self.pace.setAccessibleName(self.tr("Pace of the lines"))
        self.pace.activated.connect(self._on_pace)
        self.row.addWidget(self.pace)
        player.moved.connect(self.show_state)

    def add(self, widgets: Sequence[QWidget]) -> None:
        """Put other controls at the end of the row."""
        self.row.addStretch(1)
        for widget in widgets:
            self.row.addWidget(widget)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        for key, button in self.buttons.items():
            button.setIcon(themes.icon(key, theme.text))
        self.show_state()

    def show_state(self) -> None:
        """Show whether it plays."""
        name = "pause" if self._player.is_playing else "run"
        self.buttons["run"].setIcon(themes.icon(name, self._theme.text))
        self.buttons["reset"].setEnabled(self._player.place != ALL)

    def _on_pace(self, _index: int) -> None:
        self._player.set_pace(float(self.pace.currentData()))
