"""Dialogs open in the size that they are made for, and never beyond the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from workbench.ui.dialogs.sizes import open_in


class Screen:
    def __init__(self, width, height):
        self.room = QRect(0, 0, width, height)

    def availableGeometry(self):  # noqa: N802 - Qt's name
        return self.room


@pytest.fixture
def dialog(qtbot, monkeypatch):
    """A dialog of a window on a screen of a size."""

    def make(width, height):
        window = QWidget()
        qtbot.addWidget(window)
        monkeypatch.setattr(window, "screen", lambda: Screen(width, height))
        return QDialog(window)

    return make


@pytest.mark.parametrize(
    ("screen", "size"),
    [((1920, 1080), (1240, 690)), ((1280, 800), (1240, 690)), ((1024, 700), (1008, 652)), ((800, 600), (784, 552))],
)
def test_a_dialog_is_as_large_as_it_is_made_for_or_as_the_screen(dialog, screen, size):
    made = dialog(*screen)
    open_in(made, 1240, 690)
    assert (made.width(), made.height()) == size


def test_what_it_needs_at_least_it_has(dialog):
    made = dialog(300, 300)
    button = QPushButton(made)
    button.setMinimumSize(400, 40)
    QVBoxLayout(made).addWidget(button)
    open_in(made, 1240, 690)
    assert made.width() >= 400
    assert made.height() == 252
