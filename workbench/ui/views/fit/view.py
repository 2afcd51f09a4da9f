"""What the networks have learned, beside their data: curves, a decision map, a page of pictures, or a confusion."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.engine.datasets import Split
from workbench.engine.datasets.points import MOST_CLASSES
from workbench.engine.network.fit import Confusion, Fit
from workbench.engine.race.snapshot import Snapshot
from workbench.export import network_tables
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.fit.dab import Points
from workbench.ui.views.fit.items import ConfusionMatrix, PicturePage, RegionMap
from workbench.ui.views.fit.lane_maps import LaneMaps
from workbench.ui.views.fit.paint_tools import PaintTools, Strokes
from workbench.ui.views.fit.samples import Samples, nearest_sample
from workbench.ui.views.fit.words import sample_words, spot_words
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.class_colors import class_color
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.legend import Legend
from workbench.ui.views.shared.readout import Readout

_ROOM_TO_PAINT = 0.25


class FitView(View):
    """One input: the curve of every lane. Two: the regions of the lane one picks, or of all. Images: how it reads them.

    Points can be painted over two inputs. Under the cursor stands what the network says there, and over a sample what
    it makes of that sample, with its own loss.
    """

    key = "fit"

    #: a dab of the brush, a `Dab`; the stroke has ended; all points are to go
    dabbed = Signal(object)
    stroke_ended = Signal()
    cleared = Signal()
    #: (`train` or `test`, its place): a sample was clicked
    sample_picked = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.map, self.curves, self.pictures = RegionMap(), Curves(), PicturePage()
        self.samples = Samples()
        self.curves.setZValue(20)
        for item in (self.map, *self.samples.items, self.curves, self.pictures):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.plot.viewport().installEventFilter(self)
        self.matrix, self.maps = ConfusionMatrix(self), LaneMaps(self)
        self.tools = PaintTools(self)
        self.tools.hide()
        self.strokes = Strokes(self.plot, self.tools)
        self.pages = QStackedWidget(self)
        for page in (self.plot, self.matrix, self.maps):
            self.pages.addWidget(page)
        self.body.addWidget(self.tools)
        self.body.addWidget(self.pages)
        self.legend = Legend(self.plot, low=True)
        self.readout = Readout(self.plot, self._read)
        self._make_controls()
        self._data: Any = None
        self._drawn: Any = None
        self._draft: Points | None = None
        self._kind = ""
        self._asked: Mapping[str, Any] = {}
        self.strokes.dabbed.connect(self.dabbed)
        self.strokes.ended.connect(self.stroke_ended)
        self.tools.cleared.connect(self.cleared)

    def _make_controls(self) -> None:
        self.paint = self.add_switch(
            self.tr("Paint"), self.tr("Paint points of your own, from those shown; they become the data")
        )
        self.side_by_side = self.add_switch(self.tr("All lanes"), self.tr("Show the maps of all lanes side by side"))
        self.as_matrix = self.add_switch(
            self.tr("Confusion"), self.tr("Show how often each class is taken for each, over the test samples")
        )
        self.paint.toggled.connect(self._on_paint_toggled)
        for switch in (self.side_by_side, self.as_matrix):
            switch.toggled.connect(self._on_page_toggled)
        self.lane = LaneChoice(self.tr("The lane whose network is shown"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_lane_activated)
        self.controls.addWidget(self.lane)

    # What is asked for

    def _on_lane_activated(self, _index: int) -> None:
        self._ask()

    def _on_page_toggled(self, checked: bool) -> None:
        if checked:
            for other in (self.side_by_side, self.as_matrix, self.paint):
                if other is not self.sender():
                    other.setChecked(False)
        self._ask()

    def _on_paint_toggled(self, checked: bool) -> None:
        if checked:
            self.side_by_side.setChecked(False)
            self.as_matrix.setChecked(False)
            self.plot.viewport().setFocus()
        self.strokes.active = checked
        self.tools.setVisible(checked)
        self.plot.viewport().setCursor(Qt.CursorShape.CrossCursor if checked else Qt.CursorShape.ArrowCursor)
        self._drawn = self._data = None
        self.settings_changed()

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    @property
    def run(self) -> int:
        """The first run of the lane shown."""
        return 0 if self.snapshot is None else self.lane.run(self.snapshot.info)

    def demand(self) -> Mapping[str, Any]:
        wanted: dict[str, Any] = {"fit": (self.run,)}
        if self.as_matrix.isChecked() or self._kind == "matrix":
            wanted["confusion"] = (self.run,)
        if self.side_by_side.isChecked() and self.snapshot is not None:
            info = self.snapshot.info
            wanted["fits"] = tuple(range(0, info.runs, info.starts))
        return wanted

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.kind != "network":
            return self.tr("An objective has no data. Choose a network, and what it learns shows here beside its data.")
        return ""

    def retint(self, theme: themes.Theme) -> None:
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)
        self.strokes.set_theme(theme)
        self.tools.set_theme(theme, [class_color(theme, i) for i in range(MOST_CLASSES)])
        self._data = self._drawn = None

    # Drawing

    def draw(self, snapshot: Snapshot) -> None:
        self.lane.show_lanes(snapshot.info)
        self._ask()  # the lane shown may have another place, or be gone
        fit, data = snapshot.extras.get("fit"), snapshot.info.data
        if not isinstance(fit, Fit) or data is None:
            return
        if fit.kind != self._kind:
            self._kind = fit.kind
            self._ask()
        self.paint.setVisible(fit.kind == "map")
        self.side_by_side.setVisible(fit.kind == "map" and len(snapshot.info.lanes) > 1)
        self.as_matrix.setVisible(bool(data.classes) and fit.kind != "matrix")
        if fit.kind != "map" and self.paint.isChecked():
            self.paint.setChecked(False)
        if self._show_other_page(snapshot, fit):
            return
        self.pages.setCurrentWidget(self.plot)
        if self._data is not data:
            arrived = self._draft is not None and len(data.x_train) + len(data.x_test) == len(self._draft)
            if arrived and not self.strokes.is_down:
                self._draft = None
            self._data = data
            self._draw_data(snapshot, fit)
        if self._drawn is not fit:
            self._drawn = fit
            self._draw_fit(snapshot, fit)
        colors, symbols = self.lane_colors(snapshot.info), lane_symbols(snapshot.info)
        entries = [(lane.label, colors[i], symbols[i]) for i, lane in enumerate(snapshot.info.lanes)]
        if fit.kind != "curves":  # of one lane, which the choice above it names
            lane = fit.run // snapshot.info.starts
            entries = entries[lane : lane + 1] if self.stands_alone else []
        self.legend.show_entries(entries, self.theme)
        self.readout.refresh()

    def _show_other_page(self, snapshot: Snapshot, fit: Fit) -> bool:
        """Whether another page than the plot is asked for; it waits for its numbers on the page before."""
        found, fits = snapshot.extras.get("confusion"), snapshot.extras.get("fits")
        if fit.kind == "matrix" or (self.as_matrix.isChecked() and not self.as_matrix.isHidden()):
            if isinstance(found, Confusion) and snapshot.info.data is not None:
                self.matrix.show_confusion(found, snapshot.info.data.classes, self.theme)
            self.pages.setCurrentWidget(self.matrix)
            return True
        if self.side_by_side.isChecked() and not self.side_by_side.isHidden():
            if isinstance(fits, tuple) and len(fits) == len(snapshot.info.lanes):
                self.maps.show_fits(snapshot, fits, self.theme)
            self.pages.setCurrentWidget(self.maps)
            return True
        return False

    def show_points(self, points: Points | None) -> None:
        """Show points that are being painted, before any race knows of them; None for those of the race again."""
        self._draft = points
        if self.snapshot is None or not isinstance(self._drawn, Fit):
            return
        if points is not None or self._data is self.snapshot.info.data:  # else the fit is of the race before
            self._draw_data(self.snapshot, self._drawn)

    def _draw_data(self, snapshot: Snapshot, fit: Fit) -> None:
        """The samples, and what their axes are called."""
        data = snapshot.info.data
        pictures = fit.kind == "pictures"
        self.pictures.setVisible(pictures)
        self.map.setVisible(fit.kind == "map")
        self.curves.setVisible(fit.kind in ("curves", "agreement"))
        for side in ("left", "bottom"):
            self.plot.plot_item.showAxis(side, not pictures)
        if data is None or pictures:
            self.samples.clear()
            return
        if self._draft is not None:
            self.samples.show_points(self._draft, self.theme)
            return
        self.samples.show_data(data, fit, self.theme)
        below, beside = self._axis_names(fit, data)
        self.plot.set_label("bottom", below)
        self.plot.set_label("left", beside)

    def _axis_names(self, fit: Fit, data: Split) -> tuple[str, str]:
        """What stands at the axes: the names of the columns, where they have such."""
        if fit.kind == "map" and len(data.columns) == 2:
            return data.columns[0], data.columns[1]
        if fit.kind == "curves":
            return data.columns[0] if len(data.columns) == 1 else "x", data.target or "y"
        if fit.kind == "agreement" and data.target:
            return self.tr("{}, true value").format(data.target), self.tr("{}, value given").format(data.target)
        return (self.tr("true value"), self.tr("value given")) if fit.kind == "agreement" else ("x₁", "x₂")

    def _draw_fit(self, snapshot: Snapshot, fit: Fit) -> None:
        self.plot.box.setAspectLocked(fit.kind == "pictures")
        data = snapshot.info.data
        if data is None:
            return
        if fit.kind == "curves":
            self._draw_curves(snapshot, fit)
        elif fit.kind == "map":
            self.map.set_map(fit, len(data.classes), self.theme)
            (x0, *_, x1), (y0, *_, y1) = fit.x
            if self.strokes.active and self.strokes.is_down:
                return  # the plane keeps still under a stroke
            room = _ROOM_TO_PAINT if self.strokes.active else 0.0
            dx, dy = room * (x1 - x0), room * (y1 - y0)
            self.plot.set_range((float(x0 - dx), float(x1 + dx)), (float(y0 - dy), float(y1 + dy)))
        elif fit.kind == "agreement":
            self._draw_data(snapshot, fit)
            y = data.unscaled_values(np.concatenate([data.y_train, data.y_test]))[:, 0]
            room = 0.12 * max(float(np.ptp(y)), 1e-9)
            ends = np.array([y.min() - room, y.max() + room])
            self.curves.set_lines([(ends, ends, pen(self.theme.accent, 1.2))])
            self.plot.set_range((float(ends[0]), float(ends[1])), (float(ends[0]), float(ends[1])))
        else:
            self.pictures.set_page(snapshot, fit, self.theme)
            self.plot.set_range((0.0, self.pictures.width), (0.0, self.pictures.height))

    def _draw_curves(self, snapshot: Snapshot, fit: Fit) -> None:
        colors, starts = self.lane_colors(snapshot.info), snapshot.info.starts
        self.curves.set_lines(
            [(fit.x, fit.outputs[run, :, 0].astype(float), pen(colors[run // starts], 2.0))
             for run in range(snapshot.info.runs)]
        )  # fmt: skip
        data = snapshot.info.data
        if data is not None:
            y = data.unscaled_values(np.concatenate([data.y_train, data.y_test]))
            room = 0.12 * max(float(np.ptp(y)), 1e-9)
            self.plot.set_range((float(fit.x[0]), float(fit.x[-1])), (float(y.min() - room), float(y.max() + room)))

    def data_csv(self) -> Table:
        """The page in front: the map or curves with the samples, the maps of all lanes, or the confusion."""
        snapshot = self.snapshot
        extras = {} if snapshot is None else snapshot.extras
        fit, found, fits = extras.get("fit"), extras.get("confusion"), extras.get("fits")
        if snapshot is None or not isinstance(fit, Fit):
            return bytes
        if self.pages.currentWidget() is self.matrix:
            return partial(network_tables.confusion_csv, snapshot, found) if isinstance(found, Confusion) else bytes
        if self.pages.currentWidget() is self.maps:
            return partial(network_tables.fits_csv, snapshot, fits) if isinstance(fits, tuple) else bytes
        return partial(network_tables.fits_csv, snapshot, (fit,))

    # Under the cursor

    def sample_at(self, x: float, y: float) -> tuple[str, int] | None:
        """The sample under a point of the plot: `train` or `test`, and its place among them."""
        fit, snapshot = self._drawn, self.snapshot
        if not isinstance(fit, Fit) or snapshot is None or snapshot.info.data is None or self._draft is not None:
            return None
        if fit.kind == "pictures":
            index = self.pictures.index_at(x, y)
            return None if index < 0 else ("test" if len(snapshot.info.data.x_test) else "train", index)
        return nearest_sample(snapshot.info.data, fit, (x, y), self.plot.box.viewPixelSize())

    def _read(self, x: float, y: float) -> str:
        fit, snapshot = self._drawn, self.snapshot
        if not isinstance(fit, Fit) or snapshot is None or snapshot.info.data is None or self.strokes.is_down:
            return ""
        sample = self.sample_at(x, y)
        if sample is not None:
            lane = snapshot.info.lanes[min(fit.run // snapshot.info.starts, len(snapshot.info.lanes) - 1)]
            return sample_words(snapshot.info.data, fit, *sample, lane=lane.label)
        return spot_words(snapshot.info.data, fit, x, y) if fit.kind == "map" else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() == Qt.MouseButton.LeftButton
            and not self.strokes.active
        ):
            at = self.plot.box.mapSceneToView(self.plot.mapToScene(event.position().toPoint()))
            sample = self.sample_at(at.x(), at.y())
            if sample is not None:
                self.sample_picked.emit(*sample)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if not (self.strokes.active and self.tools.take_key(event)):
            super().keyPressEvent(event)
