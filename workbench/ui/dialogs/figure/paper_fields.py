"""The page of a figure, as fields: its size in a unit, its text, its resolution."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from workbench.export.figure_plan import LEAST_DPI, LEAST_FONT, MOST_DPI, MOST_FONT, PRESETS, UNITS, Paper

_DECIMALS = {"mm": 1, "in": 3, "px": 0}


class PaperFields(QObject):
    """Usual pages to choose from, and what they consist of."""

    #: another page is wanted
    changed = Signal()
    #: (theme): a usual page was chosen, which has these colours
    theme_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.preset, self.unit = QComboBox(parent), QComboBox(parent)
        self.preset.setToolTip(self.tr("Usual pages, each with its size of text and resolution"))
        self.preset.addItem(self.tr("Own page"), None)
        titles = {
            "paper": self.tr("Paper, 174 mm wide"), "column": self.tr("Paper, one column"),
            "slide": self.tr("Slide, 16:9"), "screen": self.tr("Screen"),
        }  # fmt: skip
        for key, preset in PRESETS.items():
            self.preset.addItem(titles.get(key, preset.title), key)
        self.preset.activated.connect(self._on_preset)
        self.unit.setToolTip(self.tr("Unit of width and height"))
        self.unit.setAccessibleName(self.tr("Unit of width and height"))
        for key, text in (("mm", "mm"), ("in", self.tr("inches")), ("px", self.tr("pixels"))):
            self.unit.addItem(text, key)
        self._unit = "mm"
        self.across, self.down, self.font_size = QDoubleSpinBox(parent), QDoubleSpinBox(parent), QDoubleSpinBox(parent)
        self.dpi = QSpinBox(parent)
        tips = (
            (self.across, self.tr("Width of the page")),
            (self.down, self.tr("Height of the page")),
            (self.font_size, self.tr("Size of ordinary text, in points; lines and symbols go with it")),
            (self.dpi, self.tr("Pixels an inch, of a PNG")),
        )
        for field, tip in tips:
            field.setToolTip(tip)
            field.setAccessibleName(tip)
            field.setKeyboardTracking(False)
        for number in (self.across, self.down, self.font_size):
            number.valueChanged.connect(self._on_edited)
        self.dpi.valueChanged.connect(self._on_edited)
        for side in (self.across, self.down):
            side.setRange(0.1, 1_000_000.0)
        self.font_size.setRange(LEAST_FONT, MOST_FONT)
        self.font_size.setSuffix(" pt")
        self.font_size.setDecimals(1)
        self.dpi.setRange(LEAST_DPI, MOST_DPI)
        self.dpi.setSuffix(self.tr(" dpi"))
        self.unit.activated.connect(self._on_unit)
        self.show_paper(PRESETS["paper"].paper)

    def lay_in(self, form: QFormLayout) -> None:
        """Put the fields into a form."""
        form.addRow(self.tr("&Page"), self.preset)
        row = beside(self.across, QLabel("×"), self.down, self.unit)
        form.addRow(named(self.tr("Si&ze"), self.across), row)
        form.addRow(named(self.tr("Te&xt"), self.font_size), beside(self.font_size, QLabel(self.tr("at")), self.dpi))

    @property
    def paper(self) -> Paper:
        """The page that is asked for."""
        return Paper(
            round(self.across.value(), 3), round(self.down.value(), 3), self._unit,
            round(self.font_size.value(), 1), self.dpi.value(),
        )  # fmt: skip

    def show_paper(self, paper: Paper) -> None:
        """Show a page, without saying so."""
        boxes = (self.across, self.down, self.font_size, self.dpi)
        blockers = [QSignalBlocker(box) for box in boxes]
        self._unit = paper.unit
        self.unit.setCurrentIndex(self.unit.findData(paper.unit))
        for box in (self.across, self.down):
            box.setDecimals(_DECIMALS[paper.unit])
            box.setSingleStep({"mm": 5.0, "in": 0.25, "px": 50.0}[paper.unit])
        self.across.setValue(paper.width)
        self.down.setValue(paper.height)
        self.font_size.setValue(paper.font)
        self.dpi.setValue(paper.dpi)
        del blockers
        self._name_preset()

    def _name_preset(self) -> None:
        """Say which usual page it is, if any."""
        paper = self.paper
        found = next((key for key, preset in PRESETS.items() if preset.paper == paper), None)
        self.preset.setCurrentIndex(self.preset.findData(found) if found else 0)

    def _on_preset(self, _index: int) -> None:
        key = self.preset.currentData()
        if key is None:
            return
        self.show_paper(PRESETS[key].paper)
        self.theme_wanted.emit(PRESETS[key].theme)
        self.changed.emit()

    def _on_unit(self, _index: int) -> None:
        """The same page in another unit."""
        paper, unit = self.paper, self.unit.currentData()
        across, down = paper.inches
        per_inch = UNITS[unit] or float(paper.dpi)
        digits = _DECIMALS[unit]
        self.show_paper(
            Paper(round(across * per_inch, digits), round(down * per_inch, digits), unit, paper.font, paper.dpi)
        )
        self.changed.emit()

    def _on_edited(self, _value: object) -> None:
        self._name_preset()
        self.changed.emit()


def beside(*widgets: QWidget) -> QHBoxLayout:
    """Widgets in a row, of which fields share the room."""
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 0 if isinstance(widget, (QLabel, QPushButton)) else 1)
    return row


def named(text: str, field: QWidget) -> QLabel:
    """The name of a row whose first field is reached by its key."""
    label = QLabel(text)
    label.setBuddy(field)
    return label
