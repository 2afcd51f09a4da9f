"""What draws of their own mean for lanes, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.experiment.experiment import Experiment, ObjectiveSetup, Setup

_CONTEXT = "DrawWords"


def explained(problem: Setup) -> str:
    """What a lane's draw is, or why there is none to choose."""
    if not problem.is_random:
        return QCoreApplication.translate(
            _CONTEXT, "Nothing is drawn on an objective without noise, so that lanes have no draws of their own"
        )
    if isinstance(problem, ObjectiveSetup):
        return QCoreApplication.translate(
            _CONTEXT, "Lanes of the same draw share their noise; another number draws other noise from the same seed"
        )
    return QCoreApplication.translate(
        _CONTEXT,
        "Lanes of the same draw share initial weights, batches and dropout; "
        "another number draws others from the same seed",
    )


def unshared(experiment: Experiment) -> str:
    """That lanes differ in what they draw, where they do; otherwise empty."""
    draws = {lane.draw for _, lane in experiment.enabled_lanes}
    if len(draws) == 1 or not experiment.problem.is_random:
        return ""
    if isinstance(experiment.problem, ObjectiveSetup):
        return QCoreApplication.translate(_CONTEXT, "Lanes of different draws do not share their noise.")
    return QCoreApplication.translate(_CONTEXT, "Lanes of different draws do not share weights and batches.")
