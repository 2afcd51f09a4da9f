"""A line for one number, and what it tells the window of an edit."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QWidget

from workbench.engine.params import Param, RequestError, Value
from workbench.ui.forms.line_edit import FieldEvent, LineEdit
from workbench.ui.words.text import exact

_SPARE_DIGITS = 2
_EDIT_MARGIN = 20  # pixels of a line that are frame, padding and a sign


_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)
#: keys of the race that no number needs, and those that a number needs while it is being typed
_NO_DIGITS = (Qt.Key.Key_Space, Qt.Key.Key_R, Qt.Key.Key_U, Qt.Key.Key_A, Qt.Key.Key_B, Qt.Key.Key_L)
_MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home)


class EditBorder(FieldEvent):
    """Sent to the window that a field is in where an edit is complete, or where one `begins` that takes a while."""

    kind = QEvent.Type(QEvent.registerEventType())

    def __init__(self, *, begins: bool = False) -> None:
        super().__init__(self.kind)
        self.begins = begins


class NumberEdit(LineEdit):
    """A line for one number. Up and Down change it by a tenth of its size; what is out of range is not taken.

    After Return it rests: it keeps its place for Tab, Up and Down, and the next digit begins another number, but the
    keys that move within a line are the window's.
    """

    #: a number that the Param allows, typed or stepped by a person
    edited = Signal(object)
    #: what is wrong with the text, empty when nothing is
    fault_changed = Signal(str)
    _digits = 0  # Qt's constructor may already tell of a font

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._param = param
        self._value: Value = 0.0
        self._rests = False
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self._on_editing_finished)
        self.textEdited.connect(self._on_text_edited)

    def set_param(self, param: Param) -> None:
        """Judge by another Param from now on."""
        self._param = param

    def set_value(self, value: Value) -> None:
        """Show a value, unless a person is typing another one."""
        if value != self._value or not self.text():
            self._value = value
            if not (self.hasFocus() and self.isModified()):
                self._show_value()

    def let_go(self) -> None:
        """Show the value again in place of what is typed."""
        self._show_value()

    def _show_value(self) -> None:
        value = self._value
        self.setText(str(value) if isinstance(value, int) else exact(float(value)))
        self.setModified(False)
        self._show_leading_digits()
        if self._rests:
            self.selectAll()
        self._set_fault("")

    def _parse(self) -> Value:
        text = self.text().strip().replace("−", "-").replace(",", ".")
        try:
            number = float(text)
        except ValueError:
            raise RequestError("", self.tr("must be a number")) from None
        if self._param.kind == "int" and number == int(number if math.isfinite(number) else 0.5):
            number = int(number)
        return self._param.check(number)

    def _on_text_edited(self, _text: str) -> None:
        self._rests = False
        try:
            self._parse()
            self._set_fault("")
        except RequestError as error:
            self._set_fault(error.problem)

    def _on_editing_finished(self) -> None:
        if not self.isModified():
            return
        try:
            value = self._parse()
        except RequestError as error:
            self._set_fault(error.problem)
            return
        EditBorder().tell(self)  # what is typed is a step of undo, whatever was done just before
        self._take(value)
        EditBorder().tell(self)

    def _take(self, value: Value) -> None:
        self._value = value
        self._show_value()
        self.edited.emit(value)

    def _set_fault(self, fault: str) -> None:
        if self.property("faulty") != bool(fault):
            self.setProperty("faulty", bool(fault))
            self.style().unpolish(self)
            self.style().polish(self)
        self.fault_changed.emit(fault)

    def set_digits(self, count: int) -> None:
        """Be as wide as so many digits, whatever the size of the text; a little less where there is no room."""
        self._digits = count
        self._fit()

    def _fit(self) -> None:
        if self._digits:
            digit = self.fontMetrics().horizontalAdvance("0")
            self.setMaximumWidth(digit * self._digits + _EDIT_MARGIN)
            self.setMinimumWidth(digit * max(2, self._digits - _SPARE_DIGITS) + _EDIT_MARGIN)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def leave(self) -> None:
        self._rests = True
        self.selectAll()

    def _is_of_the_race(self, event: QKeyEvent) -> bool:
        # No number has a space or an R: they go on to the race, so that a rate typed is a rate that can be run
        keys = _NO_DIGITS + _MOVES if self._rests else _NO_DIGITS
        if self._rests and event.matches(QKeySequence.StandardKey.Copy):
            return True
        return event.modifiers() in _PLAIN and event.key() in keys

    def event(self, event: QEvent) -> bool:
        of_keys = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if of_keys and self._is_of_the_race(event):  # type: ignore[arg-type]
            event.ignore()
            return False
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._rests = False
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseDoubleClickEvent(event)
        self.selectAll()  # Qt's own takes what stands before the point, the sign or the exponent for a word

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self._rests = False
        self._show_leading_digits()

    def _show_leading_digits(self) -> None:
        if not self.hasFocus():
            self.setCursorPosition(0)  # of a number that is too long, the last digits matter least

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._nudge(1 if event.key() == Qt.Key.Key_Up else -1)
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self._show_value()
        elif self._is_of_the_race(event):
            event.ignore()  # one that has no meaning there now, such as a step back from the start
        else:
            super().keyPressEvent(event)

    def _nudge(self, direction: int) -> None:
        value = float(self._value)
        if self._param.kind == "int":
            other: Value = int(value) + direction * max(1, int(abs(value) * 0.1))
        elif self._param.scale == "log" and value > 0:
            other = float(f"{value * 10 ** (0.1 * direction):.3g}")
        else:
            low, high = self._param.slider or (0.0, max(1.0, abs(value)))
            other = float(f"{value + direction * (high - low) / 50:.6g}")
        try:
            self._take(self._param.check(other))
        except RequestError as error:
            self.fault_changed.emit(error.problem)
