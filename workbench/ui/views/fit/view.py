"""What the networks have learned, beside their data: curves, a decision map, a page of pictures, or a confusion."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QStackedWidget, QToolButton, QWidget

from workbench.engine.datasets import Split
from workbench.engine.datasets.points import MOST_CLASSES
from workbench.engine.network.fit import Confusion, Fit, Wanted
from workbench.engine.network.prediction import Prediction
from workbench.engine.race.snapshot import Snapshot
from workbench.export import network_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.fit.best_lane import best_lane
from workbench.ui.views.fit.dab import Points
from workbench.ui.views.fit.fit_plot import FitPlot, legend_of_points
from workbench.ui.views.fit.items import ConfusionMatrix
from workbench.ui.views.fit.lane_maps import LaneMaps
from workbench.ui.views.fit.paint_tools import PaintTools, Strokes
from workbench.ui.views.fit.predict_bar import PredictBar
from workbench.ui.views.fit.scatter import Picture, nearest_sample, picture_of
from workbench.ui.views.fit.words import quality_words, sample_words, spot_words
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.class_colors import class_color
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.legend import Entry, Legend
from workbench.ui.views.shared.readout import Readout
from workbench.ui.words.health import diverged_words, run_label


class FitView(View):
    """One input: the curve of every lane. Two: the regions of the lane one picks, or of all. Images: how it reads them.

    Of values also what is given against what is true, and the residuals. Points can be painted over two inputs. Under
    the cursor stands what the network says there, and over a sample what it makes of that sample, with its own loss. A
    row that is typed in is predicted.
    """

    key = "fit"

    #: a dab of the brush, a `Dab`; the stroke has ended; all points are to go
    dabbed = Signal(object)
    stroke_ended = Signal()
    cleared = Signal()
    #: (number, name): a class of painted points is to be called otherwise
    class_named = Signal(int, str)
    #: (`train` or `test`, its place): a sample was clicked
    sample_picked = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = FitPlot(self)
        self.plot.box.sigResized.connect(self._on_box_resized)
        self.plot.viewport().installEventFilter(self)
        self.matrix, self.maps = ConfusionMatrix(self), LaneMaps(self)
        self.tools, self.bar = PaintTools(self), PredictBar(self)
        self.told = QLabel("", self)
        self.told.setObjectName("muted")
        self.told.setWordWrap(True)
        self.told.setContentsMargins(8, 2, 8, 2)
        self.strokes = Strokes(self.plot, self.tools)
        self.pages = QStackedWidget(self)
        for page in (self.plot, self.matrix, self.maps):
            self.pages.addWidget(page)
        for part in (self.tools, self.bar, self.told):
            part.hide()
            self.body.addWidget(part)
        self.body.addWidget(self.pages, 1)
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
        self.tools.renamed.connect(self.class_named)
        self.bar.asked.connect(self._ask)

    def _make_controls(self) -> None:
        self.paint = self.add_switch(
            self.tr("Paint"), self.tr("Paint points of your own, from those shown; they become the data")
        )
        self.side_by_side = self.add_switch(self.tr("Lanes"), self.tr("Show the maps of all lanes side by side"))
        self.as_matrix = self.add_switch(
            self.tr("Confusion"), self.tr("Show how often each class is taken for each, over the test samples")
        )
        self.more = QToolButton(self)
        self.more.setText(self.tr("Show"))
        self.more.setToolTip(self.tr("What else is shown: losses, the worst pictures first, a row that is typed in"))
        self.more.setAccessibleName(self.more.toolTip())
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        choices = QMenu(self.more)
        choices.setToolTipsVisible(True)
        self.more.setMenu(choices)
        self.worst = self._add_choice(
            choices, self.tr("Worst first"), self.tr("Show the pictures of the largest loss first")
        )
        self.by_loss = self._add_choice(
            choices, self.tr("Losses"), self.tr("Show the loss of each sample: its size, and the largest as numbers")
        )
        self.typed = self._add_choice(
            choices, self.tr("Predict a row"), self.tr("Type in a row, and see what the network gives for it")
        )
        self.controls.addWidget(self.more)
        self.paint.toggled.connect(self._on_paint_toggled)
        for switch in (self.side_by_side, self.as_matrix):
            switch.toggled.connect(self._on_page_toggled)
        self.worst.toggled.connect(self._ask)
        self.by_loss.toggled.connect(self._draw_anew)
        self.typed.toggled.connect(self._on_typed_toggled)
        self.shown_as = QComboBox(self)
        for key, word in (
            ("fit", self.tr("fit")), ("agreement", self.tr("given against true")), ("residuals", self.tr("residuals")),
        ):  # fmt: skip
            self.shown_as.addItem(word, key)
        self.shown_as.setToolTip(self.tr("What is shown of the values: the fit, given against true ones, or residuals"))
        self.shown_as.setAccessibleName(self.tr("Picture of the values"))
        self.shown_as.activated.connect(self._draw_anew)
        self.lane = LaneChoice(self.tr("The lane whose network is shown"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_lane_activated)
        self.controls.addWidget(self.shown_as)
        self.controls.addWidget(self.lane)

    def _add_choice(self, menu: QMenu, words: str, tip: str) -> QAction:
        choice = QAction(words, self)
        choice.setToolTip(tip)
        choice.setCheckable(True)
        menu.addAction(choice)
        return choice

    # What is asked for

    def _on_lane_activated(self, _index: int) -> None:
        self._ask()

    def _draw_anew(self, _value: object = None) -> None:
        self._data = self._drawn = None
        self.plot.forget_ranges()
        self.settings_changed()

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
        self.plot.keep_canvas(self.snapshot.info.data if checked and self.snapshot is not None else None)
        self.tools.setVisible(checked)
        self.plot.viewport().setCursor(Qt.CursorShape.CrossCursor if checked else Qt.CursorShape.ArrowCursor)
        self._draw_anew()

    def _on_typed_toggled(self, checked: bool) -> None:
        self.bar.setVisible(checked)
        if checked:
            if self.snapshot is not None and self.snapshot.info.data is not None:
                self.bar.show_data(self.snapshot.info.data, self.theme)
            self.bar.edit.setFocus()
        self._ask()

    def _on_box_resized(self, _box: object = None) -> None:
        if self.plot.take_size():
            self._data = None

    def _ask(self, _value: object = None) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    @property
    def run(self) -> int:
        """The first run of the lane shown."""
        return 0 if self.snapshot is None else self.lane.run(self.snapshot.info)

    def demand(self) -> Mapping[str, Any]:
        beside = Wanted(self.plot.area() if self._kind == "map" else None, self.worst.isChecked())
        wanted: dict[str, Any] = {"fit": (self.run,) if beside == Wanted() else (self.run, beside)}
        if self.as_matrix.isChecked() or self._kind == "matrix":
            wanted["confusion"] = (self.run,)
        if self.side_by_side.isChecked() and self.snapshot is not None:
            info = self.snapshot.info
            wanted["fits"] = tuple(range(0, info.runs, info.starts))
        if self.typed.isChecked() and self.bar.row is not None:
            wanted["prediction"] = (self.run, self.bar.row)
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
        if snapshot.step and not snapshot.running:  # lanes that overtake each other would make the picture jump
            self.lane.prefer(best_lane(snapshot))
        self._ask()  # the lane shown may have another place, or be gone
        fit, data = snapshot.extras.get("fit"), snapshot.info.data
        if not isinstance(fit, Fit) or data is None:
            return
        if fit.kind != self._kind:
            self._kind = fit.kind
            self.plot.forget_ranges()
            self._ask()
        self._show_controls(snapshot, fit, data)
        self._show_prediction(snapshot, data)
        if self._show_other_page(snapshot, fit):
            return
        self.pages.setCurrentWidget(self.plot)
        if self._data is not data:
            arrived = self._draft is not None and len(data.x_train) + len(data.x_test) == len(self._draft)
            if arrived and not self.strokes.is_down:
                self._draft = None
            self._data = data
            self._draw_data(data, fit)
        is_other = self._drawn is not fit
        if is_other:
            self._drawn = fit
            self._draw_fit(snapshot, fit, data)
        held = self.strokes.active and self.strokes.is_down  # the plane keeps still under a stroke
        if not held and self.plot.set_ranges(self.picture(fit, data), fit, data):
            self._ask()
        self.legend.show_entries(self._entries(snapshot, fit, data), self.theme)
        if is_other:
            self.legend.take_corner("auto", self.plot.covered())
        self.readout.refresh()

    def _show_controls(self, snapshot: Snapshot, fit: Fit, data: Split) -> None:
        """Those that say something of these data."""
        self.paint.setVisible(fit.kind == "map")
        self.side_by_side.setVisible(fit.kind == "map" and len(snapshot.info.lanes) > 1)
        self.as_matrix.setVisible(bool(data.classes) and fit.kind != "matrix")
        self.worst.setVisible(fit.kind == "pictures")
        self.by_loss.setVisible(fit.kind != "matrix")
        self.shown_as.setVisible(not data.classes)
        self.tools.show_classes(data.classes)
        if fit.kind != "map" and self.paint.isChecked():
            self.paint.setChecked(False)
        run = min(fit.run, snapshot.info.runs - 1)
        words = diverged_words(snapshot, run) or quality_words(fit, picked=run_label(snapshot.info, run))
        self.told.setText(words)
        self.told.setVisible(bool(words))

    def _show_prediction(self, snapshot: Snapshot, data: Split) -> None:
        if not self.typed.isChecked():
            self.plot.cross.setData([])
            return
        self.bar.show_data(data, self.theme)
        found = snapshot.extras.get("prediction")
        self.bar.show_prediction(found if isinstance(found, Prediction) and found.run == self.run else None)
        row = self.bar.row
        self.plot.cross.setData(
            [row[0]], [row[1]]
        ) if row is not None and self._kind == "map" else self.plot.cross.setData([])

    def picture(self, fit: Fit, data: Split) -> Picture:
        """What is drawn of a fit."""
        return picture_of(fit, data, str(self.shown_as.currentData()))

    def _entries(self, snapshot: Snapshot, fit: Fit, data: Split) -> list[Entry]:
        """What the legend tells: of curves the lanes, of a map its classes, of points which they are."""
        colors, symbols = self.lane_colors(snapshot.info), lane_symbols(snapshot.info)
        lanes: list[Entry] = [(lane.label, colors[i], symbols[i]) for i, lane in enumerate(snapshot.info.lanes)]
        picture = self.picture(fit, data)
        if picture in ("curves", "pictures", "matrix"):
            return lanes if picture == "curves" else []
        lane = fit.run // snapshot.info.starts
        found = lanes[lane : lane + 1] if self.stands_alone else []  # else the choice above names it
        return found + legend_of_points(picture, data, self.theme)

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
        data = self.snapshot.info.data
        if data is not None and (points is not None or self._data is data):  # else the fit is of the race before
            self._draw_data(data, self._drawn)

    def _draw_data(self, data: Split, fit: Fit) -> None:
        self.plot.show_data(
            data, fit, self.picture(fit, data), self.theme, self._draft, by_loss=self.by_loss.isChecked()
        )

    def _draw_fit(self, snapshot: Snapshot, fit: Fit, data: Split) -> None:
        picture, by_loss = self.picture(fit, data), self.by_loss.isChecked()
        if picture in ("agreement", "residuals") or by_loss:
            self._draw_data(data, fit)  # where samples stand, or how large they are, follows from the fit
        colors = self.lane_colors(snapshot.info)
        self.plot.show_fit(snapshot, fit, picture, self.theme, colors=colors, by_loss=by_loss)

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
        data = snapshot.info.data
        if fit.kind == "pictures" and fit.order is not None:
            index = self.plot.pictures.index_at(x, y)
            return None if index < 0 else ("test" if len(data.x_test) else "train", int(fit.order[index]))
        return nearest_sample(data, fit, self.picture(fit, data), (x, y), self.plot.box.viewPixelSize())

    def _read(self, x: float, y: float) -> str:
        fit, snapshot = self._drawn, self.snapshot
        if not isinstance(fit, Fit) or snapshot is None or snapshot.info.data is None or self.strokes.is_down:
            return ""
        sample = self.sample_at(x, y)
        if sample is not None:
            lane = snapshot.info.lanes[min(fit.run // snapshot.info.starts, len(snapshot.info.lanes) - 1)]
            return sample_words(snapshot.info.data, fit, *sample, lane=lane.label)
        is_map = self.picture(fit, snapshot.info.data) == "map"
        return spot_words(snapshot.info.data, fit, x, y) if is_map else ""

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
