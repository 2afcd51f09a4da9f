"""A plane through the space of a network's parameters, with the loss over it and every path's distance from it.

A picture in two dimensions of what happens in P can lie. So a plane says how much of the paths' spread lies in it, how
far a point is away from it, and what the loss is at the point itself and at its foot in the plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.layers import Block
from workbench.engine.problem import Floats, Problem
from workbench.engine.streams import Purpose, stream

_POINTS_AT_ONCE = 1024
_ROUNDING = 1e-6  # of a span: less than this across it is no spread


@dataclass(frozen=True, slots=True)
class Plane:
    """The points center + u axes[0] + v axes[1].

    Attributes:
        center: a point (P,).
        axes: two directions (2, P), orthogonal to each other unless they are random; not of length 1 in general.
        explained: the shares (2,) of the variance of the points it was laid through, None where it was not.
    """

    center: Floats
    axes: Floats
    explained: NDArray[np.float64] | None = None

    def points(self, u: Floats, v: Floats) -> Floats:
        """The parameter vectors (K, P) of coordinates u and v (K,)."""
        return np.asarray(self.center + u[:, None] * self.axes[0] + v[:, None] * self.axes[1])

    def coordinates(self, points: Floats) -> Floats:
        """The coordinates (K, 2) of the feet of points (K, P) in the plane."""
        away = points - self.center
        return np.asarray(np.linalg.lstsq(self.axes @ self.axes.T, self.axes @ away.T, rcond=None)[0].T)

    def feet(self, points: Floats) -> Floats:
        """The nearest points of the plane (K, P) to points (K, P)."""
        found = self.coordinates(points)
        return self.points(found[:, 0], found[:, 1])

    def distances(self, points: Floats) -> Floats:
        """The Euclidean distances (K,) of points (K, P) from the plane."""
        return np.asarray(np.linalg.norm(points - self.feet(points), axis=1))


def principal_plane(points: Floats, center: Floats | None = None) -> Plane:
    """The plane through the center (the mean where left out) that holds most of the spread of points (K, P).

    The axes have length 1. `explained` are shares of the sum of squared distances from the center. E. Lorch,
    Visualizing deep network training trajectories with PCA, 2016.

    Raises:
        ValueError: the points do not span a plane.
    """
    points = np.asarray(points, np.float64)
    middle = points.mean(axis=0) if center is None else np.asarray(center, np.float64)
    away = points - middle
    count, size = away.shape
    # The eigenvectors of the smaller of the two Gram matrices give those of the other.
    gram = away @ away.T if count <= size else away.T @ away
    values, vectors = np.linalg.eigh(gram)
    total = float(values.sum())
    if count < 2 or size < 2 or not total > 0:
        raise ValueError("points must differ to lay a plane through them")
    first = vectors[:, [-1, -2]].T
    axes = first @ away if count <= size else first
    lengths = np.linalg.norm(axes, axis=1)
    if lengths[1] <= 1e-12 * lengths[0]:  # the points lie on a line: any direction across it will do
        axes[1] = _across(axes[0])
        lengths[1] = np.linalg.norm(axes[1])
    shares = np.maximum(values[[-1, -2]], 0.0) / total
    return Plane(middle, axes / lengths[:, None], shares)


def random_plane(blocks: Sequence[Block], center: Floats, seed: int) -> Plane:
    """Two random directions from the center (P,), the weights of each unit as long as the unit's own.

    Biases and scales stay as they are. H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, Visualizing the loss landscape
    of neural nets, 2018: filter normalisation, for layers whose filters are the weights into one unit.
    """
    random = stream(seed, Purpose.PLANE)
    center = np.asarray(center, np.float64)
    axes = np.zeros((2, center.size))
    for axis in axes:
        for block in blocks:
            own = block.weight(center[None])[0]
            drawn = random.standard_normal(own.shape)
            drawn *= np.linalg.norm(own, axis=0) / np.linalg.norm(drawn, axis=0)
            block.weight(axis[None])[0] = drawn
    return Plane(center, axes)


def random_directions(center: Floats, seed: int) -> Plane:
    """Two random directions from the center (P,), square to each other, each as long as 1."""
    random = stream(seed, Purpose.PLANE)
    axes = np.linalg.qr(random.standard_normal((np.asarray(center).size, 2)))[0].T
    return Plane(np.asarray(center, np.float64), axes)


def plane_through(center: Floats, first: Floats, second: Floats) -> Plane:
    """The plane through three points (P,): `first` at (1, 0), the axis to `second` taken square to the first.

    Raises:
        ValueError: the three points lie on a line.
    """
    center = np.asarray(center, np.float64)
    a, b = first - center, second - center
    if not np.dot(a, a) > 0:
        raise ValueError("the first point must differ from the center")
    across = b - (np.dot(a, b) / np.dot(a, a)) * a
    if not np.linalg.norm(across) > 1e-12 * np.linalg.norm(b):
        raise ValueError("the three points must not lie on a line")
    return Plane(center, np.stack([a, across]))


def plane_losses(problem: Problem, plane: Plane, u: Floats, v: Floats) -> Floats:
    """The full loss on a grid (len v, len u): row j, column i belongs to v[j], u[i].

    The points go through the batched evaluation, a bounded number at once; a caller that must stay quick asks for a
    few rows at a time.
    """
    across, up = np.tile(u, len(v)), np.repeat(v, len(u))
    values: Any = np.empty(across.size, np.float64)
    with np.errstate(all="ignore"):
        for first in range(0, across.size, _POINTS_AT_ONCE):
            here = slice(first, first + _POINTS_AT_ONCE)
            values[here] = problem.losses(plane.points(across[here], up[here]).astype(problem.dtype))
    return np.asarray(values.reshape(len(v), len(u)))


@dataclass(frozen=True, slots=True)
class PathOnPlane:
    """A path of K points as the plane shows it, and how far that is from the truth.

    Attributes:
        coordinates: of the feet (K, 2).
        distance: of each point from the plane (K,).
        loss: at the points themselves (K,).
        shown: at their feet (K,), which is what the plane's colours say.
    """

    coordinates: Floats
    distance: Floats
    loss: Floats
    shown: Floats


def path_on_plane(problem: Problem, plane: Plane, points: Floats) -> PathOnPlane:
    """How points (K, P) of a path lie to the plane."""
    coordinates = plane.coordinates(points)
    feet = plane.points(coordinates[:, 0], coordinates[:, 1])
    distance = np.linalg.norm(points - feet, axis=1)
    with np.errstate(all="ignore"):
        loss = problem.losses(points.astype(problem.dtype))
        shown = problem.losses(feet.astype(problem.dtype))
    return PathOnPlane(coordinates, np.asarray(distance), loss, shown)


def view_of(plane: Plane, points: Floats, margin: float = 0.25) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ranges of u and v that show the feet of points (K, P) with a margin on each side.

    An axis along which they differ by rounding alone, as across a straight path, is as long as the other one.
    """
    found = plane.coordinates(points)
    low, high = found.min(axis=0), found.max(axis=0)
    middle, span = 0.5 * (low + high), high - low
    longest = float(span.max()) or 1.0
    half = np.where(span > _ROUNDING * longest, (0.5 + margin) * span, (0.5 + margin) * longest)
    (u0, v0), (u1, v1) = (middle - half).tolist(), (middle + half).tolist()
    return (u0, u1), (v0, v1)


def _across(direction: Floats) -> Floats:
    """A direction square to the one given (P,)."""
    found = np.zeros_like(direction)
    found[int(np.abs(direction).argmin())] = 1.0
    found -= (np.dot(found, direction) / np.dot(direction, direction)) * direction
    return np.asarray(found)
