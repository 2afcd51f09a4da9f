"""Batch normalisation over R runs: each unit's values with mean 0 and variance 1 over the batch of its own run.

S. Ioffe, C. Szegedy, Batch normalization: accelerating deep network training, 2015, https://arxiv.org/abs/1502.03167.
The constants are PyTorch's (Keras: ε = 1e-3, momentum 0.99 of the old value, the running variance with divisor B).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

#: keeps the division finite where all samples are alike
EPSILON = 1e-5
#: the weight of a new batch in the running averages
MOMENTUM = 0.1


def normalise(z: Floats, ones: Floats, *, mean: Floats, variance: Floats, normal: Floats, scratch: Floats) -> Floats:
    """Normalise z (R, B, n) by its own statistics into `normal`, which are written to mean and variance (R, n).

    The variance has divisor B. `scratch` (R, B, n) is overwritten. Gives one over the deviation (R, 1, n).
    """
    count = z.shape[1]
    np.divide(np.matmul(ones, z)[:, 0], count, out=mean)
    np.subtract(z, mean[:, None], out=normal)
    np.multiply(normal, normal, out=scratch)
    np.divide(np.matmul(ones, scratch)[:, 0], count, out=variance)
    inverse = inverse_deviation(variance)
    normal *= inverse
    return inverse


def inverse_deviation(variance: Floats) -> Floats:
    """1 / √(variance + ε): variance (R, n) -> (R, 1, n)."""
    return np.asarray(1.0 / np.sqrt(variance[:, None] + EPSILON))


def backward(
    delta: Floats, ones: Floats, *, normal: Floats, inverse: Floats, scale: Floats, scale_out: Floats, scratch: Floats
) -> None:
    """Overwrite delta (R, B, n), the gradient behind scale and shift, with the one before the normalisation.

    The gradient of the scale γ is written to `scale_out` (R, 1, n); `scratch` (R, B, n) is overwritten. With d the
    gradient given and x̂ the normalised values, the result is γ/σ (d − mean d − x̂ mean(d x̂)).
    """
    count = delta.shape[1]
    np.multiply(delta, normal, out=scratch)
    np.matmul(ones, scratch, out=scale_out)
    mean = np.matmul(ones, delta)
    mean /= count
    np.multiply(normal, scale_out / count, out=scratch)
    delta -= scratch
    delta -= mean
    delta *= scale * inverse


def fold(running: Floats, moments: Floats, count: int) -> None:
    """Move the running averages (R, 2 M) towards the moments (R, 2 M) of a batch of `count` samples.

    The first half are means, the second variances; the running variance takes divisor B − 1 (B where B is 1).
    """
    half = running.shape[1] // 2
    running *= 1.0 - MOMENTUM
    running[:, :half] += MOMENTUM * moments[:, :half]
    running[:, half:] += (MOMENTUM * count / max(1, count - 1)) * moments[:, half:]
