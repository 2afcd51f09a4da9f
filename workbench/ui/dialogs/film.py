"""A film of the run: what it shows, how long it is, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.export.film_plan import (
    BY_LOSS,
    LEAST_SIDE,
    LINEAR,
    LOGARITHMIC,
    MOST_FRAMES,
    MOST_SIDE,
    FilmPlan,
    find_encoder,
    missing,
)
from workbench.export.formats import FILMS
from workbench.ui.dialogs import files as dialogs
from workbench.ui.words.text import grouped, readable

_SIZES = ((640, 480), (800, 800), (1280, 720), (1920, 1080))
_MOST_STEPS, _USUAL = 10**9, 100


class FilmDialog(QDialog):
    """Asks for a film, and shows how far it has come while others make it; the window stays usable."""

    #: (the plan, where it is to be written): the film is wanted; (second signal) it is wanted no more
    wanted = Signal(object, object)
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Film of the run"))
        self.folder, self._busy = Path.home(), False
        self._make_choices()
        self._make_numbers()
        self.told, self.note = QLabel(self), QLabel(self)
        for label in (self.told, self.note):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setObjectName("muted")
        self.note.setText(
            self.tr(
                "The run is made again from its start, as the experiment stands now: an edit on the way is in force "
                "from the first step."
            )
        )
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Frames made"))
        self.progress.hide()
        self._make_buttons()
        self._lay_out()

    def _make_choices(self) -> None:
        self.view, self.kind, self.law, self.theme = (QComboBox(self) for _ in range(4))
        self.view.setToolTip(self.tr("What the film shows"))
        self.kind.setToolTip(self.tr("The format of the file"))
        for key, entry in FILMS.items():
            self.kind.addItem(entry.title, key)
        self.law.setToolTip(self.tr("How the steps are spread over the frames"))
        for key, text in (
            (LINEAR, self.tr("Evenly")),
            (LOGARITHMIC, self.tr("Logarithmic: slow at first")),
            (BY_LOSS, self.tr("By loss: slow where it changes")),
        ):
            self.law.addItem(text, key)
        self.theme.setToolTip(self.tr("The film's colours, whatever the window's are"))
        self.theme.addItem(self.tr("Light"), "light")
        self.theme.addItem(self.tr("Dark"), "dark")
        self.kind.currentIndexChanged.connect(self._tell)

    def _make_numbers(self) -> None:
        self.first, self.last, self.frames, self.fps, self.across, self.down = (QSpinBox(self) for _ in range(6))
        for box, low, high, value, tip in (
            (self.first, 0, _MOST_STEPS, 0, self.tr("The step of the first frame")),
            (self.last, 0, _MOST_STEPS, 100, self.tr("The step of the last frame")),
            (self.frames, 1, MOST_FRAMES, 120, self.tr("How many frames; each shows another step")),
            (self.fps, 1, 60, 20, self.tr("Frames a second")),
            (self.across, LEAST_SIDE, MOST_SIDE, 640, self.tr("Width of a frame")),
            (self.down, LEAST_SIDE, MOST_SIDE, 480, self.tr("Height of a frame")),
        ):
            box.setRange(low, high)
            box.setValue(value)
            box.setToolTip(tip)
            box.setAccessibleName(tip)
            box.valueChanged.connect(self._tell)
        for box in (self.across, self.down):
            box.setSuffix(" px")
        self.size_preset = QComboBox(self)
        self.size_preset.setToolTip(self.tr("Usual sizes of a frame"))
        self.size_preset.addItem(self.tr("Own size"), None)
        for across, down in _SIZES:
            self.size_preset.addItem(f"{across} × {down}", (across, down))
        self.size_preset.setCurrentIndex(1)
        self.size_preset.activated.connect(self._on_size_chosen)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.save, self.cancel = QPushButton(self.tr("&Save film …"), self), QPushButton(self.tr("&Cancel"), self)
        self.save.setDefault(True)
        self.save.setToolTip(self.tr("Choose a file and make the film"))
        self.cancel.setToolTip(self.tr("Make this film no more; no file is written"))
        self.buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.cancel, QDialogButtonBox.ButtonRole.ActionRole)
        self.cancel.hide()  # the box shows what it is given
        self.buttons.rejected.connect(self.reject)
        self.save.clicked.connect(self._on_save)
        self.cancel.clicked.connect(self.cancelled)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self.tr("Shows"), self.view)
        form.addRow(self.tr("Steps"), _beside(self.first, QLabel(self.tr("to"), self), self.last))
        form.addRow(self.tr("Pace"), self.law)
        form.addRow(self.tr("Frames"), _beside(self.frames, QLabel(self.tr("at"), self), self.fps,
                                               QLabel(self.tr("a second"), self)))  # fmt: skip
        form.addRow(self.tr("Size"), _beside(self.size_preset, self.across, QLabel("×", self), self.down))
        form.addRow(self.tr("Colours"), self.theme)
        form.addRow(self.tr("Format"), self.kind)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        for widget in (self.told, self.note, self.progress, self.buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(440)

    def bring_up(self, views: Sequence[tuple[str, str]], *, front: str, step: int, limit: int | None) -> None:
        """Open for a race with these views (keys and titles), which stands at a step, and ends at another."""
        before = self.view.currentData()
        self.view.clear()
        for key, title in views:
            self.view.addItem(title, key)
        keys = [key for key, _ in views]
        self.view.setCurrentIndex(keys.index(before if before in keys else front) if keys else -1)
        for box in (self.first, self.last):
            box.setMaximum(_MOST_STEPS if limit is None else limit)
        self.last.setValue(step or limit or _USUAL)
        self._tell()
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def plan(self) -> FilmPlan:
        """What is asked for."""
        return FilmPlan(
            self.view.currentData() or "", self.first.value(), self.last.value(), self.frames.value(),
            self.fps.value(), (self.across.value(), self.down.value()), self.law.currentData(),
            self.theme.currentData(),
        )  # fmt: skip

    def show_progress(self, made: int, count: int) -> None:
        """So many frames of so many are made."""
        self._under_way(going_on=True)
        self.progress.setRange(0, count)
        self.progress.setValue(made)
        self.told.setText(
            self.tr("Frame {} of {}").format(grouped(made), grouped(count)) if count else self.tr("The race is run …")
        )

    def show_end(self, words: str) -> None:
        """It is made, or is not."""
        self._under_way(going_on=False)
        self._tell()
        self.told.setText(words)

    def _under_way(self, *, going_on: bool) -> None:
        self._busy = going_on
        self.progress.setVisible(going_on)
        self.cancel.setVisible(going_on)
        self.save.setEnabled(not going_on)

    def _tell(self, *_: object) -> None:
        """Say how long it will be, what makes it, or why it cannot be."""
        if self._busy:
            return
        plan, kind = self.plan, self.kind.currentData()
        lack = missing(kind)
        fault = plan.fault()
        if lack or fault:
            said = lack or self.tr("This film cannot be: {}").format(fault)
        else:
            said = self.tr("{} frames, {} s").format(grouped(plan.count), readable(plan.count / plan.fps))
            if kind == "mp4":
                said = self.tr("{}; made by {}").format(said, find_encoder())
        self.told.setText(said)
        self.save.setEnabled(not (lack or fault))

    def _on_size_chosen(self, _index: int) -> None:
        size = self.size_preset.currentData()
        if size:
            self.across.setValue(size[0])
            self.down.setValue(size[1])

    def _on_save(self) -> None:
        plan, kind = self.plan, self.kind.currentData()
        path = dialogs.ask_save(self, self.folder / f"{plan.view}.{kind}", kind)
        if path is not None:
            self.folder = path.parent
            self.wanted.emit(plan, path)


def _beside(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 0 if isinstance(widget, QLabel) else 1)
    return row
