"""Hyperparameters that several rules share, declared once."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.engine.params import Param


def learning_rate(pytorch: float, keras: float, doc: str = "") -> Param:
    """The learning rate, the one hyperparameter that all rules share."""
    return Param(
        name="learning_rate",
        default={"pytorch": pytorch, "keras": keras},
        low=0,
        high=1e6,
        scale="log",
        slider=(1e-5, 100),
        symbol="η",
        doc=doc or "How far a step goes along the direction that the rule gives.",
    )


def decay(name: str, default: float | Mapping[str, float], symbol: str, doc: str) -> Param:
    """A factor in [0, 1) by which a running average or a velocity keeps its past."""
    return Param(
        name=name,
        default=default,
        low=0,
        high=1,
        high_open=True,
        slider=(0, 0.999),
        symbol=symbol,
        doc=doc,
    )


def beta1(default: float = 0.9) -> Param:
    """How much the average of gradients keeps."""
    return decay("beta1", default, "β₁", "How much of the past the average of gradients keeps.")


def beta2(default: float = 0.999) -> Param:
    """How much the average of squared gradients keeps."""
    return decay("beta2", default, "β₂", "How much of the past the average of squared gradients keeps.")


def momentum(default: float = 0.9, doc: str = "How much of the velocity is kept from step to step.") -> Param:
    """How much a velocity keeps."""
    return decay("momentum", default, "μ", doc)


def epsilon(pytorch: float, keras: float, doc: str = "") -> Param:
    """The small number that keeps a division finite; where it stands differs between the conventions."""
    return Param(
        name="epsilon",
        default={"pytorch": pytorch, "keras": keras},
        low=0,
        high=1,
        scale="log",
        slider=(1e-12, 1e-1),
        symbol="ε",
        doc=doc or "Keeps the division finite where the average is still near zero.",
    )


#: what a weight decay does of which a rule has nothing else to say
DECAY_DOC = "Pulls parameters to zero: added to the gradient in PyTorch, a shrinking of its own in Keras."


def weight_decay(pytorch: float = 0.0, keras: float = 0.0, doc: str = "") -> Param:
    """The pull of every parameter towards zero."""
    return Param(
        name="weight_decay",
        default={"pytorch": pytorch, "keras": keras},
        low=0,
        high=1e3,
        slider=(0, 0.1),
        symbol="λ",
        doc=doc or DECAY_DOC,
    )


def weight(name: str, default: float, symbol: str, doc: str) -> Param:
    """A number in [0, 1] that mixes two things."""
    return Param(name=name, default=default, low=0, high=1, symbol=symbol, doc=doc)


def switch(name: str, doc: str, *, default: bool = False) -> Param:
    """A part of the rule that is there or not; it cannot change while a race runs."""
    return Param(name=name, default=default, live=False, doc=doc)
