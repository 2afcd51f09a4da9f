"""The gradient check in the window: its dialog, made when it is first asked for, and what that demands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.window.looks import Looks

if TYPE_CHECKING:
    from workbench.ui.dialogs.gradient_check.dialog import GradientCheckDialog


class Checking(QObject):
    """Owns the dialog of the gradient check."""

    #: what the worker should compute is another
    demand_changed = Signal()

    def __init__(self, window: QWidget, *, looks: Looks) -> None:
        super().__init__(window)
        self._window, self._looks = window, looks
        self.dialog: GradientCheckDialog | None = None

    def bring_up(self) -> None:
        """Show the dialog, which then checks."""
        if self.dialog is None:
            from workbench.ui.dialogs.gradient_check.dialog import GradientCheckDialog

            self.dialog = GradientCheckDialog(self._window)
            self.dialog.demand_changed.connect(self.demand_changed)
            self._looks.dress_also(self.dialog)
        self.dialog.bring_up()

    def demand(self) -> Mapping[str, Any]:
        """What the worker should compute."""
        return {} if self.dialog is None else self.dialog.demand()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what is known of the check."""
        if self.dialog is not None:
            self.dialog.show_snapshot(snapshot)

    def close(self) -> None:
        """Close the dialog."""
        if self.dialog is not None:
            self.dialog.close()
