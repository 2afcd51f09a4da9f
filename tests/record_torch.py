"""Paths and rates of PyTorch's optimizers and schedulers, and of packages whose optimizers are PyTorch's in kind.

PyTorch's Muon rounds the direction of a step to bfloat16, which leaves three digits; it is recorded without that. It
takes matrices alone, in PyTorch's layout (n_out, n_in); the rest is given to AdamW, as its documentation advises.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import lion_pytorch
import qhoptim.pyt
import schedulefree
import torch

from tests.record_surfaces import SURFACES, flat, tensors
from tests.recorded import STEPS, Case
from tests.recorded_schedules import RATES, ScheduleCase

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
warnings.filterwarnings("ignore", category=UserWarning)  # qhoptim calls PyTorch as it was in 2018
torch.Tensor.bfloat16 = lambda self: self.clone()  # type: ignore[method-assign]

MODULES = {
    "torch": torch.optim,
    "schedulefree": schedulefree,
    "qhoptim": qhoptim.pyt,
    "lion_pytorch": lion_pytorch,
}


def exported() -> list[str]:
    """The names of all optimizers that PyTorch has."""
    base = torch.optim.Optimizer
    found = [name for name, value in vars(torch.optim).items() if isinstance(value, type) and issubclass(value, base)]
    return sorted(set(found) - {"Optimizer"})


def path(case: Case, surface: str, start: list[float], dtype: torch.dtype = torch.float64) -> list[list[float]]:
    """All points of a path, the start first."""
    muon = case.theirs == "torch.Muon"
    parts = tensors(surface, start, dtype)
    parameters = [(part.T.contiguous() if muon and part.ndim == 2 else part).requires_grad_() for part in parts]
    optimizers = made(case, parameters)
    schedulers = [] if case.schedule is None else [scheduler(optimizer, *case.schedule) for optimizer in optimizers]

    plateau = case.schedule is not None and case.schedule[0] == "ReduceLROnPlateau"

    def laid_out() -> list[torch.Tensor]:
        return [p.T if muon and p.ndim == 2 else p for p in parameters]

    def closure() -> torch.Tensor:
        for parameter in parameters:
            parameter.grad = None
        loss = SURFACES[surface](laid_out())
        loss.backward()
        change(case, parameters)
        return loss

    points = [flat(laid_out())]
    for _ in range(STEPS):
        if plateau:  # it is told the loss that the coming step sees
            with torch.no_grad():
                schedulers[0].step(SURFACES[surface](laid_out()))
        if muon:  # two optimizers, one gradient
            closure()
            for optimizer in optimizers:
                optimizer.step()
        else:
            optimizers[0].step(closure)
        for each in [] if plateau else schedulers:
            each.step()
        points.append(flat(laid_out()))
    return points


def single(case: Case, start: list[float]) -> list[list[float]]:
    """The path on the network in single precision."""
    return path(case, "network", start, torch.float32)


def made(case: Case, parameters: list[torch.Tensor]) -> list[torch.optim.Optimizer]:
    library, name = case.theirs.split(".")
    make, options = getattr(MODULES[library], name), dict(case.options)
    if name == "Muon":
        shared = {"lr": options.get("lr", 1e-3), "weight_decay": options.get("weight_decay", 0.1)}
        return [
            make([p for p in parameters if p.ndim == 2], **options),
            torch.optim.AdamW([p for p in parameters if p.ndim == 1], **shared),
        ]
    optimizer = make(parameters, **options)
    if library == "schedulefree":
        optimizer.train()
    return [optimizer]


def change(case: Case, parameters: list[torch.Tensor]) -> None:
    """What stands between backward and step: clipping, by value and then by norm, and sparseness for SparseAdam."""
    if "clip_value" in case.gradient:
        torch.nn.utils.clip_grad_value_(parameters, case.gradient["clip_value"])
    if "clip_norm" in case.gradient:
        torch.nn.utils.clip_grad_norm_(parameters, case.gradient["clip_norm"])
    if case.theirs == "torch.SparseAdam":
        for parameter in parameters:
            parameter.grad = parameter.grad.to_sparse()


def scheduler(optimizer: torch.optim.Optimizer, name: str, options: Any) -> Any:
    options = dict(options)
    if name == "LambdaLR":
        root = options.pop("root", 0)
        options["lr_lambda"] = (lambda k: math.sqrt(root / (root + k))) if root else (lambda _k: 1.0)
    if name == "OneCycleLR":
        options["cycle_momentum"] = False
    return getattr(torch.optim.lr_scheduler, name)(optimizer, **options)


def rates(case: ScheduleCase) -> list[float]:
    """The rates of the steps 0, 1, ..."""
    optimizer = torch.optim.SGD([torch.zeros(1).requires_grad_()], lr=1.0)
    chosen = scheduler(optimizer, case.theirs.split(".")[1], case.options)
    if case.warmup:
        optimizer = torch.optim.SGD([torch.zeros(1).requires_grad_()], lr=1.0)
        rise = {"start_factor": 1 / case.warmup, "end_factor": 1.0, "total_iters": case.warmup - 1}
        both = [
            scheduler(optimizer, "LinearLR", rise),
            scheduler(optimizer, case.theirs.split(".")[1], case.options),
        ]
        chosen = torch.optim.lr_scheduler.SequentialLR(optimizer, both, milestones=[case.warmup])
    found = []
    for k in range(min(RATES, case.until)):
        if case.losses:  # ours looks at the loss that the coming step sees, PyTorch's is told it before that step
            chosen.step(case.losses[k])
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if not case.losses and k + 1 < min(RATES, case.until):
            chosen.step()
    return found
