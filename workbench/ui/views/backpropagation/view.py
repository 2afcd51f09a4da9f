"""Backpropagation taken apart: forward and back through the layers, one rule at a time, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSpinBox,
    QWidget,
)

from workbench.engine.network.explain import MOST_PARAMETERS, ExplainedStage, Explanation, Parameter
from workbench.engine.network.worked import Spot
from workbench.engine.race.snapshot import Snapshot
from workbench.export import network_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.backpropagation.page import StagePage
from workbench.ui.views.backpropagation.picked import ALONG_WEIGHTS, Picked
from workbench.ui.views.backpropagation.stage_list import StageList
from workbench.ui.views.backpropagation.stage_map import StageMap
from workbench.ui.views.backpropagation.step_words import sample_words
from workbench.ui.views.backpropagation.transport import Transport
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.stages import stage_mark
from workbench.ui.words.health import diverged_words
from workbench.ui.words.text import grouped

_SOURCES = ("train", "test", "batch")
#: stages one below the other in a picture of all of them
_MOST_ROWS = 48


class BackpropagationView(View):
    """A list of all stages, and the one that is chosen with its rule, one number worked out, and all numbers.

    Left and right arrow go through the stages, Home and End to the first and the last, P plays them in slow motion. A
    click on a weight or a unit of the drawing, or on a cell of a table, has its number worked out.
    """

    key = "backpropagation"

    #: a `StageMark`: the stage shown is another
    stage_shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Explanation | None = None
        self._structure: Any = None
        self._asked: Mapping[str, Any] = {}
        self._picked = Picked()
        self._pending: Parameter | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        self._make_choices()
        self.stages = StageList(self)
        self.stages.stage_changed.connect(self._on_row_changed)
        self.stages.installEventFilter(self)
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 6)
        row.setSpacing(12)
        row.addWidget(self.stages)
        self.page = StagePage(self)
        self.page.spot_picked.connect(self._on_spot_picked)
        row.addWidget(self.page, 1)
        self.map = StageMap(self)
        self.map.layer_picked.connect(self._on_layer_picked)
        self.map.unit_picked.connect(self._on_unit_picked)
        self.map.weight_picked.connect(self._on_weight_picked)
        self.transport = Transport(self)
        self.buttons, self.pace, self.sample = self.transport.buttons, self.transport.pace, self.transport.sample
        self.transport.pressed.connect(self._on_pressed)
        self.transport.pace_changed.connect(self._on_pace_changed)
        self._on_pace_changed()
        self.body.addWidget(self.transport)
        self.body.addWidget(self.map)
        self.body.addLayout(row, 1)

    # Parts

    def _make_choices(self) -> None:
        self.source = QComboBox(self)
        words = (self.tr("training sample"), self.tr("test sample"), self.tr("batch of the next step"))
        for key, word in zip(_SOURCES, words, strict=True):
            self.source.addItem(word, key)
        self.source.setToolTip(self.tr("What is passed through the network; a click on a point of the fit picks it"))
        self.source.setAccessibleName(self.tr("Samples"))
        self.source.activated.connect(self._on_choice)
        self.index = QSpinBox(self)
        self.index.setToolTip(self.tr("The place of the sample"))
        self.index.setAccessibleName(self.tr("Sample"))
        self.index.setKeyboardTracking(False)
        self.index.valueChanged.connect(self._on_choice)
        self.lane = LaneChoice(self.tr("The lane whose network is taken apart"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_choice)
        for part in (self.source, self.index, self.lane):
            self.controls.addWidget(part)

    # What is asked for

    def demand(self) -> Mapping[str, Any]:
        run = 0 if self.snapshot is None else self.lane.run(self.snapshot.info)
        which = (self.source.currentData(), self.index.value())
        stage = self._stage()
        parameter = None if stage is None else self._picked.parameter(stage)
        return {"backpropagation": (run, which) if parameter is None else (run, which, parameter)}

    def _stage(self) -> ExplainedStage | None:
        """The stage that is shown."""
        found = self._found
        if found is None or not found.stages:
            return None
        return found.stages[min(max(0, self.stages.currentRow()), len(found.stages) - 1)]

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def _on_choice(self, *_: object) -> None:
        self.index.setVisible(self.source.currentData() != "batch")
        self._ask()

    def show_sample(self, source: str, index: int) -> None:
        """Take a sample of the training or test set apart."""
        self.source.setCurrentIndex(_SOURCES.index(source))
        self.index.setMaximum(max(self.index.maximum(), index))
        self.index.setValue(index)
        self._on_choice()

    def show_parameter(self, layer: int, read: int, unit: int) -> None:
        """Work out a weight, or a unit where it reads −1; at once, or when there is something to show."""
        if self._found is None or not self.isVisible():
            self._pending = layer, read, unit
        elif layer < len(self._found.layers):
            if read >= 0:
                self._on_weight_picked(layer, read, unit)
            else:
                self._on_unit_picked(layer, unit)

    def empty_word(self, snapshot: Snapshot) -> str:
        if snapshot.info.kind != "network":
            return self.tr("Backpropagation goes through the layers of a network. Choose one in the problem panel.")
        if snapshot.extras.get("backpropagation", True) is None:
            return self.tr("Networks of more than {} parameters are not taken apart here.").format(
                grouped(MOST_PARAMETERS)
            )
        return ""

    # Drawing

    def retint(self, theme: themes.Theme) -> None:
        self.transport.show_icons(theme, playing=self._timer.isActive())
        self._found = None

    def draw(self, snapshot: Snapshot) -> None:
        self.lane.show_lanes(snapshot.info)
        self._ask()
        found = snapshot.extras.get("backpropagation")
        if not isinstance(found, Explanation) or found is self._found:
            return
        if self._found is None:  # a style sheet that comes later takes a font back: it is set when there is something
            self.page.set_fonts()
        self._found = found
        if found.source != "batch":
            self.index.blockSignals(True)
            self.index.setRange(0, found.count - 1)
            self.index.blockSignals(False)
        self._fill_list(found)
        self._fit_list()
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self.show_parameter(*pending)
        self._show_stage()
        self._ask()

    def _fit_list(self) -> None:
        """As wide as its words, with room for the page beside it; in a picture that stands alone with every stage."""
        alone, column = self.stands_alone, self.stages.sizeHintForColumn(0) + 8
        self.stages.unfold_all(all_of_them=alone)
        self.stages.setWrapping(alone and self.stages.lines() > _MOST_ROWS)
        if alone:
            self.stages.setFixedWidth(column * self._list_columns + 4)
        else:
            bar = self.stages.verticalScrollBar().sizeHint().width()
            self.stages.setFixedWidth(min(column + bar, int(0.52 * self.width())))

    @property
    def _list_columns(self) -> int:
        return max(1, -(-self.stages.lines() // _MOST_ROWS))

    # A picture that stands alone

    def stand_alone(self, alone: bool) -> None:
        """A picture has no buttons and no bars to scroll, and it holds every stage."""
        self.transport.stand_alone(alone=alone)
        hidden, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        for area in (self.stages, self.page):
            area.setVerticalScrollBarPolicy(hidden if alone else needed)
        super().stand_alone(alone)
        self._fit_list()
        self._show_stage()
        self.body.activate()  # a view that is seen would be laid out a moment later

    def least_picture(self) -> QSize:
        if self._found is None:
            return QSize(0, 0)
        self.ensurePolished()
        self.stages.ensurePolished()
        rows = -(-self.stages.lines() // self._list_columns)
        line = max(self.stages.sizeHintForRow(0), self.stages.fontMetrics().height())
        page = self.page.least_picture()
        high = max(page.height(), rows * line + 8)
        width = self._list_columns * (self.stages.sizeHintForColumn(0) + 8) + page.width() + 40
        return QSize(width, high + self.map.sizeHint().height() + self.fontMetrics().height() + 40)

    def _fill_list(self, found: Explanation) -> None:
        structure = tuple((stage.layer, stage.rule) for stage in found.stages)
        if structure == self._structure:
            return
        self._structure = structure
        self._picked.clear()
        self.stages.fill(found)

    def _show_stage(self) -> None:
        found = self._found
        if found is None or not found.stages:
            return
        row = min(max(0, self.stages.currentRow()), len(found.stages) - 1)
        spot = self._picked.spot(found.stages[row])
        told = found.parameter is not None and found.parameter == self._picked.parameter(found.stages[row])
        self.page.show_stage(found, row, self.theme, spot, self.lane.currentText() if told else "")
        self.map.show_stage(found, row, self.theme, spot)
        said = sample_words(found, row)
        if self.stands_alone and self.lane.count() > 1:  # in the window the choice above says it
            said = f"{self.lane.currentText()}  ·  {said}"
        diverged = (
            "" if self.snapshot is None else diverged_words(self.snapshot, min(found.run, len(self.snapshot.loss) - 1))
        )
        self.sample.setText(f"{diverged}  {said}" if diverged else said)
        self.transport.show_place(row, len(found.stages))

    def data_csv(self) -> Table:
        found = None if self.snapshot is None else self.snapshot.extras.get("backpropagation")
        if self.snapshot is None or not isinstance(found, Explanation):
            return bytes
        return partial(network_tables.backpropagation_csv, self.snapshot, found)

    # Going through the stages

    def _go(self, row: int) -> None:
        if 0 <= row < self.stages.count() and row != self.stages.currentRow():
            self.stages.setCurrentRow(row)

    def first(self) -> None:
        """Go to the first stage."""
        self._go(0)

    def last(self) -> None:
        """Go to the last stage."""
        self._go(self.stages.count() - 1)

    def next(self) -> None:
        """Go to the next stage."""
        self._go(self.stages.currentRow() + 1)

    def previous(self) -> None:
        """Go to the stage before."""
        self._go(self.stages.currentRow() - 1)

    def toggle_play(self) -> None:
        """Go through the stages by a timer, or stop; from the end it begins again."""
        if self._timer.isActive():
            self._timer.stop()
            self.map.rest()
        else:
            if self.stages.currentRow() == self.stages.count() - 1:
                self.first()
            self._timer.start()
            self.map.play(self.transport.pause)
        self._show_playing()

    def _show_playing(self) -> None:
        self.transport.show_icons(self.theme, playing=self._timer.isActive())

    def _on_pressed(self, key: str) -> None:
        {"reset": self.first, "back": self.previous, "run": self.toggle_play, "step": self.next}[key]()

    def _on_pace_changed(self) -> None:
        self._timer.setInterval(self.transport.pause)

    def _on_tick(self) -> None:
        if self.stages.currentRow() >= self.stages.count() - 1:
            self._timer.stop()
            self._show_playing()
        else:
            self.next()

    def _on_row_changed(self, row: int) -> None:
        stage = self._stage()
        if stage is not None:
            self._picked.follow(stage)
        self._show_stage()
        self._ask()
        self.page.verticalScrollBar().setValue(0)
        if self._timer.isActive():
            self.map.play(self.transport.pause)
        if self._found is not None and 0 <= row < len(self._found.stages):
            self.stage_shown.emit(stage_mark(self._found, self._found.stages[row]))

    # What is picked

    def _on_spot_picked(self, spot: Spot) -> None:
        """A cell was clicked: what it says of sample, input and unit is worked out."""
        stage = self._stage()
        if stage is not None:
            self._pick(stage.layer, spot)

    def _pick(self, layer: int, spot: Spot) -> None:
        self._picked.pick(layer, spot)
        self._show_stage()
        self._ask()

    def _on_unit_picked(self, layer: int, unit: int) -> None:
        """Work out a unit, at its layer's stage on the present way."""
        self._on_layer_picked(layer)
        stage = self._stage()
        if stage is None:
            return
        if stage.layer == layer + 1 and stage.rule in ALONG_WEIGHTS:
            self._pick(stage.layer, Spot(input=unit))
        else:
            self._pick(layer, Spot(input=unit) if layer < 0 else Spot(unit=unit))

    def _on_weight_picked(self, layer: int, read: int, unit: int) -> None:
        """Work out a weight: its product on the present way."""
        stage = self._stage()
        if self._found is None or stage is None:
            return
        forward = stage.direction == "forward"
        rules = ("affine", "linear") if forward else ("weight_gradient",)
        for row, other in enumerate(self._found.stages):
            if other.layer == layer and other.rule in rules:
                self._go(row)
                self._pick(layer, Spot(input=read, unit=unit))
                return

    def _on_layer_picked(self, layer: int) -> None:
        """Go to the first stage of a layer on the present way; the input has none on the way back."""
        if self._found is None:
            return
        way = self._found.stages[max(0, self.stages.currentRow())].direction
        for row, stage in enumerate(self._found.stages):
            if stage.layer == layer and stage.direction in (way, "forward" if layer < 0 else way):
                self._go(row)
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            slots = {
                Qt.Key.Key_Right: self.next, Qt.Key.Key_Left: self.previous, Qt.Key.Key_Home: self.first,
                Qt.Key.Key_End: self.last, Qt.Key.Key_P: self.toggle_play,
                Qt.Key.Key_Down: self.next, Qt.Key.Key_Up: self.previous,
            }  # fmt: skip
            slot = slots.get(Qt.Key(event.key()))
            if slot is not None and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # here the arrows go through stages, not through steps
                return True
            if slot is not None and event.type() == QEvent.Type.KeyPress:
                slot()
                return True
        return False

    def rest(self) -> None:
        self._timer.stop()
        self.map.rest()
        self._show_playing()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self.rest()
        super().hideEvent(event)
