"""The network drawn: neurons and weights, and what each neuron makes of the inputs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from workbench.engine.network.diagram import Diagram, Kept
from workbench.engine.race.snapshot import Snapshot
from workbench.export import network_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.diagram.canvas import DiagramCanvas
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.stages import StageMark
from workbench.ui.words.health import diverged_words, layer_name

_SECONDS_ALONG = 2.5  # of a dot along a weight


class DiagramView(View):
    """Weights or gradients of one lane, by width and colour. Of wide layers those units are drawn that matter, of deep
    networks as many layers as have room.
    """

    #: a weight or a unit was clicked: its layer, what it reads and its unit; of a unit it reads nothing: −1
    parameter_picked = Signal(int, int, int)

    key = "diagram"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = DiagramCanvas(self)
        self.canvas.parameter_picked.connect(self.parameter_picked)
        self.told = QLabel("", self)
        self.told.setObjectName("muted")
        self.told.setWordWrap(True)
        self.told.setContentsMargins(8, 2, 8, 2)
        self.told.hide()
        self.body.addWidget(self.told)
        self.body.addWidget(self.canvas, 1)
        self.lane = LaneChoice(self.tr("The lane whose network is drawn"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_lane_activated)
        self.quantity = QComboBox(self)
        self.quantity.addItems([self.tr("weights"), self.tr("gradients")])
        self.quantity.setToolTip(self.tr("What the lines show: width is the size, blue is above zero, orange below"))
        self.quantity.setAccessibleName(self.tr("Quantity of the lines"))
        self.quantity.activated.connect(self._on_quantity_activated)
        self.stage = self.add_switch(
            self.tr("Stage"), self.tr("Light up the stage at which the backpropagation view stands"), checked=True
        )
        self.stage.hide()
        self.flow = self.add_switch(
            self.tr("Flow"),
            self.tr("While it runs, dots flow along the largest weights, or back along the largest gradients"),
            checked=True,
        )
        self.controls.addWidget(self.lane)
        self.controls.addWidget(self.quantity)
        self._drawn: Any = None
        self._asked: Mapping[str, Any] = {}
        self._mark: StageMark | None = None
        self._kept: Kept = ()

    def _on_lane_activated(self, _index: int) -> None:
        self._ask()

    def _on_quantity_activated(self, _index: int) -> None:
        self._drawn = None
        self.settings_changed()

    def demand(self) -> Mapping[str, Any]:
        run = 0 if self.snapshot is None else self.lane.run(self.snapshot.info)
        return {"diagram": (run, self._kept) if self._kept else (run,)}

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def place_of(self, layer: int, read: int, unit: int) -> int | None:
        """The place in the parameter vector of what was picked; None where there is no drawing."""
        return self._drawn.place_of(layer, read, unit) if isinstance(self._drawn, Diagram) else None

    def retint(self, theme: themes.Theme) -> None:
        self._drawn = None

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.kind != "network":
            return self.tr("An objective has no neurons. Choose a network, and it is drawn here.")
        return ""

    def draw(self, snapshot: Snapshot) -> None:
        self.lane.show_lanes(snapshot.info)
        self._ask()
        self._show_mark()
        self._show_flow(snapshot)
        found = snapshot.extras.get("diagram")
        if not isinstance(found, Diagram) or found is self._drawn:
            return
        self._drawn = found
        words = diverged_words(snapshot, min(found.run, snapshot.info.runs - 1))
        self.told.setText(words)
        self.told.setVisible(bool(words))
        kept = () if found.is_whole else found.shown
        if kept != self._kept:  # of wide layers those units go on being drawn
            self._kept = kept
            self._ask()
        names = (self.tr("inputs"), *(layer_name(snapshot.info, i) for i in snapshot.info.columns_of(found.run)))
        if len(names) > 7:
            names = (self.tr("in"), *(str(i + 1) for i in range(len(names) - 2)), self.tr("out"))
        self.canvas.show_diagram(
            found, names, self.theme, gradients=self.quantity.currentIndex() == 1, running=snapshot.running
        )

    def _show_flow(self, snapshot: Snapshot) -> None:
        flows = snapshot.running and self.flow.isChecked()
        self.canvas.show_flow(time.monotonic() / _SECONDS_ALONG % 1.0 if flows else None)

    def data_csv(self) -> Table:
        found = None if self.snapshot is None else self.snapshot.extras.get("diagram")
        if self.snapshot is None or not isinstance(found, Diagram):
            return bytes
        return partial(network_tables.diagram_csv, self.snapshot, found)

    def show_stage(self, mark: StageMark) -> None:
        """Let the place of a stage of backpropagation stand out, until there is a network of other layers.

        It may be called while the view is hidden, and before it has seen a snapshot.
        """
        self._mark = mark
        self._show_mark()

    def _show_mark(self) -> None:
        info = None if self.snapshot is None else self.snapshot.info
        layers = 0 if info is None else len(info.columns_of(self.lane.run(info)))
        mark = self._mark if self._mark is not None and self._mark.layers == layers else None
        self.stage.setVisible(mark is not None)
        self.canvas.highlight(mark if self.stage.isChecked() else None)
