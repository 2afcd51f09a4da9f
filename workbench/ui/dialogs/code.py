"""The code of a lane: a window that shows the script for a library and saves it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHideEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.params import CONVENTIONS, RequestError
from workbench.experiment.experiment import Experiment
from workbench.export import code
from workbench.ui.dialogs import files as dialogs
from workbench.ui.dialogs.sizes import open_in

#: milliseconds without an edit after which the script is written again
_REST = 250


def _convention(experiment: Experiment | None, lane: int) -> str:
    return experiment.lanes[lane].convention if experiment is not None and 0 <= lane < len(experiment.lanes) else ""


class _Writing(QThread):
    """Writes the code of one lane, for which a network's data is drawn or read, and ends.

    The number behind the last lane stands for all of them together.
    """

    def __init__(self, experiment: Experiment, lane: int, library: str, parent: QObject) -> None:
        super().__init__(parent)
        self._asked = (experiment, lane, library)
        self.code: code.Code | None = None
        self.fault = ""

    def run(self) -> None:  # Qt's name for the body of a thread
        try:
            experiment, lane, library = self._asked
            together = lane == len(experiment.lanes)
            self.code = code.race_code(experiment, library) if together else code.lane_code(*self._asked)
        except (code.NoCode, RequestError) as error:
            self.fault = f"{error}."
        except MemoryError:
            self.fault = self.tr("The problem is too large for the memory of this machine.")


class CodeDialog(QDialog):
    """Shows the script of a lane of the open experiment, or why there is none.

    Each choice writes the script again, and so does each edit, once edits have come to rest; in a thread: the window
    waits for no data. What is not visible writes nothing.
    """

    #: a sentence on what was written, or (second signal) what went wrong
    done_writing = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Code of a lane"))
        open_in(self, 760, 620)
        self.folder = Path.home()
        self.code: code.Code | None = None
        self._experiment: Experiment | None = None
        self._writing: _Writing | None = None
        self._old: list[_Writing] = []
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._start)
        self._make_choices()
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Script"))
        self.text.setToolTip(self.tr("The script that repeats the lane from its start"))
        self._make_buttons()
        layout = QVBoxLayout(self)
        row = QHBoxLayout()
        for text, field in ((self.tr("&Lane"), self.lane), (self.tr("Li&brary"), self.library)):
            label = QLabel(text, self)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field, field is self.lane)
        layout.addLayout(row)
        layout.addWidget(self.said)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.buttons)

    def _make_choices(self) -> None:
        self.lane, self.library = QComboBox(self), QComboBox(self)
        self.lane.setToolTip(self.tr("The lane whose code is written, or all of them, for NumPy alone"))
        self.lane.setAccessibleName(self.tr("Lane"))
        self.lane.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.library.setToolTip(
            self.tr(
                "What the script uses: at first the library of the lane's convention; for NumPy alone every step is "
                "written out"
            )
        )
        self.library.setAccessibleName(self.tr("Library"))
        for key, title in code.LIBRARIES.items():
            self.library.addItem(title, key)
        self.lane.activated.connect(self._on_lane_chosen)
        self.library.activated.connect(self._on_library_chosen)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close this window"))
        self.copy = QPushButton(self.tr("&Copy"), self)
        self.copy.setToolTip(self.tr("Put the script on the clipboard"))
        self.save = QPushButton(self.tr("&Save as …"), self)
        self.save.setToolTip(self.tr("Write the script, and for a network its data beside it"))
        self.save.setDefault(True)
        self.buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        self.copy.clicked.connect(self._on_copy)
        self.save.clicked.connect(self._on_save)

    def bring_up(self, experiment: Experiment) -> None:
        """Open for an experiment, with the lane that was chosen before where it still has one there."""
        self._show_lanes(experiment)
        self._on_lane_chosen()
        self.show()
        self.raise_()
        self.activateWindow()

    def follow(self, experiment: Experiment) -> None:
        """There is another experiment: while the script is seen, it becomes that of its lane."""
        if self.isVisible() and experiment != self._experiment:
            before = self._experiment, self.lane.currentIndex()
            self._show_lanes(experiment)
            if _convention(*before) != _convention(experiment, self.lane.currentIndex()):
                self._follow_convention()
            self._wait()

    def _show_lanes(self, experiment: Experiment) -> None:
        at, old, together = max(0, self.lane.currentIndex()), self._experiment, self._is_together
        if old is not None and at < len(old.lanes) and experiment.lanes[at : at + 1] != old.lanes[at : at + 1]:
            # it may have moved, where one before it went
            at = experiment.lanes.index(old.lanes[at]) if old.lanes[at] in experiment.lanes else at
        self._experiment = experiment
        titles = [
            self.tr("{}. {}").format(i, code.lane_title(lane)) for i, lane in enumerate(experiment.lanes, start=1)
        ]
        if len(titles) > 1:
            titles.append(self.tr("All lanes, in one script"))
        if titles != [self.lane.itemText(i) for i in range(self.lane.count())]:
            self.lane.clear()
            self.lane.addItems(titles)
        last = len(titles) - 1 if together else len(experiment.lanes) - 1
        self.lane.setCurrentIndex(last if together else min(at, last))

    def _wait(self) -> None:
        """Write again when the edits have come to rest; what is shown is no longer true."""
        if self._writing is not None:
            self._old.append(self._writing)
            self._writing = None
        for button in (self.copy, self.save):
            button.setEnabled(False)
        self.said.setText(self.tr("Writing …"))
        self._rest.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self._rest.stop()  # it is written anew when it is brought up
        super().hideEvent(event)

    def shut_down(self) -> None:
        """Close, and wait for what is still being written."""
        self.close()
        for writing in (*self._old, *([self._writing] if self._writing is not None else [])):
            writing.wait()

    @property
    def is_busy(self) -> bool:
        """Whether a script is being written."""
        return self._writing is not None or self._rest.isActive()

    def write(self, path: Path) -> None:
        """Write the script that is shown, and the data that it needs."""
        if self.code is None:
            return
        try:
            written = code.write(self.code, path)
        except OSError as error:
            said = self.tr("{} was not written: {}").format(path, error.strerror or error)
            self.failed.emit(said)
        else:
            said = self.tr("Written to {}").format(self.tr(" and ").join(str(file) for file in written))
            self.done_writing.emit(said)
        self.said.setText(said)

    def _on_lane_chosen(self) -> None:
        if self._experiment is not None:
            self._follow_convention()
            self._start()

    def _follow_convention(self) -> None:
        """Choose the library of the lane's convention; what goes with both, NumPy alone, stays chosen."""
        convention = "numpy" if self._is_together else _convention(self._experiment, self.lane.currentIndex())
        if self.library.currentData() in CONVENTIONS:
            self.library.setCurrentIndex(self.library.findData(convention))

    @property
    def _is_together(self) -> bool:
        """Whether all lanes are chosen, which stand behind the last one."""
        return self._experiment is not None and self.lane.currentIndex() == len(self._experiment.lanes)

    def _on_library_chosen(self) -> None:
        self._start()

    def _start(self) -> None:
        if self._experiment is None:
            return
        if self._writing is not None:
            self._old.append(self._writing)
        self._rest.stop()
        self._old = [writing for writing in self._old if writing.isRunning()]
        self._writing = _Writing(self._experiment, self.lane.currentIndex(), self.library.currentData(), self)
        self._show(None, self.tr("Writing …"))  # the script before stays in sight meanwhile
        self._writing.finished.connect(self._on_finished)
        self._writing.start()

    def _on_finished(self) -> None:
        writing = self._writing
        if writing is None or writing.isRunning() or self.sender() is not writing:
            return
        self._writing = None
        self._show(writing.code, writing.fault or self._about(writing.code))

    def _about(self, found: code.Code | None) -> str:
        if self._is_together:
            if found is None or found.arrays is None:
                return self.tr("The script repeats all lanes of the race from their start with the settings of now.")
            return self.tr(
                "The script repeats all lanes of the race from their start with the settings of now. Samples and "
                "initial weights are saved beside it, in a file of the same name."
            )
        if found is None or found.arrays is None:
            return self.tr("The script repeats the lane from its start with the settings of now.")
        return self.tr(
            "The script repeats the lane from its start with the settings of now. Samples and initial weights are "
            "saved beside it, in a file of the same name."
        )

    def _show(self, found: code.Code | None, said: str) -> None:
        self.code = found
        self.said.setText(said)
        script = "" if found is None else found.script
        if script != self.text.toPlainText() and (script or not self.is_busy):
            at = self.text.verticalScrollBar().value()
            self.text.setPlainText(script)
            self.text.verticalScrollBar().setValue(at)  # the same place in another text
        for button in (self.copy, self.save):
            button.setEnabled(found is not None)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _on_save(self) -> None:
        if self.code is None:
            return
        path = dialogs.ask_save(self, self.folder / f"{self.code.name}.py", "py")
        if path is not None:
            path = path if path.suffix == ".py" else path.with_name(f"{path.name}.py")
            self.folder = path.parent
            self.write(path)
