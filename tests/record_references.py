"""Record the paths that the installed PyTorch and Keras take, for `tests/engine/test_recorded_paths.py`.

Run once for new versions, with the extra `[reference]` installed: `python -m tests.record_references`. The tests need
neither library: they read `tests/data/reference_paths.json`. Everything is in double precision. Keras runs on JAX,
with gradients from PyTorch: on its torch and numpy backends some constants are rounded to single precision, and the
torch one overwrites in place what ScheduleFreeAdamW means to keep. On JAX, mean and norm alone are rounded to single
precision; they are replaced by sums, which are not.

PyTorch's Muon rounds the direction of a step to bfloat16, which leaves three digits; it is recorded without that.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import keras
import numpy as np
import torch
from keras.src import ops as source

from tests.recorded import CASES, INPUTS, STARTS, STEPS, TARGETS

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
keras.config.set_floatx("float64")


def mean(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    count = x.size if axis is None else x.shape[axis]
    return source.sum(x, axis=axis, keepdims=keepdims) / count


def norm(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return source.sqrt(source.sum(source.square(x), axis=axis, keepdims=keepdims))


source.mean, source.norm = mean, norm

FILE = Path(__file__).parent / "data" / "reference_paths.json"
Loss = Callable[[list[torch.Tensor]], torch.Tensor]


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
    inputs, targets = torch.tensor(INPUTS), torch.tensor(TARGETS)
    output = torch.tanh(inputs @ p[0] + p[1]) @ p[2] + p[3]
    return ((output[:, 0] - targets) ** 2).mean()


SURFACES: dict[str, Loss] = {"rosenbrock": rosenbrock, "ellipse": ellipse, "himmelblau": himmelblau, "network": network}
SHAPES = {"network": [(2, 3), (3,), (3, 1), (1,)]}


def tensors(surface: str) -> list[torch.Tensor]:
    flat, parts, first = np.array(STARTS[surface]), [], 0
    for shape in SHAPES.get(surface, [(len(flat),)]):
        size = int(np.prod(shape))
        parts.append(torch.tensor(flat[first : first + size].reshape(shape)))
        first += size
    return parts


def flat(parts: list[torch.Tensor]) -> list[float]:
    return [float(v) for part in parts for v in part.detach().numpy().ravel()]


def torch_path(surface: str, name: str, options: dict[str, Any], clip: float | None) -> list[list[float]]:
    if name == "Muon":
        return muon_path(surface, options)
    parameters = [part.requires_grad_() for part in tensors(surface)]
    optimizer = getattr(torch.optim, name)(parameters, **options)
    path = [flat(parameters)]

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = SURFACES[surface](parameters)
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        return loss

    for _ in range(STEPS):
        optimizer.step(closure)
        path.append(flat(parameters))
    return path


def muon_path(surface: str, options: dict[str, Any]) -> list[list[float]]:
    """Matrices by Muon in PyTorch's layout (n_out, n_in), the rest by AdamW; see the module's text on bfloat16."""
    torch.Tensor.bfloat16 = lambda self: self.clone()  # type: ignore[method-assign]
    parts = tensors(surface)
    parameters = [(part.T.contiguous() if part.ndim == 2 else part).requires_grad_() for part in parts]
    shared = {"lr": options.get("lr", 1e-3), "weight_decay": options.get("weight_decay", 0.1)}
    both = [
        torch.optim.Muon([p for p in parameters if p.ndim == 2], **options),
        torch.optim.AdamW([p for p in parameters if p.ndim == 1], **shared),
    ]

    def laid_out() -> list[torch.Tensor]:
        return [p.T if p.ndim == 2 else p for p in parameters]

    path = [flat(laid_out())]
    for _ in range(STEPS):
        for optimizer in both:
            optimizer.zero_grad()
        SURFACES[surface](laid_out()).backward()
        for optimizer in both:
            optimizer.step()
        path.append(flat(laid_out()))
    return path


def keras_path(surface: str, name: str, options: dict[str, Any]) -> list[list[float]]:
    variables = [keras.Variable(part.numpy(), dtype="float64") for part in tensors(surface)]
    optimizer = getattr(keras.optimizers, name)(**options)
    optimizer.build(variables)

    def values() -> list[torch.Tensor]:
        return [torch.tensor(np.array(v.value)).requires_grad_() for v in variables]

    path = [flat(values())]
    for _ in range(STEPS):
        parameters = values()
        SURFACES[surface](parameters).backward()
        optimizer.apply([keras.ops.convert_to_tensor(p.grad.numpy()) for p in parameters], variables)
        path.append(flat(values()))
    return path


def main() -> int:
    paths = {}
    for label, case in CASES.items():
        library, name = case.theirs.split(".")
        for surface in case.surfaces:
            if library == "torch":
                path = torch_path(surface, name, dict(case.options), case.gradient.get("clip_norm"))
            else:
                path = keras_path(surface, name, dict(case.options))
            paths[f"{label} {surface}"] = path[:: STEPS // 10]
    data = {"versions": {"torch": torch.__version__, "keras": keras.__version__}, "paths": paths}
    FILE.write_text(json.dumps(data, indent=0).replace(",\n", ", ") + "\n")
    print(f"{len(paths)} paths, {FILE.stat().st_size} bytes, {data['versions']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
