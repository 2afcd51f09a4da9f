"""The schedules whose rates are recorded from PyTorch and Keras, for a learning rate of 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The steps whose rates are recorded: 0, 1, ..., RATES - 1.
RATES = 150


@dataclass(frozen=True)
class ScheduleCase:
    """A schedule of theirs with its options, ours with its parameters, and how many of its rates the two share."""

    theirs: str
    options: Mapping[str, Any]
    ours: str
    parameters: Mapping[str, Any]
    until: int = RATES
    #: PyTorch's SequentialLR: a linear warm-up of so many steps before it
    warmup: int = 0
    #: the losses that a schedule is told, one a step
    losses: tuple[float, ...] = field(default=())


def _losses() -> tuple[float, ...]:
    """Falls, rests, rises and falls again, by numbers that have no rounding: multiples of 1/64."""
    return tuple((192 - min(k, 30) * 3 - max(0, min(k, 90) - 60) * 2 + (k * k) % 7) / 64 for k in range(RATES))


SCHEDULES: dict[str, ScheduleCase] = {
    "torch step": ScheduleCase("torch.StepLR", {"step_size": 7, "gamma": 0.3}, "step", {"every": 7, "gamma": 0.3}),
    "torch exponential": ScheduleCase("torch.ExponentialLR", {"gamma": 0.97}, "exponential", {"gamma": 0.97}),
    "torch cosine": ScheduleCase(
        # past T_max PyTorch's goes up again, ours stays at its floor
        "torch.CosineAnnealingLR",
        {"T_max": 120, "eta_min": 0.05},
        "cosine",
        {"period": 120, "floor": 0.05},
        until=121,
    ),
    "torch restarts": ScheduleCase(
        "torch.CosineAnnealingWarmRestarts",
        {"T_0": 10, "T_mult": 3, "eta_min": 0.1},
        "cosine_restarts",
        {"every": 10, "growth": 3, "floor": 0.1},
    ),
    "torch even restarts": ScheduleCase(
        "torch.CosineAnnealingWarmRestarts", {"T_0": 15}, "cosine_restarts", {"every": 15, "growth": 1}
    ),
    "torch one cycle": ScheduleCase(
        "torch.OneCycleLR", {"max_lr": 1.0, "total_steps": RATES}, "one_cycle", {"period": RATES}
    ),
    "torch one cycle all": ScheduleCase(
        "torch.OneCycleLR",
        {"max_lr": 1.0, "total_steps": RATES, "pct_start": 0.45, "div_factor": 10.0, "final_div_factor": 100.0},
        "one_cycle",
        {"period": RATES, "rise": 0.45, "begin_divisor": 10.0, "end_divisor": 100.0},
    ),
    "torch polynomial": ScheduleCase(
        "torch.PolynomialLR", {"total_iters": 70, "power": 0.7}, "polynomial", {"period": 70, "power": 0.7}
    ),
    "torch linear": ScheduleCase(
        "torch.LinearLR",
        {"start_factor": 1.0, "end_factor": 0.2, "total_iters": 60},
        "linear",
        {"period": 60, "floor": 0.2},
    ),
    "torch constant": ScheduleCase("torch.LambdaLR", {}, "constant", {}),
    "torch inverse root": ScheduleCase("torch.LambdaLR", {"root": 9}, "inverse_sqrt", {"every": 9}),
    "torch warm-up, cosine": ScheduleCase(
        "torch.CosineAnnealingLR", {"T_max": 130}, "cosine", {"period": 130, "warmup": 20}, warmup=20
    ),
    "torch warm-up, step": ScheduleCase(
        "torch.StepLR", {"step_size": 9, "gamma": 0.5}, "step", {"every": 9, "gamma": 0.5, "warmup": 12}, warmup=12
    ),
    "torch plateau": ScheduleCase(
        "torch.ReduceLROnPlateau",
        {"factor": 0.5, "patience": 3, "threshold": 0.01, "cooldown": 2, "min_lr": 0.05, "eps": 0.0},
        "reduce_on_plateau",
        {"gamma": 0.5, "patience": 3, "threshold": 0.01, "cooldown": 2, "floor": 0.05, "window": 1},
        losses=_losses(),
    ),
    "keras exponential": ScheduleCase(
        "keras.ExponentialDecay", {"decay_steps": 1, "decay_rate": 0.97}, "exponential", {"gamma": 0.97}
    ),
    "keras exponential by parts": ScheduleCase(
        "keras.ExponentialDecay", {"decay_steps": 50, "decay_rate": 0.5}, "exponential", {"gamma": 0.5 ** (1 / 50)}
    ),
    "keras staircase": ScheduleCase(
        "keras.ExponentialDecay",
        {"decay_steps": 13, "decay_rate": 0.4, "staircase": True},
        "step",
        {"every": 13, "gamma": 0.4},
    ),
    "keras inverse time": ScheduleCase(
        "keras.InverseTimeDecay", {"decay_steps": 13, "decay_rate": 2.5}, "inverse_time", {"every": 13, "gamma": 2.5}
    ),
    "keras polynomial": ScheduleCase(
        "keras.PolynomialDecay",
        {"decay_steps": 70, "end_learning_rate": 0.1, "power": 0.7},
        "polynomial",
        {"period": 70, "power": 0.7, "floor": 0.1},
    ),
    "keras linear": ScheduleCase(
        "keras.PolynomialDecay", {"decay_steps": 90, "end_learning_rate": 0.2}, "linear", {"period": 90, "floor": 0.2}
    ),
    "keras cosine": ScheduleCase(
        "keras.CosineDecay", {"decay_steps": 80, "alpha": 0.05}, "cosine", {"period": 80, "floor": 0.05}
    ),
    "keras restarts": ScheduleCase(
        "keras.CosineDecayRestarts",
        {"first_decay_steps": 10, "t_mul": 3.0, "m_mul": 1.0, "alpha": 0.1},
        "cosine_restarts",
        {"every": 10, "growth": 3, "floor": 0.1},
    ),
    "keras even restarts": ScheduleCase(
        "keras.CosineDecayRestarts",
        {"first_decay_steps": 16, "t_mul": 1.0, "alpha": 0.0},
        "cosine_restarts",
        {"every": 16, "growth": 1},
    ),
}
