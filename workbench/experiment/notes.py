"""What is right to run, and yet may not be what was meant: a sentence each."""

from __future__ import annotations

from pathlib import Path

from workbench.engine.datasets import CsvFile
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.objectives.typed import TypedFormula
from workbench.engine.optimizers.typed import TypedRule
from workbench.engine.problem import Problem
from workbench.experiment.data import fill_data, notes_on_batches
from workbench.experiment.experiment import Experiment, NetworkSetup, ObjectiveSetup
from workbench.experiment.lane_networks import network_of


def notes(experiment: Experiment, problem: Problem) -> tuple[str, ...]:
    """What is to be said of an experiment and its problem before it is run; mostly nothing."""
    setup = experiment.problem
    if isinstance(setup, ObjectiveSetup) and isinstance(problem, ObjectiveProblem):
        return (*_of_formula(setup), *_of_rules(experiment))
    return (*of_data(experiment), *_of_rules(experiment))


def _of_rules(experiment: Experiment) -> tuple[str, ...]:
    """Each free name of a typed rule that became a hyperparameter without being given a value."""
    said = []
    for i, lane in enumerate(experiment.lanes):
        if lane.optimizer == TypedRule.key and lane.enabled:
            for name, value, meant in TypedRule.unset(lane.hyperparameters):
                asked = f"; did you mean {meant}?" if meant else ""
                said.append(
                    f'"{name}" in the rule of lanes[{i}] became a hyperparameter, with the value {value:g}{asked}'
                )
    return tuple(said)


def _of_formula(setup: ObjectiveSetup) -> tuple[str, ...]:
    """Each name that became a parameter without being given a value, and each that was taken for a product."""
    if setup.objective != TypedFormula.key:
        return ()
    said = []
    for remark in TypedFormula(setup.parameters).remarks:
        if remark.kind == "product":
            said.append(f'"{remark.name}" in the formula is read as {remark.meant}')
        else:
            asked = f"; did you mean {remark.meant}?" if remark.meant else ""
            said.append(f'"{remark.name}" in the formula became a parameter, with the value 1{asked}')
    return tuple(said)


def of_data(experiment: Experiment) -> tuple[str, ...]:
    """What was guessed, left out or filled of a network's data, and where a batch holds a single sample.

    Raises:
        RequestError: a fault in the experiment, with its place.
    """
    problem = experiment.problem
    if not isinstance(problem, NetworkSetup):
        return ()
    data, source = fill_data(problem.data)
    of_file = source.table.notes if isinstance(source, CsvFile) else ()
    networks = [network_of(problem, lane.network) for _, lane in experiment.enabled_lanes]
    of_batches = dict.fromkeys(note for network in networks for note in notes_on_batches(network, source))
    return (*(f"{Path(data.file).name}: {note}" for note in of_file), *of_batches)
