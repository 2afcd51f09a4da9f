"""The cases recorded from Keras."""

from __future__ import annotations

from typing import Any

from tests.recorded_case import PLANES, Case, case


def _falling(own: str, theirs: str, **options: Any) -> dict[str, Any]:
    """A schedule of Keras's and ours, for `case`; `options` are ours, theirs follow from them."""
    translated = {
        "ExponentialDecay": lambda: {
            "decay_steps": options["every"],
            "decay_rate": options["gamma"],
            "staircase": True,
        },
        "InverseTimeDecay": lambda: {"decay_steps": options["every"], "decay_rate": options["gamma"]},
        "CosineDecay": lambda: {"decay_steps": options["period"], "alpha": options["floor"]},
        "PolynomialDecay": lambda: {"decay_steps": options["period"], "end_learning_rate": 0.0, "power": 2.0},
    }[theirs]()
    return {"schedule": (theirs, translated), "own_schedule": (own, options)}


_STEP = _falling("step", "ExponentialDecay", every=7, gamma=0.7)
_TIME = _falling("inverse_time", "InverseTimeDecay", every=30, gamma=1.5)
_COSINE = _falling("cosine", "CosineDecay", period=120, floor=0.1)
_SQUARE = _falling("polynomial", "PolynomialDecay", period=150)

KERAS: dict[str, Case] = {
    "keras sgd": case("keras.SGD", "sgd", {"learning_rate": 5e-4, "weight_decay": 0.1}),
    "keras sgd clipped": case("keras.SGD", "sgd", {"learning_rate": 5e-4, "global_clipnorm": 1.0}),
    # its clipnorm holds for each variable alone: on a surface of one variable that is the whole norm
    "keras sgd clipped each": case("keras.SGD", "sgd", {"learning_rate": 5e-4, "clipnorm": 2.0}, surfaces=PLANES),
    "keras sgd cut": case("keras.SGD", "sgd", {"learning_rate": 5e-4, "clipvalue": 0.5}),
    "keras sgd scheduled": case("keras.SGD", "sgd", {"learning_rate": 5e-4, "weight_decay": 0.1}, **_TIME),
    "keras momentum": case("keras.SGD", "momentum", {"learning_rate": 1e-4, "momentum": 0.9}),
    "keras momentum decay": case(
        "keras.SGD", "momentum", {"learning_rate": 1e-4, "momentum": 0.7, "weight_decay": 0.1, "global_clipnorm": 5.0}
    ),
    "keras momentum scheduled": case("keras.SGD", "momentum", {"learning_rate": 1e-4, "momentum": 0.9}, **_STEP),
    "keras nesterov": case("keras.SGD", "nesterov", {"learning_rate": 1e-4, "momentum": 0.9, "nesterov": True}),
    "keras nesterov decay": case(
        "keras.SGD", "nesterov", {"learning_rate": 1e-4, "momentum": 0.6, "nesterov": True, "weight_decay": 0.1}
    ),
    "keras nesterov scheduled": case(
        "keras.SGD", "nesterov", {"learning_rate": 1e-4, "momentum": 0.9, "nesterov": True}, **_STEP
    ),
    "keras adagrad": case("keras.Adagrad", "adagrad", {"learning_rate": 0.1}),
    "keras adagrad all": case(
        "keras.Adagrad",
        "adagrad",
        {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.01, "epsilon": 1e-2},
    ),
    "keras adagrad scheduled": case("keras.Adagrad", "adagrad", {"learning_rate": 0.1}, **_TIME),
    "keras adadelta": case("keras.Adadelta", "adadelta", {"learning_rate": 1.0}),
    "keras adadelta all": case(
        "keras.Adadelta", "adadelta", {"learning_rate": 0.5, "rho": 0.9, "epsilon": 1e-5, "weight_decay": 0.01}
    ),
    "keras adadelta scheduled": case("keras.Adadelta", "adadelta", {"learning_rate": 3.0}, **_STEP),
    "keras rmsprop": case("keras.RMSprop", "rmsprop"),
    "keras rmsprop momentum": case("keras.RMSprop", "rmsprop", {"momentum": 0.8, "rho": 0.95}),
    "keras rmsprop all": case(
        "keras.RMSprop",
        "rmsprop",
        {"rho": 0.95, "momentum": 0.5, "centered": True, "epsilon": 1e-2, "weight_decay": 0.1},
    ),
    "keras rmsprop scheduled": case("keras.RMSprop", "rmsprop", {"momentum": 0.5}, **_STEP),
    "keras adam": case("keras.Adam", "adam", {"learning_rate": 0.01}),
    "keras adam amsgrad": case("keras.Adam", "adam", {"learning_rate": 0.01, "beta_2": 0.9, "amsgrad": True}),
    "keras adam all": case(
        "keras.Adam",
        "adam",
        {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.99, "amsgrad": True, "weight_decay": 0.1, "epsilon": 1e-4},
    ),
    "keras adam clipped": case("keras.Adam", "adam", {"learning_rate": 0.01, "clipvalue": 0.5}),
    "keras adam scheduled": case("keras.Adam", "adam", {"learning_rate": 0.01, "weight_decay": 0.1}, **_COSINE),
    "keras adamw": case("keras.AdamW", "adamw", {"learning_rate": 0.01}),
    "keras adamw all": case(
        "keras.AdamW",
        "adamw",
        {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.99, "amsgrad": True, "weight_decay": 0.1, "epsilon": 1e-4},
    ),
    "keras adamw scheduled": case("keras.AdamW", "adamw", {"learning_rate": 0.02}, **_COSINE),
    "keras adamax": case("keras.Adamax", "adamax"),
    "keras adamax all": case(
        "keras.Adamax",
        "adamax",
        {"learning_rate": 0.003, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3, "weight_decay": 0.1},
    ),
    "keras adamax scheduled": case("keras.Adamax", "adamax", {"learning_rate": 0.01}, **_SQUARE),
    "keras nadam": case("keras.Nadam", "nadam", {"learning_rate": 0.005}),
    "keras nadam all": case(
        "keras.Nadam",
        "nadam",
        {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4, "weight_decay": 0.1},
    ),
    "keras nadam scheduled": case("keras.Nadam", "nadam", {"learning_rate": 0.01}, **_STEP),
    "keras ftrl": case("keras.Ftrl", "ftrl", {"learning_rate": 0.1}),
    "keras ftrl all": case(
        "keras.Ftrl",
        "ftrl",
        {
            "learning_rate": 0.1,
            "learning_rate_power": -0.4,
            "initial_accumulator_value": 0.2,
            "l1_regularization_strength": 0.05,
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.02,
            "beta": 0.5,
            "weight_decay": 0.01,
        },
    ),
    "keras ftrl scheduled": case("keras.Ftrl", "ftrl", {"learning_rate": 0.1, "beta": 0.5}, **_STEP),
    "keras lion": case("keras.Lion", "lion"),
    "keras lion all": case("keras.Lion", "lion", {"beta_1": 0.8, "beta_2": 0.9, "weight_decay": 0.1}),
    "keras lion scheduled": case("keras.Lion", "lion", {"learning_rate": 0.01, "weight_decay": 0.1}, **_STEP),
    "keras adafactor": case("keras.Adafactor", "adafactor"),
    "keras adafactor all": case(
        "keras.Adafactor",
        "adafactor",
        {
            "learning_rate": 0.005,
            "beta_2_decay": -0.5,
            "epsilon_1": 1e-6,
            "epsilon_2": 1e-2,
            "clip_threshold": 1.5,
            "weight_decay": 0.1,
        },
        surfaces=("ellipse", "network"),
    ),
    "keras adafactor scheduled": case("keras.Adafactor", "adafactor", {"learning_rate": 0.02}, **_STEP),
    "keras lamb": case("keras.Lamb", "lamb"),
    "keras lamb all": case(
        "keras.Lamb",
        "lamb",
        {"learning_rate": 0.001, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4, "weight_decay": 0.1},
    ),
    "keras lamb scheduled": case("keras.Lamb", "lamb", {"learning_rate": 0.003}, **_COSINE),
    "keras muon": case("keras.Muon", "muon", surfaces=("network",)),
    "keras muon all": case(
        "keras.Muon",
        "muon",
        {"learning_rate": 0.01, "momentum": 0.8, "weight_decay": 0.1, "adam_weight_decay": 0.1, "nesterov": False},
        surfaces=("network",),
    ),
    "keras muon scheduled": case("keras.Muon", "muon", {"learning_rate": 0.01}, surfaces=("network",), **_COSINE),
    "keras schedule free": case("keras.ScheduleFreeAdamW", "schedule_free_adamw"),
    "keras schedule free all": case(
        "keras.ScheduleFreeAdamW",
        "schedule_free_adamw",
        {
            "learning_rate": 0.01,
            "beta_1": 0.8,
            "beta_2": 0.99,
            "epsilon": 1e-4,
            "warmup_steps": 20,
            "weight_decay": 0.1,
        },
    ),
    "keras schedule free scheduled": case(
        "keras.ScheduleFreeAdamW", "schedule_free_adamw", {"learning_rate": 0.01, "weight_decay": 0.1}, **_STEP
    ),
}
