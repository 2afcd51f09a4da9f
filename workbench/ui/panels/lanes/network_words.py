"""What differs of a lane's network from the problem's, in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.experiment.experiment import LaneNetwork, NetworkSetup
from workbench.experiment.lane_networks import network_of
from workbench.ui.words.text import engine_text, number

_CONTEXT = "LaneNetworkWords"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def scaling_words(scaling: str) -> str:
    """What is done with inputs or targets."""
    words = {"none": _tr("not scaled"), "standard": _tr("mean 0, deviation 1"), "range": _tr("0 to 1")}
    return words[scaling]


def units_text(problem: NetworkSetup) -> str:
    """The units of the hidden layers as one writes them, empty where there is none."""
    return " ".join(str(layer.units) for layer in problem.layers)


def differences(problem: NetworkSetup, own: LaneNetwork | None) -> list[str]:
    """What differs, each in a word or two; nothing where the lane trains the problem's network."""
    if own is None:
        return []
    said = [] if own.layers is None else [_layers(problem, own)]
    words: tuple[tuple[str, Callable[[Any], str]], ...] = (
        ("activation", lambda key: engine_text(activations.get(key).title)),
        ("initializer", lambda key: _tr("{} weights").format(engine_text(initializers.get(key).title))),
        ("batch_norm", lambda on: _tr("batch norm") if on else _tr("no batch norm")),
        ("dropout", lambda p: _tr("dropout {}").format(number(p, 3)) if p else _tr("no dropout")),
        ("features", lambda names: _tr("features {}").format(", ".join(names)) if names else _tr("plain inputs")),
        ("output_initializer", lambda key: _tr("{} output weights").format(engine_text(initializers.get(key).title))),
        ("loss", lambda key: engine_text(losses.get(key).title) if key else _tr("loss by the data")),
        ("l1", lambda weight: _tr("L1 {}").format(number(weight, 3))),
        ("l2", lambda weight: _tr("L2 {}").format(number(weight, 3))),
        ("batch_size", lambda count: _tr("batch {}").format(count) if count else _tr("whole training set")),
        ("scaling", lambda key: _tr("inputs: {}").format(scaling_words(key))),
        ("target_scaling", lambda key: _tr("targets: {}").format(scaling_words(key))),
    )
    return said + [say(value) for name, say in words if (value := getattr(own, name)) is not None]


def _layers(problem: NetworkSetup, own: LaneNetwork) -> str:
    whole = network_of(problem, own)
    if not whole.layers:
        return _tr("no hidden layer")
    units = units_text(whole)
    return _tr("layers of its own") if units == units_text(problem) else _tr("layers {}").format(units)
