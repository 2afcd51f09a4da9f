"""The size that a dialog opens in: as it is made for, and never beyond the screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog

#: Pixels beside and above a window that its frame takes.
_FRAME = QSize(16, 48)


def open_in(dialog: QDialog, width: int, height: int) -> None:
    """Give a dialog the size that it is made for, or as much of it as the screen has where its window is."""
    parent = dialog.parentWidget()
    screen = (dialog if parent is None else parent).screen()
    room = screen.availableGeometry().size() - _FRAME
    dialog.resize(QSize(width, height).boundedTo(room.expandedTo(dialog.minimumSizeHint())))
