"""A figure of the run: which views, on what page, with what words; and how it will look."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.export.figure_plan import MOST_VIEWS, FigurePlan
from workbench.export.formats import FORMATS, PICTURES
from workbench.ui.dialogs import files as dialogs
from workbench.ui.dialogs.figure.paper_fields import PaperFields, beside, named
from workbench.ui.dialogs.figure.preview import Preview
from workbench.ui.dialogs.figure.view_list import ViewList
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.words.text import grouped, readable

_MOST_STEPS, _PAUSE = 10**9, 200  # milliseconds after the last edit
_CURVES = ("loss", "gradients")


class FigureDialog(QDialog):
    """Asks for a figure and shows it as it will be; others make it, and the window stays usable."""

    #: (the plan, the step): a preview is wanted
    preview_wanted = Signal(object, int)
    #: (the plan, the step, where it is to be written, whether curves for LaTeX beside it)
    wanted = Signal(object, int, object, bool)
    #: (the step): another step is asked for, of which the caption speaks
    step_changed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Figure of the run"))
        self.folder, self._now, self._fault, self._saving = Path.home(), 0, "", False
        self._own_title = self._own_caption = ""
        self.views, self.paper, self.preview = ViewList(self), PaperFields(self), Preview(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._on_pause)
        self._make_fields()
        self._make_buttons()
        self._lay_out()
        for part in (self.views, self.paper):
            part.changed.connect(self._on_edited)
        self.paper.theme_wanted.connect(self._on_theme_wanted)
        self.preview.resized.connect(self._on_resized)

    def _make_fields(self) -> None:
        self.rows, self.columns, self.step = QSpinBox(self), QSpinBox(self), QSpinBox(self)
        for box, tip in ((self.rows, self.tr("Rows of the grid")), (self.columns, self.tr("Columns of the grid"))):
            box.setRange(0, MOST_VIEWS)
            box.setSpecialValueText(self.tr("as needed"))
            box.setToolTip(tip)
            box.setAccessibleName(tip)
            box.valueChanged.connect(self._on_edited)
        self.step.setToolTip(self.tr("The step that the figure shows"))
        self.step.setKeyboardTracking(False)
        self.step.valueChanged.connect(self._on_step)
        self.now = QPushButton(self.tr("&Now"), self)
        self.now.setToolTip(self.tr("The step at which the race stands in the window"))
        self.now.setAutoDefault(False)
        self.now.clicked.connect(self._on_now)
        self.title, self.caption = QLineEdit(self), QPlainTextEdit(self)
        self.title.setToolTip(self.tr("Stands above the views; none where it is empty"))
        self.title.setMaxLength(200)
        self.caption.setToolTip(self.tr("Stands below the views: lanes with their rates, steps and seed, or your own"))
        self.caption.setTabChangesFocus(True)
        self.caption.setFixedHeight(4 * self.caption.fontMetrics().lineSpacing() + 12)
        self.title.textChanged.connect(self._on_edited)
        self.caption.textChanged.connect(self._on_edited)
        self.letters = QCheckBox(self.tr("&Letters (a), (b), … before the views"), self)
        self.letters.setChecked(True)
        self.letters.toggled.connect(self._on_edited)
        self.theme, self.kind = QComboBox(self), QComboBox(self)
        self.theme.setToolTip(self.tr("The figure's colours, whatever the window's are"))
        self.theme.addItem(self.tr("Light"), "light")
        self.theme.addItem(self.tr("Dark"), "dark")
        self.theme.currentIndexChanged.connect(self._on_edited)
        self.kind.setToolTip(self.tr("The format of the file; SVG and PDF have lines and letters as such"))
        for entry in PICTURES:
            self.kind.addItem(entry.title, entry.key)
        self.kind.currentIndexChanged.connect(self._on_kind_changed)
        self.tex = QCheckBox(self.tr("&Curves for LaTeX beside it"), self)
        self.tex.setToolTip(self.tr("Loss and gradients as a CSV table, and a document that draws it by pgfplots"))

    def _make_buttons(self) -> None:
        self.told = QLabel(self)
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.note = QLabel(
            self.tr(
                "The run is made again from its start, as the experiment stands now: an edit on the way is in force "
                "from the first step."
            ),
            self,
        )
        self.note.setObjectName("muted")
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.save = QPushButton(self.tr("&Save figure …"), self)
        self.save.setToolTip(self.tr("Choose a file and write the figure"))
        self.save.setDefault(True)
        self.buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        self.save.clicked.connect(self._on_save)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(named(self.tr("&Views"), self.views.list), self.views)
        form.addRow(named(self.tr("&Grid"), self.rows), beside(self.rows, QLabel("×"), self.columns))
        form.addRow(named(self.tr("S&tep"), self.step), beside(self.step, self.now))
        form.addRow(self.tr("T&itle"), self.title)
        form.addRow(self.tr("Ca&ption"), self.caption)
        form.addRow("", self.letters)
        self.paper.lay_in(form)
        form.addRow(self.tr("C&olours"), self.theme)
        form.addRow(self.tr("&Format"), self.kind)
        form.addRow("", self.tex)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(self.preview, 1)
        right.addWidget(self.told)
        right.addWidget(self.note)
        both = QHBoxLayout()
        both.addLayout(left)
        both.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(both, 1)
        layout.addWidget(self.buttons)
        open_in(self, 940, 660)

    # What the flow calls

    def bring_up(
        self, views: Sequence[tuple[str, str]], checked: Sequence[str], *, step: int, limit: int | None
    ) -> None:
        """Open for a race with these views (keys and titles), which stands at a step and may end at another."""
        self.views.offer(views, self.views.checked or checked)
        self.show_now(step)
        with QSignalBlocker(self.step):
            self.step.setRange(0, _MOST_STEPS if limit is None else limit)
            self.step.setValue(step)
        self.show()
        self.raise_()
        self.activateWindow()
        self._on_edited()

    def show_now(self, step: int) -> None:
        """So far is the race in the window."""
        self._now = step

    def show_words(self, title: str, caption: str) -> None:
        """What the experiment says by itself: it stands there unless a person wrote something else."""
        if self.title.text() == self._own_title:
            self.title.setText(title)
            self.title.setCursorPosition(0)  # its beginning is seen
        if self.caption.toPlainText() == self._own_caption:
            self.caption.setPlainText(caption)
        self._own_title, self._own_caption = title, caption

    def show_preview(self, image: QImage) -> None:
        """This is how it looks."""
        self._fault = ""
        self.preview.show_image(image)
        self._tell(anew=False)

    def show_fault(self, words: str) -> None:
        """It cannot be, for this reason."""
        self._fault = words
        self.preview.say(words)
        self._tell()

    def show_waiting(self) -> None:
        """It is being made."""
        self.preview.wait(self.tr("The race is run …"))

    def show_end(self, words: str) -> None:
        """It is written, or is not."""
        self._saving = False
        self._tell()
        self.told.setText(words)

    @property
    def plan(self) -> FigurePlan:
        """What is asked for; words that nobody has changed are left to the experiment."""
        title, caption = self.title.text(), self.caption.toPlainText()
        return FigurePlan(
            self.views.checked, self.paper.paper, self.rows.value(), self.columns.value(),
            None if title == self._own_title else title, None if caption == self._own_caption else caption,
            self.letters.isChecked(), self.theme.currentData(),
        )  # fmt: skip

    def take_choices(self, plan: FigurePlan, kind: str, *, tex: bool) -> None:
        """Begin with what was chosen last."""
        parts = (self.rows, self.columns, self.letters, self.theme, self.kind)
        blockers = [QSignalBlocker(part) for part in parts]
        self.rows.setValue(plan.rows)
        self.columns.setValue(plan.columns)
        self.letters.setChecked(plan.letters)
        for box, key in ((self.theme, plan.theme), (self.kind, kind)):
            box.setCurrentIndex(max(0, box.findData(key)))
        self.tex.setChecked(tex)
        self.paper.show_paper(plan.paper)
        del blockers

    # What a person does

    def _on_edited(self, *_: object) -> None:
        self._tell()
        if self.isVisible():
            self._pause.start()

    def _on_resized(self) -> None:
        if self.isVisible():
            self._pause.start()

    def _on_pause(self) -> None:
        if not self.isVisible():
            return
        plan = self.plan
        fault = plan.fault("svg")
        if fault:
            self.show_fault(self.tr("This figure cannot be: {}").format(fault))
        else:
            self.preview_wanted.emit(plan, self.step.value())

    def _on_step(self, step: int) -> None:
        self.step_changed.emit(step)
        self._on_edited()

    def _on_now(self) -> None:
        self.step.setValue(self._now)

    def _on_theme_wanted(self, key: str) -> None:
        self.theme.setCurrentIndex(self.theme.findData(key))

    def _on_kind_changed(self, _index: int) -> None:
        self._tell()

    def _tell(self, *, anew: bool = True) -> None:
        """Say how large it will be, or why it cannot be; `anew` also where it was said that one has been written."""
        plan, kind = self.plan, self.kind.currentData()
        fault = plan.fault(kind)
        self.tex.setEnabled(any(key in _CURVES for key in plan.views))
        self.save.setEnabled(not (fault or self._fault or self._saving))
        if fault:
            said = self.tr("This figure cannot be: {}").format(fault)
        elif FORMATS[kind].is_raster:
            across, down = plan.paper.pixels
            said = self.tr("{} × {} pixels").format(grouped(across), grouped(down))
        else:
            across_in, down_in = plan.paper.inches
            said = self.tr("{} × {} mm").format(readable(25.4 * across_in), readable(25.4 * down_in))
        if anew or fault:
            self.told.setText(said)

    def _on_save(self) -> None:
        plan, kind = self.plan, self.kind.currentData()
        name = plan.views[0] if len(plan.views) == 1 else "figure"
        path = dialogs.ask_save(self, self.folder / f"{name}.{kind}", kind)
        if path is None:
            return
        self.folder = path.parent
        self._saving = True
        self.save.setEnabled(False)
        self.told.setText(self.tr("The figure is written …"))
        tex = self.tex.isChecked() and self.tex.isEnabled()
        self.wanted.emit(plan, self.step.value(), path, tex)
