"""Paths and rates of Keras's optimizers and schedules.

Keras runs on JAX, with gradients from PyTorch: on its torch and numpy backends some constants are rounded to single
precision, and the torch one overwrites in place what ScheduleFreeAdamW means to keep. On JAX, mean, norm and
cosine alone are rounded to single precision; they are replaced by what is not.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import keras
import numpy as np
from keras.src import ops as source

from tests.record_surfaces import gradients, tensors
from tests.recorded import STEPS, Case
from tests.recorded_schedules import RATES, ScheduleCase

keras.config.set_floatx("float64")


def mean(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    count = x.size if axis is None else x.shape[axis]
    return source.sum(x, axis=axis, keepdims=keepdims) / count


def norm(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return source.sqrt(source.sum(source.square(x), axis=axis, keepdims=keepdims))


source.mean, source.norm, source.cos = mean, norm, jnp.cos


def exported() -> list[str]:
    """The names of all optimizers that Keras has."""
    base = keras.optimizers.Optimizer
    found = [n for n, value in vars(keras.optimizers).items() if isinstance(value, type) and issubclass(value, base)]
    return sorted(set(found) - {"Optimizer"})


def path(case: Case, surface: str, start: list[float]) -> list[list[float]]:
    """All points of a path, the start first."""
    variables = [keras.Variable(part.numpy(), dtype="float64") for part in tensors(surface, start)]
    optimizer = getattr(keras.optimizers, case.theirs.split(".")[1])(**case.options)
    if case.schedule is not None:
        name, options = case.schedule
        optimizer.learning_rate = getattr(keras.optimizers.schedules, name)(float(optimizer.learning_rate), **options)
    optimizer.build(variables)

    def values() -> list[np.ndarray]:
        return [np.array(variable.value) for variable in variables]

    def flat() -> list[float]:
        return [float(v) for value in values() for v in value.ravel()]

    points = [flat()]
    for _ in range(STEPS):
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients(surface, values())], variables)
        points.append(flat())
    return points


def rates(case: ScheduleCase) -> list[float]:
    """The rates of the steps 0, 1, ..."""
    schedule = getattr(keras.optimizers.schedules, case.theirs.split(".")[1])(1.0, **case.options)
    return [float(schedule(keras.ops.convert_to_tensor(float(k)))) for k in range(min(RATES, case.until))]
