"""How the window looks: its theme, whether that is the system's, and the size of its text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from workbench.ui.style import theme as themes

#: the choice that follows the system; the others are the themes' names
SYSTEM = "system"
_SMALLEST, _LARGEST = 8.0, 18.0  # points


class Themed(Protocol):
    """A part of the window that has colours."""

    def set_theme(self, theme: themes.Theme) -> None: ...


class Looks(QObject):
    """Owns theme and size of text, and gives both to the application and to the parts of its window."""

    #: (key): a theme was chosen, or that of the system
    chosen = Signal(str)
    #: colours or size are others
    changed = Signal()

    def __init__(self, window: QWidget, theme: themes.Theme | None) -> None:
        """`theme` None follows the system."""
        super().__init__(window)
        self._window = window
        self._parts: list[Themed] = []
        self.theme = theme or themes.system_theme()
        self.follows_system = theme is None
        self.font_chosen = False
        self._apply(themes.BASE_POINTS)

    @property
    def choice(self) -> str:
        """The key of the theme as it was chosen."""
        return SYSTEM if self.follows_system else self.theme.name

    @property
    def points(self) -> float:
        """The size of the text in the window."""
        return self._window.font().pointSizeF()

    def dress(self, parts: Iterable[Themed]) -> None:
        """The parts of the window are there: give them the theme, and from now on each other one."""
        self._parts = list(parts)
        QApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        for part in self._parts:  # the application has it: to be given a style again takes long, also the same one
            part.set_theme(self.theme)

    def dress_also(self, part: Themed) -> None:
        """A part of the window has been made: give it the theme, and from now on each other one."""
        self._parts.append(part)
        part.set_theme(self.theme)

    def set_theme(self, theme: themes.Theme, *, follow: bool = False) -> None:
        """Give the window a theme; `follow` keeps it with the system's."""
        self.theme, self.follows_system = theme, follow
        self._apply(QApplication.font().pointSizeF() if self.font_chosen else themes.BASE_POINTS)
        for part in self._parts:
            part.set_theme(theme)
        self.changed.emit()

    def choose(self, key: str) -> None:
        """Give the window `light`, `dark`, or the theme of the `system`; any other word is none of them."""
        if key != SYSTEM and key not in themes.THEMES:
            return
        self.chosen.emit(key)
        if key != self.choice:
            follow = key == SYSTEM
            self.set_theme(themes.system_theme() if follow else themes.THEMES[key], follow=follow)

    def choose_points(self, points: float) -> None:
        """Give all text another size, within what the window has room for."""
        self.font_chosen = True
        self._apply(min(_LARGEST, max(_SMALLEST, points)))  # also of nan, which a settings file may say
        self.set_theme(self.theme, follow=self.follows_system)

    def forget_points(self) -> None:
        """Give all text its usual size again."""
        self.font_chosen = False
        self.set_theme(self.theme, follow=self.follows_system)

    def enlarge(self) -> None:
        """Give all text a point more."""
        self.choose_points(QApplication.font().pointSizeF() + 1.0)

    def reduce(self) -> None:
        """Give all text a point less."""
        self.choose_points(QApplication.font().pointSizeF() - 1.0)

    def _apply(self, points: float) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            themes.apply(application, self.theme, points)

    def _on_color_scheme_changed(self) -> None:
        if self.follows_system:
            self.set_theme(themes.system_theme(), follow=True)
