"""What is on in a lane besides its rate, in a few words: seen without unfolding its card."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.optimizers import optimizers
from workbench.engine.schedules import schedules
from workbench.experiment.experiment import Lane, NetworkSetup, Setup
from workbench.ui.words.text import engine_text, number

_CONTEXT = "BesideRate"
#: settings that are named where they are not 0
_OPTIONS = {
    "clip_value": "clipped at {}",
    "clip_norm": "norm clipped at {}",
    "l2": "L2 {}",
    "weight_decay": "decay {}",
}


def beside_rate(lane: Lane, problem: Setup) -> list[str]:
    """Schedule, clipping, decay, what differs of the network, and the draw where it matters: only what is on."""
    said = []
    if lane.schedule is not None:
        said.append(engine_text(schedules.get(lane.schedule.kind).title))
    own = optimizers.get(lane.optimizer).complete(lane.hyperparameters, lane.convention)
    for name, words in _OPTIONS.items():
        value = lane.gradient.get(name, 0.0) or (own.get(name, 0.0) if name == "weight_decay" else 0.0)
        if value:
            said.append(QCoreApplication.translate(_CONTEXT, words).format(number(float(value), 3)))
    if isinstance(problem, NetworkSetup) and lane.network is not None:
        from workbench.ui.panels.lanes.network_words import differences  # loaded for networks alone

        said += differences(problem, lane.network)
    if problem.is_random and lane.draw:
        said.append(QCoreApplication.translate(_CONTEXT, "draw {}").format(lane.draw))
    return said
