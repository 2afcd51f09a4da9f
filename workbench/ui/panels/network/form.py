"""The part of the problem panel for networks: data, features, hidden layers, loss and training."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.experiment.experiment import Experiment
from workbench.ui.panels.network.data import DataPart
from workbench.ui.panels.network.features import FeaturesPart
from workbench.ui.panels.network.layers import LayersPart
from workbench.ui.panels.network.part import NetworkPart
from workbench.ui.panels.network.training import TrainingPart
from workbench.ui.style import theme as themes


class NetworkForm(NetworkPart):
    """Edits a `NetworkSetup`, in the order in which a network is put together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data, self.features = DataPart(self), FeaturesPart(self)
        self.layers, self.training = LayersPart(self), TrainingPart(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for part in (self.data, self.features, self.layers, self.training):
            layout.addWidget(part)
            part.edited.connect(self._on_part_edited)
        self.layers.grew.connect(self.grew)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours and the font of a theme."""
        for label in self.findChildren(QLabel, "heading"):
            label.setFont(themes.font(bold=True))
        self.layers.set_theme(theme)

    def refresh(self, experiment: Experiment) -> None:
        self.data.show_experiment(experiment)
        self.features.setVisible(self.data.inputs == 2 or bool(self.setup.features))
        self.features.show_experiment(experiment)
        self.layers.show_experiment(experiment)
        self.training.classes = self.data.classes
        self.training.show_experiment(experiment)

    def _on_part_edited(self, experiment: object, merge: str) -> None:
        self.edited.emit(experiment, merge)
