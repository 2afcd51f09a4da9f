"""An objective of more than two coordinates: each of them against the step, and how large they are now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.plot import Plot, nice_upper
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import from_oklab, mixed, text
from workbench.ui.views.shared.hint import Hint
from workbench.ui.words.text import grouped, signed

_MOST = 24  # coordinates that are drawn as lines; of more, as many, evenly chosen
_COLUMNS = 600  # of a line: each keeps its first, lowest, highest and last point
_PALE = 0.35  # of a colour, for what is still to come
_CHROMA = 0.115
_MOST_NUMBERS = 4  # of a start, until it is said to be long


class CoordinateScene(QObject):
    """Lines of the coordinates of one run above, bars of their sizes below, in the colours of the coordinates."""

    def __init__(self, parent: QWidget, layout: QVBoxLayout) -> None:
        super().__init__(parent)
        self.plot, self.bars = Plot(parent), Plot(parent)
        self.lines, self._bar = Curves(), pg.BarGraphItem(x=[0], height=[0], width=0.7, pen=None)
        self.plot.box.addItem(self.lines, ignoreBounds=True)
        self.bars.box.addItem(self._bar, ignoreBounds=True)
        self.hint = Hint(self.plot)
        for plot, share in ((self.plot, 3), (self.bars, 2)):
            plot.box.setMouseEnabled(x=False, y=False)
            layout.addWidget(plot, share)
            plot.hide()

    def set_visible(self, visible: bool) -> None:
        """Show both plots, or none."""
        self.plot.setVisible(visible)
        self.bars.setVisible(visible)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.plot.set_theme(theme)
        self.bars.set_theme(theme)

    def draw(self, snapshot: Snapshot, run: int, theme: themes.Theme) -> None:
        """Draw the coordinates of a run."""
        size = snapshot.info.size
        shown = np.unique(np.linspace(0, size - 1, min(size, _MOST)).round().astype(int))
        colors = coordinate_colors(size, theme)
        lines: list[tuple[NDArray[Any], NDArray[Any], Any]] = []
        if "path" in snapshot.history.values and len(snapshot.history.steps):
            steps, path = snapshot.history.densely("path", run, shown)
            is_past = steps <= snapshot.step
            for place, i in enumerate(shown.tolist()):
                values = np.asarray(path[:, place], np.float64)
                color, now = colors[i], float(snapshot.theta[run, i])
                past = (np.append(steps[is_past], snapshot.step), np.append(values[is_past], now))
                future = (np.append(snapshot.step, steps[~is_past]), np.append(now, values[~is_past]))
                lines.append((*kept(*future), pen(mixed(color, theme.plot, _PALE), 1.2)))
                lines.append((*kept(*past), pen(color, 1.6)))
            self._set_ranges(snapshot, np.asarray(path, np.float64))
            if not is_past.all():
                ends = np.array(self.plot.box.viewRange()[1])
                here = np.full(2, float(snapshot.step))
                lines.append((here, ends, pen(theme.muted, 1.0, Qt.PenStyle.DashLine)))
        self.lines.set_lines(lines)
        few = snapshot.recorded < 1
        self.hint.say(self.start_words(snapshot, run) if few else "", theme)
        self._draw_bars(np.abs(np.asarray(snapshot.theta[run], np.float64)), colors)
        self.plot.set_label("bottom", self.tr("step"))
        chosen = "" if len(shown) == size else self.tr(" ({} of {})").format(len(shown), grouped(size))
        self.plot.set_label("left", self.tr("coordinates x{}").format(chosen))
        self.bars.set_label("bottom", self.tr("coordinate"))
        self.bars.set_label("left", self.tr("size |x|"))

    def _set_ranges(self, snapshot: Snapshot, values: NDArray[np.float64]) -> None:
        finite = values[np.isfinite(values)]
        if len(finite):
            low, high = float(finite.min()), float(finite.max())
            room = 0.06 * ((high - low) or 1.0)
            self.plot.set_range((0.0, float(max(1, snapshot.recorded))), (low - room, high + room))

    def _draw_bars(self, sizes: NDArray[np.float64], colors: Sequence[str]) -> None:
        fine = np.where(np.isfinite(sizes), sizes, 0.0)
        at = np.arange(1, len(fine) + 1)
        self._bar.setOpts(x=at, y0=0, height=fine, width=0.7, brushes=list(colors), pen=None)
        self.bars.set_range((0.4, len(fine) + 0.6), (0.0, nice_upper(float(fine.max()) * 1.02)))

    def start_words(self, snapshot: Snapshot, run: int) -> str:
        """How the start repeats itself over the coordinates, in a sentence."""
        info = snapshot.info
        if info.points is None:
            return ""
        start = info.points[run % info.starts]
        period = repeats_after(start)
        numbers = ", ".join(signed(f"{value:g}") for value in start[:period][:_MOST_NUMBERS])
        if period < info.size:
            return self.tr("The start is ({}), over and over in {} dimensions.").format(numbers, grouped(info.size))
        more = ", ..." if period > _MOST_NUMBERS else ""
        return self.tr("The start is ({}{}) in {} dimensions.").format(numbers, more, grouped(info.size))


def repeats_after(start: NDArray[Any]) -> int:
    """The number of coordinates after which a point (D,) repeats itself; D where it does not."""
    for period in range(1, len(start) // 2 + 1):
        if (start == np.resize(start[:period], len(start))).all():
            return period
    return len(start)


def coordinate_colors(count: int, theme: themes.Theme) -> list[str]:
    """A colour for each coordinate, around the circle of hues, all of one lightness."""
    turn = 2 * np.pi * (0.07 + 0.86 * np.arange(count) / max(1, count - 1))
    light = 0.56 if theme.name == "light" else 0.76
    lab = np.column_stack([np.full(count, light), _CHROMA * np.cos(turn), _CHROMA * np.sin(turn)])
    return [text((r, g, b)) for r, g, b in from_oklab(lab).tolist()]


def kept(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The points of a line (T,) that are seen: the first, lowest, highest and last of each column, in their order."""
    if len(x) <= 4 * _COLUMNS:
        return x, y
    edges = np.linspace(0, len(x), _COLUMNS + 1).astype(int)
    rows: set[int] = set()
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = np.nan_to_num(y[first:last])
        rows |= {first, first + int(part.argmin()), first + int(part.argmax()), last - 1}
    order = np.array(sorted(rows))
    return x[order], y[order]
