"""Paths of Optax's optimizers, with gradients from PyTorch."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tests.record_surfaces import gradients, tensors
from tests.recorded import STEPS, Case


def path(case: Case, surface: str, start: list[float]) -> list[list[float]]:
    """All points of a path, the start first."""
    optimizer = getattr(optax, case.theirs.split(".")[1])(**case.options)
    parameters = [jnp.array(part.numpy()) for part in tensors(surface, start)]
    state, update = optimizer.init(parameters), jax.jit(optimizer.update)

    def flat() -> list[float]:
        return [float(v) for parameter in parameters for v in np.ravel(parameter)]

    points = [flat()]
    for _ in range(STEPS):
        slopes = [jnp.array(g) for g in gradients(surface, [np.array(p) for p in parameters])]
        steps, state = update(slopes, state, parameters)
        parameters = optax.apply_updates(parameters, steps)
        points.append(flat())
    return points
