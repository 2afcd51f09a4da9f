"""The input features of two-dimensional data: what the network reads."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from workbench.engine.network.features import FEATURES
from workbench.experiment.experiment import Experiment
from workbench.ui.panels.network.part import NetworkPart, heading
from workbench.ui.words.features import input_sign

#: what is read where no features are named
PLAIN = ("x1", "x2")
_ACROSS = 4


class FeaturesPart(NetworkPart):
    """A button a feature; the last one cannot be switched off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        grid = QGridLayout()
        grid.setSpacing(4)
        for i, name in enumerate(FEATURES):
            button = QToolButton(self)
            button.setText(input_sign(name))
            button.setCheckable(True)
            button.setObjectName("toggle")
            button.setToolTip(self.tr("Let the network read {}").format(input_sign(name)))
            button.setAccessibleName(self.tr("Feature {}").format(name))
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._on_clicked)
            self.buttons[name] = button
            grid.addWidget(button, i // _ACROSS, i % _ACROSS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading(self.tr("Input features"), self))
        layout.addLayout(grid)

    def refresh(self, experiment: Experiment) -> None:
        chosen = self.setup.features or PLAIN
        for name, button in self.buttons.items():
            button.setChecked(name in chosen)
            button.setEnabled(not (len(chosen) == 1 and name in chosen))

    def _on_clicked(self) -> None:
        chosen = tuple(name for name, button in self.buttons.items() if button.isChecked())
        self.edit(features=() if chosen == PLAIN else chosen)
