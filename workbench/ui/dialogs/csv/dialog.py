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
from workbench.ui.dialogs.csv.format_bar import FormatBar
from workbench.ui.dialogs.csv.reading import Reading, Request
from workbench.ui.dialogs.csv.words import sum_up, with_notes
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.forms.fields import ChoiceField

_SHOWN_COLUMNS = 60
_DELAY = 150
#: what a table new to the experiment begins with
BEGINNING = DataSetup(scaling="standard", target_scaling="standard")


class CsvDialog(QDialog):
    """Chooses a file, its target and its inputs. It can be accepted once the whole table has been read.

    Every choice reads the table again in a thread; a fault in it stands as one sentence with its line and column.
    """

    def __init__(self, path: Path, given: DataSetup = BEGINNING, parent: QWidget | None = None) -> None:
        """`given` are the choices to begin with, where they are of this file."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open data"))
        open_in(self, 720, 560)
        self._given = given
        self._path = path
        self._peek: Peek | None = None
        self._reading: Reading | None = None
        self._old: list[Reading] = []
        self._told_anew = False
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
        self.format = FormatBar(self._given_here or BEGINNING, self)
        self.format.edited.connect(self._on_format_edited)
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
        layout.addWidget(self.format)
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
        self.target.set_tip(self.tr("The column that is to be learned"), self.tr("Target"))
        self.target.edited.connect(self._on_choice)
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
        self.target_scaling = ChoiceField(SCALINGS, tuple(map(self.scaling.itemText, range(len(SCALINGS)))), self)
        tip = self.tr("How a target of values is scaled, by the training samples; losses and fits stay in its own unit")
        self.target_scaling.set_tip(tip, self.tr("Target scaling"))
        self.target_scaling.set_value(self._given.target_scaling)
        policies = (
            self.tr("refuse"),
            self.tr("leave the row out"),
            self.tr("fill: mean"),
            self.tr("fill: most frequent"),
        )
        self.missing = ChoiceField(("refuse", "leave_out", "mean", "most_frequent"), policies, self)
        tip = self.tr("What becomes of missing values; they are filled with what the training samples have")
        self.missing.set_tip(tip, self.tr("Missing values"))
        self.missing.set_value(self._given.missing)
        for title, field in (
            (self.tr("Target"), self.target), (self.tr("It holds"), self.kind), (self.tr("Scale inputs"), self.scaling),
            (self.tr("Scale target"), self.target_scaling), (self.tr("Missing values"), self.missing),
        ):  # fmt: skip
            self._target_row.addRow(title, field)
        self.kind.edited.connect(self._on_choice)
        self.missing.edited.connect(self._on_choice)
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
            target_scaling=self.target_scaling.currentData() if self.target_scaling.isEnabled() else "none",
            missing=self.missing.currentData(), **self.format.fields,
        )  # fmt: skip
        return made

    @property
    def n_in(self) -> int:
        """How many inputs a network has of them: texts are several."""
        return 0 if self.table is None else int(self.table.x.shape[1])

    @property
    def _given_here(self) -> DataSetup | None:
        """What was chosen before, where it was of this file."""
        return self._given if self._given.file == str(self._path.absolute()) else None

    def _columns(self) -> tuple[str, ...]:
        target = self.target.currentData()
        items = (self.inputs.item(i) for i in range(self.inputs.count()))
        checked = (item.text() for item in items if item.checkState() == Qt.CheckState.Checked)
        return tuple(name for name in checked if name != target)

    def open_file(self, path: Path) -> None:
        """Show another file."""
        self._path, self._peek = path, None
        self.target.set_choices((), ())
        self.format.show_format(self._given_here or BEGINNING)
        self.name.setText(path.name)
        self.name.setToolTip(str(path))
        self._peep()

    def _peep(self) -> None:
        """Read the beginning, as it is told to be written."""
        given = self._given_here
        wanted = (given.target, *given.columns) if given else ()
        self._start(Request(self._path, told=self.format.told, wanted=wanted))

    def _on_other_clicked(self) -> None:
        path = dialogs.ask_csv(self, self._path.parent)
        if path is not None:
            self.open_file(path)

    def _on_format_edited(self) -> None:
        self._abandon()
        self.use.setEnabled(False)
        self._told_anew = True
        self._delay.start()

    def _on_choice(self, *_: object) -> None:
        self._abandon()
        self.use.setEnabled(False)
        self._grey_out_target()
        self._delay.start()

    # Reading

    def _read(self) -> None:
        if self._told_anew:
            self._told_anew = False
            self._peep()
            return
        if self._peek is None:
            return
        columns = self._columns()
        if not columns:
            sentence = self.tr("Check at least one column to learn from, besides the target.")
            self._say(self._with_notes(sentence), fault=True)
            return
        setup = self.setup
        missing = setup.missing
        self._start(Request(self._path, setup.target, columns, setup.target_kind, self.format.told, missing))

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
            self._say(self._with_notes(sum_up(reading.table)))
            self.target_scaling.setEnabled(not reading.table.classes)
            self.use.setEnabled(True)
            self.use.setFocus()

    def _with_notes(self, sentence: str) -> str:
        found, table = self._peek, self.table
        if found is None:
            return sentence
        notes = found.notes if table is None else table.notes
        return with_notes(sentence, found, notes, self._columns(), str(self.target.currentData()))

    def _say(self, sentence: str, *, fault: bool = False) -> None:
        self.status.setObjectName("fault" if fault else "muted")
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(sentence)

    # Showing

    def _show_peek(self, found: Peek) -> None:
        """List the columns, and guess: the last one is the target, those of numbers are the inputs."""
        self._peek = found if found.columns else None
        given = self._given_here
        before = (self.target.currentData(), given.target if given else None)
        target = next((name for name in before if name in found.columns), _likely_target(found))
        self.target.set_choices(found.columns, found.columns)
        self.target.set_value(target)
        chosen = given.columns if given and set(given.columns) <= set(found.columns) and given.columns else None
        self.inputs.blockSignals(True)
        self.inputs.clear()
        numbers = 0
        for name, kind, fault in zip(found.columns, found.kinds, found.faults, strict=True):
            item = QListWidgetItem(name, self.inputs)
            learns = kind == "number" and name != found.index
            wanted = name in chosen if chosen is not None else learns and numbers < MOST_INPUTS
            numbers += learns and name != target
            item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
            text = fault or self.tr("text: an input of 0 and 1 for each different text, where it is chosen")
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
