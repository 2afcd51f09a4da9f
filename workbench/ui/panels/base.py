"""What a panel is: a form over the experiment, which it is handed and replaces by an edited one."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.engine.params import Param
from workbench.experiment.experiment import Experiment, replace


class Panel(QWidget):
    """Edits one part of the experiment.

    `edited(experiment, merge)` gives the new value; edits with the same `merge` key in quick succession are one step
    of undo. `show_experiment` is called with every new value, also with those that the panel itself made.
    """

    edited = Signal(object, str)
    #: controls were made that Tab must learn to go through
    grew = Signal()

    #: the name of its dock, and the dock's share of the window's height at first, of panels that have one
    key: ClassVar[str] = ""
    share: ClassVar[float] = 0.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.experiment: Experiment | None = None
        #: what stands beside its title, always in sight
        self.controls: QHBoxLayout | None = None

    def title(self) -> str:
        """What stands above its dock."""
        return ""

    def show_experiment(self, experiment: Experiment) -> None:
        """Show a value, without telling of an edit."""
        self.experiment = experiment
        self.refresh(experiment)

    def refresh(self, experiment: Experiment) -> None:
        """Set the fields."""
        raise NotImplementedError

    def change(self, merge: str = "", **fields: Any) -> None:
        """Tell of an edit of the experiment's own fields."""
        if self.experiment is not None:
            self.edited.emit(replace(self.experiment, **fields), merge)


def setting(name: str, default: Any, title: str, doc: str, **more: Any) -> Param:
    """A Param for a field of the experiment itself, with its title already in the person's language."""
    return Param(name=name, default=default, title=title, doc=doc, **more)
