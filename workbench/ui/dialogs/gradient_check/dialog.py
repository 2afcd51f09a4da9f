"""The gradient check of the point at which a run stands: a window of its own, which lets the race go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.checks.gradient_check import BlockCheck, CheckReport, CheckRequest
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.ui.dialogs.gradient_check.words import (
    block_name,
    checked_words,
    result_sentence,
    shape_words,
    small_number,
    verdict_sentence,
    verdict_word,
    where_sentence,
)
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.style import theme as themes
from workbench.ui.words.health import run_label
from workbench.ui.words.text import grouped

#: components a block that can be chosen; 0 is all
_COUNTS = (50, 200, 1000, 0)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GradientCheckDialog(QDialog):
    """Shows what the worker finds of a check, which it does while this window is open, a piece at a time.

    The check is of the point where the run stands when it is asked for; the numbers stay when the race goes on, and
    the window says that they are of before.
    """

    #: what the worker should compute is another
    demand_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Gradient check"))
        open_in(self, 720, 440)
        self._theme = themes.LIGHT
        self._number = 0
        self._info: RaceInfo | None = None
        self._shown: CheckReport | None = None
        self._rows: tuple[BlockCheck, ...] = ()
        self._make_controls()
        self._make_table()
        self.where, self.outcome, self.old, self.note = (QLabel(self) for _ in range(4))
        self.note.setText(
            self.tr(
                "Against central differences in double precision and without noise. All losses are of one batch and "
                "one draw of dropout, those of the next step. What differs is looked at again with other steps; on a "
                "kink, as of ReLU at 0, there is no slope, and the component is only counted."
            )
        )
        self.note.setObjectName("muted")
        for label in (self.where, self.outcome, self.old, self.note):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.where, self.outcome):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName(self.tr("Progress of the check"))
        self.progress.setToolTip(self.tr("How many of the chosen components are compared"))
        keeps = self.progress.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeps)
        self._lay_out()

    # Parts

    def _make_controls(self) -> None:
        self.run = QComboBox(self)
        self.run.setToolTip(self.tr("The run whose point is checked"))
        self.run.setAccessibleName(self.tr("Run"))
        self.run.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.count = QComboBox(self)
        self.count.setToolTip(self.tr("How many components of a block are compared; they are drawn by the step"))
        self.count.setAccessibleName(self.tr("Components a block"))
        for count in _COUNTS:
            text = self.tr("at most {}").format(grouped(count)) if count else self.tr("all")
            self.count.addItem(text, count)
        self.count.setCurrentIndex(self.count.findData(CheckRequest().most))
        self.again = QPushButton(self.tr("Check &again"), self)
        self.again.setToolTip(self.tr("Check the point where the run stands now"))
        self.again.setDefault(True)
        self.run.activated.connect(self._on_asked)
        self.count.activated.connect(self._on_asked)
        self.again.clicked.connect(self._on_asked)

    def _make_table(self) -> None:
        headings = (
            (self.tr("Block"), self.tr("Parameters that belong together")),
            (self.tr("Shape"), self.tr("Rows and columns of the block")),
            (self.tr("Compared"), self.tr("Components compared, of all there are")),
            (self.tr("Largest |g|"), self.tr("The largest component of the exact gradient in this block")),
            (self.tr("Difference"), self.tr("The largest difference between exact and numerical gradient")),
            (
                self.tr("Relative"),
                self.tr("The difference divided by the block's largest component, a coordinate's by that of all"),
            ),
            (self.tr("Verdict"), self.tr("Whether the two gradients are the same")),
        )
        self.table = QTableWidget(0, len(headings), self)
        for column, (text, tip) in enumerate(headings):
            item = QTableWidgetItem(text)
            item.setToolTip(tip)
            item.setTextAlignment(_RIGHT if 0 < column < len(headings) - 1 else _LEFT)
            self.table.setHorizontalHeaderItem(column, item)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)  # Tab leads on to the next control
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName(self.tr("Blocks of parameters"))
        self.table.setToolTip(self.tr("A row for each block of parameters"))

    def _lay_out(self) -> None:
        run, count = QLabel(self.tr("&Run"), self), QLabel(self.tr("&Components a block"), self)
        run.setBuddy(self.run)
        count.setBuddy(self.count)
        top = QHBoxLayout()
        top.addWidget(run)
        top.addWidget(self.run)
        top.addSpacing(12)
        top.addWidget(count)
        top.addWidget(self.count)
        top.addStretch(1)
        top.addWidget(self.again)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.where)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.outcome)
        layout.addWidget(self.old)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)

    # What the window calls

    def bring_up(self) -> None:
        """Come to light, without keeping anyone from the main window, and check."""
        self.show()
        self.raise_()
        self.activateWindow()

    def demand(self) -> Mapping[str, Any]:
        """What the worker should compute: nothing while this window is closed."""
        return {"gradient_check": (self._request,)} if self.isVisible() else {}

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme, self._rows = theme, ()
        small = themes.font(themes.SMALL_POINTS)
        for part in (self.table, self.table.horizontalHeader(), self.note):
            part.setFont(small)
        if self._shown is not None and self._info is not None:
            self._fill(self._info, self._shown)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what is known of the check, and whether the race has gone on since."""
        if not self.isVisible():
            return
        if snapshot.info is not self._info:
            self._info = snapshot.info
            self._list_runs(snapshot.info)
        found = snapshot.extras.get("gradient_check")
        if not isinstance(found, CheckReport) or found.request != self._request:
            self._say_waiting()
            return
        if found is not self._shown:
            self._shown = found
            self._fill(snapshot.info, found)
        self._say_age(snapshot, found)

    # Details

    @property
    def _request(self) -> CheckRequest:
        return CheckRequest(max(0, self.run.currentIndex()), self.count.currentData(), self._number)

    def _list_runs(self, info: RaceInfo) -> None:
        labels = [run_label(info, run) for run in range(info.runs)]
        if labels == [self.run.itemText(i) for i in range(self.run.count())]:
            return
        chosen = self.run.currentIndex()
        self.run.clear()
        self.run.addItems(labels)
        self.run.setCurrentIndex(chosen if 0 <= chosen < len(labels) else 0)
        self.demand_changed.emit()

    def _say_waiting(self) -> None:
        self._shown, self._rows = None, ()
        self.table.setRowCount(0)
        self.where.setText(self.tr("The check begins between two steps of the race."))
        self.outcome.setText("")
        self.old.setText("")
        self.progress.setRange(0, 0)
        self.progress.show()

    def _fill(self, info: RaceInfo, report: CheckReport) -> None:
        self.where.setText(report.fault or where_sentence(info, report))
        self.outcome.setText("" if report.fault else result_sentence(report))
        self.progress.setRange(0, max(1, report.chosen))
        self.progress.setValue(report.checked)
        self.progress.setVisible(not report.done)
        self.table.setRowCount(len(report.blocks))
        for row, block in enumerate(report.blocks):
            if row >= len(self._rows) or self._rows[row] != block:
                self._fill_row(row, info, block)
        self._rows = report.blocks

    def _fill_row(self, row: int, info: RaceInfo, block: BlockCheck) -> None:
        none = block.verdict == "none"
        texts = (
            block_name(info, block),
            shape_words(block),
            checked_words(block),
            "–" if none else small_number(block.largest),
            small_number(block.difference) if block.checked else "–",
            small_number(block.relative) if block.checked else "–",
            verdict_word(block),
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setTextAlignment(_RIGHT if 0 < column < len(texts) - 1 else _LEFT)
            item.setToolTip(verdict_sentence(block))
            if block.verdict in ("differs", "none"):
                item.setForeground(QColor(self._theme.error))
            self.table.setItem(row, column, item)

    def _say_age(self, snapshot: Snapshot, report: CheckReport) -> None:
        """Say where the numbers are of another point than the one where the run stands."""
        run = report.request.run
        here = run < len(snapshot.theta) and len(report.theta) == snapshot.theta.shape[1]
        same = here and report.step == snapshot.step and np.array_equal(snapshot.theta[run], report.theta)
        if report.fault or same:
            self.old.setText("")
        elif report.step != snapshot.step:
            self.old.setText(
                self.tr("The race has gone on to step {}: these numbers are of before.").format(grouped(snapshot.step))
            )
        else:
            self.old.setText(self.tr("The run stands at another point now: these numbers are of before."))

    def _on_asked(self, *_: object) -> None:
        self._number += 1
        self.demand_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._on_asked()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.demand_changed.emit()
