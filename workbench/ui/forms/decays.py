"""Which of a lane's weight decays act together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QLabel, QWidget

from workbench.engine.params import Param, Value
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.ui.forms.forms import label_text


class DecayNote(QLabel):
    """Says that the rule's own decay and those before it pull at once; hidden where at most one does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("muted")
        self.setWordWrap(True)
        self.setToolTip(self.tr("Each of them pulls parameters to zero; set all but one to 0 for one alone"))
        self.hide()

    def show_values(
        self, params: Sequence[Param], hyperparameters: Mapping[str, Value], options: Mapping[str, Value]
    ) -> None:
        """Look at the values of a rule's settings and of the options before it."""
        acting = [p for p in params if p.name == "weight_decay" and hyperparameters[p.name]]
        acting += [p for p in GRADIENT_OPTIONS if p.name in ("l2", "weight_decay") and options[p.name]]
        names = ", ".join(label_text(p).replace("  ", "\u00a0") for p in acting)
        self.setText(self.tr("These act at once: {}.").format(names) if len(acting) > 1 else "")
        self.setVisible(bool(self.text()))
