"""The cases recorded from the authors' own packages, and from others where neither PyTorch nor Keras has a rule.

`schedulefree` (A. Defazio et al., Meta) and `qhoptim` (J. Ma, D. Yarats, Facebook) are the authors' own; `optax` is
Google DeepMind's, `lion_pytorch` is P. Wang's.
"""

from __future__ import annotations

from tests.recorded_case import Case, case

OTHERS: dict[str, Case] = {
    "authors' schedule free": case("schedulefree.AdamWScheduleFree", "schedule_free_adamw"),
    "authors' schedule free all": case(
        "schedulefree.AdamWScheduleFree",
        "schedule_free_adamw",
        {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-4, "warmup_steps": 20, "weight_decay": 0.1},
    ),
    "authors' schedule free scheduled": case(
        "schedulefree.AdamWScheduleFree",
        "schedule_free_adamw",
        {"lr": 0.01, "warmup_steps": 10},
        schedule=("StepLR", {"step_size": 7, "gamma": 0.7}),
        own_schedule=("step", {"every": 7, "gamma": 0.7}),
    ),
    "authors' qhm": case("qhoptim.QHM", "qhm", {"lr": 1e-3, "nu": 0.7, "momentum": 0.999}),
    "authors' qhm decay": case("qhoptim.QHM", "qhm", {"lr": 5e-4, "nu": 0.4, "momentum": 0.9, "weight_decay": 0.1}),
    "authors' qhm decoupled": case(
        "qhoptim.QHM",
        "qhm",
        {"lr": 5e-4, "nu": 0.4, "momentum": 0.9, "weight_decay": 0.1, "weight_decay_type": "direct"},
        convention="keras",
    ),
    "authors' qhadam": case("qhoptim.QHAdam", "qhadam", {"lr": 0.01, "nus": (0.7, 1.0)}),
    "authors' qhadam all": case(
        "qhoptim.QHAdam",
        "qhadam",
        {"lr": 0.01, "betas": (0.95, 0.98), "nus": (0.8, 0.7), "eps": 1e-4, "weight_decay": 0.1},
    ),
    "authors' qhadam decoupled": case(
        "qhoptim.QHAdam",
        "qhadam",
        {"lr": 0.01, "nus": (0.8, 0.7), "eps": 1e-4, "weight_decay": 0.1, "decouple_weight_decay": True},
        convention="keras",
    ),
    "lion pytorch": case("lion_pytorch.Lion", "lion"),
    "lion pytorch all": case("lion_pytorch.Lion", "lion", {"lr": 1e-3, "betas": (0.8, 0.9), "weight_decay": 0.1}),
    "optax lion": case("optax.lion", "lion", {"learning_rate": 1e-3, "b1": 0.9, "b2": 0.99, "weight_decay": 0.1}),
    "optax lamb": case("optax.lamb", "lamb", {"learning_rate": 1e-3, "weight_decay": 0.01}),
    "optax lamb all": case(
        "optax.lamb", "lamb", {"learning_rate": 0.001, "b1": 0.8, "b2": 0.99, "eps": 1e-4, "weight_decay": 0.1}
    ),
    # Optax places epsilon as TensorFlow Addons did, which the keras convention follows
    "optax radam": case("optax.radam", "radam", {"learning_rate": 1e-3, "eps": 1e-7}, convention="keras"),
    "optax radam all": case(
        "optax.radam", "radam", {"learning_rate": 1e-3, "b1": 0.8, "b2": 0.99, "eps": 1e-4}, convention="keras"
    ),
}
