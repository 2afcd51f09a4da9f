"""The cases recorded from PyTorch."""

from __future__ import annotations

from typing import Any

from tests.recorded_case import PLANES, Case, case

_SEARCH = {"max_iter": 1, "max_eval": 26, "line_search_fn": "strong_wolfe"}


def _falling(own: str, theirs: str, **options: Any) -> dict[str, Any]:
    """A schedule of PyTorch's and ours, for `case`; `options` are ours, theirs follow from them."""
    translated = {
        "StepLR": lambda: {"step_size": options["every"], "gamma": options["gamma"]},
        "ExponentialLR": lambda: {"gamma": options["gamma"]},
        "CosineAnnealingLR": lambda: {"T_max": options["period"]},
        "CosineAnnealingWarmRestarts": lambda: {"T_0": options["every"], "T_mult": options["growth"]},
        "PolynomialLR": lambda: {"total_iters": options["period"], "power": options["power"]},
        "LinearLR": lambda: {"start_factor": 1.0, "end_factor": options["floor"], "total_iters": options["period"]},
        "ReduceLROnPlateau": lambda: {
            "factor": options["gamma"],
            "patience": options["patience"],
            "threshold": options["threshold"],
            "cooldown": options["cooldown"],
            "eps": 0.0,  # the least fall that it makes
        },
    }[theirs]()
    return {"schedule": (theirs, translated), "own_schedule": (own, options)}


_STEP = _falling("step", "StepLR", every=7, gamma=0.7)
_EXPONENTIAL = _falling("exponential", "ExponentialLR", gamma=0.98)
_COSINE = _falling("cosine", "CosineAnnealingLR", period=250)  # PyTorch's goes up again where ours stays low
_RESTARTS = _falling("cosine_restarts", "CosineAnnealingWarmRestarts", every=20, growth=2)
_POLYNOMIAL = _falling("polynomial", "PolynomialLR", period=150, power=1.5)
_LINEAR = _falling("linear", "LinearLR", period=120, floor=0.1)
_PLATEAU = _falling(
    "reduce_on_plateau", "ReduceLROnPlateau", gamma=0.5, patience=2, threshold=0.01, cooldown=1, window=1
)

TORCH: dict[str, Case] = {
    "torch sgd": case("torch.SGD", "sgd", {"lr": 5e-4}),
    "torch sgd decay": case("torch.SGD", "sgd", {"lr": 5e-4, "weight_decay": 0.1}),
    "torch sgd clipped": case("torch.SGD", "sgd", {"lr": 5e-4}, gradient={"clip_norm": 1.0}),
    "torch sgd cut": case("torch.SGD", "sgd", {"lr": 5e-4}, gradient={"clip_value": 0.5}),
    "torch sgd plateau": case("torch.SGD", "sgd", {"lr": 5e-4}, **_PLATEAU),
    "torch sgd scheduled": case("torch.SGD", "sgd", {"lr": 5e-4}, **_LINEAR),
    "torch momentum": case("torch.SGD", "momentum", {"lr": 1e-4, "momentum": 0.9}),
    "torch momentum decay": case("torch.SGD", "momentum", {"lr": 1e-4, "momentum": 0.7, "weight_decay": 0.1}),
    "torch momentum scheduled": case("torch.SGD", "momentum", {"lr": 1e-4, "momentum": 0.9}, **_STEP),
    "torch dampened": case("torch.SGD", "momentum", {"lr": 1e-4, "momentum": 0.8, "dampening": 0.3}),
    "torch dampened clipped": case(
        "torch.SGD", "momentum", {"lr": 2e-4, "momentum": 0.9, "dampening": 0.5}, gradient={"clip_norm": 5.0}
    ),
    "torch nesterov": case("torch.SGD", "nesterov", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}),
    "torch nesterov decay": case(
        "torch.SGD", "nesterov", {"lr": 1e-4, "momentum": 0.6, "nesterov": True, "weight_decay": 0.1}
    ),
    "torch nesterov scheduled": case(
        "torch.SGD", "nesterov", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}, **_RESTARTS
    ),
    "torch adagrad": case("torch.Adagrad", "adagrad", {"lr": 0.1}),
    "torch adagrad all": case(
        "torch.Adagrad",
        "adagrad",
        {"lr": 0.1, "lr_decay": 0.01, "initial_accumulator_value": 0.5, "weight_decay": 0.01, "eps": 1e-6},
    ),
    "torch adagrad scheduled": case("torch.Adagrad", "adagrad", {"lr": 0.1, "lr_decay": 0.01}, **_EXPONENTIAL),
    "torch adadelta": case("torch.Adadelta", "adadelta"),
    "torch adadelta all": case(
        "torch.Adadelta", "adadelta", {"lr": 0.5, "rho": 0.95, "eps": 1e-5, "weight_decay": 0.01}
    ),
    "torch adadelta scheduled": case("torch.Adadelta", "adadelta", {"lr": 3.0}, **_STEP),
    "torch rmsprop": case("torch.RMSprop", "rmsprop", {"lr": 1e-3}),
    "torch rmsprop momentum": case(
        "torch.RMSprop", "rmsprop", {"lr": 1e-3, "alpha": 0.95, "momentum": 0.5, "weight_decay": 0.1}
    ),
    "torch rmsprop centered": case("torch.RMSprop", "rmsprop", {"lr": 1e-3, "eps": 1e-2, "centered": True}),
    "torch rmsprop all": case(
        "torch.RMSprop",
        "rmsprop",
        {"lr": 1e-3, "alpha": 0.9, "eps": 1e-2, "centered": True, "momentum": 0.8, "weight_decay": 0.05},
    ),
    "torch rmsprop scheduled": case("torch.RMSprop", "rmsprop", {"lr": 1e-3, "momentum": 0.5}, **_COSINE),
    "torch adam": case("torch.Adam", "adam", {"lr": 0.01}),
    "torch adam amsgrad": case("torch.Adam", "adam", {"lr": 0.01, "betas": (0.9, 0.9), "amsgrad": True}),
    "torch adam all": case(
        "torch.Adam", "adam", {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-4, "weight_decay": 0.01, "amsgrad": True}
    ),
    "torch adam decoupled": case(
        "torch.Adam", "adam", {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True}
    ),
    "torch adam clipped": case("torch.Adam", "adam", {"lr": 0.01}, gradient={"clip_value": 0.5, "clip_norm": 0.6}),
    "torch adam scheduled": case("torch.Adam", "adam", {"lr": 0.01}, **_RESTARTS),
    "torch sparse adam": case(
        # on gradients without a hole; it places epsilon as Keras does
        "torch.SparseAdam",
        "adam",
        {"lr": 0.01, "eps": 1e-4},
        convention="keras",
    ),
    "torch adamw": case("torch.AdamW", "adamw", {"lr": 0.01}),
    "torch adamw amsgrad": case("torch.AdamW", "adamw", {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}),
    "torch adamw scheduled": case("torch.AdamW", "adamw", {"lr": 0.02, "weight_decay": 0.1}, **_COSINE),
    "torch adamax": case("torch.Adamax", "adamax"),
    "torch adamax all": case(
        "torch.Adamax", "adamax", {"lr": 0.003, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.01}
    ),
    "torch adamax scheduled": case("torch.Adamax", "adamax", {"lr": 0.01}, **_POLYNOMIAL),
    "torch nadam": case("torch.NAdam", "nadam"),
    "torch nadam all": case(
        "torch.NAdam",
        "nadam",
        {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-4, "momentum_decay": 0.1, "weight_decay": 0.01},
    ),
    "torch nadam decoupled": case("torch.NAdam", "nadam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    "torch nadam scheduled": case("torch.NAdam", "nadam", {"lr": 0.01}, **_STEP),
    "torch radam": case("torch.RAdam", "radam", {"lr": 1e-3}),
    "torch radam all": case(
        "torch.RAdam", "radam", {"lr": 1e-3, "betas": (0.9, 0.99), "eps": 1e-4, "weight_decay": 0.01}
    ),
    "torch radam decoupled": case(
        "torch.RAdam", "radam", {"betas": (0.9, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True}
    ),
    "torch radam scheduled": case("torch.RAdam", "radam", {"lr": 1e-3, "betas": (0.9, 0.99)}, **_LINEAR),
    "torch rprop": case("torch.Rprop", "rprop"),
    "torch rprop all": case("torch.Rprop", "rprop", {"lr": 0.005, "etas": (0.4, 1.1), "step_sizes": (1e-4, 0.05)}),
    "torch rprop scheduled": case("torch.Rprop", "rprop", {"lr": 0.005}, **_EXPONENTIAL),
    "torch asgd": case("torch.ASGD", "asgd", {"lr": 5e-4}),
    "torch asgd all": case(
        "torch.ASGD", "asgd", {"lr": 5e-4, "lambd": 0.1, "alpha": 0.9, "t0": 10.0, "weight_decay": 0.01}
    ),
    "torch asgd scheduled": case("torch.ASGD", "asgd", {"lr": 5e-4, "lambd": 0.1}, **_STEP),
    "torch lbfgs": case("torch.LBFGS", "lbfgs", _SEARCH, surfaces=PLANES),
    "torch lbfgs short": case(
        "torch.LBFGS",
        "lbfgs",
        {**_SEARCH, "lr": 0.5, "history_size": 5, "tolerance_grad": 1e-4},
        surfaces=("ellipse", "himmelblau"),
    ),
    "torch lbfgs scheduled": case("torch.LBFGS", "lbfgs", _SEARCH, surfaces=("ellipse", "himmelblau"), **_STEP),
    "torch adafactor": case("torch.Adafactor", "adafactor"),
    "torch adafactor all": case(
        "torch.Adafactor",
        "adafactor",
        {"lr": 0.005, "beta2_decay": -0.5, "eps": (1e-6, 1e-2), "d": 1.5, "weight_decay": 0.1},
        surfaces=("ellipse", "network"),
    ),
    "torch adafactor scheduled": case("torch.Adafactor", "adafactor", {"lr": 0.02}, **_STEP),
    "torch muon": case("torch.Muon", "muon", surfaces=("network",)),
    "torch muon all": case(
        "torch.Muon",
        "muon",
        {"lr": 0.003, "momentum": 0.8, "weight_decay": 0.01, "nesterov": False, "ns_steps": 3},
        surfaces=("network",),
    ),
    "torch muon scheduled": case("torch.Muon", "muon", {"lr": 0.01}, surfaces=("network",), **_COSINE),
}

#: The cases that are recorded in single precision too, on the network.
SINGLE = (
    "torch sgd",
    "torch momentum",
    "torch nesterov",
    "torch adagrad",
    "torch adadelta",
    "torch rmsprop",
    "torch rmsprop momentum",
    "torch adam",
    "torch adam all",
    "torch adamw",
    "torch adamax all",
    "torch nadam all",
    "torch radam",
    "torch asgd",
    "torch adafactor",
    "torch muon all",
)
