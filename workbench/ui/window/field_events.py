"""What a field asks of the window, as an event of our own that Qt carries upwards: no form knows who answers."""

from __future__ import annotations

from PySide6.QtCore import QEvent

from workbench.live.document import Document
from workbench.ui.forms.line_edit import LineLeft
from workbench.ui.forms.number_edit import EditBorder
from workbench.ui.forms.picking import PickWanted
from workbench.ui.window.catalogue import Catalogue
from workbench.ui.window.tab_order import CalmFocus


class FieldEvents:
    """Answers the events of fields: where a gesture begins and ends, the picker, a line that was left."""

    def __init__(self, *, document: Document, catalogue: Catalogue, focus: CalmFocus) -> None:
        self._document, self._catalogue, self._focus = document, catalogue, focus

    def answer(self, event: QEvent) -> bool:
        """Do what is asked; False for any other event."""
        if isinstance(event, EditBorder):
            if event.begins:
                self._document.begin_gesture()
            else:
                self._document.end_gesture()
        elif isinstance(event, PickWanted):
            self._catalogue.pick(event)
        elif isinstance(event, LineLeft):
            self._focus.note_left(event.line)
        else:
            return False
        return True
