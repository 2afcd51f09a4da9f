"""The widget of a chart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.studies.charts import Chart, HeatChart, LineChart, ParallelChart, ShareChart, is_log
from workbench.ui.plotting.cell_map import CellMap, ValueBar, heat_colors
from workbench.ui.plotting.curves import Bands, Curves, pen
from workbench.ui.plotting.marks import SYMBOLS, Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import text as color_text


class ChartView(QWidget):
    """Shows one chart: its title, its plot, and which colour is which."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = themes.LIGHT
        self.chart: Chart | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        self.title, self.legend = QLabel(self), QLabel(self)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.plot = Plot(self)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.cells, self.bands, self.curves, self.marks = CellMap(), Bands(), Curves(), Marks()
        for item in (self.cells, self.bands, self.curves, self.marks):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.bar = ValueBar(self.plot)
        layout.addWidget(self.title)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.legend)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme, and draw again."""
        self.theme = theme
        self.plot.set_theme(theme)
        if self.chart is not None:
            self.show_chart(self.chart)

    def show_chart(self, chart: Chart) -> None:
        """Draw a chart in the place of the one before."""
        self.chart = chart
        self.title.setText(chart.title)
        self.legend.clear()
        self.bar.show_levels(None, self.theme, "")
        self.cells.set_cells(np.zeros((1, 1, 4), np.uint8), QRectF(), self.theme)
        self.bands.set_bands([])
        self.curves.set_lines([])
        self.marks.set_marks(np.empty((0, 2)), [], [], self.theme.plot)
        for axis in self.plot.axes.values():
            axis.setTicks(None)
        if isinstance(chart, LineChart):
            self._draw_lines(chart)
        elif isinstance(chart, HeatChart):
            self._draw_heat(chart)
        elif isinstance(chart, ShareChart):
            self._draw_shares(chart)
        else:
            self._draw_parallel(chart)

    def _draw_lines(self, chart: LineChart) -> None:
        self._name_axes(chart.x_title, chart.y_title, x_log=chart.x_log, y_log=chart.y_log)
        lines, bands, spots, colors, symbols, entries = [], [], [], [], [], []
        for i, line in enumerate(chart.lines):
            color = self.theme.lane(line.color)
            x, y, low, high = (
                scaled(values, is_log=log)
                for values, log in ((line.x, chart.x_log), *((v, chart.y_log) for v in (line.y, line.low, line.high)))
            )
            lines += [(x[part], y[part], pen(color, 2.0)) for part in stretches(np.isfinite(y))]
            bands.append((x, low, high, color))
            if len(x) <= 60:
                spots += list(zip(x.tolist(), y.tolist(), strict=True))
                colors += [color] * len(x)
                symbols += [SYMBOLS[i % len(SYMBOLS)]] * len(x)
            entries.append(f'<span style="color:{color}">&#9632;</span>&nbsp;{_escaped(line.label)}')
        self.bands.set_bands(bands)
        self.curves.set_lines(lines)
        self.marks.set_marks(np.array(spots).reshape(-1, 2), colors, symbols, self.theme.plot, 8)
        self.legend.setText(" &nbsp; ".join(entries))
        xs = np.concatenate([scaled(line.x, is_log=chart.x_log) for line in chart.lines])
        ys = np.concatenate([scaled(line.y, is_log=chart.y_log) for line in chart.lines])
        self._set_ranges(xs, ys)

    def _draw_heat(self, chart: HeatChart) -> None:
        x_log, y_log = is_log(chart.x), is_log(chart.y)
        self._name_axes(chart.x_title, chart.y_title, x_log=x_log, y_log=y_log)
        values = chart.values
        positive = values[np.isfinite(values) & (values > 0)]
        levels = (float(np.log10(positive.min())), float(np.log10(positive.max()))) if len(positive) else (0.0, 1.0)
        levels = (levels[0], max(levels[1], levels[0] + 0.1))
        with np.errstate(divide="ignore", invalid="ignore"):
            shade = np.clip((np.log10(np.maximum(values, 1e-300)) - levels[0]) / (levels[1] - levels[0]), 0.0, 1.0)
        known = np.isfinite(values)
        rgba = np.zeros((*values.shape, 4), np.uint8)
        rgba[..., :3] = heat_colors()[np.rint(255 * np.where(known, shade, 0.0)).astype(int)]
        rgba[..., 3] = np.where(known, 255, 0)
        # cells of one width each, as they were measured; the axes name their middles
        x, y = scaled(chart.x, is_log=x_log), scaled(chart.y, is_log=y_log)
        (x0, x1), (y0, y1) = _edges(x), _edges(y)
        rect = QRectF(x0, y0, x1 - x0, y1 - y0)
        self.cells.set_cells(rgba, rect, self.theme)
        self.plot.set_range((x0, x1), (y0, y1))
        self.bar.show_levels(levels, self.theme, chart.value_title)
        self.legend.setText(self.tr("hatched: diverged, or not run"))

    def _draw_shares(self, chart: ShareChart) -> None:
        self._name_axes("", "", x_log=False, y_log=False)
        height, width = chart.values.shape
        rgba = np.full((height, width, 4), 255, np.uint8)
        rgba[..., :3] = heat_colors()[np.rint(255 * chart.values[::-1]).astype(int)]
        self.cells.set_cells(rgba, QRectF(-0.5, -0.5, width, height), self.theme)
        for side, names in (("bottom", chart.columns), ("left", chart.rows[::-1])):
            self.plot.axes[side].setTicks([[*enumerate(names)]])
        self.plot.set_range((-0.5, width - 0.5), (-0.5, height - 0.5))
        self.legend.setText(self.tr("from dark, none, to bright, all"))

    def _draw_parallel(self, chart: ParallelChart) -> None:
        self._name_axes("", "", x_log=False, y_log=False)
        finite = chart.values[np.isfinite(chart.values) & (chart.values > 0)]
        levels = (float(np.log10(finite.min())), float(np.log10(finite.max()))) if len(finite) else (0.0, 1.0)
        levels = (levels[0], max(levels[1], levels[0] + 0.1))
        table, lines, x = heat_colors(), [], np.arange(len(chart.axes), dtype=float)
        for places, value in zip(chart.places[::-1], chart.values[::-1], strict=True):  # the best are drawn last
            if np.isfinite(value):
                share = np.clip((np.log10(max(value, 1e-300)) - levels[0]) / (levels[1] - levels[0]), 0.0, 1.0)
                red, green, blue = (table[round(255 * float(share))] / 255).tolist()
                lines.append((x, places, pen(color_text((red, green, blue)), 1.0)))
            else:
                lines.append((x, places, pen(self.theme.grid, 1.0)))
        axis = np.array([0.0, 1.0])
        lines += [(np.full(2, float(i)), axis, pen(self.theme.muted, 1.5)) for i in range(len(chart.axes))]
        self.curves.set_lines(lines)
        names = [f"{path.split('.')[-1]}: {a} – {b}" for path, (a, b) in zip(chart.axes, chart.ends, strict=True)]
        self.plot.axes["bottom"].setTicks([[*enumerate(names)]])
        self.plot.axes["left"].setTicks([[]])
        self.plot.set_range((-0.4, len(chart.axes) - 0.6), (-0.03, 1.03))
        self.bar.show_levels(levels, self.theme, chart.value_title)
        self.legend.setText(self.tr("each axis from its lowest value to its highest; grey: diverged"))

    def _name_axes(self, x: str, y: str, *, x_log: bool, y_log: bool) -> None:
        for side, name, log in (("bottom", x, x_log), ("left", y, y_log)):
            self.plot.set_label(side, name)
            self.plot.set_log(side, is_log=log)

    def _set_ranges(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        for side, values in (("x", x[np.isfinite(x)]), ("y", y[np.isfinite(y)])):
            if len(values):
                room = 0.04 * max(float(np.ptp(values)), 1e-9)
                self.plot.set_range(**{side: (float(values.min()) - room, float(values.max()) + room)})


def scaled(values: NDArray[np.float64], *, is_log: bool) -> NDArray[np.float64]:
    """Values as the plot has them; what is infinite, or has no logarithm, is no number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log10(values) if is_log else np.asarray(values, np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def stretches(fine: NDArray[np.bool_]) -> list[slice]:
    """The stretches of points next to each other in which something holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], fine.astype(np.int8), [0]]))).tolist()
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _edges(middles: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of cells around evenly spaced middles."""
    half = float(middles[-1] - middles[0]) / max(1, len(middles) - 1) / 2 or 0.5
    return float(middles[0]) - half, float(middles[-1]) + half


def _escaped(label: str) -> str:
    return label.replace("&", "&amp;").replace("<", "&lt;")
