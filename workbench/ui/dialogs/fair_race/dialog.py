"""A fair race in the window: what it is asked for with, how far it is, and its tables, whose rows open runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.studies.charts import Chart
from workbench.ui.charts.choice import ChartChoice
from workbench.ui.dialogs.fair_race.ranges import RaceRanges
from workbench.ui.dialogs.fair_race.settings import RaceSettings
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.style import theme as themes
from workbench.ui.words.text import grouped


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a problem: its name, texts a lane, what is to be doubted of it, and whether it has runs to open."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    doubts: Sequence[str]
    opens: bool = True


class FairRaceDialog(QDialog):
    """Asks for a fair race and shows what came of it. It is given values, and says what is wanted by signals."""

    #: begin a race with these keys of its file; end it
    wanted = Signal(object)
    cancelled = Signal()
    #: open the run of a problem (its number) under a seed
    run_wanted = Signal(int, int)
    #: write the report into a folder
    saving = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Fair race"))
        open_in(self, 1040, 620)
        self._tables: Sequence[Table] = ()
        self.settings, self.ranges, self.charts = RaceSettings(self), RaceRanges(self), ChartChoice(self)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar(self)
        self.progress.setAccessibleName(self.tr("Runs that are done"))
        self.start = QPushButton(self.tr("St&art"), self)
        self.start.setToolTip(self.tr("Tune every lane by the same budget, and compare them under other seeds"))
        self.start.setDefault(True)
        self.stop = QPushButton(self.tr("&Cancel"), self)
        self.stop.setToolTip(self.tr("End the race without a result"))
        self.declared = QPushButton(self.tr("As &declared"), self)
        self.declared.setToolTip(self.tr("Tune the learning rates alone, over the ranges that the settings declare"))
        self.declared.clicked.connect(self.ranges.reset)
        self._make_tables()
        self._lay_out()
        self.start.clicked.connect(self._on_start)
        self.stop.clicked.connect(self.cancelled)
        self._show_busy(is_busy=False)
        self._show_tables([], [])
        self._show_charts(())

    def _make_tables(self) -> None:
        self.problem, self.seed = QComboBox(self), QComboBox(self)
        self.problem.setAccessibleName(self.tr("Problem"))
        self.problem.setToolTip(self.tr("The problem whose table is shown"))
        self.seed.setAccessibleName(self.tr("Seed of the run"))
        self.seed.setToolTip(self.tr("The seed whose run is opened"))
        for choice in (self.problem, self.seed):
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.table = QTableWidget(self)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setAccessibleName(self.tr("Results"))
        self.table.setToolTip(self.tr("A row a lane; a double click opens its run"))
        self.doubts = QPlainTextEdit(self)
        self.doubts.setReadOnly(True)
        self.doubts.setTabChangesFocus(True)
        self.doubts.setAccessibleName(self.tr("What is to be doubted"))
        self.doubts.setToolTip(self.tr("What is to be doubted, and what was a near miss"))
        self.open_run = QPushButton(self.tr("&Open this run"), self)
        self.open_run.setToolTip(self.tr("Open the race of this problem and seed, every lane as it was tuned"))
        self.save = QPushButton(self.tr("Sa&ve report …"), self)
        self.save.setToolTip(self.tr("Write all tables, the report, and an experiment for each run into a folder"))
        self.problem.currentIndexChanged.connect(self._show_table)
        self.table.cellDoubleClicked.connect(self._on_open)
        self.open_run.clicked.connect(self._on_open)
        self.save.clicked.connect(self._on_save)

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close this window; a race goes on"))
        buttons.rejected.connect(self.reject)
        left, right, whole = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        row, choices = QHBoxLayout(), QHBoxLayout()
        result, spaces = QWidget(self), QWidget(self)
        for button in (self.start, self.stop):
            row.addWidget(button)
        for part in (self.settings, self.said, self.progress):
            left.addWidget(part)
        left.addLayout(row)
        left.addStretch(1)
        for widget in (self.problem, self.seed, self.open_run, self.save):
            choices.addWidget(widget)
        choices.addStretch(1)
        column = QVBoxLayout(result)
        column.addLayout(choices)
        column.addWidget(self.table, 3)
        column.addWidget(self.doubts, 2)
        column = QVBoxLayout(spaces)
        column.addWidget(self.ranges, 1)
        column.addWidget(self.declared, 0, Qt.AlignmentFlag.AlignLeft)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        pages = ((result, self.tr("&Result")), (self.charts, self.tr("C&harts")), (spaces, self.tr("Ran&ges")))
        for page, title in pages:
            self.tabs.addTab(page, title)
        right.addWidget(self.tabs)
        whole.addLayout(left)
        whole.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(whole, 1)
        layout.addWidget(buttons)

    def bring_up(self, groups: Iterable[str], steps: int | None) -> None:
        """Open; groups of problems can be had besides the open one, whose steps are offered as budget."""
        self.settings.show_problems(groups, steps)
        self.show()
        self.raise_()
        self.activateWindow()

    def refuse(self, sentence: str) -> None:
        """Say why there is no race, or no result of it."""
        self._show_busy(is_busy=False)
        self.said.setText(sentence)

    def show_progress(self, done: int, total: int) -> None:
        """How many of all runs are done."""
        self._show_busy(is_busy=True)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.said.setText(self.tr("{} of {} runs").format(grouped(done), grouped(total)))

    def show_result(
        self, tables: Sequence[Table], seeds: Sequence[int], said: str, charts: Sequence[Chart] = ()
    ) -> None:
        """What came of it: a table a problem, and charts."""
        self._show_busy(is_busy=False)
        self.said.setText(said)
        self._show_tables(tables, seeds)
        self._show_charts(charts)
        if self.tabs.currentIndex() == self.tabs.count() - 1:
            self.tabs.setCurrentIndex(0)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.charts.set_theme(theme)

    def _show_charts(self, charts: Sequence[Chart]) -> None:
        self.charts.show_charts(charts, self.tr("The charts of a race stand here once it is done."))

    def _show_busy(self, *, is_busy: bool) -> None:
        self.start.setEnabled(not is_busy)
        self.stop.setEnabled(is_busy)
        for part in (self.settings, self.ranges, self.declared):
            part.setEnabled(not is_busy)
        self.progress.setVisible(is_busy)

    def _show_tables(self, tables: Sequence[Table], seeds: Sequence[int]) -> None:
        self._tables = tables
        self.problem.clear()
        self.problem.addItems([table.name for table in tables])
        self.seed.clear()
        for seed in seeds:
            self.seed.addItem(self.tr("seed {}").format(seed), seed)
        for widget in (self.problem, self.save):
            widget.setEnabled(bool(tables))
        shown: tuple[QWidget, ...] = (self.problem, self.seed, self.open_run, self.save, self.table)
        for part in shown:
            part.setVisible(bool(tables))  # until there is something, a word says what will come
        self.doubts.setPlaceholderText(self.tr("Nothing is to be doubted.") if tables else self._intent())
        self._show_table()

    def _intent(self) -> str:
        """What a fair race does, for who opens it first."""
        done = self.tr(
            "Every lane gets the same budget: its settings are tuned over ranges of their own, and the best of them "
            "run again under seeds that tuned nothing."
        )
        told = self.tr(
            "Then stand here: how soon each lane reached the target, how low it came, which lanes are tied, near "
            "misses, and what is to be doubted. Each row opens its run."
        )
        return f"{done}\n\n{told}"

    def _show_table(self) -> None:
        at = self.problem.currentIndex()
        table = self._tables[at] if 0 <= at < len(self._tables) else Table("", (), (), ())
        self.table.setColumnCount(len(table.header))
        self.table.setHorizontalHeaderLabels(list(table.header))
        self.table.setRowCount(len(table.rows))
        for y, row in enumerate(table.rows):
            for x, text in enumerate(row):
                self.table.setItem(y, x, QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        self.doubts.setPlainText("\n".join(table.doubts))
        for widget in (self.seed, self.open_run):
            widget.setEnabled(bool(table.rows) and table.opens)

    def _on_start(self) -> None:
        self.wanted.emit({**self.settings.settings, **self.ranges.settings})

    def _on_open(self, *_: object) -> None:
        if self.open_run.isEnabled():
            self.run_wanted.emit(self.problem.currentIndex(), int(self.seed.currentData()))

    def _on_save(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Save the report into"), str(Path.home()))
        if folder:
            self.saving.emit(folder)
