"""Which picture of a fit is shown, where samples stand in it, and what its axes are called."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.datasets.base import Split
from workbench.engine.network.fit import SAMPLES, Fit

#: what is drawn: one of the kinds of fits, or of values their residuals
Picture = Literal["curves", "map", "pictures", "agreement", "residuals", "matrix"]
#: how far beyond the data a picture reaches, as a share of them
_MARGIN = 0.15
_ROOM = 0.12
#: axes whose ranges differ by no more than this have equal scales, where their columns have names
_ALIKE = 4.0
_NEAR = 9.0  # pixels from the cursor to a sample that is meant


def _tr(text: str) -> str:
    return QCoreApplication.translate("FitView", text)


def picture_of(fit: Fit, data: Split, wanted: str) -> Picture:
    """What is drawn of a fit where `fit`, `agreement` or `residuals` is wanted; of classes there is no choice."""
    kind: Any = fit.kind
    if data.classes or wanted == "fit":
        return kind  # type: ignore[no-any-return]
    return "residuals" if wanted == "residuals" else "agreement"


def sample_places(data: Split, fit: Fit, picture: Picture, *, tested: bool) -> NDArray[Any]:
    """Where the first samples of a set stand in the plot (N, 2)."""
    if picture in ("pictures", "matrix"):
        return np.empty((0, 2))
    x, y = (data.x_test, data.y_test) if tested else (data.x_train, data.y_train)
    x, y = data.unscaled(x[:SAMPLES]), data.unscaled_values(y[:SAMPLES])
    if picture == "map":
        return x
    if picture == "curves":
        return np.column_stack([x[:, 0], y[:, 0]])
    judged = fit.test if tested else fit.train
    if judged is None or not len(y) or len(judged.values) != len(y):
        return np.empty((0, 2))
    given = judged.values[:, 0]
    return np.column_stack([y[:, 0], given] if picture == "agreement" else [given, y[:, 0] - given])


def nearest_sample(
    data: Split, fit: Fit, picture: Picture, at: tuple[float, float], pixel: tuple[float, float]
) -> tuple[str, int] | None:
    """The sample next to a point, `train` or `test` and its place; None where none is near. `pixel`: its size."""
    best, nearest = _NEAR, None
    for source in ("train", "test"):
        places = sample_places(data, fit, picture, tested=source == "test")
        if len(places):
            away = np.hypot((places[:, 0] - at[0]) / pixel[0], (places[:, 1] - at[1]) / pixel[1])
            if not np.isfinite(away).any():
                continue
            index = int(np.nanargmin(away))
            if away[index] < best:
                best, nearest = float(away[index]), (source, index)
    return nearest


def axis_names(picture: Picture, data: Split) -> tuple[str, str]:
    """What stands at the axes, below and beside: the names of the columns, where they have such."""
    names, target = data.columns, data.target
    if picture == "map":
        return (names[0], names[1]) if len(names) == 2 else ("x₁", "x₂")
    if picture == "curves":
        return names[0] if len(names) == 1 else "x", target or "y"
    if picture == "residuals":
        if target:
            return _tr("{}, value given").format(target), _tr("{}, true value less given").format(target)
        return _tr("value given"), _tr("true value less given")
    if target:
        return _tr("{}, true value").format(target), _tr("{}, value given").format(target)
    return _tr("true value"), _tr("value given")


def plane(data: Split) -> tuple[float, float, float, float]:
    """The plane of two inputs that a map covers, as the engine has it: x0, x1, y0, y1."""
    x = data.unscaled(data.x_train)
    low, high = x.min(axis=0), x.max(axis=0)
    room = _MARGIN * np.maximum(high - low, 1e-9)
    (x0, y0), (x1, y1) = low - room, high + room
    return float(x0), float(x1), float(y0), float(y1)


def is_equal(data: Split) -> bool:
    """Whether both axes of a map have equal scales: of columns with names only where their ranges are alike."""
    if len(data.columns) != 2:
        return True
    x0, x1, y0, y1 = plane(data)
    return 1 / _ALIKE <= (x1 - x0) / (y1 - y0) <= _ALIKE


def value_range(data: Split) -> tuple[float, float]:
    """The range of the values to be learned, with some room."""
    y = data.unscaled_values(np.concatenate([data.y_train, data.y_test]))
    room = _ROOM * max(float(np.ptp(y)), 1e-9)
    return float(y.min() - room), float(y.max() + room)


def residual_range(data: Split, fit: Fit) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ranges of a plot of residuals over the values given; zero stands in the middle."""
    places = [sample_places(data, fit, "residuals", tested=tested) for tested in (False, True)]
    points = np.concatenate(places)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return value_range(data), (-1.0, 1.0)
    reach = (1 + _ROOM) * max(float(np.abs(points[:, 1]).max()), 1e-9)
    room = _ROOM * max(float(np.ptp(points[:, 0])), 1e-9)
    return (float(points[:, 0].min() - room), float(points[:, 0].max() + room)), (-reach, reach)
