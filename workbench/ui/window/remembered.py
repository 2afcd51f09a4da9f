"""What a window keeps from one start of the program to the next: its layout, theme and size of text."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

from workbench.ui.window.menus import Menus

LAYOUT_VERSION = 1


def restore(menus: Menus, *, theme: bool) -> None:
    """Give the window of these menus what the last one had; `theme` also its theme, where none was asked for."""
    window, settings = menus.window, QSettings()
    geometry, layout = settings.value("geometry"), settings.value("layout")
    if isinstance(geometry, QByteArray) and isinstance(layout, QByteArray):
        window.restoreGeometry(geometry)
        window.restoreState(layout, LAYOUT_VERSION)
    chosen = str(settings.value("theme", ""))
    if theme and chosen in menus.theme_actions:
        menus.choose_theme(chosen)
    try:
        points = float(str(settings.value("points", "")))
    except ValueError:  # none was chosen, or a settings file that somebody else wrote
        return
    menus.choose_points(points)


def keep(menus: Menus) -> None:
    """Keep what the next window should have."""
    window, settings = menus.window, QSettings()
    settings.setValue("geometry", window.saveGeometry())
    settings.setValue("layout", window.saveState(LAYOUT_VERSION))
    settings.setValue("theme", "system" if window.follows_system else window.theme.name)
    if menus.font_chosen:
        settings.setValue("points", window.font().pointSizeF())
