"""What an experiment is called: by its title, else by what it is; and when a title goes with what it told of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.experiment.experiment import Experiment, Lane, ObjectiveSetup, Setup, replace
from workbench.ui.words.text import engine_text

_CONTEXT = "Titles"
_MOST_NAMED = 3  # lanes


def described(experiment: Experiment) -> str:
    """A title for an experiment that has none: what is minimised, and by which lanes."""
    translate = QCoreApplication.translate
    names = [_lane(lane) for _, lane in experiment.enabled_lanes]
    if len(names) > _MOST_NAMED:
        who = translate(_CONTEXT, "{} lanes").format(len(names))
    else:
        who = ", ".join(names)
    return translate(_CONTEXT, "{}: {}").format(_problem(experiment.problem), who)


def _lane(lane: Lane) -> str:
    return lane.label or engine_text(optimizers.get(lane.optimizer).title)


def _problem(problem: Setup) -> str:
    if isinstance(problem, ObjectiveSetup):
        return engine_text(objectives.get(problem.objective).title)
    from workbench.engine.datasets import datasets  # loaded for networks alone

    data = Path(problem.data.file).name if problem.data.file else engine_text(datasets.get(problem.data.name).title)
    return QCoreApplication.translate(_CONTEXT, "a network on {}").format(data)


def without_what_is_gone(old: Experiment, new: Experiment, opened: Experiment) -> Experiment:
    """The edited experiment without title and notes that told of another objective, or of other data.

    Those that came with the file `opened` tell of what was in it; what a person has written since stays.
    """
    if _ground(old.problem) == _ground(new.problem):
        return new
    gone = {
        name: ""
        for name in ("title", "notes")
        if getattr(new, name) and getattr(new, name) == getattr(old, name) == getattr(opened, name)
    }
    kept: Experiment = replace(new, **gone)
    return kept


def _ground(problem: Setup) -> tuple[str, ...]:
    """What an experiment is about."""
    if isinstance(problem, ObjectiveSetup):
        return ("objective", problem.objective)
    return ("network", problem.data.name, problem.data.file)
