"""The list of kept runs. It is given values, and says what is wanted by signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.kept.entry import Entry
from workbench.ui.dialogs.runs import words
from workbench.ui.dialogs.runs.comparison import Comparison
from workbench.ui.dialogs.runs.curves import SmallCurves
from workbench.ui.dialogs.runs.model import CURVES, NOTE, WHEN, RunsModel
from workbench.ui.dialogs.runs.table import RunsTable
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.style.theme import Theme
from workbench.ui.words.text import counted

_WIDTH = 1240  # pixels, with room for every column


class RunsDialog(QDialog):
    """Lists kept runs; stands beside the window, which goes on."""

    #: open this run in the window
    open_wanted = Signal(str)
    #: (ids) delete these runs; bring back those that were deleted last
    delete_wanted = Signal(object)
    undo_wanted = Signal()
    #: (id, note), (id, whether) and (ids, whether): a note was written, a run pinned, runs laid over the pictures
    noted = Signal(str, str)
    pinned = Signal(str, bool)
    overlaid = Signal(object, bool)
    #: (ids) in what settings do these differ
    differences_wanted = Signal(object)
    #: the list has come to the front: another window may have changed what there is
    looked_at = Signal()
    #: (id, lane) the weights of a lane are to be written to a file
    weights_wanted = Signal(str, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Runs"))
        open_in(self, _WIDTH, 640)
        self._over: frozenset[str] = frozenset()
        self._is_fresh = False  # it was brought up, and its runs are yet to come
        self.model = RunsModel(self)
        self._make_table()
        self._make_buttons()
        self.said = QLabel(self)
        self.said.setObjectName("muted")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.fault = QLabel(self)
        self.fault.setObjectName("fault")
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.setWordWrap(True)
        self.fault.hide()
        self.limit = QSpinBox(self)
        self.limit.setRange(10, 1_000_000)
        self.limit.setSingleStep(100)
        self.limit.setPrefix(self.tr("at most "))
        self.limit.setSuffix(self.tr(" MB"))
        self.limit.setKeyboardTracking(False)
        self.limit.setAccessibleName(self.tr("Megabytes that kept runs may take"))
        self.limit.setToolTip(
            self.tr("What kept runs may take on the disk; what is too much goes when the next one is kept")
        )
        self.comparison = Comparison(self)
        self._lay_out()
        self._wire()
        self.show_runs((), frozenset(), "")
        self.show_undo(0)

    # Parts

    def _make_table(self) -> None:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search title, lanes, seed, date, note (Ctrl+F)"))
        self.search.setToolTip(self.tr("Show the runs in which all of these words are (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.table = RunsTable(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Kept runs"))
        self.curves = SmallCurves(self.table)
        self.table.setItemDelegateForColumn(CURVES, self.curves)
        self.table.sortByColumn(WHEN, Qt.SortOrder.DescendingOrder)
        lack = max(0, _WIDTH - self.width())  # on a small screen title and lanes are cut before note and pin are unseen
        title, lanes = max(130, 236 - lack // 2), max(90, 180 - lack // 2)
        for column, width in enumerate((44, 92, title, lanes, 46, 58, 82, 82, 66, 118, 160)):
            self.table.setColumnWidth(column, width)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self.table.setColumnWidth(NOTE + 1, 40)
        self.empty = QLabel(self)
        self.empty.setObjectName("empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setMargin(40)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)

    def _make_buttons(self) -> None:
        self.open_run = self._button(
            self.tr("&Open"), self.tr("Open this run's experiment in the window, at its start (Enter)")
        )
        self.lay_over = self._button(
            self.tr("&Lay over"),
            self.tr("Show the chosen runs pale over loss, gradients and landscape, or no longer (Space)"),
        )
        self.weights = self._button(
            self.tr("Save &weights …"), self.tr("Write the trained weights of this run's best lane to a file")
        )
        self.delete = self._button(self.tr("&Delete"), self.tr("Delete the chosen runs (Del); it can be undone"))
        self.undo = self._button(self.tr("&Undo delete"), self.tr("Bring back what was deleted last (Ctrl+Z)"))
        self.close_all = self._button(self.tr("&Close"), self.tr("Close this list (Esc)"))

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        row, foot = QHBoxLayout(), QHBoxLayout()
        row.addWidget(self.search, 1)
        for button in (self.open_run, self.lay_over, self.weights, self.delete, self.undo):
            row.addWidget(button)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.limit)
        foot.addWidget(self.close_all)
        self.halves = QSplitter(Qt.Orientation.Vertical, self)
        self.halves.addWidget(self.pages)
        self.halves.addWidget(self.comparison)
        self.halves.setSizes([400, 150])
        self.halves.setCollapsible(0, False)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self.halves, 1)
        layout.addWidget(self.fault)
        layout.addLayout(foot)

    def _wire(self) -> None:
        self.search.textChanged.connect(self._on_searched)
        self.search.returnPressed.connect(self._on_search_left)
        self.table.opened.connect(self._on_open)
        self.table.deleted.connect(self._on_delete)
        self.table.toggled.connect(self._on_lay_over)
        self.table.selectionModel().selectionChanged.connect(self._on_chosen)
        self.model.noted.connect(self.noted)
        self.model.pinned.connect(self.pinned)
        self.model.overlaid.connect(self._on_overlaid)
        self.open_run.clicked.connect(self._on_open)
        self.lay_over.clicked.connect(self._on_lay_over)
        self.weights.clicked.connect(self._on_weights)
        self.delete.clicked.connect(self._on_delete)
        self.undo.clicked.connect(self.undo_wanted)
        self.close_all.clicked.connect(self.reject)
        for begun in (self.open_wanted, self.delete_wanted, self.undo_wanted, self.noted, self.pinned, self.overlaid):
            begun.connect(self.fault.hide)
        for keys, slot in (("Ctrl+F", self._on_find), ("Ctrl+Z", self._on_undo)):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    # What the window calls

    def bring_up(self) -> None:
        """Open, with the keys on the list once it is there."""
        self._is_fresh = True
        self.fault.hide()
        self.show()
        self.raise_()
        self.activateWindow()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.isVisible():
            self.looked_at.emit()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.curves.theme = theme
        self.table.setStyleSheet(
            f"QTableView {{ selection-background-color: {theme.line}; selection-color: {theme.text}; }}"
        )
        self.table.viewport().update()

    def show_runs(self, entries: Sequence[Entry], over: frozenset[str], said: str) -> None:
        """Show these runs, those laid over checked, and a sentence on how many there are; what is chosen stays so."""
        self._over = over
        self.model.show_entries(entries, over)
        self.said.setText(said)
        self._show_page()
        if self._is_fresh and self.model.rowCount():
            self._is_fresh = False
            self.table.setFocus()
            if not self.chosen:
                self._choose_first()
        self._on_chosen()

    def show_over(self, over: frozenset[str]) -> None:
        """Check the runs that are laid over the pictures."""
        self.show_runs(self.model.entries, over, self.said.text())

    def show_fault(self, sentence: str) -> None:
        """Say what went wrong, until something else is asked for."""
        self.fault.setText(sentence)
        self.fault.show()

    def show_undo(self, count: int) -> None:
        """Offer to bring back so many runs."""
        self.undo.setVisible(count > 0)
        self.undo.setText(counted(count, self.tr("&Undo: {} run"), self.tr("&Undo: {} runs")))

    def show_differences(self, ids: Sequence[str], rows: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
        """Show in what settings the chosen runs differ, unless others are chosen by now."""
        chosen = self.chosen
        if [entry.id for entry in chosen] == list(ids):
            self.comparison.show_rows([words.name_of(entry) for entry in chosen], rows)

    @property
    def chosen(self) -> list[Entry]:
        """The runs that are chosen, in the order of the list."""
        return self.table.chosen

    # What a person does

    def _on_find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_searched(self, text: str) -> None:
        self.model.search(text)
        self._show_page()
        self._on_chosen()

    def _on_search_left(self) -> None:
        if self.model.rowCount():
            self.table.setFocus()
            if not self.chosen:
                self._choose_first()

    def _choose_first(self) -> None:
        first = self.model.shown[0].id
        self.table.choose([first], first)

    def _on_undo(self) -> None:
        if self.undo.isVisible():
            self.undo_wanted.emit()

    def _on_open(self) -> None:
        if len(self.chosen) == 1:
            self.open_wanted.emit(self.chosen[0].id)

    def _on_delete(self) -> None:
        if self.chosen:
            self.delete_wanted.emit([entry.id for entry in self.chosen])

    def _on_lay_over(self) -> None:
        ids = [entry.id for entry in self.chosen]
        if ids:
            self.overlaid.emit(ids, not self._over.issuperset(ids))

    def _on_overlaid(self, id_: str, on: bool) -> None:
        self.overlaid.emit([id_], on)

    def _on_weights(self) -> None:
        if len(self.chosen) == 1 and self.chosen[0].weights:
            entry = self.chosen[0]
            lanes = [lane for lane in entry.lanes if lane.index in entry.weights]
            best = min(lanes, key=lambda lane: float("inf") if lane.final is None else lane.final)
            self.weights_wanted.emit(entry.id, best.index)

    def _on_chosen(self, *_: object) -> None:
        chosen = self.chosen
        alone = len(chosen) == 1
        self.open_run.setEnabled(alone)
        self.weights.setEnabled(alone and bool(chosen[0].weights))
        for button in (self.delete, self.lay_over):
            button.setEnabled(bool(chosen))
        if len(chosen) > 1:
            self.differences_wanted.emit([entry.id for entry in chosen])
        else:
            self.comparison.show_hint()

    def _show_page(self) -> None:
        """The list, or a word on what would stand there."""
        there, shown = bool(self.model.entries), self.model.rowCount() > 0
        self.comparison.setVisible(there)
        self.search.setEnabled(there)
        self.pages.setCurrentWidget(self.table if shown else self.empty)
        if there and not shown:
            self.empty.setText(self.tr("No run has all of these words."))
        elif not shown:
            self.empty.setText(
                self.tr(
                    "Here will stand every race that came to its end, that you forked, or that you keep by hand "
                    "(Run > Keep this run, Ctrl+D): with its settings, losses, curves and trained weights.\n\n"
                    "Any of them can be opened again, compared with others setting by setting, and laid pale over "
                    "the pictures of the race that is open."
                )
            )
