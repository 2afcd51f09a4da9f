"""A map of regimes: what a rule with a velocity does for every product of rate and curvature, and every momentum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from workbench.engine.curvature.regimes import Law
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import mixed, parse
from workbench.ui.views.curvature.page import told
from workbench.ui.views.shared.hint import Hint
from workbench.ui.views.shared.readout import Readout
from workbench.ui.words.regimes import regime_name
from workbench.ui.words.text import readable

#: the root of rate times curvature, as which borders are nearly straight, and small ones told apart; momentum
_ACROSS, _UP = (0.0, 2.15), (0.0, 1.0)
_EDGE = 0.06  # to the left of the map, so that the mark of a small curvature is whole
_TICKS = (0.01, 0.1, 0.5, 1.0, 2.0, 4.0)
_COLUMNS, _ROWS = 240, 120
_FOOT = 0.045  # below a momentum of 0, where the marks of gradient descent stand
_SHOWN = ("monotone", "ripples", "oscillation", "divergence")
_COLORS = {"monotone": "#009E73", "ripples": "#0072B2", "oscillation": "#E69F00", "divergence": "#D55E00"}
_LIKE = {"one_step": "monotone", "critical": "monotone", "edge": "oscillation"}
_TINT = {"light": 0.28, "dark": 0.4}


def map_law(law: Law) -> Law:
    """The rule that the map is of: gradient descent is the heavy ball without momentum."""
    if law.optimizer != "sgd":
        return law
    return replace(law, optimizer="momentum", settings={**law.settings, "momentum": 0.0, "dampening": 0.0})


def region(law: Law) -> NDArray[np.intp]:
    """The place in `_SHOWN` of the regime at each cell (rows from the lowest momentum, columns); without decays."""
    steps = ((np.arange(_COLUMNS) + 0.5) / _COLUMNS * _ACROSS[1]) ** 2
    momenta = (np.arange(_ROWS) + 0.5)[:, None] / _ROWS
    found = law.regimes(1.0, np.broadcast_to(steps, (_ROWS, _COLUMNS)), np.broadcast_to(momenta, (_ROWS, _COLUMNS)))
    names = np.array([_SHOWN.index(_LIKE.get(str(name), str(name))) for name in np.unique(found)])
    return names[np.searchsorted(np.unique(found), found)]


class RegimeMap(Plot):
    """Regimes as areas with their names in them, and a mark for each curvature where the lane stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image, self.marks = pg.ImageItem(), Marks()
        self.image.setZValue(-50)
        self.box.addItem(self.image, ignoreBounds=True)
        self.box.addItem(self.marks, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self.axes["bottom"].setTicks([[(value**0.5, readable(value)) for value in _TICKS]])
        self.set_label("bottom", self.tr("rate × curvature ηλ (root)"))
        self.set_label("left", self.tr("momentum μ"))
        self.set_range((_ACROSS[0] - _EDGE, _ACROSS[1]), (-_FOOT, _UP[1]))
        self.names = {name: pg.TextItem(anchor=(0.5, 0.5)) for name in _SHOWN}
        for item in self.names.values():
            self.box.addItem(item, ignoreBounds=True)
        self.hint = Hint(self)
        self.readout = Readout(self, self._read)
        self.setToolTip(
            self.tr("What the rule does along a direction, by its momentum and the product of rate and curvature")
        )
        self._law: Law | None = None
        self._sharpness = float("nan")
        self._drawn: Any = None

    def set_theme(self, theme: themes.Theme) -> None:
        super().set_theme(theme)
        self.readout.set_theme(theme)
        self._drawn = None

    def show_law(
        self, law: Law | None, values: NDArray[np.float64], theme: themes.Theme, mark: tuple[str, str], words: str
    ) -> None:
        """Show the map of a rule, and where it stands for curvatures (K,), the largest first.

        `mark` is the colour and the symbol of the lane; `words` stand in the place of a map that there is none of.
        """
        self._law = None if law is None else map_law(law)
        self._sharpness = float(values[0]) if len(values) else float("nan")
        self.hint.say(words if law is None else "", theme)
        self.image.setVisible(law is not None)
        for item in self.names.values():
            item.setVisible(law is not None)
        if self._law is None:
            self.marks.set_marks(np.zeros((0, 2)), [], [], theme.plot)
            return
        self._draw_regions(self._law, theme)
        pulled = values + self._law.pull  # weight decay in the gradient bends as much more
        above = pulled[pulled > 0]
        across = np.minimum(np.sqrt(above * self._law.rate), _ACROSS[1])
        points = np.column_stack([across, np.full(len(across), self._law.momentum)])[::-1]
        color, symbol = mark
        self.marks.set_marks(points, [color] * len(points), [symbol] * len(points), theme.plot, 9)

    def _draw_regions(self, law: Law, theme: themes.Theme) -> None:
        rest = tuple(sorted((k, v) for k, v in law.settings.items() if k not in {"momentum", "learning_rate"}))
        key = (law.optimizer, rest, theme.name)
        if key == self._drawn:
            return
        self._drawn = key
        found = region(replace(law, pull=0.0, shrinks=()))
        tints = [mixed(_COLORS[name], theme.plot, _TINT[theme.name]) for name in _SHOWN]
        table = np.array([[round(255 * c) for c in parse(tint)] for tint in tints], np.uint8)
        self.image.setImage(np.ascontiguousarray(table[found]), levels=(0, 255), autoLevels=False)
        self.image.setRect(QRectF(_ACROSS[0], _UP[0], _ACROSS[1] - _ACROSS[0], _UP[1] - _UP[0]))
        for place, name in enumerate(_SHOWN):
            self._write(self.names[name], name, found == place, theme)

    def _write(self, item: pg.TextItem, name: str, area: NDArray[np.bool_], theme: themes.Theme) -> None:
        """Write a region's name into it, upright where it is narrow."""
        item.setVisible(bool(area.any()))
        if not area.any():
            return
        row, first, end = _widest(area)
        item.setText(regime_name(name))
        item.setColor(theme.text)
        item.setFont(themes.font(themes.SMALL_POINTS))
        wide = (end - first) / _COLUMNS * self.box.width()
        upright = wide < item.boundingRect().width() + 6
        item.setAngle(90 if upright else 0)
        half = 0.5 * item.boundingRect().width() / max(self.box.height(), 1.0) * (_UP[1] + _FOOT)
        height = (row + 0.5) / _ROWS * _UP[1]
        height = min(max(height, half + 0.07), _UP[1] - half) if upright else height
        item.setPos((first + end) / 2 / _COLUMNS * _ACROSS[1], height)

    def _read(self, x: float, y: float) -> str:
        law = self._law
        if law is None or not (0 <= y < 1 and x > 0) or not np.isfinite(self._sharpness) or self._sharpness <= 0:
            return ""
        rate = x * abs(x) / self._sharpness
        regime = str(law.regimes(self._sharpness, rate, y))
        left = float(law.contraction(self._sharpness, rate, y))
        return "\n".join(
            [
                regime_name(regime),
                self.tr("at λmax: rate {}, momentum {}").format(told(rate), readable(y, 3)),
                self.tr("left after a step: {} %").format(readable(100 * left)),
            ]
        )


def _widest(area: NDArray[np.bool_]) -> tuple[int, int, int]:
    """A row in the middle of where an area is wide, and the columns between which it is the area there."""
    best, widest = (0, 0, 1), 0.0
    for row in range(4, len(area) - 4, 2):
        turns = np.diff(np.concatenate([[0], area[row].astype(np.int8), [0]]))
        for first, end in zip(np.flatnonzero(turns > 0).tolist(), np.flatnonzero(turns < 0).tolist(), strict=True):
            middle = (first + end) // 2
            inside = area[:, middle]
            up, down = np.flatnonzero(~inside[row:]), np.flatnonzero(~inside[: row + 1][::-1])
            above = int(up[0]) if len(up) else len(area) - row
            below = int(down[0]) if len(down) else row + 1
            worth = min((end - first) / _COLUMNS, 0.4) + min(above, below) / _ROWS
            if worth > widest:
                best, widest = (row, first, end), worth
    return best
