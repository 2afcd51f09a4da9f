"""The gradient check: exact gradients against central differences, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.problem import Floats, Problem

#: A relative error above this says that the exact gradient is wrong, or the point lies on a kink.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class CheckRow:
    """How one part of the gradient compares: the largest difference, relative to the part's largest component.

    What the rounding of the losses alone can explain of a difference is not counted: a layer whose gradient has
    vanished below it cannot be judged this way.
    """

    name: str
    parameters: int
    exact_norm: float
    numerical_norm: float
    relative_error: float


def numerical_gradient(problem: Problem, theta: Floats, step: int, h: float) -> Floats:
    """The central differences (P,) of the loss that `step` sees at theta (P,), with a step relative to each size.

    The perturbed copies go through the same batched evaluation, as many at a time as there are runs; all of them are
    points of the first run, since others may see other batches.
    """
    size, of_first = problem.size, np.zeros(problem.runs, np.intp)
    scale = h * np.maximum(1.0, np.abs(theta.astype(np.float64)))
    copies = np.tile(theta, (problem.runs, 1))
    scratch = np.empty_like(copies)
    sides, points = np.empty((2, size)), np.empty((2, size))
    for side, sign in enumerate((1.0, -1.0)):
        for first in range(0, size, problem.runs):
            columns = np.arange(first, min(first + problem.runs, size))
            used = np.arange(len(columns))
            copies[:] = theta
            copies[used, columns] += (sign * scale[columns]).astype(copies.dtype)
            sides[side, columns] = problem.loss_and_gradient(copies, step, scratch, of_first)[used]
            points[side, columns] = copies[used, columns]
    return np.asarray((sides[0] - sides[1]) / (points[0] - points[1]))  # by the distance as it was rounded


def check_gradient(problem: Problem, theta: Floats, step: int = 0, h: float | None = None) -> list[CheckRow]:
    """Compare the gradient at theta (P,) with central differences, a row for each part of the parameters.

    Without h the step is the cube root of the precision, where the errors of rounding and of the difference balance.
    """
    h = float(np.finfo(problem.dtype).eps ** (1 / 3)) if h is None else h
    out = np.empty((problem.runs, problem.size), problem.dtype)
    with np.errstate(all="ignore"):
        problem.loss_and_gradient(np.tile(theta, (problem.runs, 1)), step, out)
        exact = out[0].astype(np.float64)
        numerical = numerical_gradient(problem, theta, step, h)
    # the smallest difference of losses that can be seen, as a slope: below it a gradient cannot be judged
    loss = float(np.abs(problem.loss_and_gradient(np.tile(theta, (problem.runs, 1)), step, out)[0]))
    unseen = 4.0 * float(np.finfo(problem.dtype).eps) * loss / h
    rows = []
    for part in problem.layers:
        a, b = exact[part.start : part.stop], numerical[part.start : part.stop]
        largest = max(float(np.abs(a).max()), float(np.abs(b).max()), 1e-12)
        error = max(0.0, float(np.abs(a - b).max()) - unseen) / largest
        rows.append(CheckRow(part.name, a.size, float(np.linalg.norm(a)), float(np.linalg.norm(b)), error))
    return rows
