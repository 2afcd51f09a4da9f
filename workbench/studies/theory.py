"""What theory says of rate and momentum on a quadratic: where runs converge, and where they do best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives import objectives
from workbench.engine.objectives.base import Objective
from workbench.engine.params import RequestError
from workbench.experiment.experiment import Experiment, ObjectiveSetup
from workbench.experiment.filling import fill_lane
from workbench.studies.layer_rates import LINEAR
from workbench.studies.map_cells import with_settings
from workbench.studies.map_picture import MapAxis, MapRequest, Theory, TheoryLine

_POINTS = 400


def curvatures(objective: Objective, dimension: int) -> NDArray[np.float64] | None:
    """The eigenvalues of a quadratic's Hessian, ascending; None where it is none with a minimum."""
    points = np.random.default_rng(0).uniform(-2.0, 2.0, (4, dimension))
    with np.errstate(all="ignore"):
        hessians = objective.hessian(points, np.empty((4, dimension, dimension)))
    if not np.allclose(hessians, hessians[0], rtol=1e-9, atol=1e-12 * float(np.abs(hessians).max())):
        return None
    found = np.linalg.eigvalsh(hessians[0])
    return found if float(found[0]) > 0 else None


def limit(momentum: NDArray[np.float64], largest: float, rule: str) -> NDArray[np.float64]:
    """The rate up to which runs converge, at each momentum, for the largest curvature.

    For the heavy ball (2 + 2 mu) / lambda, G. Goh, Why momentum really works (Distill, 2017); for Nesterov's form the
    roots of z² - (1 + mu)(1 - a lambda) z + mu (1 - a lambda) leave the circle at (2 + 2 mu) / ((1 + 2 mu) lambda).
    """
    beyond = 1.0 + 2.0 * momentum if rule == "nesterov" else 1.0
    return np.asarray((2.0 + 2.0 * momentum) / (beyond * largest))


def critical(momentum: NDArray[np.float64], curvature: float) -> NDArray[np.float64]:
    """The rate from which on a direction oscillates under the heavy ball: mu = (1 - sqrt(a lambda))², Goh (2017)."""
    return np.asarray((1.0 - np.sqrt(momentum)) ** 2 / curvature)


def best(smallest: float, largest: float) -> tuple[float, float]:
    """The rate and the momentum of the heavy ball under which the slowest direction is fastest: Polyak (1964)."""
    low, high = smallest**0.5, largest**0.5
    return (2.0 / (low + high)) ** 2, ((high - low) / (high + low)) ** 2


def theory(experiment: Experiment, request: MapRequest) -> Theory | None:
    """What is to be drawn over a map of rate and momentum; None where theory says nothing of its lane."""
    changed = with_settings(experiment, request.lane, dict(request.through))
    lane, setup = (changed or experiment).lanes[request.lane], (changed or experiment).problem
    if (
        changed is None
        or not isinstance(setup, ObjectiveSetup)
        or lane.optimizer not in LINEAR
        or lane.schedule is not None
    ):
        return None
    axes = {axis.key: axis for axis in (request.x, request.y)}
    if "learning_rate" not in axes or set(axes) - {"learning_rate", "momentum", "start.0", "start.1"}:
        return None
    try:
        full, objective = fill_lane(lane, ""), objectives.get(setup.objective)(setup.parameters)
    except RequestError:
        return None
    given = full.hyperparameters
    if given.get("dampening") or given.get("weight_decay") or any(full.gradient.values()) or setup.noise:
        return None
    found = curvatures(objective, len((setup.points or (objective.usual_start(),))[0]))
    if found is None:
        return None
    rate, other = axes["learning_rate"], next(axis for key, axis in axes.items() if key != "learning_rate")
    across = other.at(np.linspace(0.0, 1.0, _POINTS))
    momentum = across if other.key == "momentum" else np.full(_POINTS, float(given.get("momentum", 0.0)))
    lines = [("limit", float(found[-1]), limit(momentum, float(found[-1]), lane.optimizer))]
    if lane.optimizer == "momentum":
        lines += [("critical", each, critical(momentum, each)) for each in sorted({float(v) for v in found[[0, -1]]})]
    place = None
    if (lane.optimizer, other.key) == ("momentum", "momentum"):
        place = best(float(found[0]), float(found[-1]))
    return Theory(
        tuple(TheoryLine(name, curvature, *_placed(request, rate, rates, across)) for name, curvature, rates in lines),
        None if place is None else (place if request.x is rate else place[::-1]),
    )


def _placed(
    request: MapRequest, rate: MapAxis, rates: NDArray[np.float64], across: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates and the other axis's values as x and y."""
    return (rates, across) if request.x is rate else (across, rates)
