"""A line of text that a person types into: what is typed is taken, or let go, before something else is done."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget


class LineEdit(QLineEdit):
    """A line whose text counts before Return is pressed: `commit` takes it, `let_go` forgets it.

    Undo and Redo are the line's own while its text is being typed, and the window's otherwise.
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
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
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
    if isinstance(edit, LineEdit):
        edit.commit()


def let_go_edits(within: QWidget) -> None:
    """Forget what is being typed in this widget, which is to be put away: to lose the focus would tell of an edit."""
    edit = within if isinstance(within, LineEdit) else within.focusWidget()
    if isinstance(edit, LineEdit):
        edit.let_go()
