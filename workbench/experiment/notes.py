"""What is right to run, and yet may not be what was meant: a sentence each."""

from __future__ import annotations

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Problem


def notes(problem: Problem) -> tuple[str, ...]:
    """What is to be said of a problem before it is run; mostly nothing."""
    if isinstance(problem, NetworkProblem) and problem.normalised_alone:
        layers = ", ".join(problem.layers[i].name for i in problem.normalised_alone)
        which = "every batch" if problem.batch_size == 1 else "the last batch of each epoch"
        said = f"{which} is of a single sample, of which batch normalisation leaves nothing ({layers}): "
        return (said + f"choose a batch_size that leaves no rest of 1 of {len(problem.x_train)} samples",)
    return ()
