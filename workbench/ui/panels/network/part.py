"""What the parts of the network form share."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from workbench.experiment.experiment import NetworkSetup, replace
from workbench.ui.panels.base import Panel
from workbench.ui.style import theme as themes
from workbench.ui.words.text import engine_text


class NetworkPart(Panel):
    """Edits some fields of a `NetworkSetup`."""

    @property
    def setup(self) -> NetworkSetup:
        """The part of the experiment that is edited."""
        assert self.experiment is not None  # noqa: S101 - set before any edit
        problem = self.experiment.problem
        assert isinstance(problem, NetworkSetup)  # noqa: S101 - the form is shown for networks alone
        return problem

    def edit(self, merge: str = "", **fields: Any) -> None:
        """Tell of an edit of the setup's own fields."""
        self.change(merge, problem=replace(self.setup, **fields))


def heading(text: str, parent: QWidget) -> QLabel:
    """The title of a part."""
    label = QLabel(text, parent)
    label.setObjectName("heading")
    label.setFont(themes.font(bold=True))
    return label


def titles(registry: Any) -> tuple[str, ...]:
    """The titles of a registry's entries in the person's language."""
    return tuple(engine_text(entry.title) for entry in registry)
