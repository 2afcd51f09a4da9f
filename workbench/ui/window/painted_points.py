"""Points as the brush makes them: what a touch adds or takes, what there is to begin with, and the data they become."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.engine.datasets import Split
from workbench.engine.datasets.points import EXAMPLE, MOST_CLASSES, MOST_POINTS
from workbench.experiment.experiment import DataSetup, Experiment, NetworkSetup, replace
from workbench.ui.views.fit.dab import Dab, Points

__all__ = ["MOST_POINTS", "names_of", "points_of", "touched", "with_points"]

#: points of other data than painted ones that one can go on painting from
_TAKEN_OVER = 2000
#: of the range of data, as what they are taken over with: far below a pixel
_FINE = 100.0
_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))


def touched(points: Points, dab: Dab) -> Points:
    """The points after a touch: those under the eraser are gone, or new ones are spread evenly over the brush."""
    width, height = dab.radius
    if dab.number < 0:
        return tuple(p for p in points if ((p[0] - dab.x) / width) ** 2 + ((p[1] - dab.y) / height) ** 2 > 1.0)
    fresh = []
    for k in range(min(dab.count, MOST_POINTS - len(points))):
        # Vogel's sunflower; turned by what there is already, so that dabs on one place do not repeat themselves
        r, angle = math.sqrt(k / dab.count), (len(points) + k) * _GOLDEN_ANGLE
        x, y = dab.x + width * r * math.cos(angle), dab.y + height * r * math.sin(angle)
        if dab.within is None or (dab.within[0] <= x <= dab.within[1] and dab.within[2] <= y <= dab.within[3]):
            fresh.append((_short(x, width), _short(y, height), dab.number))
    return (*points, *fresh)


def _short(value: float, size: float) -> float:
    """A coordinate with as few digits as place it to a hundredth of a size."""
    return round(value, max(0, 2 - math.floor(math.log10(size)))) if size > 0 else value


def points_of(experiment: Experiment, split: Split | None) -> Points:
    """The points to go on from: the painted ones, those of other data of the plane, or the ones to begin with."""
    problem = experiment.problem
    if isinstance(problem, NetworkSetup) and problem.data.name == "points":
        return problem.data.points or EXAMPLE
    if split is None or split.x_train.shape[1] != 2 or not 0 < len(split.classes) <= MOST_CLASSES:
        return EXAMPLE
    x, y = split.unscaled(np.concatenate([split.x_train, split.x_test])), np.concatenate([split.y_train, split.y_test])
    if len(x) > _TAKEN_OVER:
        return EXAMPLE
    wide, high = np.ptp(x, axis=0) / _FINE
    return tuple((_short(float(a), wide), _short(float(b), high), int(c)) for (a, b), c in zip(x, y, strict=True))


def names_of(experiment: Experiment, split: Split | None) -> tuple[str, ...]:
    """What the classes are called of the points to go on from; one that is called by its number has no name."""
    problem = experiment.problem
    if isinstance(problem, NetworkSetup) and problem.data.name == "points":
        return problem.data.class_names
    names = () if split is None or not 0 < len(split.classes) <= MOST_CLASSES else split.classes
    return () if all(name == str(number) for number, name in enumerate(names)) else names


def with_points(experiment: Experiment, points: Points, names: tuple[str, ...] = ()) -> Experiment:
    """The experiment learning from these points of classes so named, scaled as the data before them were."""
    problem = experiment.problem
    if not isinstance(problem, NetworkSetup):
        return experiment
    data = DataSetup(
        name="points",
        points=points,
        class_names=names,
        test_fraction=problem.data.test_fraction,
        scaling=problem.data.scaling,
    )
    classes = 1 + max(number for *_, number in points)
    fits = problem.data.name == "points" and not (problem.loss == "binary_cross_entropy" and classes > 2)
    loss: dict[str, Any] = {} if fits else {"loss": "", "loss_parameters": {}}
    changed: Experiment = replace(experiment, problem=replace(problem, data=data, **loss))
    return changed
