"""Under which class and names a rule exists in a library, and under which conditions it is the lane's rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workbench.engine.optimizers import optimizers
from workbench.engine.schedules import schedules
from workbench.experiment.experiment import Lane
from workbench.export.code.parts import LIBRARIES, NoCode

#: a library's names by ours, or by two of ours that are one of the library's
Names = Mapping[str | tuple[str, str], str]
#: what keeps a rule from being the lane's, in words behind "cannot be exported for Keras: "; empty where nothing does
Objection = Callable[[Lane], str]


def _none(lane: Lane) -> str:  # noqa: ARG001 - an objection is asked about a lane
    return ""


def _constant_rate(lane: Lane) -> str:
    """Velocities of gradients and of steps agree while the rate does not change."""
    given = lane.schedule
    level = given is None or schedules.get(given.kind)(given.parameters).is_level
    return "" if level else "its velocity is another under a schedule"


def _no_dampening(lane: Lane) -> str:
    given = lane.hyperparameters
    return "Keras has no dampening" if given["dampening"] and given["momentum"] else ""


def _no_rate_decay(lane: Lane) -> str:
    return "Keras's AdaGrad has no decay of the rate" if lane.hyperparameters["learning_rate_decay"] else ""


def _whole_momentum_decay(lane: Lane) -> str:
    return "" if lane.hyperparameters["momentum_decay"] == 1.0 else "Keras's Nadam knows a momentum decay of 1 alone"


def _some_beta1(lane: Lane) -> str:
    return "" if lane.hyperparameters["beta1"] else "Keras's Lion takes no beta1 of 0"


def _own_trials(lane: Lane) -> str:
    if not lane.hyperparameters["learning_rate"]:
        return "PyTorch's line search divides by the rate, which is 0"
    return "" if lane.hyperparameters["line_search_trials"] == 25 else "PyTorch's line search makes 25 trials, always"


def _overwritten(lane: Lane) -> str:  # noqa: ARG001 - the same
    """So it is in Keras 3.15: the z of the rule is the variable that a step overwrites."""
    return "on PyTorch, Keras overwrites what the rule means to keep, and takes other steps"


def _clips_from_one(lane: Lane) -> str:
    return "" if lane.hyperparameters["clip_threshold"] >= 1.0 else "PyTorch's class takes no clip_threshold below 1"


def _some_epsilon(lane: Lane) -> str:
    return "" if lane.hyperparameters["epsilon"] else "Keras's Adafactor has no epsilon that follows from the precision"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as a library has it.

    Attributes:
        name: its class.
        arguments: the library's names by ours; two of ours in a tuple are one of the library's.
        fixed: arguments that are the same for every lane, as written.
        other: what keeps a lane of the other convention from being this rule; None where that always is another one.
        objection: what keeps a lane of any convention from it.
        own: whether the script defines the class itself.
    """

    name: str
    arguments: Names
    fixed: tuple[str, ...] = ()
    other: Objection | None = None
    objection: Objection = field(default=_none)
    own: bool = False

    def called(self, module: str) -> str:
        """The class as a script names it, in the library's module."""
        return self.name if self.own else f"{module}.{self.name}"


_BETAS = ("beta1", "beta2")
_TORCH_ADAM: Names = {
    "learning_rate": "lr",
    _BETAS: "betas",
    "epsilon": "eps",
    "weight_decay": "weight_decay",
}
_TORCH: Mapping[str, Rule] = {
    "sgd": Rule("SGD", {"learning_rate": "lr", "weight_decay": "weight_decay"}, other=_none),
    "momentum": Rule(
        "SGD",
        {"learning_rate": "lr", "momentum": "momentum", "dampening": "dampening", "weight_decay": "weight_decay"},
        other=_constant_rate,
    ),
    "nesterov": Rule(
        "SGD",
        {"learning_rate": "lr", "momentum": "momentum", "weight_decay": "weight_decay"},
        ("nesterov=True",),
        other=_constant_rate,
    ),
    "adagrad": Rule(
        "Adagrad",
        {
            "learning_rate": "lr",
            "learning_rate_decay": "lr_decay",
            "initial_accumulator": "initial_accumulator_value",
            "epsilon": "eps",
            "weight_decay": "weight_decay",
        },
    ),
    "adadelta": Rule(
        "Adadelta",
        {"learning_rate": "lr", "rho": "rho", "epsilon": "eps", "weight_decay": "weight_decay"},
        other=_none,
    ),
    "rmsprop": Rule(
        "RMSprop",
        {
            "learning_rate": "lr",
            "rho": "alpha",
            "epsilon": "eps",
            "momentum": "momentum",
            "centered": "centered",
            "weight_decay": "weight_decay",
        },
    ),
    "adam": Rule("Adam", {**_TORCH_ADAM, "amsgrad": "amsgrad"}),
    "adamw": Rule("AdamW", {**_TORCH_ADAM, "amsgrad": "amsgrad"}),
    "adamax": Rule("Adamax", _TORCH_ADAM),
    "nadam": Rule("NAdam", {**_TORCH_ADAM, "momentum_decay": "momentum_decay"}, other=_none),
    "radam": Rule("RAdam", _TORCH_ADAM),
    "rprop": Rule(
        "Rprop",
        {
            "learning_rate": "lr",
            ("eta_minus", "eta_plus"): "etas",
            ("smallest_step", "largest_step"): "step_sizes",
        },
        other=_none,
    ),
    "asgd": Rule(
        "ASGD",
        {"learning_rate": "lr", "lambd": "lambd", "alpha": "alpha", "t0": "t0", "weight_decay": "weight_decay"},
        other=_none,
    ),
    "lbfgs": Rule(
        "LBFGS",
        {
            "learning_rate": "lr",
            "history_size": "history_size",
            "tolerance_gradient": "tolerance_grad",
            "tolerance_change": "tolerance_change",
        },
        ("max_iter=1", "max_eval=26", 'line_search_fn="strong_wolfe"'),
        other=_none,
        objection=_own_trials,
    ),
    "adafactor": Rule(
        "Adafactor",
        {
            "learning_rate": "lr",
            "beta2_decay": "beta2_decay",
            ("epsilon", "epsilon2"): "eps",
            "clip_threshold": "d",
            "weight_decay": "weight_decay",
        },
        objection=_clips_from_one,
    ),
    "muon": Rule(
        "Muon",
        {
            "learning_rate": "lr",
            "momentum": "momentum",
            "nesterov": "nesterov",
            "newton_schulz_steps": "ns_steps",
            "weight_decay": "weight_decay",
        },
    ),
}
_RATE: Names = {"learning_rate": "learning_rate"}
_DECAY: Names = {"weight_decay": "weight_decay"}
_KERAS_ADAM: Names = {
    **_RATE,
    "beta1": "beta_1",
    "beta2": "beta_2",
    "epsilon": "epsilon",
    **_DECAY,
}
_KERAS: Mapping[str, Rule] = {
    "sgd": Rule("SGD", {**_RATE, **_DECAY}, other=_none),
    "momentum": Rule("SGD", {**_RATE, "momentum": "momentum", **_DECAY}, other=_constant_rate, objection=_no_dampening),
    "nesterov": Rule("SGD", {**_RATE, "momentum": "momentum", **_DECAY}, ("nesterov=True",), other=_constant_rate),
    "adagrad": Rule(
        "Adagrad",
        {**_RATE, "initial_accumulator": "initial_accumulator_value", "epsilon": "epsilon", **_DECAY},
        objection=_no_rate_decay,
    ),
    "adadelta": Rule("Adadelta", {**_RATE, "rho": "rho", "epsilon": "epsilon", **_DECAY}, other=_none),
    "rmsprop": Rule(
        "RMSprop",
        {**_RATE, "rho": "rho", "momentum": "momentum", "epsilon": "epsilon", "centered": "centered", **_DECAY},
    ),
    "adam": Rule("Adam", {**_KERAS_ADAM, "amsgrad": "amsgrad"}),
    "adamw": Rule("AdamW", {**_KERAS_ADAM, "amsgrad": "amsgrad"}),
    "adamax": Rule("Adamax", _KERAS_ADAM),
    "nadam": Rule("Nadam", _KERAS_ADAM, other=_none, objection=_whole_momentum_decay),
    "ftrl": Rule(
        "Ftrl",
        {
            **_RATE,
            "learning_rate_power": "learning_rate_power",
            "initial_accumulator": "initial_accumulator_value",
            "l1": "l1_regularization_strength",
            "l2": "l2_regularization_strength",
            "l2_shrinkage": "l2_shrinkage_regularization_strength",
            "beta": "beta",
            **_DECAY,
        },
        other=_none,
    ),
    "lion": Rule("Lion", {**_RATE, "beta1": "beta_1", "beta2": "beta_2", **_DECAY}, other=_none, objection=_some_beta1),
    "adafactor": Rule(
        "Adafactor",
        {
            **_RATE,
            "beta2_decay": "beta_2_decay",
            "epsilon": "epsilon_1",
            "epsilon2": "epsilon_2",
            "clip_threshold": "clip_threshold",
            **_DECAY,
        },
        objection=_some_epsilon,
    ),
    "lamb": Rule("Lamb", _KERAS_ADAM),
    "muon": Rule(
        "Muon",
        {
            **_RATE,
            "momentum": "momentum",
            "nesterov": "nesterov",
            "newton_schulz_steps": "ns_steps",
            "beta1": "adam_beta_1",
            "beta2": "adam_beta_2",
            "epsilon": "epsilon",
            **_DECAY,
        },
    ),
    "schedule_free_adamw": Rule(
        "ScheduleFreeAdamW", {**_KERAS_ADAM, "warmup_steps": "warmup_steps"}, objection=_overwritten
    ),
}
#: a rule that a person typed, as the class that a script has for it
_TYPED: Mapping[str, Rule] = {
    "pytorch": Rule("TypedRule", {"learning_rate": "lr"}, own=True),
    "keras": Rule("TypedRule", {"learning_rate": "learning_rate"}, own=True),
}
RULES: Mapping[str, Mapping[str, Rule]] = {"pytorch": _TORCH, "keras": _KERAS}


def rule_of(lane: Lane, library: str, *, matrices: bool) -> Rule:
    """The rule of a lane, its settings complete, in a library; `matrices`: whether there are any to be learned.

    Raises:
        NoCode: the library has none, or another one.
    """
    entry, called = optimizers.get(lane.optimizer), LIBRARIES[library]
    if lane.optimizer == "rule":  # a script defines it
        return _TYPED[library]
    rule = RULES[library].get(lane.optimizer)
    if rule is None:
        raise NoCode(f"{entry.title} cannot be exported for {called}: {called} has no such optimizer")
    objection = rule.objection(lane)
    if not objection and lane.convention != library:
        # weight decay acts by the convention, whatever else the rules share
        decays = bool(lane.hyperparameters.get("weight_decay"))
        same = not decays or entry.decays[lane.convention] == entry.decays[library] != "itself"
        objection = rule.other(lane) if rule.other is not None and same else "the rule is another there"
        if objection:
            objection = (
                f"the lane follows the {lane.convention} convention, and {objection}; "
                f"change the lane's convention to {library}"
            )
    if not objection and lane.optimizer == "muon" and not matrices:
        objection = f"Muon of {called} takes matrices, and this objective has none"
    if objection:
        raise NoCode(f"{entry.title} cannot be exported for {called}: {objection}")
    return rule


def arguments_of(lane: Lane, library: str, rule: Rule) -> list[str]:
    """The arguments of the rule's constructor behind the parameters, as written."""
    given = dict(lane.hyperparameters)
    if lane.optimizer == "adafactor" and not given["epsilon"]:
        given["epsilon"] = "None"  # the precision's own
    fixed = list(rule.fixed)
    if lane.optimizer == "nesterov" and not given["momentum"]:
        fixed = []  # without a velocity there is nothing to look ahead along, and PyTorch refuses to
    found = []
    for ours, theirs in rule.arguments.items():
        if isinstance(ours, tuple):
            found.append(f"{theirs}=({', '.join(_written(given[name]) for name in ours)})")
        elif ours == "weight_decay" and not given[ours] and rule.name != "AdamW":
            if _decays_by_default(rule.name):
                found.append(f"{theirs}=0.0")
        elif theirs in {"dampening", "lr_decay", "amsgrad", "centered"} and not given[ours]:
            continue
        else:
            found.append(f"{theirs}={_written(given[ours])}")
    if lane.optimizer == "muon" and library == "keras":
        found.append(f"adam_weight_decay={_written(given['weight_decay'])}")
    return [*found, *fixed]


def _decays_by_default(name: str) -> bool:
    """Whether a class decays where it is not told otherwise."""
    return name in {"AdamW", "Muon", "ScheduleFreeAdamW"}


def _written(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
