"""The catalogue in the window: the picker that a field asks for, and the pages of what is chosen."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QWidget

from workbench.live.document import Document
from workbench.ui.forms.picking import PickWanted, take
from workbench.ui.window.looks import Looks
from workbench.ui.window.picked_lane import PickedLane

if TYPE_CHECKING:
    from workbench.ui.dialogs.catalogue.help import HelpDialog
    from workbench.ui.dialogs.catalogue.picker import Picker
    from workbench.ui.dialogs.catalogue.pictures import Pictures


class Catalogue(QObject):
    """Owns picker, pages and their pictures; each is made when it is first asked for."""

    def __init__(self, window: QWidget, *, document: Document, looks: Looks, picked: PickedLane) -> None:
        super().__init__(window)
        self._window, self._document, self._looks, self._picked = window, document, looks, picked
        self.picker: Picker | None = None
        self.help: HelpDialog | None = None
        self._field: QComboBox | None = None

    @cached_property
    def pictures(self) -> Pictures:
        """The pictures of what there is to choose."""
        from workbench.ui.dialogs.catalogue.pictures import Pictures

        return Pictures(self)

    def pick(self, event: PickWanted) -> None:
        """Show the picker for a field."""
        if self.picker is None:
            from workbench.ui.dialogs.catalogue.picker import Picker

            self.picker = Picker(self.pictures, self._window)
            self.picker.chosen.connect(self._on_chosen)
            self.picker.finished.connect(self._on_finished)
        self._field = event.field
        self.picker.bring_up(event.what, event.key, self._looks.theme)

    def show_help(self) -> None:
        """Show the pages of what is chosen, of the picked lane's rule first."""
        from workbench.ui.dialogs.catalogue.help import HelpDialog, chosen

        if self.help is None:
            self.help = HelpDialog(self.pictures, self._window)
        self.help.bring_up(chosen(self._document.experiment, self._picked.index), self._looks.theme)

    def shut_down(self) -> None:
        """Close what is open: the window closes."""
        for dialog in (self.picker, self.help):
            if dialog is not None:
                dialog.close()
        if "pictures" in vars(self):  # made when they are first asked for
            self.pictures.shut_down()

    def _on_finished(self, _result: int) -> None:
        self._window.activateWindow()  # the keys are the window's again, wherever the system would leave them

    def _on_chosen(self, _kind: str, key: str) -> None:
        if self._field is not None:
            take(self._field, key)
