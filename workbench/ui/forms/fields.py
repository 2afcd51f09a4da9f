"""One editor for each kind of `Param`: it shows a value, and tells of a person's edits alone."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from workbench.engine.params import Param, RequestError, Value
from workbench.ui.forms.fault import FaultLabel, clipped
from workbench.ui.forms.line_edit import LineEdit
from workbench.ui.forms.lines_field import LinesField
from workbench.ui.forms.number_edit import EditBorder, NumberEdit
from workbench.ui.words.text import engine_text

_SLIDER_STEPS = 400
_EDIT_FIRST = 1000  # stretch: the line takes its width, the slider the rest
_SLIDER_SPAN = 100.0  # a wider range without a slider of its own is for typing


class NumberField(QWidget):
    """A number with a slider where the Param has a range for one, and its fault beside it."""

    edited = Signal(object)

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._param = param
        self.edit = NumberEdit(param, self)
        self.edit.set_digits(7)
        self.slider: QSlider | None = None
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        span = _span(self._param)
        if span is not None:
            self.slider = QSlider(Qt.Orientation.Horizontal, self)
            self.slider.setRange(0, _SLIDER_STEPS)
            self.slider.setMinimumWidth(40)
            self.slider.setPageStep(_SLIDER_STEPS // 20)
            self.slider.valueChanged.connect(self._on_slider_moved)
            self.slider.sliderPressed.connect(self._on_slider_pressed)
            self.slider.sliderReleased.connect(self._on_slider_released)
            self.slider.installEventFilter(self)
            row.addWidget(self.slider, 1)
        else:
            row.addStretch(1)
        row.addWidget(self.edit, _EDIT_FIRST)
        self._fault = FaultLabel(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(row)
        column.addWidget(self._fault)
        self.edit.edited.connect(self._on_edited)
        self.edit.fault_changed.connect(self._on_fault_changed)
        self._showing = False

    def set_value(self, value: Value) -> None:
        """Show a value without telling of an edit."""
        self.edit.set_value(value)
        self._show_on_slider(float(value))

    def take_param(self, param: Param) -> bool:
        """Edit another setting from now on; False where that needs a field made otherwise, with a slider or without."""
        if (_span(param) is None) != (self.slider is None):
            return False
        self._param = param
        self.edit.set_param(param)
        if self.edit.isModified():
            self.edit.let_go()
        explain(self, param)
        return True

    def set_limits(self, low: int, high: int) -> None:
        """Take whole numbers from `low` to `high` alone: what is allowed may follow from another choice."""
        self._param = replace(self._param, low=low, high=high)
        self.edit.set_param(self._param)

    def set_tip(self, tip: str, name: str) -> None:
        """Explain the setting, to the eye and to a screen reader."""
        for widget in (self.edit, self.slider):
            if widget is not None:
                widget.setToolTip(tip)
                widget.setAccessibleName(name)

    def _show_on_slider(self, value: float) -> None:
        span = _span(self._param)
        if self.slider is None or span is None or self.slider.isSliderDown():
            return
        low, high = span
        if self._param.scale == "log":
            value = math.log10(value) if value > 0 else low
        self._showing = True
        self.slider.setValue(round(_SLIDER_STEPS * (min(max(value, low), high) - low) / (high - low)))
        self._showing = False

    def _on_slider_pressed(self) -> None:
        EditBorder(begins=True).tell(self)

    def _on_slider_released(self) -> None:
        EditBorder().tell(self)

    def _on_slider_moved(self, position: int) -> None:
        span = _span(self._param)
        if self._showing or span is None:
            return
        low, high = span
        value = low + (high - low) * position / _SLIDER_STEPS
        if self._param.scale == "log":
            value = 10**value
        number: Value = round(value) if self._param.kind == "int" else float(f"{value:.3g}")
        try:
            number = self._param.check(number)
        except RequestError:  # an open end of the range: the slider stops just before it
            return
        self.edit.set_value(number)
        self.edited.emit(number)

    def _on_edited(self, value: object) -> None:
        if isinstance(value, (int, float)):
            self._show_on_slider(float(value))
        self.edited.emit(value)

    def _on_fault_changed(self, fault: str) -> None:
        self._fault.say(" ".join(clipped(word) for word in fault.split(" ")))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        # a wheel meant to scroll the panel must not change a setting on its way
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _span(param: Param) -> tuple[float, float] | None:
    """The ends of a setting's slider, as log10 where it moves by factors; None where it has none."""
    ends = param.slider
    if ends is None and param.high - param.low <= _SLIDER_SPAN:
        ends = (param.low, param.high)
    if ends is None:
        return None
    if param.scale == "log":
        return (math.log10(max(ends[0], 1e-12)), math.log10(ends[1]))
    return ends


class ChoiceField(QComboBox):
    """One of a few words; a wheel over it scrolls the panel instead of changing it."""

    edited = Signal(object)

    def __init__(self, keys: tuple[str, ...], titles: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_choices(keys, titles)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(self._on_activated)

    def set_choices(self, keys: tuple[str, ...], titles: tuple[str, ...]) -> None:
        """Offer other words; the first one is shown."""
        self._keys = keys
        self.clear()
        for key, title in zip(keys, titles, strict=True):
            self.addItem(title, key)

    def set_value(self, value: Value) -> None:
        """Show a value without telling of an edit."""
        if value in self._keys:
            self.setCurrentIndex(self._keys.index(str(value)))

    def set_tip(self, tip: str, name: str) -> None:
        self.setToolTip(tip)
        self.setAccessibleName(name)

    def _on_activated(self, index: int) -> None:
        self.edited.emit(self._keys[index])

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        event.ignore()


class SwitchField(QCheckBox):
    """True or false."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clicked.connect(self._on_clicked)

    def set_value(self, value: Value) -> None:
        """Show a value without telling of an edit."""
        self.setChecked(bool(value))

    def set_tip(self, tip: str, name: str) -> None:
        self.setToolTip(tip)
        self.setAccessibleName(name)

    def _on_clicked(self, checked: bool) -> None:
        self.edited.emit(checked)


#: Characters that a text field takes: Qt lays the whole line out at each key. No text may be half as long.
_LONGEST_LINE = 2000
#: Characters of a fault that are shown again below the text.
_MOST_MARKED = 24


class TextField(QWidget):
    """A line of text that is judged as it is typed, its fault below it with the place marked."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = LineEdit(self)
        self.edit.setMaxLength(_LONGEST_LINE)
        self._fault = FaultLabel(self)
        self._note = QLabel(self)
        self._note.setObjectName("muted")
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.edit)
        column.addWidget(self._fault)
        column.addWidget(self._note)
        self.edit.textEdited.connect(self._on_text_edited)

    def set_value(self, value: Value) -> None:
        """Show a text, unless a person is typing another one."""
        if not (self.edit.hasFocus() and self.edit.isModified()) and self.edit.text() != value:
            self.edit.setText(str(value))
            self.show_fault("", -1, 0)

    def set_tip(self, tip: str, name: str) -> None:
        self.edit.setToolTip(tip)
        self.edit.setAccessibleName(name)

    def show_fault(self, sentence: str, position: int, length: int) -> None:
        """Say what is wrong with the text, and where: `length` characters from `position`."""
        shown = self.edit.text()
        excerpt = ""
        if sentence and 0 <= position <= len(shown):
            before = html.escape(shown[max(0, position - 14) : position])
            end = position + min(max(1, length), _MOST_MARKED)
            wrong = html.escape(shown[position:end] or "▯")
            after = html.escape(shown[end : end + 10])
            excerpt = f"<br>…{before}<b><u>{wrong}</u></b>{after}…"
        self._fault.say(html.escape(sentence) + excerpt)
        if self.edit.property("faulty") != bool(sentence):
            self.edit.setProperty("faulty", bool(sentence))
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)

    def show_note(self, sentences: Sequence[str]) -> None:
        """Say below the text what is right and yet may not be meant; nothing for none."""
        self._note.setText("\n".join(sentences))
        self._note.setVisible(bool(sentences))

    @property
    def note(self) -> str:
        """What is asked about below the text, empty where nothing is."""
        return "" if self._note.isHidden() else self._note.text()

    @property
    def fault(self) -> str:
        """The sentence shown below the text, empty where there is none."""
        return "" if self._fault.isHidden() else self._fault.text()

    def _on_text_edited(self, text: str) -> None:
        self.edited.emit(text)


Field = NumberField | ChoiceField | SwitchField | TextField | LinesField


def make_field(param: Param, parent: QWidget | None = None) -> Field:
    """The editor that fits a Param, with its explanation."""
    field: Field
    if param.kind == "bool":
        field = SwitchField(parent)
    elif param.kind == "text":
        field = LinesField(parent) if "\n" in str(param.default) else TextField(parent)
    elif param.kind == "choice":
        field = ChoiceField(param.choices, tuple(engine_text(c) for c in param.choices), parent)
    else:
        field = NumberField(param, parent)
    explain(field, param)
    return field


def explain(field: Field, param: Param) -> None:
    """Have the field say what is set in it."""
    name = engine_text(param.words)
    sign = f" ({param.symbol})" if param.symbol else ""
    field.set_tip(f"{name}{sign}: {engine_text(param.doc)}", name)
