"""The step that a lane takes next: what its rule does to the gradient, line by line."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QSpinBox, QTextBrowser, QToolTip, QWidget

from workbench.engine.race.anatomy import Anatomy
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export import race_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.step.page import step_page
from workbench.ui.views.step.words import parameter_words, quantity_words
from workbench.ui.words.health import run_label

_REWRITTEN_EVERY = 0.2  # seconds, while it runs: digits that change faster are not read
_MOST_IN_FULL = 4  # parameters whose numbers are all shown; of more, those of one
_WIDE = 560  # pixels in a picture


class StepPage(QTextBrowser):
    """The page, whose symbols say under the mouse what they are. It loads nothing and opens nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notes")
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(self.tr("The step, line by line"))
        self.document().setDocumentMargin(8)
        self.found: Anatomy | None = None

    def show_step(self, found: Anatomy, theme: themes.Theme, label: str, *, ended: bool) -> None:
        """Write the step of a run, and stay where one has scrolled to; `ended` says that the race takes it no more."""
        self.found = found
        whole = len(found.coordinates) == found.quantities[0].size
        bar = self.verticalScrollBar()
        place = bar.value()
        self.setFont(themes.font())
        where = "" if whole else parameter_words(found.places[0])
        self.setHtml(step_page(found, theme, label, where, ended=ended))
        bar.setValue(place)

    def told(self, name: str) -> str:
        """What is said of a symbol."""
        return quantity_words(self.found, name) if self.found is not None else ""

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            told = self.told(self.anchorAt(event.pos()))
            QToolTip.showText(event.globalPos(), told, self.viewport())
            return True
        return super().viewportEvent(event)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """Nothing from elsewhere."""
        return None

    def least_picture(self) -> QSize:
        """The room that the whole page needs."""
        copy = self.document().clone(self)
        copy.setTextWidth(_WIDE)
        found = QSize(_WIDE, round(copy.size().height()) + 8)
        copy.deleteLater()
        return found


class StepView(View):
    """The chosen lane's next step, of all parameters where they are few, else of the one that is chosen."""

    key = "step"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = StepPage(self)
        self.body.addWidget(self.page, 1)
        self.lane = LaneChoice(self.tr("The lane whose step is shown"), self.tr("Lane"), self)
        self.follow_choice(self.lane)
        self.lane.activated.connect(self._on_choice)
        self.parameter = QSpinBox(self)
        self.parameter.setRange(1, 1)
        self.parameter.setPrefix(self.tr("parameter "))
        self.parameter.setToolTip(self.tr("The parameter whose numbers are shown, counted from 1"))
        self.parameter.setAccessibleName(self.tr("Parameter shown"))
        self.parameter.setKeyboardTracking(False)
        self.parameter.valueChanged.connect(self._on_choice)
        self.parameter.hide()
        self.controls.addWidget(self.lane)
        self.controls.addWidget(self.parameter)
        self._asked: Mapping[str, Any] = {}
        self._shown: tuple[str, str, bool] | None = None
        self._written_at = 0.0

    def _on_choice(self, _value: int) -> None:
        self._ask()
        self.settings_changed()

    # What the window calls

    def demand(self) -> Mapping[str, Any]:
        if self.snapshot is None:
            return {"anatomy": (0, (0,))}
        return {"anatomy": self._wanted(self.snapshot.info)}

    def _wanted(self, info: RaceInfo) -> tuple[int, tuple[int, ...]]:
        """The run, and the parameters whose numbers are wanted."""
        run = self.lane.run(info)
        size = info.network_of(run).size
        if size <= _MOST_IN_FULL:
            return run, tuple(range(size))
        return run, (min(self.parameter.value(), size) - 1,)

    def _ask(self) -> None:
        if self._asked != self.demand():
            self._asked = self.demand()
            self.demand_changed.emit()

    def settings_changed(self) -> None:
        self._written_at = 0.0  # at once, also while it runs
        super().settings_changed()

    def retint(self, theme: themes.Theme) -> None:
        self._shown = None

    def empty_word(self, snapshot: Snapshot) -> str:
        self._list(snapshot.info)
        run = self.lane.run(snapshot.info)
        diverged = int(snapshot.diverged_at[run])
        if diverged >= 0:
            return self.tr(
                "{} diverged at step {} and takes no more. Step back to see its last ones, or choose another lane."
            ).format(snapshot.info.lanes[run // snapshot.info.starts].label, diverged)
        if self._found(snapshot) is None:
            return self.tr("The step is being taken apart.")
        return ""

    def _list(self, info: RaceInfo) -> None:
        self.lane.show_lanes(info)
        size = info.network_of(self.lane.run(info)).size
        if self.parameter.maximum() != size:
            self.parameter.setRange(1, size)
        self.parameter.setVisible(size > _MOST_IN_FULL)
        self._ask()

    def _found(self, snapshot: Snapshot) -> Anatomy | None:
        """The step taken apart, where it is of the lane and of the parameters that are wanted."""
        found = snapshot.extras.get("anatomy")
        size = snapshot.info.network_of(self.lane.run(snapshot.info)).size
        if not isinstance(found, Anatomy) or found.quantities[0].size != size:
            return None
        return found if (found.run, found.coordinates) == self._wanted(snapshot.info) else None

    def draw(self, snapshot: Snapshot) -> None:
        found, now = self._found(snapshot), time.monotonic()
        if found is None or (snapshot.running and now - self._written_at < _REWRITTEN_EVERY):
            return
        wanted = (self.theme.name, run_label(snapshot.info, found.run), snapshot.finished)
        if self.page.found is not found or self._shown != wanted:
            self._written_at = now
            self._shown = wanted
            self.page.show_step(found, self.theme, wanted[1], ended=snapshot.finished)

    def least_picture(self) -> QSize:
        return self.page.least_picture()

    def text_to_copy(self) -> str:
        return self.page.toPlainText() if self._shown is not None else ""

    def data_csv(self) -> Table:
        found = None if self.snapshot is None or self.empty_word(self.snapshot) else self._found(self.snapshot)
        if self.snapshot is None or found is None:
            return bytes
        return partial(race_tables.step_csv, self.snapshot, found)
