"""An experiment as the tables of a file, with what was given in Python where a file has a name."""

from __future__ import annotations

from typing import Any

from workbench.engine.registry import Given
from workbench.experiment import files
from workbench.experiment.experiment import DataSetup, Experiment, Lane, NetworkSetup, replace


def tables_of(experiment: Experiment) -> dict[str, Any]:
    """Tables from which `files.parse` gives an equal experiment; they are the caller's to change."""
    problem = experiment.problem
    source = problem.data.name if isinstance(problem, NetworkSetup) else problem.objective
    optimizers = [lane.optimizer for lane in experiment.lanes]
    tables = files.tables_of(_without_given(experiment))
    if isinstance(source, Given):
        place = tables["problem"]["data"] if isinstance(problem, NetworkSetup) else tables["problem"]
        place["name" if isinstance(problem, NetworkSetup) else "objective"] = source
    for table, key in zip(tables.get("lanes", ()), optimizers, strict=True):
        table["optimizer"] = key
    return tables


def own_names(experiment: Experiment) -> tuple[str, ...]:
    """What of an experiment was given in Python, as it is called."""
    problem = experiment.problem
    source = problem.data.name if isinstance(problem, NetworkSetup) else problem.objective
    return tuple(str(key) for key in (source, *(lane.optimizer for lane in experiment.lanes)) if isinstance(key, Given))


def _without_given(experiment: Experiment) -> Experiment:
    """The same with plain words for what a file cannot hold."""
    problem = experiment.problem
    if isinstance(problem, NetworkSetup):
        data: DataSetup = replace(problem.data, name=str(problem.data.name))
        problem = replace(problem, data=data)
    else:
        problem = replace(problem, objective=str(problem.objective))
    lanes: tuple[Lane, ...] = tuple(replace(lane, optimizer=str(lane.optimizer)) for lane in experiment.lanes)
    plain: Experiment = replace(experiment, problem=problem, lanes=lanes)
    return plain
