"""The gradient check: exact gradients against central differences, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.engine.problem import Floats, Problem

#: A relative error above this says that the exact gradient is wrong, or the point lies on a kink.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class CheckRow:
    """How one part of the gradient compares: the largest difference, relative to the part's largest component."""

    name: str
    parameters: int
    exact_norm: float
    numerical_norm: float
    relative_error: float


def numerical_gradient(problem: Problem, theta: Floats, step: int, h: float) -> Floats:
    """The central differences (P,) of the loss that `step` sees at theta (P,), with a step relative to each size.

    The perturbed copies go through the same batched evaluation, a number of runs R at a time.
    """
    runs, size = problem.runs, problem.size
    scale = h * np.maximum(1.0, np.abs(theta))
    found = np.empty(size)
    copies, scratch = np.tile(theta, (runs, 1)), np.empty((runs, size), problem.dtype)
    sides = np.empty((2, size))
    for sign, row in ((1.0, 0), (-1.0, 1)):
        for first in range(0, size, runs):
            columns = np.arange(first, min(first + runs, size))
            copies[:] = theta
            copies[np.arange(len(columns)), columns] += sign * scale[columns]
            sides[row, columns] = problem.loss_and_gradient(copies, step, scratch)[: len(columns)]
    np.divide(sides[0] - sides[1], 2.0 * scale, out=found)
    return found


def check_gradient(problem: Problem, theta: Floats, step: int = 0, h: float = 1e-5) -> list[CheckRow]:
    """Compare the gradient at theta (P,) with central differences, a row for each part of the parameters."""
    out = np.empty((problem.runs, problem.size), problem.dtype)
    with np.errstate(all="ignore"):
        problem.loss_and_gradient(np.tile(theta, (problem.runs, 1)), step, out)
        exact = out[0].astype(np.float64)
        numerical = numerical_gradient(problem, theta, step, h)
    rows = []
    for part in problem.layers:
        a, b = exact[part.start : part.stop], numerical[part.start : part.stop]
        largest = max(float(np.abs(a).max()), float(np.abs(b).max()), 1e-12)
        error = float(np.abs(a - b).max()) / largest
        rows.append(CheckRow(part.name, a.size, float(np.linalg.norm(a)), float(np.linalg.norm(b)), error))
    return rows
