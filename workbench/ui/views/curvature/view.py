"""How the ground bends where a lane stands, and what the lane's rule makes of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QWidget

from workbench.engine.curvature.report import Curvature, CurvatureRequest
from workbench.engine.optimizers import optimizers
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export import curvature_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.curvature.page import curvature_page
from workbench.ui.views.curvature.regime_map import RegimeMap
from workbench.ui.views.curvature.sharpness import SharpnessPlot
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.words.health import run_label
from workbench.ui.words.text import engine_text

_REDRAWN_EVERY = 0.15  # seconds, while it runs: digits that change faster are not read
_NOTHING = np.zeros(0)


class CurvatureView(View):
    """The curvatures where the chosen lane stands as a page, its sharpness against the step, and the map of regimes."""

    key = "curvature"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = QTextBrowser(self)
        self.page.setObjectName("notes")
        self.page.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.page.setOpenLinks(False)
        self.page.setTabChangesFocus(True)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.page.setAccessibleName(self.tr("The curvatures where the lane stands"))
        self.page.document().setDocumentMargin(8)
        self.sharpness, self.map = SharpnessPlot(self), RegimeMap(self)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.sharpness, 3)
        below.addWidget(self.map, 2)
        self.body.addWidget(self.page, 2)
        self.body.addLayout(below, 3)
        self.lane = LaneChoice(self.tr("The lane whose curvatures are shown"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_choice)
        self.controls.addWidget(self.lane)
        self.batch = self.add_switch(
            self.tr("batch"),
            self.tr("Take the loss over the batch that the next step sees, not over all training samples"),
        )
        self.batch.toggled.connect(self._on_choice)
        self.batch.hide()
        self._asked: Mapping[str, Any] = {}
        self._drawn_at = 0.0
        self._drawn: tuple[Any, ...] = ()

    def _on_choice(self, _value: int) -> None:
        self._ask()
        self.settings_changed()

    # What the window calls

    def demand(self) -> Mapping[str, Any]:
        if self.snapshot is None:
            return {"curvature": CurvatureRequest()}
        return {"curvature": self._wanted(self.snapshot.info)}

    def _wanted(self, info: RaceInfo) -> CurvatureRequest:
        return CurvatureRequest(self.lane.run(info), whole=not (self._has_batches(info) and self.batch.isChecked()))

    def _size(self, info: RaceInfo) -> int:
        """The parameters of the lane that is shown, which may train a network of its own."""
        return info.network_of(self.lane.run(info)).size

    @staticmethod
    def _has_batches(info: RaceInfo) -> bool:
        return info.kind == "network" and info.shakes

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def has_what_it_demands(self, snapshot: Snapshot) -> bool:
        found = self._found(snapshot)
        return found is not None and found.whole

    def settings_changed(self) -> None:
        self._drawn_at = 0.0  # at once, also while it runs
        super().settings_changed()

    def retint(self, theme: themes.Theme) -> None:
        self.sharpness.set_theme(theme)
        self.map.set_theme(theme)
        self._drawn = ()

    def empty_word(self, snapshot: Snapshot) -> str:
        self.lane.show_lanes(snapshot.info)
        self.batch.setVisible(self._has_batches(snapshot.info))
        self._ask()
        if self._found(snapshot) is None:
            return self.tr("The curvature is being computed.")
        return ""

    def _found(self, snapshot: Snapshot) -> Curvature | None:
        """What was found, where it is of the run and of the samples that are wanted."""
        found = snapshot.extras.get("curvature")
        if not isinstance(found, Curvature) or found.size != self._size(snapshot.info):
            return None
        nothing = found.spectrum is None and not found.fault and not len(found.steps)
        return None if nothing or found.request != self._wanted(snapshot.info) else found

    def draw(self, snapshot: Snapshot) -> None:
        found, now = self._found(snapshot), time.monotonic()
        if found is None or (snapshot.running and now - self._drawn_at < _REDRAWN_EVERY):
            return
        info = snapshot.info
        run, lane = found.request.run, found.request.run // info.starts
        color, symbol = self.lane_colors(info)[lane], lane_symbols(info)[lane]
        drawn = (found, self.theme.name, snapshot.step, snapshot.recorded, color, run_label(info, run))
        if self._drawn == drawn:
            return
        self._drawn, self._drawn_at = drawn, now
        title = engine_text(optimizers.get(info.lanes[lane].optimizer).title)
        self.page.setFont(themes.font())
        place = self.page.verticalScrollBar().value()
        network = info.kind == "network"
        self.page.setHtml(curvature_page(found, self.theme, run_label(info, run), title, network=network))
        self.page.verticalScrollBar().setValue(place)
        self._fit_page()
        self.sharpness.show_track(found, snapshot, self.theme, color, symbol)
        values = _NOTHING if found.spectrum is None else found.spectrum.values
        words = self.tr("{} has no map of regimes: its steps are no linear function of gradients.").format(title)
        self.map.setVisible(found.law is not None)  # the page says why there is none: the curve has its room
        self.map.show_law(found.law, values, self.theme, (color, symbol), words)

    def _fit_page(self) -> None:
        """Let the page have the height that its lines need, and the plots the rest."""
        needed = round(self.page.document().size().height()) + 4
        if self.page.maximumHeight() != needed:
            self.page.setMaximumHeight(needed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_page()

    def least_picture(self) -> QSize:
        return QSize(720, 520)

    def text_to_copy(self) -> str:
        return self.page.toPlainText() if self._drawn else ""

    def data_csv(self) -> Table:
        found = None if self.snapshot is None else self._found(self.snapshot)
        if self.snapshot is None or found is None:
            return bytes
        return partial(curvature_tables.curvature_csv, self.snapshot, found)
