"""The cases whose paths are recorded from PyTorch and Keras: shared by the script that records and the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STEPS = 100

INPUTS = [[0.5, -1.2], [1.1, 0.3], [-0.7, 0.8], [0.2, 1.5], [-1.4, -0.6], [0.9, -0.4]]
TARGETS = [0.3, 1.0, -0.5, 1.3, -0.8, 0.6]

#: Starting points; the network's are weights (2, 3), biases (3,), weights (3, 1), bias (1,), one after another.
STARTS: dict[str, list[float]] = {
    "rosenbrock": [-1.2, 1.0],
    "ellipse": [3.0, -0.8],
    "himmelblau": [0.5, -1.5],
    "network": [0.4, -0.3, 0.7, -0.6, 0.2, 0.5, 0.1, -0.2, 0.05, 0.8, -0.5, 0.3, -0.1],
}
PLANES = ("rosenbrock", "ellipse", "himmelblau")
ALL = (*PLANES, "network")


@dataclass(frozen=True)
class Case:
    """An optimizer of theirs with their options, and ours with our hyperparameters; defaults stay unwritten."""

    theirs: str
    options: Mapping[str, Any]
    ours: str
    hyperparameters: Mapping[str, Any]
    surfaces: tuple[str, ...] = ALL
    gradient: Mapping[str, float] = field(default_factory=dict)

    @property
    def convention(self) -> str:
        return "pytorch" if self.theirs.startswith("torch.") else "keras"


_NAMES = {
    "torch": {"lr": "learning_rate", "eps": "epsilon", "alpha": "rho"},
    "keras": {"beta_1": "beta1", "beta_2": "beta2"},
}


def case(
    theirs: str, ours: str, options: Mapping[str, Any], *, also: Mapping[str, Any] | None = None, **rest: Any
) -> Case:
    """A case whose hyperparameters are the options under our names, and `also` what is named quite differently."""
    names = _NAMES[theirs.split(".", maxsplit=1)[0]]
    if ours == "asgd":
        names = {key: name for key, name in names.items() if key != "alpha"}
    left_out = {"betas", "nesterov"} if also is None else {"betas", "nesterov", *_SKIP}
    translated = {names.get(key, key): value for key, value in options.items() if key not in left_out}
    if "betas" in options:
        translated |= dict(zip(("beta1", "beta2"), options["betas"], strict=True))
    return Case(theirs, options, ours, {**translated, **(also or {})}, **rest)


#: Options that `also` spells out under our names.
_SKIP = {
    "etas",
    "step_sizes",
    "eps",
    "d",
    "max_iter",
    "max_eval",
    "line_search_fn",
    "tolerance_grad",
    "initial_accumulator_value",
    "lr_decay",
    "ns_steps",
    "beta_2_decay",
    "epsilon_1",
    "epsilon_2",
    "l1_regularization_strength",
    "l2_regularization_strength",
    "l2_shrinkage_regularization_strength",
    "adam_weight_decay",
    "adam_beta_1",
    "adam_beta_2",
    "global_clipnorm",
    "clipvalue",
}
_SEARCH = {"max_iter": 1, "max_eval": 26, "line_search_fn": "strong_wolfe"}

CASES: dict[str, Case] = {
    # PyTorch
    "torch sgd": case("torch.SGD", "sgd", {"lr": 5e-4}),
    "torch sgd decay": case("torch.SGD", "sgd", {"lr": 5e-4, "weight_decay": 0.1}),
    "torch sgd clipped": case("torch.SGD", "sgd", {"lr": 5e-3}, gradient={"clip_norm": 1.0}),
    "torch momentum": case("torch.SGD", "momentum", {"lr": 1e-4, "momentum": 0.9}),
    "torch dampened": case("torch.SGD", "momentum", {"lr": 1e-4, "momentum": 0.8, "dampening": 0.3}),
    "torch nesterov": case("torch.SGD", "nesterov", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}),
    "torch adagrad": case("torch.Adagrad", "adagrad", {"lr": 0.1}),
    "torch adagrad all": case(
        "torch.Adagrad",
        "adagrad",
        {"lr": 0.1, "lr_decay": 0.01, "initial_accumulator_value": 0.5, "weight_decay": 0.01},
        also={"learning_rate_decay": 0.01, "initial_accumulator": 0.5},
    ),
    "torch adadelta": case("torch.Adadelta", "adadelta", {}),
    "torch adadelta all": case(
        "torch.Adadelta", "adadelta", {"lr": 5.0, "rho": 0.95, "eps": 1e-5, "weight_decay": 0.01}
    ),
    "torch rmsprop": case("torch.RMSprop", "rmsprop", {"lr": 1e-3}),
    "torch rmsprop momentum": case("torch.RMSprop", "rmsprop", {"lr": 1e-3, "alpha": 0.95, "momentum": 0.5}),
    "torch rmsprop centered": case("torch.RMSprop", "rmsprop", {"lr": 1e-3, "eps": 1e-2, "centered": True}),
    "torch adam": case("torch.Adam", "adam", {"lr": 0.01}),
    "torch adam all": case(
        "torch.Adam", "adam", {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-4, "weight_decay": 0.01, "amsgrad": True}
    ),
    "torch adamw": case("torch.AdamW", "adamw", {"lr": 0.01}),
    "torch adamw amsgrad": case("torch.AdamW", "adamw", {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}),
    "torch adamax": case("torch.Adamax", "adamax", {}),
    "torch adamax all": case(
        "torch.Adamax", "adamax", {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.01}
    ),
    "torch nadam": case("torch.NAdam", "nadam", {}),
    "torch nadam all": case("torch.NAdam", "nadam", {"lr": 0.01, "momentum_decay": 0.1, "weight_decay": 0.01}),
    "torch radam": case("torch.RAdam", "radam", {"lr": 1e-3}),
    "torch radam all": case(
        "torch.RAdam", "radam", {"lr": 1e-3, "betas": (0.9, 0.99), "eps": 1e-4, "weight_decay": 0.01}
    ),
    "torch rprop": case("torch.Rprop", "rprop", {}),
    "torch rprop all": case(
        "torch.Rprop",
        "rprop",
        {"lr": 0.005, "etas": (0.4, 1.1), "step_sizes": (1e-4, 0.05)},
        also={"eta_minus": 0.4, "eta_plus": 1.1, "smallest_step": 1e-4, "largest_step": 0.05},
    ),
    "torch asgd": case("torch.ASGD", "asgd", {"lr": 5e-4}),
    "torch asgd all": case(
        "torch.ASGD", "asgd", {"lr": 5e-4, "lambd": 0.1, "alpha": 0.9, "t0": 10.0, "weight_decay": 0.01}
    ),
    "torch lbfgs": case("torch.LBFGS", "lbfgs", _SEARCH, also={}, surfaces=PLANES),
    "torch lbfgs short": case(
        "torch.LBFGS",
        "lbfgs",
        {**_SEARCH, "lr": 0.5, "history_size": 5, "tolerance_grad": 1e-4},
        also={"tolerance_gradient": 1e-4},
        surfaces=("ellipse", "himmelblau"),
    ),
    "torch adafactor": case("torch.Adafactor", "adafactor", {}),
    "torch adafactor all": case(
        "torch.Adafactor",
        "adafactor",
        {"lr": 0.05, "beta2_decay": -0.5, "eps": (1e-6, 1e-2), "d": 1.5, "weight_decay": 0.1},
        also={"epsilon": 1e-6, "epsilon2": 1e-2, "clip_threshold": 1.5},
        surfaces=("rosenbrock", "ellipse", "network"),
    ),
    "torch muon": case("torch.Muon", "muon", {}, surfaces=("network",)),
    "torch muon all": case(
        "torch.Muon",
        "muon",
        {"lr": 0.01, "momentum": 0.8, "weight_decay": 0.01, "nesterov": False, "ns_steps": 3},
        also={"nesterov": False, "newton_schulz_steps": 3},
        surfaces=("network",),
    ),
    # Keras
    "keras sgd": case("keras.SGD", "sgd", {"learning_rate": 5e-4, "weight_decay": 0.1}),
    "keras sgd clipped": case(
        "keras.SGD", "sgd", {"learning_rate": 5e-3, "global_clipnorm": 1.0}, also={}, gradient={"clip_norm": 1.0}
    ),
    "keras sgd cut": case(
        "keras.SGD", "sgd", {"learning_rate": 5e-3, "clipvalue": 0.5}, also={}, gradient={"clip_value": 0.5}
    ),
    "keras momentum": case("keras.SGD", "momentum", {"learning_rate": 1e-4, "momentum": 0.9}),
    "keras nesterov": case(
        "keras.SGD", "nesterov", {"learning_rate": 1e-4, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}
    ),
    "keras adagrad": case("keras.Adagrad", "adagrad", {"learning_rate": 0.1}),
    "keras adagrad all": case(
        "keras.Adagrad",
        "adagrad",
        {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.01},
        also={"initial_accumulator": 0.5},
    ),
    "keras adadelta": case("keras.Adadelta", "adadelta", {"learning_rate": 1.0}),
    "keras rmsprop": case("keras.RMSprop", "rmsprop", {}),
    "keras rmsprop all": case(
        "keras.RMSprop",
        "rmsprop",
        {"rho": 0.95, "momentum": 0.5, "centered": True, "epsilon": 1e-2, "weight_decay": 0.1},
    ),
    "keras adam": case("keras.Adam", "adam", {"learning_rate": 0.01}),
    "keras adam all": case(
        "keras.Adam",
        "adam",
        {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.99, "amsgrad": True, "weight_decay": 0.1, "epsilon": 1e-4},
    ),
    "keras adamw": case("keras.AdamW", "adamw", {"learning_rate": 0.01}),
    "keras adamax": case("keras.Adamax", "adamax", {"learning_rate": 0.01, "epsilon": 1e-3}),
    "keras nadam": case("keras.Nadam", "nadam", {"learning_rate": 0.005}),
    "keras ftrl": case("keras.Ftrl", "ftrl", {"learning_rate": 0.1}),
    "keras ftrl all": case(
        "keras.Ftrl",
        "ftrl",
        {
            "learning_rate": 0.1,
            "learning_rate_power": -0.4,
            "l1_regularization_strength": 0.05,
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.02,
            "beta": 0.5,
        },
        also={"l1": 0.05, "l2": 0.1, "l2_shrinkage": 0.02},
    ),
    "keras lion": case("keras.Lion", "lion", {"weight_decay": 0.1}),
    "keras adafactor": case("keras.Adafactor", "adafactor", {}),
    "keras adafactor all": case(
        "keras.Adafactor",
        "adafactor",
        {"learning_rate": 0.05, "beta_2_decay": -0.5, "epsilon_1": 1e-6, "epsilon_2": 1e-2, "clip_threshold": 1.5},
        also={"beta2_decay": -0.5, "epsilon": 1e-6, "epsilon2": 1e-2},
        surfaces=("rosenbrock", "ellipse", "network"),
    ),
    "keras lamb": case("keras.Lamb", "lamb", {"learning_rate": 0.01, "weight_decay": 0.1}),
    "keras muon": case("keras.Muon", "muon", {}, surfaces=("network",)),
    "keras muon all": case(
        "keras.Muon",
        "muon",
        {"learning_rate": 0.01, "momentum": 0.8, "weight_decay": 0.1, "adam_weight_decay": 0.1, "nesterov": False},
        also={"nesterov": False},
        surfaces=("network",),
    ),
    "keras schedule free": case("keras.ScheduleFreeAdamW", "schedule_free_adamw", {}),
    "keras schedule free all": case(
        "keras.ScheduleFreeAdamW",
        "schedule_free_adamw",
        {"learning_rate": 0.01, "beta_1": 0.8, "warmup_steps": 20, "weight_decay": 0.1},
    ),
}
