"""Input features of two-dimensional data: what the network reads in place of the two coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import RequestError, nearest

Floats = NDArray[np.floating[Any]]

#: by name, a function of the coordinates x1 and x2 (TensorFlow Playground's seven, 2016)
FEATURES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "x1": lambda x1, _: x1,
    "x2": lambda _, x2: x2,
    "x1^2": lambda x1, _: x1 * x1,
    "x2^2": lambda _, x2: x2 * x2,
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin x1": lambda x1, _: np.asarray(np.sin(x1)),
    "sin x2": lambda _, x2: np.asarray(np.sin(x2)),
}


def check_features(features: Sequence[str], n_in: int) -> None:
    """Whether data with n_in inputs can be given these features; no features leave the inputs as they are.

    Raises:
        RequestError: an unknown name, one named twice, or data that is not two-dimensional.
    """
    for i, name in enumerate(features):
        if name not in FEATURES:
            known = ", ".join(f'"{key}"' for key in FEATURES)
            raise RequestError(
                f"features[{i}]", f'must be one of {known}, got "{name[:40]}"{nearest(name[:40], FEATURES)}'
            )
        if name in features[:i]:
            raise RequestError(f"features[{i}]", f'names "{name}" a second time')
    if features and n_in != 2:
        raise RequestError("features", f"must be left out, as the data has {n_in} input(s) and not two")


def expand(x: Floats, features: Sequence[str]) -> Floats:
    """The inputs of the network (N, F) for samples x (N, n_in): x itself where no features are named."""
    if not features:
        return x
    return np.stack([FEATURES[name](x[:, 0], x[:, 1]) for name in features], axis=1)
