"""What a window keeps from one start of the program to the next: its layout, theme, size of text and speed."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

from workbench.ui.window.layout import DockLayout
from workbench.ui.window.looks import Looks
from workbench.ui.window.pace import Pace


def restore(layout: DockLayout, looks: Looks, *, theme: bool) -> None:
    """Give a window what the last one had; `theme` also its theme, where none was asked for."""
    settings = QSettings()
    geometry, docks = settings.value("geometry"), settings.value("layout")
    if isinstance(geometry, QByteArray) and isinstance(docks, QByteArray):
        layout.restore(geometry, docks)
    if theme:
        looks.choose(str(settings.value("theme", "")))
    try:
        points = float(str(settings.value("points", "")))
    except ValueError:  # none was chosen, or a settings file that somebody else wrote
        return
    looks.choose_points(points)


def keep(layout: DockLayout, looks: Looks) -> None:
    """Keep what the next window should have."""
    settings = QSettings()
    geometry, docks = layout.state()
    settings.setValue("geometry", geometry)
    settings.setValue("layout", docks)
    settings.setValue("theme", looks.choice)
    if looks.font_chosen:
        settings.setValue("points", looks.points)


def restore_speed(pace: Pace) -> None:
    """Give a window the speed that was chosen last."""
    pace.restore(str(QSettings().value("speed", "")))


def keep_speed(pace: Pace) -> None:
    """Keep the speed that was chosen last."""
    QSettings().setValue("speed", pace.chosen)
