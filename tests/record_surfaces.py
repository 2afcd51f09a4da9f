"""The surfaces that paths are recorded on, for PyTorch's automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from tests.recorded import INPUTS, TARGETS

Loss = Callable[[list[torch.Tensor]], torch.Tensor]
SHAPES = {"network": [(2, 3), (3,), (3, 1), (1,)]}


def rosenbrock(p: list[torch.Tensor]) -> torch.Tensor:
    x, y = p[0]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def ellipse(p: list[torch.Tensor]) -> torch.Tensor:
    return 0.5 * p[0][0] ** 2 + 10 * p[0][1] ** 2


def himmelblau(p: list[torch.Tensor]) -> torch.Tensor:
    x, y = p[0]
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def network(p: list[torch.Tensor]) -> torch.Tensor:
    """2-3-1 with tanh; the weights lie (n_in, n_out), as Keras has them."""
    inputs, targets = (torch.tensor(data, dtype=p[0].dtype) for data in (INPUTS, TARGETS))
    output = torch.tanh(inputs @ p[0] + p[1]) @ p[2] + p[3]
    return ((output[:, 0] - targets) ** 2).mean()


SURFACES: dict[str, Loss] = {"rosenbrock": rosenbrock, "ellipse": ellipse, "himmelblau": himmelblau, "network": network}


def tensors(surface: str, start: list[float], dtype: torch.dtype = torch.float64) -> list[torch.Tensor]:
    """A start as the surface's tensors."""
    parts, first = [], 0
    for shape in SHAPES.get(surface, [(len(start),)]):
        size = int(np.prod(shape))
        parts.append(torch.tensor(start[first : first + size], dtype=dtype).reshape(shape))
        first += size
    return parts


def flat(parts: list[torch.Tensor]) -> list[float]:
    return [float(v) for part in parts for v in part.detach().numpy().ravel()]


def gradients(surface: str, values: list[np.ndarray]) -> list[np.ndarray]:
    """The gradient of each tensor, for libraries that take gradients from outside."""
    parameters = [torch.tensor(np.array(value)).requires_grad_() for value in values]
    SURFACES[surface](parameters).backward()
    return [parameter.grad.numpy() for parameter in parameters]
