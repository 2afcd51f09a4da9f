"""What a rule does along a direction of a quadratic, in words; and what its limits are called."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.curvature.regimes import Law

_CONTEXT = "Regimes"


def _say(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def regime_name(regime: str) -> str:
    """The regime in a word or two."""
    return {
        "one_step": _say("one step"), "monotone": _say("monotone"), "critical": _say("critical"),
        "ripples": _say("ripples"), "oscillation": _say("oscillation"), "edge": _say("at the edge"),
        "divergence": _say("divergence"), "flat": _say("flat"), "leaving": _say("leaving"),
    }[regime]  # fmt: skip


def regime_words(regime: str) -> str:
    """What happens to the distance from the minimum along such a direction."""
    return {
        "one_step": _say("the distance is gone at once"),
        "monotone": _say("it shrinks from one side"),
        "critical": _say("as fast as it can without ripples"),
        "ripples": _say("it swings and dies away"),
        "oscillation": _say("over to the other side, less far"),
        "edge": _say("it neither shrinks nor grows"),
        "divergence": _say("it grows from step to step"),
        "flat": _say("nothing moves it"),
        "leaving": _say("away from a saddle or a top"),
    }[regime]  # fmt: skip


def edge_sign(law: Law) -> str:
    """The curvature beyond which a rule's steps grow, as a formula of its rate; in words where that is no short one."""
    plain = not law.pull and not law.shrinks
    if plain and law.optimizer == "sgd":
        return "2/η"
    if plain and law.optimizer == "momentum" and not law.settings.get("dampening"):
        return "2(1 + μ)/η" if law.momentum else "2/η"
    if plain and law.optimizer == "nesterov":
        return "2(1 + μ)/((1 + 2μ) η)" if law.momentum else "2/η"
    return _say("edge of stability")


def limit_sign(law: Law) -> str:
    """The learning rate beyond which a rule's steps grow, as a formula of the curvature; empty where that is long."""
    sign = edge_sign(law)
    return sign.replace("η", "λmax") if "η" in sign else ""
