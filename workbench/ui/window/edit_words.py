"""What an edit is called, for the commands that take it back: told by what differs between two experiments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import Param
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.experiment.experiment import Experiment, Lane, NetworkSetup, ObjectiveSetup, replace
from workbench.experiment.view_options import GENERAL, VIEW_OPTIONS
from workbench.ui.words.text import engine_text

_CONTEXT = "EditWords"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def edit(old: Experiment, new: Experiment) -> str:
    """What was changed from one experiment to the other, as a noun: `learning rate of Adam`."""
    before, after = old.problem, new.problem
    if type(before) is not type(after):
        return _tr("objective or network")
    if isinstance(before, ObjectiveSetup) and isinstance(after, ObjectiveSetup) and before != after:
        return _objective(before, after)
    if isinstance(before, NetworkSetup) and isinstance(after, NetworkSetup) and before != after:
        return _network(before, after)
    if old.lanes != new.lanes:
        return _lanes(old.lanes, new.lanes)
    plain = {
        "title": _tr("title"), "notes": _tr("notes"), "seed": _tr("seed"), "steps": _tr("number of steps"),
        "tolerance": _tr("tolerance"), "stop": _tr("early stopping"),
    }  # fmt: skip
    for name, words in plain.items():
        if getattr(old, name) != getattr(new, name):
            return words
    return _view(old.view, new.view)


def _objective(before: ObjectiveSetup, after: ObjectiveSetup) -> str:
    if before.objective != after.objective:
        return _tr("choice of the objective")
    if before.parameters != after.parameters:
        params = (*objectives.get(after.objective).settings(after.parameters),)
        return _tr("{} of the objective").format(_setting(params, before.parameters, after.parameters))
    counts = len(before.points or (0,)), len(after.points or (0,))
    if counts[0] != counts[1]:
        return _tr("added start") if counts[0] < counts[1] else _tr("removed start")
    if before.points and after.points and len(before.points[0]) != len(after.points[0]):
        return _tr("number of dimensions")
    words = {
        "start": _tr("move of the start"), "gradient": _tr("kind of gradient"),
        "difference": _tr("difference of the gradient"), "noise": _tr("noise of the gradient"),
    }  # fmt: skip
    return next(text for name, text in words.items() if getattr(before, name) != getattr(after, name))


def _network(before: NetworkSetup, after: NetworkSetup) -> str:
    if before.data != after.data:
        return _data(before.data, after.data)
    if before.layers != after.layers:
        return _layers(before.layers, after.layers)
    words = {
        "features": _tr("features"), "loss": _tr("loss"), "loss_parameters": _tr("setting of the loss"),
        "l1": _tr("L1 penalty"), "l2": _tr("L2 penalty"), "batch_size": _tr("batch size"),
        "starts": _tr("number of starts"), "dtype": _tr("precision"), "weights": _tr("weights to begin with"),
    }  # fmt: skip
    other = _tr("initializer of the output layer")
    return next((text for name, text in words.items() if getattr(before, name) != getattr(after, name)), other)


def _data(before: Any, after: Any) -> str:
    if (before.name, before.file) != (after.name, after.file):
        return _tr("choice of the data")
    words = {
        "points": _tr("painted points"), "test_fraction": _tr("test share"), "scaling": _tr("scaling"),
        "parameters": _tr("setting of the data"), "target_scaling": _tr("target scaling"),
    }  # fmt: skip
    other = _tr("columns of the data")
    return next((text for name, text in words.items() if getattr(before, name) != getattr(after, name)), other)


def _layers(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    if len(before) != len(after):
        return _tr("added layer") if len(before) < len(after) else _tr("removed layer")
    changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    if len(changed) > 1:
        return _tr("order of the layers")
    a, b = before[changed[0]], after[changed[0]]
    words = {
        "units": _tr("units of layer {}"), "activation": _tr("activation of layer {}"),
        "initializer": _tr("initializer of layer {}"), "batch_norm": _tr("batch normalisation of layer {}"),
        "dropout": _tr("dropout of layer {}"),
    }  # fmt: skip
    other = _tr("setting of layer {}")
    found = next((text for name, text in words.items() if getattr(a, name) != getattr(b, name)), other)
    return found.format(changed[0] + 1)


def _lanes(before: tuple[Lane, ...], after: tuple[Lane, ...]) -> str:
    if len(before) < len(after):
        known = [_by_itself(lane) for lane in before]
        added = next((lane for lane in after if _by_itself(lane) not in known), after[-1])
        return (_tr("added lane {}") if added.origin is None else _tr("fork {}")).format(name_of(added))
    if len(before) > len(after):
        left = [_by_itself(lane) for lane in after]
        gone = [lane for lane in before if _by_itself(lane) not in left] or [before[-1]]
        return _tr("removed lane {}").format(name_of(gone[0])) if len(gone) == 1 else _tr("removed lanes")
    changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    if len(changed) > 1:
        if same_lanes(before, after):
            return _tr("order of the lanes")
        switched = all(before[i].enabled != after[i].enabled for i in changed)
        return _tr("lanes that take part") if switched else _tr("settings of several lanes")
    return _lane(before[changed[0]], after[changed[0]])


def same_lanes(before: tuple[Lane, ...], after: tuple[Lane, ...]) -> bool:
    """Whether the lanes are the same ones, in whatever order: one that was moved has its colour written down."""
    one, other = ([_by_itself(replace(lane, color="")) for lane in lanes] for lanes in (before, after))
    return len(one) == len(other) and all(one.count(lane) == other.count(lane) for lane in one)


def _by_itself(lane: Lane) -> Lane:
    """A lane without what it begins from, whose number is another one where lanes come and go."""
    alone: Lane = replace(lane, origin=None)
    return alone


def _lane(a: Lane, b: Lane) -> str:
    name = name_of(a)
    if a.optimizer != b.optimizer:
        return _tr("choice of the optimizer {}").format(engine_text(optimizers.get(b.optimizer).title))
    if a.enabled != b.enabled:
        return _tr("switch of {}").format(name)
    if a.hyperparameters != b.hyperparameters and a.convention == b.convention:
        params = optimizers.get(b.optimizer).params
        return _tr("{} of {}").format(_setting(params, a.hyperparameters, b.hyperparameters), name)
    if a.gradient != b.gradient:
        return _tr("{} of {}").format(_setting(GRADIENT_OPTIONS, a.gradient, b.gradient), name)
    words = {
        "label": _tr("name of {}"), "color": _tr("colour of {}"), "convention": _tr("convention of {}"),
        "schedule": _tr("schedule of {}"), "draw": _tr("draw of {}"), "origin": _tr("beginning of {}"),
        "network": _tr("network of {}"),
    }  # fmt: skip
    return next(text for key, text in words.items() if getattr(a, key) != getattr(b, key)).format(name)


def name_of(lane: Lane) -> str:
    """What a lane is called: its label, else its optimizer's title."""
    return lane.label or engine_text(optimizers.get(lane.optimizer).title)


def _setting(params: tuple[Param, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The name of the settings that differ, of the first of them."""
    for param in params:
        if before.get(param.name) != after.get(param.name):
            return _tr("formula") if param.kind == "text" else engine_text(param.words)
    return _tr("settings")


def _view(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    for key, params in (("", GENERAL), *VIEW_OPTIONS.items()):
        a, b = (before, after) if not key else (before.get(key, {}), after.get(key, {}))
        for param in params:
            if a.get(param.name) != b.get(param.name):
                return _tr("view: {}").format(engine_text(param.words))
    return _tr("view")
