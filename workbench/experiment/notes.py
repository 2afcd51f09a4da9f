"""What is right to run, and yet may not be what was meant: a sentence each."""

from __future__ import annotations

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.objectives.typed import TypedFormula
from workbench.engine.problem import Problem
from workbench.experiment.experiment import Experiment, ObjectiveSetup


def notes(experiment: Experiment, problem: Problem) -> tuple[str, ...]:
    """What is to be said of an experiment and its problem before it is run; mostly nothing."""
    setup = experiment.problem
    if isinstance(setup, ObjectiveSetup) and isinstance(problem, ObjectiveProblem):
        return _of_formula(setup)
    if isinstance(problem, NetworkProblem) and problem.normalised_alone:
        layers = ", ".join(problem.layers[i].name for i in problem.normalised_alone)
        which = "every batch" if problem.batch_size == 1 else "the last batch of each epoch"
        said = f"{which} is of a single sample, of which batch normalisation leaves nothing ({layers}): "
        return (said + f"choose a batch_size that leaves no rest of 1 of {len(problem.x_train)} samples",)
    return ()


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
