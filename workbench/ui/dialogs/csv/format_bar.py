"""How a table is written, where that is not to be guessed: a row of choices above its first rows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.engine.datasets import CsvFormat
from workbench.experiment.experiment import OF_A_FILE, DataSetup
from workbench.ui.forms.fields import ChoiceField, TextField


class FormatBar(QWidget):
    """Edits what is said of a file; `edited` tells of each change."""

    edited = Signal()

    def __init__(self, given: DataSetup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        guess = ("guess", self.tr("guessed"))
        self.header = self._add(
            self.tr("First line"), self.tr("Whether the first line holds the names of the columns"),
            guess, ("yes", self.tr("names")), ("no", self.tr("a row")),
        )  # fmt: skip
        self.separator = self._add(
            self.tr("Separator"), self.tr("What stands between values"),
            guess, ("comma", self.tr("comma ,")), ("semicolon", self.tr("semicolon ;")), ("tab", self.tr("tab")),
            ("bar", self.tr("bar |")), ("space", self.tr("spaces")),
        )  # fmt: skip
        self.decimal = self._add(
            self.tr("Decimal mark"), self.tr("What stands before the decimals of a number"),
            guess, ("point", self.tr("point .")), ("comma", self.tr("comma ,")),
        )  # fmt: skip
        self.thousands = self._add(
            self.tr("Thousands mark"), self.tr("What stands between groups of three digits"),
            guess, ("none", self.tr("none")), ("comma", self.tr("comma ,")), ("point", self.tr("point .")),
            ("space", self.tr("space")), ("apostrophe", self.tr("apostrophe '")),
        )  # fmt: skip
        self.words = TextField(self)
        tip = self.tr("Words that stand for a missing value, with commas between them; empty for the usual ones")
        self.words.set_tip(tip, self.tr("Missing words"))
        self.words.edit.setPlaceholderText("NA, NaN, -, ?, …")
        self.words.edited.connect(self._on_edited)
        self._place(self.tr("Missing words"), self.words)
        self.show_format(given)

    def _add(self, title: str, tip: str, *choices: tuple[str, str]) -> ChoiceField:
        field = ChoiceField(tuple(key for key, _ in choices), tuple(word for _, word in choices), self)
        field.set_tip(tip, title)
        field.edited.connect(self._on_edited)
        self._place(title, field)
        return field

    def _place(self, title: str, field: QWidget) -> None:
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(QLabel(title, self))
        column.addWidget(field)
        self._row.addLayout(column, 1)

    def show_format(self, data: DataSetup) -> None:
        """Show what an experiment says of its file."""
        for name in ("header", "separator", "decimal", "thousands"):
            getattr(self, name).set_value(getattr(data, name))
        self.words.set_value(", ".join(data.missing_words))

    @property
    def fields(self) -> dict[str, Any]:
        """The keys of a `DataSetup` that say it."""
        words = dict.fromkeys(word.strip() for word in self.words.edit.text().split(","))
        chosen = {name: getattr(self, name).currentData() for name in OF_A_FILE if hasattr(self, name)}
        return chosen | {"missing_words": tuple(word for word in words if word)}

    @property
    def told(self) -> CsvFormat:
        """What is said of the file."""
        return CsvFormat(**self.fields)

    def _on_edited(self, _value: object) -> None:
        self.edited.emit()
