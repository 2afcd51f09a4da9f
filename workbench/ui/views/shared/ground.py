"""What lies under paths: height map, contour lines and colour bar of a surface, on a scale that stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.engine.objectives.landscape import Surface
from workbench.engine.objectives.levels import Scale, scale_of
from workbench.engine.params import Value
from workbench.ui.plotting.color_bar import ColorBar
from workbench.ui.plotting.contours import ContourFinder, ContourLines
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.surfaces import HeightMap
from workbench.ui.style import theme as themes
from workbench.ui.words.text import signed

#: seconds that a piece of work at contour lines takes: a part of a frame
_PIECE = 0.005


class Ground(QObject):
    """The still part of a landscape. Levels and colours stay while its owner shows other parts of the same surface.

    Contour lines of a fine grid take longer than a frame: they are found in pieces, and those before stay until then.
    """

    #: the lines of the surface shown last are whole
    finished = Signal()

    def __init__(self, plot: Plot, *, prefers_log: bool = False, unknown: bool = False) -> None:
        """`prefers_log` for losses; `unknown`: not-a-number means not known yet, not that there is no number."""
        super().__init__(plot)
        self._prefers_log, self._unknown = prefers_log, unknown
        self.height_map, self.contours, self.bar = HeightMap(), ContourLines(), ColorBar(plot)
        for item in (self.height_map, self.contours):
            plot.box.addItem(item, ignoreBounds=True)
        self.surface: Surface | None = None
        self.scale: Scale | None = None
        self._of_scale: tuple[Any, ...] = ()
        self._shown: tuple[Any, ...] = ()
        self._finder: ContourFinder | None = None
        self._theme = themes.LIGHT
        self._palette, self._has_bar = "sea", True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def show_surface(
        self, surface: Surface, options: Mapping[str, Value], theme: themes.Theme, *, fresh: bool = False
    ) -> None:
        """Show a surface; `fresh` takes a scale of its own, else it keeps that of the surface before."""
        best = surface.finer or surface
        kept = self.surface
        shown = (best, options["colors"], options["heights"], options["lines"], options["shading"], theme)
        if not fresh and self._shown and self._shown[0] is best and self._shown[1:] == shown[1:]:
            if self._has_bar != options["color_bar"]:
                self._has_bar = bool(options["color_bar"])
                self._show_bar()
            return
        if fresh or self.scale is None or kept is None or _is_other(kept, surface):
            self._of_scale = (surface, None)
        others = not self._shown or self._shown[0] is not best
        scale = self.scale
        if scale is None or self._of_scale[1] != options["heights"]:
            self._of_scale = (self._of_scale[0], options["heights"])
            scale = scale_of(self._of_scale[0].values, str(options["heights"]), prefers_log=self._prefers_log)
            others = True
        self.surface, self.scale, self._shown, self._theme = surface, scale, shown, theme
        self._palette = str(options["colors"])
        self.height_map.setVisible(True)
        self.height_map.set_surface(
            best, scale, theme, palette=self._palette, shading=bool(options["shading"]), unknown=self._unknown
        )
        self._show_lines(best, scale, wanted=bool(options["lines"]), others=others)
        self._has_bar = bool(options["color_bar"])
        self._show_bar()

    def _show_lines(self, surface: Surface, scale: Scale, *, wanted: bool, others: bool) -> None:
        """Draw the lines in the colours of the theme, and find them first where they are `others`."""
        self.contours.setVisible(wanted)
        if others:
            self._finder = ContourFinder(surface, scale.levels)
            self._timer.start(0)
        elif self._finder is None:
            self.contours.set_contours(self.contours.contours, surface, self._theme)

    def hide(self) -> None:
        """Show nothing: there is no surface here."""
        self.height_map.setVisible(False)
        self.contours.setVisible(False)
        self.surface, self.scale, self._shown, self._finder = None, None, (), None
        self.bar.give_up_place()

    def keep_place(self, options: Mapping[str, Value]) -> None:
        """A surface is on its way: its colour bar has its place before, if one is wanted."""
        if self.surface is None:
            self._has_bar = bool(options["color_bar"])
            self._show_bar()

    @property
    def is_whole(self) -> bool:
        """Whether all contour lines are there."""
        return self._finder is None

    def finish(self) -> None:
        """Find all lines now: a picture is wanted."""
        while self._finder is not None:
            self._work(1.0)

    def rest(self) -> None:
        """Find no more lines: the window closes."""
        self._timer.stop()

    def _on_timeout(self) -> None:
        self._work(_PIECE)
        if self._finder is not None:
            self._timer.start(0)

    def _work(self, seconds: float) -> None:
        finder = self._finder
        if finder is None or not finder.work(seconds):
            return
        self._finder = None
        best = self._shown[0]
        self.contours.set_contours(finder.contours, best, self._theme)
        self._show_bar()
        self.finished.emit()

    def _show_bar(self) -> None:
        scale = self.scale
        if not self._has_bar:
            self.bar.give_up_place()
            return
        if scale is None:
            self.bar.keep_place()
            return
        levels = self.contours.levels if self.contours.isVisible() else ()
        self.bar.show_scale(scale, levels or scale.levels, self._theme, self._palette, self._title(scale))

    def _title(self, scale: Scale) -> str:
        if scale.kind == "log" and scale.base:
            return signed(self.tr("log above {:g}").format(scale.base))
        return {"log": self.tr("log"), "linear": self.tr("linear"), "rank": self.tr("by rank")}[scale.kind]


def _is_other(before: Surface, now: Surface) -> bool:
    """Whether a surface is that of another function, not another part of the one before."""
    same_part = np.array_equal(before.x, now.x) and np.array_equal(before.y, now.y)
    return same_part and not np.array_equal(before.values, now.values, equal_nan=True)
