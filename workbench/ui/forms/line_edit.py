"""A line of text that a person types into: what is typed is taken, or let go, before something else is done."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QStyle, QStyleOptionFrame, QWidget

_INSET = 2  # pixels that Qt leaves free at both ends of a line's text
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FieldEvent(QEvent):
    """What a field tells the window that it is in."""

    def tell(self, widget: QWidget) -> None:
        """Tell the outermost window, also from a dock that floats."""
        outermost = widget
        while (parent := outermost.parentWidget()) is not None:
            outermost = parent
        QCoreApplication.sendEvent(outermost, self)


class LineLeft(FieldEvent):
    """Sent where a line was left by Return or Escape: the keys are the race's again, and Tab goes on from the line."""

    kind = QEvent.Type(QEvent.registerEventType())

    def __init__(self, line: QWidget) -> None:
        super().__init__(self.kind)
        self.line = line


class LineEdit(QLineEdit):
    """A line whose text counts before Return is pressed: `commit` takes it, `let_go` forgets it.

    Return gives the keys back to the window, and so does Escape where nothing is being typed (`leave`). Undo and Redo
    are the line's own while its text is being typed, and the window's otherwise.
    """

    @property
    def is_faulty(self) -> bool:
        """Whether the text is marked as one that cannot be taken."""
        return bool(self.property("faulty"))

    def commit(self) -> None:
        """Take what is typed, as Return does; a text with a fault stays as it is."""
        if self.isModified():
            self.editingFinished.emit()
            if not self.is_faulty:
                self.setModified(False)  # another value may be shown here now, though the line has the focus

    def let_go(self) -> None:
        """Forget what is typed: it was meant for what is shown no more."""
        self.setModified(False)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self.isModified() and event.key() == Qt.Key.Key_Escape:  # it takes back what is typed, and no more
                event.accept()
                return True
            keys = QKeySequence.StandardKey
            of_window = not self.hasFocus() or event.matches(keys.Undo) or event.matches(keys.Redo)
            if not self.isModified() and of_window:
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        leaves = event.key() in _RETURN or (event.key() == Qt.Key.Key_Escape and not self.isModified())
        super().keyPressEvent(event)
        if leaves and not self.is_faulty and not isinstance(self.window(), QDialog):  # a dialog has its own Return
            self.leave()

    def leave(self) -> None:
        """Give the keys back: to a line of words, every key is a letter as long as it has the focus."""
        self.clearFocus()
        LineLeft(self).tell(self)


class NameEdit(LineEdit):
    """A line for a name. One that is longer than the line ends in "…" while nobody writes, and its tooltip tells it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip = ""
        self.textChanged.connect(self._tell)

    def set_tip(self, tip: str) -> None:
        """Explain what is named."""
        self._tip = tip
        self._tell()

    @property
    def shown(self) -> str:
        """What is painted of the name."""
        if self.hasFocus():
            return self.text()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self._room().width())

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inner = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        return inner.adjusted(_INSET, 0, -_INSET, 0)

    def _tell(self) -> None:
        self.setToolTip(self._tip if self.shown == self.text() else f"{self.text()}\n{self._tip}")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._tell()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        shown = self.shown
        if shown == self.text():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self._room(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


class LinesEdit(QPlainTextEdit):
    """Lines, each keystroke of which is taken at once where they can be read.

    Undo and Redo are their own while they are being typed, and the window's otherwise.
    """

    def commit(self) -> None:
        """What is typed was taken; another text may be shown here now. Lines with a fault stay as they are."""
        if not self.property("faulty"):
            self.let_go()

    def let_go(self) -> None:
        """Forget what is typed: it was meant for what is shown no more."""
        self.document().setModified(False)

    def event(self, event: QEvent) -> bool:
        undone = not self.document().isModified()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and undone:
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return False
        return super().event(event)


def commit_edits(within: QWidget) -> None:
    """Take what is being typed in this widget.

    The focus is asked of the widget, not of the application: it stays while a menu or another window is in front.
    """
    edit = within.focusWidget()
    if isinstance(edit, (LineEdit, LinesEdit)):
        edit.commit()


def let_go_edits(within: QWidget) -> None:
    """Forget what is being typed in this widget, which is to be put away: to lose the focus would tell of an edit."""
    edit = within if isinstance(within, (LineEdit, LinesEdit)) else within.focusWidget()
    if isinstance(edit, (LineEdit, LinesEdit)):
        edit.let_go()
