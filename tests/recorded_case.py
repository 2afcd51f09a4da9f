"""One recorded case: an optimizer of another library with its options, and ours with the same under our names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PLANES = ("rosenbrock", "ellipse", "himmelblau")
ALL = (*PLANES, "network")


@dataclass(frozen=True)
class Case:
    """An optimizer of theirs with their options, and ours with our hyperparameters; defaults stay unwritten.

    `schedule` is theirs and `own_schedule` ours, each a name with its options. `gradient` holds our gradient options;
    those that are no options of their optimizer's, the script that records applies to the gradient itself.
    """

    theirs: str
    options: Mapping[str, Any]
    ours: str
    convention: str
    hyperparameters: Mapping[str, Any]
    surfaces: tuple[str, ...] = ALL
    gradient: Mapping[str, float] = field(default_factory=dict)
    schedule: tuple[str, Mapping[str, Any]] | None = None
    own_schedule: tuple[str, Mapping[str, Any]] | None = None

    @property
    def library(self) -> str:
        return self.theirs.split(".", maxsplit=1)[0]


#: Our names of their options: a name, one for each number of a tuple, or none where it is ours by construction.
NAMES: dict[str, Any] = {
    # PyTorch and those that follow it
    "lr": "learning_rate",
    "eps": "epsilon",
    "betas": ("beta1", "beta2"),
    "nus": ("nu1", "nu2"),
    "alpha": "rho",
    "lr_decay": "learning_rate_decay",
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("smallest_step", "largest_step"),
    "tolerance_grad": "tolerance_gradient",
    "d": "clip_threshold",
    "ns_steps": "newton_schulz_steps",
    "nesterov": (),
    "max_iter": (),
    "max_eval": (),
    "line_search_fn": (),
    # Keras
    "beta_1": "beta1",
    "beta_2": "beta2",
    "beta_2_decay": "beta2_decay",
    "epsilon_1": "epsilon",
    "epsilon_2": "epsilon2",
    "initial_accumulator_value": "initial_accumulator",
    "l1_regularization_strength": "l1",
    "l2_regularization_strength": "l2",
    "l2_shrinkage_regularization_strength": "l2_shrinkage",
    # Muon's Adam: in Keras it has settings of its own, here it shares them
    "adam_weight_decay": (),
    "adam_lr_ratio": (),
    # Optax
    "b1": "beta1",
    "b2": "beta2",
    "eta_minus": "eta_minus",
    "eta_plus": "eta_plus",
    "min_step_size": "smallest_step",
    "max_step_size": "largest_step",
}
#: The same where one optimizer means something else by a name.
OWN_NAMES: dict[str, dict[str, Any]] = {
    "torch.ASGD": {"alpha": "alpha"},
    "torch.Adafactor": {"eps": ("epsilon", "epsilon2")},
    "torch.Muon": {"nesterov": "nesterov"},
    "keras.Muon": {"nesterov": "nesterov"},
    "qhoptim.QHM": {"weight_decay_type": ()},
    "qhoptim.QHAdam": {"decouple_weight_decay": ()},
}
#: Their options that are gradient options of ours.
GRADIENT_NAMES = {"clipnorm": "clip_norm", "global_clipnorm": "clip_norm", "clipvalue": "clip_value"}


def case(
    theirs: str,
    ours: str,
    options: Mapping[str, Any] | None = None,
    *,
    convention: str = "",
    also: Mapping[str, Any] | None = None,
    gradient: Mapping[str, float] | None = None,
    **rest: Any,
) -> Case:
    """A case whose hyperparameters are the options under our names, and `also` what theirs has no option for."""
    options = options or {}
    names = NAMES | OWN_NAMES.get(theirs, {})
    given: dict[str, Any] = {}
    mended = dict(gradient or {})
    for key, value in options.items():
        name = names.get(key, key)
        if key in GRADIENT_NAMES:
            mended[GRADIENT_NAMES[key]] = value
        elif isinstance(name, str):
            given[name] = value
        elif name:
            given |= dict(zip(name, value, strict=True))
    if given.pop("decoupled_weight_decay", False):  # an option of PyTorch's, to us a gradient option beside any rule
        mended["weight_decay"] = given.pop("weight_decay")
    convention = convention or ("keras" if theirs.startswith("keras.") else "pytorch")
    return Case(theirs, options, ours, convention, {**given, **(also or {})}, gradient=mended, **rest)
