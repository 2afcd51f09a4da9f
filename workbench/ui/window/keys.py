"""Keys that a focused control needs itself are not the race's: Space presses a button reached by Tab."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QWidget

_MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home)


def is_of(control: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key belongs to the control that has the focus, and is no shortcut."""
    key = event.key()
    pressed = isinstance(control, (QAbstractButton, QComboBox)) and key == Qt.Key.Key_Space
    moved = isinstance(control, QAbstractSlider) and key in _MOVES
    return pressed or moved
