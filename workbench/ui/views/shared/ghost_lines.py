"""How runs that edits have replaced are drawn: thin, and half way to grey."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QPen

from workbench.engine.race.ghosts import Ghost
from workbench.ui.plotting.curves import pen
from workbench.ui.style.colors import mixed
from workbench.ui.style.theme import Theme
from workbench.ui.views.shared.legend import PALE, Entry

_OWN = 0.55  # of a ghost's own colour, the rest being grey
_OPACITY = 0.75


def ghost_pen(ghost: Ghost, theme: Theme) -> QPen:
    """The pen of a ghost, told from what is yet to come by its grey."""
    made, color = pen(theme.muted, 1.2), QColor(mixed(theme.lane(ghost.color), theme.muted, _OWN))
    color.setAlphaF(_OPACITY)
    made.setColor(color)
    return made


def ghost_entries(ghosts: tuple[Ghost, ...], theme: Theme) -> list[Entry]:
    """What a legend says of them: a row where there are any."""
    words: Any = QCoreApplication.translate("Ghosts", "replaced by an edit")
    return [(words, theme.muted, PALE)] if ghosts else []
