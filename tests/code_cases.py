"""The lanes whose exported code is run by `tests/record_code.py`: every optimizer, and every option at least once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.engine.rules.typed_rules import RULES as RULES_TYPED
from workbench.engine.optimizers import optimizers
from workbench.experiment import build
from workbench.experiment.experiment import Experiment, Lane, Schedule, replace
from workbench.experiment.files import loads
from workbench.export.code.optimizers import RULES

#: of the losses printed, one in so many is recorded
EVERY = 5
VALLEY = loads(
    """
format = 1
title = "The valley"
seed = 5
steps = 50
[problem]
kind = "objective"
objective = "rosenbrock"
start = [-1.2, 1.0]
[[lanes]]
optimizer = "sgd"
"""
)
MOONS = loads(
    """
format = 1
title = "Moons in batches, the last of each epoch a short one"
seed = 6
steps = 50
[problem]
kind = "network"
batch_size = 16
[problem.data]
name = "moons"
samples = 60
test_fraction = 0.3
[[problem.layers]]
units = 6
[[problem.layers]]
units = 5
[[lanes]]
optimizer = "sgd"
"""
)
WAVE = loads(
    """
format = 1
seed = 7
steps = 50
[problem]
kind = "network"
batch_size = 0
loss = "mean_squared_error"
[problem.data]
name = "sine"
samples = 40
[[problem.layers]]
units = 8
[[lanes]]
optimizer = "adam"
"""
)


@dataclass(frozen=True)
class CodeCase:
    """An experiment of one lane, and the library it is written for."""

    experiment: Experiment
    library: str


def fingerprint(script: str) -> str:
    """What a script computes, in short: the comments, which name the version, are left out."""
    lines = (line for line in script.splitlines() if not line.startswith("#"))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def own_losses(case: CodeCase) -> list[float]:
    """The losses of the engine, run after run."""
    race = build.make_race(case.experiment)
    race.advance(race.limit or 0)
    return [float(loss) for loss in race.history.view(ended=True).values["loss"].T.ravel()]


def own_metrics(case: CodeCase) -> list[float]:
    """What a script prints last of a network, run after run: loss and accuracy of the training set, then the test."""
    race = build.make_race(case.experiment)
    race.advance(race.limit or 0)
    race.evaluate_metrics()
    names = [name for name in ("train_loss", "accuracy", "test_loss", "test_accuracy") if name in race.metrics]
    return [float(race.metrics[name][run]) for run in range(race.problem.runs) for name in names]


def distance(theirs: list[float], mine: list[float]) -> float:
    """How far losses are apart at most, relative to ours, which counts as no less than 1e-9 of the largest.

    Where all of ours are 0, as at a minimum, it is relative to 1e-6.
    """
    truth = np.array(mine)
    size = np.maximum(np.abs(truth), 1e-9 * (np.abs(truth).max() or 1e3))
    return float((np.abs(np.array(theirs) - truth) / size).max())


def lane(experiment: Experiment, optimizer: str, convention: str, **fields: Any) -> Experiment:
    """The experiment with one lane; what is named as a hyperparameter comes in `given`."""
    given = fields.pop("given", {})
    return replace(
        experiment, lanes=(Lane(optimizer=optimizer, convention=convention, hyperparameters=given, **fields),)
    )


def problem(experiment: Experiment, **fields: Any) -> Experiment:
    return replace(experiment, problem=replace(experiment.problem, **fields))


def layers(experiment: Experiment, **fields: Any) -> Experiment:
    """The experiment with these fields of every hidden layer."""
    return problem(experiment, layers=tuple(replace(layer, **fields) for layer in experiment.problem.layers))


#: rates under which 50 steps go somewhere without leaving for infinity
RATES: dict[str, float] = {
    "sgd": 1e-3, "momentum": 2e-4, "nesterov": 2e-4, "adagrad": 0.1, "adadelta": 1.0, "asgd": 1e-3, "lbfgs": 1.0,
    "rprop": 0.01, "ftrl": 0.05, "lion": 0.01, "lamb": 0.01, "muon": 0.01, "adafactor": 0.01, "radam": 5e-4,
}  # fmt: skip
#: a second setting for every rule that has more than a rate
OTHERS: dict[str, dict[str, Any]] = {
    "momentum": {"momentum": 0.7, "weight_decay": 0.1},
    "nesterov": {"momentum": 0.7, "weight_decay": 0.1},
    "sgd": {"weight_decay": 0.1},
    "adagrad": {"initial_accumulator": 0.5, "epsilon": 1e-3, "weight_decay": 0.05},
    "adadelta": {"rho": 0.8, "epsilon": 1e-4, "weight_decay": 0.05},
    "rmsprop": {"rho": 0.9, "epsilon": 1e-2, "momentum": 0.5, "centered": True, "weight_decay": 0.05},
    "adam": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.05, "amsgrad": True},
    "adamw": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.2, "amsgrad": True},
    "adamax": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weight_decay": 0.05},
    "nadam": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.05},
    "radam": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.05},
    "rprop": {"eta_minus": 0.4, "eta_plus": 1.1, "smallest_step": 1e-4, "largest_step": 0.05},
    "asgd": {"lambd": 0.1, "alpha": 0.9, "t0": 10.0, "weight_decay": 0.05},
    "lbfgs": {"history_size": 5, "tolerance_gradient": 1e-5},
    "adafactor": {"beta2_decay": -0.5, "epsilon": 1e-6, "epsilon2": 1e-2, "clip_threshold": 1.5, "weight_decay": 0.1},
    "ftrl": {"learning_rate_power": -0.4, "l1": 0.05, "l2": 0.1, "l2_shrinkage": 0.02, "beta": 0.5},
    "lion": {"beta1": 0.8, "beta2": 0.9, "weight_decay": 0.1},
    "lamb": {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.1},
    "muon": {"momentum": 0.8, "nesterov": False, "newton_schulz_steps": 3, "weight_decay": 0.1},
}
#: every schedule, once with PyTorch's own scheduler where there is one, and once with a warm-up
SCHEDULES: dict[str, Schedule] = {
    "step": Schedule(kind="step", parameters={"every": 7, "gamma": 0.7}),
    "exponential": Schedule(kind="exponential", parameters={"gamma": 0.95}),
    "inverse time": Schedule(kind="inverse_time", parameters={"every": 10}),
    "inverse root": Schedule(kind="inverse_sqrt", parameters={"every": 10, "warmup": 5}),
    "linear": Schedule(kind="linear", parameters={"period": 30, "floor": 0.1}),
    "polynomial": Schedule(kind="polynomial", parameters={"period": 40, "power": 1.5}),
    "polynomial with a floor": Schedule(kind="polynomial", parameters={"floor": 0.2}),
    "cosine": Schedule(kind="cosine"),
    "short cosine": Schedule(kind="cosine", parameters={"period": 20, "floor": 0.1}),
    "restarts": Schedule(kind="cosine_restarts", parameters={"every": 8, "growth": 2}),
    "even restarts": Schedule(kind="cosine_restarts", parameters={"every": 8, "growth": 1, "warmup": 4}),
    "one cycle": Schedule(kind="one_cycle", parameters={"rise": 0.4}),
    "step behind a warm-up": Schedule(kind="step", parameters={"every": 7, "gamma": 0.7, "warmup": 6}),
    "one cycle without a rise": Schedule(kind="one_cycle", parameters={"rise": 0.0}),
    "constant behind a warm-up": Schedule(kind="constant", parameters={"warmup": 9}),
    "plateau": Schedule(
        kind="reduce_on_plateau", parameters={"patience": 2, "threshold": 0.05, "cooldown": 1, "window": 2}
    ),
    "plateau behind a warm-up": Schedule(
        kind="reduce_on_plateau", parameters={"patience": 1, "threshold": 0.1, "warmup": 5, "floor": 0.1}
    ),
}


#: where the slope of a ring's root is none, by the objective
CENTRES: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(
        ("salomon", "ackley", "drop_wave", "plateau", "cross_in_tray", "holder_table", "schwefel"), (0.0, 0.0)
    ),
    "bukin_6": (-10.0, 1.0),
    "eggholder": (0.0, -47.0),
    "gramacy_lee": (0.0,),
}


#: typed formulas with their tip at the origin
_TIPS = ("sqrt(x^2 + y^2)", "(x^2 + y^2)^0.3 + hypot(x, y)", "cbrt(x)^2 + √|y|", "1/(1 + exp(-900 - x)) + y²")


def _rules() -> dict[str, CodeCase]:
    found = {}
    for library, rules in RULES.items():
        for key in sorted(rules.keys() - {"schedule_free_adamw"}):  # Keras's has an objection to every lane
            for kind, given in (("", {}), (" otherwise", OTHERS[key])):
                rate = {"learning_rate": RATES.get(key, 0.01)}
                for name, base in (("valley", VALLEY), ("moons", MOONS)):
                    if key != "muon" or name == "moons":
                        made = lane(base, key, library, given=rate | given)
                        found[f"{library} {key}{kind} {name}"] = CodeCase(made, library)
    assert all(optimizers.get(key) for rules in RULES.values() for key in rules)
    return found


def _options() -> dict[str, CodeCase]:
    found = {}
    for library in RULES:
        adam = {"given": {"learning_rate": 0.02}}
        plain = {"given": {"learning_rate": 2e-3}}

        def add(name: str, experiment: Experiment, library: str = library) -> None:
            found[f"{library} {name}"] = CodeCase(experiment, library)

        for name, schedule in SCHEDULES.items():
            add(f"schedule {name}", lane(VALLEY, "adam", library, schedule=schedule, **adam))
        add("plateau in epochs", lane(MOONS, "adam", library, schedule=SCHEDULES["plateau behind a warm-up"], **adam))
        add("muon scheduled", lane(MOONS, "muon", library, schedule=SCHEDULES["cosine"], **adam))
        add("momentum scheduled", lane(VALLEY, "momentum", library, schedule=SCHEDULES["step"],
                                       given={"learning_rate": 2e-4}))  # fmt: skip
        for name, gradient in {
            "cut": {"clip_value": 1.0},
            "scaled": {"clip_norm": 0.3},
            "cut, scaled, L2": {"clip_value": 1.0, "clip_norm": 1.2, "l2": 0.1},
            "extra decay": {"weight_decay": 0.5},
        }.items():
            for kind, base in (("valley", VALLEY), ("moons", MOONS)):
                add(f"gradient {name} {kind}", lane(base, "sgd", library, gradient=gradient, **plain))
        add("extra decay scheduled", lane(VALLEY, "adam", library, gradient={"weight_decay": 0.5},
                                          schedule=SCHEDULES["short cosine"], **adam))  # fmt: skip
        other = "keras" if library == "pytorch" else "pytorch"
        add("other convention", lane(MOONS, "sgd", other, gradient={"clip_norm": 0.3}, **plain))
        add("numerical", lane(problem(VALLEY, gradient="numerical", difference=1e-3), "adam", library, **adam))
        add("noise", lane(problem(VALLEY, noise=0.5), "adam", library, draw=3, **adam))
        add("starts", lane(problem(VALLEY, start=((-1.2, 1.0), (0.5, 2.0))), "adam", library, **adam))
        add("typed", lane(problem(
            VALLEY, objective="formula", start=(0.7, 1.3),
            parameters={"text": "(a - x)^2 + b*abs(y - x^2)^1.5 + sin(lambda)*min(x, 2, y) - atan2(y, 3)/max(x^2, 1)"
                                " + 2^-x + exp(-x*y)*cosh(y - 1)", "lambda": 0.5, "b": 3.0},
        ), "adam", library, **adam))  # fmt: skip
        for key in ("rastrigin", "michalewicz", "terraces", "zakharov", "levy", "ellipsoid"):
            start = tuple(0.4 + 0.3 * i for i in range(4))
            add(f"objective {key}", lane(problem(VALLEY, objective=key, start=start), "adam", library, **adam))
        add("negative losses on a plateau", lane(
            problem(VALLEY, objective="trid", start=(-3.0, 2.5)), "sgd", library, given={"learning_rate": 0.3},
            schedule=Schedule(kind="reduce_on_plateau", parameters={"patience": 1, "threshold": 0.2, "window": 1}),
        ))  # fmt: skip
        add("features", lane(problem(MOONS, features=("x1", "x2^2", "sin x1"), l1=1e-3, l2=1e-2), "adam", library,
                             **adam))  # fmt: skip
        add("normalised", lane(layers(MOONS, batch_norm=True), "adam", library, **adam))
        add(
            "normalised in two starts", lane(problem(layers(MOONS, batch_norm=True), starts=2), "adam", library, **adam)
        )
        add("cut and decayed", lane(MOONS, "adam", library, gradient={"clip_value": 0.1, "weight_decay": 0.5},
                                    schedule=SCHEDULES["short cosine"], **adam))  # fmt: skip
        add("two starts", lane(problem(MOONS, starts=2), "adam", library, draw=2, **adam))
        add("binary", lane(problem(MOONS, loss="binary_cross_entropy"), "adam", library, **adam))
        add("classes as values", lane(problem(MOONS, loss="mean_squared_error"), "adam", library, **adam))
        add("huber", lane(problem(WAVE, loss="huber", loss_parameters={"delta": 0.2}), "adam", library, **adam))
        for name in ("sigmoid", "relu", "leaky_relu", "elu", "selu", "gelu", "swish", "mish", "softplus", "softsign",
                     "identity"):  # fmt: skip
            add(f"activation {name}", lane(layers(WAVE, activation=name), "adam", library, **adam))
    return found


def _singular() -> dict[str, CodeCase]:
    """Starts at the centres of rings and at the tips of roots, and what PyTorch alone has."""
    given, found = {"learning_rate": 2e-3}, {}
    for library in RULES:
        for key, start in CENTRES.items():
            at = problem(VALLEY, objective=key, start=start)
            found[f"{library} centre {key}"] = CodeCase(lane(at, "sgd", library, given=given), library)
        for text in _TIPS:
            at = problem(VALLEY, objective="formula", start=(0.0, 0.0), parameters={"text": text})
            found[f"{library} centre {text}"] = CodeCase(lane(at, "sgd", library, given=given), library)
    damped = {"learning_rate": 1e-3, "momentum": 0.0, "dampening": 0.5}
    found["pytorch dampening without momentum"] = CodeCase(lane(VALLEY, "momentum", "pytorch", given=damped), "pytorch")
    normalised = lane(layers(MOONS, batch_norm=True), "lbfgs", "pytorch", given={"learning_rate": 1.0})
    found["pytorch normalised lbfgs"] = CodeCase(normalised, "pytorch")
    return found


#: names that Python, PyTorch or the script has a use for, and what is swapped, held back and turned round
_TANGLED = """
init state = 0.1; init lambda_ = lambda
torch = −state; state = state + |g|/(1 + |g|)
lambda_ = −torch lambda_ + softplus(g) − cbrt(g)
number = (g > 0) + (g ≥ 1 or not_zero ≠ 0)
x −= η where(number, tanh lambda_, min(g, 1)) (1 + 0 norm(g) dot(x, g)) / (1 + t lambda)
"""


def _typed_rules() -> dict[str, CodeCase]:
    """Rules of a person's own, in both libraries: all parts of the language, schedules, cuts and decays."""
    found = {}
    chosen = ("adabelief", "adan", "adabound", "novograd", "normalized", "yogi", "nonsense")
    typed = {name: RULES_TYPED[name] for name in chosen}
    rules = {name: ({"text": rule.text, **rule.settings}, min(rule.rate, 0.01)) for name, rule in typed.items()}
    rules["tangled"] = ({"text": _TANGLED, "lambda": 0.2, "not_zero": 0.0}, 0.002)
    for library in RULES:
        for name, (given, rate) in rules.items():
            for kind, base in (("valley", VALLEY), ("moons", MOONS)):
                made = lane(base, "rule", library, given={**given, "learning_rate": rate})
                found[f"{library} typed rule {name} {kind}"] = CodeCase(made, library)
        given = {**rules["adabelief"][0], "learning_rate": 0.02}
        options = {"clip_value": 1.0, "clip_norm": 0.5, "l2": 0.01, "weight_decay": 0.1}
        for kind, schedule in (("cosine", SCHEDULES["cosine"]), ("plateau", SCHEDULES["plateau"])):
            for where, base in (("valley", VALLEY), ("moons", MOONS)):
                made = lane(base, "rule", library, given=given, schedule=schedule, gradient=options)
                found[f"{library} typed rule {kind} {where}"] = CodeCase(made, library)
        cut = lane(MOONS, "rule", library, given=given, gradient={"clip_value": 0.1})
        found[f"{library} typed rule cut"] = CodeCase(cut, library)
    return found


CASES: dict[str, CodeCase] = _rules() | _options() | _singular() | _typed_rules()
