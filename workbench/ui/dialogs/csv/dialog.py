"""A person's own table: its first rows, which column is to be learned, and from which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.datasets import SCALINGS, Table
from workbench.engine.datasets.csv_columns import MOST_INPUTS
from workbench.engine.datasets.csv_peek import Peek
from workbench.experiment.experiment import DataSetup, replace
from workbench.ui.dialogs import files as dialogs
from workbench.ui.dialogs.csv.reading import Reading, Request
from workbench.ui.forms.fields import ChoiceField
from workbench.ui.words.text import counted

_SHOWN_COLUMNS = 60
_DELAY = 150
#: columns left out whose reason is told; the others are counted
_TOLD = 3
_BEGINNING = DataSetup(scaling="standard")


class CsvDialog(QDialog):
    """Chooses a file, its target and its inputs. It can be accepted once the whole table has been read.

    Every choice reads the table again in a thread; a fault in it stands as one sentence with its line and column.
    """

    def __init__(self, path: Path, given: DataSetup = _BEGINNING, parent: QWidget | None = None) -> None:
        """`given` are the choices to begin with, where they are of this file."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open data"))
        self.resize(720, 560)
        self._given = given
        self._path = path
        self._peek: Peek | None = None
        self._reading: Reading | None = None
        self._old: list[Reading] = []
        self.table: Table | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY)
        self._delay.timeout.connect(self._read)
        self._make()
        self.open_file(path)

    # Parts

    def _make(self) -> None:
        self.name = QLabel(self)
        self.name.setWordWrap(True)
        self.other = QPushButton(self.tr("Another file …"), self)
        self.other.setToolTip(self.tr("Choose another CSV file"))
        self.other.setAutoDefault(False)
        self.other.clicked.connect(self._on_other_clicked)
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.other)
        self.rows = QTableWidget(self)
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.rows.setAccessibleName(self.tr("First rows"))
        self.rows.setToolTip(self.tr("The first rows as they stand in the file, and what the columns hold"))
        self.status = QLabel(self)
        self.status.setWordWrap(True)
        self.status.setMinimumHeight(3 * self.fontMetrics().height())
        self.status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.progress.hide()
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel, self)
        self.use = self.buttons.button(kinds.Ok)
        self.use.setText(self.tr("Use these data"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.rows, 3)
        layout.addLayout(self._make_choices(), 2)
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addWidget(self.buttons)

    def _make_choices(self) -> QHBoxLayout:
        self.inputs = QListWidget(self)
        self.inputs.setAccessibleName(self.tr("Inputs"))
        self.inputs.setToolTip(self.tr("The columns that the network learns from"))
        self.inputs.itemChanged.connect(self._on_choice)
        self._target_row = QFormLayout()
        self.target = ChoiceField((), (), self)
        kinds = ("auto", "classes", "values")
        words = (self.tr("guessed"), self.tr("classes"), self.tr("values"))
        self.kind = ChoiceField(kinds, words, self)
        self.kind.set_tip(self.tr("Whether the target names classes or is a value to be met"), self.tr("Target kind"))
        self.kind.set_value(self._given.target_kind)
        self.scaling = ChoiceField(
            SCALINGS, (self.tr("none"), self.tr("standard: mean 0, deviation 1"), self.tr("range: 0 to 1")), self
        )
        self.scaling.set_tip(self.tr("How inputs are scaled, by the training samples"), self.tr("Scaling"))
        self.scaling.set_value(self._given.scaling)
        self._target_row.addRow(self.tr("Target"), self.target)
        self._target_row.addRow(self.tr("It holds"), self.kind)
        self._target_row.addRow(self.tr("Scale inputs"), self.scaling)
        self.kind.edited.connect(self._on_choice)
        left = QVBoxLayout()
        left.addWidget(QLabel(self.tr("Inputs"), self))
        left.addWidget(self.inputs)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(left, 1)
        both.addLayout(self._target_row, 1)
        return both

    # What is chosen

    @property
    def setup(self) -> DataSetup:
        """The data chosen."""
        made: DataSetup = replace(
            self._given, name="", parameters={}, points=(), file=str(self._path.absolute()),
            target=str(self.target.currentData()), columns=self._columns(),
            target_kind=self.kind.currentData(), scaling=self.scaling.currentData(),
        )  # fmt: skip
        return made

    def _columns(self) -> tuple[str, ...]:
        target = self.target.currentData()
        items = (self.inputs.item(i) for i in range(self.inputs.count()))
        checked = (item.text() for item in items if item.checkState() == Qt.CheckState.Checked)
        return tuple(name for name in checked if name != target)

    def open_file(self, path: Path) -> None:
        """Show another file."""
        self._path, self._peek = path, None
        self.name.setText(path.name)
        self.name.setToolTip(str(path))
        self._start(Request(path))

    def _on_other_clicked(self) -> None:
        path = dialogs.ask_csv(self, self._path.parent)
        if path is not None:
            self.open_file(path)

    def _on_choice(self, *_: object) -> None:
        self._abandon()
        self.use.setEnabled(False)
        self._grey_out_target()
        self._delay.start()

    # Reading

    def _read(self) -> None:
        if self._peek is None:
            return
        columns = self._columns()
        if not columns:
            sentence = self.tr("Check at least one column to learn from, besides the target.")
            self._say(self._with_notes(sentence), fault=True)
            return
        setup = self.setup
        self._start(Request(self._path, setup.target, columns, setup.target_kind))

    def _start(self, request: Request) -> None:
        self._abandon()
        self.table = None
        self.use.setEnabled(False)
        self._say(self.tr("Reading …"))
        self.progress.setRange(0, 0)
        self.progress.show()
        self._reading = Reading(request, self)
        self._reading.progressed.connect(self._on_progressed)
        self._reading.finished.connect(self._on_finished)
        self._reading.start()

    def _abandon(self) -> None:
        """Let the reading under way be; its thread is kept until it has ended."""
        if self._reading is not None:
            self._reading.abandon()
            self._old.append(self._reading)
            self._reading = None
        self._old = [reading for reading in self._old if reading.isRunning()]

    def _on_progressed(self, done: int, total: int) -> None:
        if self.sender() is self._reading:
            self.progress.setRange(0, max(total, 1))
            self.progress.setValue(done)

    def _on_finished(self) -> None:
        reading = self._reading
        if reading is None or reading.isRunning() or self.sender() is not reading:
            return
        self.progress.hide()
        self._reading = None
        if reading.fault:
            if reading.peek is None and not reading.request.target:
                self._show_peek(Peek((), (), ()))
            self._say(reading.fault, fault=True)
        elif reading.peek is not None:
            self._show_peek(reading.peek)
            self._read()
        elif reading.table is not None:
            self.table = reading.table
            self._say(self._with_notes(self._sum_up(reading.table)))
            self.use.setEnabled(True)
            self.use.setFocus()

    def _sum_up(self, table: Table) -> str:
        """What has been read, in a sentence."""
        rows = counted(len(table.x), self.tr("{} row"), self.tr("{} rows"))
        inputs = counted(table.x.shape[1], self.tr("{} input"), self.tr("{} inputs"))
        if not table.classes:
            return self.tr("{}, {}; the target is a value.").format(rows, inputs)
        classes = counted(len(table.classes), self.tr("{} class"), self.tr("{} classes"))
        names = ", ".join(table.classes[:6]) + (" …" if len(table.classes) > 6 else "")
        return self.tr("{}, {}, {}: {}.").format(rows, inputs, classes, names)

    def _with_notes(self, sentence: str) -> str:
        """The sentence, then how numbers are read where that is unusual, and which columns are left out and why."""
        found = self._peek
        if found is None:
            return sentence
        said = [sentence]
        if found.numbers.decimal == "comma":
            said.append(self.tr("Decimal commas: 0,5 is read as 0.5."))
        chosen, target = self._columns(), self.target.currentData()
        if found.index and found.index not in (*chosen, target):
            said.append(self.tr("Left out: {}, which has no name and numbers the rows.").format(found.index))
        faults = [
            fault
            for name, fault in zip(found.columns, found.faults, strict=True)
            if fault and name not in chosen and name != target
        ]
        if faults:
            more = self.tr(" and {} more").format(len(faults) - _TOLD) if len(faults) > _TOLD else ""
            said.append(self.tr("Left out: {}.").format("; ".join(faults[:_TOLD]) + more))
        if len([name for name in found.numeric if name != target]) > MOST_INPUTS >= len(chosen):
            said.append(self.tr("At most {} columns can be inputs; the others are left out.").format(MOST_INPUTS))
        return " ".join(said)

    def _say(self, sentence: str, *, fault: bool = False) -> None:
        self.status.setObjectName("fault" if fault else "muted")
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(sentence)

    # Showing

    def _show_peek(self, found: Peek) -> None:
        """List the columns, and guess: the last one is the target, those of numbers are the inputs."""
        self._peek = found if found.columns else None
        given = self._given if self._given.file == str(self._path) else None
        target = given.target if given and given.target in found.columns else _likely_target(found)
        if self.target is not None:
            self._target_row.removeRow(0)
        self.target = ChoiceField(found.columns, found.columns, self)
        self.target.set_tip(self.tr("The column that is to be learned"), self.tr("Target"))
        self.target.set_value(target)
        self.target.edited.connect(self._on_choice)
        self._target_row.insertRow(0, self.tr("Target"), self.target)
        chosen = given.columns if given and given.columns else None
        self.inputs.blockSignals(True)
        self.inputs.clear()
        numbers = 0
        for name, kind, fault in zip(found.columns, found.kinds, found.faults, strict=True):
            item = QListWidgetItem(name, self.inputs)
            learns = kind == "number" and name != found.index
            wanted = name in chosen if chosen is not None else learns and numbers < MOST_INPUTS
            numbers += learns and name != target
            item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
            text = fault or self.tr("text: no input for a network")
            item.setToolTip(self.tr("numbers") if kind == "number" else text)
        self.inputs.blockSignals(False)
        self._grey_out_target()
        self._show_rows(found)

    def _grey_out_target(self) -> None:
        """The target is no input, whatever its check mark says."""
        self.inputs.blockSignals(True)
        for i in range(self.inputs.count()):
            item = self.inputs.item(i)
            flags = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
            is_target = item.text() == self.target.currentData()
            item.setFlags(flags if is_target else flags | Qt.ItemFlag.ItemIsEnabled)
        self.inputs.blockSignals(False)

    def _show_rows(self, found: Peek) -> None:
        columns = found.columns[:_SHOWN_COLUMNS]
        words = {"number": self.tr("number"), "text": self.tr("text")}
        self.rows.clear()
        self.rows.setColumnCount(len(columns))
        self.rows.setRowCount(len(found.rows))
        heads = [f"{name}\n{words[kind]}" for name, kind in zip(columns, found.kinds, strict=False)]
        self.rows.setHorizontalHeaderLabels(heads)
        for i, row in enumerate(found.rows):
            for j, value in enumerate(_shortened(row[:_SHOWN_COLUMNS])):
                cell = QTableWidgetItem(value)
                side = Qt.AlignmentFlag.AlignRight if found.kinds[j] == "number" else Qt.AlignmentFlag.AlignLeft
                cell.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.rows.setItem(i, j, cell)
        self.rows.resizeColumnsToContents()

    def done(self, result: int) -> None:
        """Close; a reading under way is ended first."""
        self._delay.stop()
        self._abandon()
        for reading in self._old:
            reading.wait()
        super().done(result)


def _likely_target(found: Peek) -> str:
    """The last column that holds something: a comma at the end of each line makes one more that holds nothing."""
    held = [name for i, name in enumerate(found.columns) if any(row[i].strip() for row in found.rows)]
    return (held or found.columns or ("",))[-1]


def _shortened(row: Sequence[str]) -> list[str]:
    return [value if len(value) <= 40 else value[:39] + "…" for value in row]
